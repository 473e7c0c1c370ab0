//! Lines of text over a UART.

use alloc::string::String;
use alloc::vec::Vec;

use crate::board::Uart;

/// The longest line; a longer one is dropped.
const LONGEST: usize = 16 * 1024;

/// Lines of text over a UART.
pub struct Lines {
    uart: Uart,
    /// The line that is coming in. Longer than permitted if it is to be dropped.
    coming: Vec<u8>,
}

impl Lines {
    pub const fn new(uart: Uart) -> Self {
        Self {
            uart,
            coming: Vec::new(),
        }
    }

    /// A whole line that has come in, without its end.
    pub fn receive(&mut self) -> Option<String> {
        while let Some(byte) = self.uart.receive() {
            if byte != b'\n' {
                if self.coming.len() <= LONGEST && byte != b'\r' {
                    self.coming.push(byte);
                }
                continue;
            }
            let line = core::mem::take(&mut self.coming);
            if line.len() <= LONGEST && !line.is_empty() {
                return Some(String::from_utf8_lossy(&line).into_owned());
            }
        }
        None
    }

    /// Sends a line.
    pub fn send(&mut self, line: &str) {
        self.uart.send(line.as_bytes());
        self.uart.send(b"\n");
    }
}
