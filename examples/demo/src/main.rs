//! `cargo run -p ocpp-demo`, with `-- --raw` for the frames as they travel, and a version if one is enough: `-- 2.0.1`.

use std::io::Write as _;
use std::process::ExitCode;

use ocpp_demo::{Failure, VERSIONS, show};
use ocpp_tokio::Version;

/// What is asked for: whether to show frames, and the versions.
fn arguments() -> Result<(bool, Vec<Version>), Failure> {
    let mut raw = false;
    let mut versions = Vec::new();
    for argument in std::env::args().skip(1) {
        match VERSIONS.iter().find(|known| known.to_string() == argument) {
            Some(version) => versions.push(*version),
            None if argument == "--raw" => raw = true,
            None => return Err(format!("{argument}? Known are --raw, 1.6 and 2.0.1.").into()),
        }
    }
    if versions.is_empty() {
        versions.extend(VERSIONS);
    }
    Ok((raw, versions))
}

async fn shows() -> Result<(), Failure> {
    let (raw, versions) = arguments()?;
    for version in versions {
        // Whoever reads may have gone away.
        let print = |line: &str| drop(writeln!(std::io::stdout(), "{line}"));
        show(version, raw, print)
            .await
            .map_err(|error| format!("OCPP {version}: {error}"))?;
    }
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match shows().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}
