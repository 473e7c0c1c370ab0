//! Reservations of a connector or of the station (1.6 sections 3.11, 5.1, 5.13).

use alloc::format;
use alloc::vec::Vec;

use ocpp_types::v1_6::{
    CancelReservationRequest, CancelReservationResponse, CancelReservationStatus,
    ReservationStatus, ReserveNowRequest, ReserveNowResponse,
};
use serde::{Deserialize, Serialize};

use super::ChargePoint;
use super::status::Status;
use crate::session::CallToken;
use crate::station::authorization::known;
use crate::station::context::Context;
use crate::station::record::Records;
use crate::station::vocabulary::{CableState, Token};
use crate::time::{DateTime, Instant};

/// A reservation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Reservation {
    id: i64,
    /// 0 for the station.
    connector: usize,
    token: Token,
    group: Option<Token>,
    expiry: DateTime,
}

impl Reservation {
    fn is_for(&self, token: &Token, group: Option<&Token>) -> bool {
        let same_group = match (&self.group, group) {
            (Some(own), Some(other)) => own.same_id(&other.id),
            _ => false,
        };
        self.token.same_id(&token.id) || same_group
    }
}

const PREFIX: &str = "reservation/";

fn key(id: i64) -> alloc::string::String {
    format!("{PREFIX}{id}")
}

pub(super) fn restore(records: &Records) -> Vec<Reservation> {
    records
        .all(PREFIX)
        .map(|(_, reservation)| reservation)
        .collect()
}

impl ChargePoint {
    pub(super) fn reserve_now(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &ReserveNowRequest,
    ) {
        let status = self.reserve(core, request);
        core.answer(call, &ReserveNowResponse::new(status));
    }

