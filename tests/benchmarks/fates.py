"""What lies behind the copied rows of the measures: leads, judgements, hand-overs, clocks, deals.

A copy of a lead keeps what it says of itself; its days move with its hand-over, and what came of
that is told by the row that the measures read, so that figures and the leads behind them agree.
Written are the tables that pages of measures and the study of lift read, nothing else.
"""

from psycopg import Connection, sql

from . import house

Admin = Connection[tuple[object, ...]]

FATE = """CREATE UNLOGGED TABLE bench_fate AS
    SELECT l.id AS lead_id, p.n, p.n * %(shift)s AS shift, max(p.day - p.made_at) AS later
    FROM leads_lead l JOIN leads_handoff h ON h.lead_id = l.id
    JOIN bench_drawn p ON p.handoff_id = h.id GROUP BY 1, 2"""
"""How far each copy of a lead that was handed over lies after the one it was made of."""

MOVED = "t.{0} + f.later"
LEADS = {
    "id": "t.id + f.shift",
    "email": "'copy' || f.n || '.' || t.email",
    "judgement_id": "t.judgement_id + f.shift",
    "merged_into_id": "NULL",
    "first_campaign": "t.first_campaign || ' ' || f.n %% 10",
}
JUDGEMENTS = {"id": "t.id + f.shift", "lead_id": "t.lead_id + f.shift"}
TOUCHPOINTS = {"id": "t.id + f.shift", "lead_id": "t.lead_id + f.shift"}
HANDOFFS = {
    "id": "t.id + f.shift",
    "lead_id": "t.lead_id + f.shift",
    "judgement_id": "t.judgement_id + f.shift",
    "previous_id": "NULL",
    **{name: f"p.{name}" for name in ("made_at", "owner_id", "team_id", "reason_id")},
    **{name: f"p.{name}" for name in ("state", "disposition", "outcome", "due_at")},
    "accepted_at": "p.made_at + make_interval(secs => p.to_accept)",
    "first_touch_at": "p.made_at + make_interval(secs => p.to_touch)",
    "last_touch_at": "p.made_at + make_interval(secs => p.to_touch)",
    "ended_at": "p.made_at + make_interval(secs => p.to_end)",
    "outcome_at": "p.made_at + make_interval(secs => coalesce(p.to_close, p.to_deal))",
    "answered_by_id": "CASE WHEN p.state = 'rejected' THEN p.owner_id END",
}
COPIED = {
    "leads_lead": (LEADS, ("first_seen_at", "last_seen_at"), "f.lead_id = t.id"),
    "leads_judgement": (JUDGEMENTS, ("as_of", "judged_at"), "f.lead_id = t.lead_id"),
    "leads_touchpoint": (TOUCHPOINTS, ("occurred_at", "recorded_at"), "f.lead_id = t.lead_id"),
    "leads_handoff": (
        HANDOFFS,
        ("triggered_at", "assigned_at", "opened_at"),
        "f.lead_id = t.lead_id JOIN leads_promise p ON p.handoff_id = t.id + f.shift",
    ),
}
"""Of each table what a copy has of its own, which moments move, and how its copies are found."""

CLOCKS = """INSERT INTO leads_clock (handoff_id, kind, state, version_id, tier, hours, minutes,
        started_at, due_at, pauses, receipt, ended_at, breached_at, acts)
    SELECT p.handoff_id, c.kind, c.state, p.version_id, p.tier, 'business', 240, p.made_at,
        p.made_at + interval '4 hours', '[]', '[]',
        CASE WHEN c.state <> 'running' THEN p.made_at + make_interval(secs => c.took) END,
        CASE WHEN c.is_late THEN p.made_at + interval '4 hours' END, true
    FROM leads_promise p CROSS JOIN LATERAL (VALUES
        ('handover', 'met', 60, p.late, true),
        ('accept', CASE WHEN p.to_accept IS NULL THEN 'stopped' ELSE 'met' END,
            coalesce(p.to_accept, p.to_end), p.answered_late, p.state <> 'waiting'),
        ('first_touch', CASE WHEN p.to_touch IS NULL THEN 'stopped' ELSE 'met' END,
            coalesce(p.to_touch, p.to_end), p.missed, p.state <> 'waiting'),
        ('follow_up', 'met', p.to_touch * 2, p.follow_up_late, p.follow_up_late IS NOT NULL),
        ('next_step', 'met', p.to_touch * 3, p.next_step_late, p.next_step_late IS NOT NULL),
        ('context', 'met', 20000, p.context_late, p.context_late IS NOT NULL),
        ('returned', 'met', 20000, p.returned_late, p.returned_late IS NOT NULL)
    ) c (kind, state, took, is_late, runs)
    WHERE p.handoff_id > %(shift)s AND c.runs ORDER BY p.made_at, p.handoff_id"""
"""Of each hand-over the clocks that its steps had; those of one that waits ran out unseen are left
out, as the worker would have written them."""

