//! Whether the link lives.

use core::time::Duration;

use crate::time::Instant;

/// How old a link may be for the message that is sent over it to be the one that it was opened for.
const FRESH: Duration = Duration::from_secs(5);

/// What a message that was not answered in time says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Silence {
    /// The CSMS has failed to process it.
    Counts,
    /// The link may be dead: it has to be renewed, and the message is sent again.
    Renew,
}

/// Whether the link lives, as far as anybody can tell.
///
/// An attempt to deliver a message counts only if the link is known to have lived after the message was sent: a frame came,
/// or a pong (E13.FR.02, E13.FR.04, 1.6 section 3.7.1). Otherwise the link may be half open, which delivers nothing and
/// closes nothing: it is renewed, and the message is sent again, uncounted. Without pings (1.6 section 9.1.34), and with an
/// application that never tells of pongs, the renewal is the proof: an attempt counts if the link was opened for it.
#[derive(Debug, Default)]
pub(crate) struct Pulse {
    /// How often to ping, in seconds; 0 for never.
    interval: u32,
    /// Whether the application has told of a pong: it really pings, and the CSMS answers.
    pongs: bool,
    opened_at: Option<Instant>,
    heard_at: Option<Instant>,
    /// When the message of the queue was sent that is under way.
    sent_at: Option<Instant>,
    /// Whether something has come since.
    proven: bool,
    /// When to ask for a sign of life because of it.
    probe_at: Option<Instant>,
    /// An attempt counted because its link was new. The next one needs a new link too.
    stale: bool,
    /// The link was renewed, and nothing has come since.
    renewed: bool,
}

impl Pulse {
    pub(crate) const fn interval(&self) -> u32 {
        self.interval
    }

    pub(crate) const fn set_interval(&mut self, seconds: u32) {
        self.interval = seconds;
    }

    /// A link is open.
    pub(crate) const fn opened(&mut self, now: Instant) {
        self.opened_at = Some(now);
        self.stale = false;
    }

    /// The link is gone.
    pub(crate) const fn closed(&mut self) {
        self.opened_at = None;
        self.sent_at = None;
        self.probe_at = None;
    }

    /// Something came.
    pub(crate) const fn heard(&mut self, now: Instant) {
        self.heard_at = Some(now);
        // In the order of events: it may have come within the same millisecond.
        self.proven = self.sent_at.is_some();
        self.probe_at = None;
        self.stale = false;
        self.renewed = false;
    }

    /// Something came that is no message.
    pub(crate) const fn alive(&mut self, now: Instant) {
        self.pongs = true;
        self.heard(now);
    }

    /// A message of the queue is under way, and waited for this long.
    pub(crate) fn sent(&mut self, now: Instant, timeout: Duration) {
        self.sent_at = Some(now);
        self.proven = false;
        // While all is well the answer comes long before.
        self.probe_at = (self.interval > 0).then(|| now + timeout / 2);
    }

    /// A call goes out: the message of the queue, or one that it waits for. What goes out when its time is over follows it.
    pub(crate) fn called(&mut self, now: Instant, timeout: Duration) {
        if self.sent_at.is_some_and(|sent_at| now < sent_at + timeout) {
            self.sent(now, timeout);
        }
    }

    /// Whether to ping now.
    pub(crate) fn probe_due(&mut self, now: Instant) -> bool {
        self.probe_at.take_if(|at| *at <= now).is_some()
    }

    pub(crate) const fn next_timeout(&self) -> Option<Instant> {
        self.probe_at
    }

    /// The message of the queue was not answered in time.
    pub(crate) fn judge(&mut self) -> Silence {
        let Some(sent_at) = self.sent_at.take() else {
            return Silence::Counts;
        };
        self.probe_at = None;
        if self.proven {
            return Silence::Counts;
        }
        let pinged = self.interval > 0 && self.pongs;
        let fresh = |opened: Instant| sent_at.saturating_since(opened) <= FRESH;
        if !pinged && self.opened_at.is_some_and(fresh) {
            self.stale = true;
            return Silence::Counts;
        }
        Silence::Renew
    }

