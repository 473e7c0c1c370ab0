//! The processes of the benchmark, seen from outside.

use std::fs;
use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

/// Ticks of /proc/PID/stat in a second, on every Linux of today.
const TICKS: u64 = 100;

/// What a process, and the kernel, have used so far.
pub(crate) struct Usage {
    /// CPU time of all threads in the program itself.
    pub(crate) user: Duration,
    /// CPU time of all threads in the kernel.
    pub(crate) system: Duration,
    /// Resident bytes.
    pub(crate) resident: u64,
    /// Bytes in the kernel's slabs, of the whole machine.
    pub(crate) kernel: u64,
}

struct Process {
    child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl Process {
    fn start(mut command: Command) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            input: child.stdin.take().unwrap(),
            output: BufReader::new(child.stdout.take().unwrap()).lines(),
            child,
        }
    }

    fn ask(&mut self, order: &str) -> u64 {
        writeln!(self.input, "{order}").unwrap();
        self.number()
    }

    /// The number at the end of the next line.
    fn number(&mut self) -> u64 {
        let line = self.output.next().expect("the process lives").unwrap();
        line.rsplit(' ').next().unwrap().parse().unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A server under load.
pub(crate) struct Server {
    process: Process,
    port: u64,
}

impl Server {
    pub(crate) fn start(command: Command) -> Self {
        let mut process = Process::start(command);
        let port = process.number();
        Self { process, port }
    }

    pub(crate) fn port(&self) -> u64 {
        self.port
    }

    /// Bytes that it has allocated; only ours can tell.
    pub(crate) fn allocated(&mut self) -> u64 {
        self.process.ask("allocated")
    }

    pub(crate) fn usage(&self) -> Usage {
        let id = self.process.child.id();
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap();
        // The name, in parentheses, may hold anything.
        let (_, fields) = stat.rsplit_once(") ").unwrap();
        let fields: Vec<&str> = fields.split(' ').collect();
        let time = |at: usize| {
            let ticks: u64 = fields[at].parse().unwrap();
            Duration::from_millis(ticks * 1000 / TICKS)
        };
        let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap();
        let machine = fs::read_to_string("/proc/meminfo").unwrap();
        Usage {
            user: time(11),
            system: time(12),
            resident: kilobytes(&status, "VmRSS:") * 1024,
            kernel: kilobytes(&machine, "Slab:") * 1024,
        }
    }
}

fn kilobytes(text: &str, name: &str) -> u64 {
    let line = text.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// The load generator.
pub(crate) struct Stations(Process);

impl Stations {
    pub(crate) fn start(port: u64, connections: u64, seconds: u64, mode: &[String]) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .arg("stations")
            .args([port, connections, seconds].map(|number| number.to_string()))
            .args(mode);
        Self(Process::start(command))
    }

    /// The next part of the load, and how much was done.
    pub(crate) fn step(&mut self, name: &str) -> u64 {
        self.0.ask(name)
    }
}
