//! Recording, going backward, and what is held meanwhile.

use std::sync::{Arc, Mutex};

use ndgrad_tensor::autograd::{self, Backward, GradReq, pause, record};
use ndgrad_tensor::ops::Call;
use ndgrad_tensor::{DType, Tensor, live_buffers, tensor};

#[test]
fn a_tensor_used_twice_gets_both_gradients() {
    let x = tensor([3.0]).attach_grad();
    record(|| (&x * &x + 2.0 * &x).sum()).backward();
    assert_eq!(x.grad().item(), 8.0);
}

#[test]
fn the_gradient_of_a_stretched_operand_is_summed() {
    let (x, b) = (Tensor::ones([4, 3]).attach_grad(), tensor([[1.0, 2.0, 3.0]]).attach_grad());
    record(|| (&x * &b).sum()).backward();
    assert_eq!((b.grad().shape(), b.grad().to_vec::<f32>()), ([1, 3].into(), vec![4.0; 3]));
    assert_eq!(x.grad().i(2).to_vec::<f32>(), [1.0, 2.0, 3.0]);
}

#[test]
fn gradients_are_written_added_or_not_wanted() {
    let make = |request| tensor(2.0).attach_grad_with(request);
    let (write, add, null) = (make(GradReq::Write), make(GradReq::Add), make(GradReq::Null));
    for _ in 0..3 {
        record(|| &write * &add * &null).backward();
    }
    assert_eq!((write.grad().item(), add.grad().item(), null.grad().item()), (4.0, 12.0, 0.0));
}

#[test]
fn scopes_nest_and_belong_to_a_thread() {
    let w = tensor(1.0).attach_grad();
    let (inner, outer) = record(|| {
        let inner = pause(|| &w * 2.0);
        std::thread::scope(|scope| {
            scope.spawn(|| assert!(!autograd::is_recording()));
        });
        (inner, &w * 2.0)
    });
    assert!(!inner.requires_grad() && outer.requires_grad() && !autograd::is_recording());
}

#[test]
fn threads_record_at_the_same_time_without_seeing_each_other() {
    let shared = tensor(3.0).attach_grad();
    std::thread::scope(|scope| {
        for factor in 1..=8 {
            let shared = &shared;
            scope.spawn(move || {
                let own = tensor(factor as f64).attach_grad();
                for _ in 0..200 {
                    let y = record(|| &own * &own * shared);
                    let gradients = autograd::grad(&y, &[&own], Backward::new());
                    assert_eq!(gradients[0].item(), 6.0 * factor as f64);
                }
            });
        }
    });
}

#[test]
fn a_graph_may_be_walked_on_another_thread() {
    let w = tensor(3.0).attach_grad();
    let y = record(|| w.square());
    let z = std::thread::scope(|scope| scope.spawn(|| record(|| y.square())).join().unwrap());
    z.backward();
    assert_eq!(w.grad().item(), 4.0 * 27.0);
}

#[test]
fn what_was_saved_does_not_change_when_the_leaf_does() {
    let w = tensor([2.0, 3.0]).attach_grad();
    let y = record(|| w.square().sum());
    w.assign(tensor([100.0, 100.0]));
    y.backward();
    assert_eq!(w.grad().to_vec::<f32>(), [4.0, 6.0]);
}

#[test]
fn a_retained_graph_serves_again() {
    let w = tensor(3.0).attach_grad_with(GradReq::Add);
    let y = record(|| w.square());
    y.backward_with(Backward::new().retain_graph());
    y.backward();
    assert_eq!(w.grad().item(), 12.0);
}

/// d^n/dx^n of x^5 at 2, by going backward through gradients.
#[test]
fn gradients_of_gradients_of_gradients() {
    let x = tensor(2.0).attach_grad();
    let derivatives = record(|| {
        let mut y = x.square().square() * &x;
        let mut values = Vec::new();
        for _ in 0..5 {
            y = autograd::grad(&y, &[&x], Backward::new().create_graph()).remove(0);
            values.push(y.item());
        }
        values
    });
    assert_eq!(derivatives, [80.0, 160.0, 240.0, 240.0, 120.0]);
}

