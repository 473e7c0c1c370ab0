//! A station and a CSMS hold a whole charging session over a real WebSocket on this machine.
//!
//! ```sh
//! cargo run -p ocpp-demo
//! ```
//!
//! Both roles are values of [`ocpp_core`] that do no I/O. The modules show two ways to give them a connection: the station
//! is driven by hand, input by input, as firmware does it; the CSMS is driven by [`ocpp_tokio::csms`].
//! The program `ocpp` shows the same as `ocpp demo`.

mod charger;
mod csms;
mod narrator;
mod script;
mod session;
mod station;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use ocpp_tokio::Version;

use crate::csms::Csms;
use crate::narrator::Narrator;
use crate::script::Script;
use crate::session::Session;
use crate::station::Station;

/// The versions that the demonstration knows, in the order of the show.
pub const VERSIONS: [Version; 2] = [Version::V1_6, Version::V2_0_1];

/// The station's identity.
const STATION: &str = "CS-1";

/// Why a demonstration went wrong.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The narrator, shared with whoever sees the frames.
#[derive(Clone)]
struct Shared(Arc<Mutex<Narrator>>);

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Narrator> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Holds a charging session in one of [`VERSIONS`] and tells it line by line, with the frames as they travel if `raw`.
///
/// # Errors
/// What was not as it should be: a message that breaks its schema, for example.
pub async fn show(
    version: Version,
    raw: bool,
    print: impl FnMut(&str) + Send + 'static,
) -> Result<(), Failure> {
    let narrator = Shared(Arc::new(Mutex::new(Narrator::new(version, raw, print))));
    let script = Script(version);
    let csms = Csms::start().await?;
    let (station, control) = Station::new(script, csms.url(), narrator.clone())?;
    narrator
        .lock()
        .tell(&format!("OCPP {version} over {}/{STATION}", csms.url()));
    let began = Instant::now();
    let session = Session {
        script,
        csms: &csms,
        station: control,
        narrator: &narrator,
    };
    let energy = tokio::select! {
        failure = station.run() => return Err(failure),
        energy = session.hold() => energy?,
    };
    let mut narrator = narrator.lock();
    if let Some(first) = narrator.wrong().first() {
        let count = narrator.wrong().len();
        return Err(format!("{count} messages were wrong, first {first}").into());
    }
    narrator.tell("Summary");
    let summary = format!("  {energy}\n{}", narrator.summary().trim_end());
    narrator.print(&summary);
    narrator.print(&format!(
        "  every message matches its schema; {:.1} s\n",
        began.elapsed().as_secs_f64()
    ));
    Ok(())
}
