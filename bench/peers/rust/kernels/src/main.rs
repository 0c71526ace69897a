//! Crates for one thing each: matrix products (S5) by faer, gemm and matrixmultiply, normals (S7) by rand_distr, normal equations
//! (S11) by faer.

#[path = "../../common.rs"]
mod common;

use std::time::Instant;

use rand::{Rng, SeedableRng};
use rand_distr::{Distribution, StandardNormal};

const MANIFEST: &str = include_str!("../Cargo.toml");

/// The product of an m x k and a k x n matrix, in rows, by every crate.
macro_rules! products {
    ($name:ident, $type:ty, $dtype:literal, $matrixmultiply:path) => {
        fn $name(m: usize, k: usize, n: usize) {
            let threads = common::threads();
            let numbers = |count| common::noise(count).into_iter().map(<$type>::from).collect::<Vec<$type>>();
            let (a, b, mut c) = (numbers(m * k), numbers(k * n), vec![0.0 as $type; m * n]);
            let case = format!("{} {m}x{k}x{n}", $dtype);
            let report = |peer, seconds: f64, check: $type| {
                let version = common::version(MANIFEST, peer);
                let figure = 2.0 * (m * k * n) as f64 / seconds * 1e-9;
                let check = Some(f64::from(check));
                let (workload, variant, unit) = ("S5", "", "GFLOP/s");
                common::Result { workload, case: &case, peer, variant, version, figure, unit, check }.print();
            };

            let parallel =
                if threads == 1 { gemm::Parallelism::None } else { gemm::Parallelism::Rayon(threads) };
            let (row_a, row_b) = (k as isize, n as isize);
            let seconds = common::seconds(|| {
                // SAFETY: the pointers are those of whole matrices with these rows and columns.
                unsafe {
                    gemm::gemm(
                        m,
                        n,
                        k,
                        c.as_mut_ptr(),
                        1,
                        row_b,
                        false,
                        a.as_ptr(),
                        1,
                        row_a,
                        b.as_ptr(),
                        1,
                        row_b,
                        0.0,
                        1.0,
                        false,
                        false,
                        false,
                        parallel,
                    )
                }
            });
            report("gemm", seconds, c[m * n - 1]);

            let seconds = common::seconds(|| {
                // SAFETY: as above.
                unsafe {
                    $matrixmultiply(
                        m,
                        k,
                        n,
                        1.0,
                        a.as_ptr(),
                        row_a,
                        1,
                        b.as_ptr(),
                        row_b,
                        1,
                        0.0,
                        c.as_mut_ptr(),
                        row_b,
                        1,
                    )
                }
            });
            report("matrixmultiply", seconds, c[m * n - 1]);

            let left = faer::MatRef::from_row_major_slice(&a, m, k);
            let right = faer::MatRef::from_row_major_slice(&b, k, n);
            let parallel = if threads == 1 { faer::Par::Seq } else { faer::Par::rayon(threads) };
            let seconds = common::seconds(|| {
                let out = faer::MatMut::from_row_major_slice_mut(&mut c, m, n);
                faer::linalg::matmul::matmul(out, faer::Accum::Replace, left, right, 1.0, parallel)
            });
            report("faer", seconds, c[m * n - 1]);
        }
    };
}

products!(products_f32, f32, "f32", matrixmultiply::sgemm);
products!(products_f64, f64, "f64", matrixmultiply::dgemm);

fn normals<G: Rng + SeedableRng>(variant: &str, out: &mut [f32]) {
    let mut generator = G::seed_from_u64(1);
    let start = Instant::now();
    for number in &mut *out {
        *number = StandardNormal.sample(&mut generator);
    }
    let seconds = start.elapsed().as_secs_f64();
    let square: f64 = out.iter().map(|&number| f64::from(number).powi(2)).sum();
    common::Result {
        workload: "S7",
        case: &format!("f32 {}", out.len()),
        peer: "rand_distr",
        variant,
        version: common::version(MANIFEST, "rand_distr"),
        figure: out.len() as f64 / seconds * 1e-6,
        unit: "M/s",
        check: Some(square / out.len() as f64),
    }
    .print();
}

/// Least squares by the products of all columns, summed up over chunks of rows.
fn normal_equations() {
    use faer::linalg::matmul::triangular::{BlockStructure, matmul};
    use faer::linalg::solvers::Solve;
    const FEATURES: usize = 100;
    const WIDTH: usize = FEATURES + 2;
    let (x, y) = (common::floats("linear_x"), common::floats("linear_y"));
    // The features, a column of ones and the target.
    let mut rows = Vec::with_capacity(y.len() * WIDTH);
    for (x, y) in x.chunks_exact(FEATURES).zip(&y) {
        rows.extend(x.iter().chain([&1.0, y]).map(|&number| f64::from(number)));
    }
    let parallel = if common::threads() == 1 { faer::Par::Seq } else { faer::Par::rayon(common::threads()) };
    faer::set_global_parallelism(parallel);
    let solve = || {
        let mut products = faer::Mat::<f64>::zeros(WIDTH, WIDTH);
        for chunk in rows.chunks(4096 * WIDTH) {
            let chunk = faer::MatRef::from_row_major_slice(chunk, chunk.len() / WIDTH, WIDTH);
            let (lower, whole) = (BlockStructure::TriangularLower, BlockStructure::Rectangular);
            let (out, add) = (products.as_mut(), faer::Accum::Add);
            matmul(out, lower, add, chunk.transpose(), whole, chunk, whole, 1.0, parallel);
        }
        let size = WIDTH - 1;
        let target = faer::Mat::from_fn(size, 1, |i, _| products[(size, i)]);
        let factor =
            products.submatrix(0, 0, size, size).llt(faer::Side::Lower).expect("independent columns");
        factor.solve(&target)
    };
    solve();
    let start = Instant::now();
    let coefficients = solve();
    let seconds = start.elapsed().as_secs_f64();
    let residual = |row: &[f64]| {
        row[WIDTH - 1]
            - row[..WIDTH - 1].iter().enumerate().map(|(i, x)| x * coefficients[(i, 0)]).sum::<f64>()
    };
    common::Result {
        workload: "S11",
        case: "1000000x100",
        peer: "faer",
        variant: "products in chunks",
        version: common::version(MANIFEST, "faer"),
        figure: seconds * 1e3,
        unit: "ms",
        check: Some(rows.chunks_exact(WIDTH).map(|row| residual(row).powi(2)).sum()),
    }
    .print();
}

fn main() {
    match common::workload().as_str() {
        "S5" => {
            for shape in common::cases() {
                products_f32(shape[0], shape[1], shape[2]);
                products_f64(shape[0], shape[1], shape[2]);
            }
        }
        "S7" => {
            let mut out = vec![0.0; common::cases()[0][0]];
            out.fill(1.0);
            normals::<rand_pcg::Pcg64Dxsm>("Pcg64Dxsm", &mut out);
            normals::<rand_pcg::Pcg64>("Pcg64", &mut out);
            normals::<rand_chacha::ChaCha8Rng>("ChaCha8", &mut out);
        }
        "S11" => normal_equations(),
        other => panic!("no workload {other}"),
    }
}
