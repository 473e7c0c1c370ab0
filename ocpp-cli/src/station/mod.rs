//! `ocpp station`: a simulated charging station with a control interface.

mod check;
pub(crate) mod hardware;
mod news;
pub(crate) mod obey;
pub(crate) mod order;
mod simulated;
pub(crate) mod simulation;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use ocpp_conformance::case::Side;
use ocpp_conformance::description::{Description, Settings};
use ocpp_conformance::{Product, preset};
use ocpp_core::back_off::BackOffPolicy;
use ocpp_core::station::{ConnectorConfig, EvseConfig, StationConfig};
use ocpp_tokio::station::{DriverConfig, Provision, Records, Storage};
use ocpp_tokio::{Identity, TlsIdentity, Version};

use crate::conformance::product;
use crate::files::read;
use crate::http::{self, Asset, Page};
use crate::log;
use crate::output;
use simulation::{Failure, Simulation};

/// What people see at the address of the control interface.
static PAGE: Page = Page(&[
    Asset::document(include_str!("../pages/station.html")),
    Asset::style("page/style.css", include_str!("../pages/style.css")),
    Asset::script("page/common.js", include_str!("../pages/common.js")),
    Asset::script("page/station.js", include_str!("../pages/station.js")),
]);

/// Run a simulated charging station.
///
/// Cars, cables, meters and cards exist in the program only; whoever uses the control interface moves them. What must
/// survive a power cut is kept in the state folder; without one it is forgotten at the end.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Where the CSMS is, without the identity: ws://HOST:PORT/PATH or wss://…
    #[arg(long, value_parser = csms_url, required_unless_present = "check_state")]
    url: Option<String>,
    /// The identity of the station.
    #[arg(long, required_unless_present = "check_state")]
    id: Option<String>,
    /// Say what is in the state folder of a station that does not run, and change nothing: 0 if everything can be read, 1 if
    /// something cannot, or was kept aside, 2 if there is nothing to look at.
    #[arg(long, requires = "state_dir")]
    check_state: bool,
    /// What kind of station it is, in TOML: the fields of `StationConfig` in the documentation of ocpp-core.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["version", "evses", "cables", "vendor", "model", "serial"])]
    config: Option<PathBuf>,
    /// Be like a certified product: chaevi, cs-technology, evsis, alpitronic; or full-2.0.1.
    #[arg(long, value_name = "NAME", group = "described", conflicts_with_all = ["config", "version", "evses", "cables", "vendor", "model", "serial"])]
    preset: Option<String>,
    /// Be the product of this description, as `ocpp conformance product` writes it and `ocpp conformance run --product` tests
    /// it.
    #[arg(long, value_name = "FILE", group = "described", conflicts_with_all = ["config", "version", "evses", "cables", "vendor", "model", "serial"])]
    product: Option<PathBuf>,
    /// Take shorter intervals than the product permits, for tests in real time.
    #[arg(long, requires = "described")]
    short_intervals: bool,
    /// The version of OCPP; several, best first, if the CSMS is to choose: 2.0.1,1.6.
    #[arg(long, value_name = "VERSION", default_value = "1.6", value_delimiter = ',', value_parser = station_version())]
    version: Vec<Version>,
    /// Where the control interface listens (HTTP, JSON); off without this.
    #[arg(long, value_name = "ADDRESS")]
    control: Option<SocketAddr>,
    /// How many EVSEs the station has, each with one connector.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    evses: u32,
    /// Sockets with locks, or fixed cables without.
    #[arg(long, value_enum, default_value_t = Cables::Socket)]
    cables: Cables,
    /// Where the station keeps what must survive a power cut.
    #[arg(long, value_name = "FOLDER")]
    state_dir: Option<PathBuf>,
    /// Do not connect before the control interface says so.
    #[arg(long)]
    no_start: bool,
    /// Vendor, as the CSMS is told.
    #[arg(long, default_value = "ocpp")]
    vendor: String,
    /// Model, as the CSMS is told.
    #[arg(long, default_value = "simulated")]
    model: String,
    /// Serial number, as the CSMS is told.
    #[arg(long)]
    serial: Option<String>,
    /// Password of HTTP Basic authentication, until the CSMS sets another one.
    #[arg(long)]
    password: Option<String>,
    /// Wait this long before connecting again, every time; otherwise as the specification says.
    #[arg(long, value_name = "SECONDS")]
    reconnect_wait: Option<u32>,
    /// Install firmware that is not signed (1.6: UpdateFirmware). Otherwise only signed firmware is taken, where the
    /// security features are on.
    #[arg(long)]
    unsigned_firmware: bool,
    /// How much faster than time energy flows.
    #[arg(long, value_name = "FACTOR", default_value_t = 1)]
    time_scale: u32,
    /// The first value of a configuration key (1.6) or `Component.Variable` (2.x); may be given several times.
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = key_and_value)]
    defaults: Vec<(String, String)>,
    /// Roots of the CSMS's certificates, PEM; turns TLS on.
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Certificate of the station with its chain, PEM (profile 3).
    #[arg(long, value_name = "FILE", requires_all = ["key", "ca"])]
    cert: Option<PathBuf>,
    /// Its private key, PEM.
    #[arg(long, value_name = "FILE", requires = "cert")]
    key: Option<PathBuf>,
    #[command(flatten)]
    http: http::Args,
    #[command(flatten)]
    log: log::Args,
}

