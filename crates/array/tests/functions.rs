//! How near the functions of `Scalar` are to the exact ones: those of f64 to numbers by mpmath (golden/functions.py), those
//! of f32 to the `libm` crate's functions of f64 over all of f32, and what holds at zeros, infinities and NaN.

use ndgrad_array::Scalar;

/// The distance of neighbours in the binade of `x`, for numbers with so many digits and so small an exponent.
fn unit(x: f64, digits: i32, least: i32) -> f64 {
    let exponent = if x == 0.0 { least } else { libm::ilogb(x) };
    libm::scalbn(1.0, (exponent - digits).max(least))
}

/// The numbers of one function in the golden file.
fn golden(name: &str) -> Vec<[f64; 3]> {
    let header = format!("= {name}");
    let lines = include_str!("golden/functions.txt").lines().skip_while(|line| **line != header).skip(1);
    let numbers = lines.take_while(|line| !line.starts_with('=')).map(|line| {
        let mut words = line.split(' ').map(|word| word.parse().expect(word));
        std::array::from_fn(|_| words.next().expect("three numbers"))
    });
    numbers.collect()
}

/// A name, the function and its bound.
type Function<T> = (&'static str, fn(T) -> T, f64);

/// What is further off than its bound, in units in the last place.
#[test]
fn functions_of_f64_are_within_their_bounds() {
    let functions: [Function<f64>; 11] = [
        ("exp", Scalar::exp, 0.6),
        ("exp2", Scalar::exp2, 0.6),
        ("exp_m1", Scalar::exp_m1, 0.8),
        ("ln", Scalar::ln, 0.9),
        ("log2", Scalar::log2, 0.6),
        ("log10", Scalar::log10, 0.6),
        ("ln_1p", Scalar::ln_1p, 0.9),
        ("sinh", Scalar::sinh, 0.9),
        ("cosh", Scalar::cosh, 0.7),
        ("tanh", Scalar::tanh, 1.0),
        ("normal_cdf", Scalar::normal_cdf, 3.0),
    ];
    let mut failed = Vec::new();
    for (name, function, bound) in functions {
        let points = golden(name);
        assert!(points.len() > 400, "{name} has numbers");
        let error = |&[x, high, lost]: &[f64; 3]| {
            let got = function(x);
            (((got - high) / unit(high, 52, -1074) - lost).abs(), x)
        };
        let (error, x) = points.iter().map(error).fold((0.0, 0.0), |a, b| if b.0 > a.0 { b } else { a });
        println!("{name}: {error:.3} at {x:e}");
        if error > bound || error.is_nan() {
            failed.push(format!("{name}({x:e}) = {:e} is off by {error:.3}", function(x)));
        }
    }
    assert!(failed.is_empty(), "\n{}", failed.join("\n"));
}

/// The error of a value of f32 in units in the last place; infinite where one is NaN or infinite and the other not.
fn error(got: f32, exact: f64) -> f64 {
    let got_wide = f64::from(got);
    if got.is_nan() && exact.is_nan()
        || got_wide == exact
        || got.is_infinite() && f64::from(exact as f32) == got_wide
    {
        return 0.0;
    }
    let error = (got_wide - exact).abs() / unit(exact, 23, -149);
    if error.is_nan() { f64::INFINITY } else { error }
}

#[test]
fn functions_of_f32_are_within_their_bounds() {
    type Functions = (&'static str, fn(f32) -> f32, fn(f64) -> f64, f64);
    let functions: [Functions; 27] = [
        ("exp", Scalar::exp, libm::exp, 0.78),
        ("exp, normal", |x| Scalar::exp(x.max(-87.3)), |x| libm::exp(x.max((-87.3f32).into())), 0.73),
        ("exp2", Scalar::exp2, libm::exp2, 0.503),
        ("exp_m1", Scalar::exp_m1, libm::expm1, 0.51),
        ("ln", Scalar::ln, libm::log, 0.501),
        ("log2", Scalar::log2, libm::log2, 0.501),
        ("log10", Scalar::log10, libm::log10, 0.501),
        ("ln_1p", Scalar::ln_1p, libm::log1p, 0.501),
        ("sin", Scalar::sin, libm::sin, 0.52),
        ("cos", Scalar::cos, libm::cos, 0.52),
        ("tan", Scalar::tan, libm::tan, 0.54),
        ("asin", Scalar::asin, libm::asin, 0.51),
        ("acos", Scalar::acos, libm::acos, 0.51),
        ("atan", Scalar::atan, libm::atan, 0.51),
        ("atan2", |x| Scalar::atan2(x, 0.7), |x| libm::atan2(x, 0.7f32.into()), 0.51),
        ("sinh", Scalar::sinh, libm::sinh, 0.51),
        ("cosh", Scalar::cosh, libm::cosh, 0.503),
        ("tanh", Scalar::tanh, libm::tanh, 0.51),
        ("asinh", Scalar::asinh, libm::asinh, 0.501),
        ("acosh", Scalar::acosh, |x| if x < 1.0 { f64::NAN } else { libm::acosh(x) }, 0.501),
        ("atanh", Scalar::atanh, libm::atanh, 0.501),
        ("cbrt", Scalar::cbrt, libm::cbrt, 0.503),
        ("erf", Scalar::erf, libm::erf, 0.52),
        ("erfc", Scalar::erfc, libm::erfc, 0.51),
        ("normal_cdf", Scalar::normal_cdf, Scalar::normal_cdf, 0.51),
        ("pow", |x| x.pow(2.3), |x| libm::pow(x, 2.3f32.into()), 0.51),
        ("power of", |x| 0.7f32.pow(x), |x| libm::pow(0.7f32.into(), x), 0.51),
    ];
    let mut failed = Vec::new();
    for (name, function, exact, bound) in functions {
        let mut worst = (0.0, 0.0);
        // A prime step over all bit patterns; the ends of the exponents are among the tests of special values.
        for bits in (0..u32::MAX).step_by(3989) {
            let x = f32::from_bits(bits);
            let error = error(function(x), exact(x.into()));
            if error > worst.0 {
                worst = (error, x);
            }
        }
        println!("{name}: {:.4} at {:e}", worst.0, worst.1);
        if worst.0 > bound {
            failed.push(format!("{name}({:e}) = {:e} is off by {:.4}", worst.1, function(worst.1), worst.0));
        }
    }
    assert!(failed.is_empty(), "\n{}", failed.join("\n"));
}

/// Zeros, infinities, NaN, the least and the largest numbers, and where results begin to overflow or underflow.
macro_rules! specials {
    ($float:ident, $digits:expr, $least:expr, $ends:expr, $($name:ident $exact:expr),*) => {{
        let (infinity, largest, normal, least) =
            ($float::INFINITY, $float::MAX, $float::MIN_POSITIVE, $float::from_bits(1));
        let sizes = [0.0, infinity, $float::NAN, largest, normal, normal.next_down(), least, 1.0, 0.5, 3.0, 1e-5, 1e20];
        let ends: Vec<$float> = $ends.iter().flat_map(|&x: &$float| [x.next_down(), x, x.next_up()]).collect();
        let points: Vec<$float> = sizes.iter().chain(&ends).flat_map(|&x| [x, -x]).collect();
        let mut failed = Vec::new();
        $(for &x in &points {
            let (got, exact): ($float, $float) = (<$float as Scalar>::$name(x), $exact(x));
            let near = || f64::from(got - exact).abs() <= unit(exact.into(), $digits, $least);
            let same = match () {
                () if exact.is_nan() => got.is_nan(),
                () if exact == 0.0 || exact.is_infinite() => got.to_bits() == exact.to_bits(),
                () => near(),
            };
            if !same {
                failed.push(format!("{}({x:e}) = {got:e}, not {exact:e}", stringify!($name)));
            }
        })*
        failed
    }};
}

#[test]
fn special_values_are_those_of_libm() {
    let near_zero = |x: f32| f64::from(x);
    let mut failed = specials!(
        f32, 23, -149,
        [88.72284, -87.33655, -103.97208, -103.27893, 128.0, -126.0, -149.0, -150.0, 89.41599, 9.0, 10.05, 10.06, 1.0,
         14.17, 1e38, 2.2037e38, 5e-39],
        exp libm::expf, exp2 |x| libm::exp2(near_zero(x)) as f32, exp_m1 libm::expm1f, ln libm::logf, log2 libm::log2f,
        log10 libm::log10f, ln_1p libm::log1pf, sin libm::sinf, cos libm::cosf, tan libm::tanf, asin libm::asinf,
        acos libm::acosf, atan libm::atanf, sinh |x| libm::sinh(near_zero(x)) as f32,
        cosh |x| libm::cosh(near_zero(x)) as f32, tanh |x| libm::tanh(near_zero(x)) as f32, asinh libm::asinhf,
        acosh |x| if x < 1.0 { f32::NAN } else { libm::acoshf(x) }, atanh libm::atanhf, cbrt libm::cbrtf,
        erf libm::erff, erfc |x| libm::erfc(near_zero(x)) as f32
    );
    failed.extend(specials!(
        f64, 52, -1074,
        [709.782712893384, -708.3964185322641, -745.1332191019411, -745.1332191019412, 1024.0, -1022.0, -1074.0,
         -1075.0, 710.4758600739439, 22.0, 1.0, -37.0, 5e-309],
        exp libm::exp, exp2 libm::exp2, exp_m1 libm::expm1, ln libm::log, log2 libm::log2, log10 libm::log10,
        ln_1p libm::log1p, sinh libm::sinh, cosh libm::cosh, tanh libm::tanh
    ));
    assert!(failed.is_empty(), "\n{}", failed.join("\n"));
}

#[test]
fn two_numbers_of_every_kind() {
    let (infinity, nan) = (f32::INFINITY, f32::NAN);
    let sizes = [0.0, 1.0, 0.5, 2.0, 3.0, 2.5, 16_777_215.0, 3e38, 1e-45, infinity, nan];
    let points: Vec<f32> = sizes.iter().flat_map(|&x| [x, -x]).collect();
    let mut failed = Vec::new();
    for &x in &points {
        for &y in &points {
            let [a, b] = [x, y].map(f64::from);
            for (name, got, exact) in [
                ("pow", Scalar::pow(x, y), libm::pow(a, b) as f32),
                ("atan2", Scalar::atan2(x, y), libm::atan2(a, b) as f32),
                ("hypot", Scalar::hypot(x, y), libm::hypot(a, b) as f32),
            ] {
                if !(exact.is_nan() && got.is_nan() || exact.to_bits() == got.to_bits()) {
                    failed.push(format!("{name}({x:e}, {y:e}) = {got:e}, not {exact:e}"));
                }
            }
        }
    }
    assert!(failed.is_empty(), "\n{}", failed.join("\n"));
}

/// Whatever the exponent, and next to multiples of a quarter of a turn.
#[test]
fn angles_of_every_size_are_reduced() {
    for exponent in 0..128 {
        for mantissa in (0..1 << 23).step_by(65_521) {
            let x = f32::from_bits((127 + exponent) << 23 | mantissa);
            // The nearest f32 to a multiple of pi / 2 hereabouts.
            let quarter = std::f64::consts::FRAC_PI_2;
            let near = ((f64::from(x) / quarter).round() * quarter) as f32;
            for x in [x, near] {
                assert!(error(Scalar::sin(x), libm::sin(x.into())) < 0.52, "{x:e}");
                assert!(error(Scalar::cos(x), libm::cos(x.into())) < 0.52, "{x:e}");
            }
        }
    }
    // Of all f32, the nearest to a multiple of pi / 2 (Muller and others, table 11.3 has such a list for f64).
    let x = 16_367_173.0 * 2f32.powi(72);
    assert!(error(Scalar::cos(x), libm::cos(x.into())) < 0.6, "{:e}", Scalar::cos(x));
}
