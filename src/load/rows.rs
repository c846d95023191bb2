//! Tables whose columns and runs fit one another.

use crate::error::Error;
use crate::id::Span;
use alloc::vec::Vec;

/// Returns the index, or an error where the table is shorter.
pub(super) fn checked(id: u32, count: usize, section: &'static str) -> Result<u32, Error> {
    if (id as usize) < count {
        Ok(id)
    } else {
        Err(Error::malformed(section))
    }
}

/// The rows of one section: each of its columns has as many.
pub(super) struct Rows {
    section: &'static str,
    pub(super) count: usize,
}

impl Rows {
    pub(super) const fn new(section: &'static str, count: usize) -> Self {
        Self { section, count }
    }

    pub(super) fn column<'a>(&self, column: &'a [u32]) -> Result<&'a [u32], Error> {
        if column.len() == self.count {
            Ok(column)
        } else {
            Err(Error::malformed(self.section))
        }
    }

    /// Lays runs of the given lengths one after another over a table, which they have to fill.
    pub(super) fn spans(&self, lengths: &[u32], table: usize) -> Result<Vec<Span>, Error> {
        let malformed = Error::malformed(self.section);
        let mut start = 0_u32;
        let mut spans = Vec::with_capacity(self.count);
        for length in self.column(lengths)? {
            spans.push(Span {
                start,
                length: *length,
            });
            start = start.checked_add(*length).ok_or(malformed.clone())?;
        }
        if start as usize == table {
            Ok(spans)
        } else {
            Err(malformed)
        }
    }
}
