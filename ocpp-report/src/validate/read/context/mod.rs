//! What stands around a frame: the time, who sent it, which station it belongs to, which version is spoken.
//!
//! Nothing of it is certain, apart from what the members of a JSON object say by name. It helps to match responses with
//! their calls; it never makes a frame wrong.

mod names;

use ocpp_types::Version;

use super::words::{Flow, Role, Token, direction, is_address, is_time, role, tokens, verb};
use names::{
    address, beside, column, fold, is_identity, is_name, named_way, neighbour, path_station,
    response_of, rightmost, time, time_of, word,
};
pub(super) use names::{subprotocol, version};

/// How much text before and behind a frame is looked at.
const BEFORE: usize = 600;
const BEHIND: usize = 200;

/// Longer values are no names.
const MAX_NAME: usize = 64;

/// How many words of a line are kept for comparison with others.
const MAX_WORDS: usize = 12;

/// The station that a line names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Station {
    pub(in super::super) name: Box<str>,
    /// Whether it is said to be one, or only stands where one may stand.
    pub(in super::super) is_sure: bool,
}

/// Words of a line, hashed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in super::super) struct Words {
    hashes: [u32; MAX_WORDS],
    count: u8,
}

impl Words {
    fn add(&mut self, word: &str) {
        let hash = fnv(word);
        let count = usize::from(self.count);
        if count < MAX_WORDS && !self.hashes[..count].contains(&hash) {
            self.hashes[count] = hash;
            self.count += 1;
        }
    }

    pub(in super::super) fn all(&self) -> &[u32] {
        &self.hashes[..usize::from(self.count)]
    }

    /// How many words both have.
    pub(in super::super) fn in_common(&self, other: &Self) -> usize {
        let has = |hash: &&u32| other.all().contains(hash);
        self.all().iter().filter(has).count()
    }
}

fn fnv(text: &str) -> u32 {
    let step = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    text.bytes().fold(0x811c_9dc5, step)
}

/// What is told about a frame.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in super::super) struct FrameContext {
    /// The version, in the form that this program documents.
    pub(in super::super) version: Option<Version>,
    /// The version, said in another form.
    pub(in super::super) hint: Option<Version>,
    /// Who sent it.
    pub(in super::super) role: Option<Role>,
    /// Whether the line says so in the form that this program documents.
    pub(in super::super) role_is_stated: bool,
    /// Which way it went, seen by whoever wrote the log.
    pub(in super::super) flow: Option<Flow>,
    /// Addresses or names of the sender and the receiver, hashed.
    pub(in super::super) from: Option<u32>,
    pub(in super::super) to: Option<u32>,
    pub(in super::super) station: Option<Station>,
    pub(in super::super) words: Words,
    /// Milliseconds since 1970.
    pub(in super::super) time: Option<i64>,
    /// The action that this is the response of, by its name.
    pub(in super::super) response_of: Option<&'static str>,
}

impl FrameContext {
    /// Reads the text around a frame.
    pub(in super::super) fn around(before: &str, behind: &str) -> Self {
        let mut told = Self::default();
        let before = last(before, BEFORE);
        let plain;
        let before = if before.contains("</") || before.contains("&gt;") {
            plain = without_tags(before);
            &plain
        } else {
            before
        };
        if !before.trim().is_empty() {
            told.addresses(before);
            told.read(&tokens(before));
        }
        if told.flow.is_none() || told.station.is_none() {
            let mut end = behind.len().min(BEHIND);
            while !behind.is_char_boundary(end) {
                end -= 1;
            }
            // What follows the next frame belongs to that.
            let behind = behind[..end].split('[').next().unwrap_or_default();
            if behind.trim().len() > 1 {
                let mut more = Self::default();
                more.keys(&tokens(behind));
                told.inherit(&more);
            }
        }
        told
    }

    /// What is not known yet is as `outer` says.
    pub(super) fn inherit(&mut self, outer: &Self) {
        self.version = self.version.or(outer.version);
        self.hint = self.hint.or(outer.hint);
        if self.role.is_none() {
            self.role = outer.role;
            self.role_is_stated = outer.role_is_stated;
        }
        self.flow = self.flow.or(outer.flow);
        self.from = self.from.or(outer.from);
        self.to = self.to.or(outer.to);
        let is_surer = matches!((&self.station, &outer.station), (Some(mine), Some(other)) if !mine.is_sure && other.is_sure);
        if self.station.is_none() || is_surer {
            self.station.clone_from(&outer.station);
        }
        for hash in outer.words.all() {
            let count = usize::from(self.words.count);
            if count < MAX_WORDS && !self.words.all().contains(hash) {
                self.words.hashes[count] = *hash;
                self.words.count += 1;
            }
        }
        self.time = self.time.or(outer.time);
        self.response_of = self.response_of.or(outer.response_of);
    }

