//! What the program decides and tells: certificates, and the log.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use ocpp_core::csms::ledger::Bill;
use ocpp_core::csms::remote::{Authorize, RemoteStation, SigningRequest, StationEvent, TokenInfo};
use ocpp_tokio::csms::{
    Application, Decision, FileStore, Forgotten, StoreError, Taken, TurnedAway, UnreadableRecord,
};
use ocpp_tokio::server::Rejection;
use ocpp_tokio::{ConnectionInfo, End};
use rust_decimal::Decimal;
use tokio::sync::Notify;
use tracing::{error, info, warn};

use super::authority::Authority;
use super::events::Events;
use super::metrics::Metrics;
use super::news::News;
use super::webhooks::Webhooks;

/// See the [module documentation](self).
pub(super) struct Program {
    authority: Option<Arc<Authority>>,
    /// Signs what stations show to vehicles.
    vehicles: Option<Authority>,
    /// What a kWh costs.
    price: Option<Decimal>,
    /// The operator wants the program to end in order.
    pub(super) drain: Notify,
    /// The file of the state, if it is one.
    pub(super) file: OnceLock<Arc<FileStore>>,
    pub(super) news: News,
    pub(super) events: Events,
    pub(super) metrics: Metrics,
    pub(super) webhooks: Webhooks,
}

impl Program {
    pub(super) fn new(
        authority: Option<Arc<Authority>>,
        vehicles: Option<Authority>,
        price: Option<Decimal>,
        webhooks: Webhooks,
    ) -> Self {
        Self {
            authority,
            vehicles,
            price,
            drain: Notify::new(),
            file: OnceLock::new(),
            news: News::default(),
            events: Events::default(),
            metrics: Metrics::new(),
            webhooks,
        }
    }
}

impl Application for Program {
    async fn sign(&self, station: &str, request: &SigningRequest) -> Decision<String> {
        let names: Vec<&str> = request.names.iter().map(String::as_str).collect();
        let signed = match (request.v2g, &self.authority, &self.vehicles) {
            (false, Some(authority), _) => authority.sign(&request.csr, &names),
            // Only stations that the operator has put have names. Vehicles have a root of their own.
            (true, _, Some(authority)) if !names.is_empty() => {
                authority.sign_for_vehicles(&request.csr)
            }
            _ => return Decision::Default,
        };
        match signed {
            Ok(chain) => Decision::Is(chain),
            Err(why) => {
                warn!("{station}: no certificate: {why}");
                Decision::Default
            }
        }
    }

    async fn cost(&self, _: &str, bill: &Bill) -> Decision<ocpp_types::Decimal> {
        let wh = bill.energy_wh.map(|wh| *wh);
        let cost = self.price.zip(wh).and_then(|(price, wh)| {
            let kwh = wh.checked_div(Decimal::ONE_THOUSAND)?;
            price.checked_mul(kwh)
        });
        match cost {
            Some(cost) => Decision::Is(cost.normalize().into()),
            None => Decision::Default,
        }
    }

    fn event(&self, station: &RemoteStation, event: &StationEvent) {
        self.news.heard(station.identity(), station, event);
        self.metrics.happened(event);
        let event = self.events.happened(station.identity(), event);
        self.webhooks.happened(&event);
    }

    async fn bill(&self, station: &str, bill: &Bill) -> Taken {
        match self.webhooks.bill(station, bill).await {
            true => Taken::Yes,
            false => Taken::Later,
        }
    }

    fn authorized(&self, station: &str, asked: &Authorize, info: &TokenInfo, known: bool) {
        self.metrics.authorized(info.status);
        self.news
            .decided(station, &asked.id_token, info.status, known);
    }

    fn connected(&self, connection: &ConnectionInfo) {
        let (id, version) = (&*connection.identity, connection.version);
        let from = connection.remote;
        let from = from.map_or_else(String::new, |remote| format!(" from {remote}"));
        info!("{id}: connected{from}, OCPP {version}");
    }

    fn disconnected(&self, connection: &ConnectionInfo, end: &End) {
        info!("{}: disconnected: {end}", &*connection.identity);
    }

    fn rejected(&self, remote: Option<SocketAddr>, rejection: &Rejection) {
        self.metrics.rejected();
        self.news.rejected(remote, rejection);
    }

    fn turned_away(&self, station: &str, why: &TurnedAway) {
        self.metrics.rejected();
        self.news.turned_away(station, why);
    }

    fn message(&self, station: &str, from_station: bool, text: &str) {
        self.metrics.message(from_station);
        News::message(station, from_station, text);
    }

    fn store_failed(&self, error: Option<&StoreError>) {
        match error {
            Some(why) => error!("the state cannot be written, so nothing is acknowledged: {why}"),
            None => info!("the state can be written again"),
        }
    }

    fn unreadable(&self, record: &UnreadableRecord) {
        let UnreadableRecord {
            table, key, reason, ..
        } = record;
        let table = table.name();
        error!("record {key:?} of {table} cannot be read and is set aside: {reason}");
    }

    fn forget(&self, what: &Forgotten) {
        match what {
            Forgotten::Before(before) => self.events.forget_before(*before),
            Forgotten::Tokens { pseudonym, .. } => self.events.erase(what, pseudonym),
            _ => {}
        }
    }
}
