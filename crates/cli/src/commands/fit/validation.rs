//! Judging a model by rows that it has not seen.

use ndgrad::linear::{Block, Observations};
use ndgrad::random::Generator;
use ndgrad::{Error, Result};

use crate::report::Part;

/// Rows drawn by lot: those whose number in [0, 1) lies within `range`, or the others. The lot of a row depends on
/// the seed and its number alone.
pub struct Drawn<'a> {
    /// All rows.
    pub rows: &'a mut dyn Observations,
    /// What decides the lots.
    pub seed: u64,
    /// Lots from the first of these to below the second.
    pub range: (f64, f64),
    /// Whether it is these rows or the others.
    pub within: bool,
}

/// Lots that are drawn together.
const LOTS: u64 = 4096;

/// The stream of random numbers that lots are drawn from.
const STREAM: u64 = 0x5a17;

impl Observations for Drawn<'_> {
    fn names(&self) -> &[String] {
        self.rows.names()
    }

    fn has_intercept(&self) -> bool {
        self.rows.has_intercept()
    }

    fn in_memory(&self) -> bool {
        self.rows.in_memory()
    }

    fn pass(&mut self, visit: &mut dyn FnMut(&Block<'_>) -> Result<()>) -> Result<()> {
        let width = self.rows.names().len();
        let mut lots = Lots { seed: self.seed, first: 0, lots: Vec::new() };
        let mut seen = 0;
        let (low, high) = self.range;
        let within = self.within;
        self.rows.pass(&mut |block| {
            let number = |row: usize| block.first + row as u64;
            let keep: Vec<usize> = (0..block.rows())
                .filter(|&row| (low..high).contains(&lots.of(number(row))) == within)
                .collect();
            let pick = |all: &[f64]| keep.iter().map(|&row| all[row]).collect::<Vec<f64>>();
            let x: Vec<f64> =
                keep.iter().flat_map(|&row| &block.x[row * width..][..width]).copied().collect();
            let (y, weights, offset) = (pick(block.y), block.weights.map(pick), block.offset.map(pick));
            let clusters: Option<Vec<u32>> =
                block.clusters.map(|all| keep.iter().map(|&row| all[row]).collect());
            let part = Block {
                first: seen,
                x: &x,
                y: &y,
                weights: weights.as_deref(),
                offset: offset.as_deref(),
                clusters: clusters.as_deref(),
            };
            seen += keep.len() as u64;
            if keep.is_empty() { Ok(()) } else { visit(&part) }
        })
    }
}

/// The lots of consecutive rows.
struct Lots {
    seed: u64,
    first: u64,
    lots: Vec<f64>,
}

impl Lots {
    fn of(&mut self, row: u64) -> f64 {
        let first = row - row % LOTS;
        if self.lots.is_empty() || self.first != first {
            let mut generator = Generator::philox(self.seed).stream(STREAM ^ (first << 16));
            self.lots = (0..LOTS).map(|_| (generator.bits64() >> 11) as f64 / (1_u64 << 53) as f64).collect();
            self.first = first;
        }
        self.lots[(row - first) as usize]
    }
}

/// How good a model's predictions for some rows are.
pub trait Judged: Sized {
    /// The model.
    type Model;

    /// Of these rows.
    fn of(rows: &mut dyn Observations, model: &Self::Model) -> Result<Self>;

    /// Of these rows and others, which another model may have predicted.
    fn add(self, other: Self) -> Self;

    /// The number of rows.
    fn rows(&self) -> usize;

    /// As a line of the report.
    fn part(&self, key: &'static str, name: &'static str) -> Part;
}

/// What fits a model to rows.
type Solve<'a, M> = &'a dyn Fn(&mut dyn Observations) -> Result<M>;

/// Fits all rows but a part of them, and judges by that part.
pub fn hold_out<J: Judged>(
    solve: Solve<'_, J::Model>,
    rows: &mut dyn Observations,
    part: f64,
    seed: u64,
) -> Result<Vec<Part>> {
    let [seen, unseen] = trial::<J>(solve, rows, (0.0, part), seed)?;
    Ok(vec![seen.part("train", "learned from"), unseen.part("validation", "held back")])
}

