"""Prints the polynomials of crates/array/src/math, and how near each comes to its function.

    python coefficients.py

Each is the Chebyshev interpolation of its function, computed in 60 digits, rounded once to f64 (f32, if its name says
single): within a small factor of the best polynomial of its degree. The name is that of the constant in the Rust code;
lowest power first.
"""

import struct

import mpmath
from mpmath import mp, mpf

mp.dps = 60


def series(value, terms):
    """A function of z near 0, where the closed form would be 0 / 0, from the terms of its power series."""
    return lambda z: value(z) if abs(z) > mpf(10) ** -6 else mp.fsum(terms(n) * z**n for n in range(12))


def root(z):
    """The square root; imaginary below 0, where a fit to 0 may look."""
    return mp.sqrt(z)


def exponential(r):
    return (mp.expm1(r) - r) / r**2


def power_of_two(r):
    return mp.expm1(r * mp.log(2)) / r


def sine(z):
    return (mp.sin(root(z)) - root(z)) / root(z) ** 3


def cosine(z):
    return (mp.cos(root(z)) - 1 + z / 2) / z**2


def hyperbolic_sine(z):
    return (mp.sinh(root(z)) - root(z)) / root(z) ** 3


def logarithm(z):
    return (2 * mp.atanh(root(z)) / root(z) - 2) / z


def arctangent(z):
    return (mp.atan(root(z)) / root(z) - 1) / z


def error_exponent(x):
    return -mp.log(mp.erfc(x)) / x if x > mpf(10) ** -25 else 2 / mp.sqrt(mp.pi)


def scaled_complement(centre):
    """erfc(x) e^(x^2) (x + centre), as a function of t = 1 / (x + centre)."""
    return lambda t: mp.erfc(1 / t - centre) * mp.exp((1 / t - centre) ** 2) / t


def complete(z):
    return mp.re(z)


HALF = mpf(1) / 2
HALF_LN2 = mp.log(2) / 2 * (1 + mpf(2) ** -20)
SINGLE_LN2 = mp.log(2) / 2 * (1 + mpf(2) ** -15)
LARGEST_S = ((mp.sqrt(2) - 1) / (mp.sqrt(2) + 1)) ** 2 * (1 + mpf(2) ** -20)
QUARTER = (mp.pi / 4) ** 2 * (1 + mpf(2) ** -20)

# name: function, interval, number of coefficients
FITS = {
    "EXP2_SHORT": (series(power_of_two, lambda n: mp.log(2) ** (n + 1) / mp.factorial(n + 1)), (-HALF, HALF), 7),
    "EXP": (series(exponential, lambda n: 1 / mp.factorial(n + 2)), (-HALF_LN2, HALF_LN2), 11),
    "EXP_SINGLE": (series(exponential, lambda n: 1 / mp.factorial(n + 2)), (-SINGLE_LN2, SINGLE_LN2), 6),
    "LN_SHORT": (series(logarithm, lambda n: mpf(2) / (2 * n + 3)), (0, LARGEST_S), 5),
    "LN": (series(logarithm, lambda n: mpf(2) / (2 * n + 3)), (0, LARGEST_S), 7),
    "SIN_SHORT": (series(sine, lambda n: (-1) ** (n + 1) / mp.factorial(2 * n + 3)), (0, QUARTER), 4),
    "COS_SHORT": (series(cosine, lambda n: (-1) ** n / mp.factorial(2 * n + 4)), (0, QUARTER), 3),
    "SINH": (series(hyperbolic_sine, lambda n: 1 / mp.factorial(2 * n + 3)), (0, 1), 7),
    "ATAN_SHORT": (series(arctangent, lambda n: mpf((-1) ** (n + 1)) / (2 * n + 3)), (0, 1), 12),
    "ERF_SHORT": (error_exponent, (0, 4), 14),
    "ERFC_SHORT": (scaled_complement(mpf(2)), (1 / mpf(13), 1 / mpf(2)), 12),
}


def single(x):
    """The shortest decimal number that is nearest to the same f32."""
    bits = struct.pack("f", x)
    return next(text for digits in range(1, 10) if struct.pack("f", float(text := f"{float(x):.{digits}g}")) == bits)


def main():
    print(f"// mpmath {mpmath.__version__}")
    for name, (function, (low, high), count) in FITS.items():
        coefficients, error = mp.chebyfit(lambda x: complete(function(x)), [low, high], count, error=True)
        print(f"// {name}: within 2^{float(mp.log(error, 2)):.1f}")
        dtype, text = ("f32", single) if name.endswith("SINGLE") else ("f64", lambda x: repr(float(x)))
        print(f"const {name}: [{dtype}; {count}] = [")
        for coefficient in reversed(coefficients):
            print(f"    {text(coefficient)},")
        print("];")


if __name__ == "__main__":
    main()
