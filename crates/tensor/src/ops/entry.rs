//! `Entry`: one line of the list of operations, from which its tests and tables are derived.

use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;

use ndgrad_array::{DType, DTypes, Device, Shape};

use super::{Compare, CompareOp, Fold, Map, MapOp, Op, Zip, ZipOp, fold};
use crate::Tensor;

/// One operation as the list knows it.
#[derive(Clone, Copy)]
pub struct Entry {
    /// The name, as in [`Op::name`].
    pub name: &'static str,
    /// One sentence that says what it computes.
    pub doc: &'static str,
    /// The dtypes that it takes.
    pub dtypes: DTypes,
    /// Whether gradients flow through it.
    pub differentiable: bool,
    /// Inputs that exercise it.
    pub cases: fn() -> Vec<Case>,
}

impl Entry {
    /// The entry of an operation that is of no simpler kind, such as a [`Map`].
    pub const fn op<O: Listed>() -> Entry {
        Entry {
            name: O::NAME,
            doc: O::DOC,
            dtypes: O::DTYPES,
            differentiable: O::DIFFERENTIABLE,
            cases: O::cases,
        }
    }

    /// The entry of an elementwise operation of one input.
    pub const fn map<M: Map>() -> Entry {
        Entry { name: M::NAME, doc: M::DOC, dtypes: M::DTYPES, differentiable: true, cases: map_cases::<M> }
    }

    /// The entry of an elementwise operation of two inputs.
    pub const fn zip<Z: Zip>() -> Entry {
        let cases = || stretched_cases(ZipOp(Z::default()), Z::DOMAIN);
        Entry { name: Z::NAME, doc: Z::DOC, dtypes: Z::DTYPES, differentiable: true, cases }
    }

    /// The entry of an elementwise question about two inputs.
    pub const fn compare<C: Compare>() -> Entry {
        let cases = || stretched_cases(CompareOp(C::default()), [-3.0, 3.0]);
        Entry { name: C::NAME, doc: C::DOC, dtypes: C::DTYPES, differentiable: false, cases }
    }

    /// The entry of a reduction.
    pub const fn fold<F: Fold>() -> Entry {
        let differentiable = F::DIFFERENTIABLE;
        Entry { name: F::NAME, doc: F::DOC, dtypes: F::DTYPES, differentiable, cases: fold::cases::<F> }
    }

    /// Where it runs.
    pub fn devices(&self) -> Vec<Device> {
        vec![Device::cpu()]
    }
}

/// What an [`Op`] that is of no simpler kind, such as a [`Map`], says for the list.
pub trait Listed: Op {
    /// The name, as in [`Op::name`].
    const NAME: &'static str;
    /// One sentence for tables of operations.
    const DOC: &'static str;
    /// The dtypes that it takes.
    const DTYPES: DTypes = DTypes::ALL;
    /// Whether gradients flow through it.
    const DIFFERENTIABLE: bool = true;
    /// Operations and shapes worth testing: edges, empty and zero-dimensional inputs.
    fn cases() -> Vec<Case>;
}

/// An operation and inputs that it takes.
pub struct Case {
    /// The operation; none if it is a method that is made of others.
    pub op: Option<Box<dyn Op>>,
    /// What it is applied to.
    pub inputs: Vec<Input>,
    apply: Box<dyn Method>,
}

/// What a method that is made of other operations does.
pub trait Method: Fn(&[&Tensor]) -> Tensor + UnwindSafe + RefUnwindSafe + 'static {}

impl<F: Fn(&[&Tensor]) -> Tensor + UnwindSafe + RefUnwindSafe + 'static> Method for F {}

/// One input of a [`Case`].
#[derive(Clone, Copy, Debug)]
pub struct Input {
    /// Its shape.
    pub shape: Shape,
    /// The numbers between which its elements are drawn.
    pub domain: [f64; 2],
    /// Its dtype, if the operation wants a certain one whatever the others have.
    pub dtype: Option<DType>,
    /// Makes of what is drawn, in f64, what the operation takes: of any matrix a positive definite one.
    pub prepare: fn(Tensor) -> Tensor,
}

impl Case {
    /// `op` on inputs of these shapes, with elements between -3 and 3, of any dtype that it takes.
    pub fn new<O: Op + Clone>(op: O, shapes: &[&[usize]]) -> Case {
        Case::of(Box::new(op.clone()), Arc::new(op), shapes)
    }

    /// [`Case::new`], compiled once: what applies a shared operation serves all.
    fn of(op: Box<dyn Op>, applied: Arc<dyn Op>, shapes: &[&[usize]]) -> Case {
        let apply = move |inputs: &[&Tensor]| super::apply(applied.clone(), inputs);
        Case { op: Some(op), ..Case::method(apply, shapes) }
    }

    /// A method that is made of other operations, on such inputs.
    pub fn method(method: impl Method, shapes: &[&[usize]]) -> Case {
        let input = |sizes: &&[usize]| Input {
            shape: Shape::new(sizes),
            domain: [-3.0, 3.0],
            dtype: None,
            prepare: |drawn| drawn,
        };
        Case { op: None, inputs: shapes.iter().map(input).collect(), apply: Box::new(method) }
    }

    /// The same with elements drawn from another range.
    pub fn within(mut self, domain: [f64; 2]) -> Case {
        self.inputs.iter_mut().for_each(|input| input.domain = domain);
        self
    }

    /// The same with one input of a certain dtype.
    pub fn with_input(mut self, index: usize, dtype: DType, domain: [f64; 2]) -> Case {
        self.inputs[index] = Input { dtype: Some(dtype), domain, ..self.inputs[index] };
        self
    }

    /// The same with the numbers that are drawn for one input changed to what the operation takes.
    pub fn prepared(mut self, index: usize, prepare: fn(Tensor) -> Tensor) -> Case {
        self.inputs[index].prepare = prepare;
        self
    }

    /// Applies the operation.
    #[track_caller]
    pub fn call(&self, inputs: &[&Tensor]) -> Tensor {
        (self.apply)(inputs)
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shapes: Vec<Shape> = self.inputs.iter().map(|input| input.shape).collect();
        match &self.op {
            Some(op) => write!(f, "{op:?} on {shapes:?}"),
            None => write!(f, "on {shapes:?}"),
        }
    }
}

fn map_cases<M: Map>() -> Vec<Case> {
    let shapes: [&[usize]; 5] = [&[], &[3], &[2, 3], &[0, 2], &[2, 1, 3]];
    shapes.iter().map(|shape| Case::new(MapOp(M::default()), &[shape]).within(M::DOMAIN)).collect()
}

fn stretched_cases<O: Op + Clone>(op: O, domain: [f64; 2]) -> Vec<Case> {
    let shapes: [[&[usize]; 2]; 8] = [
        [&[], &[]],
        [&[3], &[3]],
        [&[2, 3], &[3]],
        [&[2, 1], &[2, 3]],
        [&[], &[2, 2]],
        [&[3, 1, 2], &[4, 1]],
        [&[0, 2], &[2]],
        [&[2, 3], &[1, 1]],
    ];
    shapes.iter().map(|shapes| Case::new(op.clone(), shapes).within(domain)).collect()
}
