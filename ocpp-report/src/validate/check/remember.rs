//! What a frame changes for those after it, and what it tells about those before it.

use ocpp_core::frame::ErrorCode;
use ocpp_core::session::find_action;
use ocpp_types::{ActionInfo, Sender, Version};

use super::super::calls::{Call, Earlier};
use super::super::finding::{Answer, Extent, Finding, Name, NoteKind, Problem};
use super::super::guess::Order;
use super::super::payload::unsigned;
use super::super::read::{Head, Role};
use super::{Checker, Effect, Given, Settled};

impl Checker {
    /// Remembers a call and answers, and adds what they show.
    pub(super) fn apply(&mut self, settled: Settled<'_>, given: &Given<'_>) -> Finding {
        let Settled {
            mut finding,
            effect,
            version,
        } = settled;
        match effect {
            Effect::Nothing => {}
            Effect::Call(request, info) => {
                self.insert(&mut finding, &request.id, info, version, given);
            }
            Effect::Answer(call) => self.answer(&mut finding, call, given),
        }
        finding
    }

    fn insert(
        &mut self,
        finding: &mut Finding,
        id: &str,
        info: &'static ActionInfo,
        version: Option<Version>,
        given: &Given<'_>,
    ) {
        let sender = match info.sender {
            Sender::ChargingStation => Some(Role::Station),
            Sender::Csms => Some(Role::Csms),
            Sender::Both => None,
        };
        if let (Some(sender), Some(told), false) =
            (sender, given.told.role, given.told.role_is_stated)
            && sender != told
        {
            let text = format!("the log says that the {} sent it", side(told));
            finding.note(NoteKind::OtherSide, None, text);
        }
        let mut speaker = *given.speaker;
        if !given.told.role_is_stated {
            speaker.role = sender.or(speaker.role);
        }
        let Earlier { same_id, waiting } = self.calls.insert(
            id, speaker, sender, version, info.name, given.text, given.line,
        );
        if let Some(same) = same_id {
            let line = same.line;
            if same.is_repeated {
                finding.note(
                    NoteKind::Repeated,
                    Some(line),
                    format!("the same message as in line {line}"),
                );
            } else {
                finding.note(
                    NoteKind::DuplicateId,
                    Some(line),
                    format!("its id was used in line {line}"),
                );
            }
        }
        if let Some(line) = waiting {
            let text = format!("the call of line {line} has no answer yet");
            finding.note(NoteKind::CallBeforeAnswer, Some(line), text);
        }
    }

    fn answer(&mut self, finding: &mut Finding, call: Option<Call>, given: &Given<'_>) {
        let Some(call) = call else {
            finding.note(
                NoteKind::NoCall,
                None,
                "no call was seen that it answers".into(),
            );
            return;
        };
        if let Some(first) = call.answered {
            if call.is_answered_with(given.text) {
                let text = format!("the same message as in line {first}");
                finding.note(NoteKind::Repeated, Some(first), text);
                return;
            }
            let text = format!(
                "the call of line {} was answered in line {first}",
                call.line
            );
            finding.note(NoteKind::AnsweredBefore, Some(first), text);
        }
        if let Some(later) = self.calls.answered(&call, given.text, given.line) {
            let text = format!(
                "the call of line {later} was sent before this answer to line {}",
                call.line
            );
            finding.note(NoteKind::CallBeforeAnswer, Some(later), text);
        }
    }

    /// What the log cuts off is neither right nor wrong, but it is not there.
    pub(super) fn cut(&mut self, order: Order, given: &Given<'_>) -> Finding {
        let mut finding = self.part(order, given);
        let text = given.text.trim_end();
        let from = text.char_indices().nth_back(39).map_or(0, |(at, _)| at);
        finding.extent = Extent::Cut;
        finding.errors = vec![Problem {
            pointer: String::new(),
            code: ErrorCode::FormatViolation
                .as_str(order.first())
                .to_string()
                .into(),
            expected: "the rest of the frame".into(),
            found: text[from..].into(),
            became: None,
        }];
        finding
    }

    /// What whoever wrote the log left out cannot be judged.
    pub(super) fn shortened(&mut self, order: Order, given: &Given<'_>) -> Finding {
        let mut finding = self.part(order, given);
        finding.extent = Extent::Shortened;
        finding.note(
            NoteKind::Shortened,
            None,
            "the log shows only a part of it".into(),
        );
        finding
    }

    /// What can be said from the beginning of a frame.
    fn part(&mut self, order: Order, given: &Given<'_>) -> Finding {
        let mut finding = Finding::right(Name::Unknown);
        let Some(head) = Head::read(given.text) else {
            return finding;
        };
        let action = head.action().and_then(|action| {
            let find = |version: &Version| find_action(*version, unsigned(*version, action).0);
            order.all().iter().find_map(find)
        });
        match (head.number, head.id(), action) {
            (2, id, Some(info)) => {
                finding.message = Name::Request(info.name);
                if let Some(id) = id {
                    let version = order.is_certain().then_some(order.first());
                    self.insert(&mut finding, id, info, version, given);
                }
            }
            (6, _, Some(info)) => finding.message = Name::Plain(info.name),
            (3, Some(id), _) => {
                let call = self
                    .calls
                    .candidates(id, given.speaker)
                    .calls
                    .first()
                    .copied();
                finding.message = call.map_or(Name::Plain("CALLRESULT"), |call| {
                    Name::Response(call.action)
                });
                self.answer(&mut finding, call, given);
            }
            (4, Some(id), _) => {
                let call = self
                    .calls
                    .candidates(id, given.speaker)
                    .calls
                    .first()
                    .copied();
                finding.message = Name::Plain("CALLERROR");
                self.answer(&mut finding, call, given);
            }
            _ => {}
        }
        finding
    }

    /// Bytes that are no UTF-8 make a frame wrong whatever else is in it.
    pub(super) fn refuse_bytes(&self, finding: &mut Finding, text: &str, version: Version) {
        let at = text
            .chars()
            .position(|char| char == char::REPLACEMENT_CHARACTER);
        finding.deviations.clear();
        finding.errors = vec![Problem {
            pointer: String::new(),
            code: ErrorCode::FormatViolation
                .as_str(version)
                .to_string()
                .into(),
            expected: "UTF-8".into(),
            found: format!("a byte that is none at column {}", at.unwrap_or(0) + 1),
            became: None,
        }];
        finding.answer = Answer::Nothing;
    }
}

const fn side(role: Role) -> &'static str {
    match role {
        Role::Station => "station",
        Role::Csms => "CSMS",
    }
}
