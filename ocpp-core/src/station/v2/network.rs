//! How the station connects: SetNetworkProfile (B09), the order of the slots (B10), the security profile (A05).

use alloc::string::String;

use ocpp_types::Version;

use super::info;
use super::wire::{
    Apn as WireApn, NetworkConnectionProfile, OcppTransport, OcppVersion, SetNetworkProfileRequest,
    SetNetworkProfileResponse, SetNetworkProfileStatus, StatusInfo, Vpn as WireVpn,
};
use crate::security::Prerequisites;
use crate::session::CallToken;
use crate::station::common::certificates::Certificates;
use crate::station::common::network;
use crate::station::common::network_profiles::{NetworkProfiles, Refused};
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::station::network::{Apn, NetworkProfile, Vpn};

/// The reason code for what is wrong with a profile (errata 2025-09 2.11).
const INVALID: &str = "InvalidNetworkConf";

/// Why something is refused, for the CSMS.
fn reason(refused: Refused) -> StatusInfo {
    match refused {
        Refused::Slot => info("InvalidConfSlot", ""),
        Refused::Downgrade => info("NoSecurityDowngrade", ""),
        Refused::Invalid(why) => info(INVALID, why),
    }
}

/// Accepted when it is stored (B09.FR.01), rejected with a reason (B09.FR.02, B09.FR.04, B09.FR.05), failed if it cannot
/// be stored (B09.FR.03).
pub(super) fn set_profile(
    networks: &mut NetworkProfiles,
    core: &mut Context,
    call: CallToken,
    request: &SetNetworkProfileRequest,
    has: Prerequisites,
) {
    let slot = u32::try_from(request.configuration_slot).ok();
    let checked = from_wire(&request.connection_data).and_then(|profile| {
        let slot = networks.check_profile(core, slot, &profile, has)?;
        Ok((slot, profile))
    });
    let response = match checked {
        Err(refused) => {
            let mut response = SetNetworkProfileResponse::new(SetNetworkProfileStatus::Rejected);
            response.status_info = Some(reason(refused));
            response
        }
        Ok(_) if core.storage_fails() => {
            SetNetworkProfileResponse::new(SetNetworkProfileStatus::Failed)
        }
        Ok((slot, profile)) => {
            networks.set(core, slot, profile);
            SetNetworkProfileResponse::new(SetNetworkProfileStatus::Accepted)
        }
    };
    core.answer(call, &response);
}

/// Why a variable about the network cannot have a value, beyond its form.
pub(super) fn refusal(
    networks: &NetworkProfiles,
    has: Prerequisites,
    core: &Context,
    variable: Option<Standard>,
    value: &str,
) -> Option<StatusInfo> {
    if variable != Some(Standard::NetworkPriority) {
        return None;
    }
    networks.check_priority(core, value, has).err().map(reason)
}

/// What higher security profiles need.
pub(super) fn prerequisites(certificates: &Certificates, core: &Context) -> Prerequisites {
    let password = !core.variables.text(Standard::Password).is_empty();
    certificates.prerequisites(core, password)
}

/// The connection is about to be opened: says how.
pub(super) fn prepare_connection(
    networks: &mut NetworkProfiles,
    certificates: &Certificates,
    core: &mut Context,
) {
    networks.connecting(core);
    let profile = core.connection.security_profile;
    let roots = certificates.csms_roots(networks.migrates());
    let own = certificates.client_certificate(core);
    network::secure(core, profile, roots, own);
}

/// The profile in words of no version.
fn from_wire(wire: &NetworkConnectionProfile) -> Result<NetworkProfile, Refused> {
    if wire.ocpp_transport != OcppTransport::Json {
        return Err(Refused::Invalid("only JSON is spoken"));
    }
    // The subprotocol of 2.0.1 has this name here (part 2 section 3.62).
    let version = match wire.ocpp_version {
        OcppVersion::Ocpp20 => Version::V2_0_1,
        OcppVersion::Ocpp16 => Version::V1_6,
        _ => return Err(Refused::Invalid("the version of OCPP is not spoken")),
    };
    let profile = u8::try_from(wire.security_profile);
    let security_profile =
        profile.map_err(|_| Refused::Invalid("there is no such security profile"))?;
    Ok(NetworkProfile {
        version,
        url: wire.ocpp_csms_url.as_str().into(),
        // What is none is out of range.
        message_timeout: u32::try_from(wire.message_timeout).unwrap_or(0),
        security_profile,
        interface: wire.ocpp_interface.as_str().into(),
        apn: wire.apn.as_ref().map(apn),
        vpn: wire.vpn.as_ref().map(vpn),
    })
}

fn apn(wire: &WireApn) -> Apn {
    let text = |text: &str| -> String { text.into() };
    Apn {
        name: text(&wire.apn),
        user: wire.apn_user_name.as_deref().map(text),
        password: wire.apn_password.as_deref().map(text),
        sim_pin: wire.sim_pin,
        preferred_network: wire.preferred_network.as_deref().map(text),
        only_preferred: wire.use_only_preferred_network.unwrap_or(false),
        authentication: text(wire.apn_authentication.as_str()),
    }
}

fn vpn(wire: &WireVpn) -> Vpn {
    let text = |text: &str| -> String { text.into() };
    Vpn {
        server: text(&wire.server),
        user: text(&wire.user),
        group: wire.group.as_deref().map(text),
        password: text(&wire.password),
        key: text(&wire.key),
        kind: text(wire.r#type.as_str()),
    }
}
