//! The operator interface.

mod stations;
mod transactions;

use std::str::FromStr;

use hyper::{Method, StatusCode};
use ocpp_core::csms::ReservationStatus;
use ocpp_core::csms::services::{Full, Token};
use ocpp_core::time::DateTime;
use ocpp_tokio::csms::{Csms, PutError, StoreError};
use serde::Serialize;
use serde_json::json;

use crate::http::{self, Path, Reply, Request};

/// Longest token that is taken, in bytes.
const MAX_NAME: usize = 255;

pub(super) async fn answer(csms: Csms, request: Request) -> Reply {
    match route(&csms, &request).await {
        Ok(reply) | Err(reply) => reply,
    }
}

/// What the interface offers.
const PATHS: [Path; 15] = [
    Path::new("GET", "/", "this list"),
    Path::new("GET", "/v1/health", "whether the program is up"),
    Path::new(
        "GET",
        "/v1/stations",
        "stations by identity; ?after=, ?limit=",
    ),
    Path::new(
        "GET, PUT, DELETE",
        "/v1/stations/ID",
        "one station; its registration, heartbeat interval, password, serial number and lowest security profile",
    ),
    Path::new(
        "POST",
        "/v1/stations/ID/call/ACTION",
        "send a request to a station",
    ),
    Path::new(
        "POST",
        "/v1/stations/ID/disconnect",
        "end the connection of a station",
    ),
    Path::new(
        "GET",
        "/v1/stations/ID/messages",
        "the last messages, from ?since= on",
    ),
    Path::new(
        "GET",
        "/v1/stations/ID/meter-values",
        "the meter values that came outside of transactions",
    ),
    Path::new(
        "PUT",
        "/v1/tokens/TOKEN",
        "put a token that may charge, or may not",
    ),
    Path::new("DELETE", "/v1/tokens/TOKEN", "forget a token"),
    Path::new(
        "GET",
        "/v1/tokens",
        "tokens that were put; ?after=, ?limit=",
    ),
    Path::new(
        "GET",
        "/v1/transactions",
        "transactions, oldest first; ?station=, ?idToken=, ?active=true, ?after=REF, ?limit=",
    ),
    Path::new(
        "GET",
        "/v1/transactions/REF/meter-values",
        "the meter values of a transaction, in the order in which they came",
    ),
    Path::new(
        "POST",
        "/v1/transactions/REF/close",
        "end a transaction whose end is lost",
    ),
    Path::new("GET", "/v1/reservations", "reservations; ?station="),
];

async fn route(csms: &Csms, request: &Request) -> Result<Reply, Reply> {
    let method = &request.method;
    match (request.segments().as_slice(), method) {
        ([""], &Method::GET) => Ok(http::index("ocpp csms", &PATHS)),
        ([""], _) => Err(Reply::method_not_allowed("GET")),
        (["v1", "health"], &Method::GET) => health(csms).await,
        (["v1", "stations"], &Method::GET) => stations::list(csms, request).await,
        (["v1", "stations", id], &Method::GET) => stations::show(csms, id).await,
        (["v1", "stations", id], &Method::PUT) => {
            stations::put(csms, id, &request.body()?).await?;
            stations::show(csms, id).await
        }
        (["v1", "stations", id], &Method::DELETE) => stations::forget(csms, id).await,
        (["v1", "stations", id, "call", action], &Method::POST) => {
            stations::call(csms, id, action, request.text()?).await
        }
        (["v1", "stations", id, "disconnect"], &Method::POST) => {
            stations::disconnect(csms, id).await
        }
        (["v1", "stations", id, "meter-values"], &Method::GET) => {
            stations::meter_values(csms, id).await
        }
        (["v1", "stations", id, "messages"], &Method::GET) => stations::messages(csms, id, request),
        (["v1", "tokens"], &Method::GET) => tokens(csms, request),
        (["v1", "tokens", token], &Method::PUT) => {
            put_token(csms, token, &request.body()?).await?;
            Ok(Reply::done())
        }
        (["v1", "tokens", token], &Method::DELETE) => {
            if csms.delete_token(token).await.map_err(unstored)? {
                Ok(Reply::done())
            } else {
                Err(Reply::error(StatusCode::NOT_FOUND, "no such token"))
            }
        }
        (["v1", "transactions"], &Method::GET) => transactions::list(csms, request).await,
        (["v1", "transactions", reference, "meter-values"], &Method::GET) => {
            transactions::meter_values(csms, reference).await
        }
        (["v1", "transactions", reference, "close"], &Method::POST) => {
            transactions::close(csms, reference).await
        }
        (["v1", "reservations"], &Method::GET) => Ok(reservations(csms, request)),
        (
            [
                "v1",
                "health" | "stations" | "tokens" | "transactions" | "reservations",
            ],
            _,
        )
        | (
            ["v1", "stations", _, "messages" | "meter-values"]
            | ["v1", "transactions", _, "meter-values"],
            _,
        ) => Err(Reply::method_not_allowed("GET")),
        (["v1", "stations", _], _) => Err(Reply::method_not_allowed("GET, PUT, DELETE")),
        (["v1", "transactions", _, "close"], _) => Err(Reply::method_not_allowed("POST")),
        (["v1", "stations", _, "call", _] | ["v1", "stations", _, "disconnect"], _) => {
            Err(Reply::method_not_allowed("POST"))
        }
        (["v1", "tokens", _], _) => Err(Reply::method_not_allowed("PUT, DELETE")),
        _ => Err(Reply::not_found()),
    }
}

