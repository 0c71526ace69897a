//! Columns of Parquet files, page by page.

use std::io::Read;
use std::sync::Arc;

use parquet::basic::{Compression, ConvertedType, LogicalType, TimeUnit, Type};
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl, get_column_reader};
use parquet::data_type::DataType;
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::ParquetMetaData;
use parquet::file::reader::ChunkReader;
use parquet::file::serialized_reader::SerializedPageReader;
use parquet::schema::types::{ColumnDescriptor, SchemaDescriptor};

use super::Kind;
use super::frames::Frames;
use super::values::{Fields, Texts, Values};

/// A column that is no list and no structure, and what its values are.
#[derive(Clone, Copy)]
pub(super) struct Leaf {
    index: usize,
    meaning: Meaning,
}

/// What stored values are.
#[derive(Clone, Copy)]
enum Meaning {
    /// Numbers, so many to one.
    Numbers {
        unit: f64,
        is_signed: bool,
    },
    /// Times, so many to a day.
    Dates {
        unit: f64,
    },
    Texts,
}

const DAY: f64 = 86_400.0;

/// More digits than those of 128 bits cannot be read.
const MOST_DIGITS: i32 = 38;

fn meaning(of: &ColumnDescriptor) -> Option<Meaning> {
    let numbers = |unit| Some(Meaning::Numbers { unit, is_signed: true });
    let decimal =
        |scale: i32, precision| if precision <= MOST_DIGITS { numbers(10f64.powi(scale)) } else { None };
    let dates = |unit| Some(Meaning::Dates { unit });
    match (of.physical_type(), of.logical_type_ref(), of.converted_type()) {
        (_, Some(LogicalType::Unknown), _) => numbers(1.0),
        (Type::BOOLEAN | Type::FLOAT | Type::DOUBLE, ..) => numbers(1.0),
        (Type::INT96, ..) => dates(DAY * 1e9),
        (_, Some(LogicalType::Decimal(of)), _) => decimal(of.scale, of.precision),
        (_, None, ConvertedType::DECIMAL) => decimal(of.type_scale(), of.type_precision()),
        (Type::INT32 | Type::INT64, logical, converted) => match (logical, converted) {
            (Some(LogicalType::Integer(of)), _) => {
                Some(Meaning::Numbers { unit: 1.0, is_signed: of.is_signed })
            }
            (Some(LogicalType::Date), _) | (None, ConvertedType::DATE) => dates(1.0),
            (Some(LogicalType::Timestamp(of)), _) => dates(match of.unit {
                TimeUnit::MILLIS => DAY * 1e3,
                TimeUnit::MICROS => DAY * 1e6,
                TimeUnit::NANOS => DAY * 1e9,
            }),
            (None, ConvertedType::TIMESTAMP_MILLIS) => dates(DAY * 1e3),
            (None, ConvertedType::TIMESTAMP_MICROS) => dates(DAY * 1e6),
            (
                None,
                ConvertedType::UINT_8
                | ConvertedType::UINT_16
                | ConvertedType::UINT_32
                | ConvertedType::UINT_64,
            ) => Some(Meaning::Numbers { unit: 1.0, is_signed: false }),
            (
                None,
                ConvertedType::NONE
                | ConvertedType::INT_8
                | ConvertedType::INT_16
                | ConvertedType::INT_32
                | ConvertedType::INT_64,
            ) => numbers(1.0),
            _ => None,
        },
        (Type::BYTE_ARRAY, Some(LogicalType::String | LogicalType::Json), _) => Some(Meaning::Texts),
        (Type::BYTE_ARRAY, None, ConvertedType::UTF8 | ConvertedType::JSON) => Some(Meaning::Texts),
        _ => None,
    }
}

impl Leaf {
    /// The columns of a file.
    pub fn all(schema: &SchemaDescriptor) -> Fields<Leaf> {
        let mut leaves = (0..schema.num_columns()).peekable();
        let root = schema.root_schema().get_fields().iter().enumerate();
        let field = root.map(|(place, field)| {
            let info = field.get_basic_info();
            let mut last = None;
            while let Some(leaf) = leaves.next_if(|&leaf| schema.get_column_root_idx(leaf) == place) {
                last = Some(leaf);
            }
            let read = last.filter(|_| field.is_primitive()).map(|index| (index, schema.column(index)));
            let found = match read {
                Some((_, column)) if column.max_rep_level() > 0 => Err("List".to_string()),
                Some((index, column)) => match meaning(&column) {
                    Some(meaning) => Ok((meaning.kind(), Leaf { index, meaning })),
                    None => Err(stored(&column)),
                },
                None => Err(match (info.logical_type_ref(), info.converted_type()) {
                    (Some(LogicalType::List), _) | (_, ConvertedType::LIST) => "List".to_string(),
                    (Some(LogicalType::Map), _) | (_, ConvertedType::MAP) => "Map".to_string(),
                    _ => "Struct".to_string(),
                }),
            };
            (info.name().to_string(), found)
        });
        field.collect()
    }
}

