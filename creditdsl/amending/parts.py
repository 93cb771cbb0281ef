"""The alternatives, values and fields of a declaration put in, exchanged and taken out.

Bands, dated values, values of an enum, fields and articles are found by what they are called; rows and branches by their number,
which counts them from 1 as they stood before the amendment.
"""

import dataclasses
from collections.abc import Sequence

from creditdsl.amending import messages
from creditdsl.amending.clauses import Changeable, insert_clause, repeal_clause, replace_clause
from creditdsl.diagnostics import Diagnostic, InternalError
from creditdsl.syntax import tree

Item = (
    tree.Band | tree.Row | tree.Branch | tree.DatedValue | tree.EnumValue | tree.FieldDeclaration | tree.SourceArticle
)


@dataclasses.dataclass(slots=True)
class _Slot:
    """An item as it stood, what stands there now, and what was put before and behind it."""

    key: str
    item: Item | None
    before: list[Item]
    behind: list[Item]


def changed_declaration(declaration: Changeable, change: tree.ChangeDeclaration) -> tuple[Changeable, list[Diagnostic]]:
    """The declaration after all changes of one block, and what is wrong with those that could not be made."""
    kind = change.target.word.value
    found: list[Diagnostic] = []
    slots: list[_Slot] | None = None
    for item in change.changes:
        if _is_clause(item):
            result = _change_clause(declaration, item, kind)
            if isinstance(result, Diagnostic):
                found.append(result)
            else:
                declaration = result
            continue
        if _about_branches(item) and not has_branches(declaration):
            found.append(messages.no_branches(item.span, kind))
            continue
        slots = slots if slots is not None else _slots(declaration)
        problem = _change_slots(slots, item, kind)
        if problem is not None:
            found.append(problem)
    if slots is not None:
        declaration = _with_items(declaration, [kept for slot in slots for kept in _kept(slot)])
    return declaration, found


def _kept(slot: _Slot) -> list[Item]:
    return [*slot.before, *([] if slot.item is None else [slot.item]), *slot.behind]


def _about_branches(change: tree.PartChange) -> bool:
    part = change.part
    if isinstance(part, tree.ComponentName):
        return part.word is tree.ComponentWord.BRANCH
    return isinstance(part, tree.Branch)


def has_branches(declaration: Changeable) -> bool:
    """Whether the declaration's value is a choice among branches."""
    match declaration:
        case tree.Score(base=tree.Cases()) | tree.RepairPoints(restore=tree.Cases()) | tree.Define(value=tree.Cases()):
            return True
        case tree.Indicator(points=tree.Points(value=tree.Cases())):
            return True
        case tree.Measure(sampling=tree.Sampling(rate=tree.Cases())):
            return True
        case _:
            return False


def _is_clause(change: tree.PartChange) -> bool:
    part = change.part
    if isinstance(part, tree.ComponentName):
        return part.word is tree.ComponentWord.CLAUSE
    return isinstance(part, tree.ClausePart)


def _change_clause(declaration: Changeable, change: tree.PartChange, kind: str) -> Changeable | Diagnostic:
    match change:
        case tree.InsertPart(part=tree.ClausePart() as part):
            return insert_clause(declaration, part, kind)
        case tree.ReplacePart(part=tree.ClausePart() as part):
            return replace_clause(declaration, part, kind)
        case tree.RepealPart(part=name):
            return repeal_clause(declaration, name, kind)
        case _:
            raise InternalError("a change of a clause has a clause")


def _slots(declaration: Changeable) -> list[_Slot]:
    """A slot for each item, and an empty one behind them."""
    items = items_of(declaration)
    slots = [_Slot(key, item, [], []) for key, item in zip(keys_of(items), items, strict=True)]
    return [*slots, _Slot("", None, [], [])]


def items_of(declaration: Changeable) -> Sequence[Item]:
    """The bands, rows, branches, values, fields or articles of a declaration."""
    match declaration:
        case tree.Grades():
            return declaration.bands
        case tree.Table():
            return declaration.rows
        case tree.Parameter() | tree.Enumeration():
            return declaration.values
        case tree.Subject() | tree.Record():
            return declaration.fields
        case tree.Source():
            return declaration.articles
        case tree.Score(base=tree.Cases(branches=branches)):
            return branches
        case tree.Indicator(points=tree.Points(value=tree.Cases(branches=branches))):
            return branches
        case tree.RepairPoints(restore=tree.Cases(branches=branches)):
            return branches
        case tree.Define(value=tree.Cases(branches=branches)):
            return branches
        case tree.Measure(sampling=tree.Sampling(rate=tree.Cases(branches=branches))):
            return branches
        case _:
            return ()


def keys_of(items: Sequence[Item]) -> list[str]:
    """What each item is found by."""
    return [key_of_item(item, number) for number, item in enumerate(items, start=1)]


