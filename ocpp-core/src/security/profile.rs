//! Security profiles and the rules for changing them (A00.FR.001–006, A05).

use serde::{Deserialize, Serialize};

/// How station and CSMS authenticate each other and protect the connection.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(into = "u8", try_from = "i64")]
#[repr(u8)]
pub enum SecurityProfile {
    /// No security. The default of a 1.6 station on which none was configured; not a valid OCPP 2.x setup.
    #[default]
    None = 0,
    /// HTTP basic authentication without TLS; only for trusted networks (A00.FR.201).
    Basic = 1,
    /// HTTP basic authentication over TLS; the station checks the certificate of the CSMS.
    TlsBasic = 2,
    /// TLS with certificates on both sides.
    TlsClientCertificate = 3,
}

impl SecurityProfile {
    /// The number of the profile.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// Whether connections use TLS.
    #[must_use]
    pub const fn uses_tls(self) -> bool {
        matches!(self, Self::TlsBasic | Self::TlsClientCertificate)
    }

    /// Whether the station authenticates with a password.
    #[must_use]
    pub const fn uses_password(self) -> bool {
        matches!(self, Self::Basic | Self::TlsBasic)
    }

    /// Whether the station authenticates with a certificate.
    #[must_use]
    pub const fn uses_client_certificate(self) -> bool {
        matches!(self, Self::TlsClientCertificate)
    }

    /// Whether a station that uses this profile may be told to use `requested` instead.
    ///
    /// # Errors
    /// The first rule that forbids it; the request is answered with Rejected and nothing changes.
    ///
    /// ```
    /// use ocpp_core::security::{Prerequisites, ProfileChangeRefused, ProfileChangeRules, SecurityProfile};
    ///
    /// let has = Prerequisites { password: true, csms_root: false, client_certificate: false };
    /// assert_eq!(
    ///     SecurityProfile::Basic.check_change(SecurityProfile::TlsBasic, has, ProfileChangeRules::V1_6),
    ///     Err(ProfileChangeRefused::NoCsmsRoot)
    /// );
    /// ```
    pub const fn check_change(
        self,
        requested: Self,
        has: Prerequisites,
        rules: ProfileChangeRules,
    ) -> Result<(), ProfileChangeRefused> {
        let (from, to) = (self.number(), requested.number());
        if to < from {
            let three_to_two =
                matches!(self, Self::TlsClientCertificate) && matches!(requested, Self::TlsBasic);
            if !(matches!(rules.downgrade, DowngradeRule::ThreeToTwo) && three_to_two) {
                return Err(ProfileChangeRefused::Downgrade);
            }
        }
        if to == from {
            return if rules.refuse_same {
                Err(ProfileChangeRefused::Unchanged)
            } else {
                Ok(())
            };
        }
        if rules.needs_password && requested.uses_password() && !has.password {
            return Err(ProfileChangeRefused::NoPassword);
        }
        if requested.uses_tls() && !has.csms_root {
            return Err(ProfileChangeRefused::NoCsmsRoot);
        }
        if requested.uses_client_certificate() && !has.client_certificate {
            return Err(ProfileChangeRefused::NoClientCertificate);
        }
        Ok(())
    }
}

impl From<SecurityProfile> for u8 {
    fn from(profile: SecurityProfile) -> Self {
        profile.number()
    }
}

impl TryFrom<i64> for SecurityProfile {
    type Error = ProfileChangeRefused;

    /// Reads the number that a message or a configuration carries.
    fn try_from(number: i64) -> Result<Self, ProfileChangeRefused> {
        match number {
            0 => Ok(Self::None),
            1 => Ok(Self::Basic),
            2 => Ok(Self::TlsBasic),
            3 => Ok(Self::TlsClientCertificate),
            _ => Err(ProfileChangeRefused::Unknown),
        }
    }
}

/// What a station has that security profiles need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Prerequisites {
    /// A valid password: AuthorizationKey (1.6) or BasicAuthPassword (2.x).
    pub password: bool,
    /// A valid CSMS root certificate ([`CertificateStore::has_valid_csms_root`](super::CertificateStore::has_valid_csms_root)).
    pub csms_root: bool,
    /// A valid client certificate
    /// ([`CertificateStore::has_valid_client_certificate`](super::CertificateStore::has_valid_client_certificate)).
    pub client_certificate: bool,
}

/// Which way down is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DowngradeRule {
    /// None (A00.FR.005; A05.FR.10 of 2.x).
    #[default]
    Never,
    /// From 3 to 2: AllowSecurityProfileDowngrade is true (A05.FR.08 and A05.FR.09 of the 2.0.1 errata).
    ThreeToTwo,
}