    /// Any call was not answered in time. Says whether that is a reason to renew the link: nobody pings, and nothing has
    /// come since the call was made.
    pub(crate) fn is_suspect(&self, now: Instant, timeout: Duration) -> bool {
        let silent = |since: Option<Instant>| since.is_none_or(|since| since + timeout <= now);
        self.interval == 0 && !self.renewed && silent(self.heard_at) && silent(self.opened_at)
    }

    /// Whether the link is to be renewed before a message is sent again.
    pub(crate) const fn is_stale(&self) -> bool {
        self.stale
    }

    /// The link is renewed. Says whether at once: not twice without a sign of life in between.
    pub(crate) const fn renew(&mut self) -> bool {
        self.stale = false;
        !core::mem::replace(&mut self.renewed, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMEOUT: Duration = Duration::from_secs(30);

    fn at(seconds: u64) -> Instant {
        Instant::from_millis(seconds * 1000)
    }

    fn open(interval: u32) -> Pulse {
        let mut pulse = Pulse::default();
        pulse.set_interval(interval);
        pulse.opened(at(0));
        pulse
    }

    #[test]
    fn an_attempt_counts_when_something_came_after_it_was_sent() {
        for interval in [0, 60] {
            let mut pulse = open(interval);
            pulse.alive(at(100));
            pulse.sent(at(100), TIMEOUT);
            assert_eq!(pulse.judge(), Silence::Renew, "the frame came before");
            pulse.sent(at(100), TIMEOUT);
            pulse.heard(at(101));
            assert_eq!(pulse.judge(), Silence::Counts);
        }
    }

    #[test]
    fn with_pongs_a_new_link_proves_nothing() {
        let mut pulse = open(60);
        pulse.alive(at(10));
        pulse.opened(at(100));
        pulse.sent(at(100), TIMEOUT);
        assert!(!pulse.probe_due(at(114)));
        assert!(pulse.probe_due(at(115)));
        assert!(!pulse.probe_due(at(116)), "once");
        assert_eq!(pulse.judge(), Silence::Renew);
    }

    #[test]
    fn what_comes_in_the_same_millisecond_after_it_was_sent_counts() {
        let mut pulse = open(60);
        pulse.sent(at(60), TIMEOUT);
        pulse.alive(at(60));
        assert!(!pulse.probe_due(at(1_000)), "it lives");
        assert_eq!(pulse.judge(), Silence::Counts);
        pulse.sent(at(60), TIMEOUT);
        assert!(pulse.probe_due(at(75)), "nothing has come since");
        assert_eq!(pulse.judge(), Silence::Renew);
    }

    #[test]
    fn without_pings_a_new_link_is_the_proof_for_one_attempt() {
        let mut pulse = open(0);
        pulse.sent(at(100), TIMEOUT);
        assert!(!pulse.probe_due(at(1_000)));
        assert_eq!(pulse.judge(), Silence::Renew);
        assert!(pulse.renew(), "at once");
        pulse.opened(at(130));
        pulse.sent(at(131), TIMEOUT);
        assert_eq!(pulse.judge(), Silence::Counts);
        assert!(pulse.is_stale(), "the next one needs a new link too");
        assert!(!pulse.renew(), "not at once");
        pulse.opened(at(240));
        assert!(!pulse.is_stale());
        pulse.heard(at(241));
        assert!(pulse.renew(), "at once again");
    }

    #[test]
    fn any_call_that_is_not_answered_renews_a_silent_link_once() {
        let mut pulse = open(0);
        assert!(!pulse.is_suspect(at(29), TIMEOUT));
        assert!(pulse.is_suspect(at(30), TIMEOUT));
        pulse.heard(at(10));
        assert!(!pulse.is_suspect(at(30), TIMEOUT));
        pulse.renew();
        assert!(!pulse.is_suspect(at(1_000), TIMEOUT));
        pulse.heard(at(1_000));
        pulse.set_interval(60);
        assert!(!pulse.is_suspect(at(9_000), TIMEOUT), "pings tell");
    }
}
