//! The logic of OCPP 2.0.1, by the functional blocks of its specification.

mod attention;
mod authorization;
mod availability;
mod cable;
mod calls;
mod certificates;
mod customer;
mod data_transfer;
mod events;
mod firmware;
mod guesses;
mod local_list;
mod lock_failure;
mod meter_values;
mod model;
mod network;
mod per_evse;
mod points;
mod registration;
mod report;
mod reset;
mod sessions;
mod settings;
mod signatures;
mod smart_charging;
mod token;
mod transactions;
mod upload;
mod variables;
mod wire;
mod wiring;

use super::common::certificates::Certificates;
use super::common::customer::Customers;
use super::common::data_transfer::Transfers;
use super::common::firmware::{Firmware, Rules};
use super::common::network_profiles::NetworkProfiles;
use super::common::security_events::SecurityEvents;
use super::common::upload::Upload;
use super::context::Context;
use super::profiles::Profiles;
use super::record::Records;
use super::transaction::Transaction;
use super::vocabulary::EvseId;

pub(crate) use model::variables;

use attention::Attention;
use authorization::Authorizations;
use availability::Availability;
use cable::Cables;
use calls::Calls;
use meter_values::Metering;
use per_evse::{connectors_of, evse_of, index_of};
use registration::Registration;
use report::Reports;
use reset::Resets;
use sessions::Sessions;
use settings::Settings;
use signatures::Signatures;
use transactions::{Details, EvseTransactions};
use variables::Values;

/// The blocks of a station that speaks 2.0.1. Each owns its state; [`wiring`] is where one hears of another.
#[derive(Debug)]
pub(crate) struct ChargingStation {
    registration: Registration,
    availability: Availability,
    authorizations: Authorizations,
    cables: Cables,
    sessions: Sessions,
    transactions: EvseTransactions,
    metering: Metering,
    signatures: Signatures,
    attention: Attention,
    resets: Resets,
    profiles: Profiles,
    certificates: Certificates,
    events: SecurityEvents,
    networks: NetworkProfiles,
    reports: Reports,
    settings: Settings,
    customers: Customers,
    transfers: Transfers,
    firmware: Firmware,
    upload: Upload,
    calls: Calls,
}

impl ChargingStation {
    pub(crate) fn restore(core: &mut Context, records: &Records) -> Self {
        let evses = core.config.evses.len();
        let mut this = Self {
            registration: Registration::restore(records),
            transactions: EvseTransactions::restore(core, records),
            profiles: smart_charging::restore(core, records),
            certificates: certificates::restore(core, records),
            networks: NetworkProfiles::restore(core, records),
            customers: Customers::restore(records),
            firmware: Firmware::restore(Rules::V2, records),
            upload: Upload::restore(records),
            availability: Availability::restore(core, records),
            cables: Cables::restore(core, records),
            resets: Resets::restore(core, records),
            authorizations: Authorizations::new(evses),
            sessions: Sessions::new(evses),
            metering: Metering::new(evses),
            signatures: Signatures::new(evses),
            attention: Attention::new(evses),
            events: SecurityEvents::default(),
            reports: Reports::default(),
            settings: Settings::default(),
            transfers: Transfers::default(),
            calls: Calls::default(),
        };
        variables::follow_back_off(core);
        this.transactions.mend(core);
        customer::clear(&this.customers, core);
        this
    }

    /// The number of EVSEs.
    const fn evses(&self) -> usize {
        self.transactions.evses()
    }

    /// The index of an EVSE.
    fn index_of(&self, evse: EvseId) -> Option<usize> {
        index_of(self.evses(), evse)
    }

    /// The index of an EVSE with a number of the wire.
    fn evse_number(&self, evse: i64) -> Option<usize> {
        self.index_of(EvseId::try_from(evse).ok()?)
    }

    /// The transaction that runs at an EVSE.
    fn running(&self, index: usize) -> Option<&Transaction<Details>> {
        self.transactions.running(Some(index))
    }

    /// Whether somebody may charge at an EVSE.
    fn is_authorized(&self, index: usize) -> bool {
        self.authorizations.granted(Some(index)).is_some()
    }

    /// Whether a fault prevents charging.
    fn faulted(&self, core: &Context, index: usize) -> bool {
        core.hardware.station_faulted()
            || self.cables.lock_failed(index).is_some()
            || connectors_of(core, evse_of(index)).any(|at| {
                let connector = core.hardware.get(at);
                connector.is_some_and(super::hardware::Connector::faulted)
            })
    }

    /// What the values of variables are found in that nobody has stored.
    const fn values(&self) -> Values<'_> {
        Values {
            certificates: &self.certificates,
            profiles: &self.profiles,
            availability: &self.availability,
            cables: &self.cables,
            transactions: &self.transactions,
        }
    }

    /// The reports under way, with what they are made of.
    const fn reporting(&mut self) -> (&mut Reports, &mut Calls, Values<'_>) {
        let values = Values {
            certificates: &self.certificates,
            profiles: &self.profiles,
            availability: &self.availability,
            cables: &self.cables,
            transactions: &self.transactions,
        };
        (&mut self.reports, &mut self.calls, values)
    }
}

/// A reason code with an explanation.
fn info(code: &str, text: &str) -> wire::StatusInfo {
    let code = ocpp_types::BoundedString::truncated(code);
    let mut info = wire::StatusInfo::new(code);
    if !text.is_empty() {
        info.additional_info = Some(ocpp_types::BoundedString::truncated(text));
    }
    info
}
