//! `Dataset`: rows that are handed out a batch at a time.

use ndgrad_array::OperationError;
use ndgrad_tensor::Tensor;
use ndgrad_tensor::simd::{LEAST_FAR, prefetch};

/// Rows, handed out a whole batch at a time.
///
/// A batch is made in one go for a list of row numbers, never row by row: one gather per array costs less than
/// the rows' bookkeeping would.
///
/// ```
/// use ndgrad_data::{DataLoader, Dataset};
///
/// /// The squares of 0 to 9, made when they are asked for.
/// struct Squares;
///
/// impl Dataset for Squares {
///     type Batch = Vec<usize>;
///
///     fn len(&self) -> usize {
///         10
///     }
///
///     fn batch(&self, rows: &[usize]) -> Vec<usize> {
///         rows.iter().map(|row| row * row).collect()
///     }
/// }
///
/// let batches: Vec<_> = DataLoader::new(Squares).batch_size(4).iter().collect();
/// assert_eq!(batches, [vec![0, 1, 4, 9], vec![16, 25, 36, 49], vec![64, 81]]);
/// ```
pub trait Dataset: Send + Sync + 'static {
    /// What a batch is: a tensor, a pair of them.
    type Batch: Send + 'static;

    /// The number of rows. It must stay the same.
    fn len(&self) -> usize;

    /// The rows with these numbers, each below [`len`](Dataset::len), in this order. The same rows must give the
    /// same batch whenever they are asked for, on whatever thread.
    fn batch(&self, rows: &[usize]) -> Self::Batch;

    /// Rows that will be asked for soon: to fetch them ahead, if that gains anything. Nothing by default.
    fn expect(&self, rows: &[usize]) {
        let _ = rows;
    }

    /// Whether there are no rows.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The tensors whose rows a batch is, in the order of the tensors in it, if it is nothing else: a compiled function
    /// then goes over batches without making them ([`Compiled::over`](ndgrad_tensor::compile::Compiled::over)). None by
    /// default.
    fn tables(&self) -> Vec<Tensor> {
        Vec::new()
    }
}

/// The rows along the first axis, without history: no gradient flows into a data set.
impl Dataset for Tensor {
    type Batch = Tensor;

    fn len(&self) -> usize {
        Tensor::len(self)
    }

    fn batch(&self, rows: &[usize]) -> Tensor {
        self.detach().take(rows)
    }

    fn expect(&self, rows: &[usize]) {
        ask_for(self, rows);
    }

    fn tables(&self) -> Vec<Tensor> {
        vec![self.detach()]
    }
}

/// Features and labels, row by row: a batch is the pair of both for the same rows.
///
/// ```
/// use ndgrad_data::{ArrayDataset, Dataset};
/// use ndgrad_tensor::tensor;
/// let x = tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]);
/// let y = tensor([10.0, 20.0, 30.0]);
/// let (data, label) = ArrayDataset::new(&x, &y).batch(&[2, 0]);
/// assert_eq!(data.to_vec::<f32>(), [5.0, 6.0, 1.0, 2.0]);
/// assert_eq!(label.to_vec::<f32>(), [30.0, 10.0]);
/// ```
#[derive(Clone, Debug)]
pub struct ArrayDataset {
    x: Tensor,
    y: Tensor,
}

impl ArrayDataset {
    /// Rows of `x` with the rows of `y`, along their first axes. Both are kept as they are at this moment; their
    /// memory is shared unless their elements lie scattered, as in a column of a table.
    ///
    /// # Panics
    /// When the numbers of rows differ, or one is a scalar.
    #[track_caller]
    pub fn new(x: &Tensor, y: &Tensor) -> ArrayDataset {
        check_rows("array_dataset", &[("x", x), ("y", y)]);
        ArrayDataset { x: in_one_block(x), y: in_one_block(y) }
    }
}

impl Dataset for ArrayDataset {
    type Batch = (Tensor, Tensor);

    fn len(&self) -> usize {
        self.x.len()
    }

    fn batch(&self, rows: &[usize]) -> (Tensor, Tensor) {
        (self.x.take(rows), self.y.take(rows))
    }

    fn expect(&self, rows: &[usize]) {
        ask_for(&self.x, rows);
        ask_for(&self.y, rows);
    }

    fn tables(&self) -> Vec<Tensor> {
        vec![self.x.clone(), self.y.clone()]
    }
}

/// Asks memory for rows of a tensor.
fn ask_for(tensor: &Tensor, rows: &[usize]) {
    if tensor.shape().size() * tensor.dtype().size() < LEAST_FAR {
        return;
    }
    let array = tensor.array();
    let Some(bytes) = array.as_bytes() else { return };
    let width = bytes.len() / tensor.len();
    for &row in rows {
        prefetch(&bytes[row * width..][..width]);
    }
}

