//! Reservations of a connector: TC_046 to TC_048, TC_051 to TC_053.

use std::time::Duration;

use serde_json::json;

use super::CASE;
use crate::case::{Case, Setting};
use crate::lab::{Call, Expected, Lab, REMOTE_KEY};
use crate::mutation::{Change::*, Mutation, fails, warns};
use crate::product::Product;
use crate::unmet::Failed;

const ID: i64 = 42;
const REJECTED: &str = r#""Rejected""#;
const AVAILABLE: &str = r#""Available""#;

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_046_1_CS",
        name: "Reservation of a Connector - Local start transaction",
        about: "The idTag of the reservation starts a transaction with it; another one leads to nothing. Decided: \
                Authorize.req for another idTag is only warned of, which the reservation gives no reason for, as it names no \
                parent; Authorize.req for the right one is optional; StartTransaction and Charging may come in any order.",
        requirements: &["1.6 section 5.13", "1.6 section 3.11", "1.6 section 4.8"],
        applies: |product| {
            reservation(product)?;
            super::tokens::local_start(product)
        },
        run: local,
        mutations: &[
            fails(
                Answer("ReserveNow", 0, "/status", r#""Occupied""#),
                "reserve/status",
            ),
            fails(Drop("StatusNotification", 1), "reserved"),
            fails(
                Replace("StatusNotification", 1, "/status", AVAILABLE),
                "reserved/status",
            ),
            warns(
                After(
                    "StatusNotification",
                    1,
                    "Authorize",
                    r#"{"idTag": "VALID0002"}"#,
                ),
                "other",
            )
            .of("with sockets"),
            warns(
                After(
                    "StatusNotification",
                    1,
                    "StatusNotification",
                    r#"{"connectorId": 1, "status": "Reserved", "errorCode": "NoError"}"#,
                ),
                "status.repeated",
            ),
            fails(
                After("StatusNotification", 1, "StartTransaction", START),
                "other",
            ),
            fails(Drop("StatusNotification", 2), "preparing/status"),
            fails(
                Replace("StartTransaction", 0, "/reservationId", "7"),
                "session.start/reservationId",
            ),
            fails(
                Remove("StartTransaction", 0, "reservationId"),
                "session.start/reservationId",
            ),
            fails(
                Replace("StartTransaction", 0, "/idTag", r#""VALID0002""#),
                "session.start/idTag",
            ),
            fails(Drop("StatusNotification", 3), "session.charging"),
        ],
        ..CASE
    },
    Case {
        id: "TC_046_2_CS",
        name: "Reservation of a Connector - Remote start transaction",
        about: "A remote start with the idTag of the reservation uses it. Authorize.req is optional, whatever \
                AuthorizeRemoteTxRequests says.",
        requirements: &["1.6 section 5.13", "1.6 section 5.11"],
        applies: reservation,
        run: |lab| {
            let tag = lab.parameters.valid.clone();
            lab.reserved(&tag, ID)?;
            lab.remote_start_asking("remote", &tag, None, false)?;
            let authorize = Expected::new("remote.authorize", "Authorize");
            lab.unordered(vec![
                lab.status_here("preparing", "Preparing"),
                authorize.with("/idTag", tag.as_str()).optional(),
            ])?;
            lab.no_more_optional();
            lab.plug()?;
            lab.started("session", &tag, Some(ID)).map(|_| ())
        },
        mutations: &[
            fails(
                Answer("ReserveNow", 0, "/status", REJECTED),
                "reserve/status",
            ),
            fails(Drop("StatusNotification", 0), "reserved"),
            fails(
                Answer("RemoteStartTransaction", 0, "/status", REJECTED),
                "remote/status",
            ),
            fails(
                Remove("StartTransaction", 0, "reservationId"),
                "session.start/reservationId",
            ),
            fails(
                Replace("StartTransaction", 0, "/idTag", r#""X""#),
                "session.start/idTag",
            ),
            fails(Drop("StatusNotification", 2), "session.charging"),
        ],
        ..CASE
    },
    Case {
        id: "TC_047_CS",
        name: "Reservation of a Connector - Expire",
        about: "At its expiry date the reservation is over: the connector is available for others.",
        requirements: &["1.6 section 5.13"],
        applies: reservation,
        run: expire,
        mutations: &[
            fails(
                Answer("ReserveNow", 0, "/status", REJECTED),
                "reserve/status",
            ),
            fails(Drop("StatusNotification", 1), "reserved"),
            fails(Late("StatusNotification", 2, 20), "expired.seconds"),
            fails(Drop("StatusNotification", 2), "expired"),
            fails(
                Replace("StartTransaction", 0, "/reservationId", "42"),
                "charging.start/reservationId",
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_048_1_CS",
        name: "Reservation of a Connector - Faulted",
        about: "A connector with a fault cannot be reserved.",
        requirements: &["1.6 section 5.13"],
        applies: reservation,
        run: |lab| {
            super::faults::fault_here(lab)?;
            refused(lab, lab.parameters.connector, "Faulted")
        },
        mutations: REFUSED,
        ..CASE
    },
    Case {
        id: "TC_048_2_CS",
        name: "Reservation of a Connector - Occupied",
        about: "A connector with a cable in it cannot be reserved. Decided: occupied means that the cable is plugged in.",
        requirements: &["1.6 section 5.13"],
        applies: |product| {
            reservation(product)?;
            super::session::plug_in_first(product)
        },
        run: |lab| {
            lab.plug()?;
            lab.expect(lab.status_here("occupied", "Preparing"))?;
            refused(lab, lab.parameters.connector, "Occupied")
        },
        mutations: &[
            fails(
                Answer("ReserveNow", 0, "/status", r#""Accepted""#),
                "reserve/status",
            ),
            fails(
                AfterAnswer(
                    "ReserveNow",
                    0,
                    "StatusNotification",
                    r#"{"connectorId": 1, "errorCode": "NoError", "status": "Reserved"}"#,
                ),
                "no-status",
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_048_3_CS",
        name: "Reservation of a Connector - Unavailable",
        about: "A connector that is unavailable cannot be reserved.",
        requirements: &["1.6 section 5.13"],
        applies: reservation,
        run: |lab| {
            lab.set_unavailable(lab.parameters.connector)?;
            refused(lab, lab.parameters.connector, "Unavailable")
        },
        mutations: &[
            fails(
                Answer("ReserveNow", 0, "/status", r#""Accepted""#),
                "reserve/status",
            ),
            fails(Drop("StatusNotification", 0), "unavailable.status"),
        ],
        ..CASE
    },
    Case {
        id: "TC_048_4_CS",
        name: "Reservation of a Connector - Rejected",
        about: "A station without reservations rejects them, by status or by the error NotSupported.",
        requirements: &["1.6 section 5.13"],
        applies: |product| match product.features.reservation {
            true => Err("reservations are supported (R-0)"),
            false => Ok(()),
        },
        run: |lab| {
            let tag = lab.parameters.valid.clone();
            let payload = lab.reservation(lab.parameters.connector, &tag, ID);
            let call = Call::new("reserve", "ReserveNow", payload);
            lab.call(call.status("Rejected").or_error(&["NotSupported"]))?;
            lab.silence("no-status", 10, &[])
        },
        mutations: NOT_RESERVABLE,
        ..CASE
    },
    Case {
        id: "TC_051_CS",
        name: "Cancel Reservation",
        about: "A cancelled reservation leaves the connector to others.",
        requirements: &["1.6 section 5.1"],
        applies: reservation,
        run: |lab| {
            let tag = lab.parameters.valid.clone();
            lab.reserved(&tag, ID)?;
            let call = Call::new("cancel", "CancelReservation", json!({"reservationId": ID}));
            lab.call(call.status("Accepted"))?;
            lab.expect(lab.status_here("available", "Available"))?;
            let tag = lab.parameters.valid2.clone();
            lab.charging(&tag).map(|_| ())
        },
        mutations: &[
            fails(
                Answer("CancelReservation", 0, "/status", REJECTED),
                "cancel/status",
            ),
            fails(Drop("StatusNotification", 1), "available"),
            fails(
                Replace("StatusNotification", 1, "/connectorId", "2"),
                "available",
            ),
            fails(
                Replace("StartTransaction", 0, "/reservationId", "42"),
                "charging.start/reservationId",
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_052_CS",
        name: "Cancel Reservation - Rejected",
        about: "A reservation that is not known cannot be cancelled, and the one there is stays. Decided: that it stays is \
                seen from its own cancellation afterwards, which is accepted and makes the connector available.",
        requirements: &["1.6 section 5.1"],
        applies: reservation,
        run: |lab| {
            let tag = lab.parameters.valid.clone();
            lab.reserved(&tag, ID)?;
            let payload = json!({"reservationId": ID + 1});
            let call = Call::new("cancel", "CancelReservation", payload);
            lab.call(call.status("Rejected"))?;
            lab.silence("no-status", 10, &[])?;
            let call = Call::new("stays", "CancelReservation", json!({"reservationId": ID}));
            lab.call(call.status("Accepted"))?;
            lab.expect(lab.status_here("stays.available", "Available"))?;
            Ok(())
        },
        mutations: &[
            // As if it had been dropped in silence.
            fails(
                Answer("CancelReservation", 1, "/status", REJECTED),
                "stays/status",
            ),
            fails(Drop("StatusNotification", 1), "stays.available"),
            fails(
                Answer("CancelReservation", 0, "/status", r#""Accepted""#),
                "cancel/status",
            ),
            fails(
                AfterAnswer(
                    "CancelReservation",
                    0,
                    "StatusNotification",
                    r#"{"connectorId": 1, "errorCode": "NoError", "status": "Available"}"#,
                ),
                "no-status",
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_053_1_CS",
        name: "Use a reserved Connector with parentIdTag - Local",
        about: "An idTag with the parent of the reservation uses it.",
        requirements: &["1.6 section 5.13", "1.6 section 3.10"],
        applies: |product| {
            reservation(product)?;
            super::tokens::local_start(product)
        },
        run: |lab| {
            lab.others_unavailable()?;
            reserve_for_parent(lab)?;
            let tag = lab.parameters.valid2.clone();
            lab.authorized(&tag)?;
            lab.plug()?;
            lab.started("session", &tag, Some(ID)).map(|_| ())
        },
        mutations: &[
            fails(
                Answer("ReserveNow", 0, "/status", REJECTED),
                "reserve/status",
            ),
            fails(Drop("StatusNotification", 1), "reserved"),
            fails(Drop("Authorize", 0), "authorized"),
            fails(Drop("StatusNotification", 2), "authorized.preparing/status"),
            fails(
                Remove("StartTransaction", 0, "reservationId"),
                "session.start/reservationId",
            ),
            fails(
                Replace("StartTransaction", 0, "/idTag", r#""VALID0001""#),
                "session.start/idTag",
            ),
            fails(Drop("StatusNotification", 3), "session.charging"),
        ],
        ..CASE
    },
    Case {
        id: "TC_053_2_CS",
        name: "Use a reserved Connector with parentIdTag - Remote",
        about: "A remote start with an idTag that has the parent of the reservation uses it. AuthorizeRemoteTxRequests is \
                set to true, so that the station learns the parent.",
        requirements: &["1.6 section 5.13", "1.6 section 5.11", "1.6 section 3.10"],
        applies: |product| {
            reservation(product)?;
            super::tokens::remote_start_only(product)
        },
        config: &[Setting::on_if_writable(REMOTE_KEY)],
        run: |lab| {
            lab.asks_at_remote_starts()?;
            lab.others_unavailable()?;
            reserve_for_parent(lab)?;
            let tag = lab.parameters.valid2.clone();
            remote_session(lab, &tag, Some(ID))
        },
        mutations: &[
            fails(Key(REMOTE_KEY, "false"), "remote.asks"),
            fails(
                Answer("ReserveNow", 0, "/status", REJECTED),
                "reserve/status",
            ),
            fails(Drop("StatusNotification", 1), "reserved"),
            fails(Drop("StatusNotification", 2), "preparing/status"),
            fails(
                Replace("StatusNotification", 2, "/status", AVAILABLE),
                "preparing/status",
            ),
            fails(
                Replace("StartTransaction", 0, "/idTag", r#""VALID0001""#),
                "session.start/idTag",
            ),
            fails(Drop("StatusNotification", 3), "session.charging"),
            fails(Drop("Authorize", 0), "remote.authorize"),
            fails(
                Remove("StartTransaction", 0, "reservationId"),
                "session.start/reservationId",
            ),
        ],
        ..CASE
    },
];

const START: &str = r#"{"connectorId": 1, "idTag": "VALID0002", "meterStart": 0, "timestamp": "2024-05-15T12:00:00Z"}"#;
const RESERVED: &str = r#"{"connectorId": 1, "errorCode": "NoError", "status": "Reserved"}"#;

/// A reservation that is accepted, or about which the station is not sure.
pub(super) const REFUSED: &[Mutation] = &[
    fails(
        Answer("ReserveNow", 0, "/status", r#""Accepted""#),
        "reserve/status",
    ),
    fails(
        Answer("ReserveNow", 0, "/status", REJECTED),
        "reserve/status",
    ),
    fails(
        AfterAnswer("ReserveNow", 0, "StatusNotification", RESERVED),
        "no-status",
    ),
];

/// The same of a station that has no such reservations.
pub(super) const NOT_RESERVABLE: &[Mutation] = &[
    fails(
        AnswerWith("ReserveNow", 0, r#"{"status": "Accepted"}"#),
        "reserve/status",
    ),
    fails(
        AnswerWith("ReserveNow", 0, r#"{"status": "Occupied"}"#),
        "reserve/status",
    ),
    fails(Refuse("ReserveNow", 0, "InternalError"), "reserve"),
    fails(NoAnswer("ReserveNow", 0), "reserve"),
    fails(
        AfterAnswer("ReserveNow", 0, "StatusNotification", RESERVED),
        "no-status",
    ),
];

/// R-0.
pub(super) const fn reservation(product: &Product) -> Result<(), &'static str> {
    if product.features.reservation {
        Ok(())
    } else {
        Err("no reservations (R-0)")
    }
}

/// ReserveNow with a valid idTag is answered with a status, and nothing follows.
pub(super) fn refused(lab: &mut Lab<'_>, connector: u32, status: &str) -> Result<(), Failed> {
    let tag = lab.parameters.valid.clone();
    let payload = lab.reservation(connector, &tag, ID);
    lab.call(Call::new("reserve", "ReserveNow", payload).status(status))?;
    lab.silence("no-status", 10, &[])
}

/// A session that a remote start begins.
fn remote_session(lab: &mut Lab<'_>, tag: &str, reservation: Option<i64>) -> Result<(), Failed> {
    lab.remote_start("remote", tag)?;
    lab.expect(lab.status_here("preparing", "Preparing"))?;
    lab.plug()?;
    lab.started("session", tag, reservation).map(|_| ())
}

fn local(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let tag = lab.parameters.valid.clone();
    lab.others_unavailable()?;
    lab.reserved(&tag, ID)?;
    let other = lab.parameters.valid2.clone();
    lab.present(&other)?;
    let needless = "Authorize for a foreign idTag, although the reservation names no parent";
    lab.silence_but("other", 10, ("Authorize", needless))?;
    lab.present(&tag)?;
    let authorize = Expected::new("authorize", "Authorize").with("/idTag", tag.as_str());
    lab.maybe(&authorize)?;
    lab.expect(lab.status_here("preparing", "Preparing"))?;
    lab.plug()?;
    lab.started("session", &tag, Some(ID)).map(|_| ())
}

fn expire(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let tag = lab.parameters.valid.clone();
    lab.others_unavailable()?;
    let from = lab.now();
    let offset = lab.parameters.short_reservation;
    let mut payload = lab.reservation(lab.parameters.connector, &tag, ID);
    payload["expiryDate"] = json!(lab.utc_in(offset.into()));
    lab.call(Call::new("reserve", "ReserveNow", payload).status("Accepted"))?;
    lab.expect(lab.status_here("reserved", "Reserved"))?;
    let limit = Duration::from_secs(u64::from(offset)) + lab.parameters.trigger_timeout;
    let available = lab.status_here("expired", "Available").within(limit);
    let available = lab.expect(available)?;
    let waited = super::boot::between(from, available.at);
    lab.check_seconds("expired.seconds", waited, offset.into())?;
    let tag = lab.parameters.valid2.clone();
    lab.charging(&tag).map(|_| ())
}

fn reserve_for_parent(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let (tag, other, parent) = (
        lab.parameters.valid.clone(),
        lab.parameters.valid2.clone(),
        lab.parameters.parent.clone(),
    );
    lab.csms.set_tag(&tag, "Accepted", Some(&parent));
    lab.csms.set_tag(&other, "Accepted", Some(&parent));
    let mut payload = lab.reservation(lab.parameters.connector, &tag, ID);
    payload["parentIdTag"] = json!(parent);
    lab.call(Call::new("reserve", "ReserveNow", payload).status("Accepted"))?;
    lab.expect(lab.status_here("reserved", "Reserved"))?;
    Ok(())
}
