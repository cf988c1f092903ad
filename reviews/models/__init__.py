"""What both teams learn."""

from .action import Action, Line
from .alert import Alert, AlertRule
from .backtest import Backtest, BacktestEvent, BacktestLead
from .coverage import KnownGap
from .history import WATCHED
from .lift import LiftDraft, LiftLead, LiftStudy
from .meeting import OPENING, PRESENT, Item, Meeting, Participant, Shown, Turn
from .sample import Sampled
from .series import ITEMS, Series, SeriesMember
from .sides import Side
from .vote import Vote

__all__ = [
    "ITEMS",
    "OPENING",
    "PRESENT",
    "WATCHED",
    "Action",
    "Alert",
    "AlertRule",
    "Backtest",
    "BacktestEvent",
    "BacktestLead",
    "Item",
    "KnownGap",
    "LiftDraft",
    "LiftLead",
    "LiftStudy",
    "Line",
    "Meeting",
    "Participant",
    "Sampled",
    "Series",
    "SeriesMember",
    "Shown",
    "Side",
    "Turn",
    "Vote",
]
