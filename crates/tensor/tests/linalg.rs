//! Linear algebra against NumPy, SciPy and JAX (`golden/linalg.py`), against itself, and where there is no answer.

use ndgrad_tensor::autograd::{self, Backward};
use ndgrad_tensor::{DType, Shape, Tensor, Triangle, ops, tensor};
use proptest::prelude::*;

/// Numbers between -1 and 1 from whole numbers, as the script makes them.
fn numbers(count: usize, seed: i64) -> Vec<f64> {
    let number = |i: i64| ((i * 7919 + seed * 104_729 + 12_345 * i * i) % 2003) as f64 / 1001.5 - 1.0;
    (0..count as i64).map(number).collect()
}

fn drawn(shape: &[usize], seed: i64) -> Tensor {
    let shape = Shape::new(shape);
    Tensor::from_slice(shape, &numbers(shape.size(), seed))
}

/// Well conditioned matrices with the largest numbers on the diagonal; or with the rows turned round.
fn matrices(rows: usize, columns: usize, batch: usize, turned: bool) -> Tensor {
    let mut elements = numbers(batch.max(1) * rows * columns, 1);
    for matrix in elements.chunks_exact_mut(rows * columns) {
        for i in 0..rows.min(columns) {
            matrix[i * columns + i] += (rows.max(columns) + 2 + 2 * i) as f64;
        }
        if turned {
            let reversed: Vec<f64> = matrix.chunks_exact(columns).rev().flatten().copied().collect();
            matrix.copy_from_slice(&reversed);
        }
    }
    Tensor::from_slice(batched(batch, &[rows, columns]), &elements)
}

fn batched(batch: usize, sizes: &[usize]) -> Shape {
    let leading: &[usize] = if batch == 0 { &[] } else { &[batch] };
    Shape::new(&[leading, sizes].concat())
}

fn call(function: &str, x: &[Tensor]) -> Vec<Tensor> {
    match function {
        "cholesky" => vec![x[0].cholesky()],
        "solve" => vec![x[0].solve(&x[1])],
        "lower" => vec![x[0].solve_triangular(&x[1], Triangle::LOWER)],
        "upper_transposed" => vec![x[0].solve_triangular(&x[1], Triangle::UPPER.transposed())],
        "lower_unit" => vec![x[0].solve_triangular(&x[1], Triangle::LOWER.unit())],
        "inverse" => vec![x[0].inverse()],
        "det" => vec![x[0].det()],
        "slogdet" => <[Tensor; 2]>::from(x[0].slogdet()).into(),
        "qr" => <[Tensor; 2]>::from(x[0].qr()).into(),
        "svd" => <[Tensor; 3]>::from(x[0].svd()).into(),
        "eigh" => <[Tensor; 2]>::from(x[0].eigh()).into(),
        other => panic!("no function {other}"),
    }
}

fn flat(tensors: &[Tensor]) -> Vec<f64> {
    tensors.iter().flat_map(|x| x.to_vec::<f64>()).collect()
}

/// The largest error, in units of the last place of the largest number.
fn units(found: &[f64], expected: &[f64]) -> f64 {
    let largest = expected.iter().fold(f64::MIN_POSITIVE, |largest, x| largest.max(x.abs()));
    assert_eq!(found.len(), expected.len());
    // Not `f64::max`, which passes over NaN.
    let larger =
        |error: f64, (a, b): (&f64, &f64)| if (a - b).abs() <= error { error } else { (a - b).abs() };
    let error = found.iter().zip(expected).fold(0.0, larger);
    error / (largest * f64::EPSILON)
}

