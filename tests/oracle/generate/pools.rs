//! What definitions and contexts are made of.

use fader::json::Json;

use super::{real, whole, word};

pub(super) const UNITS: [&str; 4] = ["userId", "orgId", "session.id", "age"];

/// Paths, and the kind of value that mostly stands there.
#[rustfmt::skip]
pub(super) const PATHS: [(&str, Kind); 18] = [
    ("country", Kind::Text), ("org.plan", Kind::Text), ("all", Kind::Text), ("segment", Kind::Text),
    ("age", Kind::Number), ("org.size", Kind::Number), ("staff", Kind::Boolean),
    ("org.deep.er", Kind::Boolean), ("version", Kind::Version), ("at", Kind::Instant),
    ("$now", Kind::Instant), ("ip", Kind::Address), ("tags", Kind::Scalars), ("orders", Kind::Records),
    ("lists", Kind::Lists), ("userId", Kind::Unit), ("orgId", Kind::Unit), ("session.id", Kind::Unit),
];

/// What kind of value an attribute mostly has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    Boolean,
    Version,
    Instant,
    Address,
    Scalars,
    Records,
    Lists,
    Unit,
}

#[rustfmt::skip]
pub(super) const TEXTS: [&str; 34] = [
    "", "a", "ab", "abc", "abcabc", "SE", "se", "NO", "Åsa", "åsa", "ÅSA", "A\u{30a}sa", "straße", "STRASSE",
    "İstanbul", "istanbul", "i\u{307}stanbul", "ΟΔΟΣ", "οδος", "οδοσ", "日本", "👩🏽\u{200d}🚀", "K", "k",
    "\u{212a}", "ſ", "Dž", "dž", "true", "null", "7", "1e3", "a\u{0}b", "x y",
];

#[rustfmt::skip]
pub(super) const NUMBERS: [f64; 17] = [
    0.0, -0.0, 1.0, -1.0, 2.0, 3.0, 7.0, 10.0, 18.0, 65.0, 0.1, -7.5, 1e15, 9_007_199_254_740_991.0,
    9_007_199_254_740_992.0, 1e300, 5e-324,
];

#[rustfmt::skip]
pub(super) const PRES: [&str; 9] = [
    "alpha", "alpha.1", "alpha.beta", "beta.2", "beta.11", "rc.1", "0", "1", "x-y",
];

pub(super) const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

pub(super) const OFFSETS: [&str; 6] = ["+00:00", "+01:00", "-05:30", "+13:45", "-11:59", "+05:45"];

#[rustfmt::skip]
pub(super) const NETWORKS: [&str; 13] = [
    "10.0.0.0/8", "10.1.2.0/24", "10.1.2.3/32", "0.0.0.0/0", "192.168.0.0/17", "128.0.0.0/1", "2001:db8::/32",
    "2001:db8::1/128", "::/0", "::ffff:10.0.0.0/104", "fe80::/10", "2001:db8:8000::/33", "::/96",
];

#[rustfmt::skip]
pub(super) const ADDRESSES: [&str; 26] = [
    "10.0.0.0", "10.255.255.255", "11.0.0.0", "9.255.255.255", "10.1.2.3", "10.1.2.4", "10.1.3.0",
    "192.168.127.255", "192.168.128.0", "127.255.255.255", "128.0.0.0", "::ffff:10.1.2.3", "::10.1.2.3",
    "::FFFF:A01:203", "2001:db8::1", "2001:DB8:0:0:0:0:0:1", "2001:db9::", "2001:db8:8000::",
    "2001:db8:7fff:ffff::", "::", "::1", "febf::1", "fec0::", "10.1.2", "010.1.2.3", "10.1.2.3/32",
];

/// Parts of which regular expressions are put together.
#[rustfmt::skip]
pub(super) const PIECES: [&str; 26] = [
    "a", "b+", "c*", "\\d", "\\d{2}", "\\w", "\\w+", "\\s", "\\D", "\\W", "\\S", "[a-c]", "[^a-c]", "[\\d.]",
    "(foo|bar)", "(?:ab){2}", "x?", ".", ".*", "\\.", "\\b", "é", "[^\\w]", "z{1,3}", "(a|b|)", "-",
];

/// Parts of which the texts are put together that they are tried on.
#[rustfmt::skip]
pub(super) const SHARDS: [&str; 19] = [
    "a", "b", "c", "ab", "1", "22", "foo", "bar", " ", "\n", "é", "É", "_", "-", ".", "zz", "x", "٣", "日",
];

/// Units that lists name; the contexts have more of them.
pub(super) fn units() -> Vec<Json> {
    let mut units: Vec<Json> = (0..12).map(|at| word(format!("u-{at}"))).collect();
    units.extend([
        word("Åsa"),
        word("8"),
        whole(7),
        whole(0),
        Json::Number((-3).into()),
        word("007"),
    ]);
    units
}

pub(super) fn odd_values() -> Vec<Json> {
    let object = |name: &str, value| Json::Object(vec![(name.to_owned(), value)]);
    vec![
        Json::Null,
        Json::Boolean(true),
        Json::Boolean(false),
        word(""),
        word("7"),
        whole(7),
        real(7.5),
        word("true"),
        Json::List(Vec::new()),
        Json::List(vec![Json::Null, whole(7), word("a")]),
        Json::List(vec![Json::List(vec![word("a")]), object("a", word("a"))]),
        object("id", word("u-1")),
        object("size", whole(3)),
    ]
}
