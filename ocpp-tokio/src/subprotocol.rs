//! OCPP versions as WebSocket subprotocols (part 4 section 3.1.2).

use core::fmt;
use core::str::FromStr;

/// An OCPP version in the form in which it is negotiated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subprotocol {
    /// OCPP 1.6, `ocpp1.6`.
    Ocpp16,
    /// OCPP 2.0.1, `ocpp2.0.1`.
    Ocpp201,
    /// OCPP 2.1, `ocpp2.1`.
    Ocpp21,
}

impl Subprotocol {
    /// All versions, the newest first: the usual order of preference.
    pub const ALL: [Self; 3] = [Self::Ocpp21, Self::Ocpp201, Self::Ocpp16];

    /// The registered name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ocpp16 => "ocpp1.6",
            Self::Ocpp201 => "ocpp2.0.1",
            Self::Ocpp21 => "ocpp2.1",
        }
    }
}

impl fmt::Display for Subprotocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The name is not that of a version spoken here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an OCPP subprotocol spoken here")]
pub struct UnknownSubprotocol;

/// Reads the registered name. Some stations write it in capitals; that is accepted.
impl FromStr for Subprotocol {
    type Err = UnknownSubprotocol;

    fn from_str(name: &str) -> Result<Self, UnknownSubprotocol> {
        Self::ALL
            .into_iter()
            .find(|version| version.as_str().eq_ignore_ascii_case(name))
            .ok_or(UnknownSubprotocol)
    }
}

/// The server's choice: the first of `preference` among what the station offers (all header lines joined with commas).
/// Returns the station's own spelling too, because a client compares the answer with what it offered.
pub(crate) fn choose<'a>(
    preference: &[Subprotocol],
    offered: &'a str,
) -> Option<(Subprotocol, &'a str)> {
    preference.iter().find_map(|version| {
        offered
            .split(',')
            .map(str::trim)
            .find(|name| name.parse() == Ok(*version))
            .map(|name| (*version, name))
    })
}
