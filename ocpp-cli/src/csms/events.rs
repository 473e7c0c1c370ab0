//! What has happened, for those who follow it as server-sent events.
//!
//! The last events are kept; everybody who follows has a place among them, and nothing waits for a slow one: who falls behind
//! further than what is kept is told how many events are gone.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hyper::body::Bytes;
use ocpp_core::csms::remote::StationEvent;
use ocpp_core::redact;
use ocpp_core::time::DateTime;
use ocpp_tokio::clock;
use ocpp_tokio::csms::Forgotten;
use serde_json::{Value, json};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};

/// How many events are kept, and how many bytes of them.
const MAX_EVENTS: usize = 10_000;
const MAX_BYTES: usize = 8 * 1024 * 1024;

/// How many may follow at a time.
pub(super) const MAX_READERS: usize = 64;

/// How many events go out in one piece.
const BATCH: usize = 64;

/// Somebody who hears nothing for so long hears that the connection lives.
const QUIET: Duration = Duration::from_secs(15);

/// An event.
#[derive(Debug)]
pub(super) struct Event {
    pub(super) number: u64,
    time: DateTime,
    pub(super) station: String,
    pub(super) kind: String,
    /// JSON in one line.
    pub(super) data: String,
}

#[derive(Debug, Default)]
struct Kept {
    events: VecDeque<Arc<Event>>,
    bytes: usize,
    /// The number of the newest.
    newest: u64,
}

/// The last events, and who follows them. A clone is the same.
#[derive(Debug, Clone)]
pub(super) struct Events {
    kept: Arc<Mutex<Kept>>,
    newest: watch::Sender<u64>,
    readers: Arc<Semaphore>,
    /// This run of the program: events of another one have other numbers.
    run: i64,
}

impl Default for Events {
    fn default() -> Self {
        Self {
            kept: Arc::default(),
            newest: watch::Sender::new(0),
            readers: Arc::new(Semaphore::new(MAX_READERS)),
            run: clock::utc().unix_millis(),
        }
    }
}

/// Which events somebody wants.
#[derive(Debug, Default)]
pub(super) struct Filter {
    pub(super) station: Option<String>,
    /// All of them if empty.
    pub(super) kinds: Vec<String>,
}

impl Filter {
    fn wants(&self, event: &Event) -> bool {
        let station = self.station.as_ref();
        station.is_none_or(|station| *station == event.station)
            && (self.kinds.is_empty() || self.kinds.contains(&event.kind))
    }
}

/// A poisoned lock protects whole events.
fn lock(kept: &Mutex<Kept>) -> MutexGuard<'_, Kept> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The name of an event, and what belongs to it.
fn parts(event: &StationEvent) -> (String, Value) {
    // A plain value.
    match serde_json::to_value(event).unwrap_or_default() {
        Value::String(kind) => (kind, Value::Null),
        Value::Object(members) => members.into_iter().next().unwrap_or_default(),
        _ => Default::default(),
    }
}

/// The names of all events.
pub(super) const KINDS: [&str; 20] = [
    "Connected",
    "Disconnected",
    "Booted",
    "Connector",
    "TransactionBegan",
    "NotBegun",
    "TransactionChanged",
    "TransactionPresumedOver",
    "TransactionResumed",
    "TransactionEnded",
    "BillCompleted",
    "Contradicted",
    "MeterValues",
    "Security",
    "Progress",
    "Reservation",
    "Notified",
    "Refused",
    "Seen",
    "NotStored",
];

/// The name of an event.
pub(super) fn kind(event: &StationEvent) -> &'static str {
    match event {
        StationEvent::Connected(_) => "Connected",
        StationEvent::Disconnected => "Disconnected",
        StationEvent::Booted { .. } => "Booted",
        StationEvent::Connector(_) => "Connector",
        StationEvent::TransactionBegan { .. } => "TransactionBegan",
        StationEvent::NotBegun { .. } => "NotBegun",
        StationEvent::TransactionChanged { .. } => "TransactionChanged",
        StationEvent::TransactionPresumedOver { .. } => "TransactionPresumedOver",
        StationEvent::TransactionResumed { .. } => "TransactionResumed",
        StationEvent::TransactionEnded(_) => "TransactionEnded",
        StationEvent::BillCompleted(_) => "BillCompleted",
        StationEvent::Contradicted { .. } => "Contradicted",
        StationEvent::MeterValues { .. } => "MeterValues",
        StationEvent::Security { .. } => "Security",
        StationEvent::Progress { .. } => "Progress",
        StationEvent::Reservation { .. } => "Reservation",
        StationEvent::Notified { .. } => "Notified",
        StationEvent::Refused { .. } => "Refused",
        StationEvent::Seen(_) => "Seen",
        StationEvent::NotStored => "NotStored",
        _ => "Other",
    }
}

