//! What the residuals of a fit say about it, row by row and all together.
//!
//! One more pass over the rows gives [`Diagnostics`]; whatever their number, only the most remarkable rows and a sample of
//! them are kept.
//!
//! Residuals are taken times the root of the row's weight. Sources: R. D. Cook, S. Weisberg, Residuals and Influence in
//! Regression (1982); J. Durbin, G. S. Watson, Biometrika 37 (1950); T. S. Breusch, A. R. Pagan, Econometrica 47 (1979), in
//! the form of R. Koenker, Journal of Econometrics 17 (1981); C. M. Jarque, A. K. Bera, International Statistical Review 55
//! (1987).

pub(crate) mod extremes;
mod robust;
pub(crate) mod whitener;

use crate::distribution::Distribution;
use crate::double_double::DoubleDouble;
use crate::exact::LinearFit;
use crate::exact::triangle::Triangle;
use crate::inference::Test;
use crate::observations::{Block, Observations};
use extremes::Extremes;
use ndgrad_array::Result;
use ndgrad_tensor::gram::{LANES, Lanes};
use ndgrad_tensor::simd::{Kernel, vectorized};
use ndgrad_tensor::threads::fill_pieces;
use whitener::{Whitener, squares};

/// How many rows [`LinearFit::diagnose`] keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The rows for pictures: all, or a random sample of this many.
    pub sample: usize,
    /// The most remarkable rows of each sort.
    pub extremes: usize,
}

impl Default for Kept {
    /// 5,000 rows for pictures, and ten of each sort.
    fn default() -> Self {
        Kept { sample: 5000, extremes: 10 }
    }
}

/// A row of a fit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RowDiagnostic {
    /// Its number, counted from 0.
    pub row: u64,
    /// The target.
    pub actual: f64,
    /// What the model says, the offset included.
    pub fitted: f64,
    /// The target less that.
    pub residual: f64,
    /// By how much the fitted value follows the target here: between 0 and 1, on average parameters over rows.
    pub leverage: f64,
    /// The residual over its standard deviation (internally studentized).
    pub standardized: f64,
    /// The same, with the deviation estimated without this row (externally studentized), which has a t distribution.
    pub studentized: f64,
    /// How far the estimates move if the row is left out, by their own uncertainty (Cook's distance).
    pub cooks_distance: f64,
    /// The row's part of the weighted sum of squared residuals.
    pub loss_share: f64,
}

/// What [`LinearFit::diagnose`] found.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostics {
    /// Between 0 and 4; about 2 unless errors of neighboring rows depend on each other, less if they are alike.
    pub durbin_watson: f64,
    /// Whether the variance of the errors, times their weights, depends on the columns; `None` without columns that vary. The
    /// squared residuals are regressed on a constant and the columns, each row counting once.
    pub breusch_pagan: Option<Test>,
    /// Whether errors have another distribution than the normal.
    pub jarque_bera: Test,
    /// The skewness of the residuals: 0 for normal errors, above where the large ones are positive.
    pub skewness: f64,
    /// The kurtosis of the residuals: 3 for normal errors, more where some are very large.
    pub kurtosis: f64,
    /// All rows in order, or a random sample of them, the same every time.
    pub sample: Vec<RowDiagnostic>,
    /// The rows that carry most of the loss, most first.
    pub costly: Vec<RowDiagnostic>,
    /// The rows with the largest Cook's distances, largest first.
    pub influential: Vec<RowDiagnostic>,
    /// The rows with the largest leverages, largest first.
    pub remote: Vec<RowDiagnostic>,
    /// The part of the loss that the costly rows carry together.
    pub costly_share: f64,
}

/// Rows whose sums are one partial sum: what a thread takes at a time.
const ROWS: usize = 512;

impl LinearFit {
    /// One pass over the rows that were fitted.
    ///
    /// ```
    /// use ndgrad_linear::{InMemory, LeastSquares, diagnostics::Kept};
    ///
    /// let x = Vec::from_iter((0..20).map(f64::from));
    /// let mut y = Vec::from_iter(x.iter().map(|x| 3.0 + 2.0 * x));
    /// y[7] += 5.0;
    /// let mut rows = InMemory::new(["x".to_string()], x, y)?;
    /// let fit = LeastSquares::new().fit(&mut rows)?;
    /// let diagnostics = fit.diagnose(&mut rows, Kept::default())?;
    /// assert_eq!(diagnostics.costly[0].row, 7);
    /// assert!(diagnostics.jarque_bera.p_value < 1e-6);
    /// # Ok::<(), ndgrad_array::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the rows cannot be read.
    pub fn diagnose(&self, observations: &mut dyn Observations, kept: Kept) -> Result<Diagnostics> {
        let answer = &self.answer;
        let whitener = Whitener::new(answer);
        let deviation = answer.frame.target(answer.variance().sqrt());
        let mut sums = Sums::new(whitener.size(), self.weighted || !self.has_intercept());
        let mut parts: Vec<Part> = Vec::new();
        let mut rows = Rows::new(self, kept, deviation);
        answer.predictor.pass(&answer.frame, observations, |block, residuals| {
            parts.resize_with(block.rows().div_ceil(ROWS), || Part::new(&sums));
            let work = ROWS * whitener.size().pow(2);
            fill_pieces(&mut parts, work, 1, |start, parts| {
                for (index, part) in parts.iter_mut().enumerate() {
                    let first = (start + index) * ROWS;
                    let rows = first..block.rows().min(first + ROWS);
                    part.clear();
                    vectorized(Measure { whitener: &whitener, block, residuals, deviation, rows, part });
                }
            });
            let mut first = 0;
            for part in &parts {
                sums.add(&part.sums);
                for (place, &leverage) in part.leverages.iter().enumerate() {
                    rows.add(block, first + place, residuals[first + place], leverage);
                }
                first += part.leverages.len();
            }
            Ok(())
        })?;
        Ok(rows.finish(self, &sums))
    }
}

