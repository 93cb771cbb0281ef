"""`creditdsl draw`: the samples of a policy's inspections, drawn from the subjects of a folder of tables."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from creditdsl.cli.language import say
from creditdsl.cli.session import Session
from creditdsl.cli.table_options import Tables, asked, format_of_tables, run_options, table_options
from creditdsl.cli.times import as_of_option, jurisdiction_option, period_option
from creditdsl.diagnostics import Language

if TYPE_CHECKING:
    from creditdsl.core.ir import Measure, Program
    from creditdsl.engines.samples import Pool


def command(language: Language) -> click.Command:
    """The command with its texts in `language`."""

    @click.command(
        "draw",
        help=say(
            language,
            "从数据文件夹的主体中按规则抽取检查样本:先评价,再在每一层中按种子确定的顺序抽取;同样的种子得到同样的样本。",
            "Draw the samples of inspections from the subjects of a folder of tables: they are scored, and from each stratum some "
            "are drawn in the order that the seed gives; the same seed gives the same sample.",
        ),
    )
    @click.argument("policy", type=click.Path(path_type=Path), metavar=say(language, "政策", "POLICY"))
    @click.argument("tables", type=click.Path(path_type=Path), metavar=say(language, "数据文件夹", "TABLES"))
    @click.option(
        "--inspection",
        "code",
        metavar=say(language, "抽查", "CODE"),
        help=say(language, "只抽取这一项抽查,默认全部", "The code of one inspection; default is all of them."),
    )
    @period_option(language, required=True)
    @as_of_option(language, required=True)
    @jurisdiction_option(language)
    @format_of_tables(language)
    @table_options(language, required=True)
    @click.pass_obj
    def draw(
        session: Session,
        policy: Path,
        tables: Path,
        code: str | None,
        period: str,
        as_of: datetime,
        jurisdiction: str | None,
        format_name: str | None,
        output: Path,
        encoding: str | None,
        bom: bool,
        jobs: int | None,
    ) -> int:
        from creditdsl.cli.condition_words import strata_of
        from creditdsl.compile import compile_for
        from creditdsl.engines.samples import draw as draw_samples

        run = (period, as_of.date())
        compiled = compile_for(policy, *run, jurisdiction)
        inspections = _inspections(compiled.program, code, session)
        strata = {item.rule.code: strata_of(compiled, item.rule.code, session.language) for item in inspections}
        options = run_options(asked(output, encoding, bom, jobs), format_name, run, session.language)
        shown = Tables(session)
        with shown.disk(output):
            summary = draw_samples(compiled.program, inspections, (tables, output), options, shown.score_into, strata)
        shown.counts(summary.tables)
        for item in summary.drawn:
            rows = [_row(pool, strata[item.inspection.rule.code]) for pool in item.pools]
            titles = [(item.inspection.rule.code,) * 2, ("条件", "condition"), ("比例", "rate"), ("户数", "pool")]
            shown.table([*titles, ("抽取", "drawn")], rows, numbers=3)
        return shown.finished(summary.refused, output)

    return draw


def _inspections(program: "Program", code: str | None, session: Session) -> tuple["Measure", ...]:
    """The inspections that are asked for; UsageError where there is none."""
    from creditdsl.cli.near_names import unknown_code
    from creditdsl.core.ir import RuleKind

    found = tuple(item for item in program.result.measures if item.rule.kind is RuleKind.INSPECTION)
    chosen = tuple(item for item in found if code is None or item.rule.code == code)
    if not chosen:
        raise unknown_code(code or "", [item.rule for item in found], ("抽查", "inspection"), session)
    return chosen


def _row(pool: "Pool", strata: tuple[str, ...]) -> tuple[str, ...]:
    condition = strata[pool.stratum - 1] if pool.stratum <= len(strata) else ""
    return (
        str(pool.stratum),
        condition,
        "" if pool.rate is None else _percent(pool.rate),
        f"{pool.subjects:,}",
        f"{pool.drawn:,}",
    )


def _percent(rate: str) -> str:
    """A rate, an exact decimal, in percent.

    >>> _percent("0.03"), _percent("1"), _percent("0.0125")
    ('3%', '100%', '1.25%')
    """
    from decimal import Decimal

    digits = format(Decimal(rate).scaleb(2), "f")
    return (digits.rstrip("0").rstrip(".") if "." in digits else digits) + "%"
