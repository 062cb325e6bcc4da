"""Curves as an SVG that reads well on light and on dark pages."""

import math
from collections.abc import Iterator, Sequence
from html import escape

from bench.relay.growth import Curve

WIDTH, HEIGHT = 760, 420
LEFT, RIGHT, TOP, BOTTOM = 64, 96, 64, 56  # margins; the names of the curves stand at the right
NAMES = {"carelay": "carelay", "janus": "Janus", "floor": "bare loop"}

_STYLE = """
  svg {
    --page: #fff; --text: #3d4852; --title: #1a2026; --grid: #dfe4e8;
    --carelay: #0b7a75; --janus: #b4541a; --floor: #7a8691
  }
  @media (prefers-color-scheme: dark) {
    svg {
      --page: #0d1117; --text: #b3bdc6; --title: #f0f3f5; --grid: #36414b;
      --carelay: #4fd1c5; --janus: #f0995b; --floor: #93a1ad
    }
  }
  text { font: 13px system-ui, sans-serif; fill: var(--text) }
  .title { font-size: 16px; font-weight: 600; fill: var(--title) }
  .grid { stroke: var(--grid) }
  polyline { fill: none; stroke-width: 2.5; stroke-linejoin: round }
  .carelay { --colour: var(--carelay) } .janus { --colour: var(--janus) } .floor { --colour: var(--floor) }
  polyline { stroke: var(--colour) }
  circle { fill: var(--colour); stroke: var(--colour); stroke-width: 2 }
  .late { fill: var(--page) }
  .name { font-weight: 600; fill: var(--colour); stroke: var(--page); stroke-width: 4; paint-order: stroke }
"""


def svg(curves: Sequence[Curve], title: str, subtitle: str) -> str:
    """CPU (percent of one core) over calls, a line for each curve that has points."""
    drawn = [curve for curve in curves if curve.points]
    most_calls = max((point.calls for curve in drawn for point in curve.points), default=1)
    most_cpu = max((point.cpu_percent for curve in drawn for point in curve.points), default=100.0)
    scale = _Scale(most_calls, most_cpu)
    body = [*_head(title, subtitle), *scale.grid()]
    body += [line for curve in drawn for line in _curve(curve, scale)]
    body += _names(drawn, scale)
    lines = "\n".join(f"  {line}" for line in body)
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>\n  <style>{_STYLE}  </style>\n{lines}\n</svg>\n'


def _head(title: str, subtitle: str) -> Iterator[str]:
    yield f'<text class="title" x="{LEFT}" y="24">{escape(title)}</text>'
    yield f'<text x="{LEFT}" y="44">{escape(subtitle)}</text>'


def step(most: float) -> float:
    """A round distance of grid lines, so that four to eight of them reach `most`."""
    magnitude: float = 10.0 ** math.floor(math.log10(most / 4))
    return next(magnitude * digit for digit in (1, 2, 5, 10) if most / (magnitude * digit) <= 8)


class _Scale:
    """Calls and percent to places in the picture."""

    def __init__(self, most_calls: float, most_cpu: float) -> None:
        self._steps = step(most_calls), step(most_cpu)
        self._most = tuple(
            each * math.ceil(most / each) for each, most in zip(self._steps, (most_calls, most_cpu), strict=True)
        )

    def x(self, calls: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * calls / self._most[0], 1)

    def y(self, percent: float) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * percent / self._most[1], 1)

    def grid(self) -> Iterator[str]:
        """Lines with their numbers, and what the axes are."""
        for number in range(round(self._most[1] / self._steps[1]) + 1):
            percent = number * self._steps[1]
            y = self.y(percent)
            yield f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>'
            yield f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{percent:g} %</text>'
        for number in range(round(self._most[0] / self._steps[0]) + 1):
            calls = number * self._steps[0]
            yield f'<text x="{self.x(calls)}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{calls:g}</text>'
        middle = (LEFT + WIDTH - RIGHT) / 2
        yield f'<text x="{middle}" y="{HEIGHT - 12}" text-anchor="middle">two-party calls at once</text>'


def _curve(curve: Curve, scale: _Scale) -> Iterator[str]:
    places = [(scale.x(point.calls), scale.y(point.cpu_percent)) for point in curve.points]
    yield f'<polyline class="{curve.name}" points="{" ".join(f"{x},{y}" for x, y in places)}"/>'
    for (x, y), point in zip(places, curve.points, strict=True):
        tip = f"{NAMES[curve.name]}: {point.calls} calls, {point.cpu_percent:.3g} % of a core"
        kind = f"{curve.name} late" if point.late else curve.name
        yield f'<circle class="{kind}" cx="{x}" cy="{y}" r="2.5"><title>{tip}</title></circle>'


def _names(curves: Sequence[Curve], scale: _Scale) -> Iterator[str]:
    """At the curves' ends, pushed apart where they would overlap."""
    last = -math.inf
    for curve in sorted(curves, key=lambda curve: scale.y(curve.points[-1].cpu_percent)):
        end = curve.points[-1]
        last = max(scale.y(end.cpu_percent) + 4, last + 16)
        yield f'<text class="name {curve.name}" x="{scale.x(end.calls) + 8}" y="{last}">{NAMES[curve.name]}</text>'
