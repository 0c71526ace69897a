//! How fast a file of rows is read, and in how much memory.
//!
//! ```text
//! cargo run --release -p ndgrad-data --example source_speed -- make rows.csv 1000000 20
//! cargo run --release -p ndgrad-data --example source_speed -- read rows.csv
//! NDGRAD_THREADS=1 /usr/bin/time -v target/release/examples/source_speed read rows.csv
//! ```
//!
//! A file of a million rows of 20 normal numbers with eight decimals has 231 MB, and with its target 242 MB.

use std::time::Instant;

use ndgrad_data::{Kind, Options, Source, write_file};
use ndgrad_tensor::{random, threads};

fn main() -> ndgrad_array::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match &arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["make", path, rows, columns] => make(path, count(rows), count(columns)),
        ["read", path] => read(path),
        _ => {
            eprintln!("usage: source_speed make FILE ROWS COLUMNS, or source_speed read FILE");
            std::process::exit(2);
        }
    }
}

fn count(text: &str) -> usize {
    text.parse().unwrap_or_else(|_| panic!("{text:?} is not a count"))
}

/// Writes columns x0, x1 and so on of standard normal numbers, and y, which is their sum and noise.
fn make(path: &str, rows: usize, columns: usize) -> ndgrad_array::Result<()> {
    const BLOCK: usize = 10_000;
    random::seed(1);
    write_file(path, |writer| {
        let mut text = String::new();
        (0..columns).for_each(|column| text += &format!("x{column},"));
        text += "y\n";
        for first in (0..rows).step_by(BLOCK) {
            let block = BLOCK.min(rows - first);
            let numbers = random::normal([block, columns + 1]).to_vec::<f32>();
            for row in numbers.chunks(columns + 1) {
                row[..columns].iter().for_each(|number| text += &format!("{number:.8},"));
                text += &format!("{:.8}\n", row.iter().sum::<f32>());
            }
            writer.write_all(text.as_bytes()).map_err(ndgrad_array::Error::output)?;
            text.clear();
        }
        Ok(())
    })
}

/// Reads all columns, five times, and adds their numbers.
fn read(path: &str) -> ndgrad_array::Result<()> {
    for _ in 0..5 {
        let start = Instant::now();
        let source = Source::open(path, &Options::new())?;
        let (mut rows, mut sum) = (0, 0.0);
        source.map_tables(
            source.names(),
            |table| {
                let numbers = table.columns().iter().filter_map(|column| match column {
                    ndgrad_data::Column::Numeric(numeric) => Some(numeric.values().iter().sum::<f64>()),
                    ndgrad_data::Column::Category(_) => None,
                });
                Ok((table.rows(), numbers.sum::<f64>()))
            },
            |(more, part)| {
                rows += more;
                sum += part;
                Ok(())
            },
        )?;
        let seconds = start.elapsed().as_secs_f64();
        let numbers = source.kinds().iter().filter(|kind| **kind == Kind::Number).count();
        println!(
            "{rows} rows, {numbers} columns of numbers, {} threads: {seconds:.3} s, {:.1} million values/s, sum {sum}",
            threads::threads(),
            (rows * source.names().len()) as f64 / seconds / 1e6
        );
    }
    Ok(())
}
