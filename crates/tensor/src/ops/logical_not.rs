//! `logical_not`: what is false.

use crate::Tensor;

impl Tensor {
    /// Whether each element is 0, that is false, as bool; of tensors of bool the operator `!`. NaN counts as true.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!((!tensor([true, false])).to_vec::<bool>(), [false, true]);
    /// assert_eq!(tensor([2.0, 0.0]).logical_not().to_vec::<bool>(), [false, true]);
    /// ```
    #[track_caller]
    pub fn logical_not(&self) -> Tensor {
        self.equal(0)
    }
}
