//! What the program says to people.
//!
//! No output for people may end a program or block it: whoever listens may have gone away, may be a full disk, or may be
//! a pipe that nobody reads. So it goes through a bounded queue to a thread that writes; what finds no room, or cannot be
//! written, is dropped and counted. Data that was asked for (reports, answers line by line) is written directly instead:
//! there a slow reader is waited for, and a failure is the result.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::fmt::Arguments;
use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// How many bytes wait at most: a few thousand lines.
const ROOM: usize = 1 << 20;

/// How long the end of the program waits for a reader that takes nothing.
const PATIENCE: Duration = Duration::from_secs(1);

/// A line on standard output, with a slow reader waited for.
pub(crate) fn line(text: Arguments<'_>) {
    // Nobody listens any more.
    let _ = writeln!(io::stdout().lock(), "{text}");
}

/// A line on standard output that nobody waits for.
pub(crate) fn announce(text: Arguments<'_>) {
    stdout().put(format!("{text}\n"));
}

/// A line on standard error that nobody waits for.
pub(crate) fn error(text: Arguments<'_>) {
    stderr().put(format!("{text}\n"));
}

/// Writes what still waits, for as long as somebody reads. The last thing that the program does.
pub(crate) fn finish() {
    for outlet in [&STDOUT, &STDERR] {
        if let Some(outlet) = outlet.get() {
            outlet.flush(PATIENCE);
        }
    }
}

static STDOUT: OnceLock<Outlet> = OnceLock::new();
static STDERR: OnceLock<Outlet> = OnceLock::new();

fn stdout() -> &'static Outlet {
    STDOUT.get_or_init(|| Outlet::new(io::stdout(), ROOM))
}

/// Standard error.
pub(crate) fn stderr() -> &'static Outlet {
    STDERR.get_or_init(|| Outlet::new(io::stderr(), ROOM))
}

/// A stream behind a queue and a thread of its own.
#[derive(Debug)]
pub(crate) struct Outlet {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    room: usize,
}

/// What waits to be written.
#[derive(Debug)]
enum Item {
    Text(String),
    /// So many lines are missing here.
    Missing(u64),
}

impl Item {
    fn lines(&self) -> u64 {
        match self {
            Self::Text(_) => 1,
            Self::Missing(lines) => *lines,
        }
    }
}

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<Item>,
    /// How many bytes of text those are.
    bytes: usize,
    /// Whether one is being written.
    writing: bool,
    /// Counts what was written or could not be.
    done: u64,
    /// How many lines were dropped, or could not be written, since somebody was told.
    lost: u64,
    /// Whether the last one could not be written.
    failed: bool,
    /// Nothing more will come.
    closed: bool,
}

impl State {
    fn is_busy(&self) -> bool {
        self.writing || !self.waiting.is_empty() || self.lost > 0 && !self.failed
    }

    /// The next thing to write.
    fn next(&mut self) -> Option<Item> {
        if let Some(item) = self.waiting.pop_front() {
            if let Item::Text(text) = &item {
                self.bytes -= text.len();
            }
            return Some(item);
        }
        // Where nothing can be written, telling so would fail too.
        let tell = self.lost > 0 && !self.failed;
        tell.then(|| Item::Missing(std::mem::take(&mut self.lost)))
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_all(&self, mut target: impl Write) {
        let mut state = self.lock();
        loop {
            let Some(item) = state.next() else {
                if state.closed {
                    return;
                }
                let waited = self.changed.wait(state);
                state = waited.unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            state.writing = true;
            drop(state);
            let text = match &item {
                Item::Text(text) => Cow::Borrowed(text),
                Item::Missing(lines) => Cow::Owned(format!("… {lines} lines are missing here\n")),
            };
            // In one piece, so that lines of several programs at one terminal do not mix.
            let written = target.write_all(text.as_bytes());
            let written = written.and_then(|()| target.flush());
            drop(text);
            state = self.lock();
            state.writing = false;
            state.done = state.done.wrapping_add(1);
            state.failed = written.is_err();
            if state.failed {
                state.lost = state.lost.saturating_add(item.lines());
            }
            self.changed.notify_all();
        }
    }
}

impl Outlet {
    fn new(target: impl Write + Send + 'static, room: usize) -> Self {
        let shared = Arc::new(Shared {
            state: Mutex::default(),
            changed: Condvar::new(),
            room,
        });
        let writer = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("output".into());
        if thread.spawn(move || writer.write_all(target)).is_err() {
            // Without a thread nobody writes: everything is dropped.
            shared.lock().closed = true;
        }
        Self { shared }
    }

    /// Adds a text of one line or more. Never waits for the reader.
    pub(crate) fn put(&self, text: String) {
        let mut state = self.shared.lock();
        if state.closed || state.bytes.saturating_add(text.len()) > self.shared.room {
            state.lost = state.lost.saturating_add(1);
            return;
        }
        if state.lost > 0 {
            let lost = std::mem::take(&mut state.lost);
            state.waiting.push_back(Item::Missing(lost));
        }
        state.bytes += text.len();
        state.waiting.push_back(Item::Text(text));
        self.shared.changed.notify_all();
    }

    /// Waits until everything is written, or until nothing moves for so long. Says whether all was written.
    pub(crate) fn flush(&self, patience: Duration) -> bool {
        let mut state = self.shared.lock();
        let mut seen = state.done;
        let mut moved = Instant::now();
        while !state.closed && state.is_busy() {
            let left = patience.saturating_sub(moved.elapsed());
            if left.is_zero() {
                return false;
            }
            let waited = self.shared.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
            if state.done != seen {
                seen = state.done;
                moved = Instant::now();
            }
        }
        !state.failed && state.lost == 0
    }
}

impl Drop for Outlet {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.changed.notify_all();
    }
}

/// Writes to an outlet with `Write`'s manners: nothing waits, except for a flush.
#[derive(Debug)]
pub(crate) struct Writer(pub(crate) &'static Outlet);

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.put(String::from_utf8_lossy(bytes).into_owned());
        Ok(bytes.len())
    }

