//! Configuration keys and data transfer: TC_019, TC_021, TC_040, TC_062.

use serde_json::{Value, json};

use super::CASE;
use crate::case::{Case, Setting};
use crate::lab::{Call, Lab};
use crate::mutation::{Change::*, fails};
use crate::unmet::Failed;

const SAMPLE_INTERVAL: &str = "MeterValueSampleInterval";

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_019_CS",
        name: "Retrieve configuration",
        about: "One key, all keys, and some keys can be read; those that the profiles require are there with the right \
                access; AuthorizationKey is never told. Decided: the last two steps ask for GetConfigurationMaxKeys and \
                for as many keys as that allows, at most three; then for AuthorizationKey by its name. \
                StopTransactionOnEVSideDisconnect is optional (errata 2025-04). With a fixed cable \
                UnlockConnectorOnEVSideDisconnect is read-only and false.",
        requirements: &[
            "1.6 section 5.8",
            "1.6 chapter 9",
            "security whitepaper, AuthorizationKey",
        ],
        config: &[Setting::if_implemented("AuthorizationKey", |p| {
            p.authorization_key.clone()
        })],
        run: retrieve,
        mutations: &[
            fails(
                Answer(
                    "GetConfiguration",
                    0,
                    "/unknownKey",
                    r#"["SupportedFeatureProfiles"]"#,
                ),
                "profiles/unknownKey",
            ),
            fails(
                Answer(
                    "GetConfiguration",
                    0,
                    "/configurationKey",
                    r#"[{"key": "SupportedFeatureProfiles", "readonly": true, "value": "Core"},
                        {"key": "NumberOfConnectors", "readonly": true, "value": "2"}]"#,
                ),
                "profiles.only",
            ),
            fails(
                Answer(
                    "GetConfiguration",
                    0,
                    "/configurationKey/0/value",
                    r#""SmartCharging""#,
                ),
                "profiles.core",
            ),
            fails(
                Answer(
                    "GetConfiguration",
                    0,
                    "/configurationKey/0/value",
                    r#""Core,Everything""#,
                ),
                "profiles.names",
            ),
            fails(
                Answer("GetConfiguration", 1, "/unknownKey", r#"["X"]"#),
                "all/unknownKey",
            ),
            fails(
                Answer("GetConfiguration", 1, "/configurationKey", "[]"),
                "all.GetConfigurationMaxKeys",
            ),
            fails(
                Answer(
                    "GetConfiguration",
                    1,
                    "/configurationKey/1/readonly",
                    "true",
                ),
                "all.ClockAlignedDataInterval",
            ),
            fails(
                Answer(
                    "GetConfiguration",
                    1,
                    "/configurationKey/-",
                    r#"{"key": "AuthorizationKey", "readonly": false, "value": "0102030405060708090a0b0c0d0e0f1011121314"}"#,
                ),
                "all.secret",
            ),
            fails(NoAnswer("GetConfiguration", 2), "max-keys"),
            fails(
                Answer(
                    "GetConfiguration",
                    3,
                    "/unknownKey",
                    r#"["HeartbeatInterval"]"#,
                ),
                "some/unknownKey",
            ),
            fails(
                Answer("GetConfiguration", 3, "/configurationKey", "[]"),
                "some.keys",
            ),
            fails(NoAnswer("GetConfiguration", 4), "secret"),
            fails(
                Answer(
                    "GetConfiguration",
                    4,
                    "/configurationKey",
                    r#"[{"key": "AuthorizationKey", "readonly": false, "value": "0102030405060708090a0b0c0d0e0f1011121314"}]"#,
                ),
                "secret",
            ),
            fails(
                Key("UnlockConnectorOnEVSideDisconnect", "true"),
                "all.UnlockConnectorOnEVSideDisconnect",
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_021_CS",
        name: "Change/set Configuration",
        about: "A changed key has its new value.",
        requirements: &["1.6 section 5.3", "1.6 section 5.8"],
        config: &[Setting::new(SAMPLE_INTERVAL, |p| {
            (p.sample_interval + 10).to_string()
        })],
        run: |lab| {
            let value = lab.parameters.sample_interval.to_string();
            lab.set_key("change", SAMPLE_INTERVAL, &value)?;
            let call = Call::new("get", "GetConfiguration", json!({"key": [SAMPLE_INTERVAL]}));
            let call = call
                .with("/configurationKey/0/key", SAMPLE_INTERVAL)
                .with("/configurationKey/0/value", value)
                .absent("/configurationKey/1")
                .empty("/unknownKey");
            lab.call(call).map(|_| ())
        },
        mutations: &[
            fails(
                Answer("ChangeConfiguration", 0, "/status", r#""Rejected""#),
                "change/status",
            ),
            fails(
                Answer(
                    "GetConfiguration",
                    0,
                    "/configurationKey/0/value",
                    r#""20""#,
                ),
                "get/configurationKey/0/value",
            ),
            fails(
                Answer("GetConfiguration", 0, "/configurationKey/0/key", r#""X""#),
                "get/configurationKey/0/key",
            ),
            fails(
                Answer("GetConfiguration", 0, "/unknownKey", r#"["X"]"#),
                "get/unknownKey",
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_040_1_CS",
        name: "Configuration key - NotSupported",
        about: "A key that does not exist cannot be changed.",
        requirements: &["1.6 section 5.3"],
        run: |lab| {
            let payload = json!({"key": "Testing", "value": "true"});
            let call = Call::new("change", "ChangeConfiguration", payload);
            lab.call(call.status("NotSupported")).map(|_| ())
        },
        mutations: &[
            fails(
                Answer("ChangeConfiguration", 0, "/status", r#""Accepted""#),
                "change/status",
            ),
            fails(Refuse("ChangeConfiguration", 0, "NotSupported"), "change"),
        ],
        ..CASE
    },
    Case {
        id: "TC_040_2_CS",
        name: "Configuration key - Invalid value",
        about: "A value that is not allowed is rejected, and the old one kept.",
        requirements: &["1.6 section 5.3"],
        run: |lab| {
            let before = lab.key("before", SAMPLE_INTERVAL)?;
            let payload = json!({"key": SAMPLE_INTERVAL, "value": "-1"});
            let call = Call::new("change", "ChangeConfiguration", payload);
            lab.call(call.status("Rejected"))?;
            let after = lab.key("after", SAMPLE_INTERVAL)?;
            if after == before {
                return Ok(());
            }
            lab.fail(
                "kept",
                format!("the old value {before}"),
                format!("it is {after}"),
            )
        },
        mutations: &[
            fails(
                Answer("ChangeConfiguration", 0, "/status", r#""Accepted""#),
                "change/status",
            ),
            fails(
                Answer(
                    "GetConfiguration",
                    1,
                    "/configurationKey/0/value",
                    r#""-1""#,
                ),
                "kept",
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_062_CS",
        name: "Data Transfer to a Charge Point",
        about: "A vendorId that is not known is not accepted. The tool of the certification only warns when it is; here \
                that fails the case, since no product accepts the data of this vendor.",
        requirements: &["1.6 section 5.6"],
        run: |lab| {
            let payload = json!({"vendorId": "org.example.unknown", "messageId": "1", "data": "x"});
            let statuses = ["UnknownVendorId", "UnknownMessageId", "Rejected"];
            let call = Call::new("data", "DataTransfer", payload);
            lab.call(call.one_of("/status", statuses)).map(|_| ())
        },
        mutations: &[
            fails(
                Answer("DataTransfer", 0, "/status", r#""Accepted""#),
                "data/status",
            ),
            fails(NoAnswer("DataTransfer", 0), "data"),
        ],
        ..CASE
    },
];

const PROFILES: [&str; 6] = [
    "Core",
    "FirmwareManagement",
    "LocalAuthListManagement",
    "Reservation",
    "SmartCharging",
    "RemoteTrigger",
];

/// Keys that a profile requires, and whether they are read-only; `None` if both are fine.
const REQUIRED: [(&str, Option<bool>, &[&str]); 8] = [
    (
        "Core",
        Some(true),
        &[
            "GetConfigurationMaxKeys",
            "NumberOfConnectors",
            "SupportedFeatureProfiles",
        ],
    ),
    (
        "Core",
        Some(false),
        &[
            "ClockAlignedDataInterval",
            "ConnectionTimeOut",
            "ConnectorPhaseRotation",
            "HeartbeatInterval",
            "LocalAuthorizeOffline",
            "LocalPreAuthorize",
            "MeterValuesAlignedData",
            "MeterValuesSampledData",
            "MeterValueSampleInterval",
            "ResetRetries",
            "StopTransactionOnInvalidId",
            "StopTxnAlignedData",
            "StopTxnSampledData",
            "TransactionMessageAttempts",
            "TransactionMessageRetryInterval",
        ],
    ),
    (
        "Core",
        None,
        &[
            "AuthorizeRemoteTxRequests",
            "UnlockConnectorOnEVSideDisconnect",
        ],
    ),
    (
        "LocalAuthListManagement",
        Some(false),
        &["LocalAuthListEnabled"],
    ),
    (
        "LocalAuthListManagement",
        Some(true),
        &["LocalAuthListMaxLength", "SendLocalListMaxLength"],
    ),
    (
        "SmartCharging",
        Some(true),
        &[
            "ChargeProfileMaxStackLevel",
            "ChargingScheduleAllowedChargingRateUnit",
            "ChargingScheduleMaxPeriods",
            "MaxChargingProfilesInstalled",
        ],
    ),
    ("Reservation", None, &[]),
    ("RemoteTrigger", None, &[]),
];

fn retrieve(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let key = "SupportedFeatureProfiles";
    let call = Call::new("profiles", "GetConfiguration", json!({"key": [key]}));
    let answer = lab.call(
        call.with("/configurationKey/0/key", key)
            .empty("/unknownKey"),
    )?;
    let keys = &answer.payload["configurationKey"];
    if keys.as_array().map(Vec::len) != Some(1) {
        return lab.fail(
            "profiles.only",
            "exactly the asked key",
            format!("it was {keys}"),
        );
    }
    let profiles = keys[0]["value"].as_str().unwrap_or_default().to_owned();
    let profiles: Vec<&str> = profiles.split(',').map(str::trim).collect();
    if !profiles.contains(&"Core") {
        return lab.fail(
            "profiles.core",
            "Core among the profiles",
            format!("{profiles:?}"),
        );
    }
    if let Some(unknown) = profiles.iter().find(|name| !PROFILES.contains(name)) {
        return lab.fail(
            "profiles.names",
            "names of profiles",
            format!("{unknown} is none"),
        );
    }
    let call = Call::new("all", "GetConfiguration", json!({})).empty("/unknownKey");
    let all = lab.call(call)?;
    let all = all.payload["configurationKey"].as_array().cloned();
    check_keys(lab, &profiles, &all.unwrap_or_default())?;
    let most = lab.key("max-keys", "GetConfigurationMaxKeys")?;
    let most = most.parse::<usize>().unwrap_or(1).clamp(1, 3);
    let some = [
        "HeartbeatInterval",
        "ConnectionTimeOut",
        "NumberOfConnectors",
    ];
    let some = some.get(..most).unwrap_or_default();
    let call = Call::new("some", "GetConfiguration", json!({"key": some}));
    let answer = lab.call(call.empty("/unknownKey"))?;
    let keys = answer.payload["configurationKey"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let missing = some.iter().find(|key| find(&keys, key).is_none());
    if missing.is_some() || keys.len() != some.len() {
        let got = format!("they were {keys:?}");
        return lab.fail("some.keys", format!("{some:?}"), got);
    }
    let payload = json!({"key": ["AuthorizationKey"]});
    let answer = lab.call(Call::new("secret", "GetConfiguration", payload))?;
    let keys = answer.payload["configurationKey"].as_array();
    check_secret(lab, "secret", keys.map(Vec::as_slice).unwrap_or_default())
}

fn find<'a>(keys: &'a [Value], key: &str) -> Option<&'a Value> {
    keys.iter().find(|entry| entry["key"] == key)
}

fn check_keys(lab: &Lab<'_>, profiles: &[&str], all: &[Value]) -> Result<(), Failed> {
    let required = REQUIRED
        .iter()
        .filter(|(profile, ..)| profiles.contains(profile));
    for (profile, read_only, keys) in required {
        for key in *keys {
            let label = format!("all.{key}");
            let Some(entry) = find(all, key) else {
                return lab.fail(label, format!("a key of {profile}"), "it is missing");
            };
            let wrong = read_only.is_some_and(|read_only| entry["readonly"] != read_only);
            if wrong {
                return lab.fail(label, format!("readonly {read_only:?}"), entry.to_string());
            }
        }
    }
    let key = "UnlockConnectorOnEVSideDisconnect";
    let unlock = find(all, key).filter(|_| !lab.product.features.detachable_cable);
    if let Some(unlock) =
        unlock.filter(|entry| entry["readonly"] != true || entry["value"] != "false")
    {
        let expected = "read-only and false, as the cable is fixed";
        return lab.fail(format!("all.{key}"), expected, unlock.to_string());
    }
    check_secret(lab, "all.secret", all)
}

/// The password is never told.
fn check_secret(lab: &Lab<'_>, label: &str, all: &[Value]) -> Result<(), Failed> {
    let mut secrets = all
        .iter()
        .filter(|entry| entry["key"] == "AuthorizationKey");
    if secrets.any(|entry| {
        entry["value"]
            .as_str()
            .is_some_and(|value| !value.is_empty())
    }) {
        return lab.fail(label, "no value of AuthorizationKey", "it was told");
    }
    Ok(())
}
