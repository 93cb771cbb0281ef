"""The text of a policy in one slice of time, as one module.

In: the modules of a policy and a slice. Out: `Consolidated`: every declaration as it then reads, the policy bounded to the slice, only
the cases and populations that fall into it, no `use` and no amendment left; and where each declaration comes from. What an amendment touches and
does not find, or finds and would put in again, is reported, and so are two of one day that touch the same thing in no order.
"""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from datetime import date
from enum import Enum

from creditdsl.amending import messages
from creditdsl.amending.cases import cases_in, populations_in
from creditdsl.amending.clauses import Changeable
from creditdsl.amending.moments import Days, Slice
from creditdsl.amending.ordering import first_day, follows, jurisdiction_of
from creditdsl.amending.parts import changed_declaration
from creditdsl.amending.paths import Key, Path, key_of, key_of_target, part_path, touching
from creditdsl.diagnostics import Diagnostic, InternalError, Text
from creditdsl.frozen import dataclass
from creditdsl.source import Span
from creditdsl.syntax import tree


class Action(Enum):
    INSERTED = "inserted"
    REPLACED = "replaced"
    CHANGED = "changed"
    REPEALED = "repealed"


@dataclass(frozen=True, slots=True)
class Origin:
    """One step of a declaration's history: which amendment did what to it."""

    amendment: str
    action: Action


@dataclass(frozen=True, slots=True)
class Consolidated:
    """`origins` has the steps of every declaration that an amendment touched; the others are those of the original.

    Repealed declarations are in it too. `path` of the module is that of the policy's own file.
    """

    module: tree.Module
    slice: Slice
    origins: Mapping[Key, tuple[Origin, ...]]
    diagnostics: tuple[Diagnostic, ...]


def consolidate(modules: Iterable[tree.Module], slice_: Slice) -> Consolidated:
    """The text of a slice; declarations keep their places, inserted ones stand behind the last of their kind."""
    modules = tuple(modules)
    text = _Text(modules)
    for amendment in slice_.amendments:
        text.amend(amendment)
    text.find_conflicts(slice_.amendments)
    declarations = [_bounded(item, slice_) for item in text.declarations]
    policy = next((item for item in declarations if isinstance(item, tree.Policy)), None)
    path = policy.span.path if policy is not None else modules[0].path
    dated: tuple[tree.Declaration, ...] = (
        *cases_in(modules, policy, slice_),
        *populations_in(modules, policy, slice_),
    )
    module = tree.Module(path, (*declarations, *dated))
    origins = {key: tuple(steps) for key, steps in text.origins.items()}
    return Consolidated(module, slice_, origins, tuple(text.diagnostics))


def _bounded(declaration: Changeable, slice_: Slice) -> Changeable:
    """The policy says for which evaluations the text is: by the end of the period, and by the as-of date."""
    if not isinstance(declaration, tree.Policy):
        return declaration
    jurisdiction = declaration.jurisdiction
    if slice_.jurisdiction is not None:
        jurisdiction = tree.TextLiteral(slice_.jurisdiction, span=declaration.span)
    return dataclasses.replace(
        declaration,
        effective=_validity(slice_.ends, None, declaration.effective, declaration.span),
        evaluated=_validity(slice_.made, tree.Context(tree.ContextWord.AS_OF), declaration.evaluated, declaration.span),
        jurisdiction=jurisdiction,
    )


def _validity(
    days: Days, judged: tree.Context | None, written: tree.Validity | None, span: Span
) -> tree.Validity | None:
    start, end = (None if day in (date.min, date.max) else day for day in (days.first, days.last))
    if start is None and end is None:
        return None
    return tree.Validity(start, end, judged, span=written.span if written is not None else span)


