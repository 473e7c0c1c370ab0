//! Figures for Prometheus, in the text of OpenMetrics. `prometheus-client` is the crate of the Prometheus project itself; it
//! knows how values, labels and names are to be written.

use std::sync::atomic::AtomicU64;

use ocpp_core::csms::TokenStatus;
use ocpp_core::csms::remote::StationEvent;
use ocpp_tokio::csms::Csms;
use ocpp_types::Version;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};
use rust_decimal::prelude::ToPrimitive as _;

use super::events::kind;
use super::program::Program;
use super::webhooks::HookView;

/// The content type of what [`Metrics::write`] gives.
pub(super) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

type Label = [(&'static str, &'static str); 1];
type Labels = [(&'static str, String); 2];

/// All figures.
#[derive(Default)]
pub(super) struct Metrics {
    registry: Registry,
    known: Gauge,
    connected: Family<Label, Gauge>,
    readers: Gauge,
    store: Gauge,
    unreadable: Gauge,
    events: Family<Label, Counter>,
    messages: Family<Label, Counter>,
    authorizations: Family<[(&'static str, String); 1], Counter>,
    rejections: Counter,
    operations: Family<Labels, Counter>,
    requests: Family<[(&'static str, String); 1], Counter>,
    energy: Counter<f64, AtomicU64>,
    hooks: Hooks,
}

/// Figures of webhooks, by their name.
#[derive(Default)]
struct Hooks {
    up: Family<Name, Gauge>,
    waiting: Family<Name, Gauge>,
    delivered: Family<Name, Counter>,
    failed: Family<Name, Counter>,
    missed: Family<Name, Counter>,
}

type Name = [(&'static str, String); 1];

impl Hooks {
    fn register(&self, registry: &mut Registry) {
        let help = "Whether the last delivery of a webhook was taken";
        registry.register("ocpp_webhook_up", help, self.up.clone());
        let help = "Events that wait for a webhook";
        registry.register("ocpp_webhook_waiting", help, self.waiting.clone());
        let help = "Deliveries that a webhook has taken";
        registry.register("ocpp_webhook_deliveries", help, self.delivered.clone());
        let help = "Attempts to deliver that failed";
        registry.register("ocpp_webhook_failures", help, self.failed.clone());
        let help = "Events that a webhook was never told";
        registry.register("ocpp_webhook_missed", help, self.missed.clone());
    }

    fn set(&self, hooks: Vec<HookView>) {
        for hook in hooks {
            let name = [("webhook", hook.name)];
            let whole = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
            self.up.get_or_create(&name).set(hook.up.into());
            self.waiting.get_or_create(&name).set(whole(hook.waiting));
            // They are counted elsewhere, and never less than here.
            let raise = |family: &Family<Name, Counter>, count: u64| {
                let counter = family.get_or_create(&name);
                counter.inc_by(count.saturating_sub(counter.get()));
            };
            raise(&self.delivered, hook.delivered);
            raise(&self.failed, hook.failed);
            raise(&self.missed, hook.missed);
        }
    }
}

impl Metrics {
    pub(super) fn new() -> Self {
        let mut all = Self::default();
        let Self {
            registry,
            known,
            connected,
            readers,
            store,
            unreadable,
            events,
            messages,
            authorizations,
            rejections,
            operations,
            requests,
            energy,
            hooks,
        } = &mut all;
        hooks.register(registry);
        let known = known.clone();
        registry.register("ocpp_stations_known", "Stations known or connected", known);
        let connected = connected.clone();
        let help = "Stations connected, by the version of OCPP";
        registry.register("ocpp_stations_connected", help, connected);
        let help = "Whether the state can be stored";
        registry.register("ocpp_store_up", help, store.clone());
        let help = "Records that cannot be read";
        registry.register("ocpp_unreadable_records", help, unreadable.clone());
        let help = "Clients that follow the events";
        registry.register("ocpp_event_readers", help, readers.clone());
        let help = "What has happened at stations, by kind";
        registry.register("ocpp_station_events", help, events.clone());
        let help = "Messages, by who sent them";
        registry.register("ocpp_messages", help, messages.clone());
        let help = "What was said about tokens";
        registry.register("ocpp_authorizations", help, authorizations.clone());
        let help = "Stations that were not let in";
        registry.register("ocpp_rejections", help, rejections.clone());
        let help = "Operations of the operator, and what came of them";
        registry.register("ocpp_operations", help, operations.clone());
        let help = "Requests to the operator interface, by status";
        registry.register("ocpp_api_requests", help, requests.clone());
        let help = "Energy of ended transactions";
        let unit = Unit::Other("watthours".into());
        registry.register_with_unit("ocpp_energy_delivered", help, unit, energy.clone());
        all
    }

    pub(super) fn happened(&self, event: &StationEvent) {
        self.events.get_or_create(&[("kind", kind(event))]).inc();
        if let StationEvent::TransactionEnded(bill) = event
            && let Some(energy) = bill.energy_wh.and_then(|energy| energy.0.to_f64())
            && energy > 0.0
        {
            self.energy.inc_by(energy);
        }
    }

    pub(super) fn message(&self, from_station: bool) {
        let from = if from_station { "station" } else { "csms" };
        self.messages.get_or_create(&[("from", from)]).inc();
    }

    pub(super) fn authorized(&self, status: TokenStatus) {
        let label = [("status", format!("{status:?}"))];
        self.authorizations.get_or_create(&label).inc();
    }

    pub(super) fn rejected(&self) {
        self.rejections.inc();
    }

    pub(super) fn operated(&self, operation: &str, outcome: &str) {
        let labels = [("operation", operation.into()), ("outcome", outcome.into())];
        self.operations.get_or_create(&labels).inc();
    }

    pub(super) fn answered(&self, status: u16) {
        let label = [("status", status.to_string())];
        self.requests.get_or_create(&label).inc();
    }

    /// All of them now.
    pub(super) async fn write(&self, csms: &Csms, program: &Program) -> String {
        let stations = csms.stations();
        let whole = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        self.known.set(whole(stations.len()));
        for version in [Version::V1_6, Version::V2_0_1, Version::V2_1] {
            let connected = stations
                .iter()
                .filter(|station| station.version() == Some(version));
            let label = [("version", version.as_str())];
            let gauge = self.connected.get_or_create(&label);
            gauge.set(whole(connected.count()));
        }
        self.readers.set(whole(program.events.readers()));
        self.store.set(csms.health().await.is_ok().into());
        self.unreadable.set(whole(csms.unreadable().1));
        self.hooks.set(program.webhooks.state());
        let mut text = String::new();
        // A string takes everything.
        let _ = encode(&mut text, &self.registry);
        text
    }
}