def key_of_item(item: Item, number: int) -> str:
    match item:
        case tree.Band(grade=name):
            return name.text
        case tree.Row() | tree.Branch():
            return str(number)
        case tree.DatedValue(start=start):
            return start.isoformat()
        case tree.EnumValue(name=name) | tree.FieldDeclaration(name=name):
            return name.text
        case tree.SourceArticle(locators=locators):
            return place_of(locators)


def place_of(locators: tuple[tree.Locator, ...]) -> str:
    return " ".join(f"{item.word.value} {item.number or ''}".strip() for item in locators)


def _change_slots(slots: list[_Slot], change: tree.PartChange, kind: str) -> Diagnostic | None:
    keys = [slot.key for slot in slots[:-1]]
    match change:
        case tree.RepealPart(part=name):
            wanted = place_of(name.locators) if name.word is tree.ComponentWord.ARTICLE else name.name.text
            slot = _find(slots, wanted)
            if slot is None or slot.item is None:
                return messages.no_such_part(wanted, name.span, kind, keys)
            slot.item = None
            return None
        case tree.ReplacePart(part=part, number=number):
            item = _item(part)
            wanted = number.text if number is not None else key_of_item(item, 0)
            slot = _find(slots, wanted)
            if slot is None or slot.item is None:
                return messages.no_such_part(wanted, change.span, kind, keys)
            slot.item = item
            return None
        case tree.InsertPart(part=part, placement=placement):
            return _insert(slots, _item(part), placement, kind)


def _insert(slots: list[_Slot], item: Item, placement: tree.Placement | None, kind: str) -> Diagnostic | None:
    numbered = isinstance(item, tree.Row | tree.Branch)
    there = _find(slots, key_of_item(item, 0))
    if not numbered and there is not None and there.item is not None:
        return messages.part_there_already(there.key, item.span)
    if placement is None:
        last = slots[-2] if len(slots) > 1 else slots[-1]
        if isinstance(last.item, tree.Branch) and last.item.condition is None:
            last.before.append(item)
        else:
            slots[-1].before.append(item)
        return None
    anchor = _find(slots, placement.anchor.text)
    if anchor is None or anchor.item is None:
        return messages.no_such_part(placement.anchor.text, placement.span, kind, [slot.key for slot in slots[:-1]])
    (anchor.before if placement.before else anchor.behind).append(item)
    return None


def _find(slots: list[_Slot], key: str) -> _Slot | None:
    return next((slot for slot in slots[:-1] if slot.key == key), None)


def _item(part: tree.Component) -> Item:
    if isinstance(part, tree.ClausePart):
        raise InternalError("a clause is no item")
    return part


def _with_items(declaration: Changeable, items: list[Item]) -> Changeable:
    """The declaration with other items; the parser let only items of its kind into the block."""
    match declaration:
        case tree.Grades():
            return dataclasses.replace(declaration, bands=tuple(item for item in items if isinstance(item, tree.Band)))
        case tree.Table():
            return dataclasses.replace(declaration, rows=tuple(item for item in items if isinstance(item, tree.Row)))
        case tree.Parameter():
            values = tuple(item for item in items if isinstance(item, tree.DatedValue))
            return dataclasses.replace(declaration, values=values)
        case tree.Enumeration():
            names = tuple(item for item in items if isinstance(item, tree.EnumValue))
            return dataclasses.replace(declaration, values=names)
        case tree.Subject() | tree.Record():
            fields = tuple(item for item in items if isinstance(item, tree.FieldDeclaration))
            return dataclasses.replace(declaration, fields=fields)
        case tree.Source():
            articles = tuple(item for item in items if isinstance(item, tree.SourceArticle))
            return dataclasses.replace(declaration, articles=articles)
        case _:
            return _with_branches(declaration, tuple(item for item in items if isinstance(item, tree.Branch)))


def _with_branches(declaration: Changeable, branches: tuple[tree.Branch, ...]) -> Changeable:
    match declaration:
        case tree.Score(base=tree.Cases() as cases):
            return dataclasses.replace(declaration, base=dataclasses.replace(cases, branches=branches))
        case tree.Indicator(points=tree.Points(value=tree.Cases() as cases) as points):
            value = dataclasses.replace(cases, branches=branches)
            return dataclasses.replace(declaration, points=dataclasses.replace(points, value=value))
        case tree.RepairPoints(restore=tree.Cases() as cases):
            return dataclasses.replace(declaration, restore=dataclasses.replace(cases, branches=branches))
        case tree.Define(value=tree.Cases() as cases):
            return dataclasses.replace(declaration, value=dataclasses.replace(cases, branches=branches))
        case tree.Measure(sampling=tree.Sampling(rate=tree.Cases() as cases) as sampling):
            rate = dataclasses.replace(cases, branches=branches)
            return dataclasses.replace(declaration, sampling=dataclasses.replace(sampling, rate=rate))
        case _:
            # Nothing could be found in it, which has been reported.
            return declaration
