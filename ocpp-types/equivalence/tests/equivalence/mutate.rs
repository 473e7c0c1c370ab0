//! Instances that a schema may refuse: every way to break one place of a valid one.

use std::collections::BTreeMap;

use crate::json::Json;
use crate::random::Random;
use crate::schema::{Kind, Schema};
use crate::valid::{DATE_TIMES, URIS};

/// Something else in place of a value.
pub struct Mutation {
    pub what: &'static str,
    pub value: Json,
    /// Set where the types differ from the schema on purpose.
    pub difference: Option<&'static Difference>,
}

/// A place where the types and the schema (or its validator) deliberately disagree.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    pub what: &'static str,
    pub reason: &'static str,
    /// The class of the refusal; `None` when the types accept what the schema refuses.
    pub refused: Option<&'static str>,
}

pub const BEYOND_64_BITS: Difference = Difference {
    what: "integer beyond 64 bits",
    reason: "the schema sets no bound; a machine integer must, and no quantity of OCPP comes near it",
    refused: Some("Property"),
};
pub const INEXACT_FLOAT: Difference = Difference {
    what: "whole number beyond 2^53 written with a fraction or an exponent",
    reason: "a peer that writes integers so has rounded them: which one was meant is not known",
    refused: Some("Property"),
};
pub const INTEGER_OF_DRAFT_4: Difference = Difference {
    what: "1.0 or -0 for an integer in a schema of draft 04",
    reason: "draft 04 calls them no integers, draft 06 does: the types treat all messages alike, in the newer way",
    refused: None,
};
pub const FINER_THAN_FLOATS: Difference = Difference {
    what: "number that breaks a bound by less than a float shows",
    reason: "the validator reads numbers as floats, the types read them exactly: the schema itself refuses these",
    refused: Some("Property"),
};
pub const NO_FLOAT: Difference = Difference {
    what: "number too large for a float",
    reason: "the validator cannot read it at all; JSON and the schema allow it, and so do the types",
    refused: None,
};
pub const NO_FLOAT_INTEGER: Difference = Difference {
    what: "integer too large for a float",
    reason: "the validator cannot read it at all; the types refuse it as beyond 64 bits",
    refused: Some("Property"),
};
pub const DUPLICATE: Difference = Difference {
    what: "duplicate member",
    reason: "JSON leaves its meaning open; a peer that sends two values must not have one of them chosen",
    refused: Some("Format"),
};
pub const BEYOND_THE_CALENDAR: Difference = Difference {
    what: "date-time that lies outside the years 0000 to 9999 in UTC",
    reason: "RFC 3339 allows the text, but there is none for the same instant in UTC",
    refused: Some("Property"),
};
pub const LONE_SURROGATE: Difference = Difference {
    what: "half of a surrogate pair",
    reason: "the validator's parser cannot read it, and neither can any string of Unicode",
    refused: Some("Property"),
};

pub const DIFFERENCES: [&Difference; 9] = [
    &BEYOND_64_BITS,
    &INEXACT_FLOAT,
    &INTEGER_OF_DRAFT_4,
    &FINER_THAN_FLOATS,
    &NO_FLOAT,
    &NO_FLOAT_INTEGER,
    &DUPLICATE,
    &BEYOND_THE_CALENDAR,
    &LONE_SURROGATE,
];

/// A text that is no value of any enumeration.
pub const UNKNOWN_VALUE: &str = "NoSuchValue";

const WRONG_DATE_TIMES: [&str; 26] = [
    "",
    "yesterday",
    "2024-05-15",
    "12:00:00Z",
    "2024-05-15T12:00:00",
    "2024-05-15 12:00:00Z",
    "2024-05-15_12:00:00Z",
    "2024-05-15T12:00:00+02",
    "2024-05-15T12:00:00+0200",
    "2024-05-15T12:00:00+2:00",
    "2024-05-15T12:00:00.Z",
    "2024-05-15T12:00:00,5Z",
    "2024-05-15T12:00Z",
    "2023-02-29T00:00:00Z",
    "1900-02-29T00:00:00Z",
    "2024-13-01T00:00:00Z",
    "2024-00-01T00:00:00Z",
    "2024-04-31T00:00:00Z",
    "2024-05-15T24:00:00Z",
    "2024-05-15T12:60:00Z",
    "2024-05-15T12:00:60Z",
    "2024-05-15T23:59:61Z",
    "2024-05-15T12:00:00+24:00",
    "2024-05-15T12:00:00+00:60",
    " 2024-05-15T12:00:00Z",
    "٢٠٢٤-05-15T12:00:00Z",
];

const WRONG_URIS: [&str; 9] = [
    "",
    "/relative/path",
    "no scheme at all",
    "//example.com/x",
    "http://exa mple.com/",
    "1http://example.com/",
    "http://example.com/%zz",
    "http://[::1/",
    "http://example.com/ä",
];

