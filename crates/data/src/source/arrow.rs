//! Files and streams of Arrow IPC.

use std::sync::Arc;

use arrow_ipc::{DateUnit, Endianness, Field, Int, Precision, Schema, TimeUnit, Type};
use ndgrad_array::Result;

use super::batch::{Batch, Column, Dictionaries, Stored};
use super::format::{Format, Piece, Plan, Trouble};
use super::guard::guarded;
use super::input::Input;
use super::messages::Messages;
use super::npy::gather;
use super::ordered::{Task, Tasks};
use super::values::{Columns, Fields, ROWS, Values, piece};
use super::{Kind, LeftOut};

const DAY: f64 = 86_400.0;

/// The name of whole numbers, as npy files call them.
fn whole(of: Int<'_>) -> String {
    format!("{}{}", if of.is_signed() { 'i' } else { 'u' }, of.bitWidth() / 8)
}

/// What the values of a field are; none if they cannot be read.
fn stored(field: &Field<'_>) -> Option<(Kind, Stored)> {
    let numbers = |name: &str| gather(name, false);
    let dates = |name: &str, unit: f64| {
        let (size, gather) = numbers(name)?;
        Some((Kind::Date, Stored::Numbers { size, gather, unit }))
    };
    let plain = |name: &str| {
        let (size, gather) = numbers(name)?;
        Some((Kind::Number, Stored::Numbers { size, gather, unit: 1.0 }))
    };
    match field.type_type() {
        Type::Null => Some((Kind::Number, Stored::Nothing)),
        Type::Bool => Some((Kind::Number, Stored::Bits)),
        Type::Int => plain(&whole(field.type_as_int()?)),
        Type::FloatingPoint => match field.type_as_floating_point()?.precision() {
            Precision::SINGLE => plain("f4"),
            Precision::DOUBLE => plain("f8"),
            _ => None,
        },
        Type::Decimal => {
            let decimal = field.type_as_decimal().filter(|decimal| decimal.bitWidth() == 128)?;
            Some((Kind::Number, Stored::Decimals { unit: 10f64.powi(decimal.scale()) }))
        }
        Type::Date => match field.type_as_date()?.unit() {
            DateUnit::DAY => dates("i4", 1.0),
            _ => dates("i8", DAY * 1e3),
        },
        Type::Timestamp => match field.type_as_timestamp()?.unit() {
            TimeUnit::SECOND => dates("i8", DAY),
            TimeUnit::MILLISECOND => dates("i8", DAY * 1e3),
            TimeUnit::MICROSECOND => dates("i8", DAY * 1e6),
            _ => dates("i8", DAY * 1e9),
        },
        Type::Utf8 => Some((Kind::Category, Stored::Texts { size: size_of::<i32>() })),
        Type::LargeUtf8 => Some((Kind::Category, Stored::Texts { size: size_of::<i64>() })),
        Type::Utf8View => Some((Kind::Category, Stored::Views)),
        _ => None,
    }
}

/// Where the next field's parts lie in a batch.
#[derive(Clone, Copy, Default)]
struct Place {
    node: usize,
    buffer: usize,
    view: usize,
}

impl Place {
    /// Goes behind a field, as the format lays its parts out (Apache Arrow, "Columnar format", version 1.5).
    fn skip(&mut self, field: &Field<'_>) {
        self.node += 1;
        if field.dictionary().is_some() {
            self.buffer += 2;
            return;
        }
        self.buffer += match field.type_type() {
            Type::Null | Type::RunEndEncoded => 0,
            Type::Struct_ | Type::FixedSizeList => 1,
            Type::Union => match field.type_as_union() {
                Some(union) if union.mode() == arrow_ipc::UnionMode::Dense => 2,
                _ => 1,
            },
            Type::Binary
            | Type::Utf8
            | Type::LargeBinary
            | Type::LargeUtf8
            | Type::ListView
            | Type::LargeListView => 3,
            _ => 2,
        };
        self.view += usize::from(matches!(field.type_type(), Type::BinaryView | Type::Utf8View));
        field.children().iter().flatten().for_each(|child| self.skip(&child));
    }
}

