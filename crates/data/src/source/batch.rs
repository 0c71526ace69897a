//! `Batch`: rows of Arrow IPC, whose columns lie in buffers.

use std::collections::HashMap;
use std::io::Read;
use std::ops::Range;
use std::sync::Arc;

use arrow_ipc::{CompressionType, DictionaryBatch, RecordBatch};
use lz4_flex::frame::FrameDecoder;

use super::frames::Frames;
use super::npy::Gather;
use super::values::{Texts, Values};

/// Where and how a column lies in a batch.
#[derive(Clone, Copy)]
pub(super) struct Column {
    pub stored: Stored,
    pub is_date: bool,
    /// Its place among the nodes, the first of its buffers, and the fields of views before it.
    pub node: usize,
    pub buffer: usize,
    pub view: usize,
    /// The dictionary that has the values, and how the indices in it are stored.
    pub dictionary: Option<(i64, (usize, Gather))>,
}

/// How values are stored.
#[derive(Clone, Copy)]
pub(super) enum Stored {
    /// Not at all.
    Nothing,
    Bits,
    /// Numbers of so many bytes, so many to one.
    Numbers {
        size: usize,
        gather: Gather,
        unit: f64,
    },
    /// Whole numbers of 16 bytes.
    Decimals {
        unit: f64,
    },
    /// One behind the other, with the places at which they begin, of so many bytes.
    Texts {
        size: usize,
    },
    /// Where they are, or what they are if they are short.
    Views,
}

impl Stored {
    /// The buffers, that of which values are there among them; those of texts to which views point come after them.
    fn buffers(self) -> usize {
        match self {
            Stored::Nothing => 0,
            Stored::Texts { .. } => 3,
            _ => 2,
        }
    }
}

/// The buffers of a column.
struct Held {
    stored: Stored,
    is_date: bool,
    /// A bit for each row; empty where all are there.
    present: Vec<u8>,
    buffers: Vec<Vec<u8>>,
    /// What indices stand for.
    dictionary: Option<Arc<Values>>,
}

/// Rows.
pub(super) struct Batch {
    rows: usize,
    columns: Vec<Held>,
}

