"""Writes linalg.txt beside it: values and gradients of linear algebra in f64, by NumPy, SciPy and JAX.

A line is: function, rows, columns, batch (0: none), what (value or gradient), numbers. Of more than 100 numbers every
seventh is there. Inputs are not written, since both sides make them from the same whole numbers. A gradient is that of
the sum of all results, each times a weight of its own, with respect to all inputs, one behind the other.

The einsum lines are: einsum, subscripts, shapes, numbers; computed of whole numbers, so they are exact.
"""

import os
import sys

import jax
import jax.numpy as jnp
import numpy as np
import scipy

jax.config.update("jax_enable_x64", True)


def numbers(count, seed):
    i = np.arange(count, dtype=np.int64)
    return ((i * 7919 + seed * 104729 + 12345 * i * i) % 2003) / 1001.5 - 1.0


def whole(count, seed):
    return np.round(3.0 * numbers(count, seed))


def matrices(rows, columns, batch, turned):
    """Well conditioned, with the largest numbers on the diagonal; or with the rows turned round, to need pivots."""
    count = max(batch, 1)
    x = numbers(count * rows * columns, 1).reshape(count, rows, columns)
    i = np.arange(min(rows, columns))
    x[:, i, i] += max(rows, columns) + 2 + 2 * i
    if turned:
        x = x[:, ::-1]
    return x if batch else x[0]


def right_sides(rows, batch):
    count = max(batch, 1)
    x = numbers(count * rows * 2, 2).reshape(count, rows, 2)
    return x if batch else x[0]


def signed(leader):
    """The sign that makes the first number of at least half the largest magnitude in each column positive."""
    size = jnp.abs(leader)
    first = jnp.argmax(size >= 0.5 * size.max(axis=-2, keepdims=True), axis=-2, keepdims=True)
    return jax.lax.stop_gradient(jnp.sign(jnp.take_along_axis(leader, first, axis=-2)))


def svd(x):
    u, s, vt = jnp.linalg.svd(x, full_matrices=False)
    sign = signed(u)
    return u * sign, s, vt * jnp.swapaxes(sign, -1, -2)


def eigh(x):
    w, v = jnp.linalg.eigh(x, symmetrize_input=True)
    return w, v * signed(v)


def triangular(lower, trans, unit):
    solve = lambda a, b: jax.scipy.linalg.solve_triangular(a, b, lower=lower, trans=trans, unit_diagonal=unit)
    return lambda a, b: (solve(a, b) if a.ndim == 2 else jax.vmap(solve)(a, b),)


FUNCTIONS = {
    "cholesky": (False, lambda a: (jnp.linalg.cholesky(a, symmetrize_input=True),)),
    "solve": (True, lambda a, b: (jnp.linalg.solve(a, b),)),
    "lower": (False, triangular(True, 0, False)),
    "upper_transposed": (False, triangular(False, 1, False)),
    "lower_unit": (False, triangular(True, 0, True)),
    "inverse": (True, lambda a: (jnp.linalg.inv(a),)),
    "det": (True, lambda a: (jnp.linalg.det(a),)),
    "slogdet": (True, lambda a: tuple(jnp.linalg.slogdet(a))),
    "qr": (True, lambda a: tuple(jnp.linalg.qr(a))),
    "svd": (True, svd),
    "eigh": (False, eigh),
}
# Unit diagonals beside large numbers make solutions of a size that has nothing to do with the inputs.
SIZES = {"lower_unit": [1, 2, 3]}
RECTANGLES = {"qr": [(5, 3), (17, 5), (3, 5)], "svd": [(5, 3), (3, 5), (17, 5)]}

