//! Units as clients see them: digests from which they cannot be read.

use sha2::compress256;
use sha2::digest::generic_array::GenericArray;

/// How many letters a digest has.
pub const LENGTH: usize = 16;

const BLOCK: usize = 64;

/// How SHA-256 begins.
const START: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// Returns the first 64 bits of the SHA-256 of salt, a zero byte and unit, in hexadecimal.
///
/// Who has a guess can confirm it, as with any digest whose salt is known.
/// The blocks are filled here, because the crate's own way of doing it is as large as all operators on text.
///
/// Source: FIPS 180-4, sections 5.1.1, 5.3.3 and 6.2.
#[must_use]
pub fn digest(salt: &str, unit: &[u8]) -> [u8; LENGTH] {
    let mut state = START;
    let mut block = [0; BLOCK];
    let mut filled = 0;
    let message = salt.as_bytes().iter().chain(&[0]).chain(unit).chain(&[0x80]);
    for byte in message {
        if filled == BLOCK {
            compress(&mut state, &mut block);
            filled = 0;
        }
        if let Some(place) = block.get_mut(filled) {
            *place = *byte;
        }
        filled += 1;
    }
    let bits = 8 * (salt.len() + 1 + unit.len()) as u64;
    if filled > BLOCK - size_of_val(&bits) {
        compress(&mut state, &mut block);
    }
    if let Some(end) = block.last_chunk_mut() {
        *end = bits.to_be_bytes();
    }
    compress(&mut state, &mut block);
    let [high, low, ..] = state;
    hexadecimal(u64::from(high) << 32 | u64::from(low))
}

/// Takes a block into the state, and empties it.
fn compress(state: &mut [u32; 8], block: &mut [u8; BLOCK]) {
    compress256(state, &[GenericArray::from(*block)]);
    *block = [0; BLOCK];
}

fn hexadecimal(mut number: u64) -> [u8; LENGTH] {
    let mut digits = [0; LENGTH];
    for digit in digits.iter_mut().rev() {
        let half = number.to_le_bytes()[0] & 15;
        *digit = if half < 10 { b'0' + half } else { b'a' + half - 10 };
        number >>= 4;
    }
    digits
}
