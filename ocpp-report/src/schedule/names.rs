//! What things are called, in the words of a version.

use ocpp_core::smart_charging::{Purpose, RateUnit};

/// The name of a unit in messages.
#[must_use]
pub const fn unit_name(unit: RateUnit) -> &'static str {
    match unit {
        RateUnit::A => "A",
        RateUnit::W => "W",
    }
}

/// What has a limit of its own, as the version calls it: 1.6 counts connectors, one for each EVSE.
#[must_use]
pub fn outlet(version: &str) -> &'static str {
    match version {
        "1.6" => "connector",
        _ => "EVSE",
    }
}

/// The name of a purpose, as the version writes it.
#[must_use]
pub fn purpose_name(purpose: Purpose, version: &str) -> &'static str {
    match purpose {
        Purpose::ChargingStationMaxProfile if version == "1.6" => "ChargePointMaxProfile",
        Purpose::ChargingStationExternalConstraints => "ChargingStationExternalConstraints",
        Purpose::ChargingStationMaxProfile => "ChargingStationMaxProfile",
        Purpose::TxDefaultProfile => "TxDefaultProfile",
        Purpose::TxProfile => "TxProfile",
        Purpose::PriorityCharging => "PriorityCharging",
        Purpose::LocalGeneration => "LocalGeneration",
    }
}
