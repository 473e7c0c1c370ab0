//! Which events of a 2.0.1 transaction must come when something happens: it depends on `TxStartPoint`, on `TxStopPoint`
//! and on what has happened before, as the reusable states of part 6 and their errata (6.2.116 to 6.2.118) say.

use super::Expected;
use super::sessions::{Seat, Sessions, Stopped};

/// A set of the conditions between which a transaction lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Points(u8);

impl Points {
    pub(crate) const BAY: Self = Self(1);
    pub(crate) const CONNECTED: Self = Self(2);
    pub(crate) const AUTHORIZED: Self = Self(4);
    pub(crate) const SIGNED: Self = Self(8);
    pub(crate) const PATH: Self = Self(16);
    pub(crate) const ENERGY: Self = Self(32);
    /// What the end of the authorization ends.
    const SESSION: Self = Self(4 | 16 | 32);
    const NAMES: [(&'static str, Self); 6] = [
        ("ParkingBayOccupancy", Self::BAY),
        ("EVConnected", Self::CONNECTED),
        ("Authorized", Self::AUTHORIZED),
        ("DataSigned", Self::SIGNED),
        ("PowerPathClosed", Self::PATH),
        ("EnergyTransfer", Self::ENERGY),
    ];

    /// The points of a list as variables have it.
    pub(crate) fn of(list: &str) -> Self {
        let names = list.split(',').map(str::trim);
        let bits = names.map(|name| {
            let known = Self::NAMES.iter().find(|(known, _)| *known == name);
            known.map_or(0, |(_, point)| point.0)
        });
        Self(bits.fold(0, |all, bit| all | bit))
    }

    /// The points but for others.
    pub(crate) const fn without(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }

    /// Whether one of the others is among them.
    pub(crate) const fn any(self, others: Self) -> bool {
        self.0 & others.0 != 0
    }
}

/// Something that happens at an EVSE and may have to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// A car stands in the bay.
    BayOccupied,
    /// The car is connected.
    PluggedIn,
    /// Somebody may charge.
    Authorized,
    /// Energy flows.
    EnergyStarted,
    /// The car has had enough.
    Suspended,
    /// The session was stopped, with a token or by the CSMS.
    StopAuthorized,
    /// Energy flows no longer.
    EnergyStopped,
    /// The car is disconnected.
    Unplugged,
    /// The car has left the bay.
    BayLeft,
    /// Nobody has plugged in.
    TimedOut,
    /// The CSMS has said that the token is not valid.
    Deauthorized,
}

/// What an event has to say.
struct Event {
    kind: &'static [&'static str],
    triggers: &'static [&'static str],
    states: &'static [&'static str],
    /// If it is `Ended`.
    reason: Option<&'static str>,
}

const STARTED: &[&str] = &["Started"];
const UPDATED: &[&str] = &["Updated"];
const ENDED: &[&str] = &["Ended"];
const EITHER: &[&str] = &["Ended", "Updated"];
const STATE_CHANGED: &[&str] = &["ChargingStateChanged"];

