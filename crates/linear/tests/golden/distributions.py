"""Writes distributions.txt beside this file: densities, both tails and quantiles of the distributions of statistics.

Numbers come from mpmath 1.4.1 with 350 digits; SciPy 1.17.1 confirms the definitions to 1e-8 (it has no more for t near 0) where it does not underflow.
A line is: name, parameters, x, density, cdf, survival function. Quantiles are tested by inverting these.
"""

import os

import mpmath
import scipy.stats
from mpmath import mp, mpf

mp.dps = 350


def normal(x):
    return mp.npdf(x), mp.ncdf(x), mp.erfc(x / mp.sqrt(2)) / 2


def beta_tails(a, b, x, y):
    """Both tails of the beta distribution, each summed by itself."""

    def tail(a, b, x, y):
        # x^a y^b / (a B(a, b)) 2F1(a + b, 1; a + 1; x), all terms above 0
        front = mp.exp(a * mp.log(x) + b * mp.log(y) + mp.loggamma(a + b) - mp.loggamma(a) - mp.loggamma(b)) / a
        term, total, k = mpf(1), mpf(1), 0
        while term > total * mpf(10) ** -345:
            term *= x * (a + b + k) / (a + 1 + k)
            total += term
            k += 1
        return front * total

    # the series converges where its argument is small; the digits are enough for what is left beside 1
    if x < y:
        below = tail(a, b, x, y)
        return below, 1 - below
    above = tail(b, a, y, x)
    return 1 - above, above


def student(x, v):
    density = mp.gamma((v + 1) / 2) / mp.gamma(v / 2) / mp.sqrt(v * mp.pi) * (1 + x * x / v) ** (-(v + 1) / 2)
    if x == 0:
        return density, mpf(1) / 2, mpf(1) / 2
    inside = x * x / (x * x + v)
    within, outside = beta_tails(mpf(1) / 2, v / 2, inside, 1 - inside)
    body, tail = mpf(1) / 2 + within / 2, outside / 2
    return (density, body, tail) if x > 0 else (density, tail, body)


def fisher(x, m, n):
    a, b = m / 2, n / 2
    density = mp.exp(
        a * mp.log(m / n) + (a - 1) * mp.log(x) - (a + b) * mp.log(1 + m / n * x)
        + mp.loggamma(a + b) - mp.loggamma(a) - mp.loggamma(b)
    )
    share = m * x / (m * x + n)
    return (density, *beta_tails(a, b, share, 1 - share))


def chi_squared(x, k):
    a, h = k / 2, x / 2
    density = mp.exp((a - 1) * mp.log(h) - h - mp.loggamma(a)) / 2
    term, total, j = 1 / a, 1 / a, 0
    while term > total * mpf(10) ** -345:
        j += 1
        term *= h / (a + j)
        total += term
    below = mp.exp(a * mp.log(h) - h - mp.loggamma(a)) * total
    return density, below, 1 - below


CASES = {
    "normal": (normal, [()], [-37, -20, -8, -3, -1.5, -0.25, 0, 1e-10, 0.5, 1, 1.96, 4, 10, 30]),
    "t": (
        student,
        [(1,), (2,), (3.5,), (10,), (30,), (99,), (1000,), (999990,)],
        [-40, -6, -2, -0.01, 0, 1e-8, 0.5, 1, 1.96, 3, 5, 12, 35],
    ),
    "f": (
        fisher,
        [(1, 5), (2, 10), (3, 7.5), (6, 9), (20, 999979), (100, 40), (1000, 1000)],
        [1e-6, 0.1, 0.5, 0.9, 1, 1.1, 1.5, 3, 10, 60],
    ),
    "chi2": (chi_squared, [(1,), (2,), (5,), (14.5,), (100,), (1000,)], [1e-6, 0.1, 0.5, 1, 3, 8, 20, 90, 130, 1100]),
}
SCIPY = {"normal": scipy.stats.norm, "t": scipy.stats.t, "f": scipy.stats.f, "chi2": scipy.stats.chi2}


def main():
    lines = []
    for name, (function, parameters, points) in CASES.items():
        for values in parameters:
            for x in points:
                numbers = [float(n) for n in function(mpf(x), *(mpf(v) for v in values))]
                law = SCIPY[name](*values)
                for ours, theirs in zip(numbers, [law.pdf(x), law.cdf(x), law.sf(x)]):
                    if min(ours, theirs) > 1e-250:
                        assert abs(ours - theirs) <= 1e-8 * ours, (name, values, x, ours, theirs)
                lines.append(",".join([name, " ".join(map(repr, values)), repr(x), *map(repr, numbers)]))
    path = os.path.join(os.path.dirname(__file__), "distributions.txt")
    with open(path, "w") as file:
        file.write("\n".join(lines) + "\n")
    print(len(lines), "lines with mpmath", mpmath.__version__, "and scipy", scipy.__version__)


main()
