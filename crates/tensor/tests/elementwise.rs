//! Elementwise operations against numbers from mpmath, NumPy, SciPy and JAX (`golden/elementwise.py`), and what holds
//! at kinks, infinities and NaN.

use ndgrad_tensor::autograd::{self, Backward, record};
use ndgrad_tensor::{DType, Tensor, tensor};

/// How far an operation may be from the exact numbers, in units in the last place.
struct Bound<F> {
    name: &'static str,
    compute: F,
    /// Of the value in f64.
    value: f64,
    /// Of the gradient in f64.
    slope: f64,
    /// Of the value in f32.
    single: f64,
    /// Below these sizes of value and slope, where terms cancel, the unit is that of numbers of these sizes.
    floor: [f64; 2],
}

type One = fn(&Tensor) -> Tensor;
type Two = fn(&Tensor, &Tensor) -> Tensor;

const fn of<F: Copy>(name: &'static str, compute: F, bounds: [f64; 3]) -> Bound<F> {
    near(name, compute, bounds, [0.0; 2])
}

const fn near<F: Copy>(
    name: &'static str,
    compute: F,
    [value, slope, single]: [f64; 3],
    floor: [f64; 2],
) -> Bound<F> {
    Bound { name, compute, value, slope, single, floor }
}

const ONE: &[Bound<One>] = &[
    of("reciprocal", Tensor::reciprocal, [0.5, 4.0, 0.5]),
    of("sqrt", Tensor::sqrt, [0.5, 4.0, 0.5]),
    of("rsqrt", Tensor::rsqrt, [4.0, 4.0, 4.0]),
    of("cbrt", Tensor::cbrt, [1.0, 4.0, 1.0]),
    of("exp", Tensor::exp, [1.0, 1.0, 1.0]),
    of("exp2", Tensor::exp2, [1.0, 4.0, 1.0]),
    of("expm1", Tensor::expm1, [1.0, 1.0, 1.0]),
    of("log", Tensor::log, [1.0, 4.0, 1.0]),
    of("log2", Tensor::log2, [1.0, 4.0, 1.0]),
    of("log10", Tensor::log10, [1.0, 4.0, 1.0]),
    of("log1p", Tensor::log1p, [1.0, 4.0, 1.0]),
    of("sin", Tensor::sin, [1.0, 1.0, 1.0]),
    of("cos", Tensor::cos, [1.0, 1.0, 1.0]),
    of("tan", Tensor::tan, [1.0, 4.0, 1.0]),
    of("asin", Tensor::asin, [1.0, 4.0, 1.0]),
    of("acos", Tensor::acos, [1.0, 4.0, 1.0]),
    of("atan", Tensor::atan, [1.0, 4.0, 1.0]),
    of("sinh", Tensor::sinh, [1.0, 1.0, 1.0]),
    of("cosh", Tensor::cosh, [1.0, 1.0, 1.0]),
    of("tanh", Tensor::tanh, [2.0, 8.0, 2.0]),
    of("asinh", Tensor::asinh, [1.0, 4.0, 1.0]),
    of("acosh", Tensor::acosh, [1.0, 4.0, 1.0]),
    of("atanh", Tensor::atanh, [1.0, 4.0, 1.0]),
    of("sigmoid", Tensor::sigmoid, [4.0, 4.0, 4.0]),
    of("log_sigmoid", Tensor::log_sigmoid, [4.0, 4.0, 4.0]),
    of("softplus", Tensor::softplus, [4.0, 4.0, 4.0]),
    of("softsign", Tensor::softsign, [4.0, 4.0, 4.0]),
    of("relu", Tensor::relu, [0.0, 0.0, 0.0]),
    of("leaky_relu", |x| x.leaky_relu(0.1), [0.5, 0.0, 1.0]),
    of("elu", |x| x.elu(1.3), [4.0, 4.0, 4.0]),
    of("selu", Tensor::selu, [4.0, 4.0, 4.0]),
    // Where these are next to nothing, the relative error grows with the exponent, x^2 / 2 and more.
    near("gelu", Tensor::gelu, [4.0, 4.0, 2.0], [0.0, 0.1]),
    near("gelu_tanh", Tensor::gelu_tanh, [400.0, 4.0, 20.0], [0.0, 0.1]),
    // Products with the least numbers of f32.
    near("silu", Tensor::silu, [4.0, 4.0, 4.0], [1e-36, 0.1]),
    near("mish", Tensor::mish, [4.0, 8.0, 4.0], [1e-36, 0.1]),
    near("hard_sigmoid", Tensor::hard_sigmoid, [2.0, 1.0, 2.0], [0.1, 0.0]),
    near("hard_swish", Tensor::hard_swish, [2.0, 4.0, 2.0], [0.1, 0.1]),
    of("erf", Tensor::erf, [1.0, 4.0, 1.0]),
    of("erfc", Tensor::erfc, [1.0, 4.0, 1.0]),
    of("erfinv", Tensor::erfinv, [4.0, 8.0, 4.0]),
    near("gamma", Tensor::gamma, [4.0, 8.0, 4.0], [0.0, 1.0]),
    near("lgamma", Tensor::lgamma, [4.0, 4.0, 4.0], [1.0, 1.0]),
    near("digamma", Tensor::digamma, [4.0, 4.0, 8.0], [1.0, 0.0]),
    near("polygamma_1", |x| x.polygamma(1), [4.0, 8.0, 4.0], [0.0, 32.0]),
    near("polygamma_2", |x| x.polygamma(2), [8.0, 8.0, 8.0], [32.0, 0.0]),
    near("polygamma_5", |x| x.polygamma(5), [8.0, 8.0, 8.0], [0.0, 2e5]),
    of("floor", Tensor::floor, [0.0, 0.0, 0.0]),
    of("ceil", Tensor::ceil, [0.0, 0.0, 0.0]),
    of("round", Tensor::round, [0.0, 0.0, 0.0]),
    of("trunc", Tensor::trunc, [0.0, 0.0, 0.0]),
    of("clip", |x| x.clip(-1.5, 2.0), [0.0, 0.0, 0.0]),
];

