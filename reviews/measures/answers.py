"""How sales answered a hand-over, and what became of it: one meaning for every figure. SQL.

Both are written over a row `h` of `leads_handoff`; `promises` tells them of its own rows. An answer
is one of

- `rejected`: sales said no;
- `returned`: sales sent it back for what is missing, and marketing has not given it back yet;
- `no_response`: sales worked it and closed it because the lead never responded;
- `accepted`: sales said yes, whatever came of it otherwise;
- `waiting`: none of these yet, or it was taken out of the queue before.

`returned` and `waiting` are no answers; acceptance and rejection are shares of `ANSWERED`.
"""

ANSWERED = ("accepted", "rejected", "no_response")
"""What counts as an answer."""
WORKED = ("accepted", "no_response")
"""What sales took up, whatever came of it."""


def answer_of(row: str, said_yes: str) -> str:
    """The answer of a hand-over told by `row`; `said_yes`: that sales said yes once, an expression
    too."""
    return f"""CASE WHEN {row}.state = 'rejected' THEN 'rejected'
        WHEN {row}.state = 'returned' THEN 'returned'
        WHEN {row}.disposition = 'no_response' THEN 'no_response'
        WHEN {said_yes} OR {row}.state IN ('accepted', 'advanced') THEN 'accepted'
        ELSE 'waiting' END"""


ANSWER = answer_of("h", "h.accepted_at IS NOT NULL")
"""The answer of `h`."""

ANSWER_KEPT = answer_of("p", "p.to_accept IS NOT NULL")
"""The answer of a row `p` of `leads_promise`."""

OUTCOME = """WITH RECURSIVE chain AS (
        SELECT h.id, h.outcome
        UNION
        SELECT later.id, later.outcome
        FROM chain CROSS JOIN LATERAL (
            SELECT id, outcome FROM leads_handoff WHERE previous_id = chain.id OFFSET 0) later)
    SELECT chain.outcome FROM chain WHERE chain.outcome <> ''
    ORDER BY chain.outcome = 'won' DESC, chain.outcome = 'open' DESC LIMIT 1"""
"""The best outcome (won, open or lost) of `h` and of the hand-overs that followed from it, as a
lateral query: a row with `outcome`, or none where there is no deal. Any of them is an opportunity.
"""
