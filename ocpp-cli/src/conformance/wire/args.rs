//! What the command line says about the wire bench.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use ocpp_conformance::Product;
use ocpp_conformance::bench::Trouble;
use ocpp_conformance::description::Settings;
use ocpp_conformance::lab::Parameters;
use ocpp_conformance::report;

use super::csms::CsmsUrl;
use super::files::Protocol;
use super::{Place, Setup, WireBench, WireCsms};

/// A person at the terminal instead of a control interface.
const ASK: &str = "ask";

/// Options of runs over a real connection.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Over a real connection")]
pub(crate) struct Args {
    /// Test a program, a charging station or a CSMS over a real connection. URL is that of its control interface, of a CSMS its
    /// operator interface (http://HOST:PORT); with `ask` you are asked in words for what a person has to do
    #[arg(long, value_name = "URL|ask")]
    pub(crate) wire: Option<String>,
    /// Where the CSMS under test listens for stations, ws:// or wss:// without the identity; may be given several times. With
    /// PROFILE@ only for that security profile; without, ws:// is for 0 and 1, wss:// for 2 and 3
    #[arg(long, value_name = "[PROFILE@]URL", requires = "wire")]
    url: Vec<CsmsUrl>,
    /// Where the CSMS of the lab listens, for ws:// and wss:// alike
    #[arg(
        long,
        value_name = "ADDRESS",
        default_value = "127.0.0.1:9016",
        requires = "wire"
    )]
    listen: SocketAddr,
    /// Where the second CSMS of the lab listens, which OCPP 2.0.1 stations are sent to; at the address of --listen, with any
    /// free port, if not given
    #[arg(long, value_name = "ADDRESS", requires = "wire")]
    listen_second: Option<SocketAddr>,
    /// The name or address under which the station reaches the lab, which the lab's certificate has; the address of
    /// --listen if not given
    #[arg(long, value_name = "NAME", requires = "wire")]
    host: Option<String>,
    /// Where the file server of the lab listens; at the address of --listen, with any free port, if not given
    #[arg(
        long,
        value_name = "ADDRESS",
        requires = "wire",
        conflicts_with = "files"
    )]
    files_listen: Option<SocketAddr>,
    /// What the file server of the lab speaks. If not given, what the product does: the first of HTTP, FTP, HTTPS, FTPS.
    /// With TLS the station must trust the root of the lab for files
    #[arg(long, value_enum, requires = "wire", conflicts_with = "files")]
    files_protocol: Option<Protocol>,
    /// Use another file server than that of the lab (sftp://USER:PASSWORD@HOST/ for example)
    #[arg(long, value_name = "URL", requires = "files_folder")]
    files: Option<String>,
    /// The folder that the server of --files shows. The lab puts the firmware there, and looks for uploads in its folder
    /// `logs`
    #[arg(long, value_name = "FOLDER", requires = "files", requires = "wire")]
    files_folder: Option<PathBuf>,
    /// The firmware that the station is to install; the lab signs it. Without this it is a text, which only a simulated
    /// station installs
    #[arg(long, value_name = "FILE", requires = "wire")]
    firmware: Option<PathBuf>,
    /// Seconds that restarts, reconnections and transfers of files may take; 120 if not given, 30 with --short-intervals
    #[arg(long, value_name = "SECONDS", requires = "wire")]
    long_timeout: Option<u64>,
    /// Use shorter intervals than the product permits, for a station that takes them (ocpp station has the same option)
    #[arg(long, requires = "wire")]
    short_intervals: bool,
    /// The serial number of the station, which its certificates name; CP-0815 if not given
    #[arg(long, value_name = "NUMBER", requires = "wire")]
    serial: Option<String>,
    /// The identity of the station under test: no other one is let in. Without this the first that connects is the one
    #[arg(long, value_name = "IDENTITY", requires = "wire")]
    id: Option<String>,
    /// The password (AuthorizationKey) of the station in hexadecimal digits; that of `ocpp conformance pki` if not given
    #[arg(long, value_name = "DIGITS", requires = "wire")]
    password: Option<String>,
    /// A token that the lab accepts, as the reader of the station reads it
    #[arg(long, value_name = "ID", requires = "wire")]
    valid: Option<String>,
    /// A second token that the lab accepts
    #[arg(long, value_name = "ID", requires = "wire")]
    valid2: Option<String>,
    /// A token that the lab refuses
    #[arg(long, value_name = "ID", requires = "wire")]
    invalid: Option<String>,
}

impl Args {
    /// The product as it is tested.
    pub(crate) const fn product(&self, product: Product) -> Product {
        if self.short_intervals {
            product.with_short_intervals()
        } else {
            product
        }
    }

