//! npy files: the columns of a matrix, or the fields of records. An npz archive of one array is one, too.

use std::io::{Read, Seek, SeekFrom};
use std::sync::Arc;

use ndgrad_array::{Error, Place, Result};

use super::builder::{Made, Use, of_numbers};
use super::format::{Format, Piece, Plan, Trouble};
use super::input::{Input, Raw};
use super::ordered::{Task, Tasks};
use super::schema::Survey;
use super::{Kind, LeftOut};
use crate::npy::{Elements, Header, byte_order};
use crate::table::{not_of_kind, shorten};
use crate::zip;

/// Bytes of a batch, about.
const BATCH: usize = 1 << 20;

/// Numbers at every so many bytes, from the first one of some.
pub(super) type Gather = fn(&[u8], usize) -> Vec<f64>;

/// Where the numbers of a column lie.
#[derive(Clone, Copy)]
struct Column {
    /// The first one, after the header.
    offset: u64,
    size: usize,
    gather: Gather,
}

/// An array of numbers.
pub(super) struct Npy {
    input: Input,
    names: Arc<Vec<String>>,
    left_out: Vec<LeftOut>,
    columns: Vec<Column>,
    rows: u64,
    /// Where the first row begins.
    start: u64,
    /// The bytes from one number of a column to the next.
    stride: usize,
}

/// What reads numbers of a dtype such as `f8`; none for those that are no numbers.
pub(super) fn gather(kind: &str, big_endian: bool) -> Option<(usize, Gather)> {
    macro_rules! of {
        ($($text:literal $type:ty)*) => {
            match kind {
                $($text => {
                    const SIZE: usize = size_of::<$type>();
                    let gather: Gather = match big_endian {
                        true => |bytes, stride| every(bytes, stride, |bytes| <$type>::from_be_bytes(bytes) as f64),
                        false => |bytes, stride| every(bytes, stride, |bytes| <$type>::from_le_bytes(bytes) as f64),
                    };
                    Some((SIZE, gather))
                })*
                "b1" => Some((1, |bytes, stride| every(bytes, stride, |[byte]| f64::from(u8::from(byte != 0))))),
                _ => None,
            }
        };
    }
    of!("f4" f32 "f8" f64 "i1" i8 "i2" i16 "i4" i32 "i8" i64 "u1" u8 "u2" u16 "u4" u32 "u8" u64)
}

fn every<const N: usize>(bytes: &[u8], stride: usize, number: impl Fn([u8; N]) -> f64) -> Vec<f64> {
    bytes.chunks(stride).filter_map(|bytes| bytes.first_chunk().copied().map(&number)).collect()
}

/// The bytes of an element of any dtype: `<U10` has 40.
fn size(kind: &str) -> Option<usize> {
    let letter = kind.chars().next()?;
    let rest = &kind[letter.len_utf8()..];
    let digits = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
    // Dates and times are followed by their unit.
    let count: usize = rest[..digits].parse().ok()?;
    if letter == 'U' { count.checked_mul(4) } else { Some(count) }
}

impl Npy {
    pub fn open(input: Input) -> Result<Npy> {
        let mut raw = input.raw()?;
        let header = Header::read(&input.name, &mut raw)?;
        let end = raw.seek(SeekFrom::End(0)).map_err(|error| input.failed(error))?;
        let wrong = |message: String| Error::content(Place::file(&input.name), message);
        let (names, columns, left_out, record) = fields(&header).map_err(wrong)?;
        let &[rows, ..] = &header.sizes[..] else {
            return Err(wrong(
                "the array is one number\n    Save a matrix: a row for each observation.".into(),
            ));
        };
        let is_plain = matches!(header.elements, Elements::One(_));
        let is_fortran = header.fortran && is_plain && header.sizes.len() == 2;
        let wanted =
            (rows as u64).checked_mul(record as u64).and_then(|bytes| bytes.checked_add(header.length));
        if wanted.is_none_or(|wanted| wanted > end) {
            return Err(wrong(format!(
                "the file is cut short: its header claims {rows} rows of {record} bytes, but {} bytes are there\n    \
                 Copy it anew from where it came from, or write it again.",
                end.saturating_sub(header.length)
            )));
        }
        let place = |(index, column): (usize, Column)| match is_fortran {
            true => Column { offset: (index * rows * column.size) as u64, ..column },
            false => column,
        };
        let stride = if is_fortran { columns[0].size } else { record };
        Ok(Npy {
            names: Arc::new(names),
            left_out,
            columns: columns.into_iter().enumerate().map(place).collect(),
            rows: rows as u64,
            start: header.length,
            stride,
            input,
        })
    }

    /// The one array of an archive.
    pub fn open_archive(input: &Input) -> Result<Npy> {
        let mut bytes = Vec::new();
        input.raw()?.read_to_end(&mut bytes).map_err(|error| input.failed(error))?;
        let wrong = |message: String| Error::content(Place::file(&input.name), message);
        let members = zip::members(&bytes).map_err(wrong)?;
        let [member] = &members[..] else {
            let names = Vec::from_iter(members.iter().take(10).map(|member| member.name)).join(", ");
            let message = format!(
                "the archive holds {} arrays ({names})\n    Save the one that is meant: numpy.save(path, x)",
                members.len()
            );
            return Err(wrong(message));
        };
        let mut reader = member.reader();
        let copy = Input::copy(&input.name, &mut reader)?;
        reader.finish().map_err(wrong)?;
        Npy::open(copy)
    }
}

type Fields = (Vec<String>, Vec<Column>, Vec<LeftOut>, usize);

