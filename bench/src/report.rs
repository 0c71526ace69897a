//! What a workload found, as one line of JSON, and the clock.

use std::time::Instant;

use crate::settings::threads;

/// A figure of one case of a workload.
#[derive(Clone, Debug)]
pub struct Report<'a> {
    /// The workload's name, `S1` to `S14`.
    pub workload: &'a str,
    /// Which of the workload's cases, `step` or `f32 64x64x64`.
    pub case: &'a str,
    /// How ndgrad does it: `eager` or `compiled`.
    pub variant: &'a str,
    /// The measured figure, in `unit`.
    pub figure: f64,
    /// `us`, `rows/s`, `GFLOP/s`, ...
    pub unit: &'a str,
    /// The final loss, or another number by which it is seen that all programs did the same work.
    pub check: Option<f64>,
}

impl Report<'_> {
    /// Prints the line.
    pub fn print(&self) {
        let Report { workload, case, variant, figure, unit, check } = self;
        let check = check.map_or("null".into(), |check| format!("{check:.8e}"));
        println!(
            "{{\"workload\":\"{workload}\",\"case\":\"{case}\",\"peer\":\"ndgrad\",\"variant\":\"{variant}\",\
             \"version\":\"{}\",\"threads\":{},\"figure\":{figure:.8e},\"unit\":\"{unit}\",\"check\":{check}}}",
            env!("CARGO_PKG_VERSION"),
            threads()
        );
    }
}

/// What the process held in memory at most, in bytes (`VmHWM` of proc(5)).
pub fn peak_memory() -> f64 {
    memory("VmHWM:")
}

/// What the process holds in memory, in bytes (`VmRSS` of proc(5)).
pub fn resident_memory() -> f64 {
    memory("VmRSS:")
}

fn memory(name: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("the system tells");
    let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("a line for each");
    line.trim().trim_end_matches("kB").trim().parse::<f64>().expect("a number") * 1024.0
}

/// The seconds that one call takes, and what it returns.
pub fn timed<R>(call: impl FnOnce() -> R) -> (f64, R) {
    let start = Instant::now();
    let result = call();
    (start.elapsed().as_secs_f64(), result)
}

/// The seconds that one call takes: the median of five series of calls of at least 20 ms each, after a first call
/// that does not count.
pub fn seconds(mut call: impl FnMut()) -> f64 {
    let mut series = |count: usize| timed(|| (0..count).for_each(|_| call())).0 / count as f64;
    series(1);
    let count = (0.02 / series(1).max(1e-8)).ceil() as usize;
    let mut times: Vec<f64> = (0..5).map(|_| series(count)).collect();
    times.sort_by(f64::total_cmp);
    times[2]
}
