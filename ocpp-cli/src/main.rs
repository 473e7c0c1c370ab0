//! The program `ocpp`: what people and scripts do with OCPP without writing code.

mod conformance;
mod csms;
mod demo;
mod files;
mod http;
mod json;
mod log;
mod output;
mod schedule;
mod signals;
mod simulate;
mod station;
mod validate;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// OCPP 1.6, 2.0.1 and 2.1 at the command line.
#[derive(Debug, Parser)]
#[command(name = "ocpp", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Args),
    Station(station::Args),
    Csms(csms::Args),
    Erase(csms::erase::Args),
    Validate(validate::Args),
    Schedule(schedule::Args),
    Conformance(conformance::Args),
    Simulate(simulate::Args),
}

fn main() -> ExitCode {
    let status = run();
    output::finish();
    status
}

fn run() -> ExitCode {
    match Cli::parse().command {
        Command::Demo(args) => demo::run(&args),
        Command::Station(args) => station::run(&args),
        Command::Csms(args) => csms::run(&args),
        Command::Erase(args) => csms::erase::run(&args),
        Command::Validate(args) => validate::run(&args),
        Command::Schedule(args) => schedule::run(&args),
        Command::Conformance(args) => conformance::run(&args),
        Command::Simulate(args) => simulate::run(&args),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_options_of_every_command_fit_together() {
        super::Cli::command().debug_assert();
    }
}
