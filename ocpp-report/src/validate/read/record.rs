//! JSON objects: the form that this program documents, entries of loggers, and documents with frames somewhere in them.

use std::borrow::Cow;

use ocpp_core::session::find_action;
use ocpp_types::Version;

use super::context::{FrameContext, version};
use super::json::{elements, members, string};
use super::words::Role;

/// Names of the member that holds what a program wrote, in the formats of loggers and collectors.
const TEXT_MEMBERS: &[&str] = &[
    "log",
    "MESSAGE",
    "msg",
    "message",
    "text",
    "line",
    "_raw",
    "short_message",
    "textPayload",
    "body",
    "@message",
];

/// What an object is.
#[derive(Debug, PartialEq)]
pub(super) enum Record<'a> {
    /// The documented form: a frame with what is known of it.
    Frame {
        text: Cow<'a, str>,
        message: Option<String>,
        told: FrameContext,
    },
    /// The documented form: a payload without its frame.
    Payload {
        json: &'a str,
        message: String,
        told: FrameContext,
    },
    /// The documented form with a member that cannot be right.
    Unusable { why: &'static str },
    /// The entry of a log.
    Entry(Entry<'a>),
}

/// The entry of a log: what a program wrote, and what the logger knows.
#[derive(Debug, PartialEq)]
pub(super) struct Entry<'a> {
    pub(super) text: Option<Cow<'a, str>>,
    /// Entries of different streams of one log have nothing to do with each other.
    pub(super) stream: Option<String>,
    pub(super) told: FrameContext,
    /// The other members, in their order.
    pub(super) rest: Vec<(Cow<'a, str>, &'a str)>,
}

/// Reads an object. `None` if the text is none.
pub(super) fn read(text: &str) -> Option<Record<'_>> {
    let members = members(text)?;
    if let Some(record) = documented(&members) {
        return Some(record);
    }
    Some(Record::Entry(entry(members)))
}

fn find<'a>(members: &[(Cow<'_, str>, &'a str)], name: &str) -> Option<&'a str> {
    let found = members.iter().find(|(member, _)| member == name);
    found.map(|(_, value)| *value)
}

/// The documented form: `{"version":…,"from":…,"frame":[…]}`, or with `message` and `payload`.
fn documented<'a>(members: &[(Cow<'a, str>, &'a str)]) -> Option<Record<'a>> {
    let text = |name| find(members, name).and_then(string);
    let frame = find(members, "frame").filter(|value| {
        value.starts_with('[')
            || string(value).is_some_and(|text| text.trim_start().starts_with('['))
    });
    let message = text("message");
    let payload = find(members, "payload").filter(|_| message.as_deref().is_some_and(is_message));
    if frame.is_none() && payload.is_none() {
        return None;
    }
    let mut told = FrameContext::default();
    for (name, value) in members {
        if !matches!(&**name, "frame" | "payload" | "message") && !value.starts_with(['{', '[']) {
            told.member(name, &string(value).unwrap_or(Cow::Borrowed(value)));
        }
    }
    if let Some(stated) = text("version") {
        told.version = version(&stated);
        if told.version.is_none() {
            return Some(Record::Unusable {
                why: "version is 1.6, 2.0.1 or 2.1",
            });
        }
    }
    if let Some(from) = text("from") {
        match &*from {
            "station" => told.role = Some(Role::Station),
            "csms" => told.role = Some(Role::Csms),
            _ => {}
        }
        told.role_is_stated = matches!(&*from, "station" | "csms");
    }
    Some(match (frame, payload) {
        (Some(_), Some(_)) => Record::Unusable {
            why: "one of frame and payload is wanted",
        },
        (Some(frame), None) => Record::Frame {
            // A frame that is no JSON can be given as a string.
            text: string(frame).unwrap_or(Cow::Borrowed(frame)),
            message: message.map(Cow::into_owned),
            told,
        },
        (None, payload) => Record::Payload {
            // For "no payload" the specifications allow null.
            json: payload.filter(|json| *json != "null").unwrap_or("{}"),
            message: message.unwrap_or_default().into_owned(),
            told,
        },
    })
}

