//! Memory and faults where there is no standard library: those of the platform that was handed in.

use core::alloc::{GlobalAlloc, Layout};
use core::ffi::CStr;
use core::fmt::{self, Write as _};
use core::panic::PanicInfo;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicPtr, Ordering};

use crate::ocpp_status::{self, OCPP_OK};
use crate::platform::ocpp_platform;

static PLATFORM: AtomicPtr<ocpp_platform> = AtomicPtr::new(null_mut());

pub(crate) fn take(platform: Option<&'static ocpp_platform>) -> ocpp_status {
    let platform = platform.map_or(null_mut(), |it| core::ptr::from_ref(it).cast_mut());
    PLATFORM.store(platform, Ordering::Release);
    OCPP_OK
}

fn platform() -> Option<&'static ocpp_platform> {
    // SAFETY: it is null, or came from a reference that stays valid, and nobody writes to it.
    unsafe { PLATFORM.load(Ordering::Acquire).as_ref() }
}

/// The memory of the platform.
struct Memory;

// SAFETY: the platform promises that it gives memory of this size and alignment that nobody else has; nothing here panics.
unsafe impl GlobalAlloc for Memory {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let Some(allocate) = platform().and_then(|it| it.allocate) else {
            return null_mut();
        };
        // SAFETY: the size is more than 0, as the caller of this function promises.
        unsafe { allocate(layout.size(), layout.align()) }.cast()
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        if let Some(release) = platform().and_then(|it| it.release) {
            // SAFETY: it came from `alloc` with this layout, as the caller of this function promises.
            unsafe { release(memory.cast(), layout.size(), layout.align()) };
        }
    }
}

#[global_allocator]
static MEMORY: Memory = Memory;

/// A text of limited length on the stack, with the null byte that C wants. What goes beyond is cut off.
struct Message {
    bytes: [u8; 200],
    length: usize,
}

impl fmt::Write for Message {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = self.bytes.len() - 1 - self.length;
        let text = &text.as_bytes()[..text.len().min(room)];
        self.bytes[self.length..][..text.len()].copy_from_slice(text);
        self.length += text.len();
        Ok(())
    }
}

#[panic_handler]
fn panicked(info: &PanicInfo<'_>) -> ! {
    let mut message = Message {
        bytes: [0; 200],
        length: 0,
    };
    let _ = write!(message, "{info}");
    let text = CStr::from_bytes_until_nul(&message.bytes).unwrap_or(c"a fault");
    if let Some(fault) = platform().and_then(|it| it.fault) {
        // SAFETY: the text ends with a null byte and lives during the call.
        unsafe { fault(text.as_ptr()) };
    }
    // The platform has promised not to return.
    loop {
        core::hint::spin_loop();
    }
}
