//! Reductions and orders against JAX and exact arithmetic, at edges, and by what must hold for all numbers.

use ndgrad_tensor::autograd::{self, record};
use ndgrad_tensor::random::Generator;
use ndgrad_tensor::{DType, Index, Tensor, tensor};
use proptest::prelude::*;

fn doubles<const N: usize>(values: [f64; N]) -> Tensor {
    Tensor::from_slice(N, &values)
}

/// A line of the golden file: sizes, a colon, numbers.
fn parse(line: &str) -> Tensor {
    let (sizes, numbers) = line.split_once(':').expect("a shape before the numbers");
    let sizes: Vec<usize> = sizes.split_whitespace().map(|size| size.parse().unwrap()).collect();
    let numbers: Vec<f64> = numbers.split_whitespace().map(|number| number.parse().unwrap()).collect();
    Tensor::from_slice(&sizes[..], &numbers)
}

/// One of the three forms of a reduction.
macro_rules! fold {
    ($x:ident, $axes:ident, $keep:ident, $all:ident, $some:ident, $kept:ident $(, $argument:expr)?) => {
        match (&$axes, $keep) {
            (None, _) => $x.$all($($argument)?),
            (Some(axes), false) => $x.$some(&axes[..] $(, $argument)?),
            (Some(axes), true) => $x.$kept(&axes[..] $(, $argument)?),
        }
    };
}

fn compute(what: &str, x: &Tensor) -> Tensor {
    let mut words = what.split(' ');
    let (name, which) = (words.next().unwrap(), words.next().unwrap());
    let axes: Option<Vec<isize>> = which.split(',').map(|axis| axis.parse().ok()).collect();
    let (keep, axis) = (words.next().is_some(), axes.as_ref().map_or(0, |axes| axes[0]));
    let infinity = f64::INFINITY;
    match name {
        "sum" => fold!(x, axes, keep, sum, sum_axes, sum_keepdims),
        "mean" => fold!(x, axes, keep, mean, mean_axes, mean_keepdims),
        "prod" => fold!(x, axes, keep, prod, prod_axes, prod_keepdims),
        "max" => fold!(x, axes, keep, max, max_axes, max_keepdims),
        "min" => fold!(x, axes, keep, min, min_axes, min_keepdims),
        "var0" => fold!(x, axes, keep, var, var_axes, var_keepdims, 0),
        "var1" => fold!(x, axes, keep, var, var_axes, var_keepdims, 1),
        "std1" => fold!(x, axes, keep, std, std_axes, std_keepdims, 1),
        "norm1" => fold!(x, axes, keep, norm, norm_axes, norm_keepdims, 1.0),
        "norm2" => fold!(x, axes, keep, norm, norm_axes, norm_keepdims, 2.0),
        "norm3.5" => fold!(x, axes, keep, norm, norm_axes, norm_keepdims, 3.5),
        "norminf" => fold!(x, axes, keep, norm, norm_axes, norm_keepdims, infinity),
        "logsumexp" => fold!(x, axes, keep, logsumexp, logsumexp_axes, logsumexp_keepdims),
        "nansum" => fold!(x, axes, keep, nansum, nansum_axes, nansum_keepdims),
        "nanprod" => fold!(x, axes, keep, nanprod, nanprod_axes, nanprod_keepdims),
        "any" => fold!(x, axes, keep, any, any_axes, any_keepdims),
        "all" => fold!(x, axes, keep, all, all_axes, all_keepdims),
        "count_nonzero" => {
            fold!(x, axes, keep, count_nonzero, count_nonzero_axes, count_nonzero_keepdims)
        }
        "cumsum" => x.cumsum(axis),
        "cumprod" => x.cumprod(axis),
        "softmax" => x.softmax(axis),
        "log_softmax" => x.log_softmax(axis),
        "sort" => x.sort(axis),
        "sort_descending" => x.sort_descending(axis),
        "argsort" => x.argsort(axis),
        "argmax" => x.argmax_axis(axis),
        "argmin" => x.argmin_axis(axis),
        "cross_entropy" => {
            let (shape, rank) = (x.shape(), x.rank());
            let (rows, classes) = (x.size() / shape[rank - 1], shape[rank - 1]);
            if which == "classes" {
                let target: Vec<i64> = (0..rows).map(|row| (row % classes) as i64).collect();
                return x.cross_entropy(&Tensor::from_slice(shape.remove(rank - 1), &target));
            }
            let sines: Vec<f64> = (0..x.size()).map(|i| (7.0 * i as f64).sin()).collect();
            x.cross_entropy(&Tensor::from_slice(shape, &sines).softmax(-1))
        }
        _ => panic!("no such case: {what}"),
    }
}

