//! How many instructions a training step takes. Unlike time it does not depend on what else the machine does, so a
//! growth is a fact and fails the tests.

use std::fmt::Write;
use std::path::PathBuf;
use std::process::Command;

use crate::bench::{target, write_whole};
use crate::{Outcome, cargo, read, root};

/// The kinds of steps that the program `steps` knows.
const KINDS: &[&str] = &["eager"];

/// How much a step may grow before it is refused.
const MOST: f64 = 1.05;

fn file() -> PathBuf {
    root().join("bench/instructions.txt")
}

/// The compiler and the target, on which the numbers depend.
fn toolchain() -> Result<String, String> {
    let output = Command::new("rustc")
        .current_dir(root())
        .arg("--version")
        .output()
        .map_err(|error| format!("rustc: {error}"))?;
    Ok(format!("{} {}", String::from_utf8_lossy(&output.stdout).trim(), env!("TARGET")))
}

/// Whether valgrind can be run.
pub fn has_valgrind() -> bool {
    Command::new("valgrind").arg("--version").output().is_ok_and(|output| output.status.success())
}

/// What a step takes, from the difference between two numbers of steps.
fn count(kind: &str) -> Result<f64, String> {
    const STEPS: u64 = 500;
    let (few, many) = (total(kind, STEPS)?, total(kind, 2 * STEPS)?);
    Ok((many - few) as f64 / STEPS as f64)
}

fn total(kind: &str, steps: u64) -> Result<u64, String> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(target().join("release/steps"))
        .args([kind, &steps.to_string()])
        // What every machine has: other levels are other instructions.
        .env("NDGRAD_SIMD", "baseline")
        .env("NDGRAD_THREADS", "1")
        .output()
        .map_err(|error| format!("valgrind: {error}"))?;
    let text = String::from_utf8_lossy(&output.stderr);
    let collected =
        text.lines().find_map(|line| line.split_once("Collected :")).map(|(_, count)| count.trim());
    match collected.and_then(|count| count.parse().ok()) {
        Some(count) if output.status.success() => Ok(count),
        _ => Err(format!("steps {kind} failed under valgrind:\n{text}")),
    }
}

fn build() -> Outcome {
    cargo(&["build", "--release", "--package", "ndgrad-bench", "--bin", "steps"], &[])
}

/// Writes down what the steps take now.
pub fn record() -> Outcome {
    build()?;
    let mut text = String::from(
        "# Instructions of one training step of the seeds' size (batch 4, two features), counted by\n\
         # valgrind --tool=callgrind with NDGRAD_SIMD=baseline and one thread.\n\
         # Written by `cargo xtask bench --record`; `cargo xtask test` fails when one grows by more than 5 %.\n",
    );
    let _ = writeln!(text, "toolchain: {}", toolchain()?);
    for kind in KINDS {
        let _ = writeln!(text, "{kind}: {:.0}", count(kind)?);
    }
    write_whole(&file(), &text)?;
    print!("{text}");
    Ok(())
}

/// Refuses steps that take more instructions than what is written down.
pub fn compare() -> Outcome {
    let text = read(&file())?;
    let recorded = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    let toolchain = toolchain()?;
    if recorded("toolchain") != Some(toolchain.as_str()) {
        let remedy = "record anew with `cargo xtask bench --record`";
        if env!("TARGET").starts_with("x86_64") {
            return Err(format!("bench/instructions.txt is of another toolchain than {toolchain}: {remedy}"));
        }
        println!("\ninstructions are recorded for another target: not compared");
        return Ok(());
    }
    build()?;
    for kind in KINDS {
        let before: f64 = recorded(kind)
            .and_then(|count| count.parse().ok())
            .ok_or_else(|| format!("bench/instructions.txt has no number for {kind}"))?;
        let now = count(kind)?;
        println!("{kind}: {now:.0} instructions a step, {before:.0} recorded");
        if now > before * MOST {
            return Err(format!(
                "an {kind} step takes {now:.0} instructions, {:.1} % more than the {before:.0} recorded; if that \
                 is worth it, `cargo xtask bench --record`",
                (now / before - 1.0) * 100.0
            ));
        }
    }
    Ok(())
}
