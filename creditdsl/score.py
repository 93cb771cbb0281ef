"""Scoring tables: the policy is compiled to columns and to Python, and the batch engine runs both over the subjects.

In: a program, a folder of tables, and how to run. Out: a folder of results, and their counts. What is plain is graded as
whole columns; what has to be looked at with care, and every subject of a policy that columns cannot express, by the emitted
Python, one subject at a time.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Literal, Protocol, cast

from creditdsl.backends.columns.emit import emit_columns
from creditdsl.backends.columns.loading import load_columns
from creditdsl.backends.python.emit import emit_python
from creditdsl.backends.python.loading import load_module
from creditdsl.backends.sql.emit import Dialect, Part, QueryOptions, emit_query
from creditdsl.backends.sql.source import AS_IN_CORE, Source, SourceColumn, SourceTable
from creditdsl.backends.sql.target import CannotExpress
from creditdsl.core.inputs import run_context
from creditdsl.core.ir import Program
from creditdsl.core.subject import RunContext
from creditdsl.diagnostics import Language, cannot_express
from creditdsl.engines import messages
from creditdsl.engines.columns import ColumnGrader, ColumnsModule
from creditdsl.engines.evaluator import ExplanationJson, InputProblem
from creditdsl.engines.plain_plan import plain_query
from creditdsl.engines.plain_query import PlainQuery, PlainSource
from creditdsl.engines.run import RunOptions, run
from creditdsl.engines.spark import SparkRun, run_on_spark
from creditdsl.engines.spark_plan import SparkPlan
from creditdsl.engines.spark_session import SparkTrouble
from creditdsl.engines.summary import Summary
from creditdsl.engines.views import KEY, ReadTable
from creditdsl.tabular.hoist import CannotTabulate
from creditdsl.tabular.plan import Tabular, tabulate

MODULE_NAME, COLUMNS_NAME = "creditdsl_scored_policy", "creditdsl_scored_columns"

Engine = Literal["auto", "columns", "python"]
"""`auto` takes columns where they can express the policy."""


def score(
    program: Program,
    tables: Path,
    target: Path,
    options: RunOptions,
    progress: Callable[[int, int], None] = lambda done, of: None,
    engine: Engine = "auto",
) -> Summary:
    """Score the tables of a folder into the folder `target`, which replaces an earlier result there.

    `progress` is told how many subjects are done, and how many there are. Raises PolicyError when the period, the
    folder or a header is wrong, or when `engine` is `columns` and they cannot express the policy; bad rows raise nothing, they stand in the rejects.
    """
    context = run_context(program, options.period, options.as_of)
    make_evaluator = EvaluatorMaker(program, options.period, options.as_of, options.language)
    plan = None
    if engine != "python":
        try:
            plan = column_plan(program, context, options.language)
        except CannotTabulate as fault:
            if engine == "columns":
                raise cannot_express(fault.message, messages.without_columns()) from fault
    return run(program, (tables, target), make_evaluator, options, progress, plan)


def column_plan(program: Program, context: RunContext, language: Language) -> "ColumnPlan":
    """How the policy is graded as whole columns in one run; CannotTabulate where it cannot be."""
    return ColumnPlan(tabulate(program, context), context, language)


class ColumnPlan:
    """The columnar module of a policy, and what it reads."""

    def __init__(self, tabular: Tabular, context: RunContext, language: Language) -> None:
        self.program = tabular.program
        self.module = cast(ColumnsModule, load_columns(emit_columns(tabular, context, aggregated=False), COLUMNS_NAME))
        self.grade = ColumnGrader(self.module, tabular, language).grade

    def query(self, sources: tuple[PlainSource, ...]) -> PlainQuery:
        schemas = {self.program.subject.name: self.module.SUBJECT, **self.module.RECORDS}
        return plain_query(self.program, sources, {name: tuple(schema) for name, schema in schemas.items()})


def _views(tables: tuple[ReadTable, ...]) -> Source:
    """Where a query finds its input: views of valid rows whose columns are as the core has them."""
    return Source(
        {
            table.table.name: SourceTable(
                (table.view,),
                {name: SourceColumn(column, AS_IN_CORE) for name, column in table.columns.items()},
                SourceColumn(KEY, AS_IN_CORE),
            )
            for table in tables
        },
        checked=True,
        unique=True,
    )


def score_on_spark(
    program: Program,
    folders: tuple[Path, Path],
    options: RunOptions,
    master: str | None = None,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Summary:
    """Score the Parquet tables of the first folder into the second one on Spark; `master` None is what Spark itself is set to.

    Raises SparkTrouble for a policy that Spark cannot express, and when Spark cannot be used or fails.
    """
    context = run_context(program, options.period, options.as_of)
    make_evaluator = EvaluatorMaker(program, options.period, options.as_of, options.language)
    plan = spark_plan(program, context, options.language)
    return run_on_spark(SparkRun(program, make_evaluator, plan, options, master, progress), *folders)


def spark_plan(program: Program, context: RunContext, language: Language) -> SparkPlan:
    """How the policy is graded in Spark in one run; SparkTrouble where Spark cannot express it."""
    try:
        return SparkPlan(tabulate(program, context), partial(_spark_query, language))
    except CannotTabulate as fault:
        raise SparkTrouble(fault.message, messages.without_spark()) from fault


def _spark_query(language: Language, tabular: Tabular, part: str, tables: tuple[ReadTable, ...]) -> str:
    """The query of a part of a result, in Spark."""
    try:
        return emit_query(tabular, Dialect.SPARK, Part(part), _views(tables), QueryOptions(language))
    except CannotExpress as fault:
        raise SparkTrouble(fault.message, fault.remedy) from fault


class EmittedProblem(Protocol):
    """What an emitted module's InputError lists."""

    path: str
    code: str
    zh: str
    en: str