/// Of each kind of mutation one, chosen at random, but all of those that count: enough for every single place, as long as
/// all places together see all of them.
pub fn some_of(mut mutations: Vec<Mutation>, random: &mut Random) -> Vec<Mutation> {
    for last in (1..mutations.len()).rev() {
        mutations.swap(last, random.below(last + 1));
    }
    let mut counts = BTreeMap::<_, usize>::new();
    mutations.retain(|mutation| {
        let count = counts.entry(mutation.what).or_default();
        *count += 1;
        let all = [
            "without a member",
            "another number of elements",
            "near a bound",
        ];
        *count == 1 || all.contains(&mutation.what)
    });
    mutations
}

/// Every way to break the value at one place, and some that look broken and are not.
pub fn mutations(schema: Schema<'_>, value: &Json, draft_4: bool) -> Vec<Mutation> {
    let mut all = Mutations(Vec::new());
    all.other_types(value);
    match schema.kind() {
        Kind::Object => object(schema, value, &mut all),
        Kind::Array => array(schema, value, &mut all),
        Kind::Enumeration => enumeration(schema, &mut all),
        Kind::DateTime => {
            for text in WRONG_DATE_TIMES {
                all.add("no date-time", Json::text(text));
            }
            for text in DATE_TIMES {
                all.add("another date-time", Json::text(text));
            }
            for text in [
                "0000-01-01T00:00:00+01:00",
                "9999-12-31T23:59:59-00:01",
                "9999-12-31T23:59:60Z",
            ] {
                all.differing(&BEYOND_THE_CALENDAR, Json::text(text));
            }
        }
        Kind::Uri => {
            for text in WRONG_URIS {
                all.add("no URI", Json::text(text));
            }
            for text in URIS {
                all.add("another URI", Json::text(text));
            }
        }
        Kind::Text => text(schema, &mut all),
        Kind::Integer => integer(schema, draft_4, &mut all),
        Kind::Number => number(schema, &mut all),
        Kind::Boolean => {
            for text in ["true", "false", "True", "", "1"] {
                all.add("boolean in quotes", Json::text(text));
            }
        }
        Kind::Any => {}
    }
    all.0
}

struct Mutations(Vec<Mutation>);

impl Mutations {
    fn add(&mut self, what: &'static str, value: Json) {
        self.0.push(Mutation {
            what,
            value,
            difference: None,
        });
    }

    fn differing(&mut self, difference: &'static Difference, value: Json) {
        let what = difference.what;
        self.0.push(Mutation {
            what,
            value,
            difference: Some(difference),
        });
    }

    fn other_types(&mut self, value: &Json) {
        let what = "another type";
        self.add("null", Json::Null);
        self.add(what, Json::Bool(true));
        self.add(what, Json::number(0));
        self.add(what, Json::number("0.5"));
        self.add(what, Json::text("x"));
        self.add(what, Json::Array(Vec::new()));
        self.add(what, Json::Object(Vec::new()));
        self.add("in an array", Json::Array(vec![value.clone()]));
        self.add(
            "in an object",
            Json::Object(vec![("value".into(), value.clone())]),
        );
        self.add("in quotes", Json::Text(value.compact()));
    }
}

fn object(schema: Schema<'_>, value: &Json, all: &mut Mutations) {
    let Json::Object(members) = value else { return };
    for (index, (name, present)) in members.iter().enumerate() {
        let mut fewer = members.clone();
        fewer.remove(index);
        all.add("without a member", Json::Object(fewer));
        let mut renamed = members.clone();
        renamed[index].0 = name.to_uppercase();
        all.add("member in capitals", Json::Object(renamed));
        if schema.member(name).is_some() {
            let mut twice = members.clone();
            twice.push((name.clone(), present.clone()));
            all.differing(&DUPLICATE, Json::Object(twice));
        }
    }
    for name in [
        "unknownMember",
        "",
        "a/b~c\"d",
        "vendorid",
        "customdata",
        "ä",
    ] {
        let mut more = members.clone();
        more.insert(0, (name.into(), Json::Object(Vec::new())));
        all.add("unknown member", Json::Object(more));
    }
    let values = members.iter().map(|(_, value)| value.clone()).collect();
    all.add("the values without their names", Json::Array(values));
}

fn array(schema: Schema<'_>, value: &Json, all: &mut Mutations) {
    let Json::Array(elements) = value else { return };
    if let Some(element) = elements.first() {
        all.add("an element without its array", element.clone());
        let mut sizes = vec![0, 1, 2];
        if let Some(max) = schema.max_items() {
            sizes.extend([max, max + 1]);
        }
        for size in sizes {
            all.add(
                "another number of elements",
                Json::Array(vec![element.clone(); size]),
            );
        }
        let mut broken = elements.clone();
        broken.push(Json::Null);
        if schema.max_items().is_none_or(|max| broken.len() <= max) {
            all.add("null as an element", Json::Array(broken));
        }
    }
}

fn enumeration(schema: Schema<'_>, all: &mut Mutations) {
    let known = schema.values();
    all.add("unknown value", Json::text(UNKNOWN_VALUE));
    for value in known {
        all.add("another value", Json::text(value));
    }
    for value in known.first().into_iter().chain(known.last()) {
        all.add("value in capitals", Json::Text(value.to_uppercase()));
        all.add("value with a space", Json::Text(format!("{value} ")));
        all.add(
            "value cut off",
            Json::Text(value[..value.len() - 1].to_owned()),
        );
        all.add(
            "value as the name of a member",
            Json::Object(vec![(value.clone(), Json::Null)]),
        );
    }
}

