//! Configuration keys, the cache, and data of vendors.

use ocpp_core::csms::remote::{Inventory, Operation};
use serde_json::{Value, json};

use super::{CASE, accepted, key, operation, rejected, set_key};
use crate::case::Case;
use crate::lab::Call;
use crate::mutation::{Change, fails, warns};
use crate::step::{Must, by_hand, expect_telling, is, known, operate, rule};

const INTERVAL: &str = "MeterValueSampleInterval";

fn all_keys(_: &crate::lab::Lab<'_>) -> Value {
    let key =
        |(name, value): &(&str, &str)| json!({"key": name, "readonly": false, "value": value});
    let keys: Vec<Value> = KEYS.iter().map(key).collect();
    json!({"configurationKey": keys, "unknownKey": []})
}

/// The keys that every charge point has, and those of the other profiles.
const KEYS: &[(&str, &str)] = &[
    ("AuthorizeRemoteTxRequests", "true"),
    ("ClockAlignedDataInterval", "900"),
    ("ConnectionTimeOut", "60"),
    ("ConnectorPhaseRotation", "0.RST,1.RST"),
    ("GetConfigurationMaxKeys", "50"),
    ("HeartbeatInterval", "300"),
    ("LocalAuthorizeOffline", "true"),
    ("LocalPreAuthorize", "false"),
    ("MeterValuesAlignedData", "Energy.Active.Import.Register"),
    ("MeterValuesSampledData", "Energy.Active.Import.Register"),
    (INTERVAL, "60"),
    ("NumberOfConnectors", "2"),
    ("ResetRetries", "1"),
    ("StopTransactionOnEVSideDisconnect", "true"),
    ("StopTransactionOnInvalidId", "true"),
    ("StopTxnAlignedData", "Energy.Active.Import.Register"),
    ("StopTxnSampledData", "Energy.Active.Import.Register"),
    (
        "SupportedFeatureProfiles",
        "Core,FirmwareManagement,LocalAuthListManagement,Reservation,SmartCharging,RemoteTrigger",
    ),
    ("TransactionMessageAttempts", "3"),
    ("TransactionMessageRetryInterval", "60"),
    ("UnlockConnectorOnEVSideDisconnect", "true"),
    ("LocalAuthListEnabled", "true"),
    ("LocalAuthListMaxLength", "100"),
    ("SendLocalListMaxLength", "50"),
    ("ReserveConnectorZeroSupported", "true"),
    ("ChargeProfileMaxStackLevel", "10"),
    ("ChargingScheduleAllowedChargingRateUnit", "Current,Power"),
    ("ChargingScheduleMaxPeriods", "24"),
    ("MaxChargingProfilesInstalled", "10"),
];

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_019_1_CSMS",
        name: "Retrieve all configuration keys",
        about: "The operator reads all keys.",
        requirements: &["5.8"],
        steps: &[
            operate("read all configuration keys", |_| {
                operation(Operation::Inventory(Inventory::Full))
            }),
            expect_telling(
                "get",
                "GetConfiguration",
                &[rule(
                    "/key",
                    Must::BeIfThere(crate::step::Want::Known("an empty list", |_| json!([]))),
                )],
                all_keys,
                &[is(
                    "/report/0/configurationKey/0/key",
                    "AuthorizeRemoteTxRequests",
                )],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_019_2_CSMS",
        name: "Retrieve specific configuration key",
        about: "The operator reads one key.",
        requirements: &["5.8"],
        steps: &[
            operate("read SupportedFeatureProfiles", |_| {
                operation(Operation::GetVariables(vec![key(
                    "SupportedFeatureProfiles",
                )]))
            }),
            expect_telling(
                "get",
                "GetConfiguration",
                &[known("/key", "SupportedFeatureProfiles alone", |_| {
                    json!(["SupportedFeatureProfiles"])
                })],
                |_| {
                    json!({
                        "configurationKey": [{
                            "key": "SupportedFeatureProfiles", "readonly": true, "value": "Core",
                        }],
                        "unknownKey": [],
                    })
                },
                &[is("/variables/0/value", "Core")],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_021_CSMS",
        name: "Change/set Configuration",
        about: "The operator sets a key.",
        requirements: &["5.3"],
        steps: &[
            operate("set MeterValueSampleInterval to 60", |_| {
                set_key(INTERVAL, "60")
            }),
            expect_telling(
                "set",
                "ChangeConfiguration",
                &[is("/key", INTERVAL), is("/value", "60")],
                accepted,
                &[is("/variables/0/status", "Accepted")],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_040_1_CSMS",
        name: "Configuration keys - NotSupported",
        about: "The charge point does not know a key. Key and value are the operator's.",
        requirements: &["5.3"],
        steps: &[
            operate("set Testing to true", |_| set_key("Testing", "true")),
            expect_telling(
                "set",
                "ChangeConfiguration",
                &[],
                |_| json!({"status": "NotSupported"}),
                &[is("/variables/0/status", "NotSupported")],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_040_2_CSMS",
        name: "Configuration keys - Invalid value",
        about: "The charge point rejects a value, which is the operator's.",
        requirements: &["5.3"],
        steps: &[
            operate("set MeterValueSampleInterval to -1", |_| {
                set_key(INTERVAL, "-1")
            }),
            expect_telling(
                "set",
                "ChangeConfiguration",
                &[is("/key", INTERVAL)],
                rejected,
                &[is("/variables/0/status", "Rejected")],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_061_CSMS",
        name: "Clear Authorization Data in Authorization Cache",
        about: "The operator clears the cache.",
        requirements: &["5.4"],
        steps: &[
            operate("clear the cache", |_| operation(Operation::ClearCache)),
            expect_telling(
                "clear",
                "ClearCache",
                &[],
                accepted,
                &[is("/status", "Accepted")],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_064_CSMS",
        name: "Data Transfer to a Central System",
        about: "Data of a vendor that nobody knows. Accepted is warned of.",
        requirements: &["4.3"],
        steps: &[by_hand(
            "the charge point sends DataTransfer.req of an unknown vendor; DataTransfer.conf is UnknownVendorId, \
             UnknownMessageId or Rejected",
            |lab| {
                let transfer = json!({"vendorId": "com.example.nobody", "messageId": "1"});
                let statuses = [
                    "UnknownVendorId",
                    "UnknownMessageId",
                    "Rejected",
                    "Accepted",
                ];
                let call = Call::new("transfer", "DataTransfer", transfer);
                let answer = lab.call(call.one_of("/status", statuses))?;
                if answer.payload["status"] == "Accepted" {
                    lab.warn("transfer/status", "data of an unknown vendor are accepted");
                }
                Ok(())
            },
            &[
                fails(Change::NoAnswer("DataTransfer", 0), "transfer"),
                warns(
                    Change::Answer("DataTransfer", 0, "/status", r#""Accepted""#),
                    "transfer/status",
                ),
            ],
        )],
        ..CASE
    },
];
