"""The goals of both halves: what they are, and setting them."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from .models import Goal

USUAL = 90
"""Per cent, where nobody has set a goal."""


@dataclass(frozen=True)
class Goals:
    """Per cent by half and tier; the tier "" stands for those without a goal of their own."""

    percents: Mapping[tuple[str, str], int]

    def percent(self, half: str, tier: str = "") -> int:
        """The goal of a tier, else that of its half."""
        overall = self.percents.get((half, ""), USUAL)
        return self.percents.get((half, tier), overall)

    def share(self, half: str, tier: str = "") -> float:
        """The same as a part of one."""
        return self.percent(half, tier) / 100


def read() -> Goals:
    """As they are now."""
    return Goals({(goal.half, goal.tier): goal.percent for goal in Goal.objects.all()})


def keep(percents: Mapping[tuple[str, str], int | None]) -> int:
    """Set the goals named, or take them away (None); how many changed. What a goal was before
    stands in its history."""
    changed = 0
    with transaction.atomic():
        there = {(one.half, one.tier): one for one in Goal.objects.select_for_update()}
        for (half, tier), percent in percents.items():
            goal = there.get((half, tier))
            if goal is None and percent is not None:
                Goal.objects.create(half=half, tier=tier, percent=percent)
            elif goal is not None and percent is None:
                goal.delete()
            elif goal is not None and percent is not None and goal.percent != percent:
                goal.percent = percent
                goal.save(update_fields=["percent"])
            else:
                continue
            changed += 1
    return changed
