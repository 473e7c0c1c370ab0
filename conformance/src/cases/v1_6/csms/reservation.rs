//! Reservations.

use ocpp_core::csms::ledger::IdToken;
use ocpp_core::csms::remote::{Command, Operation};
use serde_json::{Value, json};

use super::{
    ACCEPTED, AUTHORIZED, BEGUN, CASE, HERE, accepted, available, charging, connector, driver,
    operation, preparing, rejected, reservation, reserved, status, unavailable,
};
use crate::case::{Case, Fact};
use crate::lab::Lab;
use crate::step::{Rule, Step, call, expect_telling, instant, is, known, number, operate, suits};

fn reserve(lab: &Lab<'_>) -> Command {
    kept(lab, Some(connector(lab)), None)
}

fn kept(lab: &Lab<'_>, evse: Option<i64>, group: Option<String>) -> Command {
    operation(Operation::Reserve {
        evse,
        id_token: IdToken::of_1_6(&lab.parameters.valid),
        expiry: lab.later(lab.parameters.short_reservation.into()),
        group,
        connector_type: None,
    })
}

fn cancel(lab: &Lab<'_>) -> Command {
    let id = lab.requested("ReserveNow", "/reservationId");
    operation(Operation::CancelReservation(
        id.as_i64().unwrap_or_default(),
    ))
}

/// StartTransaction of the driver on the reservation.
fn start_reserved(lab: &Lab<'_>) -> Value {
    json!({
        "connectorId": lab.here(), "idTag": lab.driver, "meterStart": 1000,
        "timestamp": lab.utc_in(0),
        "reservationId": lab.requested("ReserveNow", "/reservationId"),
    })
}

const FOR_DRIVER: Rule = known("/idTag", "the valid token", |lab| {
    json!(lab.parameters.valid)
});
const NOT_STATION: Rule = suits("/connectorId", "a connector", |connector| {
    connector.as_i64().is_some_and(|connector| connector > 0)
});
const RESERVE: Step = operate(
    "reserve the connector under test for the valid token",
    reserve,
);
const KEPT: Step = expect_telling(
    "reserve",
    "ReserveNow",
    &[HERE, FOR_DRIVER],
    accepted,
    &[is("/status", "Accepted")],
);
const RESERVED: Step = status("reserved", reserved);
const CANCEL: Step = operate("cancel the reservation", cancel);
const CANCELLED: Rule = known("/reservationId", "that of the reservation", |lab| {
    lab.requested("ReserveNow", "/reservationId")
});

