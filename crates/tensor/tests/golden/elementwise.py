"""Writes elementwise.txt beside this file: values and slopes of the elementwise operations.

Finite points come from mpmath, rounded once from 60 digits (800 for angles); slopes are written out by hand and
checked against numerical derivatives. At infinities, NaN and zeros of either sign the value is that of NumPy, SciPy
or JAX, which also confirm the definitions at moderate points.

Needs numpy, scipy, mpmath and jax.
"""

import math
import os

import jax
import mpmath
import numpy
import scipy
import scipy.special
from mpmath import mp, mpf

jax.config.update("jax_enable_x64", True)
mp.dps = 60
SEED = 7
nn = jax.nn


def sigmoid(x):
    return 1 / (1 + mp.exp(-x)) if x > 0 else mp.exp(x) / (1 + mp.exp(x))


def erfc(x):
    return mp.erfc(x) if abs(x) < 60 else mpf(0 if x > 0 else 2)  # mpmath fails where it is nothing


def normal(x):
    return erfc(-x / mp.sqrt(2)) / 2


def density(x):
    return mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi)


def softplus(x):
    return mp.log1p(mp.exp(x)) if x < 0 else x + mp.log1p(mp.exp(-x))


def mish_slope(x):
    tanh = mp.tanh(softplus(x))
    return tanh + x * sigmoid(x) / mp.cosh(softplus(x)) ** 2


def slanted(x):
    return 2 * mp.sqrt(2 / mp.pi) * (x + mpf(0.044715) * x**3)


def gelu_tanh_slope(x):
    s, complement = sigmoid(slanted(x)), sigmoid(-slanted(x))
    return s + x * s * complement * 2 * mp.sqrt(2 / mp.pi) * (1 + 3 * mpf(0.044715) * x**2)


def gamma(x):
    return mp.gamma(x) if x < 200 else mp.inf


def erfinv(x):
    if abs(x) >= 1:
        return mp.nan
    if abs(x) < mpf(10) ** -20:
        return x * mp.sqrt(mp.pi) / 2
    return mp.findroot(lambda y: mp.erf(y) - x, scipy.special.erfinv(float(x)))


SELU_ALPHA, SELU_SCALE = mpf(1.6732632423543772), mpf(1.0507009873554805)


def elu(x, alpha):
    return x if x > 0 else alpha * mp.expm1(x)


def elu_slope(x, alpha):
    return 1 if x > 0 else alpha * mp.exp(x)


def clipped(x, low, high):
    return min(max(x, mpf(low)), mpf(high))


