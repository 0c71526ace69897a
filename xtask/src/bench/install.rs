//! Builds and installs the programs, below cargo's target folder. What is there already stays.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::program::{Kind, OPENBLAS, Program};
use super::{size, target};
use crate::{cargo, root};

/// A program that can be run.
pub struct Installed {
    pub program: &'static Program,
    /// The command line, to which the workload's name is added.
    pub command: Vec<String>,
}

/// Where the peers live.
fn peers() -> PathBuf {
    target().join("bench-peers")
}

/// Builds a program, or says why it cannot be had.
pub fn install(program: &'static Program) -> Result<Installed, String> {
    println!("\n== {}", program.name);
    let command = match &program.kind {
        Kind::Ours => {
            cargo(&["build", "--release", "--package", "ndgrad-bench", "--bins"], &[])?;
            vec![target().join("release").join(program.name)]
        }
        Kind::Python { environment, packages } => {
            let folder = virtual_environment(environment, packages)?;
            vec![folder.join("bin/python"), root().join(format!("bench/peers/python/{}.py", program.name))]
        }
        Kind::Rust { flags } => vec![build_rust(program.name, flags)?],
        Kind::C { openblas } => vec![build_c(program.name, *openblas)?],
    };
    Ok(Installed { program, command: command.iter().map(|part| part.display().to_string()).collect() })
}

/// Runs a command and shows what it says only if it fails.
fn quietly(command: &mut Command) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| format!("{name}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{name}: {}", reason(&output)))
}

/// Why a program failed: shows all that it said, and returns the line that says most.
pub fn reason(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    eprintln!("{text}");
    let says_something = |line: &&str| !line.trim().is_empty() && !line.starts_with("note: ");
    format!("{}: {}", output.status, text.lines().rfind(says_something).unwrap_or("it said nothing"))
}

fn virtual_environment(name: &str, packages: &[&str]) -> Result<PathBuf, String> {
    let folder = peers().join(name);
    let (done, wanted) = (folder.join("installed"), packages.join("\n"));
    if std::fs::read_to_string(&done).is_ok_and(|installed| installed == wanted) {
        return Ok(folder);
    }
    println!("installing {}", packages.join(", "));
    quietly(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    quietly(Command::new(folder.join("bin/pip")).args(["install", "--quiet"]).args(packages))?;
    std::fs::write(&done, wanted).map_err(|error| format!("{}: {error}", done.display()))?;
    Ok(folder)
}

/// The folder of a peer's crate.
pub fn rust_folder(name: &str) -> PathBuf {
    root().join("bench/peers/rust").join(name)
}

/// The file that keeps the CPU seconds of a peer's first build.
pub fn rust_cost(name: &str) -> PathBuf {
    peers().join(format!("{name}.seconds"))
}

/// The built program of a peer's crate.
pub fn rust_program(name: &str) -> PathBuf {
    peers().join(format!("{name}-target/release/peer-{}", name.replace('_', "-")))
}

fn build_rust(name: &str, flags: &str) -> Result<PathBuf, String> {
    let folder = peers().join(format!("{name}-target"));
    let is_cold = !folder.exists();
    let before = size::children_seconds();
    // Compilers leave the machine to others: the crates are large.
    quietly(
        Command::new("nice")
            .args(["-n", "19", "cargo", "build", "--release"])
            .current_dir(rust_folder(name))
            .env("CARGO_TARGET_DIR", &folder)
            .env("RUSTFLAGS", flags),
    )?;
    if is_cold {
        let seconds = size::children_seconds() - before;
        std::fs::write(rust_cost(name), seconds.to_string())
            .map_err(|error| format!("{}: {error}", rust_cost(name).display()))?;
    }
    Ok(rust_program(name))
}

fn build_c(name: &str, openblas: bool) -> Result<PathBuf, String> {
    let folder = peers().join("c");
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let program = folder.join(name);
    let mut command = Command::new("cc");
    command.args(["-O3", "-march=native", "-ffast-math", "-fopenmp"]);
    if cfg!(target_arch = "x86_64") {
        command.arg("-mprefer-vector-width=512");
    }
    command.arg(root().join(format!("bench/peers/c/{name}.c"))).arg("-o").arg(&program).arg("-lm");
    if openblas {
        let package = openblas_folder()?;
        command.arg("-I").arg(package.join("include")).arg("-L").arg(package.join("lib"));
        command.arg(format!("-Wl,-rpath,{}", package.join("lib").display())).arg("-lscipy_openblas");
    }
    quietly(&mut command)?;
    Ok(program)
}

/// The folder of the package with OpenBLAS in the environment of NumPy.
fn openblas_folder() -> Result<PathBuf, String> {
    let library = peers().join("numpy/lib");
    let inside = |path: &Path| path.join("site-packages/scipy_openblas32");
    let versions = std::fs::read_dir(&library).map_err(|error| format!("{}: {error}", library.display()))?;
    let mut folders = versions.flatten().map(|entry| inside(&entry.path())).filter(|path| path.exists());
    folders.next().ok_or_else(|| format!("{OPENBLAS} is not installed"))
}