/// Sums of powers of the residuals over their deviation, and of their squares times the coordinates of the row.
#[derive(Clone)]
struct Sums {
    powers: [f64; 4],
    squares: Vec<f64>,
    /// The products of a constant, the coordinates and the square, each row once: the lower half, row after row. Where there
    /// are no weights but an intercept, they follow from the rest, and this is empty.
    products: Vec<f64>,
}

impl Sums {
    /// Of no rows; `products` says whether they are needed.
    fn new(size: usize, products: bool) -> Sums {
        let columns = if products { size + 2 } else { 0 };
        Sums { powers: [0.0; 4], squares: vec![0.0; size], products: vec![0.0; columns * (columns + 1) / 2] }
    }

    fn clear(&mut self) {
        self.powers = [0.0; 4];
        self.squares.fill(0.0);
        self.products.fill(0.0);
    }

    fn add(&mut self, other: &Sums) {
        self.powers.iter_mut().zip(other.powers).for_each(|(sum, power)| *sum += power);
        self.squares.iter_mut().zip(&other.squares).for_each(|(sum, square)| *sum += square);
        self.products.iter_mut().zip(&other.products).for_each(|(sum, product)| *sum += product);
    }

    /// Koenker's form of the test of Breusch and Pagan on so many rows: rows times the part of the squares' variance that
    /// the columns explain.
    fn breusch_pagan(&self, rows: f64) -> Option<Test> {
        let size = self.squares.len();
        let (explained, total, columns) = if self.products.is_empty() {
            // The coordinates are orthogonal, so coefficients are sums; one of them is the constant's.
            let constant = self.powers[1] * self.powers[1] / rows;
            let explained = self.squares.iter().map(|sum| sum * sum).sum::<f64>() - constant;
            (explained, self.powers[3] - constant, size - 1)
        } else {
            // A coordinate that others determine, as the constant does that of an intercept, leaves a row of zeros.
            let product = |i: usize, j: usize| DoubleDouble::from(self.products[j * (j + 1) / 2 + i]);
            let triangle = Triangle::<f64>::of_products(size + 2, product);
            let columns = (1..=size).filter(|&column| triangle.entry(column, column) != 0.0).count();
            let (total, rest) =
                (triangle.length(1, size + 1).powi(2), triangle.entry(size + 1, size + 1).powi(2));
            (total - rest, total, columns)
        };
        let test = || Test::above(rows * explained / total, Distribution::ChiSquared(columns as f64));
        (columns > 0).then(test)
    }
}

struct Part {
    sums: Sums,
    leverages: Vec<f64>,
}

impl Part {
    fn new(like: &Sums) -> Part {
        let mut sums = like.clone();
        sums.clear();
        Part { sums, leverages: Vec::new() }
    }

    fn clear(&mut self) {
        self.sums.clear();
        self.leverages.clear();
    }
}

struct Measure<'a> {
    whitener: &'a Whitener<'a>,
    block: &'a Block<'a>,
    residuals: &'a [f64],
    deviation: f64,
    rows: std::ops::Range<usize>,
    part: &'a mut Part,
}

impl Kernel for Measure<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Measure { whitener, block, residuals, deviation, rows, part } = self;
        let mut z = vec![[0.0; LANES]; whitener.size()];
        for first in rows.clone().step_by(LANES) {
            let count = LANES.min(rows.end - first);
            whitener.write(block, first, count, &mut z);
            let lengths = squares(&z);
            let mut ratios: Lanes = [0.0; LANES];
            for r in 0..count {
                let weight = block.weight(first + r);
                part.leverages.push(lengths[r] * weight);
                ratios[r] = residuals[first + r] * weight.sqrt() / deviation;
            }
            for ratio in ratios {
                let mut power = 1.0;
                for sum in &mut part.sums.powers {
                    power *= ratio;
                    *sum += power;
                }
            }
            for (sum, z) in part.sums.squares.iter_mut().zip(&z) {
                let mut products = [0.0; LANES];
                for l in 0..LANES {
                    products[l] = ratios[l] * ratios[l] * z[l];
                }
                *sum += products.iter().sum::<f64>();
            }
            if !part.sums.products.is_empty() {
                let mut counts = [0.0; LANES];
                for (r, counts) in counts.iter_mut().enumerate().take(count) {
                    *counts = f64::from(block.weight(first + r) > 0.0);
                }
                once(&z, &ratios, &counts, &mut part.sums.products);
            }
        }
    }
}

