//! `Columns`: what the columns of a design look like, for effects that can be compared.

use ndgrad::Result;
use ndgrad::linear::Observations;

/// Mean, deviation and range of each column.
#[derive(Clone, Debug)]
pub struct Columns {
    /// The means.
    pub means: Vec<f64>,
    /// The standard deviations, of as many degrees of freedom as rows less one.
    pub deviations: Vec<f64>,
    /// The smallest and the largest number.
    pub ranges: Vec<(f64, f64)>,
}

impl Columns {
    /// Reads the rows once (B. P. Welford, *Note on a Method for Calculating Corrected Sums of Squares and
    /// Products*, Technometrics 4, 1962).
    pub fn of(observations: &mut dyn Observations) -> Result<Columns> {
        let width = observations.names().len();
        let (mut means, mut squares, mut count) = (vec![0.0; width], vec![0.0; width], 0.0);
        let mut ranges = vec![(f64::INFINITY, f64::NEG_INFINITY); width];
        observations.pass(&mut |block| {
            for row in block.x.chunks_exact(width.max(1)) {
                count += 1.0;
                for (j, &value) in row.iter().enumerate() {
                    let before = value - means[j];
                    means[j] += before / count;
                    squares[j] += before * (value - means[j]);
                    ranges[j] = (ranges[j].0.min(value), ranges[j].1.max(value));
                }
            }
            Ok(())
        })?;
        let deviations = squares.iter().map(|squares| (squares / (count - 1.0)).sqrt()).collect();
        Ok(Columns { means, deviations, ranges })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndgrad::linear::InMemory;

    #[test]
    fn columns_are_described() {
        let x = vec![1.0, 5.0, 3.0, 5.0, 5.0, 8.0];
        let mut rows = InMemory::new(["a", "b"].map(String::from), x, vec![0.0; 3]).unwrap();
        let columns = Columns::of(&mut rows).unwrap();
        assert_eq!(columns.means, [3.0, 6.0]);
        assert_eq!(columns.deviations, [2.0, 3f64.sqrt()]);
        assert_eq!(columns.ranges, [(1.0, 5.0), (5.0, 8.0)]);
    }
}
