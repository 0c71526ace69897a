//! Jacobians and Hessians against JAX (`golden/derivatives.py` made the file) and against formulas.

use ndgrad_tensor::autograd::{self, hessian, hessian_vector_product, jacobian, vector_jacobian_product};
use ndgrad_tensor::{DType, Tensor, live_buffers, tensor};

fn wide(shape: &[usize], numbers: &[f64]) -> Tensor {
    Tensor::from_slice(shape, numbers)
}

fn a() -> Tensor {
    wide(&[2, 3], &[1.0, 2.0, -1.0, 0.5, -0.25, 3.0])
}

fn vector(x: &Tensor) -> Tensor {
    a().dot(x).sigmoid() * (x.i(0) * x.i(1)).exp()
}

fn scalar(x: &Tensor) -> Tensor {
    (1.0 + a().dot(x).square()).log().sum() / (1.0 + x.square().sum()).sqrt()
}

fn matrix(u: &Tensor) -> Tensor {
    u.dot(u) * u.exp()
}

/// Within this many units of 2^-52 of the largest number: chains of a few dozen roundings, each of half a unit.
const BOUND: f64 = 64.0 * f64::EPSILON;

fn assert_golden(name: &str, computed: &Tensor, shape: &[usize]) {
    let golden = include_str!("golden/derivatives.txt");
    let line = golden.lines().find_map(|line| line.strip_prefix(&format!("{name}: "))).unwrap();
    let expected: Vec<f64> = line.split(' ').map(|number| number.parse().unwrap()).collect();
    assert_eq!(computed.shape()[..], *shape, "{name}");
    let largest = expected.iter().fold(0.0f64, |largest, number| largest.max(number.abs()));
    for (computed, expected) in computed.to_vec::<f64>().into_iter().zip(expected) {
        assert!((computed - expected).abs() <= BOUND * largest, "{name}: {computed} instead of {expected}");
    }
}

#[test]
fn derivatives_are_those_of_jax() {
    let (x, v) = (wide(&[3], &[0.5, -1.25, 2.0]), wide(&[3], &[1.0, -0.5, 0.25]));
    let u = wide(&[2, 2], &[0.75, -2.0, 1.5, 0.5]);
    assert_golden("jacobian of vector", &jacobian(vector, &x), &[2, 3]);
    assert_golden("vector jacobian product", &vector_jacobian_product(vector, &x, &v.i(..2)), &[3]);
    assert_golden("hessian of scalar", &hessian(scalar, &x), &[3, 3]);
    assert_golden("hessian vector product", &hessian_vector_product(scalar, &x, &v), &[3]);
    assert_golden("jacobian of matrix", &jacobian(matrix, &u), &[2, 2, 2, 2]);
    assert_golden("hessian of matrix", &hessian(|u| matrix(u).sum(), &u), &[2, 2, 2, 2]);
    assert_golden("third derivatives", &jacobian(|x| hessian(scalar, x), &x), &[3, 3, 3]);
}

/// An inner derivative takes what it uses besides its argument as constant, also when both are the same tensor.
#[test]
fn nested_derivatives_do_not_mix() {
    let x = wide(&[3], &[0.5, -1.25, 2.0]);
    let inner = |x: &Tensor| {
        let one = wide(&[], &[1.0]);
        x * vector_jacobian_product(|y| (x * y.square()).sum(), x, &one)
    };
    assert_golden("jacobian of nested", &jacobian(inner, &x), &[3, 3]);
}

/// The Hessian of x' A x is A + A', exactly.
#[test]
fn the_hessian_of_a_quadratic_form() {
    let a = tensor([[1.0, 2.0], [3.0, 4.0]]);
    let form = |x: &Tensor| (x * a.dot(x)).sum();
    let x = tensor([5.0, 6.0]);
    assert_eq!(hessian(form, &x).to_vec::<f32>(), [2.0, 5.0, 5.0, 8.0]);
    assert_eq!(hessian_vector_product(form, &x, &tensor([1.0, 0.0])).to_vec::<f32>(), [2.0, 5.0]);
}

#[test]
fn what_does_not_depend_has_zeros() {
    let x = tensor([1.0, 2.0]);
    let w = tensor(3.0).attach_grad();
    assert_eq!(jacobian(|_| tensor([1.0, 2.0, 3.0]), &x).to_vec::<f32>(), [0.0; 6]);
    assert_eq!(jacobian(|_| &w * 2.0, &x).to_vec::<f32>(), [0.0; 2]);
    assert_eq!(hessian(|x| x.sum(), &x).to_vec::<f32>(), [0.0; 4]);
    assert_eq!(hessian(|_| tensor(1.0), &x).to_vec::<f32>(), [0.0; 4]);
    assert_eq!(hessian_vector_product(|x| x.sum(), &x, &x).to_vec::<f32>(), [0.0; 2]);
    assert_eq!(vector_jacobian_product(|_| tensor(1.0), &x, &tensor(1.0)).to_vec::<f32>(), [0.0; 2]);
}

#[test]
fn scalars_empty_and_other_dtypes() {
    assert_eq!(hessian(|x| x.square().square(), &tensor(2.0)).item(), 48.0);
    assert_eq!(jacobian(|x| x.square(), &Tensor::zeros([0])).shape(), [0, 0]);
    assert_eq!(jacobian(|x| x.sum(), &Tensor::zeros([0, 2])).shape(), [0, 2]);
    let mixed = jacobian(|x| x.to_dtype(DType::F64).square(), &tensor([3.0]));
    assert_eq!((mixed.dtype(), mixed.item()), (DType::F32, 6.0));
}

/// A penalty on a gradient: within `record` a derivative is recorded, as far as the leaf that it was taken at.
#[test]
fn derivatives_are_differentiable() {
    let w = tensor([1.0, 2.0]).attach_grad();
    let loss = autograd::record(|| hessian(|x| (x.square() * x).sum(), &w).square().sum());
    loss.backward();
    // The Hessian is diag(6 w), so the loss is 36 (w0^2 + w1^2).
    assert_eq!(w.grad().to_vec::<f32>(), [72.0, 144.0]);

    let scale = tensor(2.0).attach_grad();
    let loss = autograd::record(|| jacobian(|x| &scale * x.square(), &tensor([1.0, 3.0])).sum());
    loss.backward();
    assert_eq!(scale.grad().item(), 8.0);
}

#[test]
fn nothing_stays_behind() {
    let x = tensor([1.0, 2.0]);
    let before = live_buffers();
    for _ in 0..1000 {
        hessian(|x| (x.square() * x).sum(), &x);
        hessian_vector_product(|x| (x.square() * x).sum(), &x, &x);
    }
    assert_eq!(live_buffers(), before);
}
