"""Prints the coefficients of `normal_single` in src/random/normal.rs, and how near they come.

    python normal_quantile.py

The quantile of the standard normal distribution at (1 + u) / 2, divided by u, is a smooth function of
w = -ln(1 - u^2). It is fitted by a quotient of polynomials: least squares of the linearized problem at Chebyshev's
points, with weights that grow where the error is largest (Lawson), until the largest error is nearly the least.

Needs mpmath and scipy.
"""

import mpmath
import scipy.special
from mpmath import mp, mpf

mp.dps = 50
# -ln(1 - u^2) at the outermost u, 1 - 2^-32, and a little more.
LARGEST = mpf(22)
ABOVE, BELOW, POINTS = 6, 5, 120


def quantile_per_u(w):
    u = mp.sqrt(-mp.expm1(-w))
    tail = mp.exp(-w) / (1 + u)
    x = mpf(float(scipy.special.erfcinv(float(tail))))
    for _ in range(4):
        x += (mp.erfc(x) - tail) * mp.sqrt(mp.pi) / 2 * mp.exp(x * x)
    return mp.sqrt(2) * x / u


def main():
    points = [LARGEST / 2 * (1 + mp.cos(mp.pi * (2 * i + 1) / (2 * POINTS))) for i in range(POINTS)]
    values = [quantile_per_u(w) for w in points]
    scale, emphasis, best = [mpf(1)] * POINTS, [mpf(1)] * POINTS, None
    for _ in range(40):
        matrix, right = mp.matrix(POINTS, ABOVE + BELOW + 1), mp.matrix(POINTS, 1)
        for i, (w, y) in enumerate(zip(points, values)):
            weight = scale[i] * mp.sqrt(emphasis[i])
            for j in range(ABOVE + 1):
                matrix[i, j] = weight * w**j
            for j in range(1, BELOW + 1):
                matrix[i, ABOVE + j] = -weight * y * w**j
            right[i] = weight * y
        solution = mp.qr_solve(matrix, right)[0]
        above = [solution[j] for j in range(ABOVE + 1)]
        below = [mpf(1)] + [solution[ABOVE + j] for j in range(1, BELOW + 1)]
        divisors = [mp.polyval(below[::-1], w) for w in points]
        errors = [abs(mp.polyval(above[::-1], w) / d / y - 1) for w, d, y in zip(points, divisors, values)]
        if best is None or max(errors) < best[0]:
            best = max(errors), above, below
        scale = [1 / (y * d) for y, d in zip(values, divisors)]
        total = mp.fsum(e * old for e, old in zip(errors, emphasis)) / POINTS
        emphasis = [e * old / total for e, old in zip(errors, emphasis)]
    print(f"// mpmath {mpmath.__version__}, SciPy {scipy.__version__}; within 2^{float(mp.log(best[0], 2)):.1f}")
    print([float(c) for c in best[1]])
    print([float(c) for c in best[2]])


main()
