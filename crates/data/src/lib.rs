//! Data sets, samplers, loaders and readers.

mod ahead;
mod dataset;
mod describe;
mod elements;
mod loader;
mod nd_array_iter;
pub mod npy;
pub mod npz;
mod position;
pub mod safetensors;
mod sampler;
pub mod samples;
mod source;
mod table;
mod zip;

pub use dataset::{ArrayDataset, Dataset};
pub use describe::{Categories, Described, Description, Numbers, Values};
pub use loader::{Batches, DataLoader};
pub use nd_array_iter::{DataBatch, DataDesc, LastBatchHandle, NdArrayIter};
pub use ndgrad_array::{TemporaryFile, write_file};
pub use position::Position;
pub use sampler::LastBatch;
pub use source::{Kind, LeftOut, Options, Schema, Source, Tables, Variable, damaged_file};
pub use table::{Category, Column, Csv, MISSING, Numeric, Table, Tally, append_column, date_text, nearest};
