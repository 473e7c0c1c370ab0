//! Security profiles, certificates, and how the station connects (section 2 of the descriptions: *CertificateInstalled*,
//! *RenewChargePointCertificate*).

use std::time::Duration;

use ocpp_types::Version;
use serde_json::{Value, json};

use super::{Call, Expected, Lab, Message, Set};
use crate::bench::{Act, Connected, Event};
use crate::case::Need;
use crate::pki::Authority;
use crate::unmet::Failed;

impl Lab<'_> {
    /// How the station connected last.
    #[must_use]
    pub const fn connected(&self) -> &Connected {
        &self.connected
    }

    /// Connected with this security profile, or a higher one: raised step by step, as A05 wants it. There is no way back.
    ///
    /// # Errors
    /// The checks `prepare…`.
    pub fn secured(&mut self, wanted: u8) -> Result<(), Failed> {
        // What the station wants to say after its start is heard and answered.
        self.lull()?;
        let current = self.connected.security_profile;
        if current < 1 && wanted >= 1 {
            let password = self.parameters.authorization_key.clone();
            let (key, value) = self.dialect.password(&password);
            let label = format!("prepare.{}", key.rsplit('.').next().unwrap_or(key));
            if self.set_or_put_off(&label, key, &value)? == Set::AfterReset {
                self.restart()?;
            }
            self.may_reconnect("prepare")?;
        }
        if current >= 2 && wanted >= 2 {
            // It may have been made to trust the server in a way of its own, and could not judge certificates by that.
            let kind = self.dialect.csms_root();
            self.root_installed("prepare.root", kind, &Authority::csms()?)?;
        }
        for profile in (current + 1)..=wanted {
            match profile {
                1 if !self.product.features.security_profile_1 => continue,
                2 => {
                    let kind = self.dialect.csms_root();
                    self.root_installed("prepare.root", kind, &Authority::csms()?)?;
                }
                3 => {
                    self.certificate_renewed("prepare.certificate")?;
                }
                _ => {}
            }
            self.take_links();
            self.raise(profile)?;
            self.expect_connection("prepare.profile")?;
            self.may_register("prepare")?;
            self.lull()?;
        }
        self.no_more_optional();
        let reached = self.connected.security_profile;
        if reached < wanted {
            let expected = format!("a connection with security profile {wanted}");
            return self.fail("prepare.profile", expected, format!("it was {reached}"));
        }
        Ok(())
    }

    /// Makes the station connect anew with the next security profile: in 1.6 it is a key, in 2.0.1 that of a network profile,
    /// which leads to the other address.
    fn raise(&mut self, profile: u8) -> Result<(), Failed> {
        if self.bench.version() != Version::V1_6 {
            self.find_slots()?;
            let payload = self.new_profile(profile);
            let call = Call::new("prepare.slot", "SetNetworkProfile", payload);
            self.call(call.status("Accepted"))?;
            let order = Call::new("prepare.order", "SetVariables", self.new_order());
            let status = "/setVariableResult/0/attributeStatus";
            self.call(order.one_of(status, ["Accepted", "RebootRequired"]))?;
            return self.restart();
        }
        let label = "prepare.SecurityProfile";
        if self.set_or_put_off(label, "SecurityProfile", &profile.to_string())? == Set::AfterReset {
            self.restart()?;
        }
        Ok(())
    }

    /// A station that was given a password may use it at once with a new connection, or with the next one that it makes.
    ///
    /// # Errors
    /// The check `LABEL.password` if it goes and does not come back.
    pub(crate) fn may_reconnect(&mut self, label: &str) -> Result<(), Failed> {
        self.lull()?;
        if !self.online {
            self.take_links();
            self.expect_connection(&format!("{label}.password"))?;
        }
        self.may_register(label)
    }

    /// Sets a key that need not count before a restart (section 1.3).
    fn set_or_put_off(&mut self, label: &str, key: &str, value: &str) -> Result<Set, Failed> {
        self.dialect.set(self, label, key, value, Need::Must)
    }

    /// The station is to restart.
    fn restart(&mut self) -> Result<(), Failed> {
        let reset = Call::new("prepare.reset", "Reset", self.dialect.reset());
        self.call(reset.status("Accepted")).map(|_| ())
    }

    /// Connected with this security profile, or a lower one. There is no way over OCPP: a technician has to do it.
    ///
    /// # Errors
    /// The bench cannot; the checks `prepare.lower` and `prepare.profile`.
    pub fn lowered(&mut self, highest: u8) -> Result<(), Failed> {
        if self.connected.security_profile <= highest {
            return Ok(());
        }
        self.lull()?;
        self.take_links();
        self.act(&Act::LowerSecurityProfile(highest))?;
        let (_, connected) = self.expect_connection("prepare.lower")?;
        self.may_register("prepare")?;
        self.no_more_optional();
        let reached = connected.security_profile;
        if reached > highest {
            let expected = format!("a connection with security profile {highest}");
            return self.fail("prepare.profile", expected, format!("it was {reached}"));
        }
        Ok(())
    }

    /// The certificates of a kind that the station has.
    ///
    /// # Errors
    /// The check `label`.
    pub fn installed(&mut self, label: &str, kind: &str) -> Result<Vec<Value>, Failed> {
        let payload = self.dialect.installed(kind);
        let call = Call::new(label, "GetInstalledCertificateIds", payload);
        let answer = self.call(call.one_of("/status", ["Accepted", "NotFound"]))?;
        let data = self.dialect.listed(&answer.payload);
        if answer.payload["status"] == "NotFound" && !data.is_empty() {
            let label = format!("{label}/certificateHashData");
            return self.fail(label, "no data, as none was found", format!("{data:?}"));
        }
        Ok(data)
    }

    /// Memory state *CertificateInstalled*.
    ///
    /// # Errors
    /// The checks `label.known` and `label`.
    pub fn root_installed(
        &mut self,
        label: &str,
        kind: &str,
        root: &Authority,
    ) -> Result<(), Failed> {
        let known = self.installed(&format!("{label}.known"), kind)?;
        for entry in &known {
            if root.is(entry)? {
                return Ok(());
            }
        }
        self.install(label, kind, root)
    }

    /// InstallCertificate, which must be accepted.
    ///
    /// # Errors
    /// The check `label`.
    pub fn install(&mut self, label: &str, kind: &str, root: &Authority) -> Result<(), Failed> {
        let payload = json!({"certificateType": kind, "certificate": root.pem()?});
        let call = Call::new(label, "InstallCertificate", payload);
        self.call(call.status("Accepted")).map(|_| ())
    }

    /// Notes a root of the test system that the station is about to install: it goes after the case. The one that connections
    /// depend on stays.
    pub(super) fn note_root(&mut self, call: &Call) -> Result<(), Failed> {
        let pem = &call.payload["certificate"];
        for root in [Authority::second()?, Authority::manufacturer()?] {
            if *pem == root.pem()? {
                self.installed_roots.push(root.hash_data("SHA256")?);
            }
        }
        let successor = Authority::successor()?.pem()?;
        if *pem == successor {
            let data = Authority::csms()?.hash_data_of(&successor, "SHA256")?;
            self.installed_roots.push(data);
        }
        Ok(())
    }

    /// The station is asked to ask for a certificate; its SignCertificate is the result.
    ///
    /// # Errors
    /// The checks `LABEL.trigger` and `LABEL.request`.
    pub fn certificate_request(&mut self, label: &str) -> Result<Message, Failed> {
        let (action, payload) = self.dialect.certificate_trigger();
        let trigger = Call::new(format!("{label}.trigger"), action, payload);
        let since = self.now();
        self.call(trigger.status("Accepted"))?;
        let limit = self.parameters.long_timeout;
        let request = Expected::new(format!("{label}.request"), "SignCertificate");
        let request = self.expect(request.present("/csr").within(limit))?;
        self.triggered(since, &request);
        Ok(request)
    }

    /// A certificate for the request of a station.
    ///
    /// # Errors
    /// The check `label` if the request cannot be read.
    pub fn sign(&self, label: &str, request: &Message) -> Result<String, Failed> {
        let csr = request.payload["csr"].as_str().unwrap_or_default();
        // Serial numbers are never used twice.
        match Authority::csms()?.sign(csr, 1_000 + self.order) {
            Ok(certificate) => Ok(certificate),
            Err(error) => self.fail(label, "a certificate request", error.to_string()),
        }
    }

    /// Memory state *RenewChargePointCertificate*; the certificate is the result.
    ///
    /// # Errors
    /// The checks `LABEL.trigger`, `LABEL.request` and `LABEL.signed`.
    pub fn certificate_renewed(&mut self, label: &str) -> Result<String, Failed> {
        let request = self.certificate_request(label)?;
        let chain = self.sign(&format!("{label}.request"), &request)?;
        self.take_links();
        self.take_certificate(label, &chain)?;
        Ok(chain)
    }

    /// The station is given a certificate, which it must accept.
    ///
    /// # Errors
    /// The check `LABEL.signed`.
    pub fn take_certificate(&mut self, label: &str, chain: &str) -> Result<(), Failed> {
        let payload = self.dialect.certificate_signed(chain);
        let call = Call::new(format!("{label}.signed"), "CertificateSigned", payload);
        self.call(call.status("Accepted")).map(|_| ())
    }

    /// A station that connects anew may register again, or not.
    ///
    /// # Errors
    /// A message that does not match its schema.
    pub fn may_register(&mut self, label: &str) -> Result<(), Failed> {
        let statuses = (0..=self.parameters.connectors)
            .map(|connector| self.status(format!("{label}.status"), connector, "Available"));
        let boot = Expected::new(format!("{label}.boot"), "BootNotification");
        let expected = statuses.chain([boot]).map(Expected::optional).collect();
        self.unordered(expected).map(|_| ())
    }

    /// The connection is dropped; the result is how the station connects again.
    ///
    /// # Errors
    /// The check `label` if it does not.
    pub fn reconnected(&mut self, label: &str) -> Result<Connected, Failed> {
        self.take_links();
        self.drop_connection()?;
        let (_, connected) = self.expect_connection(label)?;
        self.may_register(label)?;
        Ok(connected)
    }

    /// Waits until the station tries in vain to connect.
    ///
    /// # Errors
    /// The check `label` if it connects, or does not try.
    pub fn expect_refusal(&mut self, label: &str) -> Result<(), Failed> {
        self.steps += 1;
        let deadline = self.deadline(Some(self.parameters.long_timeout));
        let expected = "an attempt to connect that is given up";
        loop {
            while let Some((_, event)) = self.links.pop_front() {
                match event {
                    Event::Refused(_) => return Ok(()),
                    Event::Connected(_) => return self.fail(label, expected, "it connected"),
                    _ => {}
                }
            }
            if !self.pump(deadline)? {
                return self.fail(label, expected, "there was none");
            }
        }
    }

    /// Fails the check `label` if the station connects within a time that matters.
    ///
    /// # Errors
    /// See above.
    pub fn no_connection(&mut self, label: &str, within: Duration) -> Result<(), Failed> {
        let millis = u64::try_from(within.as_millis()).unwrap_or(u64::MAX);
        self.steps += 1;
        self.wait_millis(millis)?;
        self.check_absent(label)
    }

    /// Fails the check `label` if the station connects anew within a minute, in the scale of the bench.
    ///
    /// # Errors
    /// See above.
    pub fn stays_connected(&mut self, label: &str) -> Result<(), Failed> {
        self.steps += 1;
        self.a_while(60)?;
        self.check_absent(label)
    }

    fn check_absent(&mut self, label: &str) -> Result<(), Failed> {
        let links = self.take_links();
        let connected = links.iter().find_map(|(_, event)| match event {
            Event::Connected(connected) => Some(connected.security_profile),
            _ => None,
        });
        match connected {
            None => Ok(()),
            Some(profile) => {
                let got = format!("there was one with security profile {profile}");
                self.fail(label, "no new connection", got)
            }
        }
    }
}
