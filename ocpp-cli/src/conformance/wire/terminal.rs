//! A person at a terminal as the hands of the bench.

use std::fmt;
use std::io::{BufRead, Write};

use ocpp_conformance::bench::{Act, Trouble};
use ocpp_core::station::EvState;

use super::hands::Hands;

/// Asks on `output` and reads the answers from `input`.
pub(super) struct Terminal<R, W> {
    input: R,
    output: W,
    /// Where the station must connect to.
    url: String,
}

impl<R, W> fmt::Debug for Terminal<R, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Terminal")
    }
}

impl<R: BufRead, W: Write> Terminal<R, W> {
    pub(super) const fn new(input: R, output: W, url: String) -> Self {
        Self { input, output, url }
    }

    fn ask(&mut self, what: &str) -> Result<(), Trouble> {
        let gone = |error: std::io::Error| Trouble::broken(format_args!("the terminal: {error}"));
        loop {
            write!(
                self.output,
                "  > {what}, then press Enter (or s and Enter to skip the case): "
            )
            .map_err(gone)?;
            self.output.flush().map_err(gone)?;
            let mut answer = String::new();
            if self.input.read_line(&mut answer).map_err(gone)? == 0 {
                return Err(Trouble::broken("the terminal is closed"));
            }
            match answer.trim() {
                "" => return Ok(()),
                "s" | "S" => return Err(Trouble::NotDone(format!("skipped by hand at: {what}"))),
                // Somebody was not sure.
                _ => {}
            }
        }
    }

    fn words(&self, act: &Act) -> String {
        match act {
            Act::Present { connector, token } => {
                format!("Present the token {token} at the reader of connector {connector}")
            }
            Act::Plug(at) => format!("Plug the cable of connector {at} into the car"),
            Act::Unplug(at) => {
                format!("Take the cable of connector {at} out of the car, and out of the station")
            }
            Act::UnplugAtCar(at) => {
                format!("Take the cable of connector {at} out of the car only")
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

impl<R: BufRead, W: Write> Hands for Terminal<R, W> {
    fn act(&mut self, act: &Act) -> Result<(), Trouble> {
        let words = self.words(act);
        self.ask(&words)
    }

    fn are_human(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    fn asked(answers: &str, act: &Act) -> (Result<(), Trouble>, String) {
        let mut said = Vec::new();
        let url = "ws://lab:9016/".to_owned();
        let done = Terminal::new(answers.as_bytes(), &mut said, url).act(act);
        (done, String::from_utf8(said).unwrap())
    }

    #[test]
    fn enter_means_that_it_was_done() {
        let (done, said) = asked("\n", &Act::Plug(1));
        assert_eq!(done, Ok(()));
        assert!(
            said.contains("Plug the cable of connector 1 into the car, then press Enter"),
            "{said}"
        );
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
        assert_eq!(done, Ok(()));
        assert_eq!(said.matches("connect to ws://lab:9016/").count(), 2);
    }

    #[test]
    fn a_terminal_that_is_closed_ends_the_run() {
        let (done, _) = asked("", &Act::Unplug(1));
        assert!(matches!(done, Err(Trouble::Broken(_))));
    }
}
