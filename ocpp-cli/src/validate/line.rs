//! What a line is: a raw frame, a line of a log, or a JSON object.

use std::borrow::Cow;

use ocpp_types::{DateTime, Version};
use serde::Deserialize;
use serde_json::value::RawValue;

/// Who sent a message, as far as the line tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Station,
    Csms,
    /// Whoever wrote the log.
    Writer,
    /// Whom the writer of the log talked to.
    Peer,
    Unknown,
}

impl Side {
    /// Whether a response of `self` can answer a call of `caller`.
    pub(super) fn answers(self, caller: Self) -> bool {
        match (self, caller) {
            (Self::Station, Self::Csms)
            | (Self::Csms, Self::Station)
            | (Self::Writer, Self::Peer)
            | (Self::Peer, Self::Writer) => true,
            // Nobody answers himself; of mixed lines and of unknown senders nothing is known.
            (a, b) => a == Self::Unknown || (a != b && a.is_role() != b.is_role()),
        }
    }

    fn is_role(self) -> bool {
        matches!(self, Self::Station | Self::Csms)
    }
}

/// What a line holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Content<'a> {
    /// Nothing but white space.
    Nothing,
    /// The text of a frame, or what should be one. `message` is the name that the line gives it.
    Frame {
        text: Cow<'a, str>,
        message: Option<Cow<'a, str>>,
    },
    /// A payload without its frame.
    Payload {
        message: Cow<'a, str>,
        json: &'a str,
    },
    /// A JSON object that is none of the accepted forms, and why.
    Unusable(String),
}

/// A line, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line<'a> {
    pub(super) version: Option<Version>,
    pub(super) from: Side,
    pub(super) content: Content<'a>,
}

impl<'a> Line<'a> {
    fn frame(from: Side, text: &'a str) -> Self {
        Self {
            version: None,
            from,
            content: Content::Frame {
                text: Cow::Borrowed(text),
                message: None,
            },
        }
    }

    /// Recognises the form of a line.
    pub(super) fn read(text: &'a str) -> Self {
        let text = text.trim_start_matches('\u{feff}').trim();
        match text.as_bytes() {
            [] => Self {
                version: None,
                from: Side::Unknown,
                content: Content::Nothing,
            },
            [b'[', b'2'..=b'6', b',', ..] => Self::frame(Side::Unknown, text),
            [b'{', ..] => match serde_json::from_str::<Object<'_>>(text) {
                Ok(object) => object.into_line(),
                Err(error) => Self::log(text).unwrap_or_else(|| Self {
                    version: None,
                    from: Side::Unknown,
                    content: Content::Unusable(error.to_string()),
                }),
            },
            // An array that is no log line, since it ends where the line ends.
            [b'[', ..] if serde_json::from_str::<&RawValue>(text).is_ok() => {
                Self::frame(Side::Unknown, text)
            }
            _ => Self::log(text).unwrap_or_else(|| Self::frame(Side::Unknown, text)),
        }
    }

    /// A line of a log: anything, then a frame to the end of the line.
    fn log(text: &'a str) -> Option<Self> {
        let bytes = text.as_bytes();
        let start = memchr::memchr_iter(b'[', bytes)
            .find(|&at| matches!(bytes[at..], [b'[', b'2'..=b'6', b',', ..]))?;
        Some(Self::frame(side(&text[..start]), &text[start..]))
    }
}

/// The sender according to the words before the frame: `send`, `recv`, an arrow, `TX` or `RX`, with or without a time
/// stamp before it and punctuation around it.
fn side(before: &str) -> Side {
    for word in before.split_ascii_whitespace() {
        if word.parse::<DateTime>().is_ok() {
            continue;
        }
        if word.contains("->") {
            return Side::Writer;
        }
        if word.contains("<-") {
            return Side::Peer;
        }
        let word = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        let is = |name: &str| word.eq_ignore_ascii_case(name);
        if is("send") || is("sent") || is("tx") {
            return Side::Writer;
        }
        if is("recv") || is("received") || is("rx") {
            return Side::Peer;
        }
    }
    Side::Unknown
}

/// The third form of a line.
#[derive(Deserialize)]
struct Object<'a> {
    #[serde(borrow, default)]
    version: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    from: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    message: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    frame: Option<&'a RawValue>,
    #[serde(borrow, default)]
    payload: Option<&'a RawValue>,
}