/// Within 32 units in the last place of the largest number: both sum in their own order, and an element may be a small
/// difference of large ones.
fn assert_near(what: &str, ours: &Tensor, golden: &Tensor) {
    assert_eq!(ours.shape(), golden.shape(), "{what}");
    let (ours, golden) = (ours.to_dtype(DType::F64).to_vec::<f64>(), golden.to_vec::<f64>());
    let size = golden.iter().fold(0.0, |size: f64, x| size.max(x.abs()));
    for (ours, golden) in ours.iter().zip(&golden) {
        assert!((ours - golden).abs() <= 32.0 * f64::EPSILON * size, "{what}: {ours} is not {golden}");
    }
}

#[test]
fn results_and_gradients_are_those_of_jax() {
    let lines: Vec<&str> = include_str!("golden/reductions.txt").lines().skip(1).collect();
    assert!(lines.len() > 800 && lines.len().is_multiple_of(4));
    for case in lines.chunks_exact(4) {
        let [what, x, y, gradient] = case else { unreachable!("four lines") };
        let x = parse(x);
        assert_near(what, &compute(what, &x), &parse(y));
        if gradient.is_empty() {
            continue;
        }
        let x = x.attach_grad();
        let weighted = record(|| {
            let y = compute(what, &x);
            let weights: Vec<f64> = (0..y.size()).map(|i| 1.0 + 0.37 * (i % 7) as f64).collect();
            (&y * Tensor::from_slice(y.shape(), &weights)).sum()
        });
        weighted.backward();
        assert_near(&format!("gradient of {what}"), &x.grad(), &parse(gradient));
    }
}

/// The gradient of the sum of what `f` computes.
fn gradient(f: impl Fn(&Tensor) -> Tensor, x: &Tensor) -> Vec<f64> {
    let x = x.attach_grad();
    record(|| f(&x).sum()).backward();
    x.grad().to_vec()
}

const NAN: f64 = f64::NAN;
const INF: f64 = f64::INFINITY;

#[test]
fn nan_stays_in_max_and_min_wherever_it_stands() {
    for count in [1, 5, 40, 3000] {
        for at in [0, count / 2, count - 1] {
            let mut values = vec![1.0; count];
            values[at] = NAN;
            let x = Tensor::from_slice(count, &values);
            assert!(x.max().item().is_nan() && x.min().item().is_nan());
            assert_eq!((x.argmax().item(), x.argmin().item()), (at as f64, at as f64));
        }
    }
    assert_eq!((doubles([-INF]).max().item(), doubles([INF]).min().item()), (-INF, INF));
}

#[test]
fn ties_all_receive_the_whole_gradient() {
    assert_eq!(gradient(Tensor::max, &doubles([1.0, 3.0, 3.0])), [0.0, 1.0, 1.0]);
    assert_eq!(gradient(Tensor::min, &doubles([1.0, 3.0, 1.0])), [1.0, 0.0, 1.0]);
    assert_eq!(gradient(|x| x.norm(INF), &doubles([-3.0, 3.0, 1.0])), [-1.0, 1.0, 0.0]);
}

#[test]
fn products_with_zeros_have_exact_gradients() {
    let product = |values| gradient(Tensor::prod, &values);
    assert_eq!(product(doubles([2.0, 3.0, 5.0])), [15.0, 10.0, 6.0]);
    assert_eq!(product(doubles([2.0, 0.0, 5.0])), [0.0, 10.0, 0.0]);
    assert_eq!(product(doubles([0.0, 3.0, 0.0])), [0.0, 0.0, 0.0]);
    // 2, 2x, 10x of [2, x, 5] at x = 0.
    assert_eq!(gradient(|x| x.cumprod(0), &doubles([2.0, 0.0, 5.0])), [1.0, 12.0, 0.0]);
    let two_zeros = |x: &Tensor| x.cumprod(0) * doubles([0.0, 0.0, 1.0]);
    assert_eq!(gradient(two_zeros, &doubles([0.0, 3.0, 0.0])), [0.0, 0.0, 0.0]);
    let report = autograd::check(|x| x[0].prod(), &[doubles([0.0, 3.0, -2.0, 0.0])]);
    assert!(report.error < 1e-8, "{report}");
}

