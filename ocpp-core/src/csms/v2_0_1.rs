//! The messages of 2.0.1.

#[path = "v2_common.rs"]
#[allow(clippy::duplicate_mod)] // Once with the types of each version.
mod common;

use ocpp_types::DateTime;
use ocpp_types::v2_0_1 as types;

use super::{Csms, Refusal};

pub(super) use common::called;

pub(super) fn handle(
    csms: &mut Csms,
    now: DateTime,
    station: &str,
    request: &types::AnyRequest,
) -> Result<types::AnyResponse, Refusal> {
    let response = common::handle(csms, now, station, request);
    response.ok_or_else(|| common::not_from_a_station(request))
}
