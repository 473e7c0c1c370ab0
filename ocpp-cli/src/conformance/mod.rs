//! `ocpp conformance`: the test cases of the certification.

mod explain;
mod hosted;
mod pki;
pub(crate) mod product;
mod wire;

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::{Subcommand, ValueEnum};
use ocpp_conformance::bench::Trouble;
use ocpp_conformance::case::Side;
use ocpp_conformance::description::Description;
use ocpp_conformance::lab::Parameters;
use ocpp_conformance::report::{self, Report};
use ocpp_conformance::runner::{Outcome, Verdict, order, run_hosted, run_on, run_virtual};
use ocpp_conformance::{Case, cases};
use ocpp_types::Version;

use crate::output;

/// Run the test cases of the certification: a station or a CSMS against the lab.
///
/// Without --wire the station, or with --role csms the CSMS, is that of this library, in virtual time. With --wire the lab is a
/// real CSMS, and the station any program or any charging station: see `ocpp conformance run --help`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(Box<Run>),
    /// List the cases, and whether they apply to a product
    List {
        #[command(flatten)]
        product: product::Choice,
    },
    /// Say what a case checks, and show how it runs
    Explain {
        /// For example TC_001_CS
        case: String,
        #[command(flatten)]
        product: product::Choice,
    },
    Product(Box<product::Written>),
    Pki(pki::Args),
}

/// Run cases; all of them if none is named. Exit status: 0 all applicable ones pass, 1 some fail, 2 no run
///
/// Over a real connection, with the station of this library:
///
///     ocpp station --preset chaevi --short-intervals --reconnect-wait 1 --url ws://127.0.0.1:9016 \
///         --id CP-0815 --control 127.0.0.1:9017 --no-start
///     ocpp conformance run --preset chaevi --short-intervals --wire http://127.0.0.1:9017
///
/// With a charging station that has no control interface: let it connect to the address of --listen, say what it can do
/// with --product, and use --wire ask. What it must know before is written by
/// `ocpp conformance pki`. The cases raise its security profile; where one needs a lower one again, it is asked for.
///
/// A CSMS over real connections, that of this library with its operator interface; any other one with --wire ask:
///
///     ocpp csms --listen 0@127.0.0.1:9000 --listen 1@127.0.0.1:9001 --api 127.0.0.1:8080
///     ocpp conformance run --role csms --preset kevs --url 0@ws://127.0.0.1:9000 --url 1@ws://127.0.0.1:9001 \
///         --short-intervals --wire http://127.0.0.1:8080
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
struct Run {
    /// For example TC_001_CS
    cases: Vec<String>,
    #[command(flatten)]
    product: product::Choice,
    /// The form of the report; without it a summary is written
    #[arg(long, value_enum)]
    report: Option<Form>,
    /// Where to write the report instead of standard output
    #[arg(long)]
    output: Option<PathBuf>,
    /// No progress on standard error, only a line for each case that fails
    #[arg(long)]
    quiet: bool,
    /// Write all messages of a case that fails to standard error; reports have them in any case
    #[arg(long, conflicts_with = "quiet")]
    trace: bool,
    /// Examine the station in virtual time behind another language: a program that is started with this command line, holds the station and
    /// answers lines (docs/interfaces.md). A case counts as failed, too, where that station does something else than in Rust
    #[arg(long, value_name = "COMMAND", conflicts_with = "wire")]
    station_command: Option<String>,
    #[command(flatten)]
    wire: wire::Args,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    Json,
    Markdown,
    Html,
    Junit,
}

