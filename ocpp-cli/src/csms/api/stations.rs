//! Stations, their messages, and calls to them.

use std::collections::BTreeMap;

use hyper::StatusCode;
use ocpp_core::csms::remote::{Command, CommandError, Outcome};
use ocpp_core::csms::{BootInfo, Connector, Registration};
use ocpp_core::redact;
use ocpp_core::security::SecurityProfile;
use ocpp_core::session::CallFailure;
use ocpp_core::time::DateTime;
use ocpp_tokio::csms::{Csms, Message, StationHandle, StationLink};
use ocpp_types::Version;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;
use serde_json::value::RawValue;

use super::{Page, not_put, unreadable, unstored};
use crate::http::{Reply, Request};

/// A station as the operator sees it: everything but its password.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct StationView {
    id: String,
    connected: bool,
    /// The node that it is connected to; without `connected`, one that had it and does not answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    node: Option<String>,
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
    /// The lowest that it may come with.
    #[schemars(with = "u8")]
    security_profile: SecurityProfile,
}

async fn view(station: &StationHandle, link: &StationLink) -> StationView {
    let version = link.version();
    let node = link.node().map(String::from);
    let id = station.identity().to_owned();
    let look = |station: &ocpp_core::csms::RemoteStation| {
        let (boot, interval) = station.decision();
        let reports = station.progress();
        StationView {
            id,
            connected: version.is_some(),
            node,
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
            security_profile: station.lowest_profile(),
        }
    };
    station.look(look).await
}

pub(super) async fn list(csms: &Csms, request: &Request) -> Result<Reply, Reply> {
    let page = Page::of(request)?;
    let after = page.after.unwrap_or_default();
    let stations = csms.stations_after(after, page.limit).await;
    let stations = stations.map_err(|error| unreadable(&error))?;
    let links = csms.links(&stations).await;
    let mut views = Vec::with_capacity(stations.len());
    for (station, link) in stations.iter().zip(&links) {
        views.push(view(station, link).await);
    }
    Ok(Reply::ok(&views))
}

pub(super) async fn known(csms: &Csms, id: &str) -> Result<StationHandle, Reply> {
    let no_such = || Reply::error(StatusCode::NOT_FOUND, "no such station");
    let found = csms.find_station(id).await;
    found
        .map_err(|error| unreadable(&error))?
        .ok_or_else(no_such)
}

pub(super) async fn show(csms: &Csms, id: &str) -> Result<Reply, Reply> {
    let station = known(csms, id).await?;
    let link = station.link().await;
    Ok(Reply::ok(&view(&station, &link).await))
}

/// The meter values that came outside of transactions.
pub(super) async fn meter_values(csms: &Csms, id: &str, request: &Request) -> Result<Reply, Reply> {
    let page = Page::of(request)?;
    let values = known(csms, id).await?.meter_values_outside().await;
    let values = values.map_err(|error| unreadable(&error))?;
    Ok(Reply::ok(&page.of_list(&values)?))
}

/// Forgets a station and ends its connection; its transactions stay.
pub(super) async fn forget(csms: &Csms, id: &str) -> Result<Reply, Reply> {
    if known(csms, id).await?.forget().await.map_err(unstored)? {
        Ok(Reply::done())
    } else {
        Err(Reply::conflict("a transaction of the station is open"))
    }
}

/// Ends its connection.
pub(super) async fn disconnect(csms: &Csms, id: &str) -> Result<Reply, Reply> {
    let ended = known(csms, id).await?.disconnect().await;
    ended.map_err(|_| Reply::conflict("the station is not connected"))?;
    Ok(Reply::done())
}

/// What is to be changed of a station; what is left out stays.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct StationChange {
    /// What it is told when it boots.
    boot: Option<Registration>,
    /// The heartbeat interval in seconds; `null` for the default.
    #[serde(default, deserialize_with = "given")]
    interval: Option<Option<u32>>,
    /// The password that it has to show; `null` for none.
    #[serde(default, deserialize_with = "given")]
    password: Option<Option<String>>,
    /// The common name of its certificate; `null` for its identity.
    #[serde(default, deserialize_with = "given")]
    serial_number: Option<Option<String>>,
    /// The lowest that it may connect with.
    #[schemars(with = "Option<u8>", range(min = 0, max = 3))]
    security_profile: Option<SecurityProfile>,
}

/// Tells an explicit `null` from an absent member.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

pub(super) async fn put(csms: &Csms, id: &str, change: &StationChange) -> Result<(), Reply> {
    if let Some(Some(password)) = &change.password {
        // A00.FR.205; WP:A00.FR.205.
        ocpp_tokio::Password::authorization_key(password)
            .map_err(|why| Reply::bad_member("/password", why))?;
    }
    let station = csms.put_station(id).await.map_err(not_put)?;
    let mut commands = Vec::new();
    if change.boot.is_some() || change.interval.is_some() {
        // What is left out stays as the node that has the station knows it.
        let read = station.refresh().await;
        read.map_err(|error| unreadable(&error))?;
        let (boot, interval) = station.look(|station| station.decision()).await;
        commands.push(Command::Decide {
            boot: change.boot.unwrap_or(boot),
            interval: change
                .interval
                .map_or(interval, |interval| interval.map(i64::from)),
        });
    }
    commands.extend(change.password.clone().map(Command::Password));
    let serial_number = change.serial_number.clone();
    commands.extend(serial_number.map(|serial_number| Command::Provision { serial_number }));
    commands.extend(change.security_profile.map(Command::LowestProfile));
    for command in commands {
        done(&station.command(command).await)?;
    }
    Ok(())
}

fn not_stored() -> Reply {
    let why = "the state cannot be stored";
    Reply::error(StatusCode::INTERNAL_SERVER_ERROR, why)
}

