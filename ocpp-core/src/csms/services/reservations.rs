//! Reservations of all stations.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use ocpp_types::DateTime;

use crate::csms::ledger::RecordChange;
use crate::csms::remote::StationEvent;
use crate::csms::{Reservation, ReservationStatus};

/// What became of the reservations that stations were asked for.
#[derive(Debug, Clone, Default)]
pub struct Reservations {
    /// By station and number.
    all: BTreeMap<(String, i64), Reservation>,
}

const FOLDER: &str = "reservation/";

/// How many reservations of a station are remembered that have come to an end, the last ones.
pub const ENDED_RESERVATIONS: usize = 64;

impl Reservations {
    /// No reservations.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// All reservations as of `now`, by station and number.
    pub fn iter(&self, now: DateTime) -> impl Iterator<Item = Reservation> {
        self.all.values().map(move |reservation| {
            let mut reservation = reservation.clone();
            let kept = reservation.status == ReservationStatus::Accepted;
            if kept && reservation.expiry_date <= now {
                reservation.status = ReservationStatus::Expired;
            }
            reservation
        })
    }

    /// The change that an event of a station makes, if it is about a reservation and makes one.
    #[must_use]
    pub fn noted(&self, station: &str, event: &StationEvent) -> Option<RecordChange> {
        let StationEvent::Reservation {
            id,
            evse,
            id_token,
            expiry,
            status,
        } = event
        else {
            return None;
        };
        let known = self.all.get(&(station.into(), *id));
        let is_kept = known.is_some_and(|known| known.status == ReservationStatus::Accepted);
        let reservation = match (id_token, expiry) {
            (Some(token), Some(expiry)) => {
                if is_kept && *status != ReservationStatus::Accepted {
                    // H01.FR.02: one with the same number is replaced; refused, the station keeps what it had.
                    return None;
                }
                Reservation {
                    id: *id,
                    station: station.into(),
                    evse: *evse,
                    id_token: token.id_token.clone(),
                    status: *status,
                    expiry_date: *expiry,
                }
            }
            // It has come to its end, once.
            _ => Reservation {
                status: *status,
                ..known.filter(|_| is_kept)?.clone()
            },
        };
        Some(stored(&reservation))
    }

    /// The changes that forget reservations of a station which came to an end long ago: as many as there are too many of, the ones that
    /// expired first.
    #[must_use]
    pub fn outdated(&self, station: &str, now: DateTime) -> Vec<RecordChange> {
        let ended = self.of_station(station).filter(|reservation| {
            reservation.status != ReservationStatus::Accepted || reservation.expiry_date <= now
        });
        let mut ended: Vec<(DateTime, i64)> = ended
            .map(|reservation| (reservation.expiry_date, reservation.id))
            .collect();
        let too_many = ended.len().saturating_sub(ENDED_RESERVATIONS);
        ended.sort_unstable();
        let outdated = ended.into_iter().take(too_many);
        outdated
            .filter_map(|(_, id)| self.forget(station, id))
            .collect()
    }

    fn of_station<'a>(&'a self, station: &'a str) -> impl Iterator<Item = &'a Reservation> {
        let from = (String::from(station), i64::MIN);
        let all = self.all.range(from..);
        all.take_while(move |((of, _), _)| of == station)
            .map(|(_, reservation)| reservation)
    }

    /// The changes that the state of a connector makes: a station of 1.6 drops what is reserved at a connector that is faulted or
    /// unavailable, and sends nothing about it (1.6 section 5.13). Stations of 2.x say so themselves.
    #[must_use]
    pub fn dropped(&self, station: &str, event: &StationEvent) -> Vec<RecordChange> {
        let StationEvent::Connector(connector) = event else {
            return Vec::new();
        };
        let is_1_6 = connector.error_code.is_some();
        let is_down = matches!(connector.status.as_str(), "Faulted" | "Unavailable");
        if !is_1_6 || !is_down {
            return Vec::new();
        }
        let dropped = self.of_station(station).filter(|reservation| {
            // Connector 0 is the station as a whole.
            let here = connector.evse == 0 || reservation.evse == Some(connector.evse);
            here && reservation.status == ReservationStatus::Accepted
        });
        let dropped = dropped.map(|reservation| {
            stored(&Reservation {
                status: ReservationStatus::Removed,
                ..reservation.clone()
            })
        });
        dropped.collect()
    }

