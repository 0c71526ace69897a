//! Results depend on values and shapes alone: the same bits for every layout, instruction set and number of
//! threads; and they are right.

use std::sync::Mutex;

use ndgrad_array::{
    Array, Backend, Binary, DType, DTypes, Device, Layout, MatrixFunction, Predicate, Reduction, Scalar,
    Shape, Spec, Triangle, Unary, Wide,
};
use ndgrad_cpu::Cpu;
use ndgrad_cpu::simd::{Level, set_level};
use ndgrad_cpu::threads::set_threads;
use proptest::prelude::*;

#[derive(Clone, Copy)]
struct Sum;

impl Reduction for Sum {
    const DTYPES: DTypes = DTypes::FLOATS;

    fn identity<S: Scalar>(self) -> S {
        S::ZERO
    }

    fn combine<S: Scalar>(self, left: S, right: S) -> S {
        left + right
    }
}

#[derive(Clone, Copy)]
struct Half;

impl Unary for Half {
    const DTYPES: DTypes = DTypes::FLOATS;

    fn value<S: Scalar>(self, x: S) -> S {
        x * S::literal(0.5)
    }
}

#[derive(Clone, Copy)]
struct Difference;

impl Binary for Difference {
    const DTYPES: DTypes = DTypes::FLOATS;

    fn value<S: Scalar>(self, x: S, y: S) -> S {
        x - y
    }
}

/// Numbers in (-1, 1) that differ in every bit.
fn numbers(count: usize, mut state: u64) -> Vec<f64> {
    let mut next = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    };
    (0..count).map(|_| next()).collect()
}

fn array(shape: impl Into<Shape>, dtype: DType, seed: u64) -> Array {
    let shape = shape.into();
    let wide = Array::from_slice(shape, &numbers(shape.size(), seed));
    let mut array = Array::new(Spec { dtype, ..wide.spec() });
    Cpu.copy(&wide, &mut array);
    array
}

/// The same values with the last two axes stored the other way round.
fn restored(x: &Array) -> Array {
    let turned = x.view(x.layout().transpose());
    let mut copy = Array::new(turned.spec());
    Cpu.copy(&turned, &mut copy);
    copy.view(copy.layout().transpose())
}

fn bits(x: &Array) -> Vec<u64> {
    match x.dtype() {
        DType::F64 => x.to_vec::<f64>().into_iter().map(f64::to_bits).collect(),
        DType::I64 => x.to_vec::<i64>().into_iter().map(|x| x as u64).collect(),
        DType::Bool => x.to_vec::<bool>().into_iter().map(u64::from).collect(),
        _ => x.to_vec::<f32>().into_iter().map(|x| x.to_bits().into()).collect(),
    }
}

fn doubles(x: &Array) -> Vec<f64> {
    let mut wide = Array::new(Spec { dtype: DType::F64, ..x.spec() });
    Cpu.copy(x, &mut wide);
    wide.to_vec()
}

/// Runs `compute` at every level with one and with two threads, over the operands as they are and stored the
/// other way round; all must agree to the bit. Returns the result.
fn agreed<const N: usize>(
    operands: [&Array; N],
    out: Spec,
    compute: impl Fn([&Array; N], &mut Array),
) -> Array {
    let turned = operands.map(|x| if x.shape().rank() >= 2 { restored(x) } else { x.clone() });
    // Level and threads are settings of the whole process.
    static ALONE: Mutex<()> = Mutex::new(());
    let _alone = ALONE.lock().unwrap_or_else(|failed| failed.into_inner());
    let mut results = Vec::new();
    for threads in [1, 2] {
        set_threads(threads);
        for level in Level::available() {
            set_level(level);
            for operands in [operands, std::array::from_fn(|i| &turned[i])] {
                let mut result = Array::new(out);
                compute(operands, &mut result);
                results.push(result);
            }
        }
    }
    assert!(results.iter().all(|result| bits(result) == bits(&results[0])));
    results.swap_remove(0)
}

fn spec(shape: impl Into<Shape>, dtype: DType) -> Spec {
    Spec { shape: shape.into(), dtype, device: Device::cpu() }
}

