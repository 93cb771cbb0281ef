"""The conditions of measures, each on its own: in words, and as a definition that says whether it holds for a subject.

In: a compiled policy and the codes of some of its measures. Out: the program with measures of its own that ask one condition each,

    offer loan { when grade is A and tax >= 1万元 }   ->   … and   reward `condition 0` { when grade is A }
                                                                  reward `condition 1` { when tax >= 1万元 }

and what each of them says, in the languages of the policy. A condition that has a meaning only where those before it hold, as
`x > 1` has behind `x is present`, is asked together with them.
"""

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from enum import Enum

from creditdsl.analyses.applicability_model import Role, WrittenCondition, WrittenValue
from creditdsl.checking.lower import lower
from creditdsl.cli.condition_words import Words
from creditdsl.compile import Compiled
from creditdsl.core.ir import Program
from creditdsl.diagnostics import Diagnostic, PolicyError, errors_in
from creditdsl.frozen import dataclass
from creditdsl.publishing.names import Lexicon, NameKind, lexicon
from creditdsl.source import NOWHERE, Span
from creditdsl.syntax import tree
from creditdsl.syntax.bare import without_spans
from creditdsl.syntax.logic import all_of, negated

VALUE = "value"
"""What the grant of a measure that asks for a value is called."""

Values = dict[tree.Expression, tree.Expression]
"""What conditions look at, by its text alone."""

UNCHECKED = tree.Case | tree.Invariant | tree.Catalogue | tree.Population
"""What checks a policy and is no part of what it means; measures that are added here are not what it counts."""


class Guard(Enum):
    """With what a condition is asked together."""

    NOTHING = "nothing"
    PRESENCE = "presence"
    """Those before it that say that something is there."""
    ALL = "all"
    """All that stand before it."""


STRONGER = {Guard.NOTHING: Guard.PRESENCE, Guard.PRESENCE: Guard.ALL}


@dataclass(frozen=True, slots=True)
class Asked:
    """A condition of a measure, or what stands in its place, and what holds where it is read."""

    measure: str
    role: Role
    condition: tree.Expression | None
    before: tuple[tree.Expression, ...] = ()
    effective: tree.Validity | None = None
    displacing: tree.Measure | None = None
    guard: Guard = Guard.NOTHING

    @property
    def span(self) -> Span:
        place = self.condition or self.effective
        return NOWHERE if place is None else place.span

    @property
    def guards(self) -> tuple[tree.Expression, ...]:
        match self.guard:
            case Guard.NOTHING:
                return ()
            case Guard.PRESENCE:
                return tuple(
                    item for item in self.before if any(isinstance(part, tree.IsPresent) for part in _parts_of(item))
                )
            case Guard.ALL:
                return self.before


def with_conditions(compiled: Compiled, codes: Sequence[str]) -> tuple[Program, tuple[WrittenCondition, ...]]:
    """The program with a definition for every condition of these measures, and the conditions in their order."""
    declarations = [item for module in compiled.modules for item in module.declarations]
    measures = {item.code.text: item for item in declarations if isinstance(item, tree.Measure)}
    asked = [item for code in codes for item in _asked(measures[code], measures.values())]
    values = _values(asked, lexicon(compiled.modules))
    program, asked, values = _lowered(compiled, asked, values)
    shown = replace(
        program,
        result=replace(
            program.result,
            measures=tuple(item for item in program.result.measures if item.rule.code in measures),
        ),
    )
    words = Words(compiled)
    return shown, tuple(_written(number, item, asked, values, words) for number, item in enumerate(asked))


