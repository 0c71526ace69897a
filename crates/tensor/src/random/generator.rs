//! `Generator`: where random numbers come from.

use ndgrad_array::{Array, Device, Element, Item, Shape, Spec};

use ndgrad_cpu::simd::prefetch;

use super::mxnet::MxNet;
use super::normal::normal_single;
use super::philox::Philox;
use super::words::{Own, Source, Words};
use crate::Tensor;
use crate::compile::{is_tracing, trace};

/// A source of random numbers, started from a seed.
///
/// # What a number depends on
///
/// The default generator, [`Generator::philox`], numbers its words of 32 bits; word `i` depends on the seed and `i`
/// alone. The fixed-cost distributions use one word per element (`uniform` and `normal` of f32) or two (all of f64,
/// `log_normal`, `exponential`, `truncated_normal`, `bernoulli`, `categorical`). The others, which reject and draw
/// again (`integers`, `gamma`, `beta`, `poisson`), use one block of four words per element, from the next multiple of
/// four on; an element that needs more draws from a generator of its own, of which the block is the seed. So
/// element `i` never depends on the elements before it, and drawing in pieces is drawing at once.
///
/// # State
///
/// A generator prints as one line of text and is read back from it, in the middle of its numbers:
///
/// ```
/// use ndgrad_tensor::random::Generator;
/// let mut generator = Generator::philox(7);
/// generator.normal([10]);
/// let saved = generator.to_string();
/// assert_eq!(saved, "philox seed=7 stream=0 position=10");
/// let mut restored: Generator = saved.parse()?;
/// assert_eq!(restored.bits64(), generator.bits64());
/// # Ok::<(), ndgrad_tensor::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Generator(pub(super) Kind);

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Philox(Philox),
    // Its state is 2.5 kB.
    MxNet(Box<MxNet>),
}

impl Generator {
    /// The default: Philox 4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3",
    /// SC'11). Number `i` depends on the seed and on `i` alone.
    pub const fn philox(seed: u64) -> Generator {
        Generator(Kind::Philox(Philox::new(seed, 0)))
    }

    /// The numbers that MXNet 1 draws on its first processor after `mx.random.seed(seed)`, bit for bit.
    pub fn mxnet(seed: u32) -> Generator {
        Generator(Kind::MxNet(Box::new(MxNet::new(seed))))
    }

    /// A generator that is independent of this one and of those with another key, and fixed by this one's seed:
    /// drawing from either does not move the other. Parts of a program that draw in an order of their own (the
    /// shuffling of a loader, say) have one each.
    ///
    /// ```
    /// use ndgrad_tensor::random::Generator;
    /// let mut generator = Generator::philox(7);
    /// let before = generator.stream(1).permutation(5);
    /// generator.uniform([100]);
    /// assert_eq!(generator.stream(1).permutation(5), before);
    /// assert_ne!(generator.stream(2).permutation(5), before);
    /// ```
    pub fn stream(&self, key: u64) -> Generator {
        // Stream 0 is the generator's own.
        Generator(Kind::Philox(Philox::new(self.seed(), key.wrapping_add(1))))
    }

    /// The seed that it was started from.
    ///
    /// ```
    /// use ndgrad_tensor::random::Generator;
    /// assert_eq!(Generator::philox(7).stream(3).seed(), 7);
    /// ```
    pub fn seed(&self) -> u64 {
        match &self.0 {
            Kind::Philox(philox) => philox.seed(),
            Kind::MxNet(mxnet) => mxnet.seed().into(),
        }
    }

    /// Numbers of f32 evenly spread over [0, 1): multiples of 2^-24 (of 2^-32, rounded, from MXNet's generator,
    /// where 1 is possible).
    #[track_caller]
    pub fn uniform(&mut self, shape: impl Into<Shape>) -> Tensor {
        self.uniforms(
            shape.into(),
            #[inline(always)]
            |unit| unit,
        )
    }

    /// Standard normal numbers of f32. From Philox, each is the quantile of one uniform number (32 bits, so up to
    /// 6.3 from 0); from MXNet's generator, it is the polar method (Marsaglia and Bray, SIAM Review 6, 1964).
    #[track_caller]
    pub fn normal(&mut self, shape: impl Into<Shape>) -> Tensor {
        self.normals(
            shape.into(),
            #[inline(always)]
            |z| z,
        )
    }

