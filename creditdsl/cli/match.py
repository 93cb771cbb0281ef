"""`creditdsl match`: the offers that a subject can have, ranked, and why not the others; or those of every subject of tables."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from creditdsl.cli.language import say
from creditdsl.cli.one_subject import applicability, format_option, refuse_combinations
from creditdsl.cli.session import Session
from creditdsl.cli.table_options import Tables, asked, run_options, table_options
from creditdsl.cli.times import as_of_option, jurisdiction_option, period_option
from creditdsl.diagnostics import Language

if TYPE_CHECKING:
    from creditdsl.compile import Compiled
    from creditdsl.core.ir import Measure, Program
    from creditdsl.engines.run import RunOptions


def command(language: Language) -> click.Command:
    """The command with its texts in `language`."""

    @click.command(
        "match",
        help=say(
            language,
            "列出一个主体(JSON 文件,- 为标准输入)可以申请的产品,按排序值从高到低,并说明其他产品为何不能申请;"
            "给出数据文件夹时,为每个主体列出。",
            "List the offers that the subject of a JSON file (- for standard input) can have, the greatest rank first, and say why "
            "not the others; of a folder of tables, those of every subject.",
        ),
    )
    @click.argument("policy", type=click.Path(path_type=Path), metavar=say(language, "政策", "POLICY"))
    @click.argument(
        "subject",
        type=click.Path(path_type=Path, allow_dash=True),
        metavar=say(language, "主体.json|数据文件夹", "SUBJECT.json|TABLES"),
    )
    @period_option(language, required=True)
    @as_of_option(language, required=True)
    @jurisdiction_option(language)
    @table_options(language, required=False)
    @click.pass_obj
    def match(
        session: Session,
        policy: Path,
        subject: Path,
        period: str,
        as_of: datetime,
        jurisdiction: str | None,
        output: Path | None,
        encoding: str | None,
        bom: bool,
        jobs: int | None,
        format_name: str | None,
    ) -> int:
        from creditdsl.compile import compile_for

        options, run = asked(output, encoding, bom, jobs), (period, as_of.date())
        refuse_combinations(session, subject.is_dir(), options, format_name)
        compiled = compile_for(policy, *run, jurisdiction)
        offers = _offers(compiled.program, session)
        if options.output is not None:
            engine = run_options(options, format_name, run, session.language)
            return _tables(session, compiled.program, offers, (subject, options.output), engine)
        click.echo(_one(session, compiled, offers, (subject, run, format_name)), nl=False)
        return 0

    match.params.append(format_option(language))
    return match


def _offers(program: "Program", session: Session) -> tuple["Measure", ...]:
    from creditdsl.core.ir import RuleKind

    offers = tuple(item for item in program.result.measures if item.rule.kind is RuleKind.OFFER)
    if not offers:
        raise click.UsageError(session.say("这个政策没有产品。", "The policy has no offers."))
    return offers


def _one(
    session: Session,
    compiled: "Compiled",
    offers: tuple["Measure", ...],
    question: tuple[Path, tuple[str, date], str | None],
) -> str:
    from creditdsl.analyses.applicability_text import render_match
    from creditdsl.analyses.matching import match_offers

    subject, run, format_name = question
    codes = [item.rule.code for item in offers]
    found = match_offers(applicability(compiled, codes, subject, run))
    if format_name == "json":
        return json.dumps(found.to_json(), ensure_ascii=False, indent=2) + "\n"
    return render_match(found, session.language)


def _tables(
    session: Session,
    program: "Program",
    offers: tuple["Measure", ...],
    folders: tuple[Path, Path],
    options: "RunOptions",
) -> int:
    from creditdsl.engines.selections import match_tables

    tables = Tables(session)
    with tables.disk(folders[1]):
        summary = match_tables(program, offers, folders, options, tables.score_into)
    tables.counts(summary.tables)
    rows = [(item.measure.rule.code, f"{item.subjects:,}", f"{item.first:,}") for item in summary.measures]
    rows.append((session.say("没有产品", "no offer"), f"{summary.without:,}", "-"))
    tables.table((("产品", "offer"), ("户数", "subjects"), ("排在首位", "ranked first")), rows, numbers=2)
    return tables.finished(summary.refused, folders[1])
