//! Any indices take the part that picking positions one by one takes, or are refused.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use ndgrad_tensor::ops::{self, Part};
use ndgrad_tensor::{ELLIPSIS, Index, MAX_RANK, NEW_AXIS, Shape, Tensor};

#[derive(Arbitrary, Debug)]
enum Pick {
    At(isize),
    Range(Option<isize>, Option<isize>, isize),
    Near(i8),
    NearRange(Option<i8>, Option<i8>, i8),
    Ellipsis,
    NewAxis,
}

impl Pick {
    fn index(&self) -> Index {
        match *self {
            Pick::At(position) => Index::At(position),
            Pick::Range(start, end, step) => Index::Range { start, end, step },
            Pick::Near(position) => Index::At(position.into()),
            Pick::NearRange(start, end, step) => {
                Index::Range { start: start.map(Into::into), end: end.map(Into::into), step: step.into() }
            }
            Pick::Ellipsis => ELLIPSIS,
            Pick::NewAxis => NEW_AXIS,
        }
    }
}

/// The positions along an axis that an index takes, with numbers that cannot overflow.
fn positions(index: Index, size: usize) -> Option<Vec<usize>> {
    let all = 0..size;
    let size = size as i128;
    let from_start = |at: isize| if at < 0 { at as i128 + size } else { at as i128 };
    match index {
        Index::At(at) => (0..size).contains(&from_start(at)).then(|| vec![from_start(at) as usize]),
        Index::Range { start, end, step } => {
            let (start, end) = (start.map_or(0, from_start), end.map_or(size, from_start));
            if step == 0 || start < 0 || end > size || start > end {
                return None;
            }
            let all: Vec<usize> = (start..end).map(|at| at as usize).collect();
            let stride = step.unsigned_abs();
            Some(match step > 0 {
                true => all.into_iter().step_by(stride).collect(),
                false => all.into_iter().rev().step_by(stride).collect(),
            })
        }
        Index::Ellipsis | Index::NewAxis => Some(all.collect()),
    }
}

/// One index for every axis, with a new axis where one is to come: the ellipsis written out, at the end if there is
/// none.
fn spelled_out(indices: &[Index], rank: usize) -> Option<Vec<Index>> {
    let is_dots = |index: &&Index| **index == ELLIPSIS;
    let named = indices.iter().filter(|index| !is_dots(index) && **index != NEW_AXIS).count();
    let dots = indices.iter().filter(is_dots).count();
    let rest = vec![Index::ALL; rank.checked_sub(named)?];
    let at = indices.iter().position(|index| *index == ELLIPSIS).unwrap_or(indices.len());
    let behind = indices.get(at + 1..).unwrap_or_default();
    (dots <= 1).then(|| [&indices[..at], &rest, behind].concat())
}

/// The result's shape and which elements, in order, it holds: the positions along each axis multiplied out.
fn picked(indices: &[Index], sizes: &[usize]) -> Option<(Vec<usize>, Vec<i32>)> {
    let (mut axes, mut shape, mut places) = (sizes.iter(), Vec::new(), vec![0]);
    for index in spelled_out(indices, sizes.len())? {
        if index == NEW_AXIS {
            shape.push(1);
            continue;
        }
        let size = *axes.next().expect("one index for every axis");
        let positions = positions(index, size)?;
        if !matches!(index, Index::At(_)) {
            shape.push(positions.len());
        }
        let extend = |&place: &usize| positions.iter().map(move |position| place * size + position);
        places = places.iter().flat_map(extend).collect();
    }
    let places = places.into_iter().map(|place| place as i32).collect();
    (shape.len() <= MAX_RANK).then_some((shape, places))
}

fuzz_target!(|input: (Vec<u8>, Vec<Pick>)| {
    let sizes: Vec<usize> = input.0.iter().take(4).map(|size| usize::from(size % 6)).collect();
    let shape = Shape::new(&sizes);
    let numbers: Vec<i32> = (0..shape.size() as i32).collect();
    let x = Tensor::from_slice(shape, &numbers);
    let indices: Vec<Index> = input.1.iter().take(10).map(Pick::index).collect();
    let part = ops::try_apply(Part { indices: indices[..].into() }, &[&x]);
    match (part, picked(&indices, &sizes)) {
        (Ok(part), Some((shape, numbers))) => {
            assert_eq!(part.shape()[..], shape);
            assert_eq!(part.to_vec::<i32>(), numbers);
        }
        (Err(_), None) => {}
        (part, picked) => panic!("{indices:?} of {sizes:?}: {part:?} for {picked:?}"),
    }
});
