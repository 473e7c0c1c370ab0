//! `ocpp demo`: a station and a CSMS hold a whole charging session over a real WebSocket on this machine.

mod narrator;
mod script;

use std::process::ExitCode;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ocpp_core::csms::{Config, Csms, Registration, Token, TokenStatus, Transaction};
use ocpp_core::station::{ConnectorConfig, ConnectorId, EvseConfig, StationConfig, Token as Card};
use ocpp_core::time::DateTime;
use ocpp_tokio::station::{DriverConfig, Storage};
use ocpp_tokio::{Identity, Version};
use ocpp_types::Decimal;
use serde_json::{Value, json};

use crate::csms::InProcess;
use crate::output;
use crate::station::obey::Control;
use crate::station::order::Order;
use crate::station::simulation::Simulation;
use crate::station::{fixed_wait, station_version};
use narrator::Narrator;
use script::{CARD, Call, LIMIT_AMPERES, Script};

/// The versions that the station speaks, in the order of the show.
const VERSIONS: [Version; 2] = [Version::V1_6, Version::V2_0_1];

/// The station's identity.
const STATION: &str = "CS-1";

/// How much faster than time energy flows: a second is ten minutes of charging.
const TIME_SCALE: u32 = 600;

/// How long a step of the session may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the station delivers without a limit, and with the profile's: amperes × volts × phases.
const FULL_POWER: f64 = 32.0 * 230.0 * 3.0;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Watch a station and a CSMS hold a whole charging session.
///
/// Both run in this program and talk over a real WebSocket on this machine. Every message is checked against the
/// official schemas. Energy flows 600 times faster than in life. Exits with 1 if anything is not as it should be.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Show the frames as they travel.
    #[arg(long)]
    raw: bool,
    /// Only this version.
    #[arg(long, value_name = "VERSION", value_parser = station_version())]
    version: Option<Version>,
}

pub(crate) fn run(args: &Args) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let result = runtime
        .map_err(Failure::from)
        .and_then(|runtime| runtime.block_on(shows(args)));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::error(format_args!("ocpp demo: {error}"));
            ExitCode::FAILURE
        }
    }
}

async fn shows(args: &Args) -> Result<(), Failure> {
    let versions: Vec<Version> = match args.version {
        Some(version) => vec![version],
        None => VERSIONS.to_vec(),
    };
    for version in versions {
        show(version, args.raw)
            .await
            .map_err(|error| format!("OCPP {version}: {error}"))?;
    }
    Ok(())
}

/// The narrator, shared with the CSMS that sees the frames.
#[derive(Clone)]
struct Shared(Arc<Mutex<Narrator>>);

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Narrator> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn show(version: Version, raw: bool) -> Result<(), Failure> {
    let narrator = Shared(Arc::new(Mutex::new(Narrator::new(version, raw))));
    let tapped = narrator.clone();
    let tap = Box::new(move |time: DateTime, from_station: bool, text: &str| {
        tapped.lock().message(time, from_station, text);
    });
    let csms = InProcess::start(Config::default(), tap).await?;
    let script = Script(version);

    let socket = EvseConfig::new(vec![ConnectorConfig::socket()]);
    let mut config = StationConfig::new(version, "ocpp", "demo", 1);
    config.evses = vec![socket];
    config.firmware_version = Some(env!("CARGO_PKG_VERSION").into());
    config.defaults = script.defaults();
    config.back_off = fixed_wait(1);
    let mut setup = DriverConfig::new(config, csms.url(), Identity::new(STATION)?);
    setup.start = false;
    let simulation = Simulation::new(setup, Storage::memory(), TIME_SCALE, false)?;
    let session = Session {
        script,
        csms: &csms,
        station: simulation.control(),
        narrator: &narrator,
    };
    narrator
        .lock()
        .tell(&format!("OCPP {version} over {}/{STATION}", csms.url()));
    let began = Instant::now();
    let transaction = tokio::select! {
        ended = simulation.run() => {
            ended?;
            return Err("the station has ended".into());
        }
        transaction = session.hold() => transaction?,
    };
    let narrator = narrator.lock();
    if let Some(first) = narrator.wrong().first() {
        return Err(format!(
            "{} messages were wrong, first {first}",
            narrator.wrong().len()
        )
        .into());
    }
    let energy = energy(&transaction).ok_or("the meter of the transaction is missing")?;
    narrator.tell("Summary");
    output::line(format_args!(
        "  {energy} Wh charged in transaction {}",
        transaction.transaction_id
    ));
    output::line(format_args!("{}", narrator.summary().trim_end()));
    output::line(format_args!(
        "  every message matches its schema; {:.1} s\n",
        began.elapsed().as_secs_f64()
    ));
    Ok(())
}

/// The energy of a transaction in Wh.
fn energy(transaction: &Transaction) -> Option<Decimal> {
    let (start, stop) = (transaction.meter_start?, transaction.meter_stop?);
    stop.checked_sub(*start).map(Into::into)
}

/// The session: who does what, and what has to come of it.
struct Session<'a> {
    script: Script,
    csms: &'a InProcess,
    station: Control,
    narrator: &'a Shared,
}

