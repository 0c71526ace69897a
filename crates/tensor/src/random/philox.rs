//! `Philox`: the counter-based generator Philox 4x32-10.
//!
//! A block of four numbers is a formula of its counter, so many are computed at a time, in vector registers and on
//! several threads, and each is the same as if it were computed alone.

use std::array::from_fn;

use ndgrad_cpu::simd::{Kernel, vectorized};
use ndgrad_cpu::threads::fill_pieces;

use super::words::{Words, joined, scaled};

/// Numbers that are computed at a time: 1 KiB, so that they stay in the nearest cache.
const TILE: usize = 256;
/// What an element costs, in elementwise operations.
const WORK: usize = 4;

/// 2^64 streams per seed, each of 2^66 numbers of 32 bits.
#[derive(Clone, Debug)]
pub struct Philox {
    seed: u64,
    stream: u64,
    /// The number to come.
    position: u64,
    /// The block that it stands in, unless it is the block's first.
    block: [u32; 4],
}

impl Philox {
    pub const fn new(seed: u64, stream: u64) -> Philox {
        Philox { seed, stream, position: 0, block: [0; 4] }
    }

    /// The generator that has drawn `position` numbers.
    pub fn at(seed: u64, stream: u64, position: u64) -> Philox {
        let philox = Philox { position, ..Philox::new(seed, stream) };
        Philox { block: philox.block(position / 4), ..philox }
    }

    pub fn seed(&self) -> u64 {
        self.seed
    }

    pub fn stream(&self) -> u64 {
        self.stream
    }

    pub fn position(&self) -> u64 {
        self.position
    }

    pub fn next(&mut self) -> u32 {
        let place = (self.position % 4) as usize;
        if place == 0 {
            self.block = self.block(self.position / 4);
        }
        self.position = self.position.wrapping_add(1);
        self.block[place]
    }

    /// The next four numbers that begin a block.
    pub fn next_block(&mut self) -> [u32; 4] {
        let counter = self.position.div_ceil(4);
        self.position = counter.wrapping_mul(4).wrapping_add(4);
        self.block(counter)
    }

    /// Fills a slice with a formula of the numbers to come, `K` for each element. The formula must be inlined to be
    /// computed in vector registers; large slices are split over threads.
    #[inline(always)]
    pub fn fill<const K: usize, T: Send>(
        &mut self,
        out: &mut [T],
        formula: impl Fn([u32; K]) -> T + Copy + Sync,
    ) {
        let start = self.position;
        fill_pieces(out, WORK, 1, |element, piece| {
            let position = start.wrapping_add((element * K) as u64);
            vectorized(Fill { philox: self, position, out: piece, formula });
        });
        self.move_to(start.wrapping_add((out.len() * K) as u64));
    }

    /// The blocks from this counter on.
    #[inline(always)]
    fn blocks(&self, counter: u64, words: &mut [u32]) {
        for (i, block) in words.as_chunks_mut().0.iter_mut().enumerate() {
            // Behind the last position comes the first.
            *block = self.block((counter + i as u64) % (1 << 62));
        }
    }

    /// Lends the numbers to come one by one, computed many at a time; what is not taken comes next.
    pub fn ahead<R>(&mut self, body: impl FnOnce(&mut Ahead<'_>) -> R) -> R {
        let start = self.position;
        let mut ahead = Ahead { philox: self, start, words: [0; TILE], taken: TILE };
        let result = body(&mut ahead);
        let position = ahead.position();
        self.move_to(position);
        result
    }

    fn move_to(&mut self, position: u64) {
        *self = Philox::at(self.seed, self.stream, position);
    }

    /// Four numbers from a counter. Constants: Salmon et al., table 2 and section 3.3 of the reference code's paper.
    #[inline(always)]
    fn block(&self, counter: u64) -> [u32; 4] {
        let mut key = [self.seed as u32, (self.seed >> 32) as u32];
        let mut x = [counter as u32, (counter >> 32) as u32, self.stream as u32, (self.stream >> 32) as u32];
        for _ in 0..10 {
            let left = u64::from(x[0]) * 0xD251_1F53;
            let right = u64::from(x[2]) * 0xCD9E_8D57;
            x = [
                (right >> 32) as u32 ^ x[1] ^ key[0],
                right as u32,
                (left >> 32) as u32 ^ x[3] ^ key[1],
                left as u32,
            ];
            key = [key[0].wrapping_add(0x9E37_79B9), key[1].wrapping_add(0xBB67_AE85)];
        }
        x
    }
}

/// Fills a slice with a formula of the numbers from `position` on.
struct Fill<'a, T, F, const K: usize> {
    philox: &'a Philox,
    position: u64,
    out: &'a mut [T],
    formula: F,
}

