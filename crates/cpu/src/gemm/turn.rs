//! Four by four elements whose rows become columns, in registers that every machine has.

use bytemuck::Pod;

/// Exchanges rows and columns.
#[inline(always)]
pub fn turned<T: Pod>(rows: [[T; 4]; 4]) -> [[T; 4]; 4] {
    #[cfg(target_arch = "x86_64")]
    match size_of::<T>() {
        4 => return turned_words(rows),
        8 => return turned_doubles(rows),
        _ => {}
    }
    std::array::from_fn(|i| rows.map(|row| row[i]))
}

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::*;

/// For elements of four bytes.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn turned_words<T: Pod>(rows: [[T; 4]; 4]) -> [[T; 4]; 4] {
    let [a, b, c, d] = rows.map(bytemuck::cast::<[T; 4], __m128i>);
    // SAFETY: every processor of this architecture has SSE2.
    let turned = unsafe {
        let (low, high) = (_mm_unpacklo_epi32(a, b), _mm_unpackhi_epi32(a, b));
        let (other_low, other_high) = (_mm_unpacklo_epi32(c, d), _mm_unpackhi_epi32(c, d));
        [
            _mm_unpacklo_epi64(low, other_low),
            _mm_unpackhi_epi64(low, other_low),
            _mm_unpacklo_epi64(high, other_high),
            _mm_unpackhi_epi64(high, other_high),
        ]
    };
    turned.map(bytemuck::cast)
}

/// For elements of eight bytes, of which a register holds two.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn turned_doubles<T: Pod>(rows: [[T; 4]; 4]) -> [[T; 4]; 4] {
    let [a, b, c, d] = rows.map(bytemuck::cast::<[T; 4], [__m128i; 2]>);
    // SAFETY: every processor of this architecture has SSE2.
    let turned = unsafe {
        [
            [_mm_unpacklo_epi64(a[0], b[0]), _mm_unpacklo_epi64(c[0], d[0])],
            [_mm_unpackhi_epi64(a[0], b[0]), _mm_unpackhi_epi64(c[0], d[0])],
            [_mm_unpacklo_epi64(a[1], b[1]), _mm_unpacklo_epi64(c[1], d[1])],
            [_mm_unpackhi_epi64(a[1], b[1]), _mm_unpackhi_epi64(c[1], d[1])],
        ]
    };
    turned.map(bytemuck::cast)
}
