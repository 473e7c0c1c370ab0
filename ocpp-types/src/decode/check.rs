//! Walks a payload along its shape: says what is wrong, and repairs it on request.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use core::fmt::Write;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::node::{Node, NodeMembers};
use super::repair;
use super::{DecodeError, Issue, MAX_ISSUES, MemberShape, ObjectShape, Shape, Violation};
use crate::number::Integer;
use crate::{ANY_SCALE, BoundedString, DateTime, Decimal, UNBOUNDED, Uri};

/// Types can contain themselves; JSON may not be nested deeper than serde_json reads.
const MAX_DEPTH: usize = 128;

static VENDOR_ID: [MemberShape; 1] = [MemberShape {
    name: "vendorId",
    required: true,
    shape: Shape::Text { max: 255 },
}];
static CUSTOM_DATA: ObjectShape = ObjectShape {
    name: "CustomData",
    members: &VENDOR_ID,
    open: true,
};

/// Everything that is wrong with a payload that serde refused with `error`.
pub(crate) fn explain(json: &str, shape: &Shape, error: &serde_json::Error) -> DecodeError {
    let mut walk = Walk::new(false);
    match serde_json::from_str::<&RawValue>(json) {
        Ok(raw) => drop(walk.value(raw.get(), shape, true)),
        Err(syntax) => walk.report(Violation::Format, "JSON", &describe_syntax(json, &syntax)),
    }
    if walk.issues.is_empty() {
        // Only what the walk does not look at, such as the nesting of a vendor's data, ends here.
        walk.report(Violation::Format, &error.to_string(), "");
    }
    DecodeError::new(walk.issues)
}

/// The payload with its deviations mended, and the list of them.
pub(super) fn repair<'a>(
    json: &'a str,
    shape: &Shape,
) -> Result<(Node<'a>, Vec<Issue>), DecodeError> {
    let mut walk = Walk::new(true);
    let node = match serde_json::from_str::<&RawValue>(json) {
        Ok(raw) => walk.value(raw.get(), shape, true),
        Err(syntax) => {
            walk.report(Violation::Format, "JSON", &describe_syntax(json, &syntax));
            None
        }
    };
    match node {
        Some(node) if walk.issues.is_empty() => Ok((node, walk.deviations)),
        _ => Err(DecodeError::new(walk.issues)),
    }
}

/// The place of a syntax error, with a little of the text around it.
fn describe_syntax(json: &str, error: &serde_json::Error) -> String {
    let line = json
        .lines()
        .nth(error.line().saturating_sub(1))
        .unwrap_or_default();
    let near: String = line
        .chars()
        .skip(error.column().saturating_sub(20))
        .take(40)
        .collect();
    format!("{error}, near {near:?}")
}

struct Walk {
    lenient: bool,
    pointer: String,
    depth: usize,
    issues: Vec<Issue>,
    deviations: Vec<Issue>,
}

/// What became of a value: `None` when it is wrong and was reported.
type Walked<'a> = Option<Node<'a>>;

impl Walk {
    fn new(lenient: bool) -> Self {
        Self {
            lenient,
            pointer: String::new(),
            depth: 0,
            issues: Vec::new(),
            deviations: Vec::new(),
        }
    }

    fn issue(&self, violation: Violation, expected: &str, found: &str) -> Issue {
        let (pointer, expected, found) = (self.pointer.clone(), expected.into(), found.into());
        Issue {
            pointer,
            violation,
            expected,
            found,
        }
    }

    fn report(&mut self, violation: Violation, expected: &str, found: &str) {
        if self.issues.len() < MAX_ISSUES {
            let issue = self.issue(violation, expected, found);
            self.issues.push(issue);
        }
    }

    /// Notes a deviation that was repaired; a payload with too many of them is refused, so that the list stays bounded.
    fn forgive(&mut self, violation: Violation, expected: &str, found: &str) {
        if self.deviations.len() < MAX_ISSUES {
            let issue = self.issue(violation, expected, found);
            self.deviations.push(issue);
        } else {
            self.report(violation, expected, found);
        }
    }

