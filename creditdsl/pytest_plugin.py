"""Rule files as tests: pytest runs the cases, properties and invariants of every policy that it meets.

Each file with a `policy` declaration gives one item for each case, property and invariant; the files that it uses are
part of it. `--credit-examples N` says on how many generated subjects properties are checked.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from _pytest._code.code import TerminalRepr, TracebackStyle

    from creditdsl.diagnostics import Diagnostic
    from creditdsl.source import SourceFile

DECLARES_A_POLICY = re.compile(r"^\s*(policy|政策)\s", re.MULTILINE)
SUFFIX = ".credit"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the plugin."""
    group = parser.getgroup("creditdsl", "credit policies")
    group.addoption(
        "--credit-examples", type=int, default=300, metavar="N", help="subjects generated for each policy (300)"
    )
    group.addoption(
        "--credit-lang", choices=("zh", "en"), default="zh", help="language of the messages about policies (zh)"
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A policy as a file of tests; other rule files are reached through the policy that uses them."""
    if file_path.suffix != SUFFIX:
        return None
    text = file_path.read_bytes().decode("utf-8", "replace")
    if DECLARES_A_POLICY.search(text) is None:
        return None
    collected: CreditFile = CreditFile.from_parent(parent, path=file_path)
    return collected


class Failed(Exception):
    """A case or property that does not hold; its text is the report."""


class CreditFile(pytest.File):
    """A policy with its cases and properties."""

    def collect(self) -> Iterator[pytest.Item]:
        from creditdsl.diagnostics import PolicyError
        from creditdsl.verify_policy import texts_of

        try:
            names = texts_of(self.path).names
        except PolicyError as error:
            broken: CreditItem = CreditItem.from_parent(self, name="compiles")
            broken.report = self.shown(error.diagnostics)
            yield broken
            return
        for position, name in enumerate(names):
            item: CreditItem = CreditItem.from_parent(self, name=name)
            item.position = position
            yield item

    @cached_property
    def reports(self) -> tuple[str, ...]:
        """What is wrong with each case and property, in their order; empty for what holds. Checked on first use."""
        from creditdsl.testing.case_text import case_text
        from creditdsl.testing.check import Options
        from creditdsl.verify_policy import verify_policy

        options = Options(self.config.getoption("--credit-examples"))
        language = self.config.getoption("--credit-lang")
        reports = []
        for item in verify_policy(self.path, options).checked:
            pasted = "" if item.reproduction is None else "\n" + case_text(item.reproduction, language)
            reports.append(self.shown(item.diagnostics) + pasted)
        return tuple(reports)

    def shown(self, diagnostics: "tuple[Diagnostic, ...]") -> str:
        """Diagnostics as the command line shows them."""
        from creditdsl.render.full import full
        from creditdsl.render.style import Style

        return full(diagnostics, _sources(diagnostics), Style(self.config.getoption("--credit-lang")))


def _sources(diagnostics: "tuple[Diagnostic, ...]") -> "dict[str, SourceFile]":
    """The rule files that diagnostics point into; a file that is no rule text has none."""
    from creditdsl.diagnostics import PolicyError
    from creditdsl.syntax.text import read

    sources = {}
    for path in {item.span.path for item in diagnostics if item.span.path}:
        # The finding itself says why such a file cannot be read.
        with suppress(PolicyError):
            sources[path] = read(Path(path))
    return sources


class CreditItem(pytest.Item):
    """One case, property or invariant; or, with a `report`, a policy that does not compile."""

    position = -1
    report = ""

    def runtest(self) -> None:
        """Fail with the report, if there is one."""
        report = self.report
        if not report and isinstance(self.parent, CreditFile):
            report = self.parent.reports[self.position]
        if report:
            raise Failed(report)

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: "TracebackStyle | None" = None
    ) -> "str | TerminalRepr":
        """The report without a traceback."""
        if isinstance(excinfo.value, Failed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the item stands, and its name."""
        return self.path, None, self.name
