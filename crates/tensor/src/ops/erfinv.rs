//! `erfinv`: the inverse of the error function.

use ndgrad_array::Scalar;

use super::{Call, Map, Saves};
use crate::Tensor;

/// Elementwise inverse of the error function.
#[derive(Clone, Copy, Debug, Default)]
pub struct Erfinv;

impl Map for Erfinv {
    const NAME: &'static str = "erfinv";
    const DOC: &'static str = "Elementwise inverse of the error function.";
    const SAVES: Saves = Saves::OUTPUT;
    const DOMAIN: [f64; 2] = [-0.8, 0.8];

    /// Wichura's PPND16 for the quantiles of the normal distribution, of which this is the one at (1 + x) / 2, divided
    /// by sqrt 2: quotients of polynomials for the middle, the sides and the tails ("Algorithm AS 241: The Percentage
    /// Points of the Normal Distribution", Applied Statistics 37, 1988).
    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        let size = x.abs();
        let half = S::literal(0.5);
        let square = S::literal(0.180625) - half * size * (half * size);
        let middle = half * size * quotient(&MIDDLE, square);
        let depth = (-(half * (S::ONE - size)).ln()).sqrt();
        let side = quotient(&SIDE, depth - S::literal(1.6));
        let tail = quotient(&TAIL, depth - S::literal(5.0));
        let outer = S::select(S::literal(5.0).less(depth), tail, side);
        let quantile = S::select(S::literal(0.85).less(size), outer, middle);
        let value = S::literal(std::f64::consts::FRAC_1_SQRT_2) * quantile;
        let value = S::select(S::ONE.less(size), S::NAN, value);
        S::select(size.equal(S::ONE), S::HIGHEST, value).copysign(x)
    }

    /// The slope is sqrt(pi) / 2 e^(y^2).
    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        head * (call.output().square().exp() / std::f64::consts::FRAC_2_SQRT_PI)
    }
}

#[inline(always)]
fn quotient<S: Scalar>([over, under]: &[[f64; 8]; 2], at: S) -> S {
    let polynomial = |terms: &[f64; 8]| terms.iter().rev().fold(S::ZERO, |sum, &term| sum * at + S::literal(term));
    polynomial(over) / polynomial(under)
}

const MIDDLE: [[f64; 8]; 2] = [
    [
        3.387_132_872_796_366_5,
        133.141_667_891_784_38,
        1_971.590_950_306_551_3,
        13_731.693_765_509_46,
        45_921.953_931_549_87,
        67_265.770_927_008_7,
        33_430.575_583_588_13,
        2_509.080_928_730_122_7,
    ],
    [
        1.0,
        42.313_330_701_600_91,
        687.187_007_492_057_9,
        5_394.196_021_424_751,
        21_213.794_301_586_597,
        39_307.895_800_092_71,
        28_729.085_735_721_943,
        5_226.495_278_852_854,
    ],
];

const SIDE: [[f64; 8]; 2] = [
    [
        1.423_437_110_749_683_5,
        4.630_337_846_156_546,
        5.769_497_221_460_691,
        3.647_848_324_763_204_5,
        1.270_458_252_452_368_4,
        0.241_780_725_177_450_6,
        0.022_723_844_989_269_184,
        7.745_450_142_783_414e-4,
    ],
    [
        1.0,
        2.053_191_626_637_759,
        1.676_384_830_183_803_8,
        0.689_767_334_985_1,
        0.148_103_976_427_480_08,
        0.015_198_666_563_616_457,
        5.475_938_084_995_345e-4,
        1.050_750_071_644_416_9e-9,
    ],
];

const TAIL: [[f64; 8]; 2] = [
    [
        6.657_904_643_501_103,
        5.463_784_911_164_114,
        1.784_826_539_917_291_3,
        0.296_560_571_828_504_87,
        0.026_532_189_526_576_124,
        0.001_242_660_947_388_078_4,
        2.711_555_568_743_487_6e-5,
        2.010_334_399_292_288_1e-7,
    ],
    [
        1.0,
        0.599_832_206_555_888,
        0.136_929_880_922_735_8,
        0.014_875_361_290_850_615,
        7.868_691_311_456_133e-4,
        1.846_318_317_510_054_8e-5,
        1.421_511_758_316_446e-7,
        2.044_263_103_389_939_8e-15,
    ],
];

impl Tensor {
    /// Elementwise inverse of the error function. Infinite at -1 and 1, NaN beyond.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert!((tensor([0.5]).erfinv().item() - 0.4769363).abs() < 1e-6);
    /// ```
    #[inline]
    #[track_caller]
    pub fn erfinv(&self) -> Tensor {
        Erfinv.apply(self)
    }
}
