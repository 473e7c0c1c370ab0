//! What a car wants (K15 to K17): a schedule is offered, and the one that it makes of it is checked.

use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use ocpp_types::{DateTime, Version};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::profiles::{InstalledProfile, MAX_EVSE, named, request, write};
use super::{Effect, RemoteStation};
use crate::csms::ledger::Transaction;
use crate::session::CallToken;
use crate::smart_charging::{
    self, CompositeSchedule, Evse, LocalLimit, Precision, Purpose, RateUnit, Request, Site,
    composite, evse_id,
};

/// Volts of a phase, for schedules in another unit than the one that was offered.
const VOLTS: Decimal = Decimal::from_parts(230, 0, 0, false, 0);

/// More than any car takes, in A and in W.
const NO_LIMIT: Decimal = Decimal::from_parts(1_000_000_000, 0, 0, false, 0);

/// For how long the limits of the operator are looked up, in seconds; afterwards they count by themselves again.
const OFFERED_FOR: i64 = 86_400;

/// Most periods of an offer.
const MAX_PERIODS: usize = 100;

/// How many offers are remembered.
const MAX_OFFERS: usize = 64;

/// What a car was offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Offer {
    /// The number of the profile.
    profile: i64,
    /// The transaction.
    reference: u64,
    /// What the car can take.
    takes: Takes,
    /// The station has it no more, and is to get it again: it gave way to a profile of the operator, or nothing could be offered
    /// beside his limits.
    #[serde(default)]
    withdrawn: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Takes {
    /// Whether the limit is in W; otherwise in A.
    watts: bool,
    /// The most.
    limit: ocpp_types::Decimal,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    phases: Option<i64>,
}

