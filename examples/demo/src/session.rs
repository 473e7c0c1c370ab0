//! The session: who does what, and what has to come of it.

use std::time::{Duration, Instant};

use ocpp_core::csms::Registration;
use ocpp_core::csms::ledger::Transaction;
use ocpp_core::csms::remote::RemoteStation;
use ocpp_core::station::{AuthorizationStatus, Token as Card};
use ocpp_types::Decimal;
use serde_json::{Value, json};

use crate::charger::{AMPERES, PHASES, VOLTS};
use crate::csms::Csms;
use crate::script::{CARD, Call, LIMIT_AMPERES, Script};
use crate::station::Control;
use crate::{Failure, Shared};

/// How long a step of the session may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// A station, a CSMS, and what happens to them.
pub(crate) struct Session<'a> {
    pub(crate) script: Script,
    pub(crate) csms: &'a Csms,
    pub(crate) station: Control,
    pub(crate) narrator: &'a Shared,
}

impl Session<'_> {
    /// Gives what was charged, in words.
    pub(crate) async fn hold(&self) -> Result<String, Failure> {
        self.csms.accept(CARD).await?;

        self.tell("The station starts");
        self.station.start()?;
        self.until("the station is accepted", |station| {
            (station.registration() == Some(Registration::Accepted)).then_some(())
        })
        .await?;
        self.connector_is("Available").await?;

        self.tell("The operator asks for a sign of life");
        self.call(self.script.heartbeat()).await?;
        self.heard("Heartbeat", 1).await?;

        self.tell(&format!("The driver presents card {CARD}"));
        let decided = self.station.present(Card::new(CARD)).await?;
        if decided != AuthorizationStatus::Accepted {
            return Err(format!("the card should be accepted, not {decided:?}").into());
        }

        self.tell("The driver plugs the car in");
        self.station.plug()?;
        let transaction = self.transaction("a transaction begins", Transaction::is_open);
        let transaction = transaction.await?;
        let heard = self.narrator.lock().count(true, self.script.readings());
        self.heard(self.script.readings(), heard + 2).await?;
        self.draws(AMPERES).await?;

        self.tell(&format!(
            "The operator limits the transaction to {LIMIT_AMPERES} A"
        ));
        self.call(self.script.profile(&transaction.transaction_id))
            .await?;
        self.narrator.lock().forget_power();
        // A reading may be on its way that was taken before.
        self.power().await?;
        self.narrator.lock().forget_power();
        self.draws(LIMIT_AMPERES).await?;

        self.tell("The operator stops the transaction");
        self.call(self.script.stop(&transaction.transaction_id))
            .await?;
        let ended = self.transaction("the transaction ends", |t| !t.is_open());
        let ended = ended.await?;
        let reason = ended.end.as_ref().map(|end| end.reason.as_str());
        expect("the reason", reason, "Remote")?;
        let energy = energy(&ended).ok_or("the meter of the transaction is missing")?;
        if energy <= 0.into() {
            return Err("no energy was charged".into());
        }

        self.tell("The operator unlocks the cable, the driver drives away");
        self.call(self.script.unlock()).await?;
        self.station.unplug()?;
        self.connector_is("Available").await?;
        let queued = self.station.state().await?.queued;
        if queued != 0 {
            return Err(format!("messages were not delivered: {queued}").into());
        }
        let id = ended.transaction_id;
        Ok(format!("{energy} Wh charged in transaction {id}"))
    }

    fn tell(&self, what: &str) {
        self.narrator.lock().tell(what);
    }

    /// Calls the station as its operator.
    async fn call(&self, call: Call) -> Result<(), Failure> {
        let payload = call.payload.to_string();
        let reply = self.csms.call(call.action, &payload).await?;
        let reply: Value = serde_json::from_str(&reply)?;
        let (pointer, wanted) = call.expected;
        let found = reply.pointer(pointer).and_then(Value::as_str);
        expect(call.action, found, wanted).map_err(|error| format!("{error}: {reply}").into())
    }

    /// Waits for a transaction of the card.
    async fn transaction(
        &self,
        what: &str,
        wanted: impl Fn(&Transaction) -> bool,
    ) -> Result<Transaction, Failure> {
        let of_card = |transaction: &Transaction| {
            let token = transaction.id_token.as_ref();
            token.is_some_and(|token| token.id_token == CARD) && wanted(transaction)
        };
        let look = async || {
            let mut all = self.csms.transactions().await.ok()?.into_iter();
            all.rfind(&of_card)
        };
        self.wait(what, look).await
    }

    /// Waits until the CSMS knows something.
    async fn until<T>(
        &self,
        what: &str,
        look: impl Fn(&RemoteStation) -> Option<T>,
    ) -> Result<T, Failure> {
        self.wait(what, async || self.csms.look(&look).await).await
    }

    async fn wait<T>(&self, what: &str, look: impl AsyncFn() -> Option<T>) -> Result<T, Failure> {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(found) = look().await {
                return Ok(found);
            }
            if Instant::now() > end {
                return Err(format!("it did not happen that {what}").into());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Waits for a number of requests of the station.
    async fn heard(&self, action: &str, times: u32) -> Result<(), Failure> {
        let what = format!("the station sends {action} {times} times");
        let heard = async || (self.narrator.lock().count(true, action) >= times).then_some(());
        self.wait(&what, heard).await
    }

    /// The next power that the station reports, unless one has come already.
    async fn power(&self) -> Result<f64, Failure> {
        let power = async || self.narrator.lock().power();
        self.wait("the station reports its power", power).await
    }

    /// The car draws so many amperes of each phase.
    async fn draws(&self, amperes: i32) -> Result<(), Failure> {
        let power = self.power().await?;
        let wanted = amperes * VOLTS * PHASES;
        if (power - f64::from(wanted)).abs() < 1.0 {
            Ok(())
        } else {
            Err(format!("the car should draw {wanted} W, not {power} W").into())
        }
    }

    /// Waits until the station has said so of its first connector.
    async fn connector_is(&self, status: &str) -> Result<(), Failure> {
        self.until(&format!("the connector is {status}"), |station| {
            let first = station
                .connectors()
                .iter()
                .find(|connector| connector.evse == 1)?;
            (first.status == status).then_some(())
        })
        .await
    }
}

/// The energy of a transaction in Wh.
fn energy(transaction: &Transaction) -> Option<Decimal> {
    let (start, stop) = (transaction.meter_start?, transaction.meter_stop?);
    stop.checked_sub(*start).map(Into::into)
}

fn expect(what: &str, found: Option<&str>, wanted: &str) -> Result<(), Failure> {
    if found == Some(wanted) {
        Ok(())
    } else {
        let found = json!(found);
        Err(format!("{what} should be {wanted}, not {found}").into())
    }
}
