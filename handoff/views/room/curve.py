"""How a signal's points fade over 90 days, as a drawing. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from handoff.rules.fields import number
from handoff.words import number as figure

DAYS, STEPS = 90, 60
WIDTH, HEIGHT = 180.0, 48.0


@dataclass(frozen=True)
class Curve:
    """A line of points from the day of the signal on, and what it says in words."""

    points: str
    said: str


def curve_of(typed: Mapping[str, str]) -> Curve | None:
    """The curve of a signal as it was typed; None where its figures cannot be read."""
    worth = number(typed.get("points", ""))
    given = typed.get("half_life_days", "").strip()
    half_life = number(given) if given else None
    if not worth or (given and (half_life is None or half_life <= 0)):
        return None

    def left(day: float) -> float:
        return 1.0 if half_life is None else float(0.5 ** (day / half_life))

    days = [DAYS * step / STEPS for step in range(STEPS + 1)]
    points = " ".join(f"{WIDTH * day / DAYS:.1f},{HEIGHT * (1 - left(day)):.1f}" for day in days)
    if half_life is None:
        return Curve(points, f"{figure(worth)} points that never fade")
    later = ", ".join(f"{figure(worth * left(day))} after {day} days" for day in (7, 30, 90))
    return Curve(points, f"{figure(worth)} points at first, {later}")