/// What stands in the place of a key code.
pub(super) const HIDDEN: &str = "***";

/// C04.FR.04: key codes are told to nobody.
pub(super) fn hide_key_codes(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if members.get("kind").is_some_and(|kind| kind == "KeyCode")
                && let Some(token) = members.get_mut("idToken")
            {
                *token = json!(HIDDEN);
            }
            members.values_mut().for_each(hide_key_codes);
        }
        Value::Array(items) => items.iter_mut().for_each(hide_key_codes),
        _ => {}
    }
}

/// Texts in which a token stands become the pseudonym.
fn replace(value: &mut Value, what: &Forgotten, pseudonym: &str) {
    match value {
        Value::String(text) if what.names(text) => *text = pseudonym.into(),
        Value::Array(items) => {
            for item in items {
                replace(item, what, pseudonym);
            }
        }
        Value::Object(members) => {
            for member in members.values_mut() {
                replace(member, what, pseudonym);
            }
        }
        _ => {}
    }
}

impl Events {
    /// Something has happened at a station.
    pub(super) fn happened(&self, station: &str, event: &StationEvent) -> Arc<Event> {
        let (kind, mut data) = parts(event);
        hide_key_codes(&mut data);
        self.keep(clock::utc(), station, &kind, &data)
    }

    fn keep(&self, time: DateTime, station: &str, kind: &str, data: &Value) -> Arc<Event> {
        let data = json!({"time": time, "station": station, "kind": kind, "data": data});
        let data = redact(&data.to_string()).into_owned();
        let mut kept = lock(&self.kept);
        kept.newest += 1;
        let number = kept.newest;
        kept.bytes += data.len();
        let event = Arc::new(Event {
            number,
            time,
            station: station.into(),
            kind: kind.into(),
            data,
        });
        kept.events.push_back(Arc::clone(&event));
        while kept.events.len() > MAX_EVENTS || (kept.bytes > MAX_BYTES && kept.events.len() > 1) {
            if let Some(oldest) = kept.events.pop_front() {
                kept.bytes -= oldest.data.len();
            }
        }
        drop(kept);
        self.newest.send_replace(number);
        event
    }

    /// What is older is not told any more.
    pub(super) fn forget_before(&self, before: DateTime) {
        let mut kept = lock(&self.kept);
        while kept.events.front().is_some_and(|event| event.time < before) {
            if let Some(oldest) = kept.events.pop_front() {
                kept.bytes -= oldest.data.len();
            }
        }
    }

    /// A pseudonym takes the place of tokens.
    pub(super) fn erase(&self, what: &Forgotten, pseudonym: &str) {
        let mut kept = lock(&self.kept);
        let mut bytes = kept.bytes;
        for event in kept
            .events
            .iter_mut()
            .filter(|event| what.names(&event.data))
        {
            let mut value: Value = serde_json::from_str(&event.data).unwrap_or_default();
            replace(&mut value, what, pseudonym);
            let data = value.to_string();
            bytes = bytes - event.data.len() + data.len();
            *event = Arc::new(Event {
                number: event.number,
                time: event.time,
                station: event.station.clone(),
                kind: event.kind.clone(),
                data,
            });
        }
        kept.bytes = bytes;
    }

    /// How many follow.
    pub(super) fn readers(&self) -> usize {
        MAX_READERS - self.readers.available_permits()
    }

    /// Follows from an event on that was seen last; without one from now on. `None`: too many follow already.
    pub(super) fn follow(
        &self,
        last: Option<&str>,
        filter: Filter,
    ) -> Option<mpsc::Receiver<Bytes>> {
        let place = Arc::clone(&self.readers).try_acquire_owned().ok()?;
        let reader = Reader {
            events: self.clone(),
            after: self.place(last),
            filter,
            _place: place,
        };
        // One piece is on its way, one waits.
        let (pieces, receiver) = mpsc::channel(1);
        tokio::spawn(reader.run(pieces));
        Some(receiver)
    }

