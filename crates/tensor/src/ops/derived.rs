//! The methods that are made of other operations, and the list of all.

use ndgrad_array::DTypes;

use super::{Case, Entry, TYPES};
use crate::random::Generator;
use crate::{Pad, Tensor, tensor};

/// Every operation, in documentation order: those of a type of their own, then the methods that are made of them. The
/// tests that hold for all walk this list: a new operation gets them by being listed.
pub const OPS: &[Entry] = &{
    let mut all = [TYPES[0]; TYPES.len() + METHODS.len()];
    let mut i = 1;
    while i < all.len() {
        all[i] = if i < TYPES.len() { TYPES[i] } else { METHODS[i - TYPES.len()] };
        i += 1;
    }
    all
};

/// One line per method: its name and inputs, the dtypes that it takes, whether it has a gradient, a sentence; then a
/// call, and the shapes of inputs with which it is tested.
macro_rules! methods {
    ($($name:ident($($x:ident),+): $dtypes:ident, $gradient:ident, $doc:literal,
        $call:expr, $([$([$($size:literal),*]),*]),+;)*) => {
        const METHODS: &[Entry] = &[$(Entry {
            name: stringify!($name),
            doc: $doc,
            dtypes: DTypes::$dtypes,
            differentiable: methods!(@ $gradient),
            cases: || {
                let call = |inputs: &[&Tensor]| {
                    let [$($x),+] = inputs else { unreachable!("one input for each shape") };
                    $call
                };
                vec![$(Case::method(call, &[$(&[$($size),*]),*])),+]
            },
        },)*];
    };
    (@ gradient) => { true };
    (@ none) => { false };
}

/// A position for each of two lines.
fn classes(like: &Tensor) -> Tensor {
    tensor([2, 0]).to_device(like.device())
}

