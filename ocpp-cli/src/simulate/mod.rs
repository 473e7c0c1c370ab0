//! `ocpp simulate`: many stations at once, as a load for a management system.

mod day;
mod report;
mod station;

use std::process::ExitCode;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ocpp_tokio::{ClientTls, Password, StationSecurity, Version};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::files::read;
use crate::output;
use crate::station::{csms_url, station_version};
use day::DAY;
use report::Report;
use station::Simulated;

pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Into how many districts stations are divided: each loses its network together.
const DISTRICTS: u32 = 10;

/// Let many stations work at a management system, and tell how long its answers took.
///
/// They are the stations of this library, at which drivers come and go as in the course of a day: they plug in, show cards,
/// charge, and leave; some cards are unknown, some stations have a fault, and once a day the network of a district is cut.
/// The day is shortened to --day-length; the same --seed gives the same day. Cards are called SIM and twelve digits: the
/// management system must accept them (ocpp csms --accept-any-token). Exits with 0 if nothing went wrong, with 1 if something
/// did, and with 2 if it could not be tried.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Where the CSMS is, without the identity: ws://HOST:PORT/PATH or wss://…
    #[arg(long, value_parser = csms_url)]
    url: String,
    /// How many stations; each needs a file descriptor (ulimit -n).
    #[arg(long, value_name = "NUMBER", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    stations: u32,
    /// The version of OCPP; of several the stations take turns.
    #[arg(long, value_name = "VERSION", default_value = "1.6", value_delimiter = ',', value_parser = station_version())]
    version: Vec<Version>,
    /// Decides about everything that happens by chance.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// How long a day takes, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 600, value_parser = clap::value_parser!(u64).range(5..=86_400))]
    day_length: u64,
    /// How many EVSEs a station has.
    #[arg(long, value_name = "NUMBER", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=99))]
    evses: u32,
    /// Time in which all stations connect for the first time, in seconds; without this 200 in a second.
    #[arg(long, value_name = "SECONDS")]
    ramp: Option<u64>,
    /// Do not cut the network of a district.
    #[arg(long)]
    no_network_cut: bool,
    /// How the identities of stations begin; a number follows.
    #[arg(long, value_name = "TEXT", default_value = "SIM")]
    prefix: String,
    /// The password of all stations.
    #[arg(long)]
    password: Option<String>,
    /// Roots of the CSMS's certificates, PEM; turns TLS on.
    #[arg(long, value_name = "FILE", requires = "password")]
    ca: Option<std::path::PathBuf>,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
}

/// What all stations share.
struct Plan {
    url: String,
    security: StationSecurity,
    versions: Vec<Version>,
    stations: u32,
    evses: u32,
    prefix: String,
    chance: u64,
    begin: Instant,
    day: Duration,
    ramp: Duration,
    /// Which district is cut off, from and until which minute of the day.
    cut: Option<(u32, f64, f64)>,
    report: Mutex<Report>,
    connected: AtomicI64,
}

impl Plan {
    fn new(args: &Args) -> Result<Self, Failure> {
        let mut rng = StdRng::seed_from_u64(args.seed);
        let cut = (!args.no_network_cut).then(|| {
            let from = rng.random_range(0.35 * DAY..0.65 * DAY);
            let minutes = rng.random_range(20.0..60.0);
            (rng.random_range(0..DISTRICTS), from, from + minutes)
        });
        let password = args.password.as_deref().map(Password::text).transpose()?;
        let security = match (&args.ca, password) {
            (Some(ca), Some(password)) => {
                StationSecurity::TlsBasic(ClientTls::rustls(&read(ca)?, None)?, password)
            }
            (_, Some(password)) => StationSecurity::Basic(password),
            (_, None) => StationSecurity::Unsecured,
        };
        let ramp = args.ramp.unwrap_or(u64::from(args.stations / 200));
        Ok(Self {
            url: args.url.clone(),
            security,
            versions: args.version.clone(),
            stations: args.stations,
            evses: args.evses,
            prefix: args.prefix.clone(),
            chance: rng.random(),
            // The day begins when all are there.
            begin: Instant::now() + Duration::from_secs(ramp),
            day: Duration::from_secs(args.day_length),
            ramp: Duration::from_secs(ramp),
            cut,
            report: Mutex::default(),
            connected: AtomicI64::new(0),
        })
    }