    /// The number of the event that was seen last. `Err`: it is of another run.
    fn place(&self, last: Option<&str>) -> Result<u64, u64> {
        let newest = lock(&self.kept).newest;
        let Some(last) = last.filter(|last| !last.is_empty()) else {
            return Ok(newest);
        };
        if last == "0" {
            return Ok(0);
        }
        let parsed = last.split_once('-').and_then(|(run, number)| {
            let run: i64 = run.parse().ok()?;
            let number: u64 = number.parse().ok()?;
            (run == self.run && number <= newest).then_some(number)
        });
        parsed.ok_or(0)
    }

    /// The next events after one: how many in between are gone, and up to [`BATCH`] that are kept.
    fn after(&self, after: u64) -> (u64, Vec<Arc<Event>>) {
        let kept = lock(&self.kept);
        let first = kept.events.front().map_or(after + 1, |first| first.number);
        let missed = first.saturating_sub(after + 1);
        // They are numbered without gaps.
        let skip = usize::try_from((after + 1).saturating_sub(first)).unwrap_or(usize::MAX);
        let next = kept.events.iter().skip(skip).take(BATCH).map(Arc::clone);
        (missed, next.collect())
    }
}

/// Somebody who follows.
struct Reader {
    events: Events,
    /// The number of the last one seen; `Err` while it was one of another run.
    after: Result<u64, u64>,
    filter: Filter,
    _place: OwnedSemaphorePermit,
}

impl Reader {
    async fn run(mut self, pieces: mpsc::Sender<Bytes>) {
        let mut newest = self.events.newest.subscribe();
        // Clients of browsers ask again after three seconds.
        let mut piece = String::from("retry: 3000\n\n");
        loop {
            newest.mark_unchanged();
            self.next(&mut piece);
            let is_more = !piece.is_empty();
            if is_more
                && pieces
                    .send(std::mem::take(&mut piece).into())
                    .await
                    .is_err()
            {
                return;
            }
            if is_more {
                continue;
            }
            tokio::select! {
                // The program ends.
                changed = newest.changed() => if changed.is_err() { return },
                () = pieces.closed() => return,
                () = tokio::time::sleep(QUIET) => piece.push_str(": quiet\n\n"),
            }
        }
    }

