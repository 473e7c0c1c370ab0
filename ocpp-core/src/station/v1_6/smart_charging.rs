//! Charging profiles (1.6 sections 3.13 and 5.16).

use alloc::boxed::Box;

use ocpp_types::v1_6::ChargingProfile;

use super::ChargePoint;
use crate::station::context::Context;

impl ChargePoint {
    pub(super) fn profile_acceptable(
        &self,
        _core: &Context,
        _connector: Option<i64>,
        _profile: &ChargingProfile,
    ) -> bool {
        false
    }

    pub(super) fn profile_for_start(
        &mut self,
        _core: &mut Context,
        _number: usize,
        _transaction: u64,
        _profile: Option<Box<ChargingProfile>>,
    ) {
    }

    pub(super) fn transaction_has_id(&mut self, _core: &mut Context, _number: u64, _id: i64) {}

    pub(super) fn transaction_over(&mut self, _core: &mut Context, _number: u64) {}
}
