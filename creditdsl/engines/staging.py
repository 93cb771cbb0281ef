"""Every row of the tables that is looked at one by one, sorted by subject, in one DuckDB file.

In: a `Layout`. First all its rows are taken in: a table or view `taken0` for the subject and `taken1`, … for the records, in the
order of the layout, each with `number` (which row of the file), `key` and the cells `c0`, `c1`, … as text in the order of
the file, and a table `unplaced` of rows without a cell for each column. Out, of all rows or of those with the keys in a
table `odd`: `rows0`, `rows1`, … with `ordinal` (which subject, from 0, in the order of the keys) in place of the key, sorted
by ordinal and number. Beside them

- `strays0`, `strays1`, …: rows without a key, or with one that no subject has
- `excess0`, `excess1`, …: rows beyond the most records that one subject may have
- `malformed`: rows without a cell for each column, with `ordinal` where their key is that of a subject

so that rows in the files = rows + strays + excess + malformed, but for those of subjects that are not odd. Keys are
compared as text, without blanks around them.
"""

import csv
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from creditdsl.core.ir import MAX_RECORDS
from creditdsl.diagnostics import InternalError, Language
from creditdsl.engines.cells import BLANKS
from creditdsl.engines.duck import (
    quoted_name,
    quoted_text,
    read_parquet,
    read_plain_csv,
    read_plain_lines,
    rows_in_order,
    rows_of_parts,
)
from creditdsl.engines.encoding import MAX_LINE, Encoding, PlainLines, plain_lines
from creditdsl.engines.intake import Malformed, take_in
from creditdsl.engines.layout import Layout, TableFile

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MALFORMED_COLUMNS = ("table_number", "number", "key", "code", "message", "raw")


ALL_KEYS = "SELECT key FROM (SELECT key FROM taken0 UNION ALL SELECT key FROM unplaced WHERE table_number = '0') WHERE key <> ''"
"""The keys of all subjects, with repetitions."""


def take_in_tables(connection: "DuckDBPyConnection", layout: Layout, work: Path, language: Language) -> tuple[int, ...]:
    """Take in every file of the layout, and say how many rows each has; messages are written in `language`."""
    path = work / "malformed.csv"
    rows = []
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        for number, file in enumerate(layout.tables):
            if file.encoding is None:
                rows.append(_read_parquet(connection, number, file))
                continue

            def refuse(row: Malformed, number: int = number) -> None:
                message = row.message.in_language(language)
                writer.writerow([number, row.number, row.key, row.code.name, message, row.raw])

            rows.append(_read_csv(connection, number, file, work, refuse))
    connection.execute(f"CREATE TABLE unplaced AS {read_plain_csv((path,), MALFORMED_COLUMNS, several_lines=True)}")
    return tuple(rows)


def stage_all(connection: "DuckDBPyConnection", layout: Layout, most_records: int = MAX_RECORDS) -> int:
    """Sort the rows of all subjects; how many there are (distinct keys)."""
    return _stage(connection, layout, most_records, "true", (True,) * len(layout.tables))


def stage_odd(
    connection: "DuckDBPyConnection", layout: Layout, strays: tuple[bool, ...], most_records: int = MAX_RECORDS
) -> int:
    """Sort the rows of the subjects in `odd`; how many there are. `strays` says which tables have rows without a subject."""
    return _stage(connection, layout, most_records, "key IN (SELECT key FROM odd)", strays)


def _stage(
    connection: "DuckDBPyConnection", layout: Layout, most_records: int, chosen: str, strays: tuple[bool, ...]
) -> int:
    connection.execute(
        "CREATE TABLE keys AS SELECT key, row_number() OVER (ORDER BY key) - 1 AS ordinal FROM ("
        f"SELECT DISTINCT key FROM ({ALL_KEYS}) WHERE {chosen})"
    )
    connection.execute(
        "CREATE TABLE malformed AS SELECT ordinal, table_number::INTEGER AS table_number, "
        "number::BIGINT AS number, unplaced.key, code, message, raw FROM unplaced "
        "LEFT JOIN keys ON unplaced.key = keys.key ORDER BY ordinal, table_number, number"
    )
    for number, file in enumerate(layout.tables):
        _sort_table(connection, number, file)
        _find_strays(connection, number, file, strays[number])
        _split_excess(connection, number, most_records)
    return count(connection, "SELECT count(*) FROM keys")


def count(connection: "DuckDBPyConnection", query: str) -> int:
    """The one number that a query gives."""
    rows = connection.execute(query).fetchall()
    if len(rows) != 1:
        raise InternalError(f"not one row from {query}")
    return int(rows[0][0])


def _cells(file: TableFile) -> str:
    return ", ".join(f"c{position}" for position in range(len(file.header)))


def _key(cell: str) -> str:
    return f"coalesce(trim({cell}, {quoted_text(BLANKS)}), '') AS key"


