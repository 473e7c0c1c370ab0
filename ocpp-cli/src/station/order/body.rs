//! What the requests to the control interface carry, and its words.

use ocpp_core::smart_charging::LimitSource;
use ocpp_core::station::{
    Authorization, AuthorizationStatus, ConnectorId, EvState, EvseId, FaultCode, Token, TokenKind,
};
use ocpp_core::time::DateTime;
use ocpp_types::Decimal;
use serde::Deserialize;

use crate::http::Reply;

/// An EVSE; without a connector, its first.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Place {
    pub(super) evse: EvseId,
    #[serde(default = "first")]
    pub(super) connector: u32,
}

/// A car that is plugged in there; ready if nothing else is said.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlugBody {
    pub(super) evse: EvseId,
    #[serde(default = "first")]
    pub(super) connector: u32,
    #[serde(default)]
    pub(super) ev: Option<String>,
}

const fn first() -> u32 {
    1
}

impl From<Place> for ConnectorId {
    fn from(place: Place) -> Self {
        Self::new(place.evse, place.connector)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct TokenBody {
    #[serde(default)]
    pub(super) evse: Option<EvseId>,
    pub(super) id_token: String,
    #[serde(default, rename = "type")]
    pub(super) kind: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MasterPassBody {
    #[serde(default)]
    pub(super) evses: Option<Vec<EvseId>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct FaultBody {
    #[serde(default)]
    pub(super) evse: EvseId,
    #[serde(default = "first")]
    pub(super) connector: u32,
    pub(super) error_code: String,
    #[serde(default)]
    pub(super) warning: bool,
    #[serde(default)]
    pub(super) info: Option<String>,
    #[serde(default)]
    pub(super) vendor_id: Option<String>,
    #[serde(default)]
    pub(super) vendor_error_code: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NetworkBody {
    pub(super) online: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct PowerBody {
    pub(super) action: String,
    #[serde(default)]
    pub(super) stop_transactions: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConfigBody {
    pub(super) value: serde_json::Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct SeedBody {
    pub(super) status: String,
    #[serde(default)]
    pub(super) group_id_token: Option<String>,
    #[serde(default)]
    pub(super) group_id_token_type: Option<String>,
    #[serde(default)]
    pub(super) expiry_date: Option<DateTime>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EvBody {
    pub(super) evse: EvseId,
    pub(super) state: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct ParkingBody {
    pub(super) evse: EvseId,
    pub(super) occupied: bool,
    #[serde(default)]
    pub(super) id_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CustomerBody {
    pub(super) identifier: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LimitBody {
    #[serde(default)]
    pub(super) evse: EvseId,
    pub(super) source: String,
    pub(super) limit: Option<Decimal>,
    #[serde(default)]
    pub(super) unit: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LockBody {
    pub(super) evse: EvseId,
    #[serde(default = "first")]
    pub(super) connector: u32,
    pub(super) failed: bool,
}

pub(super) fn ev_state(name: &str) -> Result<EvState, Reply> {
    match name {
        "ready" => Ok(EvState::Ready),
        "suspended" => Ok(EvState::Suspended),
        "stopped" => Ok(EvState::Stopped),
        _ => Err(Reply::bad("a car is ready, suspended or stopped")),
    }
}

/// Who sets a limit, as 2.x writes it. The operator uses charging profiles.
pub(super) fn limit_source(name: &str) -> Result<LimitSource, Reply> {
    match name {
        "EMS" => Ok(LimitSource::Ems),
        "SO" => Ok(LimitSource::So),
        "Other" => Ok(LimitSource::Other),
        _ => Err(Reply::bad("source is EMS, SO or Other")),
    }
}

/// The kind of a token as 2.x writes it.
pub(super) fn kind(name: Option<&str>) -> TokenKind {
    match name {
        None | Some("ISO14443") => TokenKind::Iso14443,
        Some("Central") => TokenKind::Central,
        Some("eMAID") => TokenKind::EMaid,
        Some("ISO15693") => TokenKind::Iso15693,
        Some("KeyCode") => TokenKind::KeyCode,
        Some("Local") => TokenKind::Local,
        Some("MacAddress") => TokenKind::MacAddress,
        Some("NoAuthorization") => TokenKind::NoAuthorization,
        Some(other) => TokenKind::Other(other.into()),
    }
}

pub(super) fn fault_code(name: &str) -> Result<FaultCode, Reply> {
    // Written in 1.6 with two capitals.
    let name = if name == "EVCommunicationError" {
        "EvCommunicationError"
    } else {
        name
    };
    let code = serde_json::Value::String(name.into());
    serde_json::from_value(code).map_err(|error| Reply::bad(format!("errorCode: {error}")))
}

pub(super) fn seed(body: &SeedBody) -> Result<Authorization, Reply> {
    let name = match body.status.as_str() {
        "NotAllowedTypeEVSE" => "NotAllowedTypeEvse",
        name => name,
    };
    let status: AuthorizationStatus = serde_json::from_value(name.into())
        .map_err(|error| Reply::bad(format!("status: {error}")))?;
    let mut authorization = Authorization::new(status);
    authorization.expiry = body.expiry_date;
    // What CSMSs usually call a group; 1.6 knows no types.
    let group_kind = kind(body.group_id_token_type.as_deref().or(Some("Central")));
    let group = body.group_id_token.as_deref();
    authorization.group = group.map(|group| Token::of_kind(group, group_kind));
    Ok(authorization)
}
