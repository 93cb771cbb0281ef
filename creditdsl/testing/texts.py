"""Reports of several texts of one policy as one.

In: the report of each text, in the order of time, and the cases that expect the policy not to be in force. Out: what a reader sees of
them together: every case once, and every property once with all that was found of it, each finding with the text that it is in.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from creditdsl.core.ir import Program
from creditdsl.diagnostics import Diagnostic
from creditdsl.testing import messages
from creditdsl.testing.check import PropertyOutcome, Report, names
from creditdsl.testing.coverage import Coverage, CoverageItem, ItemKey
from creditdsl.testing.findings import Checked, checked


@dataclass(frozen=True, slots=True)
class TextReport:
    """The report of one text; `text` is how its time is shown, empty when there is only one."""

    text: str
    report: Report


def all_checked(reports: Sequence[TextReport], outside: Iterable[str]) -> tuple[Checked, ...]:
    """Every case, then every property; `outside` are the names of the cases outside the policy's time, which hold."""
    found = [(item, one.text) for one in reports for item in checked(one.report)]
    cases = [_told(item, text) for item, text in found if item.kind == "case"]
    cases += [Checked("case", name, ()) for name in outside]
    together: dict[tuple[str, str], Checked] = {}
    for item, text in found:
        if item.kind == "case":
            continue
        told = _told(item, text)
        earlier = together.get((item.kind, item.name))
        together[item.kind, item.name] = told if earlier is None else _both(earlier, told)
    return (*cases, *together.values())


def _told(item: Checked, text: str) -> Checked:
    """The same with the text in every finding."""
    if not text or item.passed:
        return item
    named = (messages.FACTS["text"], text)
    told: tuple[Diagnostic, ...] = tuple(replace(one, facts=(*one.facts, named)) for one in item.diagnostics)
    return replace(item, diagnostics=told)


def _both(earlier: Checked, later: Checked) -> Checked:
    """One property in two texts; the counterexample of the later text is the one to paste."""
    return replace(
        earlier,
        diagnostics=(*earlier.diagnostics, *later.diagnostics),
        reproduction=later.reproduction or earlier.reproduction,
    )


def all_names(programs: Sequence[Program], outside: Iterable[str]) -> tuple[str, ...]:
    """What `all_checked` will hold, in its order, without computing it."""
    found = [name for program in programs for name in names(program, compiled=True)]
    cases = [name for name in found if name.startswith("case: ")]
    others = [name for name in found if not name.startswith("case: ")]
    return (*cases, *(f"case: {name}" for name in outside), *dict.fromkeys(others))


def merged_properties(reports: Iterable[TextReport]) -> tuple[PropertyOutcome, ...]:
    """Each property once: how many subjects were tried in all texts, and the first counterexample."""
    found: dict[str, PropertyOutcome] = {}
    for one in reports:
        for outcome in one.report.properties:
            earlier = found.get(outcome.name)
            if earlier is None:
                found[outcome.name] = outcome
                continue
            example = earlier.counterexample or outcome.counterexample
            found[outcome.name] = replace(earlier, tried=earlier.tried + outcome.tried, counterexample=example)
    return tuple(found.values())


def merged_coverage(parts: Iterable[Coverage]) -> Coverage:
    """What the cases of any text exercise of the rules of any text."""
    counts: dict[ItemKey, int] = {}
    for part in parts:
        for item in part.items:
            key = (item.kind, item.code, item.aspect)
            counts[key] = counts.get(key, 0) + item.cases
    return Coverage(tuple(CoverageItem(*key, cases) for key, cases in counts.items()))
