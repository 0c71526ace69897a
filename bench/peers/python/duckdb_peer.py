"""DuckDB: the sums of products in SQL, S12 and S13; NumPy solves them."""

import duckdb
import numpy as np

from common import THREADS, run
from route import measure, solve


def fit(path, columns):
    names = ["1.0"] + [f"x{i}" for i in range(columns)] + ["y"]
    pairs = [(i, j) for i in range(len(names)) for j in range(i, len(names))]
    sums = ", ".join(f"sum({names[i]} * {names[j]})" for i, j in pairs)
    with duckdb.connect(config={"threads": THREADS}) as connection:
        numbers = connection.execute(f"select {sums} from '{path}'").fetchone()
    gram = np.zeros((len(names), len(names)))
    for (i, j), number in zip(pairs, numbers):
        gram[i, j] = gram[j, i] = number
    return solve(gram)


def route(workload):
    measure("DuckDB", duckdb.__version__, workload, "sums in SQL", fit)


run({"S12": route, "S13": route})
