"""The figures and how they are shown: value, floor of the same run, ratio, target."""

from collections.abc import Iterable
from dataclasses import dataclass

HEADS = ("figure", "value", "floor", "ratio", "target", "")


@dataclass(frozen=True)
class Figure:
    """One line. `ok` None: told for its own sake, without a target."""

    name: str
    value: str
    floor: str = ""
    ratio: str = ""
    target: str = ""
    ok: bool | None = None

    def cells(self) -> tuple[str, ...]:
        verdict = "" if self.ok is None else "ok" if self.ok else "MISSED"
        return (self.name, self.value, self.floor, self.ratio, self.target, verdict)


def shown(figures: Iterable[Figure]) -> str:
    """The figures as one table of text."""
    rows = [HEADS, *(figure.cells() for figure in figures)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEADS))]
    lines = [
        "  ".join(
            cell.ljust(width) if place in (0, 4, 5) else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def per_second(count: float) -> str:
    return f"{count:,.0f}/s"


def ms(seconds: float) -> str:
    return f"{seconds * 1000:,.1f} ms"