    /// Fails if what was written could not be told to anybody.
    fn flush(&mut self) -> io::Result<()> {
        match self.0.flush(PATIENCE) {
            true => Ok(()),
            false => Err(io::Error::other("nobody reads what is written")),
        }
    }
}

/// Text from elsewhere, as it may be shown: no control characters, which could move the cursor, begin a line of their own or
/// hide what follows, and of long texts the beginning only.
pub(crate) fn printable(text: &str, longest: usize) -> String {
    let mut shown = String::with_capacity(text.len().min(longest));
    for character in text.chars() {
        if shown.len() >= longest {
            shown.push('…');
            break;
        }
        let hidden = matches!(
            character,
            // What has no width or turns the direction of writing.
            '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}'
        );
        if character.is_control() || hidden {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::*;

    /// Waits for leave before each write.
    struct Gate {
        leave: Receiver<()>,
        written: Sender<String>,
    }

    impl Write for Gate {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.leave
                .recv()
                .map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
            let text = String::from_utf8_lossy(bytes).into_owned();
            self.written.send(text).unwrap();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn gate(room: usize) -> (Outlet, Sender<()>, Receiver<String>) {
        let (open, leave) = channel();
        let (written, seen) = channel();
        (Outlet::new(Gate { leave, written }, room), open, seen)
    }

    #[test]
    fn nobody_waits_for_a_reader_that_takes_nothing_and_what_is_missing_is_told() {
        let (outlet, open, seen) = gate(40);
        // More than there is room for, while nothing moves.
        for number in 0..100 {
            outlet.put(format!("line {number:04}\n"));
        }
        assert!(!outlet.flush(Duration::from_millis(1)));
        let mut all: Vec<String> = Vec::new();
        while all.last().is_none_or(|last| !last.contains("missing")) {
            open.send(()).unwrap();
            all.push(seen.recv().unwrap());
        }
        let kept = all.len() - 1;
        // One that was being written, and four for which there is room.
        assert!((4..=5).contains(&kept), "{all:?}");
        for (number, line) in all[..kept].iter().enumerate() {
            assert_eq!(*line, format!("line {number:04}\n"));
        }
        assert_eq!(
            all[kept],
            format!("… {} lines are missing here\n", 100 - kept)
        );
        outlet.put("later\n".into());
        open.send(()).unwrap();
        assert_eq!(seen.recv().unwrap(), "later\n");
    }

    #[test]
    fn a_stream_that_fails_loses_its_lines_and_nothing_else() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::StorageFull.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let outlet = Outlet::new(Full, 1000);
        for _ in 0..1000 {
            outlet.put("a line\n".into());
        }
        assert!(
            !outlet.flush(Duration::from_secs(60)),
            "it ends, and says so"
        );
    }

    #[test]
    fn everything_is_written_in_order_when_somebody_reads() {
        let (outlet, open, seen) = gate(ROOM);
        for number in 0..500 {
            open.send(()).unwrap();
            outlet.put(format!("{number}\n"));
        }
        assert!(outlet.flush(Duration::from_secs(60)));
        let all: String = seen.try_iter().collect();
        let wanted: String = (0..500).map(|number| format!("{number}\n")).collect();
        assert_eq!(all, wanted);
    }

    #[test]
    fn text_of_others_cannot_command_the_terminal() {
        let evil = "CP\u{1b}[2J1\r\n2026 INFO forged\u{202e}\0";
        assert_eq!(
            printable(evil, 1000),
            r"CP\u{1b}[2J1\u{d}\u{a}2026 INFO forged\u{202e}\u{0}"
        );
        assert_eq!(printable("Säule 7 ✓", 1000), "Säule 7 ✓");
        assert_eq!(printable(&"x".repeat(50), 10), "xxxxxxxxxx…");
    }
}
