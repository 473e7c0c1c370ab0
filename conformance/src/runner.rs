//! Runs cases.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use ocpp_core::station::StationConfig;
use ocpp_types::Version;

use crate::bench::{Bench, Host, VirtualBench, VirtualCsms};
use crate::case::{Case, Need, Setting, Side};
use crate::habit::Habit;
use crate::lab::{Call, Lab, Line, Measured, Parameters, Set, Specimen, Witness};
use crate::mutation::{Change, Mutation};
use crate::product::{Impossible, Product};
use crate::unmet::Failed;

/// What became of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// All checks were met.
    Pass,
    /// A check was not met, or the bench could not do something.
    Fail(Failed),
    /// The product does not have what the case is about, or the bench cannot run it; and why.
    NotApplicable(Cow<'static, str>),
}

/// A case that was run.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The case.
    pub case: &'static Case,
    /// What became of it.
    pub verdict: Verdict,
    /// Steps made.
    pub steps: usize,
    /// Messages exchanged.
    pub messages: usize,
    /// How long it took in the time of the bench, in seconds.
    pub bench_seconds: f64,
    /// How long it took.
    pub wall: Duration,
    /// How fast the station was.
    pub measured: Vec<Measured>,
    /// All that happened.
    pub trace: Vec<Line>,
    /// The checks that were made.
    pub witnesses: Vec<Witness>,
    /// The station, if it has registered.
    pub specimen: Option<Specimen>,
    /// What the specification advises against, or where stations differ, and the lab has noted: it fails nothing.
    pub warnings: Vec<String>,
    /// Why the station is not in its base state again, if it is not: the next case may show it.
    pub untidy: Option<String>,
}

impl Outcome {
    fn not_applicable(case: &'static Case, reason: &'static str) -> Self {
        Self {
            case,
            verdict: Verdict::NotApplicable(reason.into()),
            steps: 0,
            messages: 0,
            bench_seconds: 0.0,
            wall: Duration::ZERO,
            measured: Vec::new(),
            trace: Vec::new(),
            witnesses: Vec::new(),
            specimen: None,
            warnings: Vec::new(),
            untidy: None,
        }
    }

    /// Whether a station with this mutation was found out, and by nothing else.
    #[must_use]
    pub fn finds(&self, mutation: &Mutation) -> bool {
        if !mutation.warns {
            let failed = self.failed_check();
            // Whoever takes a refusal for the begin of a report has nothing to tell yet.
            let untold = matches!(mutation.change, Change::MisreadAnswer(..))
                && mutation.fails.strip_suffix("/status") == failed;
            return untold || failed == Some(mutation.fails);
        }
        let begin = format!("{}: ", mutation.fails);
        let mut warnings = self.warnings.iter();
        self.verdict == Verdict::Pass && warnings.any(|warning| warning.starts_with(&begin))
    }

    /// The name of the check that was not met.
    #[must_use]
    pub fn failed_check(&self) -> Option<&str> {
        match &self.verdict {
            Verdict::Fail(Failed::Check(unmet)) => Some(&unmet.check),
            _ => None,
        }
    }
}

/// Runs a case on a new virtual bench; with a mutation the side under test misbehaves.
///
/// # Errors
/// [`Impossible`] if there can be no such product.
pub fn run_virtual(
    case: &'static Case,
    product: &Product,
    mutation: Option<Change>,
) -> Result<Outcome, Impossible> {
    if let Err(reason) = case.applicable(product) {
        return Ok(Outcome::not_applicable(case, reason));
    }
    let parameters = Parameters::of(product);
    if case.side == Side::Csms {
        let mut bench = VirtualCsms::new(case.version, &parameters.identity);
        if let Some(change) = mutation {
            bench.misbehave(change);
        }
        return Ok(run_on(case, product, &mut bench, parameters));
    }
    let mut bench = VirtualBench::new(delivered(case, product)?);
    if let Some(change) = mutation {
        bench.misbehave(change);
    }
    Ok(run_on(case, product, &mut bench, parameters))
}

/// What became of a case with a station in a program of another language.
#[derive(Debug, Clone)]
pub struct Hosted {
    /// As with any other station.
    pub outcome: Outcome,
    /// Where it first does something else than the same station in Rust, if it does.
    pub differs: Option<String>,
}

