//! Any sequence of actions on two sessions, and the guarantees that must hold all the same.

use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::time::Duration;

use ocpp_types::Version;

use crate::frame::{ErrorCode, Frame, Number};
use crate::session::{
    CallFailure, CallId, CallOptions, CallToken, Config, Input, MessageIds, Misuse, Output,
    Priority, Role, Session,
};
use crate::time::Instant;

const TIMEOUT: Duration = Duration::from_secs(30);
const MAX_QUEUE: usize = 4;
const MAX_HANDLING: usize = 3;

/// Texts that no well-behaved peer sends.
const GARBAGE: [&str; 12] = [
    "",
    "[",
    "[2]",
    "[9,\"x\"]",
    "[2,7,\"DataTransfer\",{}]",
    "[2,\"same\",\"DataTransfer\",{}]",
    "[2,\"same\",\"DataTransfer\",[]]",
    "[2,\"u\",\"Unknown\",{}]",
    "[3,\"unmatched\",{}]",
    "[3,\"unmatched\",{",
    "[4,\"-1\",\"RpcFrameworkError\",\"\",{}]",
    "[5,\"unmatched\",\"GenericError\"]",
];

/// One end and what is known about it from outside.
#[derive(Debug)]
struct End {
    role: Role,
    session: Session,
    connected: bool,
    /// Messages that arrive here.
    inbox: VecDeque<String>,
    /// The CALL that was sent and neither answered nor given up, and when it was sent.
    under_way: Option<(String, Instant)>,
    /// Calls that have been accepted, and how often they have ended.
    calls: BTreeMap<CallId, u32>,
    /// Every id that was used for a CALL or SEND.
    ids: BTreeSet<String>,
    /// Calls that the application has to answer over this connection.
    pending: Vec<CallToken>,
    /// CALLs delivered over this connection, and answers sent to them.
    delivered: u64,
    answered: u64,
}

/// Runs two sessions, connected by texts, through a sequence of actions that the bytes stand for, and watches from
/// outside whether they keep their guarantees:
///
/// - never two CALLs of one side under way;
/// - every call ends exactly once;
/// - no message id is used twice;
/// - no call of the peer is answered twice, and none is forgotten while the connection lasts;
/// - queues stay within their limits;
/// - whatever is sent is a frame;
/// - no panic.
#[derive(Debug)]
pub struct Interleaving {
    version: Version,
    now: Instant,
    ends: [End; 2],
}

impl Interleaving {
    /// Runs the actions.
    ///
    /// # Errors
    /// Which guarantee was broken.
    pub fn run(version: Version, actions: &[u8]) -> Result<(), String> {
        let mut model = Self {
            version,
            now: Instant::ORIGIN,
            ends: [end(version, Role::Station), end(version, Role::Csms)],
        };
        for (position, pair) in actions.chunks_exact(2).enumerate() {
            model
                .act(pair[0], pair[1])
                .and_then(|()| model.check_limits())
                .map_err(|broken| format!("action {position}: {broken}"))?;
        }
        model.finish()
    }

    fn act(&mut self, action: u8, detail: u8) -> Result<(), String> {
        let side = usize::from(action & 1);
        match action >> 1 {
            0..=19 => self.call(side, detail),
            20..=69 => self.deliver(side),
            70..=89 => self.answer(side, detail),
            90..=99 => self.pass_time(Duration::from_secs(u64::from(detail))),
            100..=107 => self.receive_garbage(side, detail),
            108..=113 => self.cancel(side, detail),
            114..=116 => self.send(side),
            117..=119 => self.lose_message(side),
            120..=123 => self.disconnect(side),
            _ => self.connect(),
        }
    }

    fn call(&mut self, side: usize, detail: u8) -> Result<(), String> {
        let mut options = CallOptions::new().priority(match detail & 3 {
            0 => Priority::High,
            1 => Priority::Low,
            _ => Priority::Normal,
        });
        if detail & 4 != 0 {
            options = options
                .attempts(3, Duration::from_secs(10))
                .retry_on_error();
        }
        if detail & 8 != 0 {
            options = options.expires_after(Duration::from_secs(20));
        }
        if detail & 16 != 0 {
            options = options.supersedes(u64::from(detail & 32));
        }
        if detail & 64 != 0 {
            options = options.keep_queued(detail & 128 != 0);
        }
        let payload = format!("{{\"vendorId\":\"{detail}\"}}");
        let end = &mut self.ends[side];
        if let Ok(call) = end.session.call(self.now, "DataTransfer", payload, options)
            && end.calls.insert(call, 0).is_some()
        {
            return Err(format!("{call:?} given twice"));
        }
        self.drain(side)
    }

    fn deliver(&mut self, side: usize) -> Result<(), String> {
        let end = &mut self.ends[side];
        let Some(text) = end.inbox.pop_front() else {
            return Ok(());
        };
        self.receive(side, &text)
    }

