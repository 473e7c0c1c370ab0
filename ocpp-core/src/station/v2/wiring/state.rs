//! A look inside.

use super::super::transactions::Details;
use super::super::{ChargingStation, availability};
use crate::station::context::Context;
use crate::station::state::ConnectorState;
use crate::station::transaction::Transaction;
use crate::station::vocabulary::ConnectorId;

impl ChargingStation {
    pub(super) fn connector_state(
        &self,
        core: &Context,
        index: usize,
        which: usize,
        at: ConnectorId,
    ) -> ConnectorState {
        let here = |t: &&Transaction<Details>| t.at == Some(at);
        let transaction = self.running(index).filter(here);
        let auth = self.authorizations.granted(Some(index));
        let owner = transaction.map(|t| &t.token).filter(|t| !t.id.is_empty());
        let token = owner.or(auth.map(|auth| &auth.token));
        let energy = transaction.and_then(|t| {
            let last = core.meters.last(at.evse).energy_wh().or(t.meter_last)?;
            Some(last.0.checked_sub(t.meter_start?.0)?.into())
        });
        let cable = core.hardware.get(at);
        ConnectorState {
            at,
            status: availability::name(&self.status_of(core, index, which)),
            cable: cable.map_or_else(Default::default, |connector| connector.cable),
            authorized: auth.is_some(),
            transaction_id: transaction.map(|t| t.details.id.clone()),
            transaction: transaction.map(|t| t.state(Some(t.details.id.clone()))),
            token: token.cloned(),
            energy_wh: energy,
        }
    }
}
