//! A progress bar for inputs that take a while.

use std::io::{self, IsTerminal, Read};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Shorter files are done before a bar could be read.
const WORTH_A_BAR: u64 = 8 * 1024 * 1024;

/// A source that tells a progress bar how much of it was read.
pub(super) struct Watched<R> {
    source: R,
    bar: Option<ProgressBar>,
    position: u64,
}

impl<R: Read> Watched<R> {
    /// `length` is the length of the input in bytes if it is known.
    pub(super) fn new(source: R, length: Option<u64>) -> Self {
        let long = length.is_none_or(|length| length >= WORTH_A_BAR);
        // A bar over standard input would be drawn over what is being typed.
        let typed = length.is_none() && io::stdin().is_terminal();
        let bar = (long && !typed && io::stderr().is_terminal()).then(|| bar(length));
        Self {
            source,
            bar,
            position: 0,
        }
    }
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(buffer)?;
        self.position = self.position.saturating_add(count as u64);
        if let Some(bar) = &self.bar {
            bar.set_position(self.position);
        }
        Ok(count)
    }
}

/// The bar goes away with the source.
impl<R> Drop for Watched<R> {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn bar(length: Option<u64>) -> ProgressBar {
    let template = match length {
        Some(_) => "{bytes}/{total_bytes} [{wide_bar}] {bytes_per_sec}, {eta} left",
        None => "{spinner} {bytes}, {bytes_per_sec}",
    };
    let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::stderr_with_hz(5));
    bar.enable_steady_tick(Duration::from_millis(500));
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
