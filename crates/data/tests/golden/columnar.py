"""Makes the Parquet and Arrow files of tests/columnar.rs, with pyarrow 26.0.1 on Python 3.11: python columnar.py"""

import datetime

import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq

days = [datetime.date(2024, 3, 1), None, datetime.date(1969, 12, 31), datetime.date(1970, 1, 1)]
times = [datetime.datetime(2024, 3, 1, 12), datetime.datetime(1970, 1, 1, 6), None, datetime.datetime(1969, 12, 31)]
table = pa.table(
    {
        "whole": pa.array([1, None, -3, 4], pa.int32()),
        "large": pa.array([2**40, 0, 1, None], pa.uint64()),
        "real": pa.array([0.5, float("nan"), None, -2.25], pa.float64()),
        "single": pa.array([0.1, 1.0, 2.0, 3.0], pa.float32()),
        "truth": pa.array([True, False, None, True]),
        "text": pa.array(["b", None, "NA", " a "]),
        "level": pa.array(["x", "y", None, "x"]).dictionary_encode(),
        "day": pa.array(days, pa.date32()),
        "time": pa.array(times, pa.timestamp("us")),
        "price": pa.array([None, 1, 2, 3], pa.int64()).cast(pa.decimal128(22, 2)),
        "list": pa.array([[1], [2, 3], None, []], pa.list_(pa.int64())),
    }
)
for codec in ["none", "snappy", "zstd", "gzip", "lz4"]:
    pq.write_table(table, f"columnar_{codec}.parquet", compression=codec, row_group_size=3)
for codec in ["uncompressed", "zstd", "lz4"]:
    feather.write_feather(table, f"columnar_{codec}.arrow", compression=codec, chunksize=3)
with pa.OSFile("columnar.arrows", "wb") as sink, pa.ipc.new_stream(sink, table.schema) as writer:
    writer.write_table(table, max_chunksize=3)
pq.write_table(table.slice(0, 0), "columnar_empty.parquet")
pair = pa.array([{"a": 1, "b": "x"}, None, {"a": 2, "b": None}, {"a": 3, "b": "y"}])
nested = pa.table({"pair": pair, "whole": table["whole"], "list": table["list"], "text": table["text"]})
pq.write_table(nested, "columnar_nested.parquet", row_group_size=3)
pq.write_table(table.select(["list"]), "columnar_only_lists.parquet")