    fn reserve(&mut self, core: &mut Context, request: &ReserveNowRequest) -> ReservationStatus {
        let features = &core.config.features;
        let Some(number) = self.connectors.by_id(request.connector_id) else {
            return ReservationStatus::Rejected;
        };
        if !features.reservation || (number == 0 && !features.reservation_of_station) {
            return ReservationStatus::Rejected;
        }
        let id = request.reservation_id;
        // The same id replaces the reservation (5.13).
        let others = self.reservations.iter().filter(|r| r.id != id);
        let others: Vec<Reservation> = others.cloned().collect();
        let obstacle = match number {
            0 => self.obstacle_for_station(core, &others),
            number => self
                .obstacle(core, number, &others)
                .or_else(|| self.promise_in_the_way(core, number, &others)),
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
        self.reservations = others;
        self.reservations.push(reservation);
        ReservationStatus::Accepted
    }

    /// What is in the way of reserving a connector.
    fn obstacle(
        &self,
        core: &Context,
        number: usize,
        others: &[Reservation],
    ) -> Option<ReservationStatus> {
        let reserved = others.iter().any(|r| r.connector == number);
        match self.slots[number].status {
            _ if self.faulted(core, number) => Some(ReservationStatus::Faulted),
            _ if !self.slots[number].operative => Some(ReservationStatus::Unavailable),
            _ if reserved => Some(ReservationStatus::Occupied),
            Status::Available | Status::Reserved => None,
            _ => Some(ReservationStatus::Occupied),
        }
    }

    /// Reservations of the station keep one free connector each, which cannot be reserved for somebody else.
    fn promise_in_the_way(
        &self,
        core: &Context,
        number: usize,
        others: &[Reservation],
    ) -> Option<ReservationStatus> {
        let promised = others.iter().filter(|r| r.connector == 0).count();
        let left = self
            .connectors
            .numbers()
            .filter(|other| *other != number && self.obstacle(core, *other, others).is_none());
        (left.count() < promised).then_some(ReservationStatus::Occupied)
    }

    /// What is in the way of keeping one connector free.
    fn obstacle_for_station(
        &self,
        core: &Context,
        others: &[Reservation],
    ) -> Option<ReservationStatus> {
        if core.hardware.station_faulted() {
            return Some(ReservationStatus::Faulted);
        }
        if !self.slots[0].operative {
            return Some(ReservationStatus::Unavailable);
        }
        let obstacles = self
            .connectors
            .numbers()
            .map(|number| self.obstacle(core, number, others));
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

    pub(super) fn cancel_reservation(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &CancelReservationRequest,
    ) {
        let id = request.reservation_id;
        let status = if self.reservations.iter().any(|r| r.id == id) {
            self.consume_reservation(core, id);
            CancelReservationStatus::Accepted
        } else {
            CancelReservationStatus::Rejected
        };
        core.answer(call, &CancelReservationResponse::new(status));
    }

    /// A reservation is used, cancelled or over.
    pub(super) fn consume_reservation(&mut self, core: &mut Context, id: i64) {
        self.reservations.retain(|r| r.id != id);
        core.remove(&key(id));
    }

    /// A connector, or the station (0), has become Faulted or Unavailable: its reservation is over (5.13).
    pub(super) fn end_reservations_of(&mut self, core: &mut Context, number: usize) {
        let over = self.reservations.iter().filter(|r| r.connector == number);
        let over: Vec<i64> = over.map(|r| r.id).collect();
        for id in over {
            self.consume_reservation(core, id);
        }
    }

    pub(super) fn expire_reservations(&mut self, core: &mut Context) {
        let Some(now) = core.utc() else {
            return;
        };
        let over = self.reservations.iter().filter(|r| r.expiry <= now);
        let over: Vec<i64> = over.map(|r| r.id).collect();
        for id in over {
            self.consume_reservation(core, id);
        }
    }

    pub(super) fn next_reservation_timeout(&self, core: &Context) -> Option<Instant> {
        let expiry = self.reservations.iter().map(|r| r.expiry).min()?;
        core.clock.instant_of(core.now, expiry)
    }

    /// Whether a connector shows that it is reserved: by its own reservation, or because it is among the last free ones
    /// while the station is reserved.
    pub(super) fn reservation_shown(&self, core: &Context, number: usize) -> bool {
        let own = self.reservations.iter().any(|r| r.connector == number);
        own || self.is_promised(core, number)
    }

    /// Whether an unused connector must be kept for reservations of the station: without it fewer would be free than are
    /// reserved (5.13). A cable that somebody has plugged in changes nothing about that: what is kept is whose token counts.
    fn is_promised(&self, core: &Context, number: usize) -> bool {
        let reservations = self.reservations.iter();
        let promised = reservations.filter(|r| r.connector == 0).count();
        if promised == 0 || !self.is_unused(core, number) {
            return false;
        }
        // Of an EVSE one connector can be used at a time.
        let evse = self.connectors.evse(number);
        let free = |other: &usize| {
            self.connectors.evse(*other) != evse
                && self.is_unused(core, *other)
                && self.connectors.cable(core, *other) == CableState::Unplugged
        };
        self.connectors.numbers().filter(free).count() < promised
    }

    /// Whether nobody charges at a connector or is about to, and nothing prevents it.
    fn is_unused(&self, core: &Context, number: usize) -> bool {
        let slot = &self.slots[number];
        let reserved = self.reservations.iter().any(|r| r.connector == number);
        let used = self.slots.iter().any(|other| {
            other.at.evse == slot.at.evse
                && (other.transaction.is_some()
                    || other.auth.as_ref().is_some_and(|auth| auth.granted))
        });
        slot.operative && !used && !reserved && !self.faulted(core, number)
    }

    /// Whether only the group of a token can tell whether a reservation is for it.
    pub(super) fn needs_group(&self, number: usize, token: &Token) -> bool {
        let mut own = self.reservations.iter().filter(|r| r.connector == number);
        own.any(|r| r.group.is_some() && !r.token.same_id(&token.id))
    }

    /// Whether it is worth asking about a token here: not when the connector is reserved for somebody else, and no group
    /// could make the difference.
    pub(super) fn may_use(&self, core: &Context, number: usize, token: &Token) -> bool {
        let known = known(core, token).and_then(|known| known.group);
        let may = |r: &Reservation| r.group.is_some() || r.is_for(token, known.as_ref());
        let mut own = self.reservations.iter().filter(|r| r.connector == number);
        if let Some(reservation) = own.next() {
            return may(reservation);
        }
        let mut station = self.reservations.iter().filter(|r| r.connector == 0);
        !self.is_promised(core, number) || station.any(may)
    }

    /// Whether a connector is reserved for somebody else, the group of the token being known.
    pub(super) fn reservation_refuses(
        &self,
        core: &Context,
        number: usize,
        token: &Token,
        group: Option<&Token>,
    ) -> bool {
        let own = self.reservations.iter().find(|r| r.connector == number);
        if let Some(own) = own {
            return !own.is_for(token, group);
        }
        let mut station = self.reservations.iter().filter(|r| r.connector == 0);
        self.is_promised(core, number) && !station.any(|r| r.is_for(token, group))
    }

    /// The reservation that a token uses at a connector.
    pub(super) fn reservation_for(
        &self,
        number: usize,
        token: &Token,
        group: Option<&Token>,
    ) -> Option<i64> {
        let mine = self.reservations.iter().filter(|r| r.is_for(token, group));
        let mine: Vec<&Reservation> = mine.collect();
        let own = mine.iter().find(|r| r.connector == number);
        let station = mine.iter().find(|r| r.connector == 0);
        own.or(station).map(|r| r.id)
    }
}
