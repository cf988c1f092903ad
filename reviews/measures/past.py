"""Whether a judgement is of an imported past: one rule for every figure. SQL.

Written over a row `j` of `leads_judgement`, the hand-over `quoting` that quotes it, if any, and
what was `told` of its lead. The hand-over says it; without one, only imported deliveries had been
received by the moment it is of.
"""

TOLD = """SELECT lead_id, max(received_at) FILTER (WHERE historical) AS imported_until,
        min(received_at) FILTER (WHERE NOT historical) AS live_from
    FROM leads_delivery WHERE {leads} GROUP BY 1"""
"""The deliveries of some leads, a row for each."""

IMPORTED = """coalesce(quoting.historical, told.imported_until >= j.as_of
        AND coalesce(told.live_from > j.as_of, true), false)"""
