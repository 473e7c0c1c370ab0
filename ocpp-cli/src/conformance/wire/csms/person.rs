//! A person as the operator of the CSMS.
//!
//! Nobody waits for an answer to what the operator is to do: the CSMS asks the station meanwhile, which has to answer.

use std::fmt;
use std::io::{BufRead, Write};
use std::time::Duration;

use ocpp_conformance::bench::{Record, Told, Trouble};
use ocpp_conformance::case::Fact;
use ocpp_conformance::lab::Parameters;
use ocpp_core::csms::remote::Command;

use super::super::prompt::{Prompt, skipped};
use super::Operator;

/// See the [module documentation](self).
pub(super) struct Person<W> {
    prompt: Prompt<W>,
    /// What was asked for and is not done yet, as far as anybody says.
    open: Option<String>,
}

impl<W> fmt::Debug for Person<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Person")
    }
}

impl<W: Write> Person<W> {
    pub(super) fn new(input: impl BufRead + Send + 'static, output: W) -> Self {
        Self {
            prompt: Prompt::new(input, output),
            open: None,
        }
    }

    /// Understands a line as the answer to what is open.
    fn answered(&mut self, line: &str) -> Result<(), Trouble> {
        match (self.open.take(), line) {
            (Some(what), "s") => Err(skipped(&what)),
            _ => Ok(()),
        }
    }
}

impl<W: Write> Operator for Person<W> {
    fn next_case(&mut self, _: &Parameters) -> Result<(), Trouble> {
        self.open = None;
        Ok(())
    }

    fn enter(&mut self, fact: Fact, parameters: &Parameters) -> Result<(), Trouble> {
        let words = match fact {
            Fact::Password(password) => format!(
                "the station {} has the password {}",
                parameters.identity,
                password(parameters)
            ),
            _ => fact.words(parameters),
        };
        self.prompt.say(format_args!(
            "Let the CSMS know: {words}, then press Enter (or s and Enter to skip the case)"
        ))?;
        match self.prompt.line()?.as_str() {
            "s" => Err(skipped(&words)),
            _ => Ok(()),
        }
    }

    fn operate(&mut self, words: &str, _: &Command) -> Result<(), Trouble> {
        self.prompt.say(format_args!(
            "At the CSMS: {words} (s and Enter to skip the case)"
        ))?;
        self.open = Some(words.to_owned());
        Ok(())
    }

    fn told(&mut self, words: &str, _: Duration) -> Result<Told, Trouble> {
        self.open = None;
        loop {
            self.prompt
                .say(format_args!("Does the CSMS show {words}\n    y or n"))?;
            match self.prompt.line()?.as_str() {
                "y" | "yes" => return Ok(Told::Confirmed),
                "n" | "no" => return Ok(Told::Denied),
                _ => {}
            }
        }
    }

    fn record(&mut self, words: &str, _: &Record) -> Result<Told, Trouble> {
        self.told(words, Duration::ZERO)
    }

    fn transaction_number(&self, _: &str) -> Option<u64> {
        // Whoever reads the words knows which one runs.
        None
    }

    fn is_at_work(&mut self) -> Result<bool, Trouble> {
        while self.open.is_some() {
            match self.prompt.line_so_far()? {
                Some(line) => self.answered(&line)?,
                None => return Ok(true),
            }
        }
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    fn person(answers: &'static str) -> Person<Vec<u8>> {
        Person::new(answers.as_bytes(), Vec::new())
    }

    #[test]
    fn what_the_csms_shows_is_for_the_person_to_judge() {
        let told = |answers| person(answers).told("status is Accepted", Duration::ZERO);
        assert_eq!(told("y\n"), Ok(Told::Confirmed));
        assert_eq!(told("what?\nno\n"), Ok(Told::Denied));
        assert!(matches!(told(""), Err(Trouble::Broken(_))));
    }

    #[test]
    fn whoever_skips_is_told_in_the_report() {
        let mut said = Vec::new();
        let mut person = Person::new("s\n".as_bytes(), &mut said);
        let command = Command::CloseTransaction(1);
        person.operate("clear the cache", &command).unwrap();
        let skipped = loop {
            match person.is_at_work() {
                Ok(true) => {}
                other => break other,
            }
        };
        let why = "skipped by hand at: clear the cache";
        assert_eq!(skipped, Err(Trouble::NotDone(why.to_owned())));
        drop(person);
        let said = String::from_utf8(said).unwrap();
        assert!(said.contains("At the CSMS: clear the cache"), "{said}");
    }
}
