//! A repaired payload, and how values are made of it.

use alloc::string::String;
use alloc::vec::Vec;

use super::{ObjectShape, Shape};
use crate::json::{self, Object, Place, Reader};
use crate::{Json, UnknownValue};

/// A JSON value in which objects and arrays are taken apart and deviations are repaired.
pub(super) enum Node<'a> {
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
pub(super) struct NodeMembers<'a>(pub(super) Vec<(String, Node<'a>)>);

impl<'a> Node<'a> {
    /// The JSON text.
    pub(super) fn to_json(&self) -> String {
        let mut json = String::new();
        self.write(&mut json);
        json
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Received(received) => out.push_str(received),
            Self::Replaced(replaced) => out.push_str(replaced),
            Self::Admitted(admitted) => json::quote(out, admitted),
            Self::Array(elements) => {
                out.push('[');
                for (index, element) in elements.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    element.write(out);
                }
                out.push(']');
            }
            Self::Object(NodeMembers(members)) => {
                out.push('{');
                for (index, (name, value)) in members.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    json::quote(out, name);
                    out.push(':');
                    value.write(out);
                }
                out.push('}');
            }
        }
    }

    /// Puts the value into its place. Says no only for JSON that was not repaired along the shape.
    pub(super) fn put(&self, place: Place<'_>, shape: &Shape) -> bool {
        match (self, place) {
            (Self::Received(json), place) => put_json(json, place, shape),
            (Self::Replaced(json), place) => put_json(json, place, shape),
            (Self::Admitted(text), Place::Text(place)) => {
                *place = text.as_str().into();
                true
            }
            (Self::Admitted(text), Place::Name(place)) => {
                place.set_unknown(UnknownValue::new(text));
                true
            }
            (Self::Array(elements), Place::List(list)) => {
                let Shape::Array { element, max, .. } = shape else {
                    return false;
                };
                elements.len() <= *max && elements.iter().all(|one| one.put(list.push(), element))
            }
            (Self::Object(members), Place::Object(object)) => shape
                .object()
                .is_some_and(|shape| members.put(object, shape)),
            _ => false,
        }
    }
}

fn put_json(json: &str, place: Place<'_>, shape: &Shape) -> bool {
    let mut reader = Reader::new(json);
    json::read(&mut reader, place, shape).is_ok()
}

impl NodeMembers<'_> {
    fn put(&self, object: &mut dyn Object, shape: &ObjectShape) -> bool {
        let mut next = 0;
        for (name, node) in &self.0 {
            if let Some((index, member)) = shape.find(name, next) {
                next = index + 1;
                if !node.put(object.member(index), &member.shape) {
                    return false;
                }
            } else if let Some(others) = object.others() {
                others.push(name.clone(), Json::known(&node.to_json()));
            } else {
                return false;
            }
        }
        if let Some(others) = object.others() {
            others.settle();
        }
        let is_there = |name: &str| self.0.iter().any(|(member, _)| member == name);
        let mut members = shape.members.iter();
        members.all(|member| !member.required || is_there(member.name))
    }
}
