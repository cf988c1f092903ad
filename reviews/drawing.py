"""Lines over time, drawn as SVG of a hundred by a hundred. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

FLOORS = (0.8, 0.6, 0.4, 0.2, 0.0)
"""Where the scale of a share may begin."""


@dataclass(frozen=True, slots=True)
class Point:
    """A value with its interval, as parts of one, and where it stands, 0 to 100."""

    x: float
    low: float
    value: float
    high: float


def floor_under(lows: Sequence[float]) -> float:
    """The highest floor under everything that is drawn."""
    least = min(lows, default=FLOORS[0])
    return next(floor for floor in FLOORS if floor <= least)


def line(
    points: Sequence[Point | None], *, css: str, floor: float = 0.0, goal: float | None = None
) -> str:
    """The drawing; where a point is None the line has a gap. `css`: 1 or 2."""
    marks = [("line-grid", 0.0), ("line-grid", 50.0), ("line-grid", 100.0)]
    if goal is not None:
        marks.append(("line-goal", height(goal, floor)))
    goes = "".join(
        f'<line class="{name}" x1="0" x2="100" y1="{y:g}" y2="{y:g}"/>' for name, y in marks
    )
    drawn = "".join(_stretch(run, css, floor) for run in _runs(points))
    return (
        '<svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">'
        f"{goes}{drawn}</svg>"
    )


def height(part: float, floor: float) -> float:
    """From the top, in hundredths of the drawing."""
    return round(min(max(100 * (1 - part) / (1 - floor), 0.0), 100.0), 1)


def _runs(points: Sequence[Point | None]) -> Iterator[list[Point]]:
    for is_told, run in groupby(points, key=lambda point: point is not None):
        if is_told:
            yield [point for point in run if point is not None]


def _stretch(run: list[Point], css: str, floor: float) -> str:
    top = [f"{one.x:.2f},{height(one.high, floor):g}" for one in run]
    bottom = [f"{one.x:.2f},{height(one.low, floor):g}" for one in reversed(run)]
    middle = " ".join(f"{one.x:.2f},{height(one.value, floor):g}" for one in run)
    last = run[-1]
    return (
        f'<polygon class="band-{css}" points="{" ".join(top + bottom)}"/>'
        f'<polyline class="line-{css}" points="{middle}"/>'
        f'<path class="dot-{css}" d="M{last.x:.2f} {height(last.value, floor):g}h0.01"/>'
    )
