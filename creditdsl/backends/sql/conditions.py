"""What several aggregates over one table ask of a record is asked once.

In: aggregates. Out: the tests that all of them ask, which select the rows, and conditions that several of them ask, which
become columns of the rows.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from creditdsl.core.ir import Aggregate, And, Constant, Expression
from creditdsl.core.types import Truth
from creditdsl.core.walk import walk

ALWAYS = Constant(True, Truth())

LARGE = 4
"""From so many nodes on, a condition is worth a column: more than a field compared with a constant."""


def in_common(aggregates: Mapping[str, Aggregate]) -> tuple[Expression, dict[str, Aggregate]]:
    """What all aggregates ask of a record, and the aggregates that ask the rest."""
    asked = [_tests(aggregate.where) for aggregate in aggregates.values()]
    if len(asked) < 2:
        return ALWAYS, dict(aggregates)
    common = [test for test in asked[0] if all(test in others for others in asked[1:])]
    rest = {
        name: replace(aggregate, where=_all([test for test in own if test not in common]))
        for (name, aggregate), own in zip(aggregates.items(), asked, strict=True)
    }
    return _all(common), rest


def asked_together(conditions: Iterable[Expression]) -> list[Expression]:
    """The conditions, made of tests, that several but not all of `conditions` have in common, the same ones for all tests."""
    asked = [_tests(condition) for condition in conditions]
    askers: dict[Expression, list[int]] = {}
    for number, tests in enumerate(asked):
        for test in dict.fromkeys(tests):
            askers.setdefault(test, []).append(number)
    groups: dict[tuple[int, ...], list[Expression]] = {}
    for test, numbers in askers.items():
        groups.setdefault(tuple(numbers), []).append(test)
    several = [_all(tests) for numbers, tests in groups.items() if 1 < len(numbers) < len(asked)]
    return [condition for condition in several if sum(1 for _ in walk(condition)) >= LARGE]


def with_columns(condition: Expression, columns: Mapping[Expression, Expression]) -> Expression:
    """The condition with the column of every condition that it has all tests of, at the place of the first test."""
    left = _tests(condition)
    for asked, column in columns.items():
        tests = _tests(asked)
        if all(test in left for test in tests):
            left = tuple(column if test == tests[0] else test for test in left if test not in tests[1:])
    return _all(left)


def _tests(condition: Expression) -> tuple[Expression, ...]:
    return condition.operands if isinstance(condition, And) else (condition,)


def _all(tests: Sequence[Expression]) -> Expression:
    if not tests:
        return ALWAYS
    return tests[0] if len(tests) == 1 else And(tuple(tests))
