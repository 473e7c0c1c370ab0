//! Steps of a case as data: the lab plays them, [`explain`](crate::explain) says them in words, and from them follow the
//! stations that misbehave in one point ([`mutation::derive`](crate::mutation::derive)).

mod rule;

use ocpp_core::csms::remote::Command;
use serde_json::Value;

use crate::bench::{Dial, Hello, Record};
use crate::case::Fact;
use crate::lab::{Lab, Moment, Parameters, Reply};
use crate::mutation::Mutation;
use crate::product::Product;
use crate::unmet::Failed;

pub use rule::{
    Must, Rule, Want, absent, compared, flag, instant, is, is_or_absent, known, known_or_absent,
    number, one_of, one_of_or_absent, other_than, present, rule, suits,
};

/// A reusable state of part 6, or a memory state; each is played by one function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// *Booted*, by a power cycle.
    Booted,
    /// *Booting*: a reset is accepted.
    Booting,
    /// *ParkingBayOccupied*; nothing where there is no sensor.
    ParkingBayOccupied,
    /// *EVConnectedPreSession*.
    EvConnectedPreSession,
    /// *Authorized*, in the way of the product.
    Authorized,
    /// *Authorized (local)*.
    AuthorizedLocally,
    /// *Authorized (remote)*.
    AuthorizedRemotely,
    /// *EnergyTransferStarted*.
    EnergyTransferStarted,
    /// *EnergyTransferSuspended*.
    EnergyTransferSuspended,
    /// *StopAuthorized*, in the way of the product.
    StopAuthorized,
    /// *StopAuthorized (local)*.
    StopAuthorizedLocally,
    /// *StopAuthorized (remote)*.
    StopAuthorizedRemotely,
    /// *EVConnectedPostSession*.
    EvConnectedPostSession,
    /// *EVDisconnected*.
    EvDisconnected,
    /// *ParkingBayUnoccupied*.
    ParkingBayUnoccupied,
    /// *Deauthorized* (erratum 6.2.118).
    Deauthorized,
    /// *Unavailable* of the station.
    Unavailable,
    /// *Unavailable* of the EVSE under test.
    UnavailableEvse,
    /// *Unavailable* of the connector under test.
    UnavailableConnector,
    /// *StartOfflineTransaction*.
    StartOfflineTransaction,
    /// *TransactionEventsInQueueEnded*.
    TransactionEventsInQueueEnded,
    /// *IdTokenCached* for the driver's token.
    IdTokenCached,
    /// *IdTokenLocalAuthList* for the driver's token, with what the CSMS says of it now, beside those that the case has put
    /// there before; nothing at a station without a list.
    IdTokenLocalAuthList,
}

/// What somebody does.
#[derive(Clone, Copy)]
pub enum Deed {
    /// The driver presents the token.
    Present,
    /// Sets the EV to a state in which it is not ready to charge, before it is connected.
    NotReady,
    /// Connects EV and EVSE.
    Plug,
    /// Disconnects them.
    Unplug,
    /// Disconnects them at the side of the EV.
    UnplugAtCar,
    /// The user of a master pass selects the transaction at the EVSE under test to be stopped.
    SelectStop,
    /// The same of all transactions.
    SelectAllStops,
    /// The car suspends the energy transfer.
    Suspend,
    /// Switches the station off and on.
    PowerCycle,
}

impl Deed {
    /// In words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Present => "the driver presents the token",
            Self::NotReady => "the EV is set to a state in which it is not ready to charge",
            Self::Plug => "EV and EVSE are connected",
            Self::Unplug => "EV and EVSE are disconnected",
            Self::UnplugAtCar => "EV and EVSE are disconnected at the EV",
            Self::SelectStop => {
                "the user of the master pass selects the transaction at the EVSE under test"
            }
            Self::SelectAllStops => "the user of the master pass selects all transactions",
            Self::Suspend => "the EV suspends the energy transfer",
            Self::PowerCycle => "the station is switched off and on",
        }
    }
}

