"""What a database is given: queries, or the views and functions that PostgreSQL keeps.

In: a program in layers, for one run or for any. Out: the text of a file. For PostgreSQL it is a script for `psql -f`: views
`<policy>_results`, `_findings`, `_measures` and `_problems` for one run, functions of the same names with the days of a run as
parameters otherwise. For DuckDB and Spark it is one query, with parameters where the run is open.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlglot import exp

from creditdsl.backends.sql import build
from creditdsl.backends.sql.emit import QueryOptions, emit_query
from creditdsl.backends.sql.names import shortened
from creditdsl.backends.sql.outputs import key_type
from creditdsl.backends.sql.printing import printed
from creditdsl.backends.sql.source import Source
from creditdsl.backends.sql.tables import Part, table_columns
from creditdsl.backends.sql.target import POSTGRES, CannotExpress, Dialect
from creditdsl.core.ir import ContextDay, Program
from creditdsl.core.subject import RunContext
from creditdsl.diagnostics import InternalError, Text
from creditdsl.tabular.plan import Tabular
from creditdsl.tabular.result_tables import points_size

KEPT = (Part.RESULTS, Part.FINDINGS, Part.MEASURES, Part.PROBLEMS)
"""What PostgreSQL gets all at once."""

QUOTE = "$creditdsl$"


@dataclass(frozen=True, slots=True)
class Script:
    """`context` is that of the run, None when any run may ask; `schema` is where views and functions go."""

    tabular: Tabular
    source: Source
    options: QueryOptions
    context: RunContext | None
    schema: str | None = None


def write_query(script: Script, dialect: Dialect, part: Part) -> str:
    """One query as the text of a file."""
    options = replace(script.options, open_run=script.context is None)
    return f"{_heading(script)}{emit_query(script.tabular, dialect, part, script.source, options)};\n"


def write_script(script: Script) -> str:
    """The views or functions of PostgreSQL as the text of a script."""
    schema = "" if script.schema is None else f"CREATE SCHEMA IF NOT EXISTS {_quoted(script.schema)};\n\n"
    pieces = "\n".join(_view(script, part) if script.context is not None else _function(script, part) for part in KEPT)
    return f"{_heading(script)}BEGIN;\n\n{schema}{pieces}\nCOMMIT;\n"


def name_of(program: Program, part: Part) -> str:
    """The name of the view or function of a part."""
    ending = f"_{part.value}"
    return shortened(program.header.name, POSTGRES.most_bytes_of_a_name - len(ending)) + ending


def _heading(script: Script) -> str:
    """Comments: which policy, which text of it, which run."""
    header = script.tabular.program.header
    lines = [f"{' / '.join(header.label)} ({header.name}), {header.content_hash}"]
    if script.context is not None:
        context = script.context
        lines.append(f"period {context.period.start} .. {context.period.end}, as of {context.as_of}")
    return "".join(f"--{build.in_comment(line).rstrip()}\n" for line in lines) + "\n"


def _view(script: Script, part: Part) -> str:
    query = emit_query(script.tabular, Dialect.POSTGRES, part, script.source, script.options)
    return f"CREATE OR REPLACE VIEW {_placed(script, part)} AS\n{query};\n"


def _function(script: Script, part: Part) -> str:
    name = name_of(script.tabular.program, part)
    options = replace(script.options, open_run=True, function=name)
    query = emit_query(script.tabular, Dialect.POSTGRES, part, script.source, options)
    if QUOTE in query:
        raise InternalError("the quotes of a function stand in its text")
    days = ", ".join(f"{day.value} DATE" for day in ContextDay)
    columns = ",\n".join(f"  {_quoted(column)} {type_}" for column, type_ in _columns(script.tabular.program, part))
    return (
        f"CREATE OR REPLACE FUNCTION {_placed(script, part)}({days})\nRETURNS TABLE (\n{columns}\n)\n"
        f"LANGUAGE sql STABLE AS {QUOTE}\n{query}\n{QUOTE};\n"
    )


def _columns(program: Program, part: Part) -> Iterator[tuple[str, str]]:
    """The columns of a function's result with their types."""
    digits, places = points_size(program)
    types = {
        "graded": "BOOLEAN",
        "may": "BOOLEAN",
        "count": "BIGINT",
        **dict.fromkeys(
            ("score", "score_after_repair", "points", "points_after_repair"), f"NUMERIC({digits}, {places})"
        ),
    }
    names = table_columns(program, part)
    days = {day.value for day in ContextDay}
    if names[0].casefold() in days:
        raise CannotExpress(
            Text(
                f"主体的 key 与函数的参数 `{names[0]}` 同名。",
                f"The subject's key is named like the parameter `{names[0]}`.",
            ),
            Text(
                "给出 --period 和 --as-of, 或给 key 字段另起一个名字。",
                "Give --period and --as-of, or give the key another name.",
            ),
        )
    for place, name in enumerate(names):
        keyed = part is not Part.PROBLEMS and place == 0
        yield name, key_type(program) if keyed else types.get(name, "TEXT")


def _placed(script: Script, part: Part) -> str:
    name = _quoted(name_of(script.tabular.program, part))
    return name if script.schema is None else f"{_quoted(script.schema)}.{name}"


def _quoted(name: str) -> str:
    tree: exp.Expr = build.identifier(name)
    return printed(tree, Dialect.POSTGRES)
