"""Which grades can get which measure.

In: the core of a policy. Out: for each measure and each grade (and for a subject that is not graded) whether the
measure always applies, never, or depends on other facts. The condition is evaluated with the grade fixed and every
other input unknown, in three-valued logic: `never` and `always` are proved, `conditional` is all that is left.
"""

from collections.abc import Iterable
from enum import Enum

from creditdsl.core.ir import (
    Add,
    AddDays,
    AddMonths,
    AddWorkdays,
    Aggregate,
    Among,
    And,
    ChoiceAt,
    Choose,
    Constant,
    ContextField,
    DaysBetween,
    DefinitionReference,
    DivideRounded,
    Equal,
    Expression,
    Greatest,
    IsPresent,
    Least,
    Less,
    LessOrEqual,
    MonthOf,
    MonthsBetween,
    Multiply,
    Negate,
    Not,
    Or,
    OrdinalOf,
    OrElse,
    Presume,
    Program,
    RecordField,
    RollForward,
    SubjectField,
    Subtract,
    Value,
    WorkdaysBetween,
    YearOf,
)


class Eligibility(Enum):
    ALWAYS = "always"
    CONDITIONAL = "conditional"
    NEVER = "never"


class Unknown(Enum):
    """The value of what the grade alone does not decide."""

    UNKNOWN = "unknown"


UNKNOWN = Unknown.UNKNOWN
Known = Value | Unknown


class _Assumption:
    """The definitions of a program with the final grade assumed; what is evaluated once is kept."""

    def __init__(self, program: Program, grade: str | None) -> None:
        self.program = program
        self.expressions = {item.name: item.expression for item in program.definitions}
        self.values: dict[str, Known] = {program.result.graded: grade is not None}
        for name in (program.result.grade_after or program.result.grade,):
            if name is not None:
                self.values[name] = grade

    def definition(self, name: str) -> Known:
        if name not in self.values:
            self.values[name] = self.value(self.expressions[name])
        return self.values[name]

    def value(self, expression: Expression) -> Known:
        match expression:
            case Constant(value=constant):
                return constant
            case DefinitionReference(name=name):
                return self.definition(name)
            case IsPresent(operand=operand):
                inner = self.value(operand)
                return UNKNOWN if inner is UNKNOWN else inner is not None
            case Presume(operand=operand):
                inner = self.value(operand)
                return UNKNOWN if inner is None else inner
            case OrElse(operand=operand, default=default):
                inner = self.value(operand)
                return self.value(default) if inner is None else inner
            case Not(operand=operand):
                inner = self.value(operand)
                return UNKNOWN if inner is UNKNOWN else not inner
            case And(operands=operands):
                return self._decided((self.value(item) for item in operands), by=False)
            case Or(operands=operands):
                return self._decided((self.value(item) for item in operands), by=True)
            case Equal(left=left, right=right):
                first, second = self.value(left), self.value(right)
                return UNKNOWN if first is UNKNOWN or second is UNKNOWN else first == second
            case Less(left=left, right=right):
                ends = self._numbers(left, right)
                return UNKNOWN if ends is None else ends[0] < ends[1]
            case LessOrEqual(left=left, right=right):
                ends = self._numbers(left, right)
                return UNKNOWN if ends is None else ends[0] <= ends[1]
            case Among(operand=operand, values=values):
                inner = self.value(operand)
                return UNKNOWN if inner is UNKNOWN else any(inner == item.value for item in values)
            case Choose(branches=branches, otherwise=otherwise):
                for branch in branches:
                    holds = self.value(branch.when)
                    if holds is UNKNOWN:
                        return UNKNOWN
                    if holds:
                        return self.value(branch.then)
                return self.value(otherwise)
            case OrdinalOf(operand=operand, enum=enum):
                inner = self.value(operand)
                return self.program.enum(enum).names.index(inner) if isinstance(inner, str) else UNKNOWN
            case ContextField() | SubjectField() | RecordField() | Aggregate():
                return UNKNOWN
            case Add() | Subtract() | Multiply() | Negate() | DivideRounded() | Least() | Greatest():
                return UNKNOWN
            case YearOf() | MonthOf() | AddDays() | AddMonths() | DaysBetween() | MonthsBetween() | ChoiceAt():
                return UNKNOWN
            case AddWorkdays() | RollForward() | WorkdaysBetween():
                return UNKNOWN

    def _numbers(self, left: Expression, right: Expression) -> tuple[int, int] | None:
        first, second = self.value(left), self.value(right)
        return (first, second) if isinstance(first, int) and isinstance(second, int) else None

    def _decided(self, values: Iterable[Known], *, by: bool) -> Known:
        """The conjunction (`by` False) or disjunction (`by` True): one operand of that value decides it."""
        known = list(values)
        if any(item is by for item in known):
            return by
        return UNKNOWN if UNKNOWN in known else not by


def eligibility(program: Program) -> dict[str, dict[str | None, Eligibility]]:
    """For each measure's code, for each grade in order and None (not graded): whether it applies."""
    result: dict[str, dict[str | None, Eligibility]] = {item.rule.code: {} for item in program.result.measures}
    grades: tuple[str | None, ...] = (None,)
    if program.result.grades is not None:
        grades = (*program.enum(program.result.grades).names, None)
    for grade in grades:
        assumption = _Assumption(program, grade)
        for measure in program.result.measures:
            holds = assumption.definition(measure.holds)
            verdict = Eligibility.CONDITIONAL
            if holds is not UNKNOWN:
                verdict = Eligibility.ALWAYS if holds else Eligibility.NEVER
            result[measure.rule.code][grade] = verdict
    return result
