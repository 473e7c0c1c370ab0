//! The log of the programs that run for long: a line for each event on standard error, with time and level.
//!
//! Events are those of the crate `tracing`. What writes them is small enough to stand here, and never waits for the reader
//! ([`crate::output`]).

use std::collections::HashMap;
use std::fmt::{self, Write as _};
use std::time::{Duration, Instant};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

use crate::output::{self, printable};

/// The longest line, in bytes. What others send may be longer, and is cut.
const LONGEST: usize = 2000;

/// How long nobody is told again of what repeats; each time twice as long as before, up to the second.
const PAUSE: (Duration, Duration) = (Duration::from_secs(60), Duration::from_secs(3600));

/// How many different things that repeat are remembered.
const MAX_REPEATS: usize = 1000;

/// Options of programs with a log.
#[derive(Debug, Clone, clap::Args)]
#[group(skip)]
pub(crate) struct Args {
    /// What the log on standard error tells: nothing, or what is at least as important as this.
    #[arg(long = "log", value_enum, value_name = "LEVEL", default_value_t = Least::Info)]
    least: Least,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Least {
    Off,
    Error,
    Warn,
    Info,
    /// Messages too, without their secrets.
    Debug,
}

impl Least {
    const fn level(self) -> Option<Level> {
        match self {
            Self::Off => None,
            Self::Error => Some(Level::ERROR),
            Self::Warn => Some(Level::WARN),
            Self::Info => Some(Level::INFO),
            Self::Debug => Some(Level::DEBUG),
        }
    }
}

/// Begins to log. Once for each process.
pub(crate) fn start(args: &Args) {
    if let Some(least) = args.least.level() {
        // There is no other one.
        let _ = tracing::subscriber::set_global_default(Log { least });
    }
}

/// Writes events as lines.
struct Log {
    least: Level,
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        // Of the libraries below only what they return counts.
        *metadata.level() <= self.least && metadata.target().starts_with("ocpp")
    }

    fn max_level_hint(&self) -> Option<tracing::level_filters::LevelFilter> {
        Some(self.least.into())
    }

    fn event(&self, event: &Event<'_>) {
        let mut message = Message(String::new());
        event.record(&mut message);
        let time = chrono::Utc::now().format("%Y-%m-%dT%H:%M:%S%.3fZ");
        let level = event.metadata().level();
        let message = printable(&message.0, LONGEST);
        output::stderr().put(format!("{time} {level:<5} {message}\n"));
    }

    // There are no spans.
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// The text of an event: its message, then its other fields.
struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing to a string cannot fail.
        let _ = match field.name() {
            "message" => write!(self.0, "{value:?}"),
            name => write!(self.0, " {name}={value:?}"),
        };
    }
}

/// Things that repeat: each is told once, and then at growing intervals with how often it has happened meanwhile.
#[derive(Debug, Default)]
pub(crate) struct Repeats(HashMap<String, Repeat>);

#[derive(Debug)]
struct Repeat {
    told: Instant,
    pause: Duration,
    /// How often it has happened since.
    silent: u64,
}

impl Repeats {
    /// Whether to tell of it now: how often it has happened since it was told before.
    pub(crate) fn tell(&mut self, now: Instant, what: &str) -> Option<u64> {
        if let Some(repeat) = self.0.get_mut(what) {
            if now.saturating_duration_since(repeat.told) < repeat.pause {
                repeat.silent = repeat.silent.saturating_add(1);
                return None;
            }
            repeat.told = now;
            repeat.pause = repeat.pause.saturating_mul(2).min(PAUSE.1);
            return Some(std::mem::take(&mut repeat.silent));
        }
        if self.0.len() >= MAX_REPEATS {
            let over = |repeat: &Repeat| now.saturating_duration_since(repeat.told) >= repeat.pause;
            self.0.retain(|_, repeat| !over(repeat));
            if self.0.len() >= MAX_REPEATS {
                // Nobody can read so many different things.
                return None;
            }
        }
        let repeat = Repeat {
            told: now,
            pause: PAUSE.0,
            silent: 0,
        };
        self.0.insert(what.to_owned(), repeat);
        Some(0)
    }
}

/// `text`, and how often it was not told.
pub(crate) fn with_count(text: impl fmt::Display, silent: u64) -> String {
    match silent {
        0 => text.to_string(),
        1 => format!("{text} (and once more before)"),
        _ => format!("{text} (and {silent} times before)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_repeats_is_told_once_and_then_at_growing_intervals() {
        let mut repeats = Repeats::default();
        let begin = Instant::now();
        let told: Vec<(u64, u64)> = (0..1000)
            .filter_map(|second| {
                let now = begin + Duration::from_secs(second);
                repeats.tell(now, "it").map(|silent| (second, silent))
            })
            .collect();
        assert_eq!(told, [(0, 0), (60, 59), (180, 119), (420, 239), (900, 479)]);
        assert_eq!(repeats.tell(begin, "something else"), Some(0));
    }

    #[test]
    fn whoever_thinks_up_new_things_does_not_fill_the_memory_or_the_log() {
        let mut repeats = Repeats::default();
        let now = Instant::now();
        let told = (0..100_000).filter(|number| repeats.tell(now, &number.to_string()).is_some());
        assert_eq!(told.count(), MAX_REPEATS);
        assert_eq!(repeats.0.len(), MAX_REPEATS);
        let later = now + PAUSE.0;
        assert_eq!(repeats.tell(later, "new"), Some(0), "there is room again");
    }
}