/// The columns, those that hold no numbers, and the bytes of a row.
fn fields(header: &Header) -> Result<Fields, String> {
    let too_large = || "no memory holds a row of the array".to_string();
    let fields = match &header.elements {
        Elements::One(text) => {
            let width = match header.sizes[..] {
                [] | [_] => 1,
                [_, width] => width,
                _ => {
                    let axes = header.sizes.len();
                    return Err(format!(
                        "the array has {axes} axes\n    Save a matrix: a row for each observation, a column for each variable."
                    ));
                }
            };
            // What a header claims is not allocated before the file's length confirms it.
            let (big_endian, kind) = byte_order(text);
            let Some((size, gather)) = gather(kind, big_endian) else {
                return Err(format!(
                    "the dtype {text:?} is none of numbers that are read\n    \
                     Convert it in NumPy: numpy.save(path, x.astype('float64'))"
                ));
            };
            const MOST: usize = 1 << 20;
            if width == 0 || width > MOST {
                return Err(format!("the array has {width} columns; 1 to {MOST} are read"));
            }
            let columns = (0..width).map(|column| Column { offset: (column * size) as u64, size, gather });
            let names = (0..width).map(|column| format!("x{column}"));
            return Ok((names.collect(), columns.collect(), Vec::new(), width * size));
        }
        Elements::Fields(_) if header.sizes.len() > 1 => {
            return Err(
                "the array has records along several axes\n    Save them as one row each: x.ravel()".into()
            );
        }
        Elements::Fields(fields) => fields,
    };
    let (mut names, mut columns, mut left_out, mut offset) = (Vec::new(), Vec::new(), Vec::new(), 0usize);
    for (name, text) in fields {
        let (big_endian, kind) = byte_order(text);
        let size = match gather(kind, big_endian) {
            Some((size, gather)) => {
                // Gaps between fields have no name.
                names.push(name.clone());
                columns.push(Column { offset: offset as u64, size, gather });
                size
            }
            None => {
                let size = size(kind)
                    .ok_or_else(|| format!("the field {name:?} has the dtype {text:?}, which is unknown"))?;
                if !name.is_empty() {
                    left_out.push(LeftOut {
                        name: name.clone(),
                        reason: format!("values of type {text} cannot be read"),
                    });
                }
                size
            }
        };
        offset = offset.checked_add(size).ok_or_else(too_large)?;
    }
    let mut sorted: Vec<&String> = names.iter().collect();
    sorted.sort_unstable();
    if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(format!("two fields have the same name, {:?}", shorten(pair[0])));
    }
    match names.is_empty() {
        true => Err("no field holds numbers\n    Save an array with at least one that does.".into()),
        false => Ok((names, columns, left_out, offset)),
    }
}

impl Format for Npy {
    fn names(&self) -> &Arc<Vec<String>> {
        &self.names
    }

    fn left_out(&self) -> &[LeftOut] {
        &self.left_out
    }

    fn declared(&self) -> Option<(Vec<Kind>, Option<u64>)> {
        Some((vec![Kind::Number; self.columns.len()], Some(self.rows)))
    }

    fn tasks(&self, plan: &Arc<Plan>) -> Result<Tasks<'static, Result<Piece, Trouble>>> {
        let columns = Vec::from_iter(plan.columns.iter().map(|(column, _)| self.columns[*column]));
        let (rows, stride, start) = (self.rows, self.stride, self.start);
        let height = (BATCH / stride).clamp(256, 1 << 16) as u64;
        let (input, names, plan) = (self.input.clone(), self.names.clone(), plan.clone());
        let mut raw = input.raw()?;
        let firsts = (0..rows).step_by(height as usize);
        Ok(Box::new(firsts.map(move |first| {
            let count = height.min(rows - first) as usize;
            let mut read = |offset: u64, bytes: usize| {
                read(&input, &mut raw, start + offset + first * stride as u64, bytes)
            };
            // Columns that lie side by side are read together.
            let is_together = columns.iter().all(|column| column.offset < stride as u64);
            let bytes = match is_together {
                true if columns.is_empty() => Vec::new(),
                true => vec![read(0, count * stride)?],
                false => {
                    let all = columns.iter().map(|column| read(column.offset, count * stride));
                    all.collect::<Result<Vec<_>>>()?
                }
            };
            let (file, names, plan, columns) =
                (input.name.clone(), names.clone(), plan.clone(), columns.clone());
            Ok(Box::new(move || {
                let gathered = columns.iter().enumerate().map(|(place, column)| match is_together {
                    true => (column.gather)(&bytes[0][column.offset as usize..], stride),
                    false => (column.gather)(&bytes[place], stride),
                });
                Ok(piece(&file, &names, &plan, (first, count), gathered))
            }) as Task<'static, _>)
        })))
    }
}

fn read(input: &Input, raw: &mut Raw, from: u64, count: usize) -> Result<Vec<u8>> {
    let mut bytes = vec![0; count];
    let read = raw.seek(SeekFrom::Start(from)).and_then(|_| raw.read_exact(&mut bytes));
    read.map_err(|error| input.failed(error))?;
    Ok(bytes)
}

fn piece(
    file: &str,
    names: &[String],
    plan: &Plan,
    (first, rows): (u64, usize),
    gathered: impl Iterator<Item = Vec<f64>>,
) -> Result<Piece, Trouble> {
    let made = plan.columns.iter().zip(gathered).map(|((index, used), values)| {
        let Use::Column(wanted) = used else { return Ok(Made::Survey(Survey::default())) };
        of_numbers(values, vec![true; rows], false, *wanted).map(Made::Column).map_err(|(row, text)| {
            let place = Place::file(file).column(shorten(&names[*index]));
            let message = format!("row {}: {}", first + row as u64 + 1, not_of_kind(&text, *wanted));
            Trouble::Kind(Error::content(place, message))
        })
    });
    Ok(Piece { rows, made: made.collect::<Result<_, _>>()?, lines: None })
}