@dataclass(slots=True)
class _Text:
    """The declarations while the amendments are made, each with its key, and what each amendment touched."""

    modules: tuple[tree.Module, ...]
    declarations: list[Changeable] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)
    origins: dict[Key, list[Origin]] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    touched: dict[str, list[tuple[Path, Span]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for module in self.modules:
            for declaration in module.declarations:
                if not isinstance(declaration, tree.Use | tree.Case | tree.Population | tree.Amend):
                    self.declarations.append(declaration)
        self.keys = [self._key(item) for item in self.declarations]

    def amend(self, amendment: tree.Amend) -> None:
        for change in amendment.changes:
            match change:
                case tree.InsertDeclaration(declaration=declaration):
                    self._insert(amendment, change, declaration)
                case tree.ReplaceDeclaration(declaration=declaration):
                    self._replace(amendment, change, declaration)
                case tree.RepealDeclaration(target=target):
                    self._repeal(amendment, target)
                case tree.ChangeDeclaration():
                    self._change(amendment, change)

    def find_conflicts(self, amendments: Sequence[tree.Amend]) -> None:
        """Reports amendments of one day that touch the same thing without an order between them."""
        named = {item.name.text: item for item in amendments}
        for place, second in enumerate(amendments):
            for first in amendments[:place]:
                same_day = first_day(first) == first_day(second)
                same_level = jurisdiction_of(first) == jurisdiction_of(second)
                if same_day and same_level and not follows(second, first, named):
                    self._compare(first, second)

    def _compare(self, first: tree.Amend, second: tree.Amend) -> None:
        for path, span in self.touched.get(second.name.text, ()):
            for other, earlier in self.touched.get(first.name.text, ()):
                if touching(path, other):
                    self.diagnostics.append(messages.without_order(first, second, (earlier, span)))
                    return

    def _insert(self, amendment: tree.Amend, change: tree.InsertDeclaration, declaration: tree.Amendable) -> None:
        key = self._key(declaration)
        there = self._places(key)
        if there and key[0] != "repair_direct":
            self.diagnostics.append(messages.there_already(key, change.span, self.declarations[there[0]].span))
            return
        kind = type(declaration)
        last = max((place for place, item in enumerate(self.declarations) if isinstance(item, kind)), default=None)
        place = len(self.declarations) if last is None else last + 1
        self.declarations.insert(place, _resting_on(declaration, amendment, always=False))
        self.keys.insert(place, key)
        self._note(amendment, key, Action.INSERTED, key, change.span)

    def _replace(self, amendment: tree.Amend, change: tree.ReplaceDeclaration, declaration: tree.Amendable) -> None:
        key = self._key(declaration)
        place = self._only(amendment, key, change.span)
        if place is not None:
            self.declarations[place] = _resting_on(declaration, amendment, always=False)
            self._note(amendment, key, Action.REPLACED, key, change.span)

    def _repeal(self, amendment: tree.Amend, target: tree.Target) -> None:
        key = key_of_target(target)
        places = self._places(key)
        if not places:
            self._report_missing(amendment, key, target.span)
            return
        for place in reversed(places):
            del self.declarations[place], self.keys[place]
        self._note(amendment, key, Action.REPEALED, key, target.span)

    def _change(self, amendment: tree.Amend, change: tree.ChangeDeclaration) -> None:
        key = key_of_target(change.target)
        place = self._only(amendment, key, change.target.span)
        if place is None:
            return
        changed, found = changed_declaration(self.declarations[place], change)
        self.declarations[place] = _resting_on(changed, amendment, always=True)
        self.diagnostics.extend(found)
        self.origins.setdefault(key, []).append(Origin(amendment.name.text, Action.CHANGED))
        paths = [(part_path(key, item), item.span) for item in change.changes]
        self.touched.setdefault(amendment.name.text, []).extend(paths)

    def _note(self, amendment: tree.Amend, key: Key, action: Action, path: Path, span: Span) -> None:
        self.origins.setdefault(key, []).append(Origin(amendment.name.text, action))
        self.touched.setdefault(amendment.name.text, []).append((path, span))

    def _key(self, declaration: Changeable) -> Key:
        key = key_of(declaration)
        if key is None:
            raise InternalError("a declaration that can be amended has a key")
        return key

    def _places(self, key: Key) -> list[int]:
        return [place for place, own in enumerate(self.keys) if own == key]

    def _only(self, amendment: tree.Amend, key: Key, span: Span) -> int | None:
        """The place of the one declaration of that key; none or several are reported."""
        places = self._places(key)
        if not places:
            self._report_missing(amendment, key, span)
        elif len(places) > 1:
            self.diagnostics.append(messages.several_there(key, span))
        return places[0] if len(places) == 1 else None

    def _report_missing(self, amendment: tree.Amend, key: Key, span: Span) -> None:
        names = [name for kind, name in self.keys if kind == key[0]]
        names = names or [name for _, name in self.keys]
        self.diagnostics.append(messages.nothing_there(key, span, _on(amendment), names))


def _resting_on(declaration: Changeable, amendment: tree.Amend, *, always: bool) -> Changeable:
    """The declaration with the amendment's own basis behind it; what was written anew has that only where it names none."""
    match declaration:
        case tree.Parameter() | tree.Table():
            basis = _joined(declaration.basis, amendment, always=always)
            return dataclasses.replace(declaration, basis=basis)
        case (
            tree.Policy()
            | tree.Source()
            | tree.Enumeration()
            | tree.Subject()
            | tree.Record()
            | tree.Define()
            | tree.Invariant()
        ):
            return declaration
        case _:
            basis = _joined(declaration.clauses.basis, amendment, always=always)
            return dataclasses.replace(declaration, clauses=dataclasses.replace(declaration.clauses, basis=basis))


def _joined(basis: tuple[tree.Citation, ...], amendment: tree.Amend, *, always: bool) -> tuple[tree.Citation, ...]:
    """A source that the declaration cites itself is not cited again."""
    cited = {item.source.text for item in basis}
    added = tuple(item for item in amendment.basis if item.source.text not in cited)
    return (*basis, *added) if always or not basis else basis


def _on(amendment: tree.Amend) -> Text:
    day = first_day(amendment)
    if day == date.min:
        return Text("当时", "then")
    return Text(f"{day.isoformat()} ", f"of {day.isoformat()}")
