//! Remote start and stop: TC_010 to TC_012, TC_026 to TC_028.

use serde_json::json;

use super::session::{connection_times_out, plug_in_first};
use super::{CASE, OTHER_STATUS};
use crate::case::{Case, Setting};
use crate::lab::{Call, Lab};
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
        about: "Authorize.req is sent if AuthorizeRemoteTxRequests is true, and only then.",
        requirements: &["1.6 section 5.11", "1.6 section 9.1.3"],
        applies: plug_in_first,
        run: |lab| {
            let tag = lab.parameters.valid.clone();
            lab.plug()?;
            lab.expect(lab.status_here("preparing", "Preparing"))?;
            lab.remote_start("remote", &tag)?;
            lab.started("session", &tag, None).map(|_| ())
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
                "session.charging/status",
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_011_1_CS",
        name: "Remote Start Charging Session Remote Start First",
        about: "The connector is Preparing before the cable is plugged in. Decided: StartTransaction and Charging may come \
                in any order, as in the other cases.",
        requirements: &["1.6 section 5.11", "1.6 section 4.9"],
        run: |lab| {
            let tag = lab.parameters.valid.clone();
            lab.remote_start("remote", &tag)?;
            lab.expect(lab.status_here("preparing", "Preparing"))?;
            lab.plug()?;
            lab.started("session", &tag, None).map(|_| ())
        },
        mutations: &[
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
            fails(Drop("StatusNotification", 0), "preparing"),
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
            fails(Drop("StatusNotification", 0), "preparing"),
            fails(Key("ConnectionTimeOut", "10"), "available.seconds"),
            fails(Drop("StatusNotification", 1), "available"),
            fails(
                Before("StatusNotification", 1, "StartTransaction", START),
                "available",
            ),
            fails(
                After("StatusNotification", 1, "StartTransaction", START),
                "end",
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

fn charging(lab: &mut Lab<'_>) -> Result<i64, Failed> {
    let tag = lab.parameters.valid.clone();
    lab.charging(&tag)
}
