"""What a new version changes for those who supply data: what is no longer accepted, and what may be supplied in addition.

In: the declarations of both versions. Out: `InterfaceChange`s; those that break supply have the code CR0801.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from creditdsl.comparing import interface_messages as messages
from creditdsl.comparing.constants import quantity
from creditdsl.comparing.implication import Relation
from creditdsl.comparing.model import InterfaceChange
from creditdsl.comparing.parts import Writer
from creditdsl.comparing.verdicts import compared_validity
from creditdsl.diagnostics import Code, Text
from creditdsl.source import Span
from creditdsl.syntax import tree
from creditdsl.syntax.format_expressions import written_type
from creditdsl.syntax.spelling import Speller

RANGES: dict[tree.TypeWord, tuple[int, int, int]] = {
    tree.TypeWord.INT: (-1_000_000_000, 1_000_000_000, 0),
    tree.TypeWord.YUAN: (0, 100_000_000_000, 2),
    tree.TypeWord.POINTS: (-10_000, 10_000, 2),
    tree.TypeWord.PERCENT: (-10, 10, 2),
}
"""What holds where no range is written: the least and the greatest value (rates as fractions), and the decimals."""

Choices = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Sides:
    """Both versions of what fields are declared with."""

    old_choices: Choices
    new_choices: Choices
    write: Writer


def input_changes(
    old: Sequence[tree.Declaration], new: Sequence[tree.Declaration], write: Writer
) -> tuple[InterfaceChange, ...]:
    """All changes for who supplies data, those that break supply first."""
    sides = Sides(choices(old), choices(new), write)
    found = [*_policies(old, new), *_subjects(old, new, sides), *_records(old, new, sides), *_enums(old, new)]
    return tuple(sorted(found, key=lambda item: item.code is None))


def choices(declarations: Sequence[tree.Declaration]) -> Choices:
    """The values of every enum, and the grades."""
    found: dict[str, frozenset[str]] = {}
    for item in declarations:
        match item:
            case tree.Enumeration(name=name, values=values):
                found[name.text] = frozenset(value.name.text for value in values)
            case tree.Grades(name=name, bands=bands):
                found[name.text] = frozenset(band.grade.text for band in bands)
            case _:  # No other declaration is a type.
                pass
    return found


def breaking(text: Text, old: Span | None, new: Span | None) -> InterfaceChange:
    return InterfaceChange(Code.CR0801, text, old, new)


def compatible(text: Text, old: Span | None, new: Span | None) -> InterfaceChange:
    return InterfaceChange(None, text, old, new)


def _policies(old: Sequence[tree.Declaration], new: Sequence[tree.Declaration]) -> Iterator[InterfaceChange]:
    before = next((item for item in old if isinstance(item, tree.Policy)), None)
    after = next((item for item in new if isinstance(item, tree.Policy)), None)
    if before is None or after is None:
        return
    if before.periods != after.periods:
        yield breaking(messages.PERIOD_LENGTH, before.span, after.span)
    fewer_more = (
        (before.effective, after.effective, messages.FEWER_PERIODS, messages.MORE_PERIODS),
        (before.evaluated, after.evaluated, messages.FEWER_DAYS, messages.MORE_DAYS),
    )
    for earlier, later, fewer, more in fewer_more:
        relation = compared_validity(earlier, later)
        if relation is Relation.MORE:
            yield compatible(more, before.span, after.span)
        elif relation is not Relation.SAME:
            yield breaking(fewer, before.span, after.span)


def _subjects(
    old: Sequence[tree.Declaration], new: Sequence[tree.Declaration], sides: Sides
) -> Iterator[InterfaceChange]:
    before = next((item for item in old if isinstance(item, tree.Subject)), None)
    after = next((item for item in new if isinstance(item, tree.Subject)), None)
    if before is None or after is None:
        return
    if before.name != after.name:
        yield breaking(messages.subject_renamed(before.name.text, after.name.text), before.span, after.span)
    yield from _fields(after.name.text, before.fields, after.fields, sides)


def _records(
    old: Sequence[tree.Declaration], new: Sequence[tree.Declaration], sides: Sides
) -> Iterator[InterfaceChange]:
    before = {item.name.text: item for item in old if isinstance(item, tree.Record)}
    after = {item.name.text: item for item in new if isinstance(item, tree.Record)}
    for name, record in after.items():
        known = before.get(name)
        if known is None:
            optional = record.absent_means_none
            report = compatible if optional else breaking
            yield report(
                messages.record_optional(name) if optional else messages.record_required(name), None, record.span
            )
            continue
        if known.absent_means_none and not record.absent_means_none:
            yield breaking(messages.table_required(name), known.span, record.span)
        if record.absent_means_none and not known.absent_means_none:
            yield compatible(messages.table_optional(name), known.span, record.span)
        yield from _fields(name, known.fields, record.fields, sides)
    for name, record in before.items():
        if name not in after:
            yield breaking(messages.record_gone(name), record.span, None)


def _fields(
    owner: str, old: tuple[tree.FieldDeclaration, ...], new: tuple[tree.FieldDeclaration, ...], sides: Sides
) -> Iterator[InterfaceChange]:
    before = {item.name.text: item for item in old}
    after = {item.name.text: item for item in new}
    for name, item in after.items():
        known = before.get(name)
        if known is not None:
            yield from _field(owner, known, item, sides)
        elif item.type.optional:
            yield compatible(messages.field_optional(owner, name), None, item.span)
        else:
            yield breaking(messages.field_required(owner, name), None, item.span)
    for name, item in before.items():
        if name not in after:
            yield breaking(messages.field_gone(owner, name), item.span, None)


def _field(
    owner: str, old: tree.FieldDeclaration, new: tree.FieldDeclaration, sides: Sides
) -> Iterator[InterfaceChange]:
    name = new.name.text
    if old.key is not new.key:
        yield breaking(messages.other_key(owner, name), old.span, new.span)
    if old.type.optional and not new.type.optional:
        yield breaking(messages.now_required(owner, name), old.span, new.span)
    if new.type.optional and not old.type.optional:
        yield compatible(messages.now_optional(owner, name), old.span, new.span)
    types = (sides.write.text(_type(old.type)), sides.write.text(_type(new.type)))
    relation = _compared_types(old.type, new.type, sides)
    if relation is Relation.UNKNOWN:
        yield breaking(messages.other_type(owner, name, types), old.span, new.span)
    elif relation is Relation.LESS:
        yield breaking(messages.range_narrower(owner, name, types), old.span, new.span)
    elif relation is Relation.MORE:
        yield compatible(messages.range_wider(owner, name, types), old.span, new.span)


def _type(written: tree.TypeExpression) -> Callable[[Speller], str]:
    return lambda spell: written_type(written, spell)


def _compared_types(old: tree.TypeExpression, new: tree.TypeExpression, sides: Sides) -> Relation:
    """LESS when the new type refuses values that the old one takes; UNKNOWN when it is another type."""
    match old.name, new.name:
        case tree.Identifier(text=before), tree.Identifier(text=after):
            # Values that an enum gains or loses are told with the enum.
            if before == after:
                return Relation.SAME
            return _compared_sets(sides.old_choices.get(before), sides.new_choices.get(after))
        case tree.Identifier(), tree.TypeWord.TEXT:
            return Relation.MORE
        case tree.TypeWord() as before_word, tree.TypeWord() as after_word if before_word is after_word:
            return _compared_ranges(old, new, after_word)
        case _:  # One is an enum and the other is not, or they are two words.
            return Relation.UNKNOWN


def _compared_sets(old: frozenset[str] | None, new: frozenset[str] | None) -> Relation:
    if old is None or new is None:
        return Relation.UNKNOWN
    if old == new:
        return Relation.SAME
    return Relation.MORE if old < new else Relation.LESS


def _compared_ranges(old: tree.TypeExpression, new: tree.TypeExpression, word: tree.TypeWord) -> Relation:
    """By least and greatest value and by decimals; anything refused counts more than anything gained."""
    (low, high, places), (new_low, new_high, new_places) = _range(old, word), _range(new, word)
    if _narrower(low, new_low, upper=False) or _narrower(high, new_high, upper=True) or new_places < places:
        return Relation.LESS
    return Relation.SAME if (low, high, places) == (new_low, new_high, new_places) else Relation.MORE


def _narrower(old: Fraction | None, new: Fraction | None, *, upper: bool) -> bool:
    """Whether a limit refuses more than before, or is there where none was."""
    if new is None or old is None:
        return new is not None
    return new < old if upper else new > old


def _range(written: tree.TypeExpression, word: tree.TypeWord) -> tuple[Fraction | None, Fraction | None, int]:
    low, high, places = RANGES.get(word, (None, None, 0))
    return (
        _limit(written.low, low),
        _limit(written.high, high),
        places if written.places is None else written.places,
    )


def _limit(written: tree.Expression | None, default: int | None) -> Fraction | None:
    found = None if written is None else quantity(written)
    if found is not None:
        return found.amount
    return None if default is None else Fraction(default)


def _enums(old: Sequence[tree.Declaration], new: Sequence[tree.Declaration]) -> Iterator[InterfaceChange]:
    """Values that an enum which data are of has gained or lost; grades are told with the results."""
    before = {item.name.text: item for item in old if isinstance(item, tree.Enumeration)}
    supplied = {name for side in (old, new) for name in _types_of_data(side)}
    for item in new:
        if not isinstance(item, tree.Enumeration) or item.name.text not in before or item.name.text not in supplied:
            continue
        name, known = item.name.text, before[item.name.text]
        had = {value.name.text: value for value in known.values}
        has = {value.name.text: value for value in item.values}
        for value in (value for value in had if value not in has):
            yield breaking(messages.value_gone(name, value), had[value].span, item.span)
        for value in (value for value in has if value not in had):
            yield compatible(messages.value_new(name, value), known.span, has[value].span)


def _types_of_data(declarations: Sequence[tree.Declaration]) -> Iterator[str]:
    for item in declarations:
        if isinstance(item, tree.Subject | tree.Record):
            yield from (part.type.name.text for part in item.fields if isinstance(part.type.name, tree.Identifier))