# name: value, slope, a program that is not mpmath
MAPS = {
    "reciprocal": (lambda x: 1 / x, lambda x: -1 / x**2, lambda x: 1 / x),
    "sqrt": (mp.sqrt, lambda x: 1 / (2 * mp.sqrt(x)), numpy.sqrt),
    "rsqrt": (lambda x: 1 / mp.sqrt(x), lambda x: -1 / (2 * x * mp.sqrt(x)), lambda x: 1 / numpy.sqrt(x)),
    "cbrt": (
        lambda x: mp.sign(x) * mp.cbrt(abs(x)),
        lambda x: 1 / (3 * mp.cbrt(abs(x)) ** 2),
        numpy.cbrt,
    ),
    "exp": (mp.exp, mp.exp, numpy.exp),
    "exp2": (lambda x: mpf(2) ** x, lambda x: mp.log(2) * mpf(2) ** x, numpy.exp2),
    "expm1": (mp.expm1, mp.exp, numpy.expm1),
    "log": (mp.log, lambda x: 1 / x, numpy.log),
    "log2": (lambda x: mp.log(x) / mp.log(2), lambda x: 1 / (x * mp.log(2)), numpy.log2),
    "log10": (mp.log10, lambda x: 1 / (x * mp.log(10)), numpy.log10),
    "log1p": (mp.log1p, lambda x: 1 / (1 + x), numpy.log1p),
    "sin": (mp.sin, mp.cos, numpy.sin),
    "cos": (mp.cos, lambda x: -mp.sin(x), numpy.cos),
    "tan": (mp.tan, lambda x: 1 + mp.tan(x) ** 2, numpy.tan),
    "asin": (mp.asin, lambda x: 1 / mp.sqrt(1 - x * x), numpy.arcsin),
    "acos": (mp.acos, lambda x: -1 / mp.sqrt(1 - x * x), numpy.arccos),
    "atan": (mp.atan, lambda x: 1 / (1 + x * x), numpy.arctan),
    "sinh": (mp.sinh, mp.cosh, numpy.sinh),
    "cosh": (mp.cosh, mp.sinh, numpy.cosh),
    "tanh": (mp.tanh, lambda x: 1 / mp.cosh(x) ** 2, numpy.tanh),
    "asinh": (
        lambda x: mp.asinh(x) if abs(x) < 1e9 else mp.sign(x) * mp.log(2 * abs(x)) + 1 / (4 * x * x),
        lambda x: 1 / mp.sqrt(x * x + 1),
        numpy.arcsinh,
    ),
    "acosh": (mp.acosh, lambda x: 1 / mp.sqrt(x * x - 1), numpy.arccosh),
    "atanh": (mp.atanh, lambda x: 1 / (1 - x * x), numpy.arctanh),
    "sigmoid": (sigmoid, lambda x: sigmoid(x) * sigmoid(-x), scipy.special.expit),
    "log_sigmoid": (lambda x: -softplus(-x), lambda x: sigmoid(-x), nn.log_sigmoid),
    "softplus": (softplus, sigmoid, nn.softplus),
    "softsign": (lambda x: x / (1 + abs(x)), lambda x: 1 / (1 + abs(x)) ** 2, None),
    "relu": (lambda x: max(x, mpf(0)), lambda x: 1 if x > 0 else 0, nn.relu),
    "leaky_relu": (
        lambda x: x if x > 0 else mpf(0.1) * x,
        lambda x: 1 if x > 0 else mpf(0.1),
        lambda x: nn.leaky_relu(x, 0.1),
    ),
    "elu": (lambda x: elu(x, mpf(1.3)), lambda x: elu_slope(x, mpf(1.3)), lambda x: nn.elu(x, 1.3)),
    "selu": (
        lambda x: SELU_SCALE * elu(x, SELU_ALPHA),
        lambda x: SELU_SCALE * elu_slope(x, SELU_ALPHA),
        nn.selu,
    ),
    "gelu": (lambda x: x * normal(x), lambda x: normal(x) + x * density(x), lambda x: nn.gelu(x, False)),
    "gelu_tanh": (lambda x: x * sigmoid(slanted(x)), gelu_tanh_slope, lambda x: nn.gelu(x, True)),
    "silu": (lambda x: x * sigmoid(x), lambda x: sigmoid(x) * (1 + x * sigmoid(-x)), nn.silu),
    "mish": (lambda x: x * mp.tanh(softplus(x)), mish_slope, nn.mish),
    "hard_sigmoid": (
        lambda x: clipped(x + 3, 0, 6) / 6,
        lambda x: mpf(1) / 6 if -3 <= x <= 3 else 0,
        nn.hard_sigmoid,
    ),
    "hard_swish": (
        lambda x: x * clipped(x + 3, 0, 6) / 6,
        lambda x: (2 * x + 3) / 6 if -3 <= x <= 3 else int(x > 0),
        nn.hard_swish,
    ),
    "erf": (lambda x: 1 - erfc(x) if abs(x) > 1 else mp.erf(x), lambda x: 2 / mp.sqrt(mp.pi) * mp.exp(-x * x), scipy.special.erf),
    "erfc": (erfc, lambda x: -2 / mp.sqrt(mp.pi) * mp.exp(-x * x), scipy.special.erfc),
    "erfinv": (erfinv, lambda x: mp.sqrt(mp.pi) / 2 * mp.exp(erfinv(x) ** 2), scipy.special.erfinv),
    "gamma": (gamma, lambda x: gamma(x) * mp.digamma(x), scipy.special.gamma),
    "lgamma": (lambda x: mp.log(abs(mp.gamma(x))), mp.digamma, scipy.special.gammaln),
    "digamma": (mp.digamma, lambda x: mp.psi(1, x), scipy.special.digamma),
    "polygamma_1": (lambda x: mp.psi(1, x), lambda x: mp.psi(2, x), lambda x: scipy.special.polygamma(1, x)),
    "polygamma_2": (lambda x: mp.psi(2, x), lambda x: mp.psi(3, x), None),
    "polygamma_5": (lambda x: mp.psi(5, x), lambda x: mp.psi(6, x), lambda x: scipy.special.polygamma(5, x)),
    "floor": (mp.floor, lambda x: 0, numpy.floor),
    "ceil": (mp.ceil, lambda x: 0, numpy.ceil),
    "round": (mp.nint, lambda x: 0, numpy.round),
    "trunc": (lambda x: mp.sign(x) * mp.floor(abs(x)), lambda x: 0, numpy.trunc),
    "clip": (
        lambda x: clipped(x, -1.5, 2),
        lambda x: 1 if -1.5 <= x <= 2 else 0,
        lambda x: numpy.clip(x, -1.5, 2),
    ),
}