impl Sessions {
    /// The event that must come next after something has happened at an EVSE, of which `came` events have come already;
    /// nothing if no (further) one has to.
    fn event(&self, seat: &Seat, moment: Moment, came: usize) -> Option<Event> {
        let running = seat.transaction.is_some();
        let started = if running { UPDATED } else { STARTED };
        let told = seat.told.as_deref();
        let ends = self.stop.any(Points::SESSION);
        let first = came == 0;
        let event = |due: bool, kind, triggers, states, reason| {
            due.then_some(Event {
                kind,
                triggers,
                states,
                reason,
            })
        };
        match moment {
            Moment::BayOccupied => {
                let due = first && self.start.any(Points::BAY);
                event(due, started, &["EVDetected"], &[], None)
            }
            // The states EnergyTransferStarted (part 1) and EVConnectedPreSession differ in the events that they permit when
            // somebody who is authorized plugs in: what is fine in one of them is fine in the other.
            Moment::PluggedIn => {
                let path = seat.authorized && self.start.any(Points::PATH);
                let due = first && (running || path || self.start.any(Points::CONNECTED));
                let states: &[&str] = match seat.authorized {
                    true => &["EVConnected", "SuspendedEVSE", "Charging"],
                    false => &["EVConnected"],
                };
                let triggers = &["CablePluggedIn", "ChargingStateChanged"];
                event(due, started, triggers, states, None)
            }
            Moment::Authorized => {
                // Where a car in the bay begins a transaction, somebody who is authorized again begins another one.
                let bay = seat.bay && self.start.any(Points::BAY);
                let due = first && (running || bay || self.start.any(Points::AUTHORIZED));
                event(due, started, &["Authorized"], &[], None)
            }
            Moment::EnergyStarted if running && told == Some("Charging") => None,
            Moment::EnergyStarted if !running && self.start.any(Points::PATH) => {
                event(true, STARTED, STATE_CHANGED, &["SuspendedEVSE"], None)
            }
            // E01(S4): the meter has signed a value.
            Moment::EnergyStarted if !running && self.start.any(Points::SIGNED) => {
                let states = &["EVConnected", "SuspendedEVSE"];
                event(true, STARTED, &["SignedDataReceived"], states, None)
            }
            // The car and the station may need a moment.
            Moment::EnergyStarted if running && told != Some("SuspendedEVSE") => {
                let states = &["Charging", "SuspendedEVSE"];
                event(true, UPDATED, STATE_CHANGED, states, None)
            }
            Moment::EnergyStarted => {
                let due = running || self.start.any(Points::ENERGY);
                let triggers: &[&str] = match running {
                    true => STATE_CHANGED,
                    false => &["ChargingStateChanged", "Authorized"],
                };
                event(due, started, triggers, &["Charging"], None)
            }
            // 6.2.50: the stop point EnergyTransfer ends the transaction.
            Moment::Suspended if self.stop.any(Points::ENERGY) => {
                let (kind, states): (_, &[_]) = match first {
                    true => (EITHER, &["SuspendedEV", "EVConnected"]),
                    false => (ENDED, &["EVConnected", "SuspendedEV"]),
                };
                event(running, kind, STATE_CHANGED, states, Some("StoppedByEV"))
            }
            Moment::Suspended => event(
                running && first,
                UPDATED,
                STATE_CHANGED,
                &["SuspendedEV"],
                None,
            ),
            Moment::StopAuthorized => {
                let remote = seat.stopped == Some(Stopped::Remotely);
                let reason = Some(match seat.stopped {
                    Some(Stopped::Remotely) => "Remote",
                    Some(Stopped::ByMasterPass) => "MasterPass",
                    _ => "Local",
                });
                let trigger: &[&str] = match remote {
                    true => &["RemoteStop"],
                    false => &["StopAuthorized"],
                };
                match first {
                    true if ends => event(running, EITHER, trigger, &[], reason),
                    true => event(running, UPDATED, trigger, &[], None),
                    false => event(
                        running && ends,
                        ENDED,
                        STATE_CHANGED,
                        &["EVConnected"],
                        reason,
                    ),
                }
            }
            Moment::EnergyStopped => {
                let due = running && told != Some("EVConnected");
                event(due, UPDATED, STATE_CHANGED, &["EVConnected"], None)
            }
            Moment::Unplugged => {
                let kind = match (self.stop.any(Points::CONNECTED), seat.bay) {
                    (true, _) => ENDED,
                    (false, true) => UPDATED,
                    // There is nothing left that could end it later.
                    (false, false) => EITHER,
                };
                let reason = match seat.stopped {
                    Some(Stopped::Remotely) => "Remote",
                    Some(Stopped::Locally) => "Local",
                    Some(Stopped::ByAnswer) => "DeAuthorized",
                    Some(Stopped::ByMasterPass) => "MasterPass",
                    None => "EVDisconnected",
                };
                let due = running && first;
                event(due, kind, &["EVCommunicationLost"], &["Idle"], Some(reason))
            }
            Moment::BayLeft => {
                let due = running && self.stop.any(Points::BAY);
                let reason = match seat.stopped {
                    Some(Stopped::Remotely) => Some("Remote"),
                    Some(Stopped::Locally) => Some("Local"),
                    _ => None,
                };
                event(due, ENDED, &["EVDeparted"], &[], reason)
            }
            Moment::TimedOut => {
                // PowerPathClosed is EVConnected and Authorized in one (part 2, 2.6.6.2).
                let ends = self.stop.any(Points::AUTHORIZED) || self.stop.any(Points::PATH);
                let kind = match (ends, self.stop.any(Points::BAY)) {
                    (true, _) => ENDED,
                    (false, true) => UPDATED,
                    // F02.FR.07 ends it in any case, E03.FR.05 recommends that.
                    (false, false) if seat.from_afar => ENDED,
                    (false, false) => EITHER,
                };
                let due = running && first;
                event(due, kind, &["EVConnectTimeout"], &[], Some("Timeout"))
            }
            Moment::Deauthorized => {
                let kind = if ends { ENDED } else { UPDATED };
                // Where no car is connected neither of the two can be.
                let states: &[_] = match seat.connected {
                    true => &["EVConnected", "SuspendedEVSE"],
                    false => &["EVConnected", "SuspendedEVSE", "Idle"],
                };
                let due = running && first;
                event(due, kind, &["Deauthorized"], states, Some("DeAuthorized"))
            }
        }
    }

