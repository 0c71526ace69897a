//! Recording, going backward, and what is held meanwhile.

use ndgrad_tensor::autograd::{self, Backward, GradReq, pause, record};
use ndgrad_tensor::{Tensor, live_buffers, tensor};

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
    use ndgrad_tensor::ops::{Call, Op, apply};
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
