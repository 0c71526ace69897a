//! `Backend`: what a device must be able to compute.

use crate::{Array, Binary, Breakdown, MatrixFunction, Normalization, Predicate, Reduction, Unary, Wide};

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

    /// `x[i] = formula(x[i], y[i])`, where `x` is contiguous and of floats, and `y` stretches to its shape.
    fn zip_into<F: Binary>(&self, formula: F, x: &mut Array, y: &Array);

    /// `out[i] = predicate(x[i], y[i])`, where `x` and `y` stretch to the shape of `out`, which is bool.
    fn compare<P: Predicate>(&self, predicate: P, x: &Array, y: &Array, out: &mut Array);

    /// `out[i] = if mask[i] { x[i] } else { y[i] }`, where all three stretch to the shape of `out`.
    fn select(&self, mask: &Array, x: &Array, y: &Array, out: &mut Array);

    /// Reduces the trailing axes of `x`, those beyond `kept`, to one number each.
    fn reduce<F: Reduction>(&self, formula: F, x: &Array, kept: usize, out: &mut Array);

    /// Rows of `x`, the trailing axes beyond `kept`, by what each of them comes to. `x` and `out` are floats of one shape.
    fn normalize<A: Reduction, B: Binary, U: Unary, C: Reduction, D: Binary>(
        &self,
        formulas: Normalization<A, B, U, C, D>,
        x: &Array,
        kept: usize,
        out: &mut Array,
    );

    /// The position, counted from 0, of the number among those along the last axis of `x` that comes first by
    /// `before`; of several the one with the lowest position. `out` is i64. NaN comes before everything.
    fn arg_reduce<P: Predicate>(&self, before: P, x: &Array, out: &mut Array);

    /// `out[.., i]` is the reduction of `x[.., ..=i]`, one after the other along the last axis.
    fn scan<F: Reduction>(&self, formula: F, x: &Array, out: &mut Array);

    /// The positions, counted from 0, that sort the numbers along the last axis of `x`, equal ones in the order in
    /// which they stand, NaN last. `out` is i64.
    fn argsort(&self, x: &Array, descending: bool, out: &mut Array);

    /// `out[.., i] = factor[.., i] * out[.., i - 1] + term[.., i]`, one after the other along the last axis, from 0.
    fn recurrence(&self, term: &Array, factor: &Array, out: &mut Array);

    /// `out[.., i] = x[.., index[.., i]]` along the last axis. `index` is i64, negative positions count from the end,
    /// and every position must exist.
    fn gather_lines(&self, x: &Array, index: &Array, out: &mut Array);

    /// `out[.., index[.., i]] += x[.., i]` along the last axis, in order of `i`, from zeros. `index` as for
    /// [`Backend::gather_lines`].
    fn scatter_add_lines(&self, x: &Array, index: &Array, out: &mut Array);

    /// How many of the numbers of `sorted` (one line, in rising order, NaN last) stand before each number of `x`;
    /// equal ones do if `right`. `out` is i64.
    fn search_sorted(&self, sorted: &Array, x: &Array, right: bool, out: &mut Array);

    /// The matrix products `[.., m, k] x [.., k, n] -> [.., m, n]`, where leading axes stretch to those of `out`.
    fn matmul(&self, x: &Array, y: &Array, out: &mut Array);

    /// The function of each matrix (or pair of them), of floats. It is computed in f64 and rounded once to the dtype
    /// of `out`.
    ///
    /// # Errors
    /// When the numbers are such that there is no result; `out` is then unspecified.
    fn matrices(&self, function: MatrixFunction, inputs: &[&Array], out: &mut Array)
    -> Result<(), Breakdown>;

    /// `out[i] = x[rows[i]]` along the first axis. Every row must exist.
    fn gather(&self, x: &Array, rows: &[usize], out: &mut Array);

    /// `out[rows[i]] += x[i]` along the first axis, in order of `i`, from zeros. Every row must exist.
    fn scatter_add(&self, x: &Array, rows: &[usize], out: &mut Array);

    /// Writes `x`, converted to the dtype of `out`, into the elements of `out`, which may be any view.
    fn copy(&self, x: &Array, out: &mut Array);

    /// Writes one number everywhere.
    fn fill(&self, value: Wide, out: &mut Array);
}