const TWO: &[Bound<Two>] = &[
    of("rem", |x, y| x.rem(y), [0.5, 0.0, 0.5]),
    near("pow", |x, y| x.pow(y), [1.0, 4.0, 1.0], [0.0, 1e-300]),
    of("maximum", |x, y| x.maximum(y), [0.0, 0.0, 0.0]),
    of("minimum", |x, y| x.minimum(y), [0.0, 0.0, 0.0]),
    of("hypot", |x, y| x.hypot(y), [1.0, 4.0, 1.0]),
    of("atan2", |x, y| x.atan2(y), [1.0, 4.0, 1.0]),
];

/// The numbers of one operation, column by column; NaN where a slope is not asked for.
fn golden(name: &str) -> Vec<Vec<Option<f64>>> {
    let text = include_str!("golden/elementwise.txt");
    let header = format!("= {name}");
    let mut columns: Vec<Vec<Option<f64>>> = Vec::new();
    let rows =
        text.lines().skip_while(|line| *line != header).skip(1).take_while(|line| !line.starts_with('='));
    for row in rows {
        for (i, word) in row.split(' ').enumerate() {
            columns.resize(columns.len().max(i + 1), Vec::new());
            columns[i].push((word != "-").then(|| word.parse().expect(word)));
        }
    }
    assert!(columns.len() >= 3, "{name} has numbers");
    columns
}

/// The distance of neighbours in the binade of `x`, for numbers with so many digits and so small an exponent.
fn unit(x: f64, digits: i32, least: i32) -> f64 {
    let exponent = x.abs().log2().floor().max(-1074.0) as i32;
    f64::from((exponent - digits).max(least)).exp2()
}

/// The largest distance in units, and where it is.
fn worst(got: &[f64], expected: &[Option<f64>], floor: f64, [digits, least]: [i32; 2]) -> (f64, usize) {
    let error = |(got, expected): (f64, f64)| match () {
        () if got.is_nan() && expected.is_nan() || got == expected => 0.0,
        () if !got.is_finite() || !expected.is_finite() => f64::INFINITY,
        () => (got - expected).abs() / unit(expected.abs().max(floor), digits, least),
    };
    let asked = got
        .iter()
        .zip(expected)
        .enumerate()
        .filter_map(|(i, (&got, expected))| Some((i, (got, (*expected)?))));
    asked
        .map(|(i, pair)| (error(pair), i))
        .fold((0.0, 0), |worst, one| if one.0 > worst.0 { one } else { worst })
}

const DOUBLE: [i32; 2] = [52, -1074];
const SINGLE: [i32; 2] = [23, -149];

