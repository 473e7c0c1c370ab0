//! Network profiles of 2.0.1: the slots that a case works with, and the addresses of the test system.

use serde_json::{Value, json};

use super::{Call, Lab};
use crate::bench::{Connected, Endpoint, Event, Server};
use crate::case::Need;
use crate::lab::dialect::Set;
use crate::unmet::Failed;

/// The variable with the order of the slots.
const PRIORITY: &str = "OCPPCommCtrlr.NetworkConfigurationPriority";

/// The slots that a case works with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Slots {
    /// The one that the station uses when the case begins.
    pub active: u32,
    /// The one that is to be used.
    pub new: u32,
    /// The address of the present connection.
    pub here: Endpoint,
}

impl Lab<'_> {
    /// Finds out which slot is active (erratum 6.2.17): it is not overwritten, and the station is sent to the other address.
    ///
    /// # Errors
    /// The check `slots`.
    pub fn find_slots(&mut self) -> Result<(), Failed> {
        let label = "slots";
        let key = "OCPPCommCtrlr.ActiveNetworkProfile";
        let active = self.dialect().get(self, label, key)?;
        let Ok(active) = active.parse() else {
            return self.fail(label, "the number of a slot", format!("it was {active:?}"));
        };
        let [one, other] = self.parameters.network_slots;
        self.slots = Slots {
            active,
            new: if active == one { other } else { one },
            here: self.connected().endpoint,
        };
        self.take_links();
        Ok(())
    }

    /// Only the active slot is in the order of priority.
    ///
    /// # Errors
    /// The checks `slots` and `slots.only`, and those of a restart.
    pub fn only_active_slot(&mut self) -> Result<(), Failed> {
        self.find_slots()?;
        let active = self.slots.active.to_string();
        let label = "slots.only";
        if self
            .dialect()
            .set(self, label, PRIORITY, &active, Need::Must)?
            == Set::AfterReset
        {
            let reset = self.dialect().reset();
            self.call(Call::new("slots.reset", "Reset", reset).status("Accepted"))?;
            self.booted("slots")?;
        }
        Ok(())
    }

    /// The payload of SetNetworkProfile for the new slot: the other address, with this security profile.
    #[must_use]
    pub fn new_profile(&self, security_profile: u8) -> Value {
        self.profile_of(self.slots.new.into(), security_profile)
    }

    /// The same for any slot.
    #[must_use]
    pub fn profile_of(&self, slot: i64, security_profile: u8) -> Value {
        let url = self.bench.url(self.slots.here.other(), security_profile);
        json!({
            "configurationSlot": slot,
            "connectionData": {
                "messageTimeout": self.parameters.message_timeout,
                "ocppCsmsUrl": url.unwrap_or_else(|| "wss://csms.example.com/ocpp".to_owned()),
                "ocppInterface": self.parameters.network_interface,
                "ocppTransport": "JSON",
                "ocppVersion": "OCPP20",
                "securityProfile": security_profile,
            },
        })
    }

    /// The payload of SetVariables with the new slot before the active one.
    #[must_use]
    pub fn new_order(&self) -> Value {
        let order = format!("{},{}", self.slots.new, self.slots.active);
        json!({"setVariableData": [{
            "component": {"name": "OCPPCommCtrlr"},
            "variable": {"name": "NetworkConfigurationPriority"},
            "attributeValue": order,
        }]})
    }

    /// A server at an address behaves so.
    ///
    /// # Errors
    /// The bench cannot.
    pub fn serve_at(&mut self, endpoint: Endpoint, reachable: bool) -> Result<(), Failed> {
        self.serve(Server {
            endpoint,
            reachable,
            ..Server::default()
        })
    }

    /// The station connects to this address.
    ///
    /// # Errors
    /// The checks `LABEL` and `LABEL.address`.
    pub fn connects_to(
        &mut self,
        label: &str,
        endpoint: Endpoint,
    ) -> Result<(u64, Connected), Failed> {
        let (at, connected) = self.expect_connection(label)?;
        self.is_at(&format!("{label}.address"), endpoint, &connected)?;
        Ok((at, connected))
    }

    /// The next thing that the station does is to connect to this address.
    ///
    /// # Errors
    /// The checks `LABEL`, `LABEL.attempts` and `LABEL.address`.
    pub fn connects_next(&mut self, label: &str, endpoint: Endpoint) -> Result<(), Failed> {
        let deadline = self.deadline(Some(self.parameters.long_timeout));
        loop {
            while let Some((_, event)) = self.links.pop_front() {
                match event {
                    Event::Connected(seen) => {
                        return self.is_at(&format!("{label}.address"), endpoint, &seen);
                    }
                    // With several roots a station may make a connection for each, until the certificate leads to one.
                    Event::Refused(seen) if seen.endpoint != endpoint => {
                        let label = format!("{label}.attempts");
                        return self.fail(label, "no further attempt", "there was one");
                    }
                    _ => {}
                }
            }
            if !self.pump(deadline)? {
                return self.fail(label, "a connection", "none came");
            }
        }
    }

    fn is_at(&self, label: &str, endpoint: Endpoint, seen: &Connected) -> Result<(), Failed> {
        if seen.endpoint == endpoint {
            return Ok(());
        }
        let expected = format!("the {endpoint:?} address");
        self.fail(label, expected, format!("it was the {:?}", seen.endpoint))
    }

    /// The station tries to connect to this address, in vain; the result is when.
    ///
    /// # Errors
    /// The checks `LABEL` and `LABEL.address`.
    pub fn tries(&mut self, label: &str, endpoint: Endpoint) -> Result<u64, Failed> {
        let deadline = self.deadline(Some(self.parameters.long_timeout));
        loop {
            while let Some((at, event)) = self.links.pop_front() {
                match event {
                    Event::Refused(seen) => {
                        self.is_at(&format!("{label}.address"), endpoint, &seen)?;
                        return Ok(at);
                    }
                    Event::Connected(_) => {
                        return self.fail(label, "an attempt in vain", "it connected");
                    }
                    _ => {}
                }
            }
            if !self.pump(deadline)? {
                return self.fail(label, "an attempt to connect", "there was none");
            }
        }
    }
}
