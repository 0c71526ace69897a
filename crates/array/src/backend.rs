//! `Backend`: what a device must be able to compute.

use crate::{Array, Binary, Reduction, Unary};

/// The kernels of a device. Callers have checked shapes, dtypes and devices; `out` is contiguous and of the
/// right size unless said otherwise, and every element of it is written.
///
/// Results depend on the operands' values and shapes alone: not on their layouts, nor on the number of
/// threads, nor on the machine.
pub trait Backend {
    /// `out[i] = formula(x[i])`
    fn map<F: Unary>(&self, formula: F, x: &Array, out: &mut Array);

    /// `out[i] = formula(x[i], y[i])`, where `x` and `y` stretch to the shape of `out`.
    fn zip<F: Binary>(&self, formula: F, x: &Array, y: &Array, out: &mut Array);

    /// Reduces the trailing axes of `x`, those beyond `kept`, to one number each.
    fn reduce<F: Reduction>(&self, formula: F, x: &Array, kept: usize, out: &mut Array);

    /// The matrix product `[m, k] x [k, n] -> [m, n]`.
    fn matmul(&self, x: &Array, y: &Array, out: &mut Array);

    /// `out[i] = x[rows[i]]` along the first axis. Every row must exist.
    fn gather(&self, x: &Array, rows: &[usize], out: &mut Array);

    /// `out[rows[i]] += x[i]` along the first axis, in order of `i`, from zeros. Every row must exist.
    fn scatter_add(&self, x: &Array, rows: &[usize], out: &mut Array);

    /// Writes `x`, converted to the dtype of `out`, into the elements of `out`, which may be any view.
    fn copy(&self, x: &Array, out: &mut Array);

    /// Writes one number everywhere.
    fn fill(&self, value: f64, out: &mut Array);
}
