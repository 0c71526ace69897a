//! Distributions: against SciPy's, and pinned to a second implementation (golden/distributions.py says which
//! versions wrote the numbers); what choices and dropout do; what is refused.

use std::f64::consts::LN_2;

use ndgrad_tensor::random::{self, Generator};
use ndgrad_tensor::{DType, Tensor, autograd, tensor};

const GOLDEN: &str = include_str!("golden/distributions.txt");
const DRAWS: usize = 100_000;

/// The distribution `name` of the golden file with these parameters, as f64.
fn draw(generator: &mut Generator, name: &str, p: &[f64], count: usize) -> Vec<f64> {
    let x = match name {
        "uniform_in" => generator.uniform_in([count], p[0]..p[1], DType::F64),
        "normal_with" => generator.normal_with([count], p[0], p[1], DType::F64),
        "log_normal" => generator.log_normal([count], p[0], p[1], DType::F64),
        "exponential" => generator.exponential([count], p[0], DType::F64),
        "truncated_normal" => generator.truncated_normal([count], p[0], p[1], p[2]..p[3], DType::F64),
        "gamma" => generator.gamma([count], p[0], p[1], DType::F64),
        "beta" => generator.beta([count], p[0], p[1], DType::F64),
        "poisson" => generator.poisson([count], p[0]),
        "integers" => generator.integers([count], p[0] as i64..p[1] as i64),
        "bernoulli" => generator.bernoulli([count], p[0]),
        "categorical" => generator.categorical([count], &Tensor::from_slice([p.len()], p)),
        _ => panic!("{name} is not among the distributions"),
    };
    x.to_dtype(DType::F64).to_vec()
}

/// Lines of one kind: the name, the parameters, and what stands behind each semicolon.
fn golden(kind: &str) -> impl Iterator<Item = (&'static str, Vec<f64>, Vec<&'static str>)> {
    GOLDEN.lines().filter_map(move |line| {
        let mut parts = line.strip_prefix(kind)?.split(" ; ");
        let mut header = parts.next()?.split_whitespace();
        let name = header.next()?;
        Some((name, header.map(|number| number.parse().unwrap()).collect(), parts.collect()))
    })
}

/// Chi-square over some fifty bins, and Kolmogorov's distance at their bounds. By chance alone one line in 10,000
/// fails the first, and one in 1,000 (fewer, as only some points are compared) the second.
fn check_distribution(label: &str, sample: &[f64], critical: f64, bounds: &[(f64, f64)]) {
    let count = sample.len() as f64;
    let (mut below, mut expected_below, mut chi_square) = (0.0, 0.0, 0.0);
    for &(bound, probability) in bounds.iter().chain([&(f64::INFINITY, 1.0)]) {
        let upto = sample.iter().filter(|&&x| x <= bound).count() as f64;
        let distance = (upto / count - probability).abs() * count.sqrt();
        assert!(distance < 1.95, "{label}: distance {distance} at {bound}");
        let expected = count * probability - expected_below;
        chi_square += (upto - below - expected).powi(2) / expected;
        (below, expected_below) = (upto, count * probability);
    }
    assert!(chi_square < critical, "{label}: chi-square {chi_square}, of which {critical} is critical");
}

#[test]
fn draws_follow_scipys_distribution_functions() {
    let mut lines = 0;
    for (name, parameters, parts) in golden("cdf ") {
        let bounds: Vec<(f64, f64)> = parts[1]
            .split_whitespace()
            .map(|pair| pair.split_once(':').map(|(x, p)| (x.parse().unwrap(), p.parse().unwrap())).unwrap())
            .collect();
        let critical = parts[0].parse().unwrap();
        for mut generator in [Generator::philox(1), Generator::mxnet(1)] {
            let sample = draw(&mut generator, name, &parameters, DRAWS);
            check_distribution(&format!("{name} {parameters:?}"), &sample, critical, &bounds);
        }
        lines += 1;
    }
    assert_eq!(lines, 35);
}

