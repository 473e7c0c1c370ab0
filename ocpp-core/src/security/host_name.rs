//! Names of servers, as certificates have them.

/// Whether a name in a server's certificate is for a host: without regard to case and to a dot at the end.
///
/// A wildcard in the name counts only if the station allows it (`AllowCSMSTLSWildcards`): it is the whole leftmost label, stands for
/// exactly one label, and at least two labels follow it (RFC 6125, section 6.4.3). Addresses are no names: whoever compares with
/// one allows no wildcard.
#[must_use]
pub fn host_name_matches(pattern: &str, host: &str, allow_wildcard: bool) -> bool {
    let pattern = pattern.strip_suffix('.').unwrap_or(pattern);
    let host = host.strip_suffix('.').unwrap_or(host);
    let Some(parent) = pattern.strip_prefix("*.") else {
        return pattern.eq_ignore_ascii_case(host);
    };
    allow_wildcard
        && parent.contains('.')
        && host
            .split_once('.')
            .is_some_and(|(label, rest)| !label.is_empty() && rest.eq_ignore_ascii_case(parent))
}
