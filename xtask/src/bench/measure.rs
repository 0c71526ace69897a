//! Runs the programs by turns and keeps what they print.

use std::io::Write;
use std::process::Command;

use serde_json::Value;

use super::install::{Installed, install, reason};
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

    /// The figure that a program printed; none for a line that is something else.
    pub fn parse(line: &str) -> Option<Figure> {
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

/// A program that could not be had (for all workloads) or failed (in one).
pub struct LeftOut {
    pub program: &'static str,
    pub workload: &'static str,
    pub reason: String,
}

/// One run of the bench.
pub struct Session {
    pub quick: bool,
    pub rounds: usize,
    pub figures: Vec<Figure>,
    pub left_out: Vec<LeftOut>,
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
                Some(Err(reason)) => session.leave_out(program.name, "all", reason),
                None => {}
            }
        }
        let maker = target().join("release/ndgrad-bench");
        let maker = maker.to_string_lossy();
        let folder = target().join("bench-data");
        let files: Vec<String> = workloads.iter().flat_map(|workload| workload.files(quick)).collect();
        let mut arguments = vec!["data".into(), folder.to_string_lossy()];
        arguments.extend(files.iter().map(|file| file.as_str().into()));
        let arguments: Vec<&str> = arguments.iter().map(AsRef::as_ref).collect();
        crate::run(&maker, &arguments, &[])?;
        Ok(session)
    }

    fn leave_out(&mut self, program: &'static str, workload: &'static str, reason: String) {
        println!("\n{program} is left out of {workload}: {reason}");
        self.left_out.push(LeftOut { program, workload, reason });
    }

    /// Measures one workload: in every round every program once, so that all of them meet the same disturbances.
    pub fn measure(&mut self, workload: &'static Workload) -> crate::Outcome {
        if workload.name == "S9" {
            return size::measure(self);
        }
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        for &threads in workload.threads.iter().filter(|&&threads| threads <= processors) {
            for round in 0..self.rounds {
                for index in 0..self.installed.len() {
                    let program = self.installed[index].program;
                    if !program.has(workload.name, threads) || self.is_left_out(program.name, workload.name) {
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
                        Ok(figures) => figures.into_iter().for_each(|figure| self.add(figure)),
                        Err(reason) if program.is_ours() => {
                            return Err(format!("{}: {reason}", program.name));
                        }
                        Err(reason) => self.leave_out(program.name, workload.name, reason),
                    }
                }
            }
            println!();
        }
        Ok(())
    }

    fn is_left_out(&self, program: &str, workload: &str) -> bool {
        self.left_out.iter().any(|out| out.program == program && out.workload == workload)
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
    fn pinned(&self, command: &[String], threads: usize) -> Command {
        if !self.has_taskset {
            return told(command, threads);
        }
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let list = format!("{}-{}", processors.saturating_sub(threads), processors - 1);
        let taskset = ["taskset".to_string(), "-c".to_string(), list];
        told(&[&taskset, command].concat(), threads)
    }

    fn run_once(
        &self,
        installed: &Installed,
        workload: &Workload,
        threads: usize,
    ) -> Result<Vec<Figure>, String> {
        let mut command = installed.command.clone();
        command.push(workload.name.to_string());
        let cases = workload.cases(self.quick);
        let output = self.pinned(&command, threads).env("BENCH_CASES", cases).output();
        let output = output.map_err(|error| error.to_string())?;
        let figures: Vec<Figure> =
            String::from_utf8_lossy(&output.stdout).lines().filter_map(Figure::parse).collect();
        if output.status.success() && !figures.is_empty() {
            return Ok(figures);
        }
        Err(reason(&output))
    }
}

/// A command that is told to use so many threads.
pub fn told(command: &[String], threads: usize) -> Command {
    let mut told = Command::new(&command[0]);
    told.args(&command[1..]).current_dir(root());
    for name in THREADS {
        told.env(name, threads.to_string());
    }
    told.env("BENCH_DATA", target().join("bench-data"));
    // Who set these for another machine did not mean this one.
    told.env_remove("OPENBLAS_CORETYPE").env_remove("OPENBLAS_L2_SIZE");
    told.env("PYTHONWARNINGS", "ignore").env("PYTHONDONTWRITEBYTECODE", "1");
    told
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

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"workload":"S1","case":"step","peer":"p","variant":"v","version":"1","threads":2,"figure":3.5,"unit":"us","check":1e-4}"#;

    #[test]
    fn a_line_of_a_program_is_a_figure() {
        let figure = Figure::parse(LINE).expect("a result");
        assert_eq!((figure.key.threads, figure.median(), figure.check), (2, 3.5, Some(1e-4)));
        assert_eq!((figure.key.peer.as_str(), figure.unit.as_str()), ("p", "us"));
    }

    #[test]
    fn what_else_a_program_says_is_no_figure() {
        for line in ["", "warning: slow", "{}", &LINE.replace("3.5", "NaN"), &LINE.replace("3.5", "null")] {
            assert!(Figure::parse(line).is_none(), "{line}");
        }
    }

    #[test]
    fn the_median_and_the_spread_are_of_all_rounds() {
        let figure =
            |values: &[f64]| Figure { values: values.to_vec(), ..Figure::parse(LINE).expect("a result") };
        assert_eq!(figure(&[9.0, 1.0, 2.0]).median(), 2.0);
        assert_eq!(figure(&[9.0, 1.0, 2.0, 4.0]).median(), 3.0);
        assert_eq!(figure(&[9.0, 1.0, 2.0]).spread(), 9.0);
    }
}