/// A product, and what is known of the specimen that the station is.
type Described = (Product, Settings);

/// What cars are plugged in with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Cables {
    Socket,
    Fixed,
}

/// The versions that a station can speak.
pub(crate) fn station_version() -> impl TypedValueParser<Value = Version> {
    let names = VERSIONS.map(Version::as_str);
    PossibleValuesParser::new(names).try_map(|name| name.parse::<Version>())
}

/// The versions that a station can speak.
const VERSIONS: [Version; 2] = [Version::V1_6, Version::V2_0_1];

/// An URL that can be connected to, once there is somebody.
pub(crate) fn csms_url(text: &str) -> Result<String, String> {
    let uri: hyper::Uri = text.parse().map_err(|_| "not a URL")?;
    match uri.scheme_str() {
        Some("ws" | "wss") => {}
        Some(other) => return Err(format!("ws:// or wss:// is wanted, not {other}://")),
        None => return Err("ws://HOST:PORT/PATH or wss://… is wanted".into()),
    }
    let Some(authority) = uri
        .authority()
        .filter(|authority| !authority.host().is_empty())
    else {
        return Err("a host is missing".into());
    };
    if authority.as_str().contains('@') {
        return Err("a password is given with --password, not in the URL".into());
    }
    let after_host = authority.as_str().trim_start_matches(authority.host());
    match (after_host.strip_prefix(':'), authority.port_u16()) {
        (Some(_), None | Some(0)) => return Err("the port is a number from 1 to 65535".into()),
        _ if text.contains('#') => return Err("a fragment (#) means nothing to a CSMS".into()),
        _ => {}
    }
    Ok(text.to_owned())
}

fn key_and_value(text: &str) -> Result<(String, String), &'static str> {
    let (key, value) = text.split_once('=').ok_or("KEY=VALUE is wanted")?;
    Ok((key.into(), value.into()))
}

pub(crate) fn run(args: &Args) -> ExitCode {
    if let Some(folder) = args.state_dir.as_deref().filter(|_| args.check_state) {
        let checked = args
            .config()
            .and_then(|config| check::check(folder, config));
        return match checked {
            Ok(true) => ExitCode::SUCCESS,
            Ok(false) => ExitCode::from(1),
            Err(error) => {
                output::error(format_args!("ocpp station: {error}"));
                ExitCode::from(2)
            }
        };
    }
    log::start(&args.log);
    // One thread is enough for a station: many of them run on one machine.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let result = runtime
        .map_err(Failure::from)
        .and_then(|runtime| runtime.block_on(serve(args)));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::error(format_args!("ocpp station: {error}"));
            ExitCode::FAILURE
        }
    }
}

impl Args {
    fn config(&self) -> Result<StationConfig, Failure> {
        let mut config = match (&self.config, self.described()?) {
            (Some(file), _) => read_config(file)?,
            (None, Some(product)) => self.product_config(product)?,
            (None, None) => self.simple_config(),
        };
        if config.firmware_version.is_none() {
            config.firmware_version = Some(env!("CARGO_PKG_VERSION").into());
        }
        config.features.unsigned_firmware |= self.unsigned_firmware;
        config.defaults.extend(self.defaults.iter().cloned());
        if let Some(seconds) = self.reconnect_wait {
            config.back_off = fixed_wait(seconds);
        }
        config.check()?;
        Ok(config)
    }

