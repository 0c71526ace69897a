"""Design matrices of model formulas, by patsy, for crates/linear/tests/formulas.rs.

    python3 crates/linear/tests/golden/formulas.py > crates/linear/tests/golden/formulas.txt

Written by Python 3.11.7 with patsy 1.0.3, numpy 2.4.6, pandas 3.1.1. What patsy has not, orthogonal polynomials as R's
`poly` gives them, is computed here in exact fractions.

Each case: `case` and the formula for ndgrad, `table` and which one, `names` of the columns in ndgrad's style (tabs between
them; `1` for an intercept), and the numbers: all rows for small tables, for penguins the sum of each column and its sum
with the row's number (from 1) as weight.
"""

import re
from decimal import Decimal, getcontext
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import patsy

getcontext().prec = 50


class Poly:
    def memorize_chunk(self, x, degree):
        self.x = [Fraction(float(v)) for v in x]

    def memorize_finish(self):
        pass

    def transform(self, x, degree):
        basis = [[Fraction(1)] * len(self.x)]
        for k in range(1, degree + 1):
            column = [v * b for v, b in zip(self.x, basis[-1])]
            for other in basis:
                factor = sum(a * b for a, b in zip(column, other)) / sum(b * b for b in other)
                column = [a - factor * b for a, b in zip(column, other)]
            basis.append(column)
        columns = []
        for column in basis[1:]:
            square = sum(a * a for a in column)
            norm = (Decimal(square.numerator) / Decimal(square.denominator)).sqrt()
            columns.append([float(Decimal(a.numerator) / Decimal(a.denominator) / norm) for a in column])
        return np.array(columns).T


def raw(x, degree):
    return np.column_stack([np.asarray(x) ** k for k in range(1, degree + 1)])


ENV = dict(
    poly=patsy.stateful_transform(Poly), raw=raw, log=np.log, log2=np.log2, log10=np.log10, log1p=np.log1p, exp=np.exp,
    expm1=np.expm1, sqrt=np.sqrt, abs=np.abs, sin=np.sin, cos=np.cos, tanh=np.tanh, floor=np.floor,
)


def splines(call):
    """patsy's name of a column of B-splines, whose brackets do not close within others."""
    text = call[0].replace("=", " = ").replace("True", "TRUE")
    text = re.sub(r"knots = \[([^\]]*)\]", r"knots = c(\1)", text)
    return re.sub(r"\)\[(\d+)\]$", lambda m: f")[{int(m[1]) + 1}]", text)


def style(name):
    """patsy's name of a column in ndgrad's style."""
    name = re.sub(r"\[[TSDH]\.(intercept|mean)\]", "[mean]", name)
    name = re.sub(r"\[[TSD]\.([^\]]+)\]", r"[\1]", name)
    name = re.sub(r"\[H\.([^\]]+)\]", r"[\1]", name)
    for theirs, ours in {"Constant": "[mean]", "Linear": "[linear]", "Quadratic": "[quadratic]", "Cubic": "[cubic]"}.items():
        name = name.replace("." + theirs, ours)
    name = re.sub(r"\.\^(\d+)", r"[^\1]", name)
    name = re.sub(r"(poly\([^:]*\))\[(\d)\]", lambda m: f"{m[1]}[{int(m[2]) + 1}]", name)
    name = re.sub(r"raw\(([^,]*), (\d)\)\[(\d)\]", lambda m: f"poly({m[1]}, {m[2]}, raw = TRUE)[{int(m[3]) + 1}]", name)
    name = re.sub(r'Q\("([^"]*)"\)', r"\1", name)
    name = re.sub(r"bs\([^:]*\)(\[\d+\])?", splines, name)
    return name.replace(" ** ", "^").replace("standardize(", "scale(")


