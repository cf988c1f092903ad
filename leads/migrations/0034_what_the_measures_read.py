"""One narrow row a hand-over holds everything the measures read, whatever they are asked by.

The table is written anew, so that its columns stand in an order that keeps rows small: what is
always there first, then numbers, then texts.
"""

from django.db import migrations, models

# Of a later step: what the step before gave for the first time, not what was routed once more.
FIRST = """(h.step = 'sdr' AND (h.previous_id IS NULL OR h.reentry)
        OR h.step <> 'sdr' AND before.step IS DISTINCT FROM h.step)"""

TABLE = """
CREATE TABLE leads_promise_wide (
    handoff_id bigint NOT NULL,
    made_at timestamptz NOT NULL,
    version_id bigint NOT NULL,
    to_hand_over integer NOT NULL,
    from_judged integer NOT NULL,
    fit smallint NOT NULL,
    intent smallint NOT NULL,
    historical boolean NOT NULL,
    incomplete boolean NOT NULL,
    late boolean NOT NULL,
    missed boolean NOT NULL,
    met boolean NOT NULL,
    due_at timestamptz,
    team_id bigint,
    owner_id bigint,
    reason_id bigint,
    from_received integer,
    to_assign integer,
    to_open integer,
    to_accept integer,
    to_touch integer,
    to_end integer,
    to_deal integer,
    to_close integer,
    employees integer,
    step text DEFAULT 'sdr' NOT NULL,
    state text NOT NULL,
    disposition text NOT NULL,
    outcome text DEFAULT '' NOT NULL,
    tier text,
    source text,
    motion text,
    region text,
    country text,
    campaign text,
    offer text,
    trigger text,
    landing_page text,
    seniority text,
    function text,
    industry text
) WITH (fillfactor = 85);
"""

# Never out of range: a deal may be closed in the year 9998.
NUMBERS = """
CREATE FUNCTION leads_whole(value double precision) RETURNS integer LANGUAGE sql IMMUTABLE
    PARALLEL SAFE AS $$
    SELECT least(greatest(value, -2147483647), 2147483647)::integer
$$;
CREATE FUNCTION leads_seconds(since timestamptz, until timestamptz) RETURNS integer LANGUAGE sql
    IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN since IS NOT NULL AND until IS NOT NULL
        THEN leads_whole(round(extract(epoch FROM until - since))::double precision) END
$$;
"""

OF_JUDGEMENT = {
    "from_judged": "leads_seconds(j.judged_at, h.made_at)",
    "fit": "floor(j.fit)::smallint",
    "intent": "floor(j.intent)::smallint",
    "employees": "CASE WHEN j.employees IS NOT NULL THEN leads_whole(floor(j.employees)) END",
    **{
        name: f"j.{name}"
        for name in (
            "source", "motion", "region", "country", "campaign", "offer", "trigger",
            "landing_page", "seniority", "function", "industry",
        )
    },
}  # fmt: skip
OF_HANDOFF = {
    **{
        name: f"h.{name}"
        for name in (
            "made_at", "version_id", "historical", "team_id", "owner_id", "reason_id", "step",
            "state", "disposition", "tier",
        )
    },
    "to_accept": "leads_seconds(h.made_at, h.accepted_at)",
    "to_touch": "leads_seconds(h.made_at, h.first_touch_at)",
    "to_end": "leads_seconds(h.made_at, h.ended_at)",
}  # fmt: skip
AT_FIRST = {
    "handoff_id": "h.id",
    "incomplete": "h.step = 'sdr' AND cardinality(j.missing) > 0",
    "to_hand_over": """CASE WHEN h.step = 'sdr' THEN leads_seconds(h.triggered_at, h.made_at)
            ELSE leads_seconds(coalesce(before.made_at, h.triggered_at), h.made_at) END""",
    "from_received": "leads_seconds(came.at, h.made_at)",
    "to_assign": "leads_seconds(h.made_at, h.assigned_at)",
    "to_open": "leads_seconds(h.made_at, h.opened_at)",
    "late": "false",
    "missed": "false",
    "met": "false",
    **OF_HANDOFF,
    **OF_JUDGEMENT,
}
CAME = """LEFT JOIN LATERAL (SELECT max(d.received_at) AS at FROM leads_delivery d
        WHERE d.lead_id = h.lead_id AND d.received_at <= h.made_at) came ON true"""

MADE = f"""
CREATE OR REPLACE FUNCTION leads_promise_made() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
BEGIN
    INSERT INTO leads_promise ({", ".join(AT_FIRST)})
    SELECT {", ".join(AT_FIRST.values())}
    FROM made h JOIN leads_judgement j ON j.id = h.judgement_id
    LEFT JOIN leads_handoff before ON before.id = h.previous_id
    {CAME}
    WHERE {FIRST};
    SELECT array_agg(h.id) INTO ids FROM made h WHERE h.outcome <> '';
    IF ids IS NOT NULL THEN
        PERFORM leads_promise_dealt(ids);
    END IF;
    RETURN NULL;
END $$;
"""