#[test]
fn nothing_reduces_to_what_changes_nothing() {
    let none = Tensor::zeros([0]);
    assert_eq!((none.sum().item(), none.prod().item(), none.norm(2.0).item()), (0.0, 1.0, 0.0));
    assert_eq!((none.any().item(), none.all().item(), none.count_nonzero().item()), (0.0, 1.0, 0.0));
    assert_eq!(none.logsumexp().item(), -INF);
    assert!(none.mean().item().is_nan() && none.var(0).item().is_nan());
    // No line is there whose largest element would be missing.
    assert_eq!(Tensor::zeros([0, 3]).max_axes(1).shape(), [0]);
    assert_eq!(Tensor::zeros([0, 0]).argmax_axis(1).shape(), [0]);
}

#[test]
fn whole_numbers_keep_their_dtype_and_wrap_around() {
    let x = tensor([200u8, 100]);
    assert_eq!((x.sum().dtype(), x.sum().item()), (DType::U8, 44.0));
    assert_eq!(x.to_dtype(DType::I64).sum().item(), 300.0);
    assert_eq!(tensor([i32::MAX, 2]).prod().item(), -2.0);
    assert_eq!(tensor([-7i64, 3]).max().to_vec::<i64>(), [3]);
    assert_eq!(tensor([NAN, 0.0]).any().to_vec::<bool>(), [true]);
    assert_eq!(tensor([0.5, 0.0]).count_nonzero().to_vec::<i64>(), [1]);
}

#[test]
fn a_small_spread_around_a_large_mean_is_kept() {
    // Exact: 1e9 + {0, 1, 2, 3} has variance 1.25, and so have multiples of a power of two far from 0.
    let x = doubles([1e9, 1e9 + 1.0, 1e9 + 2.0, 1e9 + 3.0]);
    assert_eq!((x.var(0).item(), x.std(0).item()), (1.25, 1.25f64.sqrt()));
    assert_eq!(gradient(|x| x.var(0), &x), [-0.75, -0.25, 0.25, 0.75]);
    assert_eq!(gradient(|x| x.std(0), &doubles([2.0, 2.0])), [0.0, 0.0]);
    assert_eq!(doubles([-1e300, 1e300]).std(0).item(), 1e300);
    assert!(doubles([1.0]).var(1).item().is_nan());
}

#[test]
fn norms_neither_overflow_nor_vanish() {
    for scale in [1.0, 1e300, 1e-300, 3.3e-317] {
        let x = doubles([3.0, -4.0]) * scale;
        let golden = (x.i(0).item()).hypot(x.i(1).item());
        assert!((x.norm(2.0).item() - golden).abs() <= 4.0 * f64::EPSILON * golden, "{scale}");
        if scale > 1e-310 {
            let slopes = gradient(|x| x.norm(2.0), &x);
            assert!((slopes[0] - 0.6).abs() < 1e-15 && (slopes[1] + 0.8).abs() < 1e-15);
            let cube = 91f64.cbrt() * scale;
            assert!((x.norm(3.0).item() - cube).abs() <= 16.0 * f64::EPSILON * cube);
        }
    }
    assert_eq!(doubles([f64::MAX]).norm(2.0).item(), f64::MAX);
    assert_eq!(doubles([INF, 1.0]).norm(2.0).item(), INF);
    assert!(doubles([NAN, 1.0]).norm(2.0).item().is_nan());
    for order in [1.0, 2.0, 3.0, INF] {
        assert_eq!(gradient(|x| x.norm(order), &doubles([0.0, 0.0])), [0.0, 0.0], "{order}");
    }
}

