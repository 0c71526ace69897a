"""Polars reads, polars-ds fits: S12. A program of its own, for the sake of its memory."""

import os

os.environ["POLARS_MAX_THREADS"] = os.environ["BENCH_THREADS"]

import polars as pl
import polars_ds as pds

from common import run
from route import measure


def fit(path, columns):
    features = [f"x{i}" for i in range(columns)]
    frame = pl.scan_csv(path).select(pds.lin_reg(*features, target="y", add_bias=True)).collect()
    slopes = frame.to_series().to_list()[0]
    return [slopes[-1]] + slopes[:-1]


def route(workload):
    measure("Polars", pl.__version__, workload, "polars-ds", fit)


run({"S12": route})