    fn read(&mut self, tokens: &[Token<'_>]) {
        self.keys(tokens);
        self.arrow(tokens);
        self.sides(tokens);
        if self.flow.is_none() {
            self.flow = rightmost(tokens, verb).map(|(_, flow)| flow);
        }
        let column = column(tokens);
        if self.flow.is_none() {
            self.flow = column.map(|(_, flow)| flow);
        }
        if self.flow.is_none() {
            self.flow = tokens.iter().rev().find_map(|token| match token {
                Token::Right => Some(Flow::Out),
                Token::Left => Some(Flow::In),
                _ => None,
            });
        }
        if self.station.is_none() {
            self.station = address(tokens)
                .or_else(|| neighbour(tokens))
                .or_else(|| column.and_then(|(at, _)| beside(tokens, at)));
        }
        self.time = self.time.or_else(|| time_of(tokens));
        for token in tokens.iter().rev() {
            if let Token::Word(word) = token {
                if let Some(action) = response_of(word) {
                    self.response_of.get_or_insert(action);
                }
                if is_name(word) {
                    self.words.add(word);
                }
            }
        }
    }

    /// Two addresses, of the sender and of the receiver, as columns of tshark; with ports behind each or behind both.
    fn addresses(&mut self, before: &str) {
        let words = || before.split_ascii_whitespace();
        let mut found = words().enumerate().filter(|(_, word)| is_address(word));
        let (Some((first, from)), Some((second, to)), None) =
            (found.next(), found.next(), found.next())
        else {
            return;
        };
        let port = |at: usize| {
            words()
                .nth(at)
                .filter(|word| word.parse::<u16>().is_ok())
                .map_or(0, fnv)
        };
        let (from_port, to_port) = match second - first {
            2 => (port(first + 1), port(second + 1)),
            _ => (port(second + 1), port(second + 2)),
        };
        self.from = Some(fnv(from) ^ from_port);
        self.to = Some(fnv(to) ^ to_port);
    }

    /// `key=value`, `"key":"value"`, and `chargeBoxId: value`.
    fn keys(&mut self, tokens: &[Token<'_>]) {
        for (at, token) in tokens.iter().enumerate() {
            let Token::Word(key) = token else { continue };
            let rest = &tokens[at + 1..];
            let in_quotes = at > 0 && tokens[at - 1] == Token::Other;
            let value = match rest {
                [Token::Equals, Token::Other, Token::Word(value), ..]
                | [Token::Equals, Token::Word(value), ..] => value,
                [
                    Token::Other,
                    Token::Colon,
                    Token::Other,
                    Token::Word(value),
                    ..,
                ]
                | [Token::Other, Token::Colon, Token::Word(value), ..]
                    if in_quotes =>
                {
                    value
                }
                // One word may be anything; of two, one says what the other is.
                [Token::Colon, Token::Word(value), ..]
                    if key.len() > 4
                        && is_identity(&fold(key))
                        && key.to_ascii_lowercase().contains("id") =>
                {
                    value
                }
                _ => continue,
            };
            self.member(key, value);
        }
    }

    /// What a member of an object, or a key with a value, tells by its name.
    pub(super) fn member(&mut self, name: &str, value: &str) {
        let value = value.trim();
        if value.is_empty() {
            return;
        }
        let name = fold(name);
        match &*name {
            _ if is_identity(&name) => self.identity(value),
            "direction" | "dir" | "way" | "flow" | "type" | "kind" | "event" | "eventtype"
            | "action" | "messagedirection" => {
                self.flow = self.flow.or_else(|| direction(value));
                self.role = self.role.or_else(|| named_way(value));
            }
            "from" | "sender" | "origin" | "source" | "src" | "initiator" | "sentby" => {
                match role(value) {
                    Some(role) => self.role = self.role.or(Some(role)),
                    None => self.from = Some(self.from.unwrap_or(0) ^ fnv(value)),
                }
            }
            "to" | "destination" | "dst" | "target" | "recipient" | "receiver" => match role(value)
            {
                Some(role) => self.role = self.role.or(Some(role.other())),
                None => self.to = Some(self.to.unwrap_or(0) ^ fnv(value)),
            },
            "ipsrc" | "ipv6src" | "tcpsrcport" | "srcip" | "srcport" | "sourceip"
            | "sourceport" => {
                self.from = Some(self.from.unwrap_or(0) ^ fnv(value));
            }
            "ipdst" | "ipv6dst" | "tcpdstport" | "dstip" | "dstport" | "destinationip"
            | "destinationport" => {
                self.to = Some(self.to.unwrap_or(0) ^ fnv(value));
            }
            // Clients mask what they send (RFC 6455 5.1), and the station is the client.
            "websocketmask" => match value {
                "1" | "true" | "True" => self.role = self.role.or(Some(Role::Station)),
                "0" | "false" | "False" => self.role = self.role.or(Some(Role::Csms)),
                _ => {}
            },
            "ocppversion" | "subprotocol" | "ocppsubprotocol" | "ocppprotocol" => {
                self.hint = self.hint.or_else(|| version(value));
            }
            // Without the word it may be the version of anything.
            "version" | "protocol" | "protocolversion"
                if value.to_ascii_lowercase().starts_with("ocpp") =>
            {
                self.hint = self.hint.or_else(|| version(value));
            }
            "url" | "uri" | "path" | "requesturl" | "endpoint" => {
                self.station = self.station.take().or_else(|| path_station(value));
            }
            "time"
            | "timestamp"
            | "ts"
            | "datetime"
            | "date"
            | "at"
            | "realtimetimestamp"
            | "sourcerealtimetimestamp"
            | "frametimeepoch"
            | "starteddatetime" => {
                self.time = self.time.or_else(|| time(value));
            }
            _ => {}
        }
        if value.len() <= MAX_NAME && is_name(value) && !matches!(&*name, "id" | "uuid" | "pid") {
            self.words.add(value);
        }
    }

    /// A member that names the station. The first that does counts, and says whether it is one.
    fn identity(&mut self, value: &str) {
        let is_known = self.station.as_ref().is_some_and(|it| it.is_sure);
        if value.len() <= MAX_NAME && role(value).is_none() && !is_known {
            self.station = Some(Station {
                name: value.into(),
                is_sure: true,
            });
        }
    }

    /// `CP1 -> CSMS`, `ChargePoint>CentralSystem`.
    fn arrow(&mut self, tokens: &[Token<'_>]) {
        let found = tokens
            .iter()
            .rposition(|token| matches!(token, Token::Right | Token::Left));
        let Some(at) = found else { return };
        let is_operand = |word: &&str| {
            !is_time(word) && verb(word).is_none() && (role(word).is_some() || is_name(word))
        };
        let left = tokens[..at].iter().rev().take(2).find_map(word);
        let right = tokens[at + 1..].iter().take(2).find_map(word);
        let (from, to) = match tokens[at] {
            Token::Right => (left, right),
            _ => (right, left),
        };
        let side = from
            .and_then(role)
            .or_else(|| to.and_then(role).map(Role::other));
        let (from, to) = (from.filter(is_operand), to.filter(is_operand));
        if left.is_some() && right.is_some() {
            self.role = self.role.or(side);
        }
        if let (Some(from), Some(to)) = (from, to) {
            if self.from.is_none() && self.to.is_none() {
                self.from = Some(fnv(from));
                self.to = Some(fnv(to));
            }
            // The arrow tells nothing more: its ends do.
            self.flow = self.flow.or(rightmost(tokens, verb).map(|(_, flow)| flow));
            if side.is_none() && self.flow.is_none() {
                return;
            }
        }
        let name = [from, to]
            .into_iter()
            .flatten()
            .find(|word| role(word).is_none());
        if let Some(name) = name
            && self.station.is_none()
        {
            self.station = Some(Station {
                name: name.into(),
                is_sure: false,
            });
        }
    }

    /// `from CSMS`, `to the station`, and `ChargePoint:` directly before the frame.
    fn sides(&mut self, tokens: &[Token<'_>]) {
        for (at, token) in tokens.iter().enumerate().rev() {
            let Token::Word(preposition) = token else {
                continue;
            };
            let is = |name: &str| preposition.eq_ignore_ascii_case(name);
            if !(is("from") || is("to")) {
                continue;
            }
            let named = tokens[at + 1..]
                .iter()
                .take(2)
                .find_map(|token| word(token).and_then(role));
            if let Some(role) = named {
                self.role = self
                    .role
                    .or(Some(if is("from") { role } else { role.other() }));
            }
        }
        if let [.., Token::Word(name), Token::Colon] = tokens {
            self.role = self.role.or(role(name));
        }
        if let [.., Token::Word(name), Token::Colon, Token::Word(word)]
        | [
            ..,
            Token::Word(name),
            Token::Colon,
            Token::Word(word),
            Token::Colon,
        ] = tokens
            && verb(word) == Some(Flow::Out)
        {
            self.role = self.role.or(role(name));
        }
    }
}

fn last(text: &str, length: usize) -> &str {
    let mut from = text.len().saturating_sub(length);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    &text[from..]
}

/// The text of a piece of HTML.
fn without_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        out.push(' ');
        rest = rest[at..].split_once('>').map_or("", |(_, rest)| rest);
    }
    out.push_str(rest);
    out.replace("&gt;", ">")
        .replace("&lt;", "<")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests;