impl Session<'_> {
    async fn hold(&self) -> Result<Transaction, Failure> {
        let token = Token {
            status: TokenStatus::Accepted,
            expiry_date: None,
            parent_id_tag: None,
        };
        self.csms
            .change(|csms| csms.put_token(CARD, token))
            .await??;

        self.tell("The station starts");
        self.order(Order::Start).await?;
        self.until("the station is accepted", |csms| {
            let station = csms.station(STATION)?;
            (station.registration == Some(Registration::Accepted)).then_some(())
        })
        .await?;
        self.connector_is("Available").await?;

        self.tell("The operator asks for a sign of life");
        self.call(self.script.heartbeat()).await?;
        self.heard("Heartbeat", 1).await?;

        self.tell(&format!("The driver presents card {CARD}"));
        let evse = Some(1);
        let token = Card::new(CARD);
        let decided = self.order(Order::Token { evse, token }).await?;
        expect("the card", decided["status"].as_str(), "Accepted")?;

        self.tell("The driver plugs the car in");
        self.order(Order::Plug(ConnectorId::new(1, 1))).await?;
        let transaction = self
            .until("a transaction begins", |csms| {
                csms.transactions()
                    .find(|t| t.is_open() && t.id_token == CARD)
                    .cloned()
            })
            .await?;
        let heard = self.narrator.lock().count(true, self.script.readings());
        self.heard(self.script.readings(), heard + 2).await?;
        let power = self.power().await?;
        if !(FULL_POWER * 0.9..=FULL_POWER).contains(&power) {
            return Err(format!("the car should draw {FULL_POWER} W, not {power} W").into());
        }

        self.tell(&format!(
            "The operator limits the transaction to {LIMIT_AMPERES} A"
        ));
        self.call(self.script.profile(&transaction.transaction_id))
            .await?;
        self.narrator.lock().forget_power();
        // A reading may be on its way that was taken before.
        self.power().await?;
        self.narrator.lock().forget_power();
        let power = self.power().await?;
        let limit = f64::from(LIMIT_AMPERES) * 230.0 * 3.0;
        if !(limit * 0.9..=limit).contains(&power) {
            return Err(format!("the car should draw {limit} W now, not {power} W").into());
        }

        self.tell("The operator stops the transaction");
        self.call(self.script.stop(&transaction.transaction_id))
            .await?;
        let ended = self
            .until("the transaction ends", |csms| {
                csms.transactions()
                    .find(|t| !t.is_open() && t.id_token == CARD)
                    .cloned()
            })
            .await?;
        expect("the reason", ended.stop_reason.as_deref(), "Remote")?;
        if energy(&ended).is_none_or(|energy| energy <= 0.into()) {
            return Err("no energy was charged".into());
        }

        self.tell("The operator unlocks the cable, the driver drives away");
        self.call(self.script.unlock()).await?;
        self.order(Order::Unplug(ConnectorId::new(1, 1))).await?;
        self.connector_is("Available").await?;
        let state = self.order(Order::State).await?;
        if state["queued"] != 0 {
            return Err(format!("messages were not delivered: {}", state["queued"]).into());
        }
        Ok(ended)
    }

    fn tell(&self, what: &str) {
        self.narrator.lock().tell(what);
    }

    /// Does something to the station.
    async fn order(&self, order: Order) -> Result<Value, Failure> {
        let reply = self.station.obey(order).await;
        if reply.status.is_success() {
            Ok(serde_json::from_str(&reply.body)?)
        } else {
            Err(reply.body.into())
        }
    }

    /// Calls the station as its operator.
    async fn call(&self, call: Call) -> Result<(), Failure> {
        let payload = call.payload.to_string();
        let reply = self.csms.call(STATION, call.action, &payload).await;
        let reply: Value = serde_json::from_str(&reply)?;
        let (pointer, wanted) = call.expected;
        let found = reply["result"].pointer(pointer).and_then(Value::as_str);
        expect(call.action, found, wanted).map_err(|error| format!("{error}: {reply}").into())
    }

    /// Waits until the CSMS knows something.
    async fn until<T>(
        &self,
        what: &str,
        mut look: impl FnMut(&Csms) -> Option<T>,
    ) -> Result<T, Failure> {
        self.wait(what, || self.csms.read(&mut look)).await
    }

    async fn wait<T>(&self, what: &str, mut look: impl FnMut() -> Option<T>) -> Result<T, Failure> {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(found) = look() {
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
        let heard = || (self.narrator.lock().count(true, action) >= times).then_some(());
        self.wait(&what, heard).await
    }

    /// The next power that the station reports, unless one has come already.
    async fn power(&self) -> Result<f64, Failure> {
        self.wait("the station reports its power", || {
            self.narrator.lock().power()
        })
        .await
    }

    /// Waits until the station has said so of its first connector.
    async fn connector_is(&self, status: &str) -> Result<(), Failure> {
        self.until(&format!("the connector is {status}"), |csms| {
            let connectors = &csms.station(STATION)?.connectors;
            let first = connectors.iter().find(|connector| connector.evse == 1)?;
            (first.status == status).then_some(())
        })
        .await
    }
}

fn expect(what: &str, found: Option<&str>, wanted: &str) -> Result<(), Failure> {
    if found == Some(wanted) {
        Ok(())
    } else {
        let found = json!(found);
        Err(format!("{what} should be {wanted}, not {found}").into())
    }
}
