//! What several tests need.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, Location, catch_unwind, set_hook, take_hook};
use std::sync::Mutex;

/// The text of the panic of `body`, which must come from the file that asks.
#[track_caller]
pub fn refusal<T>(body: impl FnOnce() -> T) -> String {
    thread_local! {
        static PLACE: RefCell<String> = const { RefCell::new(String::new()) };
    }
    static HOOK: Mutex<()> = Mutex::new(());
    let _alone = HOOK.lock().unwrap_or_else(|failed| failed.into_inner());
    let usual = take_hook();
    set_hook(Box::new(|info| {
        PLACE.set(info.location().map(|place| place.file().to_string()).unwrap_or_default());
    }));
    let outcome = catch_unwind(AssertUnwindSafe(|| drop(body())));
    set_hook(usual);
    let panic = outcome.expect_err("a refusal");
    assert_eq!(PLACE.take(), Location::caller().file(), "the panic is at the caller's line");
    panic.downcast_ref::<String>().cloned().expect("a message")
}
