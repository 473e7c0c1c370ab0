//! Block P, data transfer.

use serde_json::json;

use super::{CASE, payload};
use crate::case::{Case, Profile};
use crate::step::{call, is, is_or_absent, one_of};

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_P_01_CS",
        name: "Data Transfer to the Charging Station - Rejected / Unknown VendorId / Unknown MessageId",
        about: "Data of a vendor that the station does not know.",
        requirements: &["P01.FR.05", "P01.FR.06"],
        steps: &[call(
            "data",
            "DataTransfer",
            |_| json!({"vendorId": "org.openchargealliance.octt", "messageId": "Greeting"}),
            &[one_of(
                "/status",
                &["UnknownVendorId", "UnknownMessageId", "Rejected"],
            )],
        )],
        ..CASE
    },
    Case {
        id: "TC_P_03_CS",
        name: "CustomData - Receive custom data",
        about: "Requests with customData are understood. The steps of the description do not show where it is; it is added to \
                both requests and to the item of each.",
        requirements: &["2.0.1 part 6, TC_P_03_CS"],
        steps: &[
            call(
                "set",
                "SetVariables",
                |_| {
                    let payload = payload::set_attribute(
                        "OCPPCommCtrlr",
                        "OfflineThreshold",
                        "200",
                        "Actual",
                    );
                    with_custom_data(payload, "setVariableData")
                },
                &[is("/setVariableResult/0/attributeStatus", "Accepted")],
            ),
            call(
                "get",
                "GetVariables",
                |_| {
                    let payload =
                        payload::get_attribute("OCPPCommCtrlr", "OfflineThreshold", "Actual");
                    with_custom_data(payload, "getVariableData")
                },
                &[
                    is("/getVariableResult/0/attributeStatus", "Accepted"),
                    is_or_absent("/getVariableResult/0/attributeType", "Actual"),
                    is("/getVariableResult/0/attributeValue", "200"),
                ],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_P_04_CS",
        name: "Able to receive customData - ChargingProfile",
        about: "A profile with customData, its own and that of a period, is installed.",
        profile: Profile::None,
        requirements: &["2.0.1 part 6, TC_P_04_CS"],
        applies: |product| match product.features.smart_charging {
            true => Ok(()),
            false => Err("no Smart Charging"),
        },
        steps: &[call(
            "profile",
            "SetChargingProfile",
            |lab| {
                let unit = lab.parameters.rate_unit;
                let limit = if unit == "A" { 6 } else { 6_000 };
                let period = json!({
                    "startPeriod": 0, "limit": limit, "numberPhases": 3, "customData": custom(),
                });
                let schedule = json!({
                    "id": 1, "duration": 300, "chargingRateUnit": unit,
                    "chargingSchedulePeriod": [period],
                });
                let profile = json!({
                    "id": 1, "stackLevel": 0, "chargingProfilePurpose": "TxDefaultProfile",
                    "chargingProfileKind": "Relative", "chargingSchedule": [schedule],
                    "customData": custom(),
                });
                json!({"evseId": lab.parameters.connector, "chargingProfile": profile})
            },
            &[is("/status", "Accepted")],
        )],
        ..CASE
    },
];

fn custom() -> serde_json::Value {
    json!({"vendorId": "org.openchargealliance.octt", "number": 1, "nested": {"a": [true]}})
}

fn with_custom_data(mut payload: serde_json::Value, items: &str) -> serde_json::Value {
    payload["customData"] = custom();
    payload[items][0]["customData"] = custom();
    payload
}
