"""Makes shape.txt: what NumPy says of broadcasting, indexing and rearranging.

Each line is a call and its result:

    broadcast | shape | shape | shape or "refused"
    name | shape of the input | arguments | shape of the result | elements

The input holds 1, 2, 3, ... in row-major order. Run it in this directory; it prints nothing.
"""

import random
from fractions import Fraction

import numpy as np

SEED = 20240607
rng = random.Random(SEED)
lines = [f"# made by shape.py, NumPy {np.__version__}, seed {SEED}"]


def words(numbers):
    return " ".join(str(number) for number in numbers)


def ramp(shape):
    return np.arange(1, int(np.prod(shape)) + 1, dtype=np.int64).reshape(shape)


def line(name, shape, arguments, result):
    lines.append(f"{name} | {words(shape)} | {arguments} | {words(result.shape)} | {words(result.ravel())}")


def some_shape(low, high, sizes=(0, 1, 1, 2, 2, 3, 3, 4)):
    return tuple(rng.choice(sizes) for _ in range(rng.randint(low, high)))


for _ in range(150):
    base = some_shape(0, 5, (0, 1, 2, 3, 4))
    vary = lambda: tuple(rng.choice((n, n, 1, rng.choice((0, 2, 3, 4)))) for n in base)
    left, right = vary(), vary()
    left, right = left[rng.randint(0, len(left)):], right[rng.randint(0, len(right)) if rng.random() < 0.5 else 0:]
    try:
        result = words(np.broadcast_shapes(left, right))
    except ValueError:
        result = "refused"
    lines.append(f"broadcast | {words(left)} | {words(right)} | {result}")

# One word per index: a number, start:end:step, "...", "new". A range with a negative step is written from its lower
# end, as ndgrad writes it; NumPy is asked in two steps.
def some_index(size):
    """One index of an axis: the word, what NumPy takes first, and the step that it takes then (None: no axis)."""
    if size > 0 and rng.random() < 0.35:
        at = rng.randint(-size, size - 1)
        return str(at), at, None
    start = rng.randint(0, size)
    end = rng.randint(start, size)
    step = rng.choice((1, 1, 2, 3, -1, -2))
    # Counted from the end where that names the same place.
    low = start - size if start < size and rng.random() < 0.3 else start
    high = end - size if end < size and rng.random() < 0.3 else end
    return f"{low}:{high}:{step}", slice(start, end), slice(None, None, step)


for _ in range(120):
    shape = some_shape(0, 4, (0, 1, 2, 3, 4, 5, 6))
    front = rng.randint(0, len(shape))
    back = rng.randint(0, len(shape) - front) if rng.random() < 0.5 else None
    picked = [some_index(size) for size in shape[:front]]
    if back is not None:
        picked.append(("...", Ellipsis, Ellipsis))
        picked += [some_index(size) for size in shape[len(shape) - back :]]
    for _ in range(rng.choice((0, 0, 1, 2))):
        picked.insert(rng.randint(0, len(picked)), ("new", None, slice(None)))
    taken = ramp(shape)[tuple(first for _, first, _ in picked)]
    stepped = np.asarray(taken)[tuple(step for _, _, step in picked if step is not None)]
    line("i", shape, " ".join(word for word, _, _ in picked), np.asarray(stepped))

