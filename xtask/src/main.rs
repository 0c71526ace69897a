//! The project's own tasks: `cargo xtask check`, `cargo xtask test` and `cargo xtask bench`.

mod bench;
mod check;
mod instructions;
mod test;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

const HELP: &str = "\
cargo xtask TASK

  check   format, clippy, documentation, layers, file sizes, unsafe, spelling; changes nothing
  test    every test: unit, integration, documentation, examples; and the kernels under valgrind, if it is there
  bench   measures every workload of ndgrad
          --peers        also installs and runs the others, and writes the sections of bench/RESULTS.md (about an hour)
          --only S1,S5   these workloads alone
          --quick        one round, fewer cases
          --record       counts the instructions of a step instead, into bench/instructions.txt
";

/// What a task returns: nothing, or what went wrong.
type Outcome = Result<(), String>;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let task = arguments.next();
    let outcome = match task.as_deref() {
        Some("check") => check::run(),
        Some("test") => test::run(),
        Some("bench") => bench::run(&arguments.collect::<Vec<_>>()),
        Some("help" | "--help" | "-h") => {
            print!("{HELP}");
            Ok(())
        }
        _ => Err(format!("no such task\n\n{HELP}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}

/// The root of the workspace.
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().expect("xtask lies in the workspace").to_path_buf()
}

/// Runs a command at the root and shows what it says.
fn run(program: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Outcome {
    let settings: String = environment.iter().map(|(name, value)| format!("{name}={value:?} ")).collect();
    let line = format!("{settings}{program} {}", arguments.join(" "));
    println!("\n$ {line}");
    let mut command = Command::new(program);
    command.current_dir(root()).args(arguments).envs(environment.iter().copied());
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{line}: {status}")),
        Err(error) => Err(format!("{line}: {error}")),
    }
}

/// Runs cargo with the toolchain that runs this.
fn cargo(arguments: &[&str], environment: &[(&str, &str)]) -> Outcome {
    run(&std::env::var("CARGO").unwrap_or_else(|_| "cargo".into()), arguments, environment)
}

/// The files that git knows or would add.
fn files(ending: &str) -> Result<Vec<PathBuf>, String> {
    let output = Command::new("git")
        .current_dir(root())
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .output()
        .map_err(|error| format!("git ls-files: {error}"))?;
    let list = String::from_utf8_lossy(&output.stdout);
    let wanted = list.lines().filter(|name| name.ends_with(ending)).map(|name| root().join(name));
    Ok(wanted.filter(|path| path.exists()).collect())
}

/// The text of a file.
fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// A path as seen from the root.
fn short(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}
