//! What a product is declared to be able to do: the feature table of a certificate.

mod read;
mod rows;
mod station;

use ocpp_types::Version;
use serde::{Deserialize, Serialize};

use crate::case::Side;
use read::{version, word};
pub use rows::{CsmsRows, Features, Limits, Timeouts, V2_0_1};

/// A word of a product that is known for the whole run.
pub type Word = &'static str;

/// A product as its certificate describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// How the preset is called.
    #[serde(deserialize_with = "word")]
    pub name: Word,
    /// The holder and the model.
    #[serde(deserialize_with = "word")]
    pub model: Word,
    /// Which side it is.
    #[serde(default)]
    pub side: Side,
    /// The version of OCPP.
    #[serde(with = "version")]
    pub version: Version,
    /// HFS-8.
    pub connectors: u32,
    /// The connector type as 2.x writes it.
    #[serde(deserialize_with = "word")]
    pub connector_kind: Word,
    /// The optional features.
    pub features: Features,
    /// The limits.
    pub limits: Limits,
    /// What only certificates of OCPP 2.0.1 have.
    pub v2_0_1: V2_0_1,
}

/// A product that cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Impossible(pub String);

impl std::fmt::Display for Impossible {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Impossible {}

impl Product {
    /// Whether there can be such a product.
    ///
    /// # Errors
    /// [`Impossible`] says why not.
    pub fn check(&self) -> Result<(), Impossible> {
        let features = &self.features;
        let limits = &self.limits;
        let refuse = |what: &str| Err(Impossible(format!("{}: {what}", self.name)));
        if self.connectors == 0 {
            return refuse("a station without connectors");
        }
        if features.reservation_of_station && !features.reservation {
            return refuse("R-1 (reservation of the station) needs R-0 (reservation)");
        }
        if !features.keep_on_ev_disconnect && !features.stop_on_ev_disconnect {
            return refuse("one of C-06.1 and C-06.2 must be declared");
        }
        if features.unlock_on_ev_disconnect && !features.detachable_cable {
            return refuse("C-10.1 (unlocking) needs a detachable cable (HFS-1, erratum 3.85)");
        }
        if !features.unlock_on_ev_disconnect && !features.keep_locked_on_ev_disconnect {
            return refuse("one of C-10.1 and C-10.2 must be declared");
        }
        if features.resume_after_power_loss && features.stop_before_power_loss {
            return refuse(
                "a transaction that is stopped before the power goes (AQ-7.1) cannot go on",
            );
        }
        if features.smart_charging && !features.rate_in_amperes && !features.rate_in_watts {
            return refuse("Smart Charging needs SC-1.1 or SC-1.2");
        }
        if features.security_profile_3 && !features.security_profile_2 {
            return refuse("SEC-3 needs SEC-2: a profile is reached step by step");
        }
        if self.v2_0_1.master_pass_with_ui && self.v2_0_1.master_pass_without_ui {
            return refuse("C-07 (a master pass with a display) and C-08 (one without)");
        }
        if features.offline_unknown_ids && !features.offline_authorization {
            return refuse("C-02 (unknown ids offline) needs C-01 (authorization offline)");
        }
        for (what, (least, most)) in [
            ("MeterValueSampleInterval", limits.sample_interval),
            ("HeartbeatInterval", limits.heartbeat_interval),
        ] {
            if least > most {
                return refuse(&format!("{what} between {least} and {most}"));
            }
        }
        if features.local_list && (limits.local_list == 0 || limits.send_local_list == 0) {
            return refuse("LA-0 (local list) with no room for an entry");
        }
        let sampled = features.sampled_measurands.len();
        if sampled > limits.sampled_measurands {
            return refuse("more measurands in C-09.1 than ORS-3 permits");
        }
        Ok(())
    }

    /// The same product with shorter intervals than it permits, for tests in real time of a station that takes them.
    #[must_use]
    pub const fn with_short_intervals(mut self) -> Self {
        self.limits.heartbeat_interval.0 = 1;
        if self.limits.sample_interval.0 > 1 {
            self.limits.sample_interval.0 = 1;
        }
        self
    }
}
