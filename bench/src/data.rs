//! The data that all programs read: plain little-endian numbers, one file for each array.
//!
//! The order of the rows is the one in which our loader hands them out, so that every program sees the same batches.
//! Our side shuffles for itself while its time is taken; the others read the order from a file.

use std::fs;
use std::io::Result;
use std::path::Path;

use ndgrad::data::LastBatch;
use ndgrad::prelude::*;

use crate::settings::folder;

/// Rows and what is to be predicted from them.
#[derive(Clone, Debug)]
pub struct Rows {
    /// Features, one row each.
    pub x: Tensor,
    /// A number or a class for each row.
    pub y: Tensor,
    /// The rows of a batch.
    pub batch: usize,
    /// The passes over the data.
    pub epochs: usize,
}

impl Rows {
    /// The seeds' 10,000 rows of two features, in batches of four.
    pub fn of_the_seeds_loop() -> Rows {
        Rows::read("loop", 2, DType::F32, 4, 2)
    }

    /// A million rows of a hundred features, in batches of 256.
    pub fn of_linear() -> Rows {
        Rows::read("linear", 100, DType::F32, 256, 1)
    }

    /// 60,000 pictures of 28 by 28 and their ten classes, in batches of 64.
    pub fn of_mlp() -> Rows {
        Rows::read("mlp", 784, DType::I32, 64, 1)
    }

    fn read(name: &str, width: usize, labels: DType, batch: usize, epochs: usize) -> Rows {
        let x = read(&format!("{name}_x"), [-1, width as isize]);
        let y = match labels {
            DType::I32 => {
                let numbers = bytes(&format!("{name}_y")).into_iter().map(i32::from_le_bytes).collect();
                Tensor::from_vec(x.len(), numbers)
            }
            _ => read(&format!("{name}_y"), [-1]),
        };
        Rows { x, y, batch, epochs }
    }

    /// The batches in the order of this bench; the last, smaller one is left out.
    pub fn loader(&self) -> DataLoader<ArrayDataset> {
        DataLoader::new(ArrayDataset::new(&self.x, &self.y))
            .batch_size(self.batch)
            .shuffle(true)
            .last_batch(LastBatch::Discard)
            .seed(1)
    }

    /// The number of rows in the batches of all epochs.
    pub fn count(&self) -> usize {
        self.x.len() / self.batch * self.batch * self.epochs
    }

    /// The indices of the rows as the loader hands them out, epoch after epoch.
    fn order(&self) -> Vec<i32> {
        let index = Tensor::from_iter((0..self.x.len()).map(|row| row as i32));
        let loader = Rows { x: index.clone(), y: index, ..self.clone() }.loader();
        (0..self.epochs).flat_map(|_| loader.iter().flat_map(|(rows, _)| rows.to_vec::<i32>())).collect()
    }

    fn write(&self, folder: &Path, name: &str) -> Result<()> {
        write(folder, &format!("{name}_x"), &self.x.to_vec::<f32>(), f32::to_le_bytes)?;
        if self.y.dtype() == DType::I32 {
            write(folder, &format!("{name}_y"), &self.y.to_vec::<i32>(), i32::to_le_bytes)?;
        } else {
            write(folder, &format!("{name}_y"), &self.y.to_vec::<f32>(), f32::to_le_bytes)?;
        }
        write(folder, &format!("{name}_order"), &self.order(), i32::to_le_bytes)
    }
}

fn bytes(name: &str) -> Vec<[u8; 4]> {
    let path = folder().join(name);
    let bytes = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    bytes.as_chunks::<4>().0.to_vec()
}

/// An array of f32 from the folder of data.
pub fn read<const R: usize>(name: &str, shape: [isize; R]) -> Tensor {
    let numbers: Vec<f32> = bytes(name).into_iter().map(f32::from_le_bytes).collect();
    Tensor::from_vec(numbers.len(), numbers).reshape(shape)
}

fn write<T: Copy>(folder: &Path, name: &str, numbers: &[T], bytes: impl Fn(T) -> [u8; 4]) -> Result<()> {
    let bytes: Vec<u8> = numbers.iter().flat_map(|&number| bytes(number)).collect();
    fs::write(folder.join(name), bytes)
}

/// Rows of standard normal features and `x w + 4.2` with a little noise.
fn line(rows: usize, weights: &Tensor, batch: usize, epochs: usize) -> Rows {
    let x = random::normal([rows, weights.len()]);
    let y = x.dot(weights) + 4.2 + 0.01 * random::normal([rows]);
    Rows { x, y, batch, epochs }
}

/// Writes all files: 590 MB, the same bits on every machine.
///
/// # Errors
/// When a file cannot be written.
pub fn make(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    random::seed(1);
    line(10_000, &tensor([2.0, -3.4]), 4, 2).write(folder, "loop")?;
    line(1_000_000, &random::normal([100]), 256, 1).write(folder, "linear")?;

    let x = random::uniform([60_000, 784]);
    let y = (&x - 0.5).dot(&random::normal([784, 10])).argmax_axis(1).to_dtype(DType::I32);
    Rows { x, y, batch: 64, epochs: 1 }.write(folder, "mlp")?;
    let w1 = (2.0_f64 / 784.0).sqrt() * 0.5 * random::normal([256, 784]);
    let w2 = random::normal([10, 256]) / 16.0;
    write(folder, "mlp_w1", &w1.to_vec::<f32>(), f32::to_le_bytes)?;
    write(folder, "mlp_w2", &w2.to_vec::<f32>(), f32::to_le_bytes)
}
