//! Frames without their secrets: passwords, keys and PINs never reach a log.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// What stands in place of a secret.
const HIDDEN: &str = "\"***\"";

/// Members that are secrets wherever they stand: VPN and APN of a network profile, BasicAuthPassword of 2.1's.
const SECRET_MEMBERS: [&str; 6] = [
    "password",
    "apnPassword",
    "basicAuthPassword",
    "simPin",
    "privateKey",
    "authorizationKey",
];

/// Names of configuration keys and variables whose values are secrets.
const SECRET_VARIABLES: [&str; 4] = [
    "AuthorizationKey",
    "BasicAuthPassword",
    "APNPassword",
    "VPNPassword",
];

/// Words without which a text cannot hold a secret that is known here.
const TRACES: [&str; 5] = [
    "password",
    "simpin",
    "privatekey",
    "authorizationkey",
    "\"vpn\"",
];

/// Deeper nesting than any message has is not looked into, but hidden.
const MAX_DEPTH: usize = 64;

/// The frame with its secrets replaced.
pub(crate) fn redact(frame: &str) -> Cow<'_, str> {
    let folded = frame.to_ascii_lowercase();
    if !TRACES.iter().any(|trace| folded.contains(trace)) {
        return Cow::Borrowed(frame);
    }
    let mut out = String::with_capacity(frame.len());
    match serde_json::from_str::<&RawValue>(frame) {
        Ok(raw) => {
            write(&mut out, raw.get(), 0);
            Cow::Owned(out)
        }
        // What cannot be read may hold anything.
        Err(_) => Cow::Borrowed("\"a message that cannot be read, with what may be a secret\""),
    }
}

fn write(out: &mut String, json: &str, depth: usize) {
    if depth > MAX_DEPTH {
        out.push_str(HIDDEN);
        return;
    }
    match json.as_bytes().first() {
        Some(b'[') => match serde_json::from_str::<Elements<'_>>(json) {
            Ok(Elements(elements)) => {
                out.push('[');
                for (index, element) in elements.into_iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    write(out, element.get(), depth + 1);
                }
                out.push(']');
            }
            Err(_) => out.push_str(HIDDEN),
        },
        Some(b'{') => match serde_json::from_str::<Members<'_>>(json) {
            Ok(members) => write_object(out, &members, depth),
            Err(_) => out.push_str(HIDDEN),
        },
        _ => out.push_str(json),
    }
}

fn write_object(out: &mut String, members: &Members<'_>, depth: usize) {
    let is_secret_variable = members.names_secret();
    // A VPN's `key` is its shared secret.
    let is_vpn = members.has("server") && members.has("user") && members.has("key");
    out.push('{');
    for (index, (name, value)) in members.0.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        ocpp_core::frame::write_string(out, name);
        out.push(':');
        let secret = SECRET_MEMBERS
            .iter()
            .any(|secret| name.eq_ignore_ascii_case(secret))
            || is_secret_variable && matches!(&**name, "value" | "attributeValue" | "actualValue")
            || is_vpn && name == "key";
        if secret && value.get() != "null" {
            out.push_str(HIDDEN);
        } else {
            write(out, value.get(), depth + 1);
        }
    }
    out.push('}');
}

/// The members of an object in their order.
struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl Members<'_> {
    fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(member, _)| member == name)
    }

    /// Whether this is the value of a secret key (1.6) or variable (2.x).
    fn names_secret(&self) -> bool {
        #[derive(Deserialize)]
        struct Named<'a> {
            #[serde(borrow)]
            name: Cow<'a, str>,
        }
        self.0.iter().any(|(member, value)| {
            let name = match &**member {
                "key" => serde_json::from_str::<Cow<'_, str>>(value.get()).ok(),
                "variable" => serde_json::from_str::<Named<'_>>(value.get())
                    .ok()
                    .map(|named| named.name),
                _ => None,
            };
            let is_secret = |name: Cow<'_, str>| {
                SECRET_VARIABLES
                    .iter()
                    .any(|secret| name.eq_ignore_ascii_case(secret))
            };
            name.is_some_and(is_secret)
        })
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(name) = map.next_key::<String>()? {
                    members.push((Cow::Owned(name), map.next_value()?));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

/// The elements of an array.
struct Elements<'a>(Vec<&'a RawValue>);

impl<'de: 'a, 'a> Deserialize<'de> for Elements<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Elements<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut elements = Vec::new();
                while let Some(element) = seq.next_element()? {
                    elements.push(element);
                }
                Ok(Elements(elements))
            }
        }
        deserializer.deserialize_seq(InOrder)
    }
}

/// Whether a text is JSON, so that it can stand in a reply as it is.
pub(crate) fn is_json(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_hidden_wherever_messages_carry_them() {
        for (frame, shown) in [
            (
                r#"[2,"1","ChangeConfiguration",{"key":"authorizationkey","value":"00ff"}]"#,
                r#"[2,"1","ChangeConfiguration",{"key":"authorizationkey","value":"***"}]"#,
            ),
            (
                r#"[3,"1",{"configurationKey":[{"key":"AuthorizationKey","readonly":false,"value":"00"},{"key":"X","readonly":true,"value":"1"}]}]"#,
                r#"[3,"1",{"configurationKey":[{"key":"AuthorizationKey","readonly":false,"value":"***"},{"key":"X","readonly":true,"value":"1"}]}]"#,
            ),
            (
                r#"[2,"1","SetVariables",{"setVariableData":[{"attributeValue":"s3cret","component":{"name":"SecurityCtrlr"},"variable":{"name":"BasicAuthPassword"}}]}]"#,
                r#"[2,"1","SetVariables",{"setVariableData":[{"attributeValue":"***","component":{"name":"SecurityCtrlr"},"variable":{"name":"BasicAuthPassword"}}]}]"#,
            ),
            (
                r#"[2,"1","SetNetworkProfile",{"vpn":{"server":"s","user":"u","password":"p","key":"k","type":"PPTP"},"apn":{"apnPassword":"p","simPin":1}}]"#,
                r#"[2,"1","SetNetworkProfile",{"vpn":{"server":"s","user":"u","password":"***","key":"***","type":"PPTP"},"apn":{"apnPassword":"***","simPin":"***"}}]"#,
            ),
            (
                r#"[2,"1","X",{"note":"the password is above"}]"#,
                r#"[2,"1","X",{"note":"the password is above"}]"#,
            ),
        ] {
            assert_eq!(redact(frame), shown);
        }
        assert!(matches!(
            redact("[2,\"1\",\"Heartbeat\",{}]"),
            Cow::Borrowed(_)
        ));
    }

    #[test]
    fn what_cannot_be_read_is_not_shown() {
        let shown = redact(r#"[2,"1","X",{"password":"s3cret""#);
        assert!(!shown.contains("s3cret") && is_json(&shown));
        let deep = format!(
            r#"[2,"1","password",{}"s3cret"{}]"#,
            "[".repeat(90),
            "]".repeat(90)
        );
        assert!(!redact(&deep).contains("s3cret"));
    }
}
