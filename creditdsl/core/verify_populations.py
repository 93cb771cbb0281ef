"""The invariants of figures of a population, stated as checks.

In: a program and its definitions, which are verified. A broken invariant is an InternalError.
"""

from creditdsl.core.ir import (
    Aggregate,
    Definition,
    DefinitionReference,
    Expression,
    Figure,
    Interval,
    Program,
    RecordField,
    SubjectField,
    Total,
)
from creditdsl.core.ranges import type_of, zero_divisions
from creditdsl.core.types import Number, Truth, plain
from creditdsl.core.verify_expression import COUNT_TYPE, Place, require, verify_expression
from creditdsl.core.walk import walk


def verify_populations(place: Place) -> None:
    """InternalError at the first figure that looks at more than a result has, or is no claim over its totals."""
    for population in place.program.populations:
        for figure in population.figures:
            for total in figure.totals:
                _verify_total(total, place)
            _verify_claim(figure, place.program)


def shown_of_a_subject(program: Program) -> frozenset[str]:
    """The definitions that a result shows of each subject, and that figures may look at."""
    result = program.result
    named = [measure.holds for measure in result.measures]
    named += [name for name in (result.grade_after, result.score_after) if name is not None]
    return frozenset(named)


def _verify_total(total: Total, place: Place) -> None:
    verify_expression(total.where, place)
    require(type_of(total.where) == Truth(), "a total over no condition", total)
    shown = shown_of_a_subject(place.program)
    for part in walk(total.where):
        require(not isinstance(part, SubjectField | RecordField | Aggregate), "a total that looks at input", total)
        require(not isinstance(part, DefinitionReference) or part.name in shown, "a total of what is not shown", total)
    if total.value is None:
        require(total.type == COUNT_TYPE, "a count of another type", total)
        return
    grants = [grant.value for measure in place.program.result.measures for grant in measure.grants]
    require(total.value in (place.program.result.score_after, *grants), "a sum of what is not shown", total)
    added = plain(place.definitions[total.value].type)
    require(isinstance(added, Number) and total.type == added, "a sum of another type", total)


def _verify_claim(figure: Figure, program: Program) -> None:
    totals: dict[str, Definition] = {}
    known: dict[Expression, Interval] = {}
    for total in figure.totals:
        require(total.name not in totals, "a total stands twice", figure)
        totals[total.name] = Definition(total.name, total.type, total.where, total.range)
        known[DefinitionReference(total.name, total.type)] = total.range
    place = Place(program, totals)
    require(type_of(figure.claim) == Truth(), "a figure that is no claim", figure)
    for expression in (figure.claim, *figure.sides):
        verify_expression(expression, place)
        require(not zero_divisions(expression, known), "a divisor may be zero", figure)
    require(not figure.relation or len(figure.sides) == 2, "a relation without its sides", figure)
