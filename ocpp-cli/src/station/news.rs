//! What the log of a station tells.

use std::time::{Duration, Instant};

use ocpp_core::security::SecurityEventKind;
use ocpp_tokio::station::Notice;
use tracing::{error, info, warn};

/// A connection that lasted shorter is an attempt that failed, not the end of the trouble.
const STABLE: Duration = Duration::from_secs(60);

/// How long nobody is told again that there is no connection; each time twice as long as before, up to the second.
const PAUSE: (Duration, Duration) = (Duration::from_secs(60), Duration::from_secs(3600));

/// How many different security events of one outage are told.
const MAX_EVENTS: usize = 20;

/// Since when there is no lasting connection, and what was told of that.
#[derive(Debug)]
struct Outage {
    why: String,
    since: Instant,
    attempts: u64,
    /// When it was told last that there is no connection.
    told: Instant,
    pause: Duration,
    /// The last line said that there is no connection, which is not so any more.
    to_be_corrected: bool,
    connected: Option<Instant>,
    /// The security events that were told.
    events: Vec<String>,
}

/// Tells once that there is no connection, and then at intervals, however often it is tried.
#[derive(Debug, Default)]
pub(super) struct News(Option<Outage>);

/// How important a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Info,
    Warn,
    Error,
}

impl News {
    /// Tells what has happened to the station of this name.
    pub(super) fn tell(&mut self, station: &str, notice: &Notice) {
        match self.line(Instant::now(), notice) {
            Some((Level::Info, line)) => info!("{station}: {line}"),
            Some((Level::Warn, line)) => warn!("{station}: {line}"),
            Some((Level::Error, line)) => error!("{station}: {line}"),
            None => {}
        }
    }

    fn line(&mut self, now: Instant, notice: &Notice) -> Option<(Level, String)> {
        match notice {
            Notice::Connected(_) => self.connected(now, notice).map(|line| (Level::Info, line)),
            Notice::NotConnected(why) => {
                let line = self.not_connected(now, why);
                line.map(|line| (Level::Warn, line))
            }
            Notice::SecurityEvent { kind, .. } => {
                let line = notice.to_string();
                if let Some(outage) = &mut self.0 {
                    if outage.events.contains(&line) || outage.events.len() >= MAX_EVENTS {
                        return None;
                    }
                    outage.events.push(line.clone());
                }
                let level = match kind {
                    SecurityEventKind::StartupOfTheDevice
                    | SecurityEventKind::ResetOrReboot
                    | SecurityEventKind::FirmwareUpdated
                    | SecurityEventKind::SettingSystemTime
                    | SecurityEventKind::MaintenanceLoginAccepted => Level::Info,
                    _ => Level::Warn,
                };
                Some((level, line))
            }
            Notice::Transaction { .. } => Some((Level::Info, notice.to_string())),
            Notice::GivenUp { .. }
            | Notice::Damaged(_)
            | Notice::Keys(_)
            | Notice::RebootFailed
            | Notice::StorageFailed(_) => Some((Level::Error, notice.to_string())),
            Notice::StorageRestored | Notice::VersionChanged { .. } | Notice::Waiting { .. } => {
                Some((Level::Info, notice.to_string()))
            }
            _ => Some((Level::Warn, notice.to_string())),
        }
    }

    fn connected(&mut self, now: Instant, notice: &Notice) -> Option<String> {
        let Some(outage) = &mut self.0 else {
            return Some(notice.to_string());
        };
        outage.connected = Some(now);
        // One that comes and goes is not told each time.
        let tell = std::mem::take(&mut outage.to_be_corrected);
        tell.then(|| match outage.attempts {
            0 | 1 => notice.to_string(),
            attempts => {
                let passed = duration(now.saturating_duration_since(outage.since));
                format!("{notice}, after {attempts} attempts in {passed}")
            }
        })
    }

    fn not_connected(&mut self, now: Instant, why: &str) -> Option<String> {
        let goes_on = self.0.as_mut().filter(|outage| {
            let lasted = outage.connected.map(|at| now.saturating_duration_since(at));
            lasted.is_none_or(|lasted| lasted < STABLE)
        });
        let Some(outage) = goes_on else {
            self.0 = Some(Outage {
                why: why.to_owned(),
                since: now,
                attempts: 1,
                told: now,
                pause: PAUSE.0,
                to_be_corrected: true,
                connected: None,
                events: Vec::new(),
            });
            return Some(format!("not connected: {why}"));
        };
        outage.connected = None;
        outage.attempts = outage.attempts.saturating_add(1);
        let other = outage.why != why;
        let due = now.saturating_duration_since(outage.told) >= outage.pause;
        if !other && !due {
            return None;
        }
        why.clone_into(&mut outage.why);
        outage.told = now;
        outage.to_be_corrected = true;
        if other && !due {
            return Some(format!("not connected: {why}"));
        }
        outage.pause = outage.pause.saturating_mul(2).min(PAUSE.1);
        let passed = duration(now.saturating_duration_since(outage.since));
        let attempts = outage.attempts;
        Some(format!(
            "still not connected after {attempts} attempts in {passed}: {why}"
        ))
    }
}

