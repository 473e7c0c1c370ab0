//! The station's address behind a proxy.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use http::{HeaderMap, HeaderName, header};

use crate::websocket::handshake::joined;

/// Proxies whose word is taken for the address of a station: load balancers, TLS terminators, ingress controllers.
///
/// The address counts for the limits of the server, and is told as [`Attempt::remote`](super::Attempt::remote) and
/// [`ConnectionInfo::remote`](crate::ConnectionInfo::remote). A proxy writes it into a header; whoever is not a proxy can
/// write anything there, so nobody else is believed. Without proxies (the default) no header is looked at.
///
/// ```
/// use ocpp_tokio::server::{ProxyHeader, TrustedProxies};
/// let proxies = TrustedProxies::new(["10.0.0.0/8", "2001:db8::7"])?;
/// let proxies = proxies.with_header(ProxyHeader::Forwarded);
/// # Ok::<(), ocpp_tokio::server::InvalidNetwork>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies {
    networks: Vec<Network>,
    header: ProxyHeader,
}

/// Where a proxy writes the address of its client. Only one header is read: what a proxy does not know it passes on as the
/// client wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ProxyHeader {
    /// `X-Forwarded-For`: nginx, HAProxy, Envoy, Traefik and the load balancers of clouds. Every proxy appends one address.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// The text is neither an address nor a network such as `10.0.0.0/8`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("neither an address nor a network such as 10.0.0.0/8: {0}")]
pub struct InvalidNetwork(String);

/// An address and how many of its bits count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    bits: u32,
}

impl TrustedProxies {
    /// Proxies with these addresses, or in these networks (`10.0.0.0/8`).
    ///
    /// # Errors
    /// [`InvalidNetwork`] names the first that is neither.
    pub fn new<T: AsRef<str>>(
        networks: impl IntoIterator<Item = T>,
    ) -> Result<Self, InvalidNetwork> {
        let networks = networks.into_iter().map(|network| network.as_ref().parse());
        Ok(Self {
            networks: networks.collect::<Result<_, _>>()?,
            header: ProxyHeader::default(),
        })
    }

    /// The same with another header than `X-Forwarded-For`.
    #[must_use]
    pub const fn with_header(mut self, header: ProxyHeader) -> Self {
        self.header = header;
        self
    }

    /// Whether the address is that of a proxy.
    pub(super) fn trust(&self, address: IpAddr) -> bool {
        self.networks
            .iter()
            .any(|network| network.contains(address))
    }

    /// The client's address: the last one in the header that is not a proxy's own. Where the header says nothing that can be
    /// read, the client is who sent it: the last proxy that is known. The port is 0 if it is not told.
    pub(super) fn client(&self, remote: SocketAddr, headers: &HeaderMap) -> SocketAddr {
        if !self.trust(remote.ip()) {
            return remote;
        }
        let hops = match self.header {
            ProxyHeader::XForwardedFor => {
                let list = joined(headers, HeaderName::from_static("x-forwarded-for"));
                list.split(',').map(|hop| address(hop.trim())).collect()
            }
            ProxyHeader::Forwarded => forwarded(&joined(headers, header::FORWARDED)),
        };
        let mut client = remote;
        for hop in hops.into_iter().rev() {
            let Some(hop) = hop else { break };
            client = hop;
            if !self.trust(hop.ip()) {
                break;
            }
        }
        client
    }
}

impl Network {
    fn contains(&self, address: IpAddr) -> bool {
        let shift = |width: u32| width.saturating_sub(self.bits);
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(a), IpAddr::V4(b)) => {
                (u32::from(a) ^ u32::from(b))
                    .checked_shr(shift(32))
                    .unwrap_or(0)
                    == 0
            }
            (IpAddr::V6(a), IpAddr::V6(b)) => {
                (u128::from(a) ^ u128::from(b))
                    .checked_shr(shift(128))
                    .unwrap_or(0)
                    == 0
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = InvalidNetwork;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidNetwork(ocpp_types::printable(text, 60).to_string());
        let (address, bits) = match text.trim().split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.parse().map_err(|_| invalid())?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            Some(bits) => bits.parse().ok().filter(|bits| *bits <= width),
            None => Some(width),
        };
        let bits = bits.ok_or_else(invalid)?;
        Ok(Self { address, bits })
    }
}

/// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:4711`.
fn address(text: &str) -> Option<SocketAddr> {
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Some(address);
    }
    let bare = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    let address = bare.unwrap_or(text).parse::<IpAddr>().ok()?;
    Some(SocketAddr::new(address, 0))
}

/// The `for` of each element of a `Forwarded` header; none where it is not an address.
fn forwarded(list: &str) -> Vec<Option<SocketAddr>> {
    let elements = split(list, ',');
    elements
        .map(|element| {
            let mut pairs = split(element, ';');
            let value = pairs.find_map(|pair| {
                let (name, value) = pair.split_once('=')?;
                name.trim()
                    .eq_ignore_ascii_case("for")
                    .then_some(value.trim())
            })?;
            address(value.trim_matches('"'))
        })
        .collect()
}

