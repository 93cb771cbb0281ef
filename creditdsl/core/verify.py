"""The invariants of a program, stated as checks; run after every stage in the tests.

In: a program. Nothing comes out; a broken invariant is a fault of the compiler, an InternalError that says where.
What expressions must keep is in `core.verify_expression`, what the plan must keep in `core.verify_plan`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from creditdsl.core.intervals import INPUT_DAYS, INPUT_MONTHS, MAX_ENUM_VALUES
from creditdsl.core.ir import (
    Aggregate,
    And,
    Branch,
    Calendar,
    ChoiceAt,
    Choose,
    Definition,
    DefinitionReference,
    DivideRounded,
    Expression,
    HoldsClaim,
    InputField,
    Interval,
    MoreClaim,
    Or,
    Program,
)
from creditdsl.core.ranges import (
    Known,
    Narrowed,
    fits,
    fits_64_bits,
    interval_of,
    known_inputs,
    may_overflow,
    places,
    range_of,
    stated_interval,
    type_of,
    uncovered,
)
from creditdsl.core.types import Choice, Day, Month, Number, Text, Truth, plain
from creditdsl.core.verify_expression import Place, inlined, require, verify_expression, verify_type
from creditdsl.core.verify_plan import verify_plan
from creditdsl.core.verify_populations import verify_populations
from creditdsl.core.walk import rebuilt, walk
from creditdsl.core.workdays import covers, is_weekend

Partial = DivideRounded | ChoiceAt
"""What has no value for some operands."""


def verify(program: Program, known: Narrowed | None = None) -> None:
    """InternalError at the first invariant of `core.ir` that a program does not keep.

    `known` is what lowering knew of its values. What it has worked out from that is not worked out again: it must have known exactly
    what the program says of its input and its definitions.
    """
    _verify_inputs(program)
    _verify_calendar(program.calendar)
    place = _verify_definitions(program, known)
    definitions = place.definitions
    verify_plan(place)
    verify_populations(place)
    for claim in program.claims:
        match claim:
            case HoldsClaim(_, condition):
                require(condition in definitions, "a claim about no definition", claim)
                require(definitions[condition].type == Truth(), "a claim that is no truth", claim)
            case MoreClaim(_, table, _, target):
                require(table in [item.name for item in program.records], "a claim about no table", claim)
                require(target in ("score", "grade"), "a claim about something else", claim)


def _verify_inputs(program: Program) -> None:
    _require_unique((enum.name for enum in program.enums), "enum")
    for enum in program.enums:
        _require_unique(enum.names, f"value of {enum.name}")
        require(1 <= len(enum.values) <= MAX_ENUM_VALUES, "an enum without values, or with too many", enum.name)
    _require_unique((table.name for table in program.records), "record")
    for table in (program.subject, *program.records):
        _require_unique((item.name for item in table.fields), f"field of {table.name}")
        require(sum(item.key for item in table.fields) <= (table is program.subject), "a second key", table.name)
        for item in table.fields:
            verify_type(item.type, program)
            require(_range_fits(item), "the range of a field", item)
    names = {item.name for item in program.subject.fields}
    require(names.isdisjoint(table.name for table in program.records), "a field named like a record", names)


def _verify_calendar(calendar: Calendar | None) -> None:
    """Exceptions in order, inside the span, days off from Monday to Friday and made-up days at weekends."""
    if calendar is None:
        return
    require(_within(calendar.span, INPUT_DAYS), "a calendar outside the days of input", calendar.name)
    for days, at_weekends in ((calendar.days_off, False), (calendar.make_up_days, True)):
        require(list(days) == sorted(set(days)), "days of a calendar out of order", calendar.name)
        require(all(covers(calendar, Interval(day, day)) for day in days), "a day outside its calendar", calendar.name)
        require(
            all(is_weekend(day) is at_weekends for day in days),
            "a day that is no exception of its calendar",
            calendar.name,
        )


def _range_fits(item: InputField) -> bool:
    match plain(item.type):
        case Truth() | Choice() | Text():
            return item.range is None
        case Number():
            return item.range is not None and item.range.low <= item.range.high and fits_64_bits(item.range)
        case Day():
            return _within(item.range, INPUT_DAYS)
        case Month():
            return _within(item.range, INPUT_MONTHS)


def _within(inner: Interval | None, outer: Interval | None) -> bool:
    if inner is None or outer is None:
        return inner is outer
    return outer.low <= inner.low <= inner.high <= outer.high


def _verify_definitions(program: Program, lowered: Narrowed | None) -> Place:
    """Each definition against those before it; the place where all of them can be read."""
    definitions: dict[str, Definition] = {}
    place = Place(program, definitions)
    ranges = known_inputs(program.subject, program.records, program.enums)
    # What follows from the ranges of earlier definitions is kept for later ones: no expression has read a definition before it.
    known = Narrowed(ranges, {}) if lowered is None else lowered
    for definition in program.definitions:
        require(definition.name not in definitions, "a name defined twice", definition.name)
        verify_expression(definition.expression, place)
        require(type_of(definition.expression) == definition.type, "a definition of another type", definition)
        _verify_ranges(definition, known, place)
        definitions[definition.name] = definition
        stated = stated_interval(definition, program.enums)
        if stated is not None:
            ranges[_reference(definition)] = stated
    require(known == ranges, "lowering knew what the program does not say", program.header.name)
    return place


def _reference(definition: Definition) -> Expression:
    return DefinitionReference(definition.name, definition.type)


def _verify_ranges(definition: Definition, known: Known, place: Place) -> None:
    """No total leaves 64 bits, no divisor is zero, no position is outside its enum, the stated range is proved."""
    expression = definition.expression
    faults = _faults(expression, known, place)
    if not _proves(expression, known, definition) or faults:
        # Written out, conditions tell what they guard; as references, the same one decides the same way twice.
        guarded = _with_guards(expression, place.definitions)
        faults &= _faults(guarded, known, place)
        proved = _proves(expression, known, definition) or _proves(guarded, known, definition)
        require(proved, f"a range that is not proved: {range_of(expression, known)}", definition)
    require(not faults, ", ".join(sorted(faults)), definition.name)


def _proves(expression: Expression, known: Known, definition: Definition) -> bool:
    if isinstance(plain(definition.type), Truth | Choice | Text):
        return definition.range is None
    computed = range_of(expression, known)
    return computed is None or _within(computed, definition.range)


def _faults(expression: Expression, known: Known, place: Place) -> set[str]:
    faults: set[str] = set()
    risky = any(isinstance(part, Partial) for part in walk(expression))
    for part, facts in places(expression, known) if risky or may_overflow(expression, known) else ():
        if not fits(part, facts):
            faults.add("a total may leave 64 bits")
        if isinstance(part, DivideRounded) and _contains_zero(interval_of(part.divisor, facts)):
            faults.add("a divisor may be zero")
        if isinstance(part, ChoiceAt):
            allowed = Interval(0, len(place.program.enum(part.enum).values) - 1)
            if not _within(interval_of(part.ordinal, facts), allowed):
                faults.add("a position may be outside its enum")
    if place.program.calendar is not None and uncovered(expression, known):
        faults.add("a day may be outside the calendar")
    return faults


def _contains_zero(interval: Interval) -> bool:
    return interval.low <= 0 <= interval.high


def _with_guards(expression: Expression, definitions: Mapping[str, Definition]) -> Expression:
    """An expression whose conditions are written out, so that what they guard is seen."""

    def written_out(part: Expression) -> Expression:
        part = rebuilt(part, written_out)
        if isinstance(part, And | Or):
            return rebuilt(part, lambda operand: inlined(operand, definitions))
        if isinstance(part, Choose):
            whens = [Branch(inlined(branch.when, definitions), branch.then) for branch in part.branches]
            return replace(part, branches=tuple(whens))
        if isinstance(part, Aggregate):
            return replace(part, where=inlined(part.where, definitions))
        return part

    return written_out(expression)


def _require_unique(names: Iterable[str], kind: str) -> None:
    seen: set[str] = set()
    for name in names:
        require(name not in seen, f"the name of a {kind} stands twice", name)
        seen.add(name)