    /// Walks `json` one level below, at `segment` of the pointer.
    fn below<'a>(
        &mut self,
        segment: &str,
        json: &'a str,
        shape: &Shape,
        required: bool,
    ) -> Walked<'a> {
        let length = self.pointer.len();
        self.pointer.push('/');
        for character in segment.chars() {
            match character {
                '~' => self.pointer.push_str("~0"),
                '/' => self.pointer.push_str("~1"),
                other => self.pointer.push(other),
            }
        }
        self.depth += 1;
        let walked = if self.depth > MAX_DEPTH {
            self.report(Violation::Format, "less nesting", "");
            None
        } else {
            self.value(json, shape, required)
        };
        self.depth -= 1;
        self.pointer.truncate(length);
        walked
    }

    /// `required` tells whether the value may be dropped when nothing can be made of it.
    fn value<'a>(&mut self, json: &'a str, shape: &Shape, required: bool) -> Walked<'a> {
        match shape {
            Shape::Any => Some(Node::Received(json)),
            Shape::Object(object) => self.object(json, object()),
            Shape::CustomData => self.object(json, &CUSTOM_DATA),
            Shape::Array { element, min, max } => self.array(json, element, *min, *max),
            scalar => self.scalar(json, scalar, required),
        }
    }

    fn object<'a>(&mut self, json: &'a str, shape: &ObjectShape) -> Walked<'a> {
        let Ok(Members(members)) = serde_json::from_str::<Members<'a>>(json) else {
            self.report(Violation::Type, "an object", json);
            return None;
        };
        let before = self.issues.len();
        let mut nodes: Vec<Option<(String, Node<'a>)>> = Vec::with_capacity(members.len());
        // Where the described members stand in `nodes`.
        let mut places = vec![None; shape.members.len()];
        for (name, value) in &members {
            let value = value.get();
            let Some(index) = shape.members.iter().position(|member| member.name == name) else {
                if shape.open {
                    nodes.push(Some((name.to_string(), Node::Received(value))));
                } else {
                    self.stray(name, value, &format!("no member {name:?}"));
                }
                continue;
            };
            if let Some(place) = places[index].replace(nodes.len()) {
                self.stray(name, value, &format!("the member {name:?} only once"));
                nodes[place] = None;
            }
            let node = self.member(name, value, &shape.members[index]);
            nodes.push(node.map(|node| (name.to_string(), node)));
        }
        let nodes = nodes.into_iter().flatten().collect();
        for member in shape.members.iter().filter(|member| member.required) {
            if !members.iter().any(|(name, _)| name == member.name) {
                self.report(
                    Violation::Occurrence,
                    &format!("the member {:?}", member.name),
                    "",
                );
            }
        }
        (self.issues.len() == before).then_some(Node::Object(NodeMembers(nodes)))
    }

    /// A member that should not be there.
    fn stray(&mut self, name: &str, value: &str, expected: &str) {
        let length = self.pointer.len();
        // Writing to a String cannot fail.
        let _ = write!(
            self.pointer,
            "/{}",
            name.replace('~', "~0").replace('/', "~1")
        );
        if self.lenient {
            self.forgive(Violation::Format, expected, value);
        } else {
            self.report(Violation::Format, expected, value);
        }
        self.pointer.truncate(length);
    }

    fn member<'a>(&mut self, name: &str, value: &'a str, member: &MemberShape) -> Walked<'a> {
        if !self.lenient || member.required {
            return self.below(name, value, &member.shape, true);
        }
        let empty_array = matches!(member.shape, Shape::Array { min: 1.., .. })
            && serde_json::from_str::<[(); 0]>(value).is_ok();
        if value == "null" || empty_array {
            let (violation, expected) = if empty_array {
                (Violation::Occurrence, "no member instead of an empty array")
            } else {
                (Violation::Type, "no member instead of null")
            };
            let length = self.pointer.len();
            let _ = write!(self.pointer, "/{name}");
            self.forgive(violation, expected, value);
            self.pointer.truncate(length);
            return None;
        }
        self.below(name, value, &member.shape, false)
    }

    fn array<'a>(&mut self, json: &'a str, element: &Shape, min: usize, max: usize) -> Walked<'a> {
        let elements = match serde_json::from_str::<Vec<&'a RawValue>>(json) {
            Ok(elements) => elements,
            Err(_) if self.lenient && max >= 1 && json != "null" => {
                self.forgive(Violation::Type, "an array", json);
                // The pointers stay those of the text that was received: nothing is added for the element.
                return self
                    .value(json, element, true)
                    .map(|node| Node::Array(vec![node]));
            }
            Err(_) => {
                self.report(Violation::Type, "an array", json);
                return None;
            }
        };
        if elements.len() < min || elements.len() > max {
            let (bound, size) = if elements.len() < min {
                ("at least", min)
            } else {
                ("at most", max)
            };
            let noun = if size == 1 { "element" } else { "elements" };
            let expected = format!("an array of {bound} {size} {noun}");
            self.report(Violation::Occurrence, &expected, json);
            return None;
        }
        let before = self.issues.len();
        let mut nodes = Vec::with_capacity(elements.len());
        for (index, value) in elements.iter().enumerate() {
            nodes.extend(self.below(&index.to_string(), value.get(), element, true));
        }
        (self.issues.len() == before).then_some(Node::Array(nodes))
    }

    fn scalar<'a>(&mut self, json: &'a str, shape: &Shape, required: bool) -> Walked<'a> {
        let Err(violation) = judge(json, shape) else {
            return Some(Node::Received(json));
        };
        let expected = expectation(shape);
        if self.lenient {
            let node = repair::scalar(json, shape, violation);
            // An optional text that nothing can be made of is better absent than the message lost.
            let droppable = !required && matches!(json.as_bytes(), [b'"', ..]);
            if node.is_some() || droppable {
                self.forgive(violation, &expected, json);
                return node;
            }
        }
        self.report(violation, &expected, json);
        None
    }
}

