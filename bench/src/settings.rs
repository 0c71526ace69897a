//! What `cargo xtask bench` says in the environment.

use std::path::PathBuf;

fn setting(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run `cargo xtask bench`"))
}

/// The folder of the data that all programs read.
pub fn folder() -> PathBuf {
    setting("BENCH_DATA").into()
}

/// The number of threads that the program is to use.
pub fn threads() -> usize {
    setting("BENCH_THREADS").parse().expect("BENCH_THREADS is a number")
}

/// What a workload with several cases is to measure: sizes, or shapes like `64x100x1`.
pub fn cases() -> Vec<Vec<usize>> {
    let sizes = |case: &String| case.split('x').map(|size| size.parse().expect("a size")).collect();
    case_names().iter().map(sizes).collect()
}

/// The same as they are written.
pub fn case_names() -> Vec<String> {
    setting("BENCH_CASES").split(',').map(String::from).collect()
}
