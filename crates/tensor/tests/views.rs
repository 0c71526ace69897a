//! Chains of views against copies and against a second, naive implementation; round trips; what `set` leaves alone.

use ndgrad_tensor::autograd::{self, record};
use ndgrad_tensor::{Index, NEW_AXIS, Pad, Tensor, along, tensor};
use proptest::prelude::*;

/// An array without strides: every operation copies, element by element, from the place that its definition names.
#[derive(Clone, Debug)]
struct Naive {
    shape: Vec<usize>,
    elements: Vec<f64>,
}

impl Naive {
    /// The array of this shape whose element at `place` is this one's at `source(place)`.
    fn gather(&self, shape: Vec<usize>, source: impl Fn(&[usize]) -> Vec<usize>) -> Naive {
        let mut elements = Vec::new();
        for number in 0..shape.iter().product() {
            let mut place = vec![0; shape.len()];
            let mut rest: usize = number;
            for axis in (0..shape.len()).rev() {
                place[axis] = rest % shape[axis];
                rest /= shape[axis];
            }
            let from = source(&place);
            let row_major = from.iter().zip(&self.shape).fold(0, |sum, (&at, &size)| sum * size + at);
            elements.push(self.elements[row_major]);
        }
        Naive { shape, elements }
    }
}

/// One step of a chain: what is done is drawn from `choice`, among what the shape allows.
fn step(x: &Tensor, naive: &Naive, kind: u8, choice: u64) -> Option<(Tensor, Naive)> {
    let shape = naive.shape.clone();
    let rank = shape.len();
    let pick = |shift: u32, count: usize| (choice >> shift) as usize % count;
    if rank == 0 && !matches!(kind, 3 | 4 | 8) {
        return None;
    }
    let axis = if rank == 0 { 0 } else { pick(0, rank) };
    let without = |place: &[usize]| [&place[..axis], &place[axis + 1..]].concat();
    Some(match kind {
        0 => {
            let mut order: Vec<usize> = (0..rank).collect();
            (1..rank).for_each(|i| order.swap(i, pick(4 * i as u32, i + 1)));
            let sizes = order.iter().map(|&axis| shape[axis]).collect();
            let source = |place: &[usize]| {
                let mut from = vec![0; rank];
                order.iter().zip(place).for_each(|(&axis, &at)| from[axis] = at);
                from
            };
            (x.permute(&order[..]), naive.gather(sizes, source))
        }
        1 => {
            let (start, step) = (pick(8, shape[axis] + 1), 1 + pick(16, 3));
            let end = start + pick(24, shape[axis] - start + 1);
            let mut sizes = shape.clone();
            sizes[axis] = (end - start).div_ceil(step);
            let backwards = pick(32, 2) == 1;
            let source = |place: &[usize]| {
                let mut from = place.to_vec();
                from[axis] =
                    if backwards { end - 1 - step * place[axis] } else { start + step * place[axis] };
                from
            };
            let signed = if backwards { -(step as isize) } else { step as isize };
            let mut indices = vec![Index::ALL; axis];
            indices.push(Index::from(start..end).step(signed));
            (x.i(&indices[..]), naive.gather(sizes, source))
        }
        2 => {
            let source = |place: &[usize]| {
                let mut from = place.to_vec();
                from[axis] = shape[axis] - 1 - place[axis];
                from
            };
            (x.flip(axis), naive.gather(shape.clone(), source))
        }
        3 if rank < 6 => {
            let at = pick(8, rank + 1);
            let mut sizes = shape.clone();
            sizes.insert(at, 1);
            let view = if choice.is_multiple_of(2) {
                x.expand_dims(at)
            } else {
                let mut indices = vec![Index::ALL; at];
                indices.push(NEW_AXIS);
                x.i(&indices[..])
            };
            (view, naive.gather(sizes, |place| [&place[..at], &place[at + 1..]].concat()))
        }
        4 if rank < 6 && naive.elements.len() < 200 => {
            let mut sizes = vec![1 + pick(8, 3)];
            sizes.extend(shape.iter().map(|&size| if size == 1 { 1 + pick(16, 3) } else { size }));
            let source = |place: &[usize]| {
                place[1..].iter().zip(&shape).map(|(&at, &size)| if size == 1 { 0 } else { at }).collect()
            };
            (x.broadcast_to(&sizes[..]), naive.gather(sizes.clone(), source))
        }
        5 => {
            let squeezed: Vec<usize> = shape.iter().copied().filter(|&size| size != 1).collect();
            (x.squeeze(), Naive { shape: squeezed, elements: naive.elements.clone() })
        }
        6 if shape[axis] > 0 => {
            let at = pick(8, shape[axis]);
            let source = |place: &[usize]| [&place[..axis], &[at], &place[axis..]].concat();
            let mut indices = vec![Index::ALL; axis];
            indices.push(Index::At(if choice.is_multiple_of(2) {
                at as isize
            } else {
                at as isize - shape[axis] as isize
            }));
            (x.i(&indices[..]), naive.gather(without(&shape), source))
        }
        7 => {
            // Two neighbours joined: a reshape that has to copy when they do not lie evenly spaced.
            let axis = axis.min(rank.saturating_sub(2));
            let mut sizes = shape.clone();
            if rank >= 2 {
                let size = sizes.remove(axis + 1);
                sizes[axis] *= size;
            }
            (x.reshape(&sizes[..]), Naive { shape: sizes, elements: naive.elements.clone() })
        }
        8 if rank < 6 => {
            // One axis cut in two, or a one put in.
            let mut sizes = shape.clone();
            if rank > 0 && shape[axis] > 0 {
                let divisors: Vec<usize> =
                    (1..=shape[axis]).filter(|d| shape[axis].is_multiple_of(*d)).collect();
                let first = divisors[pick(8, divisors.len())];
                sizes[axis] = shape[axis] / first;
                sizes.insert(axis, first);
            }
            (x.reshape(&sizes[..]), Naive { shape: sizes, elements: naive.elements.clone() })
        }
        9 => {
            let other = pick(8, rank);
            let swap = |of: &[usize]| {
                let mut swapped = of.to_vec();
                swapped.swap(axis, other);
                swapped
            };
            (x.swap_axes(axis as isize, -(rank as isize) + other as isize), naive.gather(swap(&shape), swap))
        }
        _ => return None,
    })
}

