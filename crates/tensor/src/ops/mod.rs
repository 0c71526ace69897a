//! The operations: one file each, and [`OPS`], the list of all.

mod axes;
mod compare;
mod elements;
mod entry;
mod extreme;
mod fold;
mod line;
mod map;
mod op;
mod zip;

// Reductions that are written with other operations.
mod cross_entropy;
mod mean;
mod moments;
mod nan_aside;

// Orders that are written with other operations.
mod pick;
mod sort;
mod unique;

pub use axes::Axes;
pub use compare::{Compare, CompareOp};
pub use entry::{Case, Entry, Input, Listed};
pub use extreme::{ArgOp, Extreme};
pub use fold::{Fold, FoldOp, Folded};
pub use map::{Map, MapOp};
pub use op::{Call, Op, Saves, apply, try_apply};
pub use unique::Unique;
pub use zip::{Zip, ZipOp};

pub(crate) use op::{check_dtype, refuse, resolve_axis, same_dtype};

/// One line per operation: the file, what it implements ([`Map`], [`Zip`], [`Compare`], [`Fold`], or [`Op`]
/// itself), the type.
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
    sum: fold Sum;
    prod: fold Prod;
    max: fold Max;
    min: fold Min;
    any: fold Any;
    all: fold All;
    argmax: op ArgMax;
    argmin: op ArgMin;
    norm: op Norm;
    cumsum: op CumSum;
    cumprod: op CumProd;
    recurrence: op Recurrence;
    replace_nan: map ReplaceNan;
    logsumexp: op LogSumExp;
    softmax: op Softmax;
    log_softmax: op LogSoftmax;

    // Order.
    argsort: op ArgSort;
    search_sorted: op SearchSorted;
    gather: op Gather;
    scatter_add: op ScatterAdd;

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
