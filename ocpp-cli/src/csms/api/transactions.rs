//! Transactions, running and ended.

use hyper::StatusCode;
use ocpp_core::csms::TransactionId;
use ocpp_core::csms::ledger::{IdToken, Transaction, Warning};
use ocpp_core::csms::remote::Command;
use ocpp_core::time::DateTime;
use ocpp_tokio::csms::{Csms, StoredTransaction, TransactionFilter};
use ocpp_types::Decimal;
use schemars::JsonSchema;
use serde::Serialize;

use super::stations::done;
use super::{Page, filter, number, unreadable};
use crate::csms::events::HIDDEN;
use crate::http::{Reply, Request};

/// A transaction. Registers are in Wh.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct TransactionView {
    /// Its number among all of the CSMS.
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
    #[schemars(default)]
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
            id_token: transaction.id_token.map(shown).unwrap_or_default(),
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

/// C04.FR.04: key codes are told to nobody.
fn shown(token: IdToken) -> String {
    match token.kind.as_deref() {
        Some("KeyCode") => HIDDEN.into(),
        _ => token.id_token,
    }
}

pub(super) async fn list(csms: &Csms, request: &Request) -> Result<Reply, Reply> {
    let active = match filter(request, "active") {
        None => None,
        Some("true") => Some(true),
        Some("false") => Some(false),
        Some(_) => return Err(Reply::bad_parameter("active", "active is true or false")),
    };
    let page = Page::of(request)?;
    let after = page
        .after
        .map(|after| number(after, "after", "the number of a transaction"));
    // `after=0` is before all of them.
    let after = after.transpose()?.filter(|after: &u64| *after != 0);
    let mut wanted = TransactionFilter::default();
    wanted.station = filter(request, "station").map(Into::into);
    wanted.id_token = filter(request, "idToken").map(Into::into);
    wanted.from = moment(request, "from")?;
    wanted.to = moment(request, "to")?;
    wanted.open = active;
    if let Some(after) = after {
        stored(csms, &after.to_string()).await?;
    }
    let found = csms.find_transactions(&wanted, after, page.limit).await;
    let found = found.map_err(|error| unreadable(&error))?;
    let views = found.transactions.into_iter();
    let views = views.map(|found| TransactionView::new(&found.station, found.transaction));
    let reply = Reply::ok(&views.collect::<Vec<_>>());
    Ok(match found.next {
        Some(next) => reply.with_next(request, &next.to_string()),
        None => reply,
    })
}

/// A date and time of the query.
fn moment(request: &Request, name: &str) -> Result<Option<DateTime>, Reply> {
    let text = filter(request, name);
    let moment = text.map(|text| {
        let bad = |_| {
            let why = format!("{name} is a date and time (RFC 3339)");
            Reply::bad_parameter(name, why)
        };
        text.parse::<DateTime>().map_err(bad)
    });
    moment.transpose()
}

async fn stored(csms: &Csms, reference: &str) -> Result<StoredTransaction, Reply> {
    let reference = number(reference, "ref", "the number of a transaction")?;
    let found = csms.transaction(reference).await;
    let found = found.map_err(|error| unreadable(&error))?;
    found.ok_or_else(|| Reply::error(StatusCode::NOT_FOUND, "no such transaction"))
}

pub(super) async fn show(csms: &Csms, reference: &str) -> Result<Reply, Reply> {
    let found = stored(csms, reference).await?;
    Ok(Reply::ok(&TransactionView::new(
        &found.station,
        found.transaction,
    )))
}

pub(super) async fn meter_values(
    csms: &Csms,
    reference: &str,
    request: &Request,
) -> Result<Reply, Reply> {
    let page = Page::of(request)?;
    let found = stored(csms, reference).await?;
    let reference = found.transaction.reference;
    let samples = csms.meter_values(&found.station, reference).await;
    let samples = samples.map_err(|error| unreadable(&error))?;
    Ok(Reply::ok(&page.of_list(&samples)?))
}

/// Ends a transaction whose end is lost.
pub(super) async fn close(csms: &Csms, reference: &str) -> Result<Reply, Reply> {
    let found = stored(csms, reference).await?;
    let station = csms.station_called(&found.station);
    let command = Command::CloseTransaction(found.transaction.reference);
    done(&station.command(command).await)?;
    Ok(Reply::done())
}
