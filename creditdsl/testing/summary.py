"""A report for people, in Chinese or English: how many cases and properties hold, and which rules no case exercises.

Diagnostics are rendered elsewhere; this is what stands below them.
"""

from collections import Counter
from collections.abc import Iterable

from creditdsl.diagnostics import Language, Text
from creditdsl.testing import messages
from creditdsl.testing.check import PropertyOutcome
from creditdsl.testing.coverage import Coverage, CoverageItem
from creditdsl.testing.findings import Checked

COLUMN = 24


def summary(
    properties: Iterable[PropertyOutcome], found: Iterable[Checked], covered: Coverage, language: Language
) -> str:
    """The lines below the diagnostics, each ended."""
    lines = [
        *_counts(tuple(found), properties, language),
        "",
        *_table(covered, language),
        *_uncovered(covered, language),
    ]
    return "\n".join(lines) + "\n"


def _counts(found: tuple[Checked, ...], properties: Iterable[PropertyOutcome], language: Language) -> list[str]:
    """One line for the cases, and one for each property with the number of subjects tried."""
    cases = [item for item in found if item.kind == "case"]
    failed = [item for item in cases if not item.passed]
    lines = [messages.cases_counted(len(cases), len(failed)).in_language(language)]
    for outcome in properties:
        verdict = messages.HOLDS if outcome.passed else messages.FAILS
        tried = messages.subjects_tried(outcome.tried)
        title = outcome.title.in_language(language)
        lines.append(f"  {verdict.in_language(language):<4}  {title} ({tried.in_language(language)})")
    return lines


def _table(covered: Coverage, language: Language) -> list[str]:
    """How much of each kind of rule the cases exercise."""
    total, hit = Counter[str](), Counter[str]()
    for item in covered.items:
        total[item.kind] += 1
        hit[item.kind] += item.covered
    head = messages.coverage_counted(covered.covered, len(covered.items), covered.percent)
    lines = [head.in_language(language)]
    lines += [f"  {hit[kind]:>4} / {total[kind]:<4} {messages.KINDS[kind].in_language(language)}" for kind in total]
    return lines


def _uncovered(covered: Coverage, language: Language) -> list[str]:
    missing = [item for item in covered.items if not item.covered]
    if not missing:
        return []
    return ["", messages.UNCOVERED.in_language(language), *(f"  {_named(item, language)}" for item in missing)]


def _named(item: CoverageItem, language: Language) -> str:
    kind = messages.KINDS[item.kind].in_language(language)
    code = "" if item.kind == "base" else f" {item.code}"
    return f"{kind}{code}: {aspect(item).in_language(language)}"


def aspect(item: CoverageItem) -> Text:
    """What is to be shown of a rule, in words."""
    if item.aspect.startswith("branch-"):
        return messages.branch(int(item.aspect.removeprefix("branch-")))
    return messages.ASPECTS[item.aspect]