WORDS = "ARRAY['price', 'timing', 'no budget', 'security', 'Too small', 'too small', 'legal']"
MADE_LOOK = "ARRAY['audit', 'new CFO', 'growth', 'a failed close', 'contract ends']"
RIVALS = "ARRAY['Ledgerly', 'Closeworks', 'FastBooks', 'Sumly', '']"
DEALS = f"""INSERT INTO leads_opportunity (ref, lead_id, handoff_id, owner_id, stage, step,
        opened_at, closed_at, reason, competitor, objections, triggers, note, told_by_id, told_at,
        updated_at)
    SELECT 'copy' || d.handoff_id, d.lead_id, d.handoff_id, d.owner_id, d.outcome, '', d.opened_at,
        d.closed_at, '', CASE WHEN d.told THEN ({RIVALS})[1 + d.handoff_id %% 5] ELSE '' END,
        CASE WHEN d.told THEN ({WORDS})[1 + d.handoff_id %% 7 : 2 + d.handoff_id %% 7]
            ELSE '{{}}' END,
        CASE WHEN d.told THEN ({MADE_LOOK})[1 + d.handoff_id %% 5 : 1 + d.handoff_id %% 5]
            ELSE '{{}}' END,
        CASE WHEN d.told THEN 'They said so on the phone.' ELSE '' END,
        CASE WHEN d.told THEN d.owner_id END,
        CASE WHEN d.told THEN d.closed_at + interval '1 day' END, coalesce(d.closed_at, d.opened_at)
    FROM (SELECT p.handoff_id, h.lead_id, p.owner_id, p.outcome,
            p.made_at + make_interval(secs => p.to_deal) AS opened_at,
            p.made_at + make_interval(secs => p.to_close) AS closed_at,
            p.to_close IS NOT NULL AND p.to_touch %% 5 < 3 AS told
        FROM leads_promise p JOIN leads_handoff h ON h.id = p.handoff_id
        WHERE p.handoff_id > %(shift)s AND p.outcome <> '') d ORDER BY d.closed_at, d.handoff_id"""
"""Every deal of a copy; of three in five that ended somebody said why."""


def write(admin: Admin, *, shift: int) -> None:
    """Everything behind the rows of the measures that were drawn into `bench_drawn`, of which the
    copies have numbers above `shift`."""
    admin.execute(sql.SQL(FATE).format(), {"shift": shift})
    admin.execute("CREATE INDEX ON bench_fate (lead_id); ANALYZE bench_fate")
    for table, (own, moments, found) in COPIED.items():
        names = house.columns(admin, table)
        moved = {name: MOVED.format(name) for name in moments}
        values = ", ".join({**moved, **own}.get(name, f't."{name}"') for name in names)
        written = ", ".join(f'"{name}"' for name in names)
        admin.execute(
            f"INSERT INTO {table} ({written}) SELECT {values.replace('%%', '%')}"
            f" FROM {table} t JOIN bench_fate f ON {found} ORDER BY f.n, t.id"
        )
    admin.execute(CLOCKS, {"shift": shift})
    admin.execute(DEALS, {"shift": shift})
    admin.execute("DROP TABLE bench_fate, bench_drawn")


STAYED = """CREATE UNLOGGED TABLE bench_stayed AS
    SELECT k.lead_id, n, n * %(shift)s AS shift, now() - interval '3 years' * (1 -
            row_number() OVER (ORDER BY n, k.first_seen_at, k.lead_id)::float / %(rows)s) AS day
    FROM leads_nothandedover k, generate_series(1, %(rows)s / (SELECT count(*)
        FROM leads_nothandedover)) n"""
"""The copies of what was never handed over, evenly over the three years before now."""
KEPT = {
    "leads_lead": {
        "id": "t.id + s.shift",
        "email": "'kept' || s.n || '.' || t.email",
        "merged_into_id": "NULL",
        "first_seen_at": "s.day",
        "last_seen_at": "s.day",
    },
    "leads_nothandedover": {"lead_id": "t.lead_id + s.shift", "first_seen_at": "s.day"},
}


def stay(admin: Admin, rows: int, *, shift: int) -> None:
    """So many leads that were never handed over, copies of those there are, with numbers above
    `shift`; each keeps the judgement of the one it was made of."""
    admin.execute(sql.SQL(STAYED).format(), {"shift": shift, "rows": rows})
    for table, own in KEPT.items():
        names = house.columns(admin, table)
        values = ", ".join(own.get(name, f't."{name}"') for name in names)
        written = ", ".join(f'"{name}"' for name in names)
        admin.execute(
            f"INSERT INTO {table} ({written}) SELECT {values} FROM {table} t"
            f" JOIN bench_stayed s ON s.lead_id = t.{next(iter(own))} ORDER BY s.day"
        )
    admin.execute("DROP TABLE bench_stayed")
