"""The lines of the result: what an explanation adds to the tables of results, findings and measures.

Columns are declared once, here: name, and how the column is typed in Parquet. Labels, authorities and bases are in the
language of the run.
"""

import json
from collections import Counter
from dataclasses import dataclass, field
from enum import Enum

from creditdsl.core.ir import InputField, Measure, Program, Rule
from creditdsl.core.types import Number, Text, plain
from creditdsl.diagnostics import Language
from creditdsl.engines.decision import Decider
from creditdsl.engines.evaluator import ExplanationJson

Line = list[str | int | bool | None]
"""One line of a table of the result."""


class ColumnKind(Enum):
    TEXT = "text"
    """People's words: a spreadsheet might take them for a formula."""
    CODE = "code"
    """A name that the policy or this program gives."""
    COUNT = "count"
    TRUTH = "truth"
    POINTS = "points"
    """An exact decimal at the score's scale."""


TABLE_NAMES = ("results", "findings", "measures", "rejects")

OutputColumns = tuple[tuple[str, ColumnKind], ...]


@dataclass(frozen=True, slots=True)
class OutputTables:
    """The columns of every table of the result, in order; the first column carries the name of the policy's key."""

    results: OutputColumns
    findings: OutputColumns
    measures: OutputColumns
    rejects: OutputColumns

    @property
    def by_name(self) -> dict[str, OutputColumns]:
        return dict(zip(TABLE_NAMES, (self.results, self.findings, self.measures, self.rejects), strict=True))


def output_tables(program: Program) -> OutputTables:
    """The tables of the result of a policy."""
    text, code, count = ColumnKind.TEXT, ColumnKind.CODE, ColumnKind.COUNT
    truth, points = ColumnKind.TRUTH, ColumnKind.POINTS
    key = (key_name(program), text if program.subject.key is None or _is_text(program.subject.key) else code)
    return OutputTables(
        results=(
            key,
            ("graded", truth),
            ("score", points),
            ("score_after_repair", points),
            ("grade", code),
            ("grade_after_repair", code),
            ("decided_step", code),
            ("decided_by", code),
            ("decided_step_after_repair", code),
            ("decided_by_after_repair", code),
        ),
        findings=(
            key,
            ("rule", code),
            ("label", text),
            ("count", count),
            ("points", points),
            ("points_after_repair", points),
            ("basis", text),
        ),
        measures=(
            key,
            ("rule", code),
            ("kind", code),
            ("label", text),
            ("by", text),
            ("may", truth),
            ("grants", text),
            ("basis", text),
        ),
        rejects=(
            ("table", code),
            ("row", count),
            ("key", text),
            ("column", text),
            ("code", code),
            ("message", text),
            ("raw", text),
        ),
    )


def key_name(program: Program) -> str:
    """The name of the subject's key."""
    return "key" if program.subject.key is None else program.subject.key.name


def _is_text(field: InputField) -> bool:
    return isinstance(plain(field.type), Text)


def points_size(program: Program) -> tuple[int, int]:
    """How many decimal digits the points of a policy may have, 18 or 38, and how many of them are places."""
    plan = program.result
    names = [name for name in (plan.score, plan.score_after) if name is not None]
    names += [name for item in plan.findings for name in (item.points, item.points_after)]
    definitions = [program.definition(name) for name in names]
    places = max((type_.scale for item in definitions if isinstance(type_ := plain(item.type), Number)), default=0)
    ranges = [item.range for item in definitions if item.range is not None]
    widest = max((max(abs(item.low), abs(item.high)) for item in ranges), default=0)
    return (18 if widest < 10**18 else 38), places


@dataclass(slots=True)
class Lines:
    """The lines of one batch. `used` and `refused` count rows of the input by table; grades are counted by name."""

    results: list[Line] = field(default_factory=list)
    findings: list[Line] = field(default_factory=list)
    measures: list[Line] = field(default_factory=list)
    rejects: list[Line] = field(default_factory=list)
    used: Counter[int] = field(default_factory=Counter)
    refused: Counter[int] = field(default_factory=Counter)
    grades: Counter[str | None] = field(default_factory=Counter)
    grades_after_repair: Counter[str | None] = field(default_factory=Counter)

    @property
    def by_name(self) -> dict[str, list[Line]]:
        return dict(zip(TABLE_NAMES, (self.results, self.findings, self.measures, self.rejects), strict=True))


class ResultLines:
    """Writes the lines of scored subjects."""

    def __init__(self, program: Program, language: Language) -> None:
        languages = program.header.languages
        self.language = languages.index(language) if language in languages else 0
        self.decider = Decider(program)
        self.labels = {item.rule.code: self._label(item.rule) for item in program.result.findings}
        self.bases = {item.rule.code: self._basis(item.rule) for item in program.result.findings}
        self.measures = {item.rule.code: self._measure(item) for item in program.result.measures}

    def add(self, key: str, explanation: ExplanationJson, lines: Lines) -> None:
        """Add the lines of one subject."""
        before, after = self.decider.before_repair(explanation), self.decider.after_repair(explanation)
        grade, grade_after = explanation["grade"], explanation["grade_after_repair"]
        lines.results.append(
            [
                key,
                explanation["graded"],
                explanation["score"],
                explanation["score_after_repair"],
                grade,
                grade_after,
                None if before is None else before.step,
                None if before is None else before.rule,
                None if after is None else after.step,
                None if after is None else after.rule,
            ]
        )
        lines.grades[grade] += 1
        lines.grades_after_repair[grade_after] += 1
        for finding in explanation["findings"]:
            rule = finding["rule"]
            points, points_after = finding["points"], finding["points_after_repair"]
            lines.findings.append(
                [key, rule, self.labels[rule], finding["count"], points, points_after, self.bases[rule]]
            )
        for measure in explanation["measures"]:
            kind, label, authorities, basis = self.measures[measure["rule"]]
            grants = json.dumps(measure["grants"], ensure_ascii=False)
            lines.measures.append([key, measure["rule"], kind, label, authorities, measure["may"], grants, basis])

    def _label(self, rule: Rule) -> str:
        return self._text(rule.label)

    def _basis(self, rule: Rule) -> str:
        return "; ".join(self._text(citation.texts) for citation in rule.basis)

    def _measure(self, measure: Measure) -> tuple[str, str, str, str]:
        authorities = "; ".join(self._text(authority) for authority in measure.by)
        return measure.rule.kind.value, self._label(measure.rule), authorities, self._basis(measure.rule)

    def _text(self, texts: tuple[str, ...]) -> str:
        """The text in the language of the run, the first one where there is none."""
        return texts[self.language] if self.language < len(texts) else "".join(texts[:1])
