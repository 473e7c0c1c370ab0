//! Events that the CSMS does not accept: E13.

use std::time::Duration;

use super::super::CASE;
use crate::case::{Case, Setting};
use crate::lab::{Expected, Lab, Message, Reply};
use crate::mutation::{Change::*, fails};
use crate::step::{State, Step, by_hand};
use crate::unmet::Failed;

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_E_41_CS",
        name: "Retry sending transaction message when failed - Max retry count reached",
        about: "The CSMS does not answer the events about the car that is plugged in: each is sent MessageAttempts times, \
                after MessageTimeout and a wait that grows with each attempt, and not once more.",
        requirements: &["E13.FR.01", "E13.FR.02", "E13.FR.03", "E13.FR.04"],
        config: &[ATTEMPTS, INTERVAL],
        steps: &[
            Step::State(State::Authorized),
            by_hand(WORDS, |lab| retried(lab, false, false), FLAWS),
        ],
        ..CASE
    },
    Case {
        id: "TC_E_50_CS",
        name: "Retry sending transaction message when failed - Max retry count reached - CallError",
        about: "The CSMS answers the events about the car that is plugged in with InternalError: each is sent MessageAttempts \
                times, after a wait that grows with each attempt, and not once more.",
        requirements: &["E13.FR.01", "E13.FR.02", "E13.FR.03", "E13.FR.04"],
        config: &[ATTEMPTS, INTERVAL],
        steps: &[
            Step::State(State::Authorized),
            by_hand(WORDS, |lab| retried(lab, true, false), FLAWS),
        ],
        ..CASE
    },
    Case {
        id: "TC_E_42_CS",
        name: "Retry sending transaction message when failed - Success before reaching the max retry count",
        about: "The CSMS does not answer the first attempt, and answers the second one: the event is not sent again.",
        requirements: &["E13.FR.01", "E13.FR.02", "E13.FR.03"],
        config: &[ATTEMPTS, INTERVAL],
        steps: &[
            Step::State(State::Authorized),
            by_hand(WORDS, |lab| retried(lab, false, true), FLAWS),
        ],
        ..CASE
    },
    Case {
        id: "TC_E_51_CS",
        name: "Retry sending transaction message when failed - Success before reaching the max retry count - CallError",
        about: "The CSMS answers the first attempt with InternalError, and accepts the second one: the event is not sent \
                again. The description adds MessageTimeout to the wait; an error is an answer, so that only the least time \
                without it can be asked for.",
        requirements: &["E13.FR.01", "E13.FR.02", "E13.FR.03"],
        config: &[ATTEMPTS, INTERVAL],
        steps: &[
            Step::State(State::Authorized),
            by_hand(WORDS, |lab| retried(lab, true, true), FLAWS),
        ],
        ..CASE
    },
];

const ATTEMPTS: Setting = Setting::new("OCPPCommCtrlr.MessageAttempts[TransactionEvent]", |p| {
    p.message_attempts.to_string()
});
const INTERVAL: Setting = Setting::new(
    "OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]",
    |p| p.message_attempt_interval.to_string(),
);
const WORDS: &str = "the car is connected\n     [attempt.N] the station sends the first TransactionEvent.req again, the same, \
    [attempt.N.seconds] after MessageAttemptInterval times the attempts before, and MessageTimeout if nothing was answered\n     \
    [no-more] as often as MessageAttempts says, or until it is answered, and no more";
const FLAWS: &[crate::mutation::Mutation] = &[
    fails(
        Replace("TransactionEvent", SECOND, "/seqNo", "99"),
        "attempt.2",
    ),
    fails(Late("TransactionEvent", SECOND, 8), "attempt.2.seconds"),
    fails(Drop("TransactionEvent", SECOND), "attempt.2"),
];
/// The second attempt: of a station that starts transactions when the power path is closed, the first event is the one that
/// is not answered.
const SECOND: usize = 1;

/// The first event about a car that is plugged in is not accepted.
fn retried(lab: &mut Lab<'_>, with_error: bool, second_accepted: bool) -> Result<(), Failed> {
    let attempts = lab.parameters.message_attempts;
    let interval = lab.parameters.message_attempt_interval;
    let timeout = match with_error {
        true => 0,
        false => message_timeout(lab)?,
    };
    let refused = || match with_error {
        true => Reply::Error("InternalError"),
        false => Reply::Nothing,
    };
    let withheld = if second_accepted { 1 } else { attempts };
    for _ in 0..withheld {
        lab.csms.answer_next("TransactionEvent", refused());
    }
    lab.plug()?;
    let evse = lab.parameters.connector;
    lab.sessions.seat_mut(evse).connected = true;
    let status = lab.status_here("status", "Occupied");
    let running = lab.sessions.seat(evse).transaction.is_some();
    let kind = if running { "Updated" } else { "Started" };
    let first = Expected::new("attempt.1", "TransactionEvent").at("/eventType", kind);
    let messages = lab.unordered(vec![status, first])?;
    let Some(first) = messages.into_iter().nth(1).flatten() else {
        return lab.fail("attempt.1", "TransactionEvent.req", "it did not come");
    };
    let mut last = first.at;
    let sent = if second_accepted { 2 } else { attempts };
    for number in 2..=sent {
        let wait = interval * (number - 1) + timeout;
        let again = attempt(lab, number, &first, wait)?;
        #[allow(clippy::cast_precision_loss)] // A few minutes.
        let took = again.at.saturating_sub(last) as f64 / 1000.0;
        lab.check_seconds(&format!("attempt.{number}.seconds"), took, f64::from(wait))?;
        last = again.at;
    }
    // One more iteration, in which other events may come.
    let more = interval * sent + timeout + 5;
    let number = first.payload["seqNo"].clone();
    lab.silence_about(
        "no-more",
        more,
        &["TransactionEvent"],
        move |message: &Message| {
            message.payload["seqNo"] == number && message.action == "TransactionEvent"
        },
    )
}

/// The same event once more.
fn attempt(lab: &mut Lab<'_>, number: u32, first: &Message, wait: u32) -> Result<Message, Failed> {
    let limit = Duration::from_secs((wait + 20).into());
    let again = Expected::new(format!("attempt.{number}"), "TransactionEvent")
        .at("/seqNo", first.payload["seqNo"].clone())
        .with("/eventType", first.payload["eventType"].clone())
        .with("/triggerReason", first.payload["triggerReason"].clone())
        .within(limit)
        .optional();
    lab.expect(again)
}

/// `MessageTimeout` in seconds.
fn message_timeout(lab: &mut Lab<'_>) -> Result<u32, Failed> {
    let value = lab.key("timeout", "OCPPCommCtrlr.MessageTimeout[Default]")?;
    Ok(value.parse().unwrap_or(30))
}