/// Whether a value fits a shape that is neither object nor array.
pub(super) fn judge(json: &str, shape: &Shape) -> Result<(), Violation> {
    let first = json.as_bytes().first().copied();
    let is_string = first == Some(b'"');
    let is_number = matches!(first, Some(b'-' | b'0'..=b'9'));
    let right_type = match shape {
        Shape::Boolean => matches!(json, "true" | "false"),
        Shape::Integer { .. } => is_number && is_integral(json),
        Shape::Decimal { .. } => is_number,
        _ => is_string,
    };
    if !right_type {
        return Err(Violation::Type);
    }
    let right_value = match shape {
        Shape::Integer { min, max } => serde_json::from_str::<Integer>(json)
            .is_ok_and(|Integer(value)| (*min..=*max).contains(&value)),
        Shape::Decimal { min, max, scale } => serde_json::from_str::<Decimal>(json)
            .is_ok_and(|value| decimal_fits(value, *min, *max, *scale)),
        Shape::Text { max: UNBOUNDED } => {
            serde_json::from_str::<BoundedString<UNBOUNDED>>(json).is_ok()
        }
        Shape::Text { max } => serde_json::from_str::<Cow<'_, str>>(json)
            .is_ok_and(|text| text.chars().count() <= *max),
        Shape::DateTime => serde_json::from_str::<DateTime>(json).is_ok(),
        Shape::Uri => serde_json::from_str::<Uri>(json).is_ok(),
        Shape::Enumeration(names) => {
            serde_json::from_str::<Cow<'_, str>>(json).is_ok_and(|text| names.contains(&&*text))
        }
        _ => true,
    };
    if right_value {
        Ok(())
    } else {
        Err(Violation::Property)
    }
}

/// Whether a JSON number has no fraction: `1`, `1.0`, `1e2`, and also those too large to be read.
fn is_integral(number: &str) -> bool {
    let (significand, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (whole, fraction) = significand.split_once('.').unwrap_or((significand, ""));
    let fraction = fraction.trim_end_matches('0');
    if !whole
        .bytes()
        .chain(fraction.bytes())
        .any(|byte| matches!(byte, b'1'..=b'9'))
    {
        return true;
    }
    // How far the point must move to stand behind the last digit that is not zero.
    let places = if fraction.is_empty() {
        -((whole.len() - whole.trim_end_matches('0').len()) as i64)
    } else {
        fraction.len() as i64
    };
    match exponent.parse::<i64>() {
        Ok(exponent) => exponent >= places,
        Err(_) => !exponent.starts_with('-'),
    }
}

pub(super) fn decimal_fits(value: Decimal, min: i64, max: i64, scale: u32) -> bool {
    (min == i64::MIN || value >= min.into())
        && (max == i64::MAX || value <= max.into())
        && (scale == ANY_SCALE || value.normalize().scale() <= scale)
}

/// What a shape wants, for people.
fn expectation(shape: &Shape) -> String {
    let range = |noun: &str, min: i64, max: i64| match (min, max) {
        (i64::MIN, i64::MAX) => noun.to_string(),
        (min, i64::MAX) => format!("{noun} of at least {min}"),
        (i64::MIN, max) => format!("{noun} of at most {max}"),
        (min, max) => format!("{noun} from {min} to {max}"),
    };
    match shape {
        Shape::Boolean => "true or false".into(),
        Shape::Integer { min, max } => range("an integer", *min, *max),
        Shape::Decimal {
            min,
            max,
            scale: ANY_SCALE,
        } => range("a number", *min, *max),
        Shape::Decimal { min, max, scale } => {
            let places = if *scale == 1 { "place" } else { "places" };
            format!(
                "{} with at most {scale} decimal {places}",
                range("a number", *min, *max)
            )
        }
        Shape::Text { max: UNBOUNDED } => "a string".into(),
        Shape::Text { max } => format!("a string of at most {max} characters"),
        Shape::DateTime => "an RFC 3339 date-time".into(),
        Shape::Uri => "a URI".into(),
        Shape::Enumeration(names) => format!("one of {}", names.join(", ")),
        Shape::Array { .. } => "an array".into(),
        Shape::Object(_) | Shape::CustomData => "an object".into(),
        Shape::Any => "any value".into(),
    }
}

/// The members of an object, in order, duplicates included.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor;

        impl<'de> Visitor<'de> for MembersVisitor {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(MembersVisitor)
    }
}