impl<const K: usize, T, F: Fn([u32; K]) -> T> Kernel for Fill<'_, T, F, K> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Fill { philox, mut position, mut out, formula } = self;
        let mut words = [0; TILE];
        while !out.is_empty() {
            // A tile begins with a block, an element anywhere in it.
            let skipped = (position % 4) as usize;
            let count = out.len().min((TILE - skipped) / K);
            let end = skipped + count * K;
            philox.blocks(position / 4, &mut words[..end.next_multiple_of(4)]);
            let (piece, rest) = out.split_at_mut(count);
            for (out, &words) in piece.iter_mut().zip(words[skipped..end].as_chunks().0) {
                *out = formula(words);
            }
            out = rest;
            position = position.wrapping_add((count * K) as u64);
        }
    }
}

/// [`Philox::ahead`]
pub struct Ahead<'a> {
    philox: &'a Philox,
    /// The position of the first of `words`.
    start: u64,
    words: [u32; TILE],
    taken: usize,
}

impl Ahead<'_> {
    fn position(&self) -> u64 {
        if self.taken == TILE { self.start } else { self.start.wrapping_add(self.taken as u64) }
    }
}

impl Ahead<'_> {
    /// Computes the next words.
    #[cold]
    #[inline(never)]
    fn refill(&mut self) {
        let (philox, position, out) = (self.philox, self.start, &mut self.words[..]);
        vectorized(Fill { philox, position, out, formula: |[word]: [u32; 1]| word });
        self.taken = 0;
    }

    /// The next `COUNT` pairs, if they are computed already.
    #[inline]
    fn pairs<const COUNT: usize>(&self) -> Option<&[[u32; 2]; COUNT]> {
        self.words.get(self.taken..)?.as_chunks().0.first_chunk()
    }

    /// Passes over words that are computed.
    #[inline]
    fn pass(&mut self, count: usize) {
        self.taken += count;
        if self.taken == TILE {
            self.start = self.start.wrapping_add(TILE as u64);
        }
    }
}

impl Words for Ahead<'_> {
    #[inline]
    fn bits32(&mut self) -> u32 {
        if self.taken == TILE {
            self.refill();
        }
        let word = self.words[self.taken];
        self.pass(1);
        word
    }

    #[inline]
    fn bits64(&mut self) -> u64 {
        if let Some(&[pair]) = self.pairs() {
            self.pass(2);
            return joined(pair);
        }
        let low = self.bits32();
        joined([low, self.bits32()])
    }

    #[inline]
    fn falling_at_hand<const COUNT: usize>(&mut self, bound: u64) -> Option<[u64; COUNT]> {
        if self.taken == TILE {
            self.refill();
        }
        let pairs = self.pairs::<COUNT>()?;
        let scaled: [(u64, u64); COUNT] = from_fn(|i| scaled(joined(pairs[i]), bound - i as u64));
        // Those that may have to be drawn again hardly ever come.
        if scaled.iter().any(|&(_, low)| low < bound) {
            return None;
        }
        self.pass(2 * COUNT);
        Some(scaled.map(|(number, _)| number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_in_order_however_they_are_taken() {
        for start in [0, 1, 2, 3, 250, u64::MAX - 300] {
            let mut one_by_one = Philox::at(7, 1, start);
            let expected: Vec<u32> = (0..3000).map(|_| one_by_one.next()).collect();
            let mut philox = Philox::at(7, 1, start);
            let mut words = [0; 601];
            philox.fill(&mut words, |[word]| word);
            let mut pairs = [[0; 2]; 401];
            philox.fill(&mut pairs, |pair| pair);
            let taken: Vec<u32> = philox.ahead(|words| (0..700).map(|_| words.bits32()).collect());
            let some: Vec<u32> = philox.ahead(|words| (0..TILE).map(|_| words.bits32()).collect());
            let last: Vec<u32> = (0..641).map(|_| philox.next()).collect();
            assert_eq!(
                [&words[..], pairs.as_flattened(), &taken, &some, &last].concat(),
                expected,
                "{start}"
            );
        }
    }

    /// The known answers for 4x32-10 that the authors' Random123 library ships.
    #[test]
    fn blocks_are_the_known_answers() {
        let block = |seed, stream, counter| Philox::new(seed, stream).block(counter);
        assert_eq!(block(0, 0, 0), [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
        assert_eq!(block(u64::MAX, u64::MAX, u64::MAX), [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]);
        assert_eq!(
            block(0x299f31d0_a4093822, 0x03707344_13198a2e, 0x85a308d3_243f6a88),
            [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1]
        );
    }
}
