//! `Generator`: where random numbers come from.

use ndgrad_array::Shape;

use super::mxnet::MxNet;
use super::normal::inverse_normal;
use super::philox::Philox;
use crate::Tensor;

/// A source of random numbers, started from a seed.
#[derive(Clone, Debug)]
pub struct Generator(Kind);

#[derive(Clone, Debug)]
enum Kind {
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
        let seed = match &self.0 {
            Kind::Philox(philox) => philox.seed(),
            Kind::MxNet(mxnet) => mxnet.seed().into(),
        };
        // Stream 0 is the generator's own.
        Generator(Kind::Philox(Philox::new(seed, key.wrapping_add(1))))
    }

    /// Numbers of f32 evenly spread over [0, 1): multiples of 2^-24 (of 2^-32, rounded, from MXNet's generator,
    /// where 1 is possible).
    pub fn uniform(&mut self, shape: impl Into<Shape>) -> Tensor {
        let shape = shape.into();
        let mut numbers = vec![0.0f32; shape.size()];
        match &mut self.0 {
            Kind::Philox(philox) => philox.fill(&mut numbers, |bits| (bits >> 8) as f32 * 2f32.powi(-24)),
            Kind::MxNet(mxnet) => numbers.fill_with(|| mxnet.uniform()),
        }
        Tensor::from_slice(shape, &numbers)
    }

    /// Standard normal numbers of f32. From Philox, each is the quantile of one uniform number (32 bits, so up to
    /// 6.3 from 0); from MXNet's generator, it is the polar method (Marsaglia and Bray, SIAM Review 6, 1964).
    pub fn normal(&mut self, shape: impl Into<Shape>) -> Tensor {
        let shape = shape.into();
        let mut numbers = vec![0.0f32; shape.size()];
        match &mut self.0 {
            Kind::Philox(philox) => philox.fill(&mut numbers, |bits| {
                // The middle of the bits' interval, so that neither 0 nor 1 occurs.
                inverse_normal((f64::from(bits) + 0.5) * 2f64.powi(-32)) as f32
            }),
            Kind::MxNet(mxnet) => mxnet.normal(&mut numbers),
        }
        Tensor::from_slice(shape, &numbers)
    }

    /// The numbers from 0 to `count - 1` in random order, all orders equally likely (Durstenfeld's shuffle,
    /// Communications of the ACM 7, 1964).
    pub fn permutation(&mut self, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..count).collect();
        for i in (1..count).rev() {
            order.swap(i, self.below(i as u64 + 1) as usize);
        }
        order
    }

    /// A whole number below `bound`, all equally likely, without division in most cases (Lemire, "Fast random
    /// integer generation in an interval", ACM TOMACS 29, 2019).
    fn below(&mut self, bound: u64) -> u64 {
        loop {
            let product = u128::from(self.bits64()) * u128::from(bound);
            let low = product as u64;
            if low >= bound || low >= bound.wrapping_neg() % bound {
                return (product >> 64) as u64;
            }
        }
    }

    fn bits64(&mut self) -> u64 {
        let mut word = || match &mut self.0 {
            Kind::Philox(philox) => philox.next(),
            Kind::MxNet(mxnet) => mxnet.bits(),
        };
        u64::from(word()) | u64::from(word()) << 32
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

    /// Computed anew with Philox and the shuffle written in Python 3.11, and quantiles by SciPy 1.17's `ndtri`.
    #[test]
    fn the_numbers_are_pinned() {
        let mut generator = Generator::philox(1);
        assert_eq!(generator.normal([3]).to_vec::<f32>(), [1.2279077, 1.2518334, 0.21656406]);
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
