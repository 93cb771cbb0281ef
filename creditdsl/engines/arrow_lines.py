"""The lines of the result as Arrow tables: what a columnar module computed for a block of subjects.

In: the keys of a block and its scored columns. Out: a table of results, of findings and of measures, with the columns of
`engines.lines` in their Parquet types. Codes, labels and bases are dictionary columns: each text stands there once.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

from creditdsl.core.ir import Measure, Program, Value
from creditdsl.core.notation import json_value
from creditdsl.core.types import Choice, Number, Text, Truth, Type, plain
from creditdsl.diagnostics import InternalError, Language
from creditdsl.engines.lines import ResultLines
from creditdsl.tabular.plan import Tabular
from creditdsl.tabular.result_tables import output_tables, points_size

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    Column = NDArray[np.generic]
    Integers = NDArray[np.signedinteger]
    Truths = NDArray[np.bool_]
    Given = Column | tuple[Column, Truths]


class ScoredFinding(Protocol):
    """An indicator that fired: its position in the plan, the subjects' positions, and a value for each of them."""

    @property
    def position(self) -> int: ...
    @property
    def rows(self) -> "Integers": ...
    @property
    def count(self) -> "Integers": ...
    @property
    def points(self) -> "Integers": ...
    @property
    def points_after(self) -> "Integers": ...


class ScoredMeasure(Protocol):
    """A measure that applies: its position in the plan, the subjects' positions, and a column for each of its grants, None for
    one without a value."""

    @property
    def position(self) -> int: ...
    @property
    def rows(self) -> "Integers": ...
    @property
    def grants(self) -> "tuple[Given | None, ...]": ...


class Scored(Protocol):
    """What a columnar module gives for a block: the heading by definition, and what fired and applies."""

    @property
    def columns(self) -> "dict[str, Given]": ...
    def findings(self) -> Iterable[ScoredFinding]: ...
    def measures(self) -> Iterable[ScoredMeasure]: ...


class GradedBlock(NamedTuple):
    """The tables of a block by name, and how many subjects have each grade, before and after repair."""

    tables: "dict[str, pa.Table]"
    grades: Counter[str | None]
    grades_after_repair: Counter[str | None]


