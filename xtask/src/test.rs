//! `cargo xtask test`: every test.

use std::process::Command;

use crate::{Outcome, cargo, instructions, root};

pub fn run() -> Outcome {
    cargo(&["test", "--workspace", "--all-features"], &[])?;
    // What is only compiled without a feature.
    cargo(&["test", "--package", "ndgrad-plot"], &[])?;
    // Results may depend neither on the number of threads nor on the instruction set.
    for (threads, level) in [("1", "baseline"), ("2", "avx2")] {
        let setting = [("NDGRAD_THREADS", threads), ("NDGRAD_SIMD", level)];
        cargo(&["test", "--package", "ndgrad-tensor", "--tests"], &setting)?;
    }
    examples()?;
    valgrind()
}

/// Runs the examples in a folder of their own, where their pictures stay.
fn examples() -> Outcome {
    let folder = root().join("target/examples-out");
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    cargo(&["build", "--release", "--package", "ndgrad", "--examples"], &[])?;
    for source in crate::files(".rs")? {
        if source.parent() == Some(&root().join("crates/ndgrad/examples")) {
            let name = source.file_stem().expect("a file name").to_string_lossy();
            println!("\n== example {name}");
            let program = root().join("target/release/examples").join(&*name);
            let status = Command::new(&program).current_dir(&folder).status();
            if !status.as_ref().is_ok_and(|status| status.success()) {
                return Err(format!("example {name}: {status:?}"));
            }
        }
    }
    Ok(())
}

/// The kernels have the unsafe code; valgrind sees a read or write outside of what was allocated.
/// It knows instructions up to AVX2, so the kernels for AVX-512 are not seen here.
fn valgrind() -> Outcome {
    if !instructions::has_valgrind() {
        println!("\nvalgrind is not installed: no kernels were run under it, no instructions counted");
        return Ok(());
    }
    let runner = "valgrind --quiet --error-exitcode=9 --leak-check=no";
    let name = format!("CARGO_TARGET_{}_RUNNER", env!("TARGET").to_uppercase().replace('-', "_"));
    // Threads one by one, as valgrind runs them; few cases, as each is fifty times slower.
    let setting = [(name.as_str(), runner), ("PROPTEST_CASES", "4")];
    cargo(&["test", "--package", "ndgrad-cpu", "--package", "ndgrad-array", "--tests"], &setting)?;
    instructions::compare()
}