/// Compares value and slopes of one operation; returns what is out of bounds.
fn compare<F>(bound: &Bound<F>, inputs: usize, compute: impl Fn(&[Tensor]) -> Tensor) -> Vec<String> {
    let columns = golden(bound.name);
    let points: Vec<Vec<f64>> =
        columns[..inputs].iter().map(|column| column.iter().flatten().copied().collect()).collect();
    let leaves: Vec<Tensor> = points.iter().map(|x| Tensor::from_slice(x.len(), x).attach_grad()).collect();
    let y = record(|| compute(&leaves));
    let value = y.to_vec::<f64>();
    y.backward();
    let mut failed = Vec::new();
    let mut check = |what: &str, got: &[f64], expected: &[Option<f64>], limit: f64, floor, precision| {
        let (error, at) = worst(got, expected, floor, precision);
        if error > limit {
            let place: Vec<f64> = points.iter().map(|x| x[at]).collect();
            let (got, expected) = (got[at], expected[at].unwrap());
            failed.push(format!(
                "{} {what} at {place:?}: {got:e}, not {expected:e}: {error:.2} ulp",
                bound.name
            ));
        }
    };
    check("value", &value, &columns[inputs], bound.value, bound.floor[0], DOUBLE);
    for (i, leaf) in leaves.iter().enumerate() {
        let slope = leaf.grad().to_vec::<f64>();
        check(&format!("slope {i}"), &slope, &columns[inputs + 1 + i], bound.slope, bound.floor[1], DOUBLE);
    }
    // In f32 the same numbers, where it has the inputs.
    let has = |i: usize| points.iter().all(|x| x[i].is_nan() || f64::from(x[i] as f32) == x[i]);
    let narrow: Vec<Tensor> = leaves.iter().map(|x| x.to_dtype(DType::F32)).collect();
    let got = compute(&narrow).to_dtype(DType::F64).to_vec::<f64>();
    let rounded = |(i, x): (usize, &Option<f64>)| x.filter(|_| has(i)).map(|x| f64::from(x as f32));
    let expected: Vec<Option<f64>> = columns[inputs].iter().enumerate().map(rounded).collect();
    check("f32", &got, &expected, bound.single, bound.floor[0], SINGLE);
    failed
}

#[test]
fn values_and_slopes_are_within_their_bounds() {
    let one = ONE.iter().flat_map(|bound| compare(bound, 1, |inputs| (bound.compute)(&inputs[0])));
    let two =
        TWO.iter().flat_map(|bound| compare(bound, 2, |inputs| (bound.compute)(&inputs[0], &inputs[1])));
    let failed: Vec<String> = one.chain(two).collect();
    assert!(failed.is_empty(), "\n{}", failed.join("\n"));
}

/// The gradient of `f` at these points, in f64.
fn slopes(f: impl Fn(&Tensor) -> Tensor, x: &[f64]) -> Vec<f64> {
    let x = Tensor::from_slice(x.len(), x).attach_grad();
    record(|| f(&x)).backward();
    x.grad().to_vec()
}

/// The second derivative of `f` at these points, in f64.
fn curvatures(f: impl Fn(&Tensor) -> Tensor, x: &[f64]) -> Vec<f64> {
    let x = Tensor::from_slice(x.len(), x).attach_grad();
    let slope = record(|| autograd::grad(&f(&x), &[&x], Backward::new().create_graph()).remove(0));
    match slope.requires_grad() {
        true => slope.backward(),
        false => return vec![0.0; x.size()],
    }
    x.grad().to_vec()
}

#[test]
fn slopes_at_kinks() {
    assert_eq!(slopes(Tensor::relu, &[-1.0, -0.0, 0.0, 1.0]), [0.0, 0.0, 0.0, 1.0]);
    assert_eq!(slopes(Tensor::abs, &[-1.0, -0.0, 0.0, 1.0]), [-1.0, 0.0, 0.0, 1.0]);
    assert_eq!(slopes(Tensor::sqrt, &[0.0, 4.0]), [f64::INFINITY, 0.25]);
    assert_eq!(slopes(Tensor::cbrt, &[0.0]), [f64::INFINITY]);
    assert_eq!(slopes(|x| x.leaky_relu(0.25), &[-1.0, 0.0, 1.0]), [0.25, 0.25, 1.0]);
    assert_eq!(slopes(|x| x.elu(2.0), &[0.0, 1.0]), [2.0, 1.0]);
    assert_eq!(slopes(|x| x.clip(-1.0, 2.0), &[-1.5, -1.0, 0.0, 2.0, 3.0]), [0.0, 1.0, 1.0, 1.0, 0.0]);
    assert_eq!(slopes(|x| 6.0 * x.hard_sigmoid(), &[-4.0, -3.0, 3.0, 4.0]), [0.0, 1.0, 1.0, 0.0]);
    assert_eq!(slopes(|x| x.hypot(0.0 * x), &[0.0]), [0.0]);
}

