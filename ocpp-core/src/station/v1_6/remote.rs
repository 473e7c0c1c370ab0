//! RemoteStartTransaction, RemoteStopTransaction (1.6 sections 5.11, 5.12).

use alloc::boxed::Box;

use ocpp_types::v1_6::{
    ChargingProfilePurpose, Reason, RemoteStartStopStatus, RemoteStartTransactionRequest,
    RemoteStartTransactionResponse, RemoteStopTransactionRequest, RemoteStopTransactionResponse,
};

use super::authorization::{Auth, Goal};
use super::{ChargePoint, smart_charging};
use crate::session::CallToken;
use crate::station::authorization::Authorizing as _;
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::station::vocabulary::{Authorization, AuthorizationStatus, Token};

impl ChargePoint {
    pub(super) fn remote_start(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: RemoteStartTransactionRequest,
    ) {
        let token = Token::new(&request.id_tag);
        let place = self.place_for_remote(core, &request, &token);
        let status = match place {
            Some(_) => RemoteStartStopStatus::Accepted,
            None => RemoteStartStopStatus::Rejected,
        };
        core.answer(call, &RemoteStartTransactionResponse::new(status));
        let Some(place) = place else {
            return;
        };
        let mut auth = Auth::asking(token.clone());
        let profile = request.charging_profile;
        let profile = profile.filter(|_| core.config.features.smart_charging);
        auth.details.profile = profile.map(Box::new);
        self.set_auth(Some(place), Some(auth));
        let goal = Goal::Start(Some(place));
        if core.variables.bool(Standard::AuthorizeRemote) || self.needs_group(place, &token) {
            self.ask(core, token, goal, false);
        } else {
            let accepted = Authorization::new(AuthorizationStatus::Accepted);
            self.settle_goal(core, token, goal, &accepted);
        }
    }

    /// The connector for a remote start; `None` to reject it.
    fn place_for_remote(
        &self,
        core: &Context,
        request: &RemoteStartTransactionRequest,
        token: &Token,
    ) -> Option<usize> {
        if !self.boot.accepted() || !self.may_start(core) {
            return None;
        }
        // Without smart charging the profile is ignored (5.11).
        let profile = request.charging_profile.as_ref();
        if let Some(profile) = profile.filter(|_| core.config.features.smart_charging) {
            // 5.16.2 with erratum 3.41.
            let fits = profile.charging_profile_purpose == ChargingProfilePurpose::TxProfile
                && profile.transaction_id.is_none()
                && smart_charging::is_acceptable(
                    &self.profiles,
                    core,
                    request.connector_id,
                    profile,
                );
            if !fits {
                return None;
            }
        }
        let usable = |number: &usize| *number > 0 && self.is_vacant(core, *number, token);
        if let Some(id) = request.connector_id {
            return self.connectors.by_id(id).filter(usable);
        }
        // The CSMS leaves the choice to the station: a connector with a car first.
        let unplugged = |number: &usize| !self.connectors.is_plugged(core, *number);
        self.connectors
            .numbers()
            .filter(usable)
            .min_by_key(unplugged)
    }

    pub(super) fn remote_stop(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &RemoteStopTransactionRequest,
    ) {
        let running = self
            .boot
            .accepted()
            .then(|| self.running_with_id(request.transaction_id));
        let running = running.flatten();
        let status = match running {
            Some(_) => RemoteStartStopStatus::Accepted,
            None => RemoteStartStopStatus::Rejected,
        };
        core.answer(call, &RemoteStopTransactionResponse::new(status));
        if let Some(transaction) = running {
            self.stop(core, transaction, Reason::Remote, None);
        }
    }
}
