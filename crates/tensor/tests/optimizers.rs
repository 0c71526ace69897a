//! Optimizers against PyTorch, and alone as within a compiled step.

use ndgrad_tensor::autograd::{self, GradReq};
use ndgrad_tensor::optim::{Adam, Sgd};
use ndgrad_tensor::{DType, Tensor, compile, tensor};

fn start(dtype: DType) -> Tensor {
    tensor([4.0, -2.0, 0.5]).to_dtype(dtype).attach_grad()
}

fn descend(w: &Tensor) {
    let scale = tensor([1.0, 3.0, 0.1]).to_dtype(w.dtype());
    autograd::record(|| (&scale * w.square() + w.cos()).sum()).backward();
}

/// Five steps, the last two of them at half the rate.
fn train(w: &Tensor, step: impl Fn(), set_rate: impl Fn(f64)) -> Vec<f64> {
    for i in 0..5 {
        if i == 3 {
            set_rate(0.05);
        }
        descend(w);
        step();
    }
    w.to_dtype(DType::F64).to_vec()
}

#[track_caller]
fn assert_near(ours: &[f64], theirs: [f64; 3]) {
    assert!(ours.iter().zip(theirs).all(|(x, y)| (x - y).abs() < 1e-6), "{ours:?} for {theirs:?}");
}

// Made by golden/optimizers.py, PyTorch 2.15.0.

#[test]
fn descent_is_that_of_pytorch() {
    let w = start(DType::F64);
    let sgd = Sgd::new(std::slice::from_ref(&w), 0.1);
    let ours = train(&w, || sgd.step(), |rate| sgd.set_rate(rate));
    assert_near(&ours, [1.7562082799594008, -0.12124349884999351, 0.6680135642974216]);

    let w = start(DType::F64);
    let sgd = Sgd::with_momentum(std::slice::from_ref(&w), 0.1, 0.9);
    let ours = train(&w, || sgd.step(), |rate| sgd.set_rate(rate));
    assert_near(&ours, [-1.088418915212755, 1.2170384949408108, 0.8982147733644756]);
}

#[test]
fn adam_is_that_of_pytorch() {
    let w = start(DType::F64);
    let adam = Adam::new(std::slice::from_ref(&w), 0.1);
    let ours = train(&w, || adam.step(), |rate| adam.set_rate(rate));
    assert_near(&ours, [3.600957869721642, -1.6020001064086127, 0.901248735424271]);

    let w = start(DType::F64);
    let adam = Adam::with(std::slice::from_ref(&w), 0.1, [0.8, 0.95], 1e-3);
    let ours = train(&w, || adam.step(), |rate| adam.set_rate(rate));
    assert_near(&ours, [3.6015188698881255, -1.6029999234611318, 0.9023199839414525]);
}

#[test]
fn within_a_compiled_step_the_bits_are_the_same() {
    let [eager, compiled] = [(); 2].map(|()| start(DType::F32));
    let adam = Adam::new(std::slice::from_ref(&eager), 0.1);
    let expected = train(&eager, || adam.step(), |rate| adam.set_rate(rate));

    let adam = Adam::new(std::slice::from_ref(&compiled), 0.1);
    let step = compile(|()| {
        descend(&compiled);
        adam.step();
    });
    for i in 0..5 {
        if i == 3 {
            adam.set_rate(0.05);
        }
        step.call(());
    }
    assert_eq!(compiled.to_dtype(DType::F64).to_vec::<f64>(), expected);
}

/// Gradients that are views: turned, and one number for all elements.
#[test]
fn gradients_of_any_layout_change_parameters() {
    let first = Tensor::linspace(-1.0, 1.0, 1200).reshape([40, 30]);
    let losses: [fn(&Tensor) -> Tensor; 2] =
        [|w| (w.transpose().square() * Tensor::linspace(0.0, 1.0, 40)).sum(), |w| 3.0 * w.sum()];
    for loss in losses {
        let train = |is_compiled: bool| {
            let w = first.attach_grad();
            let adam = Adam::new(std::slice::from_ref(&w), 0.1);
            let step = |()| {
                autograd::record(|| loss(&w)).backward();
                adam.step();
            };
            let compiled = compile(step);
            (0..3).for_each(|_| if is_compiled { compiled.call(()) } else { step(()) });
            w.to_vec::<f32>()
        };
        let eager = train(false);
        assert_eq!(eager, train(true));
        assert_ne!(eager, first.to_vec::<f32>());
    }
}

#[test]
fn frozen_parameters_stay_until_they_are_wanted_again() {
    let (w, v) = (start(DType::F32), start(DType::F32));
    let sgd = Sgd::new(&[w.clone(), v.clone()], 0.1);
    let step = || {
        descend(&w);
        descend(&v);
        sgd.step();
    };
    step();
    let kept = v.to_vec::<f32>();
    v.set_grad_req(GradReq::Null);
    autograd::record(|| w.square().sum()).backward();
    sgd.step();
    assert_eq!(v.to_vec::<f32>(), kept);
    v.set_grad_req(GradReq::Write);
    step();
    assert_ne!(v.to_vec::<f32>(), kept);
}

#[test]
#[should_panic(expected = "step: parameters may not change while their use is recorded")]
fn a_step_is_refused_while_recording() {
    let w = start(DType::F32);
    let sgd = Sgd::new(std::slice::from_ref(&w), 0.1);
    autograd::record(|| sgd.step());
}

#[test]
#[should_panic(expected = "only a leaf has a gradient")]
fn what_is_no_leaf_is_refused() {
    Sgd::new(&[tensor(1.0)], 0.1);
}
