//! The board: what is different on another one. It has the only unsafe code of this program: registers of the board, the heap, and
//! handlers that Cortex-M calls.
#![allow(
    unsafe_code,
    reason = "registers and memory at fixed addresses, which Rust knows nothing about"
)]

use core::cell::RefCell;
use core::fmt::Write as _;
use core::sync::atomic::{AtomicU32, Ordering};

use cortex_m::interrupt::InterruptNumber;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m::peripheral::{NVIC, Peripherals, SCB};
use cortex_m_rt::{ExceptionFrame, exception};
use critical_section::Mutex;
use embedded_alloc::LlffHeap;
use heapless::Deque;

/// The clock of the processor.
const FREQUENCY: u32 = 25_000_000;
/// The heap of the station and of this program.
pub const HEAP: usize = 96 * 1024;
/// Memory that lasts: the 16 MiB of PSRAM, which QEMU keeps in a file. Its beginning plays the flash, the cells are behind.
const LASTING: usize = 0x2100_0000;
/// The size of the flash for records.
pub const FLASH: usize = 128 * 1024;

#[global_allocator]
static ALLOCATOR: LlffHeap = LlffHeap::empty();

/// Milliseconds since the start, in two halves: this processor has no atomic of 64 bits.
static MILLISECONDS: Mutex<RefCell<u64>> = Mutex::new(RefCell::new(0));

/// What is handed to the program, once.
pub struct Board {
    /// To the CSMS.
    pub link: Uart,
    /// To people.
    pub panel: Uart,
    /// The flash for records, in words.
    pub flash: &'static [AtomicU32],
    /// Words that last without being flash.
    pub cells: Cells,
}

impl Board {
    /// Starts the board.
    pub fn start() -> Self {
        // SAFETY: this is the first that the program does, and does it once.
        unsafe {
            embedded_alloc::init!(ALLOCATOR, HEAP);
        }
        if let Some(mut core) = Peripherals::take() {
            core.SYST.set_clock_source(SystClkSource::Core);
            core.SYST.set_reload(FREQUENCY / 1000 - 1);
            core.SYST.clear_current();
            core.SYST.enable_interrupt();
            core.SYST.enable_counter();
        }
        // SAFETY: this memory belongs to nothing else, is aligned, and any bytes are valid words.
        let flash = unsafe { core::slice::from_raw_parts(LASTING as *const AtomicU32, FLASH / 4) };
        // SAFETY: as above; it lies behind the flash.
        let cells = unsafe { &*((LASTING + FLASH) as *const [AtomicU32; 2]) };
        let cells = Cells(cells);
        cells.0[0].fetch_add(1, Ordering::SeqCst);
        Self {
            link: Uart::start(&LINK),
            panel: Uart::start(&PANEL),
            flash,
            cells,
        }
    }
}

