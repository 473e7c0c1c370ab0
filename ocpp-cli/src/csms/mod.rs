//! `ocpp csms`: a management system with an operator interface.

mod api;
mod authority;
pub(crate) mod erase;
mod events;
mod listen;
mod metrics;
mod news;
mod open;
mod program;
mod webhooks;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use ocpp_core::session::Decoding;
use ocpp_tokio::csms::{CsmsConfig, DrainPlan};
use ocpp_tokio::server::{ProxyHeader, TrustedProxies};
use ocpp_tokio::{CsmsSecurity, RateLimit, ServerTls, TlsIdentity};
use rust_decimal::Decimal;
use tokio::net::TcpListener;
use tracing::warn;

use crate::files::read;
use crate::http::{self, Asset, Page};
use crate::log;
use crate::output;
use authority::Authority;
use listen::Listen;
use program::Program;
use webhooks::Webhooks;

/// What people see at the address of the operator interface.
static PAGE: Page = Page(&[
    Asset::document(include_str!("../pages/csms.html")),
    Asset::style("page/style.css", include_str!("../pages/style.css")),
    Asset::script("page/common.js", include_str!("../pages/common.js")),
    Asset::script("page/words.js", include_str!("../pages/words.js")),
    Asset::script("page/csms.js", include_str!("../pages/csms.js")),
]);

/// Time for connections to close when the program is to end at once.
const GRACE: Duration = Duration::from_secs(3);

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Run a management system (CSMS) for stations of all versions.
///
/// The identity of a station is the last segment of its URL. Unknown stations are accepted unless --known-only is given;
/// a station that has a password must show it. Without --state or --store everything is forgotten at the end.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Where stations connect to; may be given several times. With another security profile than --security-profile:
    /// PROFILE@ADDRESS, for example 1@0.0.0.0:9000.
    #[arg(
        long,
        value_name = "[PROFILE@]ADDRESS",
        default_value = "127.0.0.1:9000"
    )]
    listen: Vec<Listen>,
    /// Where the operator interface listens (HTTP, JSON); off without this.
    #[arg(long, value_name = "ADDRESS")]
    api: Option<SocketAddr>,
    #[command(flatten)]
    open: open::Args,
    /// Turn stations away that the operator has not put.
    #[arg(long)]
    known_only: bool,
    /// Take requests of stations that can be repaired, instead of refusing them.
    #[arg(long)]
    lenient: bool,
    /// Let a token charge at several places at a time.
    #[arg(long)]
    concurrent_transactions: bool,
    /// Heartbeat interval of stations that have none of their own, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    interval: u32,
    /// How long a station may take to answer a call, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    call_timeout: u32,
    /// A proxy that tells the addresses of stations, or a network of them (10.0.0.0/8); may be given several times. Limits
    /// for addresses count for the station then, not for the proxy.
    #[arg(long, value_name = "NETWORK")]
    trusted_proxy: Vec<String>,
    /// The header in which proxies tell the address: x-forwarded-for or forwarded.
    #[arg(long, value_name = "NAME", default_value = "x-forwarded-for")]
    proxy_header: Header,
    /// How many messages a station may send in a second in the long run; further ones are read later. 0 for no limit.
    #[arg(long, value_name = "NUMBER", default_value_t = 20)]
    messages_per_second: u32,
    /// How many messages a station may send at once.
    #[arg(long, value_name = "NUMBER", default_value_t = 50)]
    message_burst: u32,
    /// How many frames are kept of each station.
    #[arg(long, value_name = "NUMBER", default_value_t = 1000)]
    messages: usize,
    /// Security profile: 0 none, 1 password, 2 TLS and password, 3 TLS with client certificates.
    #[arg(long, value_name = "0-3", default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=3))]
    security_profile: u8,
    /// Certificate of the CSMS with its chain, PEM (profiles 2 and 3); may be given several times, with keys of different kinds.
    #[arg(long, value_name = "FILE", requires = "key")]
    cert: Vec<PathBuf>,
    /// Its private key, PEM; as often as --cert, in the same order.
    #[arg(long, value_name = "FILE", requires = "cert")]
    key: Vec<PathBuf>,
    /// Also offer the cipher suites TLS_RSA_WITH_AES_128_GCM_SHA256 and TLS_RSA_WITH_AES_256_GCM_SHA384, which OCPP demands for old
    /// stations. They want a certificate with a key of RSA, and a program that was built with the feature openssl.
    #[arg(long, requires = "cert")]
    rsa_suites: bool,
    /// Roots of the stations' certificates, PEM (profile 3).
    #[arg(long, value_name = "FILE")]
    client_ca: Option<PathBuf>,
    /// Root that signs certificates for stations that ask for one, PEM; it is trusted like --client-ca. Made, with its
    /// key, if neither file exists. Without it such requests are rejected.
    #[arg(long, value_name = "FILE", requires = "signing_key")]
    signing_ca: Option<PathBuf>,
    /// Its private key, PEM.
    #[arg(long, value_name = "FILE", requires = "signing_ca")]
    signing_key: Option<PathBuf>,
    /// Root that signs certificates with which stations talk to vehicles (ISO 15118), PEM; made as that of --signing-ca is.
    #[arg(long, value_name = "FILE", requires = "v2g_key")]
    v2g_ca: Option<PathBuf>,
    /// Its private key, PEM.
    #[arg(long, value_name = "FILE", requires = "v2g_ca")]
    v2g_key: Option<PathBuf>,
    /// What a kWh costs, in the currency of the stations; then they are told what transactions cost.
    #[arg(long, value_name = "NUMBER", value_parser = price)]
    price: Option<Decimal>,
    /// How long connections may take to be ended one after the other when the program is asked to end (SIGTERM, or POST
    /// /v1/drain), so that the other nodes do not get all stations at once; calls that are under way may take as long again. A
    /// second signal ends it at once.
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    drain: u32,
    /// Forget closed transactions that were billed, meter values, ended reservations and messages after so many days; longer than
    /// stations are offline. Without it they are kept for ever.
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=36_500))]
    keep: Option<u32>,
    /// Who is told what happens, over HTTP: a file with webhooks (docs/csms.md).
    #[arg(long, value_name = "FILE")]
    webhooks: Option<PathBuf>,
    /// Let tokens charge that nobody has put, for experiments.
    #[arg(long)]
    accept_any_token: bool,
    #[command(flatten)]
    http: http::Args,
    #[command(flatten)]
    log: log::Args,
}

