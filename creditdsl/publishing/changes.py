"""What an amendment changed, declaration by declaration: how each read before it and how it reads after it.

In: the written modules and a text that the amendment is in. Out: for each declaration that it touched what was done to it, and both
readings as formatted rule text. Earlier amendments of the same text are in both readings, later ones in none.
"""

from dataclasses import dataclass, replace

from creditdsl.amending.consolidate import Action, Consolidated, consolidate
from creditdsl.amending.moments import Slice
from creditdsl.amending.paths import Key, key_of
from creditdsl.diagnostics import InternalError, Language
from creditdsl.publishing.texts import PolicyHistory, PolicyText
from creditdsl.syntax.bare import without_spans
from creditdsl.syntax.format import format_module
from creditdsl.syntax.tree import Amend, Declaration, Module


@dataclass(frozen=True, slots=True)
class DeclarationChange:
    """A declaration before and after an amendment; several where a rule has several repairs, none where it is not there."""

    key: Key
    action: Action
    before: tuple[Declaration, ...]
    after: tuple[Declaration, ...]

    @property
    def declaration(self) -> Declaration:
        """The declaration as it reads then, or did before it was repealed."""
        return (self.after or self.before)[0]


def declaration_changes(history: PolicyHistory, text: PolicyText, amendment: Amend) -> tuple[DeclarationChange, ...]:
    """The declarations that an amendment of a text touched, in the order in which it names them."""
    made = text.slice.amendments
    place = made.index(amendment)
    before = _consolidated(history, made[:place])
    after = _consolidated(history, made[: place + 1])
    return tuple(_change(key, before, after) for key in _touched(after, amendment))


def rule_text_of(declarations: tuple[Declaration, ...], language: Language) -> str:
    """Declarations as formatted rule text with the keywords of a language."""
    return format_module("", Module("", without_spans(declarations)), keywords=language).strip("\n")


def declarations_of(modules: tuple[Module, ...], key: Key) -> tuple[Declaration, ...]:
    return tuple(item for module in modules for item in module.declarations if key_of(item) == key)


def _consolidated(history: PolicyHistory, amendments: tuple[Amend, ...]) -> Consolidated:
    whole: Slice = replace(history.whole, amendments=amendments)
    return consolidate(history.written, whole)


def _touched(after: Consolidated, amendment: Amend) -> tuple[Key, ...]:
    name = amendment.name.text
    return tuple(key for key, steps in after.origins.items() if any(step.amendment == name for step in steps))


def _change(key: Key, before: Consolidated, after: Consolidated) -> DeclarationChange:
    old, new = declarations_of((before.module,), key), declarations_of((after.module,), key)
    if not old and not new:
        raise InternalError(f"an amendment touched {key}, which is in no text")
    last = after.origins[key][-1].action
    if last is Action.INSERTED and all(item in new for item in old):
        # A direct grade may have several repairs, and one more takes the place of none.
        return DeclarationChange(key, last, (), tuple(item for item in new if item not in old))
    if not new:
        return DeclarationChange(key, Action.REPEALED, old, new)
    return DeclarationChange(key, Action.CHANGED if last is Action.CHANGED else Action.REPLACED, old, new)
