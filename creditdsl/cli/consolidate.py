"""`creditdsl consolidate`: the text of a policy in force on a day, as a rule file."""

from datetime import datetime
from pathlib import Path

import click

from creditdsl.cli.language import say
from creditdsl.cli.session import Session, print_findings
from creditdsl.cli.times import as_of_option, jurisdiction_option, period_option
from creditdsl.diagnostics import Language


def command(language: Language) -> click.Command:
    """The command with its texts in `language`."""

    @click.command(
        "consolidate",
        help=say(
            language,
            "打印政策在某日施行的文本:把各次修订并入原文,成为一个规则文件。给出评价期时,是在该日评价这一期所用的文本。",
            "Print the text of a policy in force on a day: the original with the amendments made, as one rule file. "
            "With a period, the text by which that period is evaluated on that day.",
        ),
    )
    @click.argument("policy", type=click.Path(path_type=Path), metavar=say(language, "政策", "POLICY"))
    @as_of_option(language, required=True)
    @period_option(language, required=False)
    @jurisdiction_option(language)
    @click.option(
        "--keywords",
        type=click.Choice(["zh", "en"]),
        help=say(
            language, "关键词的语言,默认为界面语言", "The language of the keywords; default is that of the session."
        ),
    )
    @click.option(
        "--format",
        "format_name",
        type=click.Choice(["text", "json"]),
        default="text",
        help=say(
            language,
            "规则文件,或一个 JSON 对象:文本、施行的时间、每个声明的来历",
            "The rule file, or a JSON object with the text, its time, and where each declaration comes from.",
        ),
    )
    @click.option(
        "-o",
        "--output",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar=say(language, "文件", "FILE"),
        help=say(language, "写入的文件,默认为标准输出", "The file to write; default is standard output."),
    )
    @click.pass_obj
    def consolidate(
        session: Session,
        policy: Path,
        as_of: datetime,
        period: str | None,
        jurisdiction: str | None,
        keywords: Language | None,
        format_name: str,
        output: Path | None,
    ) -> int:
        from creditdsl.amending.report import structured
        from creditdsl.amending.rule_text import rule_text
        from creditdsl.cli.files import write_text
        from creditdsl.compile import compile_text, consolidated, open_policy, slice_for, slice_on

        opened = open_policy(policy)
        day = as_of.date()
        slice_ = slice_on(opened, day, jurisdiction) if period is None else slice_for(opened, period, day, jurisdiction)
        text = consolidated(opened, slice_)
        print_findings(compile_text(opened, slice_).warnings, session)
        written = rule_text(text, keywords or session.language)
        write_text(written if format_name == "text" else structured(text, written), output, session)
        return 0

    return consolidate
