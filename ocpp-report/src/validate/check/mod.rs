//! Judges one message after the other.

mod frame;
mod remember;

use ocpp_core::frame::{ErrorCode, Request};
use ocpp_types::{ActionInfo, Version};

use super::calls::{Call, Calls, Speaker};
use super::finding::{Answer, Finding, Name, Problem};
use super::guess::{Order, Versions, is_same_family};
use super::read::{
    Captured, Certainty, Content, Ending, FrameContext, Head, Station, has_ellipsis,
};
use super::structure::{self, excerpt};

/// Checks messages and remembers the calls among them.
#[derive(Debug)]
pub(crate) struct Checker {
    versions: Versions,
    lenient: bool,
    calls: Calls,
}

/// What was found out about a frame in one version.
struct Judged<'a> {
    finding: Finding,
    /// The version has no such action.
    is_unknown: bool,
    effect: Effect<'a>,
}

/// What a frame changes for those after it.
enum Effect<'a> {
    Nothing,
    Call(Request<'a>, &'static ActionInfo),
    /// The response to a call, if it was seen.
    Answer(Option<Call>),
}

impl<'a> Judged<'a> {
    const fn of(finding: Finding) -> Self {
        Self {
            finding,
            is_unknown: false,
            effect: Effect::Nothing,
        }
    }

    fn unknown(finding: Finding) -> Self {
        Self {
            is_unknown: true,
            ..Self::of(finding)
        }
    }

    fn with(self, effect: Effect<'a>) -> Self {
        Self { effect, ..self }
    }

    /// How far it is from being right.
    fn distance(&self) -> (bool, usize, usize) {
        let Finding {
            errors, deviations, ..
        } = &self.finding;
        (self.is_unknown, errors.len(), deviations.len())
    }

    fn is_perfect(&self) -> bool {
        self.distance() == (false, 0, 0)
    }

    /// Whether it looks like a message of another version: of an action or with members that this one does not have, and
    /// without some that it must have.
    fn is_of_another_version(&self) -> bool {
        let errors = &self.finding.errors;
        let lacks =
            |problem: &Problem| problem.found.is_empty() && problem.code.starts_with("Occur");
        let has_more = |problem: &Problem| problem.expected.starts_with("no member ");
        let strange = errors.iter().chain(&self.finding.deviations);
        self.is_unknown || errors.iter().any(lacks) && strange.into_iter().any(has_more)
    }
}

/// What there is to know about a frame before it is judged.
#[derive(Clone, Copy)]
struct Given<'a> {
    text: &'a str,
    message: Option<&'a str>,
    told: &'a FrameContext,
    speaker: &'a Speaker,
    line: u64,
}

impl Checker {
    /// `version` is that of lines that do not say it themselves; without one it is guessed.
    pub(crate) fn new(version: Option<Version>, lenient: bool) -> Self {
        Self {
            versions: Versions::new(version),
            lenient,
            calls: Calls::default(),
        }
    }

    /// What is known of the versions.
    pub(super) fn versions(&self) -> &Versions {
        &self.versions
    }

    /// How many calls have no answer, of those that are remembered.
    pub(super) fn unanswered(&self) -> usize {
        self.calls.unanswered()
    }

    /// Notes that a line names the subprotocol of a connection.
    pub(super) fn subprotocol(&mut self, version: Version, station: Option<&Station>, line: u64) {
        let station = station.map(|station| Speaker::station_of(&station.name));
        self.versions.subprotocol(version, station, line);
    }

    /// A line that has to hold a frame and does not.
    pub(super) fn no_frame(&self, text: &str) -> Finding {
        let expected = "a frame, a line of a log that ends with one, or an object with one";
        self.unusable(expected, excerpt(text))
    }

    /// A line of more than `limit` bytes.
    pub(super) fn too_long(&self, limit: usize) -> Finding {
        self.unusable(
            &format!("a line of at most {limit} bytes"),
            "a longer one".into(),
        )
    }

    fn unusable(&self, expected: &str, found: String) -> Finding {
        let version = self.versions.order(None, None, None);
        let version = if version.is_certain() {
            version.first()
        } else {
            Version::V2_1
        };
        let problem = Problem {
            pointer: String::new(),
            code: ErrorCode::FormatViolation
                .as_str(version)
                .to_string()
                .into(),
            expected: expected.into(),
            found,
            became: None,
        };
        Finding::wrong(Name::Unknown, problem, Answer::Nothing)
    }

