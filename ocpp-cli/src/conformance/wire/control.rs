//! The control interface of a station as the hands of the bench.

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HOST};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use ocpp_conformance::bench::{Act, Reader, Trouble};
use ocpp_core::station::EvState;
use ocpp_tokio::Version;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use super::hands::Hands;

pub(super) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Where the control interface is.
#[derive(Debug, Clone)]
pub(super) struct Address {
    /// Host and port.
    authority: String,
    /// What comes before `/v1`.
    base: String,
}

/// See the [module documentation](self).
#[derive(Debug)]
pub(super) struct Control {
    runtime: Handle,
    address: Address,
    version: Version,
    connectors: u32,
    /// The station has been told to connect.
    started: bool,
    /// The mains went off and came back in one order already.
    cycled: bool,
    /// A token that the station has not decided about.
    token: Option<JoinHandle<()>>,
}

impl Control {
    /// Hands that are there; `hint` says how to start a station that has some.
    pub(super) fn new(
        runtime: Handle,
        url: &str,
        (version, connectors): (Version, u32),
        hint: impl FnOnce(&str) -> String,
    ) -> Result<Self, Trouble> {
        let bad = |why: &dyn std::fmt::Display| Trouble::broken(format_args!("{url}: {why}"));
        let address = Address::of(url).map_err(|why| bad(&why))?;
        let health = address.exchange(Method::GET, "health", Value::Null);
        match runtime.block_on(health) {
            Ok((status, _)) if status.is_success() => Ok(Self {
                runtime,
                address,
                version,
                connectors,
                started: false,
                cycled: false,
                token: None,
            }),
            Ok((status, _)) => Err(bad(&format_args!(
                "answers {status} to GET /v1/health: not the control interface of a station"
            ))),
            Err(error) => Err(bad(&format_args!(
                "no control interface of a station answers there ({error}). {}",
                hint(&address.authority)
            ))),
        }
    }

    fn post(&self, what: &str, body: Value) -> Result<(), Trouble> {
        self.ask(Method::POST, what, body)
    }

    fn ask(&self, method: Method, what: &str, body: Value) -> Result<(), Trouble> {
        self.runtime.block_on(self.address.ask(method, what, body))
    }

    fn cycle(&self, stop_transactions: bool) -> Result<(), Trouble> {
        self.post(
            "power",
            json!({"action": "cycle", "stopTransactions": stop_transactions}),
        )
    }

    /// Also brings a station that ran before to its beginning.
    fn power_on(&mut self) -> Result<(), Trouble> {
        if !std::mem::take(&mut self.cycled) {
            self.cycle(false)?;
        }
        if !std::mem::replace(&mut self.started, true) {
            self.post("start", json!({}))?;
        }
        Ok(())
    }
}

impl Address {
    /// Of a URL of the form `http://HOST:PORT`.
    pub(super) fn of(url: &str) -> Result<Self, String> {
        let uri: hyper::Uri = url
            .parse()
            .map_err(|error: hyper::http::uri::InvalidUri| error.to_string())?;
        let authority = uri.authority().map(ToString::to_string);
        match (uri.scheme_str(), authority) {
            (Some("http"), Some(authority)) => Ok(Self {
                authority,
                base: uri.path().trim_end_matches('/').to_owned(),
            }),
            _ => Err("not of the form http://HOST:PORT".to_owned()),
        }
    }

    /// Host and port.
    pub(super) fn authority(&self) -> &str {
        &self.authority
    }

    /// Asks for `/v1/WHAT` and waits until that is done.
    pub(super) async fn ask(&self, method: Method, what: &str, body: Value) -> Result<(), Trouble> {
        let path = format!("{method} /v1/{what}");
        let answer = self.exchange(method, what, body).await;
        let (status, text) =
            answer.map_err(|error| Trouble::broken(format_args!("{path}: {error}")))?;
        match status {
            status if status.is_success() => Ok(()),
            StatusCode::NOT_FOUND | StatusCode::NOT_IMPLEMENTED => Err(Trouble::Impossible(
                format!("the interface does not have {path}"),
            )),
            _ => Err(Trouble::NotDone(format!(
                "the interface answers {path} with {status} {text}"
            ))),
        }
    }