impl Batch {
    pub fn new(
        batch: RecordBatch<'_>,
        body: &[u8],
        columns: &[Column],
        dictionaries: &Dictionaries,
    ) -> Result<Batch, String> {
        let rows = usize::try_from(batch.length()).map_err(|error| error.to_string())?;
        let held = columns.iter().map(|column| {
            let Some((id, (size, gather))) = column.dictionary else { return held(batch, body, column) };
            // Indices are numbers until they are looked up.
            let stored = Stored::Numbers { size, gather, unit: 1.0 };
            let values = dictionaries.0.get(&id).ok_or("a dictionary is missing")?;
            Ok(Held { dictionary: Some(values.clone()), ..held(batch, body, &Column { stored, ..*column })? })
        });
        Ok(Batch { rows, columns: held.collect::<Result<_, String>>()? })
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    /// What these rows hold in each column.
    pub fn values(&self, rows: Range<usize>) -> Result<Vec<Values>, String> {
        let of = |held: &Held| {
            held.values(rows.clone()).ok_or_else(|| "a column is shorter than it should be".to_string())
        };
        self.columns.iter().map(of).collect()
    }
}

/// The buffers of a column.
fn held(batch: RecordBatch<'_>, body: &[u8], column: &Column) -> Result<Held, String> {
    let missing = || "a buffer is missing".to_string();
    let buffers = batch.buffers().ok_or_else(missing)?;
    // Views point into buffers of their own, of which each has some.
    let more = |view: usize| {
        batch.variadicBufferCounts().filter(|counts| view < counts.len()).map(|counts| counts.get(view))
    };
    let before: i64 = (0..column.view).filter_map(more).sum();
    let first = usize::try_from(before).map_err(|error| error.to_string())?.saturating_add(column.buffer);
    let own = match column.stored {
        Stored::Views => {
            usize::try_from(more(column.view).unwrap_or(0)).map_err(|error| error.to_string())?
        }
        _ => 0,
    };
    let count = own.saturating_add(column.stored.buffers());
    if buffers.len() < first.saturating_add(count) {
        return Err(missing());
    }
    let read = (first..first + count).map(|place| {
        let buffer = buffers.get(place);
        let [start, length] = [buffer.offset(), buffer.length()].map(|number| usize::try_from(number).ok());
        let bytes = start
            .zip(length)
            .and_then(|(start, length)| body.get(start..)?.get(..length))
            .ok_or_else(missing)?;
        match batch.compression() {
            Some(compression) => decompressed(bytes, compression.codec()),
            None => Ok(bytes.to_vec()),
        }
    });
    let mut buffers = read.collect::<Result<Vec<_>, String>>()?;
    let nulls = batch
        .nodes()
        .filter(|nodes| column.node < nodes.len())
        .map(|nodes| nodes.get(column.node).null_count());
    let mut present = if buffers.is_empty() { Vec::new() } else { buffers.remove(0) };
    if nulls.ok_or("a node is missing")? == 0 {
        present.clear();
    }
    Ok(Held { stored: column.stored, is_date: column.is_date, present, buffers, dictionary: None })
}

/// A buffer as it was: its length comes first, -1 if it was left as it is.
fn decompressed(bytes: &[u8], codec: CompressionType) -> Result<Vec<u8>, String> {
    let Some((length, bytes)) = bytes.split_first_chunk() else { return Ok(Vec::new()) };
    let Ok(length) = u64::try_from(i64::from_le_bytes(*length)) else { return Ok(bytes.to_vec()) };
    // One byte more shows that there are too many.
    let mut plain = Vec::new();
    let read = match codec {
        CompressionType::LZ4_FRAME => FrameDecoder::new(bytes).take(length + 1).read_to_end(&mut plain),
        CompressionType::ZSTD => Frames::new(bytes).take(length + 1).read_to_end(&mut plain),
        _ => return Err("it is compressed in an unknown way".into()),
    };
    read.map_err(|error| error.to_string())?;
    if plain.len() as u64 == length {
        Ok(plain)
    } else {
        Err("a buffer has another length than it says".into())
    }
}

/// The bits of these places; none if they are not all there.
fn bits(bytes: &[u8], rows: Range<usize>) -> Option<impl Iterator<Item = bool>> {
    let bytes = bytes.get(..rows.end.div_ceil(8))?;
    Some(rows.map(|row| bytes[row / 8] >> (row % 8) & 1 == 1))
}

/// The elements of so many bytes at these places; none if they are not all there.
fn elements(bytes: &[u8], size: usize, rows: Range<usize>) -> Option<&[u8]> {
    bytes.get(rows.start.checked_mul(size)?..rows.end.checked_mul(size)?)
}

impl Held {
    /// What these rows hold; none if the buffers have less.
    fn values(&self, rows: Range<usize>) -> Option<Values> {
        let present: Vec<bool> = match (self.stored, self.present.is_empty()) {
            (Stored::Nothing, _) => vec![false; rows.len()],
            (_, true) => vec![true; rows.len()],
            _ => bits(&self.present, rows.clone())?.collect(),
        };
        let (mut values, unit) = match self.stored {
            Stored::Nothing => (vec![f64::NAN; rows.len()], 1.0),
            Stored::Bits => {
                (bits(self.buffers.first()?, rows)?.map(|bit| f64::from(u8::from(bit))).collect(), 1.0)
            }
            Stored::Numbers { size, gather, unit } => {
                (gather(elements(self.buffers.first()?, size, rows)?, size), unit)
            }
            Stored::Decimals { unit } => {
                let (numbers, _) = elements(self.buffers.first()?, size_of::<i128>(), rows)?.as_chunks();
                (numbers.iter().map(|bytes| i128::from_le_bytes(*bytes) as f64).collect(), unit)
            }
            Stored::Texts { size } => return self.texts(size, rows, &present),
            Stored::Views => return self.views(rows, &present),
        };
        if let Some(dictionary) = &self.dictionary {
            return dictionary.chosen(&values, &present, self.is_date);
        }
        for (value, present) in values.iter_mut().zip(&present) {
            *value = if *present { *value / unit } else { f64::NAN };
        }
        Some(Values::Numbers { values, present, is_date: self.is_date })
    }

    fn texts(&self, size: usize, rows: Range<usize>, present: &[bool]) -> Option<Values> {
        let [places, all] = self.buffers.as_array()?;
        if rows.is_empty() {
            return Some(Values::of_texts(Texts::default(), present));
        }
        let places = elements(places, size, rows.start..rows.end + 1)?;
        let number = |bytes: &[u8]| match size {
            4 => usize::try_from(i32::from_le_bytes(bytes.try_into().ok()?)).ok(),
            _ => usize::try_from(i64::from_le_bytes(bytes.try_into().ok()?)).ok(),
        };
        let places = places.chunks_exact(size).map(number).collect::<Option<Vec<usize>>>()?;
        let start = *places.first()?;
        let all = all.get(start..*places.last()?)?.to_vec();
        let ends = places[1..].iter().map(|end| end.checked_sub(start)).collect::<Option<_>>()?;
        Some(Values::of_texts(Texts::new(all, ends)?, present))
    }

    /// A view is its length in 4 bytes, and the text, if it has 12 bytes at the most, else its first 4 bytes, the number of a buffer, and
    /// the place in it.
    fn views(&self, rows: Range<usize>, present: &[bool]) -> Option<Values> {
        const SHORT: usize = 12;
        let (views, others) = self.buffers.split_first()?;
        let (mut all, mut ends) = (Vec::new(), Vec::new());
        let (views, _) = elements(views, 4 + SHORT, rows)?.as_chunks::<{ 4 + SHORT }>();
        for (view, present) in views.iter().zip(present) {
            let [length, _, buffer, place] = [0, 4, 8, 12]
                .map(|at| view[at..].first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes) as usize));
            if *present {
                all.extend_from_slice(match length {
                    0..=SHORT => &view[4..][..length],
                    _ => others.get(buffer)?.get(place..)?.get(..length)?,
                });
            }
            ends.push(all.len());
        }
        Some(Values::of_texts(Texts::new(all, ends)?, present))
    }
}

