//! An OCPP 1.6 charging station without an operating system, on the Cortex-M4 board `mps2-an386` of QEMU.
//!
//! - `board`: registers, interrupts, memory. The only unsafe code, and what another board has differently.
//! - `flash`: memory that behaves like NOR flash.
//! - `records`: what must survive a power cut, in flash.
//! - `lines`: lines of text over a UART, to the bridge and to the panel.
//! - `charger`: carries out what the station wants.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

extern crate alloc;

mod board;
mod charger;
mod flash;
mod lines;
mod records;

use alloc::format;

use board::Board;
use charger::Charger;
use lines::Lines;
use records::Records;

#[cortex_m_rt::entry]
fn main() -> ! {
    let board = Board::start();
    let mut panel = Lines::new(board.panel);
    let Ok((records, stored)) = Records::open(board.flash) else {
        // A new board whose flash was never erased, or a broken one: somebody has to look at it.
        panel.send("the flash cannot be read: erase forgets everything");
        while panel.receive().as_deref() != Some("erase") {
            board::pause();
        }
        Records::erase(board.flash);
        board::reset();
    };
    panel.send(&format!(
        "started for time {}, {} records",
        board.cells.boots(),
        stored.len()
    ));
    let mut charger = match Charger::new(Lines::new(board.link), records, board.cells, stored) {
        Ok(charger) => charger,
        Err(error) => {
            panel.send(&format!("the configuration is wrong: {error}"));
            board::reset();
        }
    };
    charger.begin(&mut panel);
    loop {
        while let Some(line) = charger.link.receive() {
            charger.linked(&line, &mut panel);
        }
        while let Some(line) = panel.receive() {
            charger.ordered(&line, &mut panel);
        }
        charger.time_passes(&mut panel);
        // The next tick comes within a millisecond; a byte ends the pause before.
        board::pause();
    }
}