fn text(schema: Schema<'_>, all: &mut Mutations) {
    all.add("empty", Json::text(""));
    all.add(
        "control characters",
        Json::text("\u{0}\u{1f}\u{7f}\u{85}\u{2028}"),
    );
    if let Some(max) = schema.max_length() {
        for character in ["x", "ß", "€", "😀", "\u{0}"] {
            all.add("longest", Json::Text(character.repeat(max)));
            all.add(
                "one character too many",
                Json::Text(character.repeat(max + 1)),
            );
        }
        // Composed characters count as the characters they are made of.
        all.add(
            "half the characters that people see",
            Json::Text("e\u{301}".repeat(max / 2)),
        );
        all.add("as many as people see", Json::Text("e\u{301}".repeat(max)));
        let mut mixed = "x".repeat(max - 1);
        mixed.push('😀');
        all.add("longest with a wide end", Json::Text(mixed.clone()));
        mixed.push('x');
        all.add("one character too many", Json::Text(mixed));
    }
    // Written as it is: the tree's text would be a whole character.
    for half in [r#""\ud800""#, r#""\udc00x""#, r#""\ud83dA""#] {
        all.differing(&LONE_SURROGATE, Json::number(half));
    }
}

fn integer(schema: Schema<'_>, draft_4: bool, all: &mut Mutations) {
    let (min, max) = (schema.minimum(), schema.maximum());
    for bound in [min.unwrap_or(0), max.unwrap_or(0)] {
        for near in [bound - 1, bound, bound + 1] {
            all.add("near a bound", Json::number(near));
        }
    }
    for extreme in [i64::MIN, i64::MIN + 1, i64::MAX, i64::MAX - 1] {
        all.add("extreme", Json::number(extreme));
    }
    all.add("in quotes", Json::text("1"));
    for fraction in ["1.5", "0.1", "-0.5", "1e-1", "2.00000000000001"] {
        all.add("fraction", Json::number(fraction));
    }
    let low = min.unwrap_or(0).max(1);
    for spelling in [
        format!("{low}.0"),
        format!("{low}e0"),
        format!("{low}0E-1"),
        "0.0".into(),
        "-0.0".into(),
        "-0".into(),
    ] {
        let allowed = min.is_none_or(|min| spelling.parse::<f64>().unwrap() >= min as f64);
        match (draft_4, allowed) {
            (false, _) => all.add(
                "whole number with a fraction or an exponent",
                Json::Number(spelling),
            ),
            (true, true) => all.differing(&INTEGER_OF_DRAFT_4, Json::Number(spelling)),
            (true, false) => {}
        }
    }
    // Where the schema has a maximum it refuses these itself.
    if max.is_none() {
        all.differing(&BEYOND_64_BITS, Json::number("9223372036854775808"));
        // The validator reads all these as floats, which are no integers for draft 04.
        if !draft_4 {
            for beyond in [
                "18446744073709551616",
                "123456789012345678901234567890",
                "1e30",
            ] {
                all.differing(&BEYOND_64_BITS, Json::number(beyond));
            }
            for inexact in ["9007199254740994.0", "1e17"] {
                all.differing(&INEXACT_FLOAT, Json::number(inexact));
            }
        }
        all.differing(&NO_FLOAT_INTEGER, Json::number("1e400"));
    }
}

fn number(schema: Schema<'_>, all: &mut Mutations) {
    let (min, max) = (schema.minimum(), schema.maximum());
    for bound in [min, max].into_iter().flatten() {
        for near in [-1.0, -0.1, -0.000_001, 0.0, 0.000_001, 0.1, 1.0] {
            all.add("near a bound", Json::number(bound as f64 + near));
        }
    }
    all.add("in quotes", Json::text("1.5"));
    for number in [
        "0",
        "-0",
        "-0.0",
        "0.05",
        "0.10",
        "0.1",
        "1e-1",
        "5e-2",
        "16.15",
        "0.30000000000000004",
        "-1e-9",
        "1e10",
        "100.0",
    ] {
        all.add("another number", Json::number(number));
    }
    if max.is_none() && min.is_none() {
        all.differing(&NO_FLOAT, Json::number("1e400"));
        all.differing(&NO_FLOAT, Json::number("-1e999999999"));
    }
    if !schema.in_tenths() {
        for number in [
            "5.551115123125783e-17",
            "-3.552713678800501e-15",
            "0.12345678901234567890123456789",
            "1e-29",
            "1e29",
            "-79228162514264337593543950336",
        ] {
            all.add("more digits than a decimal", Json::number(number));
        }
    }
    if schema.in_tenths() {
        all.differing(&FINER_THAN_FLOATS, Json::number("0.30000000000000000001"));
    }
    if let Some(max) = max {
        all.differing(
            &FINER_THAN_FLOATS,
            Json::Number(match max {
                0 => "1e-400".into(),
                max => format!("{max}.00000000000000000001"),
            }),
        );
    }
}
