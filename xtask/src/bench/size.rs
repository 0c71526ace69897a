//! S9: from start to exit, size of the program, a cold build, crates in the tree.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use super::install::{rust_cost, rust_folder, rust_program};
use super::measure::{Figure, Key, Session, told};
use super::program::Kind;
use super::target;
use crate::{Outcome, cargo, root};

/// Starts in a round.
const STARTS: usize = 5;

/// The CPU seconds of all processes that this one started and waited for, and of theirs: fields 16 and 17 of
/// proc_pid_stat(5), which counts in hundredths of seconds on Linux. 0 where there is no such file.
pub fn children_seconds() -> f64 {
    let line = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // What follows the name, which may hold blanks, begins with field 3.
    let fields = line.rsplit(')').next().unwrap_or("").split_whitespace();
    fields.skip(13).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

fn figure(peer: &str, case: &str, unit: &str, value: f64) -> Figure {
    let text = str::to_string;
    Figure {
        key: Key {
            workload: text("S9"),
            case: text(case),
            threads: 1,
            peer: text(peer),
            variant: String::new(),
        },
        version: String::new(),
        unit: text(unit),
        values: vec![value],
        check: None,
    }
}

pub fn measure(session: &mut Session) -> Outcome {
    cargo(&["build", "--release", "--package", "ndgrad-cli"], &[])?;
    let ours = target().join("release/ndgrad");
    let mut starts = vec![("ndgrad".to_string(), vec![ours.display().to_string(), "--version".into()])];
    for installed in session.programs_of("S9") {
        let mut command = installed.command.clone();
        command.push("S9".into());
        starts.push((installed.program.name.trim_end_matches("_peer").into(), command));
    }
    for _ in 0..session.rounds {
        for (name, command) in &starts {
            let milliseconds = start_to_exit(command)?;
            session.add(figure(name, "start to exit", "ms", milliseconds));
        }
    }

    session.add(figure("ndgrad", "program", "MB", megabytes(&ours)?));
    session.add(figure("ndgrad", "crates", "crates", crates(&root(), &["--package", "ndgrad"])?));
    if !session.quick {
        session.add(figure("ndgrad", "cold build", "CPU s", cold_build()?));
    }
    let rust: Vec<&str> = session
        .programs_of("S9")
        .iter()
        .filter(|installed| matches!(installed.program.kind, Kind::Rust { .. }))
        .map(|installed| installed.program.name)
        .collect();
    for name in rust {
        session.add(figure(name, "program", "MB", megabytes(&rust_program(name))?));
        session.add(figure(name, "crates", "crates", crates(&rust_folder(name), &[])? - 1.0));
        // Known only if the first build was made by this command.
        if let Some(seconds) =
            std::fs::read_to_string(rust_cost(name)).ok().and_then(|text| text.parse().ok())
        {
            session.add(figure(name, "cold build", "CPU s", seconds));
        }
    }
    Ok(())
}

fn start_to_exit(command: &[String]) -> Result<f64, String> {
    let failed = |error| format!("{}: {error}", command[0]);
    let mut times = Vec::new();
    for _ in 0..STARTS {
        let start = Instant::now();
        // Not pinned: that would start a program more.
        told(command, 1)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .map_err(|error| failed(error.to_string()))?;
        times.push(start.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    Ok(times[STARTS / 2])
}

fn megabytes(program: &Path) -> Result<f64, String> {
    let file = std::fs::metadata(program).map_err(|error| format!("{}: {error}", program.display()))?;
    Ok(file.len() as f64 / 1e6)
}

/// The crates that a library is built from, itself among them.
fn crates(folder: &Path, choice: &[&str]) -> Result<f64, String> {
    let output = Command::new("cargo")
        .current_dir(folder)
        .args(["tree", "--edges", "normal,build", "--prefix", "none", "--format", "{p}"])
        .args(choice)
        .output()
        .map_err(|error| format!("cargo tree: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let mut names: Vec<&str> = text.lines().map(|line| line.trim_end_matches(" (*)")).collect();
    names.sort_unstable();
    names.dedup();
    Ok(names.len() as f64)
}

/// The CPU seconds of a release build of the facade with nothing built before.
fn cold_build() -> Result<f64, String> {
    let folder = target().join("bench-cold");
    let empty = || match std::fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(format!("{}: {error}", folder.display()))
        }
        _ => Ok(()),
    };
    empty()?;
    let before = children_seconds();
    cargo(
        &["build", "--release", "--package", "ndgrad"],
        &[("CARGO_TARGET_DIR", folder.to_string_lossy().as_ref())],
    )?;
    let seconds = children_seconds() - before;
    empty()?;
    Ok(seconds)
}