    /// Refuses to draw what a compiled function would not draw again at its next call.
    #[inline]
    #[track_caller]
    fn check_is_replayed(&self) {
        if is_tracing() {
            trace::refuse_to_replay(
                "random",
                "draw from the thread's default generator by random::normal and its kin, which is done at each call, or \
                 draw outside and give the function what was drawn",
            );
        }
    }

    /// What becomes of the numbers of [`Generator::uniform`].
    #[inline(always)]
    #[track_caller]
    pub(super) fn uniforms(&mut self, shape: Shape, then: impl Fn(f32) -> f32 + Copy + Sync) -> Tensor {
        self.check_is_replayed();
        filled(shape, |out| match &mut self.0 {
            Kind::Philox(philox) => {
                // 24 bits are an i32, which vector registers convert.
                philox.fill(
                    out,
                    #[inline(always)]
                    |[bits]| then((bits >> 8) as i32 as f32 * 2f32.powi(-24)),
                );
            }
            Kind::MxNet(mxnet) => out.fill_with(|| then(mxnet.uniform())),
        })
    }

    /// What becomes of the numbers of [`Generator::normal`].
    #[inline(always)]
    #[track_caller]
    pub(super) fn normals(&mut self, shape: Shape, then: impl Fn(f32) -> f32 + Copy + Sync) -> Tensor {
        self.check_is_replayed();
        filled(shape, |out| match &mut self.0 {
            Kind::Philox(philox) => philox.fill(
                out,
                #[inline(always)]
                |[bits]| then(normal_single(bits)),
            ),
            Kind::MxNet(mxnet) => {
                mxnet.normal(out);
                out.iter_mut().for_each(|z| *z = then(*z));
            }
        })
    }

    /// A formula of two words, 64 bits with the low ones first, for each element.
    #[inline(always)]
    #[track_caller]
    pub(super) fn formula<T: Element>(
        &mut self,
        shape: Shape,
        formula: impl Fn(u64) -> T + Copy + Sync,
    ) -> Tensor {
        self.check_is_replayed();
        filled(shape, |out| match &mut self.0 {
            Kind::Philox(philox) => {
                philox.fill(
                    out,
                    #[inline(always)]
                    |[low, high]| formula(u64::from(low) | u64::from(high) << 32),
                );
            }
            Kind::MxNet(mxnet) => out.fill_with(|| formula(Source::MxNet(mxnet).bits64())),
        })
    }

    /// The numbers from 0 to `count - 1` in random order, all orders equally likely (Durstenfeld's shuffle,
    /// Communications of the ACM 7, 1964).
    #[track_caller]
    pub fn permutation(&mut self, count: usize) -> Vec<usize> {
        self.check_is_replayed();
        match &mut self.0 {
            Kind::Philox(philox) => philox.ahead(|words| permutation(count, words)),
            Kind::MxNet(mxnet) => permutation(count, &mut Source::MxNet(mxnet)),
        }
    }

    /// 32 random bits.
    ///
    /// ```
    /// use ndgrad_tensor::random::Generator;
    /// // The first word of the known answer that the authors of Philox publish.
    /// assert_eq!(Generator::philox(0).bits32(), 0x6627_e8d5);
    /// assert_eq!(Generator::philox(0).bits64(), 0xe169_c58d_6627_e8d5);
    /// ```
    #[track_caller]
    pub fn bits32(&mut self) -> u32 {
        self.check_is_replayed();
        match &mut self.0 {
            Kind::Philox(philox) => philox.next(),
            Kind::MxNet(mxnet) => mxnet.bits(),
        }
    }

    /// 64 random bits: two times 32, the low ones first.
    #[track_caller]
    pub fn bits64(&mut self) -> u64 {
        Words::bits64(self)
    }

    /// The words for one element of a formula that rejects.
    #[track_caller]
    pub(super) fn source(&mut self) -> Source<'_> {
        self.check_is_replayed();
        match &mut self.0 {
            Kind::Philox(philox) => Source::Own(Own::new(philox.next_block())),
            Kind::MxNet(mxnet) => Source::MxNet(mxnet),
        }
    }

    /// Draws element after element.
    #[track_caller]
    pub(super) fn draws<T: Item>(
        &mut self,
        shape: Shape,
        mut draw: impl FnMut(&mut Generator) -> T,
    ) -> Tensor {
        self.check_is_replayed();
        let numbers: Vec<T> = (0..shape.size()).map(|_| draw(self)).collect();
        Tensor::from_slice(shape, &numbers)
    }
}

