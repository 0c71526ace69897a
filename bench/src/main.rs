//! `ndgrad-bench WORKLOAD` measures one workload and prints lines of JSON; `ndgrad-bench data FOLDER FILE...` writes the data.

use std::process::ExitCode;

use ndgrad_bench::{
    batches, data, elementwise, encoding, least_squares, linear, matmul, mlp, normals, route, rows,
    seeds_loop,
};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["data", folder, ref files @ ..] => {
            let folder: &std::path::Path = folder.as_ref();
            let made =
                data::make(folder).and_then(|()| files.iter().try_for_each(|file| rows::make(folder, file)));
            if let Err(error) = made {
                eprintln!("ndgrad-bench: {}: {error}", folder.display());
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
        ["S12"] => route::run("S12", "csv"),
        ["S13"] => route::run("S13", "parquet"),
        ["S14"] => encoding::run(),
        _ => {
            eprintln!(
                "usage: ndgrad-bench S1|S2|S3|S4|S5|S6|S7|S8|S11|S12|S13|S14 or ndgrad-bench data FOLDER [FILE...]"
            );
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
