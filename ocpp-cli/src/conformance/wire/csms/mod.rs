//! The bench on real sockets for CSMSs: the lab connects as a station does, and an operator interface or a person is the operator.

mod api;
mod door;
mod hello;
mod person;

use std::fmt;
use std::io::BufReader;
use std::str::FromStr;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use ocpp_conformance::bench::{
    Act, Bench, Dial, Dialled, Endpoint, Event, Hello, Record, Server, Told, Trouble,
};
use ocpp_conformance::case::{Fact, Side};
use ocpp_conformance::lab::Parameters;
use ocpp_conformance::report;
use ocpp_core::csms::remote::Command;
use ocpp_tokio::{CloseCode, Connection, Version};
use ocpp_types::DateTime;
use serde_json::Value;
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

use crate::output;
use api::Api;
use person::Person;

/// How often to look whether a person has done what was asked for.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// Where a CSMS listens for stations: `[PROFILE@]URL`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct CsmsUrl {
    /// The security profile; `None` for those that the scheme permits.
    profile: Option<u8>,
    url: String,
}

impl FromStr for CsmsUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (profile, url) = match text.split_once('@') {
            Some((profile @ ("0" | "1" | "2" | "3"), url)) => (profile.parse().ok(), url),
            _ => (None, text),
        };
        let secure = match url.split_once("://") {
            Some(("ws", _)) => false,
            Some(("wss", _)) => true,
            _ => return Err("the URL is neither ws:// nor wss://".to_owned()),
        };
        if profile.is_some_and(|profile| (profile > 1) != secure) {
            return Err("profiles 2 and 3 need wss://, 0 and 1 ws://".to_owned());
        }
        Ok(Self {
            profile,
            url: url.to_owned(),
        })
    }
}

impl CsmsUrl {
    fn is_for(&self, profile: u8) -> bool {
        let secure = self.url.starts_with("wss:");
        match self.profile {
            Some(only) => only == profile,
            None => secure == (profile > 1),
        }
    }
}

/// Who operates the CSMS.
trait Operator: fmt::Debug {
    /// Another case begins, with another station if the operator can have as many as he likes.
    fn next_case(&mut self, parameters: &Parameters) -> Result<(), Trouble>;
    /// Enters something, and waits until that is done.
    fn enter(&mut self, fact: Fact, parameters: &Parameters) -> Result<(), Trouble>;
    /// Begins to do something.
    fn operate(&mut self, words: &str, command: &Command) -> Result<(), Trouble>;
    /// What came of it; waits so long.
    fn told(&mut self, words: &str, within: Duration) -> Result<Told, Trouble>;
    /// What the CSMS has kept.
    fn record(&mut self, words: &str, record: &Record) -> Result<Told, Trouble>;
    /// The number of a transaction with this id.
    fn transaction_number(&self, id: &str) -> Option<u64>;
    /// Whether what was asked for may still have to be begun by a person.
    fn is_at_work(&mut self) -> Result<bool, Trouble> {
        Ok(false)
    }
}

/// Orders to the task that carries the messages.
enum Order {
    Send(String),
    Close,
}

/// See the [module documentation](self).
#[derive(Debug)]
pub(in super::super) struct WireCsms {
    // Ends with the bench, and everything that runs in it.
    runtime: Runtime,
    operator: Box<dyn Operator>,
    urls: Vec<CsmsUrl>,
    version: Version,
    sender: Sender<(u64, Event)>,
    events: Receiver<(u64, Event)>,
    orders: Option<mpsc::UnboundedSender<Order>>,
    /// The number of the connection: what came over older ones counts no more.
    link: u64,
    begun: Instant,
    /// How much of the time nobody has to answer for, because a person was at work.
    excused: Duration,
}

impl WireCsms {
    /// A bench for a CSMS whose operator interface is at `api`; without one a person is asked.
    pub(super) fn new(
        urls: Vec<CsmsUrl>,
        api: Option<&str>,
        version: Version,
    ) -> Result<Self, Trouble> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(Trouble::broken)?;
        let operator: Box<dyn Operator> = match api {
            Some(url) => Box::new(Api::new(runtime.handle().clone(), url)?),
            None => {
                // After what was written before, and not for ever if nobody reads.
                let asks = output::Writer(output::stderr());
                Box::new(Person::new(BufReader::new(std::io::stdin()), asks))
            }
        };
        let (sender, events) = channel();
        Ok(Self {
            runtime,
            operator,
            urls,
            version,
            sender,
            events,
            orders: None,
            link: 0,
            begun: Instant::now(),
            excused: Duration::ZERO,
        })
    }

    /// Another case begins.
    pub(in super::super) fn next_case(&mut self, parameters: &Parameters) -> Result<(), Trouble> {
        self.disconnect()?;
        self.operator.next_case(parameters)
    }

    fn url_for(&self, profile: u8) -> Result<&str, Trouble> {
        let url = self.urls.iter().find(|url| url.is_for(profile));
        let url = url.map(|url| url.url.as_str());
        url.ok_or_else(|| {
            Trouble::Impossible(format!("no --url is for security profile {profile}"))
        })
    }

    fn clock(&self) -> Duration {
        self.begun.elapsed().saturating_sub(self.excused)
    }
}

