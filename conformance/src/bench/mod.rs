//! What a lab stands on: the side under test, a way to it, and hands.

mod history;
mod link;
mod record;
mod shown;
mod tls;
mod told;
mod virtual_csms;
mod virtual_time;

use std::time::Duration;

use ocpp_core::csms::remote::Command;
use ocpp_core::station::{EvState, FaultCode, Limit};
use ocpp_types::{DateTime, Version};
use serde_json::Value;

use crate::case::{Fact, Side};
use crate::lab::Parameters;

pub(crate) use history::{CsmsMishap, Done, History};
pub use record::{Record, transaction_record};
pub use shown::{Hello, SUITES, agreed, not_agreed};
pub use told::{Told, outcome};
pub use virtual_csms::VirtualCsms;
pub(crate) use virtual_time::limit_of_ems;
pub use virtual_time::{
    DriverFlaw, Flow, HeapProbe, Host, Lines, LinkDirection, LinkFault, Part, VirtualBench,
};

/// The bench could not do something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// The run cannot go on, because the station's program is gone for example.
    Broken(String),
    /// It was not done: the station's hands refused, or the person skipped it. The case has failed.
    NotDone(String),
    /// The bench has no means to do it. No verdict about the station is possible; other cases can be run.
    Impossible(String),
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (Self::Broken(why) | Self::NotDone(why) | Self::Impossible(why)) = self;
        f.write_str(why)
    }
}

impl std::error::Error for Trouble {}

impl Trouble {
    /// The run cannot go on.
    #[must_use]
    pub fn broken(why: impl std::fmt::Display) -> Self {
        Self::Broken(why.to_string())
    }
}

/// What the station did to its connection to the CSMS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A text message came.
    Text(String),
    /// The station connected.
    Connected(Connected),
    /// The station tried to connect, in vain: it was refused, or refused the server's certificate.
    Refused(Connected),
    /// The connection is gone.
    Disconnected,
}

/// How the station connected.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Connected {
    /// To which address.
    pub endpoint: Endpoint,
    /// The security profile as the connection shows it: 0 or 1 without TLS, 2 with TLS, 3 with a client certificate.
    pub security_profile: u8,
    /// User and password of HTTP basic authentication; a password need not be text.
    pub basic: Option<(String, Vec<u8>)>,
    /// The identity, as the last part of the URL has it.
    pub identity: String,
    /// The version of TLS that was agreed on; `None` without TLS.
    pub tls_version: Option<TlsVersion>,
    /// The cipher suites that the station offered; none without TLS.
    pub cipher_suites: Vec<String>,
    /// The client certificate, PEM.
    pub client_certificate: Option<String>,
}

/// A version of TLS, the oldest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TlsVersion {
    /// 1.1 and everything before it.
    Outdated,
    /// 1.2
    V1_2,
    /// 1.3
    V1_3,
}

impl std::fmt::Display for TlsVersion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Outdated => "TLS 1.1 or older",
            Self::V1_2 => "TLS 1.2",
            Self::V1_3 => "TLS 1.3",
        })
    }
}

/// Which reader of the station a token is presented at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// That of the connector.
    OfConnector,
    /// The only one, which serves all connectors (HFS-10).
    Shared {
        /// Whether the driver has chosen the connector before, at a display or with a button.
        chosen: bool,
    },
}

/// An address at which the test system listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Endpoint {
    /// The one that the station was installed with.
    #[default]
    First,
    /// Another one, which the station can be sent to.
    Second,
}

impl Endpoint {
    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::First => Self::Second,
            Self::Second => Self::First,
        }
    }
}

/// The certificate that a server shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ServerCertificate {
    /// A good one, below the root of the operator.
    #[default]
    Good,
    /// A good one below the second root of the operator, which stations do not have from the beginning.
    SecondRoot,
    /// A good one below the new root of the operator ([`Authority::successor`](crate::pki::Authority::successor)).
    Successor,
    /// One below a root that no station has.
    Stranger,
    /// One that has expired.
    Expired,
    /// One that is not valid yet.
    Future,
    /// One with the name of another server.
    OtherName,
    /// One with a wildcard for a part of its name ([`wildcard_for`](crate::pki::wildcard_for)).
    Wildcard,
}

