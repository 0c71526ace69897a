//! The operations: one file each, and [`OPS`], the list of all.

mod abs;
mod add;
mod axes;
mod broadcast_to;
mod div;
mod entry;
mod exp;
mod log;
mod map;
mod matmul;
mod mul;
mod neg;
mod op;
mod part;
mod permute;
mod reshape;
mod sigmoid;
mod sign;
mod sqrt;
mod square;
mod sub;
mod sum;
mod take;
mod to_dtype;
mod zip;

pub use abs::Abs;
pub use add::Add;
pub use axes::Axes;
pub use broadcast_to::BroadcastTo;
pub use div::Div;
pub use entry::{Case, Entry};
pub use exp::Exp;
pub use log::Log;
pub use map::{Map, MapOp};
pub use matmul::MatMul;
pub use mul::Mul;
pub use neg::Neg;
pub use op::{Call, Op, Saves, apply, try_apply};
pub use part::{Embed, Part};
pub use permute::Permute;
pub use reshape::Reshape;
pub use sigmoid::Sigmoid;
pub use sign::Sign;
pub use sqrt::Sqrt;
pub use square::Square;
pub use sub::Sub;
pub use sum::Sum;
pub use take::{ScatterRows, Take};
pub use to_dtype::ToDType;
pub use zip::{Zip, ZipOp};

pub(crate) use op::{refuse, resolve_axis, same_dtype};

/// Every operation, in documentation order. The tests that hold for all of them walk this list: a new operation
/// gets them by being listed.
pub const OPS: &[Entry] = &[
    Entry::zip::<Add>(),
    Entry::zip::<Sub>(),
    Entry::zip::<Mul>(),
    Entry::zip::<Div>(),
    Entry::map::<Neg>(),
    Entry::map::<Abs>(),
    Entry::map::<Sign>(),
    Entry::map::<Square>(),
    Entry::map::<Sqrt>(),
    Entry::map::<Exp>(),
    Entry::map::<Log>(),
    Entry::map::<Sigmoid>(),
    Entry::new("sum", "The elements along some axes, added up.", sum::cases),
    Entry::new("matmul", "The product of two matrices.", matmul::cases),
    Entry::new("reshape", "The same elements in row-major order under another shape.", reshape::cases),
    Entry::new("permute", "The axes in another order.", permute::cases),
    Entry::new("broadcast_to", "Axes of size 1 stretched, and axes added in front.", broadcast_to::cases),
    Entry::new("i", "A part: one position or a range along each axis.", part::cases),
    Entry::new("embed", "Zeros of a shape with the input where indices point.", part::embed_cases),
    Entry::new("take", "Rows by number, in any order, any number of times.", take::cases),
    Entry::new("scatter_rows", "Each row added to the row of the result named for it.", take::scatter_cases),
    Entry::new("to_dtype", "The nearest numbers of another type.", to_dtype::cases),
];