class EmittedExplanation(Protocol):
    def to_dict(self) -> dict[str, object]: ...


@dataclass(frozen=True, slots=True)
class CompiledEvaluator:
    """An emitted module, for one period and one as-of date."""

    load: Callable[[Mapping[str, object]], object]
    explain_loaded: Callable[[object, object, date], EmittedExplanation]
    input_error: type[Exception]
    period: object
    as_of: date
    language: Language

    def explain(self, subject: Mapping[str, object]) -> ExplanationJson | tuple[InputProblem, ...]:
        """The explanation of a subject, or every problem of its data."""
        try:
            loaded = self.load(subject)
        except self.input_error as error:
            # An emitted InputError carries its problems under this name; its class is known only when it runs.
            return tuple(self._problem(problem) for problem in cast(list[EmittedProblem], vars(error)["problems"]))
        explanation = self.explain_loaded(loaded, self.period, self.as_of)
        # The schema of the dictionary is that of docs/result.md, which the backend's own tests hold it to.
        return cast(ExplanationJson, explanation.to_dict())

    def _problem(self, problem: EmittedProblem) -> InputProblem:
        message = problem.zh if self.language == "zh" else problem.en
        return InputProblem(problem.path, problem.code, message.removeprefix(f"`{problem.path}`: "))


class EvaluatorMaker:
    """Makes evaluators; the module is emitted when the first one is asked for, and sent to other processes as text."""

    def __init__(self, program: Program, period: str, as_of: date, language: Language) -> None:
        self.program = program
        self.run = (period, as_of, language)
        self.source: str | None = None

    def __call__(self) -> CompiledEvaluator:
        return compiled_evaluator(self._emitted(), *self.run)

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return partial, (compiled_evaluator, self._emitted(), *self.run)

    def _emitted(self) -> str:
        if self.source is None:
            self.source = emit_python(self.program)
        return self.source


def compiled_evaluator(source: str, period: str, as_of: date, language: Language) -> CompiledEvaluator:
    """The evaluator of a module's text, as `emit_python` wrote it; called once in each process."""
    module = load_module(source, MODULE_NAME)
    return CompiledEvaluator(module.load, module.explain, module.InputError, module.period(period), as_of, language)