def tables():
    rng = np.random.default_rng(1)
    rows = [(a, b, c) for a in ("a1", "a2", "a3") for b in ("b1", "b2") for c in ("c1", "c2", "c3", "c4")]
    table = pd.DataFrame(rows, columns=["a", "b", "c"])
    count = len(table)
    table["x"] = np.round(rng.uniform(0.5, 9, count), 3)
    table["z"] = np.round(rng.normal(0, 2, count), 3)
    table["year"] = 2001 + np.arange(count) % 3
    table["a b"] = np.round(rng.normal(5, 1, count), 3)
    table["y"] = np.round(rng.normal(10, 3, count), 3)
    gaps = table.copy()
    for row, column in [(1, "a"), (4, "x"), (9, "c"), (13, "z"), (20, "y"), (22, "b")]:
        gaps[column] = gaps[column].astype(object)
        gaps.loc[row, column] = None
    for column in ["x", "z", "y"]:
        gaps[column] = gaps[column].astype(float)
    penguins = pd.read_csv(Path(__file__).parents[3] / "data" / "samples" / "penguins.csv")
    return dict(full=table, gaps=gaps, penguins=penguins)


# The formula, and patsy's way to write it where that differs.
SMALL = [
    "y ~ 1", "y ~ 0 + x", "y ~ x", "y ~ x - 1", "y ~ x + z", "y ~ x:z", "y ~ x * z", "y ~ a", "y ~ a - 1", "y ~ 0 + a + b",
    "y ~ a + b", "y ~ b + a + x", "y ~ x + a", "y ~ a:b", "y ~ a:b - 1", "y ~ a * b", "y ~ a * b - 1", "y ~ b:a + a",
    "y ~ a + a:b", "y ~ a:b + a", "y ~ a:b + b - 1", "y ~ a / b", "y ~ a / b - 1", "y ~ a / x", "y ~ (a + b) / x",
    "y ~ a / (b + x)", "y ~ a:x", "y ~ a:x - 1", "y ~ x:a", "y ~ x + x:a", "y ~ x * a", "y ~ x * a - 1", "y ~ x:a:b",
    "y ~ x + x:a + x:b", "y ~ a * b * c", "y ~ a:b:c", "y ~ 0 + a:b:c", "y ~ (a + b + c) ** 2", "y ~ (a + b + x) ** 2",
    "y ~ (a + b + c) ** 3 - a:b:c", "y ~ (a + b + x + z) ** 2 - 1", "y ~ a * b * x", "y ~ a + x:z:b + x", "y ~ a + b:c",
    "y ~ a:c + b:c", "y ~ 0 + a:c + b:c", "y ~ a + b + a:c - a", "y ~ x + a - x + z", "y ~ a + a + a:a", "y ~ (x + z) ** 2",
    "y ~ I(x + z)", "y ~ I(x ** 2) + x", "y ~ I(x / z - 2 * x)", "y ~ I(-x)", "y ~ I(x ** -1)",
    "y ~ log(x)", "log(y) ~ log2(x) + log10(x)", "y ~ log1p(x) + exp(z) + expm1(z)", "y ~ sqrt(x) + abs(z)",
    "y ~ sin(z) + cos(z) + tanh(z) + floor(z)", "y ~ log(x):a + log(x)", "y ~ a * log(x)",
    "y ~ center(x)", "y ~ scale(x) + center(z)", "y ~ center(x):a", "y ~ standardize(x)",
    "y ~ scale(log(x))", "y ~ center(x ** 2)", "y ~ scale(center(x) ** 2)",
    "y ~ poly(x, 1)", "y ~ poly(x, 2)", "y ~ poly(x, 5)", "y ~ poly(x, 2):a", "y ~ poly(x, 3) * b", "y ~ poly(log(x), 3)",
    "y ~ poly(x, 2):poly(z, 2)", "y ~ poly(year, 2)",
    "y ~ C(year)", "y ~ C(year) - 1", "y ~ C(year):x", "y ~ C(year) * a", "y ~ C(a, Sum)", "y ~ C(a, Sum) - 1",
    "y ~ C(c, Poly)", "y ~ C(c, Poly) - 1", "y ~ C(c, Helmert)", "y ~ C(c, Helmert) - 1", "y ~ C(c, Diff)", "y ~ C(c, Diff) - 1",
    'y ~ C(a, Treatment("a2"))', 'y ~ C(a, Treatment("a2")):x', "y ~ C(a, Sum) * C(c, Helmert)", "y ~ C(a, Sum):C(b, Sum)",
    'y ~ C(a, Sum("a1"))', "y ~ C(c, Poly) * x",
    "y ~ 1 + x - 1", "y ~ x + 0 + 1", "y ~ -1 + x", "y ~ 0 + (x + a)",
    'y ~ Q("a b")', 'y ~ Q("a b"):a + x',
    ("y ~ `a b` + a:`a b`", 'y ~ Q("a b") + a:Q("a b")'),
    ("y ~ (a + b)^2", "y ~ (a + b) ** 2"),
    ("y ~ b %in% a + a", "y ~ b:a + a"),
    ("y ~ a + b %in% a", "y ~ a + b:a"),
    ("y ~ poly(x, 3, raw = TRUE)", "y ~ raw(x, 3)"),
    ("y ~ .", 'y ~ a + b + c + x + z + year + Q("a b")'),
    ("y ~ . - c - year", 'y ~ a + b + x + z + Q("a b")'),
    ("y ~ .:x", 'y ~ (a + b + c + x + z + year + Q("a b")):x'),
    ("y ~ bs(x, df = 5)", "y ~ bs(x, df=5)"),
    ("y ~ bs(x, 4) + z", "y ~ bs(x, df=4) + z"),
    ("y ~ bs(x, df = 3):a", "y ~ bs(x, df=3):a"),
    ("y ~ bs(x, df = 6, include_intercept = TRUE) - 1", "y ~ bs(x, df=6, include_intercept=True) - 1"),
    ("y ~ bs(x, degree = 1, df = 4) * b", "y ~ bs(x, df=4, degree=1) * b"),
    ("y ~ bs(x, df=1, degree=1)", "y ~ bs(x, df=1, degree=1)"),
    ("y ~ bs(x, df = 2, degree = 0)", "y ~ bs(x, df=2, degree=0)"),
    ("y ~ bs(x, knots = c(2, 4.5))", "y ~ bs(x, knots=[2, 4.5])"),
    ("y ~ bs(z, knots = [-1, 0.5], degree = 2)", "y ~ bs(z, knots=[-1, 0.5], degree=2)"),
    ("y ~ bs(log(x), df = 7, degree = 5)", "y ~ bs(log(x), df=7, degree=5)"),
    ("y ~ bs(year, df = 4)", "y ~ bs(year, df=4)"),
    (
        "y ~ bs(x, df = 4, degree = 2, lower_bound = 0, upper_bound = 20)",
        "y ~ bs(x, df=4, degree=2, lower_bound=0, upper_bound=20)",
    ),
    ("log(y) ~ x + np.log(z + 20)", "log(y) ~ x + log(z + 20)"),
]
GAPS = ["y ~ x", "y ~ a + x", "y ~ a * b", "log(y) ~ sqrt(x):c", "y ~ a:c - 1", "y ~ I(x ** 2) + z + year"]
PENGUINS = [
    "body_mass_g ~ flipper_length_mm + species + sex", "body_mass_g ~ species * sex * bill_length_mm",
    "log(body_mass_g) ~ log(flipper_length_mm) + species:island", "body_mass_g ~ 0 + species:sex + island / bill_depth_mm",
    "body_mass_g ~ (species + sex + flipper_length_mm) ** 2", "bill_length_mm ~ C(year) + C(species, Sum):bill_depth_mm",
]


