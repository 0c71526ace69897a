//! `Words`: where the formulas of distributions take their random bits from.

use std::array::from_fn;

use super::mxnet::MxNet;
use super::normal::inverse_normal;
use super::philox::Philox;

/// A multiple of 2^-53 in [0, 1) from 64 bits.
#[inline(always)]
pub fn unit(bits: u64) -> f64 {
    // In two halves, each of which fits behind the leading bit of an f64: vector registers of 256 bits cannot
    // convert a u64.
    let high = f64::from((bits >> 43) as u32);
    high * 2f64.powi(-21) + f64::from((bits >> 11) as u32) * 2f64.powi(-53)
}

/// An odd multiple of 2^-53 in (0, 1) from 64 bits.
#[inline(always)]
pub fn open(bits: u64) -> f64 {
    // 52 bits behind the leading 1 of a number in [1, 2).
    f64::from_bits(bits >> 12 | 1f64.to_bits()) - (1.0 - 2f64.powi(-53))
}

/// A source of random words, and the numbers that are made of them.
pub trait Words {
    /// The next 32 bits.
    fn bits32(&mut self) -> u32;

    /// The next 64 bits, low word first.
    fn bits64(&mut self) -> u64 {
        let low = self.bits32();
        joined([low, self.bits32()])
    }

    /// A multiple of 2^-53 in [0, 1).
    fn unit(&mut self) -> f64 {
        unit(self.bits64())
    }

    /// An odd multiple of 2^-53: in (0, 1), so that it has a logarithm and a quantile.
    fn open(&mut self) -> f64 {
        open(self.bits64())
    }

    /// A standard normal number, the quantile of one uniform number: up to 8.2 from 0.
    fn normal(&mut self) -> f64 {
        inverse_normal(self.open())
    }

    /// A whole number below `bound`, all equally likely, without division in most cases (Lemire, "Fast random
    /// integer generation in an interval", ACM TOMACS 29, 2019).
    fn below(&mut self, bound: u64) -> u64 {
        loop {
            let (number, low) = scaled(self.bits64(), bound);
            if low >= bound || low >= bound.wrapping_neg() % bound {
                return number;
            }
        }
    }

    /// What [`below`](Words::below) gives for `bound`, for `bound - 1`, and so on.
    fn falling<const COUNT: usize>(&mut self, bound: u64) -> [u64; COUNT] {
        self.falling_at_hand(bound).unwrap_or_else(|| from_fn(|i| self.below(bound - i as u64)))
    }

    /// [`falling`](Words::falling) at once, from words that are there already and need not be drawn again, if they are.
    fn falling_at_hand<const COUNT: usize>(&mut self, _bound: u64) -> Option<[u64; COUNT]> {
        None
    }
}

/// 64 bits of two words, the low one first.
#[inline]
pub(super) fn joined([low, high]: [u32; 2]) -> u64 {
    u64::from(low) | u64::from(high) << 32
}

/// The whole and the broken part of `bits * bound`, in units of 2^64.
#[inline(always)]
pub(super) fn scaled(bits: u64, bound: u64) -> (u64, u64) {
    let product = u128::from(bits) * u128::from(bound);
    ((product >> 64) as u64, product as u64)
}

/// The words of one element, as many as it needs.
pub enum Source<'a> {
    /// From Philox: words that no other element sees.
    Own(Own),
    /// From MXNet's generator: those that come next.
    MxNet(&'a mut MxNet),
}

impl Words for Source<'_> {
    fn bits32(&mut self) -> u32 {
        match self {
            Source::Own(own) => own.bits32(),
            Source::MxNet(mxnet) => mxnet.bits(),
        }
    }
}

/// A block of four words, and behind it the numbers of a Philox of which the block is seed and stream.
///
/// A formula that rejects needs nobody knows how many words. With a source of its own for each element, element `i`
/// does not depend on how often those before it were rejected.
pub struct Own {
    block: [u32; 4],
    used: usize,
    more: Option<Philox>,
}

impl Own {
    pub fn new(block: [u32; 4]) -> Own {
        Own { block, used: 0, more: None }
    }

    fn bits32(&mut self) -> u32 {
        if let Some(&word) = self.block.get(self.used) {
            self.used += 1;
            return word;
        }
        let [a, b, c, d] = self.block.map(u64::from);
        self.more.get_or_insert_with(|| Philox::new(a | b << 32, c | d << 32)).next()
    }
}