    /// Where the end of the authorization does not end the transaction, energy may stop at once, and that may be told at once,
    /// or later (erratum 6.2.117).
    pub(super) fn energy_may_have_stopped(&self, evse: u32, label: &str) -> Option<Expected> {
        let running = self.seat(evse).transaction.as_deref()?;
        let event = Expected::new(label, "TransactionEvent")
            .at("/eventType", "Updated")
            .at("/triggerReason", "ChargingStateChanged")
            .at("/transactionInfo/chargingState", "EVConnected")
            .at("/transactionInfo/transactionId", running)
            .optional();
        (!self.stop.any(Points::SESSION)).then_some(event)
    }

    /// The same as a request that is expected; `kind` is the eventType of the one that has come, if one has.
    pub(super) fn expected(
        &self,
        evse: u32,
        (label, moment): (&str, Moment),
        came: usize,
        kind: Option<&str>,
    ) -> Option<Expected> {
        let seat = self.seat(evse);
        let event = self.event(seat, moment, came)?;
        let label = match came {
            0 => format!("{label}.event"),
            _ => format!("{label}.event.{}", came + 1),
        };
        let mut expected =
            Expected::new(label, "TransactionEvent").any_of("/eventType", event.kind);
        let owes_token = seat.authorized && !seat.token_told;
        let remote = seat.remote_start.filter(|_| owes_token);
        expected = match remote {
            // The first event after a remote start says so (1.2 of the descriptions).
            Some(id) => expected
                .with("/triggerReason", "RemoteStart")
                .with("/transactionInfo/remoteStartId", id),
            None => expected.any_of("/triggerReason", event.triggers),
        };
        if !event.states.is_empty() {
            expected = expected.any_of("/transactionInfo/chargingState", event.states);
        }
        if let Some(id) = &seat.transaction {
            expected = expected.with("/transactionInfo/transactionId", id.as_str());
        }
        if let Some((id, kind)) = seat.token.as_ref().filter(|_| owes_token) {
            expected = expected.with("/idToken/idToken", id.as_str());
            expected = expected.with("/idToken/type", *kind);
        }
        if let Some(id) = seat
            .stop_token
            .as_ref()
            .filter(|_| moment == Moment::StopAuthorized)
        {
            expected = expected.with_or_absent("/idToken/idToken", id.as_str());
            expected = expected.with_or_absent("/idToken/type", "ISO14443");
        }
        if seat.connected && !seat.place_told {
            expected = expected.with("/evse/id", evse).with("/evse/connectorId", 1);
        }
        let at = "/transactionInfo/stoppedReason";
        expected = match (kind, event.reason) {
            // It may be left out for Local, which is what it means then.
            (Some("Ended"), Some("Local")) => expected.with_or_absent(at, "Local"),
            (Some("Ended"), Some(reason)) => expected.with(at, reason),
            _ => expected,
        };
        Some(expected)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    fn sessions(start: &str, stop: &str) -> Sessions {
        let mut sessions = Sessions::new(1);
        sessions.start = Points::of(start);
        sessions.stop = Points::of(stop);
        sessions
    }

    fn kinds(sessions: &Sessions, moment: Moment, came: usize) -> Option<&'static [&'static str]> {
        let event = sessions.event(sessions.seat(1), moment, came);
        event.map(|event| event.kind)
    }

