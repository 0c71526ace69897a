//! `Program`: kernels in a fixed order over fixed memory, to be run many times.
//!
//! A program has numbered slots, each an array of known shape and dtype, and steps that read some slots and write
//! others. Everything that can be checked or found beforehand is when the program is made; running it allocates
//! nothing.

mod between;
mod chain;
mod change;
pub(crate) mod few;
mod lane;
mod load;
mod pass;
mod product;
mod reduction;
mod routine;
mod tiled;

use std::array::from_fn;
use std::borrow::Cow;
use std::sync::Arc;

use ndgrad_array::{Array, Buffer, Layout, OperationError, Spec};
use smallvec::SmallVec;

pub use change::Changes;
pub use lane::Formula;
pub use pass::{Pass, PassValue};
pub use routine::{Operand, Routine};

use crate::copied;
use between::Between;
use chain::{Chain, Placed};
use lane::{LINE, MOST_INPUTS};
use routine::{Run, Work};
use tiled::{Pointers, Tiled};

/// The number of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(pub usize);

/// What a program computes by a function of arrays, for want of something quicker.
pub trait Compute: Send + Sync {
    /// Computes every element of `out`.
    ///
    /// # Errors
    /// When such inputs are refused.
    fn compute(&self, inputs: &[&Array], out: &mut Array) -> Result<(), OperationError>;
}

/// One step of a program.
pub enum Step {
    /// A chain of elementwise formulas.
    Pass(Pass),
    /// A kernel that was made for its operands.
    Routine {
        /// The kernel.
        routine: Routine,
        /// The slots of its operands.
        inputs: Vec<Slot>,
        /// What it writes.
        out: Slot,
    },
    /// A formula by which several arrays change together.
    Change {
        /// The formula.
        changes: Arc<Changes>,
        /// The slots of its operands.
        inputs: Vec<Slot>,
        /// Where what the states change to is written.
        out: Vec<Slot>,
    },
    /// A function of arrays.
    Compute {
        /// The function.
        function: Box<dyn Compute>,
        /// What it reads: slots as layouts show them.
        inputs: Vec<(Slot, Layout)>,
        /// What it writes.
        out: Slot,
    },
}

enum Prepared {
    Tiled(Tiled),
    Chain(Chain),
    Large { run: Box<dyn Run>, inputs: [Option<Slot>; MOST_INPUTS], out: Slot },
    Change(change::Prepared),
    Compute { function: Box<dyn Compute>, inputs: Vec<(Slot, Option<Layout>)>, out: Slot },
}

impl Prepared {
    /// Whether it reads or writes this slot.
    fn touches(&self, slot: Slot) -> bool {
        match self {
            Prepared::Tiled(tiled) => tiled.touches(slot),
            Prepared::Change(change) => change.touches(slot),
            Prepared::Chain(chain) => {
                chain.kernels().iter().any(|placed| placed.reads(slot) || placed.writes(slot))
            }
            Prepared::Large { inputs, out, .. } => *out == slot || inputs.contains(&Some(slot)),
            Prepared::Compute { inputs, out, .. } => {
                *out == slot || inputs.iter().any(|(input, _)| *input == slot)
            }
        }
    }
}

/// Kernels in a fixed order over fixed memory.
pub struct Program {
    specs: Vec<Spec>,
    /// Those of slots that steps write are shared with nobody.
    #[expect(clippy::vec_box, reason = "two are exchanged for each parameter at each step of an epoch")]
    arrays: Vec<Box<Array>>,
    /// To the elements of each slot, and then to the pads.
    pointers: Pointers,
    /// Whether kernels have other pointers.
    is_stale: bool,
    /// Room for what goes from one kernel of few elements to the next.
    _pads: Buffer,
    is_written: Vec<bool>,
    steps: Vec<Prepared>,
    scratch: Buffer,
    between: Between,
    /// Still set when a run begins if the one before ended in a panic.
    is_running: bool,
}

