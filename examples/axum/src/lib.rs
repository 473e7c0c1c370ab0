//! A management system inside an axum server, beside whatever else that serves: stations connect to `/ocpp/{identity}`, operators
//! look at `/stations` and call a station with `POST /stations/{identity}/{action}`. Operators show a token
//! (`Authorization: Bearer …`): whoever can call stations can stop them, and change their passwords.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{ConnectInfo, Path, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{any, get, post};
use hyper_util::rt::TokioIo;
use ocpp_core::csms::remote::CommandError;
use ocpp_tokio::SecurityProfile;
use ocpp_tokio::csms::Csms;
use subtle::ConstantTimeEq as _;

/// The routes of a management system, with the token that operators show; merge them with those of an application.
pub fn routes(csms: Csms, token: &str) -> Router {
    let wanted: Arc<str> = format!("Bearer {token}").into();
    let operators = Router::new()
        .route("/stations", get(list))
        .route("/stations/{identity}/{action}", post(call))
        .layer(middleware::from_fn_with_state(wanted, admit));
    Router::new()
        .route("/ocpp/{identity}", any(connect))
        .merge(operators)
        .with_state(csms)
}

/// Lets operators in who show the token. How long it takes does not tell where two differ.
async fn admit(State(wanted): State<Arc<str>>, request: Request, next: Next) -> Response {
    let shown = request.headers().get(header::AUTHORIZATION);
    let shown = shown.map_or(&[][..], |value| value.as_bytes());
    if bool::from(shown.ct_eq(wanted.as_bytes())) {
        next.run(request).await
    } else {
        let challenge = [(header::WWW_AUTHENTICATE, "Bearer")];
        (
            StatusCode::UNAUTHORIZED,
            challenge,
            "an operator's token is wanted\n",
        )
            .into_response()
    }
}

/// A station connects.
async fn connect(
    State(csms): State<Csms>,
    ConnectInfo(remote): ConnectInfo<SocketAddr>,
    mut request: Request,
) -> Response {
    // What stands before this server decides about TLS; stations show passwords.
    let profile = SecurityProfile::Basic;
    let server = csms.server();
    let upgrade = server.upgrade(&request, profile, None, Some(remote)).await;
    if let Ok(pending) = upgrade.outcome {
        tokio::spawn(async move {
            let Ok(io) = hyper::upgrade::on(&mut request).await else {
                return;
            };
            if let Ok(connection) = pending.complete(TokioIo::new(io)).await {
                csms.serve(connection);
            }
        });
    }
    upgrade.response.into_response()
}

/// Who is connected.
async fn list(State(csms): State<Csms>) -> Json<Vec<String>> {
    let stations = csms.stations().into_iter();
    let connected = stations.filter(|station| station.is_connected());
    Json(
        connected
            .map(|station| station.identity().to_owned())
            .collect(),
    )
}

/// An operator calls a station: the body is the request in the words of the specification, and so is the answer.
async fn call(
    State(csms): State<Csms>,
    Path((identity, action)): Path<(String, String)>,
    body: String,
) -> Response {
    let called = match csms.station(&identity) {
        Some(station) => station.call(&action, &body).await,
        None => Err(CommandError::NotConnected),
    };
    match called {
        Ok(response) => ([("content-type", "application/json")], response).into_response(),
        Err(CommandError::NotConnected) => {
            (StatusCode::NOT_FOUND, "this station is not connected\n").into_response()
        }
        Err(error) => (StatusCode::BAD_GATEWAY, format!("{error:?}\n")).into_response(),
    }
}