    /// The firmware for the next case, unless the operator has one: a station does not install what it has.
    pub(crate) fn next_firmware(
        &self,
        bench: &WireBench,
        parameters: &mut Parameters,
    ) -> Result<(), Trouble> {
        if self.firmware.is_some() {
            return Ok(());
        }
        parameters.firmware = format!("firmware of {}", report::clock()).into_bytes();
        bench.change_firmware(&parameters.firmware)
    }

    /// Whether a person is asked.
    pub(crate) fn asks(&self) -> bool {
        self.wire.as_deref() == Some(ASK)
    }

    /// The bench for a CSMS, and what the operator has configured; `None` for a run in virtual time.
    pub(crate) fn csms_bench(
        &self,
        product: &Product,
        settings: &Settings,
    ) -> Result<Option<(WireCsms, Parameters)>, Trouble> {
        let Some(wire) = &self.wire else {
            return Ok(None);
        };
        if self.url.is_empty() {
            let why = "--url says where the CSMS listens for stations";
            return Err(Trouble::broken(why));
        }
        let mut parameters = self.parameters(product, settings)?;
        if let Some(identity) = &self.id {
            parameters.identity.clone_from(identity);
        }
        let api = (!self.asks()).then_some(wire.as_str());
        let bench = WireCsms::new(self.url.clone(), api, product.version)?;
        Ok(Some((bench, parameters)))
    }

    /// The station of a case. Behind an operator interface each case has one of its own; a person has one to enter.
    pub(crate) fn station_of(&self, number: usize, parameters: &Parameters) -> Parameters {
        let mut parameters = parameters.clone();
        if !self.asks() {
            parameters.identity = format!("{}-{number}", parameters.identity);
        }
        parameters
    }

    /// The bench, and what the operator has configured; `None` for a run in virtual time.
    pub(crate) fn bench(
        &self,
        product: &Product,
        settings: &Settings,
    ) -> Result<Option<(WireBench, Parameters)>, Trouble> {
        let Some(wire) = &self.wire else {
            return Ok(None);
        };
        let parameters = self.parameters(product, settings)?;
        let host = match &self.host {
            Some(host) => host.clone(),
            None if self.listen.ip().is_unspecified() => {
                let why = "--listen is every address of this machine: name one with --host";
                return Err(Trouble::broken(why));
            }
            None => self.listen.ip().to_string(),
        };
        let spoken = Protocol::of(product.limits.file_transfer);
        let protocol = self.files_protocol.or(spoken);
        let any_port = SocketAddr::new(self.listen.ip(), 0);
        let files = match (&self.files, &self.files_folder) {
            (Some(url), Some(folder)) => Place::Folder {
                url: url.clone(),
                folder: folder.clone(),
            },
            _ => {
                let address = self.files_listen.unwrap_or(any_port);
                Place::Own(protocol.unwrap_or(Protocol::Http), address)
            }
        };
        let bench = WireBench::new(Setup {
            control: (!self.asks()).then(|| wire.clone()),
            listen: self.listen,
            listen_second: self.listen_second.unwrap_or(any_port),
            host,
            transfers: self.files.is_some() || protocol.is_some(),
            files,
            firmware: parameters.firmware.clone(),
            preset: product.name,
            version: product.version,
            connectors: product.connectors,
            patience: parameters.long_timeout,
            identity: self.id.clone(),
        })?;
        let parameters = parameters.files_at(bench.files_url());
        Ok(Some((bench, parameters)))
    }

    /// What the command line says counts before the description of the product.
    fn parameters(&self, product: &Product, settings: &Settings) -> Result<Parameters, Trouble> {
        let mut parameters = Parameters::of(product).quick(product);
        if self.short_intervals {
            parameters.time_scale = 0.1;
            parameters.long_timeout = Duration::from_secs(30);
        }
        let mut parameters = settings.applied_to(parameters);
        if let Some(seconds) = self.long_timeout {
            parameters.long_timeout = Duration::from_secs(seconds);
        }
        parameters.firmware = match &self.firmware {
            // Not the same in two runs: a station does not install what it has.
            None => format!("firmware of {}", report::clock()).into_bytes(),
            Some(file) => std::fs::read(file)
                .map_err(|error| Trouble::broken(format_args!("{}: {error}", file.display())))?,
        };
        let given = [
            (&self.serial, &mut parameters.serial_number),
            (&self.password, &mut parameters.authorization_key),
            (&self.valid, &mut parameters.valid),
            (&self.valid2, &mut parameters.valid2),
            (&self.invalid, &mut parameters.invalid),
        ];
        for (given, parameter) in given {
            if let Some(given) = given {
                parameter.clone_from(given);
            }
        }
        Ok(parameters)
    }
}
