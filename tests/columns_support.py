"""What the tests of the columnar backend share: subjects as columns, and a result out of columns.

In: a program and valid subjects, as `core.inputs.load` gives them. Out: the columns that an emitted module takes, and from
what it gives the same lines that `core.result` has for each subject.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType

import numpy as np

from creditdsl.core.evaluate import evaluate
from creditdsl.core.ir import InputTable, Program, Value
from creditdsl.core.subject import LoadedSubject, RunContext
from creditdsl.core.types import Choice, Optional, Text, Type, plain
from creditdsl.tabular.plan import Grouped, Tabular

FILLERS = (0, 1, -1)
"""What stands in a column where a value is absent, in turn, kept inside the range of the field."""


@dataclass
class Texts:
    """Codes of texts: positions in the list of the module, then numbers in the order in which texts are met."""

    codes: dict[str, int] = field(default_factory=dict)

    def code(self, text: str) -> int:
        return self.codes.setdefault(text, len(self.codes))


def number_of(value: Value, type_: Type, program: Program, texts: Texts) -> int:
    """A present value as it stands in a column."""
    match plain(type_):
        case Choice(enum):
            return program.enum(enum).names.index(str(value))
        case Text():
            return texts.code(str(value))
        case _:
            assert isinstance(value, int)
            return int(value)


def column(values: Sequence[Value], type_: Type, schema: tuple[type, bool], encode: tuple[Program, Texts]) -> object:
    """A column of a schema; one that may be absent is a pair."""
    dtype, optional = schema
    assert optional is isinstance(type_, Optional)
    present = [value is not None for value in values]
    fillers = [number_of(value, type_, *encode) for value in values if value is not None] or [0]
    filled = [
        fillers[place % len(fillers)] if value is None else number_of(value, type_, *encode)
        for place, value in enumerate(values)
    ]
    numbers = np.array(filled, dtype=dtype)
    assert [int(number) for number in numbers] == [int(number) for number in filled], "a column that is too narrow"
    return (numbers, np.array(present, np.bool_)) if optional else numbers


def field_columns(
    rows: Sequence[Mapping[str, Value]],
    table: InputTable,
    schema: Mapping[str, tuple[type, bool]],
    encode: tuple[Program, Texts],
) -> dict[str, object]:
    """The columns of one table, as its schema says."""
    return {
        name: column([row[name] for row in rows], table.field(name).type, kind, encode) for name, kind in schema.items()
    }


def subject_columns(module: ModuleType, program: Program, subjects: Sequence[LoadedSubject]) -> tuple[dict, dict]:
    """What `score` takes: the columns of the subjects, and of each table the starts and the columns."""
    encode = (program, Texts({text: code for code, text in enumerate(module.TEXTS)}))
    subject = field_columns([item.fields for item in subjects], program.subject, module.SUBJECT, encode)
    records = {}
    for name, schema in module.RECORDS.items():
        rows = [record for item in subjects for record in item.records[name]]
        starts = np.cumsum([0, *(len(item.records[name]) for item in subjects)]).astype(np.int64)
        records[name] = (starts, field_columns(rows, program.table(name), schema, encode))
    return subject, records


def aggregate_columns(
    module: ModuleType, tabular: Tabular, subjects: Sequence[LoadedSubject], context: RunContext
) -> dict[str, object]:
    """What `score_aggregated` takes: the aggregates, computed by the interpreter."""
    values = [evaluate(tabular.program, subject, context) for subject in subjects]
    types = {
        item.name: item.type for layer in tabular.layers if isinstance(layer, Grouped) for item in layer.definitions
    }
    encode = (tabular.program, Texts())
    return {
        name: column([row[name] for row in values], types[name], kind, encode)
        for name, kind in module.AGGREGATES.items()
    }


def cell(column: object, row: int) -> object:
    """The value in one row of a column, None where it is absent."""
    if isinstance(column, tuple):
        values, present = column
        return values[row].item() if present[row] else None
    assert isinstance(column, np.ndarray)
    return column[row].item()


@dataclass
class Outcome:
    """What a run gives for one subject: the heading by definition, and findings and measures by position in the plan."""

    heading: dict[str, object]
    findings: list[tuple[object, ...]] = field(default_factory=list)
    measures: list[tuple[object, ...]] = field(default_factory=list)


def outcomes(scored: object, size: int) -> list[Outcome]:
    """The result of every subject of a run."""
    result = [Outcome({name: cell(column, row) for name, column in scored.columns.items()}) for row in range(size)]
    for finding in scored.findings():
        columns = (finding.count, finding.points, finding.points_after)
        for place, row in enumerate(finding.rows):
            result[row].findings.append((finding.position, *(cell(column, place) for column in columns)))
    for measure in scored.measures():
        for place, row in enumerate(measure.rows):
            grants = tuple(None if grant is None else cell(grant, place) for grant in measure.grants)
            result[row].measures.append((measure.position, *grants))
    return result


def meant(tabular: Tabular, module: ModuleType, subject: LoadedSubject, context: RunContext) -> Outcome:
    """What the interpreter gives for a subject, in the same form."""
    program = tabular.program
    values = evaluate(program, subject, context)
    types = {item.name: item.type for item in program.definitions}

    def shown(name: str) -> object:
        value = values[name]
        encoded = value is not None and isinstance(plain(types[name]), Choice)
        return number_of(value, types[name], program, Texts()) if encoded else value

    plan = program.result
    return Outcome(
        {name: shown(name) for name in module.COLUMNS},
        [
            (position, shown(item.count), shown(item.points), shown(item.points_after))
            for position, item in enumerate(plan.findings)
            if values[item.fires]
        ],
        [
            (position, *(None if grant.value is None else shown(grant.value) for grant in item.grants))
            for position, item in enumerate(plan.measures)
            if values[item.holds]
        ],
    )


def heading_names(tabular: Tabular) -> Iterable[str]:
    """The definitions that a heading has, as the plan names them."""
    plan = tabular.program.result
    names = (
        plan.graded,
        plan.score,
        plan.score_after,
        plan.grade,
        plan.grade_after,
        tabular.decided,
        tabular.decided_after,
    )
    return {name for name in names if name is not None}
