//! When two tokens are the same.

use alloc::format;
use alloc::string::String;

use ocpp_types::Version;

use super::record::key_part;
use super::vocabulary::{Token, TokenKind};

/// The longest key that is written out. Whatever a CSMS sends, the key of a record stays below
/// [`MAX_KEY`](super::MAX_KEY).
const LONGEST: usize = 200;

/// How a version of OCPP tells tokens apart. Whoever compares tokens, looks them up or keeps them asks this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Identity {
    /// By the text alone: an idTag of 1.6 has no type.
    Text,
    /// By type and text (C01.FR.25): a code that somebody types is not the card with the same number. All tokens of type
    /// `NoAuthorization` are one, since their text is empty (C02.FR.01).
    TypeAndText,
}

impl Identity {
    pub(crate) const ALL: [Self; 2] = [Self::Text, Self::TypeAndText];

    /// Of a version.
    pub(crate) const fn of(version: Version) -> Self {
        match version {
            Version::V1_6 => Self::Text,
            _ => Self::TypeAndText,
        }
    }

    /// Whether two tokens are the same.
    pub(crate) fn same(self, one: &Token, other: &Token) -> bool {
        match self {
            Self::Text => one.same_id(&other.id),
            Self::TypeAndText => {
                one.kind == other.kind
                    && (one.kind == TokenKind::NoAuthorization || one.same_id(&other.id))
            }
        }
    }

    /// Whether the authorization cache may hold a token: not one that the CSMS made up for one transaction, nor one that
    /// says nothing about anybody (C02.FR.03, C03.FR.02, C05.FR.02). Codes are kept (C04.FR.03).
    pub(crate) fn may_be_cached(self, token: &Token) -> bool {
        let passing = matches!(token.kind, TokenKind::Central | TokenKind::NoAuthorization);
        self == Self::Text || !passing
    }

    /// What identifies a token in the key of a record: the text of a card of the default type, else text and type. A
    /// record also names its token; where two keys are the same by chance, that decides.
    pub(crate) fn key(self, token: &Token) -> String {
        let text = key_part(&token.id);
        let key = match &token.kind {
            TokenKind::Iso14443 => text,
            _ if self == Self::Text => text,
            kind => format!("{text}/{}", key_part(kind_name(kind))),
        };
        if key.len() <= LONGEST {
            return key;
        }
        // FNV-1a.
        let hash = key.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        format!("{}~{hash:016x}", &key[..LONGEST / 2])
    }
}

fn kind_name(kind: &TokenKind) -> &str {
    match kind {
        TokenKind::Central => "central",
        TokenKind::EMaid => "emaid",
        TokenKind::Iso14443 => "iso14443",
        TokenKind::Iso15693 => "iso15693",
        TokenKind::KeyCode => "keycode",
        TokenKind::Local => "local",
        TokenKind::MacAddress => "macaddress",
        TokenKind::NoAuthorization => "noauthorization",
        TokenKind::Other(name) => name,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn kind() -> impl Strategy<Value = TokenKind> {
        prop_oneof![
            Just(TokenKind::Iso14443),
            Just(TokenKind::KeyCode),
            Just(TokenKind::NoAuthorization),
            ".{0,40}".prop_map(|name| TokenKind::Other(name.into())),
        ]
    }

    fn token() -> impl Strategy<Value = Token> {
        let text = prop_oneof!["[aA/~%]{0,3}", ".{0,36}"];
        (text, kind()).prop_map(|(text, kind)| Token::of_kind(&text, kind))
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn tokens_that_are_the_same_have_the_same_key_and_others_another(one in token(), other in token()) {
            for identity in [Identity::Text, Identity::TypeAndText] {
                let (a, b) = (identity.key(&one), identity.key(&other));
                prop_assert!(a.len() <= LONGEST && a.is_ascii());
                let nobody = one.kind == TokenKind::NoAuthorization;
                prop_assert!(nobody || identity.same(&one, &other) == (a == b), "{} {}", a, b);
            }
        }
    }
}
