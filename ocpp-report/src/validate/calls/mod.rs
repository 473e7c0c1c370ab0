//! The calls that were seen, so that a response can be checked against what it answers.
//!
//! An id alone does not say which call a response answers: both sides count, every station counts, and a log may hold all
//! of them. What is told about both lines decides, in this order: the station, the direction, whether the call has its
//! answer already, and what else the lines have in common. Where that leaves several, the payload decides: the response
//! answers the call that it fits.

use std::cmp::Reverse;
use std::collections::VecDeque;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use ocpp_types::Version;

mod speaker;
mod table;

use super::read::{Flow, Role};
use speaker::Flows;
pub(super) use speaker::{Speaker, hash};
use table::{HashedMap, Numbers};

/// How many calls are remembered.
const REMEMBERED: usize = 100_000;

/// How many calls with one id are remembered, and how many of them of one station.
const PER_ID: usize = 512;

/// An id as long as this is not used by anybody else.
const UNIQUE: usize = 12;

/// How many stations are told apart.
const STATIONS: usize = 100_000;

/// Calls without an answer after this many milliseconds are given up by whoever sent them.
const PATIENCE: i64 = 30_000;

/// A call that was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Call {
    /// `None` if the message is right in every version.
    pub(super) version: Option<Version>,
    pub(super) action: &'static str,
    pub(super) line: u64,
    /// The line of its answer.
    pub(super) answered: Option<u64>,
    /// The text of its answer, hashed.
    answer: u64,
    speaker: Speaker,
    text: u64,
    number: u64,
}

impl Call {
    /// Whether this is the text of its answer.
    pub(super) fn is_answered_with(&self, text: &str) -> bool {
        self.answered.is_some() && self.answer == hash(text.as_bytes())
    }
}

/// What was seen of the same sender before a call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Earlier {
    /// A call with the same id.
    pub(super) same_id: Option<SameId>,
    /// The line of a call that waits for its answer.
    pub(super) waiting: Option<u64>,
}

/// An earlier call with the same id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SameId {
    pub(super) line: u64,
    /// It is the same message: sent, or written down, once more.
    pub(super) is_repeated: bool,
}

/// The calls that a response may answer.
#[derive(Debug, Default)]
pub(super) struct Candidates {
    /// The likeliest first.
    pub(super) calls: Vec<Call>,
    /// What is told contradicts all of them: only one that the response fits is taken.
    pub(super) must_fit: bool,
}

/// The last calls.
#[derive(Debug, Default)]
pub(super) struct Calls {
    /// The oldest first.
    calls: VecDeque<(Call, Arc<str>)>,
    first: u64,
    by_id: HashedMap<u64, Numbers>,
    /// By id and station together.
    by_station: HashedMap<u64, Numbers>,
    /// What the words for directions mean, counted.
    flows: Flows,
    /// The same for each station: a log may be put together from those of both sides.
    flows_of: HashedMap<u64, Flows>,
    /// The ways in which messages of a station were seen to go: 1 for in, 2 for out.
    ways: HashedMap<u64, u8>,
    /// The last call of a conversation and side.
    waiting: HashedMap<(u64, Role), Waiting>,
}

#[derive(Debug, Clone, Copy)]
struct Waiting {
    number: u64,
    line: u64,
    time: Option<i64>,
    /// Calls of this side get answers in this log.
    gets_answers: bool,
}

/// How well the stations of two lines go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Together {
    Never,
    Perhaps,
    Surely,
}

impl Calls {
    fn get(&self, number: u64) -> Option<&(Call, Arc<str>)> {
        self.calls
            .get(usize::try_from(number.checked_sub(self.first)?).ok()?)
    }

    fn station_key(id: &str, station: u64) -> u64 {
        hash(id.as_bytes()).rotate_left(17) ^ station
    }

    /// Notes what a line tells apart from its frame.
    pub(super) fn learn(&mut self, speaker: &Speaker) {
        if let (Some(station), Some(flow)) = (speaker.station, speaker.flow)
            && (self.ways.len() < STATIONS || self.ways.contains_key(&station))
        {
            *self.ways.entry(station).or_default() |= match flow {
                Flow::In => 1,
                Flow::Out => 2,
            };
        }
    }