/// Most things of one answer; those that follow come with `after`.
const MAX_PAGE: usize = 10_000;

/// So many, and those that come after one.
struct Page<'a> {
    after: Option<&'a str>,
    limit: usize,
}

impl<'a> Page<'a> {
    fn of(request: &'a Request) -> Result<Self, Reply> {
        let limit = match filter(request, "limit") {
            None => MAX_PAGE,
            Some(limit) => match limit.parse::<usize>() {
                Ok(limit) if limit > 0 => limit.min(MAX_PAGE),
                _ => return Err(Reply::bad("limit is a number above 0")),
            },
        };
        let after = filter(request, "after");
        Ok(Self { after, limit })
    }

    /// Whether a key is behind the one before the page.
    fn has(&self, key: &str) -> bool {
        self.after.is_none_or(|after| key > after)
    }
}

/// An empty parameter is no parameter.
fn filter<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.query(name).filter(|value| !value.is_empty())
}

/// A number of a path or a query.
fn number<T: FromStr>(text: &str, what: &str) -> Result<T, Reply> {
    text.parse()
        .map_err(|_| Reply::bad(format!("{what} is wanted")))
}

fn unstored(_: StoreError) -> Reply {
    Reply::error(
        StatusCode::INTERNAL_SERVER_ERROR,
        "the state cannot be stored",
    )
}

fn unreadable(error: &StoreError) -> Reply {
    let why = format!("the state cannot be read: {error}");
    Reply::error(StatusCode::INTERNAL_SERVER_ERROR, why)
}

fn not_put(error: PutError) -> Reply {
    match error {
        PutError::Store(error) => unstored(error),
        PutError::Taken(taken) => Reply::conflict(taken),
        PutError::Identity(invalid) => Reply::bad(invalid),
        _ => Reply::error(StatusCode::INSUFFICIENT_STORAGE, Full),
    }
}

async fn health(csms: &Csms) -> Result<Reply, Reply> {
    match csms.health().await {
        Ok(()) => Ok(Reply::ok(&json!({"status": "up"}))),
        Err(_) => {
            let why = "the state cannot be stored";
            Err(Reply::error(StatusCode::SERVICE_UNAVAILABLE, why))
        }
    }
}

async fn put_token(csms: &Csms, token: &str, value: &Token) -> Result<(), Reply> {
    if token.is_empty() || token.len() > MAX_NAME {
        return Err(Reply::bad("a token is 1 to 255 bytes long"));
    }
    csms.put_token(token, value).await.map_err(not_put)
}

fn tokens(csms: &Csms, request: &Request) -> Result<Reply, Reply> {
    let page = Page::of(request)?;
    let after = page.after.unwrap_or_default();
    let shown: std::collections::BTreeMap<String, Token> =
        csms.tokens_after(after, page.limit).into_iter().collect();
    Ok(Reply::ok(&shown))
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

fn reservations(csms: &Csms, request: &Request) -> Reply {
    let station = filter(request, "station");
    let all = csms.reservations().into_iter();
    let wanted =
        all.filter(|reservation| station.is_none_or(|station| reservation.station == station));
    let views: Vec<ReservationView> = wanted
        .map(|reservation| ReservationView {
            id: reservation.id,
            station: reservation.station,
            id_token: reservation.id_token,
            status: reservation.status,
            expiry_date: reservation.expiry_date,
        })
        .collect();
    Reply::ok(&views)
}
