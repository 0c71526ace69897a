"""What the peers of S12 and S13 share: from a file of rows to coefficients, timed twice, and the memory that took."""

import os
import resource
from pathlib import Path

import numpy as np

from common import once, report


def measure(peer, version, workload, variant, fit):
    """`fit` makes of a file's name and its number of features the intercept and the slopes."""
    ending = dict(S12="csv", S13="parquet")[workload]
    for case in os.environ["BENCH_CASES"].split(","):
        path = str(Path(os.environ["BENCH_DATA"]) / f"{case}.{ending}")
        columns, found = int(case.split("x")[1]), []
        taken = once(lambda: found.append(fit(path, columns)))
        check = np.linalg.norm(found[-1])
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        report(peer, version, workload, case, variant, taken * 1e3, "ms", check)
        report(peer, version, workload, f"{case}, memory", variant, memory / 1e6, "MB", check)


def solve(gram):
    """The coefficients, of the sums of products of a column of ones, the features and the target, in this order."""
    return np.linalg.solve(gram[:-1, :-1], gram[:-1, -1])