#[test]
fn a_tie_goes_to_the_left() {
    for choice in [|x: &Tensor, y: &Tensor| x.maximum(y), |x: &Tensor, y: &Tensor| x.minimum(y)] {
        let (x, y) = (tensor([1.0, 2.0]).attach_grad(), tensor([1.0, 2.0]).attach_grad());
        record(|| choice(&x, &y)).backward();
        assert_eq!([x.grad().to_vec::<f32>(), y.grad().to_vec::<f32>()], [[1.0; 2], [0.0; 2]]);
    }
}

#[test]
fn slopes_at_infinities_are_limits() {
    const ENDS: [f64; 2] = [f64::NEG_INFINITY, f64::INFINITY];
    let all: [(One, [f64; 2]); 14] = [
        (Tensor::sigmoid, [0.0, 0.0]),
        (Tensor::log_sigmoid, [1.0, 0.0]),
        (Tensor::softplus, [0.0, 1.0]),
        (Tensor::softsign, [0.0, 0.0]),
        (Tensor::tanh, [0.0, 0.0]),
        (Tensor::relu, [0.0, 1.0]),
        (|x| x.elu(1.0), [0.0, 1.0]),
        (Tensor::gelu, [0.0, 1.0]),
        (Tensor::gelu_tanh, [0.0, 1.0]),
        (Tensor::silu, [0.0, 1.0]),
        (Tensor::mish, [0.0, 1.0]),
        (Tensor::hard_swish, [0.0, 1.0]),
        (Tensor::erf, [0.0, 0.0]),
        (Tensor::atan, [0.0, 0.0]),
    ];
    for (i, (f, limits)) in all.into_iter().enumerate() {
        assert_eq!(slopes(f, &ENDS), limits, "{i}");
        // Each is smooth there, in both dtypes, and in the second derivative.
        assert_eq!(curvatures(f, &[-1e4, 1e4]).iter().filter(|x| x.abs() < 1e-4).count(), 2, "{i}");
        let x = tensor(ENDS).attach_grad();
        record(|| f(&x)).backward();
        assert_eq!(x.grad().to_vec::<f32>(), limits.map(|limit| limit as f32), "{i}");
    }
}

#[test]
fn nan_stays_nan() {
    let loud = ONE.iter().filter(|bound| !(bound.compute)(&tensor([f64::NAN])).is_nan().to_vec::<bool>()[0]);
    assert_eq!(loud.map(|bound| bound.name).collect::<Vec<_>>(), Vec::<&str>::new());
}

#[test]
fn powers_of_zero_and_of_negative_numbers() {
    let derivative = |exponent: f64| move |x: &Tensor| x.pow(exponent);
    assert_eq!(slopes(derivative(0.0), &[0.0, -2.0]), [0.0, 0.0]);
    assert_eq!(slopes(derivative(1.0), &[0.0, -2.0]), [1.0, 1.0]);
    assert_eq!(slopes(derivative(3.0), &[0.0, -2.0]), [0.0, 12.0]);
    assert_eq!(slopes(derivative(-1.0), &[-2.0]), [-0.25]);
    for (exponent, second) in [(0.0, [0.0, 0.0]), (1.0, [0.0, 0.0]), (2.0, [2.0, 2.0]), (3.0, [0.0, -12.0])] {
        assert_eq!(curvatures(derivative(exponent), &[0.0, -2.0]), second, "{exponent}");
    }
    // In the exponent.
    assert_eq!(slopes(|y| tensor(0.0).to_dtype(DType::F64).pow(y), &[0.0, 2.0]), [0.0, 0.0]);
    assert!(slopes(|y| tensor(-2.0).to_dtype(DType::F64).pow(y), &[2.0])[0].is_nan());
}

