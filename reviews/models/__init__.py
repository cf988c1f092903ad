"""What both teams learn."""

from .backtest import Backtest, BacktestEvent, BacktestLead
from .coverage import KnownGap

__all__ = ["Backtest", "BacktestEvent", "BacktestLead", "KnownGap"]