    fn receive(&mut self, side: usize, text: &str) -> Result<(), String> {
        let end = &mut self.ends[side];
        let frame = Frame::parse(self.version, text);
        let is_response = match &frame {
            Ok(Frame::CallResult(_) | Frame::CallError(_)) => true,
            Err(m) => matches!(m.number, Some(Number::CallResult | Number::CallError)),
            Ok(_) => false,
        };
        let id = match &frame {
            Ok(frame) => Some(frame.id()),
            Err(malformed) => malformed.id.as_deref(),
        };
        let answers_call = is_response
            && end
                .under_way
                .as_ref()
                .map(|(under_way, _)| under_way.as_str())
                == id;
        match end.session.handle(self.now, Input::Received(text)) {
            Ok(()) if end.connected => {}
            Err(Misuse::NotConnected) if !end.connected => return Ok(()),
            other => return Err(format!("receiving gave {other:?}")),
        }
        if answers_call {
            end.under_way = None;
        }
        self.drain(side)
    }

    fn receive_garbage(&mut self, side: usize, detail: u8) -> Result<(), String> {
        let text = match usize::from(detail) {
            // The peer answers with the right id and the wrong content.
            at if at >= 200 => match &self.ends[side].under_way {
                Some((id, _)) if at >= 228 => format!("[3,\"{id}\",[]]"),
                Some((id, _)) => format!("[4,\"{id}\",\"Meltdown\"]"),
                None => return Ok(()),
            },
            at => GARBAGE[at % GARBAGE.len()].to_string(),
        };
        self.receive(side, &text)
    }

    fn answer(&mut self, side: usize, detail: u8) -> Result<(), String> {
        let end = &mut self.ends[side];
        if end.pending.is_empty() {
            return Ok(());
        }
        let token = end
            .pending
            .swap_remove(usize::from(detail) % end.pending.len());
        let result = if detail & 128 == 0 {
            end.session.respond(token, "{\"status\":\"Accepted\"}")
        } else {
            end.session
                .refuse(token, ErrorCode::InternalError, "", "{}")
        };
        let again = end.session.respond(token, "{}");
        if result.is_err() || again.is_ok() {
            return Err(format!(
                "answering gave {result:?}, answering again {again:?}"
            ));
        }
        self.drain(side)
    }

    fn pass_time(&mut self, time: Duration) -> Result<(), String> {
        self.now = self.now + time;
        for side in 0..2 {
            let end = &mut self.ends[side];
            let misuse = end.session.handle(self.now, Input::TimePassed);
            misuse.map_err(|misuse| misuse.to_string())?;
            self.drain(side)?;
            let next = self.ends[side].session.next_timeout();
            if next.is_some_and(|next| next <= self.now) {
                return Err("still wants to be woken in the past".into());
            }
        }
        Ok(())
    }

    fn cancel(&mut self, side: usize, detail: u8) -> Result<(), String> {
        let end = &mut self.ends[side];
        let calls: Vec<CallId> = end.calls.keys().copied().collect();
        if let Some(call) = calls.get(usize::from(detail) % calls.len().max(1)) {
            let had_ended = end.calls[call] > 0;
            if end.session.cancel(self.now, *call) == had_ended {
                return Err(format!("cancelled {call:?}, which had ended: {had_ended}"));
            }
        }
        self.drain(side)
    }

    fn send(&mut self, side: usize) -> Result<(), String> {
        let end = &mut self.ends[side];
        let sent = end.session.send("NotifyPeriodicEventStream", "{}").is_ok();
        if sent != (self.version == Version::V2_1 && end.connected) {
            return Err(format!("SEND: {sent}"));
        }
        self.drain(side)
    }

    fn lose_message(&mut self, side: usize) -> Result<(), String> {
        self.ends[side].inbox.pop_front();
        Ok(())
    }

    /// One end notices that the connection is gone. The other one does so when it likes.
    fn disconnect(&mut self, side: usize) -> Result<(), String> {
        self.ends[1 - side].inbox.clear();
        self.lose_connection(side);
        let misuse = self.ends[side]
            .session
            .handle(self.now, Input::Disconnected);
        misuse.map_err(|misuse| misuse.to_string())?;
        self.drain(side)?;
        match self.ends[side].session.in_flight() {
            None => Ok(()),
            Some(call) => Err(format!("{call:?} survives the connection")),
        }
    }

    fn connect(&mut self) -> Result<(), String> {
        for side in 0..2 {
            self.lose_connection(side);
            self.ends[side].connected = true;
        }
        for side in 0..2 {
            let misuse = self.ends[side].session.handle(self.now, Input::Connected);
            misuse.map_err(|misuse| misuse.to_string())?;
            self.drain(side)?;
        }
        Ok(())
    }

    fn lose_connection(&mut self, side: usize) {
        let end = &mut self.ends[side];
        end.connected = false;
        end.inbox.clear();
        end.pending.clear();
        (end.delivered, end.answered) = (0, 0);
        end.under_way = None;
    }

