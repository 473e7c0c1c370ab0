//! Sides under test that misbehave.
//!
//! A mutation changes what a station or a CSMS sends, in one point. A mutator stands between it and the lab; where it takes a
//! request away, it answers in the place of the lab, so that the side under test goes on. What is said of a station here holds
//! for a CSMS as well.

mod csms;
pub mod derive;
mod edit;

use std::collections::BTreeSet;

use ocpp_types::Version;
use serde_json::{Value, json};

use crate::case::Side;
use crate::lab::dialect::dialect;
use edit::{remove, set};

/// A misbehaving station and the check that it must fail.
#[derive(Debug, Clone, Copy)]
pub struct Mutation {
    /// What the station does wrong.
    pub change: Change,
    /// The check that fails ([`Unmet::check`](crate::Unmet::check)), or the label of the warning.
    pub fails: &'static str,
    /// Whether it is only warned of.
    pub warns: bool,
    /// The product that misbehaves, if not any to which the case applies will do.
    pub product: Option<&'static str>,
}

impl Mutation {
    /// Only this product gets to the check.
    #[must_use]
    pub const fn of(mut self, product: &'static str) -> Self {
        self.product = Some(product);
        self
    }
}

/// A mutation and its check, short because each case has several.
#[must_use]
pub const fn fails(change: Change, fails: &'static str) -> Mutation {
    Mutation {
        change,
        fails,
        warns: false,
        product: None,
    }
}

/// What a station may do and better did not, and the label of the warning.
#[must_use]
pub const fn warns(change: Change, label: &'static str) -> Mutation {
    Mutation {
        warns: true,
        ..fails(change, label)
    }
}

/// A number of a request: 0 for the first after the boot of the station, when the case itself begins.
type Nth = usize;

