//! What autograd refuses, and in what words.

mod common;

use common::refusal;
use ndgrad_tensor::autograd::{self, Backward, GradReq};
use ndgrad_tensor::{DType, Tensor, tensor};

fn zeros(shape: &[usize]) -> Tensor {
    Tensor::zeros(shape)
}

#[test]
fn no_gradient_through_whole_numbers_or_bool() {
    let w = zeros(&[2]).attach_grad();
    let message = "backward: no gradient flows through whole numbers or bool
    tensor  [2] bool
    go backward from what was computed in floats";
    let answers = autograd::record(|| w.less(1.0));
    assert_eq!(refusal(|| answers.backward()), message);
    let whole = autograd::record(|| w.to_dtype(DType::I64));
    assert_eq!(refusal(|| whole.backward()), message.replace("bool\n    go", "i64\n    go"));
    assert_eq!(
        refusal(|| autograd::grad(&whole, &w, Backward::new())),
        message.replace("bool\n    go", "i64\n    go")
    );
    // What is computed from them has no history either.
    let after = autograd::record(|| w.to_dtype(DType::I64).to_dtype(DType::F32).sum());
    assert!(refusal(|| after.backward()).starts_with("backward: nothing was recorded that leads here"));

    let message = "attach_grad: gradients are for numbers with a fraction
    tensor  [2] i32   one of f32, f64 is needed
    convert it: x.to_dtype(DType::F32)";
    assert_eq!(refusal(|| tensor([1, 2]).attach_grad()), message);
    assert_eq!(refusal(|| tensor([true, false]).attach_grad()), message.replace("i32", "bool"));
}

#[test]
fn grad_of_what_has_no_history() {
    let w = zeros(&[2]).attach_grad();
    let y = autograd::record(|| w.square().sum());
    let message = "grad: gradients are computed with respect to leaves and what was recorded
    x  [2] f32   a plain value
    make a leaf of it before recording: let x = x.attach_grad();";
    assert_eq!(refusal(|| autograd::grad(&y, &[&w, &zeros(&[2])], Backward::new())), message);
    w.set_grad_req(GradReq::Null);
    assert_eq!(
        refusal(|| autograd::grad(&y, &w, Backward::new())),
        message.replace("a plain value", "a leaf whose grad_req is null")
    );
}

#[test]
fn head_gradients_that_do_not_fit() {
    let w = zeros(&[2]).attach_grad();
    let ys = autograd::record(|| [&w * 2.0, w.sum()]);
    let message = "backward: every output needs a head gradient, or none
    outputs  2
    heads    1
    give ones where nothing else is meant: Tensor::ones_like(&y)";
    let how = || Backward::new().retain_graph();
    assert_eq!(refusal(|| autograd::backward(&ys, how().head(&zeros(&[2])))), message);
    assert_eq!(refusal(|| autograd::grad(&ys, &w, how().head(&zeros(&[2])))), message);
    let message = "backward: the head gradient must be like the output
    output  [] f32 @cpu(0)
    head    [] f64 @cpu(0)";
    let heads = [zeros(&[2]), zeros(&[]).to_dtype(DType::F64)];
    assert_eq!(refusal(|| autograd::backward(&ys, how().heads(&heads))), message);
}

#[test]
fn grad_after_the_graph_is_used_up() {
    let w = tensor(1.0).attach_grad();
    let y = autograd::record(|| w.exp().square());
    y.backward();
    for message in [
        refusal(|| autograd::grad(&y, &w, Backward::new())),
        refusal(|| autograd::backward(&[&y, &y], Backward::new())),
    ] {
        assert!(
            message.starts_with("backward: an earlier backward has used this graph up\n    at  square"),
            "{message}"
        );
        assert!(message.contains("retain_graph"), "{message}");
    }
}

#[test]
fn gradients_of_a_custom_function_that_do_not_fit() {
    let x = zeros(&[2]).attach_grad();
    let with = |gradient: Tensor| {
        autograd::record(|| autograd::custom("mine", &x, |x| x[0].square(), move |_, _, _| gradient.clone()))
    };
    let message = "mine: the gradient that it gives must be like the input
    input 0   [2] f32
    gradient  [3] f32";
    let how = Backward::new;
    assert_eq!(refusal(|| with(zeros(&[3])).backward()), message);
    assert_eq!(refusal(|| with(zeros(&[])).backward_with(how())), message.replace("[3]", "[]"));
    let wide = zeros(&[2]).to_dtype(DType::F64);
    assert_eq!(refusal(|| autograd::grad(&with(wide), &x, how())), message.replace("[3] f32", "[2] f64"));
    // One that the input stretches to is summed.
    with(Tensor::ones([3, 2])).backward();
    assert_eq!(x.grad().to_vec::<f32>(), [3.0, 3.0]);
}

#[test]
fn derivatives_of_what_has_none() {
    let x = zeros(&[2]);
    let message = "hessian: the function must return one number
    result  [2]   has 2
    reduce it (sum, mean), or use jacobian";
    assert_eq!(refusal(|| autograd::hessian(|x| x.square(), &x)), message);
    let product = || autograd::hessian_vector_product(|x| x.square(), &x, &x);
    assert_eq!(refusal(product), message.replace("hessian:", "hessian_vector_product:"));
    let message = "hessian_vector_product: the vector must be like x
    x  [2] f32
    v  [3] f32";
    assert_eq!(refusal(|| autograd::hessian_vector_product(|x| x.sum(), &x, &zeros(&[3]))), message);
    let message = "jacobian: the result has at most 8 axes
    f(x)  [1, 1, 1, 1, 1]
    x     [1, 1, 1, 1, 1]
    flatten one of them: x.reshape(-1)";
    assert_eq!(refusal(|| autograd::jacobian(|x| x.square(), &zeros(&[1; 5]))), message);
    let message = "jacobian: derivatives are taken by numbers with a fraction
    x  [2] i32
    convert it: x.to_dtype(DType::F32)";
    assert_eq!(refusal(|| autograd::jacobian(|x| x.clone(), &tensor([1, 2]))), message);
    let message = "backward: the head gradient must be like the output
    output  [2] f32 @cpu(0)
    head    [3] f32 @cpu(0)";
    assert_eq!(refusal(|| autograd::vector_jacobian_product(|x| x.square(), &x, &zeros(&[3]))), message);
    let message = refusal(|| autograd::jacobian(|x| x.less(1.0), &x));
    assert!(message.starts_with("backward: no gradient flows through whole numbers or bool"), "{message}");
}

#[test]
fn what_only_a_leaf_has() {
    let message = "zero_grad: only a leaf has a gradient
    tensor  [2]   a plain value
    make a leaf first: let w = w.attach_grad();";
    assert_eq!(refusal(|| zeros(&[2]).zero_grad()), message);
    assert_eq!(refusal(|| zeros(&[2]).grad_req()), message.replace("zero_grad", "grad_req"));
    assert_eq!(
        refusal(|| zeros(&[2]).set_grad_req(GradReq::Add)),
        message.replace("zero_grad", "set_grad_req")
    );
    let w = zeros(&[2]).attach_grad();
    let y = autograd::record(|| &w * 2.0);
    assert!(refusal(|| y.zero_grad()).contains("the result of a recorded operation"));
}
