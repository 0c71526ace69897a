"""How NumPy prints arrays: writes display.txt beside this file.

Each case is a line `dtype; shape; precision or -; elements`, what print() writes, and a line `----`.
"""

import pathlib

import numpy

SEED = 5
generator = numpy.random.Generator(numpy.random.PCG64(SEED))
names = {"f32": numpy.float32, "f64": numpy.float64, "i32": numpy.int32, "i64": numpy.int64, "u8": numpy.uint8, "bool": bool}
cases = []


def case(name, elements, shape, precision=None, words=None):
    array = numpy.array(elements, dtype=names[name]).reshape(shape)
    with numpy.printoptions(precision=8 if precision is None else precision):
        text = str(array)
    exact = " ".join(str(int(x)) for x in array.ravel()) if name[0] != "f" else ""
    if name[0] == "f":
        # The bits, so that the reader needs no parser for hexadecimal floats.
        bits = numpy.uint32 if name == "f32" else numpy.uint64
        exact = " ".join(f"{int(x):x}" for x in array.ravel().view(bits))
    sizes = ",".join(map(str, shape))
    cases.append(f"{name}; {sizes}; {'-' if precision is None else precision}; {words or exact}\n{text}\n----\n")


edges = [0.0, -0.0, 1.0, -1.0, 0.1, 1e-4, 9.9e-5, 1e-5, 999999.0, 1e6, 1234567.0, 99999999.0, 1e8, 1e15, 1e16, 1 / 3, 1e-7, 1.5e-7,
         -2.5e20, 1e-30, 3e38, float("nan"), float("inf"), -float("inf")]
for name in ("f32", "f64"):
    for x in edges:
        case(name, [x], ())
        case(name, [x], (1,))
    case(name, [1e300 if name == "f64" else 1e38, 1e-5], (2,))
    case(name, [700, 0.7], (2,))
    case(name, [300, 0.3], (2,))
    case(name, [100, 0.1], (2,))
    case(name, [0.12345678912, 123456.78912], (2,))
    case(name, [0.123456789, 100.5], (2,))
    case(name, [0.999999999, 0.25], (2,), 3)
    case(name, [0.5, 2.5, 0.125, 0.375], (4,), 2)
    for special in ([float("nan")], [float("inf"), -float("inf")], [float("nan"), 1.5], [-float("inf"), 100.25], [float("inf"), 1e-9]):
        case(name, special, (len(special),))

shapes = [(3,), (7,), (2, 3), (2, 2, 2), (1, 1), (3, 1, 2), (2, 1, 2, 2), (40,), (3, 30), (2, 2, 25)]
for name in names:
    for shape in [(0,), (2, 0), (0, 3, 1)]:
        case(name, [], shape)
    for turn in range(60):
        shape = shapes[generator.integers(len(shapes))]
        size = int(numpy.prod(shape))
        precision = [None, None, None, 3, 0, 12][generator.integers(6)] if name[0] == "f" else None
        if name[0] == "f":
            scale = 10.0 ** generator.integers(-3, 6)
            kind = generator.integers(5)
            numbers = generator.normal(size=size) * scale
            if kind == 1:
                numbers = numpy.round(numbers, 2)
            elif kind == 2:
                numbers = numbers * 10.0 ** generator.integers(-12, 12, size=size)
            elif kind == 3:
                numbers[generator.integers(size)] = [numpy.nan, numpy.inf, -numpy.inf][generator.integers(3)]
            elif kind == 4:
                numbers = numpy.round(numbers)
        elif name == "bool":
            numbers = generator.integers(0, 2, size=size)
        else:
            largest = min(10 ** int(generator.integers(1, 19)), numpy.iinfo(names[name]).max)
            smallest = 0 if name == "u8" or generator.integers(2) else -largest
            numbers = generator.integers(smallest, largest, size=size, endpoint=True)
        case(name, numbers, shape, precision)

# Summarized: every element is its row-major position modulo a number, times a factor, written as `range factor modulus`.
for name, shape in [("f32", (2000,)), ("i32", (1001,)), ("i64", (40, 30)), ("f64", (11, 10, 10)), ("f32", (2, 600)), ("f32", (600, 2)),
                    ("bool", (7, 150)), ("u8", (3, 4, 100)), ("f64", (2, 3, 4, 50)), ("i32", (2000, 1)), ("f64", (1100, 4))]:
    factor = 0.37 if name[0] == "f" else 1
    modulus = {"bool": 2, "u8": 200}.get(name, 1_000_000)
    positions = numpy.arange(int(numpy.prod(shape))) % modulus
    case(name, positions * factor, shape, words=f"range {factor} {modulus}")
# Exactly at the threshold nothing is left out.
case("i32", numpy.arange(1000), (10, 100))
# Numbers wider than a line.
case("f64", generator.normal(size=6), (1, 1, 6), 70)

path = pathlib.Path(__file__).with_suffix(".txt")
path.write_text(f"numpy {numpy.__version__}, seed {SEED}, {len(cases)} cases\n" + "".join(cases))