/// Splits outside of quotation marks.
fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(move |c| {
        let splits = c == separator && !quoted;
        if !escaped && c == '"' {
            quoted = !quoted;
        }
        escaped = quoted && !escaped && c == '\\';
        splits
    })
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn client(proxies: &TrustedProxies, remote: &str, headers: &[(&str, &str)]) -> String {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            map.append(name, HeaderValue::from_str(value).unwrap());
        }
        proxies.client(remote.parse().unwrap(), &map).to_string()
    }

    const XFF: &str = "x-forwarded-for";

    #[test]
    fn nobody_but_a_proxy_is_believed() {
        let header = [(XFF, "192.0.2.1"), ("forwarded", "for=192.0.2.1")];
        let nobody = TrustedProxies::default();
        assert_eq!(client(&nobody, "10.0.0.1:80", &header), "10.0.0.1:80");
        let proxies = TrustedProxies::new(["10.0.0.0/8"]).unwrap();
        assert_eq!(client(&proxies, "11.0.0.1:80", &header), "11.0.0.1:80");
        assert_eq!(client(&proxies, "10.0.0.1:80", &header), "192.0.2.1:0");
        assert_eq!(
            client(&proxies, "[::ffff:10.0.0.1]:80", &header),
            "192.0.2.1:0"
        );
        assert_eq!(client(&proxies, "10.0.0.1:80", &[]), "10.0.0.1:80");
    }

    #[test]
    fn what_a_client_writes_before_the_proxy_is_not_believed() {
        let proxies = TrustedProxies::new(["10.0.0.0/8"]).unwrap();
        for (list, expected) in [
            ("1.1.1.1, 192.0.2.1", "192.0.2.1:0"),
            ("1.1.1.1, 192.0.2.1:99, 10.0.0.2", "192.0.2.1:99"),
            ("10.9.9.9, 10.0.0.2", "10.9.9.9:0"),
            ("1.1.1.1, unknown, 10.0.0.2", "10.0.0.2:0"),
            ("1.1.1.1, ", "10.0.0.1:80"),
            ("1.1.1.1, 2001:db8::1", "[2001:db8::1]:0"),
            ("[2001:db8::1]:5", "[2001:db8::1]:5"),
        ] {
            assert_eq!(
                client(&proxies, "10.0.0.1:80", &[(XFF, list)]),
                expected,
                "{list}"
            );
        }
        let lines = [(XFF, "1.1.1.1"), (XFF, "192.0.2.1")];
        assert_eq!(client(&proxies, "10.0.0.1:80", &lines), "192.0.2.1:0");
        // The header that this proxy does not write comes from the client.
        let both = [("forwarded", "for=1.1.1.1"), (XFF, "192.0.2.1")];
        assert_eq!(client(&proxies, "10.0.0.1:80", &both), "192.0.2.1:0");
    }

    #[test]
    fn the_header_of_the_rfc_is_read() {
        let proxies = TrustedProxies::new(["10.0.0.1"])
            .unwrap()
            .with_header(ProxyHeader::Forwarded);
        for (list, expected) in [
            ("for=192.0.2.60;proto=http;by=203.0.113.43", "192.0.2.60:0"),
            (
                "proto=https; For=\"[2001:db8:cafe::17]:4711\"",
                "[2001:db8:cafe::17]:4711",
            ),
            ("for=1.1.1.1, for=192.0.2.43", "192.0.2.43:0"),
            ("for=\"1.1.1.1, for=2.2.2.2\"", "10.0.0.1:80"),
            ("for=_hidden", "10.0.0.1:80"),
            ("for=1.1.1.1, by=10.0.0.1", "10.0.0.1:80"),
            ("host=\"a;for=1.1.1.1\\\";for=2.2.2.2\"", "10.0.0.1:80"),
        ] {
            assert_eq!(
                client(&proxies, "10.0.0.1:80", &[("forwarded", list)]),
                expected,
                "{list}"
            );
        }
    }

    #[test]
    fn networks_are_checked() {
        for good in [
            "10.0.0.0/8",
            "10.0.0.1",
            "::/0",
            "0.0.0.0/0",
            "2001:db8::/32",
            " ::1 ",
        ] {
            assert!(TrustedProxies::new([good]).is_ok(), "{good}");
        }
        for bad in [
            "",
            "10.0.0.0/33",
            "::1/129",
            "10.0.0.0/",
            "10.0.0.0/-1",
            "proxy.example",
            "10.0.0",
        ] {
            assert!(TrustedProxies::new([bad]).is_err(), "{bad}");
        }
        let all = TrustedProxies::new(["0.0.0.0/0"]).unwrap();
        assert!(all.trust([255, 1, 2, 3].into()) && !all.trust("::2".parse().unwrap()));
        let one = TrustedProxies::new(["2001:db8::7"]).unwrap();
        assert!(
            one.trust("2001:db8::7".parse().unwrap()) && !one.trust("2001:db8::8".parse().unwrap())
        );
    }
}
