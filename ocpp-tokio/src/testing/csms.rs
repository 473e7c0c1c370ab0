//! A CSMS for the tests of stations.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ocpp_core::csms::Registration;
use ocpp_core::csms::remote::Command;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::said::{Log, Said};
use super::{MockError, PATIENCE};
use crate::csms::tap::{Heard, Tap};
use crate::csms::{Application, Csms, CsmsConfig, MemoryStore};
use crate::security::CsmsSecurity;
use crate::server::{Attempt, Refusal};

/// Ids of the calls of tests begin so; no others do.
const ID: &str = "test-";

/// What a call of a station is answered with instead of what the CSMS would say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// A CALLRESULT with this payload, right or wrong.
    Payload(Value),
    /// A CALLERROR.
    Error {
        /// Its code.
        code: String,
        /// What it says.
        description: String,
    },
    /// This text, whatever it is.
    Text(String),
    /// Nothing at all.
    Silence,
}

impl Reply {
    /// A CALLERROR.
    #[must_use]
    pub fn error(code: impl Into<String>, description: impl Into<String>) -> Self {
        let (code, description) = (code.into(), description.into());
        Self::Error { code, description }
    }

    fn to(self, id: &Value) -> Option<String> {
        match self {
            Self::Payload(payload) => Some(json!([3, id, payload]).to_string()),
            Self::Error { code, description } => {
                Some(json!([4, id, code, description, {}]).to_string())
            }
            Self::Text(text) => Some(text),
            Self::Silence => None,
        }
    }
}

type Rule = Arc<dyn Fn(&Said) -> Option<Reply> + Send + Sync>;

/// What stations are told instead.
#[derive(Default)]
struct Script {
    once: Mutex<HashMap<String, Vec<Reply>>>,
    always: Mutex<HashMap<String, Rule>>,
    /// Calls of the test that wait for their answers.
    calls: Mutex<HashMap<String, oneshot::Sender<Value>>>,
    next_call: AtomicU64,
    is_offline: AtomicBool,
    log: Log,
}

/// A poisoned lock protects whole entries.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Script {
    fn reply(&self, said: &Said) -> Option<Reply> {
        let action = said.action()?;
        let mut once = lock(&self.once);
        if let Some(replies) = once.get_mut(action).filter(|replies| !replies.is_empty()) {
            return Some(replies.remove(0));
        }
        drop(once);
        let rule = lock(&self.always).get(action).map(Arc::clone)?;
        rule(said)
    }
}

impl Tap for Script {
    fn heard(&self, station: &str, text: &str) -> Heard {
        let said = Said::new(station, true, text);
        let id = &said.frame[1];
        if said.action().is_none() {
            let waiting = id.as_str().and_then(|id| lock(&self.calls).remove(id));
            return match waiting {
                Some(waiting) => {
                    // The test may have given up.
                    let _ = waiting.send(said.frame);
                    Heard::Taken
                }
                // An answer that comes too late, and is not the CSMS's business either.
                None if id.as_str().is_some_and(|id| id.starts_with(ID)) => Heard::Taken,
                None => Heard::Pass,
            };
        }
        match self.reply(&said) {
            Some(reply) => reply.to(id).map_or(Heard::Taken, Heard::Answered),
            None => Heard::Pass,
        }
    }
}

/// Tells the script what was said, and keeps stations out while they are to be offline.
struct Listener(Arc<Script>);

impl Application for Listener {
    async fn admit(&self, _attempt: &Attempt<'_>) -> Result<(), Refusal> {
        match self.0.is_offline.load(Ordering::Relaxed) {
            true => Err(Refusal::Unavailable),
            false => Ok(()),
        }
    }

    fn message(&self, station: &str, from_station: bool, text: &str) {
        self.0.log.add(station, from_station, text);
    }
}

/// A CSMS of this library on a free port, scripted. See the [module documentation](super). It ends when it is dropped.
pub struct MockCsms {
    csms: Csms,
    script: Arc<Script>,
    url: String,
}

impl std::fmt::Debug for MockCsms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MockCsms")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

impl MockCsms {
    /// For every version, without security; every token may charge.
    ///
    /// # Errors
    /// No port is free.
    pub async fn start() -> Result<Self, MockError> {
        let mut config = CsmsConfig::default();
        config.tokens.accept_any_token = true;
        // Tests are in a hurry.
        config.server.connection.rate = None;
        Self::start_with(config, CsmsSecurity::Unsecured).await
    }

    /// As these say.
    ///
    /// # Errors
    /// No port is free, or the security needs something that the TLS side does not have.
    pub async fn start_with(config: CsmsConfig, security: CsmsSecurity) -> Result<Self, MockError> {
        let script = Arc::new(Script::default());
        let listener = Listener(Arc::clone(&script));
        let csms = Csms::open(config, MemoryStore::new(), listener).await;
        let csms = csms.map_err(MockError::failed)?;
        csms.set_tap(Arc::clone(&script) as Arc<dyn Tap>);
        let scheme = match security {
            CsmsSecurity::Unsecured | CsmsSecurity::Basic => "ws",
            _ => "wss",
        };
        let bound = TcpListener::bind("127.0.0.1:0").await;
        let address = csms
            .listen(bound.map_err(MockError::failed)?, security)
            .map_err(MockError::failed)?;
        Ok(Self {
            csms,
            script,
            url: format!("{scheme}://{address}"),
        })
    }

