//! The attributes of one subject, as a host writes them: one buffer, without JSON.
//!
//! A buffer begins with a row: one slot of 16 bytes for each attribute that the snapshot reads of the context itself, in the
//! snapshot's order.
//! A slot is: the tag, a 32-bit word; a length, a 32-bit word; and then the number, or where the text or the rows begin.
//! Text stands behind the slots, as UTF-8.
//! A list has one row of slots for each element, one behind another from a multiple of eight: one slot for each attribute
//! that is read of its elements. Where none is, only the list's length is there, and no rows.
//! Offsets count bytes from the buffer's beginning. All is little-endian.

use crate::digits::whole;
use crate::id::Slot;
use alloc::vec;
use alloc::vec::Vec;

/// How many bytes of text, and of rows of lists, one context may have.
pub const MAX_BYTES: usize = 64 * 1024;

/// How many bytes a slot takes.
pub const SLOT: usize = 16;

/// The same, for offsets in buffers.
pub const SLOT_BYTES: u32 = 16;

/// What a slot holds.
pub mod tag {
    /// The attribute is absent, or null.
    pub const ABSENT: u32 = 0;
    /// It is false.
    pub const FALSE: u32 = 1;
    /// It is true.
    pub const TRUE: u32 = 2;
    /// It is a number.
    pub const NUMBER: u32 = 3;
    /// It is a string.
    pub const TEXT: u32 = 4;
    /// It is there, and is none of these.
    pub const OTHER: u32 = 5;
    /// It is a list.
    pub const LIST: u32 = 6;
}

/// An attribute of a context.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Attribute<'a> {
    /// Not there, or null.
    Absent,
    /// A boolean.
    Boolean(bool),
    /// A number.
    Number(f64),
    /// A string, in UTF-8 where the host wrote it right.
    Text(&'a [u8]),
    /// An object, or what no host can compare.
    Other,
    /// A list.
    List {
        /// How many elements it has.
        length: u32,
        /// Where the row of its first element begins, for [`Context::get_in`]; of no meaning where nothing is read of them.
        rows: u32,
    },
}

/// A unit as it is bucketed.
#[derive(Clone, Copy, Debug)]
pub enum Unit<'a> {
    /// A string, as it is.
    Text(&'a [u8]),
    /// An integer, in decimal, at the end of the digits.
    Digits {
        /// Room for the longest integer and its sign.
        digits: [u8; Unit::DIGITS],
        /// Where the first digit, or the sign, is.
        start: usize,
    },
}

impl Unit<'_> {
    const DIGITS: usize = 17;

    /// Returns the bytes that are hashed.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text,
            Self::Digits { digits, start } => digits.get(*start..).unwrap_or(&[]),
        }
    }
}

impl<'a> Attribute<'a> {
    /// Returns the unit that this attribute is: a string, or an integer that a double holds exactly.
    #[must_use]
    pub fn unit(self) -> Option<Unit<'a>> {
        match self {
            Self::Text(text) => Some(Unit::Text(text)),
            Self::Number(number) => decimal(number),
            Self::Absent | Self::Boolean(_) | Self::Other | Self::List { .. } => None,
        }
    }
}

fn decimal(number: f64) -> Option<Unit<'static>> {
    let number = whole(number)?;
    let mut digits = [b'0'; Unit::DIGITS];
    let mut start = Unit::DIGITS;
    let mut rest = number.unsigned_abs();
    for (at, digit) in digits.iter_mut().enumerate().rev() {
        if rest == 0 && at + 1 < Unit::DIGITS {
            if number < 0 {
                *digit = b'-';
                start = at;
            }
            break;
        }
        *digit = b"0123456789"[(rest % 10) as usize];
        rest /= 10;
        start = at;
    }
    Some(Unit::Digits { digits, start })
}

/// The attributes of one subject.
#[derive(Clone, Debug, Default)]
pub struct Context {
    bytes: Vec<u8>,
    /// How many bytes before the first slot, so that the slots begin on a multiple of eight.
    pad: usize,
}

impl Context {
    /// Makes room for a buffer of `length` bytes and returns its address, a multiple of eight.
    ///
    /// What was in the buffer may be lost. The address holds until the next call.
    pub fn reserve(&mut self, length: usize) -> *const u8 {
        if self.bytes.len() < self.pad + length {
            self.bytes = vec![0; length + 8];
            self.pad = self.bytes.as_ptr().align_offset(8).min(8);
        }
        self.bytes.as_ptr().wrapping_add(self.pad)
    }

