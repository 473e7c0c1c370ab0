//! Walks a payload along its shape: says what is wrong, and repairs it on request.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use super::error::Mark;
use super::json_error::{describe_syntax, only_element};
use super::judge::{expectation, judge};
use super::node::{Node, NodeMembers};
use super::repair;
use super::{
    DecodeError, Deviation, Deviations, Issue, Kept, Lenience, MAX_ISSUES, MemberShape,
    ObjectShape, Shape, Violation,
};
use crate::json::{self, MAX_DEPTH};

/// Everything that is wrong with a payload that strict decoding has refused.
#[cold]
pub(crate) fn explain(json: &str, shape: &Shape) -> DecodeError {
    let mut walk = Walk::new(false);
    drop(walk.whole(json, shape));
    if walk.issues.is_empty() {
        // Never happens: what strict decoding refuses, the walk finds.
        walk.report(Violation::Format, "what the schema allows", json);
    }
    DecodeError::new(walk.issues.into_iter().map(|(issue, _)| issue).collect())
}

/// The payload with its deviations mended, and the list of them.
pub(super) fn repair<'a>(
    json: &'a str,
    shape: &Shape,
) -> Result<(Node<'a>, Deviations), DecodeError> {
    let mut walk = Walk::new(true);
    if let Some(node) = walk.whole(json, shape) {
        return Ok((node, walk.deviations));
    }
    let kept = |kept: Option<Kept>| kept.unwrap_or(Kept::Required);
    let (issues, kept) = walk
        .issues
        .into_iter()
        .map(|(issue, why)| (issue, kept(why)))
        .unzip();
    Err(DecodeError::unrepaired(issues, kept, walk.deviations))
}

struct Walk {
    lenient: bool,
    pointer: String,
    depth: usize,
    /// What is wrong and could not be repaired, each with the reason why it is not left out as far as that is known. At
    /// most [`MAX_ISSUES`]; whether a value is wrong is what a function returns, not whether it is here.
    issues: Vec<(Issue, Option<Kept>)>,
    deviations: Deviations,
}

/// What became of a value: `None` when it is wrong and was reported.
type Walked<'a> = Option<Node<'a>>;

/// What became of a member or an element.
enum Part<'a> {
    Right(Node<'a>),
    LeftOut,
    Wrong,
}

impl Walk {
    fn new(lenient: bool) -> Self {
        Self {
            lenient,
            pointer: String::new(),
            depth: 0,
            issues: Vec::new(),
            deviations: Deviations::none(),
        }
    }