    /// Notes a call. `sender` is the only side that sends its action, if there is only one.
    #[allow(clippy::too_many_arguments, reason = "all of it is known of one call")]
    pub(super) fn insert(
        &mut self,
        id: &str,
        mut speaker: Speaker,
        sender: Option<Role>,
        version: Option<Version>,
        action: &'static str,
        text: &str,
        line: u64,
    ) -> Earlier {
        self.learn(&speaker);
        if let (Some(flow), Some(role)) = (speaker.flow, sender) {
            self.flows.learn(flow, role);
            if let Some(station) = speaker.station
                && (self.flows_of.len() < STATIONS || self.flows_of.contains_key(&station))
            {
                self.flows_of.entry(station).or_default().learn(flow, role);
            }
        }
        speaker.role = speaker.role.or(sender);
        let text = hash(text.as_bytes());
        let same_id = self.before(id, &speaker, text);
        if let Some(SameId {
            is_repeated: true, ..
        }) = same_id
        {
            return Earlier {
                same_id,
                waiting: None,
            };
        }
        let waiting = self.wait(&speaker, line);
        if self.calls.len() >= REMEMBERED {
            self.forget_oldest();
        }
        let number = self.first + self.calls.len() as u64;
        remember(&mut self.by_id, hash(id.as_bytes()), number);
        if let Some(station) = speaker.station {
            remember(&mut self.by_station, Self::station_key(id, station), number);
        }
        let call = Call {
            version,
            action,
            line,
            answered: None,
            answer: 0,
            speaker,
            text,
            number,
        };
        self.calls.push_back((call, id.into()));
        Earlier { same_id, waiting }
    }

    fn forget_oldest(&mut self) {
        let Some((call, id)) = self.calls.pop_front() else {
            return;
        };
        self.first += 1;
        let forget = |index: &mut HashedMap<u64, Numbers>, key| {
            if let Entry::Occupied(mut entry) = index.entry(key)
                && entry.get_mut().forget(call.number)
            {
                entry.remove();
            }
        };
        forget(&mut self.by_id, hash(id.as_bytes()));
        if let Some(station) = call.speaker.station {
            forget(&mut self.by_station, Self::station_key(&id, station));
        }
    }

    /// The calls with this id, oldest first; of this station only if there are such.
    fn with_id(&self, id: &str, station: Option<u64>) -> impl DoubleEndedIterator<Item = &Call> {
        let own = station.and_then(|station| self.by_station.get(&Self::station_key(id, station)));
        let numbers = own.or_else(|| self.by_id.get(&hash(id.as_bytes())));
        let numbers = numbers.into_iter().flat_map(Numbers::iter);
        let calls = numbers.filter_map(|number| self.get(number));
        calls
            .filter(move |(_, other)| **other == *id)
            .map(|(call, _)| call)
    }

    /// An earlier call with this id of the same sender.
    fn before(&self, id: &str, speaker: &Speaker, text: u64) -> Option<SameId> {
        let tells_nothing = speaker.flow.is_none() && speaker.from.is_none();
        self.with_id(id, speaker.station).rev().find_map(|call| {
            let line = call.line;
            let sides = call.speaker.role.zip(speaker.role);
            let is_same = call.speaker.conversation() == speaker.conversation();
            let is_repeated = call.text == text && (is_same || tells_nothing);
            let is_other_side = sides.is_some_and(|(one, other)| one != other);
            (!is_other_side && (is_same || is_repeated)).then_some(SameId { line, is_repeated })
        })
    }

    /// A call of this side waits from now on. Gives the line of one that waits already.
    fn wait(&mut self, speaker: &Speaker, line: u64) -> Option<u64> {
        let key = (speaker.conversation(), speaker.role?);
        if self.waiting.len() >= STATIONS {
            self.waiting.clear();
        }
        let number = self.first + self.calls.len() as u64;
        let old = self.waiting.get(&key).copied();
        let gets_answers = old.is_some_and(|old| old.gets_answers);
        let new = Waiting {
            number,
            line,
            time: speaker.time,
            gets_answers,
        };
        self.waiting.insert(key, new);
        let old = old?;
        let waits = self
            .get(old.number)
            .is_some_and(|(call, _)| call.answered.is_none());
        let gave_up =
            matches!((old.time, speaker.time), (Some(then), Some(now)) if now - then >= PATIENCE);
        (waits && gets_answers && !gave_up).then_some(old.line)
    }

    /// Whether a call with this id was seen.
    pub(super) fn has(&self, id: &str) -> bool {
        self.with_id(id, None).next().is_some()
    }

    /// The call that was answered with the same text before: the answer was sent, or written down, once more.
    pub(super) fn repeated(&self, id: &str, speaker: &Speaker, text: &str) -> Option<Call> {
        let text = hash(text.as_bytes());
        let mut all = self.with_id(id, speaker.station).rev();
        let found = all.find(|call| {
            call.answered.is_some()
                && call.answer == text
                && self.together(speaker, &call.speaker) != Together::Never
                && self.opposite(speaker, &call.speaker) != Some(false)
        });
        found.copied()
    }