/// A tensor whose elements `fill` computes in place.
#[inline(always)]
fn filled<T: Element>(shape: Shape, fill: impl FnOnce(&mut [T])) -> Tensor {
    let mut array = Array::new(Spec { shape, dtype: T::DTYPE, device: Device::cpu() });
    fill(array.as_mut_slice());
    Tensor::from_array(array)
}

/// Fisher and Yates's shuffle (D. E. Knuth, The Art of Computer Programming, volume 2, algorithm P). Partners are drawn some
/// exchanges ahead, and asked from memory, which a large order does not fit the nearest cache of.
fn permutation(count: usize, words: &mut impl Words) -> Vec<usize> {
    const AHEAD: usize = 16;
    let mut order: Vec<usize> = (0..count).collect();
    let mut end = count;
    while end > AHEAD {
        let order = &mut order[..end];
        let partners = words.falling::<AHEAD>(end as u64);
        for &partner in &partners {
            prefetch(&order[partner as usize..][..1]);
        }
        for (i, &partner) in partners.iter().enumerate() {
            order.swap(end - 1 - i, partner as usize);
        }
        end -= AHEAD;
    }
    for last in (1..end).rev() {
        order.swap(last, words.below(last as u64 + 1) as usize);
    }
    order
}

impl Words for Generator {
    fn bits32(&mut self) -> u32 {
        Generator::bits32(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The largest distance between an empirical and a given distribution function, times the root of the count
    /// (Kolmogorov). Above 1.95 in one of a thousand samples.
    fn kolmogorov(mut sample: Vec<f32>, distribution: impl Fn(f64) -> f64) -> f64 {
        sample.sort_by(f32::total_cmp);
        let count = sample.len() as f64;
        let distance = |(i, &x): (usize, &f32)| {
            let expected = distribution(x.into());
            (expected - i as f64 / count).abs().max((expected - (i + 1) as f64 / count).abs())
        };
        sample.iter().enumerate().map(distance).fold(0.0, f64::max) * count.sqrt()
    }

    fn normal_distribution(x: f64) -> f64 {
        0.5 * libm::erfc(-x / std::f64::consts::SQRT_2)
    }

    #[test]
    fn draws_follow_their_distributions() {
        for mut generator in [Generator::philox(1), Generator::mxnet(1), Generator::philox(1).stream(3)] {
            assert!(kolmogorov(generator.uniform([100_000]).to_vec(), |x| x) < 1.95);
            assert!(kolmogorov(generator.normal([100_000]).to_vec(), normal_distribution) < 1.95);
        }
    }

    /// Computed anew with Philox and the shuffle written in Python 3.11, and quantiles by SciPy 1.17's `ndtri`:
    /// 1.2279077, 1.2518334, 0.21656406, from which a normal number of f32 may be a few units off.
    #[test]
    fn the_numbers_are_pinned() {
        let mut generator = Generator::philox(1);
        assert_eq!(generator.normal([3]).to_vec::<f32>(), [1.2279077, 1.2518333, 0.21656403]);
        assert_eq!(generator.uniform([3]).to_vec::<f32>(), [0.71126807, 0.67199826, 0.8741119]);
        assert_eq!(generator.permutation(6), [1, 4, 0, 5, 2, 3]);
    }

    #[test]
    fn drawing_in_pieces_is_drawing_at_once() {
        let whole = Generator::philox(9).normal([103]).to_vec::<f32>();
        let mut generator = Generator::philox(9);
        let pieces = [1, 2, 0, 97, 3].map(|count| generator.normal([count]).to_vec::<f32>());
        assert_eq!(pieces.concat(), whole);
    }

    #[test]
    fn permutations_hold_every_number_once_and_are_evenly_spread() {
        let mut generator = Generator::philox(5);
        let mut counts = [[0u32; 4]; 4];
        for _ in 0..24_000 {
            let order = generator.permutation(4);
            order.iter().enumerate().for_each(|(place, &number)| counts[place][number] += 1);
            let mut sorted = order;
            sorted.sort();
            assert_eq!(sorted, [0, 1, 2, 3]);
        }
        // Each count is binomial with mean 6000 and deviation 67; 5 deviations.
        assert!(counts.iter().flatten().all(|&count| count.abs_diff(6000) < 335), "{counts:?}");
    }
}
