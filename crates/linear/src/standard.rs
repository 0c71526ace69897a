//! `Standard`: the columns of a regression about their means and in their own units, as iterative methods see them.

use crate::observations::{Block, Observations};
use ndgrad_array::{Error, Result};

/// What the first pass learns. Any centre and any unit give the same model; near the mean and the deviation, steps of
/// iterative methods lose no digits to a far origin or to mixed units.
#[derive(Clone, Debug)]
pub(crate) struct Standard {
    pub names: Vec<String>,
    pub intercept: bool,
    /// One for each column; 0 without an intercept.
    pub centres: Vec<f64>,
    /// One for each column: the power of two next to the deviation from the centre, so that scaling is exact. That of a
    /// constant column is infinite, which leaves zeros of it.
    pub units: Vec<f64>,
    /// The weighted deviation of each column from its mean, of divisor n.
    pub deviations: Vec<f64>,
    /// The columns that take part.
    pub kept: Vec<usize>,
    /// Rows of a weight above 0.
    pub rows: u64,
    /// The sum of the weights.
    pub weight: f64,
    /// The weighted mean of the target.
    pub target_mean: f64,
    /// The weighted deviation of the target, of divisor n.
    pub target_deviation: f64,
    /// Whether some row has an offset other than 0.
    pub has_offset: bool,
    /// Clusters, if rows have one: one more than the largest number.
    pub clusters: Option<usize>,
}

/// Weighted sums of what lies beyond the first row.
struct Sums {
    first: Vec<f64>,
    sums: Vec<f64>,
    squares: Vec<f64>,
}

impl Sums {
    fn add(&mut self, row: impl Iterator<Item = f64>, weight: f64) {
        let places = self.first.iter().zip(&mut self.sums).zip(&mut self.squares);
        for (value, ((first, sum), square)) in row.zip(places) {
            let shifted = value - first;
            *sum += weight * shifted;
            *square += weight * shifted * shifted;
        }
    }
}

impl Standard {
    /// Reads all rows once. `refuse` says what is wrong with a target, and the remedy; `method` begins every message.
    ///
    /// # Errors
    /// [`Error::Data`], naming the row, if a number is not finite, a weight is below 0, a target is refused; or if no row
    /// has a weight above 0.
    pub fn learn(
        observations: &mut dyn Observations,
        method: &str,
        refuse: &dyn Fn(f64) -> Option<String>,
    ) -> Result<Standard> {
        let names = observations.names().to_vec();
        let (intercept, width) = (observations.has_intercept(), names.len());
        let mut sums: Option<Sums> = None;
        let (mut rows, mut weight, mut has_offset) = (0_u64, 0.0, false);
        let mut clusters: Option<usize> = None;
        observations.pass(&mut |block| {
            for i in 0..block.rows() {
                let x = &block.x[i * width..][..width];
                let row_weight = check(block, i, x, &names, method, refuse)?;
                has_offset |= block.offset.is_some_and(|offset| offset[i] != 0.0);
                if let Some(cluster) = block.clusters.map(|clusters| clusters[i] as usize) {
                    clusters = Some(clusters.unwrap_or(0).max(cluster + 1));
                }
                if row_weight == 0.0 {
                    continue;
                }
                let all = || x.iter().copied().chain([block.y[i]]);
                let sums = sums.get_or_insert_with(|| Sums {
                    // Without an intercept, columns are measured from 0; the target is not part of the model.
                    first: all()
                        .enumerate()
                        .map(|(j, v)| if intercept || j == width { v } else { 0.0 })
                        .collect(),
                    sums: vec![0.0; width + 1],
                    squares: vec![0.0; width + 1],
                });
                sums.add(all(), row_weight);
                rows += 1;
                weight += row_weight;
            }
            Ok(())
        })?;
        let Some(Sums { first, sums, squares }) = sums else {
            return Err(Error::Data(format!(
                "{method}: no row has a weight above 0\n    give it rows to learn from"
            )));
        };
        let mut centres = Vec::with_capacity(width);
        let mut units = Vec::with_capacity(width);
        let mut deviations = Vec::with_capacity(width);
        for j in 0..width {
            let mean = sums[j] / weight;
            let square = squares[j] / weight;
            centres.push(if intercept { first[j] + mean } else { 0.0 });
            let spread = (square - mean * mean).max(0.0).sqrt();
            let deviation = if intercept { spread } else { square.sqrt() };
            units.push(unit(deviation, centres[j]));
            deviations.push(spread);
        }
        let shift = sums[width] / weight;
        let target_mean = first[width] + shift;
        let target_deviation = (squares[width] / weight - shift * shift).max(0.0).sqrt();
        let kept = (0..width).collect();
        Ok(Standard {
            names,
            intercept,
            centres,
            units,
            deviations,
            kept,
            rows,
            weight,
            target_mean,
            target_deviation,
            has_offset,
            clusters,
        })
    }

    /// 1 with an intercept, else 0: the place of the first column's parameter.
    pub fn ones(&self) -> usize {
        usize::from(self.intercept)
    }

    /// The number of parameters.
    pub fn parameters(&self) -> usize {
        self.ones() + self.kept.len()
    }