    /// The changes after which a pseudonym stands in the place of the tokens of a person, each with its station.
    #[must_use]
    pub fn without(
        &self,
        is_one: &dyn Fn(&str) -> bool,
        pseudonym: &str,
    ) -> Vec<(String, RecordChange)> {
        let its = self.all.values().filter(|it| is_one(&it.id_token));
        let changed = its.map(|reservation| {
            let change = stored(&Reservation {
                id_token: pseudonym.into(),
                ..reservation.clone()
            });
            (reservation.station.clone(), change)
        });
        changed.collect()
    }

    /// The changes that forget what expired or came to its end, and would have expired, before a time; each with its station.
    #[must_use]
    pub fn ended_before(&self, before: DateTime) -> Vec<(String, RecordChange)> {
        let old = self.all.values().filter(|it| it.expiry_date < before);
        let forgotten = old.filter_map(|reservation| {
            let change = self.forget(&reservation.station, reservation.id)?;
            Some((reservation.station.clone(), change))
        });
        forgotten.collect()
    }

    /// The change that forgets a reservation; `None` if it is not known.
    #[must_use]
    pub fn forget(&self, station: &str, id: i64) -> Option<RecordChange> {
        let known = self.all.contains_key(&(station.into(), id));
        known.then(|| RecordChange {
            key: format!("{FOLDER}{id} {station}"),
            record: None,
        })
    }

    /// Takes a change that is stored, or a record after a start. `Ok(false)`: it is none of a reservation.
    ///
    /// # Errors
    ///
    /// The record cannot be read, for this reason; nothing has changed then.
    pub fn apply(&mut self, change: &RecordChange) -> Result<bool, String> {
        let Some(key) = change.key.strip_prefix(FOLDER) else {
            return Ok(false);
        };
        match &change.record {
            Some(record) => {
                let reservation: Reservation =
                    serde_json::from_str(record).map_err(|error| error.to_string())?;
                let place = (reservation.station.clone(), reservation.id);
                self.all.insert(place, reservation);
            }
            None => {
                let (id, station) = key.split_once(' ').ok_or("the key has no station")?;
                let id = id.parse().map_err(|_| "the key has no number")?;
                self.all.remove(&(station.into(), id));
            }
        }
        Ok(true)
    }
}

