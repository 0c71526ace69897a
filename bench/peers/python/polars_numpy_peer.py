"""Polars reads, NumPy solves the normal equations: S12. A program of its own, for the sake of its memory."""

import os

os.environ["POLARS_MAX_THREADS"] = os.environ["BENCH_THREADS"]

import numpy as np
import polars as pl

from common import run
from route import measure, solve


def fit(path, _):
    numbers = pl.read_csv(path).to_numpy()
    gram = numbers.T @ numbers
    sums = np.append(len(numbers), numbers.sum(0))
    return solve(np.block([[sums[:1], sums[None, 1:]], [sums[1:, None], gram]]))


def route(workload):
    measure("Polars", pl.__version__, workload, "normal equations of NumPy", fit)


run({"S12": route})
