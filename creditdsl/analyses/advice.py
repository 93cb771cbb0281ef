"""What applies to one subject that asks for a service item: the data of `creditdsl advise`."""

from collections.abc import Iterator
from datetime import date

from creditdsl.analyses.applicability import Applicability
from creditdsl.analyses.applicability_model import (
    Advice,
    AppliedView,
    LimitView,
    MatterView,
    PledgeState,
    PledgeView,
    Role,
)
from creditdsl.analyses.views import rule_view
from creditdsl.core.ir import Matter, Measure, Program, RuleKind
from creditdsl.core.types import Number


def advise(subject: Applicability, matter: Matter, *, everything: bool) -> Advice:
    """The measures of a matter, and of those that it takes in, for a subject; with `everything`, those that do not apply too."""
    program = subject.program
    matters = matters_of(program, matter)
    measures = measures_of(program, matters)
    refused = [item for item in measures if item.rule.kind is not RuleKind.PLEDGE and not subject.applies(item)]
    return Advice(
        subject.heading(),
        _matter_view(matter, subject.context.as_of),
        tuple(_matter_view(item, subject.context.as_of) for item in matters[1:]),
        tuple(
            AppliedView(
                tuple(asked.rule.code for asked in matters if item.rule.code in asked.measures), subject.measure(item)
            )
            for item in measures
            if subject.applies(item)
        ),
        tuple(_pledge(item, subject) for item in measures if item.rule.kind is RuleKind.PLEDGE),
        tuple(subject.refused(item) for item in refused) if everything else None,
    )


def matters_of(program: Program, matter: Matter) -> tuple[Matter, ...]:
    """The matter, and behind it those that it takes in, directly or through others, each once."""
    by_code = {item.rule.code: item for item in program.result.matters}

    def taken_in(item: Matter) -> Iterator[Matter]:
        yield item
        for code in item.includes:
            yield from taken_in(by_code[code])

    return tuple({item.rule.code: item for item in taken_in(matter)}.values())


def measures_of(program: Program, matters: tuple[Matter, ...]) -> tuple[Measure, ...]:
    """The measures that matters look up, each once, in the order in which the matters name them."""
    by_code = {item.rule.code: item for item in program.result.measures}
    codes = dict.fromkeys(code for matter in matters for code in matter.measures)
    return tuple(by_code[code] for code in codes)


def _matter_view(matter: Matter, as_of: date) -> MatterView:
    return MatterView(rule_view(matter.rule), matter.by, limit_on(matter, as_of))


def limit_on(matter: Matter, day: date) -> LimitView | None:
    """The time limit of a matter in force on a day; the checking stage allows no two."""
    for limit in matter.limits:
        if limit.start <= day and (limit.end is None or day <= limit.end) and isinstance(limit.type, Number):
            last = None if limit.end is None else limit.end.isoformat()
            return LimitView(limit.value, limit.type.unit.value, limit.start.isoformat(), last)
    return None


def _pledge(measure: Measure, subject: Applicability) -> PledgeView:
    broken = any(
        subject.holds(item)
        for item in subject.conditions
        if item.measure == measure.rule.code and item.role is Role.BREACH
    )
    applies = PledgeState.MAY if subject.applies(measure) else PledgeState.MAY_NOT
    return PledgeView(rule_view(measure.rule), PledgeState.BROKEN if broken else applies, subject.reasons(measure))
