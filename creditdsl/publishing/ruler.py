"""The grade ruler: the bands of the score drawn to scale.

In: the bands of the core at the score's scale. Out: positions in per cent of the width, as the template draws them; a
band that is open on one side ends in an arrow. Bands that are not limits on the score are left to the page.
"""

from dataclasses import dataclass

from creditdsl.core.ir import Band, Program
from creditdsl.core.types import Number
from creditdsl.publishing.figures import decimal, share


@dataclass(frozen=True, slots=True)
class Segment:
    """One band, left to right: the grade's name, its place and width as percentages, and its tone (`tones`)."""

    grade: str
    left: str
    width: str
    middle: str
    tone: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A limit: its number and its place as a percentage."""

    text: str
    left: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Ruler:
    segments: tuple[Segment, ...]
    ticks: tuple[Tick, ...]
    open_left: bool
    open_right: bool


def tones(program: Program) -> dict[str, str]:
    """A tone for each grade: `1` for the best to `5` for the worst of those on the score, `rule` for the others."""
    ranked = [band.grade for band in program.result.bands if not band.by_rule]
    steps = max(len(ranked) - 1, 1)
    result = {band.grade: "rule" for band in program.result.bands}
    result.update({grade: str(1 + (4 * index + steps // 2) // steps) for index, grade in enumerate(ranked)})
    return result


def score_scale(program: Program) -> int:
    """The decimal places of the score, 0 when there is none."""
    if program.result.score is None:
        return 0
    type_ = program.definition(program.result.score).type
    return type_.scale if isinstance(type_, Number) else 0


def ruler(program: Program) -> Ruler | None:
    """The ruler of a policy; None when no grade has limits on the score."""
    bands = sorted((band for band in program.result.bands if _limited(band)), key=_low)
    limits = [band.low for band in bands if band.low is not None]
    if not bands or not limits:
        return None
    left, right = _ends(program, limits, bands)
    scale, tone = score_scale(program), tones(program)
    segments = []
    for band in bands:
        start = left if band.low is None else max(band.low, left)
        following = min((limit for limit in limits if limit > start), default=right)
        end = right if band.high is None else following
        segments.append(_segment(band.grade, start - left, end - left, right - left, tone[band.grade]))
    ticks = [_tick(limit, left, right, scale) for limit in sorted({left, right, *limits})]
    result = program.result
    return Ruler(tuple(segments), tuple(ticks), result.score_low is None, result.score_high is None)


def _limited(band: Band) -> bool:
    return not band.by_rule and band.condition is None and (band.low is not None or band.high is not None)


def _low(band: Band) -> tuple[bool, int]:
    return (band.low is not None, band.low or 0)


def _ends(program: Program, limits: list[int], bands: list[Band]) -> tuple[int, int]:
    """What the ruler shows: the declared bounds, else from 0 (or one band below) to the best base (or one above)."""
    least, most = min(limits), max(limits)
    step = (most - least) // (len(limits) - 1) if len(limits) > 1 else max(abs(most), 1)
    low = program.result.score_low
    if low is None:
        low = 0 if least > 0 else least - step if any(band.low is None for band in bands) else least
    high = program.result.score_high
    if high is None:
        base = program.definition(program.result.base).range if program.result.base is not None else None
        high = base.high if base is not None and base.high > most else most + step
    return low, max(high, most + 1)


def _segment(grade: str, start: int, end: int, width: int, tone: str) -> Segment:
    return Segment(grade, share(start, width), share(end - start, width), share((start + end) * 5, width * 10), tone)


def _tick(limit: int, left: int, right: int, scale: int) -> Tick:
    anchor = "start" if limit == left else "end" if limit == right else "middle"
    return Tick(decimal(limit, scale), share(limit - left, right - left), anchor)
