//! The two sides, and which actions they may send.

use ocpp_types::{ActionInfo, Protocol, Sender, Version};

/// Which side of a connection a session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// The charging station: WebSocket client.
    Station,
    /// The charging station management system: WebSocket server.
    Csms,
}

impl Role {
    /// The other side.
    #[must_use]
    pub const fn peer(self) -> Self {
        match self {
            Self::Station => Self::Csms,
            Self::Csms => Self::Station,
        }
    }
}

/// Whether `role` may send the request of an action.
pub(super) fn may_send(role: Role, action: &ActionInfo) -> bool {
    match action.sender {
        Sender::Both => true,
        Sender::ChargingStation => role == Role::Station,
        Sender::Csms => role == Role::Csms,
    }
}

/// The action of `version` with this name; upper and lower case differ. A version whose feature is off has none.
#[must_use]
#[cfg_attr(
    not(any(feature = "v1_6", feature = "v2_0_1", feature = "v2_1")),
    allow(dead_code, unused_variables)
)]
pub fn find_action(version: Version, name: &str) -> Option<&'static ActionInfo> {
    fn find<P: Protocol>(name: &str) -> Option<&'static ActionInfo> {
        P::action(name).map(P::info)
    }
    match version {
        #[cfg(feature = "v1_6")]
        Version::V1_6 => find::<ocpp_types::v1_6::Protocol>(name),
        #[cfg(feature = "v2_0_1")]
        Version::V2_0_1 => find::<ocpp_types::v2_0_1::Protocol>(name),
        #[cfg(feature = "v2_1")]
        Version::V2_1 => find::<ocpp_types::v2_1::Protocol>(name),
        #[allow(unreachable_patterns)] // when all versions are on
        _ => None,
    }
}

/// The suffix that marks an action whose payload is a signed message (2.x part 4 chapter 7).
pub(super) const SIGNED_SUFFIX: &str = "-Signed";