def hypot_slope(x, length):
    return x / length if length else mpf(0)


ZIPS = {
    "rem": (
        lambda x, y: x - y * mp.floor(x / y),
        lambda x, y: 1,
        lambda x, y: -mp.floor(x / y),
        numpy.remainder,
    ),
    "pow": (
        lambda x, y: x**y,
        lambda x, y: y * x ** (y - 1) if y else 0,
        lambda x, y: x**y * mp.log(x) if x > 0 else (mp.nan if x < 0 else 0),
        numpy.power,
    ),
    "maximum": (max, lambda x, y: int(x >= y), lambda x, y: int(x < y), numpy.maximum),
    "minimum": (min, lambda x, y: int(x <= y), lambda x, y: int(x > y), numpy.minimum),
    "hypot": (
        mp.hypot,
        lambda x, y: hypot_slope(x, mp.hypot(x, y)),
        lambda x, y: hypot_slope(y, mp.hypot(x, y)),
        numpy.hypot,
    ),
    "atan2": (
        mp.atan2,
        lambda x, y: hypot_slope(y / (mp.hypot(x, y) or 1), mp.hypot(x, y)),
        lambda x, y: -hypot_slope(x / (mp.hypot(x, y) or 1), mp.hypot(x, y)),
        numpy.arctan2,
    ),
}

ANGLES = ["sin", "cos", "tan", "asinh", "acosh", "rem"]
# Where the other program gives NaN though there is a limit; where SciPy is not C; where there is none.
LIMITS = {(name, -math.inf): 0.0 for name in ("gelu", "gelu_tanh", "silu", "mish", "hard_swish")}
LIMITS |= {("lgamma", -math.inf): math.inf}
LIMITS |= {(name, -math.inf): math.nan for name in ("polygamma_1", "polygamma_5")}
SPECIAL = [0.0, -0.0, math.inf, -math.inf, math.nan]


def grid():
    """Magnitudes that f32 has, but for those beyond its range; both signs; and random ones."""
    sizes = [1e-30, 1e-8, 0.001, 0.1, 0.25, 0.5, 0.75, 0.875, 0.9999, 1, 1.001, 1.25, 1.5, 2, 2.5, 3, 4.5]
    sizes += [6, 8, 11, 16.25, 26, 33.3, 50, 88, 104, 171, 700, 745, 1e5, 3e15, 1e38]
    sizes = [float(numpy.float32(size)) for size in sizes] + [3e-310, 1e-300, 1e40, 1e300]
    random = numpy.random.default_rng(SEED).normal(size=16, scale=3).astype(numpy.float32)
    return [sign * size for size in sizes for sign in (1, -1)] + [float(x) for x in random]


