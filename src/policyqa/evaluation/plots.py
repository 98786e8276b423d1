"""Line charts as inline SVG, readable in print and without colour."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

WIDTH, HEIGHT = 460, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 14, 14, 46
COLOURS = ("#0b6e99", "#c8501e", "#3a7d34", "#7a4fa3", "#8a6d00", "#a8325e")
"""One a system, in order; distinct for colour-blind readers, and each has its own dash."""
DASHES = ("", "7 4", "2 3", "9 3 2 3", "4 4", "12 3")

Points = Sequence[tuple[float, float]]


def line_chart(
    series: Sequence[tuple[str, Points]],
    *,
    title: str,
    x_label: str,
    y_label: str,
    x_ticks: Sequence[float],
    log_x: bool = False,
    steps: bool = False,
    y_top: float | None = None,
) -> str:
    """An SVG element with one line a series.

    Args:
        series: (label, points with ascending x).
        title: read out by screen readers.
        x_label: under the axis.
        y_label: beside the axis.
        x_ticks: where the x axis is marked; the first and last are its ends.
        log_x: whether the x axis is logarithmic.
        steps: whether a value holds back to the point before (a step function).
        y_top: upper end of the y axis; by default the largest value, rounded up.
    """
    low, high = _scaled(x_ticks[0], log_x), _scaled(x_ticks[-1], log_x)
    largest = max((y for _, points in series for _, y in points), default=1.0)
    top = y_top or max(0.1, math.ceil(largest * 10) / 10)

    def x_at(value: float) -> float:
        share = (_scaled(value, log_x) - low) / (high - low)
        return _LEFT + share * (WIDTH - _LEFT - _RIGHT)

    def y_at(value: float) -> float:
        return HEIGHT - _BOTTOM - value / top * (HEIGHT - _TOP - _BOTTOM)

    parts = [
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">',
    ]
    for step in range(6):
        value = top * step / 5
        y = y_at(value)
        parts.append(f'<path class="grid" d="M{_LEFT} {y:.1f}H{WIDTH - _RIGHT}"/>')
        parts.append(f'<text x="{_LEFT - 7}" y="{y + 4:.1f}" class="end">{value:.2f}</text>')
    for tick in x_ticks:
        x = x_at(tick)
        parts.append(f'<path class="grid" d="M{x:.1f} {_TOP}V{HEIGHT - _BOTTOM}"/>')
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT - _BOTTOM + 17}" class="mid">{tick:g}</text>')
    middle = (_LEFT + WIDTH - _RIGHT) / 2
    parts.append(f'<text x="{middle:.0f}" y="{HEIGHT - 8}" class="mid">{escape(x_label)}</text>')
    parts.append(
        f'<text transform="translate(13 {(_TOP + HEIGHT - _BOTTOM) / 2:.0f}) rotate(-90)" '
        f'class="mid">{escape(y_label)}</text>'
    )
    for place, (label, points) in enumerate(series):
        if not points:
            continue
        path = ""
        for x, y in points:
            if not path:
                path = f"M{x_at(x):.1f} {y_at(y):.1f}"
            elif steps:
                path += f"V{y_at(y):.1f}H{x_at(x):.1f}"
            else:
                path += f"L{x_at(x):.1f} {y_at(y):.1f}"
        style = f'stroke="{colour(place)}" stroke-dasharray="{DASHES[place % len(DASHES)]}"'
        parts.append(f'<path class="line" {style} d="{path}"><title>{escape(label)}</title></path>')
    return "".join([*parts, "</svg>"])


def legend_mark(place: int) -> str:
    """A short piece of a series' line, to stand before its label."""
    style = f'stroke="{colour(place)}" stroke-dasharray="{DASHES[place % len(DASHES)]}"'
    return f'<svg class="mark" viewBox="0 0 30 8"><path class="line" {style} d="M0 4H30"/></svg>'


def colour(place: int) -> str:
    """The colour of the series at a place."""
    return COLOURS[place % len(COLOURS)]


def _scaled(value: float, log: bool) -> float:
    return math.log10(value) if log else value
