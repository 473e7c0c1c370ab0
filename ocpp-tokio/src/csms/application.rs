//! What the user of the CSMS decides and hears.

use std::future::poll_fn;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use ocpp_core::csms::ledger::Bill;
use ocpp_core::csms::remote::{
    Answer, Authorize, Question, RemoteStation, SigningRequest, StationEvent, TokenInfo,
};
use ocpp_types::{DateTime, Decimal, Version};

use super::store::{Boxed, StoreError};
use super::unreadable::UnreadableRecord;
use crate::info::ConnectionInfo;
use crate::server::{Attempt, Refusal, Rejection};
use crate::websocket::End;

/// An answer of the application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision<T> {
    /// This.
    Is(T),
    /// What the CSMS says without an application.
    Default,
    /// Nobody can say now: the station is told an error, and asks again if it has to.
    Unavailable,
}

/// Whether an application has taken what it was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It is durable there, or of no interest: it is not told again.
    Yes,
    /// Not now: it is told again.
    Later,
}

/// What a CSMS asks its application, and tells it. Every method has a default, so that an application writes only what it wants to
/// decide itself; `()` is the application that decides nothing.
///
/// Questions may take their time, up to [`CsmsConfig::answer_timeout`](super::CsmsConfig::answer_timeout); meanwhile the station
/// and the operator go on. What is told (`event` and the methods after it) must not block: hand it to a channel if it has to go
/// somewhere. A panic in one of the methods ends nothing but that: what was asked counts as not answered.
///
/// ```
/// use ocpp_core::csms::TokenStatus;
/// use ocpp_core::csms::remote::{Authorize, TokenInfo};
/// use ocpp_tokio::csms::{Application, Decision};
///
/// struct Operator;
///
/// impl Application for Operator {
///     async fn authorize(&self, station: &str, asked: &Authorize) -> Decision<TokenInfo> {
///         println!("{station}: may {} charge?", asked.id_token.id_token);
///         // Ask the back end.
///         Decision::Is(TokenInfo::of(TokenStatus::Accepted))
///     }
/// }
/// ```
pub trait Application: Send + Sync + 'static {
    /// May this token charge? By default the tokens that were [put](super::Csms::put_token) decide, and who holds them.
    fn authorize(
        &self,
        station: &str,
        asked: &Authorize,
    ) -> impl Future<Output = Decision<TokenInfo>> + Send {
        let _ = (station, asked);
        async { Decision::Default }
    }

    /// What does this ended transaction cost (I03)? Asked if
    /// [`Config::asks_cost`](ocpp_core::csms::remote::Config::asks_cost). By default it is not known.
    fn cost(&self, station: &str, bill: &Bill) -> impl Future<Output = Decision<Decimal>> + Send {
        let _ = (station, bill);
        async { Decision::Default }
    }

    /// The certificate with its chain, PEM, for a request of a station (A02). The common name must be one of
    /// [`SigningRequest::names`]. By default nothing is signed.
    fn sign(
        &self,
        station: &str,
        request: &SigningRequest,
    ) -> impl Future<Output = Decision<String>> + Send {
        let _ = (station, request);
        async { Decision::Default }
    }

    /// The response to another request, both JSON: data of vendors (P02), contract certificates (M01), OCSP (M06), charging needs (K15)
    /// and others. By default the answer that promises nothing.
    fn request(
        &self,
        station: &str,
        version: Version,
        action: &'static str,
        payload: &str,
    ) -> impl Future<Output = Decision<String>> + Send {
        let _ = (station, version, action, payload);
        async { Decision::Default }
    }

    /// Whether a station may connect that has shown what the CSMS asks for. By default it may.
    fn admit(&self, attempt: &Attempt<'_>) -> impl Future<Output = Result<(), Refusal>> + Send {
        let _ = attempt;
        async { Ok(()) }
    }

    /// A transaction has ended, or its bill has become better: the bill with the same
    /// [reference](Bill::reference) takes the place of the earlier one. It is told, after a restart too, until it is
    /// [taken](Taken::Yes) within [`CsmsConfig::answer_timeout`](super::CsmsConfig::answer_timeout): at least once, and sometimes
    /// again although it was taken. By default it is of no interest.
    fn bill(&self, station: &str, bill: &Bill) -> impl Future<Output = Taken> + Send {
        let _ = (station, bill);
        async { Taken::Yes }
    }

    /// Something has happened at a station. Its records are durable. Told once, and not again if the program ends meanwhile: what is
    /// billed is told by [`bill`](Self::bill).
    fn event(&self, station: &RemoteStation, event: &StationEvent) {
        let _ = (station, event);
    }

    /// This was said about a token; `known`: whether it was put.
    fn authorized(&self, station: &str, asked: &Authorize, info: &TokenInfo, known: bool) {
        let _ = (station, asked, info, known);
    }

    /// A station has connected.
    fn connected(&self, info: &ConnectionInfo) {
        let _ = info;
    }

    /// A connection has ended.
    fn disconnected(&self, info: &ConnectionInfo, end: &End) {
        let _ = (info, end);
    }

    /// Somebody did not get in.
    fn rejected(&self, remote: Option<SocketAddr>, rejection: &Rejection) {
        let _ = (remote, rejection);
    }

    /// A station was turned away although its password or certificate is right, or with somebody else's.
    fn turned_away(&self, station: &str, why: &TurnedAway) {
        let _ = (station, why);
    }

    /// A message came from a station or goes to it. It may contain passwords.
    fn message(&self, station: &str, from_station: bool, text: &str) {
        let _ = (station, from_station, text);
    }

    /// Why the store could not be written; `None`: it can be again. Told once each time.
    fn store_failed(&self, error: Option<&StoreError>) {
        let _ = error;
    }

    /// A record cannot be read. It stays where it is, and everything else goes on without it. Told once after each start.
    fn unreadable(&self, record: &UnreadableRecord) {
        let _ = record;
    }

    /// The CSMS has forgotten something, and expects the application to do the same.
    fn forget(&self, what: &Forgotten) {
        let _ = what;
    }
}