fn fields(schema: Schema<'_>) -> std::result::Result<Fields<Column>, String> {
    if schema.endianness() != Endianness::Little {
        return Err("the bytes of its numbers are in the order of another machine".into());
    }
    let mut place = Place::default();
    let fields = schema.fields().ok_or("its schema has no fields")?;
    let each = fields.iter().map(|field| {
        let Place { node, buffer, view } = place;
        place.skip(&field);
        let column = stored(&field).and_then(|(kind, stored)| {
            let dictionary = match field.dictionary() {
                // Indices are 32 bits wide where nothing is said of them.
                Some(dictionary) => {
                    let name = dictionary.indexType().map_or("i4".to_string(), whole);
                    Some((dictionary.id(), gather(&name, false)?))
                }
                None => None,
            };
            Some((kind, Column { stored, is_date: kind == Kind::Date, node, buffer, view, dictionary }))
        });
        let of = field.type_type().variant_name().unwrap_or("unknown").trim_end_matches('_');
        (field.name().unwrap_or_default().to_string(), column.ok_or_else(|| of.to_string()))
    });
    Ok(each.collect())
}

/// A file or a stream of Arrow IPC, Feather's version 2 for one.
pub(super) struct Ipc {
    input: Input,
    columns: Columns<Column>,
    is_stream: bool,
}

impl Ipc {
    pub fn open(input: Input, is_stream: bool) -> Result<Ipc> {
        let file = input.file()?;
        let (_, fields) = guarded(&input.name, || Messages::open(file, is_stream, fields))?;
        let columns = Columns::new(&input.name, fields)?;
        Ok(Ipc { input, columns, is_stream })
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
        let columns: Vec<Column> =
            plan.columns.iter().map(|(column, _)| self.columns.columns[*column]).collect();
        let file = self.input.file()?;
        let (mut messages, ()) =
            guarded(&self.input.name, || Messages::open(file, self.is_stream, |_| Ok(())))?;
        let (file, names, plan) = (self.input.name.clone(), self.columns.names.clone(), plan.clone());
        let (mut dictionaries, mut batch, mut from, mut first) =
            (Dictionaries::default(), None::<Arc<Batch>>, 0, 0);
        Ok(Box::new(std::iter::from_fn(move || {
            while batch.as_ref().is_none_or(|batch| batch.rows() == from) {
                match guarded(&file, || next_batch(&mut messages, &columns, &mut dictionaries)).transpose()? {
                    Ok(next) => (batch, from) = (Some(Arc::new(next)), 0),
                    Err(error) => return Some(Err(error)),
                }
            }
            let whole = batch.clone()?;
            let range = from..whole.rows().min(from + ROWS);
            let place = (first, range.len());
            (from, first) = (range.end, first + range.len() as u64);
            let (file, names, plan) = (file.clone(), names.clone(), plan.clone());
            Some(Ok(Box::new(move || {
                let values: Vec<Values> = guarded(&file, || whole.values(range))?;
                Ok(piece(&file, &names, &plan, place, values))
            }) as Task<'static, _>))
        })))
    }
}

/// The next batch of rows; dictionaries before it are taken in.
fn next_batch(
    messages: &mut Messages,
    columns: &[Column],
    dictionaries: &mut Dictionaries,
) -> std::result::Result<Option<Batch>, String> {
    while let Some(parts) = messages.next()? {
        let message = parts.message()?;
        if let Some(rows) = message.header_as_record_batch() {
            return Batch::new(rows, &parts.body, columns, dictionaries).map(Some);
        }
        if let Some(dictionary) = message.header_as_dictionary_batch() {
            dictionaries.take_in(dictionary, &parts.body, columns)?;
        }
    }
    Ok(None)
}
