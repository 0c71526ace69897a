//! `einsum`: sums of products, written with a letter per axis.

use std::fmt;

use ndgrad_array::{MAX_RANK, OperationError, Result, Shape};
use smallvec::SmallVec;

use crate::Tensor;
use crate::ops::{refuse, same_dtype};

/// What an axis is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Label {
    /// An axis that `...` stands for, by its distance from the last of them, so that they are aligned from the last.
    Batch(usize),
    /// An axis with a letter.
    Letter(char),
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Label::Batch(_) => f.write_str("..."),
            Label::Letter(letter) => write!(f, "{letter}"),
        }
    }
}

type Labels = SmallVec<[Label; MAX_RANK]>;

/// A tensor whose axes have names, each of them once.
struct Term {
    tensor: Tensor,
    labels: Labels,
}

impl Tensor {
    /// Sums of products in Einstein's notation, as `numpy.einsum` has it: a letter per axis of each operand, and those
    /// of the result behind `->`. Axes with the same letter run together; letters that are not in the result are summed
    /// over. `...` stands for any axes that have no letter, which stretch to common sizes. Without `->` the result has
    /// `...` and then the letters that occur once, in alphabetical order.
    ///
    /// Operands are taken in from left to right, each by a (batched) matrix product; a diagonal (a letter twice in one
    /// operand) is a view. Axes with the same letter must have the same size: a size of 1 stretches under `...` alone.
    ///
    /// ```
    /// use ndgrad_tensor::{Tensor, tensor};
    /// let (x, y) = (tensor([[1.0, 2.0], [3.0, 4.0]]), tensor([[0.0, 1.0], [1.0, 0.0]]));
    /// assert_eq!(Tensor::einsum("ij,jk->ik", &[&x, &y]).to_vec::<f32>(), [2.0, 1.0, 4.0, 3.0]);
    /// assert_eq!(Tensor::einsum("ii", &[&x]).item(), 5.0);
    /// assert_eq!(Tensor::einsum("ii->i", &[&x]).to_vec::<f32>(), [1.0, 4.0]);
    /// assert_eq!(Tensor::einsum("...ij->...ji", &[&x]).to_vec::<f32>(), [1.0, 3.0, 2.0, 4.0]);
    /// assert_eq!(Tensor::einsum("i,ij,j", &[&x.i(0), &y, &x.i(1)]).item(), 10.0);
    /// ```
    ///
    /// # Panics
    /// When the subscripts cannot be read, do not fit the operands, or name too many axes; when the dtypes differ.
    #[track_caller]
    pub fn einsum(subscripts: &str, operands: &[&Tensor]) -> Tensor {
        let (inputs, output) = match plan(subscripts, operands) {
            Ok(plan) => plan,
            Err(error) => refuse(error),
        };
        let mut left: Option<Term> = None;
        for (i, labels) in inputs.iter().enumerate() {
            let right = diagonals(operands[i], labels);
            let wanted = |label: &Label| {
                output.contains(label) || inputs[i + 1..].iter().flatten().any(|l| l == label)
            };
            left = Some(match left {
                None => right,
                Some(left) => product(left, right, wanted),
            });
        }
        let Some(Term { tensor, labels }) = left else { unreachable!("there is an operand") };
        let result = sum_but(Term { tensor, labels }, |label| output.contains(label));
        let order: SmallVec<[usize; MAX_RANK]> = output.iter().map(|label| result.axis(label)).collect();
        result.tensor.permute(&order[..])
    }
}

impl Term {
    fn axis(&self, label: &Label) -> usize {
        self.labels.iter().position(|own| own == label).expect("a label of this term")
    }

    /// The axes in the order of these labels; those that the tensor does not have are there with size 1.
    #[track_caller]
    fn arranged(&self, labels: &[Label]) -> Tensor {
        let own = labels.iter().filter(|label| self.labels.contains(label));
        let order: SmallVec<[usize; MAX_RANK]> = own.map(|label| self.axis(label)).collect();
        let permuted = self.tensor.permute(&order[..]);
        let shape: SmallVec<[usize; MAX_RANK]> = labels.iter().map(|label| self.size(label)).collect();
        permuted.reshape(&shape[..])
    }

    fn size(&self, label: &Label) -> usize {
        let axis = self.labels.iter().position(|own| own == label);
        axis.map_or(1, |axis| self.tensor.shape()[axis])
    }
}

