"""When which amendments are in the text: slices of the time of a policy between two changes.

An evaluation has two days that decide on the text: the last day of its period and the as-of date. An amendment is in the text of an
evaluation when

- by default, the last day of the period lies in its `effective`;
- with `judged by as of`, the as-of date does;
- with `applies from P to Q`, the as-of date does and the period is one of P to Q.

So an amendment takes a rectangle of the plane of both days, and a slice is a rectangle in which the same amendments are in the text.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from creditdsl.amending import messages
from creditdsl.amending.moments import (
    ALWAYS,
    DAY,
    Area,
    Days,
    Moment,
    Slice,
    days_of,
    period_days,
    period_kinds,
    periods_around,
)
from creditdsl.amending.ordering import jurisdiction_of
from creditdsl.core.ir import PeriodKind
from creditdsl.core.periods import MONTHS, period_around
from creditdsl.diagnostics import Diagnostic
from creditdsl.syntax import tree


def area_of(amendment: tree.Amend, policy: tree.Policy) -> Area | Diagnostic:
    """The evaluations that an amendment is for."""
    days, kinds = days_of(amendment.effective), period_kinds(policy)
    judged = amendment.effective.judged_by if amendment.effective else None
    if isinstance(judged, tree.Reference):
        return messages.judged_by_a_field(judged.span)
    if amendment.applies is not None:
        return _area_of_periods(amendment.applies, days, kinds)
    match judged:
        case tree.Context(word=tree.ContextWord.AS_OF):
            return Area(ALWAYS, days)
        case tree.Context(word=tree.ContextWord.PERIOD_START):
            ends = {_ends_of_starts(days, kind) for kind in kinds}
            if len(ends) > 1:
                return messages.start_inside_a_period(amendment, max(kinds, key=MONTHS.__getitem__))
            return Area(ends.pop(), ALWAYS)
        case _:
            return Area(days, ALWAYS)


def _area_of_periods(applies: tree.Applies, days: Days, kinds: Sequence[PeriodKind]) -> Area | Diagnostic:
    """`applies from 2019 to 2020`: the periods that end in these, of whatever length, evaluated on those days."""
    first = period_days(applies.first, kinds)
    if first is None:
        return messages.period_not_fitting(applies.first, kinds)
    if applies.last is None:
        return Area(Days(first.first, date.max), days)
    last = period_days(applies.last, kinds)
    if last is None:
        return messages.period_not_fitting(applies.last, kinds)
    return Area(Days(first.first, last.last), days)


def _ends_of_starts(days: Days, kind: PeriodKind) -> Days:
    """The days on which the periods of a length end that begin on one of `days`."""
    first, last = days.first, days.last
    if first != date.min and period_around(first, kind).start < first:
        first = period_around(first, kind).end + DAY
    if last != date.max:
        last = period_around(last, kind).end
    return Days(first, last)


def applies_in(amendment: tree.Amend, jurisdiction: str | None) -> bool:
    """Whether an amendment is made for a division: for the nation, for the division, or for one around it."""
    code = jurisdiction_of(amendment)
    return not code or (jurisdiction is not None and jurisdiction.startswith(code))


MOST_FIELDS = 2_500
"""How many fields a policy may have: fifty days that changes for periods begin or end on, and fifty of the other kind."""


Active = tuple[int, ...]
"""Which amendments of a chronology are in a text, by their places: whole amendments would be compared and hashed tree by tree."""


class Chronology:
    """The plane of both days, cut where the text may change.

    In: a policy and its amendments in order, with the areas of those that have one. `slices` are all texts that an evaluation can
    ask for, by the first day of their periods; `at` is the slice of a moment, also one between two periods.
    """

    def __init__(
        self, policy: tree.Policy, amendments: Sequence[tuple[tree.Amend, Area]], jurisdiction: str | None
    ) -> None:
        self.policy = policy
        self.jurisdiction = jurisdiction
        self.amendments = [item for item in amendments if applies_in(item[0], jurisdiction)]
        self.ends = days_of(policy.effective)
        self.made = days_of(policy.evaluated)
        self.columns = _cells(self.ends, [area.ends for _, area in self.amendments])
        self.rows = _cells(self.made, [area.made for _, area in self.amendments])

    @property
    def fields(self) -> int:
        """Into how many rectangles the days of the amendments part the plane; a slice is one or several of them."""
        return len(self.columns) * len(self.rows)

    def slices(self) -> tuple[Slice, ...]:
        """The texts between two changes that an evaluation can have; together they take every evaluation of the policy once."""
        runs = [(column, self._runs(column)) for column in self.columns if self._has_period(column)]
        found: list[Slice] = []
        open_: dict[tuple[Days, Active], Days] = {}
        for column, made in runs:
            current = set(made)
            for run in [item for item in open_ if item not in current]:
                found.append(self._slice(open_.pop(run), *run))
            for run in made:
                since = open_.get(run)
                open_[run] = Days(column.first if since is None else since.first, column.last)
        found.extend(self._slice(ends, *run) for run, ends in open_.items())
        return tuple(sorted(found, key=lambda item: (item.ends.first, item.made.first)))

    def at(self, moment: Moment) -> Slice | None:
        """The slice of a moment, None when the policy is not in force then; its edges are those of the text on both axes."""
        column = next((item for item in self.columns if moment.period_end in item), None)
        row = next((item for item in self.rows if moment.as_of in item), None)
        if column is None or row is None:
            return None
        active = self._active(column, row)
        ends = _grown(self.columns, column, lambda item: self._active(item, row) == active)
        made = _grown(self.rows, row, lambda item: self._active(column, item) == active)
        # Both ways at once could reach a corner where the text is another one.
        same = all(
            self._active(one, other) == active
            for one in self.columns
            if one.within(ends)
            for other in self.rows
            if other.within(made)
        )
        return self._slice(ends, made if same else row, active)

    def _slice(self, ends: Days, made: Days, active: Active) -> Slice:
        return Slice(ends, made, self.jurisdiction, tuple(self.amendments[place][0] for place in active))

    def _active(self, column: Days, row: Days) -> Active:
        return tuple(
            place
            for place, (_, area) in enumerate(self.amendments)
            if column.first in area.ends and row.first in area.made
        )

    def _runs(self, column: Days) -> list[tuple[Days, Active]]:
        """The texts of the periods of a column, by the days on which an evaluation of them can be made."""
        earliest = min(period.first for period in self._first_periods(column))
        runs: list[tuple[Days, Active]] = []
        for row in self.rows:
            if row.last < earliest:
                continue
            active = self._active(column, row)
            if runs and runs[-1][1] == active:
                runs[-1] = (Days(runs[-1][0].first, row.last), active)
            else:
                runs.append((Days(self.made.first if not runs else row.first, row.last), active))
        return runs

    def _first_periods(self, column: Days) -> list[Days]:
        """The earliest period of each length that ends in a column."""
        around = periods_around(max(column.first, date(1, 1, 2)), period_kinds(self.policy))
        return [period for period in around if period.last in column]

    def _has_period(self, column: Days) -> bool:
        return bool(self._first_periods(column))


def _cells(whole: Days, cuts: Iterable[Days]) -> list[Days]:
    """The days of `whole` in pieces, none of which crosses the beginning or the end of one of `cuts`."""
    firsts = {whole.first}
    for cut in cuts:
        if whole.first < cut.first <= whole.last:
            firsts.add(cut.first)
        if cut.last != date.max and whole.first <= cut.last < whole.last:
            firsts.add(cut.last + DAY)
    ordered = sorted(firsts)
    lasts = [first - DAY for first in ordered[1:]] + [whole.last]
    return [Days(first, last) for first, last in zip(ordered, lasts, strict=True)]


def _grown(cells: Sequence[Days], cell: Days, same: Callable[[Days], bool]) -> Days:
    """The cell with its neighbours on both sides as far as they are the same."""
    place = cells.index(cell)
    low = high = place
    while low > 0 and same(cells[low - 1]):
        low -= 1
    while high + 1 < len(cells) and same(cells[high + 1]):
        high += 1
    return Days(cells[low].first, cells[high].last)