impl<'a> Object<'a> {
    fn into_line(self) -> Line<'a> {
        let version = self.version.as_deref().map(str::parse::<Version>);
        let from = match self.from.as_deref() {
            Some("station") => Some(Side::Station),
            Some("csms") => Some(Side::Csms),
            None => Some(Side::Unknown),
            Some(_) => None,
        };
        let unusable = |why: &str| Content::Unusable(why.into());
        let content = match (self.frame, self.payload, self.message) {
            _ if matches!(version, Some(Err(_))) => unusable("version is 1.6, 2.0.1 or 2.1"),
            _ if from.is_none() => unusable("from is station or csms"),
            (Some(frame), None, message) => Content::Frame {
                // A frame that is no JSON can be given as a string.
                text: match serde_json::from_str::<Cow<'_, str>>(frame.get()) {
                    Ok(text) => Cow::Owned(text.into_owned()),
                    Err(_) => Cow::Borrowed(frame.get()),
                },
                message,
            },
            (None, Some(payload), Some(message)) => Content::Payload {
                message,
                json: payload.get(),
            },
            (None, Some(_), None) => unusable("a payload needs its message"),
            _ => unusable("one of frame and payload is wanted"),
        };
        Line {
            version: version.and_then(Result::ok),
            from: from.unwrap_or(Side::Unknown),
            content,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame_of(text: &str) -> (Side, String) {
        let line = Line::read(text);
        match line.content {
            Content::Frame { text, .. } => (line.from, text.into_owned()),
            other => panic!("{text}: {other:?}"),
        }
    }

    const FRAME: &str = r#"[2,"1","Heartbeat",{}]"#;

    #[test]
    fn raw_frames_stay_as_they_are() {
        for text in [
            FRAME,
            r#"[ 2, "1", "Heartbeat", {"a":[2,3]}]"#,
            r#"["2","1","Heartbeat",{"a":[2,3]}]"#,
            "[7,\"1\",[2,3]]",
            "hello",
            "[2,\"1",
        ] {
            assert_eq!(frame_of(text), (Side::Unknown, text.into()), "{text}");
        }
        assert_eq!(frame_of(&format!("\u{feff} {FRAME}\t")).1, FRAME);
    }

    #[test]
    fn a_log_line_tells_time_and_direction_in_many_ways() {
        for (before, side) in [
            ("2024-05-15T12:00:00Z send ", Side::Writer),
            ("2024-05-15T12:00:00.123+02:00 recv: ", Side::Peer),
            ("[2024-05-15 12:00:00] [INFO] -> ", Side::Writer),
            ("ws CP_1 <- ", Side::Peer),
            ("CP_1<-CSMS ", Side::Peer),
            ("TX ", Side::Writer),
            ("(RX) ", Side::Peer),
            ("May 15 12:00:00 charger ocpp: message=", Side::Unknown),
            ("{not json} ", Side::Unknown),
            ("resend ", Side::Unknown),
        ] {
            let text = format!("{before}{FRAME}");
            assert_eq!(frame_of(&text), (side, FRAME.into()), "{text}");
        }
    }

    #[test]
    fn an_object_names_version_sender_and_message() {
        let line = Line::read(r#"{"version":"2.1","from":"csms","frame":[3,"1",{}],"x":1}"#);
        assert_eq!((line.version, line.from), (Some(Version::V2_1), Side::Csms));
        let line = Line::read(r#"{"frame":"[2,","message":"HeartbeatRequest"}"#);
        assert_eq!(
            line.content,
            Content::Frame {
                text: "[2,".into(),
                message: Some("HeartbeatRequest".into())
            }
        );
        let line = Line::read(r#"{"version":"1.6","message":"HeartbeatRequest","payload":[]}"#);
        assert_eq!(
            line.content,
            Content::Payload {
                message: "HeartbeatRequest".into(),
                json: "[]"
            }
        );
    }

    #[test]
    fn an_object_of_another_form_is_said_to_be_so() {
        for text in [
            "{}",
            r#"{"payload":{}}"#,
            r#"{"payload":{},"frame":[],"message":"X"}"#,
            r#"{"frame":[],"version":"1.5"}"#,
            r#"{"frame":[],"from":"me"}"#,
            r#"{"frame":1,"frame":2}"#,
            "{\"frame\":",
        ] {
            let content = Line::read(text).content;
            assert!(matches!(content, Content::Unusable(_)), "{text}");
        }
    }

    #[test]
    fn nobody_answers_himself() {
        use Side::{Csms, Peer, Station, Unknown, Writer};
        for (response, call, can) in [
            (Station, Csms, true),
            (Station, Station, false),
            (Writer, Peer, true),
            (Peer, Peer, false),
            (Unknown, Unknown, true),
            (Unknown, Station, true),
            (Station, Unknown, true),
            (Station, Writer, true),
            (Peer, Csms, true),
        ] {
            assert_eq!(response.answers(call), can, "{response:?} {call:?}");
        }
    }
}
