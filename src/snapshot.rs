//! A snapshot as it travels: columns of integers and one run of text, without anything that can be derived.
//!
//! The layout is described in `docs/snapshot.md`.
//! Equal values stand side by side, so that the general compressors of the web find them.

mod codec;

use crate::bucket::murmur3;
use crate::error::{Error, Fault, MAJOR};
pub use codec::Column;
use codec::{Bytes, Codec};

const MAGIC: [u8; 4] = *b"FADR";
const HEADER: usize = 12;
const CHECKSUM_SEED: u32 = 0x0fad_e500;

/// A column of numbers and the strings are sections of their own; the others come after.
const TEXT_SECTION: u8 = 1;
const NUMBER_SECTION: u8 = 2;

macro_rules! sections {
    ($($name:literal = $id:literal, $row:ident $Row:ident { $($(#[$column_doc:meta])* $codec:ident $column:ident),* $(,)? })*) => {
        /// The columns, by name.
        #[allow(missing_docs, non_camel_case_types)]
        #[derive(Clone, Copy)]
        enum Name { $($($column,)*)* }

        /// Each section: its number, its name, and how its columns are written, in the order of their names.
        const SECTIONS: &[(u8, &str, &[Codec])] = &[$(($id, $name, &[$(Codec::$codec),*]),)*];

        const COLUMNS: usize = [$($(Name::$column,)*)*].len();

        $(
            #[doc = concat!("A row of the ", $name, ".")]
            #[derive(Clone, Copy, Debug)]
            pub struct $Row {
                $($(#[$column_doc])* pub $column: u32,)*
            }
        )*

        impl<'a> Columns<'a> {
            $(
                #[doc = concat!("Reads the next row of the ", $name, ".")]
                pub fn $row(&mut self) -> $Row {
                    let mut row = [0; [$(Name::$column),*].len()];
                    self.fill([$(Name::$column),*][0], &mut row);
                    let [$($column),*] = row;
                    $Row { $($column),* }
                }
            )*

            $($(
                $(#[$column_doc])*
                pub const fn $column(&mut self) -> &mut Column<'a> {
                    &mut self.all[Name::$column as usize]
                }
            )*)*
        }

        /// A snapshot's columns as they are written: rows of one section have the same position in each of its columns.
        #[cfg(feature = "control")]
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

        #[cfg(feature = "control")]
        impl Snapshot {
            fn write_columns(&self, out: &mut Vec<u8>) {
                $(codec::write_section(out, $id, |section| {
                    codec::write_columns(section, &[$((Codec::$codec, &self.$column)),*]);
                });)*
            }

            fn collect(columns: &mut Columns<'_>) -> Self {
                Self {
                    text: columns.text.into(),
                    text_lengths: columns.text_lengths.rest(),
                    numbers: columns.numbers().collect(),
                    $($($column: columns.$column().rest(),)*)*
                }
            }
        }
    };
}

sections! {
    "document" = 3, document DocumentRow {
        /// The environment's name, a string.
        Differences environments,
        /// The revision's upper half.
        Differences revisions_high,
        /// The revision's lower half.
        Differences revisions_low,
        /// What units are salted with before they are hashed, a string plus one, or zero where they stand as they are.
        Differences unit_salts,
    }
    "attributes" = 4, attribute AttributeRow {
        /// The path, a string.
        References attribute_paths,
        /// The list whose elements it is read from, an attribute plus one, or zero for the context.
        Differences attribute_parents,
    }
    "operands" = 5, operand OperandRow {
        /// What tests compare with: indices of strings and numbers, in the operator's own order.
        Differences words,
    }
    "tests" = 6, test TestRow {
        /// The attribute asked, plus one; zero for the instant of the evaluation, or where none is asked.
        Differences test_attributes,
        /// The operator's code.
        Differences test_codes,
        /// How many of the operand words are this test's.
        Differences test_lengths,
    }
    "nodes" = 7, node NodeRow {
        /// The test that a node puts.
        Differences node_tests,
        /// Where to go when it holds.
        Differences node_yes,
        /// Where to go when it does not.
        Differences node_no,
    }
    "segments" = 8, segment SegmentRow {
        /// The name, a string.
        References segment_names,
        /// The node where its audience begins.
        Differences segment_entries,
    }
    "variants" = 9, variant VariantRow {
        /// The name, a string.
        References variant_names,
        /// The value as JSON text, a string.
        References variant_values,
    }
    "flags" = 10, flag FlagRow {
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
        /// The node where its requirements begin, or zero.
        Differences flag_requirements,
        /// The node that admits whom its holdout keeps out, or zero.
        Differences flag_holdouts,
        /// The attribute with an earlier assignment, plus one, or zero.
        Differences flag_stickies,
        /// The rule that its ramp raises, plus one, or zero.
        Differences flag_ramps,
        /// How many of the dependencies are this flag's.
        Differences flag_dependencies,
        /// Over the rank of every flag that it depends on.
        Differences flag_ranks,
    }
    "overrides" = 11, override_ OverrideRow {
        /// The unit, a string.
        References override_units,
        /// The variant it gets.
        Differences override_variants,
    }
    "rules" = 12, rule RuleRow {
        /// The id, a string.
        References rule_ids,
        /// The node where the audience begins.
        Differences rule_audiences,
        /// The instant from which it holds: a number's index plus one, or zero.
        Differences rule_froms,
        /// The instant until which it holds, likewise.
        Differences rule_untils,
        /// The node that admits whom a stage's segment admits without a draw, or zero.
        Differences rule_stages,
        /// The traffic, scaled, plus one; or zero for everybody.
        Differences rule_traffics,
        /// The salt: a string plus one, or zero for the flag's key.
        Differences rule_salts,
        /// The variant served plus one, or zero for a split.
        Differences rule_serves,
        /// How many of the slices are this rule's.
        Differences rule_slices,
    }
    "slices" = 13, slice SliceRow {
        /// The variant of a slice.
        Differences slice_variants,
        /// Its weight, scaled.
        Differences slice_weights,
    }
    "dependencies" = 14, dependency DependencyRow {
        /// A flag that has to be evaluated before.
        Differences dependencies,
    }
    "automata" = 15, automaton AutomatonRow {
        /// How many states an automaton has.
        Differences automaton_states,
        /// The state in which it begins.
        Differences automaton_starts,
        /// How many classes it tells bytes apart by; the end of the text is one more.
        Differences automaton_classes,
    }
    "bytes" = 16, byte ByteRow {
        /// The class of each of the 256 bytes, automaton after automaton.
        Differences byte_classes,
    }
    "transitions" = 17, transition TransitionRow {
        /// The next state for each class and the end, state after state, automaton after automaton.
        Differences transitions,
    }
    "stabilities" = 18, stability StabilityRow {
        /// How long clients keep what a flag gave, for each flag; no rows where all are kept as long as a page lives.
        Differences flag_stabilities,
    }
}

#[cfg(feature = "control")]
impl Snapshot {
    /// Returns the bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut body = Vec::new();
        codec::write_section(&mut body, TEXT_SECTION, |section| {
            codec::write_columns(section, &[(Codec::Differences, &self.text_lengths)]);
            section.extend_from_slice(self.text.as_bytes());
        });
        codec::write_section(&mut body, NUMBER_SECTION, |section| {
            for number in &self.numbers {
                section.extend_from_slice(&number.to_le_bytes());
            }
        });
        self.write_columns(&mut body);

        let mut out = Vec::with_capacity(HEADER + body.len());
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&[MAJOR, 0, 0, 0]);
        out.extend_from_slice(&murmur3(&body, CHECKSUM_SEED).to_le_bytes());
        out.extend_from_slice(&body);
        out
    }

    /// Reads all columns. What they refer to is checked when a ruleset is made of them.
    ///
    /// # Errors
    ///
    /// The bytes are no snapshot, are of a newer major format, or were cut short or changed.
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let mut columns = Columns::read(bytes)?;
        let snapshot = Self::collect(&mut columns);
        columns.finish()?;
        Ok(snapshot)
    }
}

/// A snapshot's columns as they are read: row by row, from its bytes.
#[derive(Debug)]
pub struct Columns<'a> {
    /// All strings, one after another.
    pub text: &'a str,
    /// How many bytes each string has.
    pub text_lengths: Column<'a>,
    numbers: &'a [[u8; 8]],
    all: [Column<'a>; COLUMNS],
}

impl<'a> Columns<'a> {
    /// Finds the columns.
    ///
    /// # Errors
    ///
    /// The bytes are no snapshot, are of a newer major format, or were cut short or changed.
    pub fn read(bytes: &'a [u8]) -> Result<Self, Error> {
        let mut columns = Self {
            text: "",
            text_lengths: Column::EMPTY,
            numbers: &[],
            all: [Column::EMPTY; COLUMNS],
        };
        let mut rest = Bytes(check_header(bytes)?);
        while let Some((id, mut section)) = rest.section()? {
            match id {
                TEXT_SECTION => columns.read_text(&mut section)?,
                NUMBER_SECTION => columns.read_numbers(&section)?,
                _ => columns.read_section(id, &mut section)?,
            }
        }
        Ok(columns)
    }

    /// Returns the numbers that conditions compare with.
    pub fn numbers(&self) -> impl Iterator<Item = f64> {
        self.numbers.iter().map(|bytes| f64::from_le_bytes(*bytes))
    }

    /// Finds the columns of a section. A newer minor version may add sections; what they mean is marked on the flags
    /// that need them.
    fn read_section(&mut self, id: u8, bytes: &mut Bytes<'a>) -> Result<(), Error> {
        let mut columns = self.all.iter_mut();
        for (known, name, codecs) in SECTIONS {
            let rows = if *known == id {
                Some(bytes.count(name)?)
            } else {
                None
            };
            for (codec, column) in codecs.iter().zip(&mut columns) {
                if let Some(rows) = rows {
                    *column = bytes.column(name, rows, *codec)?;
                }
            }
        }
        Ok(())
    }

    /// Reads the next row of as many columns, from the first on.
    #[inline(never)]
    fn fill(&mut self, first: Name, row: &mut [u32]) {
        let columns = self.all.iter_mut().skip(first as usize);
        for (column, value) in columns.zip(row) {
            *value = column.next();
        }
    }

    /// Checks that every row of every column was there, and was read.
    ///
    /// # Errors
    ///
    /// A column was shorter or longer than its rows.
    pub fn finish(&self) -> Result<(), Error> {
        self.text_lengths.finish("strings")?;
        let mut columns = self.all.iter();
        for (_, name, codecs) in SECTIONS {
            for (_, column) in codecs.iter().zip(&mut columns) {
                column.finish(name)?;
            }
        }
        Ok(())
    }

    fn read_text(&mut self, section: &mut Bytes<'a>) -> Result<(), Error> {
        let rows = section.count("strings")?;
        self.text_lengths = section.column("strings", rows, Codec::Differences)?;
        self.text = core::str::from_utf8(section.0).map_err(|_| Error::malformed("strings"))?;
        Ok(())
    }

    fn read_numbers(&mut self, section: &Bytes<'a>) -> Result<(), Error> {
        let (numbers, rest) = section.0.as_chunks::<8>();
        self.numbers = numbers;
        if rest.is_empty() {
            Ok(())
        } else {
            Err(Error::malformed("numbers"))
        }
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
