"""The door to DuckDB: connections with bounded memory, names and paths as SQL has them, the columns of a Parquet file.

duckdb is imported inside the functions: it takes longer to load than a command that does not need it takes to answer.
"""

import errno
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SUPPORTED_TYPES = frozenset(
    {
        "BOOLEAN",
        "TINYINT",
        "SMALLINT",
        "INTEGER",
        "BIGINT",
        "HUGEINT",
        "UTINYINT",
        "USMALLINT",
        "UINTEGER",
        "UBIGINT",
        "UHUGEINT",
        "DECIMAL",
        "FLOAT",
        "DOUBLE",
        "DATE",
        "TIMESTAMP",
        "TIMESTAMP_S",
        "TIMESTAMP_MS",
        "TIMESTAMP_NS",
        "VARCHAR",
        "ENUM",
    }
)
"""The types whose values have one exact text, before any parenthesis."""


MEMORY = "256MB"
"""How much DuckDB may hold while it sorts, joins and writes; what is more goes to the working folder."""
MEMORY_OF_A_WORKER = "128MB"
MEMORY_OF_COLUMNS = "1GB"
"""Enough to read whole columns, and to divide the rows of a hundred million subjects into files."""

OUT_OF_MEMORY = "Out of Memory Error"
"""How DuckDB begins to say so."""

LONGEST_LINE = 16 << 20
"""Bytes; a row is at most one line of the input, with every quote doubled, and what is said about it."""


def connect(
    work: Path, database: Path | None = None, *, worker: bool = False, columns_on: int | None = None
) -> "DuckDBPyConnection":
    """A connection that spills into a folder of its own below `work`, and never looks for an extension.

    Without a database it is in memory; a worker opens the database read-only, with one thread; `columns_on` so many
    threads, whole columns are read, joined and aggregated, which takes more memory, and rows come in any order. DuckDB
    gives its spill files fixed names, so that two processes must not share a folder.
    """
    import duckdb

    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "memory_limit": MEMORY_OF_A_WORKER if worker else MEMORY if columns_on is None else MEMORY_OF_COLUMNS,
        "temp_directory": tempfile.mkdtemp(prefix="spill.", dir=work),
        "preserve_insertion_order": columns_on is None,
    }
    if worker or columns_on is not None:
        config["threads"] = 1 if columns_on is None else columns_on
    return duckdb.connect(":memory:" if database is None else str(database), read_only=worker, config=config)


@contextmanager
def rows_in_order(connection: "DuckDBPyConnection") -> Iterator[None]:
    """Within it rows are stored in the order in which they are read, also by several threads."""
    before = connection.execute("SELECT current_setting('preserve_insertion_order')").fetchone()
    connection.execute("SET preserve_insertion_order = true")
    try:
        yield
    finally:
        connection.execute(f"SET preserve_insertion_order = {str(before == (True,)).lower()}")


@contextmanager
def disk_faults_as_os_errors() -> Iterator[None]:
    """What DuckDB says of a disk that is full or gone, as the standard library says it."""
    import duckdb

    try:
        yield
    except duckdb.IOException as error:
        raise OSError(errno.EIO, str(error).splitlines()[0]) from error


class OutOfMemory(Exception):
    """DuckDB had not the memory for a query, nor the room to do without."""


@contextmanager
def memory_asked_for() -> Iterator[None]:
    """What DuckDB says of too little memory, itself or, when the answer is under way, through Arrow, as OutOfMemory."""
    import duckdb

    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise OutOfMemory(str(error)) from error
    except OSError as error:
        if OUT_OF_MEMORY not in str(error):
            raise
        raise OutOfMemory(str(error)) from error


class ParquetTrouble(Exception):
    """A file is no Parquet; the text is the first sentence of the reason."""


def quoted_path(path: Path) -> str:
    """A path as a string literal of SQL, with the characters that DuckDB takes for a pattern escaped."""
    return quoted_text("".join(f"[{character}]" if character in "[*?" else character for character in str(path)))


