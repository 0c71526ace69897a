//! What linear algebra refuses, and in what words, at the caller's line.

mod common;

use common::refusal;
use ndgrad_tensor::{DType, Tensor, Triangle, ops, tensor};

fn zeros(shape: &[usize]) -> Tensor {
    Tensor::zeros(shape)
}

#[test]
fn leading_axes_that_do_not_stretch() {
    assert_eq!(
        refusal(|| zeros(&[2, 3, 4]).matmul(&zeros(&[3, 4, 5]))),
        "matmul: leading axes do not stretch to common ones
    left   [2, 3, 4]
    right  [3, 4, 5]   but for the last two, sizes must be equal or 1"
    );
    assert_eq!(
        refusal(|| zeros(&[2, 3, 3]).solve(&zeros(&[4, 3, 1]))),
        "solve: leading axes do not stretch to common ones
    matrix      [2, 3, 3]
    right side  [4, 3, 1]   but for the last two, sizes must be equal or 1"
    );
}

#[test]
fn what_is_no_square_matrix() {
    let square = "the matrix must be square\n    tensor  [2, 3]   2 rows, 3 columns";
    assert_eq!(refusal(|| zeros(&[2, 3]).cholesky()), format!("cholesky: {square}"));
    assert_eq!(refusal(|| zeros(&[2, 3]).inverse()), format!("inverse: {square}"));
    assert_eq!(refusal(|| zeros(&[2, 3]).det()), format!("det: {square}"));
    assert_eq!(refusal(|| zeros(&[2, 3]).slogdet()), format!("slogdet: {square}"));
    assert_eq!(refusal(|| zeros(&[2, 3]).cofactors()), format!("cofactors: {square}"));
    assert_eq!(refusal(|| zeros(&[2, 3]).eigh()), format!("eigh: {square}"));
    let matrix = "a matrix is needed: two axes, behind any that count matrices\n    tensor  [3]   1 axes";
    assert_eq!(refusal(|| zeros(&[3]).qr()), format!("qr: {matrix}"));
    assert_eq!(refusal(|| zeros(&[3]).svd()), format!("svd: {matrix}"));
    assert_eq!(refusal(|| zeros(&[3]).solve(&zeros(&[3]))), format!("solve: {matrix}"));
}

#[test]
fn right_sides_that_do_not_fit() {
    let text = "the sizes differ
    matrix      [3, 3]
    right side  [2, 4]   its rows (2) must be as many as the matrix has (3)";
    assert_eq!(refusal(|| zeros(&[3, 3]).solve(&zeros(&[2, 4]))), format!("solve: {text}"));
    assert_eq!(
        refusal(|| zeros(&[3, 3]).solve_triangular(&zeros(&[2, 4]), Triangle::LOWER)),
        format!("solve_triangular: {text}")
    );
    let message = refusal(|| zeros(&[2, 2]).solve(&zeros(&[2]).to_dtype(DType::F64)));
    assert!(message.starts_with("solve: dtypes differ"), "{message}");
}

#[test]
fn matrices_without_a_result() {
    let x = tensor([[[1.0, 0.0], [0.0, 1.0]], [[1.0, 2.0], [2.0, 4.0]]]);
    assert_eq!(
        refusal(|| x.inverse()),
        "inverse: the matrix is singular
    tensor  [2, 2, 2]   matrix [1]: no pivot is left for column 1
    leave out what depends on other columns, or add to the diagonal"
    );
    assert_eq!(
        refusal(|| x.i(1).solve(&tensor([1.0, 2.0]))),
        "solve: the matrix is singular
    tensor  [2, 2]   no pivot is left for column 1
    leave out what depends on other columns, or add to the diagonal"
    );
    assert_eq!(
        refusal(|| x.cholesky()),
        "cholesky: the matrix is not positive definite
    tensor  [2, 2, 2]   matrix [1]: its leading minor of order 2 is not positive
    add to the diagonal, or call ops::try_apply(ops::Cholesky, &[&x]) for a Result"
    );
    assert_eq!(
        refusal(|| tensor([[0.0]]).solve_triangular(&tensor([[1.0]]), Triangle::UPPER)),
        "solve_triangular: the matrix is singular
    tensor  [1, 1]   number 0 of its diagonal is 0
    leave out what depends on other columns"
    );
    let error = ops::try_apply(ops::Inverse, &[&x]).unwrap_err();
    assert_eq!(error.to_string(), refusal(|| x.inverse()));
    // The first of several, on however many threads.
    let many = Tensor::ones([50, 7, 40, 40]);
    assert!(refusal(|| many.inverse()).contains("matrix [0, 0]: no pivot is left for column 1"));
}

#[test]
fn diagonals_that_do_not_exist() {
    assert_eq!(
        refusal(|| zeros(&[3]).trace()),
        "diagonal: an axis lies between -1 and 0\n    axis  -2   of a tensor with 1 axes"
    );
    assert_eq!(
        refusal(|| zeros(&[3, 3]).diagonal_of(0, [1, -1])),
        "diagonal: a diagonal runs along two different axes\n    axes  [1, -1]   of a tensor with 2 axes"
    );
}

