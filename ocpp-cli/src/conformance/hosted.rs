//! A program of another language that holds the station, started by the lab.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use ocpp_conformance::bench::{Host, Lines};

/// How long an answer may take. Nothing is done meanwhile but computing.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program with its standard input and output. It ends with this value.
#[derive(Debug)]
struct Process {
    child: Child,
    requests: ChildStdin,
    answers: Receiver<std::io::Result<String>>,
}

/// Starts a command line, as the shell understands it.
pub(super) fn start(command: &str) -> std::io::Result<Host> {
    let mut shell = if cfg!(windows) {
        let mut shell = Command::new("cmd");
        shell.arg("/C").arg(command);
        shell
    } else {
        let mut shell = Command::new("sh");
        // The shell makes room for the program, which is ended by ending the shell.
        shell.arg("-c").arg(format!("exec {command}"));
        shell
    };
    let mut child = shell.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let (requests, output) = (child.stdin.take(), child.stdout.take());
    let (Some(requests), Some(output)) = (requests, output) else {
        return Err(std::io::Error::other("it has no standard input or output"));
    };
    let (lines, answers) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines() {
            if lines.send(line).is_err() {
                return;
            }
        }
    });
    Ok(Host::new(Box::new(Process {
        child,
        requests,
        answers,
    })))
}

impl Lines for Process {
    fn exchange(&mut self, line: &str) -> Result<String, String> {
        let written = writeln!(self.requests, "{line}").and_then(|()| self.requests.flush());
        written.map_err(|error| format!("the program that holds the station is gone: {error}"))?;
        match self.answers.recv_timeout(PATIENCE) {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(format!("its answer cannot be read: {error}")),
            Err(RecvTimeoutError::Timeout) => Err(format!(
                "no answer within {} s of the program that holds the station",
                PATIENCE.as_secs()
            )),
            Err(RecvTimeoutError::Disconnected) => {
                Err("the program that holds the station has ended".to_owned())
            }
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // One that has ended by itself cannot be ended; nothing is left to do then.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
