//! Columns made of Arrow's arrays, and files of Arrow IPC.

use std::fs::File;
use std::io::BufReader;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Date64Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_schema::{ArrowError, DataType, Schema, TimeUnit};
use ndgrad_array::{Error, Place, Result};

use super::builder::{Builder, Made, Use, category, of_numbers};
use super::format::{Format, Piece, Plan, Trouble};
use super::guard::guarded;
use super::input::Input;
use super::ordered::{Task, Tasks};
use super::schema::Survey;
use super::{Kind, LeftOut};
use crate::table::{Column, not_of_kind, shorten};

/// The most rows of a batch.
pub(super) const ROWS: usize = 1 << 14;

/// What values of a type become; `None` where they cannot be read.
pub(super) fn kind(of: &DataType) -> Option<Kind> {
    use DataType::*;
    match of {
        Int8 | Int16 | Int32 | Int64 | UInt8 | UInt16 | UInt32 | UInt64 | Float32 | Float64 | Boolean
        | Null | Decimal128(..) => Some(Kind::Number),
        Date32 | Date64 | Timestamp(..) => Some(Kind::Date),
        Utf8 | LargeUtf8 | Utf8View => Some(Kind::Category),
        Dictionary(_, values) => kind(values),
        _ => None,
    }
}

/// Numbers, and which of them are there.
type Numbers = (Vec<f64>, Vec<bool>);

fn numbers(array: &dyn Array) -> Option<Numbers> {
    macro_rules! primitive {
        ($($pattern:pat => $type:ty, $convert:expr;)*) => {
            match array.data_type() {
                $($pattern => array.as_primitive::<$type>().values().iter().map($convert).collect::<Vec<f64>>(),)*
                DataType::Boolean => {
                    let array = array.as_boolean();
                    (0..array.len()).map(|row| f64::from(u8::from(array.value(row)))).collect()
                }
                DataType::Decimal128(_, scale) => {
                    let unit = 10f64.powi(i32::from(*scale));
                    array.as_primitive::<Decimal128Type>().values().iter().map(|value| *value as f64 / unit).collect()
                }
                DataType::Null => vec![f64::NAN; array.len()],
                DataType::Dictionary(..) => return chosen(array),
                _ => return None,
            }
        };
    }
    const SECONDS: f64 = 86_400.0;
    let mut values = primitive! {
        DataType::Int8 => Int8Type, |value| f64::from(*value);
        DataType::Int16 => Int16Type, |value| f64::from(*value);
        DataType::Int32 => Int32Type, |value| f64::from(*value);
        DataType::Int64 => Int64Type, |value| *value as f64;
        DataType::UInt8 => UInt8Type, |value| f64::from(*value);
        DataType::UInt16 => UInt16Type, |value| f64::from(*value);
        DataType::UInt32 => UInt32Type, |value| f64::from(*value);
        DataType::UInt64 => UInt64Type, |value| *value as f64;
        DataType::Float32 => Float32Type, |value| f64::from(*value);
        DataType::Float64 => Float64Type, |value| *value;
        DataType::Date32 => Date32Type, |value| f64::from(*value);
        DataType::Date64 => Date64Type, |value| *value as f64 / (SECONDS * 1e3);
        DataType::Timestamp(TimeUnit::Second, _) => TimestampSecondType, |value| *value as f64 / SECONDS;
        DataType::Timestamp(TimeUnit::Millisecond, _) => TimestampMillisecondType, |value| *value as f64 / (SECONDS * 1e3);
        DataType::Timestamp(TimeUnit::Microsecond, _) => TimestampMicrosecondType, |value| *value as f64 / (SECONDS * 1e6);
        DataType::Timestamp(TimeUnit::Nanosecond, _) => TimestampNanosecondType, |value| *value as f64 / (SECONDS * 1e9);
    };
    let is_null = |row| array.is_null(row) || *array.data_type() == DataType::Null;
    let present = match array.null_count() {
        0 if *array.data_type() != DataType::Null => vec![true; array.len()],
        _ => (0..array.len()).map(|row| !is_null(row)).collect(),
    };
    for (value, _) in values.iter_mut().zip(&present).filter(|(_, present)| !**present) {
        *value = f64::NAN;
    }
    Some((values, present))
}