    /// Where stations connect to, without their identity.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The CSMS itself: stations, tokens, transactions, typed operations.
    #[must_use]
    pub const fn csms(&self) -> &Csms {
        &self.csms
    }

    /// Answers all calls of an action so, until something else is said of it. The CSMS does not hear of them.
    pub fn always(&self, action: &str, reply: Reply) {
        self.answer_with(action, move |_| Some(reply.clone()));
    }

    /// Answers the next call of an action so; several are used one after the other, before what [`always`](Self::always) says. The CSMS does not hear of it.
    pub fn once(&self, action: &str, reply: Reply) {
        let mut once = lock(&self.script.once);
        once.entry(action.into()).or_default().push(reply);
    }

    /// Looks at each call of an action, and answers it or (`None`) leaves it to the CSMS.
    pub fn answer_with(
        &self,
        action: &str,
        rule: impl Fn(&Said) -> Option<Reply> + Send + Sync + 'static,
    ) {
        lock(&self.script.always).insert(action.into(), Arc::new(rule));
    }

    /// Leaves an action to the CSMS again.
    pub fn forget(&self, action: &str) {
        lock(&self.script.always).remove(action);
        lock(&self.script.once).remove(action);
    }

    /// What a station is told when it boots, from the next time on; `interval` in seconds until the next attempt.
    ///
    /// # Errors
    /// Stations cannot be called so.
    pub async fn decide_boot(
        &self,
        station: &str,
        boot: Registration,
        interval: Option<i64>,
    ) -> Result<(), MockError> {
        let handle = self.csms.put_station(station).await;
        let decide = Command::Decide { boot, interval };
        let decided = handle.map_err(MockError::failed)?.command(decide).await;
        match decided {
            Ok(_) => Ok(()),
            Err(error) => Err(MockError::failed(format!("{error:?}"))),
        }
    }

    /// Everything that was said, oldest first; the last 100,000 messages.
    #[must_use]
    pub fn said(&self) -> Vec<Said> {
        self.script.log.all()
    }

    /// Waits for the next call of an action that was not expected before: its payload.
    ///
    /// # Errors
    /// None came.
    pub async fn expect(&self, action: &str) -> Result<Value, MockError> {
        self.expect_with(action, |_| true).await
    }

    /// Waits for the next call of an action with this payload.
    ///
    /// # Errors
    /// None came.
    pub async fn expect_with(
        &self,
        action: &str,
        wanted: impl Fn(&Value) -> bool,
    ) -> Result<Value, MockError> {
        let is_wanted = |said: &Said| said.payload().is_some_and(&wanted);
        let said = self.script.log.expect(true, action, is_wanted).await?;
        Ok(said.payload().cloned().unwrap_or_default())
    }

    /// Sends a call as it is, valid or not, even while another one waits for its answer; gives the payload of the answer. For typed operations, and calls
    /// that are checked, take [`csms`](Self::csms).
    ///
    /// # Errors
    /// The station is not connected, refused it, or did not answer.
    pub async fn call(
        &self,
        station: &str,
        action: &str,
        payload: Value,
    ) -> Result<Value, MockError> {
        let number = self.script.next_call.fetch_add(1, Ordering::Relaxed);
        let id = format!("{ID}{number}");
        let (sender, answered) = oneshot::channel();
        lock(&self.script.calls).insert(id.clone(), sender);
        let sent = self.send(station, &json!([2, id, action, payload]).to_string());
        let answer = match sent {
            Ok(()) => tokio::time::timeout(PATIENCE, answered).await,
            Err(error) => {
                lock(&self.script.calls).remove(&id);
                return Err(error);
            }
        };
        let Ok(Ok(frame)) = answer else {
            lock(&self.script.calls).remove(&id);
            return Err(MockError::NotHeard {
                what: format!("the answer to {action}"),
                instead: "nothing".into(),
            });
        };
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        match frame[0].as_u64() {
            Some(3) => Ok(frame[2].clone()),
            _ => Err(MockError::CallError {
                code: text(&frame[2]),
                description: text(&frame[3]),
            }),
        }
    }

    /// Sends a text as it is, whatever it is.
    ///
    /// # Errors
    /// The station is not connected.
    pub fn send(&self, station: &str, text: &str) -> Result<(), MockError> {
        match self.csms.send_text(station, text.into()) {
            true => Ok(()),
            false => Err(MockError::NotConnected(station.into())),
        }
    }

    /// Breaks the connection of a station off without a close handshake, as a network does. It may connect again. `false`: it has none.
    pub fn cut(&self, station: &str) -> bool {
        self.csms.cut(station)
    }

    /// Breaks all connections off and takes none (503), or takes them again.
    pub fn set_offline(&self, offline: bool) {
        self.script.is_offline.store(offline, Ordering::Relaxed);
        if offline {
            for station in self.csms.stations() {
                self.csms.cut(station.identity());
            }
        }
    }
}

impl Drop for MockCsms {
    /// The listener and all connections end with the runtime's next turn.
    fn drop(&mut self) {
        let csms = self.csms.clone();
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { csms.shutdown(std::time::Duration::ZERO).await });
        }
    }
}