def _read_csv(
    connection: "DuckDBPyConnection", number: int, file: TableFile, work: Path, refuse: Callable[[Malformed], None]
) -> int:
    plain = plain_lines(file.path) if file.encoding is Encoding.UTF_8 else None
    # DuckDB refuses a line with too few cells, and one with too many unless these are empty: the commas tell.
    if (
        plain is not None
        and plain.commas == plain.lines * (len(file.header) - 1)
        and _read_plain_lines(connection, number, file, plain)
    ):
        return plain.lines - 1
    return _read_with_care(connection, number, file, work, refuse)


def _read_with_care(
    connection: "DuckDBPyConnection", number: int, file: TableFile, work: Path, refuse: Callable[[Malformed], None]
) -> int:
    """Line by line, each that is no row to `refuse`; how many rows there are with those."""
    plain = work / f"taken{number}.csv"
    intake = take_in(file, plain, refuse)
    columns = ("number", *(f"c{position}" for position in range(len(file.header))))
    connection.execute(
        f"CREATE TABLE taken{number} AS SELECT number::BIGINT AS number, {_key(f'c{file.key}')}, {_cells(file)} "
        f"FROM ({read_plain_csv((plain,), columns, several_lines=intake.several_lines)})"
    )
    plain.unlink()
    return intake.rows


def _read_plain_lines(connection: "DuckDBPyConnection", number: int, file: TableFile, plain: PlainLines) -> bool:
    """Whether DuckDB could cut all rows of a CSV into as many cells as the header has; nothing is left when not."""
    import duckdb

    names = tuple(f"c{position}" for position in range(len(file.header)))
    lines = read_plain_lines(file.path, names, MAX_LINE, carriage_returns=plain.carriage_returns)
    query = f"SELECT {_key(f'c{file.key}')}, {_cells(file)} FROM ({lines})"
    try:
        with rows_in_order(connection):
            connection.execute(f"CREATE TABLE cells{number} AS {query}")
    except duckdb.InvalidInputException:
        return False
    if count(connection, f"SELECT count(*) FROM cells{number}") != plain.lines - 1:
        connection.execute(f"DROP TABLE cells{number}")
        return False
    # The header is line 1, and the first row of a table has the id 0.
    connection.execute(f"CREATE VIEW taken{number} AS SELECT rowid + 2 AS number, * FROM cells{number}")
    return True


def _read_parquet(connection: "DuckDBPyConnection", number: int, file: TableFile) -> int:
    """Every value as its exact text; rows are numbered from 1. They stay in their files, and are read when asked for."""
    cells = ", ".join(
        f"CAST({quoted_name(name)} AS VARCHAR) AS c{position}" for position, name in enumerate(file.header)
    )
    source = read_parquet(file.paths, "" if file.number else ", file_row_number = true")
    connection.execute(
        f"CREATE VIEW taken{number} AS SELECT number, {_key(f'c{file.key}')}, {_cells(file)} "
        f"FROM (SELECT {_row_number(file)} AS number, {cells} FROM {source})"
    )
    return count(connection, f"SELECT count(*) FROM {read_parquet(file.paths)}")


def _row_number(file: TableFile) -> str:
    """The number of a row: in its file, behind the rows of all files before it."""
    if file.number is not None:
        return quoted_name(file.number)
    if len(file.paths) == 1:
        return "file_row_number + 1"
    before = ", ".join(str(rows) for rows in accumulate(rows_of_parts(file.paths)[:-1], initial=0))
    return f"file_row_number + 1 + ([{before}])[file_index::BIGINT + 1]"


def _sort_table(connection: "DuckDBPyConnection", number: int, file: TableFile) -> None:
    connection.execute(
        f"CREATE TABLE rows{number} AS SELECT ordinal, number, {_cells(file)} "
        f"FROM taken{number} JOIN keys ON taken{number}.key = keys.key ORDER BY ordinal, number"
    )


def _find_strays(connection: "DuckDBPyConnection", number: int, file: TableFile, any_there: bool) -> None:
    rows = f"SELECT number, key, {_cells(file)} FROM taken{number}"
    source = f"({rows}) ANTI JOIN ({ALL_KEYS}) AS known USING (key)" if any_there else f"({rows}) WHERE false"
    connection.execute(f"CREATE TABLE strays{number} AS SELECT * FROM {source} ORDER BY number")


def _split_excess(connection: "DuckDBPyConnection", number: int, most_records: int) -> None:
    """Move the rows of subjects that have too many out of the way, so that nobody need hold them in memory."""
    crowded = f"SELECT ordinal FROM rows{number} GROUP BY ordinal HAVING count(*) > {most_records}"
    connection.execute(
        f"CREATE TABLE excess{number} AS SELECT * FROM rows{number} WHERE ordinal IN ({crowded}) "
        f"QUALIFY row_number() OVER (PARTITION BY ordinal ORDER BY number) > {most_records} ORDER BY ordinal, number"
    )
    connection.execute(f"DELETE FROM rows{number} WHERE number IN (SELECT number FROM excess{number})")
