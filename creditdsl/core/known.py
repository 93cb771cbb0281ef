"""What is known of the values of expressions, and the same under a condition.

`Known` has intervals for leaves (fields, references, context days) and may have one for any other expression, which then holds as
well as what is computed.
"""

from collections.abc import Iterator, Mapping

from creditdsl.core.ir import Expression, Interval

Known = Mapping[Expression, Interval]
Facts = dict[Expression, Interval]


class Narrowed(Known):
    """What is known and, before it, a few facts.

    Every condition adds facts; what they are added to has an interval for each input and definition, and is not copied.
    What follows from it is kept with it: the intervals of expressions (`computed`), which of them leave their bounds nowhere (`bounded`),
    and what a condition adds where it holds or does not (`narrowings`). A condition is asked for its interval, then for its facts, and
    by all that stands under it again.
    """

    __slots__ = ("_facts", "_known", "bounded", "computed", "narrowings")

    def __init__(self, known: Known, facts: Facts) -> None:
        inner = known if isinstance(known, Narrowed) else None
        self._known: Known = known if inner is None else inner._known
        self._facts: Facts = facts if inner is None else {**inner._facts, **facts}
        self.bounded: set[Expression] = set()
        self.computed: dict[Expression, Interval | None] = {}
        self.narrowings: dict[tuple[Expression, bool], tuple[Facts, Narrowed]] = {}

    def get(self, key: Expression, default: Interval | None = None) -> Interval | None:  # type: ignore[override]
        """As of any mapping, but for defaults of other types."""
        fact = self._facts.get(key) if self._facts else None
        return self._known.get(key, default) if fact is None else fact

    def __getitem__(self, key: Expression) -> Interval:
        fact = self._facts.get(key)
        return self._known[key] if fact is None else fact

    def __iter__(self) -> Iterator[Expression]:
        yield from self._facts
        yield from (key for key in self._known if key not in self._facts)

    def __len__(self) -> int:
        return sum(1 for _ in self)
