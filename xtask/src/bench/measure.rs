//! Runs the programs by turns and keeps what they print.

use std::io::Write;
use std::process::Command;

use serde_json::Value;

use super::install::{Installed, install};
use super::program::PROGRAMS;
use super::workload::Workload;
use super::{size, target};
use crate::root;

/// Every figure is the median of so many runs.
const ROUNDS: usize = 5;

/// Who measured what: the key of a figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    pub workload: String,
    pub case: String,
    pub threads: u64,
    pub peer: String,
    pub variant: String,
}

/// The figures of one key, one of each round.
pub struct Figure {
    pub key: Key,
    pub version: String,
    pub unit: String,
    pub values: Vec<f64>,
    pub check: Option<f64>,
}

impl Figure {
    pub fn median(&self) -> f64 {
        let mut values = self.values.clone();
        values.sort_by(f64::total_cmp);
        let middle = values.len() / 2;
        if values.len() % 2 == 1 { values[middle] } else { (values[middle - 1] + values[middle]) / 2.0 }
    }

    /// The largest value over the smallest: how much the machine's other work disturbed.
    pub fn spread(&self) -> f64 {
        let (least, most) = self
            .values
            .iter()
            .fold((f64::INFINITY, 0.0_f64), |(least, most), &value| (least.min(value), most.max(value)));
        most / least
    }

    fn parse(line: &str) -> Option<Figure> {
        let line: Value = serde_json::from_str(line).ok()?;
        let text = |name: &str| Some(line[name].as_str()?.to_string());
        Some(Figure {
            key: Key {
                workload: text("workload")?,
                case: text("case")?,
                threads: line["threads"].as_u64()?,
                peer: text("peer")?,
                variant: text("variant")?,
            },
            version: text("version")?,
            unit: text("unit")?,
            values: vec![line["figure"].as_f64()?],
            check: line["check"].as_f64(),
        })
    }
}

/// One run of the bench.
pub struct Session {
    pub quick: bool,
    pub rounds: usize,
    pub figures: Vec<Figure>,
    /// Programs that could not be had or failed, and why.
    pub left_out: Vec<(String, String)>,
    installed: Vec<Installed>,
    has_taskset: bool,
}

impl Session {
    /// Installs what the workloads need and makes the data.
    pub fn prepare(peers: bool, quick: bool, workloads: &[&Workload]) -> Result<Session, String> {
        let has_taskset =
            Command::new("taskset").arg("--version").output().is_ok_and(|output| output.status.success());
        let rounds = if quick { 1 } else { ROUNDS };
        let (figures, left_out, installed) = (Vec::new(), Vec::new(), Vec::new());
        let mut session = Session { quick, rounds, figures, left_out, installed, has_taskset };
        let wanted = |name: &str| workloads.iter().any(|workload| workload.name == name);
        for program in PROGRAMS {
            let is_needed =
                program.is_ours() || peers && program.workloads.iter().any(|&(name, _)| wanted(name));
            match is_needed.then(|| install(program)) {
                Some(Ok(installed)) => session.installed.push(installed),
                Some(Err(reason)) if program.is_ours() => return Err(reason),
                Some(Err(reason)) => session.leave_out(program.name, reason),
                None => {}
            }
        }
        let maker = target().join("release/ndgrad-bench");
        let maker = maker.to_string_lossy();
        crate::run(&maker, &["data", &target().join("bench-data").to_string_lossy()], &[])?;
        Ok(session)
    }

    fn leave_out(&mut self, name: &str, reason: String) {
        println!("{name} is left out: {reason}");
        self.left_out.push((name.to_string(), reason));
    }

    /// Measures one workload: in every round every program once, so that all of them meet the same disturbances.
    pub fn measure(&mut self, workload: &Workload) -> crate::Outcome {
        if workload.name == "S9" {
            return size::measure(self);
        }
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        for &threads in workload.threads.iter().filter(|&&threads| threads <= processors) {
            for round in 0..self.rounds {
                for index in 0..self.installed.len() {
                    let program = self.installed[index].program;
                    if !program.has(workload.name, threads) || self.has_failed(program.name) {
                        continue;
                    }
                    print!(
                        "\r{} {threads} thread(s), round {} of {}: {:<20}",
                        workload.name,
                        round + 1,
                        self.rounds,
                        program.name
                    );
                    std::io::stdout().flush().map_err(|error| error.to_string())?;
                    match self.run_once(&self.installed[index], workload, threads) {
                        Ok(lines) => {
                            lines.lines().filter_map(Figure::parse).for_each(|figure| self.add(figure))
                        }
                        Err(reason) if program.is_ours() => {
                            return Err(format!("{}: {reason}", program.name));
                        }
                        Err(reason) => self.leave_out(program.name, format!("{}: {reason}", workload.name)),
                    }
                }
            }
            println!();
        }
        Ok(())
    }

    fn has_failed(&self, name: &str) -> bool {
        self.left_out.iter().any(|(left_out, _)| left_out == name)
    }

    /// The programs with a workload, for start-up times.
    pub fn programs_of(&self, workload: &str) -> Vec<&Installed> {
        self.installed.iter().filter(|installed| installed.program.has(workload, 1)).collect()
    }

    pub fn add(&mut self, figure: Figure) {
        match self.figures.iter_mut().find(|known| known.key == figure.key) {
            Some(known) => known.values.extend(figure.values),
            None => self.figures.push(figure),
        }
    }

    /// A command that runs on so many processors and is told to use so many threads.
    pub fn pinned(&self, command: &[String], threads: usize) -> Command {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let mut whole = Vec::new();
        if self.has_taskset {
            let list = format!("{}-{}", processors.saturating_sub(threads), processors - 1);
            whole.extend(["taskset".to_string(), "-c".to_string(), list]);
        }
        whole.extend_from_slice(command);
        let mut command = Command::new(&whole[0]);
        command.args(&whole[1..]).current_dir(root());
        for name in THREADS {
            command.env(name, threads.to_string());
        }
        command.env("BENCH_DATA", target().join("bench-data"));
        command.env("PYTHONWARNINGS", "ignore").env("PYTHONDONTWRITEBYTECODE", "1");
        command
    }

    fn run_once(&self, installed: &Installed, workload: &Workload, threads: usize) -> Result<String, String> {
        let mut command = installed.command.clone();
        command.push(workload.name.to_string());
        let cases = if self.quick { workload.quick } else { workload.cases };
        let output = self.pinned(&command, threads).env("BENCH_CASES", cases).output();
        let output = output.map_err(|error| error.to_string())?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let text = String::from_utf8_lossy(&output.stderr);
        eprintln!("{text}");
        Err(text.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it said nothing").to_string())
    }
}

/// What the programs' libraries read the number of threads from.
const THREADS: [&str; 7] = [
    "BENCH_THREADS",
    "MATMUL_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NDGRAD_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "RAYON_NUM_THREADS",
];
