//! Where stations connect to, and with which security profile.

use std::net::SocketAddr;
use std::str::FromStr;

/// A value of `--listen`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Listen {
    /// `None`: that of `--security-profile`.
    pub(super) profile: Option<u8>,
    pub(super) address: SocketAddr,
}

impl FromStr for Listen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (profile, address) = match text.split_once('@') {
            Some((profile, address)) => (Some(profile), address),
            None => (None, text),
        };
        let profile = match profile {
            None => None,
            Some(profile) => match profile.parse() {
                Ok(profile @ 0..=3) => Some(profile),
                _ => return Err(format!("{profile}: a security profile is 0 to 3")),
            },
        };
        let address = address
            .parse()
            .map_err(|error| format!("{address}: {error}"))?;
        Ok(Self { profile, address })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_have_a_profile_of_its_own() {
        let parse = |text: &str| text.parse::<Listen>().map(|listen| listen.profile);
        assert_eq!(parse("127.0.0.1:9000"), Ok(None));
        assert_eq!(parse("2@[::1]:9000"), Ok(Some(2)));
        assert!(parse("4@127.0.0.1:9000").is_err());
        assert!(parse("1@nowhere").is_err() && parse("@127.0.0.1:1").is_err());
    }
}
