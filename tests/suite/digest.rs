//! Digests of units.

use fader::digest::digest;
use sha2::{Digest, Sha256};

#[test]
fn a_digest_is_the_beginning_of_sha_256() {
    // Lengths on both sides of where a block ends, and of where the length still fits behind it.
    for length in (0..140).chain([1_000, 4_096]) {
        let unit = "abcdefghijklmnopqrstuvwxyz".repeat(1 + length / 26);
        let unit = &unit[..length];
        for salt in [
            "",
            "production@42",
            "a salt that is as long as a block of the hash, or very nearly so",
        ] {
            let whole = Sha256::digest([salt.as_bytes(), &[0], unit.as_bytes()].concat());
            let expected = format!("{:016x}", u64::from_be_bytes(*whole.first_chunk().unwrap()));
            let found = digest(salt, unit.as_bytes());
            assert_eq!(found, expected.as_bytes(), "{salt:?} and {length} letters");
        }
    }
}

#[test]
fn another_salt_gives_another_digest() {
    assert_ne!(digest("a", b"u-1"), digest("b", b"u-1"));
}
