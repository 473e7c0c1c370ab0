//! What a case expects: requests of the station, and answers to calls, with their checks.

use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use serde_json::Value;

use crate::unmet::{Failed, Unmet};

type Judge = Rc<dyn Fn(&Value) -> bool>;

/// What a member of a payload must be.
#[derive(Clone)]
enum Rule {
    Is(Value),
    OneOf(Vec<Value>),
    Absent,
    Present,
    /// In words, and as a function.
    Judged(&'static str, Judge),
}

impl Rule {
    fn holds(&self, value: Option<&Value>) -> bool {
        match (self, value) {
            (Self::Absent, value) => value.is_none(),
            (_, None) => false,
            (Self::Is(wanted), Some(value)) => same(wanted, value),
            (Self::OneOf(all), Some(value)) => all.iter().any(|wanted| same(wanted, value)),
            (Self::Present, Some(_)) => true,
            (Self::Judged(_, judge), Some(value)) => judge(value),
        }
    }
}

/// Numbers compare by value: 1 is 1.0.
fn same(a: &Value, b: &Value) -> bool {
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => (a - b).abs() < 1e-9,
        _ => a == b,
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Is(value) => write!(f, "{value}"),
            Self::OneOf(values) => {
                let values: Vec<_> = values.iter().map(ToString::to_string).collect();
                write!(f, "{}", values.join(" or "))
            }
            Self::Absent => f.write_str("absent"),
            Self::Present => f.write_str("present"),
            Self::Judged(words, _) => f.write_str(words),
        }
    }
}

/// The checks of one payload.
#[derive(Clone, Default)]
pub(crate) struct Rules(Vec<(&'static str, bool, Rule)>);

impl Rules {
    fn add(&mut self, pointer: &'static str, rule: Rule) {
        self.0.push((pointer, false, rule));
    }

    fn add_if_there(&mut self, pointer: &'static str, rule: Rule) {
        self.0.push((pointer, true, rule));
    }

    /// The members that are checked, in order.
    pub(crate) fn pointers(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|(pointer, ..)| *pointer)
    }

    /// The member that the first rule which does not hold is about.
    pub(crate) fn first_broken(&self, payload: &Value) -> Option<&'static str> {
        let holds = |(pointer, may_lack, rule): &&(&'static str, bool, Rule)| {
            let value = payload.pointer(pointer);
            rule.holds(value) || (*may_lack && value.is_none())
        };
        let broken = self.0.iter().find(|rule| !holds(rule));
        broken.map(|(pointer, ..)| *pointer)
    }

    /// The first rule that does not hold.
    pub(super) fn check(
        &self,
        label: &str,
        what: &str,
        payload: &Value,
        after: &str,
    ) -> Result<(), Failed> {
        for (pointer, may_lack, rule) in &self.0 {
            let value = payload.pointer(pointer);
            if rule.holds(value) || (*may_lack && value.is_none()) {
                continue;
            }
            let member = pointer.trim_start_matches('/');
            let or_absent = if *may_lack { " or absent" } else { "" };
            return Err(Failed::Check(Box::new(Unmet {
                check: format!("{label}{pointer}"),
                expected: format!("{member} of {what} to be {rule}{or_absent}"),
                got: value.map_or("it was absent".to_owned(), |value| {
                    format!("it was {value}")
                }),
                after: after.to_owned(),
            })));
        }
        Ok(())
    }
}