    /// The calls that a response with this id may answer: those without an answer, if there are such.
    pub(super) fn candidates(&self, id: &str, speaker: &Speaker) -> Candidates {
        let mut all = self.with_id(id, speaker.station);
        let (first, second) = (all.next(), all.next());
        if let (Some(only), None) = (first, second)
            && self.together(speaker, &only.speaker) != Together::Never
            && self.opposite(speaker, &only.speaker) != Some(false)
        {
            return Candidates {
                calls: vec![*only],
                must_fit: false,
            };
        }
        let all: Vec<&Call> = first.into_iter().chain(second).chain(all).collect();
        let together = |call: &Call| self.together(speaker, &call.speaker);
        let opposite = |call: &Call| self.opposite(speaker, &call.speaker);
        let plausible = all
            .iter()
            .filter(|call| together(call) != Together::Never && opposite(call) != Some(false));
        let rank = |call: &Call| {
            (
                together(call) == Together::Surely,
                opposite(call) == Some(true),
                call.answered.is_none(),
            )
        };
        let mut ranked: Vec<_> = plausible
            .map(|call| {
                (
                    rank(call),
                    call.speaker.words.in_common(&speaker.words),
                    *call,
                )
            })
            .collect();
        if ranked.iter().any(|(.., call)| call.answered.is_none()) {
            ranked.retain(|(.., call)| call.answered.is_none());
        }
        // The likeliest first, in the order of their lines.
        ranked.sort_by_key(|(rank, common, _)| Reverse((*rank, *common)));
        if let Some((best, most, _)) = ranked.first().copied() {
            let (knows_station, knows_way, _) = best;
            ranked.retain(|(rank, common, _)| match (knows_station, knows_way) {
                (false, false) => true,
                (true, false) => *rank == best,
                // A name somewhere in the line tells stations apart that are nowhere said to be one.
                (_, true) => *rank == best && *common == most,
            });
            // Of one station's calls with an id the last is the one that waits.
            if knows_station {
                ranked.reverse();
            }
            let calls = ranked.into_iter().map(|(.., call)| *call).collect();
            return Candidates {
                calls,
                must_fit: false,
            };
        }
        let is_unique = id.len() >= UNIQUE;
        let calls = all
            .into_iter()
            .filter(|call| is_unique || together(call) != Together::Never);
        Candidates {
            calls: calls.rev().copied().collect(),
            must_fit: !is_unique,
        }
    }

    fn together(&self, one: &Speaker, other: &Speaker) -> Together {
        if let (Some(from), Some(to), Some(other_from), Some(other_to)) =
            (one.from, one.to, other.from, other.to)
        {
            let same = (from, to) == (other_from, other_to) || (from, to) == (other_to, other_from);
            return if same {
                Together::Surely
            } else {
                Together::Never
            };
        }
        let (Some(station), Some(other_station)) = (one.station, other.station) else {
            return Together::Perhaps;
        };
        // A name that stands in both directions is a station's; that of a logger may be another one for each.
        let goes_both_ways = |station| self.ways.get(&station) == Some(&3);
        if station == other_station {
            Together::Surely
        } else if one.station_is_sure && other.station_is_sure
            || goes_both_ways(station)
            || goes_both_ways(other_station)
        {
            Together::Never
        } else {
            Together::Perhaps
        }
    }

    /// Whether two messages go in opposite directions.
    fn opposite(&self, one: &Speaker, other: &Speaker) -> Option<bool> {
        if let (Some(role), Some(other)) = (one.role, other.role) {
            return Some(role != other);
        }
        if let (Some(from), Some(other_from), Some(other_to)) = (one.from, other.from, other.to) {
            return Some(from == other_to && from != other_from);
        }
        match (one.flow, other.flow) {
            (Some(flow), Some(other_flow)) if self.are_flows_trusted(one, other) => {
                Some(flow != other_flow)
            }
            _ => None,
        }
    }

    /// Whether the words for directions mean the same in both lines.
    fn are_flows_trusted(&self, one: &Speaker, other: &Speaker) -> bool {
        let own = one.station.filter(|_| one.station == other.station);
        let own = own.and_then(|station| self.flows_of.get(&station));
        own.unwrap_or(&self.flows).are_trusted()
    }

    /// Notes that a call has its answer. Gives the line of a later call that was sent before.
    pub(super) fn answered(&mut self, answered: &Call, text: &str, line: u64) -> Option<u64> {
        let index = usize::try_from(answered.number.checked_sub(self.first)?).ok()?;
        let (call, _) = self.calls.get_mut(index)?;
        if call.answered.is_none() {
            call.answered = Some(line);
            call.answer = hash(text.as_bytes());
        }
        let key = (answered.speaker.conversation(), answered.speaker.role?);
        let waiting = self.waiting.get_mut(&key)?;
        let was_known = std::mem::replace(&mut waiting.gets_answers, true);
        (!was_known && waiting.number > answered.number).then_some(waiting.line)
    }

    /// How many calls have no answer, of those that are remembered.
    pub(super) fn unanswered(&self) -> usize {
        self.calls
            .iter()
            .filter(|(call, _)| call.answered.is_none())
            .count()
    }
}

fn remember(index: &mut HashedMap<u64, Numbers>, key: u64, number: u64) {
    match index.entry(key) {
        Entry::Occupied(mut entry) => entry.get_mut().push(number, PER_ID),
        Entry::Vacant(entry) => {
            entry.insert(Numbers::new(number));
        }
    }
}

#[cfg(test)]
mod tests;
