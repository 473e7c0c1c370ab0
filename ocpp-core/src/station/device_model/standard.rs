//! The variables that the logic reads, by what they mean: each has a name in every version that knows it, and is found in
//! constant time.

use ocpp_types::Version;

macro_rules! standard {
    ($($(#[$doc:meta])* $name:ident: $v1_6:literal, $v2:literal;)*) => {
        /// A variable that the logic reads: a configuration key of 1.6, a variable of 2.x.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Standard {
            $($(#[$doc])* $name,)*
        }

        impl Standard {
            /// All of them, in the order of their numbers.
            pub(super) const ALL: &[Self] = &[$(Self::$name,)*];

            #[cfg(feature = "v1_6")]
            const V1_6: &[&str] = &[$($v1_6,)*];
            #[cfg(feature = "v2_0_1")]
            const V2: &[&str] = &[$($v2,)*];
        }
    };
}

// What is not there in a version has an empty name.
standard! {
    AlignedMeasurands: "MeterValuesAlignedData", "AlignedDataCtrlr.Measurands";
    AlignedInterval: "ClockAlignedDataInterval", "AlignedDataCtrlr.Interval";
    AlignedEndedMeasurands: "StopTxnAlignedData", "AlignedDataCtrlr.TxEndedMeasurands";
    AlignedEndedInterval: "", "AlignedDataCtrlr.TxEndedInterval";
    AlignedIdleOnly: "", "AlignedDataCtrlr.SendDuringIdle";
    SampledStarted: "", "SampledDataCtrlr.TxStartedMeasurands";
    SampledUpdated: "MeterValuesSampledData", "SampledDataCtrlr.TxUpdatedMeasurands";
    SampledUpdatedInterval: "MeterValueSampleInterval", "SampledDataCtrlr.TxUpdatedInterval";
    SampledEnded: "StopTxnSampledData", "SampledDataCtrlr.TxEndedMeasurands";
    SampledEndedInterval: "", "SampledDataCtrlr.TxEndedInterval";
    SampledSign: "", "SampledDataCtrlr.SignReadings";
    AlignedSign: "", "AlignedDataCtrlr.SignReadings";
    /// Whether the public key goes with signed values.
    SendPublicKey: "", "OCPPCommCtrlr.PublicKeyWithSignedMeterValue";
    AuthorizeRemote: "AuthorizeRemoteTxRequests", "AuthCtrlr.AuthorizeRemoteStart";
    /// Whether known tokens charge while the CSMS cannot be asked.
    AuthorizeOffline: "LocalAuthorizeOffline", "AuthCtrlr.LocalAuthorizeOffline";
    /// Whether known tokens charge without asking while the CSMS can be asked.
    PreAuthorize: "LocalPreAuthorize", "AuthCtrlr.LocalPreAuthorize";
    MasterPass: "", "AuthCtrlr.MasterPassGroupId";
    /// Whether the CSMS is asked about no token at all.
    DisableRemote: "", "AuthCtrlr.DisableRemoteAuthorization";
    /// Whether the CSMS is not asked about tokens that the cache has with another status than Accepted.
    CacheDisablePost: "", "AuthCacheCtrlr.DisablePostAuthorize";
    /// The same of tokens of the local list.
    ListDisablePost: "", "LocalAuthListCtrlr.DisablePostAuthorize";
    /// Whether unknown tokens charge while the CSMS cannot be asked.
    OfflineUnknown: "AllowOfflineTxForUnknownId", "AuthCtrlr.OfflineTxForUnknownIdEnabled";
    CacheEnabled: "AuthorizationCacheEnabled", "AuthCacheCtrlr.Enabled";
    CacheLifeTime: "", "AuthCacheCtrlr.LifeTime";
    ListEnabled: "LocalAuthListEnabled", "LocalAuthListCtrlr.Enabled";
    HeartbeatInterval: "HeartbeatInterval", "OCPPCommCtrlr.HeartbeatInterval";
    MessageTimeout: "MessageTimeout", "OCPPCommCtrlr.MessageTimeout[Default]";
    MessageAttempts: "TransactionMessageAttempts", "OCPPCommCtrlr.MessageAttempts[TransactionEvent]";
    MessageRetry: "TransactionMessageRetryInterval", "OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]";
    OfflineThreshold: "", "OCPPCommCtrlr.OfflineThreshold";
    BackOffMinimum: "", "OCPPCommCtrlr.RetryBackOffWaitMinimum";
    BackOffTimes: "", "OCPPCommCtrlr.RetryBackOffRepeatTimes";
    BackOffRandom: "", "OCPPCommCtrlr.RetryBackOffRandomRange";
    /// The slots of network profiles, in the order in which they are tried.
    NetworkPriority: "", "OCPPCommCtrlr.NetworkConfigurationPriority";
    /// How many attempts in a row are made with a network profile.
    ConnectionAttempts: "", "OCPPCommCtrlr.NetworkProfileConnectionAttempts";
    ActiveNetworkProfile: "", "OCPPCommCtrlr.ActiveNetworkProfile";
    PingInterval: "WebSocketPingInterval", "OCPPCommCtrlr.WebSocketPingInterval";
    UnlockOnEvDisconnect: "UnlockConnectorOnEVSideDisconnect", "OCPPCommCtrlr.UnlockOnEVSideDisconnect";
    Password: "AuthorizationKey", "SecurityCtrlr.BasicAuthPassword";
    SecurityProfile: "SecurityProfile", "SecurityCtrlr.SecurityProfile";
    Organization: "CpoName", "SecurityCtrlr.OrganizationName";
    AdditionalRootCheck: "AdditionalRootCertificateCheck", "SecurityCtrlr.AdditionalRootCertificateCheck";
    /// Whether a wildcard in the CSMS's certificate may stand for its name.
    AllowWildcards: "AllowCSMSTLSWildcards", "SecurityCtrlr.AllowCSMSTLSWildcards";
    CertificateEntries: "", "SecurityCtrlr.CertificateEntries";
    SigningWait: "", "SecurityCtrlr.CertSigningWaitMinimum";
    SigningRepeats: "", "SecurityCtrlr.CertSigningRepeatTimes";
    /// How long an authorization waits for the cable, in seconds; 0 for ever.
    ConnectionTimeout: "ConnectionTimeOut", "TxCtrlr.EVConnectionTimeOut";
    MaxEnergyInvalid: "MaxEnergyOnInvalidId", "TxCtrlr.MaxEnergyOnInvalidId";
    StopOnEvDisconnect: "StopTransactionOnEVSideDisconnect", "TxCtrlr.StopTxOnEVSideDisconnect";
    StopOnInvalid: "StopTransactionOnInvalidId", "TxCtrlr.StopTxOnInvalidId";
    StartPoint: "", "TxCtrlr.TxStartPoint";
    StopPoint: "", "TxCtrlr.TxStopPoint";
    MinimumStatusDuration: "MinimumStatusDuration", "";
    ItemsGet: "", "DeviceDataCtrlr.ItemsPerMessage[GetVariables]";
    ItemsSet: "", "DeviceDataCtrlr.ItemsPerMessage[SetVariables]";
    ItemsReport: "", "DeviceDataCtrlr.ItemsPerMessage[GetReport]";
    BytesReport: "", "DeviceDataCtrlr.BytesPerMessage[GetReport]";
    /// Whether people may begin to charge while an update waits for the end of transactions.
    SessionsPendingUpdate: "", "ChargingStation.AllowNewSessionsPendingFirmwareUpdate";
    DateTime: "", "ClockCtrlr.DateTime";
    /// By how many seconds the clock may be corrected without a word.
    ClockThreshold: "", "ClockCtrlr.TimeAdjustmentReportingThreshold";
    ListEntries: "", "LocalAuthListCtrlr.Entries";
    ProfileEntries: "", "SmartChargingCtrlr.Entries[ChargingProfiles]";
    /// By how many percent a limit may change without a word.
    LimitSignificance: "", "SmartChargingCtrlr.LimitChangeSignificance";
    /// Whether the CSMS is told the schedules of external limits.
    LimitSchedules: "", "SmartChargingCtrlr.NotifyChargingLimitWithSchedules";
    /// That of the station; those of EVSEs and connectors are marked as it is.
    AvailabilityState: "", "ChargingStation.AvailabilityState";
    /// Whether the lock of a connector did not hold; marked as it is.
    LockProblem: "", "";
}

impl Standard {
    pub(super) const fn index(self) -> usize {
        self as usize
    }

    /// Its name in a version; empty if it has none there.
    pub(super) fn name(self, version: Version) -> &'static str {
        let names: &[&'static str] = match version {
            #[cfg(feature = "v1_6")]
            Version::V1_6 => Self::V1_6,
            #[cfg(feature = "v2_0_1")]
            Version::V2_0_1 => Self::V2,
            #[allow(unreachable_patterns)] // when all versions are there
            _ => &[],
        };
        names.get(self.index()).copied().unwrap_or_default()
    }

    /// The configuration key of 1.6.
    #[cfg(feature = "v1_6")]
    pub(crate) const fn key(self) -> &'static str {
        Self::V1_6[self.index()]
    }
}
