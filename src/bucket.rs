//! Where a unit falls: murmur3, salts and weights, in integers throughout.

use alloc::string::String;

/// How many points there are. A [`point`] is below it; a bound may equal it.
pub const POINTS: u64 = 1 << 32;

/// How many parts a unit of weight has: weights carry up to five decimals.
pub const WEIGHT_SCALE: u64 = 100_000;

const C1: u32 = 0xcc9e_2d51;
const C2: u32 = 0x1b87_3593;

/// Returns `murmur3_x86_32` of `bytes`.
///
/// Source: Austin Appleby's reference implementation, public domain.
#[must_use]
#[inline(never)]
pub fn murmur3(bytes: &[u8], seed: u32) -> u32 {
    let (blocks, tail) = bytes.as_chunks::<4>();
    let mut hash = seed;
    for block in blocks {
        hash ^= scramble(u32::from_le_bytes(*block));
        hash = hash.rotate_left(13).wrapping_mul(5).wrapping_add(0xe654_6b64);
    }
    // An empty tail scrambles to zero, which changes nothing.
    let tail = match tail {
        [a, b, c] => u32::from_le_bytes([*a, *b, *c, 0]),
        [a, b] => u32::from_le_bytes([*a, *b, 0, 0]),
        [a] => u32::from(*a),
        _ => 0,
    };
    hash ^= scramble(tail);
    // The reference takes the length as an unsigned 32-bit integer, so a longer input wraps.
    #[allow(clippy::cast_possible_truncation)]
    let length = bytes.len() as u32;
    finish(hash ^ length)
}

#[inline(always)]
fn scramble(block: u32) -> u32 {
    block.wrapping_mul(C1).rotate_left(15).wrapping_mul(C2)
}

#[inline(always)]
fn finish(mut hash: u32) -> u32 {
    hash ^= hash >> 16;
    hash = hash.wrapping_mul(0x85eb_ca6b);
    hash ^= hash >> 13;
    hash = hash.wrapping_mul(0xc2b2_ae35);
    hash ^ (hash >> 16)
}

/// What a salt contributes to every point: computed once, when a snapshot is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seed(u32);

impl Seed {
    /// Returns the seed of `salt`.
    #[must_use]
    pub fn new(salt: &str) -> Self {
        Self(murmur3(salt.as_bytes(), 0))
    }

    /// Returns the point in `0..POINTS` where `unit` falls.
    ///
    /// The same salt and unit give the same point on every platform, for ever.
    #[must_use]
    #[inline(always)]
    pub fn point(self, unit: &[u8]) -> u32 {
        murmur3(unit, self.0)
    }
}

/// Returns the point where `unit` falls under `salt`.
#[must_use]
pub fn point(salt: &str, unit: &str) -> u32 {
    Seed::new(salt).point(unit.as_bytes())
}

/// The draws of one salt differ, so that admitting more units never moves one to another variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Draw {
    /// Whether the rule's traffic admits the unit.
    Traffic,
    /// Which slice of the split the unit gets.
    Split,
    /// Where in a layer the unit falls.
    Layer,
    /// Whether a holdout keeps the unit out.
    Holdout,
    /// Where the unit falls for a condition.
    Percent,
}

impl Draw {
    const fn purpose(self) -> &'static str {
        match self {
            Self::Traffic => "/traffic",
            Self::Split => "/split",
            Self::Layer => "/layer",
            Self::Holdout => "/holdout",
            Self::Percent => "/percent",
        }
    }

    /// Returns the salt of this draw.
    #[must_use]
    pub fn salt(self, salt: &str) -> String {
        let mut own = String::new();
        self.write_salt(salt, &mut own);
        own
    }

    /// Returns the seed of this draw.
    #[must_use]
    pub fn seed(self, salt: &str) -> Seed {
        Seed::new(&self.salt(salt))
    }

    /// Writes the salt of this draw over what was there.
    pub fn write_salt(self, salt: &str, own: &mut String) {
        own.clear();
        own.push_str(salt);
        own.push_str(self.purpose());
    }
}

/// Everybody, in scaled percent.
pub const SCALED_PERCENT: u32 = 10_000_000;

/// Returns whether a point lies under a share of all points, given in scaled percent.
///
/// The same as `point < bound(percent, SCALED_PERCENT)`, without the division.
#[must_use]
#[inline(always)]
pub const fn is_under(point: u32, percent: u32) -> bool {
    (point as u64 + 1) * SCALED_PERCENT as u64 <= (percent as u64) << 32
}

/// Returns `floor(part × 2³² / total)`, the bound under which `part` of `total` points lie.
///
/// Both are scaled weights below 2³², so nothing overflows. A `total` of zero has no points.
#[must_use]
pub fn bound(part: u64, total: u64) -> u64 {
    part.saturating_mul(POINTS).checked_div(total).unwrap_or(0)
}
