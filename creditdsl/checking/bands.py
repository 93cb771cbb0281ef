"""The bands of the grades: from what was written to limits on the score, and whether they part the line of scores.

A gap between two bands is a fault even where no score can fall into it today: an amendment that brings half points
would make it real.
"""

from fractions import Fraction

from creditdsl.checking import band_messages, messages, operators, rule_messages
from creditdsl.checking.regions import HIGHEST, LOWEST, Cut, Stretch, after, before, intersect, uncovered
from creditdsl.checking.scope import TRUTH, Elaboration, Scope, Stage
from creditdsl.checking.terms import condition
from creditdsl.core import ir
from creditdsl.core.types import Number, Unit
from creditdsl.frozen import dataclass
from creditdsl.syntax import tree


@dataclass(frozen=True, slots=True)
class Limits:
    """A band on the line of scores; its numbers have at most `scale` decimals."""

    band: tree.Band
    stretch: Stretch
    scale: int


def limits_of(grades: tree.Grades, elaboration: Elaboration) -> list[Limits] | None:
    """The bands given by limits, or None after reporting a bound that is not a number of points."""
    found: list[Limits] = []
    for band in grades.bands:
        if not isinstance(band.limits, tree.BoundsBand):
            continue
        low, high, scale = LOWEST, HIGHEST, 0
        for bound in band.limits.bounds:
            number = _points(bound.number, elaboration)
            if number is None:
                return None
            value, places = number
            low, high = _narrowed(bound.word, value, low, high)
            scale = max(scale, places)
        found.append(Limits(band, Stretch(low, high), scale))
    return found


def _points(written: tree.Expression, elaboration: Elaboration) -> tuple[Fraction, int] | None:
    """A literal number of points, with or without its unit."""
    match written:
        case tree.Unary(operator=tree.UnaryOperator.NEGATE, operand=operand):
            number = _points(operand, elaboration)
            return None if number is None else (-number[0], number[1])
        case tree.Number(unit=None | tree.UnitWord.POINTS):
            typed = operators.literal(written)
            match typed.expression, typed.type:
                case ir.Constant(value=int() as value), Number(scale=scale):
                    return Fraction(value, 10**scale), scale
    elaboration.report(messages.wrong_literal(Number(Unit.POINTS), written.span))
    return None


def _narrowed(word: tree.BoundWord, number: Fraction, low: Cut, high: Cut) -> tuple[Cut, Cut]:
    match word:
        case tree.BoundWord.OR_MORE:
            return max(low, before(number)), high
        case tree.BoundWord.OVER:
            return max(low, after(number)), high
        case tree.BoundWord.OR_LESS:
            return low, min(high, after(number))
        case tree.BoundWord.UNDER:
            return low, min(high, before(number))


def reachable(score: ir.Definition | None) -> Stretch | None:
    """The line of scores that the policy can give, None while the score is not known."""
    if score is None or score.range is None or not isinstance(score.type, Number):
        return None
    low, high = (Fraction(end, 10**score.type.scale) for end in (score.range.low, score.range.high))
    return Stretch(before(low), after(high))


def between(limits: list[Limits]) -> Stretch:
    """The line from the lowest band to the highest: what can be judged when the score itself is at fault."""
    return Stretch(min(one.stretch.low for one in limits), max(one.stretch.high for one in limits))


def check_bands(limits: list[Limits], whole: Stretch, elaboration: Elaboration) -> None:
    """Reports the scores of the whole that no band or two bands take."""
    for index, one in enumerate(limits):
        if one.stretch.low >= one.stretch.high:
            elaboration.report(rule_messages.empty_range(one.band.span))
        for other in limits[:index]:
            both = intersect((one.stretch,), (other.stretch,))
            if both is not None and isinstance(both[0], Stretch):
                elaboration.report(band_messages.two_bands(other.band, one.band, both[0]))
    for gap in uncovered((whole,), [(one.stretch,) for one in limits]):
        if isinstance(gap[0], Stretch):
            elaboration.report(band_messages.band_gap(gap[0], [one.band for one in limits], _beside(gap[0], limits)))


def _beside(gap: Stretch, limits: list[Limits]) -> tree.Band:
    """The band that ends where the gap begins, or begins where it ends."""
    for one in limits:
        if gap.low == one.stretch.high or gap.high == one.stretch.low:
            return one.band
    return limits[0].band


def scaled_limits(one: Limits, scale: int) -> tuple[int | None, int | None]:
    """The least and the greatest score of a band at a scale that holds them, both included; None is open."""
    low, high = one.stretch.low, one.stretch.high
    least = None if low.infinite else int(low.value * 10**scale) + (1 if low.after else 0)
    greatest = None if high.infinite else int(high.value * 10**scale) - (0 if high.after else 1)
    return least, greatest


def band_definition(band: tree.Band, stage: Stage, elaboration: Elaboration) -> ir.DefinitionReference | None:
    """The Truth of a band given by `when`; None after reporting, and for other bands."""
    if not isinstance(band.limits, tree.WhenBand):
        return None
    test = condition(band.limits.condition, Scope(elaboration, stage=stage))
    ending = ".after" if stage is Stage.AFTER and elaboration.has_repairs else ""
    return None if test is None else elaboration.define(f"band.{band.grade.text}{ending}", test, TRUTH)