/// Whether a schema of any version has this name.
fn is_message(name: &str) -> bool {
    let stem = name
        .strip_suffix("Request")
        .or_else(|| name.strip_suffix("Response"))
        .unwrap_or(name);
    Version::ALL
        .into_iter()
        .any(|version| find_action(version, stem).is_some())
}

fn entry<'a>(members: Vec<(Cow<'a, str>, &'a str)>) -> Entry<'a> {
    let is_text =
        |name: &str, value: &str| TEXT_MEMBERS.contains(&name) && value.starts_with(['"', '[']);
    let mut text = None;
    let mut rest = Vec::with_capacity(members.len());
    for (name, value) in members {
        if text.is_none() && is_text(&name, value) {
            text = string(value).or_else(|| bytes(value).map(Cow::Owned));
            if text.is_some() {
                continue;
            }
        }
        rest.push((name, value));
    }
    let told = told(&rest);
    let stream = rest.iter().filter(|(name, _)| {
        matches!(
            &**name,
            "stream"
                | "container_name"
                | "container_id"
                | "_PID"
                | "_SYSTEMD_UNIT"
                | "CONTAINER_NAME"
                | "pod_name"
        )
    });
    let stream: Vec<_> = stream.map(|(_, value)| *value).collect();
    let stream = (!stream.is_empty()).then(|| stream.join(" "));
    Entry {
        text,
        stream,
        told,
        rest,
    }
}

