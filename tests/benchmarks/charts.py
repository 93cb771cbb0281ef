"""Charts as SVG, written by hand: bars on a logarithmic scale, and lines over logarithmic sizes.

In: titles, labels and numbers. Out: the text of a picture that reads on light and dark pages alike and needs no script.
"""

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

WIDTH = 960
RIGHT = 110
LETTER = 7
"""About how wide a letter is; what room labels take is reckoned by it."""
ROW = 24
OURS, PEER, FLOOR = "#1a7f5a", "#8a94a6", "#c9cfd8"
"""The colours of what the compiler makes, of peers, and of reading alone."""
LINES = ("#1a7f5a", "#b4432f", "#3566b8", "#b07d12", "#7a4fa3", "#4f8a8b", "#5b6472", "#a34f7c")
FONT = 'font-family="system-ui, -apple-system, Segoe UI, Noto Sans CJK SC, sans-serif"'


@dataclass(frozen=True, slots=True)
class Bar:
    """A value with the least and the greatest of its rounds."""

    label: str
    value: float
    least: float
    most: float
    colour: str


@dataclass(frozen=True, slots=True)
class Line:
    label: str
    points: tuple[tuple[float, float], ...]


def short(value: float) -> str:
    """A number with three digits at most: 1.52, 16.4, 840, 12,300, 1.2 million."""
    if value >= 1e6:
        return f"{value / 1e6:.3g} million"
    if value >= 1_000:
        return f"{float(f'{value:.3g}'):,.0f}"
    return f"{value:.3g}"


def bars(title: str, unit: str, rows: Sequence[Bar]) -> str:
    """Horizontal bars, in the order given; whiskers show the rounds."""
    left = 16 + _room(rows)
    low = math.floor(math.log10(min(row.least for row in rows)) - 0.05)
    high = math.ceil(math.log10(max(row.most for row in rows)) + 0.01)
    height = 58 + ROW * len(rows) + 34

    def across(value: float) -> float:
        return left + (math.log10(max(value, 10**low)) - low) / (high - low) * (WIDTH - left - RIGHT)

    parts = [_text(16, 26, title, size=16, weight="600")]
    bottom = 48 + ROW * len(rows)
    for power in range(low, high + 1):
        x = across(10**power)
        parts.append(f'<line x1="{x:.1f}" y1="44" x2="{x:.1f}" y2="{bottom}" stroke="{FLOOR}" stroke-width="1"/>')
        parts.append(_text(x, bottom + 16, _power(power), anchor="middle", colour="#6b7480"))
    parts.append(_text(WIDTH - 12, bottom + 32, unit, anchor="end", colour="#6b7480"))
    for number, row in enumerate(rows):
        y = 50 + ROW * number
        end, middle = across(row.value), y + 8
        parts.append(_text(left - 10, y + 12, row.label, anchor="end"))
        parts.append(
            f'<rect x="{left}" y="{y}" width="{max(end - left, 1):.1f}" height="16" rx="2" fill="{row.colour}"/>'
        )
        parts.append(
            f'<line x1="{across(row.least):.1f}" y1="{middle}" x2="{across(row.most):.1f}" y2="{middle}" '
            'stroke="#222a35" stroke-width="1.5"/>'
        )
        parts.append(_text(max(end, across(row.most)) + 6, y + 12, short(row.value)))
    return _picture(height, title, parts)


def lines(title: str, axes: tuple[str, str], rows: Sequence[Line]) -> str:
    """Lines over a logarithmic size; the labels stand at the right ends, apart from each other."""
    height, top, bottom, left, right = 400, 48, 350, 66, WIDTH - 24 - _room(rows)
    xs = [x for row in rows for x, _ in row.points]
    ys = [y for row in rows for _, y in row.points]
    x_low, x_high = math.log10(min(xs)), math.log10(max(xs))
    y_low, y_high = math.floor(math.log10(min(ys))), math.ceil(math.log10(max(ys)))

    def place(x: float, y: float) -> tuple[float, float]:
        across = (math.log10(x) - x_low) / ((x_high - x_low) or 1)
        up = (math.log10(y) - y_low) / ((y_high - y_low) or 1)
        return left + across * (right - left), bottom - up * (bottom - top)

    parts = [_text(16, 26, title, size=16, weight="600")]
    for power in range(y_low, y_high + 1):
        _, y = place(min(xs), 10**power)
        parts.append(f'<line x1="{left}" y1="{y:.1f}" x2="{right}" y2="{y:.1f}" stroke="{FLOOR}" stroke-width="1"/>')
        parts.append(_text(left - 8, y + 4, _power(power), anchor="end", colour="#6b7480"))
    for size in sorted(set(xs)):
        x, _ = place(size, 10**y_low)
        parts.append(_text(x, bottom + 18, short(size), anchor="middle", colour="#6b7480"))
    parts.append(_text(left, bottom + 38, axes[0], colour="#6b7480"))
    parts.append(_text(left, top - 6, axes[1], colour="#6b7480"))
    ends = _apart([place(*row.points[-1])[1] for row in rows], bottom)
    for row, (colour, dashes), y in zip(rows, _strokes(), ends, strict=False):
        corners = " ".join(f"{x:.1f},{down:.1f}" for x, down in (place(*point) for point in row.points))
        parts.append(f'<polyline points="{corners}" fill="none" stroke="{colour}" stroke-width="2"{dashes}/>')
        for point in row.points:
            x, down = place(*point)
            parts.append(f'<circle cx="{x:.1f}" cy="{down:.1f}" r="3" fill="{colour}"/>')
        x, down = place(*row.points[-1])
        parts.append(
            f'<line x1="{x + 4:.1f}" y1="{down:.1f}" x2="{right + 12}" y2="{y:.1f}" stroke="{colour}" stroke-width="0.7"/>'
        )
        parts.append(_text(right + 16, y + 4, row.label, colour=colour))
    return _picture(height, title, parts)


def _apart(heights: Sequence[float], bottom: float) -> list[float]:
    """The same heights, moved so far that no two labels overlap."""
    order = sorted(range(len(heights)), key=heights.__getitem__)
    placed = list(heights)
    for before, after in itertools.pairwise(order):
        placed[after] = max(placed[after], placed[before] + 17)
    limit = bottom + 8
    for place in reversed(order):
        placed[place] = min(placed[place], limit)
        limit = placed[place] - 17
    return placed


def _room(rows: Sequence[Bar] | Sequence[Line]) -> int:
    """How much room the longest label takes, with some beside it."""
    return 10 + LETTER * max(len(row.label) for row in rows)


def _strokes() -> Iterator[tuple[str, str]]:
    """A colour for each line, and dashes where it has been used before."""
    for dashes in itertools.chain([""], itertools.repeat(' stroke-dasharray="6 3"')):
        yield from ((colour, dashes) for colour in LINES)


def _power(power: int) -> str:
    return f"{10**power:,}" if power >= 0 else f"{10.0**power:g}"


def _text(x: float, y: float, text: str, **more: object) -> str:
    size, weight = more.get("size", 12), more.get("weight", "400")
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" font-weight="{weight}" '
        f'text-anchor="{more.get("anchor", "start")}" fill="{more.get("colour", "#222a35")}">{escape(text)}</text>'
    )


def _picture(height: int, title: str, parts: Iterable[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" aria-label="{escape(title)}" {FONT}>\n'
        f'<rect width="{WIDTH}" height="{height}" rx="6" fill="#ffffff"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )
