//! A fault of the library, which must not unwind into its caller.

/// Does something, and gives `None` if it panics. Whatever it was doing must not be used again.
#[cfg(feature = "std")]
pub(crate) fn caught<T>(does: impl FnOnce() -> T) -> Option<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(does)).ok()
}

/// Does something. Without the standard library nothing unwinds: a panic ends in the `fault` of the platform.
#[cfg(not(feature = "std"))]
pub(crate) fn caught<T>(does: impl FnOnce() -> T) -> Option<T> {
    Some(does())
}