impl Program {
    /// A program with slots like these and these steps. What a slot holds is unspecified until it is written.
    ///
    /// # Panics
    /// When a step does not fit its slots.
    pub fn new(specs: Vec<Spec>, steps: Vec<Step>) -> Program {
        let mut is_written = vec![false; specs.len()];
        let mut prepared = Vec::new();
        let mut pads = 0;
        for step in steps {
            match step {
                Step::Pass(pass) => {
                    pass.written().iter().for_each(|slot| is_written[slot.0] = true);
                    let tiled = pass.prepare(&specs);
                    pads = pads.max(if tiled.is_few() { tiled.tiles } else { 0 });
                    match tiled.few(specs.len()) {
                        Ok(kernels) => kernels.into_iter().for_each(|placed| chain(&mut prepared, placed)),
                        Err(tiled) => prepared.push(Prepared::Tiled(tiled)),
                    }
                }
                Step::Routine { routine, inputs, out } => {
                    is_written[out.0] = true;
                    place(&mut prepared, routine, &inputs, out, &specs);
                }
                Step::Change { changes, inputs, out } => {
                    out.iter().for_each(|slot| is_written[slot.0] = true);
                    prepared.push(Prepared::Change(changes.prepare(&inputs, &out, &specs)));
                }
                Step::Compute { function, inputs, out } => {
                    assert!(inputs.iter().all(|input| input.0 != out), "no function writes what it reads");
                    is_written[out.0] = true;
                    // A slot's array needs no other view of itself.
                    let view = |(slot, layout): (Slot, Layout)| {
                        let own = Layout::contiguous(specs[slot.0].shape);
                        (slot, Some(layout).filter(|&layout| layout != own))
                    };
                    let inputs = inputs.into_iter().map(view).collect();
                    prepared.push(Prepared::Compute { function, inputs, out });
                }
            }
        }
        let tiles =
            prepared.iter().map(|step| if let Prepared::Tiled(tiled) = step { tiled.tiles } else { 0 });
        let scratch = tiled::scratch(tiles.max().unwrap_or(0));
        let mut pads = Buffer::new(pads * LINE);
        let pad_pointers = pads.as_mut_slice::<u8>().chunks_exact_mut(LINE).map(<[u8]>::as_mut_ptr);
        let slots = std::iter::repeat_n(std::ptr::null_mut(), specs.len());
        let mut program = Program {
            arrays: specs.iter().map(|&spec| Box::new(Array::hollow(spec))).collect(),
            pointers: Pointers(slots.chain(pad_pointers).collect()),
            is_stale: true,
            _pads: pads,
            specs,
            is_written,
            steps: prepared,
            scratch,
            between: Between::default(),
            is_running: false,
        };
        for slot in 0..program.specs.len() {
            program.renew(Slot(slot));
        }
        program
    }

    /// A new array for a slot.
    fn renew(&mut self, slot: Slot) {
        self.hold(slot, Array::new(self.specs[slot.0]));
    }

    fn hold(&mut self, slot: Slot, mut array: Array) {
        // A slot that is written one day (see `carry`) has a pointer that allows it.
        let pointer = if self.is_written[slot.0] || array.is_unique() {
            array.bytes_mut().as_mut_ptr()
        } else {
            array.bytes().as_ptr().cast_mut()
        };
        *self.arrays[slot.0] = array;
        self.point(slot, pointer);
    }

    fn point(&mut self, slot: Slot, pointer: *mut u8) {
        self.is_stale |= std::mem::replace(&mut self.pointers.0[slot.0], pointer) != pointer;
    }

    /// Puts an array into a slot that no step writes. Its elements are copied only if they do not lie one after the
    /// other from the start of their buffer.
    ///
    /// # Panics
    /// When the slot is of another shape or dtype, or a step writes it.
    pub fn put(&mut self, slot: Slot, array: Array) {
        assert_eq!(array.spec(), self.specs[slot.0], "a slot's array has its shape and dtype");
        assert!(!self.is_written[slot.0], "what a step writes cannot be put");
        let from_start = array.layout().is_contiguous() && array.layout().offset() == 0;
        self.hold(slot, if from_start { array } else { copied(&array) });
    }

    /// Takes the array out of a slot and leaves a new one, whose elements are unspecified.
    pub fn take(&mut self, slot: Slot) -> Array {
        let taken = std::mem::replace(&mut *self.arrays[slot.0], Array::hollow(self.specs[slot.0]));
        self.renew(slot);
        taken
    }

    /// The array in a slot.
    pub fn get(&self, slot: Slot) -> &Array {
        &self.arrays[slot.0]
    }

    /// Runs all steps.
    ///
    /// # Errors
    /// When a function refuses its inputs; the steps before it have been computed.
    #[inline]
    pub fn run(&mut self) -> Result<(), OperationError> {
        if std::mem::replace(&mut self.is_running, true) {
            self.renew_all();
        }
        let outcome = self.run_steps();
        self.is_running = false;
        outcome
    }

