//! How many instructions a training step takes. Unlike time it does not depend on what else the machine does, so a
//! growth is a fact and fails the tests.

use std::fmt::Write;
use std::path::PathBuf;
use std::process::Command;

use crate::bench::{target, write_whole};
use crate::{Outcome, cargo, read, root};

/// The kinds of steps that the program `steps` knows.
const KINDS: &[&str] = &["eager", "replay", "epoch"];

/// How much a step may grow before it is refused.
const MOST: f64 = 1.05;

fn file() -> PathBuf {
    root().join("bench/instructions.txt")
}

const TARGET: &str = env!("TARGET");

/// The compiler, on whose choices the numbers depend.
fn compiler() -> Result<String, String> {
    let output = Command::new("rustc").current_dir(root()).arg("--version").output();
    let output = output.map_err(|error| format!("rustc: {error}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_string())
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
    let _ = write!(text, "target: {TARGET}\ncompiler: {}\n", compiler()?);
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
    build()?;
    compare_with(&text, &compiler()?, count)
}

fn compare_with(recorded: &str, compiler: &str, count: impl Fn(&str) -> Result<f64, String>) -> Outcome {
    let recorded = |name: &str| recorded.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    if recorded("target") != Some(TARGET) {
        println!("\nthe instructions of a step are not recorded for {TARGET}: not compared");
        return Ok(());
    }
    const REMEDY: &str = "`cargo xtask bench --record` writes them anew";
    if recorded("compiler") != Some(compiler) {
        return Err(format!(
            "bench/instructions.txt was counted with another compiler than {compiler}: {REMEDY}"
        ));
    }
    for kind in KINDS {
        let before: f64 = recorded(kind)
            .and_then(|count| count.parse().ok())
            .ok_or_else(|| format!("bench/instructions.txt has no number for {kind}: {REMEDY}"))?;
        let now = count(kind)?;
        println!("{kind}: {now:.0} instructions a step, {before:.0} recorded");
        if now > before * MOST {
            let more = (now / before - 1.0) * 100.0;
            return Err(format!(
                "a step, {kind}, takes {now:.0} instructions, {more:.1} % more than the {before:.0} recorded; if that \
                 is worth it, {REMEDY}"
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorded(compiler: &str, count: f64) -> String {
        let kinds: String = KINDS.iter().map(|kind| format!("{kind}: {count}\n")).collect();
        format!("# words\ntarget: {TARGET}\ncompiler: {compiler}\n{kinds}")
    }

    #[test]
    fn a_step_may_grow_by_a_twentieth() {
        let compared = |now| compare_with(&recorded("c", 1000.0), "c", |_| Ok(now));
        assert_eq!(compared(900.0), Ok(()));
        assert_eq!(compared(1050.0), Ok(()));
        let refused = compared(1060.0).unwrap_err();
        assert!(refused.contains("eager, takes 1060 instructions, 6.0 % more than the 1000"), "{refused}");
    }

    #[test]
    fn another_compiler_needs_another_record() {
        let refused = compare_with(&recorded("c", 1000.0), "d", |_| Ok(1000.0)).unwrap_err();
        assert!(refused.contains("--record"), "{refused}");
    }

    #[test]
    fn another_target_is_not_compared() {
        let text = recorded("c", 1000.0).replace(TARGET, "elsewhere");
        assert_eq!(compare_with(&text, "c", |_| panic!("nothing is counted")), Ok(()));
    }
}
