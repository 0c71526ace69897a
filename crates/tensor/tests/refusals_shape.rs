//! What creation, shapes and indices refuse, and in what words.

mod common;

use common::refusal;
use ndgrad_tensor::autograd::record;
use ndgrad_tensor::{DType, ELLIPSIS, NEW_AXIS, Pad, Tensor, along, tensor};

fn zeros(shape: &[usize]) -> Tensor {
    Tensor::zeros(shape)
}

#[test]
fn numbers_that_a_dtype_does_not_have() {
    let message = "number: a number beside a tensor takes the tensor's dtype
    number  0.5   is not a u8
    convert the tensor first: x.to_dtype(DType::F32)";
    assert_eq!(refusal(|| Tensor::full_as([2], 0.5, DType::U8)), message);
    assert_eq!(refusal(|| Tensor::full_like(&tensor([1u8]), 0.5)), message);
    assert_eq!(refusal(|| Tensor::arange_as(0.0, 2.0, 0.5, DType::U8)), message);
    assert_eq!(refusal(|| tensor([1u8]).pad(&[(1, 1)], Pad::Constant(0.5))), message);
    assert_eq!(refusal(|| tensor([1u8]).with(0, 0.5)), message);
    assert!(refusal(|| Tensor::arange_as(0.0, 257.0, 1.0, DType::U8)).contains("256   is not a u8"));
    let message = "arange: the numbers must be finite, and the step not 0
    from  0
    to    1
    step  0";
    assert_eq!(refusal(|| Tensor::arange(0.0, 1.0, 0.0)), message);
    assert!(
        refusal(|| Tensor::arange(0.0, f64::INFINITY, 1.0)).starts_with("arange: the numbers must be finite")
    );
}

#[test]
fn elements_that_do_not_fill_the_shape() {
    let message = "from_vec: there must be as many elements as the shape holds
    shape     [2, 2]   holds 4
    elements  3";
    assert_eq!(refusal(|| Tensor::from_vec([2, 2], vec![1, 2, 3])), message);
}

#[test]
fn diagonals_and_classes() {
    let message = "diag: a vector or a matrix is needed
    tensor  [2, 2, 2]   has 3 axes
    take one matrix of it with i(...), or reshape it";
    assert_eq!(refusal(|| zeros(&[2, 2, 2]).diag(0)), message);
    let message = "triu: a matrix is needed, or matrices along the last two axes
    tensor  [2]   1 axes
    give it two axes, for example x.reshape([1, -1])";
    assert_eq!(refusal(|| zeros(&[2]).triu(0)), message);
    assert_eq!(refusal(|| zeros(&[2]).tril(0)), message.replace("triu", "tril"));
    let message = "one_hot: no such class
    number   3
    classes  3   numbered from 0";
    assert_eq!(refusal(|| tensor([0, 3]).one_hot(3)), message);
    assert!(refusal(|| tensor([-1]).one_hot(3)).starts_with("one_hot: no such class"));
    let message = "one_hot: class numbers are i32 or i64
    tensor  [1] f32
    convert them: x.to_dtype(DType::I64)";
    assert_eq!(refusal(|| tensor([1.0]).one_hot(3)), message);
}

#[test]
fn axes() {
    let between =
        |name: &str| format!("{name}: an axis lies between -2 and 1\n    axis  2   of a tensor with 2 axes");
    let x = zeros(&[2, 3]);
    assert_eq!(refusal(|| x.squeeze_axes(2)), between("squeeze_axes"));
    assert_eq!(refusal(|| x.swap_axes(0, 2)), between("swap_axes"));
    assert_eq!(refusal(|| x.move_axis(2, 0)), between("move_axis"));
    assert_eq!(refusal(|| x.flip(2)), between("flip"));
    assert_eq!(refusal(|| x.roll(1, 2)), between("roll"));
    assert_eq!(refusal(|| x.repeat(1, 2)), between("repeat"));
    assert_eq!(refusal(|| x.split(1, 2)), between("split"));
    assert_eq!(refusal(|| x.chunk(1, 2)), between("chunk"));
    assert_eq!(refusal(|| x.take_axis(2, [0])), between("take_axis"));
    assert_eq!(refusal(|| Tensor::concat(&[&x], 2)), between("concat"));
    assert_eq!(refusal(|| x.with(along(2, [0]), 0.0)), between("with"));
    assert_eq!(refusal(|| x.clone().set(along(2, [0]), 0.0)), between("set"));
    assert!(refusal(|| x.expand_dims(3)).starts_with("expand_dims: an axis lies between -3 and 2"));
    assert!(refusal(|| Tensor::stack(&[&x], 3)).starts_with("stack: an axis lies between -3 and 2"));
    assert!(refusal(|| x.flip([0, -2])).starts_with("flip: an axis is named twice"));
    let message = "squeeze_axes: only axes of size 1 can be dropped
    axis    1        has size 3
    tensor  [2, 3]
    take one position, x.i(...), or reduce the axis, x.sum_axes(...)";
    assert_eq!(refusal(|| x.squeeze_axes(-1)), message);
    let message = "move_axis: every axis needs one place
    axes    [0, 1]
    places  [1]";
    assert_eq!(refusal(|| x.move_axis([0, 1], 1)), message);
}