    /// A function that panicked may have let go of the array that its slot's pointer points to.
    #[cold]
    fn renew_all(&mut self) {
        for slot in (0..self.specs.len()).filter(|&slot| self.is_written[slot]).collect::<Vec<_>>() {
            self.renew(Slot(slot));
        }
    }

    fn run_steps(&mut self) -> Result<(), OperationError> {
        for at in 0..self.steps.len() {
            if self.is_stale {
                self.refresh();
            }
            match &self.steps[at] {
                // SAFETY: each pointer was taken of its slot's array when that was put there, and arrays that steps
                // write are seen by nobody else; `self` is borrowed mutably.
                Prepared::Tiled(tiled) => unsafe { tiled.run(&self.pointers, &mut self.scratch) },
                // SAFETY: as above, since it has the pointers of the table; slots are those that kernels were made for.
                Prepared::Chain(chain) => unsafe { chain.run() },
                Prepared::Large { run, inputs, out } => {
                    let pointer = |slot: Slot| self.pointers.0[slot.0];
                    let [x, y, z] = inputs.map(|slot| slot.map_or(std::ptr::null_mut(), pointer));
                    // SAFETY: as above.
                    unsafe { run.run(x, y, z, pointer(*out)) };
                }
                // SAFETY: as above.
                Prepared::Change(change) => unsafe { change.run(&self.pointers) },
                Prepared::Compute { function, inputs, out } => {
                    let outcome = compute(&**function, &mut self.arrays, inputs, *out);
                    let (slot, result) = (*out, &mut self.arrays[out.0]);
                    if !result.is_unique() {
                        **result = copied(result);
                    }
                    let pointer = result.bytes_mut().as_mut_ptr();
                    self.point(slot, pointer);
                    outcome?;
                }
            }
        }
        Ok(())
    }

    /// Tells kernels where their operands are now.
    #[cold]
    fn refresh(&mut self) {
        for step in &mut self.steps {
            if let Prepared::Chain(chain) = step {
                chain.refresh(&self.pointers.0);
            }
        }
        self.is_stale = false;
    }
}

/// Adds a kernel to the chain before it, if there is one that is not full.
fn chain(prepared: &mut Vec<Prepared>, placed: Placed) {
    if !matches!(prepared.last(), Some(Prepared::Chain(chain)) if !chain.is_full()) {
        prepared.push(Prepared::Chain(Chain::new()));
    }
    if let Some(Prepared::Chain(chain)) = prepared.last_mut() {
        chain.push(placed);
    }
}

/// # Panics
/// When the slots are not those that the kernel was made for, or it writes what it reads.
fn place(prepared: &mut Vec<Prepared>, routine: Routine, inputs: &[Slot], out: Slot, specs: &[Spec]) {
    let Routine { work, inputs: operands, output } = routine;
    let fits = |(slot, operand): (&Slot, &Operand)| specs[slot.0] == operand.slot && *slot != out;
    let all_fit = inputs.len() == operands.len() && inputs.iter().zip(&operands).all(fits);
    assert!(all_fit && specs[out.0] == output, "a kernel has the slots that it was made for");
    let inputs: [Option<Slot>; MOST_INPUTS] = from_fn(|input| inputs.get(input).copied());
    match work {
        Work::Few(kernel) => {
            let place = |slot: Slot| slot.0 as u32;
            chain(prepared, Placed::new(kernel, inputs.map(|slot| slot.map(place)), place(out)));
        }
        Work::Large(run) => prepared.push(Prepared::Large { run, inputs, out }),
    }
}

fn compute(
    function: &dyn Compute,
    arrays: &mut [Box<Array>],
    inputs: &[(Slot, Option<Layout>)],
    out: Slot,
) -> Result<(), OperationError> {
    let (before, rest) = arrays.split_at_mut(out.0);
    let (result, after) = rest.split_first_mut().expect("the slot that is written");
    let array =
        |slot: Slot| -> &Array { if slot < out { &before[slot.0] } else { &after[slot.0 - out.0 - 1] } };
    let views: SmallVec<[Cow<'_, Array>; 4]> = inputs
        .iter()
        .map(|(slot, layout)| match layout {
            None => Cow::Borrowed(array(*slot)),
            Some(layout) => Cow::Owned(array(*slot).view(*layout)),
        })
        .collect();
    let inputs: SmallVec<[&Array; 4]> = views.iter().map(|view| &**view).collect();
    function.compute(&inputs, result)
}