/// The numbers that a dictionary's keys choose.
fn chosen(array: &dyn Array) -> Option<Numbers> {
    let dictionary = array.as_any_dictionary();
    let (values, present) = numbers(dictionary.values().as_ref())?;
    let keys = if values.is_empty() { vec![0; array.len()] } else { dictionary.normalized_keys() };
    let chosen = keys.into_iter().enumerate().map(|(row, key)| {
        let there = !array.is_null(row) && present.get(key) == Some(&true);
        if there { (values[key], true) } else { (f64::NAN, false) }
    });
    Some(chosen.unzip())
}

fn texts(array: &dyn Array) -> Option<Vec<Option<&str>>> {
    Some(match array.data_type() {
        DataType::Utf8 => array.as_string::<i32>().iter().collect(),
        DataType::LargeUtf8 => array.as_string::<i64>().iter().collect(),
        DataType::Utf8View => array.as_string_view().iter().collect(),
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            let values = texts(dictionary.values().as_ref())?;
            if values.is_empty() {
                return Some(vec![None; array.len()]);
            }
            let keys = dictionary.normalized_keys().into_iter().enumerate();
            keys.map(|(row, key)| if array.is_null(row) { None } else { values[key] }).collect()
        }
        _ => return None,
    })
}

/// The values as a column of this kind, or the row and the text of the first that cannot be.
fn column(array: &dyn Array, wanted: Kind) -> Option<Result<Column, (usize, String)>> {
    if let Some(texts) = texts(array) {
        return Some(match wanted {
            Kind::Category => Ok(category(texts.into_iter())),
            Kind::Number | Kind::Date => parsed(&texts, wanted),
        });
    }
    let is_date = kind(array.data_type()) == Some(Kind::Date);
    let (values, present) = numbers(array)?;
    Some(of_numbers(values, present, is_date, wanted))
}

fn parsed(texts: &[Option<&str>], wanted: Kind) -> Result<Column, (usize, String)> {
    let mut builder = Builder::new(Use::Column(wanted), texts.len());
    for (row, text) in texts.iter().enumerate() {
        let text = text.unwrap_or_default();
        builder.push(row, text).map_err(|_| (row, text.to_string()))?;
    }
    match builder.finish() {
        Made::Column(column) => Ok(column),
        Made::Survey(_) => unreachable!("a column was asked for"),
    }
}

/// What is made of the arrays of a plan's columns; `first` is the number of their first row.
pub(super) fn piece(
    file: &str,
    names: &[String],
    plan: &Plan,
    (first, rows): (u64, usize),
    arrays: &[ArrayRef],
) -> Result<Piece, Trouble> {
    let made = plan.columns.iter().zip(arrays).map(|((index, used), array)| {
        let Use::Column(wanted) = used else { return Ok(Made::Survey(Survey::default())) };
        let place = || Place::file(file).column(shorten(&names[*index]));
        match column(array.as_ref(), *wanted) {
            Some(Ok(column)) => Ok(Made::Column(column)),
            Some(Err((row, text))) => {
                let message = format!("row {}: {}", first + row as u64 + 1, not_of_kind(&text, *wanted));
                Err(Trouble::Kind(Error::content(place(), message)))
            }
            None => Err(Trouble::Other(Error::content(
                place(),
                format!(
                    "values of type {} cannot be read\n    Leave the column out, or write it as numbers, dates or text.",
                    array.data_type()
                ),
            ))),
        }
    });
    Ok(Piece { rows, made: made.collect::<Result<_, _>>()?, lines: None })
}

/// The columns of a schema.
pub(super) struct Columns {
    /// The names of those that can be read, all different.
    pub names: Arc<Vec<String>>,
    pub kinds: Vec<Kind>,
    /// Their places among all columns of the file.
    pub places: Arc<Vec<usize>>,
    pub left_out: Vec<LeftOut>,
}

