"""`creditdsl explain`: the page of a diagnostic code, or a rule with its basis, notes and text."""

import re
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path

import click

from creditdsl.cli.language import say
from creditdsl.cli.session import Session
from creditdsl.cli.times import as_of_option, jurisdiction_option
from creditdsl.diagnostics import Code, Language

CODE = re.compile(r"CR\d{4}", re.IGNORECASE)
EXAMPLE = "\n## 示例 / Example\n"
SECTIONS = {"zh": "\n## 中文\n", "en": "\n## English\n"}


def command(language: Language) -> click.Command:
    """The command with its texts in `language`."""

    @click.command(
        "explain",
        help=say(
            language,
            "说明一个诊断代码(如 CR0201),或某政策的一条规则(如 010101)。",
            "Explain a diagnostic code (CR0201), or a rule of a policy (010101).",
        ),
    )
    @click.argument("subject", metavar=say(language, "代码|规则", "CODE|RULE"))
    @click.argument(
        "policy", type=click.Path(path_type=Path), default=Path(), metavar=say(language, "[政策]", "[POLICY]")
    )
    @as_of_option(language, required=False)
    @jurisdiction_option(language)
    @click.pass_obj
    def explain(session: Session, subject: str, policy: Path, as_of: datetime | None, jurisdiction: str | None) -> int:
        if CODE.fullmatch(subject):
            click.echo(code_page(subject.upper(), session), nl=False)
        else:
            day = None if as_of is None else as_of.date()
            click.echo(_rule(subject, policy, (day, jurisdiction), session), nl=False)
        return 0

    return explain


def code_page(code: str, session: Session) -> str:
    """The title of a diagnostic's page and its part in the language of the session; UsageError for an unknown code."""
    from creditdsl.resources import error_page

    if code not in Code.__members__:
        raise click.UsageError(
            session.say(f"没有诊断代码 {code}。", f"There is no diagnostic code {code}.")
            + _meant(code, list(Code.__members__), session)
        )
    page = error_page(code).read_text(encoding="utf-8")
    title, _, rest = page.partition(SECTIONS["zh"])
    chinese, _, rest = rest.partition(SECTIONS["en"])
    english, heading, example = rest.partition(EXAMPLE)
    told = chinese if session.language == "zh" else english
    return f"{title.strip()}\n\n{told.strip()}\n{heading}{example}"


def _rule(code: str, policy: Path, when: tuple[date | None, str | None], session: Session) -> str:
    """The rule in the text of a day, or in the newest one."""
    from creditdsl.cli.rule_text import rule_text, rules_of
    from creditdsl.compile import compile_on, compile_policy

    day, jurisdiction = when
    compiled = compile_policy(policy, jurisdiction) if day is None else compile_on(policy, day, jurisdiction)
    rules = rules_of(compiled.program)
    asked = [rule for rule in rules if rule.code == code]
    if not asked:
        raise click.UsageError(
            session.say(f"政策 {policy} 中没有规则 {code}。", f"The policy {policy} has no rule {code}.")
            + _meant(code, [rule.code for rule in rules], session)
        )
    return "\n".join(rule_text(rule, compiled, session) for rule in asked)


def _meant(word: str, known: list[str], session: Session) -> str:
    close = get_close_matches(word, list(dict.fromkeys(known)), n=3)
    if not close:
        return ""
    return session.say(f"是否指 {'、'.join(close)}?", f" Did you mean {', '.join(close)}?")