/// What a misbehaving station does. Requests are counted for each action from the beginning of the case.
#[derive(Debug, Clone, Copy)]
pub enum Change {
    /// Its nth request of an action is lost, and nobody answers it.
    Lose(&'static str, Nth),
    /// It begins anew without registering: there is no BootNotification, and none of so many statuses after it.
    BeginAnew(usize),
    /// It does not send the nth request of an action.
    Drop(&'static str, Nth),
    /// It sends no request of an action at all.
    DropAll(&'static str),
    /// In the nth request of an action the member at the pointer has another value, given as JSON.
    Replace(&'static str, Nth, &'static str, &'static str),
    /// The same in all requests of an action.
    ReplaceAll(&'static str, &'static str, &'static str),
    /// In the nth request of an action a member is missing, by its name or its JSON pointer.
    Remove(&'static str, Nth, &'static str),
    /// It sends the nth request of an action twice.
    Duplicate(&'static str, Nth),
    /// It sends the nth request of an action after the request that should follow it.
    Swap(&'static str, Nth),
    /// It sends the nth request of an action so many seconds late.
    Late(&'static str, Nth, u32),
    /// It answers the nth call of an action with another value at the pointer, given as JSON.
    Answer(&'static str, Nth, &'static str, &'static str),
    /// In its answer to the nth call of an action the member at the pointer is missing.
    AnswerWithout(&'static str, Nth, &'static str),
    /// It answers the nth call of an action with this payload, also where it should have refused it.
    AnswerWith(&'static str, Nth, &'static str),
    /// It understands the answer to its nth request of an action wrongly: with another value at the pointer.
    MisreadAnswer(&'static str, Nth, &'static str, &'static str),
    /// It understands the nth call of an action wrongly: with another value at the pointer, given as JSON.
    Misread(&'static str, Nth, &'static str, &'static str),
    /// What it tells the operator when a step asks for the nth time has another value at the pointer, given as JSON.
    Misreport(Nth, &'static str, &'static str),
    /// The same without the member at the pointer.
    ReportWithout(Nth, &'static str),
    /// It refuses the nth attempt to connect where it should take it, or takes it where it should refuse it.
    DialOtherwise(Nth),
    /// What its server shows when TLS is begun for the nth time has another value at the pointer, given as JSON.
    Show(Nth, &'static str, &'static str),
    /// The same without the member at the pointer.
    ShowWithout(Nth, &'static str),
    /// It tells the operator nothing when a step asks for the nth time.
    Untold(Nth),
    /// It answers the nth call of an action as it did the one before.
    Stale(&'static str, Nth),
    /// It does not hear the nth call of an action.
    Deaf(&'static str, Nth),
    /// It does what the nth call of an action asks for before it answers.
    Hasty(&'static str, Nth),
    /// It does not answer the nth call of an action.
    NoAnswer(&'static str, Nth),
    /// It answers the nth call of an action so many seconds late.
    LateAnswer(&'static str, Nth, u32),
    /// It answers the nth call of an action twice.
    AnswerTwice(&'static str, Nth),
    /// Its answer to the nth call of an action bears the id of another message.
    AnswerToAnother(&'static str, Nth),
    /// It refuses the nth call of an action with an error code.
    Refuse(&'static str, Nth, &'static str),
    /// It sends a request of its own invention before the nth one of an action.
    Before(&'static str, Nth, &'static str, &'static str),
    /// It sends a request of its own invention after the nth one of an action.
    After(&'static str, Nth, &'static str, &'static str),
    /// It sends a request of its own invention after its answer to the nth call of an action.
    AfterAnswer(&'static str, Nth, &'static str, &'static str),
    /// It forgets the records whose key begins so when the power goes or it restarts.
    Forget(&'static str),
    /// A configuration key has another value than it pretends: set behind the back of the CSMS when the case begins.
    Key(&'static str, &'static str),
    /// It does something wrong when it connects.
    Link(Flaw),
}

/// What a station does wrong when it connects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// It goes on with the password that it had when the case began.
    OldPassword,
    /// It sends the hexadecimal digits of its password instead of the bytes.
    PasswordAsText,
    /// Its user name is not its identity.
    OtherUser,
    /// It shows no password and no certificate.
    NoCredentials,
    /// It goes on with the certificate that it had when the case began.
    OldCertificate,
    /// It shows the certificate of somebody else.
    OtherCertificate,
    /// It goes on with the security profile that it had when the case began.
    OldProfile,
    /// It connects without TLS.
    Unsecured,
    /// It offers outdated cipher suites only.
    OldCiphers,
    /// It offers no cipher suite that could be seen.
    NoCiphers,
    /// It agrees to an old version of TLS.
    OldTls,
    /// It shows a certificate where none is asked for.
    NeedlessCertificate,
    /// It shows a certificate with its own name, but with another key.
    OtherKey,
    /// It asks for a certificate for the key that it had when the case began.
    SameKey,
    /// It asks for a certificate with another name than its serial number.
    OtherName,
    /// Its certificate has a key that is too short.
    WeakKey,
    /// Its certificate has the serial number 0.
    NoSerialNumber,
    /// It goes on with the connection that it has, and makes no new one.
    KeepsConnection,
    /// It believes every server.
    TrustsAnyServer,
    /// It believes a server whose certificate names it by a wildcard.
    TrustsWildcards,
    /// It takes a lower security profile if the server has no better one.
    FallsBack,
    /// It connects to the address where it was when the case began, whatever it was told.
    StaysHere,
    /// It does not connect again.
    StaysAway,
    /// It connects again without need.
    Restless,
}

/// What becomes of a text message of the station.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Fate {
    /// What the lab receives, and how many seconds later.
    pub(crate) to_lab: Vec<(u32, String)>,
    /// What the station receives at once.
    pub(crate) to_station: Vec<String>,
}

/// Changes the messages of a station.
#[derive(Debug)]
pub(crate) struct Mutator {
    change: Change,
    version: Version,
    /// The side that misbehaves.
    side: Side,
    /// How many requests (or calls) of the action have been seen.
    seen: usize,
    /// The request that is held back until the next one has passed.
    held: Option<String>,
    /// Ids whose answers the station must not see.
    swallow: BTreeSet<String>,
    /// Calls of the lab whose answers are concerned.
    calls: BTreeSet<String>,
    invented: u32,
    /// The answer before.
    previous: Option<Value>,
}

impl Mutator {
    pub(crate) const fn new(change: Change, version: Version, side: Side) -> Self {
        Self {
            change,
            version,
            side,
            seen: 0,
            held: None,
            swallow: BTreeSet::new(),
            calls: BTreeSet::new(),
            invented: 0,
            previous: None,
        }
    }

    /// Whether a stored record is lost when the station restarts.
    pub(crate) fn forgets(&self, key: &str) -> bool {
        matches!(self.change, Change::Forget(prefix) if key.starts_with(prefix))
    }

    /// The key to set behind the CSMS's back.
    pub(crate) const fn key(&self) -> Option<(&'static str, &'static str)> {
        match self.change {
            Change::Key(key, value) => Some((key, value)),
            _ => None,
        }
    }

    /// A text of the lab: whether the station gets it.
    pub(crate) fn inbound(&mut self, text: &str) -> bool {
        let frame: Value = serde_json::from_str(text).unwrap_or_default();
        let id = frame[1].as_str().unwrap_or_default();
        match frame[0].as_i64() {
            Some(2) => {
                let change = self.change;
                if matches!(change, Change::Deaf(action, nth) if frame[2] == action && self.is(nth))
                {
                    return false;
                }
                let concerned = match change {
                    Change::Answer(action, nth, ..)
                    | Change::AnswerWithout(action, nth, _)
                    | Change::AnswerWith(action, nth, _)
                    | Change::Hasty(action, nth)
                    | Change::NoAnswer(action, nth)
                    | Change::LateAnswer(action, nth, _)
                    | Change::AnswerTwice(action, nth)
                    | Change::AnswerToAnother(action, nth)
                    | Change::Refuse(action, nth, _)
                    | Change::AfterAnswer(action, nth, ..) => frame[2] == action && self.is(nth),
                    Change::Stale(action, nth) if frame[2] == action => {
                        let is = self.is(nth);
                        is || self.seen == nth
                    }
                    _ => false,
                };
                if concerned {
                    self.calls.insert(id.to_owned());
                }
                true
            }
            _ => !self.swallow.remove(id),
        }
    }

    /// What is wrong with the way the station connects.
    pub(crate) const fn flaw(&self) -> Option<Flaw> {
        match self.change {
            Change::Link(flaw) => Some(flaw),
            _ => None,
        }
    }

    /// What the station understands of a text of the lab.
    pub(crate) fn understood(&mut self, text: &str) -> String {
        let mut frame: Value = serde_json::from_str(text).unwrap_or_default();
        let change = self.change;
        match change {
            Change::Misread(action, nth, pointer, value)
                if frame[0] == 2 && frame[2] == action && self.is(nth) =>
            {
                set(&mut frame[3], pointer, value);
                frame.to_string()
            }
            Change::MisreadAnswer(_, _, pointer, value)
                if frame[0] == 3 && self.calls.remove(frame[1].as_str().unwrap_or_default()) =>
            {
                set(&mut frame[2], pointer, value);
                frame.to_string()
            }
            _ => text.to_owned(),
        }
    }

    /// Counts, and says whether it is the nth.
    const fn is(&mut self, nth: Nth) -> bool {
        self.seen += 1;
        self.seen == nth + 1
    }

    fn invent(&mut self, action: &str, payload: &str) -> String {
        let payload: Value = serde_json::from_str(payload).unwrap_or_default();
        let id = format!("invented-{}", self.invented);
        self.invented += 1;
        self.swallow.insert(id.clone());
        json!([2, id, action, payload]).to_string()
    }

    /// The same request with an id of the mutator's, so that its answer does not reach the station.
    fn under_own_id(&mut self, frame: &Value) -> String {
        let action = frame[2].as_str().unwrap_or_default();
        self.invent(action, &frame[3].to_string())
    }

    /// What the lab would have answered.
    fn plain_answer(&self, frame: &Value, utc: &str) -> String {
        let action = frame[2].as_str().unwrap_or_default();
        let dialect = dialect(self.version);
        let answer = match self.side {
            Side::Station => dialect.plain_answer(action, &frame[3], utc),
            Side::Csms => dialect.agrees(action, &frame[3]),
        };
        json!([3, frame[1], answer]).to_string()
    }

    /// A text of the station.
    pub(crate) fn outbound(&mut self, text: String, utc: &str) -> Fate {
        let frame: Value = serde_json::from_str(&text).unwrap_or_default();
        match frame[0].as_i64() {
            Some(2) => self.request(text, frame, utc),
            _ => self.answer(text, frame),
        }
    }

    fn request(&mut self, text: String, mut frame: Value, utc: &str) -> Fate {
        let action = frame[2].as_str().unwrap_or_default().to_owned();
        let mut fate = Fate::default();
        let lab = &mut fate.to_lab;
        let change = self.change;
        match change {
            Change::Lose(wanted, nth) if action == wanted && self.is(nth) => {}
            Change::BeginAnew(statuses) => match action.as_str() {
                "BootNotification" => {
                    self.seen = statuses;
                    fate.to_station.push(self.plain_answer(&frame, utc));
                }
                "StatusNotification" if self.seen > 0 => {
                    self.seen -= 1;
                    fate.to_station.push(self.plain_answer(&frame, utc));
                }
                _ => lab.push((0, text)),
            },
            Change::MisreadAnswer(wanted, nth, ..) if action == wanted && self.is(nth) => {
                self.calls
                    .insert(frame[1].as_str().unwrap_or_default().to_owned());
                lab.push((0, text));
            }
            Change::Drop(wanted, nth) if action == wanted && self.is(nth) => {
                fate.to_station.push(self.plain_answer(&frame, utc));
            }
            Change::DropAll(wanted) if action == wanted => {
                fate.to_station.push(self.plain_answer(&frame, utc));
            }
            Change::Replace(wanted, nth, pointer, value) if action == wanted && self.is(nth) => {
                set(&mut frame[3], pointer, value);
                lab.push((0, frame.to_string()));
            }
            Change::ReplaceAll(wanted, pointer, value) if action == wanted => {
                set(&mut frame[3], pointer, value);
                lab.push((0, frame.to_string()));
            }
            Change::Remove(wanted, nth, member) if action == wanted && self.is(nth) => {
                remove(&mut frame[3], member);
                lab.push((0, frame.to_string()));
            }
            Change::Duplicate(wanted, nth) if action == wanted && self.is(nth) => {
                lab.push((0, text));
                let again = self.under_own_id(&frame);
                lab.push((0, again));
            }
            Change::Swap(wanted, nth) if action == wanted && self.is(nth) => {
                self.held = Some(self.under_own_id(&frame));
                fate.to_station.push(self.plain_answer(&frame, utc));
            }
            Change::Swap(..) | Change::Hasty(..) if self.held.is_some() => {
                lab.push((0, text));
                lab.extend(self.held.take().map(|held| (0, held)));
            }
            Change::Late(wanted, nth, seconds) if action == wanted && self.is(nth) => {
                lab.push((seconds, text));
            }
            Change::Before(wanted, nth, invented, payload) if action == wanted && self.is(nth) => {
                lab.push((0, self.invent(invented, payload)));
                lab.push((0, text));
            }
            Change::After(wanted, nth, invented, payload) if action == wanted && self.is(nth) => {
                lab.push((0, text));
                lab.push((0, self.invent(invented, payload)));
            }
            _ => lab.push((0, text)),
        }
        fate
    }

    fn answer(&mut self, text: String, mut frame: Value) -> Fate {
        let mut fate = Fate::default();
        let id = frame[1].as_str().unwrap_or_default().to_owned();
        if !self.calls.remove(&id) {
            fate.to_lab.push((0, text));
            return fate;
        }
        match self.change {
            Change::NoAnswer(..) => {}
            Change::LateAnswer(_, _, seconds) => fate.to_lab.push((seconds, text)),
            Change::AnswerTwice(..) => fate.to_lab.extend([(0, text.clone()), (0, text)]),
            Change::AnswerToAnother(..) => {
                frame[1] = format!("not-{id}").into();
                fate.to_lab.push((0, frame.to_string()));
            }
            Change::Hasty(..) => self.held = Some(text),
            Change::Stale(..) => {
                if let Some(previous) = self.previous.take() {
                    frame[2] = previous;
                } else {
                    self.previous = Some(frame[2].clone());
                }
                fate.to_lab.push((0, frame.to_string()));
            }
            Change::Answer(_, _, pointer, value) => {
                set(&mut frame[2], pointer, value);
                fate.to_lab.push((0, frame.to_string()));
            }
            Change::AnswerWithout(_, _, pointer) => {
                remove(&mut frame[2], pointer);
                fate.to_lab.push((0, frame.to_string()));
            }
            Change::AnswerWith(_, _, payload) => {
                let payload: Value = serde_json::from_str(payload).unwrap_or_default();
                fate.to_lab.push((0, json!([3, id, payload]).to_string()));
            }
            Change::Refuse(_, _, code) => {
                fate.to_lab
                    .push((0, json!([4, id, code, "", {}]).to_string()));
            }
            Change::AfterAnswer(_, _, invented, payload) => {
                fate.to_lab.push((0, text));
                fate.to_lab.push((0, self.invent(invented, payload)));
            }
            _ => fate.to_lab.push((0, text)),
        }
        fate
    }
}
