"""The figures of a population, checked against a written result.

In: a program, a run, and the tables `results` and `measures` that it has written, as one file each or in parts. Out: a
`CheckedFigure` for each figure of the populations that are this run's. DuckDB groups the subjects by what the figures look at;
the reference interpreter judges one of each group, so that a claim means what it means everywhere, and is exact.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from creditdsl.core.evaluate import Scope, value_of
from creditdsl.core.inputs import run_context
from creditdsl.core.ir import DefinitionReference, Expression, Figure, Population, Program, Total, Value
from creditdsl.core.subject import LoadedSubject, RunContext
from creditdsl.core.type_of import type_of
from creditdsl.core.types import Number, Type, plain
from creditdsl.core.walk import walk
from creditdsl.diagnostics import InternalError
from creditdsl.engines.duck import connect, quoted_name, quoted_text, read_parquet, read_plain_csv
from creditdsl.engines.layout import FileFormat
from creditdsl.tabular.result_tables import OutputColumns, key_name, output_tables

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

NO_SUBJECT = LoadedSubject({}, {})


@dataclass(frozen=True, slots=True)
class CheckedFigure:
    """What came of a figure: `found` are the values of its sides, with their types; none where there is no subject.

    Without a subject nothing can be claimed, and no figure holds.
    """

    population: str
    figure: Figure
    found: tuple[tuple[Value, Type], ...]
    holds: bool


@dataclass(frozen=True, slots=True)
class WrittenResult:
    """A folder with the tables of a result, a folder to work in, and how many threads may read them."""

    folder: Path
    work: Path
    format: FileFormat
    jobs: int


def check_figures(program: Program, period: str, as_of: date, written: WrittenResult) -> tuple[CheckedFigure, ...]:
    """The figures of every population of this period and as-of date; the program's are all of its division."""
    own = [item for item in program.populations if (item.period, item.as_of) == (period, as_of)]
    if not own:
        return ()
    totals = [total for population in own for figure in population.figures for total in figure.totals]
    context = run_context(program, period, as_of)
    with connect(written.work, columns_on=written.jobs) as connection:
        groups = _groups(program, totals, written, connection)
    return tuple(_checked(groups, program, context, own))


@dataclass(frozen=True, slots=True)
class _Group:
    """Subjects that are alike in what the figures look at, by definition: how many, and the sums over them."""

    values: Mapping[str, Value]
    subjects: int
    sums: Mapping[str, int]


def _checked(
    groups: Sequence[_Group], program: Program, context: RunContext, populations: Iterable[Population]
) -> Iterator[CheckedFigure]:
    for population in populations:
        for figure in population.figures:
            if not groups:
                yield CheckedFigure(population.name, figure, (), holds=False)
                continue
            values = {total.name: _total(total, groups, program, context) for total in figure.totals}
            scope = Scope(program, NO_SUBJECT, context, values, {})
            found = tuple((value_of(side, scope), type_of(side)) for side in figure.sides)
            yield CheckedFigure(population.name, figure, found, holds=value_of(figure.claim, scope) is True)


def _total(total: Total, groups: Iterable[_Group], program: Program, context: RunContext) -> int:
    names = tuple(sorted({part.name for part in _references(total.where)}))
    judged: dict[tuple[Value, ...], bool] = {}
    found = 0
    for group in groups:
        # Groups that differ only in what other figures look at are judged once.
        seen = tuple(group.values[name] for name in names)
        if seen not in judged:
            scope = Scope(program, NO_SUBJECT, context, group.values, {})
            judged[seen] = value_of(total.where, scope) is True
        if judged[seen]:
            found += group.subjects if total.value is None else group.sums[total.value]
    return found


# The query


def _groups(
    program: Program, totals: Sequence[Total], written: WrittenResult, connection: "DuckDBPyConnection"
) -> tuple[_Group, ...]:
    judged = sorted({part.name for total in totals for part in _references(total.where)})
    added = sorted({total.value for total in totals if total.value is not None})
    query = _Query(program, written, judged, added)
    groups = []
    for row in connection.execute(query.text()).fetchall():
        keys, subjects, sums = row[: len(judged)], row[len(judged)], row[len(judged) + 1 :]
        groups.append(
            _Group(
                {name: query.value(name, cell) for name, cell in zip(judged, keys, strict=True)},
                int(subjects),
                {name: _scaled(cell) or 0 for name, cell in zip(added, sums, strict=True)},
            )
        )
    return tuple(groups)