/// How a server of the test system behaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Which one.
    pub endpoint: Endpoint,
    /// Whether it can be reached.
    pub reachable: bool,
    /// The certificate that it shows.
    pub certificate: ServerCertificate,
    /// Whether it speaks TLS 1.1 at most.
    pub old_tls: bool,
    /// The only security profile that it offers; `None` for all.
    pub profile: Option<u8>,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            endpoint: Endpoint::First,
            reachable: true,
            certificate: ServerCertificate::Good,
            old_tls: false,
            profile: None,
        }
    }
}

/// What a person, a car, or the mains does.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    /// Presents a token at a reader.
    Present {
        /// The connector, counted from 1 over the station.
        connector: u32,
        /// The token.
        token: String,
        /// The reader.
        reader: Reader,
    },
    /// Puts the cable into station and car.
    Plug(u32),
    /// The same with a car that is not ready to charge.
    PlugUnready(u32),
    /// Takes the cable out, on all sides that can be unplugged.
    Unplug(u32),
    /// Takes the cable out of the car; a detachable one stays in the station.
    UnplugAtCar(u32),
    /// The user of a master pass selects at the display what to stop: the transaction at a connector, or, `None`, all of them.
    SelectStops(Option<u32>),
    /// A car drives into the parking bay of a connector, or out of it.
    Bay(u32, bool),
    /// Presses the stop button.
    PressStop(u32),
    /// The car changes.
    Car(u32, EvState),
    /// A fault begins; `None` when it is over.
    Fault(u32, Option<FaultCode>),
    /// Locks fail from now on, or work again.
    LocksFail(bool),
    /// An external system limits an EVSE, or the station (0), to so much in this unit (`A` or `W`); without a limit it
    /// releases the one that it has set.
    ExternalLimit(u32, Option<(u32, &'static str)>),
    /// Somebody stores data about a customer whom the vendor calls so.
    Customer(String),
    /// The mains go off. With `time_to_report` the station has back-up power for long enough to report it.
    PowerOff {
        /// See above.
        time_to_report: bool,
    },
    /// The mains are back.
    PowerOn,
    /// A technician sets the security profile back, which the protocol does not permit.
    LowerSecurityProfile(u8),
}

/// How the station of the lab tries to connect to a CSMS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dial {
    /// Its identity.
    pub identity: String,
    /// The security profile.
    pub security_profile: u8,
    /// The user of HTTP basic authentication; its identity if not said otherwise.
    pub user: Option<String>,
    /// The password of HTTP basic authentication.
    pub password: Option<Vec<u8>>,
    /// The certificate of the station, PEM.
    pub certificate: Option<String>,
    /// The private key that belongs to it, PEM; [`station_key`](crate::pki::station_key) if not said otherwise.
    pub key: Option<String>,
    /// The subprotocols that it offers, the preferred one first.
    pub subprotocols: &'static [&'static str],
}

/// What became of an attempt to connect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dialled {
    /// There is a connection, with this subprotocol.
    Connected(String),
    /// It was refused; why, for people.
    Refused(String),
}

