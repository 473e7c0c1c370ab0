//! H: reservations.

use ocpp_core::csms::ledger::IdToken;
use ocpp_core::csms::remote::{Command, Operation};
use serde_json::{Value, json};

use super::states::FREE;
use super::{CASE, accepted, connector_is, event_of, everywhere, evse, operation, raw, status_of};
use crate::case::Case;
use crate::lab::Lab;
use crate::product::Product;
use crate::step::{Rule, Step, absent, call, expect_answering, is, known, operate};

fn offered(product: &Product) -> Result<(), &'static str> {
    let has = product.features.reservation;
    has.then_some(()).ok_or("no reservations")
}

fn reserve(lab: &Lab<'_>, evse: Option<i64>, group: Option<String>) -> Command {
    operation(Operation::Reserve {
        evse,
        id_token: IdToken {
            id_token: lab.parameters.valid.clone(),
            kind: Some("ISO14443".to_owned()),
        },
        expiry: lab.later(lab.parameters.transaction_duration.into()),
        group,
    })
}

/// `<Configured connectorType>`.
const CONNECTOR_TYPE: &str = "cType2";
const RESERVE: Step = operate("reserve the EVSE under test for the valid token", |lab| {
    reserve(lab, Some(evse(lab)), None)
});
const RESERVE_ANY: Step = operate("reserve any EVSE for the valid token", |lab| {
    reserve(lab, None, None)
});
const HERE: Rule = known("/evseId", "the EVSE under test", |lab| lab.here());
const ANYWHERE: Rule = absent("/evseId");
const ANY_TYPE: Rule = absent("/connectorType");
const FOR_DRIVER: Rule = known("/idToken/idToken", "the valid token", |lab| {
    json!(lab.parameters.valid)
});
const BY_CARD: Rule = is("/idToken/type", "ISO14443");
const KEPT: Step = expect_answering(
    "reserve",
    "ReserveNow",
    &[HERE, ANY_TYPE, FOR_DRIVER, BY_CARD],
    accepted,
);
const KEPT_ANYWHERE: Step = expect_answering(
    "reserve",
    "ReserveNow",
    &[ANYWHERE, ANY_TYPE, FOR_DRIVER, BY_CARD],
    accepted,
);
const RESERVED: Step = connector_is!("the connector is Reserved", "Reserved", "reserved");

