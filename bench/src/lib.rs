//! The benchmarks' own side: one file for each workload, and what they share.
//!
//! `cargo xtask bench` builds this crate, runs each workload in a process of its own beside the peers' programs
//! (`bench/peers`), and writes `bench/RESULTS.md`. By hand:
//!
//! ```text
//! target/release/ndgrad-bench data target/bench-data
//! BENCH_DATA=target/bench-data BENCH_THREADS=1 NDGRAD_THREADS=1 target/release/ndgrad-bench S1
//! ```

pub mod batches;
pub mod data;
pub mod elementwise;
pub mod encoding;
pub mod least_squares;
pub mod linear;
pub mod matmul;
pub mod mlp;
pub mod normals;
pub mod report;
pub mod route;
pub mod rows;
pub mod seeds_loop;
pub mod settings;
