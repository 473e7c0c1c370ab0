//! The operator interface.

use std::collections::BTreeMap;
use std::sync::Arc;

use hyper::{Method, StatusCode};
use ocpp_core::csms::ledger::{Transaction, Warning};
use ocpp_core::csms::remote::{Command, CommandError, Outcome};
use ocpp_core::csms::services::{Full, Token};
use ocpp_core::csms::{BootInfo, Connector, Registration, ReservationStatus, TransactionId};
use ocpp_core::redact;
use ocpp_core::session::CallFailure;
use ocpp_core::time::DateTime;
use ocpp_types::{Decimal, Version};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;

use super::fleet::{Fleet, Member};
use super::journal::Since;
use super::store::Unstored;
use crate::http::{self, Path, Reply, Request};
use ocpp_tokio::clock;

/// Longest token and station identity that are taken, in bytes.
const MAX_NAME: usize = 255;

pub(super) async fn answer(fleet: Arc<Fleet>, request: Request) -> Reply {
    match route(&fleet, &request).await {
        Ok(reply) | Err(reply) => reply,
    }
}

/// What the interface offers.
const PATHS: [Path; 12] = [
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
    Path::new("GET", "/v1/tokens", "all tokens that were put"),
    Path::new(
        "GET",
        "/v1/transactions",
        "transactions, oldest first; ?station=, ?idToken=, ?active=true",
    ),
    Path::new(
        "POST",
        "/v1/transactions/REF/close",
        "end a transaction whose end is lost",
    ),
    Path::new("GET", "/v1/reservations", "reservations; ?station="),
];

