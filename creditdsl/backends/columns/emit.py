"""A program as one module that scores whole columns.

In: a program in layers, and the run that it is for. Out: the text of a module that needs CPython 3.11 or later and NumPy 2:
`SUBJECT`, `RECORDS`, `AGGREGATES`, `TEXTS`, `COLUMNS` say what it reads and gives, `GRADES`, `OUTCOMES`, `FINDINGS` and `MEASURES`
what numbers stand for; `score` takes the records, and `score_aggregated` the aggregates over them, computed elsewhere. Subjects are
scored in blocks that the cache of a core holds, column by column, in the narrowest integers that the proved ranges allow. The same
program and run give the same bytes.

| a value is | in a column |
|---|---|
| Truth | bool |
| Number, Day, Month | the integer of `core.types` |
| Choice | its ordinal in the enum, from 0 |
| Text | a code, int32: equal for equal texts, and a position in `TEXTS` for those that the policy compares with |
"""

import re
from collections.abc import Iterator, Sequence
from textwrap import wrap

from creditdsl.backends.columns.block import Block
from creditdsl.backends.columns.copying import runtime_lines, runtime_names
from creditdsl.backends.columns.program import Columns
from creditdsl.backends.columns.statements import Variables, suite_lines
from creditdsl.backends.columns.widths import TYPES
from creditdsl.backends.python.names import RESERVED, comment_text, docstring_text, literal
from creditdsl.collector import collector_paused
from creditdsl.core.calendar import date_of
from creditdsl.core.ir import Calendar, InputTable, RecordField, SubjectField
from creditdsl.core.subject import RunContext
from creditdsl.core.walk import walk
from creditdsl.tabular.plan import Tabular

OWN_NAMES = frozenset(
    (
        *("np", "size", "subject", "records", "aggregates", "out", "details", "score", "score_aggregated", "block"),
        *("BLOCK", "SUBJECT", "RECORDS", "AGGREGATES", "TEXTS", "COLUMNS", "POLICY", "POLICY_HASH", "PERIOD", "AS_OF"),
        *("GRADES", "OUTCOMES", "FINDINGS", "MEASURES"),
    )
)
CALL = re.compile(r"\b(\w+)\(")
ROWS = 32_768
"""How many subjects a block has: the columns of a few definitions stay in the second cache of a core."""
ROWS_ALONE, FEW_DEFINITIONS = 262_144, 512
"""How many it has in a program without aggregates and with so few definitions. Threads take turns between two operations, and
wait for each other longer than a small block takes; a large one leaves the cache, which costs less."""
MOST_COLUMNS = 256
"""A block of a program with more aggregates than this has fewer subjects, so that their columns do not leave the cache."""
FEWEST_ROWS = 4_096

RECORDS_DOC = '''\
    """The result of all subjects; `subject` has a column for each name in SUBJECT, `records` for each table in RECORDS its
    `starts`, one more than there are subjects, and its columns: those of subject i are from starts[i] to starts[i + 1].
    """'''
AGGREGATES_DOC = '''\
    """The same result; `aggregates` has a column for each name in AGGREGATES."""'''


def emit_columns(tabular: Tabular, context: RunContext, *, aggregated: bool = True) -> str:
    """The module as text, to be stored as UTF-8; without `aggregated` it has no `score_aggregated`, and is half as long."""
    with collector_paused():
        return _module_text(Columns(tabular, context), aggregated=aggregated)


def _module_text(columns: Columns, *, aggregated: bool) -> str:
    over_records = any(True for _ in columns.aggregates())
    writers = [_written(columns, given=False)]
    if aggregated and over_records:
        writers.append(_written(columns, given=True))
    body = [*_schema_lines(columns), *_constant_lines(writers)]
    functions = [line for writer in writers for line in _block_lines(writer)]
    functions += _score_lines()
    if aggregated:
        functions += _score_aggregated_lines(over_records=over_records)
    calendars = dict(item for writer in writers for item in writer.calendars.items())
    functions = [
        *(line for calendar, name in calendars.items() for line in _calendar_lines(calendar, name)),
        *functions,
    ]
    used = {name for line in functions if not line.lstrip().startswith("#") for name in CALL.findall(line)}
    lines = [
        *_docstring(columns),
        *_imports(),
        *body,
        *runtime_lines(used),
        *functions,
    ]
    return "\n".join(line.rstrip() for line in lines).rstrip("\n") + "\n"


