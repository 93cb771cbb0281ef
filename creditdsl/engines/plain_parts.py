"""The plain part of a result: one Parquet file for each of its tables; and what it is made of, while that waits in a file.

In: tables, block by block. Out: files, each written by a thread of its own while the next blocks are graded.
"""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

COMPRESSION = "snappy"
MOST_WAITING = 6
"""How many tables may wait to be written."""


class PlainParts:
    """The files in a folder, open."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pools: dict[str, ThreadPoolExecutor] = {}
        self.writers: dict[str, pq.ParquetWriter] = {}
        self.written: deque[Future[None]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for pool in self.pools.values():
            pool.shutdown()
        for writer in self.writers.values():
            writer.close()
        for done in self.written:
            done.result()

    def write(self, tables: "dict[str, pa.Table]") -> None:
        for name, table in tables.items():
            if name not in self.pools:
                self.pools[name] = ThreadPoolExecutor(1)
                self.writers[name] = self._writer(name, table)
            self.written.append(self.pools[name].submit(self.writers[name].write_table, table))
        while len(self.written) > MOST_WAITING:
            self.written.popleft().result()

    def _writer(self, name: str, table: "pa.Table") -> "pq.ParquetWriter":
        import pyarrow.parquet as pq

        coded = table.column_names[1:]
        return pq.ParquetWriter(
            plain_path(self.folder, name), table.schema, compression=COMPRESSION, use_dictionary=coded
        )


def plain_path(folder: Path, name: str) -> Path:
    """Where the plain part of a table of the result is written."""
    return folder / f"{name}.parquet"


def kept_blocks(blocks: "Iterator[pa.RecordBatch]", path: Path) -> "Iterator[pa.RecordBatch]":
    """Blocks out of a file, into which all of them have been written before the first one is given; it goes away at the end."""
    import pyarrow as pa

    first = next(blocks, None)
    if first is None:
        return iter(())
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, first.schema) as writer:
        writer.write_batch(first)
        for block in blocks:
            writer.write_batch(block)
    return _read_blocks(path)


def _read_blocks(path: Path) -> "Iterator[pa.RecordBatch]":
    import pyarrow as pa

    with pa.OSFile(str(path)) as file, pa.ipc.open_stream(file) as reader:
        yield from reader
    path.unlink()
