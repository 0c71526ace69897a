//! Any indices take the part that picking positions one by one takes, or are refused.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use ndgrad_tensor::ops::{self, Part};
use ndgrad_tensor::{Index, Shape, Tensor};

#[derive(Arbitrary, Debug)]
enum Pick {
    At(isize),
    Range(Option<isize>, Option<isize>, isize),
    Near(i8),
    NearRange(Option<i8>, Option<i8>, i8),
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
        }
    }
}

/// The positions along an axis that an index takes, with numbers that cannot overflow.
fn positions(index: Index, size: usize) -> Option<Vec<usize>> {
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
    }
}

fuzz_target!(|input: (Vec<u8>, Vec<Pick>)| {
    let sizes: Vec<usize> = input.0.iter().take(4).map(|size| usize::from(size % 6)).collect();
    let shape = Shape::new(&sizes);
    let numbers: Vec<i32> = (0..shape.size() as i32).collect();
    let x = Tensor::from_slice(shape, &numbers);
    let indices: Vec<Index> = input.1.iter().take(6).map(Pick::index).collect();
    let part = ops::try_apply(Part { indices: indices[..].into() }, &[&x]);
    let all = |size: usize| (0..size).collect::<Vec<_>>();
    let picked: Option<Vec<Vec<usize>>> = (indices.len() <= sizes.len())
        .then(|| {
            let pick = |(axis, &size): (usize, &usize)| {
                indices.get(axis).map_or(Some(all(size)), |&index| positions(index, size))
            };
            sizes.iter().enumerate().map(pick).collect()
        })
        .flatten();
    let (part, picked) = match (part, picked) {
        (Ok(part), Some(picked)) => (part, picked),
        (Err(_), None) => return,
        (part, picked) => panic!("{indices:?} of {sizes:?}: {part:?} for {picked:?}"),
    };
    let mut places = vec![0];
    for (&size, positions) in sizes.iter().zip(&picked) {
        let extend = |&place: &usize| positions.iter().map(move |position| place * size + position);
        places = places.iter().flat_map(extend).collect();
    }
    let kept = picked.iter().enumerate().filter(|(axis, _)| !matches!(indices.get(*axis), Some(Index::At(_))));
    let expected: Vec<usize> = kept.map(|(_, positions)| positions.len()).collect();
    assert_eq!(part.shape()[..], expected);
    let expected: Vec<i32> = places.into_iter().map(|place| place as i32).collect();
    assert_eq!(part.to_vec::<i32>(), expected);
});
