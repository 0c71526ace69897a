//! Derivatives of functions: Jacobian, Hessian, and their products with vectors.

use ndgrad_array::{MAX_RANK, OperationError, Shape};

use super::backward::try_grad;
use super::scope::recording;
use super::{Backward, is_recording};
use crate::Tensor;
use crate::ops::refuse;

type Checked = Result<Tensor, OperationError>;

/// All derivatives of `f` at `x`: the element at `[i.., j..]` of the result is that of output element `[i..]` by
/// `x[j..]`. Its shape is that of `f(x)` followed by that of `x`, its dtype that of `x`. One walk backward for each
/// element of the output.
///
/// What `f` uses besides its argument is constant to it. Within [`record`](super::record) the result is recorded in
/// its turn, with respect to `x` and to what else `f` uses.
///
/// ```
/// use ndgrad_tensor::{autograd, tensor};
/// // y0 = x0 x1, y1 = x0 / x1
/// let f = |x: &ndgrad_tensor::Tensor| {
///     x.i(0) * tensor([1.0, 0.0]) * x.i(1) + x.i(0) * tensor([0.0, 1.0]) / x.i(1)
/// };
/// let jacobian = autograd::jacobian(f, &tensor([3.0, 2.0]));
/// assert_eq!(jacobian.shape(), [2, 2]);
/// assert_eq!(jacobian.to_vec::<f32>(), [2.0, 3.0, 0.5, -0.75]);
/// ```
///
/// # Panics
/// When `f` does; when `x` or `f(x)` is not of floats; when the result would have more than 8 axes.
#[track_caller]
pub fn jacobian(f: impl Fn(&Tensor) -> Tensor, x: &Tensor) -> Tensor {
    match try_jacobian("jacobian", |x| Ok(f(x)), x) {
        Ok(jacobian) => jacobian,
        Err(error) => refuse(error),
    }
}

/// All second derivatives of `f`, which returns one number, at `x`: the element at `[i.., j..]` of the result is the
/// derivative by `x[i..]` and `x[j..]`. Its shape is that of `x` twice. One walk backward through the gradient for
/// each element of `x`; see [`hessian_vector_product`] for large ones.
///
/// ```
/// use ndgrad_tensor::{autograd, tensor};
/// let hessian = autograd::hessian(|x| (x.square() * x).sum() + x.i(0) * x.i(1), &tensor([1.0, 2.0]));
/// assert_eq!(hessian.to_vec::<f32>(), [6.0, 1.0, 1.0, 12.0]);
/// ```
///
/// # Panics
/// As [`jacobian`], and when `f` does not return one number.
#[track_caller]
pub fn hessian(f: impl Fn(&Tensor) -> Tensor, x: &Tensor) -> Tensor {
    match try_jacobian("hessian", |x| gradient("hessian", &f, x), x) {
        Ok(hessian) => hessian,
        Err(error) => refuse(error),
    }
}

/// The product of the Hessian of `f` (which returns one number) at `x` with `v`, of the shape and dtype of `x`, by
/// two walks and without the matrix (Pearlmutter, "Fast exact multiplication by the Hessian", Neural Computation 6,
/// 1994, has the idea; here the gradient of a gradient does it).
///
/// ```
/// use ndgrad_tensor::{autograd, tensor};
/// let (x, v) = (tensor([1.0, 2.0]), tensor([1.0, 10.0]));
/// let product = autograd::hessian_vector_product(|x| (x.square() * x).sum() + x.i(0) * x.i(1), &x, &v);
/// assert_eq!(product.to_vec::<f32>(), [16.0, 121.0]);
/// ```
///
/// # Panics
/// As [`hessian`], and when `v` is not like `x`.
#[track_caller]
pub fn hessian_vector_product(f: impl Fn(&Tensor) -> Tensor, x: &Tensor, v: &Tensor) -> Tensor {
    let checked = match v.spec() == x.spec() {
        true => pull_back("hessian_vector_product", |x| gradient("hessian_vector_product", &f, x), x, v),
        false => Err(OperationError::new("hessian_vector_product", "the vector must be like x")
            .operand("x", format!("{} {}", x.shape(), x.dtype()), "")
            .operand("v", format!("{} {}", v.shape(), v.dtype()), "")),
    };
    match checked {
        Ok(product) => product,
        Err(error) => refuse(error),
    }
}

