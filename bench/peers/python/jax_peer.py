"""JAX: S1 to S7. `jit` compiles a step; `scan` compiles a whole epoch into one call (S2's peer)."""

import os
import time
from functools import partial

os.environ["JAX_PLATFORMS"] = "cpu"
if os.environ["BENCH_THREADS"] == "1":
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"

import jax
import jax.numpy as jnp

from common import RATE, cases, data, once, report, report_descent, run, seconds, start_of

PEER = ("JAX", jax.__version__)


def square_loss(parameters, x, y):
    w, b = parameters
    return jnp.mean((jnp.dot(x, w) + b - y) ** 2)


@jax.jit
def step(parameters, x, y, rows):
    loss, gradients = jax.value_and_grad(square_loss)(parameters, x[rows], y[rows])
    return jax.tree.map(lambda p, g: p - RATE * g, parameters, gradients), loss


@partial(jax.jit, static_argnums=0)
def scanned(update, state, x, y, order):
    def body(carry, rows):
        state, moving = carry
        state, loss = update(state, x, y, rows)
        return (state, 0.99 * moving + 0.01 * loss), None

    return jax.lax.scan(body, (state, jnp.float32(0)), order)[0]


def train(workload, update, fresh, x, y, order, batch):
    """An epoch step by step (not for S2) and an epoch in one call (not for S1); `fresh` makes the first state."""

    def stepwise(order):
        state, moving = fresh(), 0.0
        start = time.perf_counter()
        for first in range(0, len(order), batch):
            state, loss = update(state, x, y, order[first : first + batch])
            moving = 0.99 * moving + 0.01 * loss.item()
        return time.perf_counter() - start, moving

    def whole():
        state = fresh()
        start = time.perf_counter()
        _, moving = jax.block_until_ready(scanned(update, state, x, y, order.reshape(-1, batch)))
        return time.perf_counter() - start, moving

    if workload != "S2":
        stepwise(order[: 10 * batch])
        taken, loss = stepwise(order)
        report_descent(*PEER, workload, "jit", taken, len(order), loss)
    if workload != "S1":
        whole()
        taken, loss = whole()
        report_descent(*PEER, workload, "scan", taken, len(order), loss)


def line(workload):
    name, batch = ("linear", 256) if workload == "S3" else ("loop", 4)
    x, y = jnp.array(data(name + "_x")), jnp.array(data(name + "_y")).reshape(-1, 1)
    fresh = lambda: tuple(jnp.array(part) for part in start_of(workload))
    train(workload, step, fresh, x, y, data(name + "_order"), batch)


def logistic_loss(parameters, x, y):
    w1, b1, w2, b2 = parameters
    logits = jax.nn.relu(x @ w1.T + b1) @ w2.T + b2
    return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(logits), y[:, None], 1))


def adam(state, x, y, rows):
    parameters, first, second, count = state
    loss, gradients = jax.value_and_grad(logistic_loss)(parameters, x[rows], y[rows])
    count = count + 1
    first = [0.9 * m + 0.1 * g for m, g in zip(first, gradients)]
    second = [0.999 * v + 0.001 * g * g for v, g in zip(second, gradients)]
    scale, square_scale = 1 - 0.9**count, 1 - 0.999**count
    parameters = [
        p - RATE * (m / scale) / (jnp.sqrt(v / square_scale) + 1e-8) for p, m, v in zip(parameters, first, second)
    ]
    return (parameters, first, second, count), loss


def mlp(workload):
    def fresh():
        parameters = [jnp.array(data("mlp_w1")), jnp.zeros(256), jnp.array(data("mlp_w2")), jnp.zeros(10)]
        zeros = lambda: [jnp.zeros_like(p) for p in parameters]
        return parameters, zeros(), zeros(), jnp.float32(0)

    update = jax.jit(adam, donate_argnums=0)
    x, y, order = jnp.array(data("mlp_x")), jnp.array(data("mlp_y")), data("mlp_order")
    train(workload, update, fresh, x, y, order, 64)


def uniform(shape, name="float32"):
    return jax.random.uniform(jax.random.key(1), shape, name)


def products(workload):
    jax.config.update("jax_enable_x64", True)
    multiply = jax.jit(jnp.matmul)
    for m, k, n in cases():
        for name in ("float32", "float64"):
            a, b = uniform((m, k), name), uniform((k, n), name)
            taken = seconds(lambda: multiply(a, b).block_until_ready())
            report(*PEER, workload, f"f{name[-2:]} {m}x{k}x{n}", "jit", 2 * m * k * n / taken * 1e-9, "GFLOP/s")


def elementwise(workload):
    for (size,) in cases():
        a, b, c = (uniform((size // 100, 100)) for _ in range(3))
        bias = uniform((100,))

        def measure(name, width, formula, *arguments):
            call = jax.jit(formula)
            taken = seconds(lambda: call(*arguments).block_until_ready())
            report(*PEER, workload, f"{name} {size}", "jit", width * size / taken * 1e-9, "GB/s")

        measure("a*b+c", 16, lambda a, b, c: a * b + c, a, b, c)
        measure("exp", 8, jnp.exp, a)
        measure("sum", 4, jnp.sum, a)
        measure("softmax", 8, jax.nn.softmax, a)
        measure("bias", 8, lambda a, bias: a + bias, a, bias)
        measure("transpose", 8, lambda a: a.T + 0, a)


def normals(workload):
    count = cases()[0][0]
    draw = jax.jit(lambda key: jax.random.normal(key, (count,), jnp.float32))
    key = jax.random.key(0)
    taken = once(lambda: draw(key).block_until_ready())
    report(*PEER, workload, f"f32 {count}", "threefry", count / taken * 1e-6, "M/s", jnp.mean(draw(key) ** 2))


run({"S1": line, "S2": line, "S3": line, "S4": mlp, "S5": products, "S6": elementwise, "S7": normals})
