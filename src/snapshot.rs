//! A snapshot as it travels: columns of integers and one run of text, without anything that can be derived.
//!
//! The layout is described in `docs/snapshot.md`.
//! Equal values stand side by side, so that the general compressors of the web find them.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use crate::bucket::murmur3;
use crate::error::{Error, Fault, MAJOR};

const MINOR: u8 = 0;
const MAGIC: [u8; 4] = *b"FADR";
const HEADER: usize = 12;
const CHECKSUM_SEED: u32 = 0x0fad_e500;

/// A column of numbers and strings is a section of its own; the others come after.
const TEXT_SECTION: u8 = 1;
const NUMBER_SECTION: u8 = 2;

macro_rules! sections {
    ($($(#[$doc:meta])* $name:literal = $id:literal { $($(#[$column_doc:meta])* $codec:ident $column:ident),* $(,)? })*) => {
        /// The columns of a snapshot: rows of one section have the same position in each of its columns.
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct Snapshot {
            /// All strings, one after another.
            pub text: String,
            /// How many bytes each string has.
            pub text_lengths: Vec<u32>,
            /// Numbers that conditions compare with.
            pub numbers: Vec<f64>,
            $($($(#[$column_doc])* pub $column: Vec<u32>,)*)*
        }

        impl Snapshot {
            fn write_columns(&self, out: &mut Vec<u8>) {
                $(write_section(out, $id, |section| {
                    $(Codec::$codec.write(section, &self.$column);)*
                });)*
            }

            fn read_columns(&mut self, id: u8, bytes: &mut Bytes<'_>) -> Result<(), Error> {
                match id {
                    $($id => { $(self.$column = bytes.column($name, Codec::$codec)?;)* })*
                    // A newer minor version may add sections; what they mean is marked on the flags that need them.
                    _ => {}
                }
                Ok(())
            }
        }
    };
}

sections! {
    "document" = 3 {
        /// One row: the environment's name, then the revision's upper and lower half.
        Differences document,
    }
    "attributes" = 4 {
        /// The path, a string.
        References attribute_paths,
    }
    "operands" = 5 {
        /// What tests compare with: indices of strings and numbers, in the operator's own order.
        Differences words,
    }
    "tests" = 6 {
        /// The attribute asked.
        Differences test_attributes,
        /// The operator's code.
        Differences test_codes,
        /// How many of the operand words are this test's.
        Differences test_lengths,
    }
    "nodes" = 7 {
        /// The test that a node puts.
        Differences node_tests,
        /// Where to go when it holds.
        Differences node_yes,
        /// Where to go when it does not.
        Differences node_no,
    }
    "segments" = 8 {
        /// The name, a string.
        References segment_names,
        /// The node where its audience begins.
        Differences segment_entries,
    }
    "variants" = 9 {
        /// The name, a string.
        References variant_names,
        /// The value as JSON text, a string.
        References variant_values,
    }
    "flags" = 10 {
        /// The key, a string.
        References flag_keys,
        /// The type's code.
        Differences flag_kinds,
        /// The state's code.
        Differences flag_states,
        /// A bit for each thing that a reader must know to evaluate the flag.
        Differences flag_needs,
        /// The attribute that is bucketed.
        Differences flag_units,
        /// How many of the variants are this flag's.
        Differences flag_variants,
        /// The safe variant, counted within the flag.
        Differences flag_safes,
        /// The variant given otherwise.
        Differences flag_otherwises,
        /// How many of the overrides are this flag's.
        Differences flag_overrides,
        /// How many of the rules are this flag's.
        Differences flag_rules,
    }
    "overrides" = 11 {
        /// The unit, a string.
        References override_units,
        /// The variant it gets.
        Differences override_variants,
    }
    "rules" = 12 {
        /// The id, a string.
        References rule_ids,
        /// The node where the audience begins.
        Differences rule_audiences,
        /// The instant from which it holds: a number's index plus one, or zero.
        Differences rule_froms,
        /// The instant until which it holds, likewise.
        Differences rule_untils,
        /// The traffic, scaled, plus one; or zero for everybody.
        Differences rule_traffics,
        /// The salt: a string plus one, or zero for the flag's key.
        Differences rule_salts,
        /// The variant served plus one, or zero for a split.
        Differences rule_serves,
        /// How many of the slices are this rule's.
        Differences rule_slices,
    }
    "slices" = 13 {
        /// The variant of a slice.
        Differences slice_variants,
        /// Its weight, scaled.
        Differences slice_weights,
    }
}

impl Snapshot {
    /// Returns the bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut body = Vec::new();
        write_section(&mut body, TEXT_SECTION, |section| {
            Codec::Differences.write(section, &self.text_lengths);
            section.extend_from_slice(self.text.as_bytes());
        });
        write_section(&mut body, NUMBER_SECTION, |section| {
            for number in &self.numbers {
                section.extend_from_slice(&number.to_le_bytes());
            }
        });
        self.write_columns(&mut body);

        let mut out = Vec::with_capacity(HEADER + body.len());
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&[MAJOR, MINOR, 0, 0]);
        out.extend_from_slice(&murmur3(&body, CHECKSUM_SEED).to_le_bytes());
        out.extend_from_slice(&body);
        out
    }

    /// Reads the columns. What they refer to is checked when a ruleset is made of them.
    ///
    /// # Errors
    ///
    /// The bytes are no snapshot, are of a newer major format, or were cut short or changed.
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let body = check_header(bytes)?;
        let mut snapshot = Self::default();
        let mut rest = Bytes(body);
        while let Some((id, section)) = rest.section()? {
            let mut section = Bytes(section);
            match id {
                TEXT_SECTION => snapshot.read_text(&mut section)?,
                NUMBER_SECTION => snapshot.read_numbers(&section)?,
                _ => snapshot.read_columns(id, &mut section)?,
            }
        }
        Ok(snapshot)
    }

    fn read_text(&mut self, section: &mut Bytes<'_>) -> Result<(), Error> {
        self.text_lengths = section.column("strings", Codec::Differences)?;
        let text = core::str::from_utf8(section.0).map_err(|_| Error::malformed("strings"))?;
        text.clone_into(&mut self.text);
        Ok(())
    }

    fn read_numbers(&mut self, section: &Bytes<'_>) -> Result<(), Error> {
        let (numbers, rest) = section.0.as_chunks::<8>();
        if !rest.is_empty() {
            return Err(Error::malformed("numbers"));
        }
        self.numbers = numbers.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect();
        Ok(())
    }
}

fn check_header(bytes: &[u8]) -> Result<&[u8], Error> {
    if bytes.get(..4) != Some(&MAGIC) {
        return Err(Error::new(Fault::NotASnapshot));
    }
    let (Some(&major), Some(checksum), Some(body)) =
        (bytes.get(4), bytes.get(8..HEADER), bytes.get(HEADER..))
    else {
        return Err(Error::new(Fault::Truncated));
    };
    if major != MAJOR {
        return Err(Error::new(Fault::TooNew));
    }
    if murmur3(body, CHECKSUM_SEED).to_le_bytes() != checksum {
        return Err(Error::new(Fault::Corrupt));
    }
    Ok(body)
}

fn write_section(out: &mut Vec<u8>, id: u8, fill: impl FnOnce(&mut Vec<u8>)) {
    let mut section = Vec::new();
    fill(&mut section);
    out.push(id);
    // A definition is at most 25 MB, so no section comes near 4 GiB.
    #[allow(clippy::cast_possible_truncation)]
    write_varint(out, section.len() as u32);
    out.extend_from_slice(&section);
}

/// How the rows of a column are written, so that what repeats itself is the same bytes.
#[derive(Clone, Copy)]
enum Codec {
    /// By the difference from the row before: what is constant becomes zeros, what rises by one becomes ones.
    Differences,
    /// By how far a row is over all before it, doubled, or else by the row itself, doubled, plus one: strings are numbered
    /// as they come up, so that new ones are a step ahead, and old ones stay what they were.
    References,
}

impl Codec {
    fn write(self, out: &mut Vec<u8>, column: &[u32]) {
        #[allow(clippy::cast_possible_truncation)]
        write_varint(out, column.len() as u32);
        let mut last = 0;
        for row in column {
            write_varint(out, self.encode(*row, last));
            last = self.next(*row, last);
        }
    }

    /// References are indices of strings, of which there are far fewer than 2³¹.
    const fn encode(self, row: u32, last: u32) -> u32 {
        match self {
            Self::Differences => {
                let difference = row.wrapping_sub(last).cast_signed();
                ((difference << 1) ^ (difference >> 31)).cast_unsigned()
            }
            Self::References if row >= last => (row - last) << 1,
            Self::References => row << 1 | 1,
        }
    }

    const fn decode(self, code: u32, last: u32) -> u32 {
        let half = code >> 1;
        match (self, code & 1) {
            (Self::Differences, sign) => last.wrapping_add(half ^ sign.wrapping_neg()),
            (Self::References, 0) => last.wrapping_add(half),
            (Self::References, _) => half,
        }
    }

    /// What the next row is compared with: for references, the first that has not come up.
    const fn next(self, row: u32, last: u32) -> u32 {
        match self {
            Self::Differences => row,
            Self::References if row >= last => row.wrapping_add(1),
            Self::References => last,
        }
    }
}

fn write_varint(out: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        out.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
}

/// What is left to read.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn section(&mut self) -> Result<Option<(u8, &'a [u8])>, Error> {
        let Some((id, rest)) = self.0.split_first() else {
            return Ok(None);
        };
        self.0 = rest;
        let length = self.varint().ok_or(Error::new(Fault::Truncated))? as usize;
        let (section, rest) = self
            .0
            .split_at_checked(length)
            .ok_or(Error::new(Fault::Truncated))?;
        self.0 = rest;
        Ok(Some((*id, section)))
    }

    fn column(&mut self, section: &'static str, codec: Codec) -> Result<Vec<u32>, Error> {
        let malformed = Error::malformed(section);
        let Some(count) = self.varint().map(|count| count as usize) else {
            return Err(malformed);
        };
        // Each row takes a byte at least: a larger count would only reserve memory.
        if count > self.0.len() {
            return Err(malformed);
        }
        let mut column = Vec::with_capacity(count);
        let mut last = 0;
        for _ in 0..count {
            let Some(code) = self.varint() else {
                return Err(malformed);
            };
            let row = codec.decode(code, last);
            last = codec.next(row, last);
            column.push(row);
        }
        Ok(column)
    }

    fn varint(&mut self) -> Option<u32> {
        let mut value = 0_u32;
        for shift in [0, 7, 14, 21, 28] {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            value |= u32::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }
}
