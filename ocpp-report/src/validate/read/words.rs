//! The words of a line of a log, as far as they can tell something.

use std::net::{IpAddr, SocketAddr};

/// A word, or a sign between words that means something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    Word(&'a str),
    /// `=`
    Equals,
    /// `:`
    Colon,
    /// `|`
    Bar,
    /// `->`, `>>`, `→` and the like.
    Right,
    /// `<-`, `<<`, `←` and the like.
    Left,
    /// Brackets, quotation marks, commas.
    Other,
}

/// Takes a text apart.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(char) = rest.chars().next() {
        let length = if char.is_whitespace() {
            char.len_utf8()
        } else if let Some((token, length)) =
            arrow(rest, text.len() - rest.len() == 0 || ends_blank(text, rest))
        {
            tokens.push(token);
            length
        } else if is_part(char) {
            let length = word_length(rest);
            tokens.push(Token::Word(&rest[..length]));
            length
        } else {
            tokens.push(match char {
                '=' => Token::Equals,
                ':' => Token::Colon,
                '|' => Token::Bar,
                _ => Token::Other,
            });
            char.len_utf8()
        };
        rest = &rest[length..];
    }
    tokens
}

fn ends_blank(text: &str, rest: &str) -> bool {
    text[..text.len() - rest.len()].ends_with(|char: char| char.is_whitespace() || char == ':')
}

fn is_part(char: char) -> bool {
    char.is_alphanumeric()
        || matches!(
            char,
            '_' | '-' | '.' | '/' | '@' | '+' | '*' | '#' | '~' | '%' | '\\'
        )
}

/// Times, addresses and URLs keep their colons: `12:00:57`, `10.0.0.1:9000`, `ws://host`.
fn word_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    for (at, char) in text.char_indices() {
        let joins = match char {
            ':' => {
                let next = bytes.get(at + 1).copied().unwrap_or(b' ');
                let digits = at > 0 && bytes[at - 1].is_ascii_digit() || text[..at].contains("://");
                let digits = digits && next.is_ascii_digit();
                digits || text[at..].starts_with("://")
            }
            // An arrow ends a word that touches it.
            '-' => arrow(&text[at..], false).is_none(),
            _ => is_part(char),
        };
        if !joins {
            return at.max(1);
        }
    }
    text.len()
}

/// An arrow at the beginning of `text`. A lone `<` or `>` counts between blanks, as `websockets` writes it, and between
/// names, as EVerest does.
fn arrow(text: &str, after_blank: bool) -> Option<(Token<'static>, usize)> {
    for (sign, token) in [
        ('→', Token::Right),
        ('⇒', Token::Right),
        ('»', Token::Right),
        ('➡', Token::Right),
    ] {
        if text.starts_with(sign) {
            return Some((token, sign.len_utf8()));
        }
    }
    for (sign, token) in [
        ('←', Token::Left),
        ('⇐', Token::Left),
        ('«', Token::Left),
        ('⬅', Token::Left),
    ] {
        if text.starts_with(sign) {
            return Some((token, sign.len_utf8()));
        }
    }
    let length = text
        .bytes()
        .take_while(|byte| matches!(byte, b'-' | b'=' | b'<' | b'>'))
        .count();
    let run = &text[..length];
    let token = match (run.contains('<'), run.contains('>')) {
        (true, false) => Token::Left,
        (false, true) => Token::Right,
        (true, true) => return Some((Token::Other, length)),
        (false, false) => return None,
    };
    let next_is_blank = text[length..]
        .chars()
        .next()
        .is_none_or(char::is_whitespace);
    let between_names = !after_blank && !next_is_blank;
    (length > 1 || (after_blank && next_is_blank) || between_names).then_some((token, length))
}

/// What a time, a date or a measure looks like: it says nothing of who is speaking.
pub(super) fn is_time(word: &str) -> bool {
    if is_address(word) {
        return false;
    }
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let signs = word
        .bytes()
        .filter(|byte| matches!(byte, b':' | b'.' | b'/' | b'-' | b'+' | b'T' | b'Z'))
        .count();
    let begins = word.starts_with(|char: char| char.is_ascii_digit() || matches!(char, '+' | '-'));
    begins && digits >= 2 && signs >= 1 && digits + signs == word.len()
}

/// Whether a word is the address of a host, with its port or without.
pub(super) fn is_address(word: &str) -> bool {
    let begins =
        word.starts_with(|char: char| char.is_ascii_hexdigit() || matches!(char, '[' | ':'));
    begins && (word.parse::<IpAddr>().is_ok() || word.parse::<SocketAddr>().is_ok())
}

/// What a word says about the way of a message, seen by whoever writes the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Flow {
    Out,
    In,
}

/// A verb, in any of its forms.
pub(super) fn verb(word: &str) -> Option<Flow> {
    const OUT: &[&str] = &[
        "send",
        "sends",
        "sent",
        "sending",
        "tx",
        "outgoing",
        "outbound",
        "transmit",
        "transmits",
        "transmitted",
        "transmitting",
        "write",
        "writing",
        "wrote",
        "dispatched",
        "dispatching",
        "egress",
        "upstream",
    ];
    const IN: &[&str] = &[
        "recv",
        "recvd",
        "rcvd",
        "receive",
        "receives",
        "received",
        "receiving",
        "rx",
        "incoming",
        "inbound",
        "got",
        "read",
        "reading",
        "ingress",
        "arrived",
        "downstream",
    ];
    let among = |words: &[&str]| words.iter().any(|other| word.eq_ignore_ascii_case(other));
    if among(OUT) {
        Some(Flow::Out)
    } else if among(IN) {
        Some(Flow::In)
    } else {
        // In capitals only: they are also prepositions.
        match word {
            "OUT" => Some(Flow::Out),
            "IN" => Some(Flow::In),
            _ => None,
        }
    }
}

