//! The station of 1.6: its blocks, and what one of them has to do when another one has found something out.

mod authorizing;
mod behaviour;
mod charging;
mod configuring;
mod connecting;
mod jobs;
mod requests;
mod restart;
mod samples;
mod statuses;
#[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
mod switch;
mod triggered;

use super::authorization::Authorizations;
use super::availability::Availability;
use super::cables::Cables;
use super::calls::Calls;
use super::connectors::Connectors;
use super::known_tokens::KnownTokens;
use super::meter_values::Sampling;
use super::reservation::Reservations;
use super::shutdown::Shutdown;
use super::status::Statuses;
use super::transaction::ChargingTransactions;
use super::{certificates, link, smart_charging};
use crate::station::common::certificates::Certificates;
use crate::station::common::data_transfer::Transfers;
use crate::station::common::firmware::{Firmware, Rules};
use crate::station::common::network::ProfileTrial;
#[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
use crate::station::common::network_profiles::NetworkProfiles;
use crate::station::common::security_events::SecurityEvents;
use crate::station::common::upload::Upload;
use crate::station::context::Context;
use crate::station::profiles::Profiles;
use crate::station::record::Records;
use crate::station::registration::Registering;

/// See the [module documentation](self).
#[derive(Debug)]
pub(crate) struct ChargePoint {
    connectors: Connectors,
    calls: Calls,
    registration: Registering,
    availability: Availability,
    statuses: Statuses,
    tokens: KnownTokens,
    authorizations: Authorizations,
    cables: Cables,
    reservations: Reservations,
    transactions: ChargingTransactions,
    sampling: Sampling,
    shutdown: Shutdown,
    profiles: Profiles,
    certificates: Certificates,
    profile_trial: ProfileTrial,
    #[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
    networks: Option<NetworkProfiles>,
    events: SecurityEvents,
    firmware: Firmware,
    upload: Upload,
    transfers: Transfers,
}

impl ChargePoint {
    pub(crate) fn restore(core: &mut Context, records: &Records) -> Self {
        let connectors = Connectors::of(&core.config);
        let mut transactions = ChargingTransactions::restore(core, &connectors, records);
        let profiles = smart_charging::restore(core, records);
        let certificates = certificates::restore(core, records);
        let mut profile_trial = ProfileTrial::restore(core, records);
        #[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
        let networks = switch::networks(core, records);
        let availability = Availability::restore(core, &connectors, records);
        let has = link::prerequisites(core, &certificates);
        profile_trial.salvage(core, records, has);
        transactions.mend(core, &connectors);
        Self {
            calls: Calls::default(),
            registration: Registering::restore(records),
            availability,
            statuses: Statuses::new(&connectors, core.instant()),
            tokens: KnownTokens::default(),
            authorizations: Authorizations::new(&connectors),
            cables: Cables::restore(&connectors, records),
            reservations: Reservations::restore(records),
            transactions,
            sampling: Sampling::new(&connectors),
            shutdown: Shutdown::default(),
            profiles,
            certificates,
            profile_trial,
            #[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
            networks,
            events: SecurityEvents::default(),
            firmware: Firmware::restore(Rules::V1_6, records),
            upload: Upload::restore(records),
            transfers: Transfers::default(),
            connectors,
        }
    }
}