def _written(columns: Columns, *, given: bool) -> Block:
    """The writer that has written the block; what it reads more than once, a first one has found out."""
    names = RESERVED | OWN_NAMES | runtime_names()
    first = Block(columns, Variables(names), given)
    first.write()
    second = Block(columns, Variables(names), given, first.requests, outside=first.outside)
    second.write()
    return second


def _docstring(columns: Columns) -> Iterator[str]:
    header, run = columns.program.header, columns.context
    yield '"""A compiled credit policy over columns. Written by creditdsl; change the policy, not this file.'
    yield ""
    yield f"    {docstring_text(header.name)}: {docstring_text(' / '.join(header.label))}"
    if header.authority:
        yield f"    {docstring_text(' / '.join(header.authority))}"
    yield f"    content hash {docstring_text(header.content_hash)}, for the period {run.period.text} as of {run.as_of}"
    yield ""
    yield "It needs CPython 3.11 or later and NumPy 2:"
    yield ""
    yield "    scored = score(subject, records)    # columns by name, as SUBJECT and RECORDS say"
    yield "    scored.columns, scored.findings(), scored.measures()"
    yield ""
    yield "An optional column is a pair of values and whether they are present. A choice is its position in the enum, a day the"
    yield "days since 1970-01-01, a month year x 12 + month - 1, a text a code of the caller: its position in TEXTS, if it is there."
    yield '"""'
    yield ""


def _imports() -> Iterator[str]:
    yield "# mypy: ignore-errors"
    yield "from __future__ import annotations"
    yield ""
    yield "from collections.abc import Callable, Iterable, Iterator"
    yield "from concurrent.futures import ThreadPoolExecutor"
    yield "from dataclasses import dataclass, field"
    yield ""
    yield "import numpy as np"
    yield "from numpy.typing import NDArray"
    yield ""


def _schema_lines(columns: Columns) -> Iterator[str]:
    program, run = columns.program, columns.context
    leaves = {part for expression in columns.expressions.values() for part in walk(expression)}
    yield f"POLICY = {literal(program.header.name)}"
    yield f"POLICY_HASH = {literal(program.header.content_hash)}"
    yield f"PERIOD = {literal(run.period.text)}"
    yield f"AS_OF = {literal(run.as_of.isoformat())}"
    yield f"BLOCK = {_rows(columns):_}"
    yield f"TEXTS = ({''.join(f'{literal(text)}, ' for text in columns.texts).rstrip()})"
    yield ""
    yield "# Each column with its type, and whether it is a pair of values and their presence."
    fields = [item for item in program.subject.fields if SubjectField(item.name, item.type) in leaves]
    yield from _table("SUBJECT", [(item.name, columns.field_type(program.subject, item)) for item in fields])
    yield "RECORDS = {"
    for table in _tables(columns):
        used = [item for item in table.fields if RecordField(table.name, item.name, item.type) in leaves]
        yield from _table(
            f"    {literal(table.name)}", [(item.name, columns.field_type(table, item)) for item in used], "    "
        )
    yield "}"
    aggregates = [(name, columns.definition_type(name)) for name, _ in columns.aggregates()]
    yield from _table("AGGREGATES", aggregates)
    yield from _table("COLUMNS", [(name, columns.definition_type(name)) for name in columns.heading()])
    yield ""
    yield from _name_lines(columns)


def _name_lines(columns: Columns) -> Iterator[str]:
    """What the numbers in a result stand for."""
    plan = columns.program.result
    yield "# What the numbers in a result stand for: of `grade`, of `decided` (from 1), of findings and of measures."
    yield from _listed("GRADES", () if plan.grades is None else columns.enums[plan.grades])
    yield "OUTCOMES = ("
    for step, code in columns.tabular.outcomes:
        yield f"    ({literal(step)}, {'None' if code is None else literal(code)}),"
    yield ")"
    yield from _listed("FINDINGS", [item.rule.code for item in plan.findings])
    yield from _listed("MEASURES", [item.rule.code for item in plan.measures])
    yield ""


