"""The part of `creditdsl compile` that writes SQL: its options, and the file it makes of a text of the policy."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, TypeVar

import click

from creditdsl.cli.language import say
from creditdsl.cli.session import Session
from creditdsl.diagnostics import Language, Text, cannot_express
from creditdsl.frozen import dataclass

if TYPE_CHECKING:
    from creditdsl.compile import Compiled
    from creditdsl.core.ir import Program

Function = TypeVar("Function", bound=Callable[..., object])

DIALECTS = ("duckdb", "postgres", "spark")
PARTS = ("results", "findings", "measures", "problems", "wide")

ONLY_PYTHON = Text("用 `--target python` 编译", "compile with `--target python`")
"""The remedy where a policy cannot be written for whole tables."""


@dataclass(frozen=True, slots=True)
class SqlOptions:
    """What the command line says of SQL; `tables` are names of tables as `subject=schema.name`."""

    dialect: str
    part: str | None
    schema: str | None
    tables: tuple[str, ...]
    checked: bool
    unique: bool


def sql_options(language: Language) -> Callable[[Function], Function]:
    """The options, which come to the command as `dialect`, `part`, `schema`, `tables`, `checked` and `unique`."""
    options = [
        click.option(
            "--dialect",
            type=click.Choice(DIALECTS),
            default="duckdb",
            help=say(language, "SQL 方言", "With `--target sql`: the dialect."),
        ),
        click.option(
            "--part",
            type=click.Choice(PARTS),
            help=say(
                language,
                "SQL 只给出结果的这一张表;默认:DuckDB 和 Spark 为 results,PostgreSQL 为全部视图或函数",
                "With `--target sql`: a query for this part of the result alone; default is `results` for DuckDB and Spark, "
                "and all views or functions for PostgreSQL.",
            ),
        ),
        click.option(
            "--schema",
            metavar=say(language, "模式", "SCHEMA"),
            help=say(language, "视图和函数所在的模式", "The schema of the views and functions of PostgreSQL."),
        ),
        click.option(
            "--table",
            "tables",
            multiple=True,
            metavar=say(language, "表=名称", "TABLE=NAME"),
            help=say(
                language,
                "数据表在数据库里的名称,如 `shop=raw.shops`",
                "The name of a table in the database, such as `shop=raw.shops`.",
            ),
        ),
        click.option(
            "--unique",
            is_flag=True,
            help=say(
                language,
                "主体的 key 是主键,不再检查重复",
                "The subject's key is a primary key; do not look for repeated ones.",
            ),
        ),
        click.option(
            "--checked",
            is_flag=True,
            help=say(language, "数据已经检查过,不再检查", "The data is known to be valid; do not look at it again."),
        ),
    ]

    def decorate(function: Function) -> Function:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


def sql_text(
    compiled: "Compiled", period: str | None, as_of: date | None, options: SqlOptions, session: Session
) -> str:
    """The text of the file."""
    from creditdsl.backends.sql.target import CannotExpress
    from creditdsl.tabular.hoist import CannotTabulate

    try:
        return _written(compiled.program, period, as_of, options, session)
    except CannotExpress as fault:
        raise cannot_express(fault.message, fault.remedy) from fault
    except CannotTabulate as fault:
        raise cannot_express(fault.message, ONLY_PYTHON) from fault


def _written(program: "Program", period: str | None, as_of: date | None, options: SqlOptions, session: Session) -> str:
    from creditdsl.backends.sql.emit import Dialect, Part, QueryOptions
    from creditdsl.backends.sql.script import Script, write_query, write_script
    from creditdsl.backends.sql.source import typed_source
    from creditdsl.core.inputs import run_context
    from creditdsl.tabular.plan import tabulate

    context = None if period is None or as_of is None else run_context(program, period, as_of)
    tabular = tabulate(program, context)
    names = _table_names(program, options, session)
    source = typed_source(program, names, checked=options.checked, unique=options.unique)
    script = Script(tabular, source, QueryOptions(session.language), context, options.schema)
    if options.part is None and options.dialect == "postgres":
        return write_script(script)
    return write_query(script, Dialect(options.dialect), Part(options.part or "results"))


def _table_names(program: "Program", options: SqlOptions, session: Session) -> dict[str, str]:
    known = [table.name for table in (program.subject, *program.records)]
    names = {}
    for given in options.tables:
        table, _, name = given.partition("=")
        if table not in known or not all(name.split(".")):
            raise click.UsageError(
                session.say(
                    f"--table {given}: 写成“表=名称”;这个政策的表是 {'、'.join(known)}。",
                    f"--table {given}: write TABLE=NAME; the tables of the policy are {', '.join(known)}.",
                )
            )
        names[table] = name
    return names
