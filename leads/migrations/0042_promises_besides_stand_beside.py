"""The row that the measures read says also whether sales followed up and did the next step in time,
and whether marketing completed and answered in time what it owed besides.
"""

from django.db import migrations, models

# Of clocks of which a hand-over may have several: one that was late once is late.
BESIDES = {
    f"{kind}_late": f"""CASE WHEN bool_or(c.breached_at IS NOT NULL) FILTER (WHERE c.kind = '{kind}')
            THEN true WHEN bool_or(c.state = 'met') FILTER (WHERE c.kind = '{kind}')
            THEN false END"""
    for kind in ("follow_up", "next_step", "context", "returned")
}

# As migration `answers_and_causes_stand_beside` wrote them.
BEFORE = {
    "missed": """coalesce(bool_or(c.kind = 'first_touch' AND c.breached_at IS NOT NULL), false)""",
    "met": """coalesce(bool_or(c.kind = 'first_touch' AND c.state = 'met'), false)""",
    "due_at": """min(c.due_at) FILTER (WHERE c.kind = 'first_touch' AND c.state = 'running')""",
    "late": """coalesce(bool_or(c.kind = 'handover' AND c.breached_at IS NOT NULL
            AND c.started_at <= h.made_at), false)""",
    "returned": """coalesce(bool_or(c.kind IN ('handover', 'returned')
            AND c.started_at > h.made_at), false)""",
    "answered_late": """(array_agg(CASE WHEN c.breached_at IS NOT NULL THEN true
            WHEN c.state = 'met' THEN false END ORDER BY c.id DESC)
            FILTER (WHERE c.kind = 'accept'))[1]""",
    "touch_cause": """(array_agg(m.cause ORDER BY c.id DESC)
            FILTER (WHERE c.kind = 'first_touch' AND m.cause IS NOT NULL))[1]""",
    "handover_cause": """(array_agg(m.cause ORDER BY c.id)
            FILTER (WHERE c.kind = 'handover' AND m.cause IS NOT NULL))[1]""",
}
KINDS_BEFORE = ("accept", "first_touch", "handover", "returned")
KINDS = (*KINDS_BEFORE, "follow_up", "next_step", "context")


def _listed(kinds):
    return ", ".join(f"'{kind}'" for kind in kinds)


def _of(row, columns):
    return ", ".join(f"{row}.{name}" for name in columns)


def _counted(columns, kinds):
    return f"""
CREATE OR REPLACE FUNCTION leads_promise_counted(ids bigint[]) RETURNS void LANGUAGE plpgsql
    SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    PERFORM FROM leads_promise p WHERE p.handoff_id = ANY(ids) ORDER BY p.handoff_id FOR UPDATE;
    UPDATE leads_promise p SET ({", ".join(columns)}) = ROW({_of("c", columns)})
    FROM (
        SELECT i.id, {", ".join(f"{value} AS {name}" for name, value in columns.items())}
        FROM unnest(ids) AS i(id) JOIN leads_handoff h ON h.id = i.id
        LEFT JOIN leads_clock c ON c.handoff_id = i.id AND c.kind IN ({_listed(kinds)})
        LEFT JOIN leads_miss m ON m.clock_id = c.id
        GROUP BY i.id) c
    WHERE p.handoff_id = c.id
        AND ({_of("p", columns)}) IS DISTINCT FROM ({_of("c", columns)});
END $$;
"""


def _clocked(kinds):
    return f"""
CREATE OR REPLACE FUNCTION leads_promise_clocked() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
BEGIN
    SELECT array_agg(DISTINCT c.handoff_id) INTO ids FROM moved c
    WHERE c.kind IN ({_listed(kinds)});
    IF ids IS NOT NULL THEN
        PERFORM leads_promise_counted(ids);
    END IF;
    RETURN NULL;
END $$;
"""


# What were written between the filling and the triggers would be missing for good.
ALONE = "LOCK TABLE leads_handoff, leads_clock IN SHARE ROW EXCLUSIVE MODE"

# No step of the path moves, so that its times need not be counted anew.
FILL = f"""
ALTER TABLE leads_promise DISABLE TRIGGER promise_measured;
UPDATE leads_promise p SET ({", ".join(BESIDES)}) = ROW({_of("said", BESIDES)})
FROM (SELECT c.handoff_id, {", ".join(f"{value} AS {name}" for name, value in BESIDES.items())}
    FROM leads_clock c WHERE c.kind IN ('follow_up', 'next_step', 'context', 'returned')
        AND (c.breached_at IS NOT NULL OR c.state = 'met')
    GROUP BY 1) said
WHERE p.handoff_id = said.handoff_id;
ALTER TABLE leads_promise ENABLE TRIGGER promise_measured;
ANALYZE leads_promise;
"""
MORE = _counted(BEFORE | BESIDES, KINDS) + _clocked(KINDS) + FILL
LESS = _counted(BEFORE, KINDS_BEFORE) + _clocked(KINDS_BEFORE)


class Migration(migrations.Migration):
    dependencies = [
        ("leads", "0041_answers_and_causes_stand_beside"),
    ]

    operations = [
        migrations.RunSQL(ALONE, migrations.RunSQL.noop),
        *(migrations.AddField("promise", name, models.BooleanField(null=True)) for name in BESIDES),
        migrations.RunSQL(MORE, LESS),
    ]
