//! The reusable states and memory states of the descriptions (section 2).

use serde_json::{Value, json};

use super::{Call, Expected, Lab, Message};
use crate::unmet::Failed;

/// Whether Authorize.req is sent at a remote start.
pub const REMOTE_KEY: &str = "AuthorizeRemoteTxRequests";

impl Lab<'_> {
    /// A StatusNotification of a connector (0 for the station) without an error.
    #[must_use]
    pub fn status(&self, label: impl Into<String>, connector: u32, status: &str) -> Expected {
        self.dialect.status(label.into(), connector, status)
    }

    /// The same where other statuses of the connector may come before it: they are other requests then.
    #[must_use]
    pub fn status_is(&self, label: impl Into<String>, status: &str) -> Expected {
        Expected::new(label, "StatusNotification")
            .at("/connectorId", self.parameters.connector)
            .at("/status", status)
            .with("/errorCode", "NoError")
    }

    /// The same of the connector under test.
    #[must_use]
    pub fn status_here(&self, label: impl Into<String>, status: &str) -> Expected {
        self.status(label, self.parameters.connector, status)
    }

    /// One StatusNotification per connector and for the station, in any order; `status` says which.
    ///
    /// # Errors
    /// The check `label.N` of connector N.
    pub fn all_statuses(
        &mut self,
        label: &str,
        status: impl Fn(u32) -> &'static str,
    ) -> Result<(), Failed> {
        let places = self.dialect.places(self);
        let expected = places.into_iter().map(|connector| {
            let label = format!("{label}.{connector}");
            self.status(label, connector, status(connector))
        });
        let expected = expected.collect();
        self.unordered(expected).map(|_| ())
    }

    /// *Booted*, without the power cycle.
    ///
    /// # Errors
    /// The checks `LABEL.boot` and `LABEL.status.N`.
    pub fn booted(&mut self, label: &str) -> Result<(), Failed> {
        self.boot_notification(format!("{label}.boot"))?;
        self.all_statuses(&format!("{label}.status"), |_| "Available")
    }

    /// A BootNotification, answered as the CSMS does.
    ///
    /// # Errors
    /// The check `label`.
    pub fn boot_notification(&mut self, label: impl Into<String>) -> Result<Message, Failed> {
        self.registration(Expected::new(label, "BootNotification"))
    }

    /// The BootNotification of a station that has restarted: nothing else comes before it over its connection (1.6 section
    /// 4.2, 2.x B01.FR.08), not even what may usually come at any time.
    pub(super) fn registration(&mut self, boot: Expected) -> Result<Message, Failed> {
        // That an earlier connection might have begun with one is over.
        self.allowed.retain(|other| other.action != boot.action);
        let label = boot.label.clone();
        let boot = self.expect(boot.within(self.parameters.long_timeout))?;
        let is_another = |before| boot.link > before;
        if self.restarted_on.take().is_some_and(is_another) && boot.nth_on_link > 0 {
            let expected = "BootNotification.req to be the first request after the restart";
            return self.fail(label, expected, "another one came before it");
        }
        Ok(boot)
    }

    /// *Authorized*: `tag` is presented, or a remote start comes for a station without local start.
    ///
    /// # Errors
    /// The checks `authorized…`.
    pub fn authorized(&mut self, tag: &str) -> Result<(), Failed> {
        if self.product.features.local_start {
            self.present(tag)?;
            self.expect(Expected::new("authorized", "Authorize").with("/idTag", tag))?;
        } else {
            self.remote_start("authorized.remote", tag)?;
        }
        let preparing = self.status_here("authorized.preparing", "Preparing");
        self.expect(preparing).map(|_| ())
    }

    /// A remote start at the connector under test that is accepted, and the Authorize.req that belongs to it.
    ///
    /// # Errors
    /// The checks `label` and `label.authorize`.
    pub fn remote_start(&mut self, label: &str, tag: &str) -> Result<(), Failed> {
        self.remote_start_with(label, tag, None)
    }

    /// The same with a charging profile.
    ///
    /// # Errors
    /// The checks `label` and `label.authorize`.
    pub fn remote_start_with(
        &mut self,
        label: &str,
        tag: &str,
        profile: Option<Value>,
    ) -> Result<(), Failed> {
        let asks = self.key(&format!("{label}.key"), REMOTE_KEY)? == "true";
        self.remote_start_asking(label, tag, profile, asks)
    }

    /// The same where it is known whether the station asks about the idTag.
    ///
    /// # Errors
    /// The checks `label` and `label.authorize`.
    pub fn remote_start_asking(
        &mut self,
        label: &str,
        tag: &str,
        profile: Option<Value>,
        asks: bool,
    ) -> Result<(), Failed> {
        let connector = self.parameters.connector;
        let mut payload = json!({"connectorId": connector, "idTag": tag});
        if let Some(profile) = profile {
            payload["chargingProfile"] = profile;
        }
        self.call(Call::new(label, "RemoteStartTransaction", payload).status("Accepted"))?;
        if asks {
            let label = format!("{label}.authorize");
            self.expect(Expected::new(label, "Authorize").with("/idTag", tag))?;
        }
        Ok(())
    }

    /// A case about what the station does with the answer to Authorize.req needs a station that asks at remote starts.
    /// `AuthorizeRemoteTxRequests` may be read-only (errata 2025-04): with the value false nothing can be said.
    ///
    /// # Errors
    /// The station does not ask; the check `remote.asks` if there is no such key.
    pub fn asks_at_remote_starts(&mut self) -> Result<(), Failed> {
        if self.key("remote.asks", REMOTE_KEY)? == "true" {
            return Ok(());
        }
        let payload = json!({"key": REMOTE_KEY, "value": "true"});
        let answer = self.call(Call::new("remote.asks", "ChangeConfiguration", payload))?;
        if answer.payload["status"] != "Rejected" {
            // It took the value when the case was prepared.
            let expected = format!("{REMOTE_KEY} to be true, as it was set");
            return self.fail("remote.asks", expected, "it was false");
        }
        let why = format!("{REMOTE_KEY} is read-only and false: nobody is asked at a remote start");
        Err(Failed::Impossible(why))
    }

    /// The value of a configuration key.
    ///
    /// # Errors
    /// The check `label` if there is no such key.
    pub fn key(&mut self, label: &str, key: &str) -> Result<String, Failed> {
        self.dialect.get(self, label, key)
    }

    /// Sets a configuration key, which must be accepted.
    ///
    /// # Errors
    /// The check `label`.
    pub fn set_key(&mut self, label: &str, key: &str, value: &str) -> Result<(), Failed> {
        let payload = json!({"key": key, "value": value});
        let call = Call::new(label, "ChangeConfiguration", payload);
        self.call(call.status("Accepted")).map(|_| ())
    }

    /// StartTransaction and the status `Charging`, in any order. A short SuspendedEV or SuspendedEVSE before Charging is
    /// ignored: the car and the station may need a moment. The transaction id is the result.
    ///
    /// # Errors
    /// The checks `LABEL.start` and `LABEL.charging`.
    pub fn started(
        &mut self,
        label: &str,
        tag: &str,
        reservation: Option<i64>,
    ) -> Result<i64, Failed> {
        let start = self.start(format!("{label}.start"), tag, reservation);
        let charging = self.status_is(format!("{label}.charging"), "Charging");
        let suspended = ["SuspendedEV", "SuspendedEVSE"];
        let suspended = suspended.map(|status| {
            self.status_is(format!("{label}.suspended"), status)
                .optional()
        });
        let expected = [start, charging].into_iter().chain(suspended).collect();
        let messages = self.unordered(expected)?;
        // Afterwards they would mean something.
        self.allowed
            .retain(|allowed| !allowed.label.ends_with(".suspended"));
        Ok(transaction_id(messages.first()))
    }

    /// The StartTransaction at the connector under test.
    #[must_use]
    pub fn start(&self, label: String, tag: &str, reservation: Option<i64>) -> Expected {
        let start = Expected::new(label, "StartTransaction")
            .with("/connectorId", self.parameters.connector)
            .with("/idTag", tag);
        match reservation {
            Some(id) => start.with("/reservationId", id),
            None => start.absent("/reservationId"),
        }
    }

    /// *Charging*: the transaction id is the result.
    ///
    /// # Errors
    /// The checks `authorized…` and `charging…`.
    pub fn charging(&mut self, tag: &str) -> Result<i64, Failed> {
        self.authorized(tag)?;
        self.plug()?;
        self.started("charging", tag, None)
    }

    /// Memory state *IdTagCached*: `tag` is presented and accepted, and its authorization given up again.
    ///
    /// # Errors
    /// The checks `cached…`.
    pub fn cached(&mut self, tag: &str) -> Result<(), Failed> {
        if !self.product.features.local_start {
            return self.cached_remotely(tag);
        }
        self.present(tag)?;
        self.expect(Expected::new("cached", "Authorize").with("/idTag", tag))?;
        self.expect(self.status_here("cached.preparing", "Preparing"))?;
        self.withdraw("cached", tag)
    }

    /// The same by a remote start that nobody follows with a cable. `AuthorizeRemoteTxRequests` must be true.
    ///
    /// # Errors
    /// The checks `cached…`.
    pub fn cached_remotely(&mut self, tag: &str) -> Result<(), Failed> {
        self.remote_start("cached", tag)?;
        self.expect(self.status_here("cached.preparing", "Preparing"))?;
        let limit = self.parameters.long_timeout;
        let available = self.status_here("cached.available", "Available");
        self.expect(available.within(limit)).map(|_| ())
    }

    /// Presents `tag` again, or waits for ConnectionTimeOut at a station that does not take that as a withdrawal.
    ///
    /// # Errors
    /// The check `LABEL.available`.
    pub fn withdraw(&mut self, label: &str, tag: &str) -> Result<(), Failed> {
        self.present(tag)?;
        let limit = self.parameters.long_timeout;
        let label = format!("{label}.available");
        let available = self.status_here(label.as_str(), "Available").within(limit);
        let authorize = Expected::new(label, "Authorize").optional();
        self.unordered(vec![available, authorize])?;
        self.no_more_optional();
        Ok(())
    }

    /// Memory state *IdTagLocalAuthList*: the list consists of `tag`.
    ///
    /// # Errors
    /// The check `listed`.
    pub fn listed(&mut self, version: i64, tag: &str) -> Result<(), Failed> {
        let call = Call::new("listed", "SendLocalList", list_of(version, tag));
        self.call(call.status("Accepted")).map(|_| ())
    }

    /// *SetChargePointUnavailable*, of the station as a whole.
    ///
    /// # Errors
    /// The checks `unavailable` and `unavailable.status.N`.
    pub fn station_unavailable(&mut self) -> Result<(), Failed> {
        let payload = json!({"connectorId": 0, "type": "Inoperative"});
        let call = Call::new("unavailable", "ChangeAvailability", payload);
        self.call(call.status("Accepted"))?;
        self.all_statuses("unavailable.status", |_| "Unavailable")
    }

    /// A StopTransaction of a transaction.
    #[must_use]
    pub fn stop(&self, transaction: i64) -> Expected {
        Expected::new("stop", "StopTransaction").with("/transactionId", transaction)
    }

    /// StopTransaction and a status, in any order.
    ///
    /// # Errors
    /// The checks of the two.
    pub fn stopped(&mut self, stop: Expected, status: Expected) -> Result<Message, Failed> {
        let mut messages = self.unordered(vec![stop, status])?;
        match messages.first_mut().and_then(Option::take) {
            Some(stop) => Ok(stop),
            None => self.fail("stop", "StopTransaction.req", "it did not come"),
        }
    }

    /// *Reserved*: a reservation of a connector for an idTag.
    ///
    /// # Errors
    /// The checks `reserve` and `reserved`.
    pub fn reserved(&mut self, tag: &str, id: i64) -> Result<(), Failed> {
        let reservation = self.reservation(self.parameters.connector, tag, id);
        self.call(Call::new("reserve", "ReserveNow", reservation).status("Accepted"))?;
        self.expect(self.status_here("reserved", "Reserved"))?;
        Ok(())
    }

    /// The payload of a ReserveNow for longer than a case takes.
    #[must_use]
    pub fn reservation(&self, connector: u32, tag: &str, id: i64) -> Value {
        let expiry = self.utc_in(self.parameters.reservation_expiry.into());
        json!({"connectorId": connector, "expiryDate": expiry, "idTag": tag, "reservationId": id})
    }

    /// *SetConnectorUnavailable* for every connector but the one under test.
    ///
    /// # Errors
    /// The checks `unavailable…`.
    pub fn others_unavailable(&mut self) -> Result<(), Failed> {
        for connector in 1..=self.parameters.connectors {
            if connector != self.parameters.connector {
                self.set_unavailable(connector)?;
            }
        }
        Ok(())
    }

    /// *SetConnectorUnavailable*.
    ///
    /// # Errors
    /// The checks `unavailable` and `unavailable.status`.
    pub fn set_unavailable(&mut self, connector: u32) -> Result<(), Failed> {
        let payload = json!({"connectorId": connector, "type": "Inoperative"});
        let call = Call::new("unavailable", "ChangeAvailability", payload);
        self.call(call.status("Accepted"))?;
        self.expect(self.status("unavailable.status", connector, "Unavailable"))?;
        Ok(())
    }
}

/// A SendLocalList of one accepted idTag that replaces the whole list.
#[must_use]
pub fn list_of(version: i64, tag: &str) -> Value {
    let entry = json!({"idTag": tag, "idTagInfo": {"status": "Accepted"}});
    json!({"listVersion": version, "updateType": "Full", "localAuthorizationList": [entry]})
}

/// The id with which a StartTransaction was answered.
#[must_use]
fn transaction_id(start: Option<&Option<Message>>) -> i64 {
    let start = start.and_then(Option::as_ref);
    start
        .and_then(|start| start.answer["transactionId"].as_i64())
        .unwrap_or_default()
}