EINSUM = [
    ("ij,jk->ik", [[2, 3], [3, 4]]),
    ("ij,jk", [[2, 3], [3, 4]]),
    ("ba", [[2, 3]]),
    ("ij->ji", [[2, 3]]),
    ("ii", [[3, 3]]),
    ("ii->i", [[3, 3]]),
    ("ij->", [[2, 3]]),
    ("ij->j", [[2, 3]]),
    ("iji->j", [[3, 2, 3]]),
    ("iijj->ij", [[2, 2, 3, 3]]),
    ("iii->i", [[3, 3, 3]]),
    ("i,i", [[3], [3]]),
    ("i,j->ij", [[3], [2]]),
    ("i,j->ji", [[3], [2]]),
    (" i j , j -> i ", [[2, 3], [3]]),
    ("bij,bjk->bik", [[2, 3, 4], [2, 4, 5]]),
    ("bij,bkj->kib", [[2, 3, 4], [2, 5, 4]]),
    ("...ij,...jk->...ik", [[2, 1, 3, 4], [5, 4, 2]]),
    ("...ij,jk->...ik", [[2, 3, 4], [4, 5]]),
    ("i...,i...->...", [[3, 2, 1], [3, 4]]),
    ("...,...", [[2, 1], [3]]),
    ("...i->i...", [[2, 3, 4]]),
    ("...ii->...", [[2, 3, 3]]),
    ("i...j", [[2, 3, 4]]),
    ("ij,ij->i", [[2, 3], [2, 3]]),
    ("ij,ik->jk", [[4, 2], [4, 3]]),
    ("ijk,k,j->i", [[2, 3, 4], [4], [3]]),
    ("ij,jk,kl->il", [[2, 3], [3, 4], [4, 2]]),
    ("i,ij,j", [[2], [2, 3], [3]]),
    ("ij,kl->", [[2, 3], [2, 2]]),
    ("abc,acd,bce->de", [[2, 3, 4], [2, 4, 2], [3, 4, 2]]),
    ("abcdefg,abcdefg->abcdef", [[2, 1, 2, 1, 2, 1, 3], [2, 1, 2, 1, 2, 1, 3]]),
    ("abcdefgh,abcdefgh->abcdefg", [[2, 1, 2, 1, 2, 1, 1, 3], [2, 1, 2, 1, 2, 1, 1, 3]]),
    (",i->i", [[], [3]]),
    ("->", [[]]),
    ("ij,jk->ik", [[2, 0], [0, 3]]),
    ("bij,bjk->bik", [[0, 2, 2], [0, 2, 2]]),
    ("Ab,bA", [[2, 3], [3, 2]]),
]


def write(line, values):
    flat = np.concatenate([np.asarray(value, dtype=np.float64).ravel() for value in values])
    flat = flat[:: 7 if flat.size > 100 else 1]
    lines.append(line + "|" + " ".join(repr(float(x)) for x in flat))


lines = [
    f"# Python {sys.version.split()[0]}, NumPy {np.__version__}, SciPy {scipy.__version__}, JAX {jax.__version__};"
    " inputs and weights: seeds 1, 2, 3 of numbers(); made by linalg.py"
]
for name, (turned, function) in FUNCTIONS.items():
    squares = [(n, n, 0) for n in SIZES.get(name, [1, 2, 3, 5, 17])]
    for rows, columns, batch in squares + [(3, 3, 2)] + [(m, n, 0) for m, n in RECTANGLES.get(name, [])]:
        inputs = [jnp.asarray(matrices(rows, columns, batch, turned))]
        if function.__code__.co_argcount == 2:
            inputs.append(jnp.asarray(right_sides(rows, batch)))
        head = f"{name}|{rows}|{columns}|{batch}"
        results = function(*inputs)
        write(head + "|value", results)
        if name == "qr" and rows < columns:
            continue  # JAX has no gradient of it.

        def loss(*inputs):
            total, seed = 0.0, 3
            for result in function(*inputs):
                total = total + (result * numbers(result.size, seed).reshape(result.shape)).sum()
                seed += 1
            return total

        write(head + "|gradient", jax.grad(loss, argnums=tuple(range(len(inputs))))(*inputs))
for subscripts, shapes in EINSUM:
    operands = [whole(int(np.prod(shape)), i + 1).reshape(shape) for i, shape in enumerate(shapes)]
    shown = ";".join(",".join(map(str, shape)) for shape in shapes)
    result = np.einsum(subscripts, *operands)
    lines.append(
        f"einsum|{subscripts}|{shown}|{','.join(map(str, result.shape))}|" + " ".join(str(int(x)) for x in result.ravel())
    )
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "linalg.txt"), "w") as file:
    file.write("\n".join(lines) + "\n")
