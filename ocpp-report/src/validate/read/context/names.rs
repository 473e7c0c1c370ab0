//! What single words are: names, stations, versions, actions, times.

use ocpp_core::session::find_action;
use ocpp_types::{DateTime, Version};

use super::super::words::{Flow, Role, Token, is_common, is_time, role, verb};
use super::{MAX_NAME, Station};

pub(super) fn word<'a>(token: &Token<'a>) -> Option<&'a str> {
    match token {
        Token::Word(word) => Some(word),
        _ => None,
    }
}

pub(super) fn rightmost<T>(
    tokens: &[Token<'_>],
    look: fn(&str) -> Option<T>,
) -> Option<(usize, T)> {
    let mut tokens = tokens.iter().enumerate().rev();
    tokens.find_map(|(at, token)| word(token).and_then(look).map(|found| (at, found)))
}

/// Whether a word may be somebody's name.
pub(super) fn is_name(word: &str) -> bool {
    word.chars().any(char::is_alphanumeric)
        && !is_time(word)
        && !is_common(word.split('.').next().unwrap_or_default())
        && verb(word).is_none()
        && word.len() <= MAX_NAME
}

/// `in` or `out` in a column of its own, between commas, quotation marks or bars, and the token that it is. Elsewhere they
/// are prepositions.
pub(super) fn column(tokens: &[Token<'_>]) -> Option<(usize, Flow)> {
    let mut threes = tokens.windows(3).enumerate().rev();
    threes.find_map(|(before, three)| match three {
        [
            Token::Other | Token::Bar,
            Token::Word(word),
            Token::Other | Token::Bar,
        ] if word.eq_ignore_ascii_case("in") => Some((before + 1, Flow::In)),
        [
            Token::Other | Token::Bar,
            Token::Word(word),
            Token::Other | Token::Bar,
        ] if word.eq_ignore_ascii_case("out") => Some((before + 1, Flow::Out)),
        _ => None,
    })
}

/// The name in the column nearest to that of the direction.
pub(super) fn beside(tokens: &[Token<'_>], column: usize) -> Option<Station> {
    let name = |word: &&str| is_name(word) && role(word).is_none() && !is_action(word);
    let (before, behind) = tokens.split_at(column);
    let before = before.iter().rev().filter_map(word).find(name);
    let behind = || behind.iter().skip(1).filter_map(word).find(name);
    Some(Station {
        name: before.or_else(behind)?.into(),
        is_sure: false,
    })
}

/// A station in the path of an address.
pub(super) fn address(tokens: &[Token<'_>]) -> Option<Station> {
    let mut words = tokens.iter().rev().filter_map(word);
    words.find_map(path_station)
}

pub(super) fn path_station(url: &str) -> Option<Station> {
    let is_url = url.contains("://");
    let is_path = url.starts_with('/') && url.to_ascii_lowercase().contains("ocpp");
    if !is_url && !is_path {
        return None;
    }
    let path = match url.split_once("://") {
        Some((_, rest)) => rest.split_once('/')?.1,
        None => url,
    };
    let path = path.split(['?', '#', '"', '\'', ' ']).next()?;
    let name = path.trim_end_matches('/').rsplit('/').next()?;
    let is_version = name.to_ascii_lowercase().starts_with("ocpp") || version(name).is_some();
    if name.is_empty()
        || name.len() > MAX_NAME
        || is_version
        || role(name).is_some()
        || name.contains('.')
    {
        return None;
    }
    Some(Station {
        name: name.into(),
        is_sure: true,
    })
}

/// A name that stands where logs put it: `recv CP1:`, `CP1: send`, `message from CP1:`, `CP1 |`.
pub(super) fn neighbour(tokens: &[Token<'_>]) -> Option<Station> {
    let name = |word: &&str| {
        is_name(word) && role(word).is_none() && response_of(word).is_none() && !is_action(word)
    };
    let verb_at = rightmost(tokens, verb).map(|(at, _)| at);
    let behind = verb_at.and_then(|at| {
        let behind = &tokens[at + 1..];
        let end = behind.len().min(10);
        behind[..end].iter().rev().filter_map(word).find(name)
    });
    let before = verb_at.and_then(|at| match tokens[..at] {
        [
            ..,
            Token::Word(name),
            Token::Colon | Token::Bar | Token::Other,
        ] => Some(name),
        _ => None,
    });
    let bar = tokens.iter().position(|token| *token == Token::Bar);
    let bar = bar.and_then(|at| tokens[..at].iter().rev().find_map(word));
    let found = behind.or(before.filter(name)).or(bar.filter(name))?;
    Some(Station {
        name: found.into(),
        is_sure: false,
    })
}

pub(super) fn is_action(word: &str) -> bool {
    Version::ALL
        .into_iter()
        .any(|version| find_action(version, word).is_some())
}

/// `HeartbeatResponse`, `Heartbeat.conf`: the action that is answered.
pub(super) fn response_of(word: &str) -> Option<&'static str> {
    let stem = ["Response", ".conf", "Confirmation", "Conf"]
        .iter()
        .find_map(|end| word.strip_suffix(end))?;
    Version::ALL
        .into_iter()
        .find_map(|version| find_action(version, stem))
        .map(|info| info.name)
}

/// The version that a text names, in one of the usual spellings.
pub(in super::super) fn version(text: &str) -> Option<Version> {
    let folded = text.to_ascii_lowercase();
    let folded = folded.strip_prefix("ocpp").unwrap_or(&folded);
    let folded = folded.trim_start_matches([' ', '-', '_', 'v', 'j', '/']);
    match folded {
        "1.6" | "1.6j" | "16" | "1.6-j" | "1_6" => Some(Version::V1_6),
        "2.0.1" | "201" | "2_0_1" | "2.0.1j" => Some(Version::V2_0_1),
        "2.1" | "21" | "2_1" => Some(Version::V2_1),
        _ => None,
    }
}

/// The subprotocol that a line names, if it names exactly one: `ocpp1.6`, `ocpp2.0.1`, `ocpp2.1`.
pub(in super::super) fn subprotocol(line: &str) -> Option<Version> {
    let mut found = None;
    for at in memchr::memmem::find_iter(line.as_bytes(), b"ocpp") {
        let rest = &line[at..];
        let length = rest
            .bytes()
            .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'.')
            .count();
        let name = rest[..length].trim_end_matches('.');
        match (Version::from_subprotocol(name), found) {
            (Some(version), Some(other)) if version != other => return None,
            (Some(version), _) => found = Some(version),
            (None, _) => {}
        }
    }
    found
}

/// `toStation`, `from_csms`, `CP_TO_CSMS`: who sent it.
pub(super) fn named_way(value: &str) -> Option<Role> {
    let mut folded = value.to_ascii_lowercase();
    folded.retain(|char| char.is_alphanumeric());
    if let Some(rest) = folded.strip_prefix("from") {
        return role(rest);
    }
    if let Some(rest) = folded.strip_prefix("to")
        && let Some(role) = role(rest)
    {
        return Some(role.other());
    }
    let mut splits = folded.match_indices("to").chain(folded.match_indices('2'));
    splits.find_map(|(at, sign)| {
        let from = role(&folded[..at])?;
        role(&folded[at + sign.len()..]).map(|_| from)
    })
}

/// The names of members that hold the identity of a station.
pub(super) fn is_identity(name: &str) -> bool {
    matches!(
        name,
        "station"
            | "stationid"
            | "stationname"
            | "stationidentity"
            | "stationidentifier"
            | "chargingstation"
            | "chargingstationid"
            | "chargingstationidentity"
            | "chargestationid"
            | "chargepoint"
            | "chargepointid"
            | "chargepointidentity"
            | "chargepointname"
            | "chargingpointid"
            | "chargebox"
            | "chargeboxid"
            | "chargeboxidentity"
            | "charger"
            | "chargerid"
            | "chargername"
            | "cp"
            | "cpid"
            | "cpidentity"
            | "cbid"
            | "csid"
            | "identity"
            | "ocppidentity"
            | "ocppid"
            | "client"
            | "clientid"
            | "clientname"
            | "device"
            | "deviceid"
            | "wsid"
    )
}

/// A name without what spellings differ in.
pub(super) fn fold(name: &str) -> String {
    let kept = name.chars().filter(|char| char.is_ascii_alphanumeric());
    kept.map(|char| char.to_ascii_lowercase()).collect()
}

/// The first time among the words.
pub(super) fn time_of(tokens: &[Token<'_>]) -> Option<i64> {
    let words: Vec<_> = tokens.iter().filter_map(word).take(12).collect();
    words.iter().enumerate().find_map(|(at, word)| {
        if !word.starts_with(|char: char| char.is_ascii_digit()) || word.len() < 10 {
            return None;
        }
        time(word).or_else(|| {
            let clock = words.get(at + 1)?;
            time(&format!("{}T{clock}Z", word.replace('/', "-")))
        })
    })
}

/// Milliseconds since 1970 of a date-time, or of a number since then.
pub(super) fn time(text: &str) -> Option<i64> {
    if let Ok(time) = text.parse::<DateTime>() {
        return Some(time.unix_millis());
    }
    let number: f64 = text.parse().ok()?;
    // Seconds, milliseconds, microseconds or nanoseconds: told apart by how large they are in our days.
    let millis = match number {
        1e9..1e11 => number * 1e3,
        1e12..1e14 => number,
        1e15..1e17 => number / 1e3,
        1e18..1e20 => number / 1e6,
        _ => return None,
    };
    Some(millis as i64)
}