/// An operand with each of its labels once.
#[track_caller]
fn diagonals(operand: &Tensor, labels: &Labels) -> Term {
    let mut term = Term { tensor: operand.clone(), labels: labels.clone() };
    let mut first = 0;
    while first < term.labels.len() {
        let label = term.labels[first];
        match term.labels[first + 1..].iter().position(|&other| other == label) {
            None => first += 1,
            Some(after) => {
                let second = first + 1 + after;
                term.tensor = term.tensor.diagonal_of(0, [first as isize, second as isize]);
                // The diagonal comes last.
                term.labels.remove(second);
                term.labels.remove(first);
                term.labels.push(label);
            }
        }
    }
    term
}

/// Without the axes that nobody wants any more.
#[track_caller]
fn sum_but(term: Term, wanted: impl Fn(&Label) -> bool) -> Term {
    let gone = |axis: &usize| !wanted(&term.labels[*axis]);
    let axes: SmallVec<[usize; MAX_RANK]> = (0..term.labels.len()).filter(gone).collect();
    if axes.is_empty() {
        return term;
    }
    let tensor = term.tensor.sum_axes(&axes[..]);
    Term { tensor, labels: term.labels.into_iter().filter(wanted).collect() }
}

/// Both terms, summed over what they share and nobody wants any more.
#[track_caller]
fn product(left: Term, right: Term, wanted: impl Fn(&Label) -> bool) -> Term {
    let left = sum_but(left, |label| wanted(label) || right.labels.contains(label));
    let right = sum_but(right, |label| wanted(label) || left.labels.contains(label));
    let shared = |label: &&Label| left.labels.contains(label) && right.labels.contains(label);
    let batch: Labels = left.labels.iter().filter(shared).filter(|label| wanted(label)).copied().collect();
    let inner: Labels = left.labels.iter().filter(shared).filter(|label| !wanted(label)).copied().collect();
    let only = |own: &Term, other: &Term| -> Labels {
        own.labels.iter().filter(|label| !other.labels.contains(label)).copied().collect()
    };
    let (rows, columns) = (only(&left, &right), only(&right, &left));
    let labels: Labels = batch.iter().chain(&rows).chain(&columns).copied().collect();
    // Without a sum it is an elementwise product; so it is, summed up afterwards, if there is no room for a matrix
    // behind the axes that both share.
    if inner.is_empty() || batch.len() + 2 > MAX_RANK {
        let labels: Labels = labels.iter().chain(&inner).copied().collect();
        let tensor = left.arranged(&labels) * right.arranged(&labels);
        return sum_but(Term { tensor, labels }, wanted);
    }
    let count =
        |term: &Term, labels: &[Label]| labels.iter().map(|label| term.size(label)).product::<usize>();
    let sizes = |term: &Term, labels: &[Label]| -> SmallVec<[usize; 8]> {
        labels.iter().map(|label| term.size(label)).collect()
    };
    let depth = count(&left, &inner);
    let left_matrices = left.arranged(&[&batch[..], &rows, &inner].concat());
    let left_matrices =
        left_matrices.reshape(&[&sizes(&left, &batch)[..], &[count(&left, &rows), depth]].concat()[..]);
    let right_matrices = right.arranged(&[&batch[..], &inner, &columns].concat());
    let right_matrices =
        right_matrices.reshape(&[&sizes(&right, &batch)[..], &[depth, count(&right, &columns)]].concat()[..]);
    let product = left_matrices.matmul(&right_matrices);
    let shape = [&product.shape()[..batch.len()], &sizes(&left, &rows), &sizes(&right, &columns)].concat();
    Term { tensor: product.reshape(Shape::new(&shape)), labels }
}

