"""Draws what recipes reach by the number of titles, as SVG."""

import math
from collections.abc import Iterator, Mapping, Sequence
from html import escape

from probes.intervals import Interval

WIDTH, HEIGHT = 380.0, 250.0
"""One panel; two stand side by side."""
LEFT, RIGHT, TOP, BOTTOM = 48.0, 16.0, 34.0, 40.0
LEGEND = 34.0
COLOURS = ("#3949ab", "#d84315")
GREY = "#757575"
Levels = Mapping[str, Sequence[Interval]]
Curves = Mapping[str, Sequence[Sequence[Interval]]]


def draw(titles: Sequence[int], measures: Sequence[str], curves: Curves, levels: Levels) -> str:
    """Return an SVG with one panel a measure.

    Args:
        titles: numbers of titles, along a logarithmic axis.
        measures: the names of the panels.
        curves: by name, for each number of titles the mean of each measure and its bounds.
        levels: what needs no titles, by name: each measure, drawn as a line across.
    """
    rows = math.ceil(len(measures) / 2)
    width, height = 2 * WIDTH, rows * HEIGHT + LEGEND
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        'font-family="system-ui, sans-serif" font-size="12" fill="#212121">',
        f'<rect width="{width:g}" height="{height:g}" rx="6" fill="#fff"/>',
        *_legend(list(curves), list(levels)),
    ]
    for number, measure in enumerate(measures):
        x, y = number % 2 * WIDTH, number // 2 * HEIGHT + LEGEND
        parts.append(f'<g transform="translate({x:g} {y:g})">')
        own = {name: [each[number] for each in found] for name, found in curves.items()}
        flat = {name: found[number].value for name, found in levels.items()}
        parts += [*_panel(titles, measure, own, flat), "</g>"]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _legend(curves: Sequence[str], levels: Sequence[str]) -> Iterator[str]:
    x = LEFT
    pairs = zip(curves, COLOURS, strict=False)
    names = [(name, f'stroke="{colour}" stroke-width="2"') for name, colour in pairs]
    names += [(n, f'stroke="{GREY}" stroke-dasharray="{_dash(i)}"') for i, n in enumerate(levels)]
    for name, stroke in names:
        yield f'<path d="M{x:g} 20h24" {stroke} fill="none"/>'
        yield f'<text x="{x + 30:g}" y="24">{escape(name)}</text>'
        x += 54 + 6.6 * len(name)


def _dash(level: int) -> str:
    return ("6 3", "2 3")[level % 2]


def _panel(
    titles: Sequence[int],
    measure: str,
    curves: Mapping[str, Sequence[Interval]],
    levels: Mapping[str, float],
) -> Iterator[str]:
    bounds = [v for own in curves.values() for each in own for v in (each.low, each.high)]
    low, high = min(*bounds, *levels.values()), max(*bounds, *levels.values())
    step = _step(high - low)
    low, high = math.floor(low / step) * step, math.ceil(high / step) * step
    first, last = math.log(titles[0]), math.log(titles[-1])

    def across(count: float) -> float:
        return LEFT + 10 + (math.log(count) - first) / (last - first) * (WIDTH - LEFT - RIGHT - 20)

    def up(value: float) -> float:
        return TOP + (high - value) / (high - low) * (HEIGHT - TOP - BOTTOM)

    yield f'<text x="{LEFT:g}" y="18" font-weight="600">{escape(measure)}</text>'
    for i in range(round((high - low) / step) + 1):
        value = low + i * step
        y = up(value)
        yield f'<path d="M{LEFT:g} {y:.1f}H{WIDTH - RIGHT:g}" stroke="#e0e0e0"/>'
        yield f'<text x="{LEFT - 6:g}" y="{y + 4:.1f}" text-anchor="end">{value:.2f}</text>'
    for count in titles:
        x = across(count)
        yield f'<text x="{x:.1f}" y="{HEIGHT - 22:g}" text-anchor="middle">{count:,}</text>'
    yield f'<text x="{WIDTH / 2:g}" y="{HEIGHT - 6:g}" text-anchor="middle">titles</text>'
    for i, value in enumerate(levels.values()):
        dash = f'stroke="{GREY}" stroke-dasharray="{_dash(i)}"'
        yield f'<path d="M{LEFT:g} {up(value):.1f}H{WIDTH - RIGHT:g}" {dash}/>'
    for shift, own, colour in zip((-3, 3), curves.values(), COLOURS, strict=False):
        xs = [across(count) + shift for count in titles]
        line = " ".join(f"{x:.1f},{up(e.value):.1f}" for x, e in zip(xs, own, strict=True))
        yield f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>'
        for x, each in zip(xs, own, strict=True):
            yield f'<path d="M{x:.1f} {up(each.low):.1f}V{up(each.high):.1f}" stroke="{colour}"/>'
            yield f'<circle cx="{x:.1f}" cy="{up(each.value):.1f}" r="3" fill="{colour}"/>'


def _step(spread: float) -> float:
    """Return a round step that gives a few lines over ``spread``."""
    for step in (0.01, 0.02, 0.05, 0.1, 0.2):
        if spread / step <= 6:
            return step
    return 0.5