fn check_matmul(m: usize, k: usize, n: usize, dtype: DType) {
    let (x, y) = (array([m, k], dtype, 1), array([k, n], dtype, 2));
    let product = agreed([&x, &y], spec([m, n], dtype), |[x, y], out| Cpu.matmul(x, y, out));
    let (x, y) = (doubles(&x), doubles(&y));
    // The error bound of a sum of k products: Higham, "Accuracy and Stability of Numerical Algorithms", 3.1.
    let unit = if dtype == DType::F32 { f32::EPSILON as f64 } else { f64::EPSILON };
    for (at, product) in doubles(&product).into_iter().enumerate() {
        let (i, j) = (at / n, at % n);
        let terms = (0..k).map(|l| x[i * k + l] * y[l * n + j]);
        let (exact, size) = terms.fold((0.0, 0.0), |(sum, size), term: f64| (sum + term, size + term.abs()));
        assert!((product - exact).abs() <= 2.0 * (k as f64) * unit * size, "{m}x{k}x{n} {dtype} at {i}, {j}");
    }
}

#[test]
fn products_of_every_shape_class() {
    for dtype in [DType::F32, DType::F64] {
        let sizes = [1, 2, 3, 13, 33, 65];
        for (m, k, n) in sizes.iter().flat_map(|&m| sizes.iter().flat_map(move |&k| sizes.map(|n| (m, k, n))))
        {
            check_matmul(m, k, n, dtype);
        }
        for (m, k, n) in
            [(150, 300, 20), (300, 520, 70), (5, 7, 2100), (1, 3000, 1), (200, 3000, 1), (1, 40, 300)]
        {
            check_matmul(m, k, n, dtype);
        }
        // Operands that are read where they lie, with rows left over, on one thread and on several.
        for (m, k, n) in [(13, 300, 32), (65, 33, 64), (30, 600, 128), (150, 300, 64)] {
            check_matmul(m, k, n, dtype);
        }
        // A few rows, which are put in lanes where the other matrix is stored by columns.
        for (m, k, n) in [(32, 70, 40), (61, 300, 70), (96, 600, 130)] {
            check_matmul(m, k, n, dtype);
        }
    }
}

#[test]
fn products_of_rows_and_columns_in_reverse_order() {
    for (m, k, n) in [(13, 70, 64), (200, 70, 300)] {
        let (x, y) = (array([m, k], DType::F32, 1), array([k, n], DType::F32, 2));
        let reversed = |x: &Array| {
            let [rows, columns] = [x.shape()[0], x.shape()[1]];
            x.view(x.layout().slice(0, rows - 1, rows, -1).slice(1, columns - 1, columns, -1))
        };
        let product = |x: &Array, y: &Array| {
            agreed([x, y], spec([m, n], DType::F32), |[x, y], out| Cpu.matmul(x, y, out))
        };
        let copy = |x: &Array| Array::from_slice(*x.shape(), &x.to_vec::<f32>());
        let (x, y) = (reversed(&x), reversed(&y));
        assert_eq!(bits(&product(&x, &y)), bits(&product(&copy(&x), &copy(&y))), "{m}x{k}x{n}");
    }
}

#[test]
fn products_of_whole_numbers() {
    let numbers = |count: usize| (0..count).map(|i| (i * 7919 % 201) as i64 - 100).collect::<Vec<i64>>();
    let (m, k, n) = (30, 300, 20);
    let (x, y) = (numbers(m * k), numbers(k * n));
    let arrays = [Array::from_slice([m, k], &x), Array::from_slice([k, n], &y)];
    let product =
        agreed([&arrays[0], &arrays[1]], spec([m, n], DType::I64), |[x, y], out| Cpu.matmul(x, y, out));
    for (at, product) in product.to_vec::<i64>().into_iter().enumerate() {
        let exact: i64 = (0..k).map(|l| x[at / n * k + l] * y[l * n + at % n]).sum();
        assert_eq!(product, exact);
    }
}

