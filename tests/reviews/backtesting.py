"""What tests of backtests need: drafts, a run, what it wrote."""

import copy
import datetime as dt
from typing import Any

from handoff.models import DefinitionVersion
from reviews import backtesting
from reviews.models import Backtest, BacktestLead
from tests import factories as make

SINCE = make.MONDAY - dt.timedelta(days=30)
UNTIL = make.MONDAY + dt.timedelta(days=30)


def draft_with(**sections: Any) -> DefinitionVersion:
    """A draft that says what DEFINITION says, but for these sections."""
    return make.DefinitionVersionFactory(document=copy.deepcopy(make.DEFINITION) | sections)


def stricter() -> DefinitionVersion:
    """A draft that asks for a thousand people."""
    fit = [dict(row) for row in make.DEFINITION["fit"]]
    fit[1]["when"] = [{"field": "employees", "at_least": 1000}]
    return draft_with(fit=fit)


def ask(version: DefinitionVersion, **changes: Any) -> Backtest:
    given = {"since": SINCE, "until": UNTIL, "actor": make.mara(), "at": UNTIL} | changes
    return backtesting.start(version, **given)


def backtest_of(version: DefinitionVersion, **changes: Any) -> Backtest:
    """A run that has come to its end."""
    chunk = changes.pop("chunk", 2)
    backtest = ask(version, **changes)
    assert backtesting.run(backtest.pk, at=UNTIL, chunk=chunk)
    backtest.refresh_from_db()
    assert backtest.state == "done", backtest.error
    return backtest


def rows_of(backtest: Backtest) -> list[tuple[Any, ...]]:
    """What a run wrote, without its own name."""
    names = [f.name for f in BacktestLead._meta.concrete_fields if f.name != "backtest"]
    return list(backtest.rows.order_by("lead").values_list(*names))