def case(name, table, formula):
    ours, theirs = formula if isinstance(formula, tuple) else (formula, formula)
    y, x = patsy.dmatrices(theirs, table, eval_env=patsy.EvalEnvironment([ENV, vars(patsy)]))
    names = ["1" if n == "Intercept" else style(n) for n in x.design_info.column_names]
    if ours == "y ~ C(c, Diff) - 1":
        # patsy names the column of ones after the first level, and each one after it after the level that follows.
        names = ["C(c, Diff)[%s]" % n for n in ("mean", "c1", "c2", "c3")]
    print("case", ours)
    print("table", name)
    print("names", "\t".join(names))
    numbers = np.column_stack([np.asarray(y), np.asarray(x)])
    if name == "penguins":
        weight = np.arange(1, len(numbers) + 1)
        numbers = np.array([numbers.sum(axis=0), (numbers * weight[:, None]).sum(axis=0)])
    for row in numbers:
        print(*[repr(float(v)) for v in row])
    print()


def main():
    for name, table in tables().items():
        if name != "penguins":
            print("csv", name)
            print(table.to_csv(index=False, na_rep="NA"))
    for name, formulas in dict(full=SMALL, gaps=GAPS, penguins=PENGUINS).items():
        for formula in formulas:
            case(name, tables()[name], formula)


main()
