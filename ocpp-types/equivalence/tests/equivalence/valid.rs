//! Instances that a schema allows.

use crate::json::{Json, Step};
use crate::random::Random;
use crate::schema::{Kind, Schema};

/// Which optional members an instance has.
#[derive(Clone, Copy)]
pub enum Fill<'a> {
    None,
    All,
    /// Each with this chance.
    OneIn(usize),
    /// Those on the way to one place.
    Toward(&'a [Step]),
}

/// Whether values are written as this library writes them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    Canonical,
    Any,
}

pub struct Generator<'r> {
    pub random: &'r mut Random,
    pub spelling: Spelling,
    /// How many more array elements may come beyond those needed.
    budget: usize,
}

const CHARACTERS: [char; 22] = [
    'a', 'B', 'z', '0', '9', ' ', '-', '_', '.', '*', '/', '\\', '"', '\n', '\u{0}', '\u{7f}', 'ä',
    '€', '\u{301}', '\u{feff}', '😀', '𝔘',
];

pub const URIS: [&str; 9] = [
    "ftp://user:pass@ftp.example.com:21/firmware/a.bin",
    "https://example.com/x?y=1&z=%20#frag",
    "http://[2001:db8::1]:8080/",
    "urn:isbn:0451450523",
    "mailto:a@example.com",
    "file:///etc/fw.bin",
    "a:",
    "sftp://192.0.2.1/",
    "HTTP://EXAMPLE.COM/%C3%A4",
];

/// Only the first ones are written as this library writes them.
pub const DATE_TIMES: [&str; 16] = [
    "2024-05-15T12:00:00Z",
    "1970-01-01T00:00:00Z",
    "0000-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999Z",
    "2024-02-29T23:59:59.001Z",
    "2000-02-29T00:00:00.100Z",
    "2024-05-15t12:00:00z",
    "2024-05-15T12:00:00.5Z",
    "2024-05-15T12:00:00.000Z",
    "2024-05-15T12:00:00.123456789012Z",
    "2024-05-15T14:00:00+02:00",
    "2024-01-01T00:00:00+23:59",
    "2024-12-31T23:30:00.25-05:30",
    "2024-05-15T12:00:00-00:00",
    "2016-12-31T23:59:60Z",
    "2017-01-01T00:59:60.7+01:00",
];
const CANONICAL_DATE_TIMES: usize = 6;

/// Only the first ones are written as this library writes them.
const NUMBERS: [&str; 23] = [
    "0",
    "1",
    "-1",
    "11.3",
    "0.1",
    "-0.05",
    "230",
    "16777217",
    "1234567.891",
    "9007199254740993",
    "-9223372036854775808",
    "0.000000001",
    "0.1234567890123456789012345678",
    "1234567890123456789012345678",
    "5.551115123125783e-17",
    "-79228162514264337593543950336",
    "1E+30",
    "8.0",
    "-0.0",
    "1e3",
    "15E-1",
    "11.30",
    "1.50e+2",
];
const CANONICAL_NUMBERS: usize = 17;

const TENTHS: [&str; 16] = [
    "0",
    "0.1",
    "0.3",
    "0.7",
    "1",
    "6",
    "11.3",
    "16.1",
    "32.5",
    "-0.1",
    "22000.9",
    "1000000.1",
    "0.30",
    "8.0",
    "1e2",
    "163E-1",
];
const CANONICAL_TENTHS: usize = 12;

const INTEGERS: [i64; 12] = [
    0,
    1,
    -1,
    42,
    -300,
    i32::MAX as i64,
    i32::MIN as i64,
    u32::MAX as i64,
    1_715_774_400,
    9_007_199_254_740_993,
    i64::MAX,
    i64::MIN,
];

impl<'r> Generator<'r> {
    pub fn new(random: &'r mut Random, spelling: Spelling) -> Self {
        let budget = if random.one_in(100) { 1_100 } else { 8 };
        Self {
            random,
            spelling,
            budget,
        }
    }

    pub fn value(&mut self, schema: Schema<'_>, fill: Fill<'_>) -> Json {
        let canonical = self.spelling == Spelling::Canonical;
        let choice = |canonical_count: usize, all: &[&'static str], random: &mut Random| {
            let count = if canonical {
                canonical_count
            } else {
                all.len()
            };
            all[random.below(count)]
        };
        match schema.kind() {
            Kind::Object => self.object(schema, fill),
            Kind::Array => self.array(schema, fill),
            Kind::Enumeration => {
                let values = schema.values();
                Json::text(&values[self.random.below(values.len())])
            }
            Kind::DateTime => Json::text(choice(CANONICAL_DATE_TIMES, &DATE_TIMES, self.random)),
            Kind::Uri => Json::text(self.random.pick(&URIS)),
            Kind::Text => self.text(schema.max_length()),
            Kind::Integer => self.integer(schema),
            Kind::Number if schema.in_tenths() => {
                Json::number(choice(CANONICAL_TENTHS, &TENTHS, self.random))
            }
            Kind::Number => self
                .bounded_number(schema)
                .unwrap_or_else(|| Json::number(choice(CANONICAL_NUMBERS, &NUMBERS, self.random))),
            Kind::Boolean => Json::Bool(self.random.one_in(2)),
            Kind::Any => self.anything(4),
        }
    }

