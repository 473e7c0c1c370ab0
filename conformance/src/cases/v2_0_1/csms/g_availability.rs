//! G: availability.

use ocpp_core::csms::remote::{Command, Operation};
use serde_json::{Value, json};

use super::states::{AVAILABLE, CHARGING, DISCONNECTED, FREE, STILL_CONNECTED, STOPS};
use super::{
    CASE, accepted, connector_is, event_of, everywhere, evse, operation, status_of, two_evses,
};
use crate::case::Case;
use crate::cases::of_csms::connector;
use crate::lab::Lab;
use crate::step::{Rule, Step, absent, call, expect_telling, is, known, number, operate};

fn change(evse: Option<i64>, connector: Option<i64>, operative: bool) -> Command {
    operation(Operation::ChangeAvailability {
        evse,
        connector,
        operative,
    })
}

fn scheduled(_: &Lab<'_>) -> Value {
    json!({"status": "Scheduled"})
}

const AT_EVSE: Rule = known("/evse/id", "the EVSE under test", |lab| lab.here());
const NO_CONNECTOR: Rule = absent("/evse/connectorId");
const CONNECTOR: Rule = number("/evse/connectorId", 1);
const NO_EVSE: Rule = absent("/evse");
const OFF: Rule = is("/operationalStatus", "Inoperative");
const ON: Rule = is("/operationalStatus", "Operative");
const CHANGE: &str = "ChangeAvailability";

const EVSE_OFF: Step = operate("take the EVSE under test out of service", |lab| {
    change(Some(evse(lab)), None, false)
});
const STATION_OFF: Step = operate("take the station out of service", |_| {
    change(None, None, false)
});
const CONNECTOR_OFF: Step = operate("take the connector under test out of service", |lab| {
    change(Some(evse(lab)), Some(1), false)
});
const UNAVAILABLE: Step =
    connector_is!("the connector is Unavailable", "Unavailable", "unavailable");
const ALL_UNAVAILABLE: Step = Step::Reusable(
    "every connector is Unavailable",
    &[
        everywhere(
            "unavailable.status",
            "StatusNotification",
            |lab| status_of(lab, "Unavailable"),
            None,
        ),
        everywhere(
            "unavailable.event",
            "NotifyEvent",
            |lab| event_of(lab, "Unavailable"),
            None,
        ),
    ],
);

/// *Unavailable* of the EVSE under test.
const UNAVAILABLE_EVSE: Step = Step::Reusable(
    "Unavailable (EVSE)",
    &[
        EVSE_OFF,
        expect_telling(
            "off",
            CHANGE,
            &[OFF, AT_EVSE, NO_CONNECTOR],
            accepted,
            &[is("/status", "Accepted")],
        ),
        UNAVAILABLE,
    ],
);

/// *Unavailable* of the station.
const UNAVAILABLE_STATION: Step = Step::Reusable(
    "Unavailable (station)",
    &[
        STATION_OFF,
        expect_telling(
            "off",
            CHANGE,
            &[OFF, NO_EVSE],
            accepted,
            &[is("/status", "Accepted")],
        ),
        ALL_UNAVAILABLE,
    ],
);

/// *Unavailable* of the connector under test.
const UNAVAILABLE_CONNECTOR: Step = Step::Reusable(
    "Unavailable (connector)",
    &[
        CONNECTOR_OFF,
        expect_telling(
            "off",
            CHANGE,
            &[OFF, AT_EVSE, CONNECTOR],
            accepted,
            &[is("/status", "Accepted")],
        ),
        UNAVAILABLE,
    ],
);

