"""Score, indicators, grades, grading rules, measures and repairs as lines."""

from creditdsl.source import NOWHERE
from creditdsl.syntax import tree
from creditdsl.syntax.format_clauses import (
    Clause,
    anchor,
    body,
    branches_clause,
    expression_clause,
    for_each_clause,
    name_clause,
    rule_conditions,
    rule_head,
)
from creditdsl.syntax.format_expressions import SUM, optional_label, written
from creditdsl.syntax.format_measures import measure_clauses
from creditdsl.syntax.format_rows import band_cells
from creditdsl.syntax.layout import Line, aligned
from creditdsl.syntax.spelling import Speller, written_code, written_name

Rule = (
    tree.Score
    | tree.Indicator
    | tree.Grades
    | tree.Direct
    | tree.Assign
    | tree.Ceiling
    | tree.Demote
    | tree.Exempt
    | tree.Measure
    | tree.RepairPoints
    | tree.RepairDirect
)


def rule_lines(rule: Rule, spell: Speller) -> list[Line]:
    """The lines of a rule: its heading, its clauses (and bands), the closing brace."""
    end = None if rule.span == NOWHERE else rule.span.end - 1
    heading = Line(_heading(rule, spell) + optional_label(rule.label) + " {", 0, anchor(rule.span))
    inside = body(_clauses(rule, spell), 1)
    if isinstance(rule, tree.Grades):
        inside += _bands(rule, spell)
    return [heading, *inside, Line("}", 0, end)]


def _heading(rule: Rule, spell: Speller) -> str:
    match rule:
        case tree.Score():
            return spell.declaration("score")
        case tree.Indicator(code):
            return f"{spell.declaration('indicator')} {written_code(code.text)}"
        case tree.Grades(name):
            return f"{spell.declaration('grades')} {written_name(name.text)}"
        case tree.Direct(grade, code):
            return _step("direct", grade, code, spell)
        case tree.Assign(grade, code):
            return _step("assign", grade, code, spell)
        case tree.Ceiling(grade, code):
            return _step("ceiling", grade, code, spell)
        case tree.Demote(steps, code):
            return f"{spell.declaration('demote')} {steps} {written_code(code.text)}"
        case tree.Exempt(code):
            return f"{spell.declaration('exempt')} {written_code(code.text)}"
        case tree.Measure(word, code):
            return f"{spell.declaration(word.value)} {written_code(code.text)}"
        case tree.RepairPoints(code):
            return f"{_repair(spell)} {written_code(code.text, also=frozenset({'direct', '直接判级'}))}"
        case tree.RepairDirect(code):
            return f"{_repair(spell)} {spell.declaration('direct')} {written_code(code.text)}"


def _step(key: str, grade: tree.Identifier, code: tree.Identifier, spell: Speller) -> str:
    return f"{spell.declaration(key)} {written_name(grade.text)} {written_code(code.text)}"


def _repair(spell: Speller) -> str:
    """`repair of`, in Chinese `修复`."""
    word = spell.declaration("repair")
    return word if spell.language == "zh" else f"{word} {spell.expression('of')}"


def _clauses(rule: Rule, spell: Speller) -> list[Clause]:
    head = rule_head(rule.clauses, spell)
    conditions = rule_conditions(rule.clauses, spell)
    match rule:
        case tree.Score():
            return [*head, *branches_clause(spell.clause("base"), rule.base, spell), *_bounds_of_score(rule, spell)]
        case tree.Grades():
            return head
        case tree.Indicator():
            return [*head, *_indicator(rule, spell, conditions)]
        case tree.Direct() | tree.Assign() | tree.Ceiling() | tree.Demote() | tree.Exempt():
            return [*head, *conditions]
        case tree.Measure():
            return [*head, *measure_clauses(rule, spell, conditions)]
        case tree.RepairPoints():
            return [
                *head,
                *for_each_clause(rule.for_each, spell),
                *conditions,
                *name_clause(spell.clause("from"), rule.start),
                *name_clause(spell.clause("to"), rule.end),
                *branches_clause(spell.clause("restore"), rule.restore, spell),
            ]
        case tree.RepairDirect():
            return [*head, *_repair_direct(rule, spell, conditions)]


def _bounds_of_score(score: tree.Score, spell: Speller) -> list[Clause]:
    if score.low is None or score.high is None:
        return []
    text = f"{written(score.low, spell, SUM)} .. {written(score.high, spell, SUM)}"
    return [Clause(spell.clause("bounds"), text, anchor(score.low.span))]


def _indicator(indicator: tree.Indicator, spell: Speller, conditions: list[Clause]) -> list[Clause]:
    lasts = indicator.lasts
    lifetime = []
    if lasts is not None:
        text = f"{spell.number(lasts.duration)} {spell.clause('from')} {written_name(lasts.start.text)}"
        lifetime.append(Clause(spell.clause("lasts"), text, anchor(lasts.span)))
    return [
        *for_each_clause(indicator.for_each, spell),
        *expression_clause(spell.clause("where"), indicator.where, spell),
        *conditions,
        *branches_clause(spell.clause(indicator.points.sign.value), indicator.points.value, spell),
        *expression_clause(spell.clause("capped"), indicator.capped, spell),
        *lifetime,
    ]


def _repair_direct(repair: tree.RepairDirect, spell: Speller, conditions: list[Clause]) -> list[Clause]:
    return [
        *for_each_clause(repair.for_each, spell),
        *expression_clause(spell.clause("where"), repair.where, spell),
        *conditions,
        *name_clause(spell.clause("from"), repair.start),
        *name_clause(spell.clause("to"), repair.end),
        *name_clause(spell.clause("regrade"), repair.regrade),
        *([Clause(spell.clause("once_per_year"), "")] if repair.once_per_year else []),
    ]


def _bands(grades: tree.Grades, spell: Speller) -> list[Line]:
    labelled = any(band.label for band in grades.bands)
    rows = [band_cells(band, spell) for band in grades.bands]
    texts = aligned(rows if labelled else [(name, limits) for name, _, limits in rows])
    return [Line(text, 1, anchor(band.span)) for text, band in zip(texts, grades.bands, strict=True)]
