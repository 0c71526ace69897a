//! `Progress`: a bar on a terminal, and now and then a line elsewhere.

use std::io::{IsTerminal, stderr};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::failure::say;
use crate::number::grouped;

/// Where there is no terminal, a line comes this often.
const QUIET: Duration = Duration::from_secs(10);

/// Of more steps than this, the speed and the time that is left are shown.
const MANY: u64 = 100_000;

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
            Some(steps) if steps > MANY => format!(
                "{{bar:30}} {{human_pos}} of {{human_len}} {unit}s  {{per_sec}}  {{eta}} left  {{msg}}"
            ),
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
        self.advance(1, message);
    }

    /// So many more steps are done.
    pub fn advance(&mut self, steps: u64, message: impl FnOnce() -> String) {
        self.bar.inc(steps);
        let now = Instant::now();
        if self.terminal {
            if now - self.last > Duration::from_millis(50) {
                self.last = now;
                self.bar.set_message(message());
            }
        } else if now - self.last > QUIET {
            self.last = now;
            let (done, all) = (self.bar.position(), self.bar.length());
            let speed = match all {
                Some(all) if all > MANY => {
                    let (speed, left) = (self.bar.per_sec(), self.bar.eta().as_secs());
                    format!(
                        " of {}, {} a second, {left} s left",
                        grouped(all as usize),
                        grouped(speed as usize)
                    )
                }
                _ => String::new(),
            };
            say(&format!("{} {}{speed}: {}", self.unit, grouped(done as usize), message()));
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