fn copy(x: &Tensor) -> Tensor {
    Tensor::from_slice(x.shape(), &x.to_vec::<f64>())
}

fn bits(elements: &[f64]) -> Vec<u64> {
    elements.iter().map(|x| x.to_bits()).collect()
}

fn same(x: &Tensor, naive: &Naive) {
    assert_eq!(&x.shape()[..], &naive.shape[..]);
    assert_eq!(bits(&x.to_vec::<f64>()), bits(&naive.elements));
}

/// Up to four axes, empty ones included, and any bits: NaN, infinities, negative zeros.
fn arrays() -> impl Strategy<Value = Naive> {
    proptest::collection::vec(prop_oneof![1 => Just(0usize), 9 => 1usize..5], 0..5).prop_flat_map(|shape| {
        let size = shape.iter().product::<usize>();
        proptest::collection::vec(any::<u64>().prop_map(f64::from_bits), size)
            .prop_map(move |elements| Naive { shape: shape.clone(), elements })
    })
}

fn of(naive: &Naive) -> Tensor {
    Tensor::from_slice(&naive.shape[..], &naive.elements)
}

fn counted(shape: &[usize]) -> Tensor {
    let shape = ndgrad_tensor::Shape::new(shape);
    (1..=shape.size()).map(|i| i as f64).collect::<Tensor>().reshape(shape)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_chain_of_views_is_the_chain_on_copies(
        start in arrays(),
        steps in proptest::collection::vec((0u8..10, any::<u64>()), 1..9),
    ) {
        let (mut view, mut naive) = (of(&start), start.clone());
        let mut copied = copy(&view);
        for (kind, choice) in steps {
            if let Some((next, expected)) = step(&view, &naive, kind, choice) {
                copied = copy(&step(&copied, &naive, kind, choice).unwrap().0);
                (view, naive) = (next, expected);
                same(&view, &naive);
                same(&copied, &naive);
            }
        }
        // What computes reads views as it reads copies.
        if !naive.shape.is_empty() {
            let computed = |x: &Tensor| Tensor::concat(&[x, x], -1).roll(1, 0).to_vec::<f64>();
            prop_assert_eq!(bits(&computed(&view)), bits(&computed(&copied)));
        }
        same(&of(&start), &start);
    }

    /// The gradient through a chain counts how often each element came out.
    #[test]
    fn the_gradient_of_a_chain_of_views_goes_back_where_it_came_from(
        shape in proptest::collection::vec(1usize..4, 0..4),
        steps in proptest::collection::vec((0u8..10, any::<u64>()), 1..6),
    ) {
        let x = counted(&shape).attach_grad();
        let mut naive = Naive { shape, elements: x.to_vec() };
        let y = record(|| {
            let mut view = x.reshape(x.shape());
            for &(kind, choice) in &steps {
                if let Some(next) = step(&view, &naive, kind, choice) {
                    (view, naive) = next;
                }
            }
            view
        });
        y.backward();
        let mut counts = vec![0.0; x.size()];
        naive.elements.iter().for_each(|&element| counts[element as usize - 1] += 1.0);
        prop_assert_eq!(x.grad().to_vec::<f64>(), counts);
    }

    #[test]
    fn set_then_i_returns_what_was_set_and_leaves_the_rest(
        start in arrays(),
        cuts in proptest::collection::vec((any::<u64>(), 1isize..4, any::<bool>()), 4),
        turned in any::<bool>(),
    ) {
        let mut x = if turned { of(&start).permute(&(0..start.shape.len()).rev().collect::<Vec<_>>()[..]) } else { of(&start) };
        let before = copy(&x);
        let shape = x.shape();
        let mut indices = Vec::new();
        for (&size, &(choice, step, backwards)) in shape.iter().zip(&cuts) {
            let start = choice as usize % (size + 1);
            let end = start + (choice >> 20) as usize % (size - start + 1);
            indices.push(match (choice >> 40) % 3 {
                0 if size > 0 => Index::At((choice as usize % size) as isize),
                _ => Index::from(start..end).step(if backwards { -step } else { step }),
            });
        }
        let other = x.clone();
        let value = counted(&x.i(&indices[..]).shape());
        x.set(&indices[..], &value);
        prop_assert_eq!(x.i(&indices[..]).to_vec::<f64>(), value.to_vec::<f64>());
        prop_assert_eq!(bits(&other.to_vec::<f64>()), bits(&before.to_vec::<f64>()));
        // Where a tensor of the places says that nothing was selected, nothing changed.
        let selected = Tensor::zeros_as(shape, ndgrad_tensor::DType::Bool).with(&indices[..], 1).to_vec::<bool>();
        for ((after, before), selected) in x.to_vec::<f64>().iter().zip(before.to_vec::<f64>()).zip(&selected) {
            prop_assert!(*selected || after.to_bits() == before.to_bits());
        }
        prop_assert_eq!(selected.iter().filter(|&&selected| selected).count(), value.size());
        // The same through a mask.
        let mask = Tensor::from_slice(shape, &selected);
        let mut masked = before.clone();
        let ordered = x.mask_select(&mask);
        masked.set(&mask, &ordered);
        prop_assert_eq!(bits(&masked.to_vec::<f64>()), bits(&x.to_vec::<f64>()));
    }

    #[test]
    fn what_is_cut_and_moved_comes_back(start in arrays(), choice in any::<u64>()) {
        let x = of(&start);
        same(&x.flatten().reshape(x.shape()), &start);
        let rank = x.rank();
        if rank == 0 {
            return Ok(());
        }
        let axis = choice as usize % rank;
        let size = x.shape()[axis];
        let first = (choice >> 8) as usize % (size + 1);
        same(&Tensor::concat(&x.split([first, size - first], axis as isize), axis as isize), &start);
        same(&Tensor::concat(&x.chunk(1 + first, axis as isize), axis as isize), &start);
        let shift = (choice >> 16) as isize % 9;
        same(&x.roll(shift, axis as isize).roll(-shift, axis as isize), &start);
        same(&x.flip(axis).flip(axis), &start);
        let place = (choice >> 24) as usize % rank;
        same(&x.move_axis(axis, place).move_axis(place, axis), &start);
        if size > 0 {
            let slices: Vec<Tensor> = x.split(size, axis as isize).iter().map(|row| row.squeeze_axes(axis)).collect();
            same(&Tensor::stack(&slices, axis as isize), &start);
        }
    }
}