/// Carries messages until the connection ends.
async fn carry(
    mut connection: Connection,
    mut orders: mpsc::UnboundedReceiver<Order>,
    events: Sender<(u64, Event)>,
    link: u64,
) {
    loop {
        tokio::select! {
            received = connection.recv() => match received {
                Ok(text) => {
                    // Nobody listens any more when the bench is gone.
                    let _ = events.send((link, Event::Text(text)));
                }
                Err(_) => {
                    let _ = events.send((link, Event::Disconnected));
                    return;
                }
            },
            order = orders.recv() => match order {
                Some(Order::Send(text)) => connection.queue(&text),
                Some(Order::Close) | None => {
                    connection.close(CloseCode::NORMAL, "").await;
                    return;
                }
            },
        }
    }
}

impl Bench for WireCsms {
    fn name(&self) -> &'static str {
        "wire"
    }

    fn side(&self) -> Side {
        Side::Csms
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
        let end = self.clock().saturating_add(within);
        loop {
            // The clock stands still while a person is at work, until the CSMS shows that it has begun.
            let works = self.operator.is_at_work()?;
            let left = end.saturating_sub(self.clock());
            let step = if works { LOOK_AGAIN } else { left };
            let since = Instant::now();
            let event = self.events.recv_timeout(step);
            if works {
                self.excused += since.elapsed();
            }
            match event {
                Ok((link, event)) if link == self.link => return Ok(Some(event)),
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) if works => {}
                Err(RecvTimeoutError::Timeout) => return Ok(None),
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(Trouble::broken("the bench has ended"));
                }
            }
        }
    }

    fn send(&mut self, text: &str) -> Result<(), Trouble> {
        if let Some(orders) = &self.orders {
            // Without a connection it is lost.
            let _ = orders.send(Order::Send(text.to_owned()));
        }
        Ok(())
    }

    fn act(&mut self, _: &Act) -> Result<(), Trouble> {
        Err(Trouble::Impossible("no station is under test".to_owned()))
    }

    fn disconnect(&mut self) -> Result<(), Trouble> {
        if let Some(orders) = self.orders.take() {
            let _ = orders.send(Order::Close);
        }
        self.link += 1;
        Ok(())
    }

    fn serve(&mut self, _: Server) -> Result<(), Trouble> {
        Err(Trouble::Impossible("the lab is no server".to_owned()))
    }

    fn highest_profile(&self) -> u8 {
        let served = |profile: &u8| self.urls.iter().any(|url| url.is_for(*profile));
        (0..=3).rev().find(served).unwrap_or_default()
    }

    fn keeps_state(&self) -> bool {
        true
    }

    fn uploads(&self) -> Vec<String> {
        Vec::new()
    }

    fn enter(&mut self, fact: Fact, parameters: &Parameters) -> Result<(), Trouble> {
        let since = Instant::now();
        let entered = self.operator.enter(fact, parameters);
        self.excused += since.elapsed();
        entered
    }

    fn operate(&mut self, words: &str, command: Command) -> Result<(), Trouble> {
        self.operator.operate(words, &command)
    }

    fn told(&mut self, words: &str, within: Duration) -> Result<Told, Trouble> {
        let since = Instant::now();
        let told = self.operator.told(words, within);
        self.excused += since.elapsed();
        told
    }

    fn record(&mut self, words: &str, record: &Record) -> Result<Told, Trouble> {
        let since = Instant::now();
        let kept = self.operator.record(words, record);
        self.excused += since.elapsed();
        kept
    }

    fn transaction_number(&self, id: &str) -> Option<u64> {
        self.operator.transaction_number(id)
    }

    fn url(&self, _: Endpoint, security_profile: u8) -> Option<String> {
        self.url_for(security_profile).ok().map(ToOwned::to_owned)
    }

    fn hello(&mut self, hello: &Hello) -> Result<Value, Trouble> {
        let url = self.url_for(hello.security_profile)?;
        self.runtime.block_on(hello::begin(url, hello))
    }

    fn dial(&mut self, dial: &Dial) -> Result<Dialled, Trouble> {
        self.disconnect()?;
        let url = self.url_for(dial.security_profile)?;
        match self.runtime.block_on(door::open(url, dial))? {
            Ok((connection, subprotocol)) => {
                let (orders, given) = mpsc::unbounded_channel();
                self.orders = Some(orders);
                let events = self.sender.clone();
                let carried = carry(connection, given, events, self.link);
                self.runtime.spawn(carried);
                Ok(Dialled::Connected(subprotocol))
            }
            Err(why) => Ok(Dialled::Refused(why)),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    #[test]
    fn a_url_is_for_the_profiles_that_its_scheme_permits_or_for_the_one_that_it_names() {
        let any: CsmsUrl = "ws://127.0.0.1:9000/".parse().unwrap();
        assert!(any.is_for(0) && any.is_for(1) && !any.is_for(2));
        let one: CsmsUrl = "3@wss://host/ocpp".parse().unwrap();
        assert!(one.is_for(3) && !one.is_for(2));
        for wrong in ["http://host", "2@ws://host", "0@wss://host", "host:9000"] {
            assert!(wrong.parse::<CsmsUrl>().is_err(), "{wrong}");
        }
    }
}