#[test]
fn remainders_have_the_sign_of_the_divisor() {
    let rem = |x: i32, y: i32| (tensor(x) % tensor(y)).item() as i32;
    for (x, y, rest) in [(7, 3, 1), (-7, 3, 2), (7, -3, -2), (-7, -3, -1), (6, -3, 0), (5, 0, 0)] {
        assert_eq!(rem(x, y), rest, "{x} % {y}");
    }
    assert_eq!(rem(i32::MIN, -1), 0);
    assert_eq!((tensor([7u8, 200]) % tensor([4u8, 7])).to_vec::<u8>(), [3, 4]);
}

#[test]
fn the_gradient_of_a_choice_goes_to_what_was_taken() {
    let mask = tensor([[true], [false]]);
    let (x, y) = (tensor([1.0, 2.0]).attach_grad(), tensor(5.0).attach_grad());
    let chosen = record(|| mask.choose(&x, &y));
    assert_eq!(chosen.to_vec::<f32>(), [1.0, 2.0, 5.0, 5.0]);
    chosen.backward();
    assert_eq!((x.grad().to_vec::<f32>(), y.grad().item()), (vec![1.0, 1.0], 2.0));
    assert_eq!(mask.choose(1, 0).to_vec::<f32>(), [1.0, 0.0]);
    assert_eq!(mask.choose(tensor([3, 4]), 0).to_vec::<i32>(), [3, 4, 0, 0]);
}

/// Where the gradient of what was not taken would be infinite.
#[test]
fn a_filled_element_gets_no_gradient() {
    let x = tensor([0.0, 4.0]).attach_grad();
    record(|| x.masked_fill(&x.equal(0), 1).sqrt()).backward();
    assert_eq!(x.grad().to_vec::<f32>(), [0.0, 0.25]);
}

#[test]
fn truth_of_every_dtype() {
    let (x, nan) = (tensor([0.0, -0.0, 2.0, f64::NAN]), tensor([f64::NAN; 4]));
    assert_eq!(x.logical_not().to_vec::<bool>(), [true, true, false, false]);
    assert_eq!(x.logical_and(&nan).to_vec::<bool>(), [false, false, true, true]);
    assert_eq!(x.logical_xor(&nan).to_vec::<bool>(), [true, true, false, false]);
    assert_eq!(tensor([0u8, 3]).logical_or(0).to_vec::<bool>(), [false, true]);
    assert_eq!(tensor([0, 3]).is_nan().to_vec::<bool>(), [false, false]);
    assert_eq!(tensor([0, 3]).is_inf().to_vec::<bool>(), [false, false]);
    assert_eq!(tensor([true, false]).is_finite().to_vec::<bool>(), [true, true]);
    let (yes, no) = (tensor([true]), tensor([false]));
    assert_eq!((&yes & &no | yes.clone() ^ &no).to_vec::<bool>(), [true]);
}

#[test]
fn comparisons_with_nan() {
    let (x, y) = (tensor([1.0, f64::NAN, 2.0]), tensor([1.0, f64::NAN, 3.0]));
    assert_eq!(x.equal(&y).to_vec::<bool>(), [true, false, false]);
    assert_eq!(x.not_equal(&y).to_vec::<bool>(), [false, true, true]);
    assert_eq!(x.less_equal(&y).to_vec::<bool>(), [true, false, true]);
    assert_eq!(x.greater_equal(&y).to_vec::<bool>(), [true, false, false]);
    assert_eq!(x.greater(&y).to_vec::<bool>(), [false, false, false]);
}

/// The digamma function and its slopes, where their sides differ and where they do not.
#[test]
fn poles() {
    let at = |order, x: &[f64]| Tensor::from_slice(x.len(), x).polygamma(order).to_vec::<f64>();
    assert_eq!(at(0, &[0.0, -0.0]), [f64::NEG_INFINITY, f64::INFINITY]);
    assert!(at(0, &[-1.0, -2.0, f64::NEG_INFINITY]).iter().all(|x| x.is_nan()));
    assert_eq!(at(1, &[0.0, -0.0, -1.0]), [f64::INFINITY; 3]);
    assert_eq!(at(2, &[0.0, -0.0]), [f64::NEG_INFINITY, f64::INFINITY]);
    assert!(at(2, &[-1.0, -2.0]).iter().all(|x| x.is_nan()));
}