fn stored(reservation: &Reservation) -> RecordChange {
    let Reservation { id, station, .. } = reservation;
    RecordChange {
        // Numbers may have any sign; the station may contain any character, so it comes last.
        key: format!("{FOLDER}{id} {station}"),
        // A plain value; serde_json writes all of it.
        record: serde_json::to_string(reservation).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::csms::ledger::IdToken;

    fn event(id: i64, asked: bool, status: ReservationStatus) -> StationEvent {
        StationEvent::Reservation {
            id,
            evse: asked.then_some(id.abs()),
            id_token: asked.then(|| IdToken::of_1_6("A1")),
            expiry: asked.then(|| "2024-05-15T13:00:00Z".parse().unwrap()),
            status,
        }
    }

    #[test]
    fn a_reservation_comes_to_one_end() {
        use ReservationStatus::{Accepted, Cancelled, Expired, Faulted, Occupied, Used};
        let mut all = Reservations::new();
        let mut note = |id, asked, status| {
            let change = all.noted("CP 1", &event(id, asked, status));
            let changed = change.is_some();
            if let Some(change) = change {
                all.apply(&change).unwrap();
            }
            changed
        };
        assert!(note(1, true, Accepted) && note(1, false, Used) && !note(1, false, Cancelled));
        assert!(note(2, true, Occupied) && !note(2, false, Cancelled));
        assert!(note(-3, true, Accepted) && !note(-3, true, Faulted));
        assert!(!note(4, false, Used), "nobody knows it");
        let statuses = |now: &str| {
            let now = now.parse().unwrap();
            all.iter(now)
                .map(|r| (r.id, r.status))
                .collect::<alloc::vec::Vec<_>>()
        };
        let before = statuses("2024-05-15T12:00:00Z");
        assert_eq!(before, [(-3, Accepted), (1, Used), (2, Occupied)]);
        assert_eq!(statuses("2024-05-15T13:00:00Z")[0], (-3, Expired));
        let forget = all.forget("CP 1", -3).unwrap();
        all.apply(&forget).unwrap();
        assert!(all.forget("CP 1", -3).is_none());
    }

    #[test]
    fn reservations_that_have_come_to_an_end_do_not_pile_up() {
        use ReservationStatus::{Accepted, Cancelled};
        let mut all = Reservations::new();
        let now: DateTime = "2024-05-15T12:00:00Z".parse().unwrap();
        for station in ["CP1", "CP2"] {
            for id in 0..200 {
                let mut asked = event(id, true, Accepted);
                if let StationEvent::Reservation { expiry, .. } = &mut asked {
                    // Every second one has expired.
                    let minutes = if id % 2 == 0 { id - 1000 } else { 60 };
                    *expiry = Some(now.saturating_add_millis(minutes * 60_000));
                }
                let noted = all.noted(station, &asked);
                // And every fourth one is taken back.
                let noted = noted.into_iter().chain(match id % 4 {
                    1 => all.noted(station, &event(id, false, Cancelled)),
                    _ => None,
                });
                for change in noted.collect::<Vec<_>>() {
                    all.apply(&change).unwrap();
                }
                for change in all.outdated(station, now) {
                    all.apply(&change).unwrap();
                }
            }
        }
        for station in ["CP1", "CP2"] {
            let left: Vec<&Reservation> = all.of_station(station).collect();
            let kept = left
                .iter()
                .filter(|it| it.status == Accepted && it.expiry_date > now);
            let kept = kept.count();
            assert!(
                kept >= 50,
                "what is kept by the station is remembered: {kept}"
            );
            assert_eq!(left.len() - kept, ENDED_RESERVATIONS);
            assert!(left.iter().any(|it| it.id == 198), "the last one");
        }
    }

    /// 1.6 section 5.13.
    #[test]
    fn a_connector_that_is_down_has_no_reservation() {
        use ReservationStatus::{Accepted, Removed};
        let mut all = Reservations::new();
        for (station, id) in [("CP1", 1), ("CP1", 2), ("CP2", 1)] {
            let change = all.noted(station, &event(id, true, Accepted)).unwrap();
            all.apply(&change).unwrap();
        }
        let state = |evse: i64, status: &str, error_code: Option<&str>| {
            StationEvent::Connector(crate::csms::Connector {
                evse,
                connector: 1,
                status: status.into(),
                error_code: error_code.map(Into::into),
                since: DateTime::UNIX_EPOCH,
            })
        };
        let none = [
            state(1, "Reserved", Some("NoError")),
            state(1, "Unavailable", None),
            state(3, "Faulted", Some("OtherError")),
        ];
        assert!(
            none.iter()
                .all(|event| all.dropped("CP1", event).is_empty())
        );
        for change in all.dropped("CP1", &state(2, "Faulted", Some("GroundFailure"))) {
            all.apply(&change).unwrap();
        }
        let statuses = |all: &Reservations| {
            let all = all.iter(DateTime::UNIX_EPOCH);
            all.map(|r| r.status).collect::<Vec<_>>()
        };
        assert_eq!(statuses(&all), [Accepted, Removed, Accepted]);
        for change in all.dropped("CP1", &state(0, "Unavailable", Some("NoError"))) {
            all.apply(&change).unwrap();
        }
        assert_eq!(statuses(&all), [Removed, Removed, Accepted]);
    }
}
