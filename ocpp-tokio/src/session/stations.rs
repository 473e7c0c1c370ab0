//! Who is connected: from the identity of a station to its connection.

use core::any::Any;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ocpp_core::session::CallOptions;

use super::Spoken;
use super::driver::Driver;
use super::handler::Handler;
use super::peer::{CallError, Peer};
use crate::identity::Identity;
use crate::info::ConnectionInfo;
use crate::websocket::{CloseCode, End};
use ocpp_core::Version;

/// The stations that are connected to a CSMS, of all versions and all its servers. Cheap to clone.
///
/// What is easily done wrong is done here: a station that comes back before its old connection is known to be dead is
/// reached through the new one from then on; the old one is closed, its calls fail, and when it ends it does not take the new
/// one away. A connection that comes here late, behind a newer one, is closed and not entered.
///
/// ```
/// # use ocpp_tokio::session::{Driver, Handler, Peer, Reply, SessionOptions, Stations};
/// # use ocpp_types::v1_6::{AnyRequest, Protocol};
/// # struct Csms;
/// # impl Handler<Protocol> for Csms {
/// #     async fn handle(&self, _: AnyRequest, _: Reply<Protocol>, _: &Peer<Protocol>) {}
/// # }
/// # async fn serve(mut incoming: ocpp_tokio::server::Incoming, csms: std::sync::Arc<Csms>) {
/// let stations = Stations::new();
/// while let Some(connection) = incoming.accept().await {
///     let Ok(driver) = Driver::<Protocol>::csms(connection, SessionOptions::csms()) else { continue };
///     let (stations, csms) = (stations.clone(), csms.clone());
///     tokio::spawn(async move { stations.serve(driver, csms).await });
/// }
/// # }
/// # async fn operator(stations: Stations) {
/// // Elsewhere, with the identity from the operator's request:
/// if let Some(station) = stations.get("CP001") {
///     let response = station.call("Reset", r#"{"type":"Soft"}"#).await;
/// }
/// # }
/// ```
#[derive(Clone, Default)]
pub struct Stations {
    connected: Arc<Mutex<HashMap<Identity, Station>>>,
}

impl fmt::Debug for Stations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stations")
            .field("connected", &self.len())
            .finish()
    }
}

impl Stations {
    /// Nobody yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// No code that can panic runs under the lock, so a poisoned lock would still guard a sound state.
    fn lock(&self) -> MutexGuard<'_, HashMap<Identity, Station>> {
        self.connected
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs the session of a CSMS with a station, which is here as long as it is connected and has no newer connection.
    /// Returns how the connection ended.
    pub async fn serve<P: Spoken, H: Handler<P>>(
        &self,
        driver: Driver<P>,
        handler: H,
    ) -> Option<End> {
        let entered = driver.info().map(|info| {
            self.enter(Station {
                info: Arc::clone(info),
                peer: Arc::new(driver.peer()),
            })
        });
        let end = driver.run(handler).await;
        drop(entered);
        end
    }

    /// Takes a connection in. It leaves when the guard is dropped.
    fn enter(&self, station: Station) -> Entered {
        let entered = Entered {
            stations: self.clone(),
            identity: station.identity().clone(),
            number: station.info.number,
        };
        let older = match self.lock().entry(entered.identity.clone()) {
            Entry::Occupied(there) if there.get().info.number > station.info.number => station,
            Entry::Occupied(mut there) => there.insert(station),
            Entry::Vacant(place) => {
                place.insert(station);
                return entered;
            }
        };
        older.close(CloseCode::POLICY, "replaced by a newer connection");
        entered
    }

    /// The way to a station, if it is connected.
    #[must_use]
    pub fn get(&self, identity: &str) -> Option<Station> {
        self.lock().get(identity).cloned()
    }

    /// All that are connected, in no order.
    #[must_use]
    pub fn all(&self) -> Vec<Station> {
        self.lock().values().cloned().collect()
    }

    /// How many are connected.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lock().len()
    }

    /// Whether nobody is connected.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Takes a connection out again, but no newer one of the same station.
struct Entered {
    stations: Stations,
    identity: Identity,
    number: u64,
}

impl Drop for Entered {
    fn drop(&mut self) {
        let mut connected = self.stations.lock();
        let left = match connected.get(&*self.identity) {
            Some(there) if there.info.number == self.number => connected.remove(&*self.identity),
            _ => None,
        };
        drop(connected);
        // Outside of the lock: it may be the last handle.
        drop(left);
    }
}

/// The way to a station that is connected, whatever version it speaks. Cheap to clone; belongs to one connection, and
/// fails with [`CallError::SessionOver`] when that has ended.
#[derive(Clone)]
pub struct Station {
    info: Arc<ConnectionInfo>,
    peer: Arc<dyn AnyPeer>,
}

impl fmt::Debug for Station {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Station").field(&self.info).finish()
    }
}

/// A [`Peer`] without its version.
trait AnyPeer: Any + Send + Sync {
    fn call<'a>(&'a self, action: &'a str, payload: String, options: CallOptions) -> Calling<'a>;
    fn close(&self, code: CloseCode, reason: &str);
}

type Calling<'a> = Pin<Box<dyn Future<Output = Result<String, CallError>> + Send + 'a>>;

impl<P: Spoken> AnyPeer for Peer<P> {
    fn call<'a>(&'a self, action: &'a str, payload: String, options: CallOptions) -> Calling<'a> {
        Box::pin(self.call_json(action, payload, options))
    }

    fn close(&self, code: CloseCode, reason: &str) {
        Peer::close(self, code, reason);
    }
}

impl Station {
    /// What the handshake settled.
    #[must_use]
    pub fn info(&self) -> &Arc<ConnectionInfo> {
        &self.info
    }

    /// The station's identity.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.info.identity
    }

    /// The version that it speaks.
    #[must_use]
    pub fn version(&self) -> Version {
        self.info.version
    }

    /// The handle for typed calls; `None` if the station speaks another version than `P`.
    #[must_use]
    pub fn peer<P: Spoken>(&self) -> Option<Peer<P>> {
        let peer: &dyn Any = &*self.peer;
        peer.downcast_ref().cloned()
    }

    /// Calls the station by the name of the action, with the JSON text of the request, and gives that of the response. See
    /// [`Peer::call_json`].
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn call(
        &self,
        action: &str,
        payload: impl Into<String>,
    ) -> Result<String, CallError> {
        self.peer
            .call(action, payload.into(), CallOptions::new())
            .await
    }

    /// Ends the connection with this code.
    pub fn close(&self, code: CloseCode, reason: &str) {
        self.peer.close(code, reason);
    }
}
