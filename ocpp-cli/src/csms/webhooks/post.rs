//! One delivery: signed, posted, judged.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use data_encoding::BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use ocpp_tokio::clock;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, StatusCode};
use sha2::Sha256;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tracing::{info, warn};

use super::super::Failure;
use super::HookView;
use super::config::Hook;

/// What came of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Delivery {
    Taken,
    /// It may be taken later.
    Failed,
    /// The receiver cannot read it, and never will.
    Refused,
}

/// Where deliveries go, and how they went.
pub(super) struct Receiver {
    hook: Hook,
    client: Client,
    /// This run of the program: the ids of its events are its own.
    run: u64,
    is_down: AtomicBool,
    delivered: AtomicU64,
    failed: AtomicU64,
    missed: AtomicU64,
    error: Mutex<Option<String>>,
}

/// What signs a message: `v1,` and Base64 of HMAC-SHA256 over id, time and body.
fn signature(secret: &[u8], id: &str, timestamp: i64, body: &str) -> String {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else {
        return String::new();
    };
    mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
    format!("v1,{}", BASE64.encode(&mac.finalize().into_bytes()))
}

/// Trusts the roots of the web and those that were given.
fn tls(roots_pem: Option<&[u8]>) -> Result<ClientConfig, Failure> {
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    for root in CertificateDer::pem_slice_iter(roots_pem.unwrap_or_default()) {
        roots.add(root?)?;
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    Ok(config
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

impl Receiver {
    pub(super) fn new(hook: Hook, run: u64) -> Result<Self, Failure> {
        let named = |error: Failure| Failure::from(format!("webhook {}: {error}", hook.name));
        let client = Client::builder()
            .tls_backend_preconfigured(tls(hook.roots.as_deref()).map_err(named)?)
            .timeout(hook.timeout)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .user_agent(concat!("ocpp/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| named(error.into()))?;
        Ok(Self {
            hook,
            client,
            run,
            is_down: AtomicBool::new(false),
            delivered: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            missed: AtomicU64::new(0),
            error: Mutex::default(),
        })
    }

    /// The id of an event of this run.
    pub(super) fn event_id(&self, number: u64) -> String {
        format!("event-{:016x}-{number}", self.run)
    }

    /// Events that are never told.
    pub(super) fn miss(&self) {
        self.missed.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn state(&self, waiting: u64) -> HookView {
        let error = self.error.lock().unwrap_or_else(PoisonError::into_inner);
        HookView {
            name: self.hook.name.clone(),
            up: !self.is_down.load(Ordering::Relaxed),
            delivered: self.delivered.load(Ordering::Relaxed),
            failed: self.failed.load(Ordering::Relaxed),
            waiting,
            missed: self.missed.load(Ordering::Relaxed),
            error: error.clone(),
        }
    }

    /// Tries once. The id is the same in every attempt.
    pub(super) async fn post(&self, id: &str, body: &str) -> Delivery {
        let timestamp = clock::utc().unix_millis() / 1_000;
        let request = self
            .client
            .post(&self.hook.url)
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp)
            .header(
                "webhook-signature",
                signature(&self.hook.secret, id, timestamp, body),
            )
            .header("ocpp-missed", self.missed.load(Ordering::Relaxed))
            .body(body.to_owned());
        let failure = match request.send().await {
            Ok(response) if response.status().is_success() => None,
            Ok(response) => Some((response.status().to_string(), Some(response.status()))),
            // The address is in the configuration, and may be a secret.
            Err(error) => Some((cause(&error.without_url()), None)),
        };
        let mut last = self.error.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((why, status)) = failure else {
            self.delivered.fetch_add(1, Ordering::Relaxed);
            *last = None;
            if self.is_down.swap(false, Ordering::Relaxed) {
                info!("webhook {}: it takes events again", self.hook.name);
            }
            return Delivery::Taken;
        };
        self.failed.fetch_add(1, Ordering::Relaxed);
        if !self.is_down.swap(true, Ordering::Relaxed) {
            warn!("webhook {}: {why}", self.hook.name);
        }
        *last = Some(why);
        match status {
            Some(StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY) => Delivery::Refused,
            _ => Delivery::Failed,
        }
    }
}

/// The innermost reason says most.
fn cause(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        text = format!("{text}: {inner}");
        source = inner.source();
    }
    text
}

/// How long to wait after so many failures: 1, 2, 4 … 60 s, and up to a quarter more or less, so that not all come back at once.
pub(super) fn back_off(failures: u32) -> Duration {
    let seconds = 1_u64 << failures.saturating_sub(1).min(6);
    let wait = Duration::from_secs(seconds.min(60));
    wait.mul_f64(rand::random_range(0.75..1.25))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    /// The example of the standard.
    #[test]
    fn signatures_are_those_of_the_standard() {
        let secret = BASE64.decode(b"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signed = signature(
            &secret,
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            "{\"test\": 2432232314}",
        );
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn waits_grow_to_a_minute() {
        for (failures, least, most) in [(1, 0.75, 1.25), (3, 3.0, 5.0), (50, 45.0, 75.0)] {
            let wait = back_off(failures).as_secs_f64();
            assert!((least..=most).contains(&wait), "{failures}: {wait}");
        }
    }
}
