"""The lines of the result: what an explanation adds to the tables of results, findings and measures.

Labels, authorities and bases are in the language of the run; the columns are those of `tabular.result_tables`.
"""

import json
from collections import Counter
from dataclasses import dataclass, field

from creditdsl.core.ir import Measure, Program, Rule
from creditdsl.diagnostics import Language
from creditdsl.engines.decision import Decider
from creditdsl.engines.evaluator import ExplanationJson
from creditdsl.tabular.result_tables import TABLE_NAMES

Line = list[str | int | bool | None]
"""One line of a table of the result."""


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
