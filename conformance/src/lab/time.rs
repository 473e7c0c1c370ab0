//! Time that passes, with or without something to come.

use std::collections::VecDeque;
use std::time::Duration;

use super::{Lab, Message};
use crate::unmet::Failed;

/// Silence for so many milliseconds means that the station has said what it wanted to say.
pub(super) const LULL: u64 = 1_000;
/// How long after the last step nothing more may come.
const AFTERMATH: Duration = Duration::from_secs(1);

impl Lab<'_> {
    /// Fails the check `label` if a request comes within so many seconds that is not tolerated and not of one of the
    /// actions `but`, which are answered.
    ///
    /// # Errors
    /// When one comes.
    pub fn silence(&mut self, label: &str, seconds: u32, but: &[&str]) -> Result<(), Failed> {
        self.silence_about(label, seconds, but, |_| false)
    }

    /// The same; a request for which `never` holds is not tolerated either.
    ///
    /// # Errors
    /// When one comes.
    pub fn silence_about(
        &mut self,
        label: &str,
        seconds: u32,
        but: &[&str],
        never: impl Fn(&Message) -> bool,
    ) -> Result<(), Failed> {
        self.steps += 1;
        self.witnesses.looks(label);
        let deadline = self.deadline(Some(self.scaled(seconds)));
        loop {
            while let Some(message) = self.next_relevant(&never, false)? {
                if never(&message) || !but.contains(&message.action.as_str()) {
                    let expected = format!("no request for {seconds} s");
                    return self.unexpected(label, &expected, message);
                }
                self.answer(message, None)?;
            }
            if !self.pump(deadline)? {
                return Ok(());
            }
        }
    }

    /// Everything that comes within so many seconds, answered; also what may come at any time.
    ///
    /// # Errors
    /// A message that does not match its schema.
    pub(crate) fn heard(&mut self, seconds: u32) -> Result<Vec<Message>, Failed> {
        self.steps += 1;
        let end = self.deadline(Some(Duration::from_secs(seconds.into())));
        let mut all = Vec::new();
        loop {
            while let Some(message) = self.inbox.pop_front() {
                all.push(self.answer(message, None)?);
            }
            if !self.pump(end)? {
                return Ok(all);
            }
        }
    }

    /// A time whose length does not matter, in the scale of the bench; at least a second.
    fn scaled(&self, seconds: u32) -> Duration {
        let seconds = f64::from(seconds) * self.parameters.time_scale;
        Duration::from_secs_f64(seconds.max(1.0))
    }

    /// Lets some time pass, in the scale of the bench.
    ///
    /// # Errors
    /// A message that does not match its schema.
    pub fn a_while(&mut self, seconds: u32) -> Result<(), Failed> {
        let millis = self.scaled(seconds).as_millis();
        self.wait_millis(u64::try_from(millis).unwrap_or(u64::MAX))
    }

    /// Lets time pass. What comes meanwhile is for the next step.
    ///
    /// # Errors
    /// A message that does not match its schema.
    pub fn wait(&mut self, seconds: u32) -> Result<(), Failed> {
        self.wait_millis(u64::from(seconds) * 1000)
    }

    pub(super) fn wait_millis(&mut self, millis: u64) -> Result<(), Failed> {
        let deadline = self.deadline(Some(Duration::from_millis(millis)));
        let mut kept = VecDeque::new();
        loop {
            while let Some(message) = self.next_relevant(|_| false, false)? {
                kept.push_back(message);
            }
            if !self.pump_keeping(&mut kept, deadline)? {
                self.inbox = kept;
                return Ok(());
            }
        }
    }

    /// Waits until the station has said nothing for a moment, which takes as long as it takes. What comes meanwhile is for
    /// the next step.
    ///
    /// # Errors
    /// A message that does not match its schema.
    pub fn lull(&mut self) -> Result<(), Failed> {
        let end = self.deadline(Some(self.parameters.long_timeout));
        let mut kept = VecDeque::new();
        loop {
            while let Some(message) = self.next_relevant(|_| false, false)? {
                kept.push_back(message);
            }
            let quiet = self.now().saturating_add(LULL);
            if !self.pump(quiet.min(end))? {
                self.inbox = kept;
                return Ok(());
            }
        }
    }

    /// After the last step: nothing more may come.
    ///
    /// # Errors
    /// When something comes.
    pub(crate) fn finish(&mut self) -> Result<(), Failed> {
        self.witnesses.looks("end");
        let deadline = self.deadline(Some(AFTERMATH));
        loop {
            if let Some(message) = self.next_relevant(|_| false, false)? {
                return self.unexpected("end", "nothing more", message);
            }
            if !self.pump(deadline)? {
                return self.sessions.check_books();
            }
        }
    }
}
