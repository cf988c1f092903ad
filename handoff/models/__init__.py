"""Everything both teams agreed on, as rows."""

from .access import ApiKey
from .calendar import Calendar
from .definition import (
    CLOCK_KEYS,
    SECTIONS,
    DecideRule,
    DefinitionVersion,
    Example,
    FitCriterion,
    Motion,
    RouteRule,
    Signal,
    Tier,
)
from .history import UserGroup
from .ownership import AreaOwner, Checklist, Stage, Step
from .person import ROLES, User
from .reason import Reason, Track
from .team import Absence, Membership, Team

__all__ = [
    "CLOCK_KEYS",
    "ROLES",
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
    "User",
    "UserGroup",
]
