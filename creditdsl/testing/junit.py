"""A report as JUnit XML, which build servers show: a suite for each policy, a test for each case and property."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from xml.etree import ElementTree

from creditdsl.diagnostics import Diagnostic, Language
from creditdsl.testing.findings import Checked

FORBIDDEN = {code: None for code in range(0x20) if code not in (0x9, 0xA, 0xD)}
"""Characters that XML cannot hold at all."""


@dataclass(frozen=True, slots=True)
class Suite:
    """What was checked of one policy; `path` as the user named it."""

    policy: str
    path: str
    checked: tuple[Checked, ...]


def junit(suites: Iterable[Suite], language: Language, shown: Callable[[Diagnostic], str]) -> str:
    """The XML document; `shown` gives a diagnostic as the text of a failure."""
    root = ElementTree.Element("testsuites", name="creditdsl")
    for suite in suites:
        failures = str(sum(not item.passed for item in suite.checked))
        element = ElementTree.SubElement(
            root,
            "testsuite",
            name=_clean(suite.policy),
            file=_clean(suite.path),
            tests=str(len(suite.checked)),
            failures=failures,
            errors="0",
            skipped="0",
        )
        for item in suite.checked:
            _test(element, suite, item, language, shown)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _test(
    suite_element: ElementTree.Element,
    suite: Suite,
    item: Checked,
    language: Language,
    shown: Callable[[Diagnostic], str],
) -> None:
    test = ElementTree.SubElement(
        suite_element, "testcase", classname=f"{_clean(suite.policy)}.{item.kind}", name=_clean(item.name), time="0"
    )
    for diagnostic in item.diagnostics:
        message = _clean(diagnostic.message.in_language(language))
        failure = ElementTree.SubElement(test, "failure", message=message, type=diagnostic.code.name)
        failure.text = _clean(shown(diagnostic))


def _clean(text: str) -> str:
    """The text without what XML cannot hold; half of a surrogate pair is shown by number."""
    return text.translate(FORBIDDEN).encode("utf-8", "backslashreplace").decode("utf-8")
