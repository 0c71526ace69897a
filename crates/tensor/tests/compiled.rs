//! What a compiled function does is what it does without being compiled, bit for bit.

use ndgrad_tensor::autograd::{self, Backward, GradReq, Mode};
use ndgrad_tensor::ops::{Case, OPS};
use ndgrad_tensor::random::{self, Generator};
use ndgrad_tensor::{DType, Tensor, compile, tensor};

fn bits(x: &Tensor) -> Vec<u64> {
    x.to_dtype(DType::F64).to_vec::<f64>().into_iter().map(f64::to_bits).collect()
}

#[track_caller]
fn assert_same(ours: &[Tensor], theirs: &[Tensor], name: &str) {
    assert_eq!(ours.len(), theirs.len());
    for (x, y) in ours.iter().zip(theirs) {
        assert_eq!(x.spec(), y.spec(), "{name}");
        assert_eq!(bits(x), bits(y), "{name}");
    }
}

fn drawn(case: &Case, dtype: DType, generator: &mut Generator) -> Vec<Tensor> {
    let mut draw = |input: &ndgrad_tensor::ops::Input| {
        let [low, high] = input.domain;
        let numbers = low + (high - low) * generator.uniform(input.shape).to_dtype(DType::F64);
        match input.dtype.unwrap_or(dtype) {
            DType::Bool => (input.prepare)(numbers).less((low + high) / 2.0),
            dtype => (input.prepare)(numbers).to_dtype(dtype),
        }
    };
    case.inputs.iter().map(&mut draw).collect()
}

/// Every operation of every dtype, with its gradients, alone and in the middle of elementwise ones.
#[test]
fn every_operation_and_its_gradients_are_replayed() {
    // What cannot be replayed is refused (tests/refusals_compile.rs): shapes that hang on elements, and draws from a
    // generator of one's own, as the cases of dropout and shuffle have; the training run below drops, too.
    let refused = ["dropout", "shuffle", "mask_select", "nonzero", "unique"];
    for entry in OPS.iter().filter(|entry| !refused.contains(&entry.name)) {
        for case in (entry.cases)() {
            for dtype in entry.dtypes.iter() {
                let name = format!("{case:?} {dtype}");
                let function = |inputs: Vec<Tensor>| {
                    let leaves: Vec<Tensor> = inputs
                        .iter()
                        .map(|x| if x.dtype().is_float() { x.attach_grad() } else { x.clone() })
                        .collect();
                    let y = autograd::record(|| case.call(&leaves.iter().collect::<Vec<_>>()));
                    let mut results = vec![y.detach()];
                    if y.requires_grad() {
                        let loss = autograd::record(|| (&y * 0.5 + 1.0).square());
                        loss.backward();
                        results.extend([loss.detach(), loss.sqrt().detach()]);
                        results.extend(leaves.iter().filter(|x| x.requires_grad()).map(Tensor::grad));
                    }
                    results
                };
                let compiled = compile(function);
                let mut generator = Generator::philox(3);
                for _ in 0..3 {
                    let inputs = drawn(&case, dtype, &mut generator);
                    assert_same(&compiled.call(inputs.clone()), &function(inputs), &name);
                }
            }
        }
    }
}

/// A small network, its parameters, and what an optimizer keeps.
struct Net {
    parameters: Vec<Tensor>,
    first: Vec<Tensor>,
    second: Vec<Tensor>,
    steps: Tensor,
}

impl Net {
    fn new() -> Net {
        let mut generator = Generator::philox(5);
        let shapes: [&[usize]; 4] = [&[3, 7], &[7], &[7, 2], &[2]];
        let parameters: Vec<Tensor> =
            shapes.iter().map(|&shape| (0.5 * generator.normal(shape)).attach_grad()).collect();
        let zeros = || parameters.iter().map(|w| Tensor::zeros_like(w).attach_grad()).collect();
        Net { first: zeros(), second: zeros(), steps: tensor(0.0).attach_grad(), parameters }
    }