/// Values within 24 units of the last place of the largest, gradients within 160.
#[test]
fn values_and_gradients_are_those_of_jax() {
    let mut count = 0;
    for line in include_str!("golden/linalg.txt").lines() {
        if line.starts_with(['#']) || line.starts_with("einsum") {
            continue;
        }
        let [function, rows, columns, batch, what, expected] = line.split('|').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        let size = |text: &str| text.parse::<usize>().unwrap();
        let (rows, columns, batch) = (size(rows), size(columns), size(batch));
        let turned = ["solve", "inverse", "det", "slogdet", "qr", "svd"].contains(&function);
        let mut inputs = vec![matrices(rows, columns, batch, turned).attach_grad()];
        if ["solve", "lower", "upper_transposed", "lower_unit"].contains(&function) {
            inputs.push(drawn(&batched(batch, &[rows, 2]), 2).attach_grad());
        }
        let found = match what {
            "value" => flat(&call(function, &inputs)),
            _ => {
                let loss = autograd::record(|| {
                    let weighted = call(function, &inputs)
                        .iter()
                        .zip(3..)
                        .map(|(result, seed)| (result * drawn(&result.shape(), seed)).sum())
                        .reduce(|a, b| a + b);
                    weighted.unwrap()
                });
                flat(&autograd::grad(&loss, &inputs.iter().collect::<Vec<_>>(), Backward::new()))
            }
        };
        let stride = if found.len() > 100 { 7 } else { 1 };
        let found: Vec<f64> = found.into_iter().step_by(stride).collect();
        let expected: Vec<f64> = expected.split(' ').map(|text| text.parse().unwrap()).collect();
        assert_eq!(found.len(), expected.len(), "{function} {rows} {columns} {batch} {what}");
        let error = units(&found, &expected);
        let bound = if what == "value" { 24.0 } else { 160.0 };
        assert!(error <= bound, "{function} {rows}x{columns} {batch} {what}: {error} units");
        count += 1;
    }
    assert_eq!(count, 139);
}

#[test]
fn einsum_is_numpys() {
    let mut count = 0;
    for line in include_str!("golden/linalg.txt").lines().filter(|line| line.starts_with("einsum")) {
        let [_, subscripts, shapes, shape, expected] = line.split('|').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        let sizes = |text: &str| -> Vec<usize> {
            text.split(',').filter(|size| !size.is_empty()).map(|size| size.parse().unwrap()).collect()
        };
        let whole = |(i, text): (usize, &str)| {
            let shape = Shape::new(&sizes(text));
            let elements: Vec<i64> = numbers(shape.size(), i as i64 + 1)
                .iter()
                .map(|x| (3.0 * x).round_ties_even() as i64)
                .collect();
            Tensor::from_slice(shape, &elements)
        };
        let operands: Vec<Tensor> = shapes.split(';').enumerate().map(whole).collect();
        let expected: Vec<i64> = expected.split_whitespace().map(|text| text.parse().unwrap()).collect();
        for dtype in [DType::I64, DType::F32] {
            let operands: Vec<Tensor> = operands.iter().map(|x| x.to_dtype(dtype)).collect();
            let result = Tensor::einsum(subscripts, &operands.iter().collect::<Vec<_>>());
            assert_eq!(&result.shape()[..], &sizes(shape)[..], "{subscripts}");
            assert_eq!(result.to_dtype(DType::I64).to_vec::<i64>(), expected, "{subscripts} {dtype}");
        }
        let report = autograd::check(
            |operands| Tensor::einsum(subscripts, &operands.iter().collect::<Vec<_>>()),
            &operands.iter().map(|x| x.to_dtype(DType::F64)).collect::<Vec<_>>(),
        );
        assert!(report.error < 1e-8, "{subscripts}: {report}");
        count += 1;
    }
    assert_eq!(count, 38);
}

