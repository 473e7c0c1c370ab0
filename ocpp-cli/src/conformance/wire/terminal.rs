//! A person at a terminal as the hands of the bench.
//!
//! Nobody waits for the answer: the station goes on meanwhile, and has to be answered.

use std::fmt;
use std::io::{BufRead, Write};

use ocpp_conformance::bench::{Act, Reader, Trouble};
use ocpp_core::station::EvState;

use super::hands::Hands;
use super::prompt::{Prompt, skipped};

/// See the [module documentation](self).
pub(super) struct Terminal<W> {
    prompt: Prompt<W>,
    /// Where the station must connect to.
    url: String,
    /// What was asked for and is not answered yet.
    open: Option<String>,
}

impl<W> fmt::Debug for Terminal<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Terminal")
    }
}

impl<W: Write> Terminal<W> {
    pub(super) fn new(input: impl BufRead + Send + 'static, output: W, url: String) -> Self {
        Self {
            prompt: Prompt::new(input, output),
            url,
            open: None,
        }
    }

    fn say(&mut self, what: &str) -> Result<(), Trouble> {
        self.prompt.say(format_args!(
            "{what}, then press Enter (or s and Enter to skip the case)"
        ))
    }

    /// Understands a line as the answer to what is open.
    fn answered(&mut self, line: &str) -> Result<(), Trouble> {
        match (self.open.take(), line) {
            (Some(what), "s") => Err(skipped(&what)),
            (None, _) | (Some(_), "") => Ok(()),
            // Somebody was not sure.
            (Some(what), _) => {
                self.say(&what)?;
                self.open = Some(what);
                Ok(())
            }
        }
    }

    /// One thing after the other.
    fn finish(&mut self) -> Result<(), Trouble> {
        while self.open.is_some() {
            let line = self.prompt.line()?;
            self.answered(&line)?;
        }
        Ok(())
    }

    fn words(&self, act: &Act) -> String {
        match act {
            Act::Present {
                connector,
                token,
                reader,
            } => match reader {
                Reader::OfConnector => {
                    format!("Present the token {token} at the reader of connector {connector}")
                }
                Reader::Shared { chosen: true } => format!(
                    "Choose connector {connector}, if the station lets you, and present the token {token} at the reader"
                ),
                Reader::Shared { chosen: false } => {
                    format!("Present the token {token} at the reader, without choosing a connector")
                }
            },
            Act::Plug(at) => format!("Plug the cable of connector {at} into the car"),
            Act::PlugUnready(at) => format!(
                "Plug the cable of connector {at} into a car that is not ready to charge, and leave it so"
            ),
            Act::Unplug(at) => {
                format!("Take the cable of connector {at} out of the car, and out of the station")
            }
            Act::UnplugAtCar(at) => {
                format!("Take the cable of connector {at} out of the car only")
            }
            Act::SelectStops(Some(at)) => format!(
                "Select at the display of the station that the transaction at connector {at} is stopped, and no other one"
            ),
            Act::SelectStops(None) => {
                "Select at the display of the station that all transactions are stopped".to_owned()
            }
            Act::Bay(at, true) => format!("Drive a car into the parking bay of connector {at}"),
            Act::Bay(at, false) => {
                format!("Drive the car out of the parking bay of connector {at}")
            }
            Act::PressStop(at) => format!("Press the stop button of connector {at}"),
            Act::Car(at, EvState::Ready) => format!("Let the car at connector {at} charge"),
            Act::Car(at, EvState::Suspended) => {
                format!("Let the car at connector {at} pause charging")
            }
            Act::Car(at, EvState::Stopped) => {
                format!("Let the car at connector {at} finish charging")
            }
            Act::Fault(at, Some(code)) => format!("Cause the fault {code:?} at connector {at}"),
            Act::Fault(at, None) => format!("Put the fault at connector {at} right"),
            Act::Customer(identifier) => {
                format!("Store some data about the customer {identifier} at the station")
            }
            Act::ExternalLimit(0, Some((limit, unit))) => {
                format!("Let an external system limit the station to {limit} {unit}")
            }
            Act::ExternalLimit(at, Some((limit, unit))) => {
                format!("Let an external system limit EVSE {at} to {limit} {unit}")
            }
            Act::ExternalLimit(at, None) => {
                format!(
                    "Let the external system release the limit of EVSE {at} (0: of the station)"
                )
            }
            Act::LocksFail(true) => "Block the locks of all connectors".to_owned(),
            Act::LocksFail(false) => "Set the locks of all connectors free".to_owned(),
            Act::PowerOff {
                time_to_report: true,
            } => "Switch the mains off, with back-up power for the station to report it".to_owned(),
            Act::PowerOff { .. } => "Switch the mains off".to_owned(),
            Act::PowerOn => format!(
                "Switch the station on, or off and on if it runs; it must connect to {}",
                self.url
            ),
            Act::LowerSecurityProfile(profile) => format!(
                "Set the station back to security profile {profile} with its own tools, and let it connect"
            ),
        }
    }
}