    fn loss(&self, x: &Tensor, label: &Tensor) -> Tensor {
        let [w1, b1, w2, b2] = &self.parameters[..] else { unreachable!() };
        let hidden = (x.dot(w1) + b1).tanh().dropout(0.2);
        (hidden.dot(w2) + b2).cross_entropy(label)
    }

    fn adam(&self, rate: f64) {
        self.steps.assign(&self.steps + 1.0);
        let correction = |decay: f64| 1.0 - Tensor::full_like(&self.steps, decay).pow(&self.steps);
        for ((w, first), second) in self.parameters.iter().zip(&self.first).zip(&self.second) {
            let gradient = w.grad();
            first.assign(first * 0.9 + 0.1 * &gradient);
            second.assign(second * 0.999 + 0.001 * gradient.square());
            let scale = (second / correction(0.999)).sqrt() + 1e-8;
            w.assign(w - rate * (first / correction(0.9)) / scale);
        }
    }

    fn all(&self) -> Vec<Tensor> {
        let states = [&self.parameters, &self.first, &self.second];
        let mut all: Vec<Tensor> = states.into_iter().flatten().map(Tensor::detach).collect();
        all.extend(self.parameters.iter().map(Tensor::grad));
        all.push(self.steps.detach());
        all
    }
}

#[test]
fn a_whole_training_run_is_replayed_draws_included() {
    let train = |is_compiled: bool| {
        random::seed(9);
        let net = Net::new();
        let step = |(x, label): (Tensor, Tensor)| {
            let loss = autograd::record(|| net.loss(&x, &label));
            loss.backward();
            net.adam(0.01);
            loss.detach()
        };
        let compiled = compile(step);
        let mut losses = Vec::new();
        for i in 0..50 {
            // The last batch of each ten is smaller.
            let rows = if i % 10 == 9 { 3 } else { 8 };
            let x = random::normal([rows, 3]);
            let label = x.i((.., 0)).greater(0.0).to_dtype(DType::I64);
            losses.push(if is_compiled { compiled.call((x, label)) } else { step((x, label)) });
        }
        losses.extend(net.all());
        losses.push(random::normal([3]));
        losses
    };
    let (eager, replayed) = (train(false), train(true));
    assert_same(&replayed, &eager, "training");
    assert!(eager[49].item() < 0.6 * eager[0].item(), "it learns");
}

#[test]
fn another_shape_dtype_or_mode_is_remembered_beside_the_others() {
    let compiled = compile(|x: Tensor| if autograd::is_training() { 2.0 * x } else { x.exp() });
    for _ in 0..2 {
        for shape in [vec![2usize], vec![3], vec![]] {
            for dtype in [DType::F32, DType::F64] {
                let x = Tensor::ones_as(&shape[..], dtype);
                assert_same(&[compiled.call(x.clone())], &[x.exp()], "predicting");
                assert_same(&[autograd::train_mode(|| compiled.call(x.clone()))], &[2.0 * x], "training");
            }
        }
    }
    assert_eq!(compiled.programs().len(), 12);
}

#[test]
fn leaves_change_as_they_would() {
    for request in [GradReq::Write, GradReq::Add] {
        let run = |is_compiled: bool| {
            let (w, frozen) = (tensor([1.0, -2.0]).attach_grad_with(request), tensor([3.0]).attach_grad());
            let step = |x: Tensor| {
                let before = w.grad();
                let y = autograd::record(|| (&w * &x * &frozen).square().sum());
                y.backward();
                w.assign(&w - 0.01 * w.grad());
                frozen.zero_grad();
                (before, w.clone(), y.detach())
            };
            let compiled = compile(step);
            let mut seen = Vec::new();
            for i in 0..5 {
                if i == 2 {
                    // From outside, between calls.
                    w.assign(tensor([0.5, 0.25]));
                    w.zero_grad();
                }
                if i == 4 {
                    frozen.set_grad_req(GradReq::Null);
                }
                let x = tensor([0.1 * i as f64, 1.0]);
                let held = w.detach();
                let (before, handle, y) = if is_compiled { compiled.call(x) } else { step(x) };
                seen.extend([before, handle.detach(), y, w.grad(), frozen.grad(), held]);
            }
            seen
        };
        assert_same(&run(true), &run(false), "leaves");
    }
}