/// The side under test, the way to it, and hands. Object safe, so that a case does not know which bench it runs on.
pub trait Bench {
    /// `virtual` or `wire`.
    fn name(&self) -> &'static str;
    /// The side under test.
    fn side(&self) -> Side {
        Side::Station
    }
    /// The version that is spoken.
    fn version(&self) -> Version;
    /// Milliseconds since the bench was made.
    fn now(&self) -> u64;
    /// The time of the test system.
    fn utc(&self) -> DateTime;
    /// The next thing that the station does. `None` when nothing came until `within` had passed.
    ///
    /// # Errors
    /// See [`Trouble`].
    fn next(&mut self, within: Duration) -> Result<Option<Event>, Trouble>;
    /// Sends a text message to the station; one that cannot be delivered because there is no connection is lost.
    ///
    /// # Errors
    /// See [`Trouble`].
    fn send(&mut self, text: &str) -> Result<(), Trouble>;
    /// Does something to the station.
    ///
    /// # Errors
    /// See [`Trouble`].
    fn act(&mut self, act: &Act) -> Result<(), Trouble>;
    /// Closes the connection.
    ///
    /// # Errors
    /// See [`Trouble`].
    fn disconnect(&mut self) -> Result<(), Trouble>;
    /// The URL of an address without the identity, for connections with this security profile; `None` if the bench has no
    /// address to send a station to. Of a CSMS under test, where it listens for this profile.
    fn url(&self, _endpoint: Endpoint, _security_profile: u8) -> Option<String> {
        None
    }
    /// Changes how a server behaves. One that cannot be reached any longer also closes its connection.
    ///
    /// # Errors
    /// See [`Trouble`].
    fn serve(&mut self, server: Server) -> Result<(), Trouble>;
    /// The highest security profile with which stations can connect.
    fn highest_profile(&self) -> u8 {
        0
    }
    /// Begins a case. How the station is connected, if it was left running and is to be restarted over OCPP;
    /// otherwise it was switched on, and registers.
    ///
    /// # Errors
    /// See [`Trouble`].
    fn begin(&mut self) -> Result<Option<Connected>, Trouble> {
        self.act(&Act::PowerOn).map(|()| None)
    }
    /// Whether the station stays what a case has made of it, so that it must be tidied up afterwards.
    fn keeps_state(&self) -> bool {
        false
    }
    /// Whether there is a file server that counts what arrives.
    fn has_file_server(&self) -> bool {
        true
    }
    /// The limit that the hardware of a connector follows, if the bench can see it.
    fn limit(&self, _connector: u32) -> Option<Option<Limit>> {
        None
    }
    /// The names of the files that have arrived at the file server.
    fn uploads(&self) -> Vec<String>;
    /// The preparations are over: what follows is the case itself.
    fn case_begins(&mut self) {}
    /// The operator of the CSMS under test enters something.
    ///
    /// # Errors
    /// See [`Trouble`].
    fn enter(&mut self, _: Fact, _: &Parameters) -> Result<(), Trouble> {
        Err(Trouble::Impossible("no CSMS is under test".to_owned()))
    }
    /// The operator of the CSMS under test is asked to do something: in words, and as a command. What follows are requests of
    /// the CSMS.
    ///
    /// # Errors
    /// See [`Trouble`].
    fn operate(&mut self, words: &str, _: Command) -> Result<(), Trouble> {
        Err(Trouble::Impossible(format!(
            "nobody operates a CSMS: {words}"
        )))
    }
    /// What the operator is told of the last command, once it is known; a person is asked whether it is as the words say.
    ///
    /// # Errors
    /// See [`Trouble`].
    fn told(&mut self, words: &str, _within: Duration) -> Result<Told, Trouble> {
        Err(Trouble::Impossible(format!(
            "nobody operates a CSMS: {words}"
        )))
    }
    /// What the CSMS has kept; a person is asked whether it is as the words say.
    ///
    /// # Errors
    /// See [`Trouble`].
    fn record(&mut self, words: &str, _: &Record) -> Result<Told, Trouble> {
        Err(Trouble::Impossible(format!(
            "nobody operates a CSMS: {words}"
        )))
    }
    /// What the operator has been told since the last time, for people.
    fn told_operator(&mut self) -> Vec<String> {
        Vec::new()
    }
    /// How the operator's commands name a transaction with this id (2.x).
    fn transaction_number(&self, _id: &str) -> Option<u64> {
        None
    }
    /// The station of the lab begins to agree on TLS, and goes away: what the server shows ([`agreed`], [`not_agreed`]).
    ///
    /// # Errors
    /// See [`Trouble`].
    fn hello(&mut self, _: &Hello) -> Result<Value, Trouble> {
        Err(Trouble::Impossible("no CSMS is under test".to_owned()))
    }
    /// The station of the lab tries to connect.
    ///
    /// # Errors
    /// See [`Trouble`].
    fn dial(&mut self, _: &Dial) -> Result<Dialled, Trouble> {
        Err(Trouble::Impossible("no CSMS is under test".to_owned()))
    }
}