class ArrowLines:
    """Writes the lines of whole blocks."""

    def __init__(self, tabular: Tabular, language: Language) -> None:
        self.tabular = tabular
        self.program: Program = tabular.program
        self.plan = tabular.program.result
        self.lines = ResultLines(self.program, language)
        self.types = {item.name: item.type for item in self.program.definitions}
        self.digits, self.places = points_size(self.program)
        self.grades = () if self.plan.grades is None else self.program.enum(self.plan.grades).names
        tables = output_tables(self.program).by_name
        self.names = {name: [column for column, _ in columns] for name, columns in tables.items()}

    def graded(self, keys: "pa.Array", scored: Scored, texts: "pa.Array") -> GradedBlock:
        """The lines of a block; `texts` are the texts of its text columns by code."""
        results = self._results(keys, scored)
        tables = {
            "results": results,
            "findings": self._findings(keys, scored),
            "measures": self._measures(keys, scored, texts),
        }
        before = _counted(scored.columns, self.plan.grade, self.grades, len(keys))
        after = _counted(scored.columns, self.plan.grade_after, self.grades, len(keys))
        return GradedBlock(tables, before, after)

    def _results(self, keys: "pa.Array", scored: Scored) -> "pa.Table":
        import pyarrow as pa

        plan, columns, size = self.plan, scored.columns, len(keys)
        steps, rules = [step for step, _ in self.tabular.outcomes], [rule for _, rule in self.tabular.outcomes]
        decided = [
            self._outcome(columns, name, texts, size)
            for name in (self.tabular.decided, self.tabular.decided_after)
            for texts in (steps, rules)
        ]
        return pa.table(
            [
                keys,
                pa.array(_plain(columns[plan.graded])),
                self._points(columns, plan.score, size),
                self._points(columns, plan.score_after, size),
                self._grade(columns, plan.grade, size),
                self._grade(columns, plan.grade_after, size),
                *decided,
            ],
            names=self.names["results"],
        )

    def _points(self, columns: "dict[str, Given]", name: str | None, size: int) -> "pa.Array":
        import pyarrow as pa

        if name is None:
            return pa.nulls(size, pa.decimal128(self.digits, self.places))
        return self._decimals(cast("Integers", _plain(columns[name])), self.types[name])

    def _decimals(self, values: "Integers", type_: Type) -> "pa.Array":
        """Whole numbers at the scale of their type as exact decimals."""
        return self._at_places(self._scaled(values, type_))

    def _scaled(self, values: "Integers", type_: Type) -> "Integers":
        """Whole numbers at the scale of their type as such at that of the result."""
        import numpy as np

        number = plain(type_)
        if not isinstance(number, Number):
            raise InternalError(f"points of the type {type_}")
        return values.astype(np.int64) * np.int64(10 ** (self.places - number.scale))

    def _at_places(self, values: "Integers") -> "pa.Array":
        """Whole numbers at the scale of the result as exact decimals."""
        import numpy as np
        import pyarrow as pa

        # A decimal of 128 bits is its low and its high half; the high one repeats the sign.
        halves = np.empty((len(values), 2), np.int64)
        halves[:, 0], halves[:, 1] = values, values >> 63
        type_of_column = pa.decimal128(self.digits, self.places)
        return pa.Array.from_buffers(type_of_column, len(values), [None, pa.py_buffer(halves)])

    def _grade(self, columns: "dict[str, Given]", name: str | None, size: int) -> "pa.Array":
        values = self.grades or ("",)
        if name is None:
            return _chosen(_zeros(size), values, _zeros(size) == 1)
        given = columns[name]
        return _chosen(given[0], values, given[1]) if isinstance(given, tuple) else _chosen(given, values, None)

    def _outcome(
        self, columns: "dict[str, Given]", name: str | None, texts: list[str] | list[str | None], size: int
    ) -> "pa.Array":
        import numpy as np

        numbers = _zeros(size) if name is None else cast("Integers", _plain(columns[name]))
        known = [text or "" for text in texts] or [""]
        present = np.array([False, *(text is not None for text in texts)])
        return _chosen(np.maximum(numbers, 1) - 1, tuple(known), present[numbers])

    def _findings(self, keys: "pa.Array", scored: Scored) -> "pa.Table":
        import pyarrow as pa

        findings = list(scored.findings())
        codes = tuple(item.rule.code for item in self.plan.findings)
        positions = _positions(findings)
        rows = _joined(item.rows for item in findings)
        return pa.table(
            [
                keys.take(pa.array(rows)),
                _chosen(positions, codes, None),
                _chosen(positions, tuple(self.lines.labels[code] for code in codes), None),
                pa.array(_joined(item.count for item in findings)),
                self._joined_points([(item.points, self.plan.findings[item.position].points) for item in findings]),
                self._joined_points(
                    [(item.points_after, self.plan.findings[item.position].points_after) for item in findings]
                ),
                _chosen(positions, tuple(self.lines.bases[code] for code in codes), None),
            ],
            names=self.names["findings"],
        )

    def _joined_points(self, parts: "list[tuple[Integers, str]]") -> "pa.Array":
        return self._at_places(_joined(self._scaled(values, self.types[name]) for values, name in parts))

    def _measures(self, keys: "pa.Array", scored: Scored, texts: "pa.Array") -> "pa.Table":
        import pyarrow as pa

        measures = list(scored.measures())
        plans = self.plan.measures
        words = [self.lines.measures[item.rule.code] for item in plans]
        positions = _positions(measures)
        grants = [self._grants(plans[item.position], item, texts) for item in measures]
        kinds, labels, authorities, bases = (tuple(word[place] for word in words) for place in range(4))
        return pa.table(
            [
                keys.take(pa.array(_joined(item.rows for item in measures))),
                _chosen(positions, tuple(item.rule.code for item in plans), None),
                _chosen(positions, kinds, None),
                _chosen(positions, labels, None),
                _chosen(positions, authorities, None),
                pa.array(_truths(positions, [item.may for item in plans])),
                _united(grants),
                _chosen(positions, bases, None),
            ],
            names=self.names["measures"],
        )

    def _grants(self, measure: Measure, scored: ScoredMeasure, texts: "pa.Array") -> "tuple[Integers, list[str]]":
        """What a measure grants to each of its subjects: a code for each, and the JSON of each code."""
        import numpy as np

        codes = np.zeros(len(scored.rows), np.int64)
        values: list[list[Value]] = [[]]
        for grant, given in zip(measure.grants, scored.grants, strict=True):
            name = grant.value
            if given is None or name is None:
                continue
            column, present = given if isinstance(given, tuple) else (given, np.ones(len(codes), np.bool_))
            found, inverse = np.unique(np.where(present, column.astype(np.int64), 0), return_inverse=True)
            pairs = (codes * len(found) + inverse) * 2 + present
            kept, codes = np.unique(pairs, return_inverse=True)
            values = [
                [
                    *values[pair // 2 // len(found)],
                    self._value(int(found[pair // 2 % len(found)]), pair % 2, name, texts),
                ]
                for pair in kept.tolist()
            ]
        return codes, [_grants_json(measure, tuple(combination)) for combination in values]

    def _value(self, number: int, present: int, name: str, texts: "pa.Array") -> Value:
        """A value of a definition as JSON has it."""
        type_ = self.types[name]
        if not present:
            return None
        match plain(type_):
            case Truth():
                return bool(number)
            case Choice(enum):
                return self.program.enum(enum).names[number]
            case Text():
                return str(texts[number])
            case _:
                return json_value(number, type_)


def _grants_json(measure: Measure, values: tuple[Value, ...]) -> str:
    waiting = iter(values)
    grants = {grant.name: True if grant.value is None else next(waiting) for grant in measure.grants}
    return json.dumps(grants, ensure_ascii=False)


def _plain(given: "Given") -> "Column":
    if isinstance(given, tuple):
        raise InternalError("a column that may be absent where none may be")
    return given


def _zeros(size: int) -> "Integers":
    import numpy as np

    return np.zeros(size, np.int8)


def _joined(parts: "Iterable[Integers]") -> "Integers":
    import numpy as np

    return np.concatenate([np.empty(0, np.int64), *parts], dtype=np.int64)


def _positions(parts: "Sequence[ScoredFinding] | Sequence[ScoredMeasure]") -> "Integers":
    """The position in the plan of each row of the parts."""
    import numpy as np

    positions = np.array([part.position for part in parts], np.int32)
    return np.repeat(positions, np.array([len(part.rows) for part in parts], np.int64))


def _truths(positions: "Integers", truths: list[bool]) -> "Truths":
    import numpy as np

    return np.array([*truths, False])[positions]


def _chosen(codes: "Column", texts: tuple[str, ...], present: "Truths | None") -> "pa.Array":
    """The text of each code, absent where it is not present or empty."""
    import numpy as np
    import pyarrow as pa

    absent = None if present is None else ~present
    if "" in texts and len(codes):
        empty = np.array([not text for text in texts])[codes]
        absent = empty if absent is None else absent | empty
    indices = pa.array(codes.astype(np.int32, copy=False), mask=absent)
    return pa.DictionaryArray.from_arrays(indices, pa.array(texts, pa.string()))


def _united(parts: "list[tuple[Integers, list[str]]]") -> "pa.Array":
    """Columns of coded texts, one behind the other, over one dictionary."""
    import numpy as np

    texts: dict[str, int] = {}
    codes = [np.array([texts.setdefault(text, len(texts)) for text in known], np.int64)[part] for part, known in parts]
    return _chosen(_joined(codes), tuple(texts) or ("",), None)


def _counted(columns: "dict[str, Given]", name: str | None, grades: tuple[str, ...], size: int) -> Counter[str | None]:
    """How many subjects have each grade, None for those without one."""
    import numpy as np

    if name is None:
        return Counter({None: size})
    given = columns[name]
    codes, present = given if isinstance(given, tuple) else (given, np.ones(size, np.bool_))
    counts = np.bincount(codes[present].astype(np.int64), minlength=len(grades))
    found: Counter[str | None] = Counter({grade: int(count) for grade, count in zip(grades, counts, strict=True)})
    found[None] = size - int(present.sum())
    return found