impl Application for () {}

impl<A: Application> Application for Arc<A> {
    async fn authorize(&self, station: &str, asked: &Authorize) -> Decision<TokenInfo> {
        (**self).authorize(station, asked).await
    }

    async fn cost(&self, station: &str, bill: &Bill) -> Decision<Decimal> {
        (**self).cost(station, bill).await
    }

    async fn sign(&self, station: &str, request: &SigningRequest) -> Decision<String> {
        (**self).sign(station, request).await
    }

    async fn request(
        &self,
        station: &str,
        version: Version,
        action: &'static str,
        payload: &str,
    ) -> Decision<String> {
        (**self).request(station, version, action, payload).await
    }

    async fn admit(&self, attempt: &Attempt<'_>) -> Result<(), Refusal> {
        Application::admit(&**self, attempt).await
    }

    async fn bill(&self, station: &str, bill: &Bill) -> Taken {
        Application::bill(&**self, station, bill).await
    }

    fn event(&self, station: &RemoteStation, event: &StationEvent) {
        Application::event(&**self, station, event);
    }

    fn authorized(&self, station: &str, asked: &Authorize, info: &TokenInfo, known: bool) {
        Application::authorized(&**self, station, asked, info, known);
    }

    fn connected(&self, info: &ConnectionInfo) {
        Application::connected(&**self, info);
    }

    fn disconnected(&self, info: &ConnectionInfo, end: &End) {
        Application::disconnected(&**self, info, end);
    }

    fn rejected(&self, remote: Option<SocketAddr>, rejection: &Rejection) {
        Application::rejected(&**self, remote, rejection);
    }

    fn turned_away(&self, station: &str, why: &TurnedAway) {
        Application::turned_away(&**self, station, why);
    }

    fn message(&self, station: &str, from_station: bool, text: &str) {
        Application::message(&**self, station, from_station, text);
    }

    fn store_failed(&self, error: Option<&StoreError>) {
        Application::store_failed(&**self, error);
    }

    fn unreadable(&self, record: &UnreadableRecord) {
        Application::unreadable(&**self, record);
    }

    fn forget(&self, what: &Forgotten) {
        Application::forget(&**self, what);
    }
}

/// What a CSMS does not know any more.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Forgotten {
    /// What is older ([`Csms::forget_before`](super::Csms::forget_before)).
    Before(DateTime),
    /// Whose tokens these were ([`Csms::erase`](super::Csms::erase)).
    Tokens {
        /// The tokens, in lower case.
        id_tokens: Vec<String>,
        /// What stands in their place.
        pseudonym: String,
    },
}

/// Why the door turned a known station away.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TurnedAway {
    /// It came with a lower security profile than it may (A05).
    LowerProfile {
        /// The profile that it came with.
        came: u8,
        /// The lowest that it may come with.
        lowest: u8,
    },
    /// The certificate is somebody else's (A00.FR.405): its common name.
    OtherCertificate(Option<String>),
    /// Its identity is the serial number of another station.
    NameTaken,
    /// What is stored of it cannot be read, so nobody knows its password.
    Unreadable,
}

/// An [`Application`] whose type nobody has to know.
pub(super) trait AnyApplication: Send + Sync {
    fn answer(self: Arc<Self>, station: Arc<str>, question: Question) -> Boxed<'static, Answer>;

