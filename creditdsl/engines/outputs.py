"""The part files become the tables of the result, in CSV or Parquet.

In: part files, in order, as plain CSV, and, where whole columns were graded, one Parquet file a table. Out: `results`, `findings`, `measures` and `rejects`, with exact types: decimals in
Parquet are DECIMAL, in CSV they are written without trailing zeros. In CSV a text that a spreadsheet would take for a
formula begins with an apostrophe; numbers and codes are never touched.
"""

import shutil
from codecs import BOM_UTF8
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from creditdsl.core.ir import Program
from creditdsl.engines.batch import part_path
from creditdsl.engines.duck import quoted_name, quoted_path, quoted_text, read_plain_csv
from creditdsl.engines.layout import FileFormat
from creditdsl.engines.plain_parts import plain_path
from creditdsl.tabular.result_tables import ColumnKind, OutputColumns, output_tables

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FORMULA_STARTS = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"
"""What makes a spreadsheet take a cell for a formula, full-width forms included."""


@dataclass(frozen=True, slots=True)
class OutputForm:
    """How tables are written.

    Points are decimals of at most `digits` digits, `places` of them behind the point. A CSV may begin with a byte
    order mark, by which spreadsheets know UTF-8. Parquet is sorted when that is asked for, CSV always.
    """

    format: FileFormat
    digits: int
    places: int
    byte_order_mark: bool = False
    sort: bool = False


@dataclass(frozen=True, slots=True)
class Parts:
    """The part files in a folder: so many plain CSV files a table, with lines of so many subjects, and whether there is a
    Parquet file as well."""

    folder: Path
    files: int
    subjects: int
    columns: bool


def write_tables(
    connection: "DuckDBPyConnection",
    program: Program,
    inputs: tuple[str, ...],
    parts: Parts,
    target: Path,
    form: OutputForm,
) -> None:
    """Write every table of the result from its part files into a folder.

    In CSV, and where that is asked for, results, findings and measures stand in the order of the keys; rejects always in
    that of `inputs` and their rows.
    """
    tables = output_tables(program)
    for name, columns in tables.by_name.items():
        paths = tuple(part_path(parts.folder, name, number) for number in range(parts.files))
        lines = read_plain_csv(paths, tuple(column for column, _ in columns), several_lines=True)
        plain = plain_path(parts.folder, name)
        written = output_path(target, name, form)
        if name == "rejects":
            rejects = _by_place(_texts(columns, lines), inputs)
            write_table(connection, columns, rejects, parts.folder, written, form)
        elif not parts.columns:
            write_table(connection, columns, _texts(columns, lines), parts.folder, written, form)
        elif form.format is FileFormat.PARQUET and not form.sort and not parts.subjects and plain.exists():
            plain.rename(written)
        else:
            both = _with_columns(columns, _texts(columns, lines), plain)
            if form.sort or form.format is FileFormat.CSV:
                both = _by_key(both, columns, _rules(program, name))
            write_table(connection, columns, both, parts.folder, written, form)
        for path in paths:
            path.unlink()


def _rules(program: Program, name: str) -> tuple[str, ...]:
    """The codes of the rules in a table of the result, in the order of the policy; none for the results."""
    findings = tuple(item.rule.code for item in program.result.findings)
    measures = tuple(item.rule.code for item in program.result.measures)
    return {"findings": findings, "measures": measures}.get(name, ())


def _texts(columns: OutputColumns, lines: str) -> str:
    """The query of lines, every column as the text that was computed."""
    names = ", ".join(quoted_name(column) for column, _ in columns)
    return f"SELECT {names} FROM ({lines})"


def _with_columns(columns: OutputColumns, lines: str, plain: Path) -> str:
    """The query of lines and of those in the Parquet file, all as text."""
    if not plain.exists():
        return lines
    return f"{lines} UNION ALL SELECT {as_text(columns)} FROM read_parquet({quoted_path(plain)})"


def as_text(columns: OutputColumns) -> str:
    """What stands behind SELECT to read columns as they are in Parquet as text, decimals without trailing zeros."""
    return ", ".join(f"{_as_text(column, kind)} AS {quoted_name(column)}" for column, kind in columns)


