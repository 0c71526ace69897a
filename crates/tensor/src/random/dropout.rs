//! `dropout`: zeros in random places.

use ndgrad_array::{DTypes, OperationError};

use super::continuous::check;
use super::{Generator, bernoulli};
use crate::ops::refuse;
use crate::{Tensor, autograd};

impl Tensor {
    /// In train mode ([`autograd::is_training`]: within `record`, for one), 0 in place of each element with probability
    /// `p`, and the others divided by `1 - p`, so that the mean stays; in predict mode the tensor itself (Srivastava,
    /// Hinton, Krizhevsky, Sutskever and Salakhutdinov, "Dropout", JMLR 15, 2014). The gradient passes where the element
    /// stayed, with the same factor. The places are drawn from the thread's default generator.
    ///
    /// A dropped infinity or NaN gives NaN. With `p = 1` all is dropped.
    ///
    /// ```
    /// use ndgrad_tensor::{Tensor, autograd, random};
    /// random::seed(1);
    /// let x = Tensor::ones([1000]);
    /// let y = autograd::train_mode(|| x.dropout(0.2));
    /// assert!(y.to_vec::<f32>().iter().all(|&y| y == 0.0 || y == 1.25));
    /// assert!((y.mean().item() - 1.0).abs() < 0.05);
    /// assert_eq!(x.dropout(0.2).mean().item(), 1.0);
    /// ```
    ///
    /// # Panics
    /// When `p` is not between 0 and 1; when the dtype is not a float.
    #[track_caller]
    pub fn dropout(&self, p: f64) -> Tensor {
        check_dropout(self, p);
        if autograd::is_training() { self.thinned(p, bernoulli(self.shape(), 1.0 - p)) } else { self.clone() }
    }

    /// [`Tensor::dropout`] in whatever mode, with places drawn from this generator.
    ///
    /// ```
    /// use ndgrad_tensor::{Tensor, random::Generator};
    /// let x = Tensor::ones([1000]);
    /// let [first, again] = [3, 3].map(|seed| x.dropout_from(&mut Generator::philox(seed), 0.5));
    /// assert_eq!(first.to_vec::<f32>(), again.to_vec::<f32>());
    /// ```
    ///
    /// # Panics
    /// As for [`Tensor::dropout`].
    #[track_caller]
    pub fn dropout_from(&self, generator: &mut Generator, p: f64) -> Tensor {
        check_dropout(self, p);
        self.thinned(p, generator.bernoulli(self.shape(), 1.0 - p))
    }

    /// What stays, scaled.
    fn thinned(&self, p: f64, stays: Tensor) -> Tensor {
        let stays = stays.to_dtype(self.dtype()).to_device(self.device());
        // Nothing stays when p is 1.
        self * (stays / if p < 1.0 { 1.0 - p } else { 1.0 })
    }
}

#[track_caller]
fn check_dropout(x: &Tensor, p: f64) {
    check("dropout", "probability", p, (0.0..=1.0).contains(&p), "must be between 0 and 1");
    if !x.dtype().is_float() {
        refuse(
            OperationError::new("dropout", format!("not defined for {}", x.dtype()))
                .operand(
                    "tensor",
                    format!("{} {}", x.shape(), x.dtype()),
                    format!("one of {} is needed", DTypes::FLOATS),
                )
                .remedy("convert it: x.to_dtype(DType::F32)"),
        );
    }
}
