"""What became of both promises, one narrow row a hand-over, kept by the database itself."""

import django.db.models.deletion
from django.db import migrations, models


KEEP = """
CREATE FUNCTION leads_promise_made() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO leads_promise (handoff_id, made_at, to_touch, to_hand_over, team_id, owner_id,
        version_id, historical, incomplete, late, missed, met, tier, source)
    SELECT h.id, h.made_at, extract(epoch FROM h.first_touch_at - h.made_at),
        extract(epoch FROM h.made_at - h.triggered_at), h.team_id, h.owner_id, h.version_id,
        h.historical, cardinality(j.missing) > 0, false, false, false, h.tier, j.source
    FROM made h JOIN leads_judgement j ON j.id = h.judgement_id
    WHERE h.step = 'sdr' AND (h.previous_id IS NULL OR h.reentry);
    RETURN NULL;
END $$;

CREATE FUNCTION leads_promise_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE leads_promise p SET made_at = h.made_at, tier = h.tier, team_id = h.team_id,
        owner_id = h.owner_id, version_id = h.version_id, historical = h.historical,
        to_touch = extract(epoch FROM h.first_touch_at - h.made_at),
        to_hand_over = extract(epoch FROM h.made_at - h.triggered_at),
        source = j.source, incomplete = cardinality(j.missing) > 0
    FROM changed h JOIN was ON was.id = h.id JOIN leads_judgement j ON j.id = h.judgement_id
    WHERE p.handoff_id = h.id
        AND (h.made_at, h.triggered_at, h.first_touch_at, h.tier, h.team_id, h.owner_id,
            h.version_id, h.historical, h.judgement_id)
        IS DISTINCT FROM (was.made_at, was.triggered_at, was.first_touch_at, was.tier,
            was.team_id, was.owner_id, was.version_id, was.historical, was.judgement_id);
    RETURN NULL;
END $$;

CREATE FUNCTION leads_promise_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM leads_promise p USING was WHERE p.handoff_id = was.id;
    RETURN NULL;
END $$;

CREATE FUNCTION leads_promise_clocked() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
BEGIN
    SELECT array_agg(DISTINCT c.handoff_id) INTO ids FROM moved c
    WHERE c.kind IN ('first_touch', 'handover');
    IF ids IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM FROM leads_promise p WHERE p.handoff_id = ANY(ids) ORDER BY p.handoff_id FOR UPDATE;
    UPDATE leads_promise p
    SET missed = c.missed, met = c.met, due_at = c.due_at, late = c.late
    FROM (
        SELECT i.id, coalesce(bool_or(c.kind = 'first_touch' AND c.breached_at IS NOT NULL), false)
                AS missed,
            coalesce(bool_or(c.kind = 'first_touch' AND c.state = 'met'), false) AS met,
            min(c.due_at) FILTER (WHERE c.kind = 'first_touch' AND c.state = 'running') AS due_at,
            coalesce(bool_or(c.kind = 'handover' AND c.breached_at IS NOT NULL
                AND c.started_at <= h.made_at), false) AS late
        FROM unnest(ids) AS i(id) JOIN leads_handoff h ON h.id = i.id
        LEFT JOIN leads_clock c ON c.handoff_id = i.id AND c.kind IN ('first_touch', 'handover')
        GROUP BY i.id
    ) c
    WHERE p.handoff_id = c.id
        AND (p.missed, p.met, p.due_at, p.late) IS DISTINCT FROM (c.missed, c.met, c.due_at, c.late);
    RETURN NULL;
END $$;

CREATE TRIGGER promise_made AFTER INSERT ON leads_handoff
    REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION leads_promise_made();
CREATE TRIGGER promise_changed AFTER UPDATE ON leads_handoff
    REFERENCING OLD TABLE AS was NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION leads_promise_changed();
CREATE TRIGGER promise_gone AFTER DELETE ON leads_handoff
    REFERENCING OLD TABLE AS was FOR EACH STATEMENT EXECUTE FUNCTION leads_promise_gone();
CREATE TRIGGER promise_clock_made AFTER INSERT ON leads_clock
    REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION leads_promise_clocked();
CREATE TRIGGER promise_clock_changed AFTER UPDATE ON leads_clock
    REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION leads_promise_clocked();
CREATE TRIGGER promise_clock_gone AFTER DELETE ON leads_clock
    REFERENCING OLD TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION leads_promise_clocked();
"""

# What were written between the filling and the triggers would be missing for good.
ALONE = "LOCK TABLE leads_handoff, leads_clock IN SHARE ROW EXCLUSIVE MODE;"

FILL = """
INSERT INTO leads_promise (handoff_id, made_at, due_at, to_touch, to_hand_over, team_id, owner_id,
    version_id, historical, incomplete, late, missed, met, tier, source)
SELECT h.id, h.made_at,
    min(c.due_at) FILTER (WHERE c.kind = 'first_touch' AND c.state = 'running'),
    extract(epoch FROM h.first_touch_at - h.made_at),
    extract(epoch FROM h.made_at - h.triggered_at), h.team_id, h.owner_id, h.version_id,
    h.historical, cardinality(j.missing) > 0,
    coalesce(bool_or(c.kind = 'handover' AND c.breached_at IS NOT NULL
        AND c.started_at <= h.made_at), false),
    coalesce(bool_or(c.kind = 'first_touch' AND c.breached_at IS NOT NULL), false),
    coalesce(bool_or(c.kind = 'first_touch' AND c.state = 'met'), false), h.tier, j.source
FROM leads_handoff h
JOIN leads_judgement j ON j.id = h.judgement_id
LEFT JOIN leads_clock c ON c.handoff_id = h.id AND c.kind IN ('first_touch', 'handover')
WHERE h.step = 'sdr' AND (h.previous_id IS NULL OR h.reentry)
GROUP BY h.id, j.id ORDER BY h.made_at
"""

UNDO = """
DROP TRIGGER promise_made ON leads_handoff;
DROP TRIGGER promise_changed ON leads_handoff;
DROP TRIGGER promise_gone ON leads_handoff;
DROP TRIGGER promise_clock_made ON leads_clock;
DROP TRIGGER promise_clock_changed ON leads_clock;
DROP TRIGGER promise_clock_gone ON leads_clock;
DROP FUNCTION leads_promise_made();
DROP FUNCTION leads_promise_changed();
DROP FUNCTION leads_promise_gone();
DROP FUNCTION leads_promise_clocked();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("leads", "0017_clocks_act_in_their_hours"),
    ]

    operations = [
        migrations.CreateModel(
            name="Promise",
            fields=[
                (
                    "handoff",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="leads.handoff",
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(null=True)),
                ("to_touch", models.FloatField(null=True)),
                ("to_hand_over", models.FloatField()),
                ("team_id", models.BigIntegerField(null=True)),
                ("owner_id", models.BigIntegerField(null=True)),
                ("version_id", models.BigIntegerField()),
                ("historical", models.BooleanField()),
                ("incomplete", models.BooleanField()),
                ("late", models.BooleanField(default=False)),
                ("missed", models.BooleanField(default=False)),
                ("met", models.BooleanField(default=False)),
                ("tier", models.TextField(null=True)),
                ("source", models.TextField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["made_at"], name="promise_by_day")],
            },
        ),
        migrations.RunSQL(ALONE + FILL + ";" + KEEP, UNDO),
    ]