/// What the values of a column are called, for messages.
fn stored(column: &ColumnDescriptor) -> String {
    match (column.logical_type_ref(), column.converted_type()) {
        (Some(logical), _) => format!("{logical:?}"),
        (None, ConvertedType::NONE) => column.physical_type().to_string(),
        (None, converted) => converted.to_string(),
    }
}

impl Meaning {
    fn kind(self) -> Kind {
        match self {
            Meaning::Numbers { .. } => Kind::Number,
            Meaning::Dates { .. } => Kind::Date,
            Meaning::Texts => Kind::Category,
        }
    }
}

/// Reads a column from its first row on.
pub(super) struct Reader<R> {
    file: Arc<R>,
    metadata: Arc<ParquetMetaData>,
    leaf: Leaf,
    /// The next group of rows.
    group: usize,
    /// Where in the group before it reading stands, and how many of its rows are left.
    open: Option<(ColumnReader, usize)>,
}

impl<R: ChunkReader + 'static> Reader<R> {
    pub fn new(file: Arc<R>, metadata: Arc<ParquetMetaData>, leaf: Leaf) -> Self {
        Reader { file, metadata, leaf, group: 0, open: None }
    }

    /// The next rows: fewer where the file has no more.
    pub fn read(&mut self, rows: usize) -> std::result::Result<Values, String> {
        let mut made = Made { rows, ..Made::default() };
        while made.present.len() < rows {
            let (reader, left) = match &mut self.open {
                Some((reader, left)) if *left > 0 => (reader, left),
                _ if self.group == self.metadata.num_row_groups() => break,
                _ => {
                    self.open = Some(self.next_group().map_err(|error| error.to_string())?);
                    continue;
                }
            };
            let most = *left.min(&mut (rows - made.present.len()));
            let read = made.add(reader, self.leaf.meaning, most).map_err(|error| error.to_string())?;
            if read == 0 {
                break;
            }
            *left -= read;
        }
        made.finish(self.leaf.meaning)
    }

    fn next_group(&mut self) -> Result<(ColumnReader, usize)> {
        let group = self.metadata.row_group(self.group);
        let chunk = group.column(self.leaf.index);
        let rows = usize::try_from(group.num_rows())?;
        self.group += 1;
        let pages: Box<dyn PageReader> = if matches!(chunk.compression(), Compression::ZSTD(_)) {
            // As if they were not compressed: what the library would bring to read them can also write them.
            let plain = chunk.clone().into_builder().set_compression(Compression::UNCOMPRESSED).build()?;
            Box::new(Zstandard(SerializedPageReader::new(self.file.clone(), &plain, rows, None)?))
        } else {
            Box::new(SerializedPageReader::new(self.file.clone(), chunk, rows, None)?)
        };
        let column = self.metadata.file_metadata().schema_descr().column(self.leaf.index);
        Ok((get_column_reader(column, pages), rows))
    }
}

/// Values in the making.
#[derive(Default)]
struct Made {
    /// How many are wanted.
    rows: usize,
    present: Vec<bool>,
    /// Those that are there.
    numbers: Vec<f64>,
    texts: Vec<u8>,
    ends: Vec<usize>,
}

impl Made {
    /// Adds up to `most` rows: how many it added.
    fn add(&mut self, reader: &mut ColumnReader, meaning: Meaning, most: usize) -> Result<usize> {
        let is_signed = !matches!(meaning, Meaning::Numbers { is_signed: false, .. });
        match reader {
            ColumnReader::BoolColumnReader(reader) => {
                self.add_numbers(reader, most, |&value| f64::from(u8::from(value)))
            }
            ColumnReader::Int32ColumnReader(reader) if is_signed => {
                self.add_numbers(reader, most, |&value| f64::from(value))
            }
            ColumnReader::Int32ColumnReader(reader) => {
                self.add_numbers(reader, most, |&value| f64::from(value as u32))
            }
            ColumnReader::Int64ColumnReader(reader) if is_signed => {
                self.add_numbers(reader, most, |&value| value as f64)
            }
            ColumnReader::Int64ColumnReader(reader) => {
                self.add_numbers(reader, most, |&value| value as u64 as f64)
            }
            ColumnReader::Int96ColumnReader(reader) => {
                self.add_numbers(reader, most, |value| value.to_nanos() as f64)
            }
            ColumnReader::FloatColumnReader(reader) => {
                self.add_numbers(reader, most, |&value| f64::from(value))
            }
            ColumnReader::DoubleColumnReader(reader) => self.add_numbers(reader, most, |&value| value),
            ColumnReader::ByteArrayColumnReader(reader) => match meaning {
                Meaning::Texts => {
                    let (values, read) = self.values(reader, most)?;
                    for value in values {
                        self.texts.extend_from_slice(value.data());
                        self.ends.push(self.texts.len());
                    }
                    Ok(read)
                }
                _ => self.add_numbers(reader, most, |value| big_endian(value.data())),
            },
            ColumnReader::FixedLenByteArrayColumnReader(reader) => {
                self.add_numbers(reader, most, |value| big_endian(value.data()))
            }
        }
    }