impl RemoteStation {
    /// The answer to NotifyEVChargingNeeds: the car is offered what it can take, as far as the limits that hold at the station let it
    /// (K15.FR.02, K15.FR.03, K15.FR.07), also if it tells them again while it charges (K16.FR.12, K17.FR.02, K17.FR.03, K17.FR.07).
    /// `None` without a transaction, if it does not say what it can take, or if the limits cannot be calculated.
    pub(super) fn answer_needs(&mut self, token: CallToken, payload: &str) -> Option<Vec<Effect>> {
        let needs: Value = serde_json::from_str(payload).ok()?;
        let evse = needs["evseId"].as_i64()?;
        let takes = wanted(&needs["chargingNeeds"])?;
        let reference = self.running_at(evse)?.reference;
        let there = self.state.offers.iter();
        let there = there.rev().find(|offer| offer.reference == reference);
        let number = match there.map(|there| there.profile) {
            // Renegotiated (K17).
            Some(number) => number,
            None => self.next_id(),
        };
        let offer = Offer {
            profile: number,
            reference,
            takes,
            withdrawn: false,
        };
        let profile = self.made_of(&offer)?;
        let open: Vec<u64> = self.ledger.open().map(|open| open.reference).collect();
        self.change(|state| {
            state
                .offers
                .retain(|there| there.profile != number && open.contains(&there.reference));
            if state.offers.len() >= MAX_OFFERS {
                state.offers.remove(0);
            }
            state.offers.push(offer);
        });
        let accepted = Effect::Respond(token, r#"{"status":"Accepted"}"#.into());
        Some(Vec::from([accepted, self.offer(evse, &profile)]))
    }

    /// The operator has changed limits: what cars were offered follows. Where nothing can be offered beside them, the offer is taken
    /// back: his limits count by themselves then, and no offer stands before them.
    pub(super) fn offer_anew(&mut self, changed: Option<i64>) -> Vec<Effect> {
        let is_offer = |id: i64| self.offers().any(|offer| offer == id);
        if changed.is_some_and(is_offer) {
            self.change(|state| {
                let mut offers = state.offers.iter_mut();
                if let Some(offer) = offers.find(|offer| Some(offer.profile) == changed) {
                    offer.withdrawn = false;
                }
            });
            return Vec::new();
        }
        let mut effects = Vec::new();
        let mut withdrawn = Vec::new();
        for offer in &self.state.offers {
            let is_there = self.profiles.has(offer.profile);
            let transaction = self.ledger.transaction(offer.reference);
            let Some(transaction) = transaction.filter(|it| it.is_running()) else {
                continue;
            };
            match self.made_of(offer) {
                Some(profile) if is_there || offer.withdrawn => {
                    effects.push(self.offer(transaction.evse, &profile));
                }
                None if is_there => withdrawn.push(offer.profile),
                _ => {}
            }
        }
        for offer in withdrawn {
            let (action, payload) = self.withdraw_offer(offer);
            effects.push(Effect::Call {
                action,
                payload: payload.to_string(),
                running: None,
            });
        }
        effects
    }

    /// The numbers of the profiles that cars were offered.
    pub(super) fn offers(&self) -> impl Iterator<Item = i64> {
        self.state.offers.iter().map(|offer| offer.profile)
    }

    /// Whether an offer was taken back for a while.
    pub(super) fn is_withdrawn(&self, profile: i64) -> bool {
        let mut offers = self.state.offers.iter();
        offers.any(|offer| offer.profile == profile && offer.withdrawn)
    }

    /// The request that takes an offer back for a while.
    pub(super) fn withdraw_offer(&mut self, profile: i64) -> (&'static str, Value) {
        self.change(|state| {
            let mut offers = state.offers.iter_mut();
            if let Some(offer) = offers.find(|offer| offer.profile == profile) {
                offer.withdrawn = true;
            }
        });
        (
            "ClearChargingProfile",
            json!({"chargingProfileId": profile}),
        )
    }

    /// The profile of an offer: nowhere above what the profiles of the operator come to.
    fn made_of(&self, offer: &Offer) -> Option<Value> {
        let transaction = self.ledger.transaction(offer.reference)?;
        let takes = &offer.takes;
        let unit = if takes.watts {
            RateUnit::W
        } else {
            RateUnit::A
        };
        let evse = transaction.evse;
        let others = || {
            self.profiles.iter().filter(move |installed| {
                let is_offer = |it: &Offer| it.profile == installed.profile.id;
                (installed.evse == 0 || installed.evse == evse)
                    && !self.state.offers.iter().any(is_offer)
            })
        };
        let other_unit = |installed: &InstalledProfile| {
            let mut schedules = installed.profile.schedules.iter();
            schedules.any(|schedule| schedule.unit != unit)
        };
        // What an ampere comes to with DC depends on the car.
        if takes.watts && others().any(other_unit) {
            return None;
        }
        let installed: Vec<_> = others()
            .map(|installed| smart_charging::Installed {
                evse: evse_id(installed.evse),
                profile: alloc::sync::Arc::new(installed.profile.clone()),
            })
            .collect();
        let request = Request::new(evse_id(evse), self.utc, OFFERED_FOR, unit);
        let most = calculated(evse, transaction, &installed, &request)?;
        let mut periods: Vec<(i64, Decimal, Option<i64>)> = Vec::new();
        let mut until = None;
        for period in &most.periods {
            let others = period.other_phases.iter().flat_map(|others| others.iter());
            let limit = others.fold(period.limit.min(*takes.limit), |least, other| {
                least.min(*other)
            });
            let phases = takes.phases.map(|phases| match period.phases {
                Some(most) => phases.min(i64::from(most)),
                None => phases,
            });
            let same = periods.last();
            if same.is_some_and(|(_, before, on)| (*before, *on) == (limit, phases)) {
                continue;
            }
            if periods.len() >= MAX_PERIODS {
                until = Some(period.start);
                break;
            }
            periods.push((period.start, limit, phases));
        }
        let unlimited = periods.iter().all(|(_, limit, _)| *limit == *takes.limit);
        let until = until.or((!unlimited).then_some(OFFERED_FOR));
        let periods: Option<Vec<Value>> = periods
            .into_iter()
            .map(|(start, limit, phases)| {
                let limit: Value = serde_json::from_str(&limit.normalize().to_string()).ok()?;
                let mut period = json!({"startPeriod": start, "limit": limit});
                if let Some(phases) = phases {
                    period["numberPhases"] = phases.into();
                }
                Some(period)
            })
            .collect();
        // Beside the profiles of the operator, and leading: of two with one level the station would have to refuse the second
        // (K01.FR.39).
        let id = named(&transaction.transaction_id);
        let its = others().filter(|installed| {
            let profile = &installed.profile;
            profile.purpose == Purpose::TxProfile
                && (profile.transaction_id.is_none() || profile.transaction_id == id)
        });
        let level = its.map(|installed| installed.profile.stack_level).max();
        let level = level.map_or(0, |level| level.saturating_add(1));
        let mut schedule = json!({
            "id": 1, "startSchedule": self.utc.to_string(),
            "chargingRateUnit": if takes.watts { "W" } else { "A" },
            "chargingSchedulePeriod": periods?});
        if let Some(until) = until {
            schedule["duration"] = until.into();
        }
        Some(json!({
            "id": offer.profile, "stackLevel": level, "chargingProfilePurpose": "TxProfile",
            "chargingProfileKind": "Absolute",
            "transactionId": transaction.transaction_id.to_string(),
            "chargingSchedule": [schedule],
        }))
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
    /// K15.FR.13, K16.FR.07, K16.FR.08, K17.FR.12, K17.FR.13). `None` if it keeps within, or nothing was offered.
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

/// What a car can take.
fn wanted(needs: &Value) -> Option<Takes> {
    let positive = |value: &Value| {
        let value = decimal(value).filter(|value| *value > Decimal::ZERO);
        value.map(ocpp_types::Decimal::from)
    };
    let ac = &needs["acChargingParameters"];
    if let Some(limit) = positive(&ac["evMaxCurrent"]) {
        let phases = match needs["requestedEnergyTransfer"].as_str() {
            Some(text) if text.starts_with("AC_single") => 1,
            Some(text) if text.starts_with("AC_two") => 2,
            _ => 3,
        };
        return Some(Takes {
            watts: false,
            limit,
            phases: Some(phases),
        });
    }
    let dc = &needs["dcChargingParameters"];
    let (watts, limit) = match positive(&dc["evMaxPower"]) {
        Some(limit) => (true, limit),
        None => (false, positive(&dc["evMaxCurrent"])?),
    };
    Some(Takes {
        watts,
        limit,
        phases: None,
    })
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
    let installed = smart_charging::Installed {
        evse: evse_id(evse),
        profile: alloc::sync::Arc::new(offered.profile.clone()),
    };
    let mut wanted = Request::new(evse_id(evse), from, duration, unit);
    wanted.precision = Precision::Exact;
    let most = calculated(evse, transaction, &[installed], &wanted)?;
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

/// What profiles come to for a transaction, at a station that has no limits of its own.
fn calculated(
    evse: i64,
    transaction: &Transaction,
    installed: &[smart_charging::Installed],
    request: &Request,
) -> Option<CompositeSchedule> {
    if !(1..=i64::from(MAX_EVSE)).contains(&evse) {
        return None;
    }
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
    composite(&site, installed, &[running], request).ok()
}

/// The payload of a request, if its answer takes it.
pub(super) fn kept(action: &str, payload: &str) -> Option<String> {
    let answered = matches!(action, "NotifyEVChargingNeeds" | "NotifyEVChargingSchedule");
    answered.then(|| payload.into())
}