/// Runs a case on a new virtual bench whose station is in a program of another language, and with the same station in Rust.
///
/// # Errors
/// [`Impossible`] if there can be no such product.
pub fn run_hosted(
    case: &'static Case,
    product: &Product,
    host: &Host,
) -> Result<Hosted, Impossible> {
    if let Err(reason) = case.applicable(product) {
        let outcome = Outcome::not_applicable(case, reason);
        let differs = None;
        return Ok(Hosted { outcome, differs });
    }
    let mut config = delivered(case, product)?;
    // What both draw at random is the same.
    config.seed = 1;
    let run = |mut bench: VirtualBench| run_on(case, product, &mut bench, Parameters::of(product));
    let outcome = run(VirtualBench::hosted(config.clone(), host.clone()));
    let here = run(VirtualBench::new(config));
    let differs = difference(&outcome, &here);
    Ok(Hosted { outcome, differs })
}

/// Where two runs of a case part.
fn difference(there: &Outcome, here: &Outcome) -> Option<String> {
    let length = there.trace.len().max(here.trace.len());
    let line = |trace: &[Line], index: usize| {
        let line = trace.get(index);
        line.map_or_else(|| "nothing more".to_owned(), ToString::to_string)
    };
    let first = (0..length).find(|index| there.trace.get(*index) != here.trace.get(*index));
    match first {
        Some(index) => Some(format!(
            "{}; in Rust {}",
            line(&there.trace, index),
            line(&here.trace, index)
        )),
        None if there.verdict != here.verdict => {
            Some(format!("{:?}; in Rust {:?}", there.verdict, here.verdict))
        }
        None => None,
    }
}

/// The station of a product as it is delivered for a case. One of 2.0.1 has the security profile that the case wants, and the
/// password for it: there is no plain way up (A05 needs a second address).
pub(crate) fn delivered(case: &Case, product: &Product) -> Result<StationConfig, Impossible> {
    let mut config = product.station()?;
    if case.version != Version::V1_6 {
        let key = "SecurityCtrlr.SecurityProfile".to_owned();
        let profile = (case.secured)(product);
        config.defaults.push((key, profile.to_string()));
        if matches!(profile, 1 | 2) {
            let key = "SecurityCtrlr.BasicAuthPassword".to_owned();
            let password = Parameters::of(product).authorization_key;
            config.defaults.push((key, password));
        }
    }
    Ok(config)
}

/// Runs a case on a new virtual bench whose station has a habit.
///
/// # Errors
/// [`Impossible`] if there can be no such product.
pub fn run_accustomed(
    case: &'static Case,
    product: &Product,
    habit: Habit,
) -> Result<Outcome, Impossible> {
    if let Err(reason) = case.applicable(product) {
        return Ok(Outcome::not_applicable(case, reason));
    }
    let mut bench = VirtualBench::new(delivered(case, product)?);
    bench.accustom(habit);
    Ok(run_on(case, product, &mut bench, Parameters::of(product)))
}

/// Runs a case on a bench whose station is switched off and new.
pub fn run_on(
    case: &'static Case,
    product: &Product,
    bench: &mut dyn Bench,
    parameters: Parameters,
) -> Outcome {
    // A security profile cannot be lowered again: nothing is begun that cannot be done.
    if bench.highest_profile() < (case.secured)(product) {
        let reason = "the bench has no connections with this security profile";
        return Outcome::not_applicable(case, reason);
    }
    if case.file_server && !bench.has_file_server() {
        return Outcome::not_applicable(
            case,
            "the lab has no file server that the product can use (--files names one)",
        );
    }
    let begun = Instant::now();
    let mut lab = Lab::new(bench, product, parameters);
    let run = AssertUnwindSafe(|| run_in(case, &mut lab));
    let result = catch_unwind(run).unwrap_or_else(|panic| {
        let words = panic.downcast_ref::<&str>().map(ToString::to_string);
        let words = words.or_else(|| panic.downcast_ref::<String>().cloned());
        let words = words.unwrap_or_default();
        lab.fail("panic", "no panic", format!("there was one: {words}"))
    });
    let is_message = |line: &&Line| line.text.starts_with('[');
    let mut outcome = Outcome {
        case,
        verdict: verdict(result),
        steps: lab.steps(),
        messages: lab.trace().iter().filter(is_message).count(),
        bench_seconds: lab.seconds(),
        wall: begun.elapsed(),
        measured: lab.measured().to_vec(),
        trace: lab.trace().to_vec(),
        witnesses: lab.take_witnesses(),
        specimen: lab.specimen().cloned(),
        warnings: lab.warnings().to_vec(),
        untidy: None,
    };
    if lab.keeps_state() {
        // No part of the verdict, but whoever wonders about the next case finds it here.
        lab.note_by_hand("the case is over; the station is tidied up");
        outcome.untidy = lab.tidy().err().map(|failed| failed.to_string());
        if let Some(why) = &outcome.untidy {
            lab.note_by_hand(&format!("the station could not be tidied up: {why}"));
        }
        outcome.trace = lab.trace().to_vec();
    }
    outcome
}