/// What the members tell, those of objects in them too; not of arrays, whose elements speak for themselves.
pub(super) fn told(members: &[(Cow<'_, str>, &str)]) -> FrameContext {
    let mut told = FrameContext::default();
    gather(members, &mut told, 0);
    told
}

fn gather(entries: &[(Cow<'_, str>, &str)], told: &mut FrameContext, depth: usize) {
    const MAX_DEPTH: usize = 8;
    const MAX_VALUE: usize = 500;
    for (name, value) in entries {
        match value.as_bytes().first() {
            Some(b'{' | b'[') | None => {}
            _ if value.len() > MAX_VALUE => {}
            Some(b'"') => {
                if let Some(value) = string(value) {
                    told.member(name, &value);
                }
            }
            Some(_) => told.member(name, value),
        }
    }
    if depth < MAX_DEPTH {
        for (_, value) in entries.iter().filter(|(_, value)| value.starts_with('{')) {
            if let Some(inner) = members(value) {
                gather(&inner, told, depth + 1);
            }
        }
    }
}

/// The text of an array of bytes, as the journal writes what is not printable.
fn bytes(json: &str) -> Option<String> {
    let bytes: Vec<u8> = serde_json::from_str(json).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// Every string in a value, and every array that may be a frame, in their order. `visit` says whether an array is one, so
/// that its elements are not visited.
pub(super) fn walk<'a>(
    value: &'a str,
    told: &FrameContext,
    depth: usize,
    visit: &mut dyn FnMut(Value<'a>, &FrameContext) -> bool,
) {
    const MAX_DEPTH: usize = 64;
    match value.as_bytes().first() {
        _ if depth > MAX_DEPTH => {}
        Some(b'"') => {
            if let Some(text) = string(value) {
                visit(Value::Text(text, value), told);
            }
        }
        Some(b'[') if !visit(Value::Array(value), told) => {
            for element in elements(value).unwrap_or_default() {
                visit(Value::Element, told);
                walk(element, told, depth + 1, visit);
            }
        }
        Some(b'{') => {
            if let Some(members) = members(value) {
                let mut own = self::told(&members);
                own.inherit(told);
                for (_, value) in members {
                    walk(value, &own, depth + 1, visit);
                }
            }
        }
        _ => {}
    }
}

/// A value in which there may be a frame.
pub(super) enum Value<'a> {
    /// A string: its content, and as it stands there.
    Text(Cow<'a, str>, &'a str),
    Array(&'a str),
    /// Another element of an array begins.
    Element,
}

#[cfg(test)]
mod tests {
    use super::super::words::Flow;
    use super::*;

    #[test]
    fn the_documented_form_names_version_sender_and_message() {
        let Some(Record::Frame {
            text,
            told,
            message: None,
        }) = read(r#"{"version":"2.1","from":"csms","frame":[3,"1",{}],"x":1}"#)
        else {
            panic!()
        };
        assert_eq!(text, r#"[3,"1",{}]"#);
        assert_eq!(
            (told.version, told.role, told.role_is_stated),
            (Some(Version::V2_1), Some(Role::Csms), true)
        );
        let Some(Record::Frame { text, message, .. }) =
            read(r#"{"frame":"[2,","message":"HeartbeatRequest"}"#)
        else {
            panic!()
        };
        assert_eq!(
            (&*text, message.as_deref()),
            ("[2,", Some("HeartbeatRequest"))
        );
        for (payload, json) in [("[]", "[]"), ("null", "{}"), ("{\"a\":1}", "{\"a\":1}")] {
            let text =
                format!(r#"{{"version":"1.6","message":"HeartbeatRequest","payload":{payload}}}"#);
            let Some(Record::Payload {
                json: found,
                message,
                ..
            }) = read(&text)
            else {
                panic!()
            };
            assert_eq!((found, &*message), (json, "HeartbeatRequest"));
        }
        for text in [
            r#"{"frame":[],"version":"1.5"}"#,
            r#"{"payload":{},"frame":[],"message":"Heartbeat"}"#,
        ] {
            assert!(
                matches!(read(text), Some(Record::Unusable { .. })),
                "{text}"
            );
        }
    }

    #[test]
    fn other_objects_are_entries_of_a_log() {
        let entry = |text: &'static str| match read(text) {
            Some(Record::Entry(entry)) => entry,
            other => panic!("{text}: {other:?}"),
        };
        let docker =
            entry(r#"{"log":"recv CP1: x\n","stream":"stderr","time":"2024-05-15T12:00:00Z"}"#);
        assert_eq!(docker.text.as_deref(), Some("recv CP1: x\n"));
        assert_eq!(docker.stream.as_deref(), Some("\"stderr\""));
        assert_eq!(docker.told.time, Some(1_715_774_400_000));
        let journal = entry(r#"{"MESSAGE":[27,91,50,109,195,169],"_PID":"1"}"#);
        assert_eq!(journal.text.as_deref(), Some("\u{1b}[2mé"));
        let nested = entry(
            r#"{"message":"ocpp","payload":{"chargePointId":"CP1"},"meta":{"direction":"in"}}"#,
        );
        assert_eq!(nested.told.flow, Some(Flow::In));
        assert_eq!(&*nested.told.station.unwrap().name, "CP1");
        for text in [
            "{}",
            r#"{"frame":1}"#,
            r#"{"frame":"main"}"#,
            r#"{"payload":{}}"#,
        ] {
            entry(text);
        }
        assert_eq!(read("[]"), None);
        assert_eq!(read("{x}"), None);
    }

    #[test]
    fn a_walk_visits_strings_and_arrays_with_what_is_told_around_them() {
        let har = r#"{"log":{"entries":[{"request":{"url":"wss://h/ocpp/CP1"},"_webSocketMessages":[{"type":"send","data":"[2]"},{"data":[2,["x"]],"type":"receive"}]}]}}"#;
        let mut seen = Vec::new();
        walk(har, &FrameContext::default(), 0, &mut |value, told| {
            let station = told
                .station
                .as_ref()
                .map(|station| station.name.to_string());
            match value {
                Value::Text(text, _) => seen.push((text.into_owned(), told.flow, station)),
                Value::Array(array) if array.starts_with("[2") => {
                    seen.push((array.into(), told.flow, station));
                    return true;
                }
                Value::Array(_) | Value::Element => {}
            }
            false
        });
        let cp1 = || Some("CP1".to_string());
        assert!(seen.contains(&("[2]".into(), Some(Flow::Out), cp1())));
        assert!(seen.contains(&("[2,[\"x\"]]".into(), Some(Flow::In), cp1())));
        assert!(!seen.iter().any(|(text, ..)| text == "x"));
    }
}
