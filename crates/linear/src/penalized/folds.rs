//! `Folds`: which part of the data each row is in, and the statistics of all parts in one pass.

use crate::exact::frame::Frame;
use crate::exact::products::Products;
use crate::exact::statistics::Statistics;
use crate::observations::{Block, InMemory, Observations};
use ndgrad_array::{Error, Result};
use ndgrad_tensor::gram::Wide;
use ndgrad_tensor::random::Generator;

/// A division of rows into parts, each of which is held out once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folds {
    count: usize,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Random(u64),
    Given(Vec<u32>),
}

impl Folds {
    /// Parts of equal size, but for one row: of each `count` rows in turn, every part gets one, by a permutation that the
    /// seed decides.
    ///
    /// # Panics
    /// If `count` is not at least 2.
    #[track_caller]
    pub fn random(count: usize, seed: u64) -> Folds {
        assert!(
            count >= 2,
            "folds: {count} parts leave nothing to fit or nothing to hold out; 2 at least, often 10"
        );
        Folds { count, kind: Kind::Random(seed) }
    }

    /// The part of each row, counted from 0.
    ///
    /// # Panics
    /// If there are not two parts.
    #[track_caller]
    pub fn given(parts: impl Into<Vec<u32>>) -> Folds {
        let parts = parts.into();
        let count = parts.iter().max().map_or(0, |&most| most as usize + 1);
        assert!(count >= 2, "folds: {count} parts leave nothing to fit or nothing to hold out; 2 at least");
        Folds { count, kind: Kind::Given(parts) }
    }

    /// The number of parts.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The parts of consecutive rows from `first` on.
    fn of(&self, first: u64, rows: usize, parts: &mut Vec<usize>) -> Result<()> {
        parts.clear();
        match &self.kind {
            Kind::Given(given) => {
                let start = first as usize;
                let Some(slice) = given.get(start..start + rows) else {
                    return Err(Error::Data(format!(
                        "folds: {} parts are given, and there is a row {} (counted from 0)\n    give a part for each row",
                        given.len(),
                        start + rows - 1
                    )));
                };
                parts.extend(slice.iter().map(|&part| part as usize));
            }
            Kind::Random(seed) => {
                let count = self.count as u64;
                let (mut group, last) = (first / count, first + rows as u64);
                while group * count < last {
                    // Row i's part depends on the seed and i alone, wherever blocks begin.
                    let order = Generator::philox(*seed).stream(group).permutation(self.count);
                    let numbers = (group * count..).zip(order);
                    parts
                        .extend(numbers.filter(|(row, _)| (first..last).contains(row)).map(|(_, part)| part));
                    group += 1;
                }
            }
        }
        Ok(())
    }
}

/// Numbers of a part that are held before they are summed.
const HELD: usize = 1 << 16;

/// A part's rows that wait, and the sums of those before.
struct Part {
    rows: InMemory,
    products: Products<Wide>,
}

impl Part {
    fn push(&mut self, block: &Block<'_>, i: usize, width: usize) {
        self.rows.x.extend_from_slice(&block.x[i * width..][..width]);
        self.rows.y.push(block.y[i]);
        if let Some(weights) = block.weights {
            self.rows.weights.get_or_insert_default().push(weights[i]);
        }
        if let Some(offset) = block.offset {
            self.rows.offset.get_or_insert_default().push(offset[i]);
        }
    }

    /// Sums what waits.
    fn flush(&mut self, finite: &mut bool) {
        let rows = &mut self.rows;
        *finite &= rows.y.is_empty()
            || self.products.add(&Block {
                first: 0,
                x: &rows.x,
                y: &rows.y,
                weights: rows.weights.as_deref(),
                offset: rows.offset.as_deref(),
                clusters: None,
            });
        rows.x.clear();
        rows.y.clear();
        rows.weights.iter_mut().chain(&mut rows.offset).for_each(Vec::clear);
    }
}

/// The statistics of each part, in one pass; of all rows if there are no folds.
pub(super) fn statistics(
    observations: &mut dyn Observations,
    folds: Option<&Folds>,
) -> Result<Vec<Statistics>> {
    let (names, intercept) = (observations.names().to_vec(), observations.has_intercept());
    let width = names.len();
    let mut parts: Vec<Part> = Vec::new();
    let mut places = Vec::new();
    let mut finite = true;
    observations.pass(&mut |block| {
        if block.rows() == 0 {
            return Ok(());
        }
        if parts.is_empty() {
            let frame = Frame::of(block, width, intercept);
            let part = || Part { rows: InMemory::default(), products: Products::new(frame.clone(), None) };
            parts = (0..folds.map_or(1, Folds::count)).map(|_| part()).collect();
        }
        let Some(folds) = folds else {
            finite &= parts[0].products.add(block);
            return Ok(());
        };
        folds.of(block.first, block.rows(), &mut places)?;
        for (i, &place) in places.iter().enumerate() {
            let part = &mut parts[place];
            part.push(block, i, width);
            if part.rows.y.len() * (width + 1) >= HELD {
                part.flush(&mut finite);
            }
        }
        Ok(())
    })?;
    parts.iter_mut().for_each(|part| part.flush(&mut finite));
    let sums: Vec<Statistics> = parts.iter().map(|part| part.products.statistics(&names)).collect();
    if !finite || !sums.iter().all(Statistics::is_finite) {
        return Err(Error::Data(
            "penalized regression: the numbers of a column are too large for their squares\n    express them in other units"
                .to_string(),
        ));
    }
    Ok(sums)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_of_one_size_and_do_not_depend_on_blocks() {
        let folds = Folds::random(7, 5);
        let (mut whole, mut pieces, mut piece) = (Vec::new(), Vec::new(), Vec::new());
        folds.of(0, 1000, &mut whole).unwrap();
        for (first, rows) in [(0, 3), (3, 400), (403, 1), (404, 596)] {
            folds.of(first, rows, &mut piece).unwrap();
            pieces.extend_from_slice(&piece);
        }
        assert_eq!(whole, pieces);
        let sizes: Vec<usize> = (0..7).map(|part| whole.iter().filter(|&&p| p == part).count()).collect();
        assert!(sizes.iter().all(|size| (142..=143).contains(size)), "{sizes:?}");
        let mut other = Vec::new();
        Folds::random(7, 6).of(0, 1000, &mut other).unwrap();
        assert_ne!(whole, other);
        assert!(Folds::given([0, 1]).of(1, 2, &mut other).is_err());
    }
}
