//! What is refused, and in what words: operation, rule, operands, remedy, at the caller's line.

mod common;

use common::refusal;
use ndgrad_tensor::autograd::{self, Backward, GradReq};
use ndgrad_tensor::{DType, Device, Index, Tensor, ops, tensor};

fn zeros(shape: &[usize]) -> Tensor {
    Tensor::zeros(shape)
}

#[test]
fn matmul_with_inner_sizes_that_differ() {
    let message = "matmul: inner sizes differ
    left   [64, 3]
    right  [2, 1]    its rows (2) must equal left's columns (3)";
    assert_eq!(refusal(|| zeros(&[64, 3]).matmul(&zeros(&[2, 1]))), message);
    assert_eq!(refusal(|| zeros(&[64, 3]).dot(&zeros(&[2, 1]))), message.replace("matmul", "dot"));
}

#[test]
fn matmul_of_a_vector() {
    let message = "matmul: both operands must be matrices
    left   [2, 3]   2 axes
    right  [3]      1 axes
    reshape a vector to a column, x.reshape([-1, 1]), or use dot";
    assert_eq!(refusal(|| zeros(&[2, 3]).matmul(&zeros(&[3]))), message);
}

#[test]
fn shapes_that_do_not_stretch() {
    let message = "sub: shapes do not stretch to a common one
    left   [4, 1]
    right  [4, 2, 3]   aligned from the last axis, sizes must be equal or 1
    reshape one of them, for example y.reshape([-1, 1])";
    assert_eq!(refusal(|| zeros(&[4, 1]) - zeros(&[4, 2, 3])), message);
    assert_eq!(
        refusal(|| zeros(&[2]).broadcast_to([3])),
        "broadcast_to: only axes of size 1 stretch, aligned from the last\n    tensor  [2]\n    to      [3]"
    );
}

#[test]
fn dtypes_that_differ() {
    let message = "add: dtypes differ, and none is converted silently
    left   [2] f32
    right  [2] f64
    convert one: right.to_dtype(DType::F32)";
    assert_eq!(refusal(|| zeros(&[2]) + zeros(&[2]).to_dtype(DType::F64)), message);
    let message = "to_vec: elements are read as what they are
    tensor     f32
    asked for  f64
    convert first: x.to_dtype(DType::F64)";
    assert_eq!(refusal(|| zeros(&[2]).to_vec::<f64>()), message);
}

#[test]
fn masks_and_truth_of_numbers() {
    let message = "choose: the mask must be of bool
    mask  [2] f32
    compare, as in x.greater(0), or convert it: mask.to_dtype(DType::Bool)";
    assert_eq!(refusal(|| zeros(&[2]).choose(1.0, 0.0)), message);
    assert_eq!(refusal(|| zeros(&[2]).masked_fill(&zeros(&[2]), 0.0)), message);
    let message = "bitand: not defined for f32
    tensor  [2] f32   one of bool is needed
    convert it: x.to_dtype(DType::Bool)";
    assert_eq!(refusal(|| zeros(&[2]) & tensor([true])), message);
    assert_eq!(refusal(|| tensor([true]) & zeros(&[2])), message);
    assert_eq!(refusal(|| !zeros(&[2])), message.replace("bitand", "not"));
    let message = "choose: shapes do not stretch to a common one
    mask    [2]
    values  [3]   aligned from the last axis, sizes must be equal or 1
    reshape one of them, for example y.reshape([-1, 1])";
    assert_eq!(refusal(|| tensor([true, false]).choose(zeros(&[3]), 0.0)), message);
}

#[test]
fn axes_and_shapes_that_do_not_exist() {
    let message = "sum: an axis lies between -2 and 1
    axis  2   of a tensor with 2 axes";
    assert_eq!(refusal(|| zeros(&[2, 3]).sum_axes(2)), message);
    assert_eq!(refusal(|| zeros(&[2, 3]).sum_axes([0, -2])), "sum: an axis is named twice\n    axis  -2");
    let message = "reshape: the number of elements must stay
    tensor  [2, 3]    6 elements
    sizes   [4, -1]";
    assert_eq!(refusal(|| zeros(&[2, 3]).reshape([4, -1])), message);
    let message = "permute: every axis must be named once
    order  [0, 0]   of a tensor with 2 axes";
    assert_eq!(refusal(|| zeros(&[2, 3]).permute([0, 0])), message);
}