# What was counted from a moment of the hand-over moves with it.
SHIFT = "leads_seconds(h.made_at, was.made_at)"
KEPT = {
    "to_assign": f"coalesce(p.to_assign + {SHIFT}, leads_seconds(h.made_at, h.assigned_at))",
    "to_open": f"coalesce(p.to_open + {SHIFT}, leads_seconds(h.made_at, h.opened_at))",
    "from_received": f"p.from_received - {SHIFT}",
    "to_deal": f"p.to_deal + {SHIFT}",
    "to_close": f"p.to_close + {SHIFT}",
    "to_hand_over": """CASE WHEN h.step = 'sdr' THEN leads_seconds(h.triggered_at, h.made_at)
            ELSE p.to_hand_over END""",
    "incomplete": """CASE WHEN h.step = 'sdr' THEN cardinality(j.missing) > 0
            ELSE p.incomplete OR h.state = 'returned' END""",
}
WATCHED = (
    "made_at", "triggered_at", "assigned_at", "opened_at", "accepted_at", "first_touch_at",
    "ended_at", "tier", "team_id", "owner_id", "version_id", "historical", "judgement_id", "step",
    "state", "disposition", "reason_id",
)  # fmt: skip

CHANGED = f"""
CREATE OR REPLACE FUNCTION leads_promise_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
BEGIN
    UPDATE leads_promise p SET
        {", ".join(f"{name} = {value}" for name, value in (OF_HANDOFF | OF_JUDGEMENT | KEPT).items())}
    FROM changed h JOIN was ON was.id = h.id JOIN leads_judgement j ON j.id = h.judgement_id
    WHERE p.handoff_id = h.id
        AND ({", ".join(f"h.{name}" for name in WATCHED)})
        IS DISTINCT FROM ({", ".join(f"was.{name}" for name in WATCHED)});
    SELECT array_agg(h.id) INTO ids FROM changed h JOIN was ON was.id = h.id
    WHERE (h.outcome, h.outcome_at) IS DISTINCT FROM (was.outcome, was.outcome_at);
    IF ids IS NOT NULL THEN
        PERFORM leads_promise_dealt(ids);
    END IF;
    RETURN NULL;
END $$;
"""

# The best of a hand-over and of those that followed from it, as reviews/measures/answers.py has it.
BEST = "chain.outcome = 'won' DESC, chain.outcome = 'open' DESC, chain.outcome_at, chain.id"
DEAL = f"""
    SELECT coalesce((array_agg(chain.outcome ORDER BY {BEST})
            FILTER (WHERE chain.outcome <> ''))[1], '') AS outcome,
        (array_agg(chain.outcome_at ORDER BY {BEST}) FILTER (WHERE chain.outcome <> ''))[1] AS at,
        coalesce((SELECT min(o.opened_at) FROM leads_opportunity o
                WHERE o.handoff_id IN (SELECT own.id FROM chain own)),
            min(chain.outcome_at) FILTER (WHERE chain.outcome <> '')) AS opened_at
    FROM chain"""
CHAIN = """
    SELECT first.id, first.outcome, first.outcome_at FROM leads_handoff first
    WHERE first.id = {of}
    UNION
    SELECT later.id, later.outcome, later.outcome_at
    FROM chain CROSS JOIN LATERAL (SELECT l.id, l.outcome, l.outcome_at FROM leads_handoff l
        WHERE l.previous_id = chain.id OFFSET 0) later"""
TOLD = """SET outcome = deal.outcome,
        to_deal = CASE WHEN deal.outcome <> '' THEN leads_seconds(p.made_at, deal.opened_at) END,
        to_close = CASE WHEN deal.outcome IN ('won', 'lost')
            THEN leads_seconds(p.made_at, deal.at) END"""
DEALT = f"""
CREATE FUNCTION leads_promise_dealt(ids bigint[]) RETURNS void LANGUAGE sql AS $$
    WITH RECURSIVE up AS (
        SELECT h.id, h.previous_id FROM leads_handoff h WHERE h.id = ANY(ids)
        UNION
        SELECT h.id, h.previous_id FROM up JOIN leads_handoff h ON h.id = up.previous_id)
    UPDATE leads_promise p {TOLD}
    FROM up CROSS JOIN LATERAL (
        WITH RECURSIVE chain AS ({CHAIN.format(of="up.id")}) {DEAL}) deal
    WHERE p.handoff_id = up.id
$$;
"""

