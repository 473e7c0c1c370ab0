//! The local authorization list: TC_042 and TC_043.

use serde_json::{Value, json};

use super::CASE;
use super::tokens::listed;
use crate::case::{Case, Setting};
use crate::lab::{Call, Lab, list_of};
use crate::mutation::{Change::*, fails};
use crate::product::Product;
use crate::unmet::Failed;

const ENABLED: &[Setting] = &[Setting::on("LocalAuthListEnabled")];
const FAILED: &str = r#""Failed""#;

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_042_1_CS",
        name: "Get Local List Version (not supported)",
        about: "A station without local list answers with version -1, or with the error NotSupported.",
        requirements: &["1.6 section 5.10"],
        applies: not_listed,
        config: &[Setting::if_implemented("LocalAuthListEnabled", |_| {
            "false".to_owned()
        })],
        run: |lab| {
            let call = Call::new("version", "GetLocalListVersion", json!({}));
            let call = call.with("/listVersion", -1).or_error(&["NotSupported"]);
            lab.call(call).map(|_| ())
        },
        mutations: &[
            fails(Refuse("GetLocalListVersion", 0, "InternalError"), "version"),
            fails(
                AnswerWith("GetLocalListVersion", 0, r#"{"listVersion": 0}"#),
                "version/listVersion",
            ),
            fails(
                AnswerWith("GetLocalListVersion", 0, r#"{"listVersion": 1}"#),
                "version/listVersion",
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_042_2_CS",
        name: "Get Local List Version",
        about: "An empty list has version 0, whatever version was sent. The list is cleared as the first step.",
        requirements: &["1.6 section 5.10", "1.6 section 5.15"],
        applies: listed,
        config: ENABLED,
        run: |lab| {
            let payload = json!({"listVersion": 1, "updateType": "Full"});
            lab.call(Call::new("clear", "SendLocalList", payload).status("Accepted"))?;
            version(lab, "version", 0)
        },
        mutations: &[
            fails(
                Answer("SendLocalList", 0, "/status", FAILED),
                "clear/status",
            ),
            fails(
                Answer("GetLocalListVersion", 0, "/listVersion", "1"),
                "version/listVersion",
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_043_CS",
        name: "Send Local Authorization List",
        about: "A full and a differential update are accepted. The differential one deletes the entry.",
        requirements: &["1.6 section 5.15"],
        applies: listed,
        config: ENABLED,
        run: |lab| {
            let tag = lab.parameters.valid.clone();
            send(lab, "full", list_of(1, &tag), "Accepted")?;
            let delete = json!([{"idTag": tag}]);
            send(lab, "differential", differential(2, &delete), "Accepted")
        },
        mutations: &[
            fails(Answer("SendLocalList", 0, "/status", FAILED), "full/status"),
            fails(
                Answer("SendLocalList", 1, "/status", r#""VersionMismatch""#),
                "differential/status",
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_043_1_CS",
        name: "Send Local Authorization List - NotSupported",
        about: "A station without local list answers NotSupported, as status or as error.",
        requirements: &["1.6 section 5.15"],
        applies: not_listed,
        run: |lab| {
            let tag = lab.parameters.valid.clone();
            let call = Call::new("full", "SendLocalList", list_of(1, &tag));
            let call = call.status("NotSupported").or_error(&["NotSupported"]);
            lab.call(call).map(|_| ())
        },
        mutations: &[
            fails(Refuse("SendLocalList", 0, "InternalError"), "full"),
            fails(
                AnswerWith("SendLocalList", 0, r#"{"status": "Accepted"}"#),
                "full/status",
            ),
            fails(
                AnswerWith("SendLocalList", 0, r#"{"status": "Failed"}"#),
                "full/status",
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_043_2_CS",
        name: "Send Local Authorization List - VersionMismatch",
        about: "A differential update with a lower version is refused, one that leaves versions out is not.",
        requirements: &["1.6 section 5.15"],
        applies: listed,
        config: ENABLED,
        run: |lab| {
            let tag = lab.parameters.valid.clone();
            let entry = json!([{"idTag": tag, "idTagInfo": {"status": "Accepted"}}]);
            send(lab, "full", list_of(2, &tag), "Accepted")?;
            version(lab, "version.2", 2)?;
            send(lab, "gap", differential(5, &entry), "Accepted")?;
            version(lab, "version.5", 5)?;
            send(lab, "old", differential(4, &entry), "VersionMismatch")?;
            version(lab, "version.still", 5)
        },
        mutations: &[
            fails(Answer("SendLocalList", 0, "/status", FAILED), "full/status"),
            fails(
                Answer("GetLocalListVersion", 0, "/listVersion", "1"),
                "version.2/listVersion",
            ),
            fails(
                Answer("SendLocalList", 1, "/status", r#""VersionMismatch""#),
                "gap/status",
            ),
            fails(
                Answer("GetLocalListVersion", 1, "/listVersion", "3"),
                "version.5/listVersion",
            ),
            fails(
                Answer("SendLocalList", 2, "/status", r#""Accepted""#),
                "old/status",
            ),
            fails(
                Answer("GetLocalListVersion", 2, "/listVersion", "4"),
                "version.still/listVersion",
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_043_3_CS",
        name: "Send Local Authorization List - Failed",
        about: "A full update that cannot be stored is answered Failed, and the old list stays. Decided: an entry without \
                idTagInfo, which a full update must not have (section 7.2).",
        requirements: &["1.6 section 7.2", "1.6 section 5.15"],
        applies: listed,
        config: ENABLED,
        run: |lab| {
            let tag = lab.parameters.valid.clone();
            send(lab, "full", list_of(1, &tag), "Accepted")?;
            let bad = json!({"listVersion": 2, "updateType": "Full",
                "localAuthorizationList": [{"idTag": tag}]});
            send(lab, "bad", bad, "Failed")?;
            version(lab, "version", 1)
        },
        mutations: &[
            fails(
                Answer("SendLocalList", 1, "/status", r#""Accepted""#),
                "bad/status",
            ),
            fails(
                Answer("GetLocalListVersion", 0, "/listVersion", "2"),
                "version/listVersion",
            ),
        ],
        ..CASE
    },
];

const fn not_listed(product: &Product) -> Result<(), &'static str> {
    if product.features.local_list {
        Err("with a local list (LA-0) TC_042_2 and TC_043 apply")
    } else {
        Ok(())
    }
}

fn differential(version: i64, entries: &Value) -> Value {
    json!({"listVersion": version, "updateType": "Differential", "localAuthorizationList": entries})
}

fn send(lab: &mut Lab<'_>, label: &str, list: Value, status: &str) -> Result<(), Failed> {
    let call = Call::new(label, "SendLocalList", list);
    lab.call(call.status(status)).map(|_| ())
}

fn version(lab: &mut Lab<'_>, label: &str, version: i64) -> Result<(), Failed> {
    let call = Call::new(label, "GetLocalListVersion", json!({}));
    lab.call(call.with("/listVersion", version)).map(|_| ())
}
