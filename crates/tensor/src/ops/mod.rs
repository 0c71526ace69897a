//! The operations: one file each, and [`OPS`], the list of all.

mod apply;
mod axes;
mod call;
mod changed;
mod compare;
mod derived;
mod elements;
mod entry;
mod extreme;
mod fold;
mod kept;
mod line;
mod map;
mod matrices;
mod op;
mod rows;
mod rules;
mod zip;

pub use apply::{apply, try_apply};
pub use axes::Axes;
pub use call::{Call, Saves};
pub use compare::{Compare, CompareOp};
pub use derived::OPS;
pub use entry::{Case, Entry, Input, Listed, Method};
pub use extreme::{ArgOp, Extreme};
pub use fold::{Fold, FoldOp, Folded};
pub use map::{Map, MapOp};
pub use op::Op;
pub use rows::Rows;
pub use unique::Unique;
pub use zip::{Zip, ZipOp};

pub(crate) use apply::remember;
pub(crate) use changed::{Changed, changed};
pub(crate) use embed::write_part;
pub(crate) use rules::{accept, check_dtype, refuse, resolve_axis, same_device, same_dtype};
pub(crate) use with::check_value;

/// One line per operation: the file, what it implements ([`Map`], [`Zip`], [`Compare`], [`Fold`], or [`Op`]
/// itself), the type. A file whose methods are made of other operations is `derived` and names no type; `derived.rs`
/// has a line for each such method.
macro_rules! operations {
    ($($file:ident: $kind:ident $($name:ident)?;)*) => {
        $(mod $file;)*
        $($(pub use $file::$name;)?)*

        /// Those of a type of their own.
        const TYPES: &[Entry] = &[$($(Entry::$kind::<$name>(),)?)*];
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
    rsqrt: map Rsqrt;
    cbrt: map Cbrt;
    reciprocal: map Reciprocal;
    rem: zip Rem;
    pow: zip Pow;
    maximum: zip Maximum;
    minimum: zip Minimum;
    clip: derived;
    hypot: zip Hypot;
    // Rounding.
    floor: map Floor;
    ceil: map Ceil;
    round: map Round;
    trunc: map Trunc;
    // Exponential functions and their kin.
    exp: map Exp;
    exp2: map Exp2;
    expm1: map Expm1;
    log: map Log;
    log2: map Log2;
    log10: map Log10;
    log1p: map Log1p;
    sinh: map Sinh;
    cosh: map Cosh;
    tanh: map Tanh;
    asinh: map Asinh;
    acosh: map Acosh;
    atanh: map Atanh;
    // Trigonometry.
    sin: map Sin;
    cos: map Cos;
    tan: map Tan;
    asin: map Asin;
    acos: map Acos;
    atan: map Atan;
    atan2: zip Atan2;
    // Special functions.
    erf: map Erf;
    erfc: map Erfc;
    erfinv: map Erfinv;
    gamma: map Gamma;
    lgamma: map Lgamma;
    digamma: map Digamma;
    polygamma: map Polygamma;
    // Activations.
    sigmoid: map Sigmoid;
    log_sigmoid: derived;
    hard_sigmoid: derived;
    softplus: map Softplus;
    softsign: map Softsign;
    relu: map Relu;
    leaky_relu: map LeakyRelu;
    elu: map Elu;
    selu: derived;
    gelu: map Gelu;
    gelu_tanh: map GeluTanh;
    silu: map Silu;
    hard_swish: derived;
    mish: map Mish;
    // Comparisons and choices.
    equal: compare Equal;
    not_equal: compare NotEqual;
    less: compare Less;
    less_equal: compare LessEqual;
    greater: compare Greater;
    greater_equal: compare GreaterEqual;
    is_nan: derived;
    is_inf: derived;
    is_finite: derived;
    logical_and: compare LogicalAnd;
    logical_or: compare LogicalOr;
    logical_xor: compare LogicalXor;
    logical_not: derived;
    choose: op Choose;
    masked_fill: derived;
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
    mean: op Mean;
    moments: derived;
    nan_aside: derived;
    cross_entropy: derived;
    // Order.
    argsort: op ArgSort;
    search_sorted: op SearchSorted;
    gather: op Gather;
    scatter_add: op ScatterAdd;
    sort: derived;
    unique: derived;
    pick: derived;
    // Shape.
    reshape: op Reshape;
    permute: op Permute;
    transpose: op Transpose;
    broadcast_to: op BroadcastTo;
    concat: op Concat;
    tril: op Tril;
    // Indexing.
    part: op Part;
    embed: op Embed;
    with: op With;
    take: op Take;
    scatter_rows: op ScatterRows;
    // Linear algebra.
    matmul: op MatMul;
    diagonal: op Diagonal;
    embed_diagonal: op EmbedDiagonal;
    cholesky: op Cholesky;
    solve_triangular: op SolveTriangular;
    solve: op Solve;
    inverse: op Inverse;
    det: op Det;
    slogdet: op LogDet;
    cofactors: op Cofactors;
    qr: op Qr;
    svd: op Svd;
    eigh: op Eigh;
    // Conversion.
    to_dtype: op ToDType;
    to_device: op ToDevice;
}