def _asked(measure: tree.Measure, others: Iterable[tree.Measure]) -> Iterator[Asked]:
    """The conditions of one measure, in the order in which they are read."""
    code, clauses, entry = measure.code.text, measure.clauses, measure.entry
    if clauses.effective is not None:
        yield Asked(code, Role.EFFECTIVE, None, effective=clauses.effective)
    if entry is not None and entry.for_each is not None:
        record = entry.for_each.record
        entered = tree.Aggregate(tree.AggregateWord.ANY, None, record, (), entry.where, span=entry.for_each.span)
        yield Asked(code, Role.ENTRY, entered)
    required = tuple(_parts(clauses.when, tree.BinaryOperator.AND))
    for number, part in enumerate(required):
        yield Asked(code, Role.WHEN, part, required[:number])
    exceptions = [(part, Role.UNLESS) for part in _parts(clauses.unless, tree.BinaryOperator.OR)]
    if entry is not None and entry.for_each is None:
        exceptions += [(part, Role.LEAVE) for part in _parts(entry.leave, tree.BinaryOperator.OR)]
    for number, (part, role) in enumerate(exceptions):
        yield Asked(code, role, part, (*required, *(negated(earlier) for earlier, _ in exceptions[:number])))
    if measure.breach is not None:
        yield Asked(code, Role.BREACH, measure.breach)
    for other in others:
        if code in [item.text for item in other.clauses.overrides]:
            yield Asked(code, Role.DISPLACED, None, displacing=other)


def _parts(condition: tree.Expression | None, operator: tree.BinaryOperator) -> Iterator[tree.Expression]:
    """What `and`, or `or`, joins."""
    if isinstance(condition, tree.Binary) and condition.operator is operator:
        yield from _parts(condition.left, operator)
        yield from _parts(condition.right, operator)
    elif condition is not None:
        yield condition


def _values(asked: Iterable[Asked], names: Lexicon) -> Values:
    """What the conditions look at, by its text alone, each once."""
    found: Values = {}
    for item in asked:
        for value in _looked_at(item.condition, names):
            found.setdefault(without_spans(value), value)
    return found


def _looked_at(condition: tree.Expression | None, names: Lexicon) -> tuple[tree.Expression, ...]:
    """The names and totals in a condition whose values say why it holds or not; its own truth says no more than itself."""
    bare = condition.operand if isinstance(condition, tree.Unary | tree.IsPresent) else condition
    leaves = tuple(dict.fromkeys(_leaves(condition, names)))
    return () if leaves == (bare,) else leaves


def _leaves(node: object, names: Lexicon) -> Iterator[tree.Expression]:
    match node:
        case tree.Reference(name=name):
            entry = names.find(name, None)
            if entry is None or entry.kind is not NameKind.VALUE:
                yield node
        case tree.Aggregate() | tree.Call() | tree.At() | tree.BreachOf():
            yield node
        case _:
            for part in _below(node):
                yield from _leaves(part, names)


def _parts_of(node: object) -> Iterator[object]:
    """A part of a tree and all parts below it."""
    yield node
    for part in _below(node):
        yield from _parts_of(part)


def _below(node: object) -> Iterator[object]:
    match node:
        case tuple():
            yield from node
        case tree.Identifier() | tree.Label() | Span() | Enum():
            pass
        case _ if dataclasses.is_dataclass(node):
            yield from (getattr(node, part.name) for part in dataclasses.fields(node))


def _lowered(compiled: Compiled, asked: list[Asked], values: Values) -> tuple[Program, list[Asked], Values]:
    """The program with everything that is asked.

    What cannot be asked alone is asked with more of what stands before it, and not at all where that does not help either; a
    value that stands behind a condition is left out. Conditions come first, so that it is known which of the two is at fault.
    """
    whole = _attempt(compiled, asked, values)
    while not isinstance(whole, Program):
        faults = _attempt(compiled, asked, {})
        if isinstance(faults, Program):
            kept = {bare: value for bare, value in values.items() if not _is_in(value.span, whole)}
            if kept == values:
                raise PolicyError(whole)
            values = kept
        else:
            asked = _guarded(asked, faults)
        whole = _attempt(compiled, asked, values)
    return whole, asked, values


