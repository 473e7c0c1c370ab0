//! `ocpp schedule`: composite schedules on the command line.

mod lines;
mod plot;
mod svg;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ocpp_core::time::DateTime;
use ocpp_report::schedule::{Situation, explain};

/// What went wrong, for people.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// A file, or standard input or output.
    #[error("{path}: {error}")]
    File {
        /// Its name.
        path: String,
        /// What the system says.
        error: io::Error,
    },
    /// The content of the input.
    #[error("{0}")]
    Input(#[from] ocpp_report::schedule::BadSituation),
    /// The drawing.
    #[error("the drawing failed: {0}")]
    Drawing(String),
}

impl Error {
    fn file(path: &Path, error: io::Error) -> Self {
        Self::File {
            path: path.display().to_string(),
            error,
        }
    }
}

/// Composite schedules: calculate, draw, explain.
///
/// All subcommands read situations: a JSON object with the profiles that are installed, the transaction that runs, the
/// request, and the station. docs/interfaces.md describes it under "Lines of `ocpp schedule`"; examples/data/situation.json
/// is an example.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Reads one situation per line (JSON) and answers each with its composite schedule.
    ///
    /// The form of a situation is described in docs/interfaces.md, "Lines of `ocpp schedule`".
    Lines,
    /// Draws the profiles of a situation and their composite schedule.
    Plot {
        /// A situation as `ocpp schedule lines` reads it, on one line or several; `-` for standard input.
        file: PathBuf,
        /// Where to write the drawing as SVG. Without it, it is drawn in the terminal.
        #[arg(long)]
        svg: Option<PathBuf>,
        /// Shows times in UTC, not in local time.
        #[arg(long)]
        utc: bool,
    },
    /// Says which profile decides at an instant, and why the others do not.
    Explain {
        /// A situation as `ocpp schedule lines` reads it, on one line or several; `-` for standard input.
        file: PathBuf,
        /// The instant (RFC 3339). Without it, the start of the request.
        #[arg(long)]
        at: Option<DateTime>,
    },
}

/// Runs a subcommand. Exit status: 0 when done, 2 when the input could not be read or the output not be written.
pub(crate) fn run(args: &Args) -> ExitCode {
    match run_command(&args.command) {
        Ok(()) => ExitCode::SUCCESS,
        // The reader of the output has enough.
        Err(Error::File { error, .. }) if error.kind() == io::ErrorKind::BrokenPipe => {
            ExitCode::SUCCESS
        }
        Err(error) => {
            crate::output::error(format_args!("ocpp schedule: {error}"));
            ExitCode::from(2)
        }
    }
}

fn run_command(command: &Command) -> Result<(), Error> {
    let standard = Path::new("standard output");
    match command {
        Command::Lines => lines::run(io::stdin().lock(), io::stdout().lock())
            .map_err(|e| Error::file(standard, e)),
        Command::Plot { file, svg, utc } => {
            let situation = Situation::read(&text(file)?)?;
            match svg {
                Some(path) => {
                    let drawing = svg::draw(&situation, *utc)?;
                    fs::write(path, drawing).map_err(|error| Error::file(path, error))
                }
                None => print(&plot::draw(&situation, *utc)?),
            }
        }
        Command::Explain { file, at } => {
            let situation = Situation::read(&text(file)?)?;
            print(&explain(&situation, *at)?)
        }
    }
}

fn text(path: &Path) -> Result<String, Error> {
    let read = if path == Path::new("-") {
        io::read_to_string(io::stdin().lock())
    } else {
        fs::read_to_string(path)
    };
    read.map_err(|error| Error::file(path, error))
}

fn print(text: &str) -> Result<(), Error> {
    use io::Write;
    let path = Path::new("standard output");
    io::stdout()
        .lock()
        .write_all(text.as_bytes())
        .map_err(|error| Error::file(path, error))
}