/// ReservationStatusUpdate of the reservation.
fn update(lab: &Lab<'_>, status: &str) -> Value {
    json!({
        "reservationId": lab.requested("ReserveNow", "/id"), "reservationUpdateStatus": status,
    })
}

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_H_01_CSMS",
        name: "Reserve a specific EVSE - Accepted - Valid idToken",
        about: "An EVSE is reserved.",
        requirements: &["H01.FR.01"],
        applies: offered,
        steps: &[RESERVE, KEPT, RESERVED],
        ..CASE
    },
    Case {
        id: "TC_H_07_CSMS",
        name: "Reserve a specific EVSE - Reservation Ended / not used",
        about: "Nobody uses the reservation.",
        requirements: &["H04.FR.01"],
        applies: offered,
        steps: &[
            RESERVE,
            KEPT,
            RESERVED,
            Step::Wait(|p| p.transaction_duration),
            FREE,
            call(
                "expired",
                "ReservationStatusUpdate",
                |lab| update(lab, "Expired"),
                &[],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_H_08_CSMS",
        name: "Reserve an unspecified EVSE - Accepted",
        about: "Any EVSE is reserved; a station with several tells no status.",
        requirements: &["H01.FR.07"],
        applies: offered,
        steps: &[RESERVE_ANY, KEPT_ANYWHERE],
        ..CASE
    },
    Case {
        id: "TC_H_14_CSMS",
        name: "Reserve an unspecified EVSE - Amount of EVSEs available equals the amount of reservations",
        about: "As many reservations as the station of the lab has EVSEs, which are two; then all are reserved.",
        requirements: &["H01.FR.07"],
        applies: |product| {
            offered(product)?;
            let two = product.connectors == 2;
            two.then_some(()).ok_or("the case is for two EVSEs")
        },
        steps: &[
            RESERVE_ANY,
            KEPT_ANYWHERE,
            RESERVE_ANY,
            KEPT_ANYWHERE,
            everywhere(
                "reserved.status",
                "StatusNotification",
                |lab| status_of(lab, "Reserved"),
                None,
            ),
            everywhere(
                "reserved.event",
                "NotifyEvent",
                |lab| event_of(lab, "Reserved"),
                None,
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_H_15_CSMS",
        name: "Reserve a connector with a specific type - Success",
        about: "A connector of a kind is reserved, wherever it is.",
        requirements: &["H01.FR.06"],
        applies: offered,
        steps: &[
            operate(
                "reserve any connector of type cType2 for the valid token",
                |lab| {
                    let until = lab.later(lab.parameters.transaction_duration.into());
                    let payload = json!({
                        "id": 77, "expiryDateTime": until.to_string(), "connectorType": CONNECTOR_TYPE,
                        "idToken": {"idToken": lab.parameters.valid, "type": "ISO14443"},
                    });
                    raw("ReserveNow", &payload)
                },
            ),
            expect_answering(
                "reserve",
                "ReserveNow",
                &[
                    ANYWHERE,
                    is("/connectorType", CONNECTOR_TYPE),
                    FOR_DRIVER,
                    BY_CARD,
                ],
                accepted,
            ),
            RESERVED,
        ],
        ..CASE
    },
    Case {
        id: "TC_H_17_CSMS",
        name: "Cancel reservation of an EVSE - Success",
        about: "The reservation is given up.",
        requirements: &["H02.FR.01"],
        applies: offered,
        steps: &[
            RESERVE,
            KEPT,
            RESERVED,
            operate("cancel the reservation", |lab| {
                let id = lab.requested("ReserveNow", "/id");
                operation(Operation::CancelReservation(
                    id.as_i64().unwrap_or_default(),
                ))
            }),
            expect_answering(
                "cancel",
                "CancelReservation",
                &[known("/reservationId", "that of the reservation", |lab| {
                    lab.requested("ReserveNow", "/id")
                })],
                accepted,
            ),
            FREE,
        ],
        ..CASE
    },
    Case {
        id: "TC_H_19_CSMS",
        name: "Reserve a specific EVSE - Use a reserved EVSE with GroupId",
        about: "An EVSE is reserved for a group. The description ends before anybody uses it.",
        requirements: &["H03.FR.01"],
        applies: offered,
        steps: &[
            operate(
                "reserve the EVSE under test for the valid token and its group",
                |lab| {
                    let group = lab.parameters.parent.clone();
                    reserve(lab, Some(evse(lab)), Some(group))
                },
            ),
            expect_answering(
                "reserve",
                "ReserveNow",
                &[
                    HERE,
                    ANY_TYPE,
                    known("/groupIdToken/idToken", "the group", |lab| {
                        json!(lab.parameters.parent)
                    }),
                    FOR_DRIVER,
                    BY_CARD,
                ],
                accepted,
            ),
            RESERVED,
        ],
        ..CASE
    },
    Case {
        id: "TC_H_20_CSMS",
        name: "Charging Station cancels reservation when Faulted",
        about: "The EVSE is out of order, and the reservation with it.",
        requirements: &["H01.FR.11"],
        applies: offered,
        steps: &[
            RESERVE,
            KEPT,
            RESERVED,
            connector_is!("the connector is Faulted", "Faulted", "faulted"),
            call(
                "removed",
                "ReservationStatusUpdate",
                |lab| update(lab, "Removed"),
                &[],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_H_22_CSMS",
        name: "Reserve a specific EVSE - Configured to Reject",
        about: "The station rejects the reservation. What the operator is told stands in the trace.",
        requirements: &["H01.FR.01"],
        applies: offered,
        steps: &[
            RESERVE,
            expect_answering(
                "reserve",
                "ReserveNow",
                &[],
                |_| json!({"status": "Rejected"}),
            ),
        ],
        ..CASE
    },
];