/// Floats within 1e-13 relative (functions differ by a few units in the last place, and the shift of the mean
/// cancels digits); whole numbers exactly.
#[test]
fn draws_are_those_of_the_second_implementation() {
    let mut lines = 0;
    for (name, parameters, parts) in golden("draw ") {
        let expected: Vec<f64> = parts[0].split_whitespace().map(|number| number.parse().unwrap()).collect();
        let drawn = draw(&mut Generator::philox(2024), name, &parameters, expected.len());
        let largest = parameters.iter().filter(|p| p.is_finite()).fold(0.0f64, |a, b| a.max(b.abs()));
        for (x, wanted) in drawn.iter().zip(&expected) {
            let scale = if name.contains("normal") { wanted.abs().max(largest) } else { wanted.abs() };
            // u^(1 / shape) is ill-conditioned for a small shape: by the size of its logarithm.
            let condition = if *wanted > 0.0 { wanted.ln().abs().max(1.0) } else { 1.0 };
            let bound = if name == "uniform_in" { 0.0 } else { 1e-13 * scale * condition };
            assert!((x - wanted).abs() <= bound, "{name} {parameters:?}: {x} for {wanted}");
        }
        lines += 1;
    }
    assert_eq!(lines, 35);
}

/// To the bit, so that no machine or change draws others: a hash of 1000 numbers of each line of the golden file.
#[test]
fn the_bits_are_pinned() {
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    for (name, parameters, _) in golden("draw ") {
        for x in draw(&mut Generator::philox(1), name, &parameters, 1000) {
            // FNV-1a over words.
            hash = (hash ^ x.to_bits()).wrapping_mul(0x0100_0000_01b3);
        }
    }
    assert_eq!(hash, 0xfad0_d962_5baf_bd72, "{hash:#x}");
    let mut generator = Generator::philox(1);
    assert_eq!(generator.permutation(5), [0, 1, 3, 2, 4]);
    let x = Tensor::linspace(0.0, 9.0, 10);
    assert_eq!(generator.shuffle(&x).to_vec::<f32>(), [9.0, 2.0, 6.0, 1.0, 4.0, 3.0, 7.0, 0.0, 8.0, 5.0]);
    assert_eq!(generator.choice(&x, 4, true, None).to_vec::<f32>(), [4.0, 9.0, 6.0, 5.0]);
    assert_eq!(generator.choice(&x, 4, false, None).to_vec::<f32>(), [6.0, 3.0, 9.0, 1.0]);
    assert_eq!(generator.choice(&x, 4, false, Some(&x)).to_vec::<f32>(), [8.0, 7.0, 6.0, 9.0]);
}

#[test]
fn element_i_depends_on_the_seed_and_i_alone() {
    for (name, parameters, _) in golden("draw ") {
        for stream in [0, 5] {
            let whole = draw(&mut Generator::philox(9).stream(stream), name, &parameters, 103);
            let mut generator = Generator::philox(9).stream(stream);
            let pieces = [1, 2, 0, 97, 3].map(|count| draw(&mut generator, name, &parameters, count));
            assert_eq!(pieces.concat(), whole, "{name}");
        }
    }
}

#[test]
fn f32_is_f64_rounded() {
    let close = |draw: &dyn Fn(&mut Generator, DType) -> Tensor| {
        let [narrow, wide] = [DType::F32, DType::F64].map(|dtype| draw(&mut Generator::philox(4), dtype));
        let wide: Vec<f32> = wide.to_vec::<f64>().iter().map(|&x| x as f32).collect();
        assert_eq!(narrow.to_vec::<f32>(), wide);
    };
    close(&|g, dtype| g.log_normal([100], 0.5, 2.0, dtype));
    close(&|g, dtype| g.exponential([100], 3.0, dtype));
    close(&|g, dtype| g.truncated_normal([100], 0.0, 1.0, -1.0..3.0, dtype));
    close(&|g, dtype| g.gamma([100], 0.5, 2.0, dtype));
    close(&|g, dtype| g.beta([100], 0.5, 2.0, dtype));
}

#[test]
fn parameters_shift_and_scale_the_standard_numbers() {
    let mut generators = [Generator::philox(6), Generator::mxnet(6)];
    for generator in &mut generators {
        let mut again = generator.clone();
        let z = generator.normal([1001]).to_vec::<f32>();
        let scaled = again.normal_with([1001], 4.25, 0.5, DType::F32).to_vec::<f32>();
        // Half of a number, plus 4.25: one rounding either way.
        assert!(z.iter().zip(&scaled).all(|(z, x)| z * 0.5 + 4.25 == *x));
        let mut again = generator.clone();
        let u = generator.uniform([1001]).to_vec::<f32>();
        let placed = again.uniform_in([1001], 0.0..2.0, DType::F32).to_vec::<f32>();
        assert!(u.iter().zip(&placed).all(|(u, x)| (2.0 * u).min(2f32.next_down()) == *x));
    }
}