/// What a kWh costs.
fn price(text: &str) -> Result<Decimal, String> {
    let price: Decimal = text
        .parse()
        .map_err(|error: rust_decimal::Error| error.to_string())?;
    match price.is_sign_negative() {
        true => Err("a price is not negative".to_owned()),
        false => Ok(price),
    }
}

/// The headers of proxies.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Header {
    XForwardedFor,
    Forwarded,
}

pub(crate) fn run(args: &Args) -> ExitCode {
    log::start(&args.log);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let result = runtime
        .map_err(Failure::from)
        .and_then(|runtime| runtime.block_on(serve(args)));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::error(format_args!("ocpp csms: {error}"));
            ExitCode::FAILURE
        }
    }
}

impl Args {
    fn config(&self) -> Result<CsmsConfig, Failure> {
        let mut config = CsmsConfig::default();
        config.known_only = self.known_only;
        let days = |days: u32| Duration::from_secs(u64::from(days) * 24 * 3600);
        config.keep = self.keep.map(days);
        config.journal_messages = self.messages;
        config.station.interval = self.interval.into();
        config.station.call_timeout = Duration::from_secs(self.call_timeout.into());
        // Nobody is asked what is not known.
        config.station.asks_cost = self.price.is_some();
        config.station.asks_running_cost = self.price.is_some();
        if self.lenient {
            config.station.decoding = Decoding::Lenient;
        }
        config.tokens.concurrent_transactions = self.concurrent_transactions;
        config.tokens.accept_any_token = self.accept_any_token;
        let header = match self.proxy_header {
            Header::XForwardedFor => ProxyHeader::XForwardedFor,
            Header::Forwarded => ProxyHeader::Forwarded,
        };
        let server = &mut config.server;
        server.trusted_proxies = TrustedProxies::new(&self.trusted_proxy)
            .map_err(|error| format!("--trusted-proxy: {error}"))?
            .with_header(header);
        server.connection.rate = (self.messages_per_second > 0).then_some(RateLimit {
            burst: self.message_burst,
            per_second: self.messages_per_second,
        });
        Ok(config)
    }

    fn authority(&self) -> Result<Option<Authority>, Failure> {
        authority(self.signing_ca.as_deref(), self.signing_key.as_deref())
    }

    fn v2g_authority(&self) -> Result<Option<Authority>, Failure> {
        authority(self.v2g_ca.as_deref(), self.v2g_key.as_deref())
    }