fn unreadable_record() -> Reply {
    let why = "what is stored of the station cannot be read: DELETE it, and PUT it anew";
    Reply::conflict(why)
}

/// The outcome of a command that the station is not needed for.
pub(super) fn done(outcome: &Result<Outcome, CommandError>) -> Result<(), Reply> {
    match outcome {
        Ok(_) => Ok(()),
        Err(CommandError::NotStored) => Err(not_stored()),
        Err(CommandError::NameTaken) => Err(Reply::conflict("another station has this name")),
        Err(CommandError::Invalid { pointer, reason }) => Err(Reply::bad_member(pointer, reason)),
        Err(CommandError::NoSuchTransaction) => {
            let why = "no such transaction is open";
            Err(Reply::error(StatusCode::NOT_FOUND, why))
        }
        Err(CommandError::Unreadable) => Err(unreadable_record()),
        Err(_) => Err(Reply::conflict("the station cannot be changed now")),
    }
}

/// A request of the operator to a station.
pub(super) async fn call(
    csms: &Csms,
    id: &str,
    action: &str,
    payload: &str,
) -> Result<Reply, Reply> {
    let station = csms.station_called(id);
    match station.call(action, payload).await {
        Ok(response) => {
            // A station must not tell its password (A01.FR.12). If it does, it goes no further.
            let response = redact(&response);
            Ok(Reply::json(format!(r#"{{"result":{response}}}"#)))
        }
        Err(error) => refused(&station, action, error).await,
    }
}

pub(super) async fn refused(
    station: &StationHandle,
    action: &str,
    error: CommandError,
) -> Result<Reply, Reply> {
    Err(match error {
        CommandError::NotConnected => {
            Reply::error(StatusCode::NOT_FOUND, "the station is not connected")
        }
        CommandError::Rejected => {
            Reply::conflict("the station has been rejected: it may not be called")
        }
        CommandError::Pending => Reply::conflict(
            "the station has not been accepted yet: it may not start and stop transactions",
        ),
        CommandError::NotInThisVersion => {
            let version = station.link().await.version();
            let version = version.map_or("this version", Version::as_str);
            let why =
                format!("OCPP {version} has no {action} from a CSMS, or not with what was given");
            Reply::bad_parameter("action", why)
        }
        CommandError::Invalid { pointer, reason } => Reply::bad_member(&pointer, reason),
        CommandError::NotAdmitted {
            requirement,
            field,
            reason,
        } => {
            let why =
                format!("the station would have to refuse it: {field}: {reason} ({requirement})");
            let body =
                json!({"error": why, "requirement": requirement, "field": field, "reason": reason});
            Reply::error_with(StatusCode::CONFLICT, &body)
        }
        CommandError::NoSuchTransaction => {
            Reply::error(StatusCode::NOT_FOUND, "no such transaction is open")
        }
        CommandError::MissingParts(missing) => {
            let all: Vec<String> = missing.iter().map(ToString::to_string).collect();
            let why = format!(
                "the report is incomplete: parts {} are missing",
                all.join(", ")
            );
            Reply::error(StatusCode::BAD_GATEWAY, why)
        }
        CommandError::Incomplete => Reply::error(
            StatusCode::GATEWAY_TIMEOUT,
            "the station accepted, but what it promised did not come in time",
        ),
        CommandError::TooMany => Reply::error(
            StatusCode::SERVICE_UNAVAILABLE,
            "too many calls wait for this station",
        ),
        CommandError::NotStored => not_stored(),
        CommandError::Unreadable => unreadable_record(),
        CommandError::InvalidResponse(why) => Reply::error(
            StatusCode::BAD_GATEWAY,
            format!("the response is not valid: {why}"),
        ),
        CommandError::Call(CallFailure::Refused(refusal)) => {
            // It may have gone since; the codes differ in one letter.
            let version = station.link().await.version().unwrap_or(Version::V2_0_1);
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

/// A message that was seen.
#[derive(Serialize, JsonSchema)]
pub(super) struct MessageView {
    /// Counts the messages of the station.
    seq: u64,
    time: DateTime,
    /// `station` or `csms`.
    from: &'static str,
    /// The frame, or its text if it is none.
    #[schemars(with = "serde_json::Value")]
    frame: Option<Box<RawValue>>,
}

impl MessageView {
    fn new(message: &Message) -> Self {
        let text = message.text.as_str();
        let frame = if message.is_whole() {
            RawValue::from_string(text.into()).or_else(|_| serde_json::value::to_raw_value(text))
        } else {
            let shown = format!("{} bytes: {text}…", message.length);
            serde_json::value::to_raw_value(&shown)
        };
        Self {
            seq: message.number,
            time: message.time,
            from: if message.from_station {
                "station"
            } else {
                "csms"
            },
            frame: frame.ok(),
        }
    }
}

pub(super) async fn messages(csms: &Csms, id: &str, request: &Request) -> Result<Reply, Reply> {
    let since = request.query("since").unwrap_or_default();
    let wanted: Box<dyn Fn(&Message) -> bool + Send + Sync> = match (since.parse(), since.parse()) {
        _ if since.is_empty() => Box::new(|_| true),
        (Ok(number), _) => Box::new(move |message| message.number > number),
        (_, Ok(moment)) => Box::new(move |message| message.time >= moment),
        _ => {
            let why = "since is the number of a message, or a date and time";
            return Err(Reply::bad_parameter("since", why));
        }
    };
    let page = Page::of(request)?;
    let messages = known(csms, id).await?.messages();
    let shown = messages.iter().filter(|message| wanted(message));
    let shown = shown.take(page.limit);
    Ok(Reply::ok(&shown.map(MessageView::new).collect::<Vec<_>>()))
}