def _references(expression: Expression) -> Iterator[DefinitionReference]:
    return (part for part in walk(expression) if isinstance(part, DefinitionReference))


def _scaled(decimal: str | None) -> int | None:
    """A DECIMAL as DuckDB writes it, with all of its places, as an integer at its scale."""
    return None if decimal is None else int(decimal.replace(".", ""))


@dataclass(frozen=True, slots=True)
class _Query:
    """One row for each combination of `judged`, with the number of its subjects and a sum for each of `added`."""

    program: Program
    written: WrittenResult
    judged: Sequence[str]
    added: Sequence[str]

    def text(self) -> str:
        columns = ", ".join((*map(self._key, self.judged), "count(*)", *map(self._sum, self.added)))
        source = f"({self._table('results')})"
        said = [self._of_measures(name) for name in sorted({*self.judged, *self.added}) if not self._of_result(name)]
        if said:
            key = quoted_name(key_name(self.program))
            rules = ", ".join(quoted_text(rule) for rule in sorted({rule for rule, _ in said}))
            measures = (
                f"SELECT {key}, {', '.join(column for _, column in said)} FROM ({self._table('measures')}) "
                f"WHERE rule IN ({rules}) GROUP BY {key}"
            )
            source += f" LEFT JOIN ({measures}) USING ({key})"
        grouped = f" GROUP BY {', '.join(str(place + 1) for place in range(len(self.judged)))}" if self.judged else ""
        return f"SELECT {columns} FROM {source}{grouped} HAVING count(*) > 0"

    def value(self, name: str, cell: str | bool | None) -> Value:
        """A cell of the query as a value of the core."""
        result = self.program.result
        if name == result.score_after:
            return _scaled(None if cell is None else str(cell))
        return cell if name == result.grade_after else bool(cell)

    def _key(self, name: str) -> str:
        if name == self.program.result.score_after:
            return f"CAST({self._decimal(name)} AS VARCHAR)"
        return self._column(name)

    def _sum(self, name: str) -> str:
        return f"CAST(sum({self._decimal(name)}) AS VARCHAR)"

    def _decimal(self, name: str) -> str:
        type_ = plain(self.program.definition(name).type)
        if not isinstance(type_, Number):
            raise InternalError(f"a sum of what is no number: {name}")
        return f"CAST({self._column(name)} AS DECIMAL(38, {type_.scale}))"

    def _column(self, name: str) -> str:
        return self._of_result(name) or quoted_name(name)

    def _of_result(self, name: str) -> str | None:
        """The column of a grade or score; None for what a measure says."""
        result = self.program.result
        if name == result.grade_after:
            return "grade_after_repair"
        return "score_after_repair" if name == result.score_after else None

    def _of_measures(self, name: str) -> tuple[str, str]:
        """The code of the measure that says it, and the column in which it stands, one row a subject."""
        for measure in self.program.result.measures:
            rule = quoted_text(measure.rule.code)
            if name == measure.holds:
                return measure.rule.code, f"bool_or(rule = {rule}) AS {quoted_name(name)}"
            for grant in measure.grants:
                if name == grant.value:
                    path = quoted_text('$."' + grant.name + '"')
                    value = f"json_extract_string(grants, {path})"
                    return measure.rule.code, f"max({value}) FILTER (rule = {rule}) AS {quoted_name(name)}"
        raise InternalError(f"no measure says {name}")

    def _table(self, name: str) -> str:
        columns: OutputColumns = output_tables(self.program).by_name[name]
        path = self.written.folder / f"{name}.{self.written.format.value}"
        if self.written.format is FileFormat.CSV:
            return read_plain_csv((path,), tuple(column for column, _ in columns), several_lines=True, header=True)
        return f"SELECT * FROM {read_parquet(sorted(path.iterdir()) if path.is_dir() else (path,))}"
