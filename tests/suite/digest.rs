//! Digests of units.

use fader::digest::digest;
use sha2::{Digest, Sha256};

#[test]
fn a_digest_is_the_beginning_of_sha_256() {
    // Lengths on both sides of where a block ends, and of where the length still fits behind it.
    for length in (0..140).chain([1_000, 4_096]) {
        let unit: String = (0..length).map(|at| char::from(b'a' + (at % 26) as u8)).collect();
        for salt in [
            "",
            "production@42",
            "a salt that is as long as a block of the hash, or very nearly so",
        ] {
            let whole = Sha256::digest([salt.as_bytes(), &[0], unit.as_bytes()].concat());
            let expected: String = whole.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(
                digest(salt, unit.as_bytes()),
                expected.as_bytes(),
                "{salt:?} and {length} letters"
            );
        }
    }
}

#[test]
fn another_salt_gives_another_digest() {
    assert_ne!(digest("a", b"u-1"), digest("b", b"u-1"));
}
