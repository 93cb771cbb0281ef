"""What becomes stricter when a named value becomes greater (or a condition wider): the whole policy seen from its names.

In: the declarations of one version. Out: `Influences`, the influence of every name on strictness: `RAISES` says that a greater
value is stricter. Score and grades on the one hand, measures on the other are kept apart: a measure that follows the grade
is no reason to say of a deduction that one cannot tell which way it goes.
"""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter

from creditdsl.comparing.ladder import Ladder, admits_from_below, ladder
from creditdsl.comparing.polarity import RECORD, Influence, Named, outside, polarity, record_key, through, together
from creditdsl.comparing.setting import Setting
from creditdsl.syntax import tree

Grading = tree.Direct | tree.Assign | tree.Ceiling | tree.Demote | tree.Exempt
Conditioned = tree.Indicator | Grading | tree.Measure | tree.RepairPoints | tree.RepairDirect


@dataclass(frozen=True, slots=True)
class Use:
    """A name in something: `user` is the name that takes the influence on, None where it is a part of the result."""

    name: str
    user: str | None
    influence: Influence


@dataclass(frozen=True, slots=True)
class Influences:
    """`graded` on score and grade, `measured` on measures; `worst` is the grade at the end of the ladder."""

    graded: Mapping[str, Influence]
    measured: Mapping[str, Influence]
    worst: str | None
    rungs: Ladder | None = None
    assigned: frozenset[str] = frozenset()
    """The grades that are assigned by rule."""
    growing: frozenset[str] = frozenset()
    """The direct grades whose condition only becomes wider with more records, each with the kind: `evasion record case`."""

    def of_name(self, name: str) -> Influence:
        """The influence of a parameter, definition or table on the whole result."""
        return together(self.graded.get(name, Influence.NONE), self.measured.get(name, Influence.NONE))


def influences(declarations: Iterable[tree.Declaration], setting: Setting) -> Influences:
    """The influence of every name of one version."""
    listed = tuple(declarations)
    worst = next((item.bands[-1].grade.text for item in listed if isinstance(item, tree.Grades) and item.bands), None)
    shared = [use for item in listed for use in _shared_uses(item, setting)]
    growing = _growing(listed, shared, setting)
    rungs = next((ladder(item) for item in listed if isinstance(item, tree.Grades)), None)
    assigned = frozenset(item.grade.text for item in listed if isinstance(item, tree.Assign))
    partial = Influences({}, {}, worst, rungs, assigned, growing)
    graded = [use for item in listed for use in _graded_uses(item, partial, setting)]
    measured = [use for item in listed if isinstance(item, tree.Measure) for use in _measured_uses(item, setting)]
    indicators = {item.code.text for item in listed if isinstance(item, tree.Indicator)}
    return replace(
        partial,
        graded=_solved(_signed([*shared, *graded], indicators)),
        measured=_solved(_signed([*shared, *measured], indicators)),
    )


def _signed(uses: Iterable[Use], indicators: AbstractSet[str]) -> list[Use]:
    """The points of an indicator have a sign, so that nothing is said of what they do elsewhere than in the score."""
    return [
        Use(use.name, use.user, Influence.UNKNOWN) if use.name in indicators and use.user != "score" else use
        for use in uses
    ]


def _solved(uses: list[Use]) -> Mapping[str, Influence]:
    """The influence of each name by way of all that uses it, users before what they use."""
    by_name: dict[str, list[Use]] = {}
    for use in uses:
        by_name.setdefault(use.name, []).append(use)
    graph = {name: {use.user for use in found if use.user is not None} for name, found in by_name.items()}
    solved: dict[str, Influence] = {}
    try:
        ordered = tuple(TopologicalSorter(graph).static_order())
    except CycleError:
        # A field that is called like a rule which depends on it: nothing can be said.
        return dict.fromkeys(by_name, Influence.UNKNOWN)
    for name in ordered:
        total = Influence.NONE
        for use in by_name.get(name, ()):
            outer = Influence.RAISES if use.user is None else solved.get(use.user, Influence.NONE)
            total = together(total, through(outer, use.influence))
        solved[name] = total
    return solved


def _used(names: Iterable[Named], user: str | None) -> Iterator[Use]:
    return (Use(name, user, influence) for name, influence in names if name != user)


