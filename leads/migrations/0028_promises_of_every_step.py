"""What became of the promises of a later hand-over stands beside it too, told apart by its step."""

from django.db import migrations, models

# Of a later step: what the step before gave for the first time, not what was routed once more.
FIRST = """(h.step = 'sdr' AND (h.previous_id IS NULL OR h.reentry)
        OR h.step <> 'sdr' AND before.step IS DISTINCT FROM h.step)"""

MADE = f"""
CREATE OR REPLACE FUNCTION leads_promise_made() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO leads_promise (handoff_id, made_at, to_touch, to_hand_over, team_id, owner_id,
        version_id, historical, incomplete, late, missed, met, tier, source, step)
    SELECT h.id, h.made_at, extract(epoch FROM h.first_touch_at - h.made_at),
        extract(epoch FROM h.made_at - CASE WHEN h.step = 'sdr' THEN h.triggered_at
            ELSE coalesce(before.made_at, h.triggered_at) END), h.team_id, h.owner_id,
        h.version_id, h.historical, h.step = 'sdr' AND cardinality(j.missing) > 0, false, false,
        false, h.tier, j.source, h.step
    FROM made h JOIN leads_judgement j ON j.id = h.judgement_id
    LEFT JOIN leads_handoff before ON before.id = h.previous_id
    WHERE {FIRST};
    RETURN NULL;
END $$;
"""

CHANGED = """
CREATE OR REPLACE FUNCTION leads_promise_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE leads_promise p SET made_at = h.made_at, tier = h.tier, team_id = h.team_id,
        owner_id = h.owner_id, version_id = h.version_id, historical = h.historical,
        to_touch = extract(epoch FROM h.first_touch_at - h.made_at),
        to_hand_over = CASE WHEN h.step = 'sdr'
            THEN extract(epoch FROM h.made_at - h.triggered_at) ELSE p.to_hand_over END,
        source = j.source, step = h.step,
        incomplete = CASE WHEN h.step = 'sdr' THEN cardinality(j.missing) > 0
            ELSE p.incomplete OR h.state = 'returned' END
    FROM changed h JOIN was ON was.id = h.id JOIN leads_judgement j ON j.id = h.judgement_id
    WHERE p.handoff_id = h.id
        AND ((h.made_at, h.triggered_at, h.first_touch_at, h.tier, h.team_id, h.owner_id,
            h.version_id, h.historical, h.judgement_id, h.step)
        IS DISTINCT FROM (was.made_at, was.triggered_at, was.first_touch_at, was.tier,
            was.team_id, was.owner_id, was.version_id, was.historical, was.judgement_id, was.step)
        OR h.step <> 'sdr' AND h.state = 'returned' AND was.state <> 'returned');
    RETURN NULL;
END $$;
"""

# What were written between the filling and the triggers would be missing for good.
ALONE = "LOCK TABLE leads_handoff, leads_clock IN SHARE ROW EXCLUSIVE MODE;"

FILL = """
INSERT INTO leads_promise (handoff_id, made_at, due_at, to_touch, to_hand_over, team_id, owner_id,
    version_id, historical, incomplete, late, missed, met, tier, source, step)
SELECT h.id, h.made_at,
    min(c.due_at) FILTER (WHERE c.state = 'running'),
    extract(epoch FROM h.first_touch_at - h.made_at),
    extract(epoch FROM h.made_at - coalesce(before.made_at, h.triggered_at)),
    h.team_id, h.owner_id, h.version_id, h.historical, h.state = 'returned', false,
    coalesce(bool_or(c.breached_at IS NOT NULL), false),
    coalesce(bool_or(c.state = 'met'), false), h.tier, j.source, h.step
FROM leads_handoff h
JOIN leads_judgement j ON j.id = h.judgement_id
LEFT JOIN leads_handoff before ON before.id = h.previous_id
LEFT JOIN leads_clock c ON c.handoff_id = h.id AND c.kind = 'first_touch'
WHERE h.step <> 'sdr' AND before.step IS DISTINCT FROM h.step
GROUP BY h.id, j.id, before.id ORDER BY h.made_at;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("leads", "0027_what_people_find_out"),
    ]

    operations = [
        migrations.AddField(
            model_name="promise",
            name="step",
            field=models.TextField(db_default="sdr"),
        ),
        migrations.RunSQL(ALONE + FILL + MADE + CHANGED, migrations.RunSQL.noop),
    ]
