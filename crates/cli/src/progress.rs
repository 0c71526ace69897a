//! `Progress`: a bar on a terminal, and now and then a line elsewhere.

use std::io::{IsTerminal, stderr};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::failure::say;

/// Where there is no terminal, a line comes this often.
const QUIET: Duration = Duration::from_secs(10);

/// How far a long loop has come: a bar that is redrawn on a terminal, lines that come seldom where standard error
/// goes elsewhere.
pub struct Progress {
    bar: ProgressBar,
    unit: &'static str,
    terminal: bool,
    last: Instant,
}

impl Progress {
    /// A loop of at most this many steps, if that is known, each of them one `unit`.
    pub fn new(steps: Option<u64>, unit: &'static str) -> Progress {
        let template = match steps {
            Some(_) => format!("{{bar:30}} {unit} {{pos}} of {{len}}  {{msg}}"),
            None => format!("{{spinner}} {unit} {{pos}}  {{msg}}  {{elapsed}}"),
        };
        let style = ProgressStyle::with_template(&template).expect("the template is right");
        let terminal = stderr().is_terminal();
        let target = if terminal { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(steps, target).with_style(style);
        Progress { bar, unit, terminal, last: Instant::now() }
    }

    /// One more step is done. The message is made only when it is shown.
    pub fn step(&mut self, message: impl FnOnce() -> String) {
        self.bar.inc(1);
        let now = Instant::now();
        if self.terminal {
            if now - self.last > Duration::from_millis(50) {
                self.last = now;
                self.bar.set_message(message());
            }
        } else if now - self.last > QUIET {
            self.last = now;
            say(&format!("{} {}: {}", self.unit, self.bar.position(), message()));
        }
    }

    /// Prints while the bar is out of the way.
    pub fn aside<T>(&self, print: impl FnOnce() -> T) -> T {
        self.bar.suspend(print)
    }
}

/// A finished bar leaves no trace: the report says what came of it.
impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
