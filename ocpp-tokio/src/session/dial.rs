//! Connecting again and again, with back-off.

use core::future::Future;
use core::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use ocpp_core::back_off::{BackOff, BackOffPolicy};
use tokio::time::sleep;

use crate::client::{ConnectError, ConnectOptions, connect};
use crate::websocket::Connection;

/// What a station needs to connect again and again.
#[derive(Debug)]
pub(super) struct Dialer {
    options: Arc<ConnectOptions>,
    pub(super) back_off: BackOff,
    pub(super) ping_interval: Option<Duration>,
}

pub(super) type Dialing = Pin<Box<dyn Future<Output = Result<Connection, ConnectError>> + Send>>;

impl Dialer {
    pub(super) fn new(options: ConnectOptions, back_off: BackOffPolicy) -> Self {
        Self {
            ping_interval: options.connection.ping_interval,
            options: Arc::new(options),
            back_off: BackOff::new(back_off),
        }
    }

    pub(super) fn dial(&self, wait: Duration) -> Dialing {
        let options = Arc::clone(&self.options);
        Box::pin(async move {
            sleep(wait).await;
            connect(&options).await
        })
    }
}

/// Connects, with back-off, until a CSMS takes the connection; all of [`ConnectOptions::versions`] are offered. `failed`
/// hears of every attempt that did not succeed, and when the next one follows. Then look at
/// [`ConnectionInfo::version`](crate::ConnectionInfo::version) and make the driver of that version with
/// [`Driver::station_over`](super::Driver::station_over).
pub async fn dial(
    options: &ConnectOptions,
    back_off: BackOffPolicy,
    mut failed: impl FnMut(&ConnectError, Duration),
) -> Connection {
    let mut back_off = BackOff::new(back_off);
    loop {
        match connect(options).await {
            Ok(connection) => return connection,
            Err(error) => {
                let wait = back_off.next_wait(rand::random());
                failed(&error, wait);
                sleep(wait).await;
            }
        }
    }
}