/// The product of `v`, of the shape and dtype of `f(x)`, with the Jacobian of `f` at `x`: of the shape and dtype of
/// `x`. One walk backward.
///
/// ```
/// use ndgrad_tensor::{autograd, tensor};
/// let (x, v) = (tensor([1.0, 2.0]), tensor([10.0, 100.0]));
/// let product = autograd::vector_jacobian_product(|x| x.square(), &x, &v);
/// assert_eq!(product.to_vec::<f32>(), [20.0, 400.0]);
/// ```
///
/// # Panics
/// When `f` does; when `x` is not of floats; when `v` is not like `f(x)`.
#[track_caller]
pub fn vector_jacobian_product(f: impl Fn(&Tensor) -> Tensor, x: &Tensor, v: &Tensor) -> Tensor {
    match pull_back("vector_jacobian_product", |x| Ok(f(x)), x, v) {
        Ok(product) => product,
        Err(error) => refuse(error),
    }
}

/// The argument that a function is differentiated by: a place of its own in the graph, so that `x` used elsewhere in
/// the function is a constant; but one that leads to `x`, so that the derivative has derivatives.
fn argument(operation: &str, x: &Tensor) -> Checked {
    if !x.dtype().is_float() {
        return Err(OperationError::new(operation, "derivatives are taken by numbers with a fraction")
            .operand("x", format!("{} {}", x.shape(), x.dtype()), "")
            .remedy("convert it: x.to_dtype(DType::F32)"));
    }
    Ok(match is_recording() && x.requires_grad() {
        true => x.reshape(x.shape()),
        false => x.attach_grad(),
    })
}

/// Derivatives are recorded if what surrounds them is.
fn how() -> Backward {
    let how = Backward::new().retain_graph();
    if is_recording() { how.create_graph() } else { how }
}

fn pull_back(operation: &str, f: impl Fn(&Tensor) -> Checked, x: &Tensor, v: &Tensor) -> Checked {
    let argument = argument(operation, x)?;
    let y = recording(true, || f(&argument))?;
    if v.spec() == y.spec() && y.dtype().is_float() && !y.requires_grad() {
        return Ok(Tensor::zeros_like(x));
    }
    Ok(try_grad(&[&y], &[&argument], &how().head(v))?.remove(0))
}

/// The gradient of a function of one number.
fn gradient(operation: &str, f: impl Fn(&Tensor) -> Tensor, x: &Tensor) -> Checked {
    let argument = argument(operation, x)?;
    let y = recording(true, || f(&argument));
    if y.size() != 1 {
        return Err(OperationError::new(operation, "the function must return one number")
            .operand("result", y.shape(), format!("has {}", y.size()))
            .remedy("reduce it (sum, mean), or use jacobian"));
    }
    if y.dtype().is_float() && !y.requires_grad() {
        return Ok(Tensor::zeros_like(x));
    }
    Ok(try_grad(&[&y], &[&argument], &how())?.remove(0))
}

fn try_jacobian(operation: &str, f: impl Fn(&Tensor) -> Checked, x: &Tensor) -> Checked {
    let argument = argument(operation, x)?;
    let y = recording(true, || f(&argument))?;
    if y.rank() + x.rank() > MAX_RANK {
        return Err(OperationError::new(operation, format!("the result has at most {MAX_RANK} axes"))
            .operand("f(x)", y.shape(), "")
            .operand("x", x.shape(), "")
            .remedy("flatten one of them: x.reshape(-1)"));
    }
    let sizes: Vec<usize> = y.shape().iter().chain(x.shape().iter()).copied().collect();
    let shape = Shape::new(&sizes);
    if y.dtype().is_float() && !y.requires_grad() {
        return Ok(Tensor::filled(x.spec().with_shape(shape), 0.0));
    }
    let row = |i: usize| {
        let mut unit = vec![0.0; y.size()];
        unit[i] = 1.0;
        let head = Tensor::from_slice(y.shape(), &unit).to_dtype(y.dtype()).to_device(y.device());
        Ok(try_grad(&[&y], &[&argument], &how().head(&head))?.remove(0).reshape(x.size()))
    };
    let rows = (0..y.size()).map(row).collect::<Result<Vec<Tensor>, OperationError>>()?;
    // Of no rows nothing can be stacked.
    Ok(if rows.is_empty() {
        Tensor::filled(x.spec().with_shape(shape), 0.0)
    } else {
        Tensor::stack(&rows, 0).reshape(shape)
    })
}
