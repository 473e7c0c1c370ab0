//! Frames without their secrets.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use crate::frame::{plain_length, write_string};
use crate::order;

/// What stands in place of a secret.
const HIDDEN: &str = "\"***\"";

/// What stands in place of a frame that cannot be read.
const UNREADABLE: &str = "\"a message that cannot be read, with what may be a secret\"";

/// Members that are secrets wherever they stand, in lower case.
const SECRET_MEMBERS: [&str; 7] = [
    "password",
    "apnpassword",
    "basicauthpassword",
    "simpin",
    "privatekey",
    "authorizationkey",
    "sharedsecret",
];

/// Configuration keys and variables whose values are secrets, in lower case.
const SECRET_VARIABLES: [&str; 8] = [
    "authorizationkey",
    "basicauthpassword",
    "configuredbasicauthpassword",
    "apnpassword",
    "vpnpassword",
    "vpnkey",
    "simpin",
    "sharedsecret",
];

/// Words of which a text that cannot be read must have none to be shown, in lower case.
const TRACES: [&str; 8] = [
    "password",
    "simpin",
    "privatekey",
    "authorizationkey",
    "vpn",
    "sharedsecret",
    "keycode",
    "://",
];

/// Deeper nesting cannot be read: no decoder of this project takes it.
const MAX_DEPTH: usize = 128;

/// JSON in a text in JSON in a text is not looked into, but hidden.
const MAX_TEXTS: usize = 2;

/// The frame with its secrets replaced by `"***"`, for logs, traces and the eyes of operators (A01.FR.12, C04.FR.04);
/// borrowed when it has none.
///
/// Hidden is what the specifications call a secret, in requests and responses of every version, however it is spelled
/// (`"pass\u0077ord"` is a password too):
///
/// | where | what |
/// |---|---|
/// | any object | members with the names of passwords, PINs and private keys (`password`, `apnPassword`, `simPin` …) |
/// | configuration keys and variables | the values of `AuthorizationKey`, `BasicAuthPassword`, `VpnKey` … |
/// | VPN of a network profile | its shared `key` |
/// | id tokens of type `KeyCode` | the token, which is the PIN that a driver types |
/// | URLs anywhere in a text | the password of `ftp://user:password@host/` |
/// | JSON inside a text, as DataTransfer carries it | all of the above |
///
/// A frame is read once, whatever it contains. What is no JSON and may hold a secret is not shown at all.
///
/// ```
/// use ocpp_core::redact;
/// let frame = r#"[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"00ff"}]"#;
/// assert_eq!(redact(frame), r#"[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"***"}]"#);
/// ```
#[must_use]
pub fn redact(frame: &str) -> Cow<'_, str> {
    redact_json(frame, MAX_TEXTS).unwrap_or_else(|NotJson| {
        let lower = frame.to_ascii_lowercase();
        // An escape may hide the letters of a name.
        if lower.contains("\\u") || TRACES.iter().any(|trace| lower.contains(trace)) {
            Cow::Borrowed(UNREADABLE)
        } else {
            Cow::Borrowed(frame)
        }
    })
}

struct NotJson;

fn redact_json(json: &str, texts: usize) -> Result<Cow<'_, str>, NotJson> {
    let mut reader = Reader {
        json,
        at: 0,
        texts,
        changes: Vec::new(),
    };
    reader.read()?;
    if reader.changes.is_empty() {
        return Ok(Cow::Borrowed(json));
    }
    // A hidden object is known after what it contains.
    order::sort_by_key(&mut reader.changes, |change| {
        (change.start, usize::MAX - change.end)
    });
    let mut out = String::with_capacity(json.len());
    let mut at = 0;
    for change in reader.changes {
        if change.start >= at {
            out.push_str(json.get(at..change.start).unwrap_or_default());
            out.push_str(change.text.as_deref().unwrap_or(HIDDEN));
            at = change.end;
        }
    }
    out.push_str(json.get(at..).unwrap_or_default());
    Ok(Cow::Owned(out))
}

/// A value that is not shown as it is.
struct Change {
    start: usize,
    end: usize,
    /// JSON to show instead of [`HIDDEN`].
    text: Option<String>,
}

/// Where a value stands.
#[derive(Clone, Copy)]
struct Span {
    start: usize,
    end: usize,
}

/// An array or object that has begun.
#[derive(Default)]
struct Open {
    is_object: bool,
    /// Where it begins, and what it is for the object around it.
    start: usize,
    role: Role,
    /// What is known of its members: those whose meaning depends on the others.
    key: Option<Span>,
    values: Vec<Span>,
    id_token: Option<Span>,
    names_secret: bool,
    has_server: bool,
    has_user: bool,
    is_key_code: bool,
}

