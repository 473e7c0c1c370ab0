//! Security events: what a station writes into its security log and tells the CSMS (A04).

use alloc::borrow::Cow;
use alloc::string::String;

/// Most characters that the techInfo field of SecurityEventNotification holds.
pub const TECH_INFO_MAX_LENGTH: usize = 255;

/// The kinds of security events of the whitepaper (1.6, chapter 8) and of the appendix (2.x, chapter 1).
///
/// Every event goes into the security log (A04.FR.04). Which ones are also sent to the CSMS, queued while offline
/// (A04.FR.01, A04.FR.02), differs: see [`is_notified_1_6`](Self::is_notified_1_6) and
/// [`is_critical_2_x`](Self::is_critical_2_x).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum SecurityEventKind {
    /// New firmware is in use.
    FirmwareUpdated,
    /// The CSMS refused the station's credentials.
    FailedToAuthenticateAtCsms,
    /// The station refused the credentials of the CSMS.
    CsmsFailedToAuthenticate,
    /// The clock was set; in 2.x only when it moved by more than ClockCtrlr.TimeAdjustmentReportingThreshold.
    SettingSystemTime,
    /// The station has started.
    StartupOfTheDevice,
    /// The station was reset or rebooted.
    ResetOrReboot,
    /// The security log was cleared.
    SecurityLogWasCleared,
    /// A key, password, certificate or the security profile was changed.
    ReconfigurationOfSecurityParameters,
    /// Flash or RAM is nearly used up.
    MemoryExhaustion,
    /// Messages came in that are not OCPP, or whose signature is wrong.
    InvalidMessages,
    /// A message came in a second time without need.
    AttemptedReplayAttacks,
    /// The tamper sensor of the housing triggered.
    TamperDetectionActivated,
    /// The signature of downloaded firmware is wrong (L01.FR.03).
    InvalidFirmwareSignature,
    /// The certificate that comes with a firmware update is not valid (L01.FR.02).
    InvalidFirmwareSigningCertificate,
    /// The certificate of the CSMS is not valid (WP:A00.FR.309 and WP:A00.FR.413 of 1.6, A00.FR.310 and A00.FR.413 of 2.x).
    InvalidCsmsCertificate,
    /// The signed certificate for the station is not valid (A02.FR.07).
    InvalidChargingStationCertificate,
    /// The CSMS wants a TLS version below 1.2 (WP:A00.FR.315 of 1.6, A00.FR.316 of 2.x, A00.FR.419).
    #[cfg_attr(feature = "serde", serde(rename = "InvalidTLSVersion"))]
    InvalidTlsVersion,
    /// The CSMS wants a cipher suite that is not allowed (WP:A00.FR.322 of 1.6, A00.FR.323 of 2.x, A00.FR.426).
    #[cfg_attr(feature = "serde", serde(rename = "InvalidTLSCipherSuite"))]
    InvalidTlsCipherSuite,
    /// A login to the local maintenance interface (2.x).
    MaintenanceLoginAccepted,
    /// A failed login to the local maintenance interface (2.x).
    MaintenanceLoginFailed,
    /// The renewed client certificate was given up because no connection could be made with it (2.1, and 2.0.1 by
    /// A02.FR.29, A03.FR.25 of the errata).
    DiscardedRenewedClientCertificate,
    /// Something that the station has stored cannot be read any more. An event of this product: neither the whitepaper nor
    /// the appendix lists one for it.
    RecordsUnreadable,
}

impl SecurityEventKind {
    /// Every kind.
    pub const ALL: [Self; 22] = [
        Self::FirmwareUpdated,
        Self::FailedToAuthenticateAtCsms,
        Self::CsmsFailedToAuthenticate,
        Self::SettingSystemTime,
        Self::StartupOfTheDevice,
        Self::ResetOrReboot,
        Self::SecurityLogWasCleared,
        Self::ReconfigurationOfSecurityParameters,
        Self::MemoryExhaustion,
        Self::InvalidMessages,
        Self::AttemptedReplayAttacks,
        Self::TamperDetectionActivated,
        Self::InvalidFirmwareSignature,
        Self::InvalidFirmwareSigningCertificate,
        Self::InvalidCsmsCertificate,
        Self::InvalidChargingStationCertificate,
        Self::InvalidTlsVersion,
        Self::InvalidTlsCipherSuite,
        Self::MaintenanceLoginAccepted,
        Self::MaintenanceLoginFailed,
        Self::DiscardedRenewedClientCertificate,
        Self::RecordsUnreadable,
    ];

