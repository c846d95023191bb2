//! Units as clients see them: digests from which they cannot be read.

use sha2::{Digest, Sha256};

/// How many letters a digest has.
pub const LENGTH: usize = 16;

/// Returns the first 64 bits of the SHA-256 of salt, a zero byte and unit, in hexadecimal.
///
/// Who has a guess can confirm it, as with any digest whose salt is known.
#[must_use]
pub fn digest(salt: &str, unit: &[u8]) -> [u8; LENGTH] {
    let mut hash = Sha256::new();
    hash.update(salt.as_bytes());
    hash.update([0]);
    hash.update(unit);
    let mut digits = [0; LENGTH];
    for (pair, byte) in digits.as_chunks_mut::<2>().0.iter_mut().zip(hash.finalize()) {
        *pair = [digit(byte >> 4), digit(byte & 15)];
    }
    digits
}

const fn digit(half: u8) -> u8 {
    if half < 10 { b'0' + half } else { b'a' + half - 10 }
}
