"""Writes reductions.txt: reductions and orders, forward and gradient, by JAX in f64.

The gradient is that of sum(weight[i] * y[i]) with weight[i] = 1 + 0.37 (i mod 7). A case is four lines: what, the
input (shape: numbers), the result, the gradient (nothing where there is none).

The cross entropy of classes is computed with 60 decimal digits: JAX adds 1 to a small rest before it takes the
logarithm, and so has only 14 digits of a small loss.
"""

import decimal
import pathlib

import jax
import jax.numpy as jnp
import numpy as np
import scipy

jax.config.update("jax_enable_x64", True)
SEED = 20240607
random = np.random.default_rng(SEED)
lines = [f"# numpy {np.__version__}, scipy {scipy.__version__}, jax {jax.__version__}, seed {SEED}"]


def text(x):
    x = np.asarray(x)
    numbers = " ".join(repr(float(v)) for v in x.ravel())
    return f"{' '.join(map(str, x.shape))} : {numbers}"


def case(name, f, x, gradient=True, exact=None):
    def weighted(x):
        y = f(x)
        weights = 1 + 0.37 * (jnp.arange(y.size) % 7)
        return jnp.sum(weights * y.ravel())

    g = text(jax.grad(weighted)(jnp.asarray(x))) if gradient else ""
    lines.extend([name, text(x), text((exact or f)(jnp.asarray(x))), g])


def norm(order):
    def f(x, axis=None, keepdims=False):
        a = jnp.abs(x)
        if order == np.inf:
            return a.max(axis, keepdims=keepdims)
        return (a**order).sum(axis, keepdims=keepdims) ** (1 / order)

    return f


FOLDS = {
    "sum": jnp.sum,
    "mean": jnp.mean,
    "prod": jnp.prod,
    "max": jnp.max,
    "min": jnp.min,
    "var0": jnp.var,
    "var1": lambda x, axis=None, keepdims=False: jnp.var(x, axis, ddof=1, keepdims=keepdims),
    "std1": lambda x, axis=None, keepdims=False: jnp.std(x, axis, ddof=1, keepdims=keepdims),
    "norm1": norm(1),
    "norm2": norm(2),
    "norm3.5": norm(3.5),
    "norminf": norm(np.inf),
    "logsumexp": jax.scipy.special.logsumexp,
    "nansum": jnp.nansum,
    "nanprod": jnp.nanprod,
}
COUNTS = {"any": jnp.any, "all": jnp.all, "count_nonzero": jnp.count_nonzero}
AXES = [((7,), None), ((2, 3), None), ((2, 3), (0,)), ((3, 4, 5), (1,)), ((3, 4, 5), (0, 2)), ((1, 6), (1,)), ((40, 3), (0,))]


def draw(shape):
    return random.normal(size=shape) * 2


for name, f in (FOLDS | COUNTS).items():
    for shape, axes in AXES:
        if shape[0] == 40 and name in ("prod", "nanprod"):
            continue
        x = draw(shape)
        if name in ("prod", "any", "all", "count_nonzero"):
            # One zero, two zeros, none: lines of each kind.
            x.ravel()[random.choice(x.size, x.size // 4, replace=False)] = 0
        if name.startswith("nan"):
            x.ravel()[:: 3] = np.nan
        which = "all" if axes is None else ",".join(map(str, axes))
        case(f"{name} {which}", lambda x: f(x, axis=axes), x, name not in COUNTS)
        if axes is not None:
            case(f"{name} {which} keep", lambda x: f(x, axis=axes, keepdims=True), x, name not in COUNTS)

LINES = {
    "cumsum": jnp.cumsum,
    "cumprod": jnp.cumprod,
    "softmax": jax.nn.softmax,
    "log_softmax": jax.nn.log_softmax,
    "sort": jnp.sort,
    "sort_descending": lambda x, axis: -jnp.sort(-x, axis=axis),
}
PLACES = {"argsort": jnp.argsort, "argmax": jnp.argmax, "argmin": jnp.argmin}
for name, f in (LINES | PLACES).items():
    for shape, axis in [((6,), 0), ((3, 4), 0), ((3, 4), 1), ((2, 5, 3), 1)]:
        x = draw(shape)
        if name == "cumprod":
            x.ravel()[random.choice(x.size, x.size // 4, replace=False)] = 0
        if name in PLACES:
            x = np.round(x)
            if name != "argsort":
                x.ravel()[-1] = np.nan
        case(f"{name} {axis}", lambda x: f(x, axis=axis), x, name in LINES)


def cross_entropy(x):
    rows = x.reshape(-1, x.shape[-1])
    return -jax.nn.log_softmax(rows)[jnp.arange(len(rows)), jnp.arange(len(rows)) % x.shape[-1]].mean()


def exact_cross_entropy(x):
    with decimal.localcontext(prec=60):
        rows = [[decimal.Decimal(float(v)) for v in row] for row in x.reshape(-1, x.shape[-1])]
        losses = [sum((v - row[i % len(row)]).exp() for v in row).ln() for i, row in enumerate(rows)]
        return float(sum(losses) / len(losses))


for shape in [(1, 2), (4, 3), (2, 3, 5)]:
    case("cross_entropy classes", cross_entropy, 5 * draw(shape), exact=exact_cross_entropy)
    soft = lambda x: -(jax.nn.softmax(jnp.sin(7 * jnp.arange(x.size, dtype=float)).reshape(x.shape)) * jax.nn.log_softmax(x)).sum(-1).mean()
    case("cross_entropy probabilities", soft, 5 * draw(shape))

pathlib.Path(__file__).with_suffix(".txt").write_text("\n".join(lines) + "\n")
