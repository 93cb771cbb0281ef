"""Which worked cases and populations belong to a slice of time, each case with everything that it takes over from others.

In: the modules and a slice. Out: the cases and the populations whose period and as-of date fall into it. A case that is like one of
the same slice keeps its `like`; otherwise the other one's facts are written into it.
"""

import dataclasses
from collections.abc import Iterable, Mapping

from creditdsl.amending.moments import Moment, Slice, period_days, period_kinds
from creditdsl.syntax import tree


def cases_in(modules: Iterable[tree.Module], policy: tree.Policy | None, slice_: Slice) -> tuple[tree.Case, ...]:
    """The cases of a slice; those whose dates are wrong or missing are in every one, where they are reported."""
    declared = [item for module in modules for item in module.declarations if isinstance(item, tree.Case)]
    named = {item.name.value: item for item in reversed(declared)}
    inside = [item for item in declared if _belongs(item, named, policy, slice_)]
    names = {item.name.value for item in inside}
    return tuple(_standing_alone(item, named, names) for item in inside)


def populations_in(
    modules: Iterable[tree.Module], policy: tree.Policy | None, slice_: Slice
) -> tuple[tree.Population, ...]:
    """The populations of a slice; those whose dates are wrong are in every one, where they are reported."""
    declared = [item for module in modules for item in module.declarations if isinstance(item, tree.Population)]
    moments = [None if policy is None else moment_of_population(item, policy) for item in declared]
    return tuple(
        item
        for item, moment in zip(declared, moments, strict=True)
        if moment is None or (slice_.takes(moment) and moment.jurisdiction == slice_.jurisdiction)
    )


def moment_of_population(population: tree.Population, policy: tree.Policy) -> Moment | None:
    """When a population is evaluated; None when that is wrong or missing."""
    return _moment(population.period, population.as_of, population.jurisdiction, policy)


def moment_of(case: tree.Case, named: Mapping[str, tree.Case], policy: tree.Policy) -> Moment | None:
    """When a case is evaluated; None when that is wrong or missing."""
    chain = chain_of(case, named)
    if chain is None:
        return None
    period = next((item.period for item in chain if item.period is not None), None)
    as_of = next((item.as_of for item in chain if item.as_of is not None), None)
    place = next((item.jurisdiction for item in chain if item.jurisdiction is not None), None)
    return _moment(period, as_of, place, policy)


def _moment(
    period: tree.PeriodLiteral | None,
    as_of: tree.DateLiteral | None,
    place: tree.TextLiteral | None,
    policy: tree.Policy,
) -> Moment | None:
    days = None if period is None else period_days(period, period_kinds(policy))
    if days is None or as_of is None:
        return None
    return Moment(days.last, as_of.value, None if place is None else place.value)


def chain_of(case: tree.Case, named: Mapping[str, tree.Case]) -> list[tree.Case] | None:
    """The case and those that it is like, the nearest first; None when one is missing or they form a circle."""
    chain = [case]
    while (like := chain[-1].like) is not None:
        other = named.get(like.value)
        if other is None or other in chain:
            return None
        chain.append(other)
    return chain


def _belongs(case: tree.Case, named: Mapping[str, tree.Case], policy: tree.Policy | None, slice_: Slice) -> bool:
    moment = None if policy is None else moment_of(case, named, policy)
    if moment is None:
        return True
    return slice_.takes(moment) and moment.jurisdiction == slice_.jurisdiction


def _standing_alone(case: tree.Case, named: Mapping[str, tree.Case], inside: set[str]) -> tree.Case:
    """The case; when it is like one of another slice, with the facts of that one and of those that it is like."""
    chain = chain_of(case, named)
    if chain is None or all(item.name.value in inside for item in chain):
        return case
    fields: dict[str, tree.GivenField] = {}
    records: list[tree.GivenRecord] = []
    for item in reversed(chain):
        fields.update({given.name.text: given for given in item.fields})
        records.extend(item.records)
    return dataclasses.replace(
        case,
        like=None,
        period=next((item.period for item in chain if item.period is not None), None),
        as_of=next((item.as_of for item in chain if item.as_of is not None), None),
        jurisdiction=next((item.jurisdiction for item in chain if item.jurisdiction is not None), None),
        fields=tuple(fields.values()),
        records=tuple(records),
    )