/// Fits as many times, each time all rows but another part of them, and judges each model by its part.
pub fn cross<J: Judged>(
    solve: Solve<'_, J::Model>,
    rows: &mut dyn Observations,
    folds: u32,
    seed: u64,
) -> Result<Vec<Part>> {
    let bound = |fold: u32| f64::from(fold) / f64::from(folds);
    let mut all = trial::<J>(solve, rows, (0.0, bound(1)), seed)?;
    for fold in 1..folds {
        let [seen, unseen] = trial(solve, rows, (bound(fold), bound(fold + 1)), seed)?;
        let [all_seen, all_unseen] = all;
        all = [all_seen.add(seen), all_unseen.add(unseen)];
    }
    let [seen, unseen] = all;
    Ok(vec![seen.part("train", "learned from"), unseen.part("validation", "not learned from")])
}

fn trial<J: Judged>(
    solve: Solve<'_, J::Model>,
    rows: &mut dyn Observations,
    range: (f64, f64),
    seed: u64,
) -> Result<[J; 2]> {
    let fit = solve(&mut Drawn { rows, seed, range, within: false })?;
    let seen = J::of(&mut Drawn { rows, seed, range, within: false }, &fit)?;
    let unseen = J::of(&mut Drawn { rows, seed, range, within: true }, &fit)?;
    if unseen.rows() == 0 {
        return Err(Error::Data("no row fell into the part that was to be held back".into()));
    }
    Ok([seen, unseen])
}

#[cfg(test)]
mod tests {
    use super::super::errors::Errors;
    use super::super::fitted::Fitted;
    use super::*;
    use ndgrad::linear::{InMemory, LeastSquares};

    fn line(rows: usize) -> InMemory {
        let x: Vec<f64> = (0..rows).map(|i| i as f64).collect();
        let y = x.iter().map(|x| 2.0 * x + (x * x) % 3.0).collect();
        InMemory::new(["x".to_string()], x, y).unwrap()
    }

    fn targets(rows: &mut InMemory, range: (f64, f64), within: bool, seed: u64) -> Vec<f64> {
        let mut all = Vec::new();
        let mut drawn = Drawn { rows, seed, range, within };
        drawn
            .pass(&mut |block| {
                assert_eq!(block.first as usize, all.len());
                all.extend(block.x);
                Ok(())
            })
            .unwrap();
        all
    }

    #[test]
    fn every_row_is_in_one_fold() {
        let mut rows = line(100_000);
        let mut folds: Vec<f64> = Vec::new();
        for fold in 0..4 {
            let range = (f64::from(fold) / 4.0, f64::from(fold + 1) / 4.0);
            let part = targets(&mut rows, range, true, 1);
            assert!((24_000..26_000).contains(&part.len()), "{}", part.len());
            assert_eq!(part.len() + targets(&mut rows, range, false, 1).len(), 100_000);
            folds.extend(part);
        }
        folds.sort_by(f64::total_cmp);
        assert_eq!(folds, rows.x);
        assert_ne!(targets(&mut rows, (0.0, 0.1), true, 1), targets(&mut rows, (0.0, 0.1), true, 2));
    }

    #[test]
    fn a_line_is_judged_about_as_well_by_any_rows() {
        let mut rows = line(500);
        let solve: Solve<'_, Fitted> = &|rows| Ok(Fitted::from(&LeastSquares::new().fit(rows)?));
        let cross = |rows: &mut InMemory| cross::<Errors>(solve, rows, 5, 0).unwrap();
        for parts in [hold_out::<Errors>(solve, &mut rows, 0.2, 0).unwrap(), cross(&mut rows)] {
            assert!(parts.iter().all(|part| part.r2.unwrap() > 0.99 && part.rmse < 2.0));
        }
        assert_eq!(cross(&mut rows)[1].rows, 500);
    }
}