def _shared_uses(declaration: tree.Declaration, setting: Setting) -> Iterator[Use]:
    """What definitions and tables are made of."""
    match declaration:
        case tree.Define(name=name, value=value):
            yield from _used(polarity(value, setting), name.text)
        case tree.Parameter(name=name, values=values):
            for dated in values:
                yield from _used(polarity(dated.value, setting), name.text)
        case tree.Table(name=name, rows=rows):
            for row in rows:
                yield from _used(polarity(row.value, setting), name.text)
                for cell in row.cells:
                    for part in _cell_parts(cell):
                        yield from _used(polarity(part, setting, Influence.UNKNOWN), name.text)
        case _:  # Rules are parts of the result; the others have no value.
            pass


def _cell_parts(cell: tree.Cell) -> tuple[tree.Expression, ...]:
    match cell:
        case tree.AnyCell():
            return ()
        case tree.BoundsCell(bounds=bounds):
            return tuple(bound.number for bound in bounds)
        case tree.ItemsCell(items=items):
            return items
        case tree.RangeCell(low=low, high=high):
            return low, high


def _graded_uses(declaration: tree.Declaration, known: Influences, setting: Setting) -> Iterator[Use]:
    """What score and grade are made of, as uses of the score and of the result."""
    match declaration:
        case tree.Score():
            yield Use("score", None, Influence.LOWERS)
            for part in (declaration.base, declaration.low, declaration.high):
                yield from _used(polarity(part, setting), "score")
        case tree.Grades():
            yield Use("score", None, Influence.UNKNOWN if ladder(declaration) is None else Influence.LOWERS)
            for band in declaration.bands:
                if isinstance(band.limits, tree.WhenBand):
                    yield from _used(polarity(band.limits.condition, setting, Influence.UNKNOWN), None)
        case tree.Indicator():
            sign = points_influence(declaration)
            yield Use(declaration.code.text, "score", sign)
            yield from _used(_rule_names(declaration, setting), declaration.code.text)
            each = declaration.for_each
            for part in (declaration.points.value, declaration.capped):
                names = polarity(part, setting)
                own = names if each is None else outside(each.record.text, names, setting)
                yield from _used(own, declaration.code.text)
        case tree.RepairPoints():
            name = repair_key(declaration)
            yield Use(name, "score", Influence.RAISES)
            yield from _used(_rule_names(declaration, setting), name)
            yield from _used(polarity(declaration.restore, setting), name)
        case tree.RepairDirect():
            name = repair_key(declaration)
            yield Use(name, None, _repair_direct_influence(declaration, known))
            yield from _used(_rule_names(declaration, setting), name)
        case tree.Direct() | tree.Assign() | tree.Ceiling() | tree.Demote() | tree.Exempt():
            name = declaration.code.text
            yield Use(name, None, _grading_influence(declaration, known))
            names = _rule_names(declaration, setting)
            if isinstance(declaration, tree.Assign) and _lifts(declaration, known, setting):
                yield Use("score", None, Influence.LOWERS)
                names = (item for item in names if item[0] != "score")
            yield from _used(names, name)
        case _:  # Nothing else makes the score or the grade.
            pass


MEASURED = {tree.MeasureWord.REWARD: Influence.LOWERS, tree.MeasureWord.PENALTY: Influence.RAISES}
"""A list may be red or black, a loan is no gift, and who is inspected may pass."""


def _measured_uses(measure: tree.Measure, setting: Setting) -> Iterator[Use]:
    name = measure.code.text
    yield Use(name, None, MEASURED.get(measure.word, Influence.UNKNOWN))
    yield from _used(_rule_names(measure, setting), name)
    for grant in measure.grants:
        yield from _used(polarity(grant.value, setting, Influence.UNKNOWN), name)


def _rule_names(rule: Conditioned, setting: Setting) -> Iterator[Named]:
    """The names of a rule's condition that are no fields of the record at hand."""
    names = _condition_names(rule, setting)
    each = rule.for_each if isinstance(rule, tree.Indicator | tree.RepairPoints | tree.RepairDirect) else None
    return names if each is None else outside(each.record.text, names, setting)


