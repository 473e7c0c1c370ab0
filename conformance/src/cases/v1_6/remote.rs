//! Remote start and stop: TC_010 to TC_012, TC_026 to TC_028.

use serde_json::json;

use super::session::{connection_times_out, plug_in_first};
use super::{CASE, OTHER_STATUS};
use crate::case::{Case, Setting};
use crate::lab::{Call, Expected, Lab, REMOTE_KEY};
use crate::mutation::{Change::*, fails};
use crate::unmet::Failed;

const REJECTED: &str = r#""Rejected""#;
const START: &str = r#"{"connectorId": 1, "idTag": "VALID0001", "meterStart": 0, "timestamp": "2024-05-15T12:00:00Z"}"#;
const STOP: &str =
    r#"{"transactionId": 1001, "meterStop": 5, "timestamp": "2024-05-15T12:00:00Z"}"#;

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_010_CS",
        name: "Remote Start Charging Session Cable Plugged in First",
        about: "Authorize.req is sent if AuthorizeRemoteTxRequests is true, and only then. Decided: where the key can be \
                written, the whole is done again with the other value, since both can be seen then only.",
        requirements: &["1.6 section 5.11", "1.6 section 9.1.3"],
        applies: plug_in_first,
        run: |lab| {
            let transaction = plugged_first(lab, "")?;
            if toggled(lab, transaction)? {
                plugged_first(lab, "again.")?;
            }
            Ok(())
        },
        mutations: &[
            fails(Refuse("GetConfiguration", 0, "InternalError"), "remote.key"),
            fails(Drop("StatusNotification", 0), "preparing"),
            fails(
                Answer("RemoteStartTransaction", 0, "/status", REJECTED),
                "remote/status",
            ),
            fails(
                AfterAnswer(
                    "RemoteStartTransaction",
                    0,
                    "Authorize",
                    r#"{"idTag": "VALID0001"}"#,
                ),
                "session.start",
            ),
            fails(
                Answer(
                    "GetConfiguration",
                    0,
                    "/configurationKey/0/value",
                    r#""true""#,
                ),
                "remote.authorize",
            ),
            fails(Drop("Authorize", 0), "again.remote.authorize"),
            fails(
                Replace("Authorize", 0, "/idTag", r#""X""#),
                "again.remote.authorize/idTag",
            ),
            fails(Drop("StartTransaction", 1), "again.session.start"),
            fails(Late("StartTransaction", 0, 31), "remote-start.seconds"),
            fails(
                Replace("StartTransaction", 0, "/idTag", r#""X""#),
                "session.start/idTag",
            ),
            fails(
                Replace("StartTransaction", 0, "/connectorId", "2"),
                "session.start/connectorId",
            ),
            fails(
                Replace("StatusNotification", 1, "/status", OTHER_STATUS),
                "session.charging",
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_011_1_CS",
        name: "Remote Start Charging Session Remote Start First",
        about: "The connector is Preparing before the cable is plugged in. Decided: StartTransaction and Charging may come \
                in any order, as in the other cases; as in TC_010 the whole is done with both values of \
                AuthorizeRemoteTxRequests, where it can be written.",
        requirements: &["1.6 section 5.11", "1.6 section 4.9"],
        run: |lab| {
            let transaction = started_first(lab, "")?;
            if toggled(lab, transaction)? {
                started_first(lab, "again.")?;
            }
            Ok(())
        },
        mutations: &[
            fails(Drop("Authorize", 0), "again.remote.authorize"),
            fails(Drop("StartTransaction", 1), "again.session.start"),
            fails(Late("StartTransaction", 0, 31), "remote-start.seconds"),
            fails(
                Answer("RemoteStartTransaction", 0, "/status", REJECTED),
                "remote/status",
            ),
            fails(
                AfterAnswer(
                    "RemoteStartTransaction",
                    0,
                    "Authorize",
                    r#"{"idTag": "VALID0001"}"#,
                ),
                "preparing",
            ),
            fails(Drop("StatusNotification", 0), "preparing/status"),
            fails(Drop("StartTransaction", 0), "session.start"),
            fails(Drop("StatusNotification", 1), "session.charging"),
        ],
        ..CASE
    },
    Case {
        id: "TC_011_2_CS",
        name: "Remote Start Charging Session Time Out",
        about: "Nobody plugs in: the connector is available again when ConnectionTimeOut is over.",
        requirements: &["1.6 section 5.11", "1.6 section 9.1.6"],
        config: &[Setting::new("ConnectionTimeOut", |p| {
            p.connection_timeout.to_string()
        })],
        run: |lab| {
            let tag = lab.parameters.valid.clone();
            lab.remote_start("remote", &tag)?;
            lab.expect(lab.status_here("preparing", "Preparing"))?;
            connection_times_out(lab)
        },
        mutations: &[
            fails(
                Answer("RemoteStartTransaction", 0, "/status", REJECTED),
                "remote/status",
            ),
            fails(Drop("StatusNotification", 0), "preparing/status"),
            fails(Key("ConnectionTimeOut", "10"), "available.seconds"),
            fails(Drop("StatusNotification", 1), "available"),
            fails(
                Before("StatusNotification", 1, "StartTransaction", START),
                "remote-start.seconds",
            ),
            fails(
                After("StatusNotification", 1, "StartTransaction", START),
                "no-start",
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_012_CS",
        name: "Remote Stop Charging Session",
        about: "The transaction ends with the reason Remote.",
        requirements: &["1.6 section 5.12", "1.6 section 4.10"],
        run: |lab| {
            let transaction = charging(lab)?;
            let payload = json!({"transactionId": transaction});
            let call = Call::new("remote", "RemoteStopTransaction", payload);
            lab.call(call.status("Accepted"))?;
            let stop = lab.stop(transaction).with("/reason", "Remote");
            lab.stopped(stop, lab.status_here("finishing", "Finishing"))?;
            Ok(())
        },
        mutations: &[
            fails(
                Answer("RemoteStopTransaction", 0, "/status", REJECTED),
                "remote/status",
            ),
            fails(Drop("StopTransaction", 0), "stop"),
            fails(Late("StopTransaction", 0, 31), "remote-stop.seconds"),
            fails(
                Replace("StopTransaction", 0, "/reason", r#""Local""#),
                "stop/reason",
            ),
            fails(
                Replace("StopTransaction", 0, "/transactionId", "5"),
                "stop/transactionId",
            ),
            fails(Drop("StatusNotification", 2), "finishing"),
            fails(
                Replace("StatusNotification", 2, "/status", r#""Available""#),
                "finishing/status",
            ),
            fails(Duplicate("StopTransaction", 0), "finishing"),
        ],
        ..CASE
    },
    Case {
        id: "TC_026_CS",
        name: "Remote Start Charging Session Rejected",
        about: "A remote start at a connector where somebody charges is rejected, and the transaction goes on. The idTag is \
                another valid one.",
        requirements: &["1.6 section 5.11"],
        config: &[Setting::off("LocalPreAuthorize")],
        run: |lab| {
            charging(lab)?;
            let tag = lab.parameters.valid2.clone();
            let payload = json!({"connectorId": lab.parameters.connector, "idTag": tag});
            let call = Call::new("remote", "RemoteStartTransaction", payload);
            lab.call(call.status("Rejected"))?;
            lab.silence("goes-on", 10, &[])
        },
        mutations: &[
            fails(
                Answer("RemoteStartTransaction", 0, "/status", r#""Accepted""#),
                "remote/status",
            ),
            fails(
                AfterAnswer("RemoteStartTransaction", 0, "StopTransaction", STOP),
                "goes-on",
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_027_CS",
        name: "Remote Start Charging Session connectorId 0",
        about: "A remote start at connector 0 is rejected (erratum: connectorId must be greater than 0).",
        requirements: &["1.6 section 6.33"],
        run: |lab| {
            let tag = lab.parameters.valid.clone();
            let payload = json!({"connectorId": 0, "idTag": tag});
            let call = Call::new("remote", "RemoteStartTransaction", payload);
            lab.call(call.status("Rejected"))?;
            lab.silence("nothing", 10, &[])
        },
        mutations: &[
            fails(
                Answer("RemoteStartTransaction", 0, "/status", r#""Accepted""#),
                "remote/status",
            ),
            fails(
                AfterAnswer("RemoteStartTransaction", 0, "StartTransaction", START),
                "nothing",
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_028_CS",
        name: "Remote Stop Transaction Rejected",
        about: "A remote stop of a transaction that does not run is rejected, and the one that runs goes on.",
        requirements: &["1.6 section 5.12"],
        run: |lab| {
            let transaction = charging(lab)?;
            let payload = json!({"transactionId": transaction + 4_711});
            let call = Call::new("remote", "RemoteStopTransaction", payload);
            lab.call(call.status("Rejected"))?;
            lab.silence("goes-on", 10, &[])
        },
        mutations: &[
            fails(
                Answer("RemoteStopTransaction", 0, "/status", r#""Accepted""#),
                "remote/status",
            ),
            fails(
                AfterAnswer("RemoteStopTransaction", 0, "StopTransaction", STOP),
                "goes-on",
            ),
        ],
        ..CASE
    },
];

/// The cable, then the remote start. The transaction id is the result.
fn plugged_first(lab: &mut Lab<'_>, label: &str) -> Result<i64, Failed> {
    let tag = lab.parameters.valid.clone();
    let remote = format!("{label}remote");
    let asks = lab.key(&format!("{remote}.key"), REMOTE_KEY)? == "true";
    lab.plug()?;
    lab.expect(lab.status_here(format!("{label}preparing"), "Preparing"))?;
    lab.remote_start_asking(&remote, &tag, None, asks)?;
    lab.started(&format!("{label}session"), &tag, None)
}

/// The remote start, then the cable. The transaction id is the result.
fn started_first(lab: &mut Lab<'_>, label: &str) -> Result<i64, Failed> {
    let tag = lab.parameters.valid.clone();
    lab.remote_start(&format!("{label}remote"), &tag)?;
    lab.expect(lab.status_here(format!("{label}preparing"), "Preparing"))?;
    lab.plug()?;
    lab.started(&format!("{label}session"), &tag, None)
}

/// The transaction is ended and the key has its other value, if it can be written; says so.
fn toggled(lab: &mut Lab<'_>, transaction: i64) -> Result<bool, Failed> {
    let other = match lab.key("toggle.key", REMOTE_KEY)?.as_str() {
        "true" => "false",
        _ => "true",
    };
    let payload = json!({"key": REMOTE_KEY, "value": other});
    let call = Call::new("toggle", "ChangeConfiguration", payload);
    let answer = lab.call(call.one_of("/status", ["Accepted", "Rejected", "RebootRequired"]))?;
    // After a restart it would be another case.
    if answer.payload["status"] != "Accepted" {
        return Ok(false);
    }
    let payload = json!({"transactionId": transaction});
    let call = Call::new("toggle.stop", "RemoteStopTransaction", payload);
    lab.call(call.status("Accepted"))?;
    let stop = Expected::new("toggle.stop", "StopTransaction");
    let stop = stop.with("/transactionId", transaction);
    lab.stopped(stop, lab.status_here("toggle.finishing", "Finishing"))?;
    lab.unplug()?;
    lab.expect(lab.status_here("toggle.available", "Available"))?;
    Ok(true)
}

fn charging(lab: &mut Lab<'_>) -> Result<i64, Failed> {
    let tag = lab.parameters.valid.clone();
    lab.charging(&tag)
}
