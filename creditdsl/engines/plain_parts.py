"""The plain part of a result: one Parquet file for each of its tables.

In: tables, block by block. Out: files, each written by a thread of its own while the next blocks are graded.
"""

from collections import deque
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

        # The least and the greatest value of a column of few texts help no reader, nor those of keys, of which every block has some from
        # the whole range.
        _, *coded = table.column_names
        path = plain_path(self.folder, name)
        return pq.ParquetWriter(
            path, table.schema, compression=COMPRESSION, use_dictionary=coded, write_statistics=False
        )


def plain_path(folder: Path, name: str) -> Path:
    """Where the plain part of a table of the result is written."""
    return folder / f"{name}.parquet"