#[test]
fn values_that_share_memory_are_told_apart() {
    let shared = tensor([1.0, 2.0]);
    let (a, b) = (shared.attach_grad(), shared.attach_grad());
    let step = |(x, y): (Tensor, Tensor)| {
        a.assign(&a + &x);
        b.assign(&b * &y);
        (&a + &b + &shared, x - y)
    };
    let compiled = compile(step);
    assert_same(&[compiled.call((shared.clone(), shared.clone())).0], &[tensor([4.0, 10.0])], "remembered");
    let (sum, difference) = compiled.call((shared.clone(), 2.0 * &shared));
    assert_same(&[sum, difference], &[tensor([6.0, 24.0]), tensor([-1.0, -2.0])], "replayed");
    assert_same(
        &[a.detach(), b.detach(), shared],
        &[tensor([3.0, 6.0]), tensor([2.0, 16.0]), tensor([1.0, 2.0])],
        "kept",
    );
}

#[test]
fn results_may_be_inputs_constants_views_and_the_same_twice() {
    let constant = tensor([7.0]);
    let compiled = compile(|x: Tensor| {
        let y = x.exp();
        [x.clone(), constant.clone(), y.i(0), y.clone(), y, x.transpose()]
    });
    for scale in [1.0, 2.0, 3.0] {
        let x = scale * tensor([[1.0, 2.0], [3.0, 4.0]]);
        let y = x.exp();
        let expected = [x.clone(), constant.clone(), y.i(0), y.clone(), y, x.transpose()];
        let first = compiled.call(x.clone());
        // What was given before stays as it was.
        compiled.call(-&x);
        assert_same(&first, &expected, "results");
    }
}

#[test]
fn large_arrays_and_stretched_operands_are_replayed_on_any_number_of_threads() {
    let function = |(x, row, column): (Tensor, Tensor, Tensor)| {
        let y = (&x + &row) * &column - x.transpose().transpose() * 0.5;
        [y.exp().sum_axes(0), y.greater(0).choose(&y, -1), x.transpose() * 2.0]
    };
    let compiled = compile(function);
    let mut generator = Generator::philox(1);
    for threads in [1, 2] {
        ndgrad_tensor::threads::set_threads(threads);
        let x = generator.normal([300, 700]);
        let inputs = (x.i((.., 1..)), generator.normal([699]), generator.normal([300, 1]));
        assert_same(&compiled.call(inputs.clone()), &function(inputs), "large");
    }
}

#[test]
fn gradients_of_gradients_are_replayed() {
    let function = |x: Tensor| {
        let x = x.attach_grad();
        autograd::record(|| {
            let y = (x.sin() * &x).sum();
            let first = autograd::grad(&y, &x, Backward::new().create_graph());
            autograd::grad(&first[0].square().sum(), &x, Backward::new())
        })
    };
    let compiled = compile(function);
    for i in 0..3 {
        let x = tensor([0.3, 1.0 + i as f64]);
        assert_same(&compiled.call(x.clone()), &function(x), "second");
    }
}

#[test]
fn within_another_compiled_function_or_a_recording_it_is_a_function() {
    let w = tensor([2.0]).attach_grad();
    let inner = compile(|x: Tensor| &w * &x);
    let outer = compile(|x: Tensor| inner.call(x.exp()) + 1.0);
    for i in 0..3 {
        let x = tensor([i as f64]);
        assert_same(&[outer.call(x.clone())], &[&w.detach() * x.exp() + 1.0], "nested");
    }
    autograd::record_with(Mode::Predict, || inner.call(tensor([3.0]))).backward();
    assert_eq!(w.grad().item(), 3.0);
}
