//! Stations: who they are, what they are told, what they report.

use ocpp_types::DateTime;

use super::{BootInfo, Connector, Csms, Full, Refusal, Registration, Station, Table};
use crate::frame::ErrorCode;

impl Csms {
    /// Whether the station may send this now (B01.FR.10, B02.FR.09, B03.FR.07).
    pub(super) fn admit(
        &mut self,
        now: DateTime,
        id: &str,
        action: &'static str,
    ) -> Result<(), Refusal> {
        let Some(station) = self.station_mut(id) else {
            return Err(Refusal::new(ErrorCode::InternalError, "too many stations"));
        };
        station.last_seen = Some(now);
        let asked_for = match station.registration {
            None | Some(Registration::Accepted) => true,
            Some(Registration::Pending) => station.triggered.contains(&action),
            Some(Registration::Rejected) => false,
        };
        if asked_for || action == "BootNotification" {
            Ok(())
        } else {
            let description = "the station has not been accepted yet";
            Err(Refusal::new(ErrorCode::SecurityError, description))
        }
    }

    /// Whether the operator may call the station: not while it is rejected (B03.FR.03).
    #[must_use]
    pub fn may_call(&self, station: &str) -> bool {
        let station = self.stations.get(station);
        station.and_then(|station| station.registration) != Some(Registration::Rejected)
    }

    /// A station by its identity.
    #[must_use]
    pub fn station(&self, id: &str) -> Option<&Station> {
        self.stations.get(id)
    }

    /// All stations by their identities.
    pub fn stations(&self) -> impl Iterator<Item = (&str, &Station)> {
        self.stations
            .iter()
            .map(|(id, station)| (id.as_str(), station))
    }

    /// Changes what a station is told when it boots, and its password; adds the station if it is not known.
    ///
    /// # Errors
    ///
    /// [`Full`].
    pub fn set_station(&mut self, id: &str, change: impl FnOnce(&mut Station)) -> Result<(), Full> {
        let station = self.station_mut(id).ok_or(Full)?;
        change(station);
        self.store_station(id);
        Ok(())
    }

    /// The station, added if there is room.
    pub(super) fn station_mut(&mut self, id: &str) -> Option<&mut Station> {
        if !self.stations.contains_key(id) {
            if self.stations.len() >= self.config.max_stations {
                return None;
            }
            self.stations.insert(id.into(), Station::default());
        }
        self.stations.get_mut(id)
    }

    pub(super) fn store_station(&mut self, id: &str) {
        if let Some(station) = self.stations.get(id) {
            let station = station.clone();
            self.store(Table::Stations, id.into(), &station);
        }
    }

    /// Notes that a station booted. Gives what it is told, and the interval.
    pub(super) fn booted(&mut self, id: &str, info: BootInfo) -> (Registration, i64) {
        let default = self.config.interval;
        let Some(station) = self.station_mut(id) else {
            return (Registration::Rejected, default);
        };
        station.info = Some(info);
        station.registration = Some(station.boot);
        station.triggered.clear();
        let answer = (station.boot, station.interval.unwrap_or(default));
        self.store_station(id);
        answer
    }

    /// Notes the state of a connector.
    pub(super) fn note_connector(&mut self, id: &str, connector: Connector) {
        let limit = self.config.max_connectors;
        let Some(station) = self.station_mut(id) else {
            return;
        };
        let place = (connector.evse, connector.connector);
        let known = |c: &Connector| (c.evse, c.connector) == place;
        match station.connectors.iter().position(known) {
            Some(at) if station.connectors[at] == connector => return,
            Some(at) => station.connectors[at] = connector,
            None if station.connectors.len() >= limit => return,
            None => station.connectors.push(connector),
        }
        self.store_station(id);
    }

    /// Notes how far a lengthy operation is.
    pub(super) fn note_report(&mut self, id: &str, action: &'static str, status: &str) {
        if let Some(station) = self.station_mut(id) {
            station.reports.insert(action.into(), status.into());
            self.store_station(id);
        }
    }

    /// Notes that the station may send this although it is not accepted yet.
    pub(super) fn note_trigger(&mut self, id: &str, action: &'static str) {
        if let Some(station) = self.station_mut(id)
            && !station.triggered.contains(&action)
        {
            station.triggered.push(action);
        }
    }

    /// Notes the password that the operator has set at the station.
    pub(super) fn note_password(&mut self, id: &str, password: &str) {
        if let Some(station) = self.station_mut(id) {
            station.password = Some(password.into());
            self.store_station(id);
        }
    }
}
