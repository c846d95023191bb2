//! Places in a definition.

use core::fmt;

/// Where in a definition something stands.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    parent: Option<&'a Place<'a>>,
    step: Step<'a>,
}

/// One step to a place.
#[derive(Clone, Copy, Debug)]
pub enum Step<'a> {
    /// The document itself.
    Root,
    /// A member of an object.
    Name(&'a str),
    /// An element of a list.
    Index(usize),
}

impl<'a> Place<'a> {
    /// Returns the place of the document.
    #[must_use]
    pub const fn root() -> Self {
        Self {
            parent: None,
            step: Step::Root,
        }
    }

    /// Returns a place in this one.
    #[must_use]
    pub const fn at(&'a self, step: Step<'a>) -> Self {
        Self {
            parent: Some(self),
            step,
        }
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(parent) = self.parent else {
            return out.write_str("definition");
        };
        let is_top = parent.parent.is_none();
        if !is_top {
            write!(out, "{parent}")?;
        }
        match self.step {
            Step::Root => Ok(()),
            Step::Index(index) => write!(out, "[{index}]"),
            Step::Name(name) if !is_plain(name) => write!(out, "[{name:?}]"),
            Step::Name(name) if is_top => out.write_str(name),
            Step::Name(name) => write!(out, ".{name}"),
        }
    }
}

fn is_plain(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_' || byte == b'$';
    !name.is_empty() && name.bytes().all(is_plain)
}
