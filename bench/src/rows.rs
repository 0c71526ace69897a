//! Files of rows that S12 and S13 read: columns x0, x1, ... of standard normal numbers, and y, `x w + 4.2` with noise.
//!
//! They are large, so they are written only where they are missing, and only those that a workload asks for.

use std::fs::File;
use std::io::{BufWriter, Error, Result, Write};
use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, RecordBatch};
use arrow_schema::{DataType, Field, Schema};
use ndgrad::prelude::*;
use ndgrad::random::Generator;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

/// Rows that are made at a time.
const BLOCK: usize = 10_000;

/// Rows of one of Parquet's groups; a multiple of those made at a time.
const GROUP: usize = 120_000;

/// Writes the file of this name, such as `1000000x20.csv`, unless it is there.
///
/// # Errors
/// When the name is none of the kind, or the file cannot be written.
pub fn make(folder: &Path, name: &str) -> Result<()> {
    let path = folder.join(name);
    if path.exists() {
        return Ok(());
    }
    let wrong = || Error::other(format!("{name:?} is no name such as 1000000x20.csv"));
    let (size, ending) = name.split_once('.').ok_or_else(wrong)?;
    let (rows, columns) = size.split_once('x').ok_or_else(wrong)?;
    let (rows, columns) = (rows.parse().map_err(|_| wrong())?, columns.parse().map_err(|_| wrong())?);
    let part = path.with_extension("part");
    match ending {
        "csv" => csv(&part, rows, columns)?,
        "parquet" => parquet(&part, rows, columns)?,
        _ => return Err(wrong()),
    }
    std::fs::rename(part, path)
}

fn names(columns: usize) -> impl Iterator<Item = String> {
    (0..columns).map(|column| format!("x{column}")).chain(["y".to_string()])
}

/// Hands blocks of rows to `visit`: the features and the targets. The same bits on every machine.
fn blocks(rows: usize, columns: usize, mut visit: impl FnMut(&[f64], &[f64]) -> Result<()>) -> Result<()> {
    let mut generator = Generator::philox(1);
    let mut normal = |shape: &[usize]| generator.normal_with(shape, 0.0, 1.0, DType::F64);
    let weights = normal(&[columns]);
    for first in (0..rows).step_by(BLOCK) {
        let count = BLOCK.min(rows - first);
        let x = normal(&[count, columns]);
        let y = x.dot(&weights) + 4.2 + normal(&[count]);
        visit(&x.to_vec::<f64>(), &y.to_vec::<f64>())?;
    }
    Ok(())
}

/// Eight decimals: about eleven and a half bytes for each number.
fn csv(path: &Path, rows: usize, columns: usize) -> Result<()> {
    let mut writer = BufWriter::new(File::create(path)?);
    writeln!(writer, "{}", Vec::from_iter(names(columns)).join(","))?;
    blocks(rows, columns, |x, y| {
        for (x, y) in x.chunks(columns).zip(y) {
            x.iter().try_for_each(|number| write!(writer, "{number:.8},"))?;
            writeln!(writer, "{y:.8}")?;
        }
        Ok(())
    })?;
    writer.flush()
}

/// All bits of the numbers, compressed with Snappy, as most writers do.
fn parquet(path: &Path, rows: usize, columns: usize) -> Result<()> {
    let fields = Vec::from_iter(names(columns).map(|name| Field::new(name, DataType::Float64, false)));
    let schema = Arc::new(Schema::new(fields));
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_dictionary_enabled(false)
        .set_max_row_group_row_count(Some(GROUP));
    let mut writer = ArrowWriter::try_new(File::create(path)?, schema.clone(), Some(properties.build()))?;
    blocks(rows, columns, |x, y| {
        let column = |column: usize| x[column..].iter().step_by(columns).copied();
        let columns = (0..columns).map(|index| Float64Array::from_iter_values(column(index)));
        let all = columns.chain([Float64Array::from_iter_values(y.iter().copied())]);
        let arrays = Vec::from_iter(all.map(|array| Arc::new(array) as ArrayRef));
        let batch = RecordBatch::try_new(schema.clone(), arrays).map_err(Error::other)?;
        Ok(writer.write(&batch)?)
    })?;
    writer.close()?;
    Ok(())
}
