"""A lead stays where a person put it, whatever is judged of it meanwhile, until newer evidence.

Source: contracts.md §3 "Re-entry". Once sales ended a hand-over, or marketing kept the lead back, a
judgement on what was known then begins nothing. It is kept; the lead's status is not its to change.
"""

import datetime as dt
from collections.abc import Iterable, Mapping

from handoff import statements
from handoff.rules import HANDED_OVER

from .awaiting import Plea, may_begin
from .judging import Judged
from .returning import Standing

STAY = """
UPDATE leads_lead l SET status = given.status
FROM unnest(%s::bigint[], %s::text[]) AS given(id, status) WHERE l.id = given.id"""


def stay(
    judged: Iterable[Judged],
    standing: Mapping[int, Standing],
    pleas: Mapping[int, Plea],
    evidence_at: Mapping[int, dt.datetime | None],
) -> None:
    """Give leads that were kept from sales their status back, where these judgements, made of them
    just now, rest on no evidence that is newer."""
    kept = [
        one
        for one in judged
        if one.stood not in ("", one.status, *HANDED_OVER)
        and not _may_move(
            standing.get(one.lead_id), pleas.get(one.lead_id), evidence_at[one.lead_id]
        )
    ]
    if kept:
        statements.execute(STAY, [[one.lead_id for one in kept], [one.stood for one in kept]])


def _may_move(
    standing: Standing | None, plea: Plea | None, evidence_at: dt.datetime | None
) -> bool:
    is_open = standing is not None and standing.handoff_id is not None
    return is_open or may_begin(standing, plea, evidence_at)