    /// The type of the event in OCPP 2.x.
    #[must_use]
    pub const fn name_2_x(self) -> &'static str {
        match self {
            Self::FirmwareUpdated => "FirmwareUpdated",
            Self::FailedToAuthenticateAtCsms => "FailedToAuthenticateAtCsms",
            Self::CsmsFailedToAuthenticate => "CsmsFailedToAuthenticate",
            Self::SettingSystemTime => "SettingSystemTime",
            Self::StartupOfTheDevice => "StartupOfTheDevice",
            Self::ResetOrReboot => "ResetOrReboot",
            Self::SecurityLogWasCleared => "SecurityLogWasCleared",
            Self::ReconfigurationOfSecurityParameters => "ReconfigurationOfSecurityParameters",
            Self::MemoryExhaustion => "MemoryExhaustion",
            Self::InvalidMessages => "InvalidMessages",
            Self::AttemptedReplayAttacks => "AttemptedReplayAttacks",
            Self::TamperDetectionActivated => "TamperDetectionActivated",
            Self::InvalidFirmwareSignature => "InvalidFirmwareSignature",
            Self::InvalidFirmwareSigningCertificate => "InvalidFirmwareSigningCertificate",
            Self::InvalidCsmsCertificate => "InvalidCsmsCertificate",
            Self::InvalidChargingStationCertificate => "InvalidChargingStationCertificate",
            Self::InvalidTlsVersion => "InvalidTLSVersion",
            Self::InvalidTlsCipherSuite => "InvalidTLSCipherSuite",
            Self::MaintenanceLoginAccepted => "MaintenanceLoginAccepted",
            Self::MaintenanceLoginFailed => "MaintenanceLoginFailed",
            Self::DiscardedRenewedClientCertificate => "DiscardedRenewedClientCertificate",
            Self::RecordsUnreadable => "RecordsUnreadable",
        }
    }

    /// The type of the event in OCPP 1.6. Kinds that the whitepaper does not list keep their 2.x name.
    #[must_use]
    pub const fn name_1_6(self) -> &'static str {
        match self {
            Self::FailedToAuthenticateAtCsms => "FailedToAuthenticateAtCentralSystem",
            Self::CsmsFailedToAuthenticate => "CentralSystemFailedToAuthenticate",
            Self::InvalidCsmsCertificate => "InvalidCentralSystemCertificate",
            Self::InvalidChargingStationCertificate => "InvalidChargePointCertificate",
            other => other.name_2_x(),
        }
    }

    /// The kind with this name in any version; `None` for a vendor's own event, which is allowed.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name_2_x() == name || kind.name_1_6() == name)
    }

    /// Whether OCPP 2.x calls the event critical: it must be sent to the CSMS (A04.FR.01).
    #[must_use]
    pub const fn is_critical_2_x(self) -> bool {
        !matches!(
            self,
            Self::FailedToAuthenticateAtCsms
                | Self::CsmsFailedToAuthenticate
                | Self::ReconfigurationOfSecurityParameters
                | Self::InvalidMessages
                | Self::AttemptedReplayAttacks
        )
    }

    /// Whether the whitepaper calls the event critical.
    #[must_use]
    pub const fn is_critical_1_6(self) -> bool {
        self.is_critical_2_x() && !self.is_demanded_1_6()
    }

    /// Whether an OCPP 1.6 station sends the event to the Central System: when it is critical, and also when a
    /// requirement demands the event although the table calls it uncritical (A00.FR.309, A00.FR.315, A00.FR.322,
    /// A02.FR.07, L01.FR.02, L01.FR.03).
    #[must_use]
    pub const fn is_notified_1_6(self) -> bool {
        self.is_critical_2_x()
    }

    const fn is_demanded_1_6(self) -> bool {
        matches!(
            self,
            Self::InvalidFirmwareSignature
                | Self::InvalidFirmwareSigningCertificate
                | Self::InvalidCsmsCertificate
                | Self::InvalidChargingStationCertificate
                | Self::InvalidTlsVersion
                | Self::InvalidTlsCipherSuite
        )
    }
}

