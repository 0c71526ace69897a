"""PyTorch: S1, S3 to S9."""

import time

import torch
from torch import nn
from torch.utils.data import BatchSampler, DataLoader, RandomSampler, TensorDataset

from common import RATE, THREADS, cases, data, once, report, report_descent, run, seconds, start_of

torch.set_num_threads(THREADS)
PEER = ("PyTorch", torch.__version__)


def tensors(name):
    x, y, order = (torch.from_numpy(data(name + part)) for part in ("_x", "_y", "_order"))
    return x, y, order


def square_loss(w, b, x, y):
    return torch.mean((torch.mm(x, w) + b - y) ** 2)


def descend(x, y, order, batch, w, b):
    w, b = torch.tensor(w, requires_grad=True), torch.tensor(b, requires_grad=True)
    moving = 0.0
    start = time.perf_counter()
    for first in range(0, len(order), batch):
        rows = order[first : first + batch]
        loss = square_loss(w, b, x[rows], y[rows])
        loss.backward()
        with torch.no_grad():
            for parameter in (w, b):
                parameter -= RATE * parameter.grad
                parameter.grad = None
        moving = 0.99 * moving + 0.01 * loss.item()
    return time.perf_counter() - start, moving


def with_loader(x, y, batch):
    """As one would write it: a module, an optimizer, a loader with an order of its own."""
    model = nn.Linear(x.shape[1], 1)
    optimizer, criterion = torch.optim.SGD(model.parameters(), lr=RATE), nn.MSELoss()
    loader = DataLoader(TensorDataset(x, y), batch_size=batch, shuffle=True, drop_last=True)
    moving, rows = 0.0, 0
    start = time.perf_counter()
    for data, label in loader:
        optimizer.zero_grad()
        loss = criterion(model(data), label)
        loss.backward()
        optimizer.step()
        moving = 0.99 * moving + 0.01 * loss.item()
        rows += len(label)
        if rows >= 1000 * batch:
            break
    return time.perf_counter() - start, rows, moving


def line(workload):
    name, batch = ("loop", 4) if workload == "S1" else ("linear", 256)
    x, y, order = tensors(name)
    y = y.reshape(-1, 1)
    descend(x, y, order[: 200 * batch], batch, *start_of(workload))
    taken, loss = descend(x, y, order, batch, *start_of(workload))
    report_descent(*PEER, workload, "eager", taken, len(order), loss)
    taken, rows, _ = with_loader(x, y, batch)
    report_descent(*PEER, workload, "nn, optim, DataLoader", taken, rows, None)


def mlp(workload):
    x, y, order = tensors("mlp")
    y = y.long()
    for fused in (None, True):
        model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
        with torch.no_grad():
            for layer, weights in ((model[0], "mlp_w1"), (model[2], "mlp_w2")):
                layer.weight.copy_(torch.from_numpy(data(weights)))
                layer.bias.zero_()
        optimizer = torch.optim.Adam(model.parameters(), lr=RATE, fused=fused)
        criterion, moving = nn.CrossEntropyLoss(), 0.0
        start = time.perf_counter()
        for first in range(0, len(order), 64):
            rows = order[first : first + 64]
            optimizer.zero_grad()
            loss = criterion(model(x[rows]), y[rows])
            loss.backward()
            optimizer.step()
            moving = 0.99 * moving + 0.01 * loss.item()
        taken = time.perf_counter() - start
        report_descent(*PEER, workload, "eager, fused Adam" if fused else "eager", taken, len(order), moving)


def products(workload):
    for m, k, n in cases():
        for kind, name in ((torch.float32, "f32"), (torch.float64, "f64")):
            a, b, out = torch.rand(m, k, dtype=kind), torch.rand(k, n, dtype=kind), torch.empty(m, n, dtype=kind)
            taken = seconds(lambda: torch.mm(a, b, out=out))
            report(*PEER, workload, f"{name} {m}x{k}x{n}", "MKL", 2 * m * k * n / taken * 1e-9, "GFLOP/s")


def elementwise(workload):
    for (size,) in cases():
        a, b, c = (torch.rand(size // 100, 100) for _ in range(3))
        bias, out = torch.rand(100), torch.empty(size // 100, 100)

        def measure(name, width, call, variant="fresh"):
            report(*PEER, workload, f"{name} {size}", variant, width * size / seconds(call) * 1e-9, "GB/s")

        measure("a*b+c", 16, lambda: a * b + c)
        measure("a*b+c", 16, lambda: torch.addcmul(c, a, b, out=out), "out=")
        measure("exp", 8, lambda: torch.exp(a))
        measure("exp", 8, lambda: torch.exp(a, out=out), "out=")
        measure("sum", 4, lambda: a.sum())
        measure("softmax", 8, lambda: torch.softmax(a, 1))
        measure("softmax", 8, lambda: torch.softmax(a, 1, out=out), "out=")
        measure("bias", 8, lambda: a + bias)
        measure("bias", 8, lambda: torch.add(a, bias, out=out), "out=")
        measure("transpose", 8, lambda: a.t().contiguous())


def normals(workload):
    out = torch.ones(cases()[0][0])
    start = time.perf_counter()
    out.normal_()
    figure = len(out) / (time.perf_counter() - start) * 1e-6
    report(*PEER, workload, f"f32 {len(out)}", "normal_", figure, "M/s", (out.double() ** 2).mean())


def batches(workload):
    x, y, order = tensors("linear")
    order = order.long()

    def gather():
        for first in range(0, len(order), 256):
            rows = order[first : first + 256]
            x[rows], y[rows]

    report(*PEER, workload, "epoch", "x[rows]", len(order) / once(gather), "rows/s")
    everything = TensorDataset(x, y)
    by_batch = BatchSampler(RandomSampler(everything), 256, True)
    for variant, loader, most in (
        ("DataLoader", DataLoader(everything, batch_size=256, shuffle=True), 1000),
        ("DataLoader, rows by batch", DataLoader(everything, batch_size=None, sampler=by_batch), 3900),
    ):
        start = time.perf_counter()
        for count, _ in enumerate(loader, 1):
            if count == most:
                break
        report(*PEER, workload, "epoch", variant, most * 256 / (time.perf_counter() - start), "rows/s")


run({"S1": line, "S3": line, "S4": mlp, "S5": products, "S6": elementwise, "S7": normals, "S8": batches})
