//! Histories that no case of the certification has, and in which there is much that a mishap can break: limits that are
//! shared and change while cars charge, faults, cars that pause, connectors that are taken out of use.

use serde_json::{Value, json};

use ocpp_core::station::{EvState, FaultCode};

use super::replay::FIRST_ID;
use super::script::{Deed, Script};
use crate::bench::Act;

/// When virtual time begins.
const BEGIN: &str = "2024-05-15T12:00:00Z";
/// A history at a station with two connectors or more, which is written down deed by deed, a few seconds apart.
struct History {
    deeds: Vec<(u64, Deed)>,
    now: u64,
}

impl History {
    const fn new() -> Self {
        Self {
            deeds: Vec::new(),
            now: 10_000,
        }
    }

    fn deed(&mut self, deed: Deed) -> &mut Self {
        self.deeds.push((self.now, deed));
        self.after(15)
    }

    fn after(&mut self, seconds: u64) -> &mut Self {
        self.now += seconds * 1_000;
        self
    }

    fn act(&mut self, act: Act) -> &mut Self {
        self.deed(Deed::Act(act))
    }

    #[allow(clippy::needless_pass_by_value)] // Reads better.
    fn call(&mut self, action: &str, payload: Value) -> &mut Self {
        let id = format!("history-{}", self.deeds.len());
        self.deed(Deed::Call(json!([2, id, action, payload]).to_string()))
    }

    fn profile(&mut self, connector: u32, profile: &Value) -> &mut Self {
        let payload = json!({"connectorId": connector, "csChargingProfiles": profile});
        self.call("SetChargingProfile", payload)
    }

    /// Somebody plugs in and is started by the CSMS.
    fn charge(&mut self, connector: u32, tag: &str) -> &mut Self {
        let start = json!({"connectorId": connector, "idTag": tag});
        self.act(Act::Plug(connector))
            .call("RemoteStartTransaction", start)
    }

    fn leave(&mut self, connector: u32) -> &mut Self {
        self.act(Act::PressStop(connector))
            .act(Act::Unplug(connector))
    }

    fn script(&self, connectors: u32) -> Script {
        Script {
            deeds: self.deeds.clone(),
            boots: Vec::new(),
            ids: vec![json!(FIRST_ID), json!(FIRST_ID + 1)],
            tokens: std::collections::BTreeMap::new(),
            duration: self.now,
            connectors,
        }
    }
}

fn periods(periods: &[(u32, u32)], factor: u32) -> Value {
    let period =
        |(start, limit): &(u32, u32)| json!({"startPeriod": start, "limit": limit * factor});
    periods.iter().map(period).collect()
}

/// A profile whose limits are in amperes, for a station that counts in them or in watts.
fn profile(id: u32, purpose: &str, kind: &str, limits: &[(u32, u32)], watts: bool) -> Value {
    let (unit, factor) = if watts { ("W", 690) } else { ("A", 1) };
    json!({
        "chargingProfileId": id,
        "stackLevel": 0,
        "chargingProfilePurpose": purpose,
        "chargingProfileKind": kind,
        "chargingSchedule": {
            "chargingRateUnit": unit,
            "chargingSchedulePeriod": periods(limits, factor),
        },
    })
}

fn absolute(id: u32, purpose: &str, limits: &[(u32, u32)], watts: bool) -> Value {
    let mut profile = profile(id, purpose, "Absolute", limits, watts);
    profile["chargingSchedule"]["startSchedule"] = json!(BEGIN);
    profile
}

/// What the station may take is shared by two, changes, and is given free.
fn shared_limit(connectors: u32, watts: bool) -> Script {
    let limits = [(0, 20), (150, 14), (260, 0), (320, 18)];
    let max = absolute(1, "ChargePointMaxProfile", &limits, watts);
    let mut own = profile(2, "TxProfile", "Relative", &[(0, 16), (90, 9)], watts);
    own["transactionId"] = json!(FIRST_ID);
    History::new()
        .profile(0, &max)
        .charge(1, "ONE")
        .charge(2, "TWO")
        .profile(1, &own)
        .profile(2, &absolute(3, "TxDefaultProfile", &[(0, 8)], watts))
        .after(150)
        .call("ClearChargingProfile", json!({"id": 1}))
        .leave(1)
        .call("ClearChargingProfile", json!({}))
        .leave(2)
        .script(connectors)
}

/// A limit for the whole station that stays, and nobody's limit but that.
fn lasting_limit(connectors: u32, watts: bool) -> Script {
    History::new()
        .profile(0, &absolute(1, "ChargePointMaxProfile", &[(0, 10)], watts))
        .charge(1, "ONE")
        .after(30)
        .call("Reset", json!({"type": "Soft"}))
        .after(30)
        .leave(1)
        .charge(2, "TWO")
        .call("Reset", json!({"type": "Hard"}))
        .after(30)
        .leave(2)
        .script(connectors)
}

/// Faults, pauses of the car, and connectors out of use while somebody charges.
fn interruptions(connectors: u32) -> Script {
    let inoperative = |connector: u32| json!({"connectorId": connector, "type": "Inoperative"});
    History::new()
        .charge(1, "ONE")
        .act(Act::Car(1, EvState::Suspended))
        .act(Act::Car(1, EvState::Ready))
        .act(Act::Fault(1, Some(FaultCode::GroundFailure)))
        .act(Act::Fault(1, None))
        .call("ChangeAvailability", inoperative(1))
        .charge(2, "TWO")
        .leave(1)
        .charge(1, "THREE")
        .act(Act::Unplug(1))
        .call("ChangeAvailability", inoperative(0))
        .leave(2)
        .call(
            "ChangeAvailability",
            json!({"connectorId": 0, "type": "Operative"}),
        )
        .script(connectors)
}

/// All of them, with names.
pub(super) fn all(connectors: u32, watts: bool) -> Vec<(&'static str, Script)> {
    vec![
        ("shared limit", shared_limit(connectors, watts)),
        ("lasting limit", lasting_limit(connectors, watts)),
        ("interruptions", interruptions(connectors)),
    ]
}
