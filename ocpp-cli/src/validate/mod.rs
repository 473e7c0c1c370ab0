//! `ocpp validate`: what is wrong with recorded messages, where, and what their sender should have been told.

mod calls;
mod check;
mod finding;
mod input;
mod line;
mod report;
mod structure;

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use ocpp_types::Version;

pub(crate) use check::Checker;
use input::{Lines, Text};
use report::Report;

/// Check recorded messages, one per line, against the official schemas and the rules of OCPP-J.
///
/// A line is a frame as it travels (`[2,"id","Action",{…}]`), a line of a log that ends with one, or a JSON object
/// with `version`, `from` and `frame`, or `version`, `message` and `payload`. Responses are checked against the
/// call with the same id that came before.
///
/// Pointers are JSON pointers into the payload; for what is wrong with the frame itself, into the frame. Exit status:
/// 0 all lines are right, 1 some are not, 2 the input could not be read.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The version of lines that do not say it themselves: 1.6, 2.0.1 or 2.1.
    #[arg(long, value_name = "VERSION")]
    version: Option<Version>,
    /// Accept what can be repaired, and say what was forgiven.
    #[arg(long)]
    lenient: bool,
    /// One JSON object per line of input on standard output; the summary goes to standard error.
    #[arg(long)]
    json: bool,
    /// The longest line that is looked into, in bytes.
    #[arg(long, value_name = "BYTES", default_value_t = 16 * 1024 * 1024)]
    max_line: usize,
    /// The file to read; `-` or nothing for standard input.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

/// Exit status when the input could not be read.
const UNREADABLE: u8 = 2;

pub(crate) fn run(args: &Args) -> ExitCode {
    match validate(args) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        // Whoever read the output has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::FAILURE,
        Err(error) => {
            let name = args.file.as_deref().unwrap_or("standard input".as_ref());
            let name = name.display();
            crate::output::error(format_args!("ocpp validate: {name}: {error}"));
            ExitCode::from(UNREADABLE)
        }
    }
}

/// Says whether every line was right.
fn validate(args: &Args) -> io::Result<bool> {
    let (source, length): (Box<dyn Read>, Option<u64>) = match args.file.as_deref() {
        Some(path) if path.as_os_str() != "-" => {
            let file = File::open(path)?;
            let length = file.metadata()?.len();
            (Box::new(file), Some(length))
        }
        _ => (Box::new(io::stdin()), None),
    };
    let mut lines = Lines::new(source, args.max_line, length);
    let mut checker = Checker::new(args.version, args.lenient);
    let out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let mut report = Report::new(out, args.json, args.lenient);
    while let Some(text) = lines.next()? {
        let finding = match text {
            Text::Line(text) => checker.check(text),
            Text::NotUtf8 { at } => checker.not_utf8(at),
            Text::TooLong => checker.too_long(args.max_line),
        };
        report.line(&finding)?;
    }
    lines.finish();
    let (mut out, all_right) = report.finish()?;
    out.flush()?;
    Ok(all_right)
}
