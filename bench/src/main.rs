//! `ndgrad-bench WORKLOAD` measures one workload and prints lines of JSON; `ndgrad-bench data FOLDER` writes the data.

use std::process::ExitCode;

use ndgrad_bench::{batches, data, elementwise, least_squares, linear, matmul, mlp, normals, seeds_loop};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["data", folder] => {
            if let Err(error) = data::make(folder.as_ref()) {
                eprintln!("ndgrad-bench: {folder}: {error}");
                return ExitCode::FAILURE;
            }
        }
        ["S1"] => seeds_loop::run(),
        ["S2"] => seeds_loop::run_compiled(),
        ["S3"] => linear::run(),
        ["S4"] => mlp::run(),
        ["S5"] => matmul::run(),
        ["S6"] => elementwise::run(),
        ["S7"] => normals::run(),
        ["S8"] => batches::run(),
        ["S11"] => least_squares::run(),
        _ => {
            eprintln!("usage: ndgrad-bench S1|S2|S3|S4|S5|S6|S7|S8|S11 or ndgrad-bench data FOLDER");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