#[test]
fn detached_values_stop_the_gradient() {
    let x = tensor(3.0).attach_grad();
    record(|| &x * x.detach()).backward();
    assert_eq!(x.grad().item(), 3.0);
}

fn step(w: &Tensor, x: &Tensor) {
    let loss = record(|| x.dot(w).square().mean());
    loss.backward();
    w.assign(w - 0.01 * w.grad());
}

#[test]
fn ten_thousand_steps_hold_what_one_holds() {
    let (w, x) = (Tensor::ones([2, 1]).attach_grad(), Tensor::ones([4, 2]));
    step(&w, &x);
    let after_one = live_buffers();
    (0..10_000).for_each(|_| step(&w, &x));
    assert_eq!(live_buffers(), after_one);
}

#[test]
fn backward_lets_go_of_what_it_has_used() {
    let w = Tensor::ones([1000]).attach_grad();
    let before = live_buffers();
    let y = record(|| w.square().square().square().sum());
    let recorded = live_buffers();
    y.backward();
    assert!(recorded - before >= 3);
    // y itself, and the gradient at w.
    assert_eq!(live_buffers() - before, 2);
}

#[test]
fn a_chain_of_a_million_operations_is_walked_and_dropped_without_recursion() {
    let run = || {
        let w = tensor(1.0).attach_grad();
        let build = || record(|| (0..1_000_000).fold(&w * 1.0, |y, _| -y));
        drop(build());
        build().backward();
        assert_eq!(w.grad().item(), 1.0);
    };
    // A stack that a recursion of this depth would overflow many times over.
    std::thread::Builder::new().stack_size(256 << 10).spawn(run).unwrap().join().unwrap();
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

/// A server that catches panics may carry tensors across.
#[test]
fn tensors_are_unwind_safe_and_shared_between_threads() {
    fn check<T: Send + Sync + std::panic::UnwindSafe + std::panic::RefUnwindSafe>() {}
    check::<Tensor>();
}

/// Counts how often its gradient is asked for, and for which inputs.
fn counting(x: &Tensor, y: &Tensor, asked: &Arc<Mutex<Vec<usize>>>) -> Tensor {
    let asked = asked.clone();
    let backward = move |call: &Call<'_>, head: &Tensor, input: usize| {
        asked.lock().unwrap().push(input);
        head * call.input(1 - input)
    };
    autograd::custom("counting", &[x, y], |inputs| &inputs[0] * &inputs[1], backward)
}