def quoted_name(name: str) -> str:
    """A column's name as an identifier of SQL."""
    return '"' + name.replace('"', '""') + '"'


def quoted_text(text: str) -> str:
    """A text as a string literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def read_plain_csv(
    paths: tuple[Path, ...], columns: tuple[str, ...], *, several_lines: bool, header: bool = False
) -> str:
    """The query that reads files as Python's csv module writes them, one after the other, every cell as text.

    `several_lines` says that cells may have line breaks in them; only without them can DuckDB read in parallel.
    """
    files = ", ".join(quoted_path(path) for path in paths)
    types = ", ".join(f"{quoted_text(name)}: 'VARCHAR'" for name in columns)
    return (
        f"SELECT * FROM read_csv([{files}], columns = {{{types}}}, header = {str(header).lower()}, auto_detect = false, delim = ',', "
        f"quote = '\"', escape = '\"', new_line = '\\n', max_line_size = {LONGEST_LINE}, "
        f"parallel = {'false' if several_lines else 'true'})"
    )


def read_plain_lines(path: Path, columns: tuple[str, ...], longest: int, *, carriage_returns: bool) -> str:
    """The query that reads a file behind its first line, cut at line breaks and commas alone, every cell as text.

    It fails on a line that has not one cell for each column, and on one of more than `longest` bytes. Threads that begin in the middle
    of a file look for a line that fits, so a caller counts the rows.
    """
    types = ", ".join(f"{quoted_text(name)}: 'VARCHAR'" for name in columns)
    line_break = "\\r\\n" if carriage_returns else "\\n"
    return (
        f"SELECT * FROM read_csv({quoted_path(path)}, columns = {{{types}}}, header = false, skip = 1, auto_detect = false, "
        f"delim = ',', quote = '', escape = '', new_line = '{line_break}', max_line_size = {longest}, parallel = true)"
    )


def read_parquet(paths: Sequence[Path], options: str = "") -> str:
    """What stands behind FROM to read Parquet files of the same columns, one after the other."""
    return f"read_parquet([{_listed(paths)}]{options})"


def _listed(paths: Sequence[Path]) -> str:
    return ", ".join(quoted_path(path) for path in paths)


def parquet_columns(*paths: Path) -> list[tuple[str, str]]:
    """The name and DuckDB's type of each column, in order; ParquetTrouble if the first file cannot be read."""
    return [(str(row[0]), str(row[1])) for row in _rows(f"DESCRIBE SELECT * FROM {read_parquet(paths[:1])}")]


def rows_of_parts(paths: Sequence[Path]) -> tuple[int, ...]:
    """How many rows each file has, as it says itself; ParquetTrouble if one cannot be read."""
    rows = _rows(f"SELECT file_name, num_rows FROM parquet_file_metadata([{_listed(paths)}])")
    found = {str(name): int(str(number)) for name, number in rows}
    return tuple(found[str(path)] for path in paths)


def unlike_part(paths: Sequence[Path]) -> Path | None:
    """The first file whose columns are not those of the first one; ParquetTrouble if one cannot be read."""
    what = "name, duckdb_type, type, logical_type::VARCHAR, converted_type, scale, precision"
    schemas: dict[str, list[tuple[object, ...]]] = {str(path): [] for path in paths}
    query = f"SELECT file_name, num_children, {what} FROM parquet_schema([{_listed(paths)}])"
    for file, children, *column in _rows(query):
        if children is None:
            schemas[str(file)].append(tuple(column))
    return next((path for path in paths if schemas[str(path)] != schemas[str(paths[0])]), None)


def _rows(query: str) -> list[tuple[object, ...]]:
    import duckdb

    with duckdb.connect(":memory:") as connection:
        try:
            return connection.execute(query).fetchall()
        except duckdb.Error as error:
            raise ParquetTrouble(str(error).splitlines()[0]) from None