macro_rules! checks {
    () => {
        /// The member at the JSON pointer must have this value.
        #[must_use]
        pub fn with(mut self, pointer: &'static str, value: impl Into<Value>) -> Self {
            self.rules.add(pointer, Rule::Is(value.into()));
            self
        }

        /// The member must have this value if it is there.
        #[must_use]
        pub fn with_or_absent(mut self, pointer: &'static str, value: impl Into<Value>) -> Self {
            self.rules.add_if_there(pointer, Rule::Is(value.into()));
            self
        }

        /// The member must have one of these values.
        #[must_use]
        pub fn one_of<const N: usize>(mut self, pointer: &'static str, values: [&str; N]) -> Self {
            let values = values.iter().map(|value| Value::from(*value)).collect();
            self.rules.add(pointer, Rule::OneOf(values));
            self
        }

        /// The same where the values are a list of any length.
        #[must_use]
        pub fn any_of(mut self, pointer: &'static str, values: &[&str]) -> Self {
            let values = values.iter().map(|value| Value::from(*value)).collect();
            self.rules.add(pointer, Rule::OneOf(values));
            self
        }

        /// The same where the member need not be there.
        #[must_use]
        pub fn any_of_or_absent(mut self, pointer: &'static str, values: &[&str]) -> Self {
            let values = values.iter().map(|value| Value::from(*value)).collect();
            self.rules.add_if_there(pointer, Rule::OneOf(values));
            self
        }

        /// The member must not be there.
        #[must_use]
        pub fn absent(mut self, pointer: &'static str) -> Self {
            self.rules.add(pointer, Rule::Absent);
            self
        }

        /// The member must have one of these values if it is there.
        #[must_use]
        pub fn one_of_or_absent<const N: usize>(
            mut self,
            pointer: &'static str,
            values: [&str; N],
        ) -> Self {
            let values = values.iter().map(|value| Value::from(*value)).collect();
            self.rules.add_if_there(pointer, Rule::OneOf(values));
            self
        }

        /// The member must be as the words say if it is there; the function decides.
        #[must_use]
        pub fn judged_or_absent(
            mut self,
            pointer: &'static str,
            words: &'static str,
            judge: impl Fn(&Value) -> bool + 'static,
        ) -> Self {
            self.rules
                .add_if_there(pointer, Rule::Judged(words, Rc::new(judge)));
            self
        }

        /// The list must be empty, or not there.
        #[must_use]
        pub fn empty(mut self, pointer: &'static str) -> Self {
            self.rules
                .add_if_there(pointer, Rule::Is(Value::Array(Vec::new())));
            self
        }

        /// The member must be there.
        #[must_use]
        pub fn present(mut self, pointer: &'static str) -> Self {
            self.rules.add(pointer, Rule::Present);
            self
        }

        /// The member must be there and be as the words say; the function decides.
        #[must_use]
        pub fn judged(
            mut self,
            pointer: &'static str,
            words: &'static str,
            judge: impl Fn(&Value) -> bool + 'static,
        ) -> Self {
            self.rules.add(pointer, Rule::Judged(words, Rc::new(judge)));
            self
        }
    };
}