/// The labels of each operand and of the result.
fn plan(subscripts: &str, operands: &[&Tensor]) -> Result<(Vec<Labels>, Labels), OperationError> {
    let refused = |rule: String| {
        OperationError::new("einsum", rule).operand("subscripts", format!("{subscripts:?}"), "")
    };
    let text: String = subscripts.chars().filter(|character| !character.is_whitespace()).collect();
    let (left, right) = match text.split_once("->") {
        Some((left, right)) => (left, Some(right)),
        None => (&text[..], None),
    };
    let parts: Vec<&str> = left.split(',').collect();
    if parts.len() != operands.len() {
        return Err(refused(format!(
            "subscripts for {} operands, of which there are {}",
            parts.len(),
            operands.len()
        )));
    }
    let specs: Vec<_> = operands.iter().map(|operand| operand.spec()).collect();
    same_dtype("einsum", &specs)?;

    let mut inputs = Vec::new();
    for (i, (part, spec)) in parts.iter().zip(&specs).enumerate() {
        let (before, dots, after) = letters(part).map_err(&refused)?;
        let named = before.len() + after.len();
        let rank = spec.shape.rank();
        if named > rank || (!dots && named < rank) {
            return Err(refused(format!("{part:?} names {named} axes, but operand {i} has {rank}")).operand(
                &format!("operand {i}"),
                spec.shape,
                "",
            ));
        }
        let batch = (0..rank - named).rev().map(Label::Batch);
        let labels: Labels = before.into_iter().chain(batch).chain(after).collect();
        inputs.push(labels);
    }
    let output = match right {
        Some(right) => {
            let (before, dots, after) = letters(right).map_err(&refused)?;
            let batch = inputs.iter().flatten().filter_map(|label| match label {
                Label::Batch(place) => Some(place + 1),
                Label::Letter(_) => None,
            });
            let batch = batch.max().unwrap_or(0);
            if batch > 0 && !dots {
                return Err(refused("the axes of ... must be in the result".into())
                    .remedy("write ...-> and sum afterwards, or name them"));
            }
            before.into_iter().chain((0..batch).rev().map(Label::Batch)).chain(after).collect()
        }
        None => implicit_output(&inputs),
    };
    check(&inputs, &output, &specs.iter().map(|spec| spec.shape).collect::<Vec<_>>(), &refused)?;
    Ok((inputs, output))
}

/// The letters before `...`, whether it is there, and those behind it.
fn letters(part: &str) -> Result<(Labels, bool, Labels), String> {
    let read = |text: &str| -> Result<Labels, String> {
        let label = |letter: char| match letter.is_ascii_alphabetic() {
            true => Ok(Label::Letter(letter)),
            false => Err(format!("{letter:?} in {part:?} is not a letter, \"...\", \",\" or \"->\"")),
        };
        text.chars().map(label).collect()
    };
    match part.split_once("...") {
        Some((before, after)) => Ok((read(before)?, true, read(after)?)),
        None => Ok((read(part)?, false, Labels::new())),
    }
}

/// The axes of `...`, and the letters that occur once, in alphabetical order.
fn implicit_output(inputs: &[Labels]) -> Labels {
    let mut all: Vec<Label> = inputs.iter().flatten().copied().collect();
    all.sort_unstable();
    let count = |label: &Label| all.iter().filter(|other| *other == label).count();
    let mut batch: Vec<Label> =
        all.iter().filter(|label| matches!(label, Label::Batch(_))).copied().collect();
    batch.dedup();
    let single = all.iter().filter(|label| matches!(label, Label::Letter(_)) && count(label) == 1);
    batch.into_iter().rev().chain(single.copied()).collect()
}

/// Sizes must fit, and the result may name each axis once, and none that there is not.
fn check(
    inputs: &[Labels],
    output: &Labels,
    shapes: &[Shape],
    refused: &dyn Fn(String) -> OperationError,
) -> Result<(), OperationError> {
    for (i, label) in output.iter().enumerate() {
        if output[..i].contains(label) {
            return Err(refused(format!("{label} is in the result twice")));
        }
        if !inputs.iter().any(|labels| labels.contains(label)) {
            return Err(refused(format!("{label} is in the result, but in no operand")));
        }
    }
    let mut taken: Vec<Label> = Vec::new();
    for (i, labels) in inputs.iter().enumerate() {
        let wanted =
            |label: &Label| output.contains(label) || inputs[i + 1..].iter().flatten().any(|l| l == label);
        taken.extend(labels);
        taken.retain(wanted);
        taken.sort_unstable();
        taken.dedup();
        if taken.len() > MAX_RANK {
            let rule = format!("{} axes are left after operand {i}, more than {MAX_RANK}", taken.len());
            return Err(refused(rule).remedy("change the order of the operands, or sum earlier"));
        }
    }
    let mut known: Vec<(Label, usize, usize)> = Vec::new();
    for (i, (labels, shape)) in inputs.iter().zip(shapes).enumerate() {
        for (&label, &size) in labels.iter().zip(&shape[..]) {
            match known.iter_mut().find(|(other, ..)| *other == label) {
                None => known.push((label, size, i)),
                Some((Label::Batch(_), other, _)) if *other == 1 || size == 1 => {
                    // Not the larger of the two: a size of 0 stays.
                    *other *= size;
                }
                Some((_, other, first)) if *other != size => {
                    return Err(refused(format!("{label} stands for axes of different sizes"))
                        .operand(
                            &format!("operand {first}"),
                            shapes[*first],
                            format!("{other} along {label}"),
                        )
                        .operand(&format!("operand {i}"), shape, format!("{size} along {label}")));
                }
                Some(_) => {}
            }
        }
    }
    Ok(())
}