#[test]
fn batches_of_products() {
    for (m, k, n) in [(1, 40, 7), (30, 50, 1), (1, 300, 1), (5, 6, 7), (40, 70, 30)] {
        let x = array([2, 30, m, k], DType::F32, 1);
        for y in [
            array([k, n], DType::F32, 2),
            array([30, k, n], DType::F32, 2),
            array([2, 1, k, n], DType::F32, 2),
        ] {
            let all = agreed([&x, &y], spec([2, 30, m, n], DType::F32), |[x, y], out| Cpu.matmul(x, y, out));
            let part = |x: &Array| {
                x.view(
                    x.layout()
                        .broadcast_to(Shape::from([
                            2,
                            30,
                            x.shape()[x.shape().rank() - 2],
                            x.shape()[x.shape().rank() - 1],
                        ]))
                        .select(0, 1)
                        .select(0, 17),
                )
            };
            let mut alone = Array::new(spec([m, n], DType::F32));
            Cpu.matmul(&part(&x), &part(&y), &mut alone);
            assert_eq!(bits(&part(&all)), bits(&alone), "{m}x{k}x{n}");
        }
    }
}

#[test]
fn functions_of_matrices() {
    use MatrixFunction::*;
    let (batch, size) = (40, 23);
    // Far enough from singular, and positive definite.
    let mut x = numbers(batch * size * size, 5);
    (0..batch * size).for_each(|i| x[i * size + i % size] += 2.0 * size as f64);
    let x = Array::from_slice([batch, size, size], &x);
    let y = array([batch, size, 4], DType::F64, 6);
    for function in [Cholesky, Inverse, Determinant, LogDeterminant, Cofactors, Qr, Svd, Eigh] {
        let rows = match function {
            Qr => 2 * size,
            Svd => 2 * size + 1,
            Eigh => size + 1,
            _ => size,
        };
        let sizes =
            [&[batch][..], &[[rows, 0], [2, 0], [rows, size]][function.rank()][..function.rank()]].concat();
        agreed([&x], spec(&sizes[..], DType::F64), |[x], out| Cpu.matrices(function, &[x], out).unwrap());
    }
    for function in [Solve, SolveTriangular(Triangle::UPPER.transposed())] {
        agreed([&x, &y], spec([batch, size, 4], DType::F64), |[x, y], out| {
            Cpu.matrices(function, &[x, y], out).unwrap()
        });
    }
}

#[test]
fn a_product_over_nothing_is_zero() {
    let product =
        agreed([&array([2, 0], DType::F32, 1), &array([0, 3], DType::F32, 1)], spec([2, 3], DType::F32), {
            |[x, y], out| Cpu.matmul(x, y, out)
        });
    assert_eq!(product.to_vec::<f32>(), [0.0; 6]);
}

#[test]
fn sums_over_last_and_first_axes() {
    for dtype in [DType::F32, DType::F64] {
        let shapes = [(3, 5), (1, 70_000), (70, 1025), (200, 2049), (5000, 16), (2, 0)];
        for (rows, count) in
            shapes.into_iter().chain([(2, 400_000), (9, 2500), (5000, 40), (3, 20_000), (100_000, 3)])
        {
            let x = array([rows, count], dtype, 7);
            let sums = agreed([&x], spec([rows], dtype), |[x], out| Cpu.reduce(Sum, x, 1, out));
            let unit = if dtype == DType::F32 { f32::EPSILON as f64 } else { f64::EPSILON };
            let values = doubles(&x);
            for (row, sum) in doubles(&sums).into_iter().enumerate() {
                let terms = &values[row * count..][..count];
                let (exact, size) = terms.iter().fold((0.0, 0.0), |(s, a), x| (s + x, a + x.abs()));
                // Pairwise: about 64 additions deep within a block, then one per doubling.
                assert!((sum - exact).abs() <= 90.0 * unit * size + f64::EPSILON * size * count as f64);
            }
        }
    }
}

