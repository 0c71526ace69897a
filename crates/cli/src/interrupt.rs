//! Ctrl-C: ends the program at once, except while someone holds it back to tidy up or to keep what is done.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

/// Whether a first Ctrl-C has come and was held back.
static ASKED: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// Whether Ctrl-C ends the program at once.
static AT_ONCE: LazyLock<Arc<AtomicBool>> = LazyLock::new(|| Arc::new(AtomicBool::new(true)));

/// From now on Ctrl-C and a polite `kill` do as this module says.
pub fn listen() {
    for signal in [SIGINT, SIGTERM] {
        let code = 128 + signal;
        // In this order: a second Ctrl-C finds `ASKED` set and ends the program, held back or not. Where the
        // system refuses, the default remains: the program ends at once.
        let _ = flag::register_conditional_shutdown(signal, code, AT_ONCE.clone())
            .and_then(|_| flag::register_conditional_shutdown(signal, code, ASKED.clone()))
            .and_then(|_| flag::register(signal, ASKED.clone()));
    }
}

/// Whether the user wants to stop.
pub fn asked() -> bool {
    ASKED.load(Ordering::Relaxed)
}

/// While this lives, a first Ctrl-C only makes [`asked`] true; a second ends the program.
#[must_use = "dropping it lets Ctrl-C end the program at once again"]
pub struct Hold;

/// Holds the first Ctrl-C back.
pub fn hold() -> Hold {
    AT_ONCE.store(false, Ordering::Relaxed);
    Hold
}

impl Drop for Hold {
    fn drop(&mut self) {
        AT_ONCE.store(true, Ordering::Relaxed);
    }
}
