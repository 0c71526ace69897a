//! `Vector`: one register of numbers, as the inner kernel of `gemm` sees it.

use ndgrad_array::Element;

/// One register of numbers.
///
/// # Safety
/// An implementation's functions may only be called where the processor has its instructions; `load` reads
/// and `store` writes exactly `LEN` elements of the slice that it is given.
pub unsafe trait Vector: Copy {
    /// The type of the numbers.
    type Element: Element;
    /// How many there are.
    const LEN: usize;
    /// The same number everywhere.
    unsafe fn splat(x: Self::Element) -> Self;
    /// The first `LEN` numbers of a slice, which must have that many.
    unsafe fn load(source: &[Self::Element]) -> Self;
    /// Writes the first `LEN` numbers of a slice, which must have that many.
    unsafe fn store(self, target: &mut [Self::Element]);
    /// `self * factor + term`, rounded once.
    unsafe fn mul_add(self, factor: Self, term: Self) -> Self;
    /// `self + other`
    unsafe fn add(self, other: Self) -> Self;
    /// `self - other`
    unsafe fn sub(self, other: Self) -> Self;
    /// `self * other`
    unsafe fn mul(self, other: Self) -> Self;
}

// SAFETY: plain Rust, bounds checked, no special instructions.
unsafe impl<T: Element, const N: usize> Vector for [T; N] {
    type Element = T;
    const LEN: usize = N;

    #[inline(always)]
    unsafe fn splat(x: T) -> Self {
        [x; N]
    }

    #[inline(always)]
    unsafe fn load(source: &[T]) -> Self {
        std::array::from_fn(|i| source[i])
    }

    #[inline(always)]
    unsafe fn store(self, target: &mut [T]) {
        target[..N].copy_from_slice(&self);
    }

    #[inline(always)]
    unsafe fn mul_add(self, factor: Self, term: Self) -> Self {
        std::array::from_fn(|i| self[i].mul_add(factor[i], term[i]))
    }

    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        std::array::from_fn(|i| self[i] + other[i])
    }

    #[inline(always)]
    unsafe fn sub(self, other: Self) -> Self {
        std::array::from_fn(|i| self[i] - other[i])
    }

    #[inline(always)]
    unsafe fn mul(self, other: Self) -> Self {
        std::array::from_fn(|i| self[i] * other[i])
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::Vector;
    use std::arch::x86_64::*;

    macro_rules! vector {
        ($register:ty, $element:ty, $len:literal, $splat:ident, $load:ident, $store:ident, $mul_add:ident, $add:ident, $sub:ident, $mul:ident) => {
            // SAFETY: callers see to the instructions; `load` and `store` check the slice's length, and
            // touch as many elements as the register holds, at any alignment.
            unsafe impl Vector for $register {
                type Element = $element;
                const LEN: usize = $len;

                #[inline(always)]
                unsafe fn splat(x: $element) -> Self {
                    // SAFETY: the caller has seen to the instructions.
                    unsafe { $splat(x) }
                }

                #[inline(always)]
                unsafe fn load(source: &[$element]) -> Self {
                    assert!(source.len() >= $len);
                    // SAFETY: the slice was checked; the caller has seen to the instructions.
                    unsafe { $load(source.as_ptr()) }
                }

                #[inline(always)]
                unsafe fn store(self, target: &mut [$element]) {
                    assert!(target.len() >= $len);
                    // SAFETY: the slice was checked; the caller has seen to the instructions.
                    unsafe { $store(target.as_mut_ptr(), self) }
                }

                #[inline(always)]
                unsafe fn mul_add(self, factor: Self, term: Self) -> Self {
                    // SAFETY: the caller has seen to the instructions.
                    unsafe { $mul_add(self, factor, term) }
                }

                #[inline(always)]
                unsafe fn add(self, other: Self) -> Self {
                    // SAFETY: the caller has seen to the instructions.
                    unsafe { $add(self, other) }
                }

                #[inline(always)]
                unsafe fn sub(self, other: Self) -> Self {
                    // SAFETY: the caller has seen to the instructions.
                    unsafe { $sub(self, other) }
                }

                #[inline(always)]
                unsafe fn mul(self, other: Self) -> Self {
                    // SAFETY: the caller has seen to the instructions.
                    unsafe { $mul(self, other) }
                }
            }
        };
    }

    vector!(
        __m512,
        f32,
        16,
        _mm512_set1_ps,
        _mm512_loadu_ps,
        _mm512_storeu_ps,
        _mm512_fmadd_ps,
        _mm512_add_ps,
        _mm512_sub_ps,
        _mm512_mul_ps
    );
    vector!(
        __m512d,
        f64,
        8,
        _mm512_set1_pd,
        _mm512_loadu_pd,
        _mm512_storeu_pd,
        _mm512_fmadd_pd,
        _mm512_add_pd,
        _mm512_sub_pd,
        _mm512_mul_pd
    );
    vector!(
        __m256,
        f32,
        8,
        _mm256_set1_ps,
        _mm256_loadu_ps,
        _mm256_storeu_ps,
        _mm256_fmadd_ps,
        _mm256_add_ps,
        _mm256_sub_ps,
        _mm256_mul_ps
    );
    vector!(
        __m256d,
        f64,
        4,
        _mm256_set1_pd,
        _mm256_loadu_pd,
        _mm256_storeu_pd,
        _mm256_fmadd_pd,
        _mm256_add_pd,
        _mm256_sub_pd,
        _mm256_mul_pd
    );
}