/// The values of dictionaries, by their numbers.
#[derive(Default)]
pub(super) struct Dictionaries(HashMap<i64, Arc<Values>>);

impl Dictionaries {
    /// Takes in a dictionary, or more of one, if one of the columns has it.
    pub fn take_in(
        &mut self,
        dictionary: DictionaryBatch<'_>,
        body: &[u8],
        columns: &[Column],
    ) -> Result<(), String> {
        let has_it = |column: &&Column| column.dictionary.is_some_and(|(id, _)| id == dictionary.id());
        let Some(column) = columns.iter().find(has_it) else { return Ok(()) };
        let data = dictionary.data().ok_or("a dictionary is empty")?;
        // The values alone are in it.
        let column = Column { node: 0, buffer: 0, view: 0, dictionary: None, ..*column };
        let batch = Batch::new(data, body, &[column], self)?;
        let mut values = batch.values(0..batch.rows())?.remove(0);
        if let Some(known) = self.0.get(&dictionary.id()).filter(|_| dictionary.isDelta()) {
            values = known.followed_by(&values).ok_or("a dictionary has values of several types")?;
        }
        self.0.insert(dictionary.id(), Arc::new(values));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(held: &Held, rows: Range<usize>) -> Option<Vec<Option<String>>> {
        let Values::Texts { texts, places } = held.values(rows)? else { panic!("texts were stored") };
        Some(places.into_iter().map(|place| place.map(|place| texts.get(place).to_string())).collect())
    }

    fn held(stored: Stored, present: Vec<u8>, buffers: Vec<Vec<u8>>) -> Held {
        Held { stored, is_date: false, present, buffers, dictionary: None }
    }

    /// The layout of views: Apache Arrow, "Columnar format", version 1.5, "Variable-size binary view layout".
    #[test]
    fn views_hold_short_texts_and_point_at_long_ones() {
        let short = [&3u32.to_le_bytes()[..], b"abc", &[0; 9]].concat();
        let long = |buffer: u32, place: u32| {
            [&14u32.to_le_bytes()[..], b"four", &buffer.to_le_bytes(), &place.to_le_bytes()].concat()
        };
        let other = b"--fourteen bytes".to_vec();
        let of = |last: Vec<u8>| {
            held(
                Stored::Views,
                vec![0b101],
                vec![[short.clone(), vec![0xff; 16], last].concat(), other.clone()],
            )
        };
        let expected = [Some("abc"), None, Some("fourteen bytes")].map(|text| text.map(String::from));
        assert_eq!(texts(&of(long(0, 2)), 0..3).unwrap(), expected);
        assert_eq!(texts(&of(long(0, 2)), 2..3).unwrap(), expected[2..]);
        assert_eq!(texts(&of(long(0, 3)), 0..3), None, "it ends behind the buffer");
        assert_eq!(texts(&of(long(1, 0)), 0..3), None, "there is no such buffer");
        assert_eq!(texts(&of(long(0, 2)), 2..4), None, "there is no such row");
    }

    #[test]
    fn texts_lie_between_places() {
        let places =
            |places: [i64; 4]| places.iter().flat_map(|place| place.to_le_bytes()).collect::<Vec<u8>>();
        let of = |at| held(Stored::Texts { size: 8 }, Vec::new(), vec![places(at), "xaéb".into()]);
        let expected = ["a", "é", "b"].map(|text| Some(text.to_string()));
        assert_eq!(texts(&of([1, 2, 4, 5]), 0..3).unwrap(), expected);
        assert_eq!(texts(&of([1, 2, 4, 5]), 1..3).unwrap(), expected[1..]);
        for wrong in [[1, 3, 4, 5], [1, 2, 4, 6], [2, 1, 4, 5], [-1, 2, 4, 5]] {
            assert_eq!(texts(&of(wrong), 0..3), None, "{wrong:?}");
        }
    }

    #[test]
    fn dictionaries_grow_and_their_indices_are_looked_up() {
        let known = Values::of_texts(Texts::new(b"ab".to_vec(), vec![1, 2]).unwrap(), &[true, true]);
        let more = Values::of_texts(Texts::new(b"c".to_vec(), vec![1, 1]).unwrap(), &[true, false]);
        let dictionary = Arc::new(known.followed_by(&more).unwrap());
        let (size, gather) = super::super::npy::gather("i1", false).unwrap();
        let of = |indices: Vec<u8>| Held {
            dictionary: Some(dictionary.clone()),
            ..held(Stored::Numbers { size, gather, unit: 1.0 }, vec![0b10111], vec![indices])
        };
        let expected = [Some("c"), Some("a"), None, None, Some("b")].map(|text| text.map(String::from));
        assert_eq!(texts(&of(vec![2, 0, 3, 9, 1]), 0..5).unwrap(), expected);
        assert_eq!(texts(&of(vec![2, 0, 4, 9, 1]), 0..5), None, "there is no such value");
        assert_eq!(texts(&of(vec![2, 255, 3, 9, 1]), 0..5), None, "nor one before the first");
    }
}
