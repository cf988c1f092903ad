"""The row that the measures read says also whether a hand-over was given back and why, whether it
was answered in time, and why a half of it was missed.

A hand-on that was taken back before its row went with it (`journey.undoing`) loses its row now.
"""

from django.db import migrations, models

# Read again of its clocks, and of what was said of those that were missed.
OF_CLOCKS = """
    SELECT i.id, coalesce(bool_or(c.kind = 'first_touch' AND c.breached_at IS NOT NULL), false)
            AS missed,
        coalesce(bool_or(c.kind = 'first_touch' AND c.state = 'met'), false) AS met,
        min(c.due_at) FILTER (WHERE c.kind = 'first_touch' AND c.state = 'running') AS due_at,
        coalesce(bool_or(c.kind = 'handover' AND c.breached_at IS NOT NULL
            AND c.started_at <= h.made_at), false) AS late,
        coalesce(bool_or(c.kind IN ('handover', 'returned')
            AND c.started_at > h.made_at), false) AS returned,
        (array_agg(CASE WHEN c.breached_at IS NOT NULL THEN true WHEN c.state = 'met' THEN false END
            ORDER BY c.id DESC) FILTER (WHERE c.kind = 'accept'))[1] AS answered_late,
        (array_agg(m.cause ORDER BY c.id DESC)
            FILTER (WHERE c.kind = 'first_touch' AND m.cause IS NOT NULL))[1] AS touch_cause,
        (array_agg(m.cause ORDER BY c.id)
            FILTER (WHERE c.kind = 'handover' AND m.cause IS NOT NULL))[1] AS handover_cause
    FROM unnest(ids) AS i(id) JOIN leads_handoff h ON h.id = i.id
    LEFT JOIN leads_clock c ON c.handoff_id = i.id
        AND c.kind IN ('accept', 'first_touch', 'handover', 'returned')
    LEFT JOIN leads_miss m ON m.clock_id = c.id
    GROUP BY i.id"""
COUNTED = (
    "missed", "met", "due_at", "late", "returned", "answered_late", "touch_cause", "handover_cause",
)  # fmt: skip


def _of(row):
    return ", ".join(f"{row}.{name}" for name in COUNTED)


# Planned once a connection: to plan it for each hand-over takes several times as long as to run it.
COUNT = f"""
CREATE FUNCTION leads_promise_counted(ids bigint[]) RETURNS void LANGUAGE plpgsql
    SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    PERFORM FROM leads_promise p WHERE p.handoff_id = ANY(ids) ORDER BY p.handoff_id FOR UPDATE;
    UPDATE leads_promise p SET ({", ".join(COUNTED)}) = ROW({_of("c")})
    FROM ({OF_CLOCKS}) c
    WHERE p.handoff_id = c.id AND ({_of("p")}) IS DISTINCT FROM ({_of("c")});
END $$;
"""

CLOCKED = """
CREATE OR REPLACE FUNCTION leads_promise_clocked() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
BEGIN
    SELECT array_agg(DISTINCT c.handoff_id) INTO ids FROM moved c
    WHERE c.kind IN ('accept', 'first_touch', 'handover', 'returned');
    IF ids IS NOT NULL THEN
        PERFORM leads_promise_counted(ids);
    END IF;
    RETURN NULL;
END $$;
"""

EXPLAINED = """
CREATE FUNCTION leads_promise_explained() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
BEGIN
    SELECT array_agg(DISTINCT c.handoff_id) INTO ids FROM said m
    JOIN leads_clock c ON c.id = m.clock_id WHERE c.kind IN ('first_touch', 'handover');
    IF ids IS NOT NULL THEN
        PERFORM leads_promise_counted(ids);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER promise_cause_said AFTER INSERT ON leads_miss
    REFERENCING NEW TABLE AS said FOR EACH STATEMENT EXECUTE FUNCTION leads_promise_explained();
CREATE TRIGGER promise_cause_changed AFTER UPDATE ON leads_miss
    REFERENCING NEW TABLE AS said FOR EACH STATEMENT EXECUTE FUNCTION leads_promise_explained();
CREATE TRIGGER promise_cause_gone AFTER DELETE ON leads_miss
    REFERENCING OLD TABLE AS said FOR EACH STATEMENT EXECUTE FUNCTION leads_promise_explained();
"""