/// Panics at the caller's line unless all tensors have rows, and equally many.
#[track_caller]
pub(crate) fn check_rows(operation: &str, tensors: &[(&str, &Tensor)]) {
    let refuse = |rule: &str, note: &dyn Fn(&Tensor) -> String| -> OperationError {
        tensors.iter().fold(OperationError::new(operation, rule), |error, (name, tensor)| {
            error.operand(name, tensor.shape(), note(tensor))
        })
    };
    if tensors.iter().any(|(_, tensor)| tensor.rank() == 0) {
        panic!("{}", refuse("a scalar has no rows", &|_| String::new()));
    }
    if tensors.iter().any(|(_, tensor)| tensor.len() != tensors[0].1.len()) {
        panic!("{}", refuse("numbers of rows differ", &|tensor| format!("has {} rows", tensor.len())));
    }
}

/// The value without history, its rows one behind the other: gathering from a view with strides would copy all
/// of it for each batch.
pub(crate) fn in_one_block(tensor: &Tensor) -> Tensor {
    let tensor = tensor.detach();
    if tensor.array().layout().is_contiguous() {
        return tensor;
    }
    tensor.take(&(0..tensor.len()).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use ndgrad_tensor::{autograd, tensor};

    use super::*;

    #[test]
    fn a_batch_is_one_gather_per_array() {
        let x = Tensor::linspace(0.0, 11.0, 12).reshape([3, 2, 2]);
        let dataset = ArrayDataset::new(&x, &tensor([7.0, 8.0, 9.0]));
        let (data, label) = dataset.batch(&[1, 1, 0]);
        assert_eq!(data.shape(), [3, 2, 2]);
        assert_eq!(data.to_vec::<f32>(), [4.0, 5.0, 6.0, 7.0, 4.0, 5.0, 6.0, 7.0, 0.0, 1.0, 2.0, 3.0]);
        assert_eq!(label.to_vec::<f32>(), [8.0, 8.0, 7.0]);
        assert_eq!((dataset.len(), dataset.is_empty()), (3, false));
    }

    #[test]
    fn columns_of_a_table_are_data_too() {
        let table = tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
        let dataset = ArrayDataset::new(&table.i((.., 1..)), &table.i((.., 0)));
        let (data, label) = dataset.batch(&[1, 0]);
        assert_eq!(data.to_vec::<f32>(), [5.0, 6.0, 2.0, 3.0]);
        assert_eq!(label.to_vec::<f32>(), [4.0, 1.0]);
    }

    #[test]
    fn data_has_no_history_and_keeps_its_value() {
        let leaf = tensor([1.0, 2.0]).attach_grad();
        let dataset = ArrayDataset::new(&leaf, &leaf);
        leaf.assign(tensor([3.0, 4.0]));
        let (data, of_tensor) = autograd::record(|| (dataset.batch(&[0]).0, Dataset::batch(&leaf, &[0])));
        assert_eq!((data.item(), of_tensor.item()), (1.0, 3.0));
        assert!(!data.requires_grad() && !of_tensor.requires_grad());
    }

    fn refusal(x: &Tensor, y: &Tensor) -> String {
        let panic = catch_unwind(AssertUnwindSafe(|| ArrayDataset::new(x, y))).unwrap_err();
        panic.downcast_ref::<String>().unwrap().clone()
    }

    #[test]
    fn unequal_numbers_of_rows_are_refused() {
        assert_eq!(
            refusal(&Tensor::zeros([4, 2]), &Tensor::zeros([3])),
            "array_dataset: numbers of rows differ\n    x  [4, 2]   has 4 rows\n    y  [3]      has 3 rows"
        );
        assert_eq!(
            refusal(&Tensor::zeros([4, 2]), &Tensor::zeros(())),
            "array_dataset: a scalar has no rows\n    x  [4, 2]\n    y  []"
        );
    }

    #[test]
    fn the_refusal_names_the_callers_line() {
        let line = std::sync::Arc::new(std::sync::Mutex::new(None));
        let seen = line.clone();
        let hook = std::panic::take_hook();
        let here = std::thread::current().id();
        std::panic::set_hook(Box::new(move |panic| {
            if std::thread::current().id() == here {
                *seen.lock().unwrap() = panic.location().map(|at| (at.file().to_string(), at.line()));
            }
        }));
        let (x, y) = (Tensor::zeros([4]), Tensor::zeros([3]));
        let expected = line!() + 1;
        let refused = catch_unwind(AssertUnwindSafe(|| ArrayDataset::new(&x, &y)));
        std::panic::set_hook(hook);
        assert!(refused.is_err());
        assert_eq!(*line.lock().unwrap(), Some((file!().to_string(), expected)));
    }
}
