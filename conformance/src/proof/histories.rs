//! Histories that no case of the certification has, and in which there is much that a mishap can break: limits that are
//! shared and change while cars charge, faults, cars that pause, connectors that are taken out of use.

use ocpp_core::station::{EvState, FaultCode};
use ocpp_types::Version;
use serde_json::{Value, json};

use super::replay::FIRST_ID;
use super::script::{Deed, Script};
use crate::bench::Act;
use crate::product::Product;

/// When virtual time begins.
const BEGIN: &str = "2024-05-15T12:00:00Z";
/// A history at a station with two connectors or more, which is written down deed by deed, a few seconds apart.
struct History {
    version: Version,
    deeds: Vec<(u64, Deed)>,
    now: u64,
}

impl History {
    const fn new(version: Version) -> Self {
        Self {
            version,
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

    fn profile(&mut self, connector: u32, profile: &Profile) -> &mut Self {
        let payload = match self.version {
            Version::V1_6 => {
                json!({"connectorId": connector, "csChargingProfiles": profile.v1_6()})
            }
            _ => json!({"evseId": connector, "chargingProfile": profile.v2_0_1()}),
        };
        self.call("SetChargingProfile", payload)
    }

    /// The profile with this id is cleared, or all of them.
    fn clear(&mut self, id: Option<u32>) -> &mut Self {
        let payload = match (self.version, id) {
            (Version::V1_6, Some(id)) => json!({"id": id}),
            (Version::V1_6, None) => json!({}),
            (_, Some(id)) => json!({"chargingProfileId": id}),
            (_, None) => json!({"chargingProfileCriteria": {}}),
        };
        self.call("ClearChargingProfile", payload)
    }

    /// The station restarts: at once, or in the way that is more polite.
    fn reset(&mut self, at_once: bool) -> &mut Self {
        let kind = match (self.version, at_once) {
            (Version::V1_6, true) => "Hard",
            (Version::V1_6, false) => "Soft",
            (_, true) => "Immediate",
            (_, false) => "OnIdle",
        };
        self.call("Reset", json!({"type": kind}))
    }

    /// A connector, or for 0 the station, can be used or not.
    fn operative(&mut self, connector: u32, operative: bool) -> &mut Self {
        let kind = if operative {
            "Operative"
        } else {
            "Inoperative"
        };
        let payload = match (self.version, connector) {
            (Version::V1_6, _) => json!({"connectorId": connector, "type": kind}),
            (_, 0) => json!({"operationalStatus": kind}),
            (_, evse) => json!({"operationalStatus": kind, "evse": {"id": evse}}),
        };
        self.call("ChangeAvailability", payload)
    }

    /// Somebody plugs in and is started by the CSMS.
    fn charge(&mut self, connector: u32, tag: &str) -> &mut Self {
        self.act(Act::Plug(connector));
        if self.version == Version::V1_6 {
            let start = json!({"connectorId": connector, "idTag": tag});
            return self.call("RemoteStartTransaction", start);
        }
        let start = json!({
            "evseId": connector,
            "remoteStartId": self.deeds.len(),
            "idToken": {"idToken": tag, "type": "ISO14443"},
        });
        self.call("RequestStartTransaction", start)
    }

    fn leave(&mut self, connector: u32) -> &mut Self {
        self.act(Act::PressStop(connector))
            .act(Act::Unplug(connector))
    }

    /// The id of a transaction, which calls are written with: a replay puts the one of the day in its place.
    fn id(&self, place: i64) -> Value {
        match self.version {
            Version::V1_6 => json!(FIRST_ID + place),
            _ => json!(format!("history-{place}")),
        }
    }

    fn script(&self, connectors: u32) -> Script {
        Script {
            deeds: self.deeds.clone(),
            boots: Vec::new(),
            ids: vec![self.id(0), self.id(1)],
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
struct Profile {
    id: u32,
    purpose: &'static str,
    limits: &'static [(u32, u32)],
    /// Of the transaction that it is for; an absolute one is for none.
    transaction: Option<Value>,
    watts: bool,
}

impl Profile {
    const fn kind(&self) -> &'static str {
        match self.transaction {
            Some(_) => "Relative",
            None => "Absolute",
        }
    }

    fn schedule(&self) -> Value {
        let (unit, factor) = if self.watts { ("W", 690) } else { ("A", 1) };
        let mut schedule = json!({
            "chargingRateUnit": unit,
            "chargingSchedulePeriod": periods(self.limits, factor),
        });
        if self.transaction.is_none() {
            schedule["startSchedule"] = json!(BEGIN);
        }
        schedule
    }

    fn with(&self, mut profile: Value) -> Value {
        profile["stackLevel"] = json!(0);
        profile["chargingProfileKind"] = json!(self.kind());
        if let Some(id) = &self.transaction {
            profile["transactionId"] = id.clone();
        }
        profile
    }

    fn v1_6(&self) -> Value {
        self.with(json!({
            "chargingProfileId": self.id,
            "chargingProfilePurpose": self.purpose,
            "chargingSchedule": self.schedule(),
        }))
    }

    fn v2_0_1(&self) -> Value {
        let purpose = match self.purpose {
            "ChargePointMaxProfile" => "ChargingStationMaxProfile",
            purpose => purpose,
        };
        let mut schedule = self.schedule();
        schedule["id"] = json!(1);
        self.with(json!({
            "id": self.id,
            "chargingProfilePurpose": purpose,
            "chargingSchedule": [schedule],
        }))
    }
}

const fn absolute(
    id: u32,
    purpose: &'static str,
    limits: &'static [(u32, u32)],
    watts: bool,
) -> Profile {
    Profile {
        id,
        purpose,
        limits,
        transaction: None,
        watts,
    }
}

/// What the station may take is shared by two, changes, and is given free.
fn shared_limit(version: Version, connectors: u32, watts: bool) -> Script {
    const LIMITS: &[(u32, u32)] = &[(0, 20), (150, 14), (260, 0), (320, 18)];
    let max = absolute(1, "ChargePointMaxProfile", LIMITS, watts);
    let mut history = History::new(version);
    let own = Profile {
        transaction: Some(history.id(0)),
        ..absolute(2, "TxProfile", &[(0, 16), (90, 9)], watts)
    };
    history
        .profile(0, &max)
        .charge(1, "ONE")
        .charge(2, "TWO")
        .profile(1, &own)
        .profile(2, &absolute(3, "TxDefaultProfile", &[(0, 8)], watts))
        .after(150)
        .clear(Some(1))
        .leave(1)
        .clear(None)
        .leave(2)
        .script(connectors)
}

/// A limit for the whole station that stays, and nobody's limit but that.
fn lasting_limit(version: Version, connectors: u32, watts: bool) -> Script {
    History::new(version)
        .profile(0, &absolute(1, "ChargePointMaxProfile", &[(0, 10)], watts))
        .charge(1, "ONE")
        .after(30)
        .reset(false)
        .after(30)
        .leave(1)
        .charge(2, "TWO")
        .reset(true)
        .after(30)
        .leave(2)
        .script(connectors)
}

/// Faults, pauses of the car, and connectors out of use while somebody charges.
fn interruptions(version: Version, connectors: u32) -> Script {
    History::new(version)
        .charge(1, "ONE")
        .act(Act::Car(1, EvState::Suspended))
        .act(Act::Car(1, EvState::Ready))
        .act(Act::Fault(1, Some(FaultCode::GroundFailure)))
        .act(Act::Fault(1, None))
        .operative(1, false)
        .charge(2, "TWO")
        .leave(1)
        .charge(1, "THREE")
        .act(Act::Unplug(1))
        .operative(0, false)
        .leave(2)
        .operative(0, true)
        .script(connectors)
}

/// All of them, with names. Those about limits are for stations that follow profiles.
pub(super) fn all(product: &Product) -> Vec<(&'static str, Script)> {
    let (version, connectors) = (product.version, product.connectors);
    let watts = !product.features.rate_in_amperes;
    let mut all = vec![("interruptions", interruptions(version, connectors))];
    if product.features.smart_charging {
        all.push(("shared limit", shared_limit(version, connectors, watts)));
        all.push(("lasting limit", lasting_limit(version, connectors, watts)));
    }
    all
}
