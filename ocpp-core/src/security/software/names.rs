//! Whether a server certificate is for the host that the station wanted (A00.FR.308, A00.FR.412, A00.FR.510–511).

use core::net::IpAddr;

use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

use crate::security::host_name_matches;

/// The common name is the identity; a subjectAltName may add others, for a CSMS that is reached on several paths
/// (A00.FR.511, note).
pub(super) fn host_matches(
    host: &str,
    common_name: Option<&str>,
    alternative: Option<&SubjectAltName>,
    allow_wildcard: bool,
) -> bool {
    let host = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host);
    if host.is_empty() {
        return false;
    }
    let address = host.parse::<IpAddr>().ok();
    let by_name = |name: &str| match address {
        Some(address) => name.parse() == Ok(address),
        None => host_name_matches(name, host, allow_wildcard),
    };
    let by_alternative = |name: &GeneralName| match (name, address) {
        (GeneralName::DnsName(name), None) => {
            host_name_matches(name.as_str(), host, allow_wildcard)
        }
        (GeneralName::IpAddress(bytes), Some(IpAddr::V4(address))) => {
            bytes.as_bytes() == address.octets()
        }
        (GeneralName::IpAddress(bytes), Some(IpAddr::V6(address))) => {
            bytes.as_bytes() == address.octets()
        }
        _ => false,
    };
    common_name.is_some_and(by_name)
        || alternative.is_some_and(|names| names.0.iter().any(by_alternative))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(common_name: &str, host: &str) -> bool {
        host_matches(host, Some(common_name), None, false)
    }

    #[test]
    fn the_common_name_is_the_host() {
        assert!(matches("csms.example.org", "csms.example.org"));
        assert!(matches("CSMS.example.org", "csms.Example.org."));
        assert!(!matches("csms.example.org", "example.org"));
        assert!(!matches("csms.example.org", "csms.example.org.evil"));
        assert!(!matches("", ""));
        assert!(!host_matches("csms", None, None, true));
    }

    #[test]
    fn addresses_are_compared_as_addresses() {
        assert!(matches("192.0.2.7", "192.0.2.7"));
        assert!(matches("2001:db8::1", "[2001:db8:0::1]"));
        assert!(!matches("192.0.2.7", "192.0.2.70"));
        assert!(!host_matches("192.0.2.7", Some("*.0.2.7"), None, true));
    }

    #[test]
    fn wildcards_need_permission_and_cover_one_label() {
        let wild = |name, host| host_matches(host, Some(name), None, true);
        assert!(!matches("*.example.org", "csms.example.org"));
        assert!(wild("*.example.org", "csms.example.org"));
        assert!(!wild("*.example.org", "a.csms.example.org"));
        assert!(!wild("*.example.org", "example.org"));
        assert!(!wild("*.example.org", ".example.org"));
        assert!(!wild("*.org", "example.org"));
        assert!(!wild("c*.example.org", "csms.example.org"));
    }
}