    /// The same rows with no column.
    pub fn without_columns(&self) -> Standard {
        Standard { kept: Vec::new(), ..self.clone() }
    }

    /// The parts of one row that parameters are multiplied by.
    pub fn row<'a>(&'a self, x: &'a [f64]) -> impl Iterator<Item = f64> + 'a {
        let columns = self.kept.iter().map(|&j| (x[j] - self.centres[j]) / self.units[j]);
        std::iter::repeat_n(1.0, self.ones()).chain(columns)
    }

    /// The row times the parameters.
    pub fn predict(&self, x: &[f64], parameters: &[f64]) -> f64 {
        self.row(x).zip(parameters).map(|(z, p)| z * p).sum()
    }

    /// Parameters for the columns as they were given: the intercept, if any, then the kept columns.
    pub fn in_units(&self, parameters: &[f64]) -> Vec<f64> {
        let ones = self.ones();
        let mut given: Vec<f64> = parameters.to_vec();
        for (k, &j) in self.kept.iter().enumerate() {
            given[ones + k] = parameters[ones + k] / self.units[j];
            if self.intercept {
                given[0] -= self.centres[j] * given[ones + k];
            }
        }
        given
    }

    /// A covariance of parameters, row after row, as that of [`Standard::in_units`] of them.
    pub fn covariance_in_units(&self, covariance: &[f64]) -> Vec<f64> {
        both_sides(covariance, self.parameters(), |row| self.in_units(row))
    }

    /// The names of the parameters.
    pub fn terms(&self) -> Vec<String> {
        let intercept = self.intercept.then(|| crate::Inference::INTERCEPT.to_string());
        intercept.into_iter().chain(self.kept.iter().map(|&j| self.names[j].clone())).collect()
    }

    /// # Errors
    /// If there are fewer rows than parameters.
    pub fn check_rows(&self, method: &str) -> Result<()> {
        check_rows(method, self.rows, "", self.kept.len(), self.intercept)
    }
}

/// `which` says of the rows which ones count.
///
/// # Errors
/// If there are fewer rows than parameters.
pub(crate) fn check_rows(
    method: &str,
    rows: u64,
    which: &str,
    columns: usize,
    intercept: bool,
) -> Result<()> {
    let parameters = (columns + usize::from(intercept)).max(1);
    if rows >= parameters as u64 {
        return Ok(());
    }
    let and_intercept = if intercept { " and an intercept" } else { "" };
    let s = |count| if count == 1 { "" } else { "s" };
    Err(Error::Data(format!(
        "{method}: {rows} row{}{which} cannot determine {columns} column{}{and_intercept}; at least {parameters} are needed\n    \
         add rows, use fewer columns, or fit with a penalty (ridge), which needs no more rows than there are",
        s(rows),
        s(columns as u64),
    )))
}

/// `T M T'`, row after row, of a symmetric `M` of this size and what `T` makes of a row.
pub(crate) fn both_sides(matrix: &[f64], size: usize, change: impl Fn(&[f64]) -> Vec<f64>) -> Vec<f64> {
    // The change is linear: once for the columns, once for the rows.
    let across: Vec<Vec<f64>> = matrix.chunks_exact(size.max(1)).map(&change).collect();
    let mut changed = vec![0.0; size * size];
    for j in 0..size {
        let column: Vec<f64> = across.iter().map(|row| row[j]).collect();
        for (i, value) in change(&column).into_iter().enumerate() {
            changed[i * size + j] = value;
        }
    }
    changed
}

/// The part of a column's size below which its deviation is rounding.
const CONSTANT: f64 = 1e-13;

/// The power of two at or below a deviation.
fn unit(deviation: f64, centre: f64) -> f64 {
    if deviation > CONSTANT * centre.abs() && deviation.is_finite() {
        libm::scalbn(1.0, libm::ilogb(deviation).clamp(-1000, 1000))
    } else {
        f64::INFINITY
    }
}

/// The weight of row `i` of a block, if all its numbers can be used.
fn check(
    block: &Block<'_>,
    i: usize,
    x: &[f64],
    names: &[String],
    method: &str,
    refuse: &dyn Fn(f64) -> Option<String>,
) -> Result<f64> {
    let number = block.first + i as u64;
    let bad = |what: &str, value: f64, remedy: &str| {
        Err(Error::Data(format!(
            "{method}: {what} is {value} in row {number} (rows are counted from 0)\n    {remedy}"
        )))
    };
    let fill = "drop the row, or fill the value in";
    if let Some(j) = x.iter().position(|value| !value.is_finite()) {
        return bad(&format!("{:?}", names[j]), x[j], fill);
    }
    let y = block.y[i];
    if !y.is_finite() {
        return bad("the target", y, fill);
    }
    if let Some(remedy) = refuse(y) {
        return bad("the target", y, &remedy);
    }
    if let Some(offset) = block.offset.map(|offset| offset[i]).filter(|offset| !offset.is_finite()) {
        return bad("the offset", offset, fill);
    }
    let weight = block.weights.map_or(1.0, |weights| weights[i]);
    if !(weight >= 0.0 && weight.is_finite()) {
        return bad("the weight", weight, "a weight is at least 0; a row of weight 0 is left out");
    }
    Ok(weight)
}