#[test]
fn what_can_be_a_view_is_one() {
    let x = counted(&[2, 3, 4]);
    let views = [
        x.flatten(),
        x.squeeze(),
        x.expand_dims([0, -1]),
        x.swap_axes(0, 2),
        x.move_axis(0, 2),
        x.flip([0, 2]),
        x.split(3, 1).remove(2),
        x.chunk(2, -1).remove(1),
        x.i((0, NEW_AXIS, 1)),
        x.i(0).diag(1),
        x.broadcast_to([5, 2, 3, 4]),
    ];
    assert!(views.iter().all(|view| view.array().shares_buffer(&x.array())));
}

#[test]
fn what_composed_operations_give_their_inputs() {
    type Call = fn(&[Tensor]) -> Tensor;
    let calls: [(&str, Call); 14] = [
        ("take_axis", |x| x[0].take_axis(1, &tensor([[2, 0], [2, -1]]))),
        ("mask_select", |x| x[0].mask_select(&tensor([[true, false, true], [false, true, true]]))),
        ("pad constant", |x| x[0].pad(&[(1, 2), (0, 1)], Pad::Constant(2.0))),
        ("pad edge", |x| x[0].pad(&[(1, 2)], Pad::Edge)),
        ("pad reflect", |x| x[0].pad(&[(4, 3)], Pad::Reflect)),
        ("tile", |x| x[0].tile(&[2, 1, 3])),
        ("repeat", |x| x[0].repeat(3, 0)),
        ("roll", |x| x[0].roll(-1, 1)),
        ("stack", |x| Tensor::stack(&[&x[0], &x[0], &(2.0 * &x[0])], 1)),
        ("triu", |x| x[0].triu(1)),
        ("diag", |x| x[0].diag(1) * x[0].i(0).diag(-1).i((3, ..2))),
        ("with mask", |x| x[0].with(&tensor([[true, false, true], [false, true, true]]), x[0].i((0, 0)))),
        ("with along", |x| x[0].with(along(1, [0, 2]), x[0].i((.., 1..)))),
        ("with twice", |x| x[0].with(along(1, [1, 0, 1]), x[0].square())),
    ];
    let x = tensor([[0.3, -1.2, 2.5], [1.1, 0.7, -0.4]]);
    for (name, call) in calls {
        let smooth = |x: &[Tensor]| call(x).square() + call(x);
        let report = autograd::check(smooth, std::slice::from_ref(&x));
        assert!(report.error < 1e-8, "{name}: {report}");
    }
}

