//! The operator interface.

use std::sync::Arc;

use hyper::{Method, StatusCode};
use ocpp_core::csms::{Full, Registration, Reservation, ReservationStatus, Station, Token};
use ocpp_core::csms::{Transaction, TransactionId};
use ocpp_core::redact;
use ocpp_core::session::{CallFailure, find_action};
use ocpp_core::time::DateTime;
use ocpp_types::{Decimal, DecodeError, Protocol, Sender, Version, v1_6, v2_0_1, v2_1};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;
use tokio::sync::oneshot;

use super::hub::{Hub, OperatorCall, Unstored};
use super::journal::Since;
use crate::http::{self, Path, Reply, Request};
use crate::json::is_json;
use ocpp_tokio::clock;

/// Longest token and station identity that are taken, in bytes.
const MAX_NAME: usize = 255;

pub(super) async fn answer(hub: Arc<Hub>, request: Request) -> Reply {
    match route(&hub, &request).await {
        Ok(reply) | Err(reply) => reply,
    }
}

/// What the interface offers.
const PATHS: [Path; 10] = [
    Path::new("GET", "/", "this list"),
    Path::new("GET", "/v1/health", "whether the program is up"),
    Path::new("GET", "/v1/stations", "all stations"),
    Path::new(
        "GET, PUT",
        "/v1/stations/ID",
        "one station; its registration, heartbeat interval and password",
    ),
    Path::new(
        "POST",
        "/v1/stations/ID/call/ACTION",
        "send a request to a station",
    ),
    Path::new(
        "GET",
        "/v1/stations/ID/messages",
        "the last messages, from ?since= on",
    ),
    Path::new(
        "PUT",
        "/v1/tokens/TOKEN",
        "put a token that may charge, or may not",
    ),
    Path::new("DELETE", "/v1/tokens/TOKEN", "forget a token"),
    Path::new(
        "GET",
        "/v1/transactions",
        "transactions, oldest first; ?station=, ?idToken=, ?active=true",
    ),
    Path::new("GET", "/v1/reservations", "reservations; ?station="),
];

async fn route(hub: &Hub, request: &Request) -> Result<Reply, Reply> {
    let method = &request.method;
    match (request.segments().as_slice(), method) {
        ([""], &Method::GET) => Ok(http::index("ocpp csms", &PATHS)),
        ([""], _) => Err(Reply::method_not_allowed("GET")),
        (["v1", "health"], &Method::GET) => Ok(Reply::ok(&json!({"status": "up"}))),
        (["v1", "stations"], &Method::GET) => Ok(Reply::ok(&stations(hub))),
        (["v1", "stations", id], &Method::GET) => station(hub, id),
        (["v1", "stations", id], &Method::PUT) => {
            put_station(hub, id, &request.body()?).await?;
            station(hub, id)
        }
        (["v1", "stations", id, "call", action], &Method::POST) => {
            call(hub, id, action, request.text()?).await
        }
        (["v1", "stations", id, "messages"], &Method::GET) => messages(hub, id, request),
        (["v1", "tokens", token], &Method::PUT) => {
            put_token(hub, token, request.body()?).await?;
            Ok(Reply::done())
        }
        (["v1", "tokens", token], &Method::DELETE) => {
            let known = hub
                .change(|csms| csms.delete_token(token))
                .await
                .map_err(unstored)?;
            if known {
                Ok(Reply::done())
            } else {
                Err(Reply::error(StatusCode::NOT_FOUND, "no such token"))
            }
        }
        (["v1", "transactions"], &Method::GET) => transactions(hub, request),
        (["v1", "reservations"], &Method::GET) => Ok(reservations(hub, request)),
        (
            [
                "v1",
                "health" | "stations" | "transactions" | "reservations",
            ],
            _,
        )
        | (["v1", "stations", _, "messages"], _) => Err(Reply::method_not_allowed("GET")),
        (["v1", "stations", _], _) => Err(Reply::method_not_allowed("GET, PUT")),
        (["v1", "stations", _, "call", _], _) => Err(Reply::method_not_allowed("POST")),
        (["v1", "tokens", _], _) => Err(Reply::method_not_allowed("PUT, DELETE")),
        _ => Err(Reply::not_found()),
    }
}

fn unstored(_: Unstored) -> Reply {
    Reply::error(
        StatusCode::INTERNAL_SERVER_ERROR,
        "the state cannot be stored",
    )
}

/// A station as the operator sees it: everything but its password.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StationView {
    id: String,
    connected: bool,
    /// Of the connection.
    version: Option<&'static str>,
    #[serde(flatten)]
    station: Station,
    last_seen: Option<DateTime>,
    has_password: bool,
}

