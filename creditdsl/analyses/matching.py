"""The offers that one subject can have, ranked, and why not the others: the data of `creditdsl match`."""

from dataclasses import replace
from fractions import Fraction

from creditdsl.analyses.applicability import Applicability
from creditdsl.analyses.applicability_model import Match, OfferView
from creditdsl.analyses.explanation_model import Labels
from creditdsl.analyses.views import rule_view, texts
from creditdsl.core.ir import Measure, RuleKind
from creditdsl.core.notation import json_value
from creditdsl.core.types import Day, Number, plain

RANK = "rank"
"""The value of an offer by which it is ranked."""


def match_offers(subject: Applicability) -> Match:
    """All offers of the policy: the greatest rank first, equal ranks in the order of the policy, those without one last."""
    offers = [item for item in subject.program.result.measures if item.rule.kind is RuleKind.OFFER]
    fitting = sorted((item for item in offers if subject.applies(item)), key=lambda item: _descending(item, subject))
    return Match(
        subject.heading(),
        tuple(_offer(place, item, fitting, subject) for place, item in enumerate(fitting, start=1)),
        tuple(subject.refused(item) for item in offers if not subject.applies(item)),
    )


def _descending(offer: Measure, subject: Applicability) -> tuple[bool, Fraction]:
    rank = _rank(offer, subject)
    return (True, Fraction(0)) if rank is None else (False, -rank)


def _rank(offer: Measure, subject: Applicability) -> Fraction | None:
    """The rank as an exact number, whatever its scale; a later day ranks higher."""
    name = _ranked_by(offer)
    if name is None:
        return None
    match subject.values[name], plain(subject.program.definition(name).type):
        case int() as value, Number(scale=scale):
            return Fraction(value, 10**scale)
        case int() as value, Day():
            return Fraction(value)
        case _:
            return None


def _ranked_by(offer: Measure) -> str | None:
    return next((grant.value for grant in offer.grants if grant.name == RANK), None)


def _offer(place: int, offer: Measure, fitting: list[Measure], subject: Applicability) -> OfferView:
    code, name = offer.rule.code, _ranked_by(offer)
    excluded = [item for item in fitting if item.rule.code in offer.excludes or code in item.excludes]
    rank, shown = (None, ()) if name is None else _written_rank(name, subject)
    view = subject.measure(offer)
    granted = replace(view, grants=tuple(grant for grant in view.grants if grant.name != RANK))
    others = tuple(rule_view(item.rule) for item in excluded if item.rule.code != code)
    return OfferView(place, rank, shown, granted, others)


def _written_rank(name: str, subject: Applicability) -> tuple[str | None, Labels]:
    """The rank as docs/result.md has it, and as people read it."""
    value, type_ = subject.values[name], subject.program.definition(name).type
    if value is None:
        return None, ()
    return str(json_value(value, type_)), texts(value, type_, subject.program)