def _as_text(name: str, kind: ColumnKind) -> str:
    text = f"CAST({quoted_name(name)} AS VARCHAR)"
    if kind is not ColumnKind.POINTS:
        return text
    return f"CASE WHEN contains({text}, '.') THEN rtrim(rtrim({text}, '0'), '.') ELSE {text} END"


def _by_key(lines: str, columns: OutputColumns, rules: tuple[str, ...]) -> str:
    """The query of lines in the order of the keys, and of the rules of a key."""
    key = quoted_name(columns[0][0])
    codes = ", ".join(quoted_text(code) for code in rules)
    return f"SELECT * FROM ({lines}) ORDER BY {key}" + (f", list_position([{codes}], rule)" if rules else "")


def output_path(target: Path, name: str, form: OutputForm) -> Path:
    """Where a table of the result stands."""
    return target / f"{name}.{form.format.value}"


def rows_written(connection: "DuckDBPyConnection", path: Path, columns: OutputColumns) -> int:
    """How many rows a written table has."""
    row = connection.execute(f"SELECT count(*) FROM ({_reading(path, columns)})").fetchone()
    return 0 if row is None else int(row[0])


def rows_refused(connection: "DuckDBPyConnection", path: Path, columns: OutputColumns) -> dict[str, int]:
    """How many rows of each table of the input stand in the written rejects; one with several faults is one row."""
    query = f'SELECT "table", count(DISTINCT "row") FROM ({_reading(path, columns)}) GROUP BY "table"'
    return {str(table): int(rows) for table, rows in connection.execute(query).fetchall()}


def _reading(path: Path, columns: OutputColumns) -> str:
    if path.suffix == f".{FileFormat.PARQUET.value}":
        return f"SELECT * FROM read_parquet({quoted_path(path)})"
    return read_plain_csv((path,), tuple(name for name, _ in columns), several_lines=True, header=True)


def _by_place(rejects: str, inputs: tuple[str, ...]) -> str:
    """The query of rejects in the order of tables, rows, and the faults of a row as they were found."""
    names = ", ".join(quoted_text(name) for name in inputs)
    numbered = f"SELECT *, row_number() OVER () AS found FROM ({rejects})"
    return f'SELECT * FROM ({numbered}) ORDER BY list_position([{names}], "table"), "row"::BIGINT, found'


def write_table(
    connection: "DuckDBPyConnection", columns: OutputColumns, source: str, work: Path, target: Path, form: OutputForm
) -> None:
    """Write one table into a file: `source` is a query of its columns, all of them text."""
    csv = form.format is FileFormat.CSV
    written = ", ".join(
        f"{_for_csv(name, kind) if csv else _for_parquet(name, kind, form)} AS {quoted_name(name)}"
        for name, kind in columns
    )
    options = "FORMAT csv, HEADER true, DELIMITER ','" if csv else "FORMAT parquet, COMPRESSION zstd"
    connection.execute(f"COPY (SELECT {written} FROM ({source})) TO {quoted_text(str(target))} ({options})")
    if csv and form.byte_order_mark:
        _prepend(BOM_UTF8, target, work)


def _for_csv(name: str, kind: ColumnKind) -> str:
    """Decimals stay as they were computed; truth becomes `true` or `false`."""
    column = quoted_name(name)
    if kind is ColumnKind.TEXT:
        is_formula = f"contains({quoted_text(FORMULA_STARTS)}, substr({column}, 1, 1))"
        return f"CASE WHEN {is_formula} THEN chr(39) || {column} ELSE {column} END"
    return f"lower({column})" if kind is ColumnKind.TRUTH else column


def _for_parquet(name: str, kind: ColumnKind, form: OutputForm) -> str:
    column = quoted_name(name)
    match kind:
        case ColumnKind.TEXT | ColumnKind.CODE:
            return column
        case ColumnKind.COUNT:
            return f"{column}::BIGINT"
        case ColumnKind.TRUTH:
            return f"{column}::BOOLEAN"
        case ColumnKind.POINTS:
            return f"{column}::DECIMAL({form.digits}, {form.places})"


def _prepend(beginning: bytes, path: Path, work: Path) -> None:
    moved = work / path.name
    path.rename(moved)
    with path.open("wb") as out, moved.open("rb") as rest:
        out.write(beginning)
        shutil.copyfileobj(rest, out)
    moved.unlink()