/// The run could not be done.
#[derive(Debug, thiserror::Error)]
enum NoRun {
    #[error(transparent)]
    Described(#[from] product::NotRead),
    #[error("there is no test case {0}; `ocpp conformance list` names them")]
    Case(String),
    #[error("there can be no such product: {0}")]
    Product(#[from] ocpp_conformance::product::Impossible),
    #[error("the report cannot be written: {0}")]
    Report(#[from] io::Error),
    #[error("the report cannot be written: {path}: {1}", path = .0.display())]
    ReportFile(PathBuf, io::Error),
    #[error("the bench cannot go on: {0}")]
    Bench(String),
    #[error("{0}: {1}")]
    Command(String, io::Error),
    #[error("--station-command is for stations; a CSMS is examined with --wire")]
    CommandOfCsms,
    #[error("the files cannot be written: {0}")]
    Files(#[from] pki::NotWritten),
}

pub(crate) fn run(args: &Args) -> ExitCode {
    let done = match &args.command {
        Command::Run(run) => run_cases(run),
        Command::List { product } => list(product).map(|()| true),
        Command::Explain { case, product } => explain(case, product).map(|()| true),
        Command::Product(written) => product::write(written).map(|()| true),
        Command::Pki(args) => pki::write(args).map(|()| true).map_err(NoRun::from),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        // Whoever reads has seen enough.
        Err(NoRun::Report(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            output::error(format_args!("ocpp conformance: {error}"));
            ExitCode::from(2)
        }
    }
}

fn find(id: &str) -> Result<&'static Case, NoRun> {
    cases::find(id).ok_or_else(|| NoRun::Case(id.to_owned()))
}

fn explain(case: &str, product: &product::Choice) -> Result<(), NoRun> {
    let case = find(case)?;
    let certified = match (case.side, case.version) {
        (Side::Csms, Version::V1_6) => "csms-1.6",
        (Side::Csms, _) => "csms-2.0.1",
        (Side::Station, Version::V1_6) => "chaevi",
        (Side::Station, _) => "alpitronic",
    };
    let product = product.described_or(certified)?.product;
    if !case.steps.is_empty() {
        let text = ocpp_conformance::explain::explain(case, &product)?;
        return Ok(io::stdout().lock().write_all(text.as_bytes())?);
    }
    let outcome = run_virtual(case, &product, None)?;
    Ok(explain::explain(
        &mut io::stdout().lock(),
        &product,
        &outcome,
    )?)
}

fn list(product: &product::Choice) -> Result<(), NoRun> {
    let product = product.described_or(product::DEFAULT)?.product;
    let mut out = io::stdout().lock();
    for case in cases::of_side(product.version, product.side) {
        let why = match case.applicable(&product) {
            Ok(()) => String::new(),
            Err(reason) => format!("  [not applicable: {reason}]"),
        };
        let profile = case.profile.to_string();
        writeln!(out, "{:<12} {profile:<18} {}{why}", case.id, case.name)?;
    }
    Ok(())
}

/// A bench on real sockets, and what the operator has configured.
enum Wire {
    Station(Box<(wire::WireBench, Parameters)>),
    Csms(Box<(wire::WireCsms, Parameters)>),
}

/// Says whether all applicable cases pass.
fn run_cases(args: &Run) -> Result<bool, NoRun> {
    let Description { product, settings } = args.product.described_or(product::DEFAULT)?;
    let product = args.wire.product(product);
    let mut chosen = match args.cases.as_slice() {
        [] => cases::of_side(product.version, product.side),
        ids => ids.iter().map(|id| find(id)).collect::<Result<_, _>>()?,
    };
    let started = report::clock();
    let begun = Instant::now();
    let mut outcomes = Vec::with_capacity(chosen.len());
    let broken = |trouble: Trouble| NoRun::Bench(trouble.to_string());
    let mut wire = match product.side {
        Side::Station => {
            let bench = args.wire.bench(&product, &settings).map_err(broken)?;
            bench.map(|bench| Wire::Station(Box::new(bench)))
        }
        Side::Csms => {
            let bench = args.wire.csms_bench(&product, &settings);
            let bench = bench.map_err(broken)?;
            bench.map(|bench| Wire::Csms(Box::new(bench)))
        }
    };
    if matches!(wire, Some(Wire::Station(_))) {
        order(&mut chosen, &product);
    }
    let host = match &args.station_command {
        Some(_) if product.side == Side::Csms => return Err(NoRun::CommandOfCsms),
        Some(command) => {
            let started = hosted::start(command);
            Some(started.map_err(|error| NoRun::Command(command.clone(), error))?)
        }
        None => None,
    };
    let mut parted = 0;
    for (number, case) in chosen.iter().enumerate() {
        if wire.is_some() && case.applicable(&product).is_ok() && !args.quiet {
            begins(number + 1, chosen.len(), case, args.wire.asks());
        }
        let outcome = match (&mut wire, case.applicable(&product)) {
            (Some(Wire::Station(wire)), Ok(())) => {
                let (bench, parameters) = &mut **wire;
                let firmware = args.wire.next_firmware(bench, parameters);
                firmware.map_err(broken)?;
                run_on(case, &product, bench, parameters.clone())
            }
            (Some(Wire::Csms(wire)), Ok(())) => {
                let (bench, parameters) = &mut **wire;
                let parameters = args.wire.station_of(number + 1, parameters);
                bench.next_case(&parameters).map_err(broken)?;
                run_on(case, &product, bench, parameters)
            }
            _ => match &host {
                Some(host) => {
                    let hosted = run_hosted(case, &product, host)?;
                    if let Some(differs) = &hosted.differs {
                        parted += 1;
                        output::error(format_args!("{} goes another way: {differs}", case.id));
                    }
                    hosted.outcome
                }
                None => run_virtual(case, &product, None)?,
            },
        };
        if let Verdict::Fail(ocpp_conformance::Failed::Bench(trouble)) = &outcome.verdict {
            return Err(NoRun::Bench(format!("{}: {trouble}", case.id)));
        }
        if args.quiet {
            name_failure(&outcome);
        } else {
            progress(number + 1, chosen.len(), &outcome, args.trace);
        }
        if let Some(why) = &outcome.untidy {
            let id = case.id;
            output::error(format_args!(
                "after {id} the station could not be tidied up: {why}"
            ));
        }
        outcomes.push(outcome);
    }
    // Whatever the order of the run was, reports have that of the certificates.
    outcomes.sort_by_key(|outcome| outcome.case.id);
    let report = Report {
        bench: if wire.is_some() { "wire" } else { "virtual" },
        preset: product.name,
        started,
        wall: begun.elapsed(),
        timeouts: product.limits.timeouts.clone(),
        outcomes,
    };
    match write_report(&report, args) {
        // The verdict stands, however much of the report was read.
        Err(NoRun::Report(error)) if error.kind() == io::ErrorKind::BrokenPipe => {}
        written => written?,
    }
    Ok(report.summary().fail == 0 && parted == 0)
}

/// Cases over a real connection take a while: who watches sees which one is running.
fn begins(number: usize, of: usize, case: &Case, asks: bool) {
    let line = format!(
        "[{number:>3}/{of}] {:<14} {:<12} {}",
        "", case.id, case.name
    );
    match asks {
        true => output::error(format_args!("{line}")),
        // What became of it is written over it.
        false if io::stderr().is_terminal() => output::stderr().put(format!("{line}\r")),
        false => {}
    }
}

/// A line for each case, and on failure the check that was not met, after the trace if that is wanted.
fn progress(number: usize, of: usize, outcome: &Outcome, trace: bool) {
    let case = outcome.case;
    let word = report::word(&outcome.verdict);
    let more = match &outcome.verdict {
        Verdict::Pass => String::new(),
        Verdict::NotApplicable(reason) => format!(" ({reason})"),
        Verdict::Fail(failed) => {
            let lines = outcome.trace.iter().filter(|_| trace);
            let lines: String = lines.map(|line| format!("\n{line}")).collect();
            format!("{lines}\n  {failed}\n")
        }
    };
    output::error(format_args!(
        "[{number:>3}/{of}] {word:<14} {:<12} {}{more}",
        case.id, case.name
    ));
}

/// Who wants it quiet still wants to know which case has failed, and why.
fn name_failure(outcome: &Outcome) {
    if let Verdict::Fail(failed) = &outcome.verdict {
        let case = outcome.case;
        output::error(format_args!("FAIL {} {}: {failed}", case.id, case.name));
    }
}

fn write_report(report: &Report, args: &Run) -> Result<(), NoRun> {
    let text = match args.report {
        Some(Form::Json) => report::json(report),
        Some(Form::Markdown) => report::markdown(report),
        Some(Form::Html) => report::html(report),
        Some(Form::Junit) => report::junit(report),
        None => summary(report),
    };
    match &args.output {
        Some(path) => {
            let written = std::fs::write(path, text);
            written.map_err(|error| NoRun::ReportFile(path.clone(), error))?;
        }
        None => io::stdout().lock().write_all(text.as_bytes())?,
    }
    Ok(())
}

fn summary(report: &Report) -> String {
    let counts = report.summary();
    format!(
        "{}: {} pass, {} fail, {} not applicable; {:.0} s of the bench in {:.2} s\n",
        report.preset,
        counts.pass,
        counts.fail,
        counts.not_applicable,
        report.bench_seconds(),
        report.wall.as_secs_f64()
    )
}