/// Rows that stay in the cache and rows that do not, of all sorts of lengths, alone and among others.
#[test]
fn softmax_is_what_its_operations_are() {
    for (rows, columns) in [(3, 5), (70, 16), (37, 100), (1, 1030), (5, 2500), (2, 5000), (2000, 33)] {
        let x = 4.0 * Generator::philox(1).normal([rows, columns]);
        for x in [x.clone(), x.to_dtype(DType::F64), x.transpose()] {
            let parts = (&x - x.max_keepdims(-1)).exp();
            let bits = |x: Tensor| -> Vec<u64> {
                x.to_dtype(DType::F64).to_vec::<f64>().into_iter().map(f64::to_bits).collect()
            };
            assert_eq!(bits(x.softmax(-1)), bits(&parts / parts.sum_keepdims(-1)), "{rows} x {columns}");
        }
    }
}

#[test]
fn exponentials_are_stable() {
    let masked = Tensor::from_slice([2, 2], &[-INF, -INF, 0.0, -INF]);
    assert_eq!(masked.logsumexp_axes(1).to_vec::<f64>(), [-INF, 0.0]);
    assert_eq!(gradient(|x| x.logsumexp_axes(1), &masked), [0.0, 0.0, 1.0, 0.0]);
    assert_eq!(masked.softmax(1).to_vec::<f64>(), [0.0, 0.0, 1.0, 0.0]);
    assert_eq!(masked.log_softmax(1).to_vec::<f64>(), [-INF, -INF, 0.0, -INF]);
    assert_eq!(doubles([INF, 0.0]).logsumexp().item(), INF);
    assert!(doubles([NAN, 0.0]).logsumexp().item().is_nan());
    assert_eq!(doubles([1e308, -1e308]).softmax(0).to_vec::<f64>(), [1.0, 0.0]);
    // log(1 + e^-40) = e^-40 - e^-80 / 2 + ..., where 1 + e^-40 is 1.
    let small = (-40f64).exp();
    assert!((doubles([0.0, -40.0]).logsumexp().item() - small).abs() < 1e-15 * small);
    let sure = Tensor::from_slice([1, 2], &[40.0, 0.0]).cross_entropy(&tensor([0]));
    assert!((sure.item() - small).abs() < 1e-15 * small);
    // A class that cannot be and is not.
    let truth = Tensor::from_slice([1, 3], &[1.0, 0.0, 0.0]);
    let logits = Tensor::from_slice([1, 3], &[0.0, 0.0, -INF]);
    assert_eq!(logits.cross_entropy(&truth).item(), 2f64.ln());
    assert_eq!(gradient(|x| x.cross_entropy(&truth), &logits), [-0.5, 0.5, 0.0]);
}

#[test]
fn positions_may_be_i32_or_count_from_the_end() {
    let x = doubles([1.0, 2.0, 3.0]);
    assert_eq!(x.gather(0, &tensor([-1, 0, -1])).to_vec::<f64>(), [3.0, 1.0, 3.0]);
    assert_eq!(x.gather(0, &tensor([-1i64, 0, -1])).to_vec::<f64>(), [3.0, 1.0, 3.0]);
    assert_eq!(gradient(|x| x.gather(0, &tensor([-1, 0, 2])), &x), [1.0, 0.0, 2.0]);
    assert_eq!(gradient(|x| x.top_k(2, 0).0, &x), [0.0, 1.0, 1.0]);
    assert_eq!(
        gradient(|x| x.sort(0) * doubles([1.0, 2.0, 4.0]), &doubles([3.0, 1.0, 2.0])),
        [4.0, 1.0, 2.0]
    );
    assert_eq!(tensor([true, false, true]).sort(0).to_vec::<bool>(), [false, true, true]);
}

#[test]
fn equal_values_are_one_value_and_nan_is_one_too() {
    let found = doubles([NAN, 2.0, NAN, -1.0, 2.0]).unique();
    assert_eq!(found.values.i(..2).to_vec::<f64>(), [-1.0, 2.0]);
    assert!(found.values.i(2).item().is_nan() && found.values.size() == 3);
    assert_eq!(found.inverse.to_vec::<i64>(), [2, 1, 2, 0, 1]);
    assert_eq!(found.counts.to_vec::<i64>(), [1, 2, 2]);
    let none = Tensor::zeros([0, 2]).unique();
    assert_eq!((none.values.size(), none.inverse.shape(), none.counts.size()), (0, [0, 2].into(), 0));
}

