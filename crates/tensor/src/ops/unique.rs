//! `unique`: the different values of a tensor.

use ndgrad_array::{Element, with_dtype};

use crate::Tensor;

/// The different values of a tensor, where they occur and how often: see [`Tensor::unique`].
#[derive(Clone, Debug)]
pub struct Unique {
    /// The values in rising order, NaN last: one axis.
    pub values: Tensor,
    /// For each element of the tensor, in its shape, the position of its value among [`Unique::values`]. i64.
    pub inverse: Tensor,
    /// How often each value occurs. i64.
    pub counts: Tensor,
}

impl Tensor {
    /// The different values among all elements, in rising order, NaN last and once; with the place of each element's
    /// value among them, and how often each occurs. No gradient flows.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// let found = tensor([[3.0, 1.0], [1.0, 2.0]]).unique();
    /// assert_eq!(found.values.to_vec::<f32>(), [1.0, 2.0, 3.0]);
    /// assert_eq!(found.inverse.to_vec::<i64>(), [2, 0, 0, 1]);
    /// assert_eq!(found.counts.to_vec::<i64>(), [2, 1, 1]);
    /// ```
    #[track_caller]
    pub fn unique(&self) -> Unique {
        let line = self.detach().reshape(self.size());
        let order = line.argsort(0);
        let sorted = line.gather(0, &order).array();
        let starts = with_dtype!(sorted.dtype(), T => starts::<T>(sorted.as_slice().expect("gathered")));
        let ends = starts.iter().skip(1).copied().chain([line.size()]);
        let counts: Vec<i64> = starts.iter().zip(ends).map(|(start, end)| (end - start) as i64).collect();
        let mut inverse = vec![0; line.size()];
        let mut places = counts.iter().enumerate().flat_map(|(i, &count)| (0..count).map(move |_| i as i64));
        for at in order.to_vec::<i64>() {
            inverse[at as usize] = places.next().expect("the counts add up");
        }
        Unique {
            values: Tensor::from_array(sorted).take(&starts),
            inverse: Tensor::from_slice(self.shape(), &inverse).to_device(self.device()),
            counts: Tensor::from_slice(counts.len(), &counts).to_device(self.device()),
        }
    }
}

/// Where in a sorted line the values begin. NaN equals NaN here.
fn starts<T: Element>(sorted: &[T]) -> Vec<usize> {
    let same = |x: T, y: T| x == y || (x.to_f64().is_nan() && y.to_f64().is_nan());
    (0..sorted.len()).filter(|&i| i == 0 || !same(sorted[i - 1], sorted[i])).collect()
}
