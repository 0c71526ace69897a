//! `cargo xtask bench`: how fast, beside whom, and how near to the machine's limits.

mod install;
mod machine;
mod measure;
mod program;
mod results;
mod size;
mod workload;

use std::path::{Path, PathBuf};

use crate::{Outcome, instructions, root};
use measure::Session;
use workload::{WORKLOADS, Workload};

/// What the command line asks for.
struct Choice {
    peers: bool,
    quick: bool,
    record: bool,
    workloads: Vec<&'static Workload>,
}

fn choice(arguments: &[String]) -> Result<Choice, String> {
    let mut choice =
        Choice { peers: false, quick: false, record: false, workloads: WORKLOADS.iter().collect() };
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--peers" => choice.peers = true,
            "--quick" => choice.quick = true,
            "--record" => choice.record = true,
            "--only" => {
                let names: Vec<&str> =
                    arguments.next().ok_or("--only needs names: --only S1,S5")?.split(',').collect();
                let find = |name: &&str| WORKLOADS.iter().find(|workload| workload.name == *name);
                choice.workloads =
                    names.iter().map(|name| find(name).ok_or(name)).collect::<Result<_, _>>().map_err(
                        |name| {
                            let known: Vec<&str> = WORKLOADS.iter().map(|workload| workload.name).collect();
                            format!("no workload {name}; there are {}", known.join(", "))
                        },
                    )?;
            }
            other => return Err(format!("bench has no option {other}: see `cargo xtask help`")),
        }
    }
    Ok(choice)
}

pub fn run(arguments: &[String]) -> Outcome {
    let choice = choice(arguments)?;
    if choice.record {
        return instructions::record();
    }
    let mut session = Session::prepare(choice.peers, choice.quick, &choice.workloads)?;
    // Half a comparison never replaces a whole one.
    let whole = choice.peers && !choice.quick;
    let path = if whole { root().join("bench/RESULTS.md") } else { target().join("bench-results.md") };
    let names: Vec<&str> = WORKLOADS.iter().map(|workload| workload.name).collect();
    let mut page = if whole { std::fs::read_to_string(&path).ok() } else { None };
    for workload in &choice.workloads {
        let before = machine::load();
        session.measure(workload)?;
        let section = results::section(&session, workload, &before);
        println!("{section}");
        let text = results::with_section(page.as_deref(), &section, &names);
        write_whole(&path, &text)?;
        page = Some(text);
    }
    println!("\n{} is written", path.display());
    Ok(())
}

/// Where cargo builds.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Writes a file that others see either as it was or whole.
pub fn write_whole(path: &Path, text: &str) -> Outcome {
    let failed = |error| format!("{}: {error}", path.display());
    let part = path.with_extension("part");
    std::fs::write(&part, text).map_err(failed)?;
    std::fs::rename(&part, path).map_err(failed)
}