def _listed(name: str, texts: Sequence[str]) -> Iterator[str]:
    yield f"{name} = ("
    yield from (f"    {literal(text)}," for text in texts)
    yield ")"


def _tables(columns: Columns) -> Iterator[InputTable]:
    """The kinds of record that aggregates are over."""
    used = {aggregate.table for _, aggregate in columns.aggregates()}
    return (table for table in columns.program.records if table.name in used)


def _rows(columns: Columns) -> int:
    aggregates = sum(1 for _ in columns.aggregates())
    if not aggregates:
        definitions = len(columns.expressions)
        return max(ROWS, ROWS_ALONE * FEW_DEFINITIONS // max(definitions, FEW_DEFINITIONS))
    return max(FEWEST_ROWS, ROWS * min(MOST_COLUMNS, aggregates) // aggregates)


def _table(name: str, items: list[tuple[str, str]], indent: str = "") -> Iterator[str]:
    opening, closing = (f"{name}: {{", "},") if indent else (f"{name} = {{", "}")
    yield opening
    yield from (f"{indent}    {literal(key)}: {value}," for key, value in items)
    yield indent + closing


def _constant_lines(writers: list[Block]) -> Iterator[str]:
    """Columns of one value."""
    constants = {key: name for writer in writers for key, name in writer.constants.items()}
    for (width, value), name in sorted(constants.items()):
        yield f"{name.upper()} = np.full(BLOCK, {value:_}, {TYPES[width]})"


def _block_lines(writer: Block) -> Iterator[str]:
    name, source = ("block_aggregated", "aggregates") if writer.given else ("block", "records")
    yield from ("", "", f"def {name}(size, subject, {source}, out, details):")
    yield f'    """The block of {"a table with aggregates" if writer.given else "some subjects and their records"}."""'
    for (_, _), constant in sorted(writer.constants.items()):
        yield f"    {constant} = {constant.upper()}[:size]"
    if not writer.given:
        for table, variable in writer.tables.items():
            yield f"    {variable} = records[{literal(table)}]"
    yield from suite_lines(writer.suite, "    ")


def _score_lines() -> Iterator[str]:
    yield from ("", "", "def score(subject, records, details=True, threads=1, size=None):")
    yield from RECORDS_DOC.split("\n")
    yield "    subject, rows = checked(subject, SUBJECT)"
    yield "    tables, rows = checked_tables(records, RECORDS, size if rows is None else rows)"
    yield "    return run(block, subject, tables, COLUMNS, (rows, details, threads))"


def _score_aggregated_lines(*, over_records: bool) -> Iterator[str]:
    yield from ("", "", "def score_aggregated(subject, aggregates, details=True, threads=1, size=None):")
    yield from AGGREGATES_DOC.split("\n")
    if not over_records:
        yield "    return score(subject, {}, details, threads, size)"
        return
    yield "    subject, rows = checked(subject, SUBJECT)"
    yield "    aggregates, others = checked(aggregates, AGGREGATES)"
    yield "    rows = next((found for found in (rows, others) if found is not None), size)"
    yield ""
    yield "    def whole(size, given, tables, out, details):"
    yield "        return block_aggregated(size, given, given, out, details)"
    yield ""
    yield "    return run(whole, subject | aggregates, {}, COLUMNS, (rows, details, threads))"


def _calendar_lines(calendar: Calendar, name: str) -> Iterator[str]:
    """The calendar as tables by year, which can be read beside the notices that they come from."""
    first, last = date_of(calendar.span.low), date_of(calendar.span.high)
    yield from (
        "",
        f"# The calendar `{comment_text(calendar.name)}`: weekdays without work, then weekend days with work.",
    )
    yield f'{name} = Workdays("{first}", "{last}", {{'
    yield from _year_lines(calendar.days_off)
    yield "}, {"
    yield from _year_lines(calendar.make_up_days)
    yield "})"


def _year_lines(days: tuple[int, ...]) -> Iterator[str]:
    years: dict[int, list[str]] = {}
    for day in map(date_of, days):
        years.setdefault(day.year, []).append(f"{day:%m-%d}")
    for year, found in years.items():
        yield f"    {year}: ("
        yield from (f'        "{part} "' for part in wrap(" ".join(found), 100))
        yield "    ),"
