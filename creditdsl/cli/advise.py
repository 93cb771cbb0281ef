"""`creditdsl advise`: what applies to an applicant for a service item; or to every subject of tables."""

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
    from creditdsl.core.ir import Matter, Program
    from creditdsl.engines.run import RunOptions


def command(language: Language) -> click.Command:
    """The command with its texts in `language`."""

    @click.command(
        "advise",
        help=say(
            language,
            "主体(JSON 文件,- 为标准输入)申请办理一个事项时,说明适用哪些措施、能否告知承诺、办理期限;"
            "给出数据文件夹时,为每个主体列出适用的措施。",
            "Say which measures apply to the subject of a JSON file (- for standard input) that asks for a service item, whether it "
            "may pledge, and the time limit; of a folder of tables, the measures of every subject.",
        ),
    )
    @click.argument("policy", type=click.Path(path_type=Path), metavar=say(language, "政策", "POLICY"))
    @click.argument(
        "subject",
        type=click.Path(path_type=Path, allow_dash=True),
        metavar=say(language, "主体.json|数据文件夹", "SUBJECT.json|TABLES"),
    )
    @click.option(
        "--matter",
        "code",
        required=True,
        metavar=say(language, "事项", "CODE"),
        help=say(language, "事项的代码", "The code of the service item."),
    )
    @period_option(language, required=True)
    @as_of_option(language, required=True)
    @jurisdiction_option(language)
    @click.option(
        "--all",
        "everything",
        is_flag=True,
        help=say(
            language,
            "也列出没有适用的措施及原因(仅一个主体)",
            "Also list the measures that do not apply, and why (one subject alone).",
        ),
    )
    @table_options(language, required=False)
    @click.pass_obj
    def advise(
        session: Session,
        policy: Path,
        subject: Path,
        code: str,
        period: str,
        as_of: datetime,
        jurisdiction: str | None,
        everything: bool,
        output: Path | None,
        encoding: str | None,
        bom: bool,
        jobs: int | None,
        format_name: str | None,
    ) -> int:
        from creditdsl.compile import compile_for

        options, run = asked(output, encoding, bom, jobs), (period, as_of.date())
        refuse_combinations(session, subject.is_dir(), options, format_name)
        if everything and subject.is_dir():
            raise click.UsageError(session.say("--all 只用于一个主体", "--all is for one subject"))
        compiled = compile_for(policy, *run, jurisdiction)
        matter = _matter(compiled.program, code, session)
        if options.output is not None:
            folders = (subject, options.output)
            return _tables(
                session, compiled.program, matter, folders, run_options(options, format_name, run, session.language)
            )
        click.echo(_one(session, compiled, matter, (subject, run, format_name, everything)), nl=False)
        return 0

    advise.params.append(format_option(language))
    return advise


def _matter(program: "Program", code: str, session: Session) -> "Matter":
    from creditdsl.cli.near_names import unknown_code

    matters = program.result.matters
    for matter in matters:
        if matter.rule.code == code:
            return matter
    raise unknown_code(code, [matter.rule for matter in matters], ("事项", "service item"), session)


def _one(
    session: Session,
    compiled: "Compiled",
    matter: "Matter",
    question: tuple[Path, tuple[str, date], str | None, bool],
) -> str:
    from creditdsl.analyses.advice import advise as advise_subject
    from creditdsl.analyses.advice import matters_of, measures_of
    from creditdsl.analyses.applicability_text import render_advice

    subject, run, format_name, everything = question
    program = compiled.program
    codes = [item.rule.code for item in measures_of(program, matters_of(program, matter))]
    advice = advise_subject(applicability(compiled, codes, subject, run), matter, everything=everything)
    if format_name == "json":
        return json.dumps(advice.to_json(), ensure_ascii=False, indent=2) + "\n"
    return render_advice(advice, session.language)


def _tables(
    session: Session, program: "Program", matter: "Matter", folders: tuple[Path, Path], options: "RunOptions"
) -> int:
    from creditdsl.analyses.advice import limit_on, matters_of, measures_of
    from creditdsl.engines.selections import MatterAsked, advise_tables

    matters = matters_of(program, matter)
    limits = [(item.rule.code, limit_on(item, options.as_of)) for item in matters]
    question = MatterAsked(
        measures_of(program, matters),
        {code: item.rule.code for item in reversed(matters) for code in item.measures},
        tuple(
            {"matter": code, "time_limit": None if limit is None else {"value": limit.value, "unit": limit.unit}}
            for code, limit in limits
        ),
    )
    tables = Tables(session)
    with tables.disk(folders[1]):
        summary = advise_tables(program, question, folders, options, tables.score_into)
    tables.counts(summary.tables)
    rows = [(item.measure.rule.code, f"{item.subjects:,}") for item in summary.measures]
    rows.append((session.say("没有措施", "no measure"), f"{summary.without:,}"))
    tables.table((("措施", "measure"), ("户数", "subjects")), rows, numbers=1)
    return tables.finished(summary.refused, folders[1])