#[test]
fn sums_of_products_that_do_not_fit() {
    assert_eq!(
        refusal(|| zeros(&[2, 3]).tensordot(&zeros(&[2, 3]), 1)),
        "tensordot: axes that meet differ in size
    left   [2, 3]   3 along axis 1
    right  [2, 3]   2 along axis 0"
    );
    assert_eq!(
        refusal(|| zeros(&[2, 3]).inner(&zeros(&[2]))),
        "inner: axes that meet differ in size
    left   [2, 3]   3 along axis 1
    right  [2]      2 along axis 0"
    );
    assert_eq!(
        refusal(|| zeros(&[2, 3]).vdot(&zeros(&[2]))),
        "vdot: axes that meet differ in size
    left   [6]   6 along axis 0
    right  [2]   2 along axis 0"
    );
    assert_eq!(
        refusal(|| zeros(&[2, 3]).tensordot(&zeros(&[2]), 2)),
        "tensordot: more axes are to meet than there are
    count  2
    left   2 axes
    right  1 axes"
    );
    assert_eq!(
        refusal(|| zeros(&[2, 3]).tensordot(&zeros(&[2]), ([0, 1], [0]))),
        "tensordot: as many axes of the left meet as of the right
    left axes   [0, 1]
    right axes  [0]"
    );
    assert_eq!(
        refusal(|| zeros(&[2, 3]).tensordot(&zeros(&[2, 2]), ([0, 0], [0, 1]))),
        "tensordot: an axis is named twice\n    axis  0"
    );
    assert_eq!(
        refusal(|| zeros(&[2, 3]).tensordot(&zeros(&[2, 2]), ([2], [0]))),
        "tensordot: an axis lies between -2 and 1\n    axis  2   of a tensor with 2 axes"
    );
    assert_eq!(
        refusal(|| zeros(&[1; 5]).tensordot(&zeros(&[1; 5]), 0)),
        "tensordot: the result would have 10 axes, more than 8
    left   [1, 1, 1, 1, 1]
    right  [1, 1, 1, 1, 1]"
    );
}

#[test]
fn subscripts_that_cannot_be_meant() {
    let (x, y) = (zeros(&[2, 3]), zeros(&[4, 3]));
    let refused = |subscripts: &str, operands: &[&Tensor]| {
        let message = refusal(|| Tensor::einsum(subscripts, operands));
        let rule = message.strip_prefix("einsum: ").unwrap().split('\n').next().unwrap().to_string();
        assert!(message.contains(&format!("\n    subscripts  {subscripts:?}")), "{message}");
        rule
    };
    assert_eq!(
        refusal(|| Tensor::einsum("ij,jk->ik", &[&x, &y])),
        "einsum: j stands for axes of different sizes
    subscripts  \"ij,jk->ik\"
    operand 0   [2, 3]        3 along j
    operand 1   [4, 3]        4 along j"
    );
    assert_eq!(refused("ij,jk", &[&x]), "subscripts for 2 operands, of which there are 1");
    assert_eq!(refused("", &[]), "subscripts for 1 operands, of which there are 0");
    assert_eq!(refused("ijk", &[&x]), "\"ijk\" names 3 axes, but operand 0 has 2");
    assert_eq!(refused("i", &[&x]), "\"i\" names 1 axes, but operand 0 has 2");
    assert_eq!(refused("i1", &[&x]), "'1' in \"i1\" is not a letter, \"...\", \",\" or \"->\"");
    assert_eq!(refused("i..j", &[&x]), "'.' in \"i..j\" is not a letter, \"...\", \",\" or \"->\"");
    assert_eq!(refused("...i...", &[&x]), "'.' in \"...i...\" is not a letter, \"...\", \",\" or \"->\"");
    assert_eq!(refused("ij->ij->i", &[&x]), "'-' in \"ij->i\" is not a letter, \"...\", \",\" or \"->\"");
    assert_eq!(refused("ij->ii", &[&x]), "i is in the result twice");
    assert_eq!(refused("ij->ik", &[&x]), "k is in the result, but in no operand");
    assert_eq!(refused("ii", &[&x]), "i stands for axes of different sizes");
    assert_eq!(refused("...i->i", &[&x]), "the axes of ... must be in the result");
    assert_eq!(
        refused("...i,...i", &[&zeros(&[2, 3]), &zeros(&[3, 3])]),
        "... stands for axes of different sizes"
    );
    let long = zeros(&[1; 5]);
    assert_eq!(refused("abcde,fghij", &[&long, &long]), "10 axes are left after operand 1, more than 8");
    let message = refusal(|| Tensor::einsum("ij,ij", &[&x, &x.to_dtype(DType::F64)]));
    assert!(message.starts_with("einsum: dtypes differ"), "{message}");
}