    fn drain(&mut self, side: usize) -> Result<(), String> {
        let now = self.now;
        while let Some(output) = self.ends[side].session.poll_output() {
            let end = &mut self.ends[side];
            match output {
                Output::Transmit(transmit) => self.transmit(side, transmit.text)?,
                Output::Call(call) => {
                    end.delivered += 1;
                    end.pending.push(call.token);
                }
                Output::Unanswered { token, .. } => end.pending.retain(|other| *other != token),
                Output::CallRetried { .. } => end.under_way = None,
                Output::CallEnded(ended) => {
                    let times = end.calls.get_mut(&ended.call);
                    let times = times.ok_or_else(|| format!("{:?} unknown", ended.call))?;
                    *times += 1;
                    if *times > 1 {
                        return Err(format!("{:?} ended twice", ended.call));
                    }
                    let in_time = end
                        .under_way
                        .as_ref()
                        .is_none_or(|(_, at)| now < *at + TIMEOUT);
                    match ended.result {
                        Err(CallFailure::TimedOut) if in_time => {
                            return Err(format!("{:?} timed out too early", ended.call));
                        }
                        Err(CallFailure::TimedOut) => end.under_way = None,
                        _ => {}
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn transmit(&mut self, side: usize, text: String) -> Result<(), String> {
        let now = self.now;
        let end = &mut self.ends[side];
        if !end.connected {
            return Err(format!("sends without a connection: {text}"));
        }
        let frame = Frame::parse(self.version, &text);
        let frame = frame.map_err(|malformed| format!("sends {text}: {malformed}"))?;
        let id = frame.id().to_string();
        match frame.number() {
            number @ (Number::Call | Number::Send) => {
                // A call that was cancelled gives its place free without a word when its time is over.
                let taken = end
                    .under_way
                    .as_ref()
                    .is_some_and(|(_, at)| now < *at + TIMEOUT);
                if number == Number::Call && taken {
                    return Err(format!("second CALL under way: {text}"));
                }
                if !end.ids.insert(id.clone()) {
                    return Err(format!("id used twice: {text}"));
                }
                if number == Number::Call {
                    end.under_way = Some((id, now));
                }
            }
            Number::CallResult => end.answered += 1,
            // An error may also answer a message that was never delivered.
            _ => {}
        }
        if end.answered > end.delivered {
            return Err(format!("one answer too many: {text}"));
        }
        self.ends[1 - side].inbox.push_back(text);
        Ok(())
    }

    fn check_limits(&self) -> Result<(), String> {
        for end in &self.ends {
            let session = &end.session;
            // One more than the limit: the call that waits for its next attempt had a place already.
            if session.queued() > MAX_QUEUE + 1 || session.handling() > MAX_HANDLING {
                return Err(format!("{:?}: limits exceeded", end.role));
            }
            if session.handling() != end.pending.len() {
                return Err(format!(
                    "{:?}: {} calls pending, the session says {}",
                    end.role,
                    end.pending.len(),
                    session.handling()
                ));
            }
            let open = end.calls.values().filter(|times| **times == 0).count();
            if open > MAX_QUEUE + 2 {
                return Err(format!("{:?}: {open} calls never ended", end.role));
            }
        }
        Ok(())
    }

    /// Lets everything come to its end.
    fn finish(mut self) -> Result<(), String> {
        self.connect()?;
        for _ in 0..1_000 {
            for side in 0..2 {
                while !self.ends[side].inbox.is_empty() {
                    self.deliver(side)?;
                }
                while !self.ends[side].pending.is_empty() {
                    self.answer(side, 0)?;
                }
            }
            if self.ends.iter().all(|end| end.inbox.is_empty()) {
                let wake = self
                    .ends
                    .iter()
                    .filter_map(|end| end.session.next_timeout())
                    .min();
                let Some(wake) = wake else { break };
                self.pass_time(wake.saturating_since(self.now))?;
            }
        }
        for end in &self.ends {
            if let Some((call, times)) = end.calls.iter().find(|(_, times)| **times != 1) {
                return Err(format!("{:?}: {call:?} ended {times} times", end.role));
            }
            if end.session.handling() > 0 || end.session.queued() > 0 {
                return Err(format!("{:?}: something is left over", end.role));
            }
        }
        Ok(())
    }
}

fn end(version: Version, role: Role) -> End {
    let mut config = Config::new(role);
    config.call_timeout = TIMEOUT;
    config.max_queue = MAX_QUEUE;
    config.max_handling = MAX_HANDLING;
    let seed = match role {
        Role::Station => 1,
        Role::Csms => 2,
    };
    End {
        role,
        session: Session::new(version, role, config, MessageIds::seeded(seed)),
        connected: false,
        inbox: VecDeque::new(),
        under_way: None,
        calls: BTreeMap::new(),
        ids: BTreeSet::new(),
        pending: Vec::new(),
        delivered: 0,
        answered: 0,
    }
}