#[test]
fn products_are_einsums() {
    let (x, y) = (drawn(&[2, 3, 4], 1), drawn(&[4, 3, 5], 2));
    let same = |a: Tensor, b: Tensor| {
        assert_eq!(a.shape(), b.shape());
        assert!(units(&flat(&[a]), &flat(&[b])) < 4.0);
    };
    same(x.tensordot(&y, 1), Tensor::einsum("abc,cde->abde", &[&x, &y]));
    same(x.tensordot(&y, ([1, 2], [1, 0])), Tensor::einsum("abc,cbd->ad", &[&x, &y]));
    same(x.tensordot(&y, ([-1], [0])), x.dot(&y));
    same(x.tensordot(&drawn(&[2], 3), 0), Tensor::einsum("abc,d->abcd", &[&x, &drawn(&[2], 3)]));
    same(x.inner(&drawn(&[5, 4], 3)), Tensor::einsum("abc,dc->abd", &[&x, &drawn(&[5, 4], 3)]));
    same(x.vdot(&drawn(&[24], 3)), Tensor::einsum("abc,abc->", &[&x, &drawn(&[24], 3).reshape([2, 3, 4])]));
    same(x.i(0).outer(&y.i(0)), Tensor::einsum("ab,cd->abcd", &[&x.i(0), &y.i(0)]).reshape([12, 15]));
    same(x.trace(), Tensor::einsum("aii->a", &[&x.i((.., .., ..3))]));
    same(drawn(&[0, 2], 1).inner(&drawn(&[3, 2], 1)), Tensor::zeros([0, 3]).to_dtype(DType::F64));
    same(drawn(&[], 1).inner(&x), drawn(&[], 1) * &x);
}

/// The product of every pair of a batch has the bits that it has alone.
#[test]
fn a_product_is_the_same_bits_alone_and_among_others() {
    for (m, k, n) in [(1, 5, 3), (2, 3, 1), (1, 4, 1), (3, 0, 2), (7, 70, 9), (20, 300, 33), (1, 2000, 2)] {
        let left = drawn(&[2, 3, m, k], 1);
        for right in [drawn(&[k, n], 2), drawn(&[3, k, n], 2), drawn(&[2, 1, n, k], 2).transpose()] {
            let all = left.matmul(&right);
            let right = right.broadcast_to([2, 3, k, n]);
            for (i, j) in [(0, 0), (0, 2), (1, 1)] {
                let alone = left.i((i, j)).matmul(&right.i((i, j)));
                assert_eq!(all.i((i, j)).to_vec::<f64>(), alone.to_vec::<f64>(), "{m}x{k}x{n}");
            }
        }
    }
}

/// An orthonormal basis, to a few units per row.
fn is_orthonormal(columns: &Tensor) -> bool {
    let count = columns.shape()[1];
    let product = columns.transpose().matmul(columns);
    let ideal = Tensor::einsum("i,ij->ij", &[&Tensor::ones([count]).to_dtype(DType::F64), &product]);
    let off = (0..count * count).map(|at| f64::from(u8::from(at / count == at % count)));
    let identity: Vec<f64> = off.collect();
    let bound = 8.0 * (columns.shape()[0] as f64).max(1.0) * f64::EPSILON;
    ideal.to_vec::<f64>().iter().zip(&identity).all(|(a, b)| (a - b).abs() <= bound)
}

/// Any matrix of this shape: well or badly conditioned, of low rank, with zeros.
fn any_matrix(rows: usize, columns: usize) -> impl Strategy<Value = Tensor> {
    let number = prop_oneof![Just(0.0), Just(1.0), -1.0f64..1.0, (-12f64..12.0).prop_map(|e| 10f64.powf(e))];
    (proptest::collection::vec(number, rows * columns), any::<bool>()).prop_map(move |(mut numbers, low)| {
        if low && rows > 1 {
            let (first, rest) = numbers.split_at_mut(columns);
            rest[..columns].copy_from_slice(first);
        }
        Tensor::from_slice([rows, columns], &numbers)
    })
}

fn near(found: &Tensor, expected: &Tensor, bound: f64) -> bool {
    units(&found.to_vec::<f64>(), &expected.to_vec::<f64>()) <= bound
}

