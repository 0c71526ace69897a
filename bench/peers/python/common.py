"""What the Python peers share: the data, the clock, the line of JSON that they print.

`cargo xtask bench --peers` runs each program as `python PROGRAM.py WORKLOAD` with its settings in the environment.
"""

import json
import os
import statistics
import sys
import time

import numpy as np

THREADS = int(os.environ["BENCH_THREADS"])
RATE = 0.001  # of S1, S3 and S4
SHAPES = {"loop_x": (-1, 2), "linear_x": (-1, 100), "mlp_x": (-1, 784), "mlp_w1": (256, 784), "mlp_w2": (10, 256)}
INTEGERS = {"loop_order", "linear_order", "mlp_order", "mlp_y"}


def data(name):
    """An array of the data that all programs read."""
    kind = np.int32 if name in INTEGERS else np.float32
    return np.fromfile(os.path.join(os.environ["BENCH_DATA"], name), kind).reshape(SHAPES.get(name, -1))


def cases():
    """What a workload with several cases is to measure: sizes, or shapes like 64x100x1."""
    return [[int(size) for size in case.split("x")] for case in os.environ["BENCH_CASES"].split(",")]


def start_of(workload):
    """The first weights and bias of S1 and S2, or of S3."""
    if workload != "S3":
        return np.array([[0.5], [-0.3]], np.float32), np.array([0.1], np.float32)
    return np.zeros((100, 1), np.float32), np.zeros(1, np.float32)


def report(peer, version, workload, case, variant, figure, unit, check=None):
    line = dict(workload=workload, case=case, peer=peer, variant=variant, version=version, threads=THREADS)
    print(json.dumps(line | dict(figure=figure, unit=unit, check=None if check is None else float(check))), flush=True)


def report_descent(peer, version, workload, variant, seconds, rows, loss):
    """The result of S1 (microseconds a step) or of S3 and S4 (rows per second)."""
    if workload in ("S1", "S2"):
        report(peer, version, workload, "step", variant, seconds / (rows / 4) * 1e6, "us", loss)
    else:
        report(peer, version, workload, "epoch", variant, rows / seconds, "rows/s", loss)


def seconds(call):
    """The seconds that one call takes: the median of five series of calls of at least 20 ms each."""

    def series(count):
        start = time.perf_counter()
        for _ in range(count):
            call()
        return (time.perf_counter() - start) / count

    series(1)
    count = max(1, round(0.02 / max(series(1), 1e-8)))
    return statistics.median(series(count) for _ in range(5))


def once(call):
    """The seconds that one call takes, after one that does not count."""
    call()
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def run(workloads):
    """Runs the workload that the command line names; S9 is the import alone."""
    workload = sys.argv[1]
    if workload != "S9":
        workloads[workload](workload)
