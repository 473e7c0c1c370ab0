//! The bench on real sockets: a CSMS over WebSocket and TLS, any program as the station, its control interface or a
//! person as the hands.

mod args;
mod control;
mod csms;
mod files;
mod hands;
mod prompt;
mod server;
mod terminal;
mod tls;

use std::collections::VecDeque;
use std::io::BufReader;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use ocpp_conformance::bench::{
    Act, Bench, Connected, Endpoint, Event, Server, ServerCertificate, Trouble,
};
use ocpp_conformance::report;
use ocpp_tokio::Version;
use ocpp_types::DateTime;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::output;
pub(super) use args::Args;
use control::Control;
pub(super) use csms::WireCsms;
use files::{Files, Protocol};
use hands::Hands;
use server::{Order, Shared};
use terminal::Terminal;
use tls::Certificates;

/// How long nobody is told that the bench waits for the station.
const SILENTLY: Duration = Duration::from_secs(3);

/// How often to look whether a person has answered.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// How long a station may take to show that something was done to it.
const REACH: Duration = Duration::from_secs(2);

/// How often to look whether it has shown it.
const LOOK_SOON: Duration = Duration::from_millis(10);

/// How a call begins, as the lab and most stations write it.
const CALL: &str = "[2";

/// Whether the station does this because something was done to it.
fn shows_work(event: &Event) -> bool {
    match event {
        Event::Text(text) => {
            let by_itself = ["Heartbeat", "MeterValues", "SecurityEventNotification"];
            let action = |action: &&str| text.contains(&format!("\"{action}\""));
            text.starts_with(CALL) && !by_itself.iter().any(action)
        }
        _ => true,
    }
}

/// Where the parts of the bench are.
#[derive(Debug)]
pub(super) struct Setup {
    /// The URL of the control interface; without one a person is asked.
    pub(super) control: Option<String>,
    /// Where the CSMS listens.
    pub(super) listen: SocketAddr,
    /// Where the other one listens that stations are sent to.
    pub(super) listen_second: SocketAddr,
    /// The name or address under which the station reaches it.
    pub(super) host: String,
    /// Where the file server listens, or the folder that another one shows.
    pub(super) files: Place,
    /// The content of the firmware.
    pub(super) firmware: Vec<u8>,
    /// The name of the product.
    pub(super) preset: &'static str,
    /// The version of OCPP that it speaks.
    pub(super) version: Version,
    /// How many connectors the station has.
    pub(super) connectors: u32,
    /// Whether the product can use the files.
    pub(super) transfers: bool,
    /// How long a station may take to connect for the first time.
    pub(super) patience: Duration,
    /// The identity of the station; that of the first that comes if `None`.
    pub(super) identity: Option<String>,
}

/// Where files are.
#[derive(Debug)]
pub(super) enum Place {
    Own(Protocol, SocketAddr),
    Folder { url: String, folder: PathBuf },
}

/// See the [module documentation](self).
#[derive(Debug)]
pub(super) struct WireBench {
    // Ends with the bench, and everything that runs in it.
    _runtime: Runtime,
    hands: Box<dyn Hands>,
    events: Receiver<Event>,
    /// Events that were received already.
    early: VecDeque<Event>,
    shared: Arc<Shared>,
    files: Files,
    transfers: bool,
    /// Where the files are, as stations are told.
    files_url: String,
    /// Where the CSMS is, without the identity of the station.
    url: String,
    /// Where the other one is.
    second_url: String,
    version: Version,
    begun: Instant,
    /// How much of that nobody has to answer for, because a person was at work.
    excused: Duration,
    /// Since when a person is at work.
    at_work: Option<Instant>,
    /// How the station is connected now.
    open: Option<Connected>,
    /// The station has been connected.
    known: bool,
    patience: Duration,
}

