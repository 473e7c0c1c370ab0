//! What the program says while it works. Whoever listens may go away at any time.

use std::fmt::Arguments;
use std::io::Write;

/// A line on standard output.
pub(crate) fn line(text: Arguments<'_>) {
    // Nobody listens any more.
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}
