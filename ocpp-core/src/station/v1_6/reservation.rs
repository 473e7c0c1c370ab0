//! Reservations of a connector or of the station (1.6 sections 3.11, 5.1, 5.13).

use alloc::format;
use alloc::vec::Vec;

use ocpp_types::v1_6::{
    CancelReservationRequest, CancelReservationResponse, CancelReservationStatus,
    ReservationStatus, ReserveNowRequest, ReserveNowResponse,
};
use serde::{Deserialize, Serialize};

use super::conditions::{Condition, Conditions};
use super::connectors::Connectors;
use crate::session::CallToken;
use crate::station::authorization::{known, same_driver};
use crate::station::context::Context;
use crate::station::record::Records;
use crate::station::vocabulary::{CableState, Token};
use crate::time::{DateTime, Instant};

/// A reservation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Reservation {
    id: i64,
    /// 0 for the station.
    connector: usize,
    token: Token,
    group: Option<Token>,
    expiry: DateTime,
}

impl Reservation {
    fn is_for(&self, token: &Token, group: Option<&Token>) -> bool {
        let own = (&self.token, self.group.as_ref());
        same_driver(own, (token, group))
    }
}

const PREFIX: &str = "reservation/";

fn key(id: i64) -> alloc::string::String {
    format!("{PREFIX}{id}")
}

/// See the [module documentation](self).
#[derive(Debug)]
pub(super) struct Reservations(Vec<Reservation>);

impl Reservations {
    pub(super) fn restore(records: &Records) -> Self {
        let all = records.all(PREFIX);
        Self(all.map(|(_, reservation)| reservation).collect())
    }

    pub(super) fn reserve_now(
        &mut self,
        core: &mut Context,
        connectors: &Connectors,
        conditions: &Conditions,
        call: CallToken,
        request: &ReserveNowRequest,
    ) {
        let status = self.reserve(core, connectors, conditions, request);
        core.answer(call, &ReserveNowResponse::new(status));
    }

    fn reserve(
        &mut self,
        core: &mut Context,
        connectors: &Connectors,
        conditions: &Conditions,
        request: &ReserveNowRequest,
    ) -> ReservationStatus {
        let features = &core.config.features;
        let Some(number) = connectors.by_id(request.connector_id) else {
            return ReservationStatus::Rejected;
        };
        if !features.reservation || (number == 0 && !features.reservation_of_station) {
            return ReservationStatus::Rejected;
        }
        let id = request.reservation_id;
        // The same id replaces the reservation (5.13).
        let others = self.0.iter().filter(|r| r.id != id);
        let others: Vec<Reservation> = others.cloned().collect();
        let obstacle = match number {
            0 => obstacle_for_station(conditions, &others),
            number => obstacle(conditions, number, &others)
                .or_else(|| promise_in_the_way(conditions, number, &others)),
        };
        if let Some(obstacle) = obstacle {
            return obstacle;
        }
        // 5.13 names the state of the connector first.
        if core.utc().is_none_or(|now| request.expiry_date <= now) {
            return ReservationStatus::Rejected;
        }
        let reservation = Reservation {
            id,
            connector: number,
            token: Token::new(&request.id_tag),
            group: request
                .parent_id_tag
                .as_ref()
                .map(|parent| Token::new(parent)),
            expiry: request.expiry_date,
        };
        core.store(&key(id), &reservation);
        self.0 = others;
        self.0.push(reservation);
        ReservationStatus::Accepted
    }

    pub(super) fn cancel(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &CancelReservationRequest,
    ) {
        let id = request.reservation_id;
        let status = if self.0.iter().any(|r| r.id == id) {
            self.consume(core, id);
            CancelReservationStatus::Accepted
        } else {
            CancelReservationStatus::Rejected
        };
        core.answer(call, &CancelReservationResponse::new(status));
    }

    /// A reservation is used, cancelled or over.
    pub(super) fn consume(&mut self, core: &mut Context, id: i64) {
        self.0.retain(|r| r.id != id);
        core.remove(&key(id));
    }

    /// A connector, or the station (0), has become Faulted or Unavailable: its reservation is over (5.13).
    pub(super) fn end_of(&mut self, core: &mut Context, number: usize) {
        let over = self.0.iter().filter(|r| r.connector == number);
        let over: Vec<i64> = over.map(|r| r.id).collect();
        for id in over {
            self.consume(core, id);
        }
    }

    pub(super) fn expire(&mut self, core: &mut Context) {
        let Some(now) = core.utc() else {
            return;
        };
        let over = self.0.iter().filter(|r| r.expiry <= now);
        let over: Vec<i64> = over.map(|r| r.id).collect();
        for id in over {
            self.consume(core, id);
        }
    }

    pub(super) fn next_timeout(&self, core: &Context) -> Option<Instant> {
        let expiry = self.0.iter().map(|r| r.expiry).min()?;
        core.clock.instant_of(core.now, expiry)
    }

    /// Whether a connector shows that it is reserved: by its own reservation, or because it is among the last free ones
    /// while the station is reserved.
    pub(super) fn is_shown(&self, conditions: &Conditions, number: usize) -> bool {
        let own = self.0.iter().any(|r| r.connector == number);
        own || self.is_promised(conditions, number)
    }

