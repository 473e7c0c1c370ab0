//! Where a redirect may lead.
//!
//! The CSMS says from where a station loads its firmware. The server there may send it on, but not to where only the
//! station gets: its own interfaces, its neighbours in the charging park, the network of the site. Nor may it lead from TLS
//! to clear text.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use reqwest::header::LOCATION;
use reqwest::{Response, StatusCode, Url};
use tokio::net::lookup_host;
use tokio::time::timeout;

use super::TransferError;

/// From where an address is reached: the later, the fewer reach it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reach {
    /// From everywhere.
    Public,
    /// From the same site: private use, carriers' shared addresses, and whatever else is not routed.
    Private,
    /// From the same link.
    LinkLocal,
    /// From this machine.
    Loopback,
}

impl Reach {
    pub(super) fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::of_v4(address),
            IpAddr::V6(address) => Self::of_v6(address),
        }
    }

    fn of_v4(address: Ipv4Addr) -> Self {
        let [a, b, c, _] = address.octets();
        match (a, b, c) {
            (0 | 127, ..) => Self::Loopback,
            (169, 254, _) => Self::LinkLocal,
            (10, ..) | (172, 16..=31, _) | (192, 168, _) => Self::Private,
            (100, 64..=127, _) | (192, 0, 0) | (198, 18..=19, _) | (224.., ..) => Self::Private,
            _ => Self::Public,
        }
    }

    fn of_v6(address: Ipv6Addr) -> Self {
        let segments = address.segments();
        match segments {
            // The unspecified address reaches this machine too.
            [0, 0, 0, 0, 0, 0, 0, 0 | 1] => Self::Loopback,
            // An IPv4 address behind NAT64 or in its old notation.
            [0x64, 0xFF9B, 0, 0, 0, 0, a, b] | [0, 0, 0, 0, 0, 0, a, b] => {
                let [a, b, c, d] = [a.to_be_bytes(), b.to_be_bytes()].concat()[..] else {
                    return Self::Private;
                };
                Self::of_v4(Ipv4Addr::new(a, b, c, d))
            }
            [0xFE80..=0xFEBF, ..] => Self::LinkLocal,
            [0xFC00..=0xFDFF | 0xFEC0..=0xFFFF, ..] => Self::Private,
            _ => Self::Public,
        }
    }
}

/// Where a response sends the request on to; `None` if it is an answer. A file that was `sent` is not sent again where the
/// server only wants to show something (303).
pub(super) fn target(
    response: &Response,
    url: &Url,
    sent: bool,
) -> Result<Option<Url>, TransferError> {
    let redirects = match response.status() {
        StatusCode::MOVED_PERMANENTLY
        | StatusCode::FOUND
        | StatusCode::TEMPORARY_REDIRECT
        | StatusCode::PERMANENT_REDIRECT => true,
        StatusCode::SEE_OTHER => !sent,
        _ => false,
    };
    if !redirects {
        return Ok(None);
    }
    let target = response.headers().get(LOCATION);
    let target = target.and_then(|target| url.join(target.to_str().ok()?).ok());
    let Some(mut target) = target else {
        return Err(TransferError::Location("a redirect to no address"));
    };
    match (url.scheme(), target.scheme()) {
        ("https", "http") => return Err(TransferError::Location("a redirect from https to http")),
        (_, "http" | "https") => {}
        _ => return Err(TransferError::Location("a redirect to another protocol")),
    }
    // Credentials are those that the CSMS gave, for the server that it named. Cannot fail for these schemes.
    let _ = target.set_username("");
    let _ = target.set_password(None);
    Ok(Some(target))
}

/// The addresses of a URL's host.
pub(super) async fn addresses(
    url: &Url,
    patience: Duration,
) -> Result<Vec<SocketAddr>, TransferError> {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let port = url.port_or_known_default().unwrap_or_default();
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let unknown = || TransferError::Connection("the host is not known".into());
    let found = timeout(patience, lookup_host((host, port))).await;
    let found = found.map_err(|_| unknown())?.map_err(|_| unknown())?;
    Ok(found.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_reached_from_where_they_say() {
        for (address, reach) in [
            ("8.8.8.8", Reach::Public),
            ("172.15.0.1", Reach::Public),
            ("172.32.0.1", Reach::Public),
            ("100.128.0.1", Reach::Public),
            ("2001:db8::1", Reach::Public),
            ("64:ff9b::808:808", Reach::Public),
            ("::ffff:8.8.8.8", Reach::Public),
            ("10.0.0.1", Reach::Private),
            ("172.16.0.1", Reach::Private),
            ("192.168.1.1", Reach::Private),
            ("100.64.0.1", Reach::Private),
            ("255.255.255.255", Reach::Private),
            ("fd00::1", Reach::Private),
            ("ff02::1", Reach::Private),
            ("64:ff9b::a00:1", Reach::Private),
            ("169.254.169.254", Reach::LinkLocal),
            ("fe80::1", Reach::LinkLocal),
            ("127.0.0.1", Reach::Loopback),
            ("127.255.0.1", Reach::Loopback),
            ("0.0.0.0", Reach::Loopback),
            ("::", Reach::Loopback),
            ("::1", Reach::Loopback),
            ("::ffff:127.0.0.1", Reach::Loopback),
            ("::7f00:1", Reach::Loopback),
            ("64:ff9b::7f00:1", Reach::Loopback),
        ] {
            assert_eq!(Reach::of(address.parse().unwrap()), reach, "{address}");
        }
    }
}
