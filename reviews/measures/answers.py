"""How sales answered a hand-over, and what became of it: one meaning for every figure. SQL.

Both are written over a row `h` of `leads_handoff`. An answer is one of

- `rejected`: sales said no;
- `returned`: sales sent it back for what is missing, and marketing has not given it back yet;
- `no_response`: sales worked it and closed it because the lead never responded;
- `accepted`: sales said yes, whatever came of it otherwise;
- `waiting`: none of these yet, or it was taken out of the queue before.

`returned` and `waiting` are no answers; acceptance and rejection are shares of `ANSWERED`.
"""

ANSWERED = ("accepted", "rejected", "no_response")
"""What counts as an answer."""

ANSWER = """CASE WHEN h.state = 'rejected' THEN 'rejected'
        WHEN h.state = 'returned' THEN 'returned'
        WHEN h.disposition = 'no_response' THEN 'no_response'
        WHEN h.accepted_at IS NOT NULL OR h.state IN ('accepted', 'advanced') THEN 'accepted'
        ELSE 'waiting' END"""
"""The answer of `h`, as an expression."""

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