/// What cannot be done on a bench says nothing about the station.
fn verdict(result: Result<(), Failed>) -> Verdict {
    match result {
        Ok(()) => Verdict::Pass,
        Err(Failed::Impossible(why)) => Verdict::NotApplicable(why.into()),
        Err(failed) => Verdict::Fail(failed),
    }
}

fn run_in(case: &Case, lab: &mut Lab<'_>) -> Result<(), Failed> {
    prepare(case, lab)?;
    lab.case_begins();
    (case.run)(lab)?;
    for step in case.steps {
        lab.play(step)?;
    }
    lab.finish()
}

/// The base state (section 1.3): booted and accepted, everything available, the keys set.
fn prepare(case: &Case, lab: &mut Lab<'_>) -> Result<(), Failed> {
    if case.side == Side::Csms {
        return lab.prepare_csms(case);
    }
    lab.begin()?;
    if lab.keeps_state() {
        lab.settle()?;
        lab.save_keys()?;
    } else {
        lab.booted("prepare")?;
    }
    let mut reset = asks_about_known_tokens(case, lab)?;
    for setting in case.config {
        reset |= configure(setting, lab)? == Set::AfterReset;
    }
    if reset {
        lab.no_more_optional();
        let call = Call::new("prepare.reset", "Reset", lab.dialect().reset());
        lab.call(call.status("Accepted"))?;
        lab.booted("prepare")?;
    }
    lab.dialect().learn(lab)?;
    lab.lowered((case.highest)(lab.product))?;
    let profile = (case.secured)(lab.product);
    if profile > 0 {
        lab.secured(profile)?;
    }
    Ok(())
}