    #[test]
    fn the_start_point_says_which_moment_is_told_first() {
        for (start, plugged, authorized, energy) in [
            ("EVConnected", Some(STARTED), None, None),
            ("Authorized", None, Some(STARTED), None),
            ("PowerPathClosed", None, None, Some(STARTED)),
            ("EnergyTransfer", None, None, Some(STARTED)),
            ("EVConnected,Authorized", Some(STARTED), Some(STARTED), None),
        ] {
            let sessions = sessions(start, "Authorized");
            assert_eq!(kinds(&sessions, Moment::PluggedIn, 0), plugged, "{start}");
            assert_eq!(
                kinds(&sessions, Moment::Authorized, 0),
                authorized,
                "{start}"
            );
            assert_eq!(
                kinds(&sessions, Moment::EnergyStarted, 0),
                energy,
                "{start}"
            );
        }
    }

    #[test]
    fn the_stop_point_says_which_moment_ends_it() {
        for (stop, stopped, unplugged) in [
            ("Authorized", EITHER, EITHER),
            ("EnergyTransfer", EITHER, EITHER),
            ("EVConnected", UPDATED, ENDED),
        ] {
            let mut sessions = sessions("Authorized", stop);
            sessions.seat_mut(1).transaction = Some("T".to_owned());
            sessions.seat_mut(1).stopped = Some(Stopped::Locally);
            assert_eq!(
                kinds(&sessions, Moment::StopAuthorized, 0),
                Some(stopped),
                "{stop}"
            );
            let second = kinds(&sessions, Moment::StopAuthorized, 1);
            assert_eq!(second.is_some(), stop != "EVConnected", "{stop}");
            assert_eq!(
                kinds(&sessions, Moment::Unplugged, 0),
                Some(unplugged),
                "{stop}"
            );
        }
    }

    #[test]
    fn energy_may_stop_with_the_session_where_that_does_not_end_the_transaction() {
        for (stop, may) in [
            ("EVConnected", true),
            ("ParkingBayOccupancy", true),
            ("Authorized", false),
            ("EVConnected,EnergyTransfer", false),
        ] {
            let mut sessions = sessions("Authorized", stop);
            assert!(sessions.energy_may_have_stopped(1, "energy").is_none());
            sessions.seat_mut(1).transaction = Some("T".to_owned());
            let event = sessions.energy_may_have_stopped(1, "energy");
            assert_eq!(event.is_some(), may, "{stop}");
        }
    }

    #[test]
    fn who_is_authorized_again_in_the_bay_begins_anew() {
        let mut sessions = sessions("ParkingBayOccupancy", "Authorized");
        assert_eq!(kinds(&sessions, Moment::Authorized, 0), None);
        sessions.seat_mut(1).bay = true;
        assert_eq!(kinds(&sessions, Moment::Authorized, 0), Some(STARTED));
        sessions.seat_mut(1).transaction = Some("T".to_owned());
        assert_eq!(kinds(&sessions, Moment::Authorized, 0), Some(UPDATED));
    }

    #[test]
    fn who_does_not_plug_in_ends_it_unless_the_bay_does() {
        for (stop, by_token, from_afar) in [
            ("Authorized", ENDED, ENDED),
            ("PowerPathClosed", ENDED, ENDED),
            ("EVConnected", EITHER, ENDED),
            ("ParkingBayOccupancy", UPDATED, UPDATED),
            ("ParkingBayOccupancy,Authorized", ENDED, ENDED),
        ] {
            let mut sessions = sessions("Authorized", stop);
            sessions.seat_mut(1).transaction = Some("T".to_owned());
            let kind = kinds(&sessions, Moment::TimedOut, 0);
            assert_eq!(kind, Some(by_token), "{stop}");
            sessions.seat_mut(1).from_afar = true;
            let kind = kinds(&sessions, Moment::TimedOut, 0);
            assert_eq!(kind, Some(from_afar), "{stop}");
        }
    }

    #[test]
    fn what_the_csms_knows_need_not_be_told_again() {
        let mut sessions = sessions("Authorized", "EVConnected");
        let seat = sessions.seat_mut(1);
        seat.transaction = Some("T".to_owned());
        seat.told = Some("Charging".to_owned());
        assert_eq!(kinds(&sessions, Moment::EnergyStarted, 0), None);
        assert_eq!(kinds(&sessions, Moment::EnergyStopped, 0), Some(UPDATED));
        sessions.seat_mut(1).told = Some("EVConnected".to_owned());
        assert_eq!(kinds(&sessions, Moment::EnergyStopped, 0), None);
    }
}