def wanted(name, x):
    """mpmath takes minutes for gamma functions of large numbers."""
    return abs(x) < 200 or not any(kin in name for kin in ("gamma", "erfinv"))


def at(function, *points):
    """The value, nan where it is none among the real numbers, None where mpmath cannot say."""
    try:
        value = function(*(mpf(point) for point in points))
    except (ValueError, ZeroDivisionError):
        return math.nan
    if isinstance(value, mpmath.mpc):
        return float(value.real) if value.imag == 0 else math.nan
    return float(value)


def confirm(name, function, slope, other, points):
    """Definitions against another program, slopes against numerical derivatives, where both are well-behaved."""
    for x in points:
        value = at(function, x)
        if not 1e-3 < abs(x) < 8 or not math.isfinite(value):
            continue
        if other:
            assert math.isclose(value, float(other(x)), rel_tol=1e-9, abs_tol=1e-12), (name, x)
        if 2 * x == round(2 * x):  # kinks, steps and the ends of domains
            continue
        derivative = float(mpmath.diff(function, mpf(x)).real)
        assert math.isclose(at(slope, x), derivative, rel_tol=1e-9, abs_tol=1e-12), (name, x, derivative)


def main():
    numpy.seterr(all="ignore")
    lines = [
        f"# mpmath {mpmath.__version__}, numpy {numpy.__version__}, scipy {scipy.__version__}, jax {jax.__version__}",
        f"# elementwise.py, seed {SEED}. One input: x value slope. Two: x y value slope slope. - is not asked for.",
    ]
    for name, (function, slope, other) in MAPS.items():
        mp.dps = 800 if name in ANGLES else 60
        lines.append(f"= {name}")
        confirm(name, function, slope, other, [x for x in grid() if wanted(name, x)])
        for x in (x for x in grid() if wanted(name, x)):
            value, steep = at(function, x), at(slope, x)
            if math.isnan(value) and other:  # a pole, or outside
                value, steep = float(other(numpy.float64(x))), math.nan
            lines.append(f"{x!r} {value!r} {'-' if math.isnan(steep) else repr(steep)}")
        if other:
            values = [(x, LIMITS.get((name, x), float(other(numpy.float64(x))))) for x in SPECIAL]
            lines += [f"{x!r} {value!r} -" for x, value in values]
    for name, (function, left, right, other) in ZIPS.items():
        mp.dps = 800 if name in ANGLES else 60
        lines.append(f"= {name}")
        random = numpy.random.default_rng(SEED).normal(size=(24, 2), scale=3).astype(numpy.float32)
        sizes = [0.5, 1.0, 2.0, 3.0, -0.5, -1.0, -2.0, -3.0]
        pairs = [(x, y) for x in sizes for y in sizes] + [(float(x), float(y)) for x, y in random]
        pairs += [(1e-30, 2.0), (1e30, 1.5), (-1e30, 1.5), (1e200, 1e200), (-1e-200, 3e-200), (3e-310, 4e-310)]
        if name == "pow":
            pairs += [(0.0, 1.0), (0.0, 2.0), (0.0, 3.0), (1.000001, 1e6), (10.0, 300.0), (10.0, -320.0)]
            pairs.remove((3e-310, 4e-310))  # the slope's power overflows
        for x, y in pairs:
            value = at(function, x, y)
            slopes = [at(left, x, y), at(right, x, y)]
            slopes = [repr(slope) if not math.isnan(value) else "-" for slope in slopes]
            lines.append(f"{x!r} {y!r} {value!r} {' '.join(slopes)}")
        edges = SPECIAL + [1.0, -1.0, 2.5]
        lines += [f"{x!r} {y!r} {float(other(x, y))!r} - -" for x in edges for y in edges if not (x in edges[5:] and y in edges[5:])]
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "elementwise.txt")
    with open(path, "w") as file:
        file.write("\n".join(lines) + "\n")


main()
