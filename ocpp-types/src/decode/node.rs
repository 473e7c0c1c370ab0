//! A repaired payload, and how values are made of it.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use crate::bounds::Integer;
use crate::{BoundedInteger, BoundedNumber, BoundedString, BoundedVec, CiString, CustomData};
use crate::{DateTime, Enumeration, Json, Number, OtherMembers, Text, UnknownValue, Uri};

/// A JSON value in which objects and arrays are taken apart and deviations are repaired.
pub enum Node<'a> {
    /// JSON as received: a scalar, or any value where any is allowed.
    Received(&'a str),
    /// JSON written in place of what was received.
    Replaced(String),
    /// A text that the strict form refuses, kept as it is: an unknown enumeration value, an over-long string.
    Admitted(String),
    /// An array.
    Array(Vec<Node<'a>>),
    /// An object.
    Object(NodeMembers<'a>),
}

/// The members of an object.
pub struct NodeMembers<'a>(pub(super) Vec<(String, Node<'a>)>);

/// A value that lenient decoding can make of repaired JSON. `None` never happens for JSON that was repaired along the
/// type's own shape.
pub trait FromNode: Sized {
    /// Makes the value.
    fn from_node(node: &Node<'_>) -> Option<Self>;
}

impl<'a> Node<'a> {
    /// The members, when it is an object.
    #[must_use]
    pub fn members(&self) -> Option<&NodeMembers<'a>> {
        match self {
            Self::Object(members) => Some(members),
            _ => None,
        }
    }

    /// The JSON text.
    pub(super) fn to_json(&self) -> String {
        let mut json = String::new();
        self.write(&mut json);
        json
    }

    fn write(&self, json: &mut String) {
        let text = |text: &str, json: &mut String| {
            json.push_str(&serde_json::to_string(text).unwrap_or_default());
        };
        match self {
            Self::Received(received) => json.push_str(received),
            Self::Replaced(replaced) => json.push_str(replaced),
            Self::Admitted(admitted) => text(admitted, json),
            Self::Array(elements) => {
                json.push('[');
                for (index, element) in elements.iter().enumerate() {
                    if index > 0 {
                        json.push(',');
                    }
                    element.write(json);
                }
                json.push(']');
            }
            Self::Object(NodeMembers(members)) => {
                json.push('{');
                for (index, (name, value)) in members.iter().enumerate() {
                    if index > 0 {
                        json.push(',');
                    }
                    text(name, json);
                    json.push(':');
                    value.write(json);
                }
                json.push('}');
            }
        }
    }

    /// The value of an enumeration, unknown ones included.
    #[must_use]
    pub fn enumeration<E: Enumeration>(&self) -> Option<E> {
        match self {
            Self::Admitted(text) => Some(E::from_unknown(UnknownValue::new(text))),
            _ => E::from_name(&self.read::<Text>()?),
        }
    }

    /// Reads a value that still stands as JSON.
    fn read<T: serde::de::DeserializeOwned>(&self) -> Option<T> {
        match self {
            Self::Received(json) => serde_json::from_str(json).ok(),
            Self::Replaced(json) => serde_json::from_str(json).ok(),
            _ => None,
        }
    }
}

impl<'a> NodeMembers<'a> {
    fn find(&self, name: &str) -> Option<&Node<'a>> {
        let mut members = self.0.iter();
        members
            .find(|(member, _)| member == name)
            .map(|(_, node)| node)
    }

    /// A member that must be there.
    #[must_use]
    pub fn required<T: FromNode>(&self, name: &str) -> Option<T> {
        self.find(name).and_then(T::from_node)
    }

    /// A member that may be absent.
    #[must_use]
    #[allow(clippy::option_option)]
    pub fn optional<T: FromNode>(&self, name: &str) -> Option<Option<T>> {
        match self.find(name) {
            Some(node) => T::from_node(node).map(Some),
            None => Some(None),
        }
    }

    /// The members that are none of `described`.
    #[must_use]
    pub fn others(&self, described: &[&str]) -> OtherMembers {
        let mut others = OtherMembers::default();
        for (name, node) in &self.0 {
            if !described.contains(&name.as_str())
                && let Some(json) = node.read()
            {
                others.push(name.clone(), json);
            }
        }
        others.settled()
    }
}

impl FromNode for bool {
    fn from_node(node: &Node<'_>) -> Option<Self> {
        node.read()
    }
}

impl FromNode for i64 {
    fn from_node(node: &Node<'_>) -> Option<Self> {
        node.read::<Integer>().map(|integer| integer.0)
    }
}

impl<const MIN: i64, const MAX: i64> FromNode for BoundedInteger<MIN, MAX> {
    fn from_node(node: &Node<'_>) -> Option<Self> {
        Self::new(i64::from_node(node)?).ok()
    }
}

impl FromNode for Number {
    fn from_node(node: &Node<'_>) -> Option<Self> {
        node.read()
    }
}

impl<const MIN: i64, const MAX: i64, const SCALE: u32> FromNode for BoundedNumber<MIN, MAX, SCALE> {
    fn from_node(node: &Node<'_>) -> Option<Self> {
        Self::new(Number::from_node(node)?).ok()
    }
}

impl<const MAX: usize> FromNode for BoundedString<MAX> {
    fn from_node(node: &Node<'_>) -> Option<Self> {
        match node {
            Node::Admitted(text) => Some(Self::admitted(text)),
            _ => Some(Self::admitted(&node.read::<Text>()?)),
        }
    }
}

impl<const MAX: usize> FromNode for CiString<MAX> {
    fn from_node(node: &Node<'_>) -> Option<Self> {
        match node {
            Node::Admitted(text) => Some(Self::admitted(text)),
            _ => Some(Self::admitted(&node.read::<Text>()?)),
        }
    }
}

impl FromNode for DateTime {
    fn from_node(node: &Node<'_>) -> Option<Self> {
        node.read()
    }
}

impl FromNode for Uri {
    fn from_node(node: &Node<'_>) -> Option<Self> {
        match node {
            Node::Admitted(text) => Some(Self::admitted(text)),
            _ => node.read(),
        }
    }
}

impl FromNode for Json {
    fn from_node(node: &Node<'_>) -> Option<Self> {
        node.read()
    }
}

impl FromNode for CustomData {
    fn from_node(node: &Node<'_>) -> Option<Self> {
        let members = node.members()?;
        let vendor_id = members.required("vendorId")?;
        Some(Self::with_members(vendor_id, members.others(&["vendorId"])))
    }
}

impl<T: FromNode> FromNode for Box<T> {
    fn from_node(node: &Node<'_>) -> Option<Self> {
        T::from_node(node).map(Self::new)
    }
}

impl<T: FromNode, const MIN: usize, const MAX: usize> FromNode for BoundedVec<T, MIN, MAX> {
    fn from_node(node: &Node<'_>) -> Option<Self> {
        match node {
            Node::Array(elements) => {
                // A plain loop: collecting into an option is ten times the code, for each of a hundred lists.
                let mut list = Vec::with_capacity(elements.len());
                for element in elements {
                    list.push(T::from_node(element)?);
                }
                Self::admitted(list)
            }
            _ => None,
        }
    }
}
