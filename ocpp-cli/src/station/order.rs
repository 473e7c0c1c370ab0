//! What a person, a car or a test lab does to the station, and how it comes in over HTTP.

mod body;

use hyper::Method;
use ocpp_core::smart_charging::{ExternalLimit, LimitSource, RateUnit};
use ocpp_core::station::{Authorization, ConnectorId, EvState, EvseId, Fault, Token};

use super::obey::Control;
use crate::http::{self, Path, Reply, Request, Role};
use body::{
    ConfigBody, CustomerBody, EvBody, FaultBody, LimitBody, LockBody, MasterPassBody, NetworkBody,
    ParkingBody, Place, PlugBody, PowerBody, TokenBody, ev_state, fault_code, kind, limit_source,
    seed,
};

/// What is done to the station.
#[derive(Debug)]
pub(crate) enum Order {
    State,
    Start,
    Stop,
    /// A car that is in this state.
    Plug(ConnectorId, EvState),
    Unplug(ConnectorId),
    Token {
        evse: Option<EvseId>,
        token: Token,
    },
    SelectStops(Option<Vec<EvseId>>),
    Fault {
        at: Option<ConnectorId>,
        fault: Option<Fault>,
    },
    Network {
        online: bool,
    },
    PowerCycle {
        stop_transactions: bool,
    },
    GetConfig(String),
    SetConfig {
        key: String,
        value: String,
    },
    SeedCache {
        token: Token,
        authorization: Authorization,
    },
    SeedLocalList {
        token: Token,
        authorization: Authorization,
    },
    Ev {
        evse: EvseId,
        state: EvState,
    },
    Parking {
        evse: EvseId,
        occupied: bool,
        token: Option<Token>,
    },
    Lock {
        at: ConnectorId,
        failed: bool,
    },
    /// Data about a customer whom the vendor calls so.
    Customer(String),
    /// An external system sets a limit, or releases it.
    Limit {
        evse: EvseId,
        source: LimitSource,
        limit: Option<ExternalLimit>,
    },
    Call {
        action: String,
        payload: String,
    },
    /// Somebody has dealt with a message that was given up.
    SettleGivenUp(u64),
}

/// What the interface offers.
const PATHS: [Path; 21] = [
    Path::new("GET", "/", "this list"),
    Path::new("GET", "/v1/health", "whether the program is up"),
    Path::new("GET", "/v1/state", "what the station is doing"),
    Path::new("POST", "/v1/start", "connect and register"),
    Path::new("POST", "/v1/stop", "disconnect"),
    Path::new("POST", "/v1/plug", "plug the cable into the car"),
    Path::new("POST", "/v1/unplug", "pull it out of the car"),
    Path::new(
        "POST",
        "/v1/token",
        "present a token; answers when it is decided",
    ),
    Path::new(
        "POST",
        "/v1/master-pass",
        "the user of a master pass selects what to stop",
    ),
    Path::new("POST", "/v1/ev", "the car is ready, suspended or stopped"),
    Path::new("POST", "/v1/fault", "a fault begins, or ends with NoError"),
    Path::new(
        "POST",
        "/v1/lock",
        "the lock of a connector fails, or works again",
    ),
    Path::new(
        "POST",
        "/v1/parking",
        "a car comes into a parking bay or leaves it",
    ),
    Path::new(
        "POST",
        "/v1/customer",
        "store data about a customer who has this identifier",
    ),
    Path::new(
        "POST",
        "/v1/limit",
        "an external system limits an EVSE or the station (0), or releases it (null)",
    ),
    Path::new("POST", "/v1/network", "cut the network, or restore it"),
    Path::new("POST", "/v1/power", "a power cut"),
    Path::new(
        "GET, PUT, DELETE",
        "/v1/config/KEY",
        "a configuration key (1.6) or Component.Variable (2.x)",
    ),
    Path::new(
        "PUT",
        "/v1/cache/TOKEN, /v1/local-list/TOKEN",
        "seed the authorization cache or the local list",
    ),
    Path::new("POST", "/v1/call/ACTION", "send a request to the CSMS"),
    Path::new(
        "DELETE",
        "/v1/given-up/ID",
        "forget a message of givenUp that somebody has dealt with",
    ),
];

/// Answers a request to the control interface.
pub(super) async fn answer(control: Control, request: Request) -> Reply {
    if request.segments() == [""] {
        return match request.method {
            Method::GET => http::index("ocpp station", &PATHS),
            _ => Reply::method_not_allowed("GET"),
        };
    }
    let needed = match request.method {
        Method::GET => Role::Read,
        _ => Role::Operate,
    };
    if let Err(reply) = request.role.wants(needed) {
        return reply;
    }
    match read(&request) {
        Ok(Some(order)) => control.obey(order).await,
        Ok(None) => Reply::ok(&serde_json::json!({"status": "up"})),
        Err(reply) => reply,
    }
}