/// What the name of a member says about its value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Role {
    #[default]
    Plain,
    Secret,
    /// `key`: the name of a configuration key, or the shared secret of a VPN.
    Key,
    /// `variable`, whose `name` matters, and that name.
    Variable,
    Name,
    /// The value of a configuration key or variable.
    Value,
    IdToken,
    Type,
    Server,
    User,
}

impl Role {
    fn of(name: &str) -> Self {
        if SECRET_MEMBERS
            .iter()
            .any(|secret| name.eq_ignore_ascii_case(secret))
        {
            return Self::Secret;
        }
        match name {
            "key" => Self::Key,
            "variable" => Self::Variable,
            "name" => Self::Name,
            "value" | "attributeValue" | "actualValue" | "variableAttribute" => Self::Value,
            "idToken" => Self::IdToken,
            "type" => Self::Type,
            "server" => Self::Server,
            "user" => Self::User,
            _ => Self::Plain,
        }
    }
}

struct Reader<'a> {
    json: &'a str,
    at: usize,
    /// How many texts within texts are looked into.
    texts: usize,
    changes: Vec<Change>,
}

impl Reader<'_> {
    /// Reads one value that is all there is.
    fn read(&mut self) -> Result<(), NotJson> {
        let mut open: Vec<Open> = Vec::new();
        loop {
            // A value, or the end of what has just begun.
            self.skip_space();
            let mut role = Role::Plain;
            let ends = matches!(self.peek(), Some(b']' | b'}'));
            if !ends
                && let Some(parent) = open.last()
                && parent.is_object
            {
                role = self.member_name()?;
            }
            let start = self.at;
            match self.peek().ok_or(NotJson)? {
                b'[' | b'{' if open.len() == MAX_DEPTH => return Err(NotJson),
                byte @ (b'[' | b'{') => {
                    self.at += 1;
                    open.push(Open {
                        is_object: byte == b'{',
                        start,
                        role,
                        ..Open::default()
                    });
                    continue;
                }
                b']' | b'}' if ends => {}
                b'"' => {
                    let span = self.string()?;
                    self.text(&mut open, role, span);
                }
                _ => {
                    let span = self.scalar()?;
                    note(&mut self.changes, &mut open, role, span, self.json);
                }
            }
            // What ends here, and what comes next.
            loop {
                self.skip_space();
                match (self.peek(), open.last().map(|open| open.is_object)) {
                    (Some(b','), Some(_)) => {
                        self.at += 1;
                        break;
                    }
                    (Some(b']'), Some(false)) | (Some(b'}'), Some(true)) => {
                        self.at += 1;
                        self.close(&mut open);
                    }
                    (None, None) => return Ok(()),
                    _ => return Err(NotJson),
                }
            }
        }
    }

    fn peek(&self) -> Option<u8> {
        self.json.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// The name of a member with its colon: what its value is. A name that cannot be read may be any.
    fn member_name(&mut self) -> Result<Role, NotJson> {
        let span = self.string()?;
        let role = self
            .decoded(span)
            .map_or(Role::Secret, |name| Role::of(&name));
        self.skip_space();
        if self.peek() != Some(b':') {
            return Err(NotJson);
        }
        self.at += 1;
        self.skip_space();
        Ok(role)
    }

    fn string(&mut self) -> Result<Span, NotJson> {
        if self.peek() != Some(b'"') {
            return Err(NotJson);
        }
        let start = self.at;
        self.at += 1;
        loop {
            self.at += plain_length(self.json.as_bytes().get(self.at..).unwrap_or_default());
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => self.at += 2,
                _ => return Err(NotJson),
            }
        }
        self.at += 1;
        Ok(Span {
            start,
            end: self.at,
        })
    }

    /// A number, `true`, `false` or `null`; which of them does not matter.
    fn scalar(&mut self) -> Result<Span, NotJson> {
        let start = self.at;
        while matches!(
            self.peek(),
            Some(b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'+' | b'-' | b'.')
        ) {
            self.at += 1;
        }
        if self.at == start {
            return Err(NotJson);
        }
        Ok(Span {
            start,
            end: self.at,
        })
    }

    fn decoded(&self, span: Span) -> Option<Cow<'_, str>> {
        let inside = self.json.get(span.start + 1..span.end - 1)?;
        if !inside.contains('\\') {
            return Some(Cow::Borrowed(inside));
        }
        let quoted = self.json.get(span.start..span.end)?;
        let text = ocpp_types::json::text(quoted)?;
        Some(Cow::Owned(text.into_owned()))
    }

    /// A text that is a value.
    fn text(&mut self, open: &mut [Open], role: Role, span: Span) {
        let is_known = |secrets: &[&str], name: &str| {
            secrets
                .iter()
                .any(|secret| name.eq_ignore_ascii_case(secret))
        };
        let text = match self.decoded(span) {
            Some(text) => text,
            // Half a surrogate pair: nobody can tell what it says.
            None => {
                self.changes.push(Change {
                    start: span.start,
                    end: span.end,
                    text: None,
                });
                return;
            }
        };
        let shown = shown(&text, self.texts);
        let (names_secret, is_key_code) = (is_known(&SECRET_VARIABLES, &text), text == "KeyCode");
        if let Some(shown) = shown {
            let mut json = String::with_capacity(shown.len() + 2);
            write_string(&mut json, &shown);
            self.changes.push(Change {
                start: span.start,
                end: span.end,
                text: Some(json),
            });
        }
        match role {
            Role::Key if names_secret => {
                if let Some(object) = open.last_mut() {
                    object.names_secret = true;
                }
            }
            // The name of the variable is one object deeper than its value.
            Role::Name if names_secret => {
                if let [.., around, variable] = open
                    && variable.role == Role::Variable
                {
                    around.names_secret = true;
                }
            }
            Role::Type if is_key_code => {
                if let Some(object) = open.last_mut() {
                    object.is_key_code = true;
                }
            }
            _ => {}
        }
        note(&mut self.changes, open, role, span, self.json);
    }

    /// The end of an array or object: what its members mean together.
    fn close(&mut self, open: &mut Vec<Open>) {
        let Some(closed) = open.pop() else { return };
        let mut hide = |span: Span| {
            self.changes.push(Change {
                start: span.start,
                end: span.end,
                text: None,
            });
        };
        if closed.names_secret {
            closed.values.into_iter().for_each(&mut hide);
        }
        if closed.has_server && closed.has_user {
            closed.key.into_iter().for_each(&mut hide);
        }
        if closed.is_key_code {
            closed.id_token.into_iter().for_each(&mut hide);
        }
        let span = Span {
            start: closed.start,
            end: self.at,
        };
        note(&mut self.changes, open, closed.role, span, self.json);
    }
}

