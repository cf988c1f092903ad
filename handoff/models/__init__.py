"""Everything both teams agreed on, as rows."""

from .access import ApiKey
from .calendar import Calendar, WorkingTime
from .definition import DefinitionVersion
from .definition_rows import (
    CLOCK_KEYS,
    SECTIONS,
    DecideRule,
    FitCriterion,
    Motion,
    RouteRule,
    Signal,
    Tier,
)
from .example import Example
from .goal import Goal
from .history import UserGroup
from .ownership import AreaOwner, Checklist, Stage, Step
from .person import DECIDERS, OVERSEERS, ROLES, SEERS, User
from .reason import Reason, Track
from .team import Absence, Membership, Team
from .trial import Trial

__all__ = [
    "CLOCK_KEYS",
    "DECIDERS",
    "OVERSEERS",
    "ROLES",
    "SEERS",
    "SECTIONS",
    "Absence",
    "ApiKey",
    "AreaOwner",
    "Calendar",
    "Checklist",
    "DecideRule",
    "DefinitionVersion",
    "Example",
    "FitCriterion",
    "Goal",
    "Membership",
    "Motion",
    "Reason",
    "RouteRule",
    "Signal",
    "Stage",
    "Step",
    "Team",
    "Tier",
    "Track",
    "Trial",
    "User",
    "UserGroup",
    "WorkingTime",
]