async fn route(fleet: &Fleet, request: &Request) -> Result<Reply, Reply> {
    let method = &request.method;
    match (request.segments().as_slice(), method) {
        ([""], &Method::GET) => Ok(http::index("ocpp csms", &PATHS)),
        ([""], _) => Err(Reply::method_not_allowed("GET")),
        (["v1", "health"], &Method::GET) => health(fleet),
        (["v1", "stations"], &Method::GET) => Ok(Reply::ok(&stations(fleet).await)),
        (["v1", "stations", id], &Method::GET) => station(fleet, id).await,
        (["v1", "stations", id], &Method::PUT) => {
            put_station(fleet, id, &request.body()?).await?;
            station(fleet, id).await
        }
        (["v1", "stations", id, "call", action], &Method::POST) => {
            call(fleet, id, action, request.text()?).await
        }
        (["v1", "stations", id, "messages"], &Method::GET) => messages(fleet, id, request),
        (["v1", "tokens"], &Method::GET) => Ok(tokens(fleet)),
        (["v1", "tokens", token], &Method::PUT) => {
            put_token(fleet, token, &request.body()?).await?;
            Ok(Reply::done())
        }
        (["v1", "tokens", token], &Method::DELETE) => {
            let deleted = fleet.change_tokens(|tokens| Ok::<_, Full>(tokens.delete(token)));
            let deleted = deleted.await.map_err(unstored)?.map_err(full)?;
            if deleted.is_some() {
                Ok(Reply::done())
            } else {
                Err(Reply::error(StatusCode::NOT_FOUND, "no such token"))
            }
        }
        (["v1", "transactions"], &Method::GET) => transactions(fleet, request),
        (["v1", "transactions", reference, "close"], &Method::POST) => {
            close(fleet, reference).await
        }
        (["v1", "reservations"], &Method::GET) => Ok(reservations(fleet, request)),
        (
            [
                "v1",
                "health" | "stations" | "tokens" | "transactions" | "reservations",
            ],
            _,
        )
        | (["v1", "stations", _, "messages"], _) => Err(Reply::method_not_allowed("GET")),
        (["v1", "stations", _], _) => Err(Reply::method_not_allowed("GET, PUT")),
        (["v1", "transactions", _, "close"], _) => Err(Reply::method_not_allowed("POST")),
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

fn health(fleet: &Fleet) -> Result<Reply, Reply> {
    if fleet.store().is_failing() {
        let why = "the state cannot be stored";
        return Err(Reply::error(StatusCode::SERVICE_UNAVAILABLE, why));
    }
    Ok(Reply::ok(&json!({"status": "up"})))
}

/// A station as the operator sees it: everything but its password.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StationView {
    id: String,
    connected: bool,
    /// Of the connection.
    version: Option<&'static str>,
    boot: Registration,
    #[serde(skip_serializing_if = "Option::is_none")]
    interval: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    registration: Option<Registration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    info: Option<BootInfo>,
    connectors: Vec<Connector>,
    reports: BTreeMap<String, String>,
    last_seen: Option<DateTime>,
    has_password: bool,
}

async fn view(member: &Member) -> StationView {
    let version = member.version();
    let station = member.station.lock().await;
    let (boot, interval) = station.decision();
    let reports = station.progress();
    StationView {
        id: member.id.clone(),
        connected: version.is_some(),
        version: version.map(Version::as_str),
        boot,
        interval,
        registration: station.registration(),
        info: station.info().cloned(),
        connectors: station.connectors().to_vec(),
        reports: reports
            .map(|(action, status)| (action.to_owned(), status.to_owned()))
            .collect(),
        last_seen: station.last_seen(),
        has_password: station.has_password(),
    }
}

async fn stations(fleet: &Fleet) -> Vec<StationView> {
    let mut views = Vec::new();
    for member in fleet.all() {
        views.push(view(&member).await);
    }
    views
}

fn member(fleet: &Fleet, id: &str) -> Result<Arc<Member>, Reply> {
    let no_such = || Reply::error(StatusCode::NOT_FOUND, "no such station");
    fleet.get(id).ok_or_else(no_such)
}

async fn station(fleet: &Fleet, id: &str) -> Result<Reply, Reply> {
    let member = member(fleet, id)?;
    Ok(Reply::ok(&view(&member).await))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct StationChange {
    boot: Option<Registration>,
    #[serde(default, deserialize_with = "given")]
    interval: Option<Option<u32>>,
    #[serde(default, deserialize_with = "given")]
    password: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    serial_number: Option<Option<String>>,
}

/// Tells an explicit `null` from an absent member.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

async fn put_station(fleet: &Fleet, id: &str, change: &StationChange) -> Result<(), Reply> {
    ocpp_tokio::Identity::new(id).map_err(Reply::bad)?;
    let member = fleet.get_or_add(id).ok_or_else(|| full(Full))?;
    let (boot, interval) = member.station.lock().await.decision();
    let mut commands = vec![Command::Decide {
        boot: change.boot.unwrap_or(boot),
        interval: change
            .interval
            .map_or(interval, |interval| interval.map(i64::from)),
    }];
    if let Some(password) = &change.password {
        commands.push(Command::Password(password.clone()));
    }
    if let Some(serial_number) = change.serial_number.clone() {
        commands.push(Command::Provision { serial_number });
    }
    for command in commands {
        done(&fleet.command(&member, command).await)?;
    }
    // Also if nothing but its existence was put.
    fleet.keep(&member).await.map_err(unstored)
}

/// The outcome of a command that the station is not needed for.
fn done(outcome: &Result<Outcome, CommandError>) -> Result<(), Reply> {
    match outcome {
        Ok(_) => Ok(()),
        Err(CommandError::NotStored) => Err(unstored(Unstored)),
        Err(CommandError::NoSuchTransaction) => {
            let why = "no such transaction is open";
            Err(Reply::error(StatusCode::NOT_FOUND, why))
        }
        Err(_) => Err(Reply::conflict("the station cannot be changed now")),
    }
}

async fn put_token(fleet: &Fleet, token: &str, value: &Token) -> Result<(), Reply> {
    if token.is_empty() || token.len() > MAX_NAME {
        return Err(Reply::bad("a token is 1 to 255 bytes long"));
    }
    let changed = fleet.change_tokens(|tokens| tokens.put(token, value).map(Some));
    let changed = changed.await.map_err(unstored)?;
    changed.map(drop).map_err(full)
}

fn tokens(fleet: &Fleet) -> Reply {
    fleet.tokens(|tokens| {
        let all: BTreeMap<&str, &Token> = tokens.iter().collect();
        Reply::ok(&all)
    })
}

fn full(full: Full) -> Reply {
    Reply::error(StatusCode::INSUFFICIENT_STORAGE, full)
}

/// A request of the operator to a station.
pub(super) async fn call(
    fleet: &Fleet,
    id: &str,
    action: &str,
    payload: &str,
) -> Result<Reply, Reply> {
    let not_connected = || Reply::error(StatusCode::NOT_FOUND, "the station is not connected");
    let member = fleet.get(id).ok_or_else(not_connected)?;
    let version = member.version().ok_or_else(not_connected)?;
    let command = Command::Call {
        action: action.into(),
        payload: payload.into(),
    };
    match fleet.command(&member, command).await {
        Ok(Outcome::Response(response)) => {
            // A station must not tell its password (A01.FR.12). If it does, it goes no further.
            let response = redact(&response);
            Ok(Reply::json(format!(r#"{{"result":{response}}}"#)))
        }
        // A raw call has a raw response.
        Ok(_) => Ok(Reply::done()),
        Err(error) => refused(version, action, error),
    }
}

fn refused(version: Version, action: &str, error: CommandError) -> Result<Reply, Reply> {
    Err(match error {
        CommandError::NotConnected => {
            Reply::error(StatusCode::NOT_FOUND, "the station is not connected")
        }
        CommandError::Rejected => {
            Reply::conflict("the station has been rejected: it may not be called")
        }
        CommandError::NotInThisVersion => {
            Reply::bad(format!("a CSMS sends no {action} in OCPP {version}"))
        }
        CommandError::Invalid { pointer, reason } => {
            let mut reply = Reply::bad(&reason);
            reply.body = json!({"error": reason, "pointer": pointer, "reason": reason}).to_string();
            reply
        }
        CommandError::TooMany => Reply::error(
            StatusCode::SERVICE_UNAVAILABLE,
            "too many calls wait for this station",
        ),
        CommandError::NotStored => unstored(Unstored),
        CommandError::InvalidResponse(why) => Reply::error(
            StatusCode::BAD_GATEWAY,
            format!("the response is not valid: {why}"),
        ),
        CommandError::Call(CallFailure::Refused(refusal)) => {
            let error = json!({
                "code": refusal.code.as_str(version),
                "description": refusal.description,
                "details": serde_json::from_str::<serde_json::Value>(&refusal.details).ok(),
            });
            return Ok(Reply::ok(&json!({ "error": error })));
        }
        CommandError::Call(failure @ CallFailure::InvalidResponse(_)) => {
            Reply::error(StatusCode::BAD_GATEWAY, failure)
        }
        CommandError::Call(failure) => Reply::error(StatusCode::GATEWAY_TIMEOUT, failure),
        _ => Reply::error(StatusCode::GATEWAY_TIMEOUT, "the call came to nothing"),
    })
}

/// Ends a transaction whose end is lost.
async fn close(fleet: &Fleet, reference: &str) -> Result<Reply, Reply> {
    let reference: u64 = reference
        .parse()
        .map_err(|_| Reply::bad("the number of a transaction is wanted"))?;
    let mut station = None;
    let looked = fleet.store().transactions(|id, transaction| {
        if transaction.reference == reference {
            station = Some(id.to_owned());
        }
    });
    looked.map_err(|error| unreadable(&error))?;
    let no_such = || Reply::error(StatusCode::NOT_FOUND, "no such transaction");
    let member = station.and_then(|id| fleet.get(&id)).ok_or_else(no_such)?;
    done(
        &fleet
            .command(&member, Command::CloseTransaction(reference))
            .await,
    )?;
    Ok(Reply::done())
}

fn unreadable(error: &super::Failure) -> Reply {
    let why = format!("the state cannot be read: {error}");
    Reply::error(StatusCode::INTERNAL_SERVER_ERROR, why)
}

fn messages(fleet: &Fleet, id: &str, request: &Request) -> Result<Reply, Reply> {
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
    Ok(Reply::ok(&member(fleet, id)?.messages(since)))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TransactionView {
    #[serde(rename = "ref")]
    reference: u64,
    station: String,
    transaction_id: TransactionId,
    id_token: String,
    evse: i64,
    started_at: DateTime,
    /// Empty while it runs.
    stopped_at: String,
    stop_reason: String,
    meter_start: Option<Decimal>,
    meter_stop: Option<Decimal>,
    meter_last: Option<Decimal>,
    charging_state: Option<String>,
    /// What could be wrong with the bill of an ended one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<Warning>,
}

impl TransactionView {
    fn new(station: &str, transaction: Transaction) -> Self {
        let warnings = match transaction.is_open() {
            true => Vec::new(),
            false => transaction.bill().warnings,
        };
        let (stopped_at, stop_reason) = match transaction.end {
            Some(end) => (end.at.to_string(), end.reason),
            None => (String::new(), String::new()),
        };
        Self {
            reference: transaction.reference,
            station: station.into(),
            transaction_id: transaction.transaction_id,
            id_token: transaction
                .id_token
                .map(|token| token.id_token)
                .unwrap_or_default(),
            evse: transaction.evse,
            started_at: transaction.started_at.unwrap_or(transaction.first_at),
            stopped_at,
            stop_reason,
            meter_start: transaction.meter_start,
            meter_stop: transaction.meter_stop,
            meter_last: transaction.meter_last,
            charging_state: transaction.charging_state,
            warnings,
        }
    }
}

/// An empty parameter is no parameter.
fn filter<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.query(name).filter(|value| !value.is_empty())
}

fn transactions(fleet: &Fleet, request: &Request) -> Result<Reply, Reply> {
    let active = match filter(request, "active") {
        None => None,
        Some("true") => Some(true),
        Some("false") => Some(false),
        Some(_) => return Err(Reply::bad("active is true or false")),
    };
    let station = filter(request, "station");
    let token = filter(request, "idToken");
    let mut found = Vec::new();
    let looked = fleet.store().transactions(|of, transaction| {
        let holds = |wanted: &str| {
            let held = transaction.id_token.as_ref();
            held.is_some_and(|held| held.id_token.eq_ignore_ascii_case(wanted))
        };
        if active.is_none_or(|active| transaction.is_open() == active)
            && station.is_none_or(|station| of == station)
            && token.is_none_or(holds)
        {
            found.push(TransactionView::new(of, transaction));
        }
    });
    looked.map_err(|error| unreadable(&error))?;
    Ok(Reply::ok(&found))
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

fn reservations(fleet: &Fleet, request: &Request) -> Reply {
    let station = filter(request, "station");
    let wanted = |of: &str| station.is_none_or(|station| of == station);
    let views: Vec<ReservationView> = fleet.reservations(|all| {
        all.iter(clock::utc())
            .filter(|reservation| wanted(&reservation.station))
            .map(|reservation| ReservationView {
                id: reservation.id,
                station: reservation.station,
                id_token: reservation.id_token,
                status: reservation.status,
                expiry_date: reservation.expiry_date,
            })
            .collect()
    });
    Reply::ok(&views)
}
