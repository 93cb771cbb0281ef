"""The query for DuckDB that the compiler emits: over scalars, over records, and of the national policy.

It gives the table `results`: key, scores and grades before and after repair, and which rule decided the grade. The input is taken as
checked, which is how SQL by hand takes it. Once only key, score and grade are selected from the query, and DuckDB leaves out what they do
not need; once every value of every row is checked as the query goes.
"""

from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from creditdsl.core.inputs import run_context
from creditdsl.core.ir import InputTable, Program
from creditdsl.core.types import Choice, Day, Month, Number, Text, Truth, Type, plain
from creditdsl.tabular.plan import tabulate
from tests.benchmarks import national, records
from tests.benchmarks.contest import Contestant, Graded, Pace, Prepared
from tests.benchmarks.contestants import compiled
from tests.benchmarks.contestants.duckdb_by_hand import columns_of, load_keyed, number_of, tenths
from tests.benchmarks.scheme import Scheme, Table

if TYPE_CHECKING:
    import duckdb

NEEDS = ("duckdb", "sqlglot")


@cache
def scheme_query(count: int, form: str, *, checked: bool) -> str:
    return _query(compiled.program(count, form), compiled.PERIOD, compiled.AS_OF, checked=checked)


def _query(program: Program, period: str, as_of: Any, *, checked: bool) -> str:
    from creditdsl.backends.sql.emit import Dialect, Part, emit_query
    from creditdsl.backends.sql.source import typed_source

    tabular = tabulate(program, run_context(program, period, as_of))
    return emit_query(tabular, Dialect.DUCKDB, Part.RESULTS, typed_source(program, checked=checked, unique=checked))


def _prepared(
    connection: "duckdb.DuckDBPyConnection", query: str, program: Program, name: str, *, graded_only: bool = False
) -> Prepared:
    """The query, whose result becomes a table, and what reads its scores and grades in the order of the keys."""
    plan, key = program.result, program.subject.key
    assert plan.grades is not None
    assert key is not None
    if graded_only:
        query = f"SELECT {key.name}, score, grade FROM ({query})"
    statement = f"CREATE OR REPLACE TEMP TABLE {name} AS {query}"
    grades = program.enum(plan.grades).names
    columns = [tenths("score"), number_of("grade", grades)]
    if not graded_only and (plan.points_repairs or plan.direct_repairs):
        columns += [tenths("score_after_repair"), number_of("grade_after_repair", grades)]

    def graded(_: object) -> Graded:
        return columns_of(connection, f"SELECT {', '.join(columns)} FROM {name} ORDER BY {key.name}")

    return Prepared(lambda: connection.execute(statement), graded)


def prepare_scalar(scheme: Scheme, table: Table, *, checked: bool = True, graded_only: bool = False) -> Prepared:
    import duckdb

    count = len(scheme.indicators)
    connection = duckdb.connect(":memory:")
    load_keyed(connection, table)
    query = scheme_query(count, "scalar", checked=checked)
    return _prepared(connection, query, compiled.program(count), "emitted", graded_only=graded_only)


def prepare_scalar_grades(scheme: Scheme, table: Table) -> Prepared:
    return prepare_scalar(scheme, table, graded_only=True)


def prepare_scalar_checking(scheme: Scheme, table: Table) -> Prepared:
    return prepare_scalar(scheme, table, checked=False)


def prepare_records(
    scheme: records.RecordScheme, tables: records.RecordTables, *, checked: bool = True, graded_only: bool = False
) -> Prepared:
    count = len(scheme.indicators)
    query = scheme_query(count, "records", checked=checked)
    name = "emitted_grades" if graded_only else "emitted" if checked else "emitted_checking"
    return _prepared(tables.connection, query, compiled.program(count, "records"), name, graded_only=graded_only)


def prepare_records_grades(scheme: records.RecordScheme, tables: records.RecordTables) -> Prepared:
    return prepare_records(scheme, tables, graded_only=True)


def prepare_records_checking(scheme: records.RecordScheme, tables: records.RecordTables) -> Prepared:
    return prepare_records(scheme, tables, checked=False)


def prepare_national(policy: national.Policy, city: national.City, *, checked: bool = True) -> Prepared:
    import duckdb

    connection = duckdb.connect(":memory:")
    for table in (policy.program.subject, *policy.program.records):
        _load_table(connection, policy.program, table, city)
    query = _query(policy.program, str(national.YEAR), national.AS_OF, checked=checked)
    return _prepared(connection, query, policy.program, "emitted")


def prepare_national_checking(policy: national.Policy, city: national.City) -> Prepared:
    return prepare_national(policy, city, checked=False)


def _load_table(
    connection: "duckdb.DuckDBPyConnection", program: Program, table: InputTable, city: national.City
) -> None:
    """One table of the city; the keys number the taxpayers, so that the same one can be there more than once."""
    import pyarrow as pa

    key = program.subject.key
    assert key is not None
    given = list(islice(city.distinct, city.rows))
    if table is program.subject:
        rows = [{**item, "taxpayer": number} for number, item in enumerate(given)]
    else:
        rows = [{**record, "taxpayer": number} for number, item in enumerate(given) for record in item[table.name]]
    fields = [item for item in table.fields if not item.key]
    columns = {item.name: pa.array([_text(row.get(item.name)) for row in rows], pa.string()) for item in fields}
    connection.register(
        "given", pa.table({**columns, "taxpayer": pa.array([row["taxpayer"] for row in rows], pa.int64())})
    )
    number = f"copy * {len(given)} + taxpayer"
    casts = ", ".join(f'"{item.name}"::{_sql_type(item.type)} AS "{item.name}"' for item in fields)
    connection.execute(
        f'CREATE TABLE "{table.name}" AS SELECT {records.KEY.format(number=number)} AS "{key.name}", {casts} '
        f"FROM given, range({-(-city.rows // len(given))}) r(copy) WHERE {number} < {city.rows}"
    )
    connection.unregister("given")


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _sql_type(type_: Type) -> str:
    match plain(type_):
        case Truth():
            return "BOOLEAN"
        case Number(scale=0):
            return "BIGINT"
        case Number(scale=scale):
            return f"DECIMAL(18, {scale})"
        case Day():
            return "DATE"
        case Month() | Choice() | Text():
            return "VARCHAR"


TITLE, GRADES = "compiled SQL on DuckDB, all results", "compiled SQL on DuckDB, grades"
CHECKING = "compiled SQL on DuckDB, checking its input"
CONTESTANTS = (
    Contestant("sql", TITLE, Pace.COLUMNS, prepare_scalar, NEEDS),
    Contestant("sql-grades", GRADES, Pace.COLUMNS, prepare_scalar_grades, NEEDS),
    Contestant("sql-checking", CHECKING, Pace.COLUMNS, prepare_scalar_checking, NEEDS),
)
RECORD_CONTESTANTS = (
    Contestant("sql", TITLE, Pace.COLUMNS, prepare_records, NEEDS),
    Contestant("sql-grades", GRADES, Pace.COLUMNS, prepare_records_grades, NEEDS),
    Contestant("sql-checking", CHECKING, Pace.COLUMNS, prepare_records_checking, NEEDS),
)
NATIONAL_CONTESTANTS = (
    Contestant("sql", TITLE, Pace.COLUMNS, prepare_national, (*NEEDS, "pyarrow")),
    Contestant("sql-checking", CHECKING, Pace.COLUMNS, prepare_national_checking, (*NEEDS, "pyarrow")),
)