/// The order in which a station that stays should go through cases: its security profile rises. The case of 1.6 that
/// raises it through all profiles comes last, those of 2.0.1 that raise it by one last of those that begin with it.
pub fn order(cases: &mut [&'static Case], product: &Product) {
    cases.sort_by_key(|case| {
        let (least, most) = ((case.secured)(product), (case.highest)(product));
        let last = case.raises && case.version == Version::V1_6;
        (last, least, case.raises, most, case.id)
    });
}

/// Whether a value that is fixed is the one that is wanted, or a list with everything that is wanted.
fn contains(fixed: &str, wanted: &str) -> bool {
    let mut items = wanted.split(',').map(str::trim);
    fixed == wanted || items.all(|item| fixed.split(',').any(|one| one.trim() == item))
}

/// The general preconditions of part 6 of 2.0.1 want tokens that the station knows to be asked about, unless the case has it
/// otherwise; says whether that takes a reset. Where it cannot be, the value that there is counts.
fn asks_about_known_tokens(case: &Case, lab: &mut Lab<'_>) -> Result<bool, Failed> {
    let mut named = case.config.iter();
    if case.version == Version::V1_6 || named.any(|setting| setting.key == PRE_AUTHORIZE.key) {
        return Ok(false);
    }
    let label = format!("prepare.{}", PRE_AUTHORIZE.key);
    let value = match lab.dialect().get(lab, &label, PRE_AUTHORIZE.key) {
        Ok(value) => value,
        // There is no such variable: the station knows no tokens.
        Err(Failed::Check(_)) => return Ok(false),
        Err(failed) => return Err(failed),
    };
    if value == (PRE_AUTHORIZE.value)(&lab.parameters) {
        return Ok(false);
    }
    let set = configure(&PRE_AUTHORIZE, lab)?;
    if set == Set::ReadOnly {
        lab.note_setting(PRE_AUTHORIZE.key, &value);
    }
    Ok(set == Set::AfterReset)
}

const PRE_AUTHORIZE: Setting =
    Setting::if_possible("AuthCtrlr.LocalPreAuthorize", |_| "false".to_owned());

/// Sets a key or variable; says what has become of it.
fn configure(setting: &Setting, lab: &mut Lab<'_>) -> Result<Set, Failed> {
    let value = (setting.value)(&lab.parameters);
    let label = format!("prepare.{}", setting.key);
    lab.take_links();
    let dialect = lab.dialect();
    let set = dialect.set(lab, &label, setting.key, &value, setting.need)?;
    let fixed = set == Set::ReadOnly && setting.need == Need::MayBeFixed;
    if fixed && !contains(&dialect.get(lab, &label, setting.key)?, &value) {
        let expected = format!("{} to be {value}, or to take it", setting.key);
        return lab.fail(label, expected, "it is read-only with another value");
    }
    if matches!(set, Set::Now | Set::AfterReset) {
        lab.note_setting(setting.key, &value);
    }
    if set == Set::Now && setting.key == "AuthorizationKey" {
        // The password counts from the next connection on (whitepaper, A01): a station may make it at once, or not.
        lab.may_reconnect("prepare")?;
    }
    Ok(set)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{cases, preset};

    #[test]
    fn a_fixed_list_contains_what_is_wanted() {
        assert!(contains("EVConnected, Authorized", "Authorized"));
        assert!(contains("A,B,C", "C,A"));
        assert!(contains("Operator, Ltd.", "Operator, Ltd."));
        assert!(!contains("Authorized", "Authorized,EVConnected"));
        assert!(!contains("PowerPathClosed", "Power"));
        assert!(!contains("", "Authorized"));
    }

    #[test]
    fn what_cannot_be_done_is_not_passed() {
        let what = || "no stop button".to_owned();
        let impossible = verdict(Err(Failed::Impossible(what())));
        assert_eq!(impossible, Verdict::NotApplicable(what().into()));
        let not_done = verdict(Err(Failed::NotDone(what())));
        assert_eq!(not_done, Verdict::Fail(Failed::NotDone(what())));
    }

    #[test]
    fn what_the_station_knows_is_asked_about_unless_a_case_has_it_otherwise() {
        let product = preset::alpitronic();
        let sets = |id: &str| {
            let case = cases::find(id).unwrap();
            let mut config = delivered(case, &product).unwrap();
            let known = (PRE_AUTHORIZE.key.to_owned(), "true".to_owned());
            config.defaults.push(known);
            let mut bench = VirtualBench::new(config);
            let outcome = run_on(case, &product, &mut bench, Parameters::of(&product));
            assert_eq!(outcome.verdict, Verdict::Pass, "{id}");
            let mut lines = outcome.trace.iter().map(|line| &line.text);
            lines.any(|text| {
                let sets = text.contains("SetVariables") && text.contains("LocalPreAuthorize");
                sets && text.contains(r#""attributeValue":"false""#)
            })
        };
        // The second of its two remote starts is with a token that the station knows.
        assert!(sets("TC_F_04_CS"));
        assert!(!sets("TC_C_32_CS"), "it names the variable");
    }

    /// The way back is not in the protocol: somebody has to go to the station for it.
    #[test]
    fn a_station_that_stays_is_brought_back_to_a_lower_profile_once_in_1_6_and_never_in_2_0_1() {
        for name in preset::NAMES {
            let product = preset::named(name).unwrap();
            let mut all = cases::of(product.version);
            order(&mut all, &product);
            let (mut profile, mut ways_back) = (0, 0);
            for case in all {
                let (least, most) = ((case.secured)(&product), (case.highest)(&product));
                assert!(least <= most, "{}", case.id);
                if profile > most {
                    ways_back += 1;
                    profile = most;
                }
                profile = match (case.raises, case.version) {
                    (true, Version::V1_6) => 3,
                    (true, _) => least + 1,
                    _ => profile.max(least),
                };
            }
            let expected = usize::from(product.version == Version::V1_6);
            assert_eq!(ways_back, expected, "{name}");
        }
    }
}
