//! A management system for OCPP 1.6 inside an axum server, beside whatever else that serves: stations connect to
//! `/ocpp/{identity}`, operators look at `/stations` and call a station with `POST /stations/{identity}/{action}`.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{ConnectInfo, Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{any, get, post};
use hyper_util::rt::TokioIo;
use ocpp_core::csms::Csms;
use ocpp_tokio::server::{Attempt, Refusal, Server, ServerOptions};
use ocpp_tokio::session::{Driver, Handler, Peer, Reply, SessionOptions, Stations};
use ocpp_tokio::{Password, SecurityProfile, Version, clock};
use ocpp_types::v1_6::{AnyRequest, Protocol};

/// Decides who may connect; a closure in a box, so that the type of the server has a name.
type Door = Box<dyn Fn(&Attempt<'_>) -> Result<(), Refusal> + Send + Sync>;

/// What the routes share.
#[derive(Clone)]
pub struct Application {
    server: Server<Door>,
    stations: Stations,
    operator: Arc<Operator>,
}

/// Answers the stations, with the management system of `ocpp-core`.
struct Operator(Mutex<Csms>);

impl Handler<Protocol> for Operator {
    async fn handle(&self, request: AnyRequest, reply: Reply<Protocol>, peer: &Peer<Protocol>) {
        let answer = {
            let mut csms = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let answer = csms.handle_1_6(clock::utc(), peer.identity(), &request);
            while let Some(_record) = csms.poll_output() {
                // The place to store it, before the answer goes out.
            }
            answer
        };
        match answer {
            Ok(response) => reply.with_any(&response),
            Err(why) => reply.refuse_with_details(why.code, why.description, why.details),
        }
    }
}

impl Application {
    /// All stations have one password here; a real one looks into its database.
    #[must_use]
    pub fn new(csms: Csms, password: Password) -> Self {
        let door: Door = Box::new(move |attempt| match attempt.credentials {
            Some(sent) if password.matches(&sent.password) => Ok(()),
            _ => Err(Refusal::WrongPassword),
        });
        Self {
            server: Server::new(ServerOptions::new(&[Version::V1_6]), door),
            stations: Stations::new(),
            operator: Arc::new(Operator(Mutex::new(csms))),
        }
    }

    /// The routes, to be merged into those of an application.
    pub fn routes(self) -> Router {
        Router::new()
            .route("/ocpp/{identity}", any(connect))
            .route("/stations", get(list))
            .route("/stations/{identity}/{action}", post(call))
            .with_state(self)
    }
}

/// A station connects.
async fn connect(
    State(application): State<Application>,
    ConnectInfo(remote): ConnectInfo<SocketAddr>,
    mut request: Request,
) -> Response {
    let profile = SecurityProfile::Basic;
    let upgrade = application
        .server
        .upgrade(&request, profile, None, Some(remote))
        .await;
    if let Ok(pending) = upgrade.outcome {
        tokio::spawn(async move {
            let Ok(io) = hyper::upgrade::on(&mut request).await else {
                return;
            };
            let Ok(connection) = pending.complete(TokioIo::new(io)).await else {
                return;
            };
            if let Ok(driver) = Driver::csms(connection, SessionOptions::csms()) {
                let operator = Arc::clone(&application.operator);
                application.stations.serve(driver, operator).await;
            }
        });
    }
    upgrade.response.into_response()
}

/// Who is connected.
async fn list(State(application): State<Application>) -> Json<Vec<String>> {
    let stations = application.stations.all();
    let identities = stations
        .iter()
        .map(|station| station.identity().to_string());
    Json(identities.collect())
}

/// An operator calls a station: the body is the request in the words of the specification, and so is the answer.
async fn call(
    State(application): State<Application>,
    Path((identity, action)): Path<(String, String)>,
    body: String,
) -> Response {
    let Some(station) = application.stations.get(&identity) else {
        return (StatusCode::NOT_FOUND, "this station is not connected\n").into_response();
    };
    match station.call(&action, body).await {
        Ok(response) => ([("content-type", "application/json")], response).into_response(),
        Err(error) => (StatusCode::BAD_GATEWAY, format!("{error}\n")).into_response(),
    }
}
