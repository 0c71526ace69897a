//! `Whitener`: rows of a fit in coordinates in which its columns are orthogonal, where leverage is a length.

use crate::exact::answer::Answer;
use crate::observations::Block;
use ndgrad_tensor::gram::{LANES, Lanes};

/// `u = R^-T x` for rows x of the scaled and shifted columns: the sum of `w u u'` over all rows is the identity.
pub(crate) struct Whitener<'a> {
    answer: &'a Answer,
    /// The scale and centre of each kept column.
    units: Vec<(f64, f64)>,
    width: usize,
}

impl<'a> Whitener<'a> {
    pub fn new(answer: &'a Answer) -> Self {
        let scales = answer.frame.scales();
        let scales = scales.as_flattened();
        let units = answer.kept.iter().map(|&j| (scales[j], answer.frame.centres[j].value())).collect();
        Whitener { answer, units, width: answer.frame.columns() }
    }

    /// The number of coordinates.
    pub fn size(&self) -> usize {
        self.answer.rank()
    }

    /// Writes the coordinates of up to eight rows side by side.
    #[inline(always)]
    pub fn write(&self, block: &Block<'_>, first: usize, count: usize, z: &mut [Lanes]) {
        let ones = self.answer.ones;
        z[..ones].fill([1.0; LANES]);
        for ((z, &j), &(scale, centre)) in z[ones..].iter_mut().zip(&self.answer.kept).zip(&self.units) {
            *z = [0.0; LANES];
            for (r, z) in z.iter_mut().enumerate().take(count) {
                *z = block.x[(first + r) * self.width + j] * scale - centre;
            }
        }
        for (i, row) in self.answer.triangle.rows.iter().enumerate() {
            let (head, tail) = z.split_at_mut(i + 1);
            let solved = &mut head[i];
            for solved in solved.iter_mut() {
                *solved /= row[i];
            }
            for (z, &entry) in tail.iter_mut().zip(&row[i + 1..]) {
                for l in 0..LANES {
                    z[l] -= entry * solved[l];
                }
            }
        }
    }
}

/// The sum of the squares of the coordinates, for eight rows.
#[inline(always)]
pub(crate) fn squares(z: &[Lanes]) -> Lanes {
    let mut sums = [0.0; LANES];
    for z in z {
        for l in 0..LANES {
            sums[l] += z[l] * z[l];
        }
    }
    sums
}
