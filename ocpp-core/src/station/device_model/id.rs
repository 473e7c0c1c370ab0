//! How variables are named: by component and variable, inside by a number.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use core::cmp::Ordering;

use crate::station::vocabulary::EvseId;

/// Names a variable as long as a station value lives: the next one may number its variables otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct VariableId(pub(super) u32);

impl VariableId {
    pub(super) fn index(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

/// Compares names as OCPP does: without case.
fn compare(one: &str, other: &str) -> Ordering {
    let one = one.bytes().map(|byte| byte.to_ascii_lowercase());
    one.cmp(other.bytes().map(|byte| byte.to_ascii_lowercase()))
}

fn compare_instances(one: Option<&str>, other: Option<&str>) -> Ordering {
    match (one, other) {
        (Some(one), Some(other)) => compare(one, other),
        (one, other) => one.is_some().cmp(&other.is_some()),
    }
}

/// A component: the station, an EVSE, a connector, or a part of one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct ComponentName<'a> {
    /// Empty for the configuration keys of 1.6, which have none.
    pub(crate) name: &'a str,
    pub(crate) instance: Option<&'a str>,
    pub(crate) evse: Option<EvseId>,
    pub(crate) connector: Option<u32>,
}

impl ComponentName<'_> {
    /// The order of the index: what a report asks for (a component wherever it is, all of an EVSE) lies together.
    pub(super) fn compare(self, other: ComponentName<'_>) -> Ordering {
        compare(self.name, other.name)
            .then_with(|| self.evse.cmp(&other.evse))
            .then_with(|| self.connector.cmp(&other.connector))
            .then_with(|| compare_instances(self.instance, other.instance))
    }

    /// The same, where what `wanted` leaves open is equal to everything; a connector counts together with its EVSE only.
    pub(super) fn compare_open(self, wanted: ComponentName<'_>) -> Ordering {
        let name = compare(self.name, wanted.name);
        let Some(evse) = wanted.evse else {
            return name;
        };
        let evse = name.then_with(|| self.evse.cmp(&Some(evse)));
        match wanted.connector {
            None => evse,
            connector => evse.then_with(|| self.connector.cmp(&connector)),
        }
    }
}

/// A variable of a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct VariableName<'a> {
    pub(crate) name: &'a str,
    pub(crate) instance: Option<&'a str>,
}

impl VariableName<'_> {
    pub(super) fn compare(self, other: VariableName<'_>) -> Ordering {
        compare(self.name, other.name)
            .then_with(|| compare_instances(self.instance, other.instance))
    }
}

/// The name of a variable as one text, which records and configurations use: `Component.Variable`, with the numbers of EVSE
/// and connector after the component and instances in brackets: `EVSE:1.Power`, `Connector:1.2.Available`,
/// `OCPPCommCtrlr.MessageAttempts[TransactionEvent]`, `Sensor[Roof]:1.Temperature`. A configuration key of 1.6 is its name.
pub(super) fn text<'a>(component: ComponentName<'_>, variable: VariableName<'a>) -> Cow<'a, str> {
    if component.name.is_empty() {
        return Cow::Borrowed(variable.name);
    }
    let mut text = String::from(component.name);
    if let Some(instance) = component.instance {
        text += &format!("[{instance}]");
    }
    if let Some(evse) = component.evse {
        text += &format!(":{evse}");
    }
    if let Some(connector) = component.connector {
        text += &format!(".{connector}");
    }
    text += ".";
    text += variable.name;
    if let Some(instance) = variable.instance {
        text += &format!("[{instance}]");
    }
    Cow::Owned(text)
}

/// Splits `Name[Instance]` and what comes after it.
fn name_and_instance<'a>(text: &'a str, end: &[char]) -> Option<(VariableName<'a>, &'a str)> {
    let at = text.find(|c| c == '[' || end.contains(&c));
    let (name, rest) = text.split_at(at.unwrap_or(text.len()));
    let (instance, rest) = match rest.strip_prefix('[') {
        Some(rest) => {
            let (instance, rest) = rest.split_once(']')?;
            (Some(instance), rest)
        }
        None => (None, rest),
    };
    Some((VariableName { name, instance }, rest))
}

fn number(text: &str) -> Option<(u32, &str)> {
    let (number, rest) = text.split_once('.')?;
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    Some((number.parse().ok().filter(|_| digits)?, rest))
}

/// Reads what [`text`] writes; `None` for what it never writes.
pub(super) fn parse(text: &str) -> Option<(ComponentName<'_>, VariableName<'_>)> {
    let (component, rest) = name_and_instance(text, &[':', '.'])?;
    let (mut evse, mut connector) = (None, None);
    let rest = match rest.strip_prefix(':') {
        Some(rest) => {
            let (found, mut rest) = number(rest)?;
            evse = Some(found);
            if let Some((found, after)) = number(rest) {
                (connector, rest) = (Some(found), after);
            }
            rest
        }
        None => rest.strip_prefix('.')?,
    };
    let component = ComponentName {
        name: component.name,
        instance: component.instance,
        evse,
        connector,
    };
    let (variable, rest) = name_and_instance(rest, &[])?;
    (rest.is_empty() && !component.name.is_empty()).then_some((component, variable))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        for name in [
            "EVSE:1.Power",
            "Connector:1.2.Available",
            "OCPPCommCtrlr.MessageAttempts[TransactionEvent]",
            "Sensor[Roof]:1.Temperature",
            "Sensor[Roof]:1.2.3Phase[L1.N]",
            "A.b.c",
        ] {
            let (component, variable) = parse(name).expect(name);
            assert_eq!(text(component, variable), name);
        }
        let (component, variable) = parse("Sensor[Roof]:1.2.Value[a]").expect("a name");
        let wanted = ComponentName {
            name: "Sensor",
            instance: Some("Roof"),
            evse: Some(1),
            connector: Some(2),
        };
        assert_eq!(component, wanted);
        assert_eq!((variable.name, variable.instance), ("Value", Some("a")));
    }

    #[test]
    fn other_texts_are_no_names() {
        for text in [
            "",
            "A",
            ".a",
            "A:.b",
            "A:x.b",
            "A:99999999999.b",
            "A[b.c",
            "A.b[c]d",
            "A.b[c",
            "A:+1.b",
        ] {
            assert!(parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn what_lies_together_compares_equal_when_it_is_left_open() {
        let of = |name, evse, connector| ComponentName {
            name,
            instance: None,
            evse,
            connector,
        };
        let one = of("Connector", Some(3), Some(1));
        let equal = |wanted| one.compare_open(wanted) == Ordering::Equal;
        assert!(equal(of("connector", None, None)));
        assert!(equal(of("connector", Some(3), None)));
        assert!(equal(of("connector", Some(3), Some(1))));
        assert!(!equal(of("connector", Some(3), Some(2))));
        assert!(!equal(of("connector", Some(2), None)));
        assert!(!equal(of("EVSE", None, None)));
    }
}
