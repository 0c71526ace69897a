//! What a compiled function refuses, and where: at the line of the function that does it.

mod common;

use common::refusal;
use ndgrad_tensor::random::Generator;
use ndgrad_tensor::{DType, Tensor, autograd, compile, tensor};

fn refused<F: Fn(Tensor) -> Tensor>(function: F) -> String {
    refusal(|| compile(function).call(tensor([1.0, 2.0])))
}

#[test]
fn reading_what_differs_from_call_to_call() {
    let message = "item: a value that differs from call to call cannot be read in a compiled function\n    \
                   tensor  [] f32\n    return the tensor and read it from the result; to choose by a value, compute \
                   both and use choose";
    assert_eq!(refused(|x| if x.sum().item() > 0.0 { x } else { -x }), message);
    assert!(
        refused(|x| Tensor::from_vec([2], x.to_vec::<f32>())).starts_with("to_vec: a value that differs")
    );
    let w = tensor([1.0]).attach_grad();
    assert!(refused(|x| x * w.item()).starts_with("item: a value that differs"));
    // What is always the same may be read.
    let rate = tensor(0.5);
    assert_eq!(compile(|x: Tensor| x * rate.item()).call(tensor(3.0)).item(), 1.5);
}

#[test]
fn shapes_that_hang_on_elements() {
    assert!(refused(|x| x.mask_select(&x.greater(1.0))).contains("a value that differs from call to call"));
    assert!(refused(|x| x.nonzero()).contains("a value that differs from call to call"));
}

#[test]
fn what_happens_only_once() {
    let message = refused(|mut x| {
        x.set(0, 5.0);
        x
    });
    assert!(
        message.starts_with("set: this happens when the function is compiled, and not again"),
        "{message}"
    );
    assert!(message.contains("x = x.with(place, value)"), "{message}");
    let w = tensor([1.0]).attach_grad();
    let message = refused(|x| {
        w.set_grad_req(autograd::GradReq::Null);
        x
    });
    assert!(message.starts_with("set_grad_req: this happens when"), "{message}");
}

#[test]
fn draws_from_a_generator_of_ones_own() {
    let message = refused(|x| x + Generator::philox(1).normal([2]));
    assert!(message.starts_with("random: this happens when the function is compiled"), "{message}");
    assert!(message.contains("random::normal"), "{message}");
}

#[test]
fn inputs_and_outputs_with_a_history() {
    let w = tensor([1.0, 2.0]).attach_grad();
    let message = refusal(|| compile(|x: Tensor| 2.0 * x).call(w.clone()));
    assert!(message.starts_with("compile: inputs of a compiled function are values"), "{message}");
    assert!(message.contains("x.detach()"), "{message}");
    let message = refused(|x| autograd::record(|| &w * x));
    assert!(message.starts_with("compile: what a compiled function gives has no history"), "{message}");
}

/// An operation that refuses its inputs at a later call names the line in the function.
#[test]
fn positions_that_do_not_exist_at_a_later_call() {
    let x = tensor([1.0, 2.0, 3.0]);
    let compiled = compile(|index: Tensor| x.gather(0, &index));
    let index = |at: i32| tensor([at]).to_dtype(DType::I64);
    assert_eq!(compiled.call(index(2)).item(), 3.0);
    assert_eq!(compiled.call(index(0)).item(), 1.0);
    let message = refusal(|| compiled.call(index(7)));
    assert!(message.starts_with("gather: "), "{message}");
    assert!(message.contains("refusals_compile.rs"), "{message}");
    assert_eq!(compiled.call(index(1)).item(), 2.0);
}
