//! `Row`: what a model says about one row, and a sample of such rows that is small however many there are.

/// What a model says about a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// The row that was used, counted from 0.
    pub row: u64,
    /// The target.
    pub actual: f64,
    /// The prediction.
    pub predicted: f64,
    /// The weight.
    pub weight: f64,
    /// The residual over its standard error; NaN where there is none.
    pub standardized: f64,
    /// The quantile residual: normal, where the model is right, whatever the family.
    pub quantile: f64,
    /// How far out the features are, from 0 to 1; NaN where that is not known.
    pub leverage: f64,
    /// How much all predictions would change without the row; NaN where that is not known.
    pub cooks_distance: f64,
    /// The part of the loss that the row carries, before it is divided by all rows' sum.
    pub loss: f64,
}

impl Row {
    /// What remains between the target and the prediction.
    pub fn residual(&self) -> f64 {
        self.actual - self.predicted
    }
}

/// Rows in a sample, at most; half of them at least where there are as many.
const MOST: usize = 4096;

/// The rows of the largest losses that are kept.
const HEAVIEST: usize = 10;

/// Some of the rows, evenly spread, and those of the largest losses.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Every `stride`-th row, in order.
    pub rows: Vec<Row>,
    /// The rows of the largest losses, the largest first.
    pub heaviest: Vec<Row>,
    /// The number of all rows.
    pub count: u64,
    stride: u64,
}

impl Default for Sample {
    fn default() -> Sample {
        Sample { rows: Vec::new(), heaviest: Vec::new(), count: 0, stride: 1 }
    }
}

impl Sample {
    /// Takes the next row, of this loss; it is made only where it stays.
    pub fn push(&mut self, loss: f64, make: impl FnOnce() -> Row) {
        let number = self.count;
        self.count += 1;
        if number.is_multiple_of(self.stride) && self.rows.len() == MOST {
            let mut index = 0;
            self.rows.retain(|_| {
                index += 1;
                index % 2 == 1
            });
            self.stride *= 2;
        }
        let even = number.is_multiple_of(self.stride);
        let place = self.heaviest.partition_point(|other| other.loss >= loss);
        let heavy = place < HEAVIEST && loss > 0.0;
        if !even && !heavy {
            return;
        }
        let row = make();
        if even {
            self.rows.push(row);
        }
        if heavy {
            self.heaviest.insert(place, row);
            self.heaviest.truncate(HEAVIEST);
        }
    }

    /// Whether some rows are not in it.
    pub fn is_part(&self) -> bool {
        self.stride > 1
    }

    /// The sample's rows and the heaviest ones that are not among them, in order: what pictures show.
    pub fn shown(&self) -> Vec<Row> {
        let mut rows = self.rows.clone();
        rows.extend(self.heaviest.iter().filter(|row| !row.row.is_multiple_of(self.stride)));
        rows.sort_by_key(|row| row.row);
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(count: u64) -> Sample {
        let mut sample = Sample::default();
        for row in 0..count {
            let loss = if row == 4321 { 9.0 } else { (row % 7) as f64 / 10.0 };
            let nan = f64::NAN;
            let (standardized, quantile, leverage, cooks_distance) = (nan, nan, nan, nan);
            let (actual, predicted, weight) = (1.0, 0.0, 1.0);
            sample.push(loss, || Row {
                row,
                actual,
                predicted,
                weight,
                standardized,
                quantile,
                leverage,
                cooks_distance,
                loss,
            });
        }
        sample
    }

    #[test]
    fn few_rows_are_all_there() {
        let sample = sample(100);
        assert_eq!((sample.rows.len(), sample.shown().len(), sample.is_part()), (100, 100, false));
    }

    #[test]
    fn of_many_rows_the_sample_is_even_and_the_heaviest_are_there() {
        let sample = sample(100_000);
        assert!((MOST / 2..=MOST).contains(&sample.rows.len()) && sample.is_part());
        assert!(sample.rows.windows(2).all(|pair| pair[1].row - pair[0].row == sample.stride));
        assert_eq!((sample.heaviest[0].row, sample.heaviest.len(), sample.count), (4321, HEAVIEST, 100_000));
        assert!(sample.heaviest.windows(2).all(|pair| pair[0].loss >= pair[1].loss));
        assert_eq!(sample.shown().iter().filter(|row| row.row == 4321).count(), 1);
    }
}
