//! Questions to a person at a terminal, and the answers, which come while the lab goes on.

use std::fmt;
use std::io::{BufRead, Write};
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::thread;

use ocpp_conformance::bench::Trouble;

/// Asks on an output; the answers are lines of an input.
pub(super) struct Prompt<W> {
    lines: Receiver<String>,
    output: W,
}

fn closed() -> Trouble {
    Trouble::broken("the terminal is closed")
}

/// A person has skipped what was asked for.
pub(super) fn skipped(what: &str) -> Trouble {
    Trouble::NotDone(format!("skipped by hand at: {what}"))
}

impl<W: Write> Prompt<W> {
    pub(super) fn new(input: impl BufRead + Send + 'static, output: W) -> Self {
        let (sender, lines) = channel();
        // Waits for the next line when the program ends.
        thread::spawn(move || {
            for line in input.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self { lines, output }
    }

    /// Asks.
    pub(super) fn say(&mut self, what: fmt::Arguments<'_>) -> Result<(), Trouble> {
        let said = write!(self.output, "  > {what}: ");
        said.and_then(|()| self.output.flush())
            .map_err(|error| Trouble::broken(format_args!("the terminal: {error}")))
    }

    /// Waits for the next line; without space around it, in small letters.
    pub(super) fn line(&self) -> Result<String, Trouble> {
        let line = self.lines.recv().map_err(|_| closed())?;
        Ok(plain(&line))
    }

    /// The next line, if there is one already.
    pub(super) fn line_so_far(&self) -> Result<Option<String>, Trouble> {
        match self.lines.try_recv() {
            Ok(line) => Ok(Some(plain(&line))),
            Err(TryRecvError::Empty) => Ok(None),
            Err(TryRecvError::Disconnected) => Err(closed()),
        }
    }
}

fn plain(line: &str) -> String {
    line.trim().to_ascii_lowercase()
}
