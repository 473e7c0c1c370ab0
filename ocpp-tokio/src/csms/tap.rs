//! A way in for tests: what a station says can be answered before the CSMS hears of it.

use std::sync::Arc;

use super::Csms;
use super::fleet::Fleet;
use super::station::{Member, ToStation};

/// What became of a message of a station.
#[derive(Debug)]
pub(crate) enum Heard {
    /// The CSMS is to hear it.
    Pass,
    /// Nobody is.
    Taken,
    /// Nobody is, and the station is told this.
    Answered(String),
}

/// Hears every message of a station before the CSMS does.
pub(crate) trait Tap: Send + Sync {
    fn heard(&self, station: &str, text: &str) -> Heard;
}

impl Fleet {
    /// Whether a message was taken.
    pub(super) fn is_taken_by_tap(&self, member: &Member, text: &str) -> bool {
        let Some(tap) = self.tap.get() else {
            return false;
        };
        let heard = tap.heard(&member.id, text);
        if matches!(heard, Heard::Pass) {
            return false;
        }
        self.note(member, true, text);
        if let Heard::Answered(answer) = heard {
            self.note(member, false, &answer);
            member.send(ToStation::Text(answer));
        }
        true
    }
}

impl Csms {
    /// Hears what stations say from now on; once.
    pub(crate) fn set_tap(&self, tap: Arc<dyn Tap>) {
        let _ = self.fleet.tap.set(tap);
    }

    /// Sends a text as it is. `false`: the station is not connected.
    pub(crate) fn send_text(&self, station: &str, text: String) -> bool {
        let there = self
            .fleet
            .get(station)
            .filter(|member| member.is_connected());
        let Some(member) = there else {
            return false;
        };
        self.fleet.note(&member, false, &text);
        member.send(ToStation::Text(text));
        true
    }

    /// Breaks a connection off without a close handshake, as a network does. `false`: there is none.
    pub(crate) fn cut(&self, station: &str) -> bool {
        let member = self.fleet.get(station);
        member.is_some_and(|member| {
            member.send(ToStation::Cut);
            member.is_connected()
        })
    }
}
