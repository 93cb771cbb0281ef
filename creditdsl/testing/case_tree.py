"""A subject as a worked case: the tree of a `case` that an author can paste into a policy.

In: a program, a valid subject and what was computed for it. Out: a `syntax.tree.Case` with the subject's present values,
and as expectations the score and the grade before and after repair as they were computed.
"""

from datetime import date

from creditdsl.core.calendar import date_of
from creditdsl.core.inputs import load
from creditdsl.core.ir import InputField, InputTable, Program, Value
from creditdsl.core.result import Json
from creditdsl.core.types import Choice, Day, Month, Number, Text, Truth, Unit, plain
from creditdsl.diagnostics import InternalError
from creditdsl.syntax import tree
from creditdsl.testing.machines import Answer
from creditdsl.testing.reading import optional_text, text_of
from creditdsl.testing.setting import Row

UNIT_WORDS = {
    Unit.NUMBER: None,
    Unit.POINTS: tree.UnitWord.POINTS,
    Unit.YUAN: tree.UnitWord.YUAN,
    Unit.RATE: tree.UnitWord.PERCENT,
    Unit.DAYS: tree.UnitWord.DAYS,
    Unit.WORKDAYS: tree.UnitWord.WORKDAYS,
    Unit.MONTHS: tree.UnitWord.MONTHS,
    Unit.YEARS: tree.UnitWord.YEARS,
}


def case_tree(program: Program, name: str, run: tuple[str, date], subject: object, answer: Answer | None) -> tree.Case:
    """The case of a valid subject; `run` is the period and the as-of day, `answer` what was computed, if anything."""
    loaded = load(program, subject)
    records = [
        tree.GivenRecord(tree.Identifier(table.name), _given(table, dict(row)))
        for table in program.records
        for row in loaded.records[table.name]
    ]
    period, as_of = run
    return tree.Case(
        name=tree.TextLiteral(name),
        like=None,
        period=_period(period),
        as_of=tree.DateLiteral(as_of),
        fields=_given(program.subject, dict(loaded.fields)),
        records=tuple(records),
        expectations=() if answer is None else _expectations(program, answer),
    )


def _period(text: str) -> tree.Number | tree.MonthLiteral:
    year, _, month = text.partition("-")
    return tree.MonthLiteral(int(year), int(month)) if month else tree.Number(int(year), 0)


def _given(table: InputTable, row: Row) -> tuple[tree.GivenField, ...]:
    return tuple(
        tree.GivenField(tree.Identifier(field.name), value_tree(row[field.name], field))
        for field in table.fields
        if row[field.name] is not None
    )


def value_tree(value: Value, field: InputField) -> tree.Expression:
    """A present value of a field as an author writes it."""
    match plain(field.type):
        case Truth():
            return tree.TruthLiteral(value is True)
        case Number(unit, scale) if isinstance(value, int):
            return _number(value, scale - 2 if unit is Unit.RATE else scale, UNIT_WORDS[unit])
        case Day() if isinstance(value, int):
            return tree.DateLiteral(date_of(value))
        case Month() if isinstance(value, int):
            return tree.MonthLiteral(value // 12, value % 12 + 1)
        case Choice() if isinstance(value, str):
            return tree.Reference(value)
        case Text() if isinstance(value, str):
            return tree.TextLiteral(value)
        case Number() | Day() | Month() | Choice() | Text():
            raise InternalError(f"{field.name} is {value!r}, which is no value of {field.type}")


def _number(value: int, places: int, unit: tree.UnitWord | None) -> tree.Expression:
    """value / 10^places with its unit; `places` may be negative."""
    digits = abs(value)
    while places > 0 and digits % 10 == 0:
        digits, places = digits // 10, places - 1
    number = tree.Number(digits * 10 ** max(-places, 0), max(places, 0), unit)
    return tree.Unary(tree.UnaryOperator.NEGATE, number) if value < 0 else number


def _expectations(program: Program, answer: Answer) -> tuple[tree.Expectation, ...]:
    """The score and the grade; those after repair too where they differ."""
    found: list[tree.Expectation] = []
    for name, repaired in (("score", False), ("score_after_repair", True)):
        if answer[name] is not None and (not repaired or answer[name] != answer["score"]):
            found.append(_expectation(tree.ExpectWord.SCORE, _points(answer[name]), repaired=repaired))
    if program.result.grades is None:
        return tuple(found)
    if answer["graded"] is not True:
        return (*found, tree.Expectation(tree.ExpectWord.GRADED, None, None, repaired=False, negated=True))
    for name, repaired in (("grade", False), ("grade_after_repair", True)):
        grade = optional_text(answer[name])
        if grade is not None and (not repaired or grade != answer["grade"]):
            found.append(_expectation(tree.ExpectWord.GRADE, tree.Reference(grade), repaired=repaired))
    return tuple(found)


def _expectation(word: tree.ExpectWord, value: tree.Expression, *, repaired: bool) -> tree.Expectation:
    return tree.Expectation(word, None, value, repaired, negated=False)


def _points(score: Json) -> tree.Expression:
    whole, _, places = text_of(score).removeprefix("-").partition(".")
    number = tree.Number(int(whole + places), len(places), tree.UnitWord.POINTS)
    return tree.Unary(tree.UnaryOperator.NEGATE, number) if text_of(score).startswith("-") else number