/// A request that the station is expected to send.
#[derive(Clone)]
pub struct Expected {
    pub(super) label: String,
    pub(super) action: &'static str,
    pub(super) selectors: Vec<(&'static str, Value)>,
    /// Values of a member that tell other requests.
    others: Option<(&'static str, &'static [&'static str])>,
    pub(super) rules: Rules,
    pub(super) answer: Option<Value>,
    pub(super) within: Option<Duration>,
    pub(super) strict: bool,
    pub(super) optional: bool,
}

impl Expected {
    /// A request. `label` names the check that it comes, in time and in order.
    #[must_use]
    pub fn new(label: impl Into<String>, action: &'static str) -> Self {
        Self {
            label: label.into(),
            action,
            selectors: Vec::new(),
            others: None,
            rules: Rules::default(),
            answer: None,
            within: None,
            strict: false,
            optional: false,
        }
    }

    checks!();

    /// Only a request in which the member has this value is the expected one: others are not tested further.
    #[must_use]
    pub fn at(mut self, pointer: &'static str, value: impl Into<Value>) -> Self {
        self.selectors.push((pointer, value.into()));
        self
    }

    /// A request in which the member has one of these values is not the expected one.
    #[must_use]
    pub(crate) const fn but_not(
        mut self,
        pointer: &'static str,
        values: &'static [&'static str],
    ) -> Self {
        self.others = Some((pointer, values));
        self
    }

    /// What the first rule says is what tells the request from others, and is not tested further.
    #[must_use]
    pub(crate) fn told_apart_by_first_rule(mut self) -> Self {
        if !self.rules.0.is_empty()
            && let (pointer, false, Rule::Is(value)) = self.rules.0.remove(0)
        {
            self.selectors.push((pointer, value));
        }
        self
    }

    /// Answers with this payload.
    #[must_use]
    pub fn answer(mut self, payload: Value) -> Self {
        self.answer = Some(payload);
        self
    }

    /// How long it may take; otherwise the time for triggered functions.
    #[must_use]
    pub const fn within(mut self, limit: Duration) -> Self {
        self.within = Some(limit);
        self
    }

    /// Nothing else may come before it, not even what usually may come at any time.
    #[must_use]
    pub const fn strictly(mut self) -> Self {
        self.strict = true;
        self
    }

    /// It need not come (in [`Lab::unordered`](super::Lab::unordered)).
    #[must_use]
    pub const fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    pub(super) fn is(&self, action: &str, payload: &Value) -> bool {
        let is_other = |(pointer, values): (&'static str, &'static [&'static str])| {
            let value = payload.pointer(pointer).and_then(Value::as_str);
            value.is_some_and(|value| values.contains(&value))
        };
        self.action == action
            && !self.others.is_some_and(is_other)
            && self.selectors.iter().all(|(pointer, wanted)| {
                let value = payload.pointer(pointer);
                value.is_some_and(|value| same(wanted, value))
            })
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.req", self.action)?;
        for (pointer, value) in &self.selectors {
            write!(f, " with {} {value}", pointer.trim_start_matches('/'))?;
        }
        Ok(())
    }
}

/// A call of the CSMS.
pub struct Call {
    pub(super) label: String,
    pub(super) action: &'static str,
    pub(super) payload: Value,
    pub(super) rules: Rules,
    pub(super) errors: Option<&'static [&'static str]>,
    pub(super) on_any_link: bool,
}

impl Call {
    /// A call. `label` names the check that it is answered.
    #[must_use]
    pub fn new(label: impl Into<String>, action: &'static str, payload: Value) -> Self {
        Self {
            label: label.into(),
            action,
            payload,
            rules: Rules::default(),
            errors: None,
            on_any_link: false,
        }
    }

    checks!();

    /// The answer must have this status.
    #[must_use]
    pub fn status(self, status: &str) -> Self {
        self.with("/status", status)
    }

    /// It is sent again if the station connects anew before it has answered.
    #[must_use]
    pub const fn on_any_link(mut self) -> Self {
        self.on_any_link = true;
        self
    }

    /// An error with one of these codes is as good as an answer; with any code if there are none.
    #[must_use]
    pub const fn or_error(mut self, codes: &'static [&'static str]) -> Self {
        self.errors = Some(codes);
        self
    }
}

impl fmt::Debug for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rules = self.0.iter();
        f.debug_map()
            .entries(rules.map(|(pointer, _, rule)| (*pointer, rule.to_string())))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn failed(expected: &Expected, payload: &Value) -> Option<String> {
        let checked = expected.rules.check("step", "X.req", payload, "nothing");
        checked.err().map(|failed| failed.to_string())
    }

    #[test]
    fn every_kind_of_rule_says_what_was_wrong() {
        let expected = Expected::new("step", "X")
            .with("/a", 1)
            .absent("/b")
            .one_of("/c", ["x", "y"])
            .with_or_absent("/d", "z");
        assert_eq!(failed(&expected, &json!({"a": 1.0, "c": "y"})), None);
        assert_eq!(
            failed(&expected, &json!({"a": 2, "c": "y"})).unwrap(),
            "step/a: expected a of X.req to be 1, but it was 2, after nothing"
        );
        assert_eq!(
            failed(&expected, &json!({"a": 1, "b": 1, "c": "y"})).unwrap(),
            "step/b: expected b of X.req to be absent, but it was 1, after nothing"
        );
        assert_eq!(
            failed(&expected, &json!({"a": 1, "c": "z"})).unwrap(),
            r#"step/c: expected c of X.req to be "x" or "y", but it was "z", after nothing"#
        );
        assert_eq!(
            failed(&expected, &json!({"a": 1, "c": "x", "d": 0})).unwrap(),
            r#"step/d: expected d of X.req to be "z" or absent, but it was 0, after nothing"#
        );
        assert_eq!(
            failed(&expected, &json!({"c": "x"})).unwrap(),
            "step/a: expected a of X.req to be 1, but it was absent, after nothing"
        );
    }

    #[test]
    fn a_selector_is_part_of_what_the_request_is() {
        let expected = Expected::new("step", "X").at("/connectorId", 1);
        assert!(expected.is("X", &json!({"connectorId": 1})));
        assert!(!expected.is("X", &json!({"connectorId": 2})));
        assert!(!expected.is("Y", &json!({"connectorId": 1})));
        let expected = expected.but_not("/status", &["Faulted"]);
        assert!(expected.is("X", &json!({"connectorId": 1})));
        assert!(expected.is("X", &json!({"connectorId": 1, "status": "Available"})));
        assert!(!expected.is("X", &json!({"connectorId": 1, "status": "Faulted"})));
    }
}
