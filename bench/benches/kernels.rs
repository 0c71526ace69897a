//! Single kernels: `cargo bench -p ndgrad-bench`, or one of them: `cargo bench -p ndgrad-bench -- matmul`.

use std::hint::black_box;

use criterion::{
    BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main, measurement::WallTime,
};
use ndgrad::prelude::*;

const SIZES: [usize; 3] = [1_000, 100_000, 10_000_000];

/// One kernel at every size; `bytes` are those that each element moves at least.
fn by_size(group: &mut BenchmarkGroup<'_, WallTime>, bytes: usize, call: impl Fn(&Tensor) -> Tensor) {
    for size in SIZES {
        let x = random::uniform([size / 100, 100]);
        group.throughput(Throughput::Bytes((bytes * size) as u64));
        group.bench_function(size.to_string(), |bencher| bencher.iter(|| call(black_box(&x))));
    }
}

fn map(criterion: &mut Criterion) {
    by_size(&mut criterion.benchmark_group("map/exp"), 8, Tensor::exp);
    by_size(&mut criterion.benchmark_group("map/sqrt"), 8, Tensor::sqrt);
}

fn zip(criterion: &mut Criterion) {
    let bias = random::uniform([100]);
    by_size(&mut criterion.benchmark_group("zip/same"), 12, |x| x * x);
    by_size(&mut criterion.benchmark_group("zip/row"), 8, |x| x + &bias);
    by_size(&mut criterion.benchmark_group("zip/number"), 8, |x| x + 1.0);
}

fn reduce(criterion: &mut Criterion) {
    by_size(&mut criterion.benchmark_group("reduce/all"), 4, Tensor::sum);
    by_size(&mut criterion.benchmark_group("reduce/rows"), 4, |x| x.sum_axes(0));
    by_size(&mut criterion.benchmark_group("reduce/columns"), 4, |x| x.sum_axes(1));
}

fn matmul(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("matmul");
    for size in [64, 256, 1024] {
        let (a, b) = (random::uniform([size, size]), random::uniform([size, size]));
        group.throughput(Throughput::Elements(2 * (size as u64).pow(3)));
        group.bench_function(size.to_string(), |bencher| bencher.iter(|| black_box(&a).matmul(&b)));
    }
}

fn gather(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("gather");
    let x = random::uniform([1_000_000, 100]);
    let order = random::permutation(x.len());
    group.throughput(Throughput::Elements(256));
    group.bench_function("256 of 1000000 rows", |bencher| {
        let mut rows = order.chunks_exact(256).cycle();
        bencher.iter(|| x.take(rows.next().expect("a cycle has no end")));
    });
}

fn normal(criterion: &mut Criterion) {
    by_size(&mut criterion.benchmark_group("normal"), 4, |x| random::normal(x.shape()));
}

criterion_group!(kernels, map, zip, reduce, matmul, gather, normal);
criterion_main!(kernels);