    fn object(&mut self, schema: Schema<'_>, fill: Fill<'_>) -> Json {
        let mut members = Vec::new();
        for (name, required, member) in schema.members() {
            let required = *required;
            let (wanted, fill) = match fill {
                Fill::None => (false, Fill::None),
                Fill::All => (true, Fill::All),
                // Every object can have customData: seldom, or there is little else.
                Fill::OneIn(chances) if member.open() && member.kind() == Kind::Object => {
                    (self.random.one_in(4 * chances), fill)
                }
                Fill::OneIn(chances) => (self.random.one_in(chances), fill),
                Fill::Toward([Step::Member(next), rest @ ..]) if next == name => {
                    (true, Fill::Toward(rest))
                }
                Fill::Toward(_) => (false, Fill::None),
            };
            if required || wanted {
                members.push((name.to_owned(), self.value(member, fill)));
            }
        }
        if schema.open() {
            for _ in 0..self.random.below(3) {
                let name = format!("extra{}", members.len());
                members.push((name, self.anything(2)));
            }
        }
        Json::Object(members)
    }

    fn array(&mut self, schema: Schema<'_>, fill: Fill<'_>) -> Json {
        let min = schema.min_items();
        let max = schema.max_items().unwrap_or(usize::MAX);
        let toward = matches!(fill, Fill::Toward([Step::Element, ..]));
        let least = if toward { min.max(1) } else { min };
        let room = max.saturating_sub(least).min(self.budget);
        let more = match fill {
            _ if room == 0 || toward => 0,
            Fill::None => 0,
            _ if self.random.one_in(5) => room,
            _ => self.random.below(room.min(3) + 1),
        };
        self.budget -= more;
        let elements = (0..least + more).map(|index| {
            let fill = match fill {
                Fill::Toward([Step::Element, rest @ ..]) if index == 0 => Fill::Toward(rest),
                Fill::Toward(_) => Fill::None,
                other => other,
            };
            self.value(schema.items(), fill)
        });
        Json::Array(elements.collect())
    }

    fn text(&mut self, max: Option<usize>) -> Json {
        let max = max.unwrap_or(300);
        let length = match self.random.below(if max > 1_000 { 40 } else { 8 }) {
            0 => max,
            1 => 0,
            2 => self.random.below(max + 1),
            _ => self.random.below(max.min(30) + 1),
        };
        // All of one kind at times: the longest in bytes, the plainest.
        let only = self.random.one_in(4).then(|| self.random.pick(&CHARACTERS));
        let mut character = || only.unwrap_or_else(|| self.random.pick(&CHARACTERS));
        Json::Text((0..length).map(|_| character()).collect())
    }

    fn integer(&mut self, schema: Schema<'_>) -> Json {
        let min = schema.minimum().unwrap_or(i64::MIN);
        let max = schema.maximum().unwrap_or(i64::MAX);
        let value = match self.random.below(4) {
            0 => min,
            1 => max,
            _ => self.random.pick(&INTEGERS),
        };
        Json::number(value.clamp(min, max))
    }

    fn bounded_number(&mut self, schema: Schema<'_>) -> Option<Json> {
        let (min, max) = (schema.minimum(), schema.maximum());
        if min.is_none() && max.is_none() {
            return None;
        }
        let min = min.unwrap_or(-1_000_000);
        let max = max.unwrap_or(1_000_000);
        Some(match self.random.below(4) {
            0 => Json::number(min),
            1 => Json::number(max),
            _ => {
                // A positive whole part with a fraction stays below `max`, a negative one above `min`.
                let whole = min + self.random.below((max - min) as usize) as i64;
                Json::Number(match whole {
                    0.. => format!("{whole}.{}", self.random.below(9) + 1),
                    -1 => "-0.25".to_owned(),
                    _ => format!("{}.25", whole + 1),
                })
            }
        })
    }

    /// JSON that no schema describes.
    pub fn anything(&mut self, depth: usize) -> Json {
        match self.random.below(if depth == 0 { 5 } else { 7 }) {
            0 => Json::Null,
            1 => Json::Bool(true),
            2 => Json::number(self.random.pick(&NUMBERS)),
            3 => Json::text(self.random.pick(&DATE_TIMES)),
            4 => self.text(Some(20)),
            5 => {
                let count = self.random.below(3);
                Json::Array((0..count).map(|_| self.anything(depth - 1)).collect())
            }
            _ => {
                let count = self.random.below(3);
                let member = |index| (format!("m{index}"), self.anything(depth - 1));
                Json::Object((0..count).map(member).collect())
            }
        }
    }
}
