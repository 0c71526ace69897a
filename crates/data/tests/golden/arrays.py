"""Writes the files beside it: arrays as NumPy and safetensors write them.

    python arrays.py

Written by NumPy 2.4.6 and safetensors (its Python package) 0.8.0. Unless the name says otherwise an array is
[[-2, -1, 0], [1, 2, 3]], of u1 [[0, 1, 2], [3, 4, 5]], of b1 whether that is odd.
"""

import os
import warnings
import zipfile

import numpy as np
from numpy.lib import format
from safetensors.numpy import save_file

os.chdir(os.path.dirname(os.path.abspath(__file__)))
warnings.simplefilter("ignore")


def array(dtype):
    numbers = np.arange(6).reshape(2, 3)
    if dtype == "|b1":
        return numbers % 2 == 1
    return (numbers if dtype == "|u1" else numbers - 2).astype(dtype)


for dtype in ["<f4", "<f8", "<i4", "<i8", "|u1", "|b1", ">f4", ">f8", ">i4", ">i8"]:
    name = dtype.replace("<", "little_").replace(">", "big_").replace("|", "")
    np.save(f"{name}.npy", array(dtype))
np.save("fortran.npy", np.asfortranarray(array(">i4").reshape(1, 2, 3)))
np.save("scalar.npy", np.float64(2.5))
np.save("empty.npy", np.zeros((3, 0, 2), "<f4"))
np.save("row.npy", np.arange(5, dtype="<i8"))
for version in [(2, 0), (3, 0)]:
    with open(f"version_{version[0]}.npy", "wb") as file:
        format.write_array(file, array("<f4"), version=version)
with open("two.npy", "wb") as file:
    np.save(file, array("<f4"))
    np.save(file, array("<i8"))

np.save("refused_half.npy", array("<f2"))
np.save("refused_unsigned.npy", array("<u4"))
np.save("refused_complex.npy", array("<c8"))
np.save("refused_text.npy", np.array(["a", "bc"]))
np.save("refused_records.npy", np.zeros(2, [("x", "<f4"), ("y", "<i4")]))
np.save("refused_axes.npy", np.zeros([1] * 9, "<f4"))

np.save("columns.npy", np.asfortranarray(array(">i4")))
records = np.zeros(3, [("x", "<f4"), ("name", "<U3"), ("y", ">i2"), ("odd", "?")])
records["x"], records["name"], records["y"], records["odd"] = [0.5, 1, -2], ["a", "bc", ""], [3, -4, 500], [True, False, True]
np.save("records.npy", records)
np.save("refused_nested.npy", np.zeros(2, [("x", "<f4", (2,)), ("y", "<i4")]))
np.savez_compressed("one.npz", array("<f8"))
np.savez("stored.npz", w=array("<f4"), b=np.float64(2.5))
np.savez_compressed("compressed.npz", w=array(">f8"), ones=np.ones((40, 50), "<f4"))
with zipfile.ZipFile("refused_bzip2.npz", "w", zipfile.ZIP_BZIP2) as archive:
    archive.write("little_f4.npy")
with zipfile.ZipFile("refused_member.npz", "w") as archive:
    archive.writestr("notes.txt", "none")

numbers = {dtype: array(dtype) for dtype in ["<f4", "<f8", "<i4", "<i8", "|u1", "|b1"]}
tensors = {f"x.{dtype[1:]}": numbers[dtype] for dtype in numbers}
tensors |= {"scalar": np.array(2.5, "<f8"), "empty": np.zeros((3, 0, 2), "<f4")}
save_file(tensors, "all.safetensors", metadata={"trained": "10 epochs", "by": "\"ß\""})
save_file({"h": array("<f2")}, "refused_half.safetensors")
