"""A definition tried on what really happened.

A backtest is asked for (`start`), carried to its end by the worker (`run`), may be stopped and
taken up (`cancel`, `resume`) and asked again (`again`). `statement` holds the one statement that
judges anew, `summing` what is counted, `finding` what the counts say.
"""

from .running import again, cancel, faults_in, resume, run, start

__all__ = ["again", "cancel", "faults_in", "resume", "run", "start"]
