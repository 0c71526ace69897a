//! What reductions and orders refuse, and in what words.

mod common;

use common::refusal;
use ndgrad_tensor::{DType, Tensor, tensor};

fn zeros(shape: &[usize]) -> Tensor {
    Tensor::zeros(shape)
}

#[test]
fn the_largest_of_none() {
    assert_eq!(
        refusal(|| zeros(&[0, 3]).max_axes(0)),
        "max: of no elements none is the largest\n    tensor  [0, 3]"
    );
    assert_eq!(refusal(|| zeros(&[0]).min()), "min: of no elements none is the smallest\n    tensor  [0]");
    assert_eq!(
        refusal(|| zeros(&[2, 0]).argmax_axis(1)),
        "argmax: of no elements none comes first\n    tensor  [2, 0]"
    );
}

#[test]
fn composed_operations_speak_in_their_own_name() {
    let message = "an axis lies between -2 and 1\n    axis  2   of a tensor with 2 axes";
    let x = zeros(&[2, 3]);
    for (name, refused) in [
        ("mean", refusal(|| x.mean_axes(2))),
        ("var", refusal(|| x.var_axes(2, 0))),
        ("std", refusal(|| x.std_keepdims(2, 0))),
        ("norm", refusal(|| x.norm_axes(2, 1.0))),
        ("nansum", refusal(|| x.nansum_axes(2))),
        ("nanprod", refusal(|| x.nanprod_axes(2))),
        ("count_nonzero", refusal(|| x.count_nonzero_axes(2))),
        ("logsumexp", refusal(|| x.logsumexp_axes(2))),
        ("softmax", refusal(|| x.softmax(2))),
        ("sort", refusal(|| x.sort(2))),
        ("top_k", refusal(|| x.top_k(1, 2))),
        ("cumprod", refusal(|| x.cumprod(2))),
    ] {
        assert_eq!(refused, format!("{name}: {message}"));
    }
    let message = "mean: not defined for i32
    tensor  [2] i32   one of f32, f64 is needed
    convert it: x.to_dtype(DType::F32)";
    assert_eq!(refusal(|| tensor([1, 2]).mean()), message);
}

#[test]
fn orders_of_norms() {
    let message = "norm: the order of a norm lies above 0
    order  0
    how many elements are not 0 says count_nonzero";
    assert_eq!(refusal(|| zeros(&[2]).norm(0.0)), message);
}

#[test]
fn positions_that_do_not_fit() {
    let x = zeros(&[2, 3]);
    let message = "gather: position out of bounds\n    position  3   positions lie between -3 and 2";
    assert_eq!(refusal(|| x.gather(1, &tensor([[0], [3]]))), message);
    assert_eq!(refusal(|| x.pick(&tensor([0, 3]))), message);
    let message = "gather: all sizes but that of the axis must be equal
    tensor     [2, 3]
    positions  [1, 1]   along axis 1
    stretch the positions, for example index.broadcast_to([2, 3])";
    assert_eq!(refusal(|| x.gather(1, &tensor([[0]]))), message);
    let message = "gather: positions are of i32 or i64
    positions  [2, 3] f32
    convert them: index.to_dtype(DType::I64)";
    assert_eq!(refusal(|| x.gather(1, &x)), message);
    let message = "gather: there are no positions along the axis\n    position  0";
    assert_eq!(refusal(|| zeros(&[2, 0]).gather(1, &tensor([[0], [0]]))), message);
    let message = "pick: one position for each line along the last axis is needed
    tensor     [2, 3]
    positions  [3]";
    assert_eq!(refusal(|| x.pick(&tensor([0, 0, 0]))), message);
    let message = "scatter_add: one position per element is needed
    elements   [2, 2]
    positions  [2, 1]";
    assert_eq!(refusal(|| x.scatter_add(1, &tensor([[0], [0]]), &zeros(&[2, 2]))), message);
    let message = "scatter_add: position out of bounds\n    position  -4   positions lie between -3 and 2";
    assert_eq!(refusal(|| x.scatter_add(1, &tensor([[-4], [0]]), &zeros(&[2, 1]))), message);
    let message = "scatter_add: all sizes but that of the axis must be equal
    tensor    [2, 3]
    elements  [1, 1]   along axis 1";
    assert_eq!(refusal(|| x.scatter_add(1, &tensor([[0]]), &zeros(&[1, 1]))), message);
    let message = "top_k: an axis has no more elements than its size
    count   4
    tensor  [2, 3]   has 3 along axis -1";
    assert_eq!(refusal(|| x.top_k(4, -1)), message);
    let message = "search_sorted: what is searched is one sorted line
    tensor  [2, 3]   2 axes
    search one line at a time, for example x.i(0)";
    assert_eq!(refusal(|| x.search_sorted(1.0)), message);
    let message = "recurrence: one factor per element is needed
    tensor  [2, 3]
    factor  [3]
    stretch it: factor.broadcast_to(x.shape())";
    assert_eq!(refusal(|| x.recurrence(&zeros(&[3]), 0)), message);
}

#[test]
fn targets_that_do_not_fit() {
    let logits = zeros(&[2, 3]);
    let message = "cross_entropy: one class for each line of logits is needed
    logits  [2, 3] f32   one line per example along the last axis
    target  [3] i32
    give one class number (i64) for each line, or probabilities of the logits' shape and dtype";
    assert_eq!(refusal(|| logits.cross_entropy(&tensor([0, 1, 2]))), message);
    assert!(
        refusal(|| logits.cross_entropy(&zeros(&[2])))
            .starts_with("cross_entropy: one probability per logit")
    );
    let message = "cross_entropy: position out of bounds\n    position  3   positions lie between -3 and 2";
    assert_eq!(refusal(|| logits.cross_entropy(&tensor([0, 3]))), message);
    assert!(
        refusal(|| zeros(&[]).cross_entropy(&tensor(0))).starts_with("cross_entropy: logits have an axis")
    );
    let wide = zeros(&[2, 3]).to_dtype(DType::F64);
    assert!(refusal(|| logits.cross_entropy(&wide)).starts_with("cross_entropy: dtypes differ"));
}

/// `#[track_caller]` all the way: [`refusal`] finds that the panic names this file.
#[test]
fn refusals_point_at_the_caller() {
    let x = zeros(&[2, 3]);
    let none = zeros(&[0]);
    refusal(|| x.mean_axes(2));
    refusal(|| x.std_axes(2, 0));
    refusal(|| x.var(0) + x.var_axes(5, 0));
    refusal(|| x.nanprod_axes(2));
    refusal(|| none.max());
    refusal(|| none.argmin());
    refusal(|| x.softmax(2));
    refusal(|| x.norm(-1.0));
    refusal(|| x.logsumexp_axes(2));
    refusal(|| x.sort(2));
    refusal(|| x.top_k(9, 0));
    refusal(|| x.pick(&tensor([0, 3])));
    refusal(|| x.scatter_add(1, &tensor([[-4], [0]]), &zeros(&[2, 1])));
    refusal(|| x.cross_entropy(&tensor([0, 3])));
    refusal(|| x.search_sorted(1.0));
}
