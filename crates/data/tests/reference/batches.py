"""Prints how MXNet cuts rows into batches over three passes, for the tests of the loaders.

Run with Python 3.11, mxnet 1.9.1 and numpy 1.23.5.
"""
import mxnet as mx
from mxnet.gluon.data import ArrayDataset, DataLoader


def rows(tensor):
    return tensor.asnumpy().astype(int).tolist()


print("gluon.data.DataLoader: rows of each batch")
for last_batch in ["keep", "discard", "rollover"]:
    for count in [10, 3]:
        loader = DataLoader(ArrayDataset(mx.nd.arange(count), mx.nd.arange(count)), 4, last_batch=last_batch)
        passes = [[rows(data) for data, _ in loader] for _ in range(3)]
        print(last_batch, count, passes)

print("io.NDArrayIter: rows and pad of each batch")
for handle in ["pad", "discard", "roll_over"]:
    for count in [10, 3]:
        iterator = mx.io.NDArrayIter(mx.nd.arange(count), None, 4, last_batch_handle=handle)
        passes = []
        for _ in range(3):
            passes.append([(rows(batch.data[0]), batch.pad) for batch in iterator])
            iterator.reset()
        print(handle, count, passes)

print("io.NDArrayIter, left after the first batch: rows and pad of that batch")
iterator = mx.io.NDArrayIter(mx.nd.arange(10), None, 4, last_batch_handle="roll_over")
passes = []
for _ in range(2):
    passes.append([(rows(batch.data[0]), batch.pad) for batch in [iterator.next()]])
    iterator.reset()
print("roll_over", 10, passes)

print("io.NDArrayIter: what it provides")
iterator = mx.io.NDArrayIter(mx.nd.zeros((10, 2)), mx.nd.zeros(10), 4)
print(iterator.provide_data, iterator.provide_label)