#[test]
fn set_changes_a_leaf_for_every_handle_and_not_what_was_recorded() {
    let w = tensor([2.0, 3.0]).attach_grad();
    let y = record(|| w.square().sum());
    let mut handle = w.clone();
    handle.set(0, 100.0);
    assert_eq!(w.to_vec::<f32>(), [100.0, 3.0]);
    assert!(handle.requires_grad());
    y.backward();
    assert_eq!(w.grad().to_vec::<f32>(), [4.0, 6.0]);
    handle.set(&tensor([false, true]), 5.0);
    assert_eq!(w.to_vec::<f32>(), [100.0, 5.0]);
}

#[test]
fn set_writes_in_place_only_what_nobody_else_sees() {
    let mut x = Tensor::zeros([2, 2]);
    let view = x.i(0);
    x.set((0, 0), 1.0);
    assert_eq!(view.to_vec::<f32>(), [0.0, 0.0]);
    drop(view);
    let memory = x.array().buffer::<f32>().as_ptr();
    x.set((1, ..), tensor([3.0, 4.0]));
    assert_eq!(x.array().buffer::<f32>().as_ptr(), memory, "written where it was");
    assert_eq!(x.to_vec::<f32>(), [1.0, 0.0, 3.0, 4.0]);
    // One element that is seen three times becomes three.
    let mut stretched = tensor([7.0]).broadcast_to([3]);
    stretched.set(1, 8.0);
    assert_eq!(stretched.to_vec::<f32>(), [7.0, 8.0, 7.0]);
    // A value that is a view of the same memory is read as it was.
    let reversed = x.flip([0, 1]);
    x.set(.., reversed);
    assert_eq!(x.to_vec::<f32>(), [4.0, 3.0, 0.0, 1.0]);
}

#[test]
fn nothing_that_is_not_selected_is_read() {
    // Chosen, not multiplied by 0: NaN and infinity stay where they are.
    let x = tensor([[f64::NAN, f64::INFINITY], [1.0, f64::NAN]]);
    assert_eq!(x.tril(0).i((0, 1)).item(), 0.0);
    assert_eq!(x.triu(1).to_vec::<f32>()[2..], [0.0, 0.0]);
    let w = x.attach_grad();
    record(|| w.with(&tensor([[true, true], [false, true]]), 2.0).square().sum()).backward();
    assert_eq!(w.grad().to_vec::<f32>(), [0.0, 0.0, 2.0, 0.0]);
    assert_eq!(x.nonzero().to_vec::<i64>(), [0, 0, 0, 1, 1, 0, 1, 1]);
}

#[test]
fn eight_indices_and_eight_axes() {
    let x = counted(&[2; 8]);
    assert_eq!(x.i((0, 1, 0, 1, 0, 1, 0, 1)).item(), (0b0101_0101 + 1) as f64);
    assert_eq!(x.i((1, .., 0, 0, 0, 0, 0, 0)).to_vec::<f64>(), [129.0, 193.0]);
    assert_eq!(x.i((0, NEW_AXIS)).shape(), [1, 2, 2, 2, 2, 2, 2, 2]);
}
