//! The operations: one file each, and [`OPS`], the list of all.

mod axes;
mod compare;
mod entry;
mod map;
mod op;
mod zip;

pub use axes::Axes;
pub use compare::{Compare, CompareOp};
pub use entry::{Case, Entry, Input, Listed};
pub use map::{Map, MapOp};
pub use op::{Call, Op, Saves, apply, try_apply};
pub use zip::{Zip, ZipOp};

pub(crate) use op::{check_dtype, refuse, remember, resolve_axis, same_dtype};

/// One line per operation: the file, what it implements ([`Map`], [`Zip`], [`Compare`], or [`Op`] itself), the type.
macro_rules! operations {
    ($($file:ident: $kind:ident $name:ident;)*) => {
        $(mod $file;)*
        $(pub use $file::$name;)*

        /// Every operation, in documentation order. The tests that hold for all of them walk this list: a new
        /// operation gets them by being listed.
        pub const OPS: &[Entry] = &[$(Entry::$kind::<$name>()),*];
    };
}

operations! {
    // Arithmetic.
    add: zip Add;
    sub: zip Sub;
    mul: zip Mul;
    div: zip Div;
    neg: map Neg;
    abs: map Abs;
    sign: map Sign;
    square: map Square;
    sqrt: map Sqrt;

    // Exponential functions and their kin.
    exp: map Exp;
    log: map Log;

    // Activations.
    sigmoid: map Sigmoid;

    // Comparisons and choices.
    less: compare Less;

    // Reductions.
    sum: op Sum;

    // Shape.
    reshape: op Reshape;
    permute: op Permute;
    broadcast_to: op BroadcastTo;

    // Indexing.
    part: op Part;
    embed: op Embed;
    take: op Take;
    scatter_rows: op ScatterRows;

    // Linear algebra.
    matmul: op MatMul;

    // Conversion.
    to_dtype: op ToDType;
}