fn view(hub: &Hub, id: String, mut station: Station) -> StationView {
    let version = hub.version(&id);
    StationView {
        connected: version.is_some(),
        version: version.map(Version::as_str),
        last_seen: station.last_seen,
        has_password: station.password.take().is_some(),
        id,
        station,
    }
}

fn stations(hub: &Hub) -> Vec<StationView> {
    let known: Vec<_> = hub.read(|csms| {
        let all = csms.stations();
        all.map(|(id, station)| (id.to_string(), station.clone()))
            .collect()
    });
    known
        .into_iter()
        .map(|(id, station)| view(hub, id, station))
        .collect()
}

fn station(hub: &Hub, id: &str) -> Result<Reply, Reply> {
    let known = hub.read(|csms| csms.station(id).cloned());
    // A station that has connected and said nothing yet.
    let station = match known {
        Some(station) => station,
        None if hub.version(id).is_some() => Station::default(),
        None => return Err(Reply::error(StatusCode::NOT_FOUND, "no such station")),
    };
    Ok(Reply::ok(&view(hub, id.into(), station)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StationChange {
    boot: Option<Registration>,
    #[serde(default, deserialize_with = "given")]
    interval: Option<Option<u32>>,
    #[serde(default, deserialize_with = "given")]
    password: Option<Option<String>>,
}

/// Tells an explicit `null` from an absent member.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

async fn put_station(hub: &Hub, id: &str, change: &StationChange) -> Result<(), Reply> {
    ocpp_tokio::Identity::new(id).map_err(Reply::bad)?;
    let changed = hub.change(|csms| {
        csms.set_station(id, |station| {
            station.boot = change.boot.unwrap_or(station.boot);
            if let Some(interval) = change.interval {
                station.interval = interval.map(i64::from);
            }
            if let Some(password) = &change.password {
                station.password.clone_from(password);
            }
        })
    });
    changed.await.map_err(unstored)?.map_err(full)
}

async fn put_token(hub: &Hub, token: &str, value: Token) -> Result<(), Reply> {
    if token.is_empty() || token.len() > MAX_NAME {
        return Err(Reply::bad("a token is 1 to 255 bytes long"));
    }
    let changed = hub.change(|csms| csms.put_token(token, value));
    changed.await.map_err(unstored)?.map_err(full)
}

fn full(full: Full) -> Reply {
    Reply::error(StatusCode::INSUFFICIENT_STORAGE, full)
}

/// A request of the operator to a station.
pub(super) async fn call(hub: &Hub, id: &str, action: &str, payload: &str) -> Result<Reply, Reply> {
    let not_connected = || Reply::error(StatusCode::NOT_FOUND, "the station is not connected");
    let version = hub.version(id).ok_or_else(not_connected)?;
    let info = find_action(version, action)
        .filter(|info| info.sender != Sender::ChargingStation && info.has_response)
        .ok_or_else(|| Reply::bad(format!("a CSMS sends no {action} in OCPP {version}")))?;
    let payload = match version {
        Version::V1_6 => rewritten::<v1_6::Protocol>(action, payload)?,
        Version::V2_0_1 => rewritten::<v2_0_1::Protocol>(action, payload)?,
        Version::V2_1 => rewritten::<v2_1::Protocol>(action, payload)?,
    };
    if !hub.read(|csms| csms.may_call(id)) {
        return Err(Reply::conflict(
            "the station has been rejected: it may not be called",
        ));
    }
    let calls = hub.calls(id).ok_or_else(not_connected)?;
    let (reply, answered) = oneshot::channel();
    let call = OperatorCall {
        action: info.name,
        payload,
        reply,
    };
    calls.send(call).await.map_err(|_| not_connected())?;
    let gone = || Reply::error(StatusCode::GATEWAY_TIMEOUT, "the connection was lost");
    match answered.await.map_err(|_| gone())? {
        Ok(response) if is_json(&response) => {
            // A station must not tell its password (A01.FR.12). If it does, it goes no further.
            let response = redact(&response);
            Ok(Reply::json(format!(r#"{{"result":{response}}}"#)))
        }
        Ok(_) => Err(Reply::error(
            StatusCode::BAD_GATEWAY,
            "the response is not JSON",
        )),
        Err(CallFailure::Refused(refusal)) => {
            let error = json!({
                "code": refusal.code.as_str(version),
                "description": refusal.description,
                "details": serde_json::from_str::<serde_json::Value>(&refusal.details).ok(),
            });
            Ok(Reply::ok(&json!({ "error": error })))
        }
        Err(failure @ CallFailure::InvalidResponse(_)) => {
            Err(Reply::error(StatusCode::BAD_GATEWAY, failure))
        }
        Err(CallFailure::Expired) => Err(Reply::error(
            StatusCode::SERVICE_UNAVAILABLE,
            "too many calls wait for this station",
        )),
        Err(failure) => Err(Reply::error(StatusCode::GATEWAY_TIMEOUT, failure)),
    }
}

/// The payload as the schema has it, with its members in the schema's order.
fn rewritten<P: Protocol>(action: &str, payload: &str) -> Result<String, Reply> {
    let action = P::action(action).ok_or_else(Reply::not_found)?;
    let request = P::decode_request(action, payload).map_err(|error| invalid(&error))?;
    serde_json::to_string(&request).map_err(Reply::bad)
}

fn invalid(error: &DecodeError) -> Reply {
    let first = error.issues().first();
    let mut reply = Reply::bad(error);
    reply.body = json!({
        "error": error.to_string(),
        "pointer": first.map(|issue| issue.pointer.as_str()),
        "reason": first.map(|issue| format!("{} is wanted", issue.expected)),
    })
    .to_string();
    reply
}

fn messages(hub: &Hub, id: &str, request: &Request) -> Result<Reply, Reply> {
    let since = match request.query("since") {
        None | Some("") => Since::Number(0),
        Some(text) => match (text.parse(), text.parse()) {
            (Ok(number), _) => Since::Number(number),
            (_, Ok(moment)) => Since::Moment(moment),
            _ => {
                return Err(Reply::bad(
                    "since is the number of a message, or a date and time",
                ));
            }
        },
    };
    match hub.messages(id, since) {
        Some(messages) => Ok(Reply::ok(&messages)),
        None if hub.read(|csms| csms.station(id).is_some()) => Ok(Reply::ok(&json!([]))),
        None => Err(Reply::error(StatusCode::NOT_FOUND, "no such station")),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TransactionView<'a> {
    #[serde(rename = "ref")]
    reference: u64,
    station: &'a str,
    transaction_id: &'a TransactionId,
    id_token: &'a str,
    evse: i64,
    started_at: DateTime,
    /// Empty while it runs.
    stopped_at: String,
    stop_reason: &'a str,
    meter_start: Option<Decimal>,
    meter_stop: Option<Decimal>,
    meter_last: Option<Decimal>,
    charging_state: Option<&'a str>,
}

impl<'a> From<&'a Transaction> for TransactionView<'a> {
    fn from(transaction: &'a Transaction) -> Self {
        let stopped_at = transaction.stopped_at;
        Self {
            reference: transaction.reference,
            station: &transaction.station,
            transaction_id: &transaction.transaction_id,
            id_token: &transaction.id_token,
            evse: transaction.evse,
            started_at: transaction.started_at,
            stopped_at: stopped_at.map_or_else(String::new, |at| at.to_string()),
            stop_reason: transaction.stop_reason.as_deref().unwrap_or_default(),
            meter_start: transaction.meter_start,
            meter_stop: transaction.meter_stop,
            meter_last: transaction.meter_last,
            charging_state: transaction.charging_state.as_deref(),
        }
    }
}

/// An empty parameter is no parameter.
fn filter<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.query(name).filter(|value| !value.is_empty())
}

fn transactions(hub: &Hub, request: &Request) -> Result<Reply, Reply> {
    let active = match filter(request, "active") {
        None => None,
        Some("true") => Some(true),
        Some("false") => Some(false),
        Some(_) => return Err(Reply::bad("active is true or false")),
    };
    let station = filter(request, "station");
    let token = filter(request, "idToken");
    let wanted = |transaction: &&Transaction| {
        active.is_none_or(|active| transaction.is_open() == active)
            && station.is_none_or(|station| transaction.station == station)
            && token.is_none_or(|token| transaction.id_token.eq_ignore_ascii_case(token))
    };
    Ok(hub.read(|csms| {
        let found = csms.transactions().filter(wanted);
        Reply::ok(&found.map(TransactionView::from).collect::<Vec<_>>())
    }))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReservationView {
    id: i64,
    station: String,
    id_token: String,
    status: ReservationStatus,
    expiry_date: DateTime,
}

fn reservations(hub: &Hub, request: &Request) -> Reply {
    let station = filter(request, "station");
    let all: Vec<Reservation> = hub.read(|csms| csms.reservations(clock::utc()).collect());
    let wanted = all
        .into_iter()
        .filter(|reservation| station.is_none_or(|station| reservation.station == station));
    let views = wanted.map(|reservation| ReservationView {
        id: reservation.id,
        station: reservation.station,
        id_token: reservation.id_token,
        status: reservation.status,
        expiry_date: reservation.expiry_date,
    });
    Reply::ok(&views.collect::<Vec<_>>())
}
