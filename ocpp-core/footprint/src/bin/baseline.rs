//! What the standard library costs a program that reads lines and writes them.
#![forbid(unsafe_code)]

use std::io::{BufRead as _, Write as _};

fn main() {
    let mut out = std::io::stdout();
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        let _ = writeln!(out, "{line} {}", line.len());
    }
}