impl<W: Write> Hands for Terminal<W> {
    fn act(&mut self, act: &Act) -> Result<(), Trouble> {
        self.finish()?;
        let words = self.words(act);
        self.say(&words)?;
        self.open = Some(words);
        Ok(())
    }

    fn done(&mut self) -> Result<bool, Trouble> {
        while self.open.is_some() {
            match self.prompt.line_so_far()? {
                Some(line) => self.answered(&line)?,
                None => return Ok(false),
            }
        }
        Ok(true)
    }

    fn are_human(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    fn asked(answers: &'static str, act: &Act) -> (Result<bool, Trouble>, String) {
        let mut said = Vec::new();
        let url = "ws://lab:9016/".to_owned();
        let mut terminal = Terminal::new(answers.as_bytes(), &mut said, url);
        let mut done = terminal.act(act).map(|()| false);
        while done == Ok(false) {
            done = terminal.done();
        }
        (done, String::from_utf8(said).unwrap())
    }

    #[test]
    fn enter_means_that_it_was_done() {
        let (done, said) = asked("\n", &Act::Plug(1));
        assert_eq!(done, Ok(true));
        assert!(
            said.contains("Plug the cable of connector 1 into the car, then press Enter"),
            "{said}"
        );
    }

    #[test]
    fn nobody_waits_for_the_answer_before_there_is_something_else_to_do() {
        let (input, mut answers) = std::io::pipe().unwrap();
        let mut said = Vec::new();
        let input = std::io::BufReader::new(input);
        let mut terminal = Terminal::new(input, &mut said, String::new());
        terminal.act(&Act::Plug(1)).unwrap();
        assert_eq!(terminal.done(), Ok(false));
        answers.write_all(b"\n").unwrap();
        terminal.act(&Act::Unplug(1)).unwrap();
        assert_eq!(terminal.done(), Ok(false));
        answers.write_all(b"\n").unwrap();
        while terminal.done() == Ok(false) {}
        assert_eq!(terminal.done(), Ok(true));
    }

    #[test]
    fn who_skips_is_told_in_the_report() {
        let (done, _) = asked("s\n", &Act::PressStop(2));
        let skipped = "skipped by hand at: Press the stop button of connector 2";
        assert_eq!(done, Err(Trouble::NotDone(skipped.to_owned())));
    }

    #[test]
    fn anything_else_is_asked_again() {
        let (done, said) = asked("what?\n\n", &Act::PowerOn);
        assert_eq!(done, Ok(true));
        assert_eq!(said.matches("connect to ws://lab:9016/").count(), 2);
    }

    #[test]
    fn a_terminal_that_is_closed_ends_the_run() {
        let (done, _) = asked("", &Act::Unplug(1));
        assert!(matches!(done, Err(Trouble::Broken(_))));
    }
}
