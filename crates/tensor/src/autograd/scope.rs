//! Scopes in which operations are remembered, or not, and in which a model trains or predicts.

use std::cell::Cell;

/// What a model is run for. Layers that differ between the two (dropout, normalization by batch) ask
/// [`is_training`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// To learn.
    Train,
    /// To be used: what holds outside all scopes.
    #[default]
    Predict,
}

#[derive(Clone, Copy)]
struct State {
    recording: bool,
    mode: Mode,
}

thread_local! {
    static STATE: Cell<State> = const { Cell::new(State { recording: false, mode: Mode::Predict }) };
}

/// Whether this thread is recording.
#[inline]
pub fn is_recording() -> bool {
    STATE.get().recording
}

/// Whether this thread is in train mode: within [`record`] or [`train_mode`], not in a [`pause`] or [`predict_mode`]
/// inside.
#[inline]
pub fn is_training() -> bool {
    STATE.get().mode == Mode::Train
}

/// Runs a closure and remembers its operations on this thread, so that `backward` can be called on what it
/// computes; in train mode. Returns the closure's value.
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
    record_with(Mode::Train, body)
}

/// [`record`] in the given mode: gradients of a model as it predicts.
///
/// ```
/// use ndgrad_tensor::autograd::{self, Mode};
/// assert!(autograd::record(|| autograd::is_training()));
/// assert!(!autograd::record_with(Mode::Predict, || autograd::is_training()));
/// ```
#[inline]
pub fn record_with<T>(mode: Mode, body: impl FnOnce() -> T) -> T {
    scope(State { recording: true, mode }, body)
}

/// Runs a closure within [`record`] whose operations are not remembered; in predict mode.
///
/// ```
/// use ndgrad_tensor::{autograd, tensor};
/// let w = tensor(3.0).attach_grad();
/// let (loss, size) = autograd::record(|| (&w * &w, autograd::pause(|| w.abs())));
/// assert!(loss.requires_grad() && !size.requires_grad());
/// ```
#[inline]
pub fn pause<T>(body: impl FnOnce() -> T) -> T {
    scope(State { recording: false, mode: Mode::Predict }, body)
}

/// Runs a closure in train mode, recording as before.
#[inline]
pub fn train_mode<T>(body: impl FnOnce() -> T) -> T {
    scope(State { mode: Mode::Train, ..STATE.get() }, body)
}

/// Runs a closure in predict mode, recording as before.
///
/// ```
/// use ndgrad_tensor::autograd;
/// autograd::record(|| {
///     autograd::predict_mode(|| assert!(!autograd::is_training() && autograd::is_recording()));
///     assert!(autograd::is_training());
/// });
/// ```
#[inline]
pub fn predict_mode<T>(body: impl FnOnce() -> T) -> T {
    scope(State { mode: Mode::Predict, ..STATE.get() }, body)
}

/// Runs a closure that records or does not, in the mode of before.
#[inline]
pub(crate) fn recording<T>(recording: bool, body: impl FnOnce() -> T) -> T {
    scope(State { recording, ..STATE.get() }, body)
}

#[inline]
fn scope<T>(state: State, body: impl FnOnce() -> T) -> T {
    /// Puts the earlier state back, also when the closure panics.
    struct Restore(State);
    impl Drop for Restore {
        fn drop(&mut self) {
            STATE.set(self.0);
        }
    }
    let _restore = Restore(STATE.replace(state));
    body()
}
