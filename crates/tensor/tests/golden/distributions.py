"""Writes distributions.txt: distribution functions by SciPy, and draws by a second implementation of the generator.

    python distributions.py > distributions.txt

Lines of distributions.txt:
    cdf   NAME PARAMETERS ; CRITICAL ; X:F X:F ...   the probability F of numbers up to X; chi-square's 0.9999 quantile
    draw  NAME PARAMETERS ; NUMBERS                  the first numbers of f64 or i64 from the seed 2024
"""

import math
import sys

import numpy as np
import scipy
from scipy import special, stats

SEED = 2024


class Philox:
    """Philox 4x32-10 (Salmon et al., SC'11)."""

    def __init__(self, seed, stream=0):
        self.seed, self.stream, self.position = seed, stream, 0

    def block(self, counter):
        mask = 2**32 - 1
        k = [self.seed & mask, self.seed >> 32]
        x = [counter & mask, counter >> 32, self.stream & mask, self.stream >> 32]
        for _ in range(10):
            left, right = x[0] * 0xD2511F53, x[2] * 0xCD9E8D57
            x = [(right >> 32) ^ x[1] ^ k[0], right & mask, (left >> 32) ^ x[3] ^ k[1], left & mask]
            k = [(k[0] + 0x9E3779B9) & mask, (k[1] + 0xBB67AE85) & mask]
        return x

    def bits32(self):
        word = self.block(self.position // 4)[self.position % 4]
        self.position += 1
        return word

    def own(self):
        counter = -(-self.position // 4)
        self.position = 4 * counter + 4
        return Own(self.block(counter))


class Own:
    """The words of one element."""

    def __init__(self, block):
        self.block, self.used = block, 0
        self.more = Philox(block[0] | block[1] << 32, block[2] | block[3] << 32)

    def bits32(self):
        if self.used < 4:
            self.used += 1
            return self.block[self.used - 1]
        return self.more.bits32()


def bits64(words):
    low = words.bits32()
    return low | words.bits32() << 32


def unit(words):
    return (bits64(words) >> 11) / 2**53


def opened(words):
    return ((bits64(words) >> 12) + 0.5) / 2**52


def standard_normal(words):
    return special.ndtri(opened(words))


def truncated_normal(words, mean, deviation, low, high):
    a, b = (low - mean) / deviation, (high - mean) / deviation
    sign = 1
    if a > 0:
        sign, a, b = -1, -b, -a
    p = special.ndtr(a) + (special.ndtr(b) - special.ndtr(a)) * opened(words)
    return mean + sign * deviation * special.ndtri(p)


def gamma(words, shape):
    d = shape - 1 / 3
    while True:
        x, u = standard_normal(words), None
        v = (1 + x / math.sqrt(9 * d)) ** 3
        if v > 0:
            u = opened(words)
            if math.log(u) < x * x / 2 + d - d * v + d * math.log(v):
                return d * v


def any_gamma(words, shape):
    if shape >= 1:
        return gamma(words, shape)
    number = gamma(words, shape + 1)
    return number * opened(words) ** (1 / shape)


def beta(words, a, b):
    x = any_gamma(words, a)
    y = any_gamma(words, b)
    return x / (x + y)


def poisson(words, rate):
    if rate < 10:
        u = unit(words)
        k = 0
        while stats.poisson.cdf(k, rate) <= u:
            k += 1
        return k
    b = 0.931 + 2.53 * math.sqrt(rate)
    a = -0.059 + 0.02483 * b
    inverse_alpha = 1.1239 + 1.1328 / (b - 3.4)
    while True:
        u, v = opened(words) - 0.5, opened(words)
        us = 0.5 - abs(u)
        k = math.floor((2 * a / us + b) * u + rate + 0.43)
        if us >= 0.07 and v <= 0.9277 - 3.6224 / (b - 2):
            return k
        if k < 0 or (us < 0.013 and v > us):
            continue
        if math.log(v) + math.log(inverse_alpha) - math.log(a / us**2 + b) <= stats.poisson.logpmf(k, rate):
            return k


def below(words, bound):
    while True:
        product = bits64(words) * bound
        if product % 2**64 >= 2**64 % bound:
            return product >> 64


def integers(words, low, high):
    return int(low) + below(words, int(high) - int(low))


def categorical(words, *weights):
    sums = np.cumsum(weights)
    return int(np.searchsorted(sums, unit(words) * sums[-1], side="right"))


# name: (frozen distribution, draw); the draw takes the generator itself where it uses a fixed number of words.
CONTINUOUS = {
    "uniform_in": (lambda a, b: stats.uniform(a, b - a), lambda w, a, b: a + (b - a) * unit(w)),
    "normal_with": (stats.norm, lambda w, m, s: m + s * standard_normal(w)),
    "log_normal": (
        lambda m, s: stats.lognorm(s, scale=math.exp(m)),
        lambda w, m, s: math.exp(m + s * standard_normal(w)),
    ),
    "exponential": (lambda r: stats.expon(scale=1 / r), lambda w, r: -math.log(opened(w)) / r),
    "truncated_normal": (
        lambda m, s, a, b: stats.truncnorm((a - m) / s, (b - m) / s, m, s),
        truncated_normal,
    ),
    "gamma": (lambda k, s: stats.gamma(k, scale=s), lambda w, k, s: any_gamma(w.own(), k) * s),
    "beta": (stats.beta, lambda w, a, b: beta(w.own(), a, b)),
}
DISCRETE = {
    "poisson": (stats.poisson, lambda w, r: poisson(w.own(), r)),
    "integers": (stats.randint, lambda w, a, b: integers(w.own(), a, b)),
    "bernoulli": (stats.bernoulli, lambda w, p: int(unit(w) < p)),
    "categorical": (
        lambda *p: stats.rv_discrete(values=(range(len(p)), np.array(p) / sum(p))),
        categorical,
    ),
}
CASES = [
    ("uniform_in", -2.5, 4.0),
    ("uniform_in", 0.0, 1e-3),
    ("normal_with", 0.0, 1.0),
    ("normal_with", -3.0, 0.25),
    ("log_normal", 0.5, 0.75),
    ("exponential", 1.0),
    ("exponential", 40.0),
    ("truncated_normal", 0.0, 1.0, -2.0, 2.0),
    ("truncated_normal", 1.0, 2.0, -math.inf, 0.5),
    ("truncated_normal", 0.0, 1.0, 5.0, math.inf),
    ("truncated_normal", 0.0, 1.0, -30.5, -30.0),
    ("gamma", 0.05, 1.0),
    ("gamma", 0.7, 3.0),
    ("gamma", 1.0, 1.0),
    ("gamma", 2.5, 0.5),
    ("gamma", 400.0, 1.0),
    ("gamma", 1e8, 1.0),
    ("beta", 0.5, 0.5),
    ("beta", 0.02, 0.05),
    ("beta", 2.0, 0.3),
    ("beta", 3.0, 8.0),
    ("beta", 500.0, 2000.0),
    ("poisson", 0.01),
    ("poisson", 1.0),
    ("poisson", 9.9),
    ("poisson", 10.0),
    ("poisson", 50.0),
    ("poisson", 1000.0),
    ("poisson", 1e8),
    ("integers", 0.0, 7.0),
    ("integers", -500.0, 500.0),
    ("bernoulli", 0.3),
    ("bernoulli", 0.999),
    ("categorical", 1.0, 0.0, 2.5, 0.5, 6.0),
    ("categorical", 0.1, 0.2, 0.3, 0.4),
]
# Even steps, and both tails.
LEVELS = np.concatenate([[2e-4, 2e-3], np.arange(1, 48) / 48, [0.998, 0.9998]])


def main():
    print(f"# distributions.py: SciPy {scipy.__version__}, NumPy {np.__version__}, Python {sys.version.split()[0]}, seed {SEED}")
    for name, *parameters in CASES:
        make, draw = (CONTINUOUS | DISCRETE)[name]
        distribution = make(*parameters)
        points = np.unique(distribution.ppf(LEVELS))
        pairs = []
        for point in points:
            probability = float(distribution.cdf(point))
            # Bins of a few expected draws or none have no chi-square distribution.
            last = pairs[-1][1] if pairs else 0.0
            if probability - last > 1.5e-4 and (1 - probability > 1.5e-4):
                pairs.append((float(point), probability))
        critical = stats.chi2.ppf(0.9999, len(pairs))
        text = " ".join(f"{x!r}:{p:.12g}" for x, p in pairs)
        header = " ".join([name, *(repr(p) for p in parameters)])
        print(f"cdf {header} ; {critical:.4f} ; {text}")
        words = Philox(SEED)
        print(f"draw {header} ; {' '.join(repr(draw(words, *parameters)).removeprefix('np.float64(').rstrip(')') for _ in range(7))}")


main()