/// The driver stops and drives away; then the connector is out of service.
const LATER: Step = Step::Reusable(
    "the transaction ends, and the change is made",
    &[STOPS, STILL_CONNECTED, DISCONNECTED, UNAVAILABLE],
);

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_G_03_CSMS",
        name: "Change Availability EVSE - Operative to inoperative",
        about: "An EVSE is taken out of service.",
        requirements: &["G03.FR.01"],
        steps: &[UNAVAILABLE_EVSE, connector!("Unavailable")],
        ..CASE
    },
    Case {
        id: "TC_G_04_CSMS",
        name: "Change Availability EVSE - Inoperative to operative",
        about: "An EVSE is put back into service.",
        requirements: &["G03.FR.01"],
        steps: &[
            UNAVAILABLE_EVSE,
            operate("put the EVSE under test into service", |lab| {
                change(Some(evse(lab)), None, true)
            }),
            expect_telling(
                "on",
                CHANGE,
                &[ON, AT_EVSE, NO_CONNECTOR],
                accepted,
                &[is("/status", "Accepted")],
            ),
            FREE,
            connector!("Available"),
        ],
        ..CASE
    },
    Case {
        id: "TC_G_05_CSMS",
        name: "Change Availability Charging Station - Operative to inoperative",
        about: "The station is taken out of service.",
        requirements: &["G04.FR.01"],
        steps: &[UNAVAILABLE_STATION, connector!("Unavailable")],
        ..CASE
    },
    Case {
        id: "TC_G_06_CSMS",
        name: "Change Availability Charging Station - Inoperative to operative",
        about: "The station is put back into service; Inoperative in the manual action is a slip.",
        requirements: &["G04.FR.01"],
        steps: &[
            UNAVAILABLE_STATION,
            operate("put the station into service", |_| change(None, None, true)),
            expect_telling(
                "on",
                CHANGE,
                &[ON, NO_EVSE],
                accepted,
                &[is("/status", "Accepted")],
            ),
            AVAILABLE,
            connector!("Available"),
        ],
        ..CASE
    },
    Case {
        id: "TC_G_07_CSMS",
        name: "Change Availability Connector - Operative to inoperative",
        about: "A connector is taken out of service.",
        requirements: &["G03.FR.01"],
        steps: &[UNAVAILABLE_CONNECTOR, connector!("Unavailable")],
        ..CASE
    },
    Case {
        id: "TC_G_08_CSMS",
        name: "Change Availability Connector - Inoperative to operative",
        about: "A connector is put back into service.",
        requirements: &["G03.FR.01"],
        steps: &[
            UNAVAILABLE_CONNECTOR,
            operate("put the connector under test into service", |lab| {
                change(Some(evse(lab)), Some(1), true)
            }),
            expect_telling(
                "on",
                CHANGE,
                &[ON, AT_EVSE, CONNECTOR],
                accepted,
                &[is("/status", "Accepted")],
            ),
            FREE,
            connector!("Available"),
        ],
        ..CASE
    },
    Case {
        id: "TC_G_11_CSMS",
        name: "Change Availability EVSE - With ongoing transaction",
        about: "An EVSE is taken out of service when its transaction is over.",
        requirements: &["G03.FR.05"],
        steps: &[
            CHARGING,
            EVSE_OFF,
            expect_telling(
                "off",
                CHANGE,
                &[OFF, AT_EVSE, NO_CONNECTOR],
                scheduled,
                &[is("/status", "Scheduled")],
            ),
            LATER,
        ],
        ..CASE
    },
    Case {
        id: "TC_G_14_CSMS",
        name: "Change Availability Charging Station - With ongoing transaction",
        about: "The station is taken out of service when its transaction is over; the other EVSE at once.",
        applies: two_evses,
        requirements: &["G04.FR.06"],
        steps: &[
            CHARGING,
            STATION_OFF,
            expect_telling(
                "off",
                CHANGE,
                &[OFF, NO_EVSE],
                scheduled,
                &[is("/status", "Scheduled")],
            ),
            Step::At(2),
            call(
                "other",
                "StatusNotification",
                |lab| status_of(lab, "Unavailable"),
                &[],
            ),
            Step::At(1),
            LATER,
        ],
        ..CASE
    },
    Case {
        id: "TC_G_17_CSMS",
        name: "Change Availability Connector - With ongoing transaction",
        about: "A connector is taken out of service when its transaction is over.",
        requirements: &["G03.FR.05"],
        steps: &[
            CHARGING,
            CONNECTOR_OFF,
            expect_telling(
                "off",
                CHANGE,
                &[OFF, AT_EVSE, CONNECTOR],
                scheduled,
                &[is("/status", "Scheduled")],
            ),
            LATER,
        ],
        ..CASE
    },
    Case {
        id: "TC_G_20_CSMS",
        name: "Connector status Notification - Lock Failure",
        about: "A connector cannot be locked.",
        requirements: &["G05.FR.03"],
        steps: &[call(
            "event",
            "NotifyEvent",
            |lab| {
                let mut event = event_of(lab, "true");
                event["eventData"][0]["component"]["name"] = json!("ConnectorPlugRetentionLock");
                event["eventData"][0]["variable"]["name"] = json!("Problem");
                event
            },
            &[],
        )],
        ..CASE
    },
];