#[test]
fn indices_that_do_not_exist() {
    let message = "i: index out of bounds
    index 1  3
    tensor   [2, 3]   has 3 along axis 1";
    assert_eq!(refusal(|| zeros(&[2, 3]).i((.., 3))), message);
    let message = "i: range out of bounds
    index 0  1..3
    tensor   [2, 3]   has 2 along axis 0";
    assert_eq!(refusal(|| zeros(&[2, 3]).i(1..3)), message);
    let message = "i: more indices than axes
    indices  2
    tensor   [2]   has 1 axes";
    assert_eq!(refusal(|| zeros(&[2]).i((0, 0))), message);
    assert!(refusal(|| zeros(&[2]).i(Index::from(..).step(0))).starts_with("i: a step of 0 goes nowhere"));
    let message = "take: row out of bounds
    row     2
    tensor  [2, 3]   has rows 0 to 1";
    assert_eq!(refusal(|| zeros(&[2, 3]).take(&[0, 2])), message);
}

#[test]
fn one_number_of_many() {
    let message = "item: exactly one element is needed
    tensor  [2]   has 2
    reduce it first (sum, mean), pick one element with i(...), or read all with to_vec";
    assert_eq!(refusal(|| zeros(&[2]).item()), message);
}

#[test]
fn backward_of_what_was_not_recorded() {
    let w = tensor(1.0).attach_grad();
    let message = "backward: nothing was recorded that leads here
    tensor  []
    compute it within autograd::record(|| ...) from a leaf made by attach_grad";
    assert_eq!(refusal(|| (&w * &w).backward()), message);
    let constant = tensor(1.0).attach_grad_with(GradReq::Null);
    assert_eq!(refusal(|| autograd::record(|| &constant * 2.0).backward()), message);
}

#[test]
fn backward_twice() {
    let w = tensor(1.0).attach_grad();
    let loss = autograd::record(|| &w * &w);
    loss.backward();
    let message = refusal(|| loss.backward());
    let (first, rest) = message.split_once("\n    at  mul   recorded at ").unwrap();
    assert_eq!(first, "backward: an earlier backward has used this graph up");
    assert!(
        rest.starts_with("crates/tensor/tests/refusals.rs:") || rest.contains("tests/refusals.rs:"),
        "{rest}"
    );
    assert!(rest.ends_with(
        "keep it the first time, y.backward_with(Backward::new().retain_graph()), or record it again"
    ));
}

#[test]
fn a_head_gradient_of_another_shape() {
    let w = zeros(&[2]).attach_grad();
    let y = autograd::record(|| &w * 2.0);
    let message = "backward: the head gradient must be like the output
    output  [2] f32 @cpu(0)
    head    [3] f32 @cpu(0)";
    assert_eq!(refusal(|| y.backward_with(Backward::new().head(&zeros(&[3])))), message);
}

#[test]
fn assign_where_it_may_not_be() {
    let message = "assign: only a leaf can be assigned to
    tensor  [2]   a plain value
    make a leaf first: let w = w.attach_grad();";
    assert_eq!(refusal(|| zeros(&[2]).assign(zeros(&[2]))), message);
    assert!(refusal(|| zeros(&[2]).grad()).starts_with("grad: only a leaf has a gradient"));

    let w = zeros(&[2]).attach_grad();
    let message = "assign: a leaf may not change while its use is recorded
    leaf  [2]
    assign after the closure of autograd::record has returned, or in autograd::pause";
    assert_eq!(refusal(|| autograd::record(|| w.assign(zeros(&[2])))), message);
    assert!(!autograd::is_recording(), "a panic ends the scope that it leaves");

    let message = "assign: the new value must have the leaf's shape, dtype and device
    leaf   [2] f32 @cpu(0)
    value  [2] f64 @cpu(0)
    convert it: value.to_dtype(DType::F32)";
    assert_eq!(refusal(|| w.assign(zeros(&[2]).to_dtype(DType::F64))), message);
}

#[test]
fn operands_on_different_devices() {
    let message = "add: operands live on different devices
    first    cpu(0)
    another  cpu(1)
    bring them together with to_device";
    let here = tensor([1.0, 2.0]);
    let there = here.to_device(Device::cpu_at(1));
    assert_eq!(refusal(|| &here + &there), message);
    assert_eq!(refusal(|| here.dot(&there)), message.replace("add", "matmul"));
    assert_eq!(refusal(|| Tensor::concat(&[&here, &there], 0)), message.replace("add", "concat"));
    assert_eq!(refusal(|| here.clone().set(0, there.i(0))), message.replace("add", "set"));
    assert_eq!((&here + there.to_device(Device::cpu())).to_vec::<f32>(), [2.0, 4.0]);
}

#[test]
fn the_checked_form_returns_the_same_text() {
    let error = ops::try_apply(ops::MatMul, &[&zeros(&[64, 3]), &zeros(&[2, 1])]).unwrap_err();
    assert_eq!(error.to_string(), refusal(|| zeros(&[64, 3]).matmul(&zeros(&[2, 1]))));
}
