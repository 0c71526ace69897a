//! What a tape holds, and when it lets go.

use ndgrad_tensor::autograd::{self, Backward, record};
use ndgrad_tensor::{Tensor, live_buffers, tensor};

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