impl WireBench {
    /// A CSMS and a file server that listen, and hands that reach the station.
    pub(super) fn new(setup: Setup) -> Result<Self, Trouble> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(Trouble::broken)?;
        let at = |address: SocketAddr| {
            move |error: std::io::Error| {
                Trouble::broken(format_args!(
                    "{address}: {error} (--listen, --listen-second and --files-listen take another address)"
                ))
            }
        };
        let listen = |address: SocketAddr| {
            let listener = runtime.block_on(TcpListener::bind(address));
            let listener = listener.map_err(at(address))?;
            let port = listener.local_addr().map_err(at(address))?.port();
            Ok::<_, Trouble>((listener, port))
        };
        let (first, port) = listen(setup.listen)?;
        let (second, second_port) = listen(setup.listen_second)?;
        let host = match setup.host.contains(':') {
            true => format!("[{}]", setup.host),
            false => setup.host.clone(),
        };
        let url = format!("ws://{host}:{port}/");
        let second_url = format!("ws://{host}:{second_port}/");
        let certificates = Certificates::new(&setup.host)?;
        let (files, files_url) = match setup.files {
            Place::Own(protocol, address) => {
                let tls = certificates.server(ServerCertificate::Good);
                let served = Files::serve(address, protocol, tls, (setup.firmware, files::PACE));
                let (files, address) = runtime.block_on(served).map_err(at(address))?;
                let scheme = protocol.scheme();
                (files, format!("{scheme}://{host}:{}/", address.port()))
            }
            Place::Folder { url, folder } => {
                let url = format!("{}/", url.trim_end_matches('/'));
                (Files::folder(folder, &setup.firmware)?, url)
            }
        };
        let hands: Box<dyn Hands> = match &setup.control {
            Some(control) => {
                let handle = runtime.handle().clone();
                let hint = |authority: &str| {
                    format!(
                        "Start the station first, for example: ocpp station --preset {} --url {} --id CP-0815 \
                         --reconnect-wait 1 --control {authority} --no-start",
                        setup.preset,
                        url.trim_end_matches('/'),
                    )
                };
                let control =
                    Control::new(handle, control, (setup.version, setup.connectors), hint)?;
                Box::new(control)
            }
            None => {
                // After what was written before, and not for ever if nobody reads.
                let asks = output::Writer(output::stderr());
                let answers = BufReader::new(std::io::stdin());
                Box::new(Terminal::new(answers, asks, url.clone()))
            }
        };
        let (sender, events) = channel();
        let shared = Arc::new(Shared::for_specimen(setup.identity));
        runtime.spawn(server::serve(
            [(Endpoint::First, first), (Endpoint::Second, second)],
            setup.version,
            certificates,
            Arc::clone(&shared),
            sender,
        ));
        Ok(Self {
            _runtime: runtime,
            hands,
            events,
            early: VecDeque::new(),
            shared,
            files,
            transfers: setup.transfers,
            files_url,
            url,
            second_url,
            version: setup.version,
            begun: Instant::now(),
            excused: Duration::ZERO,
            at_work: None,
            open: None,
            known: false,
            patience: setup.patience,
        })
    }

    /// There is another firmware from now on.
    pub(super) fn change_firmware(&self, content: &[u8]) -> Result<(), Trouble> {
        self.files.change_firmware(content)
    }

    /// Where the files are, as stations are told.
    pub(super) fn files_url(&self) -> &str {
        &self.files_url
    }

    fn receive(&mut self, within: Duration) -> Result<Option<Event>, Trouble> {
        let Some(event) = self.wait(within)? else {
            return Ok(None);
        };
        match &event {
            Event::Connected(connected) => self.open = Some(connected.clone()),
            Event::Disconnected => self.open = None,
            _ => {}
        }
        Ok(Some(event))
    }

    fn wait(&mut self, within: Duration) -> Result<Option<Event>, Trouble> {
        let ended = || Trouble::broken("the server of the bench has ended");
        let end = self.clock().saturating_add(within);
        loop {
            // The clock stands still while a person is at work, but not once the station shows that the work is done.
            let done = self.hands.done()?;
            if done {
                self.work_is_done();
            }
            let left = end.saturating_sub(self.clock());
            let step = match self.at_work {
                Some(_) if !left.is_zero() => LOOK_AGAIN,
                None if !done => left.min(LOOK_AGAIN),
                _ => left,
            };
            match self.events.recv_timeout(step) {
                Ok(event) => {
                    if shows_work(&event) {
                        self.work_is_done();
                    }
                    return Ok(Some(event));
                }
                Err(RecvTimeoutError::Timeout) if self.clock() >= end => return Ok(None),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Err(ended()),
            }
        }
    }

    /// The lab goes on only after what it has asked for is done.
    fn finish_work(&mut self) -> Result<(), Trouble> {
        while !self.hands.done()? {
            std::thread::sleep(LOOK_AGAIN);
        }
        self.work_is_done();
        Ok(())
    }

    /// What was done has reached the station when it answers, or says something: what is done next comes after it.
    fn until_it_shows(&mut self) -> Result<(), Trouble> {
        let end = self.clock().saturating_add(REACH);
        while self.hands.are_waiting() && self.clock() < end {
            if let Some(event) = self.receive(LOOK_SOON)? {
                let shows = shows_work(&event);
                self.early.push_back(event);
                if shows {
                    break;
                }
            }
        }
        Ok(())
    }

    fn work_is_done(&mut self) {
        if let Some(since) = self.at_work.take() {
            self.excused += since.elapsed();
        }
    }

    /// The time since the beginning, without that which people needed.
    fn clock(&self) -> Duration {
        let now = self.at_work.unwrap_or_else(Instant::now);
        now.duration_since(self.begun).saturating_sub(self.excused)
    }

    /// What came before the case is none of its business.
    fn forget(&mut self) -> Result<(), Trouble> {
        self.early.clear();
        while self.receive(Duration::ZERO)?.is_some() {}
        Ok(())
    }

    /// A run against a station that cannot get in would be long and tell nothing.
    fn meet(&mut self) -> Result<(), Trouble> {
        let end = self.clock() + self.patience;
        let mut within = SILENTLY.min(self.patience);
        loop {
            match self.receive(within)? {
                Some(event @ Event::Connected(_)) => {
                    self.known = true;
                    self.early.push_back(event);
                    return Ok(());
                }
                None if self.clock() >= end => break,
                None if within == SILENTLY => {
                    output::error(format_args!(
                        "waiting for the station to connect to {} ({} with TLS)",
                        self.url,
                        self.secure_url()
                    ));
                }
                // It tries again.
                _ => {}
            }
            within = end.saturating_sub(self.clock());
        }
        let why = self.shared.turned_away();
        let why = why.map_or_else(
            || "nothing came from it".to_owned(),
            |why| format!("the last attempt: {why}"),
        );
        Err(Trouble::broken(format_args!(
            "the station does not connect to {} ({} with TLS): {why}. Its URL must be that with its identity at the end",
            self.url,
            self.secure_url()
        )))
    }

    fn secure_url(&self) -> String {
        secured(&self.url)
    }
}