def _condition_names(rule: Conditioned, setting: Setting) -> Iterator[Named]:
    """All names of a rule's condition; one that displaces other rules does more than its own condition says."""
    wide = Influence.UNKNOWN if rule.clauses.overrides else Influence.RAISES
    if isinstance(rule, tree.Indicator):
        yield from polarity(rule.where, setting, wide)
    elif isinstance(rule, tree.RepairDirect):
        # With `once per year` one record more may be one too many.
        yield from polarity(rule.where, setting, Influence.UNKNOWN if rule.once_per_year else wide)
    yield from polarity(rule.clauses.when, setting, wide)
    yield from polarity(rule.clauses.unless, setting, through(wide, Influence.LOWERS))


def points_influence(indicator: tree.Indicator) -> Influence:
    """What more points of an indicator do to the score."""
    return Influence.LOWERS if indicator.points.sign is tree.Sign.DEDUCT else Influence.RAISES


def repair_key(repair: tree.RepairPoints | tree.RepairDirect) -> str:
    """The name of a repair among the influences; no identifier has a space."""
    if isinstance(repair, tree.RepairPoints):
        return f"repair {repair.indicator.text}"
    return f"repair_direct {repair.direct.text}"


def _lifts(assign: tree.Assign, known: Influences, setting: Setting) -> bool:
    if assign.clauses.overrides or known.rungs is None:
        return False
    return admits_from_below(assign, known.assigned, known.rungs, setting)


def _grading_influence(rule: Grading, known: Influences) -> Influence:
    """A ceiling or a demotion never helps; a grade that is given helps nobody only when it is the worst."""
    match rule:
        case tree.Direct(grade=grade) | tree.Assign(grade=grade):
            return Influence.RAISES if grade.text == known.worst else Influence.UNKNOWN
        case tree.Ceiling() | tree.Demote():
            return Influence.RAISES
        case tree.Exempt():
            return Influence.UNKNOWN


def _repair_direct_influence(repair: tree.RepairDirect, known: Influences) -> Influence:
    """Lifting the worst grade helps, provided that fewer records make the direct grade rarer."""
    each = repair.for_each
    if each is not None and f"{repair.direct.text} {record_key(each.record.text)}" not in known.growing:
        return Influence.UNKNOWN
    return Influence.LOWERS if f"{repair.direct.text} worst" in known.growing else Influence.UNKNOWN


def _growing(declarations: tuple[tree.Declaration, ...], shared: list[Use], setting: Setting) -> frozenset[str]:
    """For each direct grade: that it is the worst, and the kinds of records of which more only make it wider."""
    worst = next(
        (item.bands[-1].grade.text for item in declarations if isinstance(item, tree.Grades) and item.bands), ""
    )
    within = _records_within(shared)
    found: set[str] = set()
    for item in declarations:
        if isinstance(item, tree.Direct):
            if item.grade.text == worst:
                found.add(f"{item.code.text} worst")
            for record, influence in _through_names(_rule_names(item, setting), within).items():
                if influence in (Influence.RAISES, Influence.NONE):
                    found.add(f"{item.code.text} {record}")
    return frozenset(found)


def _records_within(shared: list[Use]) -> Mapping[str, Mapping[str, Influence]]:
    """For each definition and table, the influence of every kind of record that it looks at, itself or through others."""
    inside: dict[str, list[Named]] = {}
    for use in shared:
        if use.user is not None:
            inside.setdefault(use.user, []).append((use.name, use.influence))
    within: dict[str, Mapping[str, Influence]] = {}
    try:
        ordered = tuple(
            TopologicalSorter({user: {name for name, _ in names} for user, names in inside.items()}).static_order()
        )
    except CycleError:
        # A field that is called like a definition which depends on it: of no kind of record anything is known.
        return {}
    for name in ordered:
        within[name] = _through_names(inside.get(name, ()), within)
    return within


def _through_names(names: Iterable[Named], within: Mapping[str, Mapping[str, Influence]]) -> dict[str, Influence]:
    """The influence of every kind of record by way of some names."""
    found: dict[str, Influence] = {}
    for name, influence in names:
        reached = {name: Influence.RAISES} if name.startswith(RECORD) else within.get(name, {})
        for record, inner in reached.items():
            found[record] = together(found.get(record, Influence.NONE), through(influence, inner))
    return found
