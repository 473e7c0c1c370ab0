//! The heap of a station on a Cortex-M, where a pointer has four bytes. Runs in QEMU and tells the result by semihosting.
#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(not(target_os = "none"))]
fn main() {
    eprintln!("this is for a microcontroller");
}

#[cfg(target_os = "none")]
mod firmware {
    extern crate alloc;

    use alloc::string::String;
    use core::mem::MaybeUninit;

    use cortex_m as _;
    use cortex_m_rt::entry;
    use embedded_alloc::LlffHeap as Heap;
    use ocpp_footprint::heap::{Counted, run};
    use panic_halt as _;

    const HEAP_SIZE: usize = 512 * 1024;

    #[global_allocator]
    static HEAP: Heap = Heap::empty();

    fn counted(work: &mut dyn FnMut()) -> Counted {
        let used = || i64::try_from(HEAP.used()).unwrap_or(i64::MAX);
        let before = used();
        work();
        let current = used() - before;
        Counted {
            current,
            most: current,
        }
    }

    #[entry]
    fn main() -> ! {
        static mut MEMORY: [MaybeUninit<u8>; HEAP_SIZE] = [MaybeUninit::uninit(); HEAP_SIZE];
        // SAFETY: the memory is used by nothing else, and once.
        unsafe { HEAP.init(MEMORY.as_ptr() as usize, HEAP_SIZE) };
        let mut told = String::new();
        let done = run(counted, &mut told);
        semihosting::print!("{told}");
        semihosting::process::exit(i32::from(done.is_err()))
    }
}