/// Cuts a text to what the techInfo field holds, at a character boundary.
#[must_use]
pub fn tech_info(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(TECH_INFO_MAX_LENGTH) {
        None => Cow::Borrowed(text),
        Some((at, _)) => Cow::Owned(String::from(&text[..at])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeSet;

    /// Names and criticality as the tables have them: 2.x, then 1.6.
    type Row = (&'static str, bool, Option<(&'static str, bool)>);
    const TABLE: &[Row] = &[
        ("FirmwareUpdated", true, Some(("FirmwareUpdated", true))),
        (
            "FailedToAuthenticateAtCsms",
            false,
            Some(("FailedToAuthenticateAtCentralSystem", false)),
        ),
        (
            "CsmsFailedToAuthenticate",
            false,
            Some(("CentralSystemFailedToAuthenticate", false)),
        ),
        ("SettingSystemTime", true, Some(("SettingSystemTime", true))),
        (
            "StartupOfTheDevice",
            true,
            Some(("StartupOfTheDevice", true)),
        ),
        ("ResetOrReboot", true, Some(("ResetOrReboot", true))),
        (
            "SecurityLogWasCleared",
            true,
            Some(("SecurityLogWasCleared", true)),
        ),
        (
            "ReconfigurationOfSecurityParameters",
            false,
            Some(("ReconfigurationOfSecurityParameters", false)),
        ),
        ("MemoryExhaustion", true, Some(("MemoryExhaustion", true))),
        ("InvalidMessages", false, Some(("InvalidMessages", false))),
        (
            "AttemptedReplayAttacks",
            false,
            Some(("AttemptedReplayAttacks", false)),
        ),
        (
            "TamperDetectionActivated",
            true,
            Some(("TamperDetectionActivated", true)),
        ),
        (
            "InvalidFirmwareSignature",
            true,
            Some(("InvalidFirmwareSignature", false)),
        ),
        (
            "InvalidFirmwareSigningCertificate",
            true,
            Some(("InvalidFirmwareSigningCertificate", false)),
        ),
        (
            "InvalidCsmsCertificate",
            true,
            Some(("InvalidCentralSystemCertificate", false)),
        ),
        (
            "InvalidChargingStationCertificate",
            true,
            Some(("InvalidChargePointCertificate", false)),
        ),
        (
            "InvalidTLSVersion",
            true,
            Some(("InvalidTLSVersion", false)),
        ),
        (
            "InvalidTLSCipherSuite",
            true,
            Some(("InvalidTLSCipherSuite", false)),
        ),
        ("MaintenanceLoginAccepted", true, None),
        ("MaintenanceLoginFailed", true, None),
        ("DiscardedRenewedClientCertificate", true, None),
    ];

    #[test]
    fn names_and_criticality_are_those_of_the_tables() {
        // The last one is this product's own.
        assert_eq!(TABLE.len() + 1, SecurityEventKind::ALL.len());
        assert!(SecurityEventKind::RecordsUnreadable.is_critical_2_x());
        for &(name, critical, in_1_6) in TABLE {
            let kind = SecurityEventKind::from_name(name).unwrap();
            assert_eq!(kind.name_2_x(), name);
            assert_eq!(kind.is_critical_2_x(), critical, "{name}");
            if let Some((name, critical)) = in_1_6 {
                assert_eq!(SecurityEventKind::from_name(name), Some(kind));
                assert_eq!(kind.name_1_6(), name);
                assert_eq!(kind.is_critical_1_6(), critical, "{name}");
            }
        }
        let distinct: BTreeSet<_> = SecurityEventKind::ALL.into_iter().collect();
        assert_eq!(distinct.len(), SecurityEventKind::ALL.len());
        assert_eq!(SecurityEventKind::from_name("VendorEvent"), None);
        assert!(
            SecurityEventKind::ALL
                .iter()
                .all(|kind| kind.name_2_x().len() <= 50 && kind.name_1_6().len() <= 50)
        );
    }

    #[test]
    fn certificate_events_are_sent_in_1_6_although_the_table_calls_them_uncritical() {
        for kind in [
            SecurityEventKind::InvalidChargingStationCertificate,
            SecurityEventKind::InvalidCsmsCertificate,
            SecurityEventKind::InvalidFirmwareSignature,
        ] {
            assert!(!kind.is_critical_1_6());
            assert!(kind.is_notified_1_6());
        }
        assert!(!SecurityEventKind::InvalidMessages.is_notified_1_6());
    }

    #[test]
    fn tech_info_counts_characters_not_bytes() {
        assert_eq!(tech_info("short"), "short");
        let long = "ä".repeat(256);
        assert_eq!(tech_info(&long).chars().count(), 255);
        assert_eq!(tech_info(&long[..510]), &long[..510]);
    }
}
