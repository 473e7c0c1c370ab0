//! What is different between the versions in the session of the demo.

use ocpp_core::csms::TransactionId;
use ocpp_types::Version;
use serde_json::{Value, json};

/// The card of the driver.
pub(crate) const CARD: &str = "04A2B3C4D5E6";

/// The limit of the charging profile that arrives, in amperes for each phase.
pub(crate) const LIMIT_AMPERES: i32 = 10;

/// A call of the operator, and what its response must say.
pub(crate) struct Call {
    pub(crate) action: &'static str,
    pub(crate) payload: Value,
    /// Pointer and value.
    pub(crate) expected: (&'static str, &'static str),
}

/// The words of one version.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Script(pub(crate) Version);

impl Script {
    fn is_1_6(self) -> bool {
        self.0 == Version::V1_6
    }

    /// The configuration of the station: readings every second, with power.
    pub(crate) fn defaults(self) -> Vec<(String, String)> {
        let readings = "Energy.Active.Import.Register,Power.Active.Import";
        let pairs: &[(&str, &str)] = if self.is_1_6() {
            &[
                ("MeterValueSampleInterval", "1"),
                ("MeterValuesSampledData", readings),
            ]
        } else {
            &[
                ("SampledDataCtrlr.TxUpdatedInterval", "1"),
                ("SampledDataCtrlr.TxUpdatedMeasurands", readings),
                ("SampledDataCtrlr.TxStartedMeasurands", readings),
                ("SampledDataCtrlr.TxEndedMeasurands", readings),
            ]
        };
        let owned = |(key, value): &(&str, &str)| ((*key).into(), (*value).into());
        pairs.iter().map(owned).collect()
    }

    /// How the station tells readings of a transaction.
    pub(crate) fn readings(self) -> &'static str {
        if self.is_1_6() {
            "MeterValues"
        } else {
            "TransactionEvent"
        }
    }

    pub(crate) fn heartbeat(self) -> Call {
        Call {
            action: "TriggerMessage",
            payload: json!({"requestedMessage": "Heartbeat"}),
            expected: ("/status", "Accepted"),
        }
    }

    pub(crate) fn profile(self, transaction: &TransactionId) -> Call {
        let periods = json!([{"startPeriod": 0, "limit": LIMIT_AMPERES}]);
        let payload = if self.is_1_6() {
            json!({"connectorId": 1, "csChargingProfiles": {
                "chargingProfileId": 1, "transactionId": transaction, "stackLevel": 0,
                "chargingProfilePurpose": "TxProfile", "chargingProfileKind": "Relative",
                "chargingSchedule": {"chargingRateUnit": "A", "chargingSchedulePeriod": periods},
            }})
        } else {
            json!({"evseId": 1, "chargingProfile": {
                "id": 1, "stackLevel": 0, "chargingProfilePurpose": "TxProfile",
                "chargingProfileKind": "Relative", "transactionId": transaction,
                "chargingSchedule": [
                    {"id": 1, "chargingRateUnit": "A", "chargingSchedulePeriod": periods},
                ],
            }})
        };
        Call {
            action: "SetChargingProfile",
            payload,
            expected: ("/status", "Accepted"),
        }
    }

    pub(crate) fn stop(self, transaction: &TransactionId) -> Call {
        Call {
            action: if self.is_1_6() {
                "RemoteStopTransaction"
            } else {
                "RequestStopTransaction"
            },
            payload: json!({"transactionId": transaction}),
            expected: ("/status", "Accepted"),
        }
    }

    pub(crate) fn unlock(self) -> Call {
        Call {
            action: "UnlockConnector",
            payload: if self.is_1_6() {
                json!({"connectorId": 1})
            } else {
                json!({"evseId": 1, "connectorId": 1})
            },
            expected: ("/status", "Unlocked"),
        }
    }
}
