//! OCPP versions as WebSocket subprotocols (part 4 section 3.1.2).

use ocpp_core::Version;

/// The server's choice: the first of `preference` among what the station offers (all header lines joined with commas).
/// Some stations write the names in capitals. Returns the station's own spelling too, because a client compares the
/// answer with what it offered.
pub(crate) fn choose<'a>(preference: &[Version], offered: &'a str) -> Option<(Version, &'a str)> {
    preference.iter().find_map(|version| {
        offered
            .split(',')
            .map(str::trim)
            .find(|name| Version::from_subprotocol(name) == Some(*version))
            .map(|name| (*version, name))
    })
}