/// *Charging* on the reservation.
const CHARGING: Step = Step::Reusable(
    "Charging",
    &[
        AUTHORIZED,
        status("charging.preparing", preparing),
        call("charging.start", "StartTransaction", start_reserved, BEGUN),
        status("charging.status", charging),
    ],
);

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_046_CSMS",
        name: "Reservation of a Connector - Transaction",
        about: "The driver for whom the connector is reserved uses it.",
        requirements: &["5.13"],
        applies: reservation,
        steps: &[RESERVE, KEPT, RESERVED, CHARGING],
        ..CASE
    },
    Case {
        id: "TC_047_CSMS",
        name: "Reservation of a Connector - Expire",
        about: "Nobody uses the reservation.",
        requirements: &["5.13"],
        applies: reservation,
        steps: &[
            RESERVE,
            expect_telling(
                "reserve",
                "ReserveNow",
                &[
                    HERE,
                    FOR_DRIVER,
                    instant("/expiryDate", "as the operator wants it", |lab| {
                        let until = lab.later(lab.parameters.short_reservation.into());
                        json!(until.to_string())
                    }),
                ],
                accepted,
                &[is("/status", "Accepted")],
            ),
            RESERVED,
            Step::Wait(|p| p.short_reservation),
            status("available", available),
        ],
        ..CASE
    },
    Case {
        id: "TC_048_1_CSMS",
        name: "Reservation of a Connector - Faulted",
        about: "The connector is out of order.",
        requirements: &["5.13"],
        applies: reservation,
        steps: &[
            RESERVE,
            expect_telling(
                "reserve",
                "ReserveNow",
                &[HERE, FOR_DRIVER],
                |_| json!({"status": "Faulted"}),
                &[is("/status", "Faulted")],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_048_2_CSMS",
        name: "Reservation of a Connector - Occupied",
        about: "The connector is in use; the request is sent all the same.",
        requirements: &["5.13"],
        applies: reservation,
        steps: &[
            status("preparing", preparing),
            RESERVE,
            expect_telling(
                "reserve",
                "ReserveNow",
                &[HERE, FOR_DRIVER],
                |_| json!({"status": "Occupied"}),
                &[is("/status", "Occupied")],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_048_3_CSMS",
        name: "Reservation of a Connector - Unavailable",
        about: "The connector was taken out of service.",
        requirements: &["5.13", "5.2"],
        applies: reservation,
        steps: &[
            operate("take the connector under test out of service", |lab| {
                operation(Operation::ChangeAvailability {
                    evse: Some(connector(lab)),
                    connector: None,
                    operative: false,
                })
            }),
            expect_telling(
                "availability",
                "ChangeAvailability",
                &[HERE, is("/type", "Inoperative")],
                accepted,
                &[is("/status", "Accepted")],
            ),
            status("unavailable", unavailable),
            RESERVE,
            expect_telling(
                "reserve",
                "ReserveNow",
                &[HERE, FOR_DRIVER],
                |_| json!({"status": "Unavailable"}),
                &[is("/status", "Unavailable")],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_048_4_CSMS",
        name: "Reservation of a Connector - Rejected",
        about: "The charge point rejects the reservation.",
        requirements: &["5.13"],
        applies: reservation,
        steps: &[
            RESERVE,
            expect_telling(
                "reserve",
                "ReserveNow",
                &[HERE, FOR_DRIVER],
                rejected,
                &[is("/status", "Rejected")],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_049_CSMS",
        name: "Reservation of a Charge Point - Transaction",
        about: "Any connector is reserved. The description has no steps of a transaction.",
        requirements: &["5.13"],
        applies: reservation,
        steps: &[
            operate("reserve any connector for the valid token", |lab| {
                kept(lab, None, None)
            }),
            expect_telling(
                "reserve",
                "ReserveNow",
                &[number("/connectorId", 0)],
                accepted,
                &[is("/status", "Accepted")],
            ),
            RESERVED,
        ],
        ..CASE
    },
    Case {
        id: "TC_051_CSMS",
        name: "Cancel Reservation",
        about: "The reservation is given up.",
        requirements: &["5.1", "5.13"],
        applies: reservation,
        steps: &[
            RESERVE,
            expect_telling(
                "reserve",
                "ReserveNow",
                &[NOT_STATION],
                accepted,
                &[is("/status", "Accepted")],
            ),
            RESERVED,
            CANCEL,
            expect_telling(
                "cancel",
                "CancelReservation",
                &[CANCELLED],
                accepted,
                &[is("/status", "Accepted")],
            ),
            status("available", available),
        ],
        ..CASE
    },
    Case {
        id: "TC_052_CSMS",
        name: "Cancel Reservation - Rejected",
        about: "The charge point knows no such reservation, and is not asked again.",
        requirements: &["5.1", "5.13"],
        applies: reservation,
        steps: &[
            RESERVE,
            expect_telling(
                "reserve",
                "ReserveNow",
                &[],
                accepted,
                &[is("/status", "Accepted")],
            ),
            RESERVED,
            CANCEL,
            expect_telling(
                "cancel",
                "CancelReservation",
                &[],
                rejected,
                &[is("/status", "Rejected")],
            ),
            Step::Silence("again", |p| p.boot_interval, &[]),
        ],
        ..CASE
    },
    Case {
        id: "TC_053_CSMS",
        name: "Use a reserved Connector with parentIdTag",
        about: "Somebody else with the same parent uses the reservation.",
        requirements: &["5.13", "4.1"],
        applies: reservation,
        facts: &[
            Fact::TokenOfGroup(|p| &p.valid, |p| &p.parent),
            Fact::TokenOfGroup(|p| &p.valid2, |p| &p.parent),
        ],
        steps: &[
            operate(
                "reserve the connector under test for the valid token and its parent",
                |lab| {
                    let parent = lab.parameters.parent.clone();
                    kept(lab, Some(connector(lab)), Some(parent))
                },
            ),
            expect_telling(
                "reserve",
                "ReserveNow",
                &[
                    NOT_STATION,
                    known("/parentIdTag", "the parent", |lab| {
                        json!(lab.parameters.parent)
                    }),
                ],
                accepted,
                &[is("/status", "Accepted")],
            ),
            RESERVED,
            Step::Driver(|p| &p.valid2),
            call(
                "authorize",
                "Authorize",
                driver,
                &[
                    is("/idTagInfo/status", "Accepted"),
                    known("/idTagInfo/parentIdTag", "the parent", |lab| {
                        json!(lab.parameters.parent)
                    }),
                ],
            ),
            status("preparing", preparing),
            call("start", "StartTransaction", start_reserved, ACCEPTED),
            status("charging", charging),
        ],
        ..CASE
    },
];
