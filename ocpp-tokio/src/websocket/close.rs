//! Close codes of RFC 6455 section 7.4.

use core::fmt;

/// The number in a close frame. Only numbers that may travel exist: 1000 to 1014 without the reserved ones, and 3000
/// to 4999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CloseCode(u16);

impl CloseCode {
    /// The purpose of the connection is fulfilled.
    pub const NORMAL: Self = Self(1000);
    /// The server shuts down, or the station goes offline.
    pub const GOING_AWAY: Self = Self(1001);
    /// The peer broke the WebSocket protocol.
    pub const PROTOCOL: Self = Self(1002);
    /// A kind of message that is not accepted, here: binary.
    pub const UNSUPPORTED: Self = Self(1003);
    /// Data that does not fit its type, here: text that is not UTF-8.
    pub const INVALID_DATA: Self = Self(1007);
    /// A policy of the closing side; also used when a newer connection of the same station replaces this one.
    pub const POLICY: Self = Self(1008);
    /// A message beyond the configured limit.
    pub const TOO_BIG: Self = Self(1009);
    /// The closing side cannot go on.
    pub const INTERNAL_ERROR: Self = Self(1011);
    /// The server restarts.
    pub const SERVICE_RESTART: Self = Self(1012);
    /// The server is overloaded.
    pub const TRY_AGAIN_LATER: Self = Self(1013);

    /// A close code, if the number may be sent in a close frame.
    #[must_use]
    pub const fn new(code: u16) -> Option<Self> {
        match code {
            1000..=1003 | 1007..=1014 | 3000..=4999 => Some(Self(code)),
            _ => None,
        }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl fmt::Display for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
