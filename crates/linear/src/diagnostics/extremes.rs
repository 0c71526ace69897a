//! `Extremes`: the few of many that have the largest keys.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// Keeps what comes with the largest keys; of equal ones, what came first.
#[derive(Clone, Debug)]
pub(crate) struct Extremes<T> {
    most: usize,
    heap: BinaryHeap<Reverse<Entry<T>>>,
}

#[derive(Clone, Debug)]
struct Entry<T> {
    key: f64,
    /// Earlier is larger.
    place: Reverse<u64>,
    value: T,
}

impl<T> Extremes<T> {
    pub fn new(most: usize) -> Self {
        Extremes { most, heap: BinaryHeap::new() }
    }

    /// Whether a key would be kept.
    pub fn wants(&self, key: f64) -> bool {
        self.heap.len() < self.most
            || self.heap.peek().is_some_and(|Reverse(least)| key.total_cmp(&least.key).is_gt())
    }

    pub fn offer(&mut self, key: f64, place: u64, value: T) {
        if self.wants(key) {
            self.heap.push(Reverse(Entry { key, place: Reverse(place), value }));
            if self.heap.len() > self.most {
                self.heap.pop();
            }
        }
    }

    /// Those with the largest keys first.
    pub fn into_sorted(self) -> Vec<T> {
        self.heap.into_sorted_vec().into_iter().map(|Reverse(entry)| entry.value).collect()
    }
}

impl<T> Ord for Entry<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key.total_cmp(&other.key).then(self.place.cmp(&other.place))
    }
}

impl<T> PartialOrd for Entry<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> PartialEq for Entry<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<T> Eq for Entry<T> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_are_kept_in_order() {
        let mut extremes = Extremes::new(3);
        for (place, key) in [3.0, 9.0, 1.0, 9.0, 4.0, 0.5].into_iter().enumerate() {
            extremes.offer(key, place as u64, place);
        }
        assert_eq!(extremes.into_sorted(), [1, 3, 4]);
        assert!(!Extremes::<()>::new(0).wants(1.0));
    }
}
