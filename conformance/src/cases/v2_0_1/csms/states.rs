//! The reusable states of part 6, side CSMS.

use serde_json::json;

use super::{
    ACCEPTED, authorize, boot, connector_is, event, event_of, everywhere, status_of, token,
};
use crate::step::{Step, is};

/// What all connectors are told to be.
pub(super) const AVAILABLE: Step = Step::Reusable(
    "every connector is Available",
    &[
        everywhere(
            "available.status",
            "StatusNotification",
            |lab| status_of(lab, "Available"),
            None,
        ),
        everywhere(
            "available.event",
            "NotifyEvent",
            |lab| event_of(lab, "Available"),
            None,
        ),
    ],
);

/// *Booted*.
pub(super) const BOOTED: Step = Step::Reusable(
    "Booted",
    &[
        boot!("booted.boot", "PowerUp", &[is("/status", "Accepted")]),
        AVAILABLE,
    ],
);

/// *Authorized*.
pub(super) const AUTHORIZED: Step = Step::Reusable(
    "Authorized",
    &[
        authorize("authorized", ACCEPTED),
        event!(
            "authorized.event",
            None,
            "Authorized",
            |lab| json!({"idToken": token(lab)}),
            ACCEPTED
        ),
    ],
);

/// The connector becomes occupied.
pub(super) const OCCUPIED: Step =
    connector_is!("the connector is Occupied", "Occupied", "occupied");

/// The connector becomes available.
pub(super) const FREE: Step = connector_is!("the connector is Available", "Available", "free");

/// *EVConnectedPreSession*.
pub(super) const CONNECTED: Step = Step::Reusable(
    "EVConnectedPreSession",
    &[
        OCCUPIED,
        event!(
            "connected",
            None,
            "CablePluggedIn",
            |_| json!({"chargingState": "EVConnected"}),
            &[]
        ),
    ],
);

/// The second part of *EnergyTransferStarted*: the car is connected, the driver authorized.
pub(super) const CHARGES: Step = event!(
    "charges",
    Some("Updated"),
    "ChargingStateChanged",
    |_| json!({"chargingState": "Charging"}),
    &[]
);

/// *EnergyTransferStarted* from the beginning.
pub(super) const CHARGING: Step =
    Step::Reusable("EnergyTransferStarted", &[AUTHORIZED, CONNECTED, CHARGES]);

/// *EnergyTransferSuspended*, after *EnergyTransferStarted*.
pub(super) const SUSPENDED: Step = Step::Reusable(
    "EnergyTransferSuspended",
    &[
        CHARGING,
        Step::Wait(|p| p.transaction_duration),
        event!(
            "suspended",
            Some("Updated"),
            "ChargingStateChanged",
            |_| json!({"chargingState": "SuspendedEV"}),
            &[]
        ),
    ],
);

/// *StopAuthorized* of a car that charges.
pub(super) const STOPS: Step = Step::Reusable(
    "StopAuthorized",
    &[
        Step::Wait(|p| p.transaction_duration),
        event!(
            "stop-authorized",
            Some("Updated"),
            "StopAuthorized",
            |lab| json!({"idToken": token(lab)}),
            ACCEPTED
        ),
    ],
);

/// *EVConnectedPostSession*, after *StopAuthorized*.
pub(super) const STILL_CONNECTED: Step = Step::Reusable(
    "EVConnectedPostSession",
    &[event!(
        "post-session",
        Some("Updated"),
        "ChargingStateChanged",
        |_| json!({"chargingState": "EVConnected"}),
        &[]
    )],
);

/// *EVDisconnected*, after *EVConnectedPostSession*.
pub(super) const DISCONNECTED: Step = Step::Reusable(
    "EVDisconnected",
    &[
        FREE,
        event!(
            "disconnected",
            Some("Ended"),
            "EVCommunicationLost",
            |_| json!({"chargingState": "Idle", "stoppedReason": "EVDisconnected"}),
            &[]
        ),
    ],
);