    /// Writes what comes next.
    fn next(&mut self, piece: &mut String) {
        let run = self.events.run;
        let after = match self.after {
            Ok(after) => after,
            Err(after) => {
                let _ = write!(piece, "event: missed\ndata: {{\"missed\":null}}\n\n");
                after
            }
        };
        let (missed, events) = self.events.after(after);
        if missed > 0 && self.after.is_ok() {
            let _ = write!(piece, "event: missed\ndata: {{\"missed\":{missed}}}\n\n");
        }
        let last = events.last().map_or(after, |last| last.number);
        let mut told = 0;
        for event in events.iter().filter(|event| self.filter.wants(event)) {
            let _ = write!(
                piece,
                "id: {run}-{}\ndata: {}\n\n",
                event.number, event.data
            );
            told = event.number;
        }
        // Whoever comes again need not go through what was not wanted.
        if last > after && told != last && !piece.is_empty() {
            let _ = write!(piece, "id: {run}-{last}\n\n");
        }
        self.after = Ok(last);
        if piece.is_empty() && last > after {
            // All of these were for others: the next ones at once.
            self.next(piece);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

    use super::*;

    fn fill(events: &Events, station: &str, count: usize) {
        for n in 0..count {
            events.keep(DateTime::UNIX_EPOCH, station, "Kind", &json!(n));
        }
    }

    /// What a reader gets until there is nothing more.
    fn read(events: &Events, last: Option<&str>, filter: Filter) -> String {
        let mut reader = Reader {
            events: events.clone(),
            after: events.place(last),
            filter,
            _place: Arc::clone(&events.readers).try_acquire_owned().unwrap(),
        };
        let (mut all, mut piece) = (String::new(), String::new());
        loop {
            reader.next(&mut piece);
            if piece.is_empty() {
                return all;
            }
            all += &std::mem::take(&mut piece);
        }
    }

    #[test]
    fn somebody_follows_from_where_he_was() {
        let events = Events::default();
        fill(&events, "A", 100);
        fill(&events, "B", 100);
        let count = |text: &str| text.matches("\ndata: {").count();
        assert_eq!(read(&events, None, Filter::default()), "");
        let all = read(&events, Some("0"), Filter::default());
        assert_eq!(count(&all), 200);
        let last = format!("{}-150", events.run);
        assert_eq!(count(&read(&events, Some(&last), Filter::default())), 50);
        let only = |station: Option<&str>, kind: Option<&str>| Filter {
            station: station.map(Into::into),
            kinds: kind.into_iter().map(Into::into).collect(),
        };
        assert_eq!(count(&read(&events, Some("0"), only(Some("B"), None))), 100);
        assert_eq!(read(&events, Some("0"), only(None, Some("Other"))), "");
    }

    #[test]
    fn who_is_too_slow_is_told_how_much_is_gone() {
        let events = Events::default();
        fill(&events, "A", MAX_EVENTS + 7);
        let text = read(&events, Some("0"), Filter::default());
        assert!(text.starts_with("event: missed\ndata: {\"missed\":7}\n\n"));
        assert_eq!(text.matches("\"kind\":\"Kind\"").count(), MAX_EVENTS);
        // Another run of the program.
        let text = read(&events, Some("1-5"), Filter::default());
        assert!(text.starts_with("event: missed\ndata: {\"missed\":null}\n\n"));
        let big = json!("x".repeat(MAX_BYTES / 2));
        for _ in 0..4 {
            events.keep(DateTime::UNIX_EPOCH, "A", "Kind", &big);
        }
        assert!(lock(&events.kept).events.len() < 4, "bytes are bounded too");
    }

    #[test]
    fn so_many_may_follow_and_no_more() {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        let runtime = builder.enable_time().build().unwrap();
        runtime.block_on(async {
            let events = Events::default();
            let follow = || events.follow(None, Filter::default());
            let all: Vec<_> = (0..MAX_READERS).map(|_| follow().unwrap()).collect();
            assert!(follow().is_none());
            drop(all);
            // Their tasks hear of it.
            while events.readers() > 0 {
                tokio::task::yield_now().await;
            }
            let mut pieces = follow().unwrap();
            assert_eq!(pieces.recv().await.unwrap(), "retry: 3000\n\n");
            fill(&events, "A", 1);
            let piece = pieces.recv().await.unwrap();
            let text = str::from_utf8(&piece).unwrap();
            assert!(
                text.starts_with("id: ") && text.ends_with("}\n\n"),
                "{text}"
            );
        });
    }

    #[test]
    fn the_names_are_those_of_the_schema() {
        let schema = schemars::schema_for!(StationEvent).to_value();
        let variants = schema["oneOf"].as_array().unwrap().iter();
        let mut names: Vec<String> = variants
            .flat_map(|variant| match variant["required"][0].as_str() {
                Some(name) => vec![name.to_owned()],
                None => {
                    let texts = variant["enum"].as_array().cloned().unwrap_or_default();
                    let one = variant["const"].as_str().map(Into::into);
                    one.into_iter()
                        .chain(
                            texts
                                .iter()
                                .filter_map(|text| text.as_str().map(Into::into)),
                        )
                        .collect()
                }
            })
            .collect();
        names.sort();
        let mut known = KINDS.map(String::from);
        known.sort();
        assert_eq!(names, known);
    }

    #[test]
    fn names_are_those_that_serde_writes_and_key_codes_are_hidden() {
        let security = StationEvent::Security {
            kind: "FirmwareUpdated".into(),
            at: DateTime::UNIX_EPOCH,
            info: None,
        };
        for event in [
            StationEvent::Disconnected,
            StationEvent::NotStored,
            security,
        ] {
            assert_eq!(parts(&event).0, kind(&event));
        }
        let mut value = json!({"data": [{"idToken": "1234", "kind": "KeyCode"}, {"idToken": "04A2", "kind": null}]});
        hide_key_codes(&mut value);
        assert_eq!(value["data"][0]["idToken"], "***");
        assert_eq!(value["data"][1]["idToken"], "04A2");
    }
}
