"""What the tests of the SQL backend share: subjects as typed tables of a database, and what the interpreter says of them."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, cast

import duckdb
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from strategies_core import programs, runs, subjects

from creditdsl.backends.sql.emit import Dialect, Part, QueryOptions, emit_query
from creditdsl.backends.sql.source import typed_source
from creditdsl.core import inputs
from creditdsl.core.calendar import date_of
from creditdsl.core.evaluate import evaluate
from creditdsl.core.ir import InputField, InputTable, Program
from creditdsl.core.result import explained
from creditdsl.core.types import Choice, Day, Month, Number, Text, Truth, Type, plain
from creditdsl.engines.evaluator import ExplanationJson
from creditdsl.engines.lines import Lines, ResultLines
from creditdsl.tabular.plan import tabulate
from creditdsl.tabular.result_tables import ColumnKind, output_tables

if TYPE_CHECKING:
    import psycopg

Row = tuple[object, ...]
Subject = Mapping[str, object]
Table = tuple[str, list[tuple[str, str]], list[Row]]
"""Name, columns with their types, rows."""

LONG = settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
"""For examples that take long, and that shrinking would only make take longer."""

TABLE_PARTS = (Part.RESULTS, Part.FINDINGS, Part.MEASURES)
EXECUTED = (*TABLE_PARTS, Part.PROBLEMS)

ODD_KEYS = ("9111", "甲公司", "O'Neil", 'a"b', "back\\slash", "  two  ", "%_", "é", "𠮷野", "$1", "--", "/*")


@dataclass(frozen=True)
class Batch:
    """Subjects of one program, and a run."""

    program: Program
    subjects: Sequence[Subject]
    period: str
    as_of: date


def drawn_batch(data: st.DataObject, *, small: bool = False) -> Batch:
    """A program, some subjects with keys of their own, and a run. Drawn inside a test, whose report would show all of it."""
    program = data.draw(programs(small=small))
    period, as_of = data.draw(runs(program))
    return Batch(program, keyed([data.draw(subjects(program)) for _ in range(6)]), period, as_of)


def keyed(subjects: Sequence[Subject], key: str = "key") -> list[Subject]:
    """The subjects with keys that are all different and most of them odd; without zero bytes, which PostgreSQL has not."""
    return [
        {**cast(Subject, _storable(subject)), key: f"{ODD_KEYS[place % len(ODD_KEYS)]}{place // len(ODD_KEYS) or ''}"}
        for place, subject in enumerate(subjects)
    ]


def _storable(value: object) -> object:
    if isinstance(value, str):
        return value.replace("\0", "0")
    if isinstance(value, Mapping):
        return {name: _storable(item) for name, item in value.items()}
    return [_storable(item) for item in value] if isinstance(value, list) else value


def column_type(field: InputField) -> str:
    match plain(field.type):
        case Truth():
            return "BOOLEAN"
        case Number(_, scale):
            return f"DECIMAL(30, {scale})" if scale else "BIGINT"
        case Day():
            return "DATE"
        case Month() | Choice() | Text():
            return "VARCHAR"


def cell(value: object, field: InputField) -> object:
    """A value of JSON as the driver of a database takes it."""
    if value is None or isinstance(value, bool):
        return value
    match plain(field.type):
        case Number(_, scale):
            return Decimal(str(value)) if scale else int(str(value))
        case Day():
            return date.fromisoformat(str(value))
        case _:
            return value


def database_tables(program: Program, subjects: Sequence[Subject]) -> list[Table]:
    """The tables that hold the subjects."""
    key = program.subject.key
    assert key is not None

    def rows(table: InputTable, records: Iterable[tuple[object, Subject]]) -> list[Row]:
        keyed_table = table.key is None
        return [
            (*((owner,) if keyed_table else ()), *(cell(record.get(field.name), field) for field in table.fields))
            for owner, record in records
        ]

    made: list[Table] = []
    for table in (program.subject, *program.records):
        columns = [(field.name, column_type(field)) for field in table.fields]
        if table.key is None:
            columns.insert(0, (key.name, column_type(key)))
        found: list[tuple[object, Subject]] = []
        for subject in subjects:
            owner = cell(subject[key.name], key)
            records = [subject] if table.key is not None else cast(Sequence[Subject], subject.get(table.name) or [])
            found += [(owner, record) for record in records]
        made.append((table.name, columns, rows(table, found)))
    return made


def in_duckdb(tables: Iterable[Table]) -> duckdb.DuckDBPyConnection:
    """A database of its own with the tables."""
    connection = duckdb.connect()
    _fill(connection, tables, "?")
    return connection


def in_postgres(connection: "psycopg.Connection", tables: Iterable[Table]) -> "psycopg.Connection":
    """The same server, with the tables and nothing else in the schema `public`."""
    connection.execute("DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public; SET search_path = public")
    with connection.cursor() as cursor:
        _fill(cursor, tables, "%s")
    return connection


def _fill(cursor: "duckdb.DuckDBPyConnection | psycopg.Cursor", tables: Iterable[Table], mark: str) -> None:
    """Make the tables; `mark` stands for a value in a statement of the driver."""
    for name, columns, rows in tables:
        declared = ", ".join(f'"{column}" {type_}' for column, type_ in columns)
        cursor.execute(f'CREATE TABLE "{name}" ({declared})')
        if rows:
            cursor.executemany(f'INSERT INTO "{name}" VALUES ({", ".join([mark] * len(columns))})', rows)


def queries(
    batch: Batch, dialect: Dialect, *, checked: bool = False, language: str = "zh", parts: Iterable[Part] = Part
) -> dict[Part, str]:
    """The statements of the parts for the run of a batch."""
    context = inputs.run_context(batch.program, batch.period, batch.as_of)
    tabular = tabulate(batch.program, context)
    source = typed_source(tabular.program, checked=checked)
    options = QueryOptions("en" if language == "en" else "zh")
    return {part: emit_query(tabular, dialect, part, source, options) for part in parts}


def expected(batch: Batch, language: str = "zh") -> dict[Part, list[Row]]:
    """The tables of the result that the interpreter gives, sorted."""
    context = inputs.run_context(batch.program, batch.period, batch.as_of)
    writer, lines = ResultLines(batch.program, "en" if language == "en" else "zh"), Lines()
    key = batch.program.subject.key
    assert key is not None
    for subject in batch.subjects:
        loaded = inputs.load(batch.program, dict(subject))
        values = evaluate(batch.program, loaded, context)
        explanation = cast(ExplanationJson, explained(batch.program, loaded, context, values))
        writer.add(cast(str, subject[key.name]), explanation, lines)
    kinds = output_tables(batch.program).by_name
    return {
        part: ordered(
            tuple(_expected_cell(value, kind) for value, (_, kind) in zip(line, kinds[part.value], strict=True))
            for line in lines.by_name[part.value]
        )
        for part in TABLE_PARTS
    }


def expected_wide(batch: Batch) -> list[Row]:
    """A row a subject as the interpreter gives it: that of the results, then each definition of findings and measures."""
    context = inputs.run_context(batch.program, batch.period, batch.as_of)
    plan, key = batch.program.result, batch.program.subject.key
    assert key is not None
    names = [name for item in plan.findings for name in (item.fires, item.count, item.points, item.points_after)]
    for item in plan.measures:
        names += [item.holds, *(grant.value for grant in item.grants if grant.value is not None)]
    details = [batch.program.definition(name) for name in dict.fromkeys(names)]
    results = {row[0]: row for row in expected(batch)[Part.RESULTS]}
    made: list[Row] = []
    for subject in batch.subjects:
        values = evaluate(batch.program, inputs.load(batch.program, dict(subject)), context)
        row = results[subject[key.name]]
        made.append((*row, *(_stored(values[item.name], item.type) for item in details)))
    return ordered(made)


def _stored(value: object, type_: Type) -> object:
    """A value of the interpreter as a query has it, before it becomes text."""
    return date_of(value) if isinstance(plain(type_), Day) and isinstance(value, int) else value


def _expected_cell(value: object, kind: ColumnKind) -> object:
    return Decimal(str(value)) if kind is ColumnKind.POINTS and value is not None else value


def ordered(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=repr)


def normal(rows: Iterable[Sequence[object]]) -> list[Row]:
    """Rows of a database, sorted; a decimal without trailing zeros, as the expected ones have it."""
    return ordered(tuple(_normal_cell(value) for value in row) for row in rows)


def _normal_cell(value: object) -> object:
    if isinstance(value, Decimal):
        sign, digits, exponent = value.as_tuple()
        assert isinstance(exponent, int)
        whole = int("".join(map(str, digits))) * (-1 if sign else 1)
        while exponent < 0 and whole % 10 == 0:
            whole, exponent = whole // 10, exponent + 1
        return Decimal(whole).scaleb(exponent)
    return value


def run_tool(user: int | None, *arguments: str) -> None:
    """Runs a program of PostgreSQL, which refuses to be run by root."""
    subprocess.run(arguments, check=True, capture_output=True, user=user, cwd="/")


@contextmanager
def postgres_server(tool: Callable[[str], str]) -> Iterator[str]:
    """A server of its own that listens on a socket in a folder; gives the address for a client."""
    known = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    programs = known[-1] if known else Path(tool("initdb")).parent
    user = pwd.getpwnam("postgres").pw_uid if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="creditdsl-postgres-"))
    if user is not None:
        os.chown(folder, user, -1)
    data, control = str(folder / "data"), str(programs / "pg_ctl")
    try:
        settings = ("-E", "UTF8", "--locale=C.UTF-8", "-U", "postgres", "--no-sync")
        run_tool(user, str(programs / "initdb"), "-D", data, *settings)
        options = f"-c listen_addresses= -c fsync=off -k {folder}"
        run_tool(user, control, "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield f"host={folder} user=postgres dbname=postgres"
        finally:
            run_tool(user, control, "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