/// What a schema says of its columns; there is at least one that can be read.
pub(super) fn columns(file: &str, schema: &Schema) -> Result<Columns> {
    let mut sorted: Vec<&String> = schema.fields().iter().map(|field| field.name()).collect();
    sorted.sort_unstable();
    if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        let message = format!(
            "two columns have the same name, {:?}\n    Give each a name of its own.",
            shorten(pair[0])
        );
        return Err(Error::content(Place::file(file), message));
    }
    let (mut names, mut kinds, mut places, mut left_out) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (place, field) in schema.fields().iter().enumerate() {
        let name = field.name().clone();
        match kind(field.data_type()) {
            Some(kind) => {
                names.push(name);
                kinds.push(kind);
                places.push(place);
            }
            None => {
                let reason =
                    format!("values of type {} cannot be read", shorten(&field.data_type().to_string()));
                left_out.push(LeftOut { name, reason });
            }
        }
    }
    if names.is_empty() {
        let message = match left_out.first() {
            None => "the file has no column".to_string(),
            Some(LeftOut { name, reason }) => {
                format!("the file has no column of numbers, dates or texts: {:?} has {reason}", shorten(name))
            }
        };
        return Err(Error::content(
            Place::file(file),
            format!("{message}\n    Write one with at least one."),
        ));
    }
    Ok(Columns { names: Arc::new(names), kinds, places: Arc::new(places), left_out })
}

/// A file or a stream of Arrow IPC, Feather's version 2 for one.
pub(super) struct Ipc {
    input: Input,
    columns: Columns,
    is_stream: bool,
}

impl Ipc {
    pub fn open(input: Input, is_stream: bool) -> Result<Ipc> {
        let file = input.file()?;
        let schema = guarded(&input.name, || {
            let schema = match is_stream {
                true => StreamReader::try_new_buffered(file, None).map(|reader| reader.schema()),
                false => FileReader::try_new_buffered(file, None).map(|reader| reader.schema()),
            };
            schema.map_err(|error| error.to_string())
        })?;
        let columns = columns(&input.name, &schema)?;
        Ok(Ipc { input, columns, is_stream })
    }
}

enum Reader {
    File(FileReader<BufReader<File>>),
    Stream(StreamReader<BufReader<File>>),
}

fn reader(input: &Input, is_stream: bool, columns: Vec<usize>) -> Result<Reader> {
    let file = input.file()?;
    guarded(&input.name, || {
        let reader = match is_stream {
            true => StreamReader::try_new_buffered(file, Some(columns)).map(Reader::Stream),
            false => FileReader::try_new_buffered(file, Some(columns)).map(Reader::File),
        };
        reader.map_err(|error| error.to_string())
    })
}

impl Iterator for Reader {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Reader::File(reader) => reader.next(),
            Reader::Stream(reader) => reader.next(),
        }
    }
}

impl Format for Ipc {
    fn names(&self) -> &Arc<Vec<String>> {
        &self.columns.names
    }

    fn left_out(&self) -> &[LeftOut] {
        &self.columns.left_out
    }

    fn declared(&self) -> Option<(Vec<Kind>, Option<u64>)> {
        Some((self.columns.kinds.clone(), None))
    }

    fn tasks(&self, plan: &Arc<Plan>) -> Result<Tasks<'static, Result<Piece, Trouble>>> {
        let mut wanted: Vec<usize> = plan.columns.iter().map(|(column, _)| *column).collect();
        wanted.sort_unstable();
        let places: Vec<usize> = plan
            .columns
            .iter()
            .map(|(column, _)| wanted.binary_search(column).expect("it is among them"))
            .collect();
        let wanted = wanted.into_iter().map(|column| self.columns.places[column]).collect();
        let mut reader = reader(&self.input, self.is_stream, wanted)?;
        let (file, names, plan) = (self.input.name.clone(), self.columns.names.clone(), plan.clone());
        let (mut batch, mut from, mut first) = (None::<RecordBatch>, 0, 0);
        Ok(Box::new(std::iter::from_fn(move || {
            while batch.as_ref().is_none_or(|batch| batch.num_rows() == from) {
                let next = guarded(&file, || reader.next().transpose().map_err(|error| error.to_string()));
                match next.transpose()? {
                    Ok(next) => (batch, from) = (Some(next), 0),
                    Err(error) => return Some(Err(error)),
                }
            }
            let whole = batch.as_ref()?;
            let rows = ROWS.min(whole.num_rows() - from);
            let part = whole.slice(from, rows);
            let range = (first, rows);
            (from, first) = (from + rows, first + rows as u64);
            let arrays: Vec<ArrayRef> = places.iter().map(|place| part.column(*place).clone()).collect();
            let (file, names, plan) = (file.clone(), names.clone(), plan.clone());
            Some(Ok(Box::new(move || Ok(piece(&file, &names, &plan, range, &arrays))) as Task<'static, _>))
        })))
    }
}
