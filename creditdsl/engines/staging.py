"""Every row of the tables, sorted by subject, in one DuckDB file.

In: a `Layout`. Out: a database with a table `rows0` for the subject and `rows1`, `rows2`, … for the records, in the
order of the layout, each with `ordinal` (which subject, from 0, in the order of the keys), `number` (which row of the
file) and the cells `c0`, `c1`, … as text in the order of the file; sorted by ordinal and number. Beside them

- `strays0`, `strays1`, …: rows without a key, or with one that no subject has
- `excess0`, `excess1`, …: rows beyond the most records that one subject may have
- `malformed`: rows without a cell for each column, with `ordinal` where their key is that of a subject

so that rows in the files = rows + strays + excess + malformed. Keys are compared as text, without blanks around them.
"""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from creditdsl.core.ir import MAX_RECORDS
from creditdsl.diagnostics import InternalError, Language
from creditdsl.engines.cells import BLANKS
from creditdsl.engines.duck import connect, quoted_name, quoted_path, quoted_text, read_plain_csv
from creditdsl.engines.intake import Malformed, take_in
from creditdsl.engines.layout import Layout, TableFile

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MALFORMED_COLUMNS = ("table_number", "number", "key", "code", "message", "raw")


@dataclass(frozen=True, slots=True)
class Staged:
    """The database, how many subjects it has (distinct keys), and how many rows each file of the layout has."""

    database: Path
    subjects: int
    rows: tuple[int, ...]


def stage(layout: Layout, work: Path, language: Language, most_records: int = MAX_RECORDS) -> Staged:
    """Read every file of the layout into a database in the folder `work`; messages are written in `language`."""
    database = work / "rows.duckdb"
    with connect(work, database) as connection:
        rows = _read_tables(connection, layout, work, language)
        connection.execute(
            "CREATE TABLE keys AS SELECT key, row_number() OVER (ORDER BY key) - 1 AS ordinal FROM ("
            "SELECT DISTINCT key FROM (SELECT key FROM taken0 UNION ALL SELECT key FROM unplaced "
            "WHERE table_number = '0') WHERE key <> '')"
        )
        connection.execute(
            "CREATE TABLE malformed AS SELECT ordinal, table_number::INTEGER AS table_number, "
            "number::BIGINT AS number, unplaced.key, code, message, raw FROM unplaced "
            "LEFT JOIN keys ON unplaced.key = keys.key ORDER BY ordinal, table_number, number"
        )
        for number, file in enumerate(layout.tables):
            _sort_table(connection, number, file)
            _split_excess(connection, number, most_records)
        subjects = count(connection, "SELECT count(*) FROM keys")
    return Staged(database, subjects, rows)


def count(connection: "DuckDBPyConnection", query: str) -> int:
    """The one number that a query gives."""
    row = connection.execute(query).fetchone()
    if row is None:
        raise InternalError(f"no row from {query}")
    return int(row[0])


def _read_tables(connection: "DuckDBPyConnection", layout: Layout, work: Path, language: Language) -> tuple[int, ...]:
    """Fill `taken0`, … with the good rows and `unplaced` with the malformed ones; how many rows each file has."""
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


def _cells(file: TableFile) -> str:
    return ", ".join(f"c{position}" for position in range(len(file.header)))


def _key(cell: str) -> str:
    return f"coalesce(trim({cell}, {quoted_text(BLANKS)}), '') AS key"


def _read_csv(
    connection: "DuckDBPyConnection", number: int, file: TableFile, work: Path, refuse: Callable[[Malformed], None]
) -> int:
    plain = work / f"taken{number}.csv"
    intake = take_in(file, plain, refuse)
    columns = ("number", *(f"c{position}" for position in range(len(file.header))))
    connection.execute(
        f"CREATE TABLE taken{number} AS SELECT number::BIGINT AS number, {_key(f'c{file.key}')}, {_cells(file)} "
        f"FROM ({read_plain_csv((plain,), columns, several_lines=intake.several_lines)})"
    )
    plain.unlink()
    return intake.rows


def _read_parquet(connection: "DuckDBPyConnection", number: int, file: TableFile) -> int:
    """Every value as its exact text; rows are numbered from 1."""
    cells = ", ".join(
        f"CAST({quoted_name(name)} AS VARCHAR) AS c{position}" for position, name in enumerate(file.header)
    )
    connection.execute(
        f"CREATE TABLE taken{number} AS SELECT number, {_key(f'c{file.key}')}, {_cells(file)} "
        f"FROM (SELECT file_row_number + 1 AS number, {cells} "
        f"FROM read_parquet({quoted_path(file.path)}, file_row_number = true))"
    )
    return count(connection, f"SELECT count(*) FROM taken{number}")


def _sort_table(connection: "DuckDBPyConnection", number: int, file: TableFile) -> None:
    connection.execute(
        f"CREATE TABLE rows{number} AS SELECT ordinal, number, {_cells(file)} "
        f"FROM taken{number} JOIN keys ON taken{number}.key = keys.key ORDER BY ordinal, number"
    )
    connection.execute(
        f"CREATE TABLE strays{number} AS SELECT number, key, {_cells(file)} "
        f"FROM taken{number} ANTI JOIN keys ON taken{number}.key = keys.key ORDER BY number"
    )
    connection.execute(f"DROP TABLE taken{number}")


def _split_excess(connection: "DuckDBPyConnection", number: int, most_records: int) -> None:
    """Move the rows of subjects that have too many out of the way, so that nobody need hold them in memory."""
    crowded = f"SELECT ordinal FROM rows{number} GROUP BY ordinal HAVING count(*) > {most_records}"
    connection.execute(
        f"CREATE TABLE excess{number} AS SELECT * FROM rows{number} WHERE ordinal IN ({crowded}) "
        f"QUALIFY row_number() OVER (PARTITION BY ordinal ORDER BY number) > {most_records} ORDER BY ordinal, number"
    )
    connection.execute(f"DELETE FROM rows{number} WHERE number IN (SELECT number FROM excess{number})")
