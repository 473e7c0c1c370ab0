//! The operator interface.

mod backup;
mod endpoints;
mod erase;
mod members;
mod openapi;
mod operations;
mod profiles;
mod reservations;
mod stations;
mod tokens;
mod transactions;

use std::str::FromStr;
use std::sync::Arc;

use hyper::{Method, StatusCode};
use ocpp_core::csms::services::Full;
use ocpp_tokio::csms::{Csms, PutError, StoreError};
use schemars::JsonSchema;
use serde::Serialize;

use super::events::{Filter, MAX_READERS};
use super::metrics;
use super::program::Program;
use super::webhooks::HookView;
use crate::http::{self, Path, Reply, Request};

pub(super) async fn answer(csms: Csms, program: Arc<Program>, request: Request) -> Reply {
    let reply = match route(&csms, &program, &request).await {
        Ok(reply) | Err(reply) => reply,
    };
    program.metrics.answered(reply.status.as_u16());
    reply
}

/// What the interface offers, for those who ask at `/`.
fn index() -> Reply {
    let paths: Vec<Path> = endpoints::ALL
        .iter()
        .map(|endpoint| Path::new(endpoint.method, endpoint.path, endpoint.what))
        .collect();
    http::index("ocpp csms", &paths)
}

async fn route(csms: &Csms, program: &Program, request: &Request) -> Result<Reply, Reply> {
    let segments = request.segments();
    let method = &request.method;
    let endpoint = endpoints::find(&segments, method.as_str()).map_err(|allowed| {
        if allowed.is_empty() {
            Reply::not_found()
        } else {
            Reply::method_not_allowed(&allowed)
        }
    })?;
    request.role.wants(endpoint.role)?;
    match (segments.as_slice(), method) {
        ([""], _) => Ok(index()),
        (["metrics"], _) => {
            let text = program.metrics.write(csms, program).await;
            Ok(Reply::text(metrics::CONTENT_TYPE, text))
        }
        (["v1", "openapi.json"], _) => Ok(Reply::ok(&openapi::document())),
        (["v1", "health"], _) => health(csms, program).await,
        (["v1", "events"], _) => events(program, request),
        (["v1", "stations"], _) => stations::list(csms, request).await,
        (["v1", "stations", id], &Method::GET) => stations::show(csms, id).await,
        (["v1", "stations", id], &Method::PUT) => {
            stations::put(csms, id, &request.body()?).await?;
            stations::show(csms, id).await
        }
        (["v1", "stations", id], _) => stations::forget(csms, id).await,
        (["v1", "stations", id, "call", action], _) => {
            let called = stations::call(csms, id, action, request.text()?).await;
            let status = called
                .as_ref()
                .map_or_else(|reply| reply.status, |reply| reply.status);
            program.metrics.operated("Call", status.as_str());
            called
        }
        (["v1", "stations", id, "disconnect"], _) => stations::disconnect(csms, id).await,
        (["v1", "stations", id, "do", operation], _) => {
            operations::carry_out(csms, program, id, operation, request).await
        }
        (["v1", "stations", id, "meter-values"], _) => {
            stations::meter_values(csms, id, request).await
        }
        (["v1", "stations", id, "messages"], _) => stations::messages(csms, id, request).await,
        (["v1", "stations", id, "charging-profiles"], _) => profiles::list(csms, id, request).await,
        (["v1", "stations", id, "charging-profiles", number], _) => {
            profiles::clear(csms, program, id, number).await
        }
        (["v1", "stations", id, "composite"], _) => profiles::composite(csms, id, request).await,
        (["v1", "stations", id, "reservations", number], _) => {
            reservations::cancel(csms, program, id, number).await
        }
        (["v1", "erase"], _) => erase::erase(csms, request.body()?).await,
        (["v1", "tokens"], _) => tokens::list(csms, request),
        (["v1", "tokens", token], &Method::GET) => tokens::show(csms, token),
        (["v1", "tokens", token], &Method::PUT) => tokens::put(csms, token, &request.body()?).await,
        (["v1", "tokens", token], _) => tokens::delete(csms, token).await,
        (["v1", "transactions"], _) => transactions::list(csms, request).await,
        (["v1", "transactions", reference], _) => transactions::show(csms, reference).await,
        (["v1", "transactions", reference, "meter-values"], _) => {
            transactions::meter_values(csms, reference, request).await
        }
        (["v1", "transactions", reference, "close"], _) => {
            transactions::close(csms, reference).await
        }
        (["v1", "drain"], _) => {
            program.drain.notify_one();
            Ok(Reply::done())
        }
        (["v1", "backup"], _) => backup::make(program).await,
        (["v1", "reservations"], _) => reservations::list(csms, request),
        _ => Err(Reply::not_found()),
    }
}

