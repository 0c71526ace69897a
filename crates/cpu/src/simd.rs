//! Which vector registers the kernels use: chosen when the program runs, so that one build is fast everywhere.

use std::sync::atomic::{AtomicU8, Ordering};

use ndgrad_array::Element;

/// A set of vector instructions that kernels are compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Level {
    /// What every machine of the target has (SSE2 on x86-64, NEON on aarch64).
    Baseline = 1,
    /// x86-64 with AVX2 and fused multiply-add: 256 bits.
    Avx2 = 2,
    /// x86-64 with AVX-512 (F, VL, DQ, BW): 512 bits.
    Avx512 = 3,
}

impl Level {
    /// The levels that this machine has, least first.
    pub fn available() -> Vec<Level> {
        let best = Level::detect();
        [Level::Baseline, Level::Avx2, Level::Avx512].into_iter().filter(|&level| level <= best).collect()
    }

    #[cfg(target_arch = "x86_64")]
    fn detect() -> Level {
        if !(is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")) {
            return Level::Baseline;
        }
        let wide = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512bw");
        if wide { Level::Avx512 } else { Level::Avx2 }
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn detect() -> Level {
        Level::Baseline
    }
}

/// 0 until first asked for.
static LEVEL: AtomicU8 = AtomicU8::new(0);

/// The level in use: the best that the machine has, or a lower one named by the environment variable
/// `NDGRAD_SIMD` (`baseline`, `avx2`, `avx512`).
#[inline]
pub fn level() -> Level {
    match LEVEL.load(Ordering::Relaxed) {
        1 => Level::Baseline,
        2 => Level::Avx2,
        3 => Level::Avx512,
        _ => choose(),
    }
}

#[cold]
fn choose() -> Level {
    let wanted = match std::env::var("NDGRAD_SIMD").as_deref() {
        Ok("baseline") => Level::Baseline,
        Ok("avx2") => Level::Avx2,
        _ => Level::Avx512,
    };
    set_level(wanted)
}

/// Uses this level, or the best below it that the machine has, and returns what is now in use.
/// Results are the same bits at every level.
pub fn set_level(level: Level) -> Level {
    let level = level.min(Level::detect());
    LEVEL.store(level as u8, Ordering::Relaxed);
    level
}

/// Code that is compiled for each of the [`Level`]s.
///
/// `run` must be `#[inline(always)]`, and made of functions that are: one that is called is compiled for the baseline.
/// A closure is a kernel too, but the compiler inlines only a small one.
pub trait Kernel {
    /// What it returns.
    type Output;
    /// The code.
    fn run(self) -> Self::Output;
}

impl<R, F: FnOnce() -> R> Kernel for F {
    type Output = R;

    #[inline(always)]
    fn run(self) -> R {
        self()
    }
}

/// Runs a kernel compiled for the vector registers in use.
#[inline(always)]
pub fn vectorized<K: Kernel>(kernel: K) -> K::Output {
    #[cfg(target_arch = "x86_64")]
    match level() {
        // SAFETY: `set_level` admits a level only after the processor said that it has these instructions.
        Level::Avx512 => return unsafe { avx512(kernel) },
        // SAFETY: as above.
        Level::Avx2 => return unsafe { avx2(kernel) },
        Level::Baseline => {}
    }
    kernel.run()
}

/// [`vectorized`], but for 256 bits at the most: wider registers gain nothing where elements are only moved, or whole.
#[inline(always)]
pub fn vectorized_moderately<K: Kernel>(kernel: K) -> K::Output {
    #[cfg(target_arch = "x86_64")]
    if level() >= Level::Avx2 {
        // SAFETY: `set_level` admits a level only after the processor said that it has these instructions.
        return unsafe { avx2(kernel) };
    }
    kernel.run()
}

/// Runs a loop over elements of `T`, compiled for the vector registers that are worth it for them.
#[inline(always)]
pub fn vectorized_for<T: Element, K: Kernel>(kernel: K) -> K::Output {
    if const { T::DTYPE.is_float() } { vectorized(kernel) } else { vectorized_moderately(kernel) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma")]
fn avx512<K: Kernel>(kernel: K) -> K::Output {
    kernel.run()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn avx2<K: Kernel>(kernel: K) -> K::Output {
    kernel.run()
}

/// Bytes from which on an array may be far from the processor: smaller ones stay near.
pub const LEAST_FAR: usize = 1 << 20;

/// Rows ahead of the one that is copied that are asked from memory. What lies on so many pages no processor foresees.
pub const ROWS_AHEAD: usize = 16;

/// Asks for the first cache lines of a slice, which will be read soon; the processor foresees the others.
#[inline(always)]
pub fn prefetch<T>(elements: &[T]) {
    const MOST: usize = 1024;
    prefetch_all(elements.as_ptr().cast(), size_of_val(elements).min(MOST));
}

/// Asks for so many bytes of memory, if they are there.
#[inline(always)]
pub fn prefetch_all(start: *const u8, bytes: usize) {
    #[cfg(target_arch = "x86_64")]
    for line in (0..bytes).step_by(64) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a hint reads nothing, and none is refused for its address.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(start.wrapping_add(line).cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (start, bytes);
}