proptest! {
    #[test]
    fn q_times_r(x in (1usize..9, 1usize..9).prop_flat_map(|(m, n)| any_matrix(m, n))) {
        let (q, r) = x.qr();
        prop_assert!(is_orthonormal(&q));
        prop_assert!(near(&q.matmul(&r), &x, 64.0));
        for below in 1..r.shape()[0] as isize {
            prop_assert!(r.diagonal_of(-below, [0, 1]).to_vec::<f64>().iter().all(|&x| x == 0.0));
        }
    }

    #[test]
    fn u_times_s_times_v(x in (1usize..9, 1usize..9).prop_flat_map(|(m, n)| any_matrix(m, n))) {
        let (u, s, vt) = x.svd();
        prop_assert!(is_orthonormal(&u) && is_orthonormal(&vt.transpose()));
        prop_assert!(near(&(&u * &s).matmul(&vt), &x, 64.0));
        let s = s.to_vec::<f64>();
        prop_assert!(s.windows(2).all(|pair| pair[0] >= pair[1]) && s.iter().all(|&s| s >= 0.0));
    }

    #[test]
    fn v_times_w_times_v(x in (1usize..9).prop_flat_map(|n| any_matrix(n, n))) {
        let x = &x + x.transpose();
        let (w, v) = x.eigh();
        prop_assert!(is_orthonormal(&v));
        prop_assert!(near(&(&v * &w).matmul(&v.transpose()), &x, 64.0));
        prop_assert!(w.to_vec::<f64>().windows(2).all(|pair| pair[0] <= pair[1]));
    }

    #[test]
    fn l_times_l(x in (1usize..9).prop_flat_map(|n| any_matrix(n, n))) {
        let size = x.shape()[0];
        let x = x.matmul(&x.transpose());
        let ridge = 1e-3 * x.trace().item() + 1.0;
        let x = x + ridge * Tensor::einsum("ij->ij", &[&identity(size)]);
        let l = x.cholesky();
        prop_assert!(near(&l.matmul(&l.transpose()), &x, 64.0));
    }

    #[test]
    fn solve_then_multiply(x in (1usize..9).prop_flat_map(|n| any_matrix(n, n)), columns in 0usize..3) {
        let size = x.shape()[0];
        let x = &x + (x.abs().sum().item() + 1.0) * identity(size);
        let right = drawn(&[size, columns], 4);
        prop_assert!(near(&x.matmul(&x.solve(&right)), &right, 64.0));
        prop_assert!(near(&x.matmul(&x.inverse()), &identity(size), 64.0));
    }

    /// Laplace's expansion along the first row, of whole numbers; singular ones, too.
    #[test]
    fn cofactors_and_determinants_are_laplaces(
        numbers in (1usize..5).prop_flat_map(|n| proptest::collection::vec(-2i32..3, n * n))
    ) {
        let size = numbers.len().isqrt();
        let numbers: Vec<f64> = numbers.into_iter().map(f64::from).collect();
        let x = Tensor::from_slice([size, size], &numbers);
        prop_assert!((x.det().item() - laplace(&numbers, size)).abs() < 1e-12);
        let expected: Vec<f64> = (0..size * size).map(|at| cofactor(&numbers, size, at / size, at % size)).collect();
        let found = x.cofactors().to_vec::<f64>();
        prop_assert!(found.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-12), "{found:?} {expected:?}");
        let (sign, log) = x.slogdet();
        prop_assert!((sign.item() * log.item().exp() - x.det().item()).abs() < 1e-12);
    }
}

fn identity(size: usize) -> Tensor {
    let entry = |at: usize| f64::from(u8::from(at / size == at % size));
    Tensor::from_slice([size, size], &(0..size * size).map(entry).collect::<Vec<_>>())
}

fn cofactor(numbers: &[f64], size: usize, row: usize, column: usize) -> f64 {
    let left = (0..size * size).filter(|at| at / size != row && at % size != column);
    let sign = if (row + column).is_multiple_of(2) { 1.0 } else { -1.0 };
    sign * laplace(&left.map(|at| numbers[at]).collect::<Vec<_>>(), size - 1)
}

fn laplace(numbers: &[f64], size: usize) -> f64 {
    if size == 0 { 1.0 } else { (0..size).map(|j| numbers[j] * cofactor(numbers, size, 0, j)).sum() }
}