/// Few different numbers, so that many are equal; some NaN.
fn few() -> impl Strategy<Value = f64> {
    prop_oneof![20 => (-4i32..5).prop_map(f64::from), 1 => Just(NAN), 1 => Just(INF), 1 => Just(-INF)]
}

/// The bits, with one NaN for all.
fn bits(x: &Tensor) -> Vec<u64> {
    x.to_vec::<f64>().iter().map(|x| if x.is_nan() { u64::MAX } else { x.to_bits() }).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn orders_agree_with_each_other(values in proptest::collection::vec(few(), 1..40), count in 0usize..40) {
        let x = Tensor::from_slice(values.len(), &values);
        let (order, sorted) = (x.argsort(0), x.sort(0));
        let mut places = order.to_vec::<i64>();
        for pair in places.windows(2) {
            let (a, b) = (values[pair[0] as usize], values[pair[1] as usize]);
            let equal = a == b || (a.is_nan() && b.is_nan());
            prop_assert!(a < b || (b.is_nan() && !a.is_nan()) || (equal && pair[0] < pair[1]));
        }
        places.sort();
        prop_assert!(places.iter().enumerate().all(|(i, &place)| place == i as i64));

        let count = count.min(values.len());
        let (largest, at) = x.top_k(count, 0);
        prop_assert_eq!(bits(&largest), bits(&x.sort_descending(0).i(..count as isize)));
        prop_assert_eq!(bits(&largest), bits(&x.gather(0, &at)));
        prop_assert_eq!(bits(&x.bottom_k(count, 0).0), bits(&sorted.i(..count as isize)));

        // Every number is found where it stands, and the two sides enclose all that are equal to it.
        let (left, right) = (sorted.search_sorted(&x).to_vec::<i64>(), sorted.search_sorted_right(&x).to_vec::<i64>());
        let found = x.unique();
        let times = found.counts.gather(0, &found.inverse).to_vec::<i64>();
        prop_assert_eq!(bits(&sorted.gather(0, &sorted.search_sorted(&x))), bits(&x));
        prop_assert!(left.iter().zip(&right).zip(times).all(|((left, right), times)| right - left == times));
        prop_assert_eq!(bits(&found.values.gather(0, &found.inverse)), bits(&x));
        prop_assert_eq!(bits(&found.values), bits(&found.values.sort(0)));
    }

    #[test]
    fn kept_axes_stretch_back(sizes in proptest::collection::vec(1usize..5, 1..4), axis in 0usize..3, seed in 0u64..100) {
        let axis = (axis % sizes.len()) as isize;
        let x = ndgrad_tensor::random::Generator::philox(seed).normal(&sizes[..]).to_dtype(DType::F64);
        let whole = |x: &Tensor| x.to_vec::<f64>();
        prop_assert!(whole(&x.softmax(axis).sum_axes(axis)).iter().all(|sum| (sum - 1.0).abs() < 1e-15));
        prop_assert!(whole(&(&x - x.mean_keepdims(axis)).mean_axes(axis)).iter().all(|mean| mean.abs() < 1e-15));
        let far = (&x - x.max_keepdims(axis)).max_axes(axis);
        prop_assert_eq!(whole(&far), vec![0.0; far.size()]);
        prop_assert_eq!(whole(&x.gather(axis, &x.argmax_keepdims(axis))), whole(&x.max_keepdims(axis)));
        let last = (std::iter::repeat_n(Index::ALL, axis as usize).chain([Index::At(-1)])).collect::<Vec<_>>();
        let end = |x: &Tensor| ndgrad_tensor::ops::apply(ndgrad_tensor::ops::Part { indices: last[..].into() }, &[x]);
        let (summed, added) = (whole(&end(&x.cumsum(axis))), whole(&x.sum_axes(axis)));
        prop_assert!(summed.iter().zip(added).all(|(a, b)| (a - b).abs() < 1e-14));
    }
}
