//! Recording, and going backward.

use ndgrad_tensor::autograd::{self, Backward, GradReq, pause, record};
use ndgrad_tensor::{Tensor, tensor};

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

/// A server that catches panics may carry tensors across.
#[test]
fn tensors_are_unwind_safe_and_shared_between_threads() {
    fn check<T: Send + Sync + std::panic::UnwindSafe + std::panic::RefUnwindSafe>() {}
    check::<Tensor>();
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
