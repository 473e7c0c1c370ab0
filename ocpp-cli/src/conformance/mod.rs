//! `ocpp conformance`: the test cases of the certification.

mod explain;
mod wire;

use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::{Subcommand, ValueEnum};
use ocpp_conformance::lab::Parameters;
use ocpp_conformance::report::{self, Report};
use ocpp_conformance::runner::{Outcome, Verdict, run_on, run_virtual};
use ocpp_conformance::{Case, Product, cases, preset};

use wire::WireBench;

/// Run the test cases of the certification: a station against the lab.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run cases; all of them if none is named. Exit status: 0 all applicable ones pass, 1 some fail, 2 no run
    Run(Run),
    /// List the cases, and whether they apply to a product
    List {
        /// The product: chaevi, cs-technology, evsis
        #[arg(long, default_value = "chaevi")]
        preset: String,
    },
    /// Say what a case checks, and show how it runs
    Explain {
        /// For example TC_001_CS
        case: String,
        /// The product: chaevi, cs-technology, evsis
        #[arg(long, default_value = "chaevi")]
        preset: String,
    },
}

#[derive(Debug, clap::Args)]
struct Run {
    /// For example TC_001_CS
    cases: Vec<String>,
    /// The product: chaevi, cs-technology, evsis
    #[arg(long, default_value = "chaevi")]
    preset: String,
    /// The form of the report; without it a summary is written
    #[arg(long, value_enum)]
    report: Option<Form>,
    /// Where to write the report instead of standard output
    #[arg(long)]
    output: Option<PathBuf>,
    /// Test a program over a real connection; this is the URL of its control interface (http://HOST:PORT)
    #[arg(long, value_name = "URL")]
    wire: Option<String>,
    /// Where the CSMS of the lab listens for that program
    #[arg(
        long,
        value_name = "ADDRESS",
        default_value = "127.0.0.1:9016",
        requires = "wire"
    )]
    listen: SocketAddr,
    /// No progress on standard error
    #[arg(long)]
    quiet: bool,
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
    #[error("there is no preset {0}; there are {all}", all = preset::NAMES.join(", "))]
    Preset(String),
    #[error("there is no test case {0}; `ocpp conformance list` names them")]
    Case(String),
    #[error("there can be no such product: {0}")]
    Product(#[from] ocpp_conformance::product::Impossible),
    #[error("the report cannot be written: {0}")]
    Report(#[from] io::Error),
    #[error("the bench cannot go on: {0}")]
    Bench(String),
}

pub(crate) fn run(args: &Args) -> ExitCode {
    let done = match &args.command {
        Command::Run(run) => run_cases(run),
        Command::List { preset } => list(preset).map(|()| true),
        Command::Explain { case, preset } => explain(case, preset).map(|()| true),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            // Nobody may be listening.
            let _ = writeln!(io::stderr(), "ocpp conformance: {error}");
            ExitCode::from(2)
        }
    }
}

fn product(name: &str) -> Result<Product, NoRun> {
    let product = preset::named(name).ok_or_else(|| NoRun::Preset(name.to_owned()))?;
    product.check()?;
    Ok(product)
}

fn find(id: &str) -> Result<&'static Case, NoRun> {
    cases::find(id).ok_or_else(|| NoRun::Case(id.to_owned()))
}

fn explain(case: &str, preset: &str) -> Result<(), NoRun> {
    let case = find(case)?;
    let product = product(preset)?;
    let outcome = run_virtual(case, &product, None)?;
    Ok(explain::explain(
        &mut io::stdout().lock(),
        &product,
        &outcome,
    )?)
}

fn list(preset: &str) -> Result<(), NoRun> {
    let product = product(preset)?;
    let mut out = io::stdout().lock();
    for case in cases::all() {
        let why = match (case.applies)(&product) {
            Ok(()) => String::new(),
            Err(reason) => format!("  [not applicable: {reason}]"),
        };
        let profile = case.profile.to_string();
        writeln!(out, "{:<12} {profile:<18} {}{why}", case.id, case.name)?;
    }
    Ok(())
}

/// Says whether all applicable cases pass.
fn run_cases(args: &Run) -> Result<bool, NoRun> {
    let product = product(&args.preset)?;
    let chosen = match args.cases.as_slice() {
        [] => cases::all(),
        ids => ids.iter().map(|id| find(id)).collect::<Result<_, _>>()?,
    };
    let started = report::clock();
    let begun = Instant::now();
    let mut outcomes = Vec::with_capacity(chosen.len());
    let mut wire = wire_bench(args, &product)?;
    for (number, case) in chosen.iter().enumerate() {
        let outcome = match (&mut wire, (case.applies)(&product)) {
            (Some(bench), Ok(())) => {
                run_on(case, &product, bench, Parameters::of(&product).quick())
            }
            _ => run_virtual(case, &product, None)?,
        };
        if let Verdict::Fail(ocpp_conformance::Failed::Bench(trouble)) = &outcome.verdict {
            return Err(NoRun::Bench(format!("{}: {trouble}", case.id)));
        }
        if !args.quiet {
            progress(number + 1, chosen.len(), &outcome);
        }
        outcomes.push(outcome);
    }
    let report = Report {
        bench: if wire.is_some() { "wire" } else { "virtual" },
        preset: product.name,
        started,
        wall: begun.elapsed(),
        outcomes,
    };
    write_report(&report, args)?;
    Ok(report.summary().fail == 0)
}

fn wire_bench(args: &Run, product: &Product) -> Result<Option<WireBench>, NoRun> {
    let Some(control) = &args.wire else {
        return Ok(None);
    };
    let bench = WireBench::new(control, args.listen, product.connectors);
    bench.map(Some).map_err(|trouble| NoRun::Bench(trouble.0))
}

/// A line for each case, and on failure the trace and the check that was not met.
fn progress(number: usize, of: usize, outcome: &Outcome) {
    let mut out = io::stderr().lock();
    let case = outcome.case;
    let word = report::word(&outcome.verdict);
    // Nobody may be listening.
    let _ = write!(
        out,
        "[{number:>3}/{of}] {word:<14} {:<12} {}",
        case.id, case.name
    );
    let _ = match &outcome.verdict {
        Verdict::Pass => writeln!(out),
        Verdict::NotApplicable(reason) => writeln!(out, " ({reason})"),
        Verdict::Fail(failed) => {
            let lines = outcome.trace.iter().map(ToString::to_string);
            let lines: Vec<String> = lines.collect();
            writeln!(out, "\n{}\n  {failed}\n", lines.join("\n"))
        }
    };
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
        Some(path) => std::fs::write(path, text)?,
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