methods! {
    // Elementwise.
    clip(x): NUMBERS, gradient, "Elementwise x brought between two limits.", x.clip(1.0, 2.0), [[2, 3]], [[]];
    log_sigmoid(x): FLOATS, gradient, "Elementwise logarithm of `sigmoid`.", x.log_sigmoid(), [[2, 3]], [[0]];
    hard_sigmoid(x): FLOATS, gradient, "Elementwise `x / 6 + 1 / 2`, kept in [0, 1].", x.hard_sigmoid(), [[2, 3]];
    selu(x): FLOATS, gradient, "Elementwise `elu`, scaled so that mean and variance stay.", x.selu(), [[2, 3]];
    hard_swish(x): FLOATS, gradient, "Elementwise `x hard_sigmoid(x)`.", x.hard_swish(), [[2, 3]];
    is_nan(x): ALL, none, "Elementwise whether x is no number, as bool.", x.is_nan(), [[2, 3]];
    is_inf(x): ALL, none, "Elementwise whether x is an infinity, as bool.", x.is_inf(), [[2, 3]];
    is_finite(x): ALL, none, "Elementwise whether x is neither, as bool.", x.is_finite(), [[2, 3]];
    logical_not(x): ALL, none, "Elementwise `not x`, as bool.", x.logical_not(), [[2, 3]], [[]];
    masked_fill(x): ALL, gradient, "Another number where a mask is true.",
        x.masked_fill(&x.logical_not(), 1.0), [[2, 3]], [[0]];
    dropout(x): FLOATS, gradient, "While training, 0 in random places, and the rest scaled so that the mean stays.",
        x.dropout_from(&mut Generator::philox(5), 0.5), [[2, 3]], [[0]];

    // Reductions.
    var(x): FLOATS, gradient, "The variance along some axes.", x.var_axes(-1, 1), [[2, 3]], [[3]];
    std(x): FLOATS, gradient, "The standard deviation along some axes.", x.std_axes(-1, 1), [[2, 3]], [[3]];
    nansum(x): FLOATS, gradient, "The sum along some axes, without NaN.", x.nansum_axes(-1), [[2, 3]], [[0]];
    nanprod(x): FLOATS, gradient, "The product along some axes, without NaN.", x.nanprod_axes(-1), [[2, 3]], [[0]];
    count_nonzero(x): ALL, none, "How many elements along some axes are not 0, as i64.",
        x.count_nonzero_axes(-1), [[2, 3]], [[0]];
    cross_entropy(x): FLOATS, gradient, "The information in nats by which logits miss the class, or shares, that are true.",
        x.cross_entropy(&classes(x)), [[2, 3]];

    // Order and positions.
    sort(x): ALL, gradient, "The elements along an axis in rising or falling order.", x.sort(-1), [[2, 3]], [[0]];
    top_k(x): ALL, gradient, "The largest elements along an axis, and where they stand.", x.top_k(2, -1).0, [[2, 3]];
    bottom_k(x): ALL, gradient, "The smallest elements along an axis, and where they stand.",
        x.bottom_k(2, 0).0, [[2, 3]];
    unique(x): ALL, none, "The different elements in rising order, how many of each, and which one stands where.",
        x.unique().values, [[2, 3]], [[0]];
    pick(x): ALL, gradient, "One element of each line along the last axis.", x.pick(&classes(x)), [[2, 3]];
    take_axis(x): ALL, gradient, "Positions along an axis, in any order, any number of times.",
        x.take_axis(-1, [2, 0, 2]), [[2, 3]];
    mask_select(x): ALL, gradient, "The elements where a mask is true, along one axis.",
        x.mask_select(&x.logical_not().logical_not()), [[2, 3]], [[0]];
    nonzero(x): ALL, none, "The positions of the elements that are not 0, as i64.", x.nonzero(), [[2, 3]], [[0]];

    // Shape.
    flatten(x): ALL, gradient, "All elements along one axis.", x.flatten(), [[2, 3]], [[]];
    squeeze(x): ALL, gradient, "The tensor without its axes of size 1.", x.squeeze(), [[2, 1, 3]];
    expand_dims(x): ALL, gradient, "The tensor with more axes of size 1.", x.expand_dims(1), [[2, 3]];
    swap_axes(x): ALL, gradient, "Two axes in each other's place.", x.swap_axes(0, -1), [[2, 1, 3]];
    move_axis(x): ALL, gradient, "Some axes in another place, the others in order.", x.move_axis(0, -1), [[2, 1, 3]];
    flip(x): ALL, gradient, "The elements along some axes in reverse order.", x.flip(-1), [[2, 3]];
    roll(x): ALL, gradient, "The elements along an axis moved on, round the end to the start.",
        x.roll(1, -1), [[2, 3]];
    stack(x, y): ALL, gradient, "Tensors one behind the other along a new axis.",
        Tensor::stack(&[*x, *y], 1), [[2, 3], [2, 3]];
    split(x): ALL, gradient, "The tensor cut along an axis, in equal parts or at positions.",
        x.split(3, -1).remove(1), [[2, 3]];
    chunk(x): ALL, gradient, "The tensor cut along an axis in a number of parts, nearly equal.",
        x.chunk(2, -1).remove(0), [[2, 3]];
    pad(x): ALL, gradient, "A frame around the tensor: a number, its edges or its reflection.",
        x.pad(&[(1, 2)], Pad::Reflect), [[2, 3]], [[1]];
    tile(x): ALL, gradient, "The tensor, repeated as a whole along axes.", x.tile(&[2, 1]), [[2, 3]], [[3]];
    repeat(x): ALL, gradient, "Each position along an axis, repeated.", x.repeat(2, -1), [[2, 3]];
    diag(x): ALL, gradient, "A vector on a diagonal of a matrix, or the diagonal of a matrix.",
        x.diag(1), [[3]], [[2, 3]];
    triu(x): ALL, gradient, "The elements on and above a diagonal of the last two axes; 0 elsewhere.",
        x.triu(1), [[2, 3]];
    shuffle(x): ALL, gradient, "The rows in random order.", Generator::philox(5).shuffle(x), [[3, 2]];

    // Products.
    dot(x, y): NUMBERS, gradient, "The sum of products over the last axis of one and the first of the other.",
        x.dot(y), [[2, 3], [3, 2]], [[3], [3]], [[2, 1, 2], [2, 3]];
    outer(x, y): NUMBERS, gradient, "The product of each element with each of another tensor.",
        x.outer(y), [[2], [3]];
    inner(x, y): NUMBERS, gradient, "The sum of products over the last axis of both.", x.inner(y), [[2, 3], [1, 3]];
    vdot(x, y): NUMBERS, gradient, "The sum of products of all elements.", x.vdot(y), [[2, 3], [2, 3]];
    tensordot(x, y): NUMBERS, gradient, "The sum of products over chosen axes of both.",
        x.tensordot(y, 1), [[2, 3], [3, 2]];
    einsum(x, y): NUMBERS, gradient, "The sum of products that subscripts describe.",
        Tensor::einsum("ij,jk->ki", &[x, y]), [[2, 3], [3, 2]];
    trace(x): NUMBERS, gradient, "The sum of the diagonal of the last two axes.", x.trace(), [[2, 3]], [[2, 2, 2]];
}
