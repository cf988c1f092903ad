"""Which clauses go with real outcomes, studied on what really happened.

A study is asked for (`start`), carried to its end by the worker (`running.run`), and may be stopped
and taken up (`cancel`, `resume`). `statement` gathers what held of each hand-over and what became
of it, `summing` lets `reviews.measures.lift` examine that, `drafting` makes a draft of the
suggested points.
"""

from .asking import cancel, resume, start

__all__ = ["cancel", "resume", "start"]
