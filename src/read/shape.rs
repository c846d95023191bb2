//! The words of which the tables of a definition are made: its JSON Schema comes of the same ones that it is read by.

/// A field of an object.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What may stand in it.
    pub shape: Shape,
    /// What it is for, in one line.
    pub help: &'static str,
    /// Whether it must be there.
    pub is_required: bool,
}

impl Field {
    /// Returns a field that may be left out.
    #[must_use]
    pub const fn new(name: &'static str, shape: Shape, help: &'static str) -> Self {
        Self {
            name,
            shape,
            help,
            is_required: false,
        }
    }

    /// Returns a field that must be there.
    #[must_use]
    pub const fn required(name: &'static str, shape: Shape, help: &'static str) -> Self {
        Self {
            is_required: true,
            ..Self::new(name, shape, help)
        }
    }
}

/// An object with fields of its own.
#[derive(Debug)]
pub struct Object {
    /// What it is called in the schema.
    pub name: &'static str,
    /// What may stand in it.
    pub fields: &'static [Field],
    /// Two of them, exactly one of which must be there.
    pub either: Option<[&'static str; 2]>,
}

/// What may stand in a field.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Any JSON value.
    Any,
    /// The format that this version reads.
    Format,
    /// True or false.
    Boolean,
    /// Any string.
    Text,
    /// A string that is not empty, of so many characters at most.
    Letters(usize),
    /// A name that others may use.
    Key,
    /// The name of a variant.
    VariantName,
    /// The path of an attribute.
    Attribute,
    /// One of a few words.
    Word(fn() -> Vec<&'static str>),
    /// A whole number from 0 to this one.
    Whole(u64),
    /// A number.
    Number,
    /// A number that is not negative, of this size at most, with up to five decimals.
    Share(u64),
    /// A string, a number or a boolean.
    Scalar,
    /// A value that is bucketed.
    Unit,
    /// An instant.
    Instant,
    /// A length of time.
    Duration,
    /// How far east of Greenwich.
    Offset,
    /// A list of so many entries at least and at most.
    List(&'static Shape, usize, usize),
    /// One, or a list of one at least.
    OneOrMore(&'static Shape),
    /// One of several shapes.
    Either(&'static [Shape]),
    /// An object of named things: how the names are made, what stands under them, and how many there must be.
    Named(&'static Shape, &'static Shape, usize),
    /// An object with fields of its own.
    Object(&'static Object),
    /// A condition.
    Condition,
    /// A condition on an element of a list.
    Element,
    /// What is asked of one attribute.
    Asked,
}

impl Shape {
    /// Returns the shape of a list of two.
    #[must_use]
    pub const fn pair(of: &'static Self) -> Self {
        Self::List(of, 2, 2)
    }
}

/// Returns the words of a table.
#[must_use]
pub fn words<T>(table: &[(&'static str, T)]) -> Vec<&'static str> {
    table.iter().map(|(word, _)| *word).collect()
}