#[test]
fn the_end_of_a_range_is_excluded_however_narrow_it_is() {
    let mut generator = Generator::philox(3);
    let near = generator.uniform_in([1000], 1.0..1.0f32.next_up().into(), DType::F32).to_vec::<f32>();
    assert!(near.iter().all(|&x| x == 1.0));
    let near = generator.uniform_in([1000], 1.0..1.0f64.next_up().next_up(), DType::F64).to_vec::<f64>();
    assert!(near.iter().all(|&x| x == 1.0 || x == 1.0f64.next_up()));
    let wide = generator.uniform_in([1000], -8e307..8e307, DType::F64).to_vec::<f64>();
    assert!(wide.iter().all(|x| x.abs() <= 8e307) && wide.iter().any(|&x| x < -4e307));
    let whole = generator.integers([1000], i64::MIN..i64::MAX).to_vec::<i64>();
    assert!(whole.iter().any(|&x| x < i64::MIN / 2) && whole.iter().any(|&x| x > i64::MAX / 2));
    assert_eq!(generator.integers([3], 7..8).to_vec::<i64>(), [7; 3]);
}

#[test]
fn extreme_parameters() {
    let mut generator = Generator::philox(3);
    assert_eq!(generator.bernoulli([3], 0.0).to_vec::<bool>(), [false; 3]);
    assert_eq!(generator.bernoulli([3], 1.0).to_vec::<bool>(), [true; 3]);
    assert_eq!(generator.poisson([3], 0.0).to_vec::<i64>(), [0; 3]);
    let large = generator.poisson([1000], 1e15).to_dtype(DType::F64);
    // Mean and deviation are 1e15 and 3.2e7; the mean of 1000 is within 5 of its own deviations.
    assert!((large.mean().item() - 1e15).abs() < 5e6);
    assert_eq!(generator.normal_with([2], 3.0, 0.0, DType::F64).to_vec::<f64>(), [3.0; 2]);
    let tiny = generator.gamma([100], f64::MIN_POSITIVE, 1.0, DType::F64).to_vec::<f64>();
    assert!(tiny.iter().all(|&x| x == 0.0));
    // Half of the weight at either end.
    let ends = generator.beta([1000], 1e-310, 1e-310, DType::F64).to_vec::<f64>();
    assert!(ends.iter().all(|x| (0.0..=1.0).contains(x)));
    let huge = generator.beta([100], 1e300, 1e300, DType::F64).to_vec::<f64>();
    assert!(huge.iter().all(|x| (x - 0.5).abs() < 1e-12));
    for shape in [&[][..], &[0], &[2, 0, 3]] {
        assert_eq!(generator.gamma(shape, 2.0, 1.0, DType::F32).shape()[..], *shape);
        assert_eq!(generator.categorical(shape, &tensor([1.0, 2.0])).shape()[..], *shape);
    }
}

#[test]
fn rows_of_weights_stretch() {
    let weights = tensor([[[1.0, 0.0, 0.0]], [[0.0, 0.0, 1.0]]]);
    let mut generator = Generator::philox(2);
    assert_eq!(generator.categorical([2, 3], &weights).to_vec::<i64>(), [0, 0, 0, 2, 2, 2]);
    assert_eq!(generator.categorical([2, 2, 2], &weights).to_vec::<i64>(), [0, 0, 2, 2, 0, 0, 2, 2]);
    let logits = tensor([0.5, -1.0, 2.0]);
    let [a, b] = [logits.exp(), logits.clone()];
    let from_weights = Generator::philox(8).categorical([1000], &a).to_vec::<i64>();
    assert_eq!(Generator::philox(8).categorical_logits([1000], &b).to_vec::<i64>(), from_weights);
    // A view with its axes the other way round.
    let turned = tensor([[0.0, 1.0], [0.0, 0.0], [3.0, 0.0]]).transpose();
    assert_eq!(generator.categorical([2], &turned).to_vec::<i64>(), [2, 0]);
}