#[test]
fn large_elementwise_work_is_split_without_a_trace() {
    let (x, y) = (array([300, 500], DType::F32, 3), array([300, 1], DType::F32, 4));
    let halves = agreed([&x], x.spec(), |[x], out| Cpu.map(Half, x, out));
    let differences = agreed([&x, &y], x.spec(), |[x, y], out| Cpu.zip(Difference, x, y, out));
    let (x, y) = (x.to_vec::<f32>(), y.to_vec::<f32>());
    assert!(halves.to_vec::<f32>().iter().zip(&x).all(|(half, x)| *half == x * 0.5));
    assert!(differences.to_vec::<f32>().iter().enumerate().all(|(i, d)| *d == x[i] - y[i / 500]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// `zip` of two views that stretch, against element-by-element arithmetic.
    #[test]
    fn zip_follows_the_layouts(sizes in proptest::collection::vec((1usize..4, any::<bool>(), any::<bool>()), 0..4)) {
        let shape: Vec<usize> = sizes.iter().map(|size| size.0).collect();
        let one = |pick: fn(&(usize, bool, bool)) -> bool| -> Vec<usize> {
            sizes.iter().map(|size| if pick(size) { 1 } else { size.0 }).collect()
        };
        let shape = Shape::new(&shape);
        let x = array(&one(|size| size.1)[..], DType::F64, 5);
        let y = array(&one(|size| size.2)[..], DType::F64, 6);
        let out = agreed([&x, &y], spec(shape, DType::F64), |[x, y], out| Cpu.zip(Difference, x, y, out));
        let stretched = |x: &Array| x.view(x.layout().broadcast_to(shape)).to_vec::<f64>();
        let expected: Vec<f64> = stretched(&x).iter().zip(stretched(&y)).map(|(x, y)| x - y).collect();
        prop_assert_eq!(out.to_vec::<f64>(), expected);
    }
}

#[test]
fn gathered_rows_scatter_back() {
    let x = array([5, 3], DType::F64, 8);
    let rows = [4, 0, 4, 2];
    let taken = agreed([&x], spec([4, 3], DType::F64), |[x], out| Cpu.gather(x, &rows, out));
    let values = x.to_vec::<f64>();
    let expected: Vec<f64> = rows.iter().flat_map(|&row| values[row * 3..][..3].to_vec()).collect();
    assert_eq!(taken.to_vec::<f64>(), expected);
    let back = agreed([&taken], x.spec(), |[x], out| Cpu.scatter_add(x, &rows, out)).to_vec::<f64>();
    for (i, (sum, x)) in back.iter().zip(&values).enumerate() {
        let times = rows.iter().filter(|&&row| row == i / 3).count() as f64;
        assert_eq!(*sum, times * x);
    }
}

/// Every kind of view that copying, or an elementwise operation, may meet: turned, cut, stepped, stretched, reversed.
fn views_of(x: &Array) -> Vec<Array> {
    let (layout, rank) = (*x.layout(), x.shape().rank());
    let mut order: Vec<usize> = (0..rank).collect();
    order.rotate_left(1);
    let size = x.shape()[rank - 1];
    let layouts = [
        layout.transpose(),
        layout.permute(&order),
        layout.slice(rank - 1, 1, size - 2, 1),
        layout.slice(rank - 1, 0, size / 2, 2),
        layout.slice(rank - 1, size - 1, size, -1),
        layout.slice(0, x.shape()[0] - 1, x.shape()[0], -1).transpose(),
        layout.slice(rank - 1, 3, 1, 1).broadcast_to(*x.shape()),
        layout.slice(0, 1, 1, 1).broadcast_to(*x.shape()),
    ];
    layouts.into_iter().map(|layout| x.view(layout)).collect()
}

#[test]
fn views_of_every_size_are_copied_and_computed_with() {
    for shape in [&[5, 7][..], &[16, 24], &[130, 300], &[3, 40, 33], &[2, 1100, 20], &[9, 5000]] {
        for dtype in [DType::F32, DType::F64, DType::Bool] {
            for x in views_of(&array(shape, dtype, 3)) {
                let copy = agreed([&x], x.spec(), |[x], out| Cpu.copy(x, out));
                let mask = agreed([&x, &copy], spec(*x.shape(), DType::Bool), |[x, y], out| {
                    Cpu.compare(Less, x, y, out);
                });
                assert_eq!(bits(&x), bits(&copy), "{shape:?} {dtype}");
                assert!(mask.to_vec::<bool>().iter().all(|less| !less));
                let wide = agreed([&x], spec(*x.shape(), DType::F64), |[x], out| Cpu.copy(x, out));
                assert!(doubles(&wide) == doubles(&x));
            }
        }
    }
}

#[test]
fn stretched_operands_of_every_kind() {
    for (m, n) in [(3, 2), (70, 10), (7, 600), (300, 257), (9, 20_000)] {
        let x = array([m, n], DType::F32, 1);
        for other in [[1, n], [m, 1], [1, 1]] {
            let y = array(other, DType::F32, 2);
            let difference = agreed([&x, &y], x.spec(), |[x, y], out| Cpu.zip(Difference, x, y, out));
            let (x, y, difference) = (x.to_vec::<f32>(), y.to_vec::<f32>(), difference.to_vec::<f32>());
            for (at, &difference) in difference.iter().enumerate() {
                let [i, j] = [(at / n).min(other[0] - 1), (at % n).min(other[1] - 1)];
                assert_eq!(difference, x[at] - y[i * other[1] + j], "{m}x{n} and {other:?}");
            }
        }
        let (column, row) = (array([m, 1], DType::F32, 3), array([n], DType::F32, 4));
        let both =
            agreed([&column, &row], spec([m, n], DType::F32), |[x, y], out| Cpu.zip(Difference, x, y, out));
        let (column, row) = (column.to_vec::<f32>(), row.to_vec::<f32>());
        assert!(both.to_vec::<f32>().iter().enumerate().all(|(at, &x)| x == column[at / n] - row[at % n]));
    }
}

#[test]
fn large_lines_are_gathered_scattered_and_searched() {
    let (lines, length, count) = (40, 3000, 5000);
    let x = array([lines, length], DType::F32, 1);
    let places: Vec<i64> =
        (0..lines * count).map(|i| (i * 7919 % (2 * length)) as i64 - length as i64).collect();
    let index = Array::from_slice([lines, count], &places);
    let at = |line: usize, place: i64| line * length + place.rem_euclid(length as i64) as usize;
    let taken = agreed([&x, &index], spec([lines, count], DType::F32), |[x, index], out| {
        Cpu.gather_lines(x, index, out);
    });
    let (values, numbers) = (x.to_vec::<f32>(), taken.to_vec::<f32>());
    assert!((0..lines * count).all(|i| numbers[i] == values[at(i / count, places[i])]));

    let sums = agreed([&taken, &index], x.spec(), |[x, index], out| Cpu.scatter_add_lines(x, index, out));
    let mut expected = vec![0.0f32; lines * length];
    (0..lines * count).for_each(|i| expected[at(i / count, places[i])] += numbers[i]);
    assert_eq!(sums.to_vec::<f32>(), expected);

    let last = agreed([&x, &sums], x.spec(), |[term, factor], out| Cpu.recurrence(term, factor, out))
        .to_vec::<f32>();
    let first =
        (1..lines * length).find(|i| i % length > 0 && last[*i] != expected[*i] * last[i - 1] + values[*i]);
    assert_eq!(first, None);

    let mut rising = values[..length].to_vec();
    rising.sort_by(f32::total_cmp);
    let sorted = Array::from_slice([length], &rising);
    let places = agreed([&sorted, &x], spec([lines, length], DType::I64), |[sorted, x], out| {
        Cpu.search_sorted(sorted, x, false, out);
    });
    let before = |x: &f32| rising.partition_point(|other| other < x) as i64;
    assert_eq!(places.to_vec::<i64>(), values.iter().map(before).collect::<Vec<_>>());
}

#[test]
fn large_gathers_of_rows() {
    let x = array([3000, 37], DType::F32, 8);
    let rows: Vec<usize> = (0..5000).map(|i| i * 7919 % 3000).collect();
    let taken = agreed([&x], spec([5000, 37], DType::F32), |[x], out| Cpu.gather(x, &rows, out));
    let back = agreed([&taken], x.spec(), |[x], out| Cpu.scatter_add(x, &rows, out));
    let (values, taken) = (x.to_vec::<f32>(), taken.to_vec::<f32>());
    assert!((0..taken.len()).all(|i| taken[i] == values[rows[i / 37] * 37 + i % 37]));
    let mut expected = vec![0.0f32; values.len()];
    (0..taken.len()).for_each(|i| expected[rows[i / 37] * 37 + i % 37] += taken[i]);
    assert_eq!(back.to_vec::<f32>(), expected);
}

#[test]
fn copying_reaches_only_the_view() {
    let mut target = array([3, 4], DType::F64, 9);
    Cpu.fill(Wide::Float(0.0), &mut target);
    let whole = *target.layout();
    let mut view = target.view(whole.slice(1, 3, 2, -2));
    drop(target);
    Cpu.copy(&Array::from_slice([3, 2], &[1.0f32, 2.0, 3.0, 4.0, 5.0, 6.0]), &mut view);
    assert_eq!(
        view.view(whole).to_vec::<f64>(),
        [0.0, 2.0, 0.0, 1.0, 0.0, 4.0, 0.0, 3.0, 0.0, 6.0, 0.0, 5.0]
    );
    assert_eq!(Layout::contiguous(Shape::from([3, 4])), whole);
}

#[derive(Clone, Copy)]
struct Less;

impl Predicate for Less {
    const DTYPES: DTypes = DTypes::ALL;

    fn holds<S: Scalar>(self, x: S, y: S) -> S::Mask {
        x.less(y)
    }
}

#[test]
fn lines_are_sorted_scanned_and_searched() {
    let nan = f64::NAN;
    let x = Array::from_slice([2, 4], &[3.0, 1.0, 2.0, 1.0, 5.0, nan, -1.0, nan]);
    let positions = |count| Spec { dtype: DType::I64, ..spec([2, count], DType::I64) };
    let sorted = agreed([&x], positions(4), |[x], out| Cpu.argsort(x, false, out));
    assert_eq!(sorted.to_vec::<i64>(), [1, 3, 2, 0, 2, 0, 1, 3]);
    let sorted = agreed([&x], positions(4), |[x], out| Cpu.argsort(x, true, out));
    assert_eq!(sorted.to_vec::<i64>(), [0, 2, 1, 3, 0, 2, 1, 3]);
    let least = agreed([&x], spec([2], DType::I64), |[x], out| Cpu.arg_reduce(Less, x, out));
    assert_eq!(least.to_vec::<i64>(), [1, 1]);
    let sums = agreed([&x.view(x.layout().slice(0, 0, 1, 1))], spec([1, 4], DType::F64), |[x], out| {
        Cpu.scan(Sum, x, out)
    });
    assert_eq!(sums.to_vec::<f64>(), [3.0, 4.0, 6.0, 7.0]);
}

#[test]
fn comparisons_make_masks_that_choose() {
    let (x, y) = (array([40, 2000], DType::F32, 1), array([2000], DType::F32, 2));
    let mask = agreed([&x, &y], spec([40, 2000], DType::Bool), |[x, y], out| Cpu.compare(Less, x, y, out));
    let smaller = agreed([&mask, &x, &y], x.spec(), |[mask, x, y], out| Cpu.select(mask, x, y, out));
    let (x, y) = (x.to_vec::<f32>(), y.to_vec::<f32>());
    assert!(smaller.to_vec::<f32>().iter().enumerate().all(|(i, &least)| least == x[i].min(y[i % 2000])));
}

#[test]
fn numbers_of_every_dtype_become_each_other() {
    let from = Array::from_slice([5], &[-1.5f64, 0.0, 2.9, 300.0, f64::NAN]);
    let to = |dtype| {
        let mut out = Array::new(Spec { dtype, ..from.spec() });
        Cpu.copy(&from, &mut out);
        out
    };
    assert_eq!(to(DType::I32).to_vec::<i32>(), [-1, 0, 2, 300, 0]);
    assert_eq!(to(DType::U8).to_vec::<u8>(), [0, 0, 2, 255, 0]);
    assert_eq!(to(DType::Bool).to_vec::<bool>(), [true, false, true, true, true]);
    let whole = Array::from_slice([2], &[i64::MAX, -1]);
    let mut narrow = Array::new(Spec { dtype: DType::I32, ..whole.spec() });
    Cpu.copy(&whole, &mut narrow);
    assert_eq!(narrow.to_vec::<i32>(), [-1, -1]);
}
