//! `Entry`: one line of the list of operations, from which its tests are derived.

use ndgrad_array::{DType, Shape};

use super::{Map, MapOp, Op, Zip, ZipOp};
use crate::Tensor;

/// One operation as the list knows it.
pub struct Entry {
    /// The name, as in [`Op::name`].
    pub name: &'static str,
    /// One sentence that says what it computes.
    pub doc: &'static str,
    /// Inputs that exercise it.
    pub cases: fn() -> Vec<Case>,
}

impl Entry {
    /// The entry of an operation that is neither a [`Map`] nor a [`Zip`].
    pub const fn op<O: Listed>() -> Entry {
        Entry { name: O::NAME, doc: O::DOC, cases: O::cases }
    }

    /// The entry of an elementwise operation of one input.
    pub const fn map<M: Map>() -> Entry {
        Entry { name: M::NAME, doc: M::DOC, cases: map_cases::<M> }
    }

    /// The entry of an elementwise operation of two inputs.
    pub const fn zip<Z: Zip>() -> Entry {
        Entry { name: Z::NAME, doc: Z::DOC, cases: zip_cases::<Z> }
    }

    /// The dtypes that it takes.
    pub fn dtypes(&self) -> &'static [DType] {
        DType::ALL
    }
}

/// What an [`Op`] that is neither a [`Map`] nor a [`Zip`] says for the list.
pub trait Listed: Op {
    /// The name, as in [`Op::name`].
    const NAME: &'static str;
    /// One sentence for tables of operations.
    const DOC: &'static str;
    /// Operations and shapes worth testing: edges, empty and zero-dimensional inputs.
    fn cases() -> Vec<Case>;
}

/// An operation and shapes of inputs that it takes.
#[derive(Debug)]
pub struct Case {
    /// The operation.
    pub op: Box<dyn Op>,
    /// The shape of each input.
    pub shapes: Vec<Shape>,
    /// The numbers between which the inputs' elements are drawn.
    pub domain: [f64; 2],
    apply: fn(&dyn Op, &[&Tensor]) -> Tensor,
}

impl Case {
    /// `op` on inputs of these shapes, with elements between -3 and 3.
    pub fn new<O: Op + Clone>(op: O, shapes: &[&[usize]]) -> Case {
        Case {
            op: Box::new(op),
            shapes: shapes.iter().map(|sizes| Shape::new(sizes)).collect(),
            domain: [-3.0, 3.0],
            apply: |op, inputs| {
                let op: &dyn std::any::Any = op;
                super::apply(op.downcast_ref::<O>().expect("the case's own operation").clone(), inputs)
            },
        }
    }

    /// The same with elements drawn from another range.
    pub fn within(self, domain: [f64; 2]) -> Case {
        Case { domain, ..self }
    }

    /// Applies the operation.
    #[track_caller]
    pub fn call(&self, inputs: &[&Tensor]) -> Tensor {
        (self.apply)(&*self.op, inputs)
    }
}

fn map_cases<M: Map>() -> Vec<Case> {
    let shapes: [&[usize]; 5] = [&[], &[3], &[2, 3], &[0, 2], &[2, 1, 3]];
    shapes.iter().map(|shape| Case::new(MapOp(M::default()), &[shape]).within(M::DOMAIN)).collect()
}

fn zip_cases<Z: Zip>() -> Vec<Case> {
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
    shapes.iter().map(|shapes| Case::new(ZipOp(Z::default()), shapes).within(Z::DOMAIN)).collect()
}
