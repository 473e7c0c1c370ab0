//! The way to a running station.

use ocpp_core::security::SecurityEventKind;
use ocpp_core::session::{CallFailure, NotQueued};
use ocpp_core::smart_charging::{ExternalLimit, LimitSource};
use ocpp_core::station::{
    Authorization, AuthorizationStatus, CableState, ConnectorId, EvState, EvseId, Fault, Input,
    Reading, StationState, Token, VariableError,
};
use tokio::sync::{mpsc, oneshot};

/// What comes to the driver from outside.
#[derive(Debug)]
pub(super) enum Command {
    Input(Input),
    Start,
    Stop,
    Network(bool),
    Token(Option<EvseId>, Token, oneshot::Sender<AuthorizationStatus>),
    State(oneshot::Sender<StationState>),
    Variable(String, oneshot::Sender<Option<String>>),
    IsSecret(String, oneshot::Sender<bool>),
    SetVariable(String, String, oneshot::Sender<Result<(), VariableError>>),
    SeedCache(Token, Authorization, oneshot::Sender<()>),
    SeedLocalList(Token, Authorization, oneshot::Sender<bool>),
    Call(String, String, oneshot::Sender<Result<String, CallError>>),
    Shutdown(oneshot::Sender<()>),
}

/// Why the station does not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unanswered {
    /// It has ended.
    #[error("the station has ended")]
    Ended,
    /// It restarts, and has forgotten what it was asked.
    #[error("the station restarts")]
    Restarts,
}

/// Why a call of the application has no response.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// It was not sent.
    #[error(transparent)]
    NotQueued(NotQueued),
    /// It was sent, and has failed.
    #[error("{0}")]
    Failed(CallFailure),
    /// The station does not answer.
    #[error(transparent)]
    Unanswered(#[from] Unanswered),
}

/// The way to a running station: for hardware that notices something, for people, for tests. Cheap to clone, and usable from
/// any thread. It does not keep the station alive, and the station goes on without it.
///
/// What is told (the methods that are not `async`) never waits, arrives in the order in which it was told, and is lost once
/// the station has ended. Before [`run`](super::StationDriver::run) begins it is kept. Tell only changes: there is no
/// bound on how many of them may wait.
#[derive(Debug, Clone)]
pub struct StationHandle {
    pub(super) commands: mpsc::UnboundedSender<Command>,
}

impl StationHandle {
    /// Connect and register. Only needed after [`stop`](Self::stop), or if
    /// [`DriverConfig::start`](super::DriverConfig::start) is off.
    pub fn start(&self) {
        self.tell(Command::Start);
    }

    /// Disconnect from the CSMS and stay so until [`start`](Self::start). Charging goes on.
    pub fn stop(&self) {
        self.tell(Command::Stop);
    }

    /// The network is there or not. Without it the connection is broken off, and none is attempted.
    pub fn network(&self, available: bool) {
        self.tell(Command::Network(available));
    }

    /// A cable was plugged or unplugged.
    pub fn cable(&self, at: ConnectorId, state: CableState) {
        self.input(Input::Cable { at, state });
    }

    /// The car changed its mind.
    pub fn ev(&self, at: ConnectorId, state: EvState) {
        self.input(Input::Ev { at, state });
    }

    /// A car came into a parking bay or left it; `token` identifies it, if it could be read.
    pub fn parking_bay(&self, evse: EvseId, occupied: bool, token: Option<Token>) {
        self.input(Input::ParkingBay {
            evse,
            occupied,
            token,
        });
    }

    /// A token was presented at the reader of an EVSE, or at one for several (`None`).
    /// [`Hardware::token_decided`](super::Hardware::token_decided) tells what comes of it.
    pub fn present(&self, evse: Option<EvseId>, token: Token) {
        self.input(Input::TokenPresented { evse, token });
    }

    /// Somebody pressed the stop button of an EVSE, or its emergency stop.
    pub fn stop_pressed(&self, evse: EvseId, emergency: bool) {
        self.input(Input::StopPressed { evse, emergency });
    }

    /// A fault began, changed, or ended (`None`), at a connector or of the station (`None`).
    pub fn fault(&self, at: Option<ConnectorId>, fault: Option<Fault>) {
        self.input(Input::Fault { at, fault });
    }

    /// An external system sets a limit, or another one than before (2.x K11, K12): it holds from now on, also over restarts.
    /// One that the station cannot follow is told with
    /// [`Hardware::external_limit_refused`](super::Hardware::external_limit_refused). Say again what holds after each start.
    pub fn external_limit(&self, limit: ExternalLimit) {
        self.input(Input::ExternalLimit(Box::new(limit)));
    }

    /// An external system releases the limit that it has set on an EVSE, or on the station (0) (2.x K13).
    pub fn external_limit_released(&self, evse: EvseId, source: LimitSource) {
        self.input(Input::ExternalLimitReleased { evse, source });
    }

    /// The part of the hardware that obeys has restarted by itself, was replaced, or could not be reached for a while, at a
    /// connector or at all (`None`): it is told again what contactor, limit and lock have to be.
    pub fn hardware_restarted(&self, at: Option<ConnectorId>) {
        self.input(Input::HardwareRestarted { at });
    }

    /// What a meter shows, unasked.
    pub fn meter(&self, evse: EvseId, reading: Reading) {
        self.input(Input::Meter { evse, reading });
    }

    /// The power is going down; `time_to_report` says whether the back-up power lasts long enough to stop transactions and
    /// to report that. Everything is durable after every step: nothing else is needed before the end.
    pub fn power_failing(&self, time_to_report: bool) {
        self.input(Input::PowerFailing { time_to_report });
    }