DEALS = """
CREATE FUNCTION leads_promise_deals() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
BEGIN
    IF TG_OP = 'UPDATE' THEN
        SELECT array_agg(DISTINCT one.id) INTO ids
        FROM moved m JOIN was w ON w.id = m.id
        CROSS JOIN LATERAL (VALUES (m.handoff_id), (w.handoff_id)) one(id)
        WHERE one.id IS NOT NULL
            AND (m.handoff_id, m.opened_at) IS DISTINCT FROM (w.handoff_id, w.opened_at);
    ELSE
        SELECT array_agg(DISTINCT m.handoff_id) INTO ids FROM moved m
        WHERE m.handoff_id IS NOT NULL;
    END IF;
    IF ids IS NOT NULL THEN
        PERFORM leads_promise_dealt(ids);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER promise_deal_made AFTER INSERT ON leads_opportunity
    REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION leads_promise_deals();
CREATE TRIGGER promise_deal_changed AFTER UPDATE ON leads_opportunity
    REFERENCING OLD TABLE AS was NEW TABLE AS moved
    FOR EACH STATEMENT EXECUTE FUNCTION leads_promise_deals();
CREATE TRIGGER promise_deal_gone AFTER DELETE ON leads_opportunity
    REFERENCING OLD TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION leads_promise_deals();
"""

# What were written between the filling and the triggers would be missing for good.
ALONE = "LOCK TABLE leads_handoff, leads_clock, leads_opportunity IN SHARE ROW EXCLUSIVE MODE;"

# What the row says already stays; who had it first, and first saw it, the history tells.
STAYS = {name: f"p.{name}" for name in ("late", "missed", "met", "due_at", "incomplete")}
AT_ONCE = (
    AT_FIRST
    | STAYS
    | {
        "to_assign": "leads_seconds(h.made_at, coalesce(had.at, h.assigned_at))",
        "to_open": "leads_seconds(h.made_at, coalesce(saw.at, h.opened_at))",
    }
)
FILL = f"""
INSERT INTO leads_promise_wide ({", ".join(AT_ONCE)})
SELECT {", ".join(AT_ONCE.values())}
FROM leads_promise p
JOIN leads_handoff h ON h.id = p.handoff_id
JOIN leads_judgement j ON j.id = h.judgement_id
LEFT JOIN leads_handoff before ON before.id = h.previous_id
LEFT JOIN (SELECT a.handoff_id, min(a.at) AS at FROM leads_assignment a
    WHERE a.owner_id IS NOT NULL GROUP BY 1) had ON had.handoff_id = h.id
LEFT JOIN (SELECT e.handoff_id, min(e.at) AS at FROM leads_event e
    WHERE e.kind = 'opened' AND e.handoff_id IS NOT NULL GROUP BY 1) saw ON saw.handoff_id = h.id
{CAME}
ORDER BY h.made_at, h.id;
"""
REPLACE = """
DROP TABLE leads_promise;
ALTER TABLE leads_promise_wide RENAME TO leads_promise;
ALTER TABLE leads_promise ADD CONSTRAINT leads_promise_pkey PRIMARY KEY (handoff_id);
CREATE INDEX promise_by_day ON leads_promise (made_at);
"""
DEALT_BEFORE = """
SELECT leads_promise_dealt(array_agg(h.id)) FROM leads_handoff h WHERE h.outcome <> '';
ANALYZE leads_promise;
"""

WHOLE = ALONE + TABLE + NUMBERS + FILL + REPLACE + DEALT + MADE + CHANGED + DEALS + DEALT_BEFORE

SECONDS = (
    "from_received", "to_assign", "to_open", "to_accept", "to_end", "to_deal", "to_close",
    "employees",
)  # fmt: skip
SAID = (
    "motion", "region", "country", "campaign", "offer", "trigger", "landing_page", "seniority",
    "function", "industry",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("leads", "0033_the_most_urgent_of_a_queue"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField("promise", "to_hand_over", models.IntegerField()),
                migrations.AlterField("promise", "to_touch", models.IntegerField(null=True)),
                migrations.AddField("promise", "from_judged", models.IntegerField()),
                migrations.AddField("promise", "fit", models.SmallIntegerField()),
                migrations.AddField("promise", "intent", models.SmallIntegerField()),
                migrations.AddField("promise", "reason_id", models.BigIntegerField(null=True)),
                *(
                    migrations.AddField("promise", name, models.IntegerField(null=True))
                    for name in SECONDS
                ),
                migrations.AddField("promise", "state", models.TextField()),
                migrations.AddField("promise", "disposition", models.TextField()),
                migrations.AddField("promise", "outcome", models.TextField(db_default="")),
                *(
                    migrations.AddField("promise", name, models.TextField(null=True))
                    for name in SAID
                ),
            ],
            database_operations=[migrations.RunSQL(WHOLE)],
        ),
    ]
