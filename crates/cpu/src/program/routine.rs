//! `Routine`: a kernel for operands that are known but for their addresses.

use ndgrad_array::{Layout, Spec};

use super::chain::Kernel;
use super::lane::MOST_INPUTS;

/// A kernel whose operands' shapes, dtypes and strides were settled when it was made.
///
/// # Safety
/// What [`Run::run`] reads and writes stays within what its own safety section says.
pub(crate) unsafe trait Run: Send + Sync {
    /// Computes all of the result.
    ///
    /// # Safety
    /// The operands that the routine has point to the initialized elements of the slots that it was made for, `out` to
    /// those of the slot that it writes, which is none of them; nobody else uses any of these meanwhile.
    unsafe fn run(&self, x: *const u8, y: *const u8, z: *const u8, out: *mut u8);
}

/// Elements of a slot as a layout shows them.
#[derive(Clone, Copy, Debug)]
pub struct Operand {
    /// The slot's shape, dtype and device.
    pub slot: Spec,
    /// Where in the slot the operand's elements lie.
    pub layout: Layout,
}

impl Operand {
    /// The bytes of the slot's elements.
    pub(super) fn bytes(&self) -> usize {
        self.slot.shape.size() * self.slot.dtype.size()
    }

    /// # Panics
    /// When the layout shows what the slot does not have.
    pub(super) fn check(&self) {
        let (size, offset) = (self.layout.shape().size(), self.layout.offset() as isize);
        let reaches = |end: fn(isize) -> isize| {
            let axes = self.layout.shape().iter().zip(self.layout.strides());
            axes.fold(offset, |place, (&size, &stride)| place + end(stride) * size.saturating_sub(1) as isize)
        };
        let (nearest, furthest) = (reaches(|stride| stride.min(0)), reaches(|stride| stride.max(0)));
        let fits = nearest >= 0 && furthest < self.slot.shape.size() as isize;
        assert!(fits || size == 0, "a layout within its slot");
    }
}

/// A kernel that computes one slot of a [`Program`](super::Program) from others, which it reads as it was told when it
/// was made.
pub struct Routine {
    pub(super) work: Work,
    pub(super) inputs: Vec<Operand>,
    pub(super) output: Spec,
}

/// The kernel, by what it is called for.
pub(super) enum Work {
    Few(Kernel),
    Large(Box<dyn Run>),
}

impl Routine {
    /// # Panics
    /// When an operand shows what its slot does not have.
    pub(super) fn few(kernel: Kernel, inputs: &[Operand], output: Spec) -> Routine {
        Routine::new(Work::Few(kernel), inputs, output)
    }

    /// # Panics
    /// When an operand shows what its slot does not have.
    pub(super) fn large(run: impl Run + 'static, inputs: &[Operand], output: Spec) -> Routine {
        Routine::new(Work::Large(Box::new(run)), inputs, output)
    }

    fn new(work: Work, inputs: &[Operand], output: Spec) -> Routine {
        assert!(inputs.len() <= MOST_INPUTS, "few operands");
        inputs.iter().for_each(Operand::check);
        Routine { work, inputs: inputs.to_vec(), output }
    }
}