/// The value of a member or key named direction.
pub(super) fn direction(value: &str) -> Option<Flow> {
    let is = |word: &str| value.eq_ignore_ascii_case(word);
    if is("out") || is("o") || is("output") || is("response_sent") {
        Some(Flow::Out)
    } else if is("in") || is("i") || is("input") {
        Some(Flow::In)
    } else {
        verb(value)
    }
}

/// One of the two sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in super::super) enum Role {
    Station,
    Csms,
}

impl Role {
    pub(in super::super) const fn other(self) -> Self {
        match self {
            Self::Station => Self::Csms,
            Self::Csms => Self::Station,
        }
    }
}

/// The side that a word names.
pub(super) fn role(word: &str) -> Option<Role> {
    const STATION: &[&str] = &[
        "station",
        "chargingstation",
        "chargestation",
        "chargepoint",
        "chargebox",
        "charger",
        "wallbox",
        "evse",
        "cp",
        "chargingpoint",
        "client",
        "chargers",
    ];
    const CSMS: &[&str] = &[
        "csms",
        "centralsystem",
        "central",
        "backend",
        "backoffice",
        "server",
        "cpo",
        "cpms",
        "cms",
        "cso",
        "ocppserver",
        "cloud",
        "centralserver",
        "emsp",
    ];
    let mut folded = word.to_ascii_lowercase();
    folded.retain(|char| char.is_alphanumeric());
    if STATION.contains(&&*folded) {
        Some(Role::Station)
    } else if CSMS.contains(&&*folded) {
        Some(Role::Csms)
    } else {
        None
    }
}

/// Words that stand in every log and are nobody's name.
pub(super) fn is_common(word: &str) -> bool {
    const COMMON: &[&str] = &[
        "info",
        "debug",
        "trace",
        "warn",
        "warning",
        "error",
        "notice",
        "verbose",
        "fatal",
        "critical",
        "ocpp",
        "ocppj",
        "websocket",
        "websockets",
        "ws",
        "wss",
        "message",
        "messages",
        "msg",
        "json",
        "frame",
        "text",
        "payload",
        "data",
        "call",
        "callresult",
        "callerror",
        "request",
        "response",
        "confirmation",
        "conf",
        "req",
        "result",
        "root",
        "main",
        "mainthread",
        "log",
        "logger",
        "from",
        "to",
        "the",
        "for",
        "on",
        "of",
        "by",
        "with",
        "and",
        "raw",
        "mo",
        "ao",
        "stdout",
        "stderr",
        "protocol",
        "connection",
        "transport",
        "packet",
        "reply",
        "command",
        "event",
    ];
    COMMON.iter().any(|other| word.eq_ignore_ascii_case(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_comes_apart_into_words_and_signs() {
        use Token::{Bar, Colon, Equals, Left, Other, Right, Word};
        for (text, expected) in [
            (
                "INFO:ocpp:CP1: send ",
                &[
                    Word("INFO"),
                    Colon,
                    Word("ocpp"),
                    Colon,
                    Word("CP1"),
                    Colon,
                    Word("send"),
                ][..],
            ),
            (
                "12:00:57.1 CP_1->CSMS",
                &[Word("12:00:57.1"), Word("CP_1"), Right, Word("CSMS")],
            ),
            ("CP-1 <- x", &[Word("CP-1"), Left, Word("x")]),
            (
                "[id=cp1, x]",
                &[
                    Other,
                    Word("id"),
                    Equals,
                    Word("cp1"),
                    Other,
                    Word("x"),
                    Other,
                ],
            ),
            ("a | >> b", &[Word("a"), Bar, Right, Word("b")]),
            (
                "ChargePoint>CentralSystem",
                &[Word("ChargePoint"), Right, Word("CentralSystem")],
            ),
            (
                "server:< TEXT",
                &[Word("server"), Colon, Left, Word("TEXT")],
            ),
            (
                "ws://h:9000/ocpp/CP1 →",
                &[Word("ws://h:9000/ocpp/CP1"), Right],
            ),
            (
                "a -- b <-> c <x>",
                &[
                    Word("a"),
                    Word("--"),
                    Word("b"),
                    Other,
                    Word("c"),
                    Other,
                    Word("x"),
                    Other,
                ],
            ),
        ] {
            assert_eq!(tokens(text), expected, "{text}");
        }
    }

    #[test]
    fn times_are_told_from_names() {
        for word in [
            "12:00:57",
            "2024-05-15",
            "2024/05/15",
            "1.5",
            "2024-05-15T12:00:00Z",
            "+02:00",
        ] {
            assert!(is_time(word), "{word}");
        }
        for word in [
            "CP1",
            "12345",
            "A",
            "CP-1",
            "T-1000",
            "10.0.0.1",
            "10.0.0.1:80",
        ] {
            assert!(!is_time(word), "{word}");
        }
    }

    #[test]
    fn words_tell_way_and_side() {
        for (word, flow) in [
            ("Sending", Some(Flow::Out)),
            ("sent", Some(Flow::Out)),
            ("TX", Some(Flow::Out)),
            ("OUT", Some(Flow::Out)),
            ("receive", Some(Flow::In)),
            ("Received", Some(Flow::In)),
            ("rx", Some(Flow::In)),
            ("IN", Some(Flow::In)),
            ("in", None),
            ("out", None),
            ("resend", None),
            ("sender", None),
        ] {
            assert_eq!(verb(word), flow, "{word}");
        }
        assert_eq!(role("Charge_Point"), Some(Role::Station));
        assert_eq!(role("Central-System"), Some(Role::Csms));
        assert_eq!(role("CP1"), None);
    }
}
