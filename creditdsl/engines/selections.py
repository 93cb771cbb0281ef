"""The measures that apply to the subjects of a scored population: offers by rank, and what a service item looks up.

In: measures of a program, and a scored population. Out: one row for each subject and each measure that applies to it, and a
summary that counts them. Everything is selected in DuckDB.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from creditdsl.core.ir import Measure, Program
from creditdsl.core.types import Day, Number, plain
from creditdsl.engines.derived import REJECTS, Scored, ScoreInto, key_column, ordered_by, scored, with_measures
from creditdsl.engines.duck import connect, quoted_name, quoted_path, quoted_text
from creditdsl.engines.run import RunOptions
from creditdsl.engines.summary import TableCounts
from creditdsl.engines.target import ResultFolder
from creditdsl.tabular.result_tables import ColumnKind, OutputColumns

MATCHES = ResultFolder("creditdsl match", ("matches", REJECTS))
ADVICE = ResultFolder("creditdsl advise", ("advice", REJECTS))
RANK = "rank"
"""The value of an offer by which it is ranked."""

MATCH_COLUMNS: OutputColumns = (
    ("place", ColumnKind.COUNT),
    ("offer", ColumnKind.CODE),
    ("label", ColumnKind.TEXT),
    ("by", ColumnKind.TEXT),
    ("may", ColumnKind.TRUTH),
    ("rank", ColumnKind.POINTS),
    ("grants", ColumnKind.TEXT),
    ("basis", ColumnKind.TEXT),
)
ADVICE_COLUMNS: OutputColumns = (
    ("matter", ColumnKind.CODE),
    ("rule", ColumnKind.CODE),
    ("kind", ColumnKind.CODE),
    ("label", ColumnKind.TEXT),
    ("by", ColumnKind.TEXT),
    ("may", ColumnKind.TRUTH),
    ("grants", ColumnKind.TEXT),
    ("basis", ColumnKind.TEXT),
)


@dataclass(frozen=True, slots=True)
class Selected:
    """How many subjects a measure applies to, and to how many of them as the first of several."""

    measure: Measure
    subjects: int
    first: int


@dataclass(frozen=True, slots=True)
class SelectionSummary:
    """The rows of each table of the input, the counts of each measure, and how many subjects none applies to."""

    tables: tuple[TableCounts, ...]
    measures: tuple[Selected, ...]
    without: int

    @property
    def refused(self) -> int:
        """The rows of every table that were refused."""
        return sum(table.refused for table in self.tables)


@dataclass(frozen=True, slots=True)
class MatterAsked:
    """What a service item and those that it takes in look up, and their time limits as the summary has them."""

    measures: tuple[Measure, ...]
    looked_up_by: dict[str, str]
    """For the code of each measure, the first matter that looks it up."""
    limits: tuple[dict[str, object], ...]


def match_tables(
    program: Program,
    offers: tuple[Measure, ...],
    folders: tuple[Path, Path],
    options: RunOptions,
    score_into: ScoreInto,
) -> SelectionSummary:
    """Write the offers of each subject by rank: the greatest first, equal ranks in the order of the policy."""
    name, kind = key_column(program)
    rank = f"json_extract_string(grants, '$.{RANK}')"
    ranks = _ranks(offers, program)
    order = f"{ranks.number(rank)} DESC NULLS LAST, {ordered_by(_codes(offers))}"
    with scored(with_measures(program, offers), folders, options, MATCHES, score_into) as population:
        selected = _selected(population, options, f"rule AS offer, {rank} AS rank", order)
        columns = ((name, kind), *MATCH_COLUMNS)
        if ranks.days:
            columns = tuple((column, ColumnKind.CODE if column == RANK else form) for column, form in columns)
        summary = _written(population, selected, (MATCHES.tables[0], columns, ranks.places), offers)
        counted = [
            {"offer": item.measure.rule.code, "subjects": item.subjects, "first": item.first}
            for item in summary.measures
        ]
        population.write_summary(MATCHES.kind, {"offers": counted, "subjects_without_offer": summary.without})
    return summary


def advise_tables(
    program: Program, matter: MatterAsked, folders: tuple[Path, Path], options: RunOptions, score_into: ScoreInto
) -> SelectionSummary:
    """Write the measures that a service item looks up and that apply to each subject, in the order of the matters."""
    column = key_column(program)
    with scored(with_measures(program, matter.measures), folders, options, ADVICE, score_into) as population:
        selected = _selected(
            population, options, f"{_looked_up_by(matter)} AS matter", ordered_by(_codes(matter.measures))
        )
        columns = (column, *ADVICE_COLUMNS)
        summary = _written(population, selected, (ADVICE.tables[0], columns, 0), matter.measures)
        counted = [
            {"rule": item.measure.rule.code, "kind": item.measure.rule.kind.value, "subjects": item.subjects}
            for item in summary.measures
        ]
        content = {"matters": list(matter.limits), "measures": counted, "subjects_without_measure": summary.without}
        population.write_summary(ADVICE.kind, content)
    return summary


@dataclass(frozen=True, slots=True)
class _Selected:
    """The rows that were selected, and for each rule how many there are, and how many of them stand in the first place."""

    path: Path
    counts: dict[str, tuple[int, int]]


def _selected(population: Scored, options: RunOptions, more: str, order: str) -> _Selected:
    """The measures of a population with more columns, and the `place` of each among those of its subject."""
    path, key = population.work / "selected.parquet", quoted_name(key_column(population.program)[0])
    query = (
        f"SELECT *, {more}, row_number() OVER (PARTITION BY {key} ORDER BY {order}) AS place "
        f"FROM {population.read('measures')}"
    )
    with connect(population.work, columns_on=options.jobs) as connection:
        connection.execute(f"COPY ({query}) TO {quoted_path(path)} (FORMAT parquet)")
        rows = connection.execute(
            f"SELECT rule, count(*), count(*) FILTER (place = 1) FROM read_parquet({quoted_path(path)}) GROUP BY rule"
        ).fetchall()
    return _Selected(path, {str(code): (int(subjects), int(first)) for code, subjects, first in rows})


def _written(
    population: Scored, selected: _Selected, table: tuple[str, OutputColumns, int], measures: tuple[Measure, ...]
) -> SelectionSummary:
    """Write a table of what was selected, in the order of the keys and places, and count it.

    The table is given by its name, its columns, and how many places its decimals have.
    """
    name, columns, places = table
    texts = ", ".join(f"{_text(column, kind)} AS {quoted_name(column)}" for column, kind in columns)
    rows = f"SELECT * FROM read_parquet({quoted_path(selected.path)}) ORDER BY {quoted_name(columns[0][0])}, place"
    population.write(name, columns, f"SELECT {texts} FROM ({rows})", places)
    population.write_rejects()
    summary = population.summary
    found = tuple(Selected(item, *selected.counts.get(item.rule.code, (0, 0))) for item in measures)
    return SelectionSummary(summary.tables, found, summary.scored - sum(item.first for item in found))


def _text(column: str, kind: ColumnKind) -> str:
    name = quoted_name(column)
    return f"CAST({name} AS VARCHAR)" if kind in (ColumnKind.COUNT, ColumnKind.TRUTH) else name


def _codes(measures: Sequence[Measure]) -> tuple[str, ...]:
    return tuple(item.rule.code for item in measures)


def _looked_up_by(matter: MatterAsked) -> str:
    cases = [f"WHEN {quoted_text(code)} THEN {quoted_text(asked)}" for code, asked in matter.looked_up_by.items()]
    return f"CASE rule {' '.join(cases)} END" if cases else "NULL"


@dataclass(frozen=True, slots=True)
class _Ranks:
    """The codes of the offers that are ranked by a number, with so many decimal places at most, and of those ranked by a day."""

    numbers: tuple[str, ...]
    places: int
    days: tuple[str, ...]

    def number(self, rank: str) -> str:
        """The expression of a rank, given as text, as a number; NULL for what is ranked by neither."""
        cases = [f"WHEN {quoted_text(code)} THEN CAST({rank} AS DECIMAL(38, {self.places}))" for code in self.numbers]
        cases += [f"WHEN {quoted_text(code)} THEN CAST({rank} AS DATE) - DATE '1970-01-01'" for code in self.days]
        return f"CASE rule {' '.join(cases)} END" if cases else "NULL"


def _ranks(offers: Sequence[Measure], program: Program) -> _Ranks:
    numbers: dict[str, int] = {}
    days = []
    for offer in offers:
        name = next((grant.value for grant in offer.grants if grant.name == RANK), None)
        match None if name is None else plain(program.definition(name).type):
            case Number(scale=places):
                numbers[offer.rule.code] = places
            case Day():
                days.append(offer.rule.code)
            case _:
                pass
    return _Ranks(tuple(numbers), max(numbers.values(), default=0), tuple(days))