/// A call of the lab.
#[derive(Clone, Copy)]
pub struct CallStep {
    /// Names the check that it is answered.
    pub label: &'static str,
    /// The action.
    pub action: &'static str,
    /// The payload.
    pub with: fn(&Lab<'_>) -> Value,
    /// What the answer must be.
    pub rules: &'static [Rule],
    /// The error code that it must be answered with instead.
    pub error: Option<&'static str>,
}

/// A request that the side under test has to send.
#[derive(Clone, Copy)]
pub struct ExpectStep {
    /// Names the check that it comes.
    pub label: &'static str,
    /// The action.
    pub action: &'static str,
    /// What tells it from other requests of the action.
    pub of: &'static [Rule],
    /// What it must be.
    pub rules: &'static [Rule],
    /// How many seconds it may take; otherwise the time for triggered functions.
    pub within: Option<fn(&Parameters) -> u32>,
    /// What it is answered with, if not as usual.
    pub answer: Option<fn(&Lab<'_>) -> Value>,
    /// What the operator of a CSMS must be told then; see [`ToldStep`].
    pub told: &'static [Rule],
}

/// The requests of an action that come one after the other until the station has no more.
#[derive(Clone, Copy)]
pub struct DrainStep {
    /// Names the check that one comes.
    pub label: &'static str,
    /// The action.
    pub action: &'static str,
    /// What every one must be.
    pub each: &'static [Rule],
    /// What at least one must be, under the name of a check.
    pub some: &'static [(&'static str, &'static [Rule])],
}

/// A step that data cannot say.
#[derive(Clone, Copy)]
pub struct DoStep {
    /// In words.
    pub words: &'static str,
    /// What is done.
    pub run: fn(&mut Lab<'_>) -> Result<(), Failed>,
    /// Stations that misbehave in what it checks by itself.
    pub mutations: &'static [Mutation],
}

/// What the operator of the CSMS is asked to do.
#[derive(Clone, Copy)]
pub struct OperateStep {
    /// In words.
    pub words: &'static str,
    /// The command.
    pub command: fn(&Lab<'_>) -> Command,
}

/// What the operator must be told of the last command.
#[derive(Clone, Copy)]
pub struct ToldStep {
    /// Names the check that something is told.
    pub label: &'static str,
    /// What it must be: see [`outcome`](crate::bench::outcome).
    pub rules: &'static [Rule],
}

/// What a CSMS must have kept of what it was told.
#[derive(Clone, Copy)]
pub struct RecordStep {
    /// Names the check that there is something.
    pub label: &'static str,
    /// In words.
    pub words: &'static str,
    /// What the operator looks up.
    pub of: fn(&Lab<'_>) -> Record,
    /// What it must be: see [`Record`].
    pub rules: &'static [Rule],
}

/// An attempt of the lab's station to connect.
#[derive(Clone, Copy)]
pub struct DialStep {
    /// Names the check of what becomes of it.
    pub label: &'static str,
    /// In words.
    pub words: &'static str,
    /// How it is made.
    pub with: fn(&Lab<'_>) -> Dial,
    /// The subprotocol that must be agreed on; `None` if there must be no connection.
    pub agreed: Option<&'static str>,
}

/// What the server of a CSMS has to show when the lab's station begins to agree on TLS.
#[derive(Clone, Copy)]
pub struct HelloStep {
    /// Names the check.
    pub label: &'static str,
    /// In words.
    pub words: &'static str,
    /// How it is begun.
    pub with: fn(&Lab<'_>) -> Hello,
    /// What it must show: see [`agreed`](crate::bench::agreed).
    pub rules: &'static [Rule],
}

/// A step of a case.
#[derive(Clone, Copy)]
pub enum Step {
    /// The lab calls.
    Call(CallStep),
    /// The same for every connector; in 1.6 for the station, as connector 0, before.
    EachConnector(CallStep),
    /// The other side has to send a request.
    Expect(ExpectStep),
    /// It has to send these requests, in any order.
    Unordered(&'static [ExpectStep]),
    /// Requests that come until the station has no more.
    Drain(DrainStep),
    /// A reusable state.
    State(State),
    /// Something happens at the EVSE under test, and the station tells it as its start and stop points say.
    Transaction(&'static str, Moment),
    /// Something happens, and the station tells that the connector under test has this status, besides.
    Status(&'static str, Moment, &'static str),
    /// Every connector has a status: the one under test the first, all others the second.
    Statuses(&'static str, &'static str, &'static str),
    /// The station registers, in this way, and tells the status of every connector as with [`Statuses`](Self::Statuses);
    /// if asked for, also a security event that says so.
    Boots(
        &'static str,
        &'static [Rule],
        &'static str,
        &'static str,
        bool,
    ),
    /// The next BootNotification is answered with this status, and with an interval.
    Registration(&'static str, fn(&Parameters) -> u32),
    /// Somebody does something.
    Act(Deed),
    /// From now on the driver has this token, and the CSMS says this of it.
    Driver(fn(&Parameters) -> &str),
    /// From now on the CSMS says this of the driver's token, and that it belongs to this group.
    Token(&'static str, Option<fn(&Parameters) -> &str>),
    /// From now on the CSMS says this of the driver's token in answers to TransactionEvent.
    TokenInEvents(&'static str),
    /// From now on this EVSE is under test.
    At(u32),
    /// The next requests of an action are answered so, this many times.
    Answer(&'static str, u32, fn() -> Reply),
    /// Time passes.
    Wait(fn(&Parameters) -> u32),
    /// For so many seconds nothing may come but requests of these actions.
    Silence(
        &'static str,
        fn(&Parameters) -> u32,
        &'static [&'static str],
    ),
    /// The CSMS closes the connection and accepts no other.
    Offline,
    /// It accepts connections again.
    Online,
    /// The operator of the CSMS does something.
    Operate(OperateStep),
    /// The operator is told what came of it.
    Told(ToldStep),
    /// The operator looks up what the CSMS has kept.
    Record(RecordStep),
    /// The operator enters something.
    Enter(Fact),
    /// The station of the lab tries to connect.
    Dial(DialStep),
    /// It begins to agree on TLS, and goes away.
    Hello(HelloStep),
    /// It ends its connection.
    HangUp,
    /// The interval passes that the last answer to BootNotification named.
    Interval,
    /// Steps for products that have what the words say.
    Where(&'static str, fn(&Product) -> bool, &'static [Step]),
    /// Steps with a name, which several cases have: a reusable state.
    Reusable(&'static str, &'static [Step]),
    /// Something else.
    Do(DoStep),
}

/// A call of the lab; see [`CallStep`].
#[must_use]
pub const fn call(
    label: &'static str,
    action: &'static str,
    with: fn(&Lab<'_>) -> Value,
    rules: &'static [Rule],
) -> Step {
    Step::Call(CallStep {
        label,
        action,
        with,
        rules,
        error: None,
    })
}

/// A call that must be answered with an error of this code.
#[must_use]
pub const fn refused(
    label: &'static str,
    action: &'static str,
    with: fn(&Lab<'_>) -> Value,
    code: &'static str,
) -> Step {
    Step::Call(CallStep {
        label,
        action,
        with,
        rules: &[],
        error: Some(code),
    })
}

/// A request of the other side, as part of [`Step::Unordered`].
#[must_use]
pub const fn request(
    label: &'static str,
    action: &'static str,
    of: &'static [Rule],
    rules: &'static [Rule],
) -> ExpectStep {
    ExpectStep {
        label,
        action,
        of,
        rules,
        within: None,
        answer: None,
        told: &[],
    }
}

/// A request of the other side; see [`ExpectStep`].
#[must_use]
pub const fn expect(label: &'static str, action: &'static str, rules: &'static [Rule]) -> Step {
    Step::Expect(request(label, action, &[], rules))
}

/// The same within so many seconds.
#[must_use]
pub const fn expect_within(
    label: &'static str,
    action: &'static str,
    within: fn(&Parameters) -> u32,
    rules: &'static [Rule],
) -> Step {
    Step::Expect(ExpectStep {
        within: Some(within),
        ..request(label, action, &[], rules)
    })
}

/// A request of the other side that is answered with this.
#[must_use]
pub const fn expect_answering(
    label: &'static str,
    action: &'static str,
    rules: &'static [Rule],
    answer: fn(&Lab<'_>) -> Value,
) -> Step {
    Step::Expect(ExpectStep {
        answer: Some(answer),
        ..request(label, action, &[], rules)
    })
}

/// A request of a CSMS that is answered with this, and what the operator is told then; see [`ToldStep`].
#[must_use]
pub const fn expect_telling(
    label: &'static str,
    action: &'static str,
    rules: &'static [Rule],
    answer: fn(&Lab<'_>) -> Value,
    told: &'static [Rule],
) -> Step {
    Step::Expect(ExpectStep {
        answer: Some(answer),
        told,
        ..request(label, action, &[], rules)
    })
}

/// The operator of the CSMS is asked to do something; see [`OperateStep`].
#[must_use]
pub const fn operate(words: &'static str, command: fn(&Lab<'_>) -> Command) -> Step {
    Step::Operate(OperateStep { words, command })
}

/// The operator is told what came of the last command; see [`ToldStep`].
#[must_use]
pub const fn told(label: &'static str, rules: &'static [Rule]) -> Step {
    Step::Told(ToldStep { label, rules })
}

/// Requests until the station has no more; see [`DrainStep`].
#[must_use]
pub const fn drain(
    label: &'static str,
    action: &'static str,
    each: &'static [Rule],
    some: &'static [(&'static str, &'static [Rule])],
) -> Step {
    Step::Drain(DrainStep {
        label,
        action,
        each,
        some,
    })
}

/// A step that data cannot say; see [`DoStep`].
#[must_use]
pub const fn by_hand(
    words: &'static str,
    run: fn(&mut Lab<'_>) -> Result<(), Failed>,
    mutations: &'static [Mutation],
) -> Step {
    Step::Do(DoStep {
        words,
        run,
        mutations,
    })
}