    fn add_numbers<T: DataType>(
        &mut self,
        reader: &mut ColumnReaderImpl<T>,
        most: usize,
        number: impl Fn(&T::T) -> f64,
    ) -> Result<usize> {
        let (values, read) = self.values(reader, most)?;
        if self.numbers.is_empty() {
            self.numbers.reserve(self.rows);
        }
        self.numbers.extend(values.iter().map(number));
        Ok(read)
    }

    /// The values of the next rows that have some, and how many rows these are.
    fn values<T: DataType>(
        &mut self,
        reader: &mut ColumnReaderImpl<T>,
        most: usize,
    ) -> Result<(Vec<T::T>, usize)> {
        let (mut values, mut levels) = (Vec::with_capacity(most), Vec::new());
        let (read, there, _) = reader.read_records(most, Some(&mut levels), None, &mut values)?;
        if there == read {
            self.present.resize(self.present.len() + read, true);
        } else {
            self.present.extend(levels.iter().map(|&level| level > 0));
        }
        Ok((values, read))
    }

    fn finish(self, meaning: Meaning) -> std::result::Result<Values, String> {
        let Made { present, mut numbers, texts, ends, .. } = self;
        let (unit, is_date) = match meaning {
            Meaning::Numbers { unit, .. } => (unit, false),
            Meaning::Dates { unit } => (unit, true),
            Meaning::Texts => {
                let mut place = 0..;
                let places =
                    present.iter().map(|present| if *present { place.next() } else { None }).collect();
                let texts = Texts::new(texts, ends).ok_or("a text is not UTF-8")?;
                return Ok(Values::Texts { texts: Arc::new(texts), places });
            }
        };
        if unit != 1.0 {
            numbers.iter_mut().for_each(|number| *number /= unit);
        }
        if numbers.len() < present.len() {
            let mut there = numbers.into_iter();
            let each = present.iter().map(|present| if *present { there.next() } else { None });
            numbers = each.map(|number| number.unwrap_or(f64::NAN)).collect();
        }
        Ok(Values::Numbers { values: numbers, present, is_date })
    }
}

/// A whole number of up to 16 bytes.
fn big_endian(bytes: &[u8]) -> f64 {
    let sign = bytes.first().map_or(0, |&byte| i128::from(byte as i8 >> 7));
    bytes.iter().fold(sign, |number, &byte| number << 8 | i128::from(byte)) as f64
}

/// Pages compressed by zstd.
struct Zstandard<P>(P);

impl<P: PageReader> Zstandard<P> {
    fn page(mut page: Page) -> Result<Page> {
        // The levels are not compressed in pages of version 2.
        let levels = match &page {
            Page::DataPageV2 { is_compressed: false, .. } => return Ok(page),
            Page::DataPageV2 { def_levels_byte_len, rep_levels_byte_len, .. } => {
                *def_levels_byte_len as usize + *rep_levels_byte_len as usize
            }
            _ => 0,
        };
        let failed = || ParquetError::General("a page cannot be decompressed".into());
        let (levels, compressed) = page.buffer().split_at_checked(levels).ok_or_else(failed)?;
        let mut plain = levels.to_vec();
        Frames::new(compressed).read_to_end(&mut plain)?;
        let (Page::DataPage { buf, .. } | Page::DataPageV2 { buf, .. } | Page::DictionaryPage { buf, .. }) =
            &mut page;
        *buf = plain.into();
        Ok(page)
    }
}

impl<P: PageReader> Iterator for Zstandard<P> {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Result<Page>> {
        self.get_next_page().transpose()
    }
}

impl<P: PageReader> PageReader for Zstandard<P> {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        self.0.get_next_page()?.map(Self::page).transpose()
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.0.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.0.skip_next_page()
    }
}
