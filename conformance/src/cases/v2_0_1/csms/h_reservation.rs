//! H: reservations.

use ocpp_core::csms::ledger::IdToken;
use ocpp_core::csms::remote::{Command, Operation};
use serde_json::{Value, json};

use super::states::FREE;
use super::{CASE, accepted, connector_is, event_of, everywhere, evse, operation, status_of};
use crate::case::{Case, Profile};
use crate::lab::Lab;
use crate::product::Product;
use crate::step::{Rule, Step, absent, call, expect_telling, is, known, operate};

fn offered(product: &Product) -> Result<(), &'static str> {
    let has = product.features.reservation;
    has.then_some(()).ok_or("no reservations")
}

fn unspecified(product: &Product) -> Result<(), &'static str> {
    offered(product)?;
    let has = product.v2_0_1.csms.reserve_any;
    has.then_some(())
        .ok_or("no reservations of unspecified EVSEs (R-2)")
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
        connector_type: None,
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
const KEPT: Step = expect_telling(
    "reserve",
    "ReserveNow",
    &[HERE, ANY_TYPE, FOR_DRIVER, BY_CARD],
    accepted,
    &[is("/status", "Accepted")],
);
const KEPT_ANYWHERE: Step = expect_telling(
    "reserve",
    "ReserveNow",
    &[ANYWHERE, ANY_TYPE, FOR_DRIVER, BY_CARD],
    accepted,
    &[is("/status", "Accepted")],
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
        profile: Profile::Reservation,
        name: "Reserve a specific EVSE - Accepted - Valid idToken",
        about: "An EVSE is reserved.",
        requirements: &["H01.FR.01"],
        applies: offered,
        steps: &[RESERVE, KEPT, RESERVED],
        ..CASE
    },
    Case {
        id: "TC_H_07_CSMS",
        profile: Profile::Reservation,
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
        profile: Profile::Reservation,
        name: "Reserve an unspecified EVSE - Accepted",
        about: "Any EVSE is reserved; a station with several tells no status.",
        requirements: &["H01.FR.07"],
        applies: unspecified,
        steps: &[RESERVE_ANY, KEPT_ANYWHERE],
        ..CASE
    },
    Case {
        id: "TC_H_14_CSMS",
        profile: Profile::Reservation,
        name: "Reserve an unspecified EVSE - Amount of EVSEs available equals the amount of reservations",
        about: "As many reservations as the station of the lab has EVSEs, which are two; then all are reserved.",
        requirements: &["H01.FR.07"],
        applies: |product| {
            unspecified(product)?;
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
        profile: Profile::Reservation,
        name: "Reserve a connector with a specific type - Success",
        about: "A connector of a kind is reserved, wherever it is.",
        requirements: &["H01.FR.06"],
        applies: |product| {
            offered(product)?;
            let has = product.v2_0_1.csms.reserve_by_type;
            has.then_some(())
                .ok_or("no reservations of connector types (R-1)")
        },
        steps: &[
            operate(
                "reserve any connector of type cType2 for the valid token",
                |lab| {
                    let until = lab.later(lab.parameters.transaction_duration.into());
                    operation(Operation::Reserve {
                        evse: None,
                        id_token: IdToken {
                            id_token: lab.parameters.valid.clone(),
                            kind: Some("ISO14443".to_owned()),
                        },
                        expiry: until,
                        group: None,
                        connector_type: Some(CONNECTOR_TYPE.to_owned()),
                    })
                },
            ),
            expect_telling(
                "reserve",
                "ReserveNow",
                &[
                    ANYWHERE,
                    is("/connectorType", CONNECTOR_TYPE),
                    FOR_DRIVER,
                    BY_CARD,
                ],
                accepted,
                &[is("/status", "Accepted")],
            ),
            RESERVED,
        ],
        ..CASE
    },
    Case {
        id: "TC_H_17_CSMS",
        profile: Profile::Reservation,
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
            expect_telling(
                "cancel",
                "CancelReservation",
                &[known("/reservationId", "that of the reservation", |lab| {
                    lab.requested("ReserveNow", "/id")
                })],
                accepted,
                &[is("/status", "Accepted")],
            ),
            FREE,
        ],
        ..CASE
    },
    Case {
        id: "TC_H_19_CSMS",
        profile: Profile::Reservation,
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
            expect_telling(
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
                &[is("/status", "Accepted")],
            ),
            RESERVED,
        ],
        ..CASE
    },
    Case {
        id: "TC_H_20_CSMS",
        profile: Profile::Reservation,
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
        profile: Profile::Reservation,
        name: "Reserve a specific EVSE - Configured to Reject",
        about: "The station rejects the reservation.",
        requirements: &["H01.FR.01"],
        applies: offered,
        steps: &[
            RESERVE,
            expect_telling(
                "reserve",
                "ReserveNow",
                &[],
                |_| json!({"status": "Rejected"}),
                &[is("/status", "Rejected")],
            ),
        ],
        ..CASE
    },
];