    fn version(&self, number: u32) -> Version {
        let place = usize::try_from(number).unwrap_or(0) % self.versions.len().max(1);
        self.versions.get(place).copied().unwrap_or(Version::V1_6)
    }

    /// The seed of a station, and of each of its EVSEs.
    fn seed(&self, number: u32, evse: u32) -> u64 {
        let place = u64::from(number) << 32 | u64::from(evse);
        StdRng::seed_from_u64(self.chance ^ place.wrapping_mul(0x9E37_79B9_7F4A_7C15)).random()
    }

    /// The card of a visit. It is shown at no other station.
    fn card(&self, number: u32, evse: u32, visit: u32) -> String {
        format!("SIM{number:06}{evse:02}{:04}", visit % 10_000)
    }

    /// How long some minutes of the day take.
    fn real(&self, minutes: f64) -> Duration {
        self.day.mul_f64((minutes / DAY).max(0.0))
    }

    /// When a minute of the day comes.
    fn at(&self, minute: f64) -> Instant {
        self.begin + self.real(minute)
    }

    /// How long a station waits before it connects.
    fn ramp_of(&self, number: u32) -> Duration {
        self.ramp
            .mul_f64(f64::from(number) / f64::from(self.stations.max(1)))
    }

    /// When the network of a station goes and comes.
    fn network_changes(&self, number: u32) -> impl Iterator<Item = Instant> {
        let its = self
            .cut
            .filter(|(district, ..)| number % DISTRICTS == *district);
        its.into_iter()
            .flat_map(|(_, from, until)| [self.at(from), self.at(until)])
    }

    /// Whether the network of a station is cut now.
    fn is_cut(&self, number: u32) -> bool {
        let changes: Vec<Instant> = self.network_changes(number).collect();
        let now = Instant::now();
        matches!(changes.as_slice(), [from, until] if (*from..*until).contains(&now))
    }

    fn connected(&self, change: i64) {
        self.connected.fetch_add(change, Ordering::Relaxed);
    }

    /// Tells how far the day is, ten times.
    async fn tell_progress(&self) {
        for tenth in 1..=10_u32 {
            tokio::time::sleep_until(self.begin + self.day.mul_f64(f64::from(tenth) / 10.0)).await;
            let connected = self.connected.load(Ordering::Relaxed);
            let report = self.report.lock().unwrap_or_else(PoisonError::into_inner);
            let (messages, slowest) = (report.messages(), report.slowest());
            let (running, errors) = (report.begun.saturating_sub(report.ended), report.errors());
            drop(report);
            output::error(format_args!(
                "{}0 %: {connected} of {} connected, {running} charge, {messages} messages, p99 {slowest:.1} ms, {errors} \
                 errors",
                tenth, self.stations
            ));
        }
    }
}

pub(crate) fn run(args: &Args) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let result = runtime
        .map_err(Failure::from)
        .and_then(|runtime| runtime.block_on(simulate(args)));
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            output::error(format_args!("ocpp simulate: {error}"));
            ExitCode::from(2)
        }
    }
}

/// Whether all went well.
async fn simulate(args: &Args) -> Result<bool, Failure> {
    let plan = Arc::new(Plan::new(args)?);
    let began = Instant::now();
    let mut stations = JoinSet::new();
    for number in 1..=args.stations {
        stations.spawn(Simulated::new(Arc::clone(&plan), number)?.run());
    }
    let progress = Arc::clone(&plan);
    let progress = tokio::spawn(async move { progress.tell_progress().await });
    tokio::select! {
        () = async { while stations.join_next().await.is_some() {} } => {}
        // What was seen so far is told all the same.
        () = crate::signals::terminated() => {}
    }
    progress.abort();
    let report = plan.report.lock().unwrap_or_else(PoisonError::into_inner);
    if args.json {
        let json = report.json(args.stations, began.elapsed().as_secs_f64());
        output::line(format_args!("{json}"));
    } else {
        output::line(format_args!("{report}"));
    }
    if report.connected == 0 {
        return Err("no station could connect".into());
    }
    Ok(report.errors() == 0)
}
