"""A disk that is full, and how much room a run wants.

In: whatever DuckDB, Arrow or Python say when there is no room left for a file. Out: an OSError that says it in the language of
the run, with how much room was there and how much is wanted.
"""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from creditdsl.diagnostics import Language, Text
from creditdsl.engines.duck import OUT_OF_MEMORY, OutOfMemory
from creditdsl.engines.layout import FileFormat, Layout

TIMES_THE_TABLES = {FileFormat.PARQUET: 3, FileFormat.CSV: 4}
"""How many times the size of its files a table takes while a run goes on, with its part of the result."""

NO_ROOM = os.strerror(errno.ENOSPC)
"""How it is said by those who do not give its number."""

LEFT = 5
"""DuckDB takes nine tenths of the room that is free, and has then no memory: so it is the disk where a fifth or less is free."""

GIB = 1 << 30


@contextmanager
def room_wanted(layout: Layout, folder: Path, language: Language) -> Iterator[None]:
    """Whoever finds no room for a file in the folder of a run: an OSError that says how much is wanted."""
    import duckdb

    try:
        yield
    except (OSError, OutOfMemory, duckdb.Error) as error:
        free = shutil.disk_usage(folder).free
        there = _taken(folder) + free
        if not (_is_full(error) or (_is_memory(error) and free * LEFT <= there)):
            raise
        wanted = max(_wanted(layout), there + there // 2)
        text = no_room(_in_gib(there), _in_gib(wanted)).in_language(language)
        raise OSError(errno.ENOSPC, text) from error


def no_room(there: str, wanted: str) -> Text:
    return Text(
        f"磁盘空间不足:本次运行可用 {there} GB,约需 {wanted} GB;请清理磁盘,或将结果写到其他磁盘",
        f"the disk is full: {there} GB were there for this run, about {wanted} GB are wanted; "
        "make room, or write the result to another disk",
    )


def _is_full(error: Exception) -> bool:
    return (isinstance(error, OSError) and error.errno == errno.ENOSPC) or NO_ROOM in str(error)


def _is_memory(error: Exception) -> bool:
    return isinstance(error, OutOfMemory) or OUT_OF_MEMORY in str(error)


def _in_gib(size: int) -> str:
    return f"{size / GIB:.1f}"


def _wanted(layout: Layout) -> int:
    return sum(
        TIMES_THE_TABLES[table.format] * sum(path.stat().st_size for path in table.paths) for table in layout.tables
    )


def _taken(folder: Path) -> int:
    """How much room the files of a folder take now."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return sum(path.stat().st_size for path in files)
