//! Data sets, samplers, loaders and readers.

pub mod samples;
mod table;

pub use table::{Category, Column, Csv, MISSING, Numeric, Table, Tally, append_column, nearest, write_file};
