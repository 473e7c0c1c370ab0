//! What a station is told about the networks that lead to its CSMS.

use alloc::string::String;
use core::fmt;

use ocpp_types::Version;
use serde::{Deserialize, Serialize};

use super::record::version_text;

/// The access point of a mobile network (`APNType` of 2.x).
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Apn {
    /// Its name.
    pub name: String,
    /// The user.
    pub user: Option<String>,
    /// The user's password.
    pub password: Option<String>,
    /// Of the SIM card.
    pub sim_pin: Option<i64>,
    /// The network to prefer: MCC and MNC in a row.
    pub preferred_network: Option<String>,
    /// Whether to use no other network.
    pub only_preferred: bool,
    /// How to authenticate: `CHAP`, `NONE`, `PAP` or `AUTO`.
    pub authentication: String,
}

/// Without password and PIN (A01.FR.12).
impl fmt::Debug for Apn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Apn")
            .field("name", &self.name)
            .field("user", &self.user)
            .field("preferred_network", &self.preferred_network)
            .field("only_preferred", &self.only_preferred)
            .field("authentication", &self.authentication)
            .finish_non_exhaustive()
    }
}

/// A virtual private network (`VPNType` of 2.x).
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Vpn {
    /// The address of its server.
    pub server: String,
    /// The user.
    pub user: String,
    /// The group.
    pub group: Option<String>,
    /// The user's password.
    pub password: String,
    /// The shared secret.
    pub key: String,
    /// Its kind: `IKEv2`, `IPSec`, `L2TP` or `PPTP`.
    pub kind: String,
}

/// Without password and shared secret (A01.FR.12).
impl fmt::Debug for Vpn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vpn")
            .field("server", &self.server)
            .field("user", &self.user)
            .field("group", &self.group)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// How to connect, as the CSMS has set it for a slot (`NetworkConnectionProfileType` of 2.x).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NetworkProfile {
    /// The version of OCPP to speak.
    #[serde(with = "version_text")]
    pub(crate) version: Version,
    /// The URL of the CSMS without the identity.
    pub(crate) url: String,
    /// How long to wait for answers of the CSMS, in seconds.
    pub(crate) message_timeout: u32,
    /// 0 to 3.
    pub(crate) security_profile: u8,
    /// The interface, as 2.x names it: `Wired0`.
    pub(crate) interface: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) apn: Option<Apn>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) vpn: Option<Vpn>,
}

/// Whether a text is the URL of a CSMS: `ws` or `wss`, a host, perhaps a port and a path, and nothing that WebSocket or the
/// handling of secrets forbid there (a fragment, a user).
pub(crate) fn is_csms_url(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else {
        return false;
    };
    let known = ["ws", "wss"]
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known));
    let visible = rest.chars().all(|c| c.is_ascii_graphic()) && !rest.contains(['#', '\\', '"']);
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    // An address of IPv6 stands in brackets.
    let (host, port) = match authority.strip_prefix('[') {
        Some(address) => match address.split_once(']') {
            Some((host, port)) => (
                host,
                port.strip_prefix(':').or(port.is_empty().then_some("80")),
            ),
            None => return false,
        },
        None => match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, Some("80")),
        },
    };
    let port = port.and_then(|port| port.parse::<u16>().ok());
    known && visible && !host.is_empty() && !host.contains('@') && port.is_some_and(|port| port > 0)
}

/// Whether a URL says TLS.
pub(crate) fn is_secured(url: &str) -> bool {
    url.get(..4)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("wss:"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_of_a_csms_have_a_scheme_and_a_host() {
        for good in [
            "ws://csms",
            "WSS://csms.example.com/ocpp",
            "wss://csms:8443/ocpp?x=1",
            "ws://[::1]:80/",
            "ws://[::1]",
            "ws://127.0.0.1:9000",
        ] {
            assert!(is_csms_url(good), "{good}");
        }
        for bad in [
            "",
            "csms",
            "http://csms",
            "ws://",
            "ws:///ocpp",
            "ws://csms:0",
            "ws://csms:99999",
            "ws://csms:port",
            "ws://user:secret@csms/",
            "ws://user@csms/",
            "ws://csms/#fragment",
            "ws://cs ms/",
            "ws://[::1",
            "ws://[::1]x",
        ] {
            assert!(!is_csms_url(bad), "{bad}");
        }
        assert!(is_secured("wss://csms") && is_secured("WSS://csms"));
        assert!(!is_secured("ws://csms") && !is_secured("ws"));
    }
}