    /// Returns an attribute of the context itself. What the buffer has not, or has wrongly, is absent.
    #[must_use]
    pub fn get(&self, slot: Slot) -> Attribute<'_> {
        self.get_in(0, slot)
    }

    /// Returns what stands in a slot of the row that begins at byte `row`. What is not there, or is wrong, is absent.
    #[must_use]
    pub fn get_in(&self, row: u32, slot: Slot) -> Attribute<'_> {
        self.read(row, slot).unwrap_or(Attribute::Absent)
    }

    fn read(&self, row: u32, slot: Slot) -> Option<Attribute<'_>> {
        let buffer = self.bytes.get(self.pad..)?;
        let start = slot.index().checked_mul(SLOT)?.checked_add(row as usize)?;
        let slot: &[u8; SLOT] = buffer.get(start..)?.first_chunk()?;
        // Taken apart by name, so that each is one load.
        let [t0, t1, t2, t3, n0, n1, n2, n3, l0, l1, l2, l3, h0, h1, h2, h3] = *slot;
        let tag = u32::from_le_bytes([t0, t1, t2, t3]);
        let length = u32::from_le_bytes([n0, n1, n2, n3]);
        let low = u32::from_le_bytes([l0, l1, l2, l3]);
        let high = u32::from_le_bytes([h0, h1, h2, h3]);
        Some(match tag {
            tag::FALSE => Attribute::Boolean(false),
            tag::TRUE => Attribute::Boolean(true),
            tag::NUMBER => Attribute::Number(f64::from_bits(u64::from(high) << 32 | u64::from(low))),
            tag::TEXT => Attribute::Text(buffer.get(low as usize..)?.get(..length as usize)?),
            tag::OTHER => Attribute::Other,
            tag::LIST => Attribute::List { length, rows: low },
            _ => Attribute::Absent,
        })
    }
}

/// Writes a buffer as a JavaScript host does.
#[cfg(feature = "control")]
pub struct Writer {
    context: Context,
    /// How many bytes of text and of rows there are.
    used: usize,
    /// Where the next ones go.
    end: usize,
}

#[cfg(feature = "control")]
impl Writer {
    /// Begins a context of `attributes` slots, all absent.
    #[must_use]
    pub fn new(attributes: usize) -> Self {
        let end = attributes * SLOT;
        let mut context = Context::default();
        // Rows begin at multiples of eight, and each gap before one is smaller than its slots.
        context.reserve(end + 2 * MAX_BYTES);
        Self {
            context,
            used: 0,
            end,
        }
    }

    /// Writes into a slot of the row that begins at byte `row`, and returns false when the context has grown too large.
    ///
    /// A list goes by [`list`](Self::list).
    pub fn put(&mut self, row: u32, slot: Slot, value: Attribute<'_>) -> bool {
        let (tag, length, word) = match value {
            Attribute::Absent => (tag::ABSENT, 0, 0),
            Attribute::Boolean(false) => (tag::FALSE, 0, 0),
            Attribute::Boolean(true) => (tag::TRUE, 0, 0),
            Attribute::Number(number) => (tag::NUMBER, 0, number.to_bits()),
            Attribute::Other => (tag::OTHER, 0, 0),
            Attribute::List { length, rows } => (tag::LIST, length, rows.into()),
            Attribute::Text(text) => {
                let Some((start, length)) = self.append(text) else {
                    return false;
                };
                (tag::TEXT, length, start.into())
            }
        };
        let header = u64::from(tag) | u64::from(length) << 32;
        let start = self.context.pad + row as usize + slot.index() * SLOT;
        let Some(slot) = self.context.bytes.get_mut(start..start + SLOT) else {
            return false;
        };
        slot[..8].copy_from_slice(&header.to_le_bytes());
        slot[8..].copy_from_slice(&word.to_le_bytes());
        true
    }

    /// Writes a list into a slot, and returns where the row of its first element begins, or nothing when it is too large.
    ///
    /// Each element has a row of `children` slots, all absent.
    pub fn list(&mut self, row: u32, slot: Slot, elements: u32, children: u32) -> Option<u32> {
        let slots = u64::from(elements) * u64::from(children);
        let bytes = slots.saturating_mul(SLOT as u64);
        let mut rows = 0;
        if bytes > 0 {
            self.end = self.end.next_multiple_of(8);
            rows = self.take(usize::try_from(bytes).ok()?)?;
        }
        let list = Attribute::List {
            length: elements,
            rows,
        };
        self.put(row, slot, list).then_some(rows)
    }

    fn append(&mut self, text: &[u8]) -> Option<(u32, u32)> {
        let start = self.take(text.len())?;
        let from = self.context.pad + start as usize;
        let place = self.context.bytes.get_mut(from..from + text.len())?;
        place.copy_from_slice(text);
        Some((start, u32::try_from(text.len()).ok()?))
    }

    /// Returns where that many bytes are free, or nothing when there would be too many.
    fn take(&mut self, bytes: usize) -> Option<u32> {
        if bytes > MAX_BYTES - self.used {
            return None;
        }
        let start = self.end;
        self.used += bytes;
        self.end += bytes;
        u32::try_from(start).ok()
    }

    /// Returns the context.
    #[must_use]
    pub fn finish(self) -> Context {
        self.context
    }
}
