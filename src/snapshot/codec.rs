//! Sections and columns as bytes.

use crate::error::{Error, Fault};
use alloc::vec::Vec;

/// How the rows of a column are written, so that what repeats itself is the same bytes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Codec {
    /// By the difference from the row before: what is constant becomes zeros, what rises by one becomes ones.
    Differences,
    /// By how far a row is over all before it, doubled, or else by the row itself, doubled, plus one: strings are numbered
    /// as they come up, so that new ones are a step ahead, and old ones stay what they were.
    References,
}

impl Codec {
    /// References are indices of strings, of which there are far fewer than 2³¹.
    #[cfg(feature = "control")]
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

/// The rows of one column, read one after another.
///
/// What is not there reads as zero, and is told at the end.
#[derive(Clone, Debug)]
pub struct Column<'a> {
    rest: Bytes<'a>,
    codec: Codec,
    /// How many rows are left to read.
    rows: usize,
    last: u32,
    /// True when all rows are zero, and none is written.
    is_blank: bool,
    is_broken: bool,
}

impl Column<'_> {
    /// A column without rows.
    pub const EMPTY: Self = Self {
        rest: Bytes(&[]),
        codec: Codec::Differences,
        rows: 0,
        last: 0,
        is_blank: true,
        is_broken: false,
    };

    /// Returns how many rows are left.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.rows
    }

    /// Returns true when no row is left.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Returns the next row, or zero where there is none.
    #[inline(never)]
    pub fn row(&mut self) -> u32 {
        self.next()
    }

    /// The same, for those who read row after row.
    #[inline(always)]
    pub(super) fn next(&mut self) -> u32 {
        self.rows = self.rows.wrapping_sub(1);
        if self.is_blank {
            return 0;
        }
        let Some(code) = self.rest.varint() else {
            self.is_broken = true;
            return 0;
        };
        let row = self.codec.decode(code, self.last);
        self.last = self.codec.next(row, self.last);
        row
    }

    /// Returns all rows that are left.
    #[inline(never)]
    pub fn rest(&mut self) -> Vec<u32> {
        let mut rows = Vec::with_capacity(self.rows);
        while self.rows > 0 {
            rows.push(self.row());
        }
        rows
    }

    /// Checks that all rows were read, and that they were there.
    pub(super) fn finish(&self, section: &'static str) -> Result<(), Error> {
        if self.rows == 0 && !self.is_broken && self.rest.0.is_empty() {
            Ok(())
        } else {
            Err(Error::malformed(section))
        }
    }
}

/// What is left to read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bytes<'a>(pub(super) &'a [u8]);

impl<'a> Bytes<'a> {
    pub(super) fn section(&mut self) -> Result<Option<(u8, Self)>, Error> {
        let Some((id, rest)) = self.0.split_first() else {
            return Ok(None);
        };
        self.0 = rest;
        match self.run() {
            Some(section) => Ok(Some((*id, section))),
            None => Err(Error::new(Fault::Truncated)),
        }
    }

    pub(super) fn count(&mut self, section: &'static str) -> Result<usize, Error> {
        match self.long_varint() {
            // Each row takes a byte in the first column: a larger count would only reserve memory.
            Some(count) if count as usize <= self.0.len() => Ok(count as usize),
            _ => Err(Error::malformed(section)),
        }
    }

    pub(super) fn column(
        &mut self,
        section: &'static str,
        rows: usize,
        codec: Codec,
    ) -> Result<Column<'a>, Error> {
        let rest = self.run().ok_or(Error::malformed(section))?;
        Ok(Column {
            rest,
            codec,
            rows,
            last: 0,
            is_blank: rest.0.is_empty(),
            is_broken: false,
        })
    }

    /// Reads a length, and as many bytes.
    fn run(&mut self) -> Option<Self> {
        let length = self.long_varint()? as usize;
        let (run, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(Self(run))
    }

    #[inline(always)]
    fn varint(&mut self) -> Option<u32> {
        match self.0 {
            // Most numbers are small.
            [byte, rest @ ..] if *byte < 0x80 => {
                self.0 = rest;
                Some(u32::from(*byte))
            }
            _ => self.long_varint(),
        }
    }

    #[inline(never)]
    fn long_varint(&mut self) -> Option<u32> {
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

#[cfg(feature = "control")]
pub(super) fn write_section(out: &mut Vec<u8>, id: u8, fill: impl FnOnce(&mut Vec<u8>)) {
    let mut section = Vec::new();
    fill(&mut section);
    out.push(id);
    write_run(out, &section);
}

/// Writes how many rows there are, and each column; of a later one whose rows are all zero, nothing.
#[cfg(feature = "control")]
pub(super) fn write_columns(out: &mut Vec<u8>, columns: &[(Codec, &Vec<u32>)]) {
    write_varint(out, columns.first().map_or(0, |(_, column)| column.len()));
    for (at, (codec, column)) in columns.iter().enumerate() {
        let mut bytes = Vec::new();
        // The first column is always written, so that the count of the rows can be checked against the bytes.
        if at == 0 || column.iter().any(|row| *row != 0) {
            let mut last = 0;
            for row in *column {
                write_varint(&mut bytes, codec.encode(*row, last) as usize);
                last = codec.next(*row, last);
            }
        }
        write_run(out, &bytes);
    }
}

#[cfg(feature = "control")]
fn write_run(out: &mut Vec<u8>, run: &[u8]) {
    write_varint(out, run.len());
    out.extend_from_slice(run);
}

/// A definition is at most 25 MB, so neither a length nor a count comes near 2³².
#[cfg(feature = "control")]
fn write_varint(out: &mut Vec<u8>, mut value: usize) {
    while value >= 0x80 {
        out.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
}
