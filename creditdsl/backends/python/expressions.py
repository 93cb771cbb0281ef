"""Core expressions as Python expressions.

In: an expression and what its leaves are called at this place (`reads`). Out: `Code`, a document with its binding
strength. Days are `datetime.date`, choices and texts `str`, numbers `int`, absence is `None`. Expressions that would
nest too deeply or be too broad are not written here: `statements` breaks them up first.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

from creditdsl.backends.python.layout import SPACE, Document, Group, Joined, bracketed, joined, parenthesised, tupled
from creditdsl.backends.python.names import Scope, identifier, literal
from creditdsl.core.calendar import date_of
from creditdsl.core.ir import (
    Add,
    AddDays,
    AddMonths,
    AddWorkdays,
    Aggregate,
    Among,
    And,
    Calendar,
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
    RecordField,
    RollForward,
    Rounding,
    SubjectField,
    Subtract,
    WorkdaysBetween,
    YearOf,
)
from creditdsl.core.type_of import type_of
from creditdsl.core.types import Day, plain
from creditdsl.diagnostics import InternalError

CONDITIONAL, OR, AND, NOT, COMPARISON, SUM, PRODUCT, SIGN, PRIMARY = range(1, 10)
"""How tightly the operators of Python bind, loosest first."""

COMPARISONS: dict[type, str] = {Equal: "==", Less: "<", LessOrEqual: "<="}
MIRRORED = {"==": "==", "<": ">", "<=": ">="}
EXTREMES: dict[type, str] = {Least: "min", Greatest: "max"}
DIVISIONS = {
    Rounding.HALF_UP: "divide_half_up",
    Rounding.HALF_EVEN: "divide_half_even",
    Rounding.DOWN: "divide_down",
    Rounding.UP: "divide_up",
}


@dataclass(frozen=True, slots=True)
class Code:
    """One Python expression. `name` is set when it is a plain variable or attribute, which may be written twice."""

    document: Document
    binding: int = PRIMARY
    name: bool = False


class Reads(dict[object, Code]):
    """How expressions (and collections of records) that have been worked out already are read.

    It remembers what was there before, so that a place that is not always reached costs what is read in it and not what is known
    around it.
    """

    __slots__ = ("_before",)

    def __init__(self, known: Mapping[object, Code]) -> None:
        super().__init__(known)
        self._before: list[tuple[object, Code | None]] = []

    def __setitem__(self, key: object, code: Code) -> None:
        self._before.append((key, self.get(key)))
        super().__setitem__(key, code)

    @contextmanager
    def inner(self) -> Iterator[None]:
        """Within it more can be read; after it what could be read before it."""
        start = len(self._before)
        yield
        while len(self._before) > start:
            key, code = self._before.pop()
            if code is None:
                del self[key]
            else:
                super().__setitem__(key, code)


@dataclass(frozen=True, slots=True)
class CalendarNames:
    """What the tables of a calendar and the list made of them are called."""

    days_off: str
    make_up_days: str
    workdays: str


@dataclass(slots=True)
class Module:
    """What the emitted module needs beside its functions, collected while they are written."""

    scope: Scope
    days: dict[date, str] = field(default_factory=dict)
    spans: dict[int, str] = field(default_factory=dict)
    rank_tables: dict[str, str] = field(default_factory=dict)
    """by enum: the name of the dict from value to position"""
    value_tables: dict[str, str] = field(default_factory=dict)
    """by enum: the name of the tuple of its values"""
    runtime: set[str] = field(default_factory=set)
    calendars: dict[Calendar, CalendarNames] = field(default_factory=dict)
    """the calendar of the program, when it is used"""

    def day(self, value: date) -> str:
        if value not in self.days:
            self.days[value] = self.scope.allocate(f"DAY_{value:%Y_%m_%d}" if value.year > 999 else "DAY")
        return self.days[value]

    def span(self, days: int) -> str:
        """The name of a constant `timedelta`."""
        if days not in self.spans:
            self.spans[days] = self.scope.allocate(f"DAYS_{days}" if days >= 0 else f"MINUS_DAYS_{-days}")
        return self.spans[days]

    def workdays(self, calendar: Calendar) -> str:
        """The name of the list of the workdays of a calendar."""
        if calendar not in self.calendars:
            names = (self.scope.allocate(name) for name in ("DAYS_OFF", "MAKE_UP_DAYS", "WORKDAYS"))
            self.calendars[calendar] = CalendarNames(*names)
        return self.calendars[calendar].workdays

    def function(self, name: str) -> str:
        """The name of a function of `runtime`, which is then copied into the module."""
        self.runtime.add(name)
        return name


@dataclass(slots=True)
class Expressions:
    """Writes expressions at one place: `module` is shared, `reads` and `scope` belong to one function."""

    module: Module
    scope: Scope
    reads: Reads

    def express(self, expression: Expression) -> Code:
        known = self.reads.get(expression)
        if known is not None:
            return known
        match expression:
            case Constant():
                return self._constant(expression)
            case ContextField() | DefinitionReference() | Aggregate():
                raise InternalError(f"read before it was written: {expression}")
            case SubjectField(name):
                return Code(f"subject.{identifier(name)}", name=True)
            case RecordField(_, name):
                return Code(f"record.{identifier(name)}", name=True)
            case IsPresent(operand):
                return self._operator(" is not None", operand)
            case Presume(operand):
                return self.express(operand)
            case OrElse(operand, default):
                return self._or_else(operand, default)
            case Not(operand):
                return self._opposite(operand)
            case And(operands):
                return self._chain("and ", AND, self._comparisons(operands))
            case Or(operands):
                return self._chain("or ", OR, [self.express(operand) for operand in operands])
            case Equal(left, right) | Less(left, right) | LessOrEqual(left, right):
                return self._compare(COMPARISONS[type(expression)], left, right)
            case Among(operand, values):
                return self._among("in", operand, values)
            case Add(operands):
                return self._sum(operands)
            case Subtract(left, right):
                return self._sum((left, Negate(right, expression.type)))
            case Multiply(left, right):
                return self._product(left, right)
            case Negate(operand):
                return Code(joined("-", self.within(operand, SIGN)), SIGN)
            case DivideRounded(dividend, divisor, rounding):
                return self._call(self.module.function(DIVISIONS[rounding]), dividend, divisor)
            case Least(operands) | Greatest(operands):
                return self._call(EXTREMES[type(expression)], *operands)
            case Choose():
                return self._choice(expression)
            case YearOf(operand):
                return Code(joined(self.within(operand, PRIMARY), ".year"), name=True)
            case MonthOf(operand):
                return self._month_of(operand)
            case AddDays(day, days):
                return self._add_days(day, days)
            case AddMonths(day, months):
                return self._call(self.module.function("add_months"), day, months)
            case AddWorkdays(day, workdays, calendar):
                return self._call_on_workdays("add_workdays", calendar, day, workdays)
            case RollForward(day, calendar):
                return self._call_on_workdays("roll_forward", calendar, day)
            case DaysBetween(first, second):
                difference = joined(self.within(second, SUM), SPACE, "- ", self.within(first, PRODUCT))
                return Code(joined(parenthesised(difference), ".days"))
            case MonthsBetween(first, second):
                return self._call(self.module.function("months_between"), first, second)
            case WorkdaysBetween(first, second, _, calendar):
                return self._call_on_workdays("workdays_between", calendar, first, second)
            case OrdinalOf(operand, enum):
                return self._item(self._table(self.module.rank_tables, enum, "_RANK"), operand)
            case ChoiceAt(ordinal, enum):
                return self._item(self._table(self.module.value_tables, enum, "_VALUES"), ordinal)

    def within(self, expression: Expression, binding: int) -> Document:
        """The expression as an operand of something that binds with `binding`."""
        return enclosed(self.express(expression), binding)

    def _constant(self, constant: Constant) -> Code:
        value = constant.value
        if isinstance(plain(type_of(constant)), Day) and isinstance(value, int):
            return Code(self.module.day(date_of(value)), name=True)
        negative = isinstance(value, int) and value < 0
        return Code(literal(value), SIGN if negative else PRIMARY, name=True)

    def _operator(self, text: str, operand: Expression) -> Code:
        return Code(joined(self.within(operand, COMPARISON + 1), text), COMPARISON)

    def _opposite(self, operand: Expression) -> Code:
        match operand:
            case IsPresent(inner):
                return self._operator(" is None", inner)
            case Equal(left, right):
                return self._compare("!=", left, right)
            case Among(inner, values):
                return self._among("not in", inner, values)
            case _:
                return Code(joined("not ", self.within(operand, NOT)), NOT)

    def _compare(self, operator: str, left: Expression, right: Expression) -> Code:
        """A constant stands on the right: `score >= 90`."""
        if isinstance(left, Constant) and not isinstance(right, Constant):
            left, right, operator = right, left, MIRRORED.get(operator, operator)
        parts = (self.within(left, COMPARISON + 1), f" {operator} ", self.within(right, COMPARISON + 1))
        return Code(Joined(parts), COMPARISON)

    def _comparisons(self, operands: tuple[Expression, ...]) -> list[Code]:
        """The operands of a conjunction; `a <= b` and `b < c` side by side become `a <= b < c`."""
        codes: list[Code] = []
        position = 0
        while position < len(operands):
            first, second = operands[position], operands[min(position + 1, len(operands) - 1)]
            if first is not second and self._meet(first, second):
                codes.append(self._between(first, second))
                position += 2
            else:
                codes.append(self.express(first))
                position += 1
        return codes

    def _meet(self, first: Expression, second: Expression) -> bool:
        if not isinstance(first, Less | LessOrEqual) or not isinstance(second, Less | LessOrEqual):
            return False
        return first.right == second.left and not isinstance(first.right, Constant) and self.express(first.right).name

    def _between(self, first: Expression, second: Expression) -> Code:
        assert isinstance(first, Less | LessOrEqual) and isinstance(second, Less | LessOrEqual)
        parts: list[Document] = [self.within(first.left, COMPARISON + 1)]
        for part in (first, second):
            parts += (f" {COMPARISONS[type(part)]} ", self.within(part.right, COMPARISON + 1))
        return Code(Joined(tuple(parts)), COMPARISON)

    def _among(self, operator: str, operand: Expression, values: tuple[Constant, ...]) -> Code:
        if not values:
            return Code(literal(operator == "not in"))
        items = tuple(self._constant(value).document for value in dict.fromkeys(values))
        constant = len(items) > 3 and not isinstance(plain(type_of(values[0])), Day)
        place = bracketed("{", items, "}") if constant else tupled(items)
        return Code(joined(self.within(operand, COMPARISON + 1), f" {operator} ", place), COMPARISON)

    def _chain(self, word: str, binding: int, operands: list[Code]) -> Code:
        """`and` within `or` gets parentheses too: few know which binds tighter."""
        if len(operands) == 1:
            return operands[0]
        parts: list[Document] = [enclosed(operands[0], NOT)]
        for operand in operands[1:]:
            parts += (SPACE, word, enclosed(operand, NOT))
        return Code(Joined(tuple(parts)), binding)

    def _sum(self, operands: tuple[Expression, ...]) -> Code:
        parts: list[Document] = []
        if len(operands) == 2 and isinstance(operands[0], Constant):
            operands = operands[::-1]
        for operand in operands:
            negative, size = _signed(operand)
            if not parts:
                parts.append(self.within(operand, SUM))
            else:
                parts += (SPACE, "- " if negative else "+ ", self.within(size, PRODUCT))
        return Code(Joined(tuple(parts)), SUM if len(operands) > 1 else self.express(operands[0]).binding)

    def _product(self, left: Expression, right: Expression) -> Code:
        if isinstance(right, Constant) and not isinstance(left, Constant):
            left, right = right, left
        parts = (self.within(left, PRODUCT), " * ", self.within(right, SIGN))
        return Code(Joined(parts), PRODUCT)

    def _or_else(self, operand: Expression, default: Expression) -> Code:
        code = self.express(operand)
        test, value = code.document, code.document
        if not code.name:
            name = self.scope.allocate("value")
            test, value = joined("(", f"{name} := ", code.document, ")"), name
        parts = (self.within(default, OR), SPACE, "if ", test, " is None", SPACE, "else ", value)
        return Code(Joined(parts), CONDITIONAL)

    def _choice(self, choice: Choose) -> Code:
        parts: list[Document] = []
        for branch in choice.branches:
            parts += (
                self.within(branch.then, OR),
                SPACE,
                "if ",
                self.within(branch.when, OR),
                SPACE,
                "else ",
            )
        if not parts:
            return self.express(choice.otherwise)
        return Code(Joined((*parts, self.within(choice.otherwise, CONDITIONAL))), CONDITIONAL)

    def _month_of(self, day: Expression) -> Code:
        code = self.express(day)
        if not code.name:
            return self._call(self.module.function("month_of"), day)
        return Code(joined(code.document, ".year * 12 + ", code.document, ".month - 1"), SUM)

    def _add_days(self, day: Expression, days: Expression) -> Code:
        if isinstance(days, Constant) and isinstance(days.value, int):
            span: Document = self.module.span(days.value)
        else:
            span = bracketed("timedelta(days=", (self.express(days).document,), ")")
        return Code(joined(self.within(day, SUM), " + ", span), SUM)

    def _call(self, function: str, *arguments: Expression) -> Code:
        return Code(bracketed(f"{function}(", tuple(self.express(item).document for item in arguments), ")"))

    def _call_on_workdays(self, function: str, calendar: Calendar, *arguments: Expression) -> Code:
        written = tuple(self.express(item).document for item in arguments)
        workdays = self.module.workdays(calendar)
        return Code(bracketed(f"{self.module.function(function)}(", (workdays, *written), ")"))

    def _item(self, table: str, index: Expression) -> Code:
        return Code(Group(joined(f"{table}[", self.express(index).document, "]")))

    def _table(self, tables: dict[str, str], enum: str, suffix: str) -> str:
        if enum not in tables:
            upper = identifier(enum).upper() if enum.isascii() else identifier(enum)
            tables[enum] = self.module.scope.allocate(upper.rstrip("_") + suffix)
        return tables[enum]


def enclosed(code: Code, binding: int) -> Document:
    """The code, in parentheses when it binds more loosely than `binding`."""
    return parenthesised(code.document) if code.binding < binding else code.document


def _signed(operand: Expression) -> tuple[bool, Expression]:
    """Whether a term of a sum is taken away, and what."""
    match operand:
        case Negate(inner):
            return True, inner
        case Constant(int(value), type_) if value < 0:
            return True, Constant(-value, type_)
        case Multiply(Constant(int(factor), type_), other, whole) if factor < 0:
            return True, Multiply(Constant(-factor, type_), other, whole)
        case Multiply(other, Constant(int(factor), type_), whole) if factor < 0:
            return True, Multiply(Constant(-factor, type_), other, whole)
        case _:
            return False, operand