    fn security(
        &self,
        profile: u8,
        authority: Option<&Authority>,
    ) -> Result<CsmsSecurity, Failure> {
        let tls = || -> Result<ServerTls, Failure> {
            if self.cert.is_empty() {
                return Err(format!("security profile {profile} needs --cert and --key").into());
            }
            if self.cert.len() != self.key.len() {
                return Err("each --cert needs its --key".into());
            }
            let files = self.cert.iter().zip(&self.key);
            let identity = |(cert, key): (&PathBuf, &PathBuf)| -> Result<TlsIdentity, Failure> {
                Ok(TlsIdentity {
                    chain_pem: read(cert)?,
                    key_pem: read(key)?,
                })
            };
            let identities = files.map(identity).collect::<Result<Vec<_>, _>>()?;
            let mut roots = self.client_ca.as_deref().map(read).transpose()?;
            if let Some(authority) = authority {
                let roots = roots.get_or_insert_default();
                roots.push(b'\n');
                roots.extend_from_slice(authority.root().as_bytes());
            }
            // With profile 2 no certificate is asked for.
            let roots = roots.filter(|_| profile == 3);
            Ok(match self.rsa_suites {
                true => ServerTls::with_rsa_suites(&identities, roots.as_deref())?,
                false => ServerTls::rustls(&identities, roots.as_deref())?,
            })
        };
        Ok(match profile {
            0 => CsmsSecurity::Unsecured,
            1 => CsmsSecurity::Basic,
            2 => CsmsSecurity::TlsBasic(tls()?),
            _ => CsmsSecurity::TlsCertificate(tls()?),
        })
    }
}

fn authority(certificate: Option<&Path>, key: Option<&Path>) -> Result<Option<Authority>, Failure> {
    match (certificate, key) {
        (Some(certificate), Some(key)) => Authority::open(certificate, key).map(Some),
        _ => Ok(None),
    }
}

async fn serve(args: &Args) -> Result<(), Failure> {
    let config = args.config()?;
    let authority = args.authority()?.map(Arc::new);
    let mut listeners = Vec::new();
    for listen in &args.listen {
        let profile = listen.profile.unwrap_or(args.security_profile);
        let security = args.security(profile, authority.as_deref())?;
        let bound = TcpListener::bind(listen.address).await;
        let bound = bound.map_err(|error| format!("--listen {}: {error}", listen.address))?;
        listeners.push((bound, security));
    }
    let vehicles = args.v2g_authority()?;
    let webhooks = args.webhooks.as_deref().map(Webhooks::open).transpose()?;
    let webhooks = webhooks.unwrap_or_default();
    let program = Arc::new(Program::new(authority, vehicles, args.price, webhooks));
    let (csms, file) = args.open.open(config, Arc::clone(&program)).await?;
    if let Some(file) = file {
        // There is one.
        let _ = program.file.set(file);
    }
    for (listener, security) in listeners {
        let scheme = match security {
            CsmsSecurity::Unsecured | CsmsSecurity::Basic => "ws",
            _ => "wss",
        };
        let address = csms.listen(listener, security)?;
        output::announce(format_args!("stations: {scheme}://{address}/"));
    }

    if let Some(api) = args.api {
        let (listener, guard) = args.http.open(api, "the operator interface").await?;
        let address = listener.local_addr()?;
        output::announce(format_args!("operator: http://{address}/v1/"));
        output::announce(format_args!("page: http://{address}/"));
        program.news.api_is_at(address);
        let (csms, program) = (csms.clone(), Arc::clone(&program));
        tokio::spawn(http::serve(listener, guard, &PAGE, move |request| {
            api::answer(csms.clone(), Arc::clone(&program), request)
        }));
    } else {
        output::announce(format_args!("operator: off (--api turns it on)"));
    }
    tokio::select! {
        () = crate::signals::terminated() => {}
        () = program.drain.notified() => {}
    }
    let time = Duration::from_secs(args.drain.into());
    let draining = csms.drain(DrainPlan::new(time, time));
    tokio::select! {
        drained = draining => {
            if drained.interrupted > 0 || drained.bills_wait {
                let (calls, bills) = (drained.interrupted, drained.bills_wait);
                warn!("drained: {calls} stations had calls under way, bills wait in the store: {bills}");
            }
        }
        () = crate::signals::terminated() => {
            csms.shutdown(GRACE).await;
        }
    }
    program.webhooks.flush(GRACE).await;
    Ok(())
}
