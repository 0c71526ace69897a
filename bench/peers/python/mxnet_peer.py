"""MXNet 1.9.1, for which the seeds were written: S1, S3, S4, S7 to S9."""

import time

import mxnet as mx
from mxnet import autograd, gluon, nd

from common import RATE, cases, data, report, report_descent, run, start_of

PEER = ("MXNet", mx.__version__)


def descend(batches, w, b):
    parameters = [nd.array(w), nd.array(b)]
    for parameter in parameters:
        parameter.attach_grad()
    moving, rows = 0.0, 0
    nd.waitall()
    start = time.perf_counter()
    for x, y in batches:
        with autograd.record():
            loss = nd.mean((nd.dot(x, parameters[0]) + parameters[1] - y) ** 2)
        loss.backward()
        for parameter in parameters:
            parameter[:] = parameter - RATE * parameter.grad
        moving = 0.99 * moving + 0.01 * loss.asscalar()
        rows += len(y)
    return time.perf_counter() - start, rows, moving


def taken_batches(x, y, order, batch):
    for first in range(0, len(order), batch):
        rows = order[first : first + batch]
        yield nd.take(x, rows), nd.take(y, rows)


def iterated_batches(iterator, epochs):
    for _ in range(epochs):
        iterator.reset()
        for batch in iterator:
            yield batch.data[0], batch.label[0].reshape((-1, 1))


def line(workload):
    name, batch, epochs = ("loop", 4, 2) if workload == "S1" else ("linear", 256, 1)
    x, y = nd.array(data(name + "_x")), nd.array(data(name + "_y"))
    order = nd.array(data(name + "_order"), dtype="int32")
    column = y.reshape((-1, 1))
    descend(taken_batches(x, column, order[: 50 * batch], batch), *start_of(workload))
    taken, rows, loss = descend(taken_batches(x, column, order, batch), *start_of(workload))
    report_descent(*PEER, workload, "take", taken, rows, loss)
    iterator = mx.io.NDArrayIter(x, y, batch, shuffle=True, last_batch_handle="discard")
    taken, rows, _ = descend(iterated_batches(iterator, epochs), *start_of(workload))
    report_descent(*PEER, workload, "NDArrayIter", taken, rows, None)


def mlp(workload):
    # The loss ends a little higher than the others': MXNet's Adam adds epsilon before the second moment's bias is
    # corrected.
    x, y = nd.array(data("mlp_x")), nd.array(data("mlp_y"))
    order = nd.array(data("mlp_order"), dtype="int32")
    net = gluon.nn.HybridSequential()
    net.add(gluon.nn.Dense(256, activation="relu", in_units=784), gluon.nn.Dense(10, in_units=256))
    net.initialize()
    net[0].weight.set_data(nd.array(data("mlp_w1")))
    net[1].weight.set_data(nd.array(data("mlp_w2")))
    net.hybridize(static_alloc=True, static_shape=True)
    criterion = gluon.loss.SoftmaxCrossEntropyLoss()
    criterion.hybridize(static_alloc=True, static_shape=True)
    trainer, moving = gluon.Trainer(net.collect_params(), "adam", {"learning_rate": RATE}), 0.0
    nd.waitall()
    start = time.perf_counter()
    for features, label in taken_batches(x, y, order, 64):
        with autograd.record():
            loss = criterion(net(features), label).mean()
        loss.backward()
        trainer.step(1)
        moving = 0.99 * moving + 0.01 * loss.asscalar()
    report_descent(*PEER, workload, "hybridized", time.perf_counter() - start, len(order), moving)


def normals(workload):
    # A tenth of the numbers: it is that slow.
    count = cases()[0][0]
    start = time.perf_counter()
    numbers = mx.nd.random.normal(shape=(count // 10,))
    numbers.wait_to_read()
    figure = count / 10 / (time.perf_counter() - start) * 1e-6
    report(*PEER, workload, f"f32 {count}", "normal", figure, "M/s", (numbers**2).mean().asscalar())


def batches(workload):
    x, y = nd.array(data("linear_x")), nd.array(data("linear_y"))
    iterator = mx.io.NDArrayIter(x, y, 256, shuffle=True, last_batch_handle="discard")
    loader = gluon.data.DataLoader(gluon.data.ArrayDataset(x, y), batch_size=256, shuffle=True)
    for variant, source, most in (("NDArrayIter", iterator, 3906), ("gluon DataLoader", loader, 40)):
        start = time.perf_counter()
        for count, _ in enumerate(source, 1):
            if count == most:
                break
        nd.waitall()
        report(*PEER, workload, "epoch", variant, most * 256 / (time.perf_counter() - start), "rows/s")


run({"S1": line, "S3": line, "S4": mlp, "S7": normals, "S8": batches})