/// The order that a request means; `None` if it only asks whether the program is up.
fn read(request: &Request) -> Result<Option<Order>, Reply> {
    const POSTED: [&str; 15] = [
        "start",
        "stop",
        "plug",
        "unplug",
        "token",
        "master-pass",
        "fault",
        "network",
        "power",
        "ev",
        "parking",
        "lock",
        "limit",
        "customer",
        "call",
    ];
    let (get, post, put, delete) = (Method::GET, Method::POST, Method::PUT, Method::DELETE);
    let method = &request.method;
    let order = match request.segments().as_slice() {
        ["v1", "health"] if *method == get => return Ok(None),
        ["v1", "state"] if *method == get => Order::State,
        ["v1", "health" | "state"] => return Err(Reply::method_not_allowed("GET")),
        ["v1", "config", key] if *method == get => Order::GetConfig((*key).into()),
        ["v1", "config", key] if *method == put => Order::SetConfig {
            key: (*key).into(),
            value: match request.body::<ConfigBody>()?.value {
                serde_json::Value::String(text) => text,
                other => other.to_string(),
            },
        },
        ["v1", "config", key] if *method == delete => Order::SetConfig {
            key: (*key).into(),
            value: String::new(),
        },
        ["v1", "config", _] => return Err(Reply::method_not_allowed("GET, PUT, DELETE")),
        ["v1", list @ ("cache" | "local-list"), token] if *method == put => {
            let (token, authorization) = (Token::new(token), seed(&request.body()?)?);
            if *list == "cache" {
                Order::SeedCache {
                    token,
                    authorization,
                }
            } else {
                Order::SeedLocalList {
                    token,
                    authorization,
                }
            }
        }
        ["v1", "cache" | "local-list", _] => return Err(Reply::method_not_allowed("PUT")),
        ["v1", what] if POSTED.contains(what) && *method == post => posted(what, request)?,
        ["v1", "call", action] if *method == post => Order::Call {
            action: (*action).into(),
            payload: request.text()?.into(),
        },
        ["v1", "given-up", id] if *method == delete => match id.parse() {
            Ok(id) => Order::SettleGivenUp(id),
            Err(_) => return Err(Reply::not_found()),
        },
        ["v1", "given-up", _] => return Err(Reply::method_not_allowed("DELETE")),
        ["v1", "call", _] => return Err(Reply::method_not_allowed("POST")),
        ["v1", what] if POSTED.contains(what) => return Err(Reply::method_not_allowed("POST")),
        _ => return Err(Reply::not_found()),
    };
    Ok(Some(order))
}

fn posted(what: &str, request: &Request) -> Result<Order, Reply> {
    Ok(match what {
        "start" => Order::Start,
        "stop" => Order::Stop,
        "plug" => {
            let body: PlugBody = request.body()?;
            let ev = body
                .ev
                .as_deref()
                .map_or(Ok(EvState::default()), ev_state)?;
            Order::Plug(ConnectorId::new(body.evse, body.connector), ev)
        }
        "unplug" => Order::Unplug(request.body::<Place>()?.into()),
        "token" => {
            let body: TokenBody = request.body()?;
            Order::Token {
                evse: body.evse.filter(|evse| *evse != 0),
                token: Token::of_kind(&body.id_token, kind(body.kind.as_deref())),
            }
        }
        "master-pass" => Order::SelectStops(request.body::<MasterPassBody>()?.evses),
        "fault" => {
            let body: FaultBody = request.body()?;
            let at = (body.evse != 0).then(|| ConnectorId::new(body.evse, body.connector));
            let fault = match body.error_code.as_str() {
                "NoError" => None,
                code => {
                    let mut fault = Fault::new(fault_code(code)?);
                    fault.warning = body.warning;
                    fault.info = body.info;
                    fault.vendor_id = body.vendor_id;
                    fault.vendor_code = body.vendor_error_code;
                    Some(fault)
                }
            };
            Order::Fault { at, fault }
        }
        "network" => Order::Network {
            online: request.body::<NetworkBody>()?.online,
        },
        "power" => {
            let body: PowerBody = request.body()?;
            if body.action != "cycle" {
                return Err(Reply::bad("the only action is cycle"));
            }
            Order::PowerCycle {
                stop_transactions: body.stop_transactions,
            }
        }
        "ev" => {
            let body: EvBody = request.body()?;
            Order::Ev {
                evse: body.evse,
                state: ev_state(&body.state)?,
            }
        }
        "parking" => {
            let body: ParkingBody = request.body()?;
            Order::Parking {
                evse: body.evse,
                occupied: body.occupied,
                token: body.id_token.as_deref().map(Token::new),
            }
        }
        "customer" => Order::Customer(request.body::<CustomerBody>()?.identifier),
        "limit" => {
            let body: LimitBody = request.body()?;
            let source = limit_source(&body.source)?;
            let unit = match body.unit.as_deref() {
                None | Some("A") => RateUnit::A,
                Some("W") => RateUnit::W,
                Some(_) => return Err(Reply::bad("unit is A or W")),
            };
            let limit = body
                .limit
                .map(|limit| ExternalLimit::constant(body.evse, source.clone(), limit.0, unit));
            Order::Limit {
                evse: body.evse,
                source,
                limit,
            }
        }
        "lock" => {
            let body: LockBody = request.body()?;
            Order::Lock {
                at: ConnectorId::new(body.evse, body.connector),
                failed: body.failed,
            }
        }
        _ => return Err(Reply::not_found()),
    })
}
