//! Scopes in which operations are remembered, or not.

use std::cell::Cell;

thread_local! {
    static RECORDING: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is recording.
#[inline]
pub fn is_recording() -> bool {
    RECORDING.get()
}

/// Runs a closure and remembers its operations on this thread, so that `backward` can be called on what it
/// computes. Returns the closure's value.
///
/// ```
/// use ndgrad_tensor::{autograd, tensor};
/// let w = tensor(3.0).attach_grad();
/// let loss = autograd::record(|| &w * &w);
/// assert!(loss.requires_grad());
/// assert!(!(&w * &w).requires_grad());
/// ```
#[inline]
pub fn record<T>(body: impl FnOnce() -> T) -> T {
    scope(true, body)
}

/// Runs a closure within [`record`] whose operations are not remembered.
#[inline]
pub fn pause<T>(body: impl FnOnce() -> T) -> T {
    scope(false, body)
}

#[inline]
fn scope<T>(recording: bool, body: impl FnOnce() -> T) -> T {
    /// Puts the earlier state back, also when the closure panics.
    struct Restore(bool);
    impl Drop for Restore {
        fn drop(&mut self) {
            RECORDING.set(self.0);
        }
    }
    let _restore = Restore(RECORDING.replace(recording));
    body()
}