def _attempt(compiled: Compiled, asked: Sequence[Asked], values: Values) -> Program | tuple[Diagnostic, ...]:
    """The program, or what is wrong with the questions: they are parts of a policy that has no error."""
    try:
        return lower(_with_questions(compiled, asked, values), compiled.program.header.content_hash).program
    except PolicyError as error:
        return errors_in(error.diagnostics)


def _guarded(asked: Sequence[Asked], faults: tuple[Diagnostic, ...]) -> list[Asked]:
    """The questions with a stronger guard for each that is at fault, without those that have the strongest."""
    mended = [
        replace(item, guard=STRONGER[item.guard]) if _is_in(item.span, faults) else item
        for item in asked
        if item.guard in STRONGER or not _is_in(item.span, faults)
    ]
    if mended == asked:
        raise PolicyError(faults)
    return mended


def _is_in(whole: Span, faults: Iterable[Diagnostic]) -> bool:
    """Whether something at fault stands in a place."""
    return any(
        fault.span.path == whole.path and whole.start <= fault.span.start and fault.span.end <= whole.end
        for fault in faults
    )


def _with_questions(compiled: Compiled, asked: Sequence[Asked], values: Values) -> tuple[tree.Module, ...]:
    first, *rest = compiled.modules
    kept = tuple(item for item in first.declarations if not isinstance(item, UNCHECKED))
    questions = [_question(number, item) for number, item in enumerate(asked) if item.displacing is None]
    questions += [_question_of_value(number, value) for number, value in enumerate(values.values())]
    others = (
        replace(module, declarations=tuple(item for item in module.declarations if not isinstance(item, UNCHECKED)))
        for module in rest
    )
    return (replace(first, declarations=(*kept, *questions)), *others)


def _question(number: int, asked: Asked) -> tree.Measure:
    """A measure that applies where a condition holds, and those that it is asked together with."""
    parts = [] if asked.condition is None else [asked.condition]
    when = all_of([*asked.guards, *parts])
    return _measure(_code("condition", number), tree.RuleClauses(effective=asked.effective, when=when), (), asked.span)


def _question_of_value(number: int, value: tree.Expression) -> tree.Measure:
    name = tree.Identifier(VALUE, span=value.span)
    grant = tree.Grant(False, name, None, value, span=value.span)
    return _measure(_code(VALUE, number), tree.RuleClauses(), (grant,), value.span)


def _measure(code: str, clauses: tree.RuleClauses, grants: tuple[tree.Grant, ...], span: Span) -> tree.Measure:
    identifier = tree.Identifier(code, span=span)
    return tree.Measure(
        tree.MeasureWord.REWARD, identifier, None, clauses, (), None, False, grants, None, (), span=span
    )


def _code(kind: str, number: int) -> str:
    """What a question is called; no name of an author has a blank in it."""
    return f"{kind} {number}"


def _written(number: int, item: Asked, asked: Sequence[Asked], values: Values, words: Words) -> WrittenCondition:
    """What a condition says, and where its truth and its values stand in the program."""
    if item.displacing is not None:
        return WrittenCondition(
            item.measure, item.role, words.rule(item.displacing), f"measure.{item.displacing.code.text}", (), ()
        )
    places = {bare: place for place, bare in enumerate(values)}
    looked_at = dict.fromkeys(without_spans(value) for value in _looked_at(item.condition, words.names))
    return WrittenCondition(
        item.measure,
        item.role,
        words.effective(item.effective) if item.condition is None else words.condition(item.condition),
        f"measure.{_code('condition', number)}",
        tuple(_behind(item, asked)),
        tuple(
            WrittenValue(words.value(value), f"measure.{_code(VALUE, places[value])}.{VALUE}")
            for value in looked_at
            if value in places
        ),
    )


def _behind(item: Asked, asked: Sequence[Asked]) -> Iterator[str]:
    """The definitions of the conditions that stand before one."""
    for number, other in enumerate(asked):
        if other.measure == item.measure and any(other.condition is part for part in item.guards):
            yield f"measure.{_code('condition', number)}"