/// The same address with TLS.
fn secured(url: &str) -> String {
    url.replacen("ws:", "wss:", 1)
}

impl Bench for WireBench {
    fn name(&self) -> &'static str {
        "wire"
    }

    fn version(&self) -> Version {
        self.version
    }

    fn now(&self) -> u64 {
        u64::try_from(self.clock().as_millis()).unwrap_or(u64::MAX)
    }

    fn utc(&self) -> DateTime {
        report::clock()
    }

    fn next(&mut self, within: Duration) -> Result<Option<Event>, Trouble> {
        match self.early.pop_front() {
            Some(event) => Ok(Some(event)),
            None => self.receive(within),
        }
    }

    fn send(&mut self, text: &str) -> Result<(), Trouble> {
        if text.starts_with(CALL) {
            self.finish_work()?;
        }
        self.shared.order(Order::Send(text.to_owned()));
        Ok(())
    }

    fn act(&mut self, act: &Act) -> Result<(), Trouble> {
        self.hands.act(act)?;
        if self.hands.are_human() {
            self.at_work.get_or_insert_with(Instant::now);
        }
        self.until_it_shows()
    }

    fn disconnect(&mut self) -> Result<(), Trouble> {
        self.finish_work()?;
        self.shared.order(Order::Close);
        Ok(())
    }

    fn serve(&mut self, server: Server) -> Result<(), Trouble> {
        self.finish_work()?;
        let here = self.open.as_ref().map(|open| open.endpoint);
        let ends = !server.reachable && here == Some(server.endpoint);
        self.shared.behave(server);
        if ends {
            self.shared.order(Order::Close);
        }
        Ok(())
    }

    fn url(&self, endpoint: Endpoint, security_profile: u8) -> Option<String> {
        let url = match endpoint {
            Endpoint::First => &self.url,
            Endpoint::Second => &self.second_url,
        };
        Some(match security_profile {
            0 | 1 => url.clone(),
            _ => secured(url),
        })
    }

    fn highest_profile(&self) -> u8 {
        3
    }

    fn begin(&mut self) -> Result<Option<Connected>, Trouble> {
        self.forget()?;
        if self.hands.are_human() && self.open.is_some() {
            return Ok(self.open.clone());
        }
        self.act(&Act::PowerOn)?;
        if !self.known {
            self.meet()?;
        }
        Ok(None)
    }

    fn keeps_state(&self) -> bool {
        true
    }

    fn has_file_server(&self) -> bool {
        self.transfers
    }

    fn uploads(&self) -> Vec<String> {
        self.files.uploads()
    }
}
