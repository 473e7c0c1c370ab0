//! What a car wants (K15 to K17): a schedule is offered, and the one that it makes of it is checked.

use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use ocpp_types::{DateTime, Version};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::profiles::{InstalledProfile, MAX_EVSE, named, request, write};
use super::{Effect, RemoteStation};
use crate::csms::ledger::Transaction;
use crate::session::CallToken;
use crate::smart_charging::{
    self, Evse, LocalLimit, Precision, Purpose, RateUnit, Request, Site, composite, evse_id,
};

/// Volts of a phase, for schedules in another unit than the one that was offered.
const VOLTS: Decimal = Decimal::from_parts(230, 0, 0, false, 0);

/// More than any car takes, in A and in W.
const NO_LIMIT: Decimal = Decimal::from_parts(1_000_000_000, 0, 0, false, 0);

impl RemoteStation {
    /// The answer to NotifyEVChargingNeeds: the car is offered what it can take, as far as the limits that hold at the station let it
    /// (K15.FR.02, K15.FR.07). `None` without a transaction, or if it does not say what it can take.
    pub(super) fn answer_needs(&mut self, token: CallToken, payload: &str) -> Option<Vec<Effect>> {
        let needs: Value = serde_json::from_str(payload).ok()?;
        let evse = needs["evseId"].as_i64()?;
        let (unit, limit, phases) = wanted(&needs["chargingNeeds"])?;
        let transaction = self.running_at(evse)?;
        let id = transaction.transaction_id.to_string();
        // In place of the one that it has: of two with one level the station would have to refuse the second (K01.FR.39).
        let there = self.offered(transaction).map(|there| &there.profile);
        let there = there.map(|there| (there.id, there.stack_level));
        let (number, level) = match there {
            Some(there) => there,
            None => (self.next_id(), 0),
        };
        let mut period = json!({"startPeriod": 0, "limit": limit});
        if let Some(phases) = phases {
            period["numberPhases"] = phases.into();
        }
        let profile = json!({
            "id": number, "stackLevel": level, "chargingProfilePurpose": "TxProfile",
            "chargingProfileKind": "Absolute", "transactionId": id,
            "chargingSchedule": [{
                "id": 1, "startSchedule": self.utc.to_string(), "chargingRateUnit": unit,
                "chargingSchedulePeriod": [period]}],
        });
        let accepted = Effect::Respond(token, r#"{"status":"Accepted"}"#.into());
        Some(Vec::from([accepted, self.offer(evse, &profile)]))
    }

    fn offer(&self, evse: i64, profile: &Value) -> Effect {
        let version = self.version().unwrap_or(Version::V2_0_1);
        Effect::Call {
            action: "SetChargingProfile",
            payload: request(version, evse, profile).to_string(),
            running: None,
        }
    }

    /// The answer to NotifyEVChargingSchedule: a schedule above what was offered is rejected, and offered anew (K15.FR.12,
    /// K15.FR.13). `None` if it keeps within, or nothing was offered.
    pub(super) fn answer_schedule(&self, token: CallToken, payload: &str) -> Option<Vec<Effect>> {
        let told: Value = serde_json::from_str(payload).ok()?;
        let evse = told["evseId"].as_i64()?;
        let transaction = self.running_at(evse)?;
        let offered = self.offered(transaction)?;
        if !exceeds(&told, evse, transaction, offered)? {
            return None;
        }
        let version = self.version()?;
        let profile = write(version, &offered.profile)?;
        let rejected = Effect::Respond(token, r#"{"status":"Rejected"}"#.into());
        Some(Vec::from([rejected, self.offer(evse, &profile)]))
    }

    fn running_at(&self, evse: i64) -> Option<&Transaction> {
        let mut open = self.ledger.open();
        open.find(|open| open.evse == evse && open.is_running())
    }

    /// The profile of a transaction that leads.
    fn offered(&self, transaction: &Transaction) -> Option<&InstalledProfile> {
        let id = named(&transaction.transaction_id)?;
        let its = self.profiles.iter().filter(|installed| {
            let profile = &installed.profile;
            profile.purpose == Purpose::TxProfile && profile.transaction_id.as_ref() == Some(&id)
        });
        its.max_by_key(|installed| installed.profile.stack_level)
    }
}

/// Unit, limit and phases that a car can take.
fn wanted(needs: &Value) -> Option<(&'static str, Value, Option<i64>)> {
    let positive = |value: &Value| value.as_f64().is_some_and(|value| value > 0.0);
    let ac = &needs["acChargingParameters"];
    if positive(&ac["evMaxCurrent"]) {
        let phases = match needs["requestedEnergyTransfer"].as_str() {
            Some(text) if text.starts_with("AC_single") => 1,
            Some(text) if text.starts_with("AC_two") => 2,
            _ => 3,
        };
        return Some(("A", ac["evMaxCurrent"].clone(), Some(phases)));
    }
    let dc = &needs["dcChargingParameters"];
    if positive(&dc["evMaxPower"]) {
        return Some(("W", dc["evMaxPower"].clone(), None));
    }
    positive(&dc["evMaxCurrent"]).then(|| ("A", dc["evMaxCurrent"].clone(), None))
}

fn decimal(value: &Value) -> Option<Decimal> {
    let text = value.as_number()?.to_string();
    let exact = text.parse().ok();
    exact.or_else(|| Decimal::from_scientific(&text).ok())
}

/// Whether a schedule of a car is anywhere above the profile that was offered. `None` if that cannot be said.
fn exceeds(
    told: &Value,
    evse: i64,
    transaction: &Transaction,
    offered: &InstalledProfile,
) -> Option<bool> {
    if !(1..=i64::from(MAX_EVSE)).contains(&evse) {
        return None;
    }
    let schedule = &told["chargingSchedule"];
    let unit = match schedule["chargingRateUnit"].as_str()? {
        "W" => RateUnit::W,
        _ => RateUnit::A,
    };
    let from: DateTime = told["timeBase"].as_str()?.parse().ok()?;
    let periods = schedule["chargingSchedulePeriod"].as_array()?.iter();
    let steps = periods.map(|period| {
        let limit = decimal(&period["limit"])?;
        Some((period["startPeriod"].as_i64()?, limit))
    });
    let steps: Vec<(i64, Decimal)> = steps.collect::<Option<_>>()?;
    let last = steps.last()?.0.max(0);
    let duration = schedule["duration"].as_i64();
    let duration = duration.unwrap_or(last + 1).clamp(1, 7 * 86_400);
    let local = LocalLimit::Both {
        amperes: NO_LIMIT,
        watts: NO_LIMIT,
    };
    let evses = usize::try_from(evse).ok()?;
    let mut site = Site::new(vec![Evse::ac(local, 3); evses]);
    site.voltage = Some(VOLTS);
    let running = smart_charging::Transaction {
        evse: evse_id(evse),
        id: named(&transaction.transaction_id),
        started: transaction.started_at.unwrap_or(transaction.first_at),
    };
    let installed = smart_charging::Installed {
        evse: evse_id(evse),
        profile: alloc::sync::Arc::new(offered.profile.clone()),
    };
    let mut wanted = Request::new(evse_id(evse), from, duration, unit);
    wanted.precision = Precision::Exact;
    let most = composite(&site, &[installed], &[running], &wanted).ok()?;
    let limit_at = |at: i64| most.period_at(at).map(|period| period.limit);
    let wanted_at = |at: i64| {
        let step = steps.iter().rev().find(|(start, _)| *start <= at);
        step.map(|(_, limit)| *limit)
    };
    let ends = steps.iter().map(|(start, _)| *start);
    let mut edges = ends.chain(most.periods.iter().map(|period| period.start));
    Some(edges.any(|at| match (wanted_at(at), limit_at(at)) {
        (Some(wanted), Some(limit)) => at < duration && wanted > limit,
        _ => false,
    }))
}

/// The payload of a request, if its answer takes it.
pub(super) fn kept(action: &str, payload: &str) -> Option<String> {
    let answered = matches!(action, "NotifyEVChargingNeeds" | "NotifyEVChargingSchedule");
    answered.then(|| payload.into())
}