#[test]
fn more_than_eight_axes() {
    let x = zeros(&[1; 8]);
    let message = "expand_dims: a tensor has at most 8 axes
    tensor    [1, 1, 1, 1, 1, 1, 1, 1]   has 8 axes
    new axes  1";
    assert_eq!(refusal(|| x.expand_dims(0)), message);
    assert!(refusal(|| Tensor::stack(&[&x], 0)).starts_with("stack: a tensor has at most 8 axes"));
    assert!(refusal(|| x.tile(&[1; 9])).starts_with("tile: a tensor has at most 8 axes"));
    assert!(refusal(|| x.i(NEW_AXIS)).starts_with("i: a tensor has at most 8 axes"));
    assert!(refusal(|| x.take_axis(0, &tensor([[0]]))).starts_with("take_axis: a tensor has at most 8 axes"));
    assert!(refusal(|| x.mask_select(&tensor(true))).starts_with("mask_select: a tensor has at most 8 axes"));
    assert!(
        refusal(|| x.to_dtype(DType::I32).one_hot(2)).starts_with("one_hot: a tensor has at most 8 axes")
    );
}

#[test]
fn tensors_that_do_not_fit_together() {
    let message = "concat: sizes must be equal, but along the axis
    first    [2, 3]
    input 1  [2, 2]   along axis 0";
    assert_eq!(refusal(|| Tensor::concat(&[&zeros(&[2, 3]), &zeros(&[2, 2])], 0)), message);
    assert_eq!(refusal(|| Tensor::concat::<Tensor>(&[], 0)), "concat: at least one tensor is needed");
    assert!(
        refusal(|| Tensor::concat(&[tensor([1]), tensor([1.0])], 0)).starts_with("concat: dtypes differ")
    );
    assert_eq!(refusal(|| Tensor::stack::<Tensor>(&[], 0)), "stack: at least one tensor is needed");
    let message = "stack: all tensors must have one shape
    first    [2]
    input 1  [3]";
    assert_eq!(refusal(|| Tensor::stack(&[zeros(&[2]), zeros(&[3])], 0)), message);
}

#[test]
fn pieces_and_frames() {
    let message = "split: the axis cannot be cut into so many equal pieces
    pieces  2
    axis    3   positions
    name the sizes, x.split([2, 1], axis), or use chunk, whose last piece may be smaller";
    assert_eq!(refusal(|| zeros(&[3]).split(2, 0)), message);
    let message = "split: the sizes must add up to that of the axis
    sizes  [1, 1]   2 positions
    axis   3        positions";
    assert_eq!(refusal(|| zeros(&[3]).split([1, 1], 0)), message);
    assert_eq!(refusal(|| zeros(&[3]).chunk(0, 0)), "chunk: at least one piece is needed\n    pieces  0");
    let message = "pad: one pair of widths is needed, or one per axis
    widths  [(1, 1), (1, 1)]
    tensor  [3]                has 1 axes";
    assert_eq!(refusal(|| zeros(&[3]).pad(&[(1, 1), (1, 1)], Pad::Edge)), message);
    let message = "pad: an empty axis has no edge
    tensor  [0]   is empty along axis 0
    pad it with a number: Pad::Constant(0.0)";
    assert_eq!(refusal(|| zeros(&[0]).pad(&[(1, 1)], Pad::Reflect)), message);
}

