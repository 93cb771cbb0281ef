"""`creditdsl test`: the cases of policies, and properties on generated subjects."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from creditdsl.cli.language import say
from creditdsl.cli.policies import policies_at
from creditdsl.cli.session import Session, print_findings, sources_of
from creditdsl.diagnostics import Diagnostic, Language, PolicyError

if TYPE_CHECKING:
    from creditdsl.testing.check import Options
    from creditdsl.testing.findings import Checked
    from creditdsl.testing.junit import Suite
    from creditdsl.verify_policy import Verified

JsonReport = dict[str, object]
MOST_EXAMPLES = 1_000_000


def command(language: Language) -> click.Command:
    """The command with its texts in `language`."""

    @click.command(
        "test",
        help=say(
            language,
            "运行政策中的案例,并在自动生成的主体上检验性质;解释器与编译的 Python 模块逐一对照。",
            "Run the cases of policies, and properties on generated subjects; interpreter and compiled Python compared.",
        ),
    )
    @click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar=say(language, "[路径]...", "[PATH]..."))
    @click.option(
        "--examples",
        type=click.IntRange(1, MOST_EXAMPLES),
        default=300,
        show_default=True,
        metavar="N",
        help=say(language, "生成的主体数量", "How many subjects to generate."),
    )
    @click.option(
        "--seed",
        type=int,
        metavar="N",
        help=say(language, "随机种子;不给则每次相同", "Seed of the subjects; without it always the same ones."),
    )
    @click.option(
        "--min-coverage",
        type=click.IntRange(0, 100),
        default=0,
        metavar=say(language, "百分比", "PERCENT"),
        help=say(language, "案例至少应涉及百分之多少的规则", "The least share of rules that the cases must exercise."),
    )
    @click.option(
        "--junit",
        "junit_file",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar=say(language, "文件", "FILE"),
        help=say(language, "另写一份 JUnit XML 报告", "Also write a report as JUnit XML."),
    )
    @click.option(
        "--format",
        "format_name",
        type=click.Choice(["text", "json"]),
        default="text",
        help=say(language, "报告的格式", "The format of the report."),
    )
    @click.pass_obj
    def test(
        session: Session,
        paths: tuple[Path, ...],
        examples: int,
        seed: int | None,
        min_coverage: int,
        junit_file: Path | None,
        format_name: str,
    ) -> int:
        from creditdsl.testing.check import Options

        run = _Run(session, Options(examples, seed), min_coverage)
        for policy in policies_at(paths):
            run.policy(policy, text=format_name == "text")
        if format_name == "json":
            click.echo(json.dumps(run.reports, ensure_ascii=False, indent=2))
        if junit_file is not None:
            _write_junit(junit_file, run.suites, session)
        return int(run.failed)

    return test


class _Run:
    """One run of the command: what each policy came to."""

    def __init__(self, session: Session, options: "Options", min_coverage: int) -> None:
        self.session = session
        self.options = options
        self.min_coverage = min_coverage
        self.failed = False
        self.reports: list[JsonReport] = []
        self.suites: list[Suite] = []

    def policy(self, path: Path, *, text: bool) -> None:
        """Check one policy, print its part of the report, and remember what it came to."""
        from creditdsl.testing.findings import Checked
        from creditdsl.testing.junit import Suite
        from creditdsl.verify_policy import verify_policy

        try:
            verified = verify_policy(path, self.options)
        except PolicyError as error:
            self.failed = True
            self.reports.append({"path": str(path), "passed": False, "diagnostics": _structured(error.diagnostics)})
            self.suites.append(Suite(path.name, str(path), (Checked("policy", path.name, error.diagnostics),)))
            if text:
                print_findings(error.diagnostics, self.session)
            return
        found = verified.checked
        too_little = verified.coverage.percent < self.min_coverage
        self.failed |= too_little or not verified.passed
        self.reports.append(self._json(path, verified, found))
        self.suites.append(Suite(verified.name, str(path), found))
        if text:
            self._print(path, verified, found)
            if too_little:
                self._say_too_little(verified.coverage.percent)

    def _print(self, path: Path, verified: "Verified", found: "tuple[Checked, ...]") -> None:
        from creditdsl.render.full import full
        from creditdsl.testing.case_text import case_text
        from creditdsl.testing.summary import summary

        session = self.session
        click.secho(f"{path}", bold=True, color=session.color)
        for item in found:
            if item.diagnostics:
                report = full(item.diagnostics, sources_of(item.diagnostics), session.style)
                click.echo(report, nl=False, color=session.color)
                if item.reproduction is not None:
                    click.echo()
                    click.echo(case_text(item.reproduction, session.language), nl=False)
                click.echo()
        click.echo(summary(verified.properties, found, verified.coverage, session.language))

    def _say_too_little(self, percent: int) -> None:
        from creditdsl.testing.messages import coverage_too_low

        text = coverage_too_low(percent, self.min_coverage)
        click.secho(text.in_language(self.session.language), fg="red", color=self.session.color)

    def _json(self, path: Path, verified: "Verified", found: "tuple[Checked, ...]") -> JsonReport:
        from creditdsl.testing.case_text import case_text

        return {
            "path": str(path),
            "policy": verified.name,
            "passed": verified.passed and verified.coverage.percent >= self.min_coverage,
            "checked": [
                {
                    "kind": item.kind,
                    "name": item.name,
                    "passed": item.passed,
                    "diagnostics": _structured(item.diagnostics),
                    "case": case_text(item.reproduction, self.session.language) if item.reproduction else None,
                }
                for item in found
            ],
            "examples": self.options.examples,
            "texts": [item.text for item in verified.texts],
            "coverage": {
                "covered": verified.coverage.covered,
                "of": len(verified.coverage.items),
                "percent": verified.coverage.percent,
                "items": [
                    {"kind": item.kind, "code": item.code, "aspect": item.aspect, "cases": item.cases}
                    for item in verified.coverage.items
                ],
            },
        }


def _structured(diagnostics: tuple[Diagnostic, ...]) -> object:
    """The diagnostics as `creditdsl check --format json` gives them."""
    from creditdsl.render.structured import structured

    return json.loads(structured(diagnostics, sources_of(diagnostics)))["diagnostics"]


def _write_junit(file: Path, suites: "list[Suite]", session: Session) -> None:
    from creditdsl.render.full import full
    from creditdsl.render.style import Style
    from creditdsl.testing.junit import junit

    style = Style(session.language)
    document = junit(suites, session.language, lambda item: full((item,), sources_of((item,)), style))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(document, encoding="utf-8", newline="\n")
    except OSError as fault:
        raise click.FileError(str(file), fault.strerror) from fault
    click.echo(session.say(f"已写入 {file}", f"wrote {file}"), err=True)