/// Remembers a value for the object that it belongs to, or hides it.
fn note(changes: &mut Vec<Change>, open: &mut [Open], role: Role, span: Span, json: &str) {
    if json.get(span.start..span.end) == Some("null") {
        return;
    }
    let Some(object) = open.last_mut() else {
        return;
    };
    match role {
        Role::Secret => changes.push(Change {
            start: span.start,
            end: span.end,
            text: None,
        }),
        Role::Key => object.key = Some(span),
        Role::Value => object.values.push(span),
        Role::IdToken => object.id_token = Some(span),
        Role::Server => object.has_server = true,
        Role::User => object.has_user = true,
        Role::Plain | Role::Variable | Role::Name | Role::Type => {}
    }
}

/// A text without the secrets in it; `None` if it has none.
fn shown(text: &str, texts: usize) -> Option<String> {
    if text.trim_start().starts_with(['{', '[']) {
        let Some(texts) = texts.checked_sub(1) else {
            return Some("***".into());
        };
        // What only looks like JSON is a text like others.
        if let Ok(json) = redact_json(text, texts) {
            return match json {
                Cow::Borrowed(_) => None,
                Cow::Owned(json) => Some(json),
            };
        }
    }
    without_url_passwords(text)
}

/// `ftp://user:***@host/` for `ftp://user:password@host/`.
fn without_url_passwords(text: &str) -> Option<String> {
    let mut out: Option<String> = None;
    let (mut copied, mut at) = (0, 0);
    while let Some(found) = text.get(at..)?.find("://") {
        let begin = at + found + 3;
        let rest = text.get(begin..)?;
        let end = rest.find(|c: char| matches!(c, '/' | '?' | '#') || c.is_whitespace());
        let authority = rest.get(..end.unwrap_or(rest.len()))?;
        if let Some((user, _)) = authority.rsplit_once('@')
            && let Some(colon) = user.find(':')
        {
            let out = out.get_or_insert_with(|| String::with_capacity(text.len()));
            out.push_str(text.get(copied..=begin + colon)?);
            out.push_str("***");
            copied = begin + user.len();
        }
        at = begin + authority.len();
    }
    let mut out = out?;
    out.push_str(text.get(copied..)?);
    Some(out)
}

#[cfg(test)]
mod tests;
