"""`creditdsl why`: the whole path of one subject to its grade, with articles, and what would change it."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from creditdsl.cli.language import say
from creditdsl.cli.session import Session
from creditdsl.cli.times import as_of_option, jurisdiction_option, period_option
from creditdsl.diagnostics import Language

if TYPE_CHECKING:
    from creditdsl.core.ir import Program


def command(language: Language) -> click.Command:
    """The command with its texts in `language`."""

    @click.command(
        "why",
        help=say(
            language,
            "说明一个主体(JSON 文件,- 为标准输入)得到这个级别的全部理由。",
            "Show why the subject of a JSON file (- for standard input) gets its grade.",
        ),
    )
    @click.argument("policy", type=click.Path(path_type=Path), metavar=say(language, "政策", "POLICY"))
    @click.argument(
        "subject", type=click.Path(path_type=Path, allow_dash=True), metavar=say(language, "主体.json", "SUBJECT.json")
    )
    @period_option(language, required=True)
    @as_of_option(language, required=True)
    @jurisdiction_option(language)
    @click.option(
        "--format",
        "format_name",
        type=click.Choice(["text", "json"]),
        default="text",
        help=say(language, "文字或 JSON", "Text, or JSON."),
    )
    @click.option(
        "--all",
        "everything",
        is_flag=True,
        help=say(language, "也列出没有适用的规则", "Also list the rules that did not apply."),
    )
    @click.pass_obj
    def why(
        session: Session,
        policy: Path,
        subject: Path,
        period: str,
        as_of: datetime,
        jurisdiction: str | None,
        format_name: str,
        everything: bool,
    ) -> int:
        from creditdsl.compile import compile_for

        program = compile_for(policy, period, as_of.date(), jurisdiction).program
        asked = (period, as_of.date(), format_name, everything)
        click.echo(_explained(session, program, subject, asked), nl=False)
        return 0

    return why


def _explained(session: Session, program: "Program", subject: Path, asked: tuple[str, date, str, bool]) -> str:
    from creditdsl.analyses.explanation import explain_why
    from creditdsl.analyses.explanation_text import render_why
    from creditdsl.cli.subject_file import problems_in, read_subject

    period, as_of, format_name, everything = asked
    with problems_in(subject):
        why = explain_why(program, read_subject(subject), period, as_of, everything=everything)
    if format_name == "json":
        return json.dumps(why.to_json(), ensure_ascii=False, indent=2) + "\n"
    return render_why(why, session.language)
