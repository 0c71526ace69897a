//! Literals: the scalars that arithmetic with numbers needs again and again.

use std::cell::RefCell;

use ndgrad_array::{Array, Backend, DType, Device, Shape, Spec, Wide};
use ndgrad_cpu::Cpu;

use crate::{Tensor, spare};

/// How many a thread remembers: a training step has a few.
const COUNT: usize = 8;

type Scalar = (DType, Device, u64, Tensor);

/// The scalars made last, by dtype, device and the bits of the number, and the place that the next one takes.
struct Recent {
    scalars: [Option<Scalar>; COUNT],
    next: usize,
}

thread_local! {
    static RECENT: RefCell<Recent> = const { RefCell::new(Recent { scalars: [const { None }; COUNT], next: 0 }) };
}

/// The number of buffers in use: those that this thread has made less those that it has dropped. What it keeps for later
/// does not count, nor do the scalars that it remembers for arithmetic with numbers, eight at the most.
///
/// A training loop that keeps nothing has the same number after each step:
///
/// ```
/// use ndgrad_tensor::{Tensor, live_buffers};
/// let x = Tensor::zeros([100]);
/// let before = live_buffers();
/// let y = 2.0 * &x;
/// assert_eq!(live_buffers(), before + 1);
/// drop(y);
/// assert_eq!(live_buffers(), before);
/// ```
pub fn live_buffers() -> isize {
    let remembered = RECENT.try_with(|recent| recent.borrow().scalars.iter().flatten().count());
    ndgrad_array::live_buffers() - (remembered.unwrap_or(0) + spare::count()) as isize
}

impl Tensor {
    /// The number as a scalar.
    #[inline]
    pub(crate) fn literal(dtype: DType, device: Device, value: f64) -> Tensor {
        let shared = RECENT.try_with(|recent| recent.borrow_mut().get(dtype, device, value));
        // At the end of a thread nothing is remembered.
        shared.unwrap_or_else(|_| make(dtype, device, value))
    }
}

impl Recent {
    #[inline]
    fn get(&mut self, dtype: DType, device: Device, value: f64) -> Tensor {
        let is_it = |known: &&Scalar| known.2 == value.to_bits() && known.0 == dtype && known.1 == device;
        match self.scalars.iter().flatten().find(is_it) {
            Some((.., scalar)) => scalar.clone(),
            None => self.remember(dtype, device, value),
        }
    }

    #[cold]
    fn remember(&mut self, dtype: DType, device: Device, value: f64) -> Tensor {
        let scalar = make(dtype, device, value);
        self.scalars[self.next] = Some((dtype, device, value.to_bits(), scalar.clone()));
        self.next = (self.next + 1) % COUNT;
        scalar
    }
}

fn make(dtype: DType, device: Device, value: f64) -> Tensor {
    let mut array = Array::new(Spec { shape: Shape::SCALAR, dtype, device });
    Cpu.fill(Wide::Float(value), &mut array);
    Tensor::from_array(array)
}
