//! Why a snapshot was refused, and what is wrong in a definition.

use alloc::string::String;
use core::fmt;

/// The snapshot format that this version writes, and the newest that it reads.
pub const MAJOR: u8 = 1;

/// Why bytes are no snapshot that this reader can evaluate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    fault: Fault,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    NotASnapshot,
    TooNew,
    Truncated,
    Corrupt,
    Malformed { section: &'static str },
}

impl Error {
    pub(crate) const fn new(fault: Fault) -> Self {
        Self { fault }
    }

    pub(crate) const fn malformed(section: &'static str) -> Self {
        Self::new(Fault::Malformed { section })
    }

    /// Returns true when a newer version of Fader wrote the snapshot.
    #[must_use]
    pub const fn is_too_new(&self) -> bool {
        matches!(self.fault, Fault::TooNew)
    }
}

impl Error {
    /// Returns what is wrong and what to do about it.
    // Put together without the formatting machinery, which every page would download.
    #[must_use]
    pub fn message(&self) -> String {
        match self.fault {
            Fault::NotASnapshot => {
                "these bytes are not a Fader snapshot; compile the definition, or check the address they came from".into()
            }
            Fault::TooNew => "the snapshot has a newer format than this reader knows; update fader".into(),
            Fault::Truncated => "the snapshot is cut short; fetch it again".into(),
            Fault::Corrupt => "the snapshot was changed on its way; fetch it again".into(),
            Fault::Malformed { section } => {
                let mut message = String::from("the snapshot's ");
                message.push_str(section);
                message.push_str(" are inconsistent; compile the definition again");
                message
            }
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message())
    }
}

impl core::error::Error for Error {}

/// Something wrong in a definition: where, what, and how to mend it.
#[cfg(feature = "control")]
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Issue {
    /// Such as `flags.checkout.rules[2].split`.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub mend: String,
}

#[cfg(feature = "control")]
impl fmt::Display for Issue {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}; {}", self.path, self.message, self.mend)
    }
}
