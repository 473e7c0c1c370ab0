//! The reusable states and memory states of part 6 of OCPP 2.0.1, with its errata. Each exists once; which events belong to
//! it is what [`moments`](super::moments) says.

use ocpp_core::station::EvState;
use serde_json::{Value, json};

use super::sessions::{Seat, Stopped};
use super::{Call, Expected, IdTag, Lab, Moment};
use crate::bench::Act;
use crate::step::State;
use crate::unmet::Failed;

/// The check of the event that may follow the end of the authorization.
const ENERGY_STOPPED: &str = "StopAuthorized.energy";

/// Which part of the station an order is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Station,
    Evse,
    Connector,
}

impl Lab<'_> {
    /// Plays a reusable state, and first those that it needs.
    ///
    /// # Errors
    /// The first check that is not met; checks begin with the name of the state.
    pub(crate) fn reach(&mut self, state: State) -> Result<(), Failed> {
        match state {
            State::Booted => {
                self.forget_sessions();
                self.power_cycle()?;
                self.boots("Booted", &[], ("Available", "Available"), true)
            }
            State::Booting => {
                self.forget_sessions();
                let reset = Call::new("Booting", "Reset", json!({"type": "Immediate"}));
                self.call(reset.status("Accepted")).map(|_| ())
            }
            State::ParkingBayOccupied => self.bay_occupied(),
            State::EvConnectedPreSession => self.connected_pre_session(),
            State::Authorized if self.product.features.local_start => self.authorized_locally(),
            State::AuthorizedLocally => self.authorized_locally(),
            State::Authorized | State::AuthorizedRemotely => self.authorized_remotely(),
            State::EnergyTransferStarted => self.energy_transfer_started(),
            State::EnergyTransferSuspended => self.energy_transfer_suspended(),
            State::StopAuthorized => self.stop_authorized(None),
            State::StopAuthorizedLocally => self.stop_authorized(Some(Stopped::Locally)),
            State::StopAuthorizedRemotely => self.stop_authorized(Some(Stopped::Remotely)),
            State::EvConnectedPostSession => self.connected_post_session(),
            State::EvDisconnected => self.disconnected(),
            State::ParkingBayUnoccupied => self.unoccupied(),
            State::Deauthorized => self.deauthorized(),
            State::Unavailable => self.unavailable(Part::Station),
            State::UnavailableEvse => self.unavailable(Part::Evse),
            State::UnavailableConnector => self.unavailable(Part::Connector),
            State::StartOfflineTransaction => self.offline_transaction(false),
            State::TransactionEventsInQueueEnded => {
                self.offline_transaction(true)?;
                Ok(())
            }
            State::IdTokenCached => self.token_cached(),
            State::IdTokenLocalAuthList => self.token_listed(),
        }
    }

    fn seat(&mut self) -> &mut Seat {
        self.sessions.seat_mut(self.parameters.connector)
    }

    /// A restart ends whatever people have begun, except that their cars are still connected.
    pub(crate) fn forget_sessions(&mut self) {
        self.sessions.forget_statuses();
        for evse in 1..=self.parameters.connectors {
            let seat = self.sessions.seat_mut(evse);
            *seat = Seat {
                connected: seat.connected,
                bay: seat.bay,
                ..Seat::default()
            };
        }
    }

    /// Nobody may charge at the EVSE under test any more.
    pub(crate) fn forget_session(&mut self) {
        let seat = self.seat();
        *seat = Seat {
            connected: seat.connected,
            bay: seat.bay,
            transaction: seat.transaction.take(),
            ..Seat::default()
        };
    }

    /// Whether the station knows a token from its local list, or else from its cache, and may use that.
    fn is_known(&self, token: &str) -> bool {
        let is = |key: &str, value: &str| self.settings.get(key).is_some_and(|set| set == value);
        let listed = self.listed.get(token);
        let listed = listed.filter(|_| !is("LocalAuthListCtrlr.Enabled", "false"));
        let accepted = match listed {
            Some(listed) => listed.status == "Accepted",
            None => !is("AuthCacheCtrlr.Enabled", "false") && self.cached.contains(token),
        };
        is("AuthCtrlr.LocalPreAuthorize", "true") && accepted
    }

    /// Optional, and nothing where there is no sensor.
    fn bay_occupied(&mut self) -> Result<(), Failed> {
        if !self.product.v2_0_1.has_bay_sensors() || self.seat().bay {
            return Ok(());
        }
        self.act(&Act::Bay(self.parameters.connector, true))?;
        self.seat().bay = true;
        self.moment("ParkingBayOccupied", Moment::BayOccupied, Vec::new())
    }

    fn connected_pre_session(&mut self) -> Result<(), Failed> {
        self.bay_occupied()?;
        self.plug()?;
        self.seat().connected = true;
        let label = "EVConnectedPreSession";
        let status = self.status_here(format!("{label}.status"), "Occupied");
        self.moment(label, Moment::PluggedIn, vec![status])
    }

    /// Whoever wants to be authorized has come by car.
    fn arrived(&mut self) -> Result<(), Failed> {
        match self.seat().connected {
            true => Ok(()),
            false => self.bay_occupied(),
        }
    }

    fn authorized_locally(&mut self) -> Result<(), Failed> {
        self.arrived()?;
        let token = self.driver.clone();
        let known = self.is_known(&token);
        self.present(&token)?;
        if !known {
            self.expect_authorize("Authorized.authorize", &token, "ISO14443")?;
            let said = self.csms.tag(&token).map(|known| known.status);
            if said != Some("Accepted") {
                return Ok(());
            }
        }
        self.seat_taken(token, "ISO14443", None);
        self.moment("Authorized", Moment::Authorized, Vec::new())
    }

    /// Somebody may charge at the EVSE under test.
    pub(crate) fn seat_taken(&mut self, token: String, kind: &'static str, remote: Option<i64>) {
        let seat = self.seat();
        seat.authorized = true;
        seat.token_told = false;
        seat.token = Some((token, kind));
        seat.remote_start = remote;
        seat.from_afar = remote.is_some();
        seat.stopped = None;
        seat.stop_token = None;
    }

    /// An AuthorizeRequest about a token.
    pub(crate) fn expect_authorize(
        &mut self,
        label: &str,
        token: &str,
        kind: &str,
    ) -> Result<(), Failed> {
        let authorize = Expected::new(label, "Authorize");
        let authorize = authorize.with("/idToken/idToken", token);
        self.expect(authorize.with("/idToken/type", kind))
            .map(|_| ())
    }

    fn authorized_remotely(&mut self) -> Result<(), Failed> {
        self.remote_start_at("Authorized", None)
    }

    /// A RequestStartTransaction at the EVSE under test that is accepted, and what follows from it.
    pub(crate) fn remote_start_at(
        &mut self,
        label: &str,
        profile: Option<Value>,
    ) -> Result<(), Failed> {
        self.arrived()?;
        let token = self.driver.clone();
        let id = self.sessions.next_remote_start();
        let mut payload = json!({
            "idToken": {"idToken": token, "type": "ISO14443"},
            "remoteStartId": id,
            "evseId": self.parameters.connector,
        });
        if let Some(profile) = profile {
            payload["chargingProfile"] = profile;
        }
        let start = Call::new(format!("{label}.start"), "RequestStartTransaction", payload);
        let mut start = start.status("Accepted");
        if let Some(running) = self.seat().transaction.clone() {
            start = start.with("/transactionId", running);
        }
        self.call(start)?;
        if self.sessions.asks_at_remote_starts && !self.is_known(&token) {
            self.expect_authorize(&format!("{label}.authorize"), &token, "ISO14443")?;
            let said = self.csms.tag(&token).map(|known| known.status);
            if said != Some("Accepted") {
                return Ok(());
            }
        }
        self.seat_taken(token, "ISO14443", Some(id));
        self.moment(label, Moment::Authorized, Vec::new())
    }

    fn energy_transfer_started(&mut self) -> Result<(), Failed> {
        if !self.seat().authorized {
            self.reach(State::Authorized)?;
        }
        let label = "EnergyTransferStarted";
        if !self.seat().connected {
            self.bay_occupied()?;
            self.plug()?;
            self.seat().connected = true;
            let status = self.status_here(format!("{label}.status"), "Occupied");
            self.moment(
                "EnergyTransferStarted.plug",
                Moment::PluggedIn,
                vec![status],
            )?;
        }
        self.moment(label, Moment::EnergyStarted, Vec::new())?;
        self.seat().charged = true;
        Ok(())
    }

    fn energy_transfer_suspended(&mut self) -> Result<(), Failed> {
        if !self.seat().charged {
            self.energy_transfer_started()?;
        }
        self.a_while(self.parameters.transaction_duration)?;
        self.act(&Act::Car(self.parameters.connector, EvState::Suspended))?;
        self.moment("EnergyTransferSuspended", Moment::Suspended, Vec::new())
    }

    fn stop_authorized(&mut self, how: Option<Stopped>) -> Result<(), Failed> {
        if !self.seat().charged {
            self.energy_transfer_started()?;
        }
        self.a_while(self.parameters.transaction_duration)?;
        let local = self.product.features.local_stop;
        let how = how.unwrap_or(match local {
            true => Stopped::Locally,
            false => Stopped::Remotely,
        });
        let label = "StopAuthorized";
        if how == Stopped::Locally {
            let token = self.driver.clone();
            self.present(&token)?;
            self.seat().stop_token = Some(token);
        } else {
            let running = self.seat().transaction.clone();
            let payload = json!({"transactionId": running.unwrap_or_default()});
            let stop = Call::new(format!("{label}.stop"), "RequestStopTransaction", payload);
            self.call(stop.status("Accepted"))?;
        }
        self.stop_told(label, how)
    }

    /// The session at the EVSE under test is authorized to stop.
    pub(crate) fn stop_told(&mut self, label: &str, how: Stopped) -> Result<(), Failed> {
        let seat = self.seat();
        seat.stopped = Some(how);
        seat.authorized = false;
        self.moment(label, Moment::StopAuthorized, Vec::new())?;
        let evse = self.parameters.connector;
        let stopped = self.sessions.energy_may_have_stopped(evse, ENERGY_STOPPED);
        self.unordered(stopped.into_iter().collect()).map(|_| ())
    }

    fn connected_post_session(&mut self) -> Result<(), Failed> {
        if self.seat().stopped.is_none() {
            self.stop_authorized(None)?;
        }
        // From here on it has to come.
        self.allowed.retain(|event| event.label != ENERGY_STOPPED);
        self.moment("EVConnectedPostSession", Moment::EnergyStopped, Vec::new())
    }

    fn disconnected(&mut self) -> Result<(), Failed> {
        if self.seat().charged {
            self.connected_post_session()?;
        }
        if !self.seat().connected {
            return Ok(());
        }
        self.unplug()?;
        self.seat().connected = false;
        let label = "EVDisconnected";
        let runs = self.seat().transaction.is_some();
        let told = format!("{label}.status");
        let status = match (self.out_of_order, runs) {
            // What is to be out of order when the transaction has ended may be so now.
            (true, true) => {
                let evse = self.parameters.connector;
                let status = Expected::new(told, "StatusNotification").at("/evseId", evse);
                vec![status.one_of("/connectorStatus", ["Available", "Unavailable"])]
            }
            // It has told so before.
            (true, false) => Vec::new(),
            (false, _) => vec![self.status_here(told, "Available")],
        };
        self.moment(label, Moment::Unplugged, status)?;
        let seat = self.seat();
        *seat = Seat {
            bay: seat.bay,
            transaction: seat.transaction.take(),
            stopped: seat.stopped.filter(|_| seat.bay),
            ..Seat::default()
        };
        Ok(())
    }

    fn unoccupied(&mut self) -> Result<(), Failed> {
        if self.seat().connected {
            self.disconnected()?;
        }
        if self.seat().bay {
            self.act(&Act::Bay(self.parameters.connector, false))?;
        }
        self.moment("ParkingBayUnoccupied", Moment::BayLeft, Vec::new())?;
        if let Some(running) = self.seat().transaction.clone() {
            // One that goes on may say that the car has left.
            let left = Expected::new("ParkingBayUnoccupied.left", "TransactionEvent")
                .at("/eventType", "Updated")
                .at("/triggerReason", "EVDeparted")
                .at("/transactionInfo/transactionId", running);
            self.unordered(vec![left.optional()])?;
        }
        *self.seat() = Seat::default();
        Ok(())
    }

    /// The answer to the first event with the token says that it is not valid. The UnlockConnector of the description, for
    /// cables that stay locked then, is not sent: those of the certified product are fixed. The states that lead to that event are
    /// played first, with the event among them.
    fn deauthorized(&mut self) -> Result<(), Failed> {
        let driver = self.driver.clone();
        self.csms.set_tag_in_events(&driver, "Invalid");
        if !self.seat().token_told && !self.seat().connected {
            self.connected_pre_session()?;
        }
        if !self.seat().token_told {
            // The first event of the energy transfer says who it is; there will be no other one.
            let about = ("Deauthorized.token", Moment::EnergyStarted);
            self.moment_up_to(1, about, Vec::new(), None)?;
        }
        self.seat().authorized = false;
        self.seat().stopped = Some(Stopped::ByAnswer);
        // The energy may have begun to flow before the answer came.
        self.charging_may_be_told("Deauthorized.charging")?;
        self.moment("Deauthorized", Moment::Deauthorized, Vec::new())
    }

    /// Takes the events about the charging state that were under way before an answer could have an effect.
    pub(crate) fn charging_may_be_told(&mut self, label: &str) -> Result<(), Failed> {
        let evse = self.parameters.connector;
        let event = Expected::new(label, "TransactionEvent")
            .at("/triggerReason", "ChargingStateChanged")
            .at("/eventType", "Updated")
            .within(std::time::Duration::from_secs(1))
            .optional();
        while let Some(event) = self.maybe(&event)? {
            self.sessions.told(evse, &event.payload);
        }
        Ok(())
    }

    fn place_of(&self, part: Part) -> Option<Value> {
        let evse = self.parameters.connector;
        match part {
            Part::Station => None,
            Part::Evse => Some(json!({"id": evse})),
            Part::Connector => Some(json!({"id": evse, "connectorId": 1})),
        }
    }

    fn unavailable(&mut self, part: Part) -> Result<(), Failed> {
        let mut payload = json!({"operationalStatus": "Inoperative"});
        if let Some(place) = self.place_of(part) {
            payload["evse"] = place;
        }
        let change = Call::new("Unavailable", "ChangeAvailability", payload);
        self.call(change.status("Accepted"))?;
        let label = "Unavailable.status";
        if part == Part::Station {
            return self.statuses(label, "Unavailable", "Unavailable");
        }
        self.expect(self.status_here(label, "Unavailable"))
            .map(|_| ())
    }

    /// A session that begins, and if asked for ends, without a connection.
    fn offline_transaction(&mut self, to_the_end: bool) -> Result<(), Failed> {
        let token = self.driver.clone();
        self.go_offline()?;
        // So that nobody's clock blurs what happened with a connection and what without.
        self.wait(3)?;
        if to_the_end {
            // The order that the description has.
            self.plug()?;
            self.present(&token)?;
            self.a_while(self.parameters.transaction_duration)?;
            self.present(&token)?;
            self.unplug()?;
        } else {
            self.present(&token)?;
            self.plug()?;
            self.seat_taken(token, "ISO14443", None);
            self.seat().connected = true;
            self.seat().charged = true;
            self.a_while(5)?;
        }
        self.accept_connections()
    }

    fn token_cached(&mut self) -> Result<(), Failed> {
        let token = self.driver.clone();
        let accepted = self.csms.tag(&token).map(|known| known.status) == Some("Accepted");
        self.reach(State::Authorized)?;
        if accepted {
            self.connected_pre_session()?;
            self.energy_transfer_started()?;
            self.stop_authorized(None)?;
            self.disconnected()?;
            self.unoccupied()?;
            self.cached.insert(token);
        }
        Ok(())
    }

    fn token_listed(&mut self) -> Result<(), Failed> {
        if !self.product.features.local_list {
            return Ok(());
        }
        let known = self.csms.tag(&self.driver).cloned();
        let known = known.unwrap_or(IdTag {
            status: "Invalid",
            parent: None,
        });
        self.listed.insert(self.driver.clone(), known);
        let entries = self.listed.iter().map(|(token, known)| {
            let mut info = json!({"status": known.status});
            if let Some(group) = &known.parent {
                info["groupIdToken"] = json!({"idToken": group, "type": "Central"});
            }
            json!({"idToken": {"idToken": token, "type": "ISO14443"}, "idTokenInfo": info})
        });
        let payload = json!({
            "versionNumber": self.parameters.list_version,
            "updateType": "Full",
            "localAuthorizationList": entries.collect::<Vec<_>>(),
        });
        let list = Call::new("IdTokenLocalAuthList", "SendLocalList", payload);
        self.call(list.status("Accepted")).map(|_| ())
    }
}
