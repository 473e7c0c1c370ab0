//! Reservations, as far as the CSMS knows of them.

use alloc::format;
use alloc::string::String;

use ocpp_types::DateTime;

use super::{Csms, Reservation, ReservationStatus, Table};

impl Csms {
    /// All reservations that are remembered, oldest first, as of `now`.
    pub fn reservations(&self, now: DateTime) -> impl Iterator<Item = Reservation> {
        self.reservations.iter().map(move |reservation| {
            let mut reservation = reservation.clone();
            let kept = reservation.status == ReservationStatus::Accepted;
            if kept && reservation.expiry_date <= now {
                reservation.status = ReservationStatus::Expired;
            }
            reservation
        })
    }

    /// Notes what a station answered to a reservation. One with the same number is replaced (H01.FR.02).
    pub(super) fn note_reservation(&mut self, reservation: Reservation) {
        let key = reservation_key(&reservation.station, reservation.id);
        let refused = reservation.status != ReservationStatus::Accepted;
        if let Some(at) = self.find_reservation(&reservation.station, reservation.id) {
            if refused && self.reservations[at].status == ReservationStatus::Accepted {
                // The station keeps what it had.
                return;
            }
            self.reservations.remove(at);
        } else if self.reservations.len() >= self.config.max_reservations
            && let Some(oldest) = self.reservations.pop_front()
        {
            self.erase(
                Table::Reservations,
                reservation_key(&oldest.station, oldest.id),
            );
        }
        self.store(Table::Reservations, key, &reservation);
        self.reservations.push_back(reservation);
    }

    /// Notes what became of a reservation, unless it has come to its end before.
    pub(super) fn end_reservation(&mut self, station: &str, id: i64, status: ReservationStatus) {
        let Some(at) = self.find_reservation(station, id) else {
            return;
        };
        if self.reservations[at].status == ReservationStatus::Accepted {
            self.reservations[at].status = status;
            let reservation = self.reservations[at].clone();
            self.store(
                Table::Reservations,
                reservation_key(station, id),
                &reservation,
            );
        }
    }

    fn find_reservation(&self, station: &str, id: i64) -> Option<usize> {
        let same = |r: &Reservation| r.id == id && r.station == station;
        self.reservations.iter().position(same)
    }
}

/// Numbers may have any sign; the station may contain any character, so it comes last.
fn reservation_key(station: &str, id: i64) -> String {
    format!("{id} {station}")
}
