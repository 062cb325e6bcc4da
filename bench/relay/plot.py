"""Curves as an SVG that reads well on light and on dark pages."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from bench.relay.growth import Curve, Point

WIDTH, PANEL = 760, 340  # of a panel: its lines, with what stands below them
LEFT, RIGHT, TOP, BOTTOM = 72, 96, 64, 56  # margins; the names of the curves stand at the right
BETWEEN = 28  # the panels, for a title
HEIGHT = TOP + 2 * PANEL + BETWEEN
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
  .measure { font-weight: 600; fill: var(--title) }
  .grid { stroke: var(--grid) }
  polyline { fill: none; stroke-width: 2.5; stroke-linejoin: round }
  .carelay { --colour: var(--carelay) }
  .janus { --colour: var(--janus) }
  .floor { --colour: var(--floor) }
  polyline { stroke: var(--colour) }
  circle { fill: var(--colour); stroke: var(--colour); stroke-width: 2 }
  .late { fill: var(--page) }
  .name {
    font-weight: 600; fill: var(--colour);
    stroke: var(--page); stroke-width: 4; paint-order: stroke
  }
"""


def svg(curves: Sequence[Curve], title: str, subtitle: str) -> str:
    """CPU (percent of one core) and delay (p99) over calls, a line for each curve
    that has points.
    """
    drawn = [curve for curve in curves if curve.points]
    panels = (
        _Panel(
            _LINEAR, drawn, lambda point: point.cpu_percent, "{:g} %", "{:.3g} % of a core", TOP
        ),
        _Panel(
            _LOG,
            drawn,
            lambda point: point.delay_p99_us,
            "{:g} µs",
            "99 % within {:.0f} µs",
            TOP + PANEL + BETWEEN,
        ),
    )
    body = [*_head(title, subtitle)]
    body += [line for panel in panels for line in panel.drawn()]
    lines = "\n".join(f"  {line}" for line in body)
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>\n  <style>{_STYLE}  </style>\n{lines}\n'
        "</svg>\n"
    )


def _head(title: str, subtitle: str) -> Iterator[str]:
    yield f'<text class="title" x="{LEFT}" y="24">{escape(title)}</text>'
    yield f'<text x="{LEFT}" y="44">{escape(subtitle)}</text>'
    yield (
        f'<text class="measure" x="{LEFT}" y="{TOP + PANEL + 16}">99th percentile of the '
        "delay</text>"
    )


def step(most: float) -> float:
    """A round distance of grid lines, so that four to eight of them reach `most`."""
    magnitude: float = 10.0 ** math.floor(math.log10(most / 4))
    return next(magnitude * digit for digit in (1, 2, 5, 10) if most / (magnitude * digit) <= 8)


@dataclass(frozen=True)
class _Axis:
    """From what is measured to a fraction of the panel's height, and where its grid lines are."""

    ticks: Callable[[float], list[float]]
    """Up to the most."""
    place: Callable[[float, float, float], float]
    """Of a value between the first and the last grid line."""


def _every(most: float) -> list[float]:
    return [number * step(most) for number in range(math.ceil(most / step(most)) + 1)]


def _decades(most: float) -> list[float]:
    """From 10 on: what is below is as good as nothing."""
    return [10.0**power for power in range(1, max(2, math.ceil(math.log10(max(most, 10.0)))) + 1)]


def _share(value: float, least: float, most: float) -> float:
    return (value - least) / (most - least)


def _log_share(value: float, least: float, most: float) -> float:
    return _share(math.log(max(value, least)), math.log(least), math.log(most))


_LINEAR, _LOG = _Axis(_every, _share), _Axis(_decades, _log_share)


class _Panel:
    """One measure over the number of calls."""

    def __init__(
        self,
        axis: _Axis,
        curves: Sequence[Curve],
        measure: Callable[[Point], float],
        unit: str,
        tip: str,
        top: int,
    ) -> None:
        self._axis, self._curves, self._measure = axis, curves, measure
        self._unit, self._tip = unit, tip
        self._top, self._bottom = top, top + PANEL - BOTTOM
        points = [point for curve in curves for point in curve.points]
        self._ticks = axis.ticks(max(map(measure, points), default=100.0))
        self._calls = _every(max((point.calls for point in points), default=1))

    def x(self, calls: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * calls / self._calls[-1], 1)

    def y(self, value: float) -> float:
        share = self._axis.place(value, self._ticks[0], self._ticks[-1])
        return round(self._bottom - (self._bottom - self._top) * share, 1)

    def drawn(self) -> Iterator[str]:
        """Everything."""
        yield from self._grid()
        for curve in self._curves:
            yield from self._curve(curve)
        yield from self._names()

    def _grid(self) -> Iterator[str]:
        """Lines with their numbers, and what the axes are."""
        for value in self._ticks:
            y = self.y(value)
            yield f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>'
            yield (
                f'<text x="{LEFT - 8}" y="{y + 4}" '
                f'text-anchor="end">{self._unit.format(value)}</text>'
            )
        for calls in self._calls:
            yield (
                f'<text x="{self.x(calls)}" y="{self._bottom + 20}" '
                f'text-anchor="middle">{calls:g}</text>'
            )
        middle = (LEFT + WIDTH - RIGHT) / 2
        yield (
            f'<text x="{middle}" y="{self._bottom + 40}" text-anchor="middle">two-party calls at '
            "once</text>"
        )

    def _curve(self, curve: Curve) -> Iterator[str]:
        places = [(self.x(point.calls), self.y(self._measure(point))) for point in curve.points]
        yield f'<polyline class="{curve.name}" points="{" ".join(f"{x},{y}" for x, y in places)}"/>'
        for (x, y), point in zip(places, curve.points, strict=True):
            tip = (
                f"{NAMES[curve.name]}: {point.calls} calls, "
                f"{self._tip.format(self._measure(point))}"
            )
            kind = f"{curve.name} late" if point.late else curve.name
            yield f'<circle class="{kind}" cx="{x}" cy="{y}" r="2.5"><title>{tip}</title></circle>'

    def _names(self) -> Iterator[str]:
        """At the curves' ends, pushed apart where they would overlap."""
        last = -math.inf
        for curve in sorted(
            self._curves, key=lambda curve: self.y(self._measure(curve.points[-1]))
        ):
            end = curve.points[-1]
            last = max(self.y(self._measure(end)) + 4, last + 16)
            name = NAMES[curve.name]
            yield (
                f'<text class="name {curve.name}" x="{self.x(end.calls) + 8}" '
                f'y="{last}">{name}</text>'
            )