#[test]
fn indices() {
    let message = "i: more than one ellipsis, so that none says where it ends
    indices  2
    tensor   [2, 3]   has 2 axes";
    assert_eq!(refusal(|| zeros(&[2, 3]).i((ELLIPSIS, ELLIPSIS))), message);
    assert!(refusal(|| zeros(&[2]).i((0, ELLIPSIS, 0))).starts_with("i: more indices than axes"));
    let message = "i: index out of bounds
    index 1  3
    tensor   [2, 3]   has 3 along axis 1";
    assert_eq!(refusal(|| zeros(&[2, 3]).i((ELLIPSIS, 3))), message);
    assert_eq!(refusal(|| zeros(&[2, 3]).with((NEW_AXIS, .., 3), 0.0)), message.replace("i: ", "with: "));
    assert_eq!(refusal(|| zeros(&[2, 3]).set((.., 3), 0.0)), message.replace("i: ", "set: "));
    let message = "take_axis: position out of bounds
    position  -4
    tensor    [2, 3]   has 3 along axis 1";
    assert_eq!(refusal(|| zeros(&[2, 3]).take_axis(-1, [0, -4])), message);
    let message = "take_axis: positions are i32 or i64
    tensor  [1] f32
    convert them: x.to_dtype(DType::I64)";
    assert_eq!(refusal(|| zeros(&[2]).take_axis(0, &tensor([1.0]))), message);
    assert!(refusal(|| along(0, &tensor([1.0]))).starts_with("along: positions are i32 or i64"));
}

#[test]
fn masks() {
    let message = "mask_select: a mask is bool
    mask  [2] f32
    compare first, x.less(0.0), or convert it: mask.to_dtype(DType::Bool)";
    assert_eq!(refusal(|| zeros(&[2]).mask_select(&zeros(&[2]))), message);
    let message = "mask_select: a mask must have the sizes of the first axes
    mask    [2]
    tensor  [3, 2]
    stretch it first: mask.broadcast_to(x.shape())";
    let mask = tensor([true, false]);
    assert_eq!(refusal(|| zeros(&[3, 2]).mask_select(&mask)), message);
    assert_eq!(refusal(|| zeros(&[3, 2]).set(&mask, 0.0)), message.replace("mask_select", "set"));
}

#[test]
fn what_cannot_be_set() {
    let message = "set: the value must stretch to what is selected
    value     [3]
    selected  [2]   of [2, 3]";
    assert_eq!(refusal(|| zeros(&[2, 3]).set((.., 0), zeros(&[3]))), message);
    assert_eq!(refusal(|| zeros(&[2, 3]).with((.., 0), zeros(&[3]))), message.replace("set: ", "with: "));
    let mask = tensor([true, true]);
    assert_eq!(refusal(|| zeros(&[2]).set(&mask, zeros(&[3]))), message.replace("[2, 3]", "[2]"));
    assert!(refusal(|| zeros(&[2]).set(0, tensor([1]).i(0))).starts_with("set: dtypes differ"));
    let message = "set: nothing changes in place while it is recorded
    tensor  [2]
    let y = x.with(place, value), which has a gradient, or set on x.detach()";
    assert_eq!(refusal(|| record(|| zeros(&[2]).set(0, 1.0))), message.replace(", or set on x.detach()", ""));
    let w = zeros(&[2]).attach_grad();
    let mut y = record(|| w.square());
    let message = message.replace(
        "nothing changes in place while it is recorded",
        "the result of a recorded operation does not change",
    );
    assert_eq!(refusal(|| y.set(0, 1.0)), message);
}

/// They once wrapped around: the largest `usize` was the last element, and the end after the largest `isize` overflowed.
#[test]
fn positions_beyond_every_axis() {
    let x = Tensor::zeros([3]);
    assert!(refusal(|| x.i(usize::MAX)).starts_with("i: index out of bounds"));
    assert!(refusal(|| x.i(..usize::MAX)).starts_with("i: range out of bounds"));
    assert!(refusal(|| x.i(0..=isize::MAX)).starts_with("i: range out of bounds"));
    assert!(refusal(|| x.i(..=usize::MAX)).starts_with("i: range out of bounds"));
}