    /// The power that was failing has come back before it was gone: the station may charge again.
    pub fn power_restored(&self) {
        self.input(Input::PowerRestored);
    }

    /// The user has chosen an EVSE, at a display or with a button; `None` takes the choice back. A token that is presented
    /// at a reader for several EVSEs within the next minute is for the chosen one.
    pub fn select_evse(&self, evse: Option<EvseId>) {
        self.input(Input::EvseSelected { evse });
    }

    /// The user of a master pass has selected the transactions of these EVSEs to be stopped, or all of them (`None`), within a
    /// minute after [`TokenEffect::SelectStops`](ocpp_core::station::TokenEffect::SelectStops).
    pub fn select_stops(&self, evses: Option<Vec<EvseId>>) {
        self.input(Input::StopsSelected { evses });
    }

    /// Something that matters for security happened outside of the station logic: the housing was opened, for example.
    pub fn security_event(&self, kind: SecurityEventKind, info: Option<String>) {
        self.input(Input::SecurityEvent { kind, info });
    }

    /// Somebody has dealt with a message about a transaction that was given up
    /// ([`StationState::given_up`]): it is forgotten.
    pub fn settle_given_up(&self, id: u64) {
        self.input(Input::GivenUpSettled { id });
    }

    /// Presents a token as [`present`](Self::present) does, and waits for the decision, however long that takes: use
    /// [`tokio::time::timeout`].
    ///
    /// # Errors
    /// [`Unanswered`] if the station restarts or ends before.
    pub async fn present_and_wait(
        &self,
        evse: Option<EvseId>,
        token: Token,
    ) -> Result<AuthorizationStatus, Unanswered> {
        self.ask(|reply| Command::Token(evse, token, reply)).await
    }

    /// A look inside.
    ///
    /// # Errors
    /// [`Unanswered`] if the station has ended.
    pub async fn state(&self) -> Result<StationState, Unanswered> {
        self.ask(Command::State).await
    }

    /// The value of a configuration key (1.6) or variable (`Component.Variable`, 2.x), secrets included; `None` if there is
    /// no such key.
    ///
    /// # Errors
    /// [`Unanswered`] if the station has ended.
    pub async fn variable(&self, key: impl Into<String>) -> Result<Option<String>, Unanswered> {
        let key = key.into();
        self.ask(|reply| Command::Variable(key, reply)).await
    }

    /// Whether the value of a configuration key or variable is a secret, which can be set and is not shown to anybody
    /// (A01.FR.12): keep it out of logs and interfaces.
    ///
    /// # Errors
    /// [`Unanswered`] if the station has ended.
    pub async fn is_secret(&self, key: impl Into<String>) -> Result<bool, Unanswered> {
        let key = key.into();
        self.ask(|reply| Command::IsSecret(key, reply)).await
    }

    /// Sets a configuration key or variable as the owner of the station, who may also set what is read-only for the CSMS.
    /// It is durable when this returns.
    ///
    /// # Errors
    /// [`Unanswered`] if the station has ended or restarts; inside, when there is no such key or the value is not allowed.
    pub async fn set_variable(
        &self,
        key: impl Into<String>,
        value: impl Into<String>,
    ) -> Result<Result<(), VariableError>, Unanswered> {
        let (key, value) = (key.into(), value.into());
        self.ask(|reply| Command::SetVariable(key, value, reply))
            .await
    }

    /// Puts a token into the authorization cache.
    ///
    /// # Errors
    /// [`Unanswered`] if the station has ended or restarts.
    pub async fn seed_cache(
        &self,
        token: Token,
        authorization: Authorization,
    ) -> Result<(), Unanswered> {
        self.ask(|reply| Command::SeedCache(token, authorization, reply))
            .await
    }

    /// Puts a token into the local list, without changing its version. Says whether there was room.
    ///
    /// # Errors
    /// [`Unanswered`] if the station has ended or restarts.
    pub async fn seed_local_list(
        &self,
        token: Token,
        authorization: Authorization,
    ) -> Result<bool, Unanswered> {
        self.ask(|reply| Command::SeedLocalList(token, authorization, reply))
            .await
    }

    /// Sends a call of the application's own choice, for tests and vendor extensions, and gives the JSON text of the
    /// response.
    ///
    /// # Errors
    /// [`CallError`] if it was not sent, was refused, or was not answered.
    pub async fn call(
        &self,
        action: impl Into<String>,
        payload: impl Into<String>,
    ) -> Result<String, CallError> {
        let (action, payload) = (action.into(), payload.into());
        self.ask(|reply| Command::Call(action, payload, reply))
            .await?
    }

    /// Ends the station: closes the connection with a close handshake, then [`run`](super::StationDriver::run) returns.
    /// Returns when that is done, or was done before.
    pub async fn shutdown(&self) {
        // That it has ended is what was wanted.
        let _ = self.ask(Command::Shutdown).await;
    }

    fn input(&self, input: Input) {
        self.tell(Command::Input(input));
    }

    fn tell(&self, command: Command) {
        // After the end nobody listens.
        let _ = self.commands.send(command);
    }

    async fn ask<T>(
        &self,
        command: impl FnOnce(oneshot::Sender<T>) -> Command,
    ) -> Result<T, Unanswered> {
        let (reply, answered) = oneshot::channel();
        let sent = self.commands.send(command(reply));
        sent.map_err(|_| Unanswered::Ended)?;
        answered.await.map_err(|_| {
            if self.commands.is_closed() {
                Unanswered::Ended
            } else {
                Unanswered::Restarts
            }
        })
    }
}
