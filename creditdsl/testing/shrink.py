"""The smallest subject that still shows what was found.

In: a sample and a test that tells whether a sample still shows it. Out: a sample for which the test still holds, with
few records, absent or ordinary values, and numbers as near to ordinary ones as they can be.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from creditdsl.core.inputs import load, parse_period
from creditdsl.core.ir import InputField, JsonObject, Program, Value
from creditdsl.core.types import Day, Month, Number, Optional, plain
from creditdsl.testing.aiming import Scene
from creditdsl.testing.setting import Row, Setting
from creditdsl.testing.strategies import Sample, World, as_json

MOST_TESTS = 1_000
"""After so many tests the best sample so far is given back."""


def shrink(world: World, sample: Sample, shows: Callable[[Sample], bool]) -> Sample:
    """The smallest sample found from a valid one that `shows`; the sample itself when nothing smaller does."""
    return _Shrinker(world, sample, shows).smallest()


class _Shrinker:
    def __init__(self, world: World, sample: Sample, shows: Callable[[Sample], bool]) -> None:
        self.world = world
        self.program: Program = world.program
        self.shows = shows
        self.tests = 0
        self.best = sample
        self.scene = _scene(world.program, sample.subject)
        self.setting = self._setting()

    def smallest(self) -> Sample:
        self._simplest_run()
        changed = True
        while changed and self.tests < MOST_TESTS:
            changed = False
            for table in self.program.records:
                changed |= self._fewer(table.name)
            changed |= self._simpler_row(None, self.scene.subject)
            for table in self.program.records:
                for row in self.scene.records[table.name]:
                    changed |= self._simpler_row(table.name, row)
        return self.best

    def _setting(self) -> Setting:
        return self.world.setting(parse_period(self.program, self.best.period), self.best.as_of)

    def _accept(self, tried: Sample) -> bool:
        """Make a sample the best one if it still shows what was found."""
        self.tests += 1
        if self.tests > MOST_TESTS or not self.shows(tried):
            return False
        self.best = tried
        return True

    def _simplest_run(self) -> None:
        """The first period of the policy and the first as-of day, if it shows there too."""
        first = self.world.periods[0]
        for tried in (
            replace(self.best, period=first.text, as_of=self.world.as_of(first)),
            replace(self.best, as_of=self.world.as_of(parse_period(self.program, self.best.period))),
        ):
            if tried != self.best and self._accept(tried):
                self.setting = self._setting()
                return

    def _fewer(self, table: str) -> bool:
        """Leave out all records of a table, or a half, or one at a time."""
        rows, before = self.scene.records[table], len(self.scene.records[table])
        size = len(rows)
        while size > 0:
            start = 0
            while start < len(rows):
                kept = rows[:start] + rows[start + size :]
                if self._accept_records(table, kept):
                    rows = kept
                else:
                    start += size
            size //= 2
        return len(rows) < before

    def _accept_records(self, table: str, rows: list[Row]) -> bool:
        scene = Scene(self.scene.subject, {**self.scene.records, table: rows})
        if self._accept(replace(self.best, subject=as_json(self.program, scene))):
            self.scene = scene
            return True
        return False

    def _simpler_row(self, table: str | None, row: Row) -> bool:
        changed = False
        for field in self.setting.tables[table].fields:
            changed |= self._simpler(table, field, row)
        return changed

    def _simpler(self, table: str | None, field: InputField, row: Row) -> bool:
        """The first of the simpler values with which it still shows; for numbers then the nearest to it."""
        for value in self._simpler_values(table, field, row[field.name]):
            if self._accept_value(row, field, value):
                return True
        return self._nearer(table, field, row)

    def _simpler_values(self, table: str | None, field: InputField, current: Value) -> Iterator[Value]:
        """Absent, then the simplest value; nothing beyond the value that stands there."""
        absent: tuple[Value, ...] = (None,) if isinstance(field.type, Optional) else ()
        for value in (*absent, self._simplest(table, field)):
            if value == current and type(value) is type(current):
                return
            yield value

    def _simplest(self, table: str | None, field: InputField) -> Value:
        """The quiet value of the subject's fields, the ordinary one of the records'."""
        quiet = self.world.quiet.get(field.name) if table is None else None
        return self.setting.ordinary(table, field.name) if quiet is None else quiet

    def _nearer(self, table: str | None, field: InputField, row: Row) -> bool:
        """Move a number towards the simplest value for as long as it still shows, unless one step is too many."""
        current, simplest = row[field.name], self._simplest(table, field)
        if not isinstance(plain(field.type), Number | Day | Month) or current == simplest:
            return False
        if not isinstance(current, int) or not isinstance(simplest, int):
            return False
        holds, fails = current, simplest
        if not self._accept_value(row, field, holds + (1 if fails > holds else -1)):
            return False
        while abs(holds - fails) > 1 and self.tests < MOST_TESTS:
            middle = (holds + fails) // 2
            if self._accept_value(row, field, middle):
                holds = middle
            else:
                fails = middle
        return True

    def _accept_value(self, row: Row, field: InputField, value: Value) -> bool:
        former = row[field.name]
        row[field.name] = value
        if self._accept(replace(self.best, subject=as_json(self.program, self.scene))):
            return True
        row[field.name] = former
        return False


def _scene(program: Program, subject: JsonObject) -> Scene:
    """A valid subject as a scene that can be changed."""
    loaded = load(program, subject)
    return Scene(dict(loaded.fields), {name: [dict(row) for row in rows] for name, rows in loaded.records.items()})
