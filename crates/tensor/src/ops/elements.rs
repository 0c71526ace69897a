//! Elements computed outside the tape: what forward passes and masks need, and no gradient goes through.

use ndgrad_array::{Array, Backend, Binary, DType, DTypes, Scalar, Spec};
use ndgrad_cpu::Cpu;

use crate::Tensor;

/// The array converted, if it has another dtype.
pub(super) fn as_dtype(x: &Array, dtype: DType) -> Array {
    if x.dtype() == dtype {
        return x.clone();
    }
    let mut converted = Array::new(Spec { dtype, ..x.spec() });
    Cpu.copy(x, &mut converted);
    converted
}

/// A formula of two tensors without history, which stretch; nothing is recorded.
pub(super) fn combined<B: Binary>(formula: B, x: &Tensor, y: &Tensor) -> Tensor {
    let (x, y) = (x.array(), y.array());
    let shape = x.shape().broadcast(y.shape()).expect("one stretches over the other");
    let mut out = Array::new(x.spec().with_shape(shape));
    Cpu.zip(formula, &x, &y, &mut out);
    Tensor::from_array(out)
}

/// 1 where both are equal, 0 elsewhere (NaN equals nothing), in their dtype.
pub(super) fn where_equal(x: &Tensor, y: &Tensor) -> Tensor {
    #[derive(Clone, Copy)]
    struct Equal;

    impl Binary for Equal {
        const DTYPES: DTypes = DTypes::FLOATS;

        #[inline(always)]
        fn value<S: Scalar>(self, x: S, y: S) -> S {
            S::select(x.equal(y), S::ONE, S::ZERO)
        }
    }

    combined(Equal, x, y)
}
