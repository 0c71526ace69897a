//! `Values`: whatever can be read as a list of numbers.

use ndgrad_tensor::{DType, Tensor};

/// A list of numbers to draw: a [`Tensor`], slices, arrays and vectors of `f64` or `f32`, and references to them.
///
/// ```
/// use ndgrad_plot::Values;
/// assert_eq!([1.0_f32, 2.5].values(), vec![1.0, 2.5]);
/// assert_eq!(vec![1.0, 2.5][1..].values(), vec![2.5]);
/// ```
pub trait Values {
    /// The numbers in order, as `f64`. A tensor of several axes gives its elements row by row.
    fn values(&self) -> Vec<f64>;
}

impl Values for [f64] {
    fn values(&self) -> Vec<f64> {
        self.to_vec()
    }
}

impl Values for [f32] {
    fn values(&self) -> Vec<f64> {
        self.iter().map(|&value| f64::from(value)).collect()
    }
}

impl<T> Values for Vec<T>
where
    [T]: Values,
{
    fn values(&self) -> Vec<f64> {
        self.as_slice().values()
    }
}

impl<T, const N: usize> Values for [T; N]
where
    [T]: Values,
{
    fn values(&self) -> Vec<f64> {
        self.as_slice().values()
    }
}

impl Values for Tensor {
    fn values(&self) -> Vec<f64> {
        self.to_dtype(DType::F64).to_vec()
    }
}

impl<V: Values + ?Sized> Values for &V {
    fn values(&self) -> Vec<f64> {
        (**self).values()
    }
}

#[cfg(test)]
mod tests {
    use ndgrad_tensor::tensor;

    use super::*;

    fn read<V: Values + ?Sized>(values: &V) -> Vec<f64> {
        values.values()
    }

    #[test]
    fn every_kind_of_list_reads_the_same() {
        let expected = vec![0.5, -2.0];
        assert_eq!(read(&[0.5_f32, -2.0]), expected);
        assert_eq!(read(&[0.5_f64, -2.0]), expected);
        assert_eq!(read(&vec![0.5_f32, -2.0]), expected);
        assert_eq!(read(&vec![0.5_f64, -2.0]), expected);
        assert_eq!(read(&[9.0, 0.5, -2.0][1..]), expected);
        assert_eq!(read(&&vec![0.5_f64, -2.0]), expected);
        assert_eq!(read(&tensor([0.5, -2.0])), expected);
        assert_eq!(read(&tensor([[0.5], [-2.0]]).attach_grad()), expected);
    }
}
