"""Tables that are too large to be grouped and joined at once, in shares of their subjects.

In: the query of a plan, and a connection. Out: shares, each with all rows of the subjects whose keys fall to it by their hash,
which are graded one after the other as if each were the whole. Their rows stand in files of the working folder, with those
columns alone that the query reads, and go away when they have been graded.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from creditdsl.diagnostics import InternalError
from creditdsl.engines.duck import OutOfMemory, memory_asked_for, quoted_name, quoted_text, read_parquet
from creditdsl.engines.staging import count
from creditdsl.engines.views import KEY

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from creditdsl.engines.plain_query import PlainQuery

BYTES_AT_ONCE = 3 << 30
"""What takes more, as its plan reckons, is divided before it is tried."""

BYTES_OF_A_SHARE = 1536 << 20
"""How much each share is to take of what is divided."""

FINER = 4
"""How many times smaller shares are made when DuckDB has not the memory for one."""

MOST = 64
"""Into how many shares one is divided at a time; each is an open file, for which every thread keeps rows."""

WAITING_ROWS, FEW_WAITING_ROWS = 1 << 17, 1 << 12
"""How many rows a thread keeps, for all shares together, until it writes them; the fewer where rows are very long."""

LONGEST_DICTIONARY = 1_000
"""How many values of a column are looked at for repetitions; keys have none."""

IN_VAIN = 3
"""What has not become smaller when it was divided so many times has but a few keys."""

SHARE = "share"


@dataclass(frozen=True, slots=True)
class Share:
    """The subjects whose hash leaves `remainder` when it is divided by `of`.

    For each table of the run: the query of their rows in `views`, how many there are in `rows`. `size` is about how many bytes
    it takes to grade them. Where `folders` are empty they stand in the tables themselves. `in_vain` is how many times they have
    been divided without becoming fewer.
    """

    views: tuple[str, ...]
    rows: tuple[int, ...]
    size: int
    of: int = 1
    remainder: int = 0
    folders: tuple[Path, ...] = ()
    in_vain: int = 0

    @property
    def is_whole(self) -> bool:
        return self.of == 1

    def has(self, key: str) -> str:
        """The condition that a key, an expression of SQL, falls to this share."""
        return "true" if self.is_whole else f"{_hashed(key)} % {self.of} = {self.remainder}"


class Shares:
    """All subjects, in shares of which none is larger than it has turned out that it may be. Those that are to come have their
    files until they are removed."""

    def __init__(self, connection: "DuckDBPyConnection", query: "PlainQuery", folder: Path) -> None:
        self.connection = connection
        self.query = query
        self.folder = folder
        self.names = tuple(query.views)
        self.columns = [", ".join(map(quoted_name, columns)) for columns in query.columns]
        views = tuple(query.views[name] for name in self.names)
        rows = self._rows(views)
        whole = Share(views, rows, self._size(rows))
        self.most = BYTES_AT_ONCE
        self.waiting = [whole]

    def __iter__(self) -> Iterator[Share]:
        """Each share, while the views of the query read its rows."""
        while self.waiting:
            share = self.waiting.pop()
            if share.size > self.most and not share.in_vain:
                self._divide(share)
            else:
                self._show(share)
                yield share
                self._remove(share)

    def refuse(self, share: Share) -> bool:
        """Divide the share at hand, which takes too much memory; False when that is of no use any more."""
        if share.in_vain == IN_VAIN:
            return False
        self.most = min(self.most, share.size // FINER)
        self._divide(share)
        return True

    def _show(self, share: Share) -> None:
        for name, text in zip(self.names, share.views, strict=True):
            self.connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {text}")

    def _divide(self, share: Share) -> None:
        parts = min(max(-(-share.size // max(min(self.most, BYTES_OF_A_SHARE), 1)), 2), MOST)
        folder = self.folder / f"{SHARE}s-{share.of}-{share.remainder}"
        self._show(share)
        try:
            self._write(share, parts, folder, WAITING_ROWS)
        except OutOfMemory:
            parts = 2
            self._write(share, parts, folder, FEW_WAITING_ROWS)
        self._remove(share)
        found = (self._part(share, part, parts, folder) for part in range(parts))
        self.waiting += [part for part in found if any(part.rows)]

    def _remove(self, share: Share) -> None:
        for folder in share.folders:
            shutil.rmtree(folder, ignore_errors=True)

    def _write(self, share: Share, parts: int, folder: Path, waiting_rows: int) -> None:
        """The rows of a share as files: for each table a folder, and in it one for each part that has any."""
        shutil.rmtree(folder, ignore_errors=True)
        self.connection.execute(f"SET partitioned_write_flush_threshold = {waiting_rows}")
        part = f"{_hashed(KEY)} // {share.of} % {parts}"
        for name, columns in zip(self.names, self.columns, strict=True):
            (folder / name).mkdir(parents=True)
            with memory_asked_for():
                self.connection.execute(
                    f"COPY (SELECT {columns}, {part} AS {SHARE} FROM {name}) TO {quoted_text(str(folder / name))} "
                    f"(FORMAT parquet, COMPRESSION lz4, DICTIONARY_SIZE_LIMIT {LONGEST_DICTIONARY}, PARTITION_BY ({SHARE}), OVERWRITE)"
                )

    def _part(self, share: Share, part: int, parts: int, folder: Path) -> Share:
        folders = [folder / name / f"{SHARE}={part}" for name in self.names]
        views = tuple(self._view(position, place) for position, place in enumerate(folders))
        rows = self._rows(views)
        in_vain = share.in_vain + 1 if 10 * sum(rows) > 9 * sum(share.rows) else 0
        there = tuple(place for place in folders if place.exists())
        return Share(views, rows, self._size(rows), share.of * parts, share.remainder + share.of * part, there, in_vain)

    def _view(self, position: int, folder: Path) -> str:
        """The query of the rows of a table that stand in a folder, of the types that they had."""
        columns, before = self.columns[position], self.query.views[self.names[position]]
        if not folder.exists():
            return f"SELECT {columns} FROM ({before}) WHERE false"
        files = read_parquet(sorted(folder.iterdir()), ", hive_partitioning = false")
        written, read = f"SELECT {columns} FROM ({before})", f"SELECT {columns} FROM {files}"
        if self._types(written) != self._types(read):
            raise InternalError(f"{self.names[position]} has other types when it is written and read")
        return read

    def _types(self, query: str) -> list[tuple[object, ...]]:
        return [row[:2] for row in self.connection.execute(f"DESCRIBE {query}").fetchall()]

    def _rows(self, views: tuple[str, ...]) -> tuple[int, ...]:
        return tuple(count(self.connection, f"SELECT count(*) FROM ({view})") for view in views)

    def _size(self, rows: tuple[int, ...]) -> int:
        return sum(number * held for number, held in zip(rows, self.query.held, strict=True))


def _hashed(key: str) -> str:
    # Of the hash itself, for by its bits DuckDB spreads the keys of a share in its own tables.
    return f"hash(hash({key}))"
