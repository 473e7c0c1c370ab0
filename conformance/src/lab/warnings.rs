//! What the specification advises against, or leaves open where stations differ: it is answered and noted, and fails nothing.

use ocpp_types::{DateTime, Version};

use super::{Lab, Message, Who};
use crate::unmet::Failed;

impl Lab<'_> {
    /// Notes something that is no failure.
    pub(crate) fn warn(&mut self, label: &str, words: &str) {
        let warning = format!("{label}: {words}");
        if !self.warnings.contains(&warning) {
            self.note_by_hand(&format!("warning: {warning}"));
            self.warnings.push(warning);
        }
    }

    /// Fails the check `label` if a request comes within so many seconds; one of an action is only warned of.
    ///
    /// # Errors
    /// When another one comes.
    pub(crate) fn silence_but(
        &mut self,
        label: &str,
        seconds: u32,
        (action, words): (&str, &str),
    ) -> Result<(), Failed> {
        let from = self.trace.len();
        self.silence(label, seconds, &[action])?;
        let name = format!("\"{action}\"");
        let mut since = self.trace.iter().skip(from);
        if since.any(|line| line.who == Who::Station && line.text.contains(&name)) {
            self.warn(label, words);
        }
        Ok(())
    }

    /// What was noted.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Whether a status of a 1.6 station may come although no step wants it: one that was told before, or one of the time
    /// without connection. Both are warnings.
    pub(super) fn is_idle_talk(&mut self, message: &Message) -> bool {
        if self.bench.version() != Version::V1_6 || message.action != "StatusNotification" {
            return false;
        }
        if self.sessions.repeats_status(message) {
            self.warn(
                "status.repeated",
                "a status is told again that was told before (1.6 section 4.9 does not forbid it)",
            );
            return true;
        }
        if self.is_of_offline_time(message) {
            self.warn(
                "status.old",
                "a status of the time without connection is told after it (1.6 section 4.9, rule 3: SHOULD NOT)",
            );
            return true;
        }
        false
    }

    fn is_of_offline_time(&self, message: &Message) -> bool {
        let time = message.payload["timestamp"].as_str();
        let time: Option<DateTime> = time.and_then(|time| time.parse().ok());
        self.offline
            .zip(time)
            .is_some_and(|((since, until), time)| since < time && time < until)
    }
}
