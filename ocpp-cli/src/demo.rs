//! `ocpp demo`: the demonstration of `ocpp-demo`, which newcomers run without the rest of this program.

use std::process::ExitCode;

use ocpp_demo::{Failure, VERSIONS, show};
use ocpp_tokio::Version;

use crate::output;
use crate::station::station_version;

/// Watch a station and a CSMS hold a whole charging session.
///
/// Both run in this program and talk over a real WebSocket on this machine. Every message is checked against the
/// official schemas. Energy flows 600 times faster than in life. Exits with 1 if anything is not as it should be.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Show the frames as they travel.
    #[arg(long)]
    raw: bool,
    /// Only this version.
    #[arg(long, value_name = "VERSION", value_parser = station_version())]
    version: Option<Version>,
}

pub(crate) fn run(args: &Args) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let result = runtime
        .map_err(Failure::from)
        .and_then(|runtime| runtime.block_on(shows(args)));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::error(format_args!("ocpp demo: {error}"));
            ExitCode::FAILURE
        }
    }
}

async fn shows(args: &Args) -> Result<(), Failure> {
    let versions: Vec<Version> = match args.version {
        Some(version) => vec![version],
        None => VERSIONS.to_vec(),
    };
    for version in versions {
        show(version, args.raw, |line| {
            output::line(format_args!("{line}"));
        })
        .await
        .map_err(|error| format!("OCPP {version}: {error}"))?;
    }
    Ok(())
}
