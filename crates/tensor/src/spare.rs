//! Spare tensors: those that nobody needs any more, kept with the memory of their elements for the next ones.
//!
//! A training step makes tensors of a few elements, twenty or a hundred of them, and drops as many. To make one of a spare
//! one is to write down its shape.

use std::cell::RefCell;

use ndgrad_array::{Array, DType, Device, Retire, Shape, Shared, Spec};

use crate::tensor::{History, Inner};

/// Bytes of a cache line, in which memory comes.
const LINE: usize = 64;

/// Lines of elements in the largest tensors that are kept.
const MOST_LINES: usize = 4;

/// How many a thread keeps of each size.
const MOST: usize = 256;

thread_local! {
    /// By their lines less one.
    static SPARE: RefCell<[Vec<Shared<Inner>>; MOST_LINES]> = const { RefCell::new([const { Vec::new() }; MOST_LINES]) };
}

/// How many tensors this thread keeps.
pub(crate) fn count() -> usize {
    SPARE.try_with(|spare| spare.borrow().iter().map(Vec::len).sum()).unwrap_or(0)
}

/// Elements to be written, in a tensor without history.
#[inline(never)]
pub(crate) fn room(shape: &Shape, dtype: DType, device: Device) -> Shared<Inner> {
    let shelf = (shape.size() * dtype.size()).saturating_sub(1) / LINE;
    let spare = SPARE.try_with(|spare| spare.borrow_mut().get_mut(shelf).and_then(Vec::pop));
    let Ok(Some(mut spare)) = spare else { return new(Spec { shape: *shape, dtype, device }) };
    if let Some(Inner { array, .. }) = spare.get_mut() {
        array.renew(shape, dtype, device);
    }
    spare
}

#[cold]
fn new(spec: Spec) -> Shared<Inner> {
    Shared::with(|| Inner { array: Array::new(spec), history: History::None })
}

/// Apart, as most have none.
#[inline(never)]
fn forget(history: &mut History) {
    *history = History::None;
}

impl Retire for Inner {
    #[inline(never)]
    fn retire(mut last: Shared<Inner>) {
        let Some(Inner { array, history }) = last.get_mut() else { return };
        if !matches!(history, History::None) {
            forget(history);
        }
        let lines = array.bytes_held() / LINE;
        if array.is_unique() && lines <= MOST_LINES {
            // At the end of a thread nothing is kept.
            let _ = SPARE.try_with(|spare| {
                let shelf = &mut spare.borrow_mut()[lines - 1];
                if shelf.len() < MOST {
                    shelf.push(last);
                }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tensor;

    fn place(x: &Tensor) -> usize {
        x.elements().bytes().as_ptr().addr()
    }

    #[test]
    fn the_next_tensor_of_its_size_gets_the_memory() {
        let (x, zeros) = (Tensor::ones([3, 4]), Tensor::zeros([7]));
        let (kept, first) = (count(), place(&x));
        drop(x);
        assert_eq!(count(), kept + 1);
        let y = &zeros + 1.0;
        assert_eq!((count(), place(&y) == first), (kept, true));
        assert_eq!((y.shape().to_vec(), y.to_vec::<f32>()), (vec![7], vec![1.0; 7]));
    }

    #[test]
    fn what_others_share_or_is_large_is_not_kept() {
        let (x, large) = (Tensor::ones([4]) + 1.0, Tensor::ones([1000]) + 1.0);
        let kept = count();
        let view = x.reshape([2, 2]);
        drop((x, large));
        assert_eq!(count(), kept);
        assert_eq!(view.to_vec::<f32>(), [2.0; 4]);
    }

    #[test]
    fn a_thread_keeps_only_so_many() {
        let tensors: Vec<Tensor> = (0..2 * MOST).map(|_| Tensor::ones([2]) + 1.0).collect();
        drop(tensors);
        assert_eq!(count(), MOST);
    }
}
