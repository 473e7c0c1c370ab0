//! `ocpp validate`: what is wrong with recorded messages, where, and what their sender should have been told.

mod progress;

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use ocpp_report::validate::{Options, Summary, judge};
use ocpp_types::Version;

use progress::Watched;

/// Check the OCPP messages in a log against the official schemas and the rules of OCPP-J.
///
/// Reads the log of any program and finds the frames in it (`[2,"id","Action",{…}]`), wherever they stand in a line, also
/// inside the strings of JSON, CSV, HTML and key=value logs, over several lines, and in documents such as the HAR of a
/// browser or the JSON of tshark. A line can also be an object with `version`, `from` and `frame`, or with `version`,
/// `message` and `payload`. Responses are checked against the call that they answer. Lines without a frame are counted.
///
/// Pointers are JSON pointers into the payload; for what is wrong with the frame itself, into the frame. Exit status:
/// 0 all messages are right, 1 some are not, 2 the input could not be read or has no message.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The version of messages that do not say it themselves: 1.6, 2.0.1 or 2.1. Without it, it is guessed.
    #[arg(long, value_name = "VERSION")]
    version: Option<Version>,
    /// Accept what can be repaired, and say what was forgiven.
    #[arg(long)]
    lenient: bool,
    /// One JSON object per message, and per line without one, on standard output; the summary goes to standard error.
    #[arg(long)]
    json: bool,
    /// Every line has to hold a frame of its own, unless it is blank.
    #[arg(long)]
    strict_lines: bool,
    /// The longest line, and the longest frame over several lines, in bytes.
    #[arg(long, value_name = "BYTES", default_value_t = 16 * 1024 * 1024)]
    max_line: usize,
    /// The longest JSON object over several lines that is read as a whole, in bytes; longer ones are read line by line.
    #[arg(long, value_name = "BYTES", default_value_t = 256 * 1024 * 1024)]
    max_document: usize,
    /// The file to read; `-` or nothing for standard input.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

/// Exit status when the input could not be read, or holds nothing to judge.
const UNREADABLE: u8 = 2;

pub(crate) fn run(args: &Args) -> ExitCode {
    let name = args.file.as_deref().unwrap_or("standard input".as_ref());
    let say = |what: std::fmt::Arguments<'_>| {
        crate::output::error(format_args!("ocpp validate: {}: {what}", name.display()));
    };
    match validate(args) {
        Ok(summary) if summary.has_nothing_to_judge() => {
            let lines = lines(summary.lines);
            say(format_args!("there is no OCPP message in {lines}"));
            ExitCode::from(UNREADABLE)
        }
        Ok(summary) if summary.is_right() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            say(format_args!("{error}"));
            ExitCode::from(UNREADABLE)
        }
    }
}

fn lines(count: u64) -> String {
    match count {
        0 => "an empty input".into(),
        1 => "its line".into(),
        count => format!("its {count} lines"),
    }
}

fn validate(args: &Args) -> io::Result<Summary> {
    let (source, length): (Box<dyn Read>, Option<u64>) = match args.file.as_deref() {
        Some(path) if path.as_os_str() != "-" => {
            let file = File::open(path)?;
            let length = file.metadata()?.len();
            (Box::new(file), Some(length))
        }
        _ => (Box::new(io::stdin()), None),
    };
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let options = Options {
        version: args.version,
        lenient: args.lenient,
        json: args.json,
        strict_lines: args.strict_lines,
        max_line: args.max_line,
        max_document: args.max_document,
    };
    let summary = judge(Watched::new(source, length), &mut out, &options)?;
    if args.json {
        // The objects are what was asked for.
        crate::output::stderr().put(summary.to_string());
    } else if summary.is_complete {
        match write!(out, "{summary}").and_then(|()| out.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(error),
            _ => {}
        }
    }
    Ok(summary)
}