    /// Judges what was found in a log. `None` if it was taken for a frame and is none.
    pub(super) fn check(&mut self, captured: &Captured<'_>) -> Option<Finding> {
        let speaker = Speaker::of(&captured.told);
        let told = &captured.told;
        let order = self
            .versions
            .order(told.version, told.hint, speaker.station());
        let text = match &captured.content {
            Content::Unusable(why) => {
                let expected =
                    "an object with version, from and frame, or version, message and payload";
                return Some(self.unusable(expected, (*why).into()));
            }
            Content::Payload(json) => {
                let message = captured.message.as_deref().unwrap_or_default();
                let judged = self.best(order, &speaker, |version| {
                    self.payload(version, message, json)
                });
                return Some(
                    self.settle(judged, speaker.station(), captured.line)
                        .finding,
                );
            }
            Content::Frame(text) => &**text,
        };
        if captured.certainty == Certainty::Doubtful && !self.answers_something(text) {
            return None;
        }
        self.calls.learn(&speaker);
        let given = Given {
            text,
            message: captured.message.as_deref(),
            told,
            speaker: &speaker,
            line: captured.line,
        };
        Some(match captured.ending {
            Ending::Cut => self.cut(order, &given),
            Ending::Shortened => self.shortened(order, &given),
            Ending::Whole | Ending::Broken => {
                let order = self.order_of_answer(order, &given);
                let judged = self.best(order, &speaker, |version| self.frame(version, &given));
                let is_wrong = !judged.judged.finding.errors.is_empty();
                if captured.certainty == Certainty::Unread && is_wrong {
                    return None;
                }
                let mut judged = self.settle(judged, speaker.station(), captured.line);
                structure::count_from_the_frame(&mut judged.finding, text);
                if captured.is_lossy {
                    self.refuse_bytes(&mut judged.finding, text, order.first());
                } else if touches_ellipsis(&judged.finding) && has_ellipsis(text) {
                    return Some(self.shortened(order, &given));
                }
                self.apply(judged, &given)
            }
        })
    }

    /// Whether a text may be a response to a call that was seen.
    fn answers_something(&self, text: &str) -> bool {
        let head = Head::read(text);
        let head = head.filter(|head| matches!(head.number, 3..=5));
        head.and_then(|head| head.id())
            .is_some_and(|id| self.calls.has(id))
    }

    /// A response has the version of its call.
    fn order_of_answer(&self, order: Order, given: &Given<'_>) -> Order {
        if order.is_certain() {
            return order;
        }
        let head = Head::read(given.text).filter(|head| head.number == 3);
        let candidates = head
            .and_then(|head| head.id())
            .map(|id| self.calls.candidates(id, given.speaker));
        let call = candidates.and_then(|candidates| candidates.calls.first().copied());
        match call.and_then(|call| call.version) {
            Some(version) => Order::only(version),
            None => order,
        }
    }

    /// Judges in all versions that are possible, and says which it is when that shows.
    ///
    /// A message that has another shape in the version that was guessed is of another version: it names members that are
    /// not there and lacks some that have to be. One that is merely wrong is wrong.
    fn best<'a>(
        &self,
        order: Order,
        speaker: &Speaker,
        mut judge: impl FnMut(Version) -> Judged<'a>,
    ) -> Best<'a> {
        let first = order.first();
        let judged = judge(first);
        if order.is_certain() || order.is_guessed && judged.is_perfect() {
            return Best {
                judged,
                version: Some(first),
                shows: None,
            };
        }
        let is_told = order.is_guessed && self.versions.is_told(speaker.station());
        let may_leave = !order.is_guessed || judged.is_of_another_version();
        let mut fitting = Vec::with_capacity(3);
        let mut best: Option<(Version, Judged<'a>)> = None;
        let others = order.all()[1..].iter().filter(|other| {
            // Told apart by the subprotocol, 2.0.1 and 2.1 stay what they are.
            if is_same_family(**other, first) {
                !is_told
            } else {
                may_leave
            }
        });
        let others = others.map(|version| (*version, judge(*version)));
        for (version, judged) in std::iter::once((first, judged)).chain(others) {
            if !judged.is_of_another_version() {
                fitting.push(version);
            }
            let is_better = |(_, best): &(Version, Judged<'_>)| judged.distance() < best.distance();
            if best.as_ref().is_none_or(is_better) {
                best = Some((version, judged));
            }
        }
        let (version, judged) = best.unwrap_or_else(|| (first, judge(first)));
        let is_one_family = fitting.iter().all(|other| is_same_family(*other, version));
        let shows = if order.is_guessed {
            (version != first && !judged.is_of_another_version()).then_some(version)
        } else {
            (is_one_family && !fitting.is_empty()).then_some(version)
        };
        Best {
            judged,
            version: if order.is_guessed {
                Some(version)
            } else {
                shows
            },
            shows,
        }
    }

    /// Remembers the version that a message showed.
    fn settle<'a>(&mut self, best: Best<'a>, station: Option<u64>, line: u64) -> Settled<'a> {
        if let Some(version) = best.shows {
            self.versions
                .message(version, station, best.judged.finding.message, line);
        }
        Settled {
            finding: best.judged.finding,
            effect: best.judged.effect,
            version: best.version,
        }
    }
}

struct Best<'a> {
    judged: Judged<'a>,
    /// `None` if it may as well be another one.
    version: Option<Version>,
    /// The message shows that it is this version.
    shows: Option<Version>,
}

struct Settled<'a> {
    finding: Finding,
    effect: Effect<'a>,
    version: Option<Version>,
}

/// Whether what is wrong may be wrong only because a part was left out: a name or value with an ellipsis in it.
fn touches_ellipsis(finding: &Finding) -> bool {
    let mut errors = finding.errors.iter();
    errors.any(|problem| has_ellipsis(&problem.pointer) || has_ellipsis(&problem.found))
}
