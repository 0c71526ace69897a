//! Which rows a model is trained on, and which it is judged by.

use ndgrad_tensor::random::Generator;

/// Row numbers, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Split {
    pub train: Vec<usize>,
    pub validation: Vec<usize>,
}

impl Split {
    /// Puts about `fraction` of the rows, chosen by the seed, into the validation part: at least one, and never so
    /// many that the training part has no more rows than coefficients (`parameters`, the intercept included).
    /// Where both cannot be, or the fraction is 0, nothing is left to validate with.
    pub fn new(rows: usize, parameters: usize, fraction: f64, seed: u64) -> Split {
        let wanted = if fraction > 0.0 { (rows as f64 * fraction).round().max(1.0) as usize } else { 0 };
        let count = wanted.min(rows.saturating_sub(parameters + 1));
        let mut order = Generator::philox(seed).stream(STREAM).permutation(rows);
        let mut train = order.split_off(count);
        let mut validation = order;
        train.sort_unstable();
        validation.sort_unstable();
        Split { train, validation }
    }
}

/// The stream of random numbers that splits are drawn from; loaders draw from others.
const STREAM: u64 = 0x5917;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_in_one_part() {
        for (rows, parameters, fraction, expected) in [
            (100, 5, 0.2, 20),
            (333, 10, 0.2, 67),
            (16, 7, 0.2, 3),
            (10, 8, 0.5, 1),
            (9, 8, 0.2, 0),
            (8, 8, 0.2, 0),
            (20, 2, 0.01, 1),
            (20, 2, 0.0, 0),
            (20, 2, 0.99, 17),
        ] {
            let split = Split::new(rows, parameters, fraction, 1);
            assert_eq!(split.validation.len(), expected, "{rows} {parameters} {fraction}");
            let mut all = [&split.train[..], &split.validation[..]].concat();
            all.sort();
            assert_eq!(all, Vec::from_iter(0..rows));
            assert!(split.train.is_sorted() && split.validation.is_sorted());
        }
    }

    #[test]
    fn the_seed_decides() {
        assert_eq!(Split::new(100, 2, 0.2, 7), Split::new(100, 2, 0.2, 7));
        assert_ne!(Split::new(100, 2, 0.2, 7), Split::new(100, 2, 0.2, 8));
    }
}