#[test]
fn grad_of_several_outputs_by_leaves_and_by_what_was_recorded() {
    let (x, w) = (tensor([1.0, 2.0]).attach_grad(), tensor([3.0, 4.0]).attach_grad());
    let (hidden, ys) = record(|| {
        let hidden = &x * &w;
        (hidden.clone(), [hidden.square().sum(), (&hidden * &x).sum(), hidden.sum()])
    });
    // d/dh = 2 h + 10 x + 100; d/dx = (d/dh) w + 10 h; d/dw = (d/dh) x.
    let heads = [tensor(1.0), tensor(10.0), tensor(100.0)];
    let how = || Backward::new().heads(&heads).retain_graph();
    let gradients = autograd::grad(&ys, &[&hidden, &x, &w], how());
    assert_eq!(gradients[0].to_vec::<f32>(), [116.0, 136.0]);
    assert_eq!(gradients[1].to_vec::<f32>(), [378.0, 624.0]);
    assert_eq!(gradients[2].to_vec::<f32>(), [116.0, 272.0]);
    assert_eq!(x.grad().to_vec::<f32>(), [0.0; 2], "grad leaves what .grad() returns alone");

    // The same, asked one by one and in another order; an x twice; a y that is an x; and all leaves at once.
    assert_eq!(autograd::grad(&ys, &x, how())[0].to_vec::<f32>(), [378.0, 624.0]);
    let twice = autograd::grad(&ys, &[&w, &hidden, &w], how());
    assert_eq!(twice[0].to_vec::<f32>(), twice[2].to_vec::<f32>());
    assert_eq!(autograd::grad(&hidden, &hidden, Backward::new().retain_graph())[0].to_vec::<f32>(), [1.0; 2]);
    let unrelated = autograd::grad(&ys[2], &[&ys[0], &hidden], Backward::new().retain_graph());
    assert_eq!((unrelated[0].item(), unrelated[1].to_vec::<f32>()), (0.0, vec![1.0; 2]));
    autograd::backward(&ys, Backward::new().heads(&heads));
    assert_eq!(x.grad().to_vec::<f32>(), [378.0, 624.0]);
    assert_eq!(w.grad().to_vec::<f32>(), [116.0, 272.0]);
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

#[test]
fn modes_nest_belong_to_a_thread_and_end_with_a_panic() {
    use autograd::{Mode, is_recording, is_training, predict_mode, record_with, train_mode};
    let state = || (is_recording(), is_training());
    assert_eq!(state(), (false, false));
    record(|| {
        assert_eq!(state(), (true, true));
        pause(|| {
            assert_eq!(state(), (false, false));
            train_mode(|| assert_eq!(state(), (false, true)));
            record_with(Mode::Predict, || assert_eq!(state(), (true, false)));
            assert_eq!(state(), (false, false));
        });
        predict_mode(|| {
            assert_eq!(state(), (true, false));
            record(|| assert_eq!(state(), (true, true)));
            assert_eq!(state(), (true, false));
        });
        std::thread::scope(|scope| {
            scope.spawn(|| assert_eq!(state(), (false, false)));
        });
        let panic = std::panic::catch_unwind(|| predict_mode(|| pause(|| train_mode(|| panic!("mid-way")))));
        assert!(panic.is_err());
        assert_eq!(state(), (true, true));
    });
    assert_eq!(state(), (false, false));
    train_mode(|| assert_eq!(state(), (false, true)));
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
fn a_frozen_leaf_keeps_its_gradient_and_gets_no_other() {
    let w = tensor(3.0).attach_grad();
    let recorded_before = record(|| w.square());
    record(|| &w * 2.0).backward();
    w.set_grad_req(GradReq::Null);
    assert!(!w.requires_grad() && w.grad_req() == GradReq::Null);
    recorded_before.backward();
    assert_eq!(w.grad().item(), 2.0);
    w.set_grad_req(GradReq::Add);
    record(|| &w * 5.0).backward();
    assert_eq!(w.grad().item(), 7.0);
    w.zero_grad();
    assert_eq!(w.grad().item(), 0.0);
}

/// A recorded gradient leads to its leaf. Kept at the leaf, it does not keep it alive.
#[test]
fn recorded_gradients_own_no_leaf() {
    let before = live_buffers();
    for _ in 0..1000 {
        let x = Tensor::ones([10]).attach_grad();
        let y = record(|| (&x * &x * &x).sum());
        y.backward_with(Backward::new().create_graph());
        record(|| x.grad().square().sum()).backward_with(Backward::new().create_graph());
        assert!(x.grad().requires_grad());
    }
    assert_eq!(live_buffers(), before);
    let x = Tensor::ones([10]).attach_grad();
    let before = live_buffers();
    for _ in 0..1000 {
        record(|| {
            let y = (&x * &x * &x).sum();
            let first = autograd::grad(&y, &x, Backward::new().create_graph());
            autograd::grad(&first[0].square().sum(), &x, Backward::new().create_graph());
        });
    }
    assert_eq!(live_buffers(), before);
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