for _ in range(25):
    shape = some_shape(1, rng.randint(1, 4))
    axis = rng.randint(-len(shape), len(shape) - 1)
    x = ramp(shape)
    line("flip", shape, axis, np.flip(x, axis))
    shift = rng.randint(-7, 7)
    line("roll", shape, f"{shift} {axis}", np.roll(x, shift, axis))
    count = rng.randint(0, 3)
    line("repeat", shape, f"{count} {axis}", np.repeat(x, count, axis))
    counts = [rng.randint(0, 3) for _ in range(rng.randint(0, 5))]
    line("tile", shape, words(counts), np.tile(x, counts))
    other = rng.randint(-len(shape), len(shape) - 1)
    line("swap_axes", shape, f"{axis} {other}", np.swapaxes(x, axis, other))
    line("move_axis", shape, f"{axis} {other}", np.moveaxis(x, axis, other))
    line("concat", shape, axis, np.concatenate([x, np.repeat(x, 2, axis), x], axis))
    line("stack", shape, axis, np.stack([x, -x], axis))
    line("expand_dims", shape, axis, np.expand_dims(x, axis))
    line("squeeze", shape, "", np.squeeze(x))
    size = shape[axis]
    if size > 0:
        index = [rng.randint(-size, size - 1) for _ in range(4)]
        line("take_axis", shape, f"{axis} {words(index)}", np.take(x, np.array(index).reshape(2, 2), axis))
        parts = np.array_split(x, [rng.randint(0, size)], axis)
        line("split", shape, f"{parts[0].shape[axis]} {axis}", parts[1])
    widths = [(rng.randint(0, 3), rng.randint(0, 3)) for _ in shape]
    text = words(width for pair in widths for width in pair)
    line("pad_constant", shape, text, np.pad(x, widths, constant_values=9))
    if 0 not in shape:
        line("pad_edge", shape, text, np.pad(x, widths, mode="edge"))
        widths = [(rng.randint(0, 9), rng.randint(0, 9)) if len(shape) < 3 else pair for pair in widths]
        text = words(width for pair in widths for width in pair)
        line("pad_reflect", shape, text, np.pad(x, widths, mode="reflect"))
    remainder = rng.randint(2, 4)
    line("one_hot", shape, remainder, np.eye(remainder, dtype=np.int64)[x % remainder])
    line("mask_select", shape, remainder, x[x % remainder == 0])
    line("nonzero", shape, remainder, np.argwhere(x % remainder))
    if len(shape) >= 2:
        rows = np.arange(shape[0]) % 2 == 0
        line("mask_rows", shape, "", x[rows])

for _ in range(20):
    shape = some_shape(2, 3)
    offset = rng.randint(-4, 4)
    x = ramp(shape)
    line("tril", shape, offset, np.tril(x, offset))
    line("triu", shape, offset, np.triu(x, offset))
    line("tri", shape[:2], offset, np.tri(shape[0], shape[1], offset, dtype=np.int64))
    line("diag", shape[:2], offset, np.diag(ramp(shape[:2]), offset))
    line("diag", shape[:1], offset, np.diag(ramp(shape[:1]), offset))
    line("eye", shape[:1], "", np.eye(shape[0], dtype=np.int64))


def setting(shape, arguments, place, value):
    x = ramp(shape)
    x[place] = value
    line("set", shape, arguments, x)


setting((3, 4), "row", (1, slice(None)), -np.arange(4))
setting((3, 4), "column", (Ellipsis, -1), -np.arange(3))
setting((3, 4), "steps", (slice(0, 3, 2), slice(1, 4, 2)), np.array([[-1], [-2]]))
setting((3, 4), "new", (slice(None), None, 0), np.array([[-5]]))
setting((3, 4), "mask", ramp((3, 4)) % 3 == 0, -7)
setting((3, 4), "mask values", ramp((3, 4)) % 3 == 0, -np.arange(4))
setting((3, 4), "mask rows", np.array([True, False, True]), -np.arange(4))
setting((3, 4), "along", (slice(None), [3, 0, -1]), -np.arange(3))
setting((3, 4), "along twice", [1, 1], np.array([[-1, -2, -3, -4], [-5, -6, -7, -8]]))


def numbers(name, arguments, result):
    lines.append(f"{name} | {words(arguments)} | {len(result)} | {words(float(x).hex() for x in result)}")


for first, last, count in [(0, 1, 11), (-3, 7, 5), (0.1, 0.7, 7), (2, 2, 3), (5, -5, 21), (1, 9, 1), (1, 9, 0), (1e-3, 1e3, 9)]:
    numbers("linspace", (first, last, count), np.linspace(first, last, count))
for first, end, step in [(0, 10, 1), (0, 1, 0.125), (5, 0, -2), (0, 0, 1), (3, 1, 1), (0.5, 8, 0.75), (-2, 3, 0.1)]:
    # NumPy rounds the step first; these are the exact sums, rounded once.
    count = len(np.arange(first, end, step))
    numbers("arange", (first, end, step), [float(Fraction(first) + i * Fraction(step)) for i in range(count)])

with open("shape.txt", "w") as file:
    file.write("\n".join(lines) + "\n")
