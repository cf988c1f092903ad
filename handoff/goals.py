"""The goals of both halves: what they are, and setting them."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from .models import Goal

USUAL = 90
"""Per cent, where nobody has set a goal."""


Place = tuple[str, str, str]
"""Where a goal stands: step, half, tier."""


@dataclass(frozen=True)
class Goals:
    """Of one hand-over: per cent by half and tier; the tier "" stands for those without a goal of
    their own."""

    percents: Mapping[tuple[str, str], int]

    def percent(self, half: str, tier: str = "") -> int:
        """The goal of a tier, else that of its half."""
        overall = self.percents.get((half, ""), USUAL)
        return self.percents.get((half, tier), overall)

    def share(self, half: str, tier: str = "") -> float:
        """The same as a part of one."""
        return self.percent(half, tier) / 100


def read(step: str = "") -> Goals:
    """Those of a hand-over as they are now, by the key of its step (none: from marketing to sales).
    A half of a later step without a goal of its own takes that of the first."""
    kept = own()
    first = {(half, ""): kept["", half, ""] for half in Goal.Half.values if ("", half, "") in kept}
    here = {(half, tier): kept[at, half, tier] for at, half, tier in kept if at == step}
    return Goals(first | here)


def own() -> dict[Place, int]:
    """Every goal that was set, by step, half and tier."""
    return {(goal.step, goal.half, goal.tier): goal.percent for goal in Goal.objects.all()}


def keep(percents: Mapping[Place, int | None]) -> int:
    """Set the goals named, or take them away (None); how many changed. What a goal was before
    stands in its history."""
    changed = 0
    with transaction.atomic():
        there = {(one.step, one.half, one.tier): one for one in Goal.objects.select_for_update()}
        for (step, half, tier), percent in percents.items():
            goal = there.get((step, half, tier))
            if goal is None and percent is not None:
                Goal.objects.create(step=step, half=half, tier=tier, percent=percent)
            elif goal is not None and percent is None:
                goal.delete()
            elif goal is not None and percent is not None and goal.percent != percent:
                goal.percent = percent
                goal.save(update_fields=["percent"])
            else:
                continue
            changed += 1
    return changed