    /// The configuration without a file.
    fn simple_config(&self) -> StationConfig {
        let first = self.version.first().copied().unwrap_or(Version::V1_6);
        let mut config = StationConfig::new(first, &self.vendor, &self.model, self.evses);
        if self.cables == Cables::Socket {
            config.evses = (0..self.evses)
                .map(|_| EvseConfig::new(vec![ConnectorConfig::socket()]))
                .collect();
        }
        config.versions.clone_from(&self.version);
        config.serial_number.clone_from(&self.serial);
        config
    }

    /// The product that it is to be, by its name or by its description.
    fn described(&self) -> Result<Option<Described>, Failure> {
        if let Some(name) = &self.preset {
            let names = preset::NAMES.join(", ");
            let product = preset::named(name)
                .ok_or_else(|| format!("there is no preset {name}; there are {names}"))?;
            return Ok(Some((product, Settings::default())));
        }
        let Some(file) = &self.product else {
            return Ok(None);
        };
        let Description { product, settings } = product::read(file)?;
        if product.side != Side::Station {
            let (file, name, side) = (file.display(), product.name, product.side.words());
            return Err(format!("{file}: {name} is {side}, not a station").into());
        }
        Ok(Some((product, settings)))
    }

    /// The configuration of a product; what is known of the specimen counts, too.
    fn product_config(&self, (product, settings): Described) -> Result<StationConfig, Failure> {
        let product = if self.short_intervals {
            product.with_short_intervals()
        } else {
            product
        };
        let mut config = product.station()?;
        if settings.serial.is_some() {
            config.serial_number = settings.serial;
        }
        Ok(config)
    }

    /// What secures the connection before the CSMS changes it.
    fn provision(&self) -> Result<Provision, Failure> {
        let mut provision = Provision::default();
        provision.roots = self.ca.as_deref().map(read).transpose()?;
        if let (Some(cert), Some(key)) = (&self.cert, &self.key) {
            provision.identity = Some(TlsIdentity {
                chain_pem: read(cert)?,
                key_pem: read(key)?,
            });
        }
        Ok(match &self.password {
            Some(password) => provision.with_password(password),
            None => provision,
        })
    }
}

fn read_config(file: &std::path::Path) -> Result<StationConfig, Failure> {
    let named = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let text = std::fs::read_to_string(file).map_err(|error| named(&error))?;
    let config: StationConfig = toml::from_str(&text).map_err(|error| named(&error))?;
    config.check().map_err(|error| named(&error))?;
    Ok(config)
}

/// The same wait before every attempt.
pub(crate) const fn fixed_wait(seconds: u32) -> BackOffPolicy {
    BackOffPolicy {
        wait_minimum: seconds,
        repeat_times: 0,
        random_range: 0,
    }
}

/// Waits until what the hardware remembers can be read: a meter must not begin at nought because the disk fails.
async fn readable(records: &Records) {
    let mut wait = Duration::from_secs(1);
    while records.hardware().is_err() {
        tokio::time::sleep(wait).await;
        wait = wait.saturating_mul(2).min(Duration::from_secs(30));
    }
}

async fn serve(args: &Args) -> Result<(), Failure> {
    let storage = match &args.state_dir {
        Some(folder) => {
            Storage::open(folder).map_err(|error| format!("{}: {error}", folder.display()))?
        }
        None => Storage::memory(),
    };
    if let Err(error) = storage.records.hardware() {
        tracing::error!("the station waits for its records: {error}");
        tokio::select! {
            () = readable(&storage.records) => {}
            () = crate::signals::terminated() => return Ok(()),
        }
    }
    let identity = Identity::new(args.id.as_deref().unwrap_or_default())
        .map_err(|error| format!("--id: {error}"))?;
    let mut setup = DriverConfig::new(
        args.config()?,
        args.url.as_deref().unwrap_or_default(),
        identity,
    );
    setup.provision = args.provision()?;
    setup.transfers.roots_pem.clone_from(&setup.provision.roots);
    setup.start = !args.no_start;
    let simulation = Simulation::new(setup, storage, args.time_scale, true)?;
    let control = simulation.control();
    if let Some(address) = args.control {
        let (listener, guard) = args.http.open(address, "the control interface").await?;
        let at = listener.local_addr()?;
        output::announce(format_args!("control: http://{at}/v1/"));
        output::announce(format_args!("page: http://{at}/"));
        let control = control.clone();
        tokio::spawn(http::serve(listener, guard, &PAGE, move |request| {
            order::answer(control.clone(), request)
        }));
    } else {
        output::announce(format_args!("control: off (--control turns it on)"));
    }
    tokio::spawn(async move {
        crate::signals::terminated().await;
        control.shutdown().await;
    });
    simulation.run().await
}