    /// Asks for `/v1/WHAT`; what is answered.
    pub(super) async fn exchange(
        &self,
        method: Method,
        what: &str,
        body: Value,
    ) -> Result<(StatusCode, String), Failure> {
        let stream = TcpStream::connect(&self.authority).await?;
        let io = TokioIo::new(stream);
        let (mut sender, connection) = hyper::client::conn::http1::handshake(io).await?;
        // Ends with the exchange.
        tokio::spawn(connection);
        let body = match body {
            Value::Null => Bytes::new(),
            body => Bytes::from(body.to_string()),
        };
        let request = Request::builder()
            .method(method)
            .uri(format!("{}/v1/{what}", self.base))
            .header(HOST, &self.authority)
            .header(CONTENT_TYPE, "application/json")
            .body(Full::new(body))?;
        let response = sender.send_request(request).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        Ok((status, String::from_utf8_lossy(&body).into_owned()))
    }
}

/// A connector as the control interface names it: one for each EVSE.
fn place(connector: u32) -> Value {
    json!({"evse": connector, "connector": 1})
}

impl Hands for Control {
    fn act(&mut self, act: &Act) -> Result<(), Trouble> {
        match act {
            Act::Present {
                connector,
                token,
                reader,
            } => {
                // Answered when the CSMS has decided, which is for the lab to do.
                let address = self.address.clone();
                let mut body = json!({"idToken": token, "type": "ISO14443"});
                // A driver who has chosen is at the reader of that EVSE, as far as the interface can tell.
                if *reader != (Reader::Shared { chosen: false }) {
                    body["evse"] = json!(connector);
                }
                let token = async move {
                    // What it leads to is for the lab to see.
                    let _ = address.ask(Method::POST, "token", body).await;
                };
                self.token = Some(self.runtime.spawn(token));
                Ok(())
            }
            Act::Plug(connector) => self.post("plug", place(*connector)),
            Act::PlugUnready(connector) => {
                let mut body = place(*connector);
                body["ev"] = json!("suspended");
                self.post("plug", body)
            }
            Act::Unplug(connector) | Act::UnplugAtCar(connector) => {
                self.post("unplug", place(*connector))
            }
            Act::SelectStops(connector) => {
                let body = match connector {
                    Some(connector) => json!({"evses": [connector]}),
                    None => json!({}),
                };
                self.post("master-pass", body)
            }
            Act::Bay(connector, occupied) => {
                self.post("parking", json!({"evse": connector, "occupied": occupied}))
            }
            Act::PressStop(_) => Err(Trouble::Impossible(
                "the control interface of the station has no stop button".to_owned(),
            )),
            Act::Car(connector, state) => {
                let state = match state {
                    EvState::Ready => "ready",
                    EvState::Suspended => "suspended",
                    EvState::Stopped => "stopped",
                };
                self.post("ev", json!({"evse": connector, "state": state}))
            }
            Act::Fault(connector, code) => {
                let code = code.map_or(json!("NoError"), |code| json!(code));
                let body = json!({"evse": connector, "connector": 1, "errorCode": code});
                self.post("fault", body)
            }
            Act::LocksFail(failed) => (1..=self.connectors).try_for_each(|connector| {
                let body = json!({"evse": connector, "connector": 1, "failed": failed});
                self.post("lock", body)
            }),
            Act::Customer(identifier) => self.post("customer", json!({"identifier": identifier})),
            Act::ExternalLimit(evse, limit) => {
                let (limit, unit) = limit.unzip();
                let body = json!({"evse": evse, "source": "EMS", "limit": limit, "unit": unit});
                self.post("limit", body)
            }
            // The control interface has both in one order.
            Act::PowerOff {
                time_to_report: false,
            } => Ok(()),
            Act::PowerOff { .. } => {
                self.cycled = true;
                self.cycle(true)
            }
            Act::PowerOn => self.power_on(),
            Act::LowerSecurityProfile(profile) => {
                let key = match self.version {
                    Version::V1_6 => "SecurityProfile",
                    _ => "SecurityCtrlr.SecurityProfile",
                };
                let value = json!({"value": profile.to_string()});
                self.ask(Method::PUT, &format!("config/{key}"), value)
            }
        }
    }

    fn are_waiting(&self) -> bool {
        let token = self.token.as_ref();
        token.is_some_and(|token| !token.is_finished())
    }
}
