"""What the tests of the batch engine share: the interpreter as an evaluator, and tables written and read back."""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import cast

from creditdsl.core.evaluate import evaluate
from creditdsl.core.inputs import load, run_context
from creditdsl.core.ir import InputTable, Program
from creditdsl.core.result import explained
from creditdsl.diagnostics import Language, PolicyError
from creditdsl.engines.evaluator import ExplanationJson, InputProblem, MakeEvaluator
from creditdsl.engines.run import RunOptions, run
from creditdsl.engines.summary import Summary

PATH = re.compile(r"`([^`]*)`: (.*)", re.DOTALL)


@dataclass(frozen=True)
class Interpreter:
    """The reference interpreter, as the engine wants an evaluator."""

    program: Program
    period: str
    as_of: date
    language: Language

    def explain(self, subject: Mapping[str, object]) -> ExplanationJson | tuple[InputProblem, ...]:
        context = run_context(self.program, self.period, self.as_of)
        try:
            loaded = load(self.program, dict(subject))
        except PolicyError as error:
            return tuple(
                self._problem(item.code.name, item.message.in_language(self.language)) for item in error.diagnostics
            )
        values = evaluate(self.program, loaded, context)
        return cast(ExplanationJson, explained(self.program, loaded, context, values))

    def _problem(self, code: str, message: str) -> InputProblem:
        found = PATH.fullmatch(message)
        assert found is not None, message
        return InputProblem(found[1], code, found[2])


def interpreter(program: Program, period: str, as_of: date, language: Language = "zh") -> MakeEvaluator:
    return partial(Interpreter, program, period, as_of, language)


def cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]], encoding: str = "utf-8") -> None:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows([cell(value) for value in row] for row in rows)


def table_rows(
    program: Program, table: InputTable, subjects: Sequence[Mapping[str, object]]
) -> tuple[list[str], list[list[object]]]:
    """The header and the rows of one table for subjects given as JSON."""
    key = program.subject.key
    assert key is not None
    if table is program.subject:
        names = [field.name for field in table.fields]
        return names, [[subject.get(name) for name in names] for subject in subjects]
    names = [field.name for field in table.fields]
    rows: list[list[object]] = []
    for subject in subjects:
        records = cast(Sequence[Mapping[str, object]], subject.get(table.name) or [])
        rows.extend([subject[key.name], *(record.get(name) for name in names)] for record in records)
    return [key.name, *names], rows


def write_tables(folder: Path, program: Program, subjects: Sequence[Mapping[str, object]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for table in (program.subject, *program.records):
        write_csv(folder / f"{table.name}.csv", *table_rows(program, table, subjects))


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def score(
    program: Program,
    folder: Path,
    out: Path,
    *,
    period: str = "2020",
    as_of: date = date(2021, 4, 30),
    **options: object,
) -> Summary:
    """A run with the interpreter."""
    language = cast(Language, options.pop("language", "en"))
    chosen = RunOptions(period, as_of, language, **options)  # type: ignore[arg-type]  # passed through from the tests
    return run(program, (folder, out), interpreter(program, period, as_of, language), chosen)
