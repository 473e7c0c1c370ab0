//! Security profiles (A00) and the security events that connecting can raise.

use core::fmt;

use crate::auth::Password;
use crate::tls::{ClientTls, ServerTls};
use ocpp_core::Version;

/// How a station secures its connection; one value is one security profile, complete.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum StationSecurity {
    /// Profile 0: nothing. Only OCPP 1.6 without the security whitepaper knows it.
    Unsecured,
    /// Profile 1: HTTP Basic authentication in clear (A00.FR.201 to 207). For trusted networks only.
    Basic(Password),
    /// Profile 2: TLS with HTTP Basic authentication (A00.FR.301 to 324).
    TlsBasic(ClientTls, Password),
    /// Profile 3: TLS with a client certificate (A00.FR.401 to 429); the TLS side must have one.
    TlsCertificate(ClientTls),
}

impl StationSecurity {
    /// The profile's number.
    #[must_use]
    pub const fn profile(&self) -> u8 {
        match self {
            Self::Unsecured => 0,
            Self::Basic(_) => 1,
            Self::TlsBasic(..) => 2,
            Self::TlsCertificate(_) => 3,
        }
    }

    pub(crate) fn tls(&self) -> Option<&ClientTls> {
        match self {
            Self::Unsecured | Self::Basic(_) => None,
            Self::TlsBasic(tls, _) | Self::TlsCertificate(tls) => Some(tls),
        }
    }

    pub(crate) fn password(&self) -> Option<&Password> {
        match self {
            Self::Unsecured | Self::TlsCertificate(_) => None,
            Self::Basic(password) | Self::TlsBasic(_, password) => Some(password),
        }
    }
}

/// How a CSMS secures one of its listeners. A CSMS that serves several profiles opens a listener for each
/// (A00.FR.006); a station that comes with another profile is turned away (A00.FR.002).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum CsmsSecurity {
    /// Profile 0: nothing. Credentials, if a station sends some, reach the authenticator.
    Unsecured,
    /// Profile 1: HTTP Basic authentication in clear.
    Basic,
    /// Profile 2: TLS with HTTP Basic authentication.
    TlsBasic(ServerTls),
    /// Profile 3: TLS with client certificates; the TLS side must ask for them.
    TlsCertificate(ServerTls),
}

impl CsmsSecurity {
    /// The profile.
    #[must_use]
    pub const fn profile(&self) -> SecurityProfile {
        match self {
            Self::Unsecured => SecurityProfile::Unsecured,
            Self::Basic => SecurityProfile::Basic,
            Self::TlsBasic(_) => SecurityProfile::TlsBasic,
            Self::TlsCertificate(_) => SecurityProfile::TlsCertificate,
        }
    }

    pub(crate) const fn tls(&self) -> Option<&ServerTls> {
        match self {
            Self::Unsecured | Self::Basic => None,
            Self::TlsBasic(tls) | Self::TlsCertificate(tls) => Some(tls),
        }
    }
}

/// A security profile without its keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SecurityProfile {
    /// Profile 0.
    Unsecured,
    /// Profile 1.
    Basic,
    /// Profile 2.
    TlsBasic,
    /// Profile 3.
    TlsCertificate,
}

impl SecurityProfile {
    pub(crate) const fn is_basic(self) -> bool {
        matches!(self, Self::Basic | Self::TlsBasic)
    }
}

/// The security events that opening a connection can raise (part 2 appendix 1, whitepaper chapter 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SecurityEvent {
    /// The CSMS's certificate is not valid or could not be verified (A00.FR.310, A00.FR.413).
    InvalidCsmsCertificate,
    /// The station's certificate is not valid or not the station's (A00.FR.408); raised by the CSMS.
    InvalidChargingStationCertificate,
    /// The peer speaks only TLS versions below 1.2 (A00.FR.316, A00.FR.419).
    InvalidTlsVersion,
    /// The peer speaks only cipher suites that are not allowed (A00.FR.323, A00.FR.426).
    InvalidTlsCipherSuite,
    /// The CSMS refused the station's password or certificate.
    FailedToAuthenticateAtCsms,
}

impl SecurityEvent {
    /// The event's name in `SecurityEventNotification`, which differs between the versions.
    #[must_use]
    pub const fn name(self, version: Version) -> &'static str {
        let v1_6 = matches!(version, Version::V1_6);
        match self {
            Self::InvalidCsmsCertificate if v1_6 => "InvalidCentralSystemCertificate",
            Self::InvalidCsmsCertificate => "InvalidCsmsCertificate",
            Self::InvalidChargingStationCertificate if v1_6 => "InvalidChargePointCertificate",
            Self::InvalidChargingStationCertificate => "InvalidChargingStationCertificate",
            Self::InvalidTlsVersion => "InvalidTLSVersion",
            Self::InvalidTlsCipherSuite => "InvalidTLSCipherSuite",
            Self::FailedToAuthenticateAtCsms if v1_6 => "FailedToAuthenticateAtCentralSystem",
            Self::FailedToAuthenticateAtCsms => "FailedToAuthenticateAtCsms",
        }
    }
}

impl fmt::Display for SecurityEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name(Version::V2_0_1))
    }
}
