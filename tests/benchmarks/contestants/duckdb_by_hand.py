"""The scheme in SQL as an expert of DuckDB writes it: a table of DuckDB's own, 16-bit literals, `CASE` rather than `least`.

The result is a table again. Sums stand in groups of terms, because an expression may not be nested deeper than a thousand.
"""

import csv
import tempfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.contest import Contestant, Graded, Pace, Prepared
from tests.benchmarks.contestants.numpy_by_hand import narrow
from tests.benchmarks.records import KEY, RecordScheme
from tests.benchmarks.scheme import Scheme, Table

if TYPE_CHECKING:
    import duckdb

TERMS = 100
SQL_TYPES = {"int16": "SMALLINT", "int32": "INTEGER"}


def load(connection: "duckdb.DuckDBPyConnection", table: Table, name: str = "subject") -> None:
    """The table of the scheme as a table of DuckDB, through Arrow where it is at hand, else through CSV."""
    if find_spec("pyarrow") is not None:
        import pyarrow as pa

        arrays = [
            pa.Array.from_buffers(pa.int16(), table.rows, [None, pa.py_buffer(table.column(field))])
            for field in table.fields
        ]
        connection.register("given", pa.table(arrays, names=list(table.fields)))
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM given")
        connection.unregister("given")
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "subject.csv")
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(table.fields)
            writer.writerows(zip(*(table.column(field) for field in table.fields), strict=True))
        columns = ", ".join(f"{field} SMALLINT" for field in table.fields)
        connection.execute(f"CREATE TABLE {name} ({columns})")
        connection.execute(f"COPY {name} FROM '{path}' (HEADER)")


def load_keyed(connection: "duckdb.DuckDBPyConnection", table: Table) -> None:
    """The table of the policy: `entity`, with a key of 18 characters that numbers the rows."""
    load(connection, table, "unkeyed")
    connection.execute(f"CREATE TABLE entity AS SELECT {KEY.format(number='rowid')} AS uscc, * FROM unkeyed")
    connection.execute("DROP TABLE unkeyed")


def points(scheme: Scheme, table: str, key: str = "") -> str:
    """The query for the score in tenths, beside the fields that direct grades need and the key."""
    kind = SQL_TYPES[narrow(scheme)]
    terms = [
        f"CASE WHEN {item.field} < {item.times}::SMALLINT THEN {item.field} * {item.points}::SMALLINT "
        f"ELSE {item.cap}::SMALLINT END::{kind}"
        for item in scheme.indicators
    ]
    groups = [" + ".join(terms[begin : begin + TERMS]) for begin in range(0, len(terms), TERMS)]
    total = " - ".join(f"({group})" for group in groups)
    kept = ", ".join([*([key] if key else []), *dict.fromkeys(item.field for item in scheme.directs)])
    return f"""
        SELECT CASE WHEN points < {scheme.floor} THEN {scheme.floor}::{kind} ELSE points END AS score, {kept}
        FROM (SELECT {scheme.base}::{kind} - {total} AS points, {kept} FROM {table})
    """


def query(scheme: Scheme) -> str:
    """Score in tenths and grade by number, in the order of the rows."""
    bands = " ".join(f"WHEN score >= {limit} THEN {number}" for number, limit in enumerate(scheme.limits))
    directs = " ".join(f"WHEN {item.field} >= {item.least} THEN {item.grade}" for item in scheme.directs)
    grade = f"(CASE {directs} {bands} ELSE {len(scheme.limits)} END)::TINYINT"
    return f"SELECT score, {grade} AS grade FROM ({points(scheme, 'subject')})"


def results_query(scheme: Scheme) -> str:
    """The table of results as the compiled query gives it: key, decimal scores, names of grades, and what decided."""
    directs = {item.code: (f"{item.field} >= {item.least}", scheme.grades[item.grade]) for item in scheme.directs}
    return all_results(scheme, directs, points(scheme, "entity", "uscc"))


def all_results(scheme: Scheme | RecordScheme, directs: Mapping[str, tuple[str, str]], scores: str) -> str:
    """Every column of the results over a query for key, score and what direct grades, by their codes, test."""
    bands = " ".join(f"WHEN score >= {limit} THEN '{scheme.grades[at]}'" for at, limit in enumerate(scheme.limits))
    given = " ".join(f"WHEN {test} THEN '{grade}'" for test, grade in directs.values())
    codes = " ".join(f"WHEN {test} THEN '{code}'" for code, (test, _) in directs.items())
    return f"""
        SELECT uscc, TRUE AS graded, score, score AS score_after_repair, grade, grade AS grade_after_repair,
            decided_step, decided_by, decided_step AS decided_step_after_repair, decided_by AS decided_by_after_repair
        FROM (
            SELECT uscc, (score * 0.1)::DECIMAL(18, 1) AS score, CASE {given} {bands} ELSE '{scheme.grades[-1]}' END AS grade,
                CASE {codes} END AS decided_by, CASE WHEN decided_by IS NULL THEN 'band' ELSE 'direct' END AS decided_step
            FROM ({scores})
        )
    """


def tenths(score: str) -> str:
    return f"({score} * 10)::INTEGER AS {score}"


def number_of(grade: str, grades: tuple[str, ...]) -> str:
    """The number of a grade from the best, 0; the one behind the worst for none."""
    names = ", ".join(f"'{name}'" for name in grades)
    return f"coalesce(list_position([{names}], {grade}) - 1, {len(grades)})::TINYINT AS {grade}"


def columns_of(connection: "duckdb.DuckDBPyConnection", statement: str) -> Graded:
    """The columns of a result: arrays where there is NumPy, since lists of millions take minutes."""
    result = connection.execute(statement)
    if find_spec("numpy") is not None:
        return tuple(result.fetchnumpy().values())
    return tuple(list(column) for column in zip(*result.fetchall(), strict=True))


def prepare(scheme: Scheme, table: Table) -> Prepared:
    import duckdb

    connection = duckdb.connect(":memory:")
    load(connection, table)
    statement = f"CREATE OR REPLACE TEMP TABLE graded AS {query(scheme)}"

    def graded(_: object) -> Graded:
        return columns_of(connection, "SELECT score, grade FROM graded ORDER BY rowid")

    return Prepared(lambda: connection.execute(statement), graded)


def prepare_results(scheme: Scheme, table: Table) -> Prepared:
    import duckdb

    connection = duckdb.connect(":memory:")
    load_keyed(connection, table)
    statement = f"CREATE OR REPLACE TEMP TABLE graded AS {results_query(scheme)}"

    def graded(_: object) -> Graded:
        score, grade = tenths("score"), number_of("grade", scheme.grades)
        return columns_of(connection, f"SELECT {score}, {grade} FROM graded ORDER BY uscc")

    return Prepared(lambda: connection.execute(statement), graded)


CONTESTANTS = (
    Contestant("duckdb", "DuckDB SQL by hand, grades", Pace.COLUMNS, prepare, ("duckdb",)),
    Contestant("duckdb-results", "DuckDB SQL by hand, all results", Pace.COLUMNS, prepare_results, ("duckdb",)),
)