    fn whole<'a>(&mut self, json: &'a str, shape: &Shape) -> Walked<'a> {
        let Some(at) = json::malformed_at(json) else {
            let json = json.trim_matches([' ', '\n', '\t', '\r']);
            return self.value(json, shape, Lenience::LeaveOut);
        };
        self.report(Violation::Format, "JSON", &describe_syntax(json, at));
        self.because(0, Kept::Unreadable);
        None
    }

    fn report(&mut self, violation: Violation, expected: &str, found: &str) {
        if self.issues.len() < MAX_ISSUES {
            let issue = Issue {
                pointer: self.pointer.clone(),
                violation,
                expected: expected.into(),
                found: found.into(),
            };
            self.issues.push((issue, None));
        }
    }

    /// Why the issues from a place in the list on are not left out, unless the reason is known already.
    fn because(&mut self, from: usize, kept: Kept) {
        for (_, why) in self.issues.iter_mut().skip(from) {
            why.get_or_insert(kept);
        }
    }

    /// Notes a deviation at the pointer. Returns its place in the list, when it is in it.
    fn forgive(
        &mut self,
        violation: Violation,
        expected: &str,
        found: &str,
        became: Option<String>,
    ) -> Option<usize> {
        if self.deviations.is_full() {
            self.deviations.count();
            return None;
        }
        let at = self.deviations.len();
        self.deviations.push(Deviation {
            pointer: self.pointer.clone(),
            violation,
            expected: expected.into(),
            found: found.into(),
            became,
        });
        Some(at)
    }

    /// Says what became of a deviation once it is known.
    fn became(&mut self, at: Option<usize>, node: &Node<'_>) {
        if let Some(deviation) = at.and_then(|at| self.deviations.get_mut(at)) {
            deviation.became = Some(node.to_json());
        }
    }

    /// Leaves out the value at the pointer, which is wrong: what was said of its parts since the mark becomes one deviation
    /// that names the first cause. Returns the place of the deviation in the list, and the issues.
    fn leave_out(
        &mut self,
        issues: usize,
        mark: Mark,
        json: &str,
    ) -> (Option<usize>, Vec<(Issue, Option<Kept>)>) {
        let causes = self.issues.split_off(issues.min(self.issues.len()));
        self.deviations.back_to(mark);
        let (violation, expected) = match causes.first() {
            Some((cause, _)) => {
                let place = cause.pointer.strip_prefix(self.pointer.as_str());
                let expected = match place {
                    None | Some("") => cause.expected.clone(),
                    Some(place) => format!("{} at {place}", cause.expected),
                };
                (cause.violation, expected)
            }
            // The list of issues was full.
            None => (Violation::Format, "what the schema allows".into()),
        };
        (self.forgive(violation, &expected, json, None), causes)
    }

    /// Does something one level below, at `segment` of the pointer.
    fn at<T>(&mut self, segment: &str, step: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.pointer.len();
        self.pointer.push('/');
        for character in segment.chars() {
            match character {
                '~' => self.pointer.push_str("~0"),
                '/' => self.pointer.push_str("~1"),
                other => self.pointer.push(other),
            }
        }
        let result = step(self);
        self.pointer.truncate(length);
        result
    }

    fn value<'a>(&mut self, json: &'a str, shape: &Shape, lenience: Lenience) -> Walked<'a> {
        if self.depth > MAX_DEPTH {
            let from = self.issues.len();
            self.report(Violation::Format, "less nesting", "");
            self.because(from, Kept::Unreadable);
            return None;
        }
        self.depth += 1;
        let walked = match shape {
            Shape::Any => Some(Node::Received(json)),
            Shape::Array { element, min, max } => self.array(json, element, (*min, *max), lenience),
            shape => match shape.object() {
                Some(object) => self.object(json, object, lenience),
                None => self.scalar(json, shape, lenience),
            },
        };
        self.depth -= 1;
        walked
    }

    fn object<'a>(&mut self, json: &'a str, shape: &ObjectShape, lenience: Lenience) -> Walked<'a> {
        let Some(members) = json::members(json) else {
            return self.no_object(json, shape, lenience);
        };
        let mut wrong = false;
        let mut nodes = Vec::with_capacity(members.len());
        let described = |name: &str| shape.members.iter().position(|member| member.name == name);
        // Where each described member stands last.
        let mut last = vec![None; shape.members.len()];
        for (place, (name, _)) in members.iter().enumerate() {
            if let Some(index) = described(name) {
                last[index] = Some(place);
            }
        }
        let mut seen = vec![false; shape.members.len()];
        for (place, &(ref name, value)) in members.iter().enumerate() {
            let Some(index) = described(name) else {
                if shape.open {
                    nodes.push((name.to_string(), Node::Received(value)));
                } else {
                    let quoted = quoted(name);
                    wrong |= !self.stray(name, value, &format!("no member {quoted}"));
                }
                continue;
            };
            let superseded = self.lenient && last[index] != Some(place);
            let again = core::mem::replace(&mut seen[index], true);
            if superseded || again && !self.lenient {
                let quoted = quoted(name);
                wrong |= !self.stray(name, value, &format!("the member {quoted} only once"));
            }
            // Of duplicates the last counts.
            if superseded {
                continue;
            }
            match self.at(name, |walk| walk.member(value, &shape.members[index])) {
                Part::Right(node) => nodes.push((name.to_string(), node)),
                Part::LeftOut => {}
                Part::Wrong => wrong = true,
            }
        }
        for (member, seen) in shape.members.iter().zip(seen) {
            if member.required && !seen {
                wrong = true;
                let expected = format!("the member {}", quoted(member.name));
                self.report(Violation::Occurrence, &expected, "");
            }
        }
        (!wrong).then_some(Node::Object(NodeMembers(nodes)))
    }

    /// A member that should not be there. Says whether that can be forgiven.
    fn stray(&mut self, name: &str, value: &str, expected: &str) -> bool {
        self.at(name, |walk| {
            if walk.lenient {
                walk.forgive(Violation::Format, expected, value, None);
            } else {
                walk.report(Violation::Format, expected, value);
            }
            walk.lenient
        })
    }

    /// What stands where an object belongs and is none.
    fn no_object<'a>(
        &mut self,
        json: &'a str,
        shape: &ObjectShape,
        lenience: Lenience,
    ) -> Walked<'a> {
        // A payload is an object, whatever else its parts can be read as.
        if self.lenient && !self.pointer.is_empty() {
            if let Some(element) = only_element(json) {
                return self.unwrapped(json, element, "an object", |walk| {
                    walk.object(element, shape, lenience)
                });
            }
            if let Some(member) = repair::member_of(json, shape) {
                let (issues, mark) = (self.issues.len(), self.deviations.mark());
                let value = self.scalar(json, &member.shape, member.lenience);
                // One deviation says it all.
                self.deviations.back_to(mark);
                self.issues.truncate(issues);
                if let Some(value) = value.filter(|value| !matches!(value, Node::Admitted(_))) {
                    let node = Node::Object(NodeMembers(vec![(member.name.to_string(), value)]));
                    self.forgive(Violation::Type, "an object", json, Some(node.to_json()));
                    return Some(node);
                }
            }
        }
        self.report(Violation::Type, "an object", json);
        None
    }

    /// The only element of an array where a single value belongs.
    fn unwrapped<'a>(
        &mut self,
        json: &str,
        element: &'a str,
        expected: &str,
        step: impl FnOnce(&mut Self) -> Walked<'a>,
    ) -> Walked<'a> {
        // The element is no array: what is nested further has no meaning to be found.
        if element.starts_with('[') {
            self.report(Violation::Type, expected, json);
            return None;
        }
        let mark = self.deviations.mark();
        let at = self.forgive(Violation::Type, expected, json, None);
        let node = self.at("0", step);
        match &node {
            Some(node) => self.became(at, node),
            None => self.deviations.back_to(mark),
        }
        node
    }

    /// The member at the pointer.
    fn member<'a>(&mut self, value: &'a str, member: &MemberShape) -> Part<'a> {
        let optional = self.lenient && !member.required;
        if optional && let Some((violation, expected)) = absence(value, &member.shape) {
            self.forgive(violation, expected, value, None);
            return Part::LeftOut;
        }
        let (issues, mark) = (self.issues.len(), self.deviations.mark());
        match (
            self.value(value, &member.shape, member.lenience),
            member.lenience,
        ) {
            (Some(node), _) => Part::Right(node),
            (None, Lenience::Keep(kept) | Lenience::KeepMayBeShort(kept)) => {
                self.because(issues, kept);
                Part::Wrong
            }
            (None, _) if optional => {
                self.leave_out(issues, mark, value);
                Part::LeftOut
            }
            (None, _) => Part::Wrong,
        }
    }

    fn array<'a>(
        &mut self,
        json: &'a str,
        element: &Shape,
        (min, max): (usize, usize),
        lenience: Lenience,
    ) -> Walked<'a> {
        let Some(elements) = json::elements(json) else {
            return self.no_array(json, element, (min, max));
        };
        // What lenient decoding asks for.
        let (least, lenience) = match lenience {
            Lenience::MayBeShort if self.lenient => (0, lenience),
            Lenience::KeepMayBeShort(kept) if self.lenient => (0, Lenience::Keep(kept)),
            _ => (min, lenience),
        };
        let droppable = self.lenient && !matches!(lenience, Lenience::Keep(_));
        let count = elements.len();
        let wanted = |bound: &str, size: usize| {
            let noun = if size == 1 { "element" } else { "elements" };
            format!("an array of {bound} {size} {noun}")
        };
        let wrong = if count < least {
            Some(wanted("at least", min))
        } else if count > max && !droppable {
            Some(wanted("at most", max))
        } else {
            None
        };
        if let Some(expected) = wrong {
            self.report(Violation::Occurrence, &expected, json);
            return None;
        }
        let mark = self.deviations.mark();
        let surplus = (count > max)
            .then(|| self.forgive(Violation::Occurrence, &wanted("at most", max), json, None));
        let first = &elements[..count.min(max)];
        let Some(nodes) = self.elements(first, element, least, lenience) else {
            if surplus.is_some() {
                self.deviations.back_to(mark);
            }
            return None;
        };
        let short = nodes.len() < min;
        let node = Node::Array(nodes);
        if let Some(at) = surplus {
            self.became(at, &node);
        }
        if short {
            let expected = wanted("at least", min);
            self.forgive(Violation::Occurrence, &expected, json, Some(node.to_json()));
        }
        Some(node)
    }

    /// The elements that are right; wrong ones are left out when that is allowed and enough are left.
    fn elements<'a>(
        &mut self,
        elements: &[&'a str],
        element: &Shape,
        least: usize,
        lenience: Lenience,
    ) -> Option<Vec<Node<'a>>> {
        let (droppable, lenience) = match lenience {
            Lenience::Keep(_) => (false, lenience),
            _ => (self.lenient, Lenience::LeaveOut),
        };
        let unlisted = self.deviations.unlisted();
        let mut nodes = Vec::with_capacity(elements.len());
        let mut wrong = false;
        // What was left out: its places in the list of deviations, and why.
        let (mut places, mut causes) = (Vec::new(), Vec::new());
        for (index, &value) in elements.iter().enumerate() {
            let node = self.at(&index.to_string(), |walk| {
                let (issues, mark) = (walk.issues.len(), walk.deviations.mark());
                let node = walk.value(value, element, lenience);
                if node.is_none() && droppable {
                    let (place, more) = walk.leave_out(issues, mark, value);
                    places.extend(place);
                    causes.extend(more);
                    causes.truncate(MAX_ISSUES);
                }
                node
            });
            match node {
                Some(node) => nodes.push(node),
                None => wrong |= !droppable,
            }
        }
        if nodes.len() < least && !wrong {
            // Too few are left: the list is wrong, for what is wrong with its elements.
            wrong = true;
            self.deviations.take_back(&places, unlisted);
            let room = MAX_ISSUES.saturating_sub(self.issues.len());
            self.issues.extend(causes.into_iter().take(room));
        }
        (!wrong).then_some(nodes)
    }

    /// What stands where an array belongs and is none.
    fn no_array<'a>(
        &mut self,
        json: &'a str,
        element: &Shape,
        (min, max): (usize, usize),
    ) -> Walked<'a> {
        if self.lenient && json == "null" && min == 0 {
            self.forgive(Violation::Type, "an array", json, Some("[]".into()));
            return Some(Node::Array(Vec::new()));
        }
        if self.lenient && json != "null" && max >= 1 {
            let (issues, mark) = (self.issues.len(), self.deviations.mark());
            let at = self.forgive(Violation::Type, "an array", json, None);
            // The pointers stay those of the text that was received: nothing is added for the element.
            if let Some(node) = self.value(json, element, Lenience::LeaveOut) {
                let node = Node::Array(vec![node]);
                self.became(at, &node);
                return Some(node);
            }
            self.deviations.back_to(mark);
            self.issues.truncate(issues);
        }
        self.report(Violation::Type, "an array", json);
        None
    }

    fn scalar<'a>(&mut self, json: &'a str, shape: &Shape, lenience: Lenience) -> Walked<'a> {
        let Err(violation) = judge(json, shape) else {
            return Some(Node::Received(json));
        };
        let expected = expectation(shape, json, violation);
        if self.lenient {
            if let Some(node) = repair::scalar(json, shape, violation, lenience) {
                self.forgive(violation, &expected, json, Some(node.to_json()));
                return Some(node);
            }
            if let Some(element) = only_element(json) {
                return self.unwrapped(json, element, &expected, |walk| {
                    walk.scalar(element, shape, lenience)
                });
            }
        }
        self.report(violation, &expected, json);
        None
    }
}

fn quoted(name: &str) -> String {
    let mut quoted = String::new();
    json::quote(&mut quoted, name);
    quoted
}

/// Whether a value of an optional member says that there is none, and what is wanted instead.
fn absence(json: &str, shape: &Shape) -> Option<(Violation, &'static str)> {
    match shape {
        // null is a value where any is allowed.
        Shape::Any => None,
        _ if json == "null" => Some((Violation::Type, "no member instead of null")),
        Shape::Array { min: 1.., .. } if json::elements(json).is_some_and(|all| all.is_empty()) => {
            Some((Violation::Occurrence, "no member instead of an empty array"))
        }
        // Empty texts and unknown values are kept where texts belong.
        Shape::Text { .. } | Shape::Enumeration(_) | Shape::Uri => None,
        _ => {
            let text = json::text(json)?;
            let empty = text.trim().is_empty();
            empty.then_some((Violation::Property, "no member instead of an empty text"))
        }
    }
}