#[test]
fn the_determinant_of_a_singular_matrix_has_a_gradient() {
    let x = tensor([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [1.0, 0.0, 1.0]]).attach_grad();
    let y = autograd::record(|| x.det());
    assert_eq!(y.item(), 0.0);
    y.backward();
    assert_eq!(x.grad().to_vec::<f32>(), [4.0, 4.0, -4.0, -2.0, -2.0, 2.0, 0.0, 0.0, 0.0]);
}

/// What does not depend on the basis of a space has a gradient, although the basis has none.
#[test]
fn gradients_where_singular_values_and_eigenvalues_are_equal() {
    let x = identity(3).attach_grad();
    let nuclear = autograd::record(|| x.svd().1.sum());
    nuclear.backward();
    assert_eq!(x.grad().to_vec::<f64>(), identity(3).to_vec::<f64>());
    let powers = autograd::record(|| x.eigh().0.square().sum());
    powers.backward();
    assert_eq!(x.grad().to_vec::<f64>(), (2.0 * identity(3)).to_vec::<f64>());
}

#[test]
fn numbers_that_are_not_finite_spread() {
    let x = tensor([[1.0, f64::NAN], [2.0, 3.0]]).to_dtype(DType::F64);
    let all_nan = |x: &Tensor| x.to_vec::<f64>().iter().all(|x| x.is_nan());
    assert!(all_nan(&x.svd().1) && all_nan(&x.eigh().0) && all_nan(&x.det()) && all_nan(&x.slogdet().1));
    let infinite = tensor([[f64::INFINITY, 0.0], [0.0, 1.0]]).to_dtype(DType::F64);
    assert!(all_nan(&infinite.svd().1) && all_nan(&infinite.eigh().1));
}

#[test]
fn sizes_without_elements() {
    let none = Tensor::zeros([0, 0]);
    assert_eq!(none.det().item(), 1.0);
    let (sign, log) = none.slogdet();
    assert_eq!((sign.item(), log.item()), (1.0, 0.0));
    assert_eq!(Tensor::zeros([0, 3, 3]).det().shape(), [0]);
    let (u, s, vt) = Tensor::zeros([3, 0]).svd();
    assert_eq!(
        (u.shape(), s.shape(), vt.shape()),
        (Shape::from([3, 0]), Shape::from(0), Shape::from([0, 0]))
    );
    assert_eq!(Tensor::zeros([2, 0, 0]).solve(&Tensor::zeros([0, 3])).shape(), [2, 0, 3]);
    assert_eq!(none.trace().item(), 0.0);
}

/// Far beyond what squares of numbers can hold.
#[test]
fn huge_and_tiny_matrices() {
    for scale in [1e300, 1e-300] {
        let x = scale * tensor([[3.0, 1.0], [4.0, 2.0], [0.0, 1.0]]).to_dtype(DType::F64);
        let plain = tensor([[3.0, 1.0], [4.0, 2.0], [0.0, 1.0]]).to_dtype(DType::F64);
        assert!(near(&(x.svd().1 / scale), &plain.svd().1, 8.0));
        assert!(near(&(x.qr().1 / scale), &plain.qr().1, 8.0));
        let x = scale * tensor([[2.0, 1.0], [1.0, 3.0]]).to_dtype(DType::F64);
        assert!(near(
            &(x.eigh().0 / scale),
            &tensor([[2.0, 1.0], [1.0, 3.0]]).to_dtype(DType::F64).eigh().0,
            8.0
        ));
    }
}

#[test]
fn there_is_a_checked_form() {
    let singular = tensor([[1.0, 2.0], [2.0, 4.0]]);
    assert!(ops::try_apply(ops::Inverse, &[&singular]).is_err());
    assert!(ops::try_apply(ops::Solve, &[&singular, &singular]).is_err());
    assert!(ops::try_apply(ops::Cholesky, &[&-singular]).is_err());
}