/// The rules of one version for changing the profile over OCPP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProfileChangeRules {
    /// Which way down is open.
    pub downgrade: DowngradeRule,
    /// Whether setting the present value again is refused (WP:A05.FR.01 of 1.6).
    pub refuse_same: bool,
    /// Whether profiles 1 and 2 demand a password beforehand (WP:A05.FR.02 of 1.6).
    pub needs_password: bool,
}

impl ProfileChangeRules {
    /// ChangeConfiguration of SecurityProfile (whitepaper, A05).
    pub const V1_6: Self = Self {
        downgrade: DowngradeRule::Never,
        refuse_same: true,
        needs_password: true,
    };
    /// SetVariables of NetworkConfigurationPriority, SetNetworkProfile (2.x A05, B09), with
    /// AllowSecurityProfileDowngrade false or absent.
    pub const V2: Self = Self {
        downgrade: DowngradeRule::Never,
        refuse_same: false,
        needs_password: false,
    };
}

/// Why a change of the security profile is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProfileChangeRefused {
    /// No profile has this number.
    #[error("there is no such security profile")]
    Unknown,
    /// The profile is lower than the present one (WP:A05.FR.01 of 1.6, A05.FR.09 and A05.FR.10 of 2.x).
    #[error("the security profile cannot be lowered")]
    Downgrade,
    /// The profile is the present one (WP:A05.FR.01 of 1.6).
    #[error("the security profile is already in use")]
    Unchanged,
    /// No valid password is set (WP:A05.FR.02 of 1.6).
    #[error("no password is set")]
    NoPassword,
    /// No valid CSMS root certificate is installed (WP:A05.FR.03 of 1.6, A05.FR.02 of 2.x).
    #[error("no valid CSMS root certificate is installed")]
    NoCsmsRoot,
    /// No valid client certificate is installed (WP:A05.FR.04 of 1.6, A05.FR.03 of 2.x).
    #[error("no valid charging station certificate is installed")]
    NoClientCertificate,
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [SecurityProfile; 4] = [
        SecurityProfile::None,
        SecurityProfile::Basic,
        SecurityProfile::TlsBasic,
        SecurityProfile::TlsClientCertificate,
    ];
    const EVERYTHING: Prerequisites = Prerequisites {
        password: true,
        csms_root: true,
        client_certificate: true,
    };

    #[test]
    fn with_everything_in_place_only_the_way_up_is_open() {
        for from in ALL {
            for to in ALL {
                let v1_6 = from.check_change(to, EVERYTHING, ProfileChangeRules::V1_6);
                assert_eq!(v1_6.is_ok(), to > from, "1.6 {from:?} {to:?}");
                let v2 = from.check_change(to, EVERYTHING, ProfileChangeRules::V2);
                assert_eq!(v2.is_ok(), to >= from, "2.x {from:?} {to:?}");
            }
        }
    }

    #[test]
    fn the_downgrade_variable_opens_three_to_two_and_nothing_else() {
        let rules = ProfileChangeRules {
            downgrade: DowngradeRule::ThreeToTwo,
            ..ProfileChangeRules::V2
        };
        for from in ALL {
            for to in ALL.into_iter().filter(|to| *to < from) {
                let open = (from.number(), to.number()) == (3, 2);
                assert_eq!(from.check_change(to, EVERYTHING, rules).is_ok(), open);
            }
        }
    }

    #[test]
    fn every_missing_prerequisite_is_named() {
        use ProfileChangeRefused as Refused;
        let with = |password, csms_root, client_certificate| Prerequisites {
            password,
            csms_root,
            client_certificate,
        };
        let check = |to, has, rules| SecurityProfile::None.check_change(to, has, rules);
        let (v1_6, v2) = (ProfileChangeRules::V1_6, ProfileChangeRules::V2);
        let [_, one, two, three] = ALL;
        assert_eq!(
            check(one, with(false, true, true), v1_6),
            Err(Refused::NoPassword)
        );
        assert_eq!(check(one, with(false, false, false), v2), Ok(()));
        assert_eq!(
            check(two, with(true, false, true), v1_6),
            Err(Refused::NoCsmsRoot)
        );
        assert_eq!(
            check(two, with(false, false, true), v2),
            Err(Refused::NoCsmsRoot)
        );
        assert_eq!(
            check(three, with(true, true, false), v1_6),
            Err(Refused::NoClientCertificate)
        );
        assert_eq!(check(three, with(false, true, true), v1_6), Ok(()));
        assert_eq!(
            check(three, with(false, true, false), v2),
            Err(Refused::NoClientCertificate)
        );
    }

    #[test]
    fn numbers_outside_zero_to_three_are_no_profiles() {
        for profile in ALL {
            assert_eq!(
                SecurityProfile::try_from(i64::from(profile.number())),
                Ok(profile)
            );
        }
        for number in [-1, 4, i64::MAX] {
            assert_eq!(
                SecurityProfile::try_from(number),
                Err(ProfileChangeRefused::Unknown)
            );
        }
    }
}