/// Words that outlast a power cut: a meter keeps its register itself, and this board has no random numbers.
pub struct Cells(&'static [AtomicU32; 2]);

impl Cells {
    /// How often the board has started: no two starts may draw the same random numbers. An erased memory begins with -1.
    pub fn boots(&self) -> u32 {
        self.0[0].load(Ordering::SeqCst)
    }

    /// The register of the meter, in tenths of Wh.
    pub fn energy(&self) -> u32 {
        self.0[1].load(Ordering::SeqCst).wrapping_add(1)
    }

    /// The meter has counted on.
    pub fn count(&self, tenths: u32) {
        self.0[1].fetch_add(tenths, Ordering::SeqCst);
    }
}

/// How many bytes of the heap are in use, and how many it has.
pub fn heap() -> (usize, usize) {
    (ALLOCATOR.used(), HEAP)
}

/// Milliseconds since the start.
pub fn milliseconds() -> u64 {
    critical_section::with(|cs| *MILLISECONDS.borrow_ref(cs))
}

/// Sleeps until the next interrupt.
pub fn pause() {
    cortex_m::asm::wfi();
}

/// Restarts the board.
pub fn reset() -> ! {
    SCB::sys_reset();
}

#[exception]
fn SysTick() {
    critical_section::with(|cs| *MILLISECONDS.borrow_ref_mut(cs) += 1);
}

/// Bytes that have arrived and wait for the program.
type Arrived = Mutex<RefCell<Deque<u8, 1024>>>;

/// One UART of the board (Arm CMSDK), and what it has received.
pub struct Port {
    base: usize,
    /// The number of its interrupt for received bytes.
    interrupt: u16,
    arrived: Arrived,
}

static LINK: Port = Port {
    base: 0x4000_4000,
    interrupt: 0,
    arrived: Mutex::new(RefCell::new(Deque::new())),
};
static PANEL: Port = Port {
    base: 0x4000_5000,
    interrupt: 2,
    arrived: Mutex::new(RefCell::new(Deque::new())),
};

const DATA: usize = 0x00;
const STATE: usize = 0x04;
const CONTROL: usize = 0x08;
const CLEAR: usize = 0x0c;
const DIVIDER: usize = 0x10;
const TRANSMIT_FULL: u32 = 1;
const RECEIVE_FULL: u32 = 2;

impl Port {
    fn read(&self, register: usize) -> u32 {
        // SAFETY: it is a register of this board.
        unsafe { ((self.base + register) as *const u32).read_volatile() }
    }

    fn write(&self, register: usize, value: u32) {
        // SAFETY: it is a register of this board.
        unsafe { ((self.base + register) as *mut u32).write_volatile(value) }
    }

    /// Takes what has arrived. When there is no room the interrupt stays off until the program has read: the sender waits
    /// (QEMU does not send on, a real line has RTS and CTS).
    fn interrupted(&self) {
        self.write(CLEAR, 2);
        critical_section::with(|cs| {
            let mut arrived = self.arrived.borrow_ref_mut(cs);
            while self.read(STATE) & RECEIVE_FULL != 0 {
                if arrived.is_full() {
                    NVIC::mask(Interrupt(self.interrupt));
                    return;
                }
                let _ = arrived.push_back(self.read(DATA) as u8);
            }
        });
    }
}

#[derive(Clone, Copy)]
struct Interrupt(u16);

// SAFETY: the numbers are those of the board's interrupts for received bytes.
unsafe impl InterruptNumber for Interrupt {
    fn number(self) -> u16 {
        self.0
    }
}

/// A UART.
pub struct Uart(&'static Port);

impl Uart {
    /// 115,200 bits per second.
    fn start(port: &'static Port) -> Self {
        port.write(DIVIDER, FREQUENCY / 115_200);
        // Send, receive, an interrupt for each byte received.
        port.write(CONTROL, 0b1011);
        // SAFETY: the handler is there, and critical sections still hold.
        unsafe { NVIC::unmask(Interrupt(port.interrupt)) };
        Self(port)
    }

    /// The next byte that has arrived.
    pub fn receive(&mut self) -> Option<u8> {
        let byte = critical_section::with(|cs| self.0.arrived.borrow_ref_mut(cs).pop_front());
        if byte.is_some() && !NVIC::is_enabled(Interrupt(self.0.interrupt)) {
            // SAFETY: as at the start. The byte that had no room is still there.
            unsafe { NVIC::unmask(Interrupt(self.0.interrupt)) };
            self.0.interrupted();
        }
        byte
    }

    /// Sends bytes; waits while the line is busy.
    pub fn send(&mut self, bytes: &[u8]) {
        for byte in bytes {
            while self.0.read(STATE) & TRANSMIT_FULL != 0 {}
            self.0.write(DATA, (*byte).into());
        }
    }
}

impl core::fmt::Write for Uart {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        self.send(text.as_bytes());
        Ok(())
    }
}

/// Interrupts of the board. No crate for this board names them, so that they all arrive here.
#[exception]
unsafe fn DefaultHandler(number: i16) {
    for port in [&LINK, &PANEL] {
        if number == port.interrupt as i16 {
            port.interrupted();
        }
    }
}

/// A mistake of the program: it starts again, as after a power cut.
#[exception]
unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
    let _ = writeln!(Uart(&PANEL), "fault at {:#010x}", frame.pc());
    reset()
}

/// No memory, or a mistake of the program: it starts again, as after a power cut.
#[panic_handler]
fn panicked(info: &core::panic::PanicInfo<'_>) -> ! {
    let _ = writeln!(Uart(&PANEL), "{info}");
    reset()
}
