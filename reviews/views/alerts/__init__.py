"""Pages of alerts: those that hold, those that closed, the leads behind them, what is watched."""
