"""How rules, records and measures are worded on a terminal, in Chinese or English.

Nothing that GBK cannot encode comes out but what the policy or the subject itself contains; wide characters count as two columns,
and control characters of the subject's data are written out.
"""

from collections.abc import Iterable, Sequence

from wcwidth import wcswidth

from creditdsl.analyses.explanation_model import FieldView, Labels, MeasureView, RecordView, RuleView
from creditdsl.diagnostics import Language, Text

MEASURES = {
    "reward": ("激励", "reward"),
    "penalty": ("惩戒", "penalty"),
    "list": ("名单", "list"),
    "offer": ("产品", "offer"),
    "pledge": ("承诺", "pledge"),
    "inspection": ("抽查", "inspection"),
}


def width(text: str) -> int:
    """The columns that a text takes on a terminal."""
    return max(wcswidth(text), 0)


def table(rows: Sequence[tuple[str, ...]], *, numbers: int) -> list[str]:
    """Rows in columns, two spaces apart and indented by two; the last `numbers` columns are set to the right."""
    columns = len(rows[0])
    widths = [max(width(row[column]) for row in rows) for column in range(columns)]
    lines = []
    for row in rows:
        cells = []
        for column, cell in enumerate(row):
            space = " " * (widths[column] - width(cell))
            cells.append(space + cell if column >= columns - numbers else cell + space)
        lines.append(("  " + "  ".join(cells)).rstrip())
    return lines


def printable(text: str) -> str:
    """A text of the subject with control characters written out, so that it cannot steer the terminal."""
    return "".join(character if character.isprintable() else ascii(character)[1:-1] for character in text)


class Wording:
    """Words in the language of a page, for a policy with labels in some languages."""

    def __init__(self, language: Language, languages: tuple[str, ...]) -> None:
        self.language: Language = language
        self.place = languages.index(language) if language in languages else 0

    def say(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en

    def text(self, sentence: Text) -> str:
        return sentence.in_language(self.language)

    def label(self, label: Labels, name: str = "") -> str:
        """The label in the page's language; the name where there is none."""
        return label[self.place] if self.place < len(label) else label[0] if label else name

    def rule(self, rule: RuleView) -> str:
        label = self.label(rule.label)
        return f"{rule.code} {label}" if label else rule.code

    def basis(self, rule: RuleView, indent: str) -> list[str]:
        cited = self.say("；", "; ").join(self.label(citation) for citation in rule.basis)
        return [f"{indent}{self.say('依据：', 'Basis: ')}{cited}"] if cited else []

    def fields(self, fields: Iterable[FieldView]) -> str:
        parts = [f"{self.label(item.label, item.name)} {printable(self.label(item.texts))}" for item in fields]
        return self.say("，", ", ").join(parts)

    def record(self, record: RecordView) -> str:
        return f"[{record.position}] {self.fields(record.fields)}"

    def measure(self, measure: MeasureView) -> list[str]:
        """A measure that applies: what it is, by whom, on what basis, on whom, what it grants or restricts, and how long."""
        word = self.say(*MEASURES[measure.rule.kind])
        may = self.say("（可以）", " (discretionary)") if measure.may else ""
        by = self.by(measure.by)
        head = f"  {word} {self.rule(measure.rule)}{may}"
        lines = [f"{head}{self.say('，由', ', by ')}{by}{self.say('实施', '')}" if by else head]
        return lines + self.measure_details(measure)

    def measure_details(self, measure: MeasureView) -> list[str]:
        """The lines below the name of a measure."""
        lines = self.basis(measure.rule, "    ")
        if measure.on:
            lines.append(f"    {self.say('对象：', 'On: ')}{self.label(measure.on)}")
        for grant in measure.grants:
            effect = self.say("限制", "restricts") if grant.restricts else self.say("给予", "grants")
            value = f" = {printable(self.label(grant.texts))}" if grant.texts else ""
            lines.append(f"    {effect} {self.label(grant.label, grant.name)}{value}")
        if measure.lasts is not None:
            lines.append(f"    {self.say('期限', 'Lasts')} {self.duration(*measure.lasts)}")
        return lines

    def by(self, authorities: tuple[Labels, ...]) -> str:
        return self.say("、", ", ").join(self.label(one) for one in authorities)

    def duration(self, amount: int, unit: str) -> str:
        zh = {"days": "天", "workdays": "个工作日", "months": "个月", "years": "年"}.get(unit, unit)
        return self.say(f"{amount} {zh}", f"{amount} {unit if amount != 1 else unit.removesuffix('s')}")
