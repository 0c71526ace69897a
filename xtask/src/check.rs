//! `cargo xtask check`: what a reviewer should not have to look for.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use crate::{Outcome, cargo, files, read, root, short};

/// A name and what is to be done.
type Check = (&'static str, fn() -> Outcome);

fn run_all(checks: &[Check]) -> Outcome {
    let mut failed = Vec::new();
    for (name, check) in checks {
        println!("\n== {name}");
        if let Err(message) = check() {
            println!("{message}");
            failed.push(*name);
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(format!("check failed: {}", failed.join(", "))) }
}

pub fn run() -> Outcome {
    run_all(&[
        ("format", || cargo(&["fmt", "--all", "--check"], &[])),
        ("clippy", || {
            cargo(&["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"], &[])
        }),
        ("documentation", || {
            cargo(&["doc", "--workspace", "--no-deps", "--all-features"], &[("RUSTDOCFLAGS", "-D warnings")])
        }),
        ("layers", layers),
        ("file sizes", file_sizes),
        ("unsafe", unsafe_code),
        ("spelling", spelling),
    ])
}

/// Which of the workspace's crates each may use: the layers of ARCHITECTURE.md.
const LAYERS: &[(&str, &[&str])] = &[
    ("ndgrad-array", &[]),
    ("ndgrad-cpu", &["ndgrad-array"]),
    ("ndgrad-tensor", &["ndgrad-array", "ndgrad-cpu"]),
    ("ndgrad-data", &["ndgrad-array", "ndgrad-tensor"]),
    ("ndgrad-linear", &["ndgrad-array", "ndgrad-tensor", "ndgrad-data"]),
    ("ndgrad-plot", &["ndgrad-array", "ndgrad-tensor"]),
    ("ndgrad", &["ndgrad-tensor", "ndgrad-data", "ndgrad-linear", "ndgrad-plot"]),
    ("ndgrad-cli", &["ndgrad"]),
    ("ndgrad-fuzz", &["ndgrad-tensor", "ndgrad-data"]),
    ("ndgrad-bench", &["ndgrad"]),
    ("xtask", &[]),
];

fn layers() -> Outcome {
    let allowed: BTreeMap<&str, &[&str]> = LAYERS.iter().copied().collect();
    let mut broken = Vec::new();
    // The peers' programs know nothing of ours.
    for manifest in
        files("Cargo.toml")?.into_iter().filter(|path| !path.starts_with(root().join("bench/peers")))
    {
        let text = read(&manifest)?;
        let Some(name) = value(&text, "name") else { continue };
        let Some(allowed) = allowed.get(name) else {
            broken.push(format!("{name} has no layer: add it to LAYERS and to ARCHITECTURE.md"));
            continue;
        };
        for used in dependencies(&text).filter(|used| used.starts_with("ndgrad") && !allowed.contains(used)) {
            broken.push(format!("{name} may not use {used}"));
        }
    }
    if broken.is_empty() { Ok(()) } else { Err(broken.join("\n")) }
}

fn value<'a>(manifest: &'a str, key: &str) -> Option<&'a str> {
    manifest.lines().find_map(|line| line.strip_prefix(key)?.trim().strip_prefix("= \"")?.strip_suffix('"'))
}

/// The names in the section `[dependencies]`.
fn dependencies(manifest: &str) -> impl Iterator<Item = &str> {
    let section =
        manifest.split("\n[").find_map(|section| section.strip_prefix("dependencies]\n")).unwrap_or("");
    section.lines().filter_map(|line| line.split(['.', ' ', '=']).next()).filter(|name| !name.is_empty())
}

/// Most files fit on a few screens.
const SOFT_LIMIT: usize = 400;
const HARD_LIMIT: usize = 600;
/// An operation fits on two.
const OPERATION_LIMIT: usize = 200;

fn file_sizes() -> Outcome {
    let mut too_long = Vec::new();
    for file in files(".rs")? {
        let lines = read(&file)?.lines().count();
        let is_operation = file.starts_with(root().join("crates/tensor/src/ops"));
        let limit = if is_operation { OPERATION_LIMIT } else { HARD_LIMIT };
        if lines > limit {
            too_long.push(format!("{}: {lines} lines; split it by noun ({limit} at most)", short(&file)));
        } else if lines > SOFT_LIMIT {
            println!("{}: {lines} lines, more than {SOFT_LIMIT}", short(&file));
        }
    }
    if too_long.is_empty() { Ok(()) } else { Err(too_long.join("\n")) }
}

/// Where unsafe code may be: the kernels, a pointer that is counted and its memory, allocators that count, what calls other libraries'
/// functions.
const UNSAFE: &[&str] = &[
    "crates/cpu",
    "crates/array/src/shared.rs",
    "crates/array/src/memory.rs",
    "crates/data/tests/allocations.rs",
    "xtask",
    "bench/src/bin/memory.rs",
    "bench/peers",
];

fn unsafe_code() -> Outcome {
    let elsewhere = |path: &Path| !UNSAFE.iter().any(|place| path.starts_with(root().join(place)));
    let mut found = Vec::new();
    for file in files(".rs")?.into_iter().filter(|path| elsewhere(path)) {
        for (index, line) in read(&file)?.lines().enumerate() {
            let code = line.split("//").next().unwrap_or("");
            if code.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == "unsafe") {
                found.push(format!(
                    "{}:{}: unsafe code outside crates/cpu and the handles",
                    short(&file),
                    index + 1
                ));
            }
        }
    }
    if found.is_empty() { Ok(()) } else { Err(found.join("\n")) }
}

/// The spell checker is a program from PyPI; it is installed into `.venv` when it is not there.
fn spelling() -> Outcome {
    const TYPOS: &str = "typos==1.52.0";
    if Command::new("typos").arg("--version").output().is_ok_and(|output| output.status.success()) {
        return crate::run("typos", &[], &[]);
    }
    let (venv, typos) = (root().join(".venv"), root().join(".venv/bin/typos"));
    if !typos.exists() {
        crate::run("python3", &["-m", "venv", &venv.to_string_lossy()], &[])?;
        crate::run(&venv.join("bin/pip").to_string_lossy(), &["install", "--quiet", TYPOS], &[])?;
    }
    crate::run(&typos.to_string_lossy(), &[], &[])
}
