//! What all of the peers' programs share: the data, the clock, the line of JSON that they print.
#![allow(dead_code)]

use std::time::Instant;

/// A setting that `cargo xtask bench` gives in the environment.
fn setting(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run `cargo xtask bench --peers`"))
}

pub fn threads() -> usize {
    setting("BENCH_THREADS").parse().expect("a number of threads")
}

/// What a workload with several cases is to measure: sizes, or shapes like `64x100x1`.
pub fn cases() -> Vec<Vec<usize>> {
    let number = |text: &str| text.parse().expect("a size");
    setting("BENCH_CASES").split(',').map(|case| case.split('x').map(number).collect()).collect()
}

fn bytes(name: &str) -> Vec<[u8; 4]> {
    let path = std::path::Path::new(&setting("BENCH_DATA")).join(name);
    let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    bytes.as_chunks::<4>().0.to_vec()
}

pub fn floats(name: &str) -> Vec<f32> {
    bytes(name).into_iter().map(f32::from_le_bytes).collect()
}

pub fn integers(name: &str) -> Vec<i32> {
    bytes(name).into_iter().map(i32::from_le_bytes).collect()
}

/// Numbers in [0, 1) without a meaning.
pub fn noise(count: usize) -> Vec<f32> {
    let mut state = 12_345_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / 16_777_216.0
    };
    (0..count).map(|_| next()).collect()
}

/// The seconds that one call takes: the median of five series of calls of at least 20 ms each.
pub fn seconds(mut call: impl FnMut()) -> f64 {
    let mut series = |count: usize| {
        let start = Instant::now();
        (0..count).for_each(|_| call());
        start.elapsed().as_secs_f64() / count as f64
    };
    series(1);
    let count = (0.02 / series(1).max(1e-8)).ceil() as usize;
    let mut times: Vec<f64> = (0..5).map(|_| series(count)).collect();
    times.sort_by(f64::total_cmp);
    times[2]
}

/// The version of a dependency, from the program's own manifest.
pub fn version<'a>(manifest: &'a str, name: &str) -> &'a str {
    let line = manifest.lines().find(|line| line.split(' ').next() == Some(name)).expect("a dependency");
    line.split("\"=").nth(1).and_then(|rest| rest.split('"').next()).expect("an exact version")
}

/// One result.
pub struct Result<'a> {
    pub workload: &'a str,
    pub case: &'a str,
    pub peer: &'a str,
    pub variant: &'a str,
    pub version: &'a str,
    pub figure: f64,
    pub unit: &'a str,
    /// The final loss, or another number by which it is seen that all programs did the same work.
    pub check: Option<f64>,
}

impl Result<'_> {
    pub fn print(&self) {
        let Result { workload, case, peer, variant, version, figure, unit, check } = self;
        let check = check.map_or("null".into(), |check| format!("{check:.8e}"));
        println!(
            "{{\"workload\":\"{workload}\",\"case\":\"{case}\",\"peer\":\"{peer}\",\"variant\":\"{variant}\",\
             \"version\":\"{version}\",\"threads\":{},\"figure\":{figure:.8e},\"unit\":\"{unit}\",\"check\":{check}}}",
            threads()
        );
    }
}

/// Which workload is asked for.
pub fn workload() -> String {
    std::env::args().nth(1).expect("a workload: S1 to S9")
}