/// For people.
fn duration(duration: Duration) -> String {
    match duration.as_secs() {
        seconds @ 0..120 => format!("{seconds} s"),
        seconds @ 120..7200 => format!("{} min", seconds / 60),
        seconds => format!("{} h", seconds / 3600),
    }
}

#[cfg(test)]
mod tests {
    use ocpp_tokio::Version;

    use super::*;

    const REFUSED: &str = "the CSMS was not reached: Connection refused";

    fn at(begin: Instant, seconds: u64) -> Instant {
        begin + Duration::from_secs(seconds)
    }

    fn fails(news: &mut News, now: Instant, why: &str) -> Option<String> {
        let line = news.line(now, &Notice::NotConnected(why.into()));
        line.map(|(_, line)| line)
    }

    fn connects(news: &mut News, now: Instant) -> Option<String> {
        let line = news.line(now, &Notice::Connected(Version::V1_6));
        line.map(|(_, line)| line)
    }

    #[test]
    fn attempts_that_fail_are_told_once_and_then_at_intervals() {
        let (mut news, begin) = (News::default(), Instant::now());
        let told: Vec<String> = (0..600)
            .filter_map(|second| fails(&mut news, at(begin, second), REFUSED))
            .collect();
        assert_eq!(told.len(), 4, "{told:?}");
        assert_eq!(told[0], format!("not connected: {REFUSED}"));
        assert_eq!(
            told[3],
            format!("still not connected after 421 attempts in 7 min: {REFUSED}")
        );
        let back = connects(&mut news, at(begin, 600)).unwrap();
        assert_eq!(back, "connected, OCPP 1.6, after 600 attempts in 10 min");
        // It lasts: what comes then is new.
        assert_eq!(fails(&mut news, at(begin, 700), REFUSED).unwrap(), told[0]);
    }

    #[test]
    fn another_reason_is_told_at_once() {
        let (mut news, begin) = (News::default(), Instant::now());
        assert!(fails(&mut news, begin, REFUSED).is_some());
        assert!(fails(&mut news, at(begin, 1), REFUSED).is_none());
        let line = fails(
            &mut news,
            at(begin, 2),
            "the CSMS refused the password (401)",
        );
        assert_eq!(
            line.unwrap(),
            "not connected: the CSMS refused the password (401)"
        );
    }

    #[test]
    fn a_connection_that_comes_and_goes_does_not_fill_the_log_and_the_last_line_is_true() {
        let (mut news, begin) = (News::default(), Instant::now());
        let mut told = Vec::new();
        for second in 0..1000 {
            told.extend(connects(&mut news, at(begin, second)));
            told.extend(fails(&mut news, at(begin, second), "closed"));
        }
        assert!(told.len() < 15, "{told:?}");
        // Whatever was told last, it is corrected when it is not true any more.
        let mut last = told.last().cloned();
        if let Some(line) = connects(&mut news, at(begin, 1000)) {
            last = Some(line);
        }
        assert!(last.unwrap().starts_with("connected"));
    }

    #[test]
    fn a_security_event_that_every_attempt_repeats_is_told_once() {
        let (mut news, begin) = (News::default(), Instant::now());
        let event = Notice::SecurityEvent {
            kind: SecurityEventKind::FailedToAuthenticateAtCsms,
            event: "FailedToAuthenticateAtCentralSystem",
            info: None,
        };
        let mut told = Vec::new();
        for second in 0..50 {
            told.extend(news.line(at(begin, second), &event));
            told.extend(fails(&mut news, at(begin, second), "401").map(|line| (Level::Warn, line)));
        }
        // Before the outage is known, and once in it.
        assert!(told.len() <= 3, "{told:?}");
        assert_eq!(
            told[0].1,
            "security event FailedToAuthenticateAtCentralSystem"
        );
        connects(&mut news, at(begin, 60));
        assert!(fails(&mut news, at(begin, 200), "401").is_some());
        assert!(news.line(at(begin, 200), &event).is_some(), "a new outage");
    }
}
