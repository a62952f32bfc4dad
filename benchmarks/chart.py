"""Draws time series as small multiples in one SVG, without a library or a browser."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

WIDTH, HEIGHT = 760, 170
LEFT, RIGHT, TOP, BOTTOM = 60, 150, 30, 24
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00")
"""Told apart by readers who see few colours (Okabe and Ito)."""


@dataclass(frozen=True, slots=True)
class Panel:
    """One chart: lines over the same times."""

    title: str
    lines: Mapping[str, Sequence[float]]


def chart(title: str, at: Sequence[float], panels: Sequence[Panel]) -> str:
    """Return an SVG of panels, one below the other; times in seconds, shown in minutes."""
    height = 40 + len(panels) * HEIGHT
    body = "\n".join(
        line for n, panel in enumerate(panels) for line in _panel(panel, at, 40 + n * HEIGHT)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        'font-family="sans-serif" font-size="11" fill="#222">\n'
        '<rect width="100%" height="100%" fill="#fff"/>\n'
        f'<text x="{LEFT}" y="24" font-size="14">{escape(title)}</text>\n{body}\n</svg>\n'
    )


def _panel(panel: Panel, at: Sequence[float], y: int) -> Iterator[str]:
    top = max((value for line in panel.lines.values() for value in line), default=1.0) or 1.0
    floor, ceiling = y + HEIGHT - BOTTOM, y + TOP
    span = (at[-1] if at else 1.0) or 1.0
    right = WIDTH - RIGHT

    def place(seconds: float, value: float) -> str:
        across = LEFT + (right - LEFT) * seconds / span
        return f"{across:.1f},{floor - (floor - ceiling) * value / top:.1f}"

    yield f'<text x="{LEFT}" y="{y + 18}" font-weight="bold">{escape(panel.title)}</text>'
    for value in (0.0, top / 2, top):
        level = floor - (floor - ceiling) * value / top
        yield f'<line x1="{LEFT}" x2="{right}" y1="{level:.1f}" y2="{level:.1f}" stroke="#ddd"/>'
        yield f'<text x="{LEFT - 6}" y="{level + 4:.1f}" text-anchor="end">{value:,.4g}</text>'
    yield f'<text x="{right}" y="{floor + 15}" text-anchor="end">{span / 60:.0f} min</text>'
    for number, (name, values) in enumerate(panel.lines.items()):
        colour = COLOURS[number % len(COLOURS)]
        points = " ".join(place(s, v) for s, v in zip(at, values, strict=True))
        yield f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
        yield f'<text x="{right + 8}" y="{ceiling + 10 + number * 15}" fill="{colour}">{escape(name)}</text>'