/// Follows what happens.
fn events(program: &Program, request: &Request) -> Result<Reply, Reply> {
    let kinds = filter(request, "kind").unwrap_or_default().split(',');
    let wanted = Filter {
        station: filter(request, "station").map(Into::into),
        kinds: kinds
            .filter(|kind| !kind.is_empty())
            .map(Into::into)
            .collect(),
    };
    let last = request.last_event().or_else(|| filter(request, "after"));
    match program.events.follow(last, wanted) {
        Some(stream) => Ok(Reply::stream("text/event-stream", stream)),
        None => Err(Reply::error(
            StatusCode::SERVICE_UNAVAILABLE,
            format!("{MAX_READERS} clients follow the events already"),
        )),
    }
}

/// How many records that cannot be read are told by name.
const MAX_UNREADABLE: usize = 100;

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
                _ => return Err(Reply::bad_parameter("limit", "limit is a number above 0")),
            },
        };
        let after = filter(request, "after");
        Ok(Self { after, limit })
    }

    /// The page of a list that is counted from 1: `after` is the number of the entry before.
    fn of_list<'b, T>(&self, all: &'b [T]) -> Result<&'b [T], Reply> {
        let after = self.after.unwrap_or("0");
        let after: usize = number(after, "after", "the number of an entry")?;
        let rest = all.get(after..).unwrap_or_default();
        Ok(rest.get(..self.limit).unwrap_or(rest))
    }
}

/// An empty parameter is no parameter.
fn filter<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.query(name).filter(|value| !value.is_empty())
}

/// A number of a path or a query.
fn number<T: FromStr>(text: &str, parameter: &str, what: &str) -> Result<T, Reply> {
    text.parse().map_err(|_| {
        let why = format!("{parameter}: {what} is wanted");
        Reply::bad_parameter(parameter, why)
    })
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
        PutError::Identity(invalid) => Reply::bad_parameter("id", invalid),
        PutError::Unreadable => Reply::conflict(PutError::Unreadable),
        _ => Reply::error(StatusCode::INSUFFICIENT_STORAGE, Full),
    }
}

/// Whether the program is up, what it cannot read, and those whom it tells.
#[derive(Serialize, JsonSchema)]
pub(super) struct HealthView {
    /// `up`.
    status: &'static str,
    /// Records that cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    unreadable: Option<UnreadableView>,
    /// The webhooks. That one is down does not make the program so: bills wait for it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    webhooks: Vec<HookView>,
}

/// Records that cannot be read.
#[derive(Serialize, JsonSchema)]
struct UnreadableView {
    count: usize,
    /// The first of them.
    records: Vec<RecordView>,
}

#[derive(Serialize, JsonSchema)]
struct RecordView {
    table: &'static str,
    key: String,
    reason: String,
}

fn unreadable_records(csms: &Csms) -> Option<UnreadableView> {
    let (named, count) = csms.unreadable();
    let named = named.into_iter().take(MAX_UNREADABLE);
    let records = named.map(|it| RecordView {
        table: it.table.name(),
        key: it.key,
        reason: it.reason,
    });
    (count > 0).then(|| UnreadableView {
        count,
        records: records.collect(),
    })
}

async fn health(csms: &Csms, program: &Program) -> Result<Reply, Reply> {
    if csms.is_draining() {
        let why = "the program ends: it takes no more stations";
        return Err(Reply::error(StatusCode::SERVICE_UNAVAILABLE, why));
    }
    match csms.health().await {
        Ok(()) => Ok(Reply::ok(&HealthView {
            status: "up",
            unreadable: unreadable_records(csms),
            webhooks: program.webhooks.state(),
        })),
        Err(_) => {
            let why = "the state cannot be stored";
            Err(Reply::error(StatusCode::SERVICE_UNAVAILABLE, why))
        }
    }
}