    /// Whether an unused connector must be kept for reservations of the station: without it fewer would be free than are
    /// reserved (5.13). A cable that somebody has plugged in changes nothing about that: what is kept is whose token counts.
    fn is_promised(&self, conditions: &Conditions, number: usize) -> bool {
        let reservations = self.0.iter();
        let promised = reservations.filter(|r| r.connector == 0).count();
        if promised == 0 || !self.is_unused(conditions, number) {
            return false;
        }
        // Of an EVSE one connector can be used at a time.
        let evse = conditions.of(number).evse;
        let free = |(other, condition): &(usize, &Condition)| {
            condition.evse != evse
                && self.is_unused(conditions, *other)
                && condition.cable == CableState::Unplugged
        };
        conditions.connectors().filter(free).count() < promised
    }

    /// Whether nobody charges at a connector or is about to, and nothing prevents it.
    fn is_unused(&self, conditions: &Conditions, number: usize) -> bool {
        let condition = conditions.of(number);
        let reserved = self.0.iter().any(|r| r.connector == number);
        let mut of_evse = conditions.of_evse(condition.evse);
        let used = of_evse.any(|other| other.charging || other.authorized);
        condition.operative && !used && !reserved && !condition.faulted
    }

    /// Whether only the group of a token can tell whether a reservation is for it.
    pub(super) fn needs_group(&self, number: usize, token: &Token) -> bool {
        let mut own = self.0.iter().filter(|r| r.connector == number);
        own.any(|r| r.group.is_some() && !r.token.same_id(&token.id))
    }

    /// Whether it is worth asking about a token here: not when the connector is reserved for somebody else, and no group
    /// could make the difference.
    pub(super) fn may_use(
        &self,
        core: &Context,
        conditions: &Conditions,
        number: usize,
        token: &Token,
    ) -> bool {
        let known = known(core, token).and_then(|known| known.group);
        let may = |r: &Reservation| r.group.is_some() || r.is_for(token, known.as_ref());
        let mut own = self.0.iter().filter(|r| r.connector == number);
        if let Some(reservation) = own.next() {
            return may(reservation);
        }
        let mut station = self.0.iter().filter(|r| r.connector == 0);
        !self.is_promised(conditions, number) || station.any(may)
    }

    /// Whether a connector is reserved for somebody else, the group of the token being known.
    pub(super) fn refuses(
        &self,
        conditions: &Conditions,
        number: usize,
        token: &Token,
        group: Option<&Token>,
    ) -> bool {
        let own = self.0.iter().find(|r| r.connector == number);
        if let Some(own) = own {
            return !own.is_for(token, group);
        }
        let mut station = self.0.iter().filter(|r| r.connector == 0);
        self.is_promised(conditions, number) && !station.any(|r| r.is_for(token, group))
    }

    /// The reservation that a token uses at a connector.
    pub(super) fn used_by(
        &self,
        number: usize,
        token: &Token,
        group: Option<&Token>,
    ) -> Option<i64> {
        let mine = self.0.iter().filter(|r| r.is_for(token, group));
        let mine: Vec<&Reservation> = mine.collect();
        let own = mine.iter().find(|r| r.connector == number);
        let station = mine.iter().find(|r| r.connector == 0);
        own.or(station).map(|r| r.id)
    }
}

/// What is in the way of reserving a connector.
fn obstacle(
    conditions: &Conditions,
    number: usize,
    others: &[Reservation],
) -> Option<ReservationStatus> {
    let reserved = others.iter().any(|r| r.connector == number);
    let condition = conditions.of(number);
    if condition.faulted {
        Some(ReservationStatus::Faulted)
    } else if !condition.operative {
        Some(ReservationStatus::Unavailable)
    } else if reserved || !condition.idle {
        Some(ReservationStatus::Occupied)
    } else {
        None
    }
}

/// Reservations of the station keep one free connector each, which cannot be reserved for somebody else.
fn promise_in_the_way(
    conditions: &Conditions,
    number: usize,
    others: &[Reservation],
) -> Option<ReservationStatus> {
    let promised = others.iter().filter(|r| r.connector == 0).count();
    let numbers = conditions.connectors().map(|(number, _)| number);
    let left =
        numbers.filter(|other| *other != number && obstacle(conditions, *other, others).is_none());
    (left.count() < promised).then_some(ReservationStatus::Occupied)
}

/// What is in the way of keeping one connector free.
fn obstacle_for_station(
    conditions: &Conditions,
    others: &[Reservation],
) -> Option<ReservationStatus> {
    let station = conditions.of(0);
    if station.faulted {
        return Some(ReservationStatus::Faulted);
    }
    if !station.operative {
        return Some(ReservationStatus::Unavailable);
    }
    let numbers = conditions.connectors().map(|(number, _)| number);
    let obstacles = numbers.map(|number| obstacle(conditions, number, others));
    let obstacles: Vec<_> = obstacles.collect();
    let promised = others.iter().filter(|r| r.connector == 0).count();
    let free = obstacles
        .iter()
        .filter(|obstacle| obstacle.is_none())
        .count();
    if free > promised {
        return None;
    }
    let all = |status: ReservationStatus| {
        obstacles
            .iter()
            .all(|obstacle| obstacle.as_ref() == Some(&status))
    };
    if all(ReservationStatus::Faulted) {
        Some(ReservationStatus::Faulted)
    } else if all(ReservationStatus::Unavailable) {
        Some(ReservationStatus::Unavailable)
    } else {
        Some(ReservationStatus::Occupied)
    }
}
