"""A policy as a query.

In: a program in layers, a dialect, which table of the result is wanted, and where the input stands. Out: one statement
without a semicolon. The definitions that a policy writes are columns of the query's stages under their own names, with the
rule's code and label behind them as a comment.

With a `Tabular` of one run the query is for that run. Otherwise (`open_run`) its days are parameters: `$period_start` in DuckDB,
`:period_start` in Spark, the parameters of a function in PostgreSQL; a run that does not fit the policy scores nobody.
"""

from dataclasses import dataclass

from sqlglot import exp

from creditdsl.backends.sql.outputs import Output
from creditdsl.backends.sql.pipeline import Setting
from creditdsl.backends.sql.printing import printed
from creditdsl.backends.sql.problems import problems
from creditdsl.backends.sql.source import Source
from creditdsl.backends.sql.tables import Part
from creditdsl.backends.sql.target import TARGETS, Dialect
from creditdsl.collector import collector_paused
from creditdsl.diagnostics import Language
from creditdsl.tabular.plan import Tabular

__all__ = ["Dialect", "Part", "QueryOptions", "emit_query"]


@dataclass(frozen=True, slots=True)
class QueryOptions:
    """`language` is that of labels and bases; for `open_run` and `function` see the module."""

    language: Language = "zh"
    open_run: bool = False
    function: str | None = None


def emit_query(
    tabular: Tabular, dialect: Dialect, part: Part, source: Source, options: QueryOptions | None = None
) -> str:
    """The statement for a part of the result. CannotExpress for what the dialect or the source does not allow."""
    chosen = options or QueryOptions()
    setting = Setting(tabular, TARGETS[dialect], source, chosen.open_run, chosen.function)
    with collector_paused():
        return printed(_query(setting, part, chosen.language), dialect)


def _query(setting: Setting, part: Part, language: Language) -> exp.Query:
    output = Output(setting, language)
    match part:
        case Part.RESULTS:
            return output.results()
        case Part.FINDINGS:
            return output.findings()
        case Part.MEASURES:
            return output.measures()
        case Part.WIDE:
            return output.wide()
        case Part.PROBLEMS:
            return problems(setting)
