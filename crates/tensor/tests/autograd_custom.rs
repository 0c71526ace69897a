//! Functions with a gradient of their own, and, with their help, which gradients are asked for.

use std::sync::{Arc, Mutex};

use ndgrad_tensor::autograd::{self, Backward, record};
use ndgrad_tensor::ops::Call;
use ndgrad_tensor::{DType, Tensor, live_buffers, tensor};

/// Counts how often its gradient is asked for, and for which inputs.
fn counting(x: &Tensor, y: &Tensor, asked: &Arc<Mutex<Vec<usize>>>) -> Tensor {
    let asked = asked.clone();
    let backward = move |call: &Call<'_>, head: &Tensor, input: usize| {
        asked.lock().unwrap().push(input);
        head * call.input(1 - input)
    };
    autograd::custom("counting", &[x, y], |inputs| &inputs[0] * &inputs[1], backward)
}

/// An operation whose second input must never be asked for its gradient.
#[test]
fn a_gradient_that_nobody_needs_is_not_computed() {
    use ndgrad_tensor::ops::{Op, apply};
    use ndgrad_tensor::{Array, OperationError, Spec};

    #[derive(Debug)]
    struct First;

    impl Op for First {
        fn name(&self) -> &'static str {
            "first"
        }

        fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
            Ok(inputs[0])
        }

        fn forward(&self, inputs: &[&Array], out: &mut Array) {
            *out = inputs[0].clone();
        }

        fn gradient(&self, _: &Call<'_>, head: &Tensor, input: usize) -> Tensor {
            assert_eq!(input, 0, "nobody needs the second");
            3.0 * head
        }
    }

    let (x, constant) = (tensor(1.0).attach_grad(), tensor(1.0));
    record(|| apply(First, &[&x, &constant])).backward();
    assert_eq!(x.grad().item(), 3.0);
}

#[test]
fn grad_works_on_nothing_but_what_leads_to_xs() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let [x, w, v] = [2.0, 3.0, 5.0].map(|number| tensor(number).attach_grad());
    let (hidden, y) = record(|| {
        let hidden = counting(&x, &w, &asked);
        (hidden.clone(), hidden.square() + counting(&v, &v.exp(), &asked))
    });
    let how = || Backward::new().retain_graph();
    assert_eq!(autograd::grad(&y, &hidden, how())[0].item(), 12.0);
    assert_eq!(*asked.lock().unwrap(), [], "nothing below hidden, nothing beside it");
    assert_eq!(autograd::grad(&y, &w, how())[0].item(), 24.0);
    assert_eq!(*asked.lock().unwrap(), [1], "w's share alone");
    autograd::grad(&y, &[&hidden, &x], Backward::new());
    assert_eq!(*asked.lock().unwrap(), [1, 0]);
    // What was not walked has not been used up.
    let left = record(|| hidden.detach() + 1.0);
    assert!(!left.requires_grad());
}

#[test]
fn a_leaf_to_which_no_handle_is_left_gets_no_gradient() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let w = tensor(3.0).attach_grad();
    let y = record(|| counting(&tensor(2.0).attach_grad(), &w, &asked));
    y.backward();
    assert_eq!((w.grad().item(), asked.lock().unwrap().clone()), (2.0, vec![1]));
}

/// Going backward does not change the mode: a custom function may ask for it.
#[test]
fn gradients_are_computed_in_the_mode_of_the_caller() {
    let x = tensor(1.0).attach_grad();
    let y = record(|| {
        autograd::custom(
            "mode",
            &x,
            |x| x[0].clone(),
            |_, head, _| {
                if autograd::is_training() { 2.0 * head } else { head.clone() }
            },
        )
    });
    let how = || Backward::new().retain_graph();
    assert_eq!(autograd::grad(&y, &x, how())[0].item(), 1.0);
    assert_eq!(autograd::train_mode(|| autograd::grad(&y, &x, how()))[0].item(), 2.0);
}

#[test]
fn a_custom_function_has_gradients_of_gradients_and_takes_stretched_ones() {
    // x y, whose gradients have the stretched shape.
    let asked = Arc::new(Mutex::new(Vec::new()));
    let inputs = [tensor([[1.0, -2.0, 0.5]]), tensor([[0.3], [2.0]])];
    let f = |x: &[Tensor]| counting(&x[0], &x[1], &asked).square();
    assert!(autograd::check(f, &inputs).passes(1e-8));
    assert!(autograd::check_second(f, &inputs).passes(1e-7));
}

#[test]
fn a_custom_function_takes_whole_numbers_and_may_give_them() {
    let x = tensor([1.0, 2.0]).attach_grad();
    let pick = |inputs: &[Tensor]| inputs[0].i(inputs[1].item() as i32);
    let backward = |call: &Call<'_>, head: &Tensor, input: usize| {
        assert_eq!(input, 0);
        head * call.input(1).to_dtype(DType::F32) * tensor([0.0, 1.0])
    };
    record(|| autograd::custom("pick", &[&x, &tensor(1)], pick, backward)).backward();
    assert_eq!(x.grad().to_vec::<f32>(), [0.0, 1.0]);
    let whole =
        record(|| autograd::custom("cut", &x, |x| x[0].to_dtype(DType::I32), |_, head, _| head.clone()));
    assert!(!whole.requires_grad());
}

#[test]
fn custom_functions_are_let_go() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let w = Tensor::ones([100]).attach_grad();
    let before = live_buffers();
    for _ in 0..1000 {
        let y = record(|| counting(&w, &w.square(), &asked).sum());
        autograd::grad(&y, &w, Backward::new());
    }
    assert_eq!(live_buffers(), before);
    assert_eq!(Arc::strong_count(&asked), 1, "the closure goes with the graph");
}

#[test]
fn a_report_knows_the_worst_element_of_every_input() {
    // The second input's gradient is wrong in its second element, by 5 at a derivative of 3.
    let wrong = |inputs: &[Tensor]| {
        autograd::custom(
            "wrong",
            inputs,
            |x| &x[0] * &x[1],
            |call, head, input| {
                let right = head * call.input(1 - input);
                if input == 0 { right } else { right + tensor([0.0, 5.0]).to_dtype(DType::F64) * head }
            },
        )
    };
    let report = autograd::check(wrong, &[tensor([2.0, 3.0]), tensor([4.0, 5.0])]);
    assert!(!report.passes(1e-3) && report.inputs.len() == 2);
    let worst = report.worst().unwrap();
    assert_eq!((worst.input, worst.element, worst.error), (1, 1, report.error));
    assert!(report.inputs[0].error < 1e-9 && report.to_string().lines().count() == 3, "{report}");
    let head = 1.37;
    assert!((worst.gradient - head * 8.0).abs() < 1e-9 && (worst.difference - head * 3.0).abs() < 1e-9);

    let nan = autograd::check(|x| x[0].log(), &[tensor([1.0, -1.0])]);
    assert!(!nan.passes(f64::INFINITY) && nan.error.is_nan(), "{nan}");
    let none = autograd::check(|x| x[0].to_dtype(DType::F32), &[tensor([1, 2])]);
    assert!(none.passes(0.0) && none.worst().is_none());
    assert_eq!(none.to_string(), "nothing to compare");
}