# What began before the hand-over and what began after it are told apart by when it was made.
MOVED = """
CREATE FUNCTION leads_promise_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM leads_promise_counted(ARRAY[NEW.id]);
    RETURN NULL;
END $$;
CREATE TRIGGER promise_moved AFTER UPDATE OF made_at ON leads_handoff
    FOR EACH ROW WHEN (OLD.made_at <> NEW.made_at) EXECUTE FUNCTION leads_promise_moved();
"""

GIVEN = """(SELECT r.id FROM handoff_reason r WHERE r.key = {0}.body ->> 'reason')"""
IS_GIVEN_BACK = "{0}.kind IN ('returned', 'sent_back')"
GIVEN_BACK = f"""
CREATE FUNCTION leads_promise_given_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE leads_promise p SET back_reason_id = {GIVEN.format("NEW")}
    WHERE p.handoff_id = NEW.handoff_id;
    RETURN NULL;
END $$;
CREATE TRIGGER promise_given_back AFTER INSERT ON leads_event
    FOR EACH ROW WHEN ({IS_GIVEN_BACK.format("NEW")}) EXECUTE FUNCTION leads_promise_given_back();
"""

# What were written between the filling and the triggers would be missing for good. Held before the
# row itself changes, as by whoever writes: a change of these goes on to the row.
ALONE = """LOCK TABLE leads_handoff, leads_event, leads_clock, leads_miss
    IN SHARE ROW EXCLUSIVE MODE"""

# Times are counted anew only where a step of the path is written, which clocks never do.
MOMENTS = (
    "made_at", "step", "owner_id", "untold", "to_hand_over", "from_captured", "from_received",
    "from_judged", "to_assign", "to_notify", "to_open", "to_accept", "to_touch", "to_end",
)  # fmt: skip
MEASURED = """
DROP TRIGGER promise_measured ON leads_promise;
CREATE TRIGGER promise_measured BEFORE INSERT OR UPDATE{0} ON leads_promise
    FOR EACH ROW EXECUTE FUNCTION leads_promise_measured();
"""

FILL = f"""
DELETE FROM leads_promise p USING leads_event e
WHERE e.handoff_id = p.handoff_id AND e.kind = 'closed' AND e.body ->> 'because' = 'taken back';
UPDATE leads_promise p SET back_reason_id = last.reason_id
FROM (SELECT DISTINCT ON (e.handoff_id) e.handoff_id, {GIVEN.format("e")} AS reason_id
    FROM leads_event e WHERE {IS_GIVEN_BACK.format("e")}
    ORDER BY e.handoff_id, e.seq DESC) last
WHERE p.handoff_id = last.handoff_id AND last.reason_id IS NOT NULL;
SELECT leads_promise_counted(array_agg(p.handoff_id)) FROM leads_promise p;
ANALYZE leads_promise;
"""

# As migration `promises_are_kept_beside` wrote it.
CLOCKED_BEFORE = """
CREATE OR REPLACE FUNCTION leads_promise_clocked() RETURNS trigger LANGUAGE plpgsql AS $$
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
"""
GONE = f"""
{MEASURED.format("")}
DROP TRIGGER promise_given_back ON leads_event;
DROP TRIGGER promise_moved ON leads_handoff;
DROP TRIGGER promise_cause_said ON leads_miss;
DROP TRIGGER promise_cause_changed ON leads_miss;
DROP TRIGGER promise_cause_gone ON leads_miss;
DROP FUNCTION leads_promise_given_back();
DROP FUNCTION leads_promise_moved();
DROP FUNCTION leads_promise_explained();
{CLOCKED_BEFORE}
DROP FUNCTION leads_promise_counted(bigint[]);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("leads", "0044_what_nobody_uses_goes"),
    ]

    operations = [
        migrations.RunSQL(ALONE, migrations.RunSQL.noop),
        migrations.AddField("promise", "returned", models.BooleanField(db_default=False)),
        migrations.AddField("promise", "answered_late", models.BooleanField(null=True)),
        migrations.AddField("promise", "back_reason_id", models.BigIntegerField(null=True)),
        migrations.AddField("promise", "touch_cause", models.TextField(null=True)),
        migrations.AddField("promise", "handover_cause", models.TextField(null=True)),
        migrations.RunSQL(
            MEASURED.format(f" OF {', '.join(MOMENTS)}")
            + COUNT
            + CLOCKED
            + EXPLAINED
            + MOVED
            + GIVEN_BACK
            + FILL,
            GONE,
        ),
    ]
