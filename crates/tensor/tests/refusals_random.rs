//! What random draws refuse, and in what words, at the caller's line.

mod common;

use ndgrad_tensor::random::{self, Generator};
use ndgrad_tensor::{DType, Tensor, autograd, tensor};

/// The refusal of `body`, which draws from a generator.
#[track_caller]
fn refusal<T>(body: impl FnOnce(&mut Generator) -> T) -> String {
    common::refusal(|| body(&mut Generator::philox(1)))
}

#[test]
fn parameters() {
    let message = "gamma: the shape must be positive and finite\n    shape  0";
    assert_eq!(refusal(|g| g.gamma([1], 0.0, 1.0, DType::F32)), message);
    assert_eq!(refusal(|_| random::gamma([1], 0.0, 1.0)), message);
    let starts = |message: String, start: &str| assert!(message.starts_with(start), "{message}");
    starts(
        refusal(|g| g.gamma([1], 1.0, f64::NAN, DType::F32)),
        "gamma: the scale must be positive and finite",
    );
    starts(refusal(|g| g.beta([1], -1.0, 1.0, DType::F32)), "beta: the a must be positive and finite");
    starts(
        refusal(|g| g.exponential([1], f64::INFINITY, DType::F32)),
        "exponential: the rate must be positive",
    );
    starts(
        refusal(|g| g.normal_with([1], 0.0, -1.0, DType::F32)),
        "normal: the deviation must be finite and not",
    );
    starts(refusal(|g| g.normal_with([1], f64::NAN, 1.0, DType::F32)), "normal: the mean must be finite");
    starts(
        refusal(|g| g.log_normal([1], 0.0, f64::NAN, DType::F32)),
        "log_normal: the deviation must be finite",
    );
    starts(
        refusal(|g| g.poisson([1], -0.5)),
        "poisson: the rate must be between 0 and 10^15\n    rate  -0.5",
    );
    starts(refusal(|_| random::poisson([1], 2e15)), "poisson: the rate must be between 0 and 10^15");
    starts(refusal(|g| g.bernoulli([1], 1.5)), "bernoulli: the probability must be between 0 and 1");
    starts(
        refusal(|_| autograd::train_mode(|| tensor([1.0]).dropout(-0.1))),
        "dropout: the probability must be between 0 and 1",
    );
    starts(refusal(|_| tensor([1.0]).dropout(f64::NAN)), "dropout: the probability must be");
}

#[test]
fn ranges() {
    assert_eq!(
        refusal(|g| g.integers([1], 3..3)),
        "integers: a range that holds numbers is needed
    range  3..3   is empty
    the end is excluded: one more than the largest number"
    );
    let message = "uniform: a range that holds numbers is needed
    range  1..1   is empty, or too wide to have a finite width";
    assert_eq!(refusal(|g| g.uniform_in([1], 1.0..1.0, DType::F64)), message);
    assert_eq!(refusal(|g| g.uniform_in([1], f64::NAN..1.0, DType::F64)), message.replace("1..1", "NaN..1"));
    assert_eq!(
        refusal(|g| g.truncated_normal([1], 0.0, 1.0, 40.0..41.0, DType::F64)),
        "truncated_normal: a range that holds numbers is needed
    range      40..41   no normal number lies there
    mean       0
    deviation  1"
    );
    assert!(refusal(|g| g.truncated_normal([1], 0.0, 1.0, f64::NAN..1.0, DType::F64)).contains("is empty"));
}

#[test]
fn dtypes() {
    let message = "gamma: the numbers have a fraction
    dtype  i32   one of f32, f64 is needed
    convert them afterwards: x.to_dtype(...)";
    assert_eq!(refusal(|g| g.gamma([1], 1.0, 1.0, DType::I32)), message);
    assert_eq!(refusal(|g| g.uniform_in([1], 0.0..1.0, DType::I32)), message.replace("gamma", "uniform"));
    assert_eq!(
        refusal(|_| tensor([1, 2]).dropout(0.5)),
        "dropout: not defined for i32
    tensor  [2] i32   one of f32, f64 is needed
    convert it: x.to_dtype(DType::F32)"
    );
}

#[test]
fn weights() {
    assert_eq!(
        refusal(|g| g.categorical([3], &tensor([[1.0, 2.0], [3.0, 4.0]]))),
        "categorical: the axes of weights before the last stretch to the shape
    weights  [2, 2]
    shape    [3]      aligned from the last axis, sizes must be equal or 1"
    );
    assert_eq!(
        refusal(|g| g.categorical([3], &tensor([1.0, -2.0]))),
        "categorical: a weight is negative or not a finite number
    weights  [2] f32
    one      -2"
    );
    let of = |weights: Tensor| refusal(|g| g.categorical([3], &weights));
    assert!(
        of(tensor([0.0, 0.0]))
            .starts_with("categorical: the weights of a row must have a positive finite sum")
    );
    assert!(of(Tensor::zeros([0])).starts_with("categorical: there is no class to choose from"));
    assert!(of(tensor(1.0)).starts_with("categorical: the weights need an axis of classes"));
    assert!(of(tensor([1, 2])).starts_with("categorical: the weights must be f32, f64"));
    let of = |logits: [f32; 2]| refusal(|g| g.categorical_logits([3], &tensor(logits)));
    for logits in [[f32::NAN, 0.0], [f32::INFINITY, 0.0], [f32::NEG_INFINITY; 2]] {
        assert!(of(logits).starts_with("categorical_logits: a weight is negative or not a finite number"));
    }
}

#[test]
fn choices() {
    let x = tensor([1, 2, 3]);
    let message = "choice: there are too few rows to choose from
    tensor  [3]   has 3 that can be chosen
    wanted  4
    choose fewer, or with replace = true";
    assert_eq!(refusal(|g| g.choice(&x, 4, false, None)), message);
    let weights = tensor([1.0, 0.0, 1.0]);
    let message = message.replace("has 3", "has 2").replace("wanted  4", "wanted  3");
    assert_eq!(refusal(|_| random::choice(&x, 3, false, Some(&weights))), message);
    assert!(refusal(|g| g.choice(&Tensor::zeros([0]), 1, true, None)).contains("too few rows"));
    assert_eq!(
        refusal(|g| g.choice(&x, 1, true, Some(&tensor([1.0, 2.0])))),
        "choice: one weight for each row is needed
    weights  [2]
    tensor   [3]   has 3 rows"
    );
    assert_eq!(refusal(|g| g.choice(&tensor(1), 1, true, None)), "choice: a scalar has no rows");
    assert_eq!(refusal(|_| random::shuffle(&tensor(1))), "shuffle: a scalar has no rows");
}
