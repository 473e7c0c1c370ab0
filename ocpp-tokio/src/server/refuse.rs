//! What stations that are turned away are told in HTTP.

use http::header::{
    ALLOW, CONTENT_TYPE, RETRY_AFTER, SEC_WEBSOCKET_VERSION, UPGRADE, WWW_AUTHENTICATE,
};
use http::{HeaderName, HeaderValue, Response, StatusCode};

use super::{Refusal, Rejection};

/// The answer to a station that is turned away, and why.
pub(super) type Refused = Box<(Response<String>, Rejection)>;

pub(super) fn not_websocket(code: StatusCode) -> Refused {
    refuse(code, Rejection::NotWebSocket(code.as_u16()))
}

/// The answer tells people what is wrong, but not what the peer does not know already.
pub(super) fn refuse(code: StatusCode, rejection: Rejection) -> Refused {
    let mut response = status(code);
    let text = match &rejection {
        Rejection::NotWebSocket(_) => "stations connect here with OCPP over WebSocket",
        Rejection::NoIdentity => "the URL must end with the identity of the station",
        Rejection::NoCredentials(_) => {
            "user name (the identity of the station) and password are needed"
        }
        Rejection::WrongCertificate { .. } => "the certificate is not that of this station",
        Rejection::Refused { refusal, .. } => match refusal {
            Refusal::UnknownStation => "this station is not known here",
            Refusal::WrongPassword => "wrong password",
            Refusal::Forbidden => "this station may not connect",
            Refusal::Unavailable => "not now",
        },
        Rejection::NoCommonVersion { .. } => "none of these versions of OCPP is spoken here",
        Rejection::Duplicate(_) => "this station is connected already",
        Rejection::TooOften { retry_after, .. } => {
            let seconds = retry_after.as_millis().div_ceil(1000);
            set(&mut response, RETRY_AFTER, &seconds.to_string());
            "too often"
        }
        Rejection::TooManyFailures => {
            set(&mut response, RETRY_AFTER, "1");
            "too many failed attempts from this address"
        }
        _ => "no more connections are taken now",
    };
    set(&mut response, CONTENT_TYPE, "text/plain; charset=utf-8");
    *response.body_mut() = format!("{text}\n");
    Box::new((response, rejection))
}

pub(super) fn status(code: StatusCode) -> Response<String> {
    let mut response = Response::new(String::new());
    *response.status_mut() = code;
    match code {
        StatusCode::UNAUTHORIZED => set(&mut response, WWW_AUTHENTICATE, "Basic realm=\"OCPP\""),
        StatusCode::METHOD_NOT_ALLOWED => set(&mut response, ALLOW, "GET"),
        StatusCode::UPGRADE_REQUIRED => {
            set(&mut response, UPGRADE, "websocket");
            set(&mut response, SEC_WEBSOCKET_VERSION, "13");
        }
        _ => {}
    }
    response
}

pub(super) fn set(response: &mut Response<String>, name: HeaderName, value: &str) {
    // All values are made of visible ASCII here, or were read from a header before.
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}
