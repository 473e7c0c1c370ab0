//! The station behind the border to other languages, in virtual time: the interface of `ocpp-ffi`, and the lines of a program that holds
//! a station. The programs in C, Python and JavaScript are tried by .ci/languages.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests fail by panicking")]

use ocpp_conformance::bench::{Host, Lines};
use ocpp_conformance::runner::{Verdict, run_hosted};
use ocpp_conformance::{Failed, cases, preset};
use ocpp_ffi::{Station, Time};
use serde_json::json;

/// What goes wrong with a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flaw {
    None,
    /// It ends.
    Ends,
    /// It writes something else.
    Talks,
    /// It makes up an output.
    Invents,
    /// It loses a digit of the time.
    LosesTime,
    /// It refuses an input.
    Refuses,
    /// It forgets records.
    Forgets,
}

/// A program as docs/interfaces.md describes it, without the program.
#[derive(Debug)]
struct Program {
    station: Option<Station>,
    flaw: Flaw,
    lines: usize,
}

impl Program {
    fn host(flaw: Flaw) -> Host {
        let (station, lines) = (None, 0);
        Host::new(Box::new(Self {
            station,
            flaw,
            lines,
        }))
    }

    fn time(&self, millis: &str) -> Time {
        let millis: u64 = millis.parse().unwrap();
        let monotonic = match self.flaw {
            Flaw::LosesTime => millis / 10_000 * 10_000,
            _ => millis,
        };
        Time {
            monotonic,
            utc: None,
        }
    }
}

impl Lines for Program {
    fn exchange(&mut self, line: &str) -> Result<String, String> {
        self.lines += 1;
        match self.flaw {
            Flaw::Ends if self.lines == 50 => return Err("it has ended".to_owned()),
            Flaw::Talks if self.lines == 50 => return Ok("Hello!".to_owned()),
            Flaw::Invents if self.lines == 50 => return Ok("ok\t{\"Dance\": 1}".to_owned()),
            Flaw::Refuses if line.contains("TokenPresented") => {
                return Ok("error\t{\"message\": \"no\"}".to_owned());
            }
            _ => {}
        }
        assert!(!line.contains('\n'), "{line}");
        let fields: Vec<&str> = line.split('\t').collect();
        let answer = match (fields.as_slice(), &mut self.station) {
            (["new", at, config, records], none) => {
                assert!(none.is_none(), "there is one already");
                let records = if self.flaw == Flaw::Forgets {
                    "[]"
                } else {
                    records
                };
                Station::new(config, records, self.time(at)).map(|station| {
                    self.station = Some(station);
                    "null".to_owned()
                })
            }
            (["handle", at, input], Some(_)) => {
                let now = self.time(at);
                self.station.as_mut().unwrap().handle(now, input)
            }
            (["poll_output"], Some(station)) => {
                Ok(station.poll_output().unwrap_or_else(|| "null".to_owned()))
            }
            (["next_timeout"], Some(station)) => Ok(json!(station.next_timeout()).to_string()),
            (["free"], station) => {
                *station = None;
                Ok("null".to_owned())
            }
            other => unreachable!("{other:?}"),
        };
        Ok(match answer {
            Ok(value) => format!("ok\t{value}"),
            Err(error) => format!("error\t{}", serde_json::to_string(&error).unwrap()),
        })
    }
}

/// To the last byte: messages, their ids and times, and what people did.
#[test]
fn behind_the_border_every_case_goes_as_in_rust() {
    let mut other_ways = Vec::new();
    for name in ["chaevi", "alpitronic"] {
        let product = preset::named(name).unwrap();
        let host = Program::host(Flaw::None);
        let mut passed = 0;
        for case in cases::of(product.version) {
            let hosted = run_hosted(case, &product, &host).unwrap();
            if let Some(differs) = hosted.differs {
                other_ways.push(format!("{name} {}: {differs}", case.id));
            }
            passed += usize::from(hosted.outcome.verdict == Verdict::Pass);
        }
        assert!(passed > 50, "{name}: {passed}");
        assert_eq!(host.broken(), None);
    }
    assert!(other_ways.is_empty(), "{}", other_ways.join("\n"));
}

#[test]
fn a_program_that_does_not_hold_what_it_promises_is_found_out() {
    let product = preset::chaevi();
    let run = |id: &str, flaw: Flaw| {
        let host = Program::host(flaw);
        let hosted = run_hosted(cases::find(id).unwrap(), &product, &host).unwrap();
        (hosted, host.broken())
    };
    for (flaw, why) in [
        (Flaw::Ends, "it has ended"),
        (Flaw::Talks, "that is no answer: Hello!"),
        (Flaw::Invents, "is no output"),
        (Flaw::Refuses, "is refused"),
    ] {
        let (hosted, broken) = run("TC_003_CS", flaw);
        let verdict = hosted.outcome.verdict;
        assert!(
            matches!(&verdict, Verdict::Fail(Failed::Bench(_))),
            "{flaw:?}: {verdict:?}"
        );
        assert!(broken.unwrap().contains(why), "{flaw:?}");
    }
    // Its station comes too late, or has lost its memory: the program itself works, and most cases pass.
    for flaw in [Flaw::LosesTime, Flaw::Forgets] {
        let mut cases = cases::of(product.version).into_iter();
        let found = cases.any(|case| {
            let (hosted, broken) = run(case.id, flaw);
            assert_eq!(broken, None, "{flaw:?} {}", case.id);
            hosted.differs.is_some()
        });
        assert!(found, "{flaw:?}");
    }
}
