//! How much of everything a station takes.

use serde::Deserialize;

use crate::bounds::LONGEST_INTERVAL;

/// How much of everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Limits {
    /// Messages that are kept for delivery. When there is no room, meter values from the middle of transactions are
    /// thinned out; starts and ends never. Instead no further transaction begins in 1.6 until there is room. Security events
    /// take a quarter of it at most; further ones are in the security log only. Each version of OCPP that the station speaks
    /// has so much room.
    pub queue: usize,
    /// Messages about transactions that were given up and are kept for the operator.
    pub given_up: usize,
    /// Tokens in the authorization cache; the one that was not used for the longest time makes room.
    pub cache: usize,
    /// Tokens in the local list.
    pub local_list: usize,
    /// Tokens in one `SendLocalList`.
    pub send_local_list: usize,
    /// Keys in one `GetConfiguration` that names keys.
    pub get_configuration_keys: usize,
    /// Meter values in the end of a transaction (`transactionData`); when there is no room, every second is left out.
    pub transaction_data: usize,
    /// Records that cannot be read and are kept for somebody to look at; further ones stay where they are, and may be
    /// overwritten there.
    pub unreadable: usize,
    /// Charging profiles.
    pub charging_profiles: usize,
    /// The highest stack level of a charging profile.
    pub stack_level: u32,
    /// Periods of a charging schedule.
    pub schedule_periods: usize,
    /// Variables in one `NotifyReport` (2.x); fewer if the message would be longer than `BytesPerMessage` says.
    pub report_items: usize,
    /// Characters that the application says about a customer (2.x).
    pub customer_data: usize,
    /// Root certificates (1.6: `CertificateStoreMaxLength`, 2.x: most of `CertificateEntries`).
    pub certificates: usize,
    /// Characters of a signed certificate with its chain, at most 10,000 (1.6: `CertificateSignedMaxChainSize`,
    /// 2.x: `MaxCertificateChainSize`).
    pub certificate_chain: usize,
    /// Measurands in `MeterValuesAlignedData` (1.6).
    pub aligned_measurands: usize,
    /// Measurands in `MeterValuesSampledData` (1.6).
    pub sampled_measurands: usize,
    /// Measurands in `StopTxnAlignedData` (1.6).
    pub stop_aligned_measurands: usize,
    /// Measurands in `StopTxnSampledData` (1.6).
    pub stop_sampled_measurands: usize,
    /// What `MeterValueSampleInterval` may be, in seconds (1.6).
    pub sample_interval: Range,
    /// What `HeartbeatInterval` may be, in seconds (1.6).
    pub heartbeat_interval: Range,
}

/// The least and the greatest value of a number that the CSMS can configure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// The least.
    pub min: u32,
    /// The greatest.
    pub max: u32,
}

impl Range {
    /// From the least to the greatest.
    #[must_use]
    pub const fn new(min: u32, max: u32) -> Self {
        Self { min, max }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            queue: 1_000,
            given_up: 100,
            cache: 100,
            local_list: 1_000,
            send_local_list: 100,
            get_configuration_keys: 100,
            transaction_data: 100,
            unreadable: 500,
            charging_profiles: 20,
            stack_level: 9,
            schedule_periods: 24,
            report_items: 20,
            customer_data: 50_000,
            certificates: 10,
            certificate_chain: 10_000,
            aligned_measurands: 30,
            sampled_measurands: 30,
            stop_aligned_measurands: 30,
            stop_sampled_measurands: 30,
            sample_interval: Range::new(0, 86_400),
            heartbeat_interval: Range::new(0, LONGEST_INTERVAL),
        }
    }
}