/// Adds the products of a constant, the coordinates and the squared ratio of eight rows, of which some count.
#[inline(always)]
fn once(z: &[Lanes], ratios: &Lanes, counts: &Lanes, products: &mut [f64]) {
    let mut place = 0;
    let mut add = |left: &Lanes, right: &Lanes| {
        let mut sum = 0.0;
        for l in 0..LANES {
            sum += left[l] * right[l];
        }
        products[place] += sum;
        place += 1;
    };
    let mut counted = [0.0; LANES];
    add(counts, counts);
    for (k, row) in z.iter().enumerate() {
        for l in 0..LANES {
            counted[l] = row[l] * counts[l];
        }
        add(&counted, counts);
        z[..=k].iter().for_each(|other| add(&counted, other));
    }
    for l in 0..LANES {
        counted[l] = ratios[l] * ratios[l] * counts[l];
    }
    add(&counted, counts);
    z.iter().for_each(|other| add(&counted, other));
    add(&counted, &counted);
}

/// What is kept of single rows.
struct Rows {
    sampled: Extremes<RowDiagnostic>,
    costly: Extremes<RowDiagnostic>,
    influential: Extremes<RowDiagnostic>,
    remote: Extremes<RowDiagnostic>,
    deviation: f64,
    squares: f64,
    freedom: f64,
    rank: f64,
    last: Option<f64>,
    differences: f64,
}

impl Rows {
    fn new(fit: &LinearFit, kept: Kept, deviation: f64) -> Rows {
        let extremes = Extremes::new(kept.extremes);
        Rows {
            sampled: Extremes::new(kept.sample),
            costly: extremes.clone(),
            influential: extremes.clone(),
            remote: extremes,
            deviation,
            squares: fit.residual_sum_of_squares,
            freedom: fit.degrees_of_freedom as f64,
            rank: fit.rank as f64,
            last: None,
            differences: 0.0,
        }
    }

    fn add(&mut self, block: &Block<'_>, place: usize, residual: f64, leverage: f64) {
        let weight = block.weight(place);
        if weight == 0.0 {
            return;
        }
        let weighted = residual * weight.sqrt() / self.deviation;
        if let Some(last) = self.last.replace(weighted) {
            self.differences += (weighted - last) * (weighted - last);
        }
        let (row, rest) = (block.first + place as u64, (1.0 - leverage).max(0.0));
        let standardized = weighted / rest.sqrt();
        let cooks_distance = standardized * standardized * leverage / (rest * self.rank);
        let loss_share = weight * residual * residual / self.squares;
        let wanted = [
            (&mut self.sampled, lot(row)),
            (&mut self.costly, loss_share),
            (&mut self.influential, cooks_distance),
            (&mut self.remote, leverage),
        ];
        for (extremes, key) in wanted {
            if extremes.wants(key) {
                let square = standardized * standardized;
                let diagnostic = RowDiagnostic {
                    row,
                    actual: block.y[place],
                    fitted: block.y[place] - residual,
                    residual,
                    leverage,
                    standardized,
                    studentized: standardized * ((self.freedom - 1.0) / (self.freedom - square)).sqrt(),
                    cooks_distance,
                    loss_share,
                };
                extremes.offer(key, row, diagnostic);
            }
        }
    }

    fn finish(self, fit: &LinearFit, sums: &Sums) -> Diagnostics {
        let n = fit.rows as f64;
        let [mean, second, third, fourth] = sums.powers.map(|sum| sum / n);
        // Central moments from those about 0, which is near the mean.
        let square = mean * mean;
        let variance = second - square;
        let skewness = (third - 3.0 * mean * second + 2.0 * mean * square) / variance.powf(1.5);
        let kurtosis = (fourth - 4.0 * mean * third + 6.0 * square * second - 3.0 * square * square)
            / (variance * variance);
        let jarque_bera = n / 6.0 * (skewness * skewness + (kurtosis - 3.0) * (kurtosis - 3.0) / 4.0);
        let mut sample = self.sampled.into_sorted();
        sample.sort_by_key(|diagnostic| diagnostic.row);
        let costly = self.costly.into_sorted();
        Diagnostics {
            durbin_watson: self.differences / sums.powers[1],
            breusch_pagan: sums.breusch_pagan(n),
            jarque_bera: Test::above(jarque_bera, Distribution::ChiSquared(2.0)),
            skewness,
            kurtosis,
            sample,
            costly_share: costly.iter().map(|row| row.loss_share).sum(),
            costly,
            influential: self.influential.into_sorted(),
            remote: self.remote.into_sorted(),
        }
    }
}

/// A number within 0 and 1 that is as good as random, for each row the same every time (the finalizer of G. L. Steele,
/// D. Lea, C. H. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).
fn lot(row: u64) -> f64 {
    let mixed = row.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}
