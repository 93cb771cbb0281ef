"""Where an expression stands: the names it may use, and what is known about values there.

`Elaboration` is the state of one compilation: declarations, definitions made so far, diagnostics. `Scope` is immutable;
going under a condition or into a record gives a new one.
"""

from collections.abc import Callable, Mapping
from dataclasses import field, replace
from enum import Enum

from creditdsl.checking.declarations import Declarations
from creditdsl.core import ir
from creditdsl.core.ranges import Known, Narrowed, interval_of, may_overflow, narrow, presences, stated_interval
from creditdsl.core.types import Choice, Day, Month, Number, Optional, Truth, Type, Unit
from creditdsl.diagnostics import Diagnostic
from creditdsl.frozen import dataclass
from creditdsl.syntax import tree


class Stage(Enum):
    """What `score` means: nothing yet, the score before repair, or the score after it.

    FINAL is AFTER with the grade known: measures and invariants.
    """

    NONE = "none"
    BEFORE = "before"
    AFTER = "after"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class Typed:
    """An elaborated expression. `product` are the units of a product that has no unit of its own, such as mark x yuan."""

    expression: ir.Expression
    type: Type
    product: tuple[Unit, ...] = ()


NO_TABLE = ir.InputTable("", (), ())


@dataclass(slots=True)
class Elaboration:
    """The state of one compilation."""

    declarations: Declarations
    languages: tuple[str, ...]
    elaborate: "Callable[[tree.Expression, Scope, Type | None], Typed | None]"
    """`checking.expressions.elaborate`, given here so that what stands below it can go back into it."""
    named: "Callable[[str, Scope], Typed | None]"
    """`checking.named.value_of`: the value of a parameter, define or step rule, defined when first asked for."""
    value_at: "Callable[[tree.At, Scope], Typed | None]"
    """`checking.named.value_at`: the value of a parameter on a day."""
    enums: dict[str, ir.Enumeration] = field(default_factory=dict)
    subject: ir.InputTable = NO_TABLE
    records: dict[str, ir.InputTable] = field(default_factory=dict)
    definitions: dict[str, ir.Definition] = field(default_factory=dict)
    suspects: set[str] = field(default_factory=set)
    """The definitions that may leave 64 bits where nothing that guards their parts is looked at."""
    failed: set[str] = field(default_factory=set)
    untyped: set[str] = field(default_factory=set)
    """Fields whose type is at fault: what looks at them fails without a second message."""
    looks: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """For each name, which of `score` and `grade` it looks at."""
    has_repairs: bool = False
    calendar: ir.Calendar | None = None
    diagnostics: list[Diagnostic] = field(default_factory=list)
    ranges: dict[ir.Expression, ir.Interval] = field(default_factory=dict)
    known: Narrowed = field(init=False)
    """The ranges, and what was worked out from them: a range is there before anything that reads it, so it stays true."""
    used: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.known = Narrowed(self.ranges, {})

    def report(self, diagnostic: Diagnostic) -> None:
        if diagnostic not in self.diagnostics:
            self.diagnostics.append(diagnostic)

    def add(self, definition: ir.Definition) -> ir.DefinitionReference:
        """Appends a definition and remembers its range."""
        self.definitions[definition.name] = definition
        reference = ir.DefinitionReference(definition.name, definition.type)
        stated = stated_interval(definition, self.enums.values())
        if stated is not None:
            self.ranges[reference] = stated
        return reference

    def define(
        self, name: str, expression: ir.Expression, type_: Type, rule: ir.Rule | None = None
    ) -> ir.DefinitionReference:
        """Appends a definition whose range is proved from its expression, unless it exists already."""
        if name in self.definitions:
            return ir.DefinitionReference(name, self.definitions[name].type)
        if may_overflow(expression, self.known):
            self.suspects.add(name)
        return self.add(ir.Definition(name, type_, expression, self.range_of(expression, type_), rule))

    def range_of(self, expression: ir.Expression, type_: Type) -> ir.Interval | None:
        """The proved range of an expression, None for types without one."""
        match type_ if not isinstance(type_, Optional) else type_.of:
            case Number() | Day() | Month():
                return (
                    None
                    if isinstance(expression, ir.Constant) and expression.value is None
                    else interval_of(expression, self.known)
                )
            case _:
                return None


@dataclass(frozen=True, slots=True)
class Scope:
    """`record` is the record at hand; `values` are local names (columns of a table); `day` is a repair's `to` date."""

    elaboration: Elaboration
    record: ir.InputTable | None = None
    values: Mapping[str, Typed] = field(default_factory=dict)
    stage: Stage = Stage.NONE
    narrowed: Known | None = None
    present: frozenset[ir.Expression] = frozenset()
    day: Typed | None = None

    def assuming(self, condition: ir.Expression, *, holds: bool = True) -> "Scope":
        """The scope under a condition that is known to hold, or not to."""
        present = presences(condition, holds=holds)
        known = narrow(condition, self.known, holds=holds)
        if known is self.known and present <= self.present:
            return self
        return replace(self, narrowed=known, present=self.present | present)

    def inside(self, record: ir.InputTable) -> "Scope":
        return replace(self, record=record)

    def interval(self, expression: ir.Expression) -> ir.Interval:
        return interval_of(expression, self.known)

    @property
    def known(self) -> Known:
        """What is known of values under the conditions that the scope is in."""
        return self.elaboration.known if self.narrowed is None else self.narrowed

    def report(self, diagnostic: Diagnostic) -> None:
        self.elaboration.report(diagnostic)


NUMBER = Number(Unit.NUMBER)
TRUTH = Truth()
DAY = Day()
TRUE = ir.Constant(True, TRUTH)
FALSE = ir.Constant(False, TRUTH)
ContextDays: Mapping[ir.ContextDay, ir.ContextField] = {day: ir.ContextField(day) for day in ir.ContextDay}


def conjunction(operands: list[ir.Expression]) -> ir.Expression:
    """The operands joined by and, flat, without those that are always true."""
    flat: list[ir.Expression] = []
    for operand in operands:
        flat.extend(operand.operands if isinstance(operand, ir.And) else (operand,))
    kept = tuple(item for item in flat if item != TRUE)
    if not kept:
        return TRUE
    return kept[0] if len(kept) == 1 else ir.And(kept)


def disjunction(operands: list[ir.Expression]) -> ir.Expression:
    """The operands joined by or, flat, without those that are never true."""
    flat: list[ir.Expression] = []
    for operand in operands:
        flat.extend(operand.operands if isinstance(operand, ir.Or) else (operand,))
    kept = tuple(item for item in flat if item != FALSE)
    if not kept:
        return FALSE
    return kept[0] if len(kept) == 1 else ir.Or(kept)


def negation(operand: ir.Expression) -> ir.Expression:
    """The opposite of a condition; a double negation is undone."""
    return operand.operand if isinstance(operand, ir.Not) else ir.Not(operand)


def choice_of(type_: Type) -> Choice | None:
    match type_:
        case Choice():
            return type_
        case Optional(of=Choice() as inner):
            return inner
        case _:
            return None
