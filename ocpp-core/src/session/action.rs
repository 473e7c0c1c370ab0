//! What the session needs to know about an action.

use ocpp_types::Version;

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

/// Which side may send the request of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sender {
    /// Only the charging station.
    Station,
    /// Only the CSMS.
    Csms,
    /// Both, such as `DataTransfer`.
    Either,
}

impl Sender {
    /// Whether `role` may send it.
    #[must_use]
    pub fn includes(self, role: Role) -> bool {
        match self {
            Self::Either => true,
            Self::Station => role == Role::Station,
            Self::Csms => role == Role::Csms,
        }
    }
}

/// An action of a version, as far as the session is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ActionInfo {
    /// The name on the wire, such as `BootNotification`.
    pub name: &'static str,
    /// Who may send it.
    pub sender: Sender,
    /// Whether it travels in a SEND and is not answered (2.1); otherwise it is a CALL.
    pub unconfirmed: bool,
}

/// Finds an action of a version by its name on the wire; upper and lower case differ.
pub type ActionTable = fn(Version, &str) -> Option<ActionInfo>;

/// The suffix that marks an action whose payload is a signed message (2.x part 4 chapter 7).
pub(super) const SIGNED_SUFFIX: &str = "-Signed";
