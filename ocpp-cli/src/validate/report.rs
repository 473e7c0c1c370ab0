//! What is printed: a JSON object per line, or sentences, and a summary.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Write};

use serde::Serialize;

use super::finding::{Answer, Finding, Name, Problem};

/// One line of output.
#[derive(Serialize)]
struct Record<'a> {
    line: u64,
    ok: bool,
    message: Name,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [Problem],
    #[serde(skip_serializing_if = "Option::is_none")]
    deviations: Option<&'a [Problem]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    callerror: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    callresulterror: Option<&'a str>,
}

#[derive(Debug, Default)]
struct Summary {
    lines: u64,
    wrong: u64,
    repaired: u64,
    /// The first errors of wrong lines by code.
    codes: BTreeMap<String, u64>,
    /// Wrong lines by message.
    messages: BTreeMap<String, u64>,
}

/// Prints findings.
pub(super) struct Report<W> {
    out: W,
    json: bool,
    lenient: bool,
    summary: Summary,
}

impl<W: Write> Report<W> {
    pub(super) fn new(out: W, json: bool, lenient: bool) -> Self {
        Self {
            out,
            json,
            lenient,
            summary: Summary::default(),
        }
    }

    /// Reports the next line.
    pub(super) fn line(&mut self, finding: &Finding) -> io::Result<()> {
        self.summary.count(finding);
        if self.json {
            self.record(finding)
        } else {
            self.sentences(finding)
        }
    }

    fn record(&mut self, finding: &Finding) -> io::Result<()> {
        let code = finding.errors.first().map(|problem| problem.code.as_str());
        let told = |answer| code.filter(|_| finding.answer == answer);
        let record = Record {
            line: self.summary.lines,
            ok: finding.is_ok(),
            message: finding.message,
            errors: &finding.errors,
            deviations: self.lenient.then_some(&finding.deviations),
            callerror: told(Answer::CallError),
            callresulterror: told(Answer::CallResultError),
        };
        serde_json::to_writer(&mut self.out, &record)?;
        self.out.write_all(b"\n")
    }

    fn sentences(&mut self, finding: &Finding) -> io::Result<()> {
        let line = self.summary.lines;
        let message = finding.message;
        for error in &finding.errors {
            writeln!(self.out, "line {line}: {message}: {}", error)?;
        }
        if let Some(first) = finding.errors.first() {
            let code = &first.code;
            match finding.answer {
                Answer::CallError => writeln!(self.out, "line {line}: answer: CALLERROR {code}")?,
                Answer::CallResultError => {
                    writeln!(self.out, "line {line}: answer: CALLRESULTERROR {code}")?;
                }
                Answer::Nothing => {}
            }
        }
        for deviation in &finding.deviations {
            writeln!(self.out, "line {line}: {message}: forgiven: {}", deviation)?;
        }
        Ok(())
    }

    /// Prints the summary. Gives the writer back, and whether all lines were right.
    pub(super) fn finish(mut self) -> io::Result<(W, bool)> {
        if self.json {
            crate::output::stderr().put(self.summary.to_string());
        } else {
            write!(self.out, "{}", self.summary)?;
        }
        Ok((self.out, self.summary.wrong == 0))
    }
}

impl Summary {
    fn count(&mut self, finding: &Finding) {
        self.lines += 1;
        if let Some(first) = finding.errors.first() {
            self.wrong += 1;
            *self.codes.entry(first.code.clone()).or_default() += 1;
            *self
                .messages
                .entry(finding.message.to_string())
                .or_default() += 1;
        } else if !finding.deviations.is_empty() {
            self.repaired += 1;
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            lines,
            wrong,
            repaired,
            ..
        } = self;
        let noun = if *lines == 1 { "line" } else { "lines" };
        write!(f, "{lines} {noun}: {} right", lines - wrong - repaired)?;
        if *repaired > 0 {
            write!(f, ", {repaired} with deviations")?;
        }
        writeln!(f, ", {wrong} wrong")?;
        for (title, counts) in [("by code", &self.codes), ("by message", &self.messages)] {
            if counts.is_empty() {
                continue;
            }
            let mut counts: Vec<_> = counts.iter().collect();
            counts.sort_by(|(a, m), (b, n)| n.cmp(m).then(a.cmp(b)));
            write!(f, "  {title}:")?;
            for (index, (name, count)) in counts.into_iter().enumerate() {
                let comma = if index == 0 { "" } else { "," };
                write!(f, "{comma} {name} {count}")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
