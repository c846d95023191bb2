//! Points and bounds.

use std::io::Cursor;

use fader::bucket::{Draw, POINTS, Seed, bound, murmur3, point};
use murmur3::murmur3_32;
use proptest::prelude::*;

proptest! {
    #[test]
    fn murmur3_is_that_of_the_crate_bit_for_bit(bytes in prop::collection::vec(any::<u8>(), 0..300), seed: u32) {
        prop_assert_eq!(murmur3(&bytes, seed), murmur3_32(&mut Cursor::new(&bytes), seed).unwrap());
    }

    #[test]
    fn a_point_is_seeded_by_its_salt(salt in "\\PC*", unit in "\\PC*") {
        let seed = murmur3_32(&mut Cursor::new(salt.as_bytes()), 0).unwrap();
        let wanted = murmur3_32(&mut Cursor::new(unit.as_bytes()), seed).unwrap();
        prop_assert_eq!(point(&salt, &unit), wanted);
    }

    #[test]
    fn raising_a_share_never_lowers_its_bound(low in 0_u64..10_000_000, more in 0_u64..10_000_000) {
        let high = (low + more).min(10_000_000);
        prop_assert!(bound(low, 10_000_000) <= bound(high, 10_000_000));
    }

    #[test]
    fn a_bound_is_exact(part in 0_u64..1 << 32, rest in 0_u64..1 << 31) {
        let total = (part + rest).clamp(1, (1 << 32) - 1);
        let part = part.min(total);
        let exact = u128::from(part) * u128::from(POINTS) / u128::from(total);
        prop_assert_eq!(u128::from(bound(part, total)), exact);
    }
}

#[test]
fn published_vectors_of_murmur3() {
    // From the reference implementation, as published with SMHasher and its ports.
    for (text, seed, wanted) in [
        ("", 0, 0),
        ("", 1, 0x514e_28b7),
        ("", 0xffff_ffff, 0x81f1_6f39),
        ("test", 0, 0xba6b_d213),
        ("test", 0x9747_b28c, 0x704b_81dc),
        ("Hello, world!", 0, 0xc036_3e43),
        ("Hello, world!", 0x9747_b28c, 0x2488_4cba),
        ("The quick brown fox jumps over the lazy dog", 0, 0x2e4f_f723),
    ] {
        assert_eq!(
            murmur3(text.as_bytes(), seed),
            wanted,
            "{text:?} with seed {seed:#x}"
        );
    }
}

#[test]
fn points_worked_out_by_another_implementation() {
    for (salt, unit, wanted) in [
        ("search-2026/split", "u-1", 494_230_092),
        ("search-2026/traffic", "u-1", 2_238_282_509),
        ("new-checkout/traffic", "Åsa", 999_806_526),
        ("", "日本", 3_302_619_458),
    ] {
        assert_eq!(point(salt, unit), wanted, "{salt:?}, {unit:?}");
    }
}

#[test]
fn draws_of_one_salt_differ() {
    assert_eq!(Draw::Traffic.salt("s"), "s/traffic");
    assert_eq!(Draw::Split.salt("s"), "s/split");
    assert_eq!(Draw::Split.seed("s"), Seed::new("s/split"));
}

#[test]
fn the_whole_has_all_points() {
    assert_eq!(bound(7, 7), POINTS);
    assert_eq!(bound(0, 7), 0);
    assert_eq!(bound(1, 0), 0);
}
