"""Two versions of a policy, declaration by declaration.

In: the parsed modules of both versions, which have no errors. Out: a `Comparison`: what is new, gone, changed and renamed, which way
each change goes, which rules it affects, and what changes for who supplies data or reads results.
"""

from collections.abc import Sequence
from dataclasses import replace

from creditdsl.comparing import messages
from creditdsl.comparing.influence import influences
from creditdsl.comparing.inputs import input_changes
from creditdsl.comparing.kinds import basis_of, essence, kind_of, label_of, name_of
from creditdsl.comparing.model import (
    Comparison,
    DeclarationChange,
    Direction,
    Fate,
    Kind,
    PartChange,
    Reason,
    combined,
)
from creditdsl.comparing.pairing import Pair, Pairs, paired
from creditdsl.comparing.parts import Writer, changed_parts, whole, writer
from creditdsl.comparing.results import result_changes
from creditdsl.comparing.setting import setting_of
from creditdsl.comparing.strictness import change_reasons, one_sided_reason
from creditdsl.comparing.uses import affected, uses_of
from creditdsl.comparing.verdicts import Ground
from creditdsl.comparing.wording import labels_of
from creditdsl.diagnostics import InternalError, Text
from creditdsl.syntax import tree

SUPPORTING = (Kind.PARAMETER, Kind.DEFINE, Kind.TABLE, Kind.ENUM)
NOTHING = Text("", "")


class _Comparer:
    """What the comparison of each declaration looks at."""

    def __init__(self, pairs: Pairs) -> None:
        setting = setting_of((*pairs.old, *pairs.new))
        self.write: Writer = writer(setting.own_names)
        one_sided = frozenset(
            item.code.text for item in (*pairs.gone, *pairs.added) if isinstance(item, tree.Indicator | tree.Direct)
        )
        before, after = influences(pairs.old, setting), influences(pairs.new, setting)
        self.ground = Ground(setting, before, after, _ladder(pairs), one_sided)
        self.old_labels, self.new_labels = labels_of(pairs.old), labels_of(pairs.new)
        self.old_uses, self.new_uses = uses_of(pairs.old), uses_of(pairs.new)


def compare(old: Sequence[tree.Module], new: Sequence[tree.Module]) -> Comparison:
    """What a new version of a policy changes."""
    pairs = paired(old, new)
    comparer = _Comparer(pairs)
    different = [pair for pair in pairs.pairs if pair.old != pair.new or name_of(pair.written) != name_of(pair.new)]
    changes = [_changed(pair, comparer) for pair in different]
    changes += [_one_sided(item, comparer, new=True) for item in pairs.added]
    changes += [_one_sided(item, comparer, new=False) for item in pairs.gone]
    directions = list(Direction)
    changes.sort(key=lambda item: directions.index(item.direction))
    policy = next((item for item in pairs.new if isinstance(item, tree.Policy)), None)
    return Comparison(
        policy.name.text if policy else "",
        (comparer.new_labels.text(policy.label) if policy else None) or NOTHING,
        tuple(changes),
        input_changes(pairs.old, pairs.new, comparer.write),
        result_changes(pairs),
        len(pairs.pairs) - len(different),
    )


def _ladder(pairs: Pairs) -> tuple[str, ...] | None:
    """The grades best first, where both versions have the same."""
    found = {
        tuple(band.grade.text for band in item.bands)
        for side in (pairs.old, pairs.new)
        for item in side
        if isinstance(item, tree.Grades)
    }
    return found.pop() if len(found) == 1 else None


def _changed(pair: Pair, comparer: _Comparer) -> DeclarationChange:
    old_name, name = name_of(pair.written), name_of(pair.new)
    parts: tuple[PartChange, ...]
    if pair.old == pair.new:
        parts = (PartChange(messages.NAME, Text(old_name, old_name), Text(name, name)),)
        reasons: tuple[Reason, ...] = (Reason(Direction.NEUTRAL, messages.RENAMED_ONLY),)
    else:
        parts = changed_parts(pair.old, pair.new, comparer.write)
        reasons = change_reasons(pair.old, pair.new, comparer.ground)
    told = _told(pair.written, pair.new, reasons, parts, comparer)
    return told if essence(pair.old) != essence(pair.new) else replace(told, affects=())


def _one_sided(declaration: tree.Declaration, comparer: _Comparer, *, new: bool) -> DeclarationChange:
    text = whole(declaration, comparer.write)
    reasons = (one_sided_reason(declaration, comparer.ground, new=new),)
    if new:
        return _told(None, declaration, reasons, (PartChange(messages.TEXT, None, text),), comparer)
    return _told(declaration, None, reasons, (PartChange(messages.TEXT, text, None),), comparer)


def _told(
    old: tree.Declaration | None,
    new: tree.Declaration | None,
    reasons: tuple[Reason, ...],
    parts: tuple[PartChange, ...],
    comparer: _Comparer,
) -> DeclarationChange:
    """A change as the model has it; of the reasons, those without effect are left out where others have one."""
    shown, labels, uses = new, comparer.new_labels, comparer.new_uses
    if shown is None:
        shown, labels, uses = old, comparer.old_labels, comparer.old_uses
    kind = None if shown is None else kind_of(shown)
    if shown is None or kind is None:
        raise InternalError("a change of nothing, or of `use`")
    telling = [reason for reason in reasons if reason.direction is not Direction.NEUTRAL] or reasons
    return DeclarationChange(
        kind,
        name_of(shown),
        name_of(old or shown),
        _fate(old, new),
        labels.text(label_of(shown)),
        tuple(labels.citation(item) for item in basis_of(shown)),
        old.span if old is not None else None,
        new.span if new is not None else None,
        combined(reason.direction for reason in reasons),
        tuple(dict.fromkeys(reason.text for reason in telling)),
        parts,
        affected(shown, uses) if kind in SUPPORTING else (),
    )


def _fate(old: tree.Declaration | None, new: tree.Declaration | None) -> Fate:
    if old is None:
        return Fate.NEW
    if new is None:
        return Fate.GONE
    return Fate.CHANGED if name_of(old) == name_of(new) else Fate.RENAMED