    fn admit<'a>(&'a self, attempt: &'a Attempt<'_>) -> Boxed<'a, Result<(), Refusal>>;

    fn bill<'a>(&'a self, station: &'a str, bill: &'a Bill) -> Boxed<'a, Taken>;

    fn event(&self, station: &RemoteStation, event: &StationEvent);

    fn authorized(&self, station: &str, asked: &Authorize, info: &TokenInfo, known: bool);

    fn connected(&self, info: &ConnectionInfo);

    fn disconnected(&self, info: &ConnectionInfo, end: &End);

    fn rejected(&self, remote: Option<SocketAddr>, rejection: &Rejection);

    fn turned_away(&self, station: &str, why: &TurnedAway);

    fn message(&self, station: &str, from_station: bool, text: &str);

    fn store_failed(&self, error: Option<&StoreError>);

    fn unreadable(&self, record: &UnreadableRecord);

    fn forget(&self, what: &Forgotten);
}

/// An answer of the core; `Default` stays `Answer::Default`.
fn answer<T>(decision: Decision<T>, is: impl FnOnce(T) -> Answer) -> Answer {
    match decision {
        Decision::Is(value) => is(value),
        Decision::Default => Answer::Default,
        Decision::Unavailable => Answer::Failed,
    }
}

/// What the application does with what it is told is its own affair: if it panics, stations and operators go on.
fn tell(tell: impl FnOnce()) {
    // The panic hook has told of it.
    let _ = catch_unwind(AssertUnwindSafe(tell));
}

/// An answer that ends in a panic is none.
async fn caught<T>(asked: impl Future<Output = T>, panicked: T) -> T {
    let mut asked = pin!(asked);
    let mut panicked = Some(panicked);
    poll_fn(|context| {
        let polled = catch_unwind(AssertUnwindSafe(|| asked.as_mut().poll(context)));
        match (polled, panicked.take()) {
            (Ok(Poll::Pending), there) => {
                panicked = there;
                Poll::Pending
            }
            (Ok(ready), _) => ready,
            (Err(_), Some(panicked)) => Poll::Ready(panicked),
            // It has ended before.
            (Err(_), None) => Poll::Pending,
        }
    })
    .await
}

impl<A: Application> AnyApplication for A {
    fn answer(self: Arc<Self>, station: Arc<str>, question: Question) -> Boxed<'static, Answer> {
        let asked = async move {
            let this = &*self;
            match &question {
                Question::Authorize(asked) => {
                    answer(this.authorize(&station, asked).await, Answer::Token)
                }
                Question::Cost(bill) => answer(this.cost(&station, bill).await, |cost| {
                    Answer::Cost(Some(cost))
                }),
                Question::Sign(request) => answer(this.sign(&station, request).await, |chain| {
                    Answer::Certificate(Some(chain))
                }),
                Question::Request {
                    version,
                    action,
                    payload,
                } => {
                    let decision = this.request(&station, *version, action, payload).await;
                    answer(decision, Answer::Response)
                }
                _ => Answer::Default,
            }
        };
        Box::pin(caught(asked, Answer::Failed))
    }

    fn admit<'a>(&'a self, attempt: &'a Attempt<'_>) -> Boxed<'a, Result<(), Refusal>> {
        let asked = Application::admit(self, attempt);
        Box::pin(caught(asked, Err(Refusal::Unavailable)))
    }

    fn bill<'a>(&'a self, station: &'a str, bill: &'a Bill) -> Boxed<'a, Taken> {
        Box::pin(caught(Application::bill(self, station, bill), Taken::Later))
    }

    fn event(&self, station: &RemoteStation, event: &StationEvent) {
        tell(|| Application::event(self, station, event));
    }

    fn authorized(&self, station: &str, asked: &Authorize, info: &TokenInfo, known: bool) {
        tell(|| Application::authorized(self, station, asked, info, known));
    }

    fn connected(&self, info: &ConnectionInfo) {
        tell(|| Application::connected(self, info));
    }

    fn disconnected(&self, info: &ConnectionInfo, end: &End) {
        tell(|| Application::disconnected(self, info, end));
    }

    fn rejected(&self, remote: Option<SocketAddr>, rejection: &Rejection) {
        tell(|| Application::rejected(self, remote, rejection));
    }

    fn turned_away(&self, station: &str, why: &TurnedAway) {
        tell(|| Application::turned_away(self, station, why));
    }

    fn message(&self, station: &str, from_station: bool, text: &str) {
        tell(|| Application::message(self, station, from_station, text));
    }

    fn store_failed(&self, error: Option<&StoreError>) {
        tell(|| Application::store_failed(self, error));
    }

    fn unreadable(&self, record: &UnreadableRecord) {
        tell(|| Application::unreadable(self, record));
    }

    fn forget(&self, what: &Forgotten) {
        tell(|| Application::forget(self, what));
    }
}
