//! Which idTag ends a session at the station: TC_068 and TC_069.

use serde_json::json;

use super::CASE;
use super::offline::local_stop;
use crate::bench::Act;
use crate::case::Case;
use crate::lab::{Call, Expected, Lab};
use crate::mutation::{Change::*, fails};
use crate::unmet::Failed;

const STOP: &str =
    r#"{"transactionId": 1002, "meterStop": 5, "timestamp": "2024-05-15T12:00:00Z"}"#;

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_068_CS",
        name: "Stop transaction - IdTag in StopTransaction matches IdTag in StartTransaction",
        about: "Only the idTag that started the transaction ends it. Decided: first no idTag has a parent, and no \
                Authorize.req is sent for another one, unless one reader serves several connectors: then the other one \
                may be meant for another connector. In a second pass each has a parent of its own, and the station may \
                ask for that of the other one (section 3.10).",
        requirements: &["1.6 section 3.10", "1.6 section 4.10"],
        applies: local_stop,
        run: |lab| {
            let asks = lab.for_another_connector();
            only_own(lab, "", asks)?;
            lab.unplug()?;
            lab.expect(lab.status_here("available", "Available"))?;
            let (tag, other) = (lab.parameters.valid.clone(), lab.parameters.valid2.clone());
            let (parent, another) = (
                lab.parameters.parent.clone(),
                lab.parameters.other_parent.clone(),
            );
            lab.csms.set_tag(&tag, "Accepted", Some(&parent));
            lab.csms.set_tag(&other, "Accepted", Some(&another));
            only_own(lab, "parents.", &["Authorize"])
        },
        mutations: &[
            fails(
                After(
                    "StatusNotification",
                    1,
                    "Authorize",
                    r#"{"idTag": "VALID0002"}"#,
                ),
                "other",
            )
            .of("with sockets"),
            fails(
                After("StatusNotification", 1, "StopTransaction", STOP),
                "other",
            ),
            fails(Drop("StopTransaction", 0), "stop"),
            fails(
                Replace("StopTransaction", 0, "/idTag", r#""VALID0002""#),
                "stop/idTag",
            ),
            fails(
                Replace("StopTransaction", 0, "/transactionId", "5"),
                "stop/transactionId",
            ),
            fails(
                Replace("StopTransaction", 0, "/reason", r#""Remote""#),
                "stop/reason",
            ),
            fails(Drop("StatusNotification", 2), "finishing").of("with sockets"),
            fails(
                Before(
                    "StopTransaction",
                    0,
                    "Authorize",
                    r#"{"idTag": "VALID0001"}"#,
                ),
                "stop",
            ),
            // As if the parents were the same.
            fails(
                MisreadAnswer("Authorize", 2, "/idTagInfo/parentIdTag", r#""PARENT001""#),
                "parents.other",
            )
            .of("with sockets"),
        ],
        ..CASE
    },
    Case {
        id: "TC_069_CS",
        name: "Stop transaction - ParentIdTag in StopTransaction matches ParentIdTag in StartTransaction",
        about: "An idTag with the parent of the one that started the transaction ends it. Decided: the parent is told in \
                the answers to Authorize.req and StartTransaction.req, in a second pass (with local start) to Authorize.req only. Where one \
                reader serves several connectors, somebody else charges at the others after a remote start: with only a \
                cable in them the idTag would start there.",
        requirements: &["1.6 section 3.10", "1.6 section 4.10"],
        applies: local_stop,
        run: |lab| {
            let (tag, other) = (lab.parameters.valid.clone(), lab.parameters.valid2.clone());
            let parent = lab.parameters.parent.clone();
            lab.csms.set_tag(&tag, "Accepted", Some(&parent));
            lab.csms.set_tag(&other, "Accepted", Some(&parent));
            if lab.product.features.single_reader {
                occupy_others(lab)?;
            }
            of_the_group(lab, "")?;
            if !lab.product.features.local_start {
                // Nobody is asked at a remote start, so nobody hears of the parent either.
                return Ok(());
            }
            lab.unplug()?;
            lab.expect(lab.status_here("available", "Available"))?;
            lab.csms.parents_in_authorize_only();
            if lab.product.features.authorization_cache {
                // Otherwise the station knows both already.
                let clear = Call::new("clear", "ClearCache", json!({}));
                lab.call(clear.status("Accepted"))?;
            }
            of_the_group(lab, "again.")
        },
        mutations: &[
            fails(Drop("Authorize", 1), "authorize").of("with sockets"),
            fails(
                Replace("Authorize", 1, "/idTag", r#""VALID0001""#),
                "authorize/idTag",
            )
            .of("with sockets"),
            fails(Drop("StopTransaction", 0), "stop"),
            fails(
                Replace("StopTransaction", 0, "/idTag", r#""VALID0001""#),
                "stop/idTag",
            ),
            fails(Drop("StatusNotification", 2), "finishing").of("with sockets"),
            fails(Drop("StatusNotification", 1), "occupied.charging"),
            fails(Drop("Authorize", 3), "again.authorize").of("with sockets"),
            fails(Drop("StopTransaction", 1), "again.stop"),
        ],
        ..CASE
    },
];

/// A session that another idTag does not end, and the own one does.
fn only_own(lab: &mut Lab<'_>, label: &str, but: &[&str]) -> Result<(), Failed> {
    let tag = lab.parameters.valid.clone();
    let transaction = lab.charging(&tag)?;
    let other = lab.parameters.valid2.clone();
    lab.present(&other)?;
    lab.silence(&format!("{label}other"), 10, but)?;
    lab.present(&tag)?;
    let stop = Expected::new(format!("{label}stop"), "StopTransaction")
        .with("/transactionId", transaction)
        .with("/idTag", tag.as_str())
        .one_of_or_absent("/reason", ["Local"]);
    let finishing = lab.status_here(format!("{label}finishing"), "Finishing");
    lab.stopped(stop, finishing)?;
    Ok(())
}

/// A session that another idTag with the same parent ends.
fn of_the_group(lab: &mut Lab<'_>, label: &str) -> Result<(), Failed> {
    let (tag, other) = (lab.parameters.valid.clone(), lab.parameters.valid2.clone());
    let transaction = lab.charging(&tag)?;
    lab.present(&other)?;
    let authorize = Expected::new(format!("{label}authorize"), "Authorize");
    lab.expect(authorize.with("/idTag", other.as_str()))?;
    let stop = Expected::new(format!("{label}stop"), "StopTransaction")
        .with("/transactionId", transaction)
        .with("/idTag", other);
    let finishing = lab.status_here(format!("{label}finishing"), "Finishing");
    lab.stopped(stop, finishing)?;
    Ok(())
}

/// Somebody else charges at every connector but the one under test.
fn occupy_others(lab: &mut Lab<'_>) -> Result<(), Failed> {
    for connector in 1..=lab.parameters.connectors {
        if connector == lab.parameters.connector {
            continue;
        }
        let tag = format!("OCCUPANT{connector}");
        lab.csms.set_tag(&tag, "Accepted", None);
        let payload = json!({"connectorId": connector, "idTag": tag});
        let call = Call::new("occupied.remote", "RemoteStartTransaction", payload);
        lab.call(call.status("Accepted"))?;
        lab.act(&Act::Plug(connector))?;
        let start = Expected::new("occupied.start", "StartTransaction")
            .with("/connectorId", connector)
            .with("/idTag", tag);
        let charging = lab
            .status("occupied.charging", connector, "Charging")
            .at("/status", "Charging");
        let preparing = Expected::new("occupied.preparing", "StatusNotification")
            .at("/connectorId", connector)
            .at("/status", "Preparing");
        let authorize = Expected::new("occupied.authorize", "Authorize");
        lab.unordered(vec![
            start,
            charging,
            preparing.optional(),
            authorize.optional(),
        ])?;
        lab.no_more_optional();
    }
    Ok(())
}
