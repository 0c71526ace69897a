"""Writes functions.txt beside this file: values of the functions of f64, by mpmath in 60 digits.

    python functions.py

A line is a point, its value rounded to f64, and what the rounding lost, in units in the last place. Points of special kinds come from the
`ends` of a function; the others are spread evenly over its range, or over its exponents.
"""

import math
import os
import random

import mpmath
from mpmath import mp, mpf

mp.dps = 60
random.seed(11)
COUNT = 400


def erfc(x):
    return mp.erfc(x) if abs(x) < 60 else mpf(0 if x > 0 else 2)


TINY = [5e-324, 2.5e-310, 2.2250738585072014e-308, 1e-300, 1e-17, 5.6e-17, 1.2e-16, 1e-9, 3e-5]
BOTH = TINY + [-x for x in TINY]
HUGE = [1.7976931348623157e308, 1e300, 4.5e15]


def even(low, high):
    return [random.uniform(low, high) for _ in range(COUNT)]


def wide(low, high):
    """Sizes spread over exponents of 2."""
    return [2 ** random.uniform(low, high) for _ in range(COUNT)]


def signs(points):
    return [random.choice([-1, 1]) * x for x in points]


# name: value, points
FUNCTIONS = {
    "exp": (
        mp.exp,
        even(-1, 1) + even(-745, 709.7) + signs(wide(-60, 0)) + BOTH + [709.782712893384, -745.1332191019411, -708.5],
    ),
    "exp2": (
        lambda x: mpf(2) ** x,
        even(-1, 1) + even(-1074, 1024) + BOTH + [1023.9999999999999, -1074.9999999999998, -1022.5, 0.5, -0.5],
    ),
    "exp_m1": (
        mp.expm1,
        even(-1.5, 1.5) + even(-45, 709.7) + signs(wide(-60, 0)) + BOTH + [709.782712893384, -700.0],
    ),
    "ln": (mp.log, even(0.5, 2) + wide(-1074, 1024) + even(0.99, 1.01) + TINY + HUGE),
    "log2": (lambda x: mp.log(x) / mp.log(2), even(0.5, 2) + wide(-1074, 1024) + even(0.99, 1.01) + TINY + HUGE),
    "log10": (mp.log10, even(0.5, 2) + wide(-1074, 1024) + even(0.99, 1.01) + TINY + HUGE),
    "ln_1p": (
        mp.log1p,
        even(-1, 1) + [-x for x in wide(-60, 0) if x < 1] + wide(-60, 1024) + BOTH + HUGE + [-0.9999999999999999],
    ),
    "sinh": (mp.sinh, even(-1.2, 1.2) + even(-710.4, 710.4) + even(-5, 5) + BOTH + [710.4758600739439]),
    "cosh": (mp.cosh, even(-1.2, 1.2) + even(-710.4, 710.4) + even(-5, 5) + BOTH + [710.4758600739439]),
    "tanh": (mp.tanh, even(-1, 1) + even(-20, 20) + signs(wide(-60, 0)) + BOTH),
    "normal_cdf": (lambda x: erfc(-x / mp.sqrt(2)) / 2, even(-38.4, 8) + even(-3, 3) + BOTH),
}


def main():
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "functions.txt")
    with open(path, "w") as file:
        print(f"# functions.py: mpmath {mpmath.__version__}", file=file)
        for name, (value, points) in FUNCTIONS.items():
            print(f"= {name}", file=file)
            for x in points:
                y = value(mpf(x))
                high = float(y)
                print(repr(x), repr(high), f"{float((y - mpf(high)) / mpf(math.ulp(high))):.4f}", file=file)


main()