/// All pairs of 4 rows without replacement, against probabilities by counting: w_a / 10 * w_b / (10 - w_a).
#[test]
fn choices_without_replacement_are_those_of_successive_draws() {
    let x = tensor([0, 1, 2, 3]);
    let weights = [1.0, 2.0, 3.0, 4.0];
    let mut generator = Generator::philox(12);
    for weighted in [false, true] {
        let mut counts = [[0.0; 4]; 4];
        for _ in 0..20_000 {
            let w = tensor(weights);
            let pair = generator.choice(&x, 2, false, weighted.then_some(&w)).to_vec::<i32>();
            counts[pair[0] as usize][pair[1] as usize] += 1.0;
        }
        let mut chi_square = 0.0;
        for a in 0..4 {
            for b in 0..4 {
                let p =
                    if weighted { weights[a] / 10.0 * weights[b] / (10.0 - weights[a]) } else { 1.0 / 12.0 };
                let expected = if a == b { 0.0 } else { 20_000.0 * p };
                if a == b {
                    assert_eq!(counts[a][b], 0.0);
                } else {
                    let difference: f64 = counts[a][b] - expected;
                    chi_square += difference * difference / expected;
                }
            }
        }
        // The 0.9999 quantile with 11 degrees of freedom.
        assert!(chi_square < 37.37, "{chi_square}");
    }
    let drawn = generator.choice(&x, 10_000, true, Some(&tensor(weights))).to_vec::<i32>();
    let last = drawn.iter().filter(|&&row| row == 3).count();
    assert!(last.abs_diff(4000) < 250);
    assert_eq!(generator.choice(&Tensor::zeros([0, 2]), 0, true, None).shape(), [0, 2]);
}

#[test]
fn a_shuffle_moves_rows_with_their_gradient() {
    let x = tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]).attach_grad();
    let factors = tensor([[1.0], [10.0], [100.0]]);
    let order = Generator::philox(5).permutation(3);
    let (shuffled, sum) = autograd::record(|| {
        let shuffled = Generator::philox(5).shuffle(&x);
        let sum = (&shuffled * &factors).sum();
        (shuffled, sum)
    });
    sum.backward();
    for (place, &row) in order.iter().enumerate() {
        assert_eq!(shuffled.i(place).to_vec::<f32>(), x.i(row).to_vec::<f32>());
        assert_eq!(x.grad().i((row, 0)).item(), factors.i((place, 0)).item());
    }
}

#[test]
fn dropout_keeps_the_mean_and_its_gradient_is_the_mask() {
    random::seed(4);
    let x = Tensor::ones([200, 500]).attach_grad();
    let (y, sum) = autograd::record(|| {
        let y = x.dropout(0.25);
        let sum = y.sum();
        (y, sum)
    });
    sum.backward();
    assert_eq!(x.grad().to_vec::<f32>(), y.to_vec::<f32>());
    let kept = y.to_vec::<f32>().iter().filter(|&&y| y != 0.0).count() as f64;
    assert!((kept / 1e5 - 0.75).abs() < 5.0 * (0.75f64 * 0.25 / 1e5).sqrt());
    assert!(y.to_vec::<f32>().iter().all(|&y| y == 0.0 || y == 1.0 / 0.75));
    let trained = |p| autograd::train_mode(|| x.dropout(p));
    assert_eq!(trained(1.0).sum().item(), 0.0);
    assert_eq!(trained(0.0).to_vec::<f32>(), x.to_vec::<f32>());
    // In predict mode nothing is dropped and nothing drawn.
    let state = || random::with_generator(|generator| generator.to_string());
    let before = state();
    assert_eq!(x.dropout(0.5).to_vec::<f32>(), x.to_vec::<f32>());
    let predicted = autograd::record(|| autograd::predict_mode(|| x.dropout(0.5)));
    assert_eq!(predicted.to_vec::<f32>(), x.to_vec::<f32>());
    assert_eq!(autograd::pause(|| x.dropout(0.5)).sum().item(), 1e5);
    assert_eq!(state(), before);
    let wide = x.to_dtype(DType::F64).dropout_from(&mut Generator::philox(1), 0.5);
    assert_eq!(wide.dtype(), DType::F64);
    random::seed(0);
}

#[test]
fn the_default_generator_is_the_threads_own() {
    random::seed(3);
    let x = random::gamma([5], 2.0, 1.0);
    let order = random::permutation(4);
    let mut generator = Generator::philox(3);
    assert_eq!(x.to_vec::<f32>(), generator.gamma([5], 2.0, 1.0, DType::F32).to_vec::<f32>());
    assert_eq!(order, generator.permutation(4));
    assert_eq!(random::with_generator(|generator| generator.to_string()), generator.to_string());
    // A refusal leaves it where it was.
    std::panic::catch_unwind(|| random::poisson([1], -1.0)).unwrap_err();
    assert_eq!(random::with_generator(|generator| generator.to_string()), generator.to_string());
    // P(the largest of 64 exponential numbers < ln 2) is 2^-64.
    assert!(random::exponential([64], 1.0).to_vec::<f32>().iter().any(|&x| f64::from(x) > LN_2));
    random::seed(0);
}
