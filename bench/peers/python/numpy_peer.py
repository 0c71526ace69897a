"""NumPy, its gradients derived by hand: S1, S3 to S9, S11."""

import time

import numpy as np

from common import RATE, cases, data, once, report, report_descent, run, seconds, start_of

PEER = ("NumPy", np.__version__)


def descend(x, y, order, batch, w, b):
    w, b, moving = w.copy(), b.copy(), 0.0
    start = time.perf_counter()
    for first in range(0, len(order), batch):
        rows = order[first : first + batch]
        data, label = x[rows], y[rows]
        error = data.dot(w) + b - label
        loss = np.mean(error * error)
        slope = error * np.float32(2 / batch)
        w -= RATE * data.T.dot(slope)
        b -= RATE * slope.sum(0)
        moving = 0.99 * moving + 0.01 * loss.item()
    return time.perf_counter() - start, moving


def line(workload):
    name, batch = ("loop", 4) if workload == "S1" else ("linear", 256)
    x, y, order = data(name + "_x"), data(name + "_y").reshape(-1, 1), data(name + "_order")
    descend(x, y, order[: 200 * batch], batch, *start_of(workload))
    taken, loss = descend(x, y, order, batch, *start_of(workload))
    report_descent(*PEER, workload, "by hand", taken, len(order), loss)


def mlp(workload):
    x, y, order = data("mlp_x"), data("mlp_y"), data("mlp_order")
    zeros = [np.zeros(256, np.float32), np.zeros(10, np.float32)]
    parameters = [data("mlp_w1").T.copy(), zeros[0], data("mlp_w2").T.copy(), zeros[1]]
    first, second = [np.zeros_like(p) for p in parameters], [np.zeros_like(p) for p in parameters]
    number, each, moving = np.float32, np.arange(64), 0.0
    start = time.perf_counter()
    for step in range(len(order) // 64):
        rows = order[step * 64 : step * 64 + 64]
        data_, label = x[rows], y[rows]
        hidden = data_ @ parameters[0] + parameters[1]
        np.maximum(hidden, 0, out=hidden)
        logits = hidden @ parameters[2] + parameters[3]
        logits -= logits.max(1, keepdims=True)
        slope = np.exp(logits)
        total = slope.sum(1, keepdims=True)
        loss = np.mean(np.log(total[:, 0]) - logits[each, label])
        slope /= total
        slope[each, label] -= 1
        slope /= number(64)
        back = slope @ parameters[2].T
        back *= hidden > 0
        gradients = [data_.T @ back, back.sum(0), hidden.T @ slope, slope.sum(0)]
        scale, square_scale = number(1 - 0.9 ** (step + 1)), number(1 - 0.999 ** (step + 1))
        for p, m, v, g in zip(parameters, first, second, gradients):
            m *= number(0.9)
            m += number(0.1) * g
            v *= number(0.999)
            v += number(0.001) * g * g
            p -= number(RATE) * (m / scale) / (np.sqrt(v / square_scale) + number(1e-8))
        moving = 0.99 * moving + 0.01 * float(loss)
    report_descent(*PEER, workload, "by hand", time.perf_counter() - start, len(order), moving)


def products(workload):
    for m, k, n in cases():
        for name in ("float32", "float64"):
            a, b = np.random.rand(m, k).astype(name), np.random.rand(k, n).astype(name)
            out = np.empty((m, n), name)
            taken = seconds(lambda: np.matmul(a, b, out=out))
            case = f"f{name[-2:]} {m}x{k}x{n}"
            report(*PEER, workload, case, "OpenBLAS", 2 * m * k * n / taken * 1e-9, "GFLOP/s")


def elementwise(workload):
    for (size,) in cases():
        a, b, c = (np.random.rand(size // 100, 100).astype(np.float32) for _ in range(3))
        bias, out = np.random.rand(100).astype(np.float32), np.empty_like(a)

        def softmax():
            powers = np.exp(a - a.max(1, keepdims=True))
            powers /= powers.sum(1, keepdims=True)
            return powers

        def measure(name, width, call, variant="fresh"):
            report(*PEER, workload, f"{name} {size}", variant, width * size / seconds(call) * 1e-9, "GB/s")

        measure("a*b+c", 16, lambda: a * b + c)
        measure("a*b+c", 16, lambda: np.add(np.multiply(a, b, out=out), c, out=out), "out=")
        measure("exp", 8, lambda: np.exp(a))
        measure("exp", 8, lambda: np.exp(a, out=out), "out=")
        measure("sum", 4, lambda: a.sum())
        measure("softmax", 8, softmax)
        measure("bias", 8, lambda: a + bias)
        measure("transpose", 8, lambda: a.T.copy())


def normals(workload):
    out = np.ones(cases()[0][0], np.float32)
    for name in ("PCG64", "SFC64"):
        generator = np.random.Generator(getattr(np.random, name)(1))
        start = time.perf_counter()
        generator.standard_normal(out=out, dtype=np.float32)
        taken = time.perf_counter() - start
        figure = len(out) / taken * 1e-6
        report(*PEER, workload, f"f32 {len(out)}", name, figure, "M/s", np.mean(out.astype(np.float64) ** 2))


def batches(workload):
    x, y, order = data("linear_x"), data("linear_y"), data("linear_order").astype(np.int64)

    def gather():
        for first in range(0, len(order), 256):
            rows = order[first : first + 256]
            x.take(rows, 0), y.take(rows)

    report(*PEER, workload, "epoch", "take", len(order) / once(gather), "rows/s")


def least_squares(workload):
    x, y = (data(name).astype(np.float64) for name in ("linear_x", "linear_y"))
    ones = np.column_stack([x, np.ones(len(x))])

    def normal_equations():
        means, mean = x.mean(0), y.mean()
        gram = x.T @ x - len(x) * np.outer(means, means)
        slopes = np.linalg.solve(gram, x.T @ y - len(x) * means * mean)
        return np.append(slopes, mean - means @ slopes)

    for variant, solve in [("normal equations", normal_equations), ("lstsq", lambda: np.linalg.lstsq(ones, y)[0])]:
        taken = once(solve)
        check = ((y - ones @ solve()) ** 2).sum()
        report(*PEER, workload, "1000000x100", variant, taken * 1e3, "ms", check)


run({"S1": line, "S3": line, "S4": mlp, "S5": products, "S6": elementwise, "S7": normals, "S8": batches, "S11": least_squares})
