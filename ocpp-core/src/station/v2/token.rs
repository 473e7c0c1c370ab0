//! Tokens and what is known about them, as 2.0.1 writes it and as the station thinks of it.

use ocpp_types::CiString;

use super::wire::{
    AuthorizationStatus as WireStatus, IdToken, IdTokenEnum, IdTokenInfo, MessageContent,
};
use crate::station::identity::Identity;
use crate::station::vocabulary::{
    Authorization, AuthorizationStatus, DriverInfo, EvseId, Message, Token, TokenKind,
};

const fn kind_name(kind: &TokenKind) -> Option<IdTokenEnum> {
    Some(match kind {
        TokenKind::Central => IdTokenEnum::Central,
        TokenKind::EMaid => IdTokenEnum::Emaid,
        TokenKind::Iso14443 => IdTokenEnum::Iso14443,
        TokenKind::Iso15693 => IdTokenEnum::Iso15693,
        TokenKind::KeyCode => IdTokenEnum::KeyCode,
        TokenKind::Local => IdTokenEnum::Local,
        TokenKind::MacAddress => IdTokenEnum::MacAddress,
        TokenKind::NoAuthorization => IdTokenEnum::NoAuthorization,
        TokenKind::Other(_) => return None,
    })
}

/// Whether two tokens are the same (C01.FR.25).
pub(super) fn same(one: &Token, other: &Token) -> bool {
    Identity::TypeAndText.same(one, other)
}

/// The token as 2.0.1 writes it: one of type `NoAuthorization` without a text (C02.FR.01). A kind that it does not know is
/// one that the station made up.
pub(super) fn to_wire(token: &Token) -> IdToken {
    let kind = kind_name(&token.kind).unwrap_or(IdTokenEnum::Local);
    let text = match token.kind {
        TokenKind::NoAuthorization => "",
        _ => &token.id,
    };
    IdToken::new(CiString::truncated(text), kind)
}

pub(super) fn from_wire(token: &IdToken) -> Token {
    let kind = match &token.r#type {
        IdTokenEnum::Central => TokenKind::Central,
        IdTokenEnum::Emaid => TokenKind::EMaid,
        IdTokenEnum::Iso14443 => TokenKind::Iso14443,
        IdTokenEnum::Iso15693 => TokenKind::Iso15693,
        IdTokenEnum::KeyCode => TokenKind::KeyCode,
        IdTokenEnum::Local => TokenKind::Local,
        IdTokenEnum::MacAddress => TokenKind::MacAddress,
        IdTokenEnum::NoAuthorization => TokenKind::NoAuthorization,
        unknown @ IdTokenEnum::Unrecognized(_) => TokenKind::Other(unknown.as_str().into()),
    };
    Token::of_kind(&token.id_token, kind)
}

/// What `IdTokenInfo` says. An unknown status is none that allows charging.
pub(super) fn from_wire_info(info: &IdTokenInfo) -> Authorization {
    let status = match info.status {
        WireStatus::Accepted => AuthorizationStatus::Accepted,
        WireStatus::Blocked => AuthorizationStatus::Blocked,
        WireStatus::ConcurrentTx => AuthorizationStatus::ConcurrentTx,
        WireStatus::Expired => AuthorizationStatus::Expired,
        WireStatus::NoCredit => AuthorizationStatus::NoCredit,
        WireStatus::NotAllowedTypeEvse => AuthorizationStatus::NotAllowedTypeEvse,
        WireStatus::NotAtThisLocation => AuthorizationStatus::NotAtThisLocation,
        WireStatus::NotAtThisTime => AuthorizationStatus::NotAtThisTime,
        WireStatus::Unknown => AuthorizationStatus::Unknown,
        WireStatus::Invalid | WireStatus::Unrecognized(_) => AuthorizationStatus::Invalid,
    };
    let evses = info.evse_id.iter().flat_map(|evses| evses.iter());
    // Whoever may only charge at an EVSE that there is not may not charge: 0 is none.
    let evses = evses.map(|evse| EvseId::try_from(*evse).unwrap_or_default());
    let languages = [&info.language1, &info.language2].into_iter().flatten();
    let driver = DriverInfo {
        message: info.personal_message.as_ref().map(message_from_wire),
        languages: languages.map(|language| language.as_str().into()).collect(),
        priority: info.charging_priority.and_then(priority),
    };
    Authorization {
        expiry: info.cache_expiry_date_time,
        group: info.group_id_token.as_ref().map(from_wire),
        evses: evses.collect(),
        driver,
        ..Authorization::new(status)
    }
}

/// A message for a driver.
pub(super) fn message_from_wire(message: &MessageContent) -> Message {
    Message {
        format: message.format.as_str().into(),
        language: message.language.as_ref().map(|text| text.as_str().into()),
        content: message.content.as_str().into(),
    }
}

/// A `chargingPriority`; one that there is not says nothing.
pub(super) fn priority(number: i64) -> Option<i8> {
    i8::try_from(number)
        .ok()
        .filter(|number| (-9..=9).contains(number))
}
