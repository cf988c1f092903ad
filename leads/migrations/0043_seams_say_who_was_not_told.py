"""The row that the measures read says who was not told yet, and a lead that ripened later is
received when it was triggered.

Whoever opens or answers a lead before they were told has been told by then, so that the time in
which nothing was sent lies in one seam, whether it is still running or over.
"""

from importlib import import_module

from django.db import migrations, models

before = import_module("leads.migrations.0040_seams_in_working_time")

# Of each seam its beginning and its end, in seconds from the hand-over on. What ripened later
# begins when it was triggered; no judgement that is older decided about that.
PLACES = """
CREATE FUNCTION leads_seams(first_step boolean, captured integer, received integer,
    triggered integer, judged integer, assigned integer, notified integer, untold boolean,
    opened integer, accepted integer, touched integer, ended integer)
    RETURNS integer[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT ARRAY[
        p.captured, CASE WHEN p.captured IS NOT NULL THEN p.received END,
        p.began, CASE WHEN p.began IS NOT NULL THEN p.judged END,
        p.judged, CASE WHEN p.judged IS NOT NULL THEN 0 END,
        0, p.assigned,
        coalesce(p.assigned, 0), p.notified,
        coalesce(p.notified, p.assigned, 0), p.opened,
        CASE WHEN leads_seams.opened IS NOT NULL THEN p.opened END,
        CASE WHEN leads_seams.opened IS NOT NULL THEN p.accepted END,
        coalesce(p.accepted, p.opened), p.touched,
        p.touched,
        CASE WHEN p.touched IS NOT NULL AND ended IS NOT NULL THEN greatest(ended, p.touched) END]
    FROM (SELECT
        CASE WHEN first_step AND captured IS NOT NULL AND received IS NOT NULL
            THEN least(-captured, -received, l.judged, 0) END AS captured,
        CASE WHEN first_step AND received IS NOT NULL
            THEN least(-received, l.judged, 0) END AS received,
        CASE WHEN first_step AND received IS NOT NULL
            THEN least(greatest(-received, -triggered), l.judged, 0) END AS began,
        CASE WHEN first_step THEN least(l.judged, 0) END AS judged,
        CASE WHEN assigned IS NOT NULL
            THEN greatest(least(assigned, notified, opened, accepted, touched), 0) END AS assigned,
        CASE WHEN notified IS NOT NULL OR untold AND coalesce(opened, accepted, touched) IS NOT NULL
            THEN greatest(least(notified, opened, accepted, touched), 0) END AS notified,
        CASE WHEN coalesce(opened, accepted, touched) IS NOT NULL
            THEN greatest(least(opened, accepted, touched), 0) END AS opened,
        CASE WHEN accepted IS NOT NULL
            THEN greatest(least(accepted, touched), 0) END AS accepted,
        CASE WHEN touched IS NOT NULL THEN greatest(touched, 0) END AS touched
        FROM (SELECT CASE WHEN judged IS NOT NULL
            THEN greatest(-judged, -triggered) END AS judged) l) p
$$;
"""
OF_ROW = """leads_seams({0}.step = 'sdr', {0}.from_captured, {0}.from_received, {0}.to_hand_over,
        {0}.from_judged, {0}.to_assign, {0}.to_notify, {0}.untold, {0}.to_open, {0}.to_accept,
        {0}.to_touch, {0}.to_end)"""
UNANSWERED = "coalesce({0}.to_open, {0}.to_accept, {0}.to_touch) IS NULL"

# The first mail or chat about it that its owner was really sent, or the note in the application once
# they saw it; as soon as it was written, where they take nothing else. Not told: what was written
# has come to nobody yet.
TOLD = """
CREATE FUNCTION leads_told(handoff bigint) RETURNS TABLE (at timestamptz, untold boolean)
LANGUAGE sql STABLE AS $$
    SELECT found.at, found.at IS NULL AND found.written > 0
    FROM (SELECT count(*) AS written, least(
            min(coalesce(letter.sent_at, m.sent_at)) FILTER (WHERE m.channel <> 'in_app'),
            min(m.seen_at) FILTER (WHERE m.channel = 'in_app'),
            CASE WHEN bool_and(m.channel = 'in_app') THEN min(m.written_at) END) AS at
        FROM leads_handoff h
        JOIN leads_message m ON m.lead_id = h.lead_id AND m.handoff_id = h.id
            AND m.recipient_id = h.owner_id
        LEFT JOIN leads_message letter ON letter.id = m.sent_in_id
        WHERE h.id = leads_told.handoff) found
$$;
"""

MEASURED = f"""
CREATE FUNCTION leads_promise_measured() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lead bigint;
    shift integer;
    places integer[];
    were integer[];
    worked integer[] := ARRAY[{", ".join(f"NEW.{one}" for one in before.WORKED)}];
    hours bigint := handoff_hours_of(NEW.team_id);
BEGIN
    IF TG_OP = 'INSERT' AND NEW.from_captured IS NULL AND NEW.from_received IS NOT NULL THEN
        SELECT h.lead_id INTO lead FROM leads_handoff h WHERE h.id = NEW.handoff_id;
        NEW.from_captured := ({before.CAPTURED.format(made_at="NEW.made_at", lead="lead")});
    ELSIF TG_OP = 'UPDATE' AND NEW.made_at <> OLD.made_at THEN
        shift := leads_seconds(NEW.made_at, OLD.made_at);
        NEW.from_captured := NEW.from_captured - shift;
        NEW.to_notify := NEW.to_notify + shift;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.owner_id IS DISTINCT FROM OLD.owner_id
            AND NEW.to_notify IS NULL AND {UNANSWERED.format("NEW")} THEN
        SELECT leads_seconds(NEW.made_at, known.at), known.untold INTO NEW.to_notify, NEW.untold
        FROM leads_told(NEW.handoff_id) known;
    END IF;
    places := {OF_ROW.format("NEW")};
    IF TG_OP = 'UPDATE' THEN
        were := {OF_ROW.format("OLD")};
    END IF;
    FOR seam IN 1..{len(before.SEAMS)} LOOP
        IF places[2 * seam] IS NULL OR places[2 * seam - 1] IS NULL THEN
            worked[seam] := NULL;
        ELSIF worked[seam] IS NULL OR places[2 * seam] IS DISTINCT FROM were[2 * seam]
                OR places[2 * seam - 1] IS DISTINCT FROM were[2 * seam - 1] THEN
            worked[seam] := handoff_worked(hours,
                NEW.made_at + make_interval(secs => places[2 * seam - 1]),
                NEW.made_at + make_interval(secs => places[2 * seam]));
        END IF;
    END LOOP;
    {" ".join(f"NEW.{one} := places[{2 * n}] - places[{2 * n - 1}];" for n, one in enumerate(before.TOOK, 1))}
    {" ".join(f"NEW.{one} := worked[{n}];" for n, one in enumerate(before.WORKED, 1))}
    RETURN NEW;
END $$;
CREATE TRIGGER promise_measured BEFORE INSERT OR UPDATE ON leads_promise
    FOR EACH ROW EXECUTE FUNCTION leads_promise_measured();
"""

NOTIFIED = f"""
CREATE FUNCTION leads_promise_notified() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
BEGIN
    IF TG_OP = 'UPDATE' THEN
        SELECT array_agg(DISTINCT one.handoff_id) INTO ids
        FROM letters m JOIN was ON was.id = m.id
            AND (was.state, was.seen_at) IS DISTINCT FROM (m.state, m.seen_at)
        CROSS JOIN LATERAL (SELECT m.handoff_id UNION ALL SELECT g.handoff_id FROM leads_message g
            WHERE g.sent_in_id = m.id) one
        WHERE m.recipient_id IS NOT NULL AND one.handoff_id IS NOT NULL;
    ELSE
        SELECT array_agg(DISTINCT m.handoff_id) INTO ids FROM letters m
        WHERE m.handoff_id IS NOT NULL AND m.recipient_id IS NOT NULL;
    END IF;
    IF ids IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM FROM leads_promise p WHERE p.handoff_id = ANY(ids) AND p.to_notify IS NULL
    ORDER BY p.handoff_id FOR UPDATE;
    UPDATE leads_promise p
    SET to_notify = leads_seconds(p.made_at, known.at), untold = known.untold
    FROM unnest(ids) one(id) CROSS JOIN LATERAL leads_told(one.id) known
    WHERE p.handoff_id = one.id AND p.to_notify IS NULL
        AND (p.untold OR {UNANSWERED.format("p")})
        AND (known.at IS NOT NULL OR known.untold <> p.untold);
    RETURN NULL;
END $$;
CREATE TRIGGER promise_letter_written AFTER INSERT ON leads_message
    REFERENCING NEW TABLE AS letters FOR EACH STATEMENT EXECUTE FUNCTION leads_promise_notified();
CREATE TRIGGER promise_letter_sent AFTER UPDATE ON leads_message
    REFERENCING OLD TABLE AS was NEW TABLE AS letters
    FOR EACH STATEMENT EXECUTE FUNCTION leads_promise_notified();
CREATE TRIGGER promise_letter_gone AFTER DELETE ON leads_message
    REFERENCING OLD TABLE AS letters FOR EACH STATEMENT EXECUTE FUNCTION leads_promise_notified();
"""

# Where the present owner is the first, as they are told now; of who answered only what was written
# before. Who had it before somebody else keeps when they were told.
FILL = f"""
UPDATE leads_promise p SET to_notify = leads_seconds(p.made_at, known.at), untold = known.untold
FROM leads_handoff h CROSS JOIN LATERAL leads_told(h.id) known
WHERE h.id = p.handoff_id AND NOT p.historical AND (known.at IS NOT NULL OR known.untold)
    AND (p.to_assign = leads_seconds(h.made_at, h.assigned_at)
        OR p.to_notify IS NULL AND {UNANSWERED.format("p")})
    AND ({UNANSWERED.format("p")} OR EXISTS (SELECT FROM leads_message m
        WHERE m.lead_id = h.lead_id AND m.handoff_id = h.id AND m.recipient_id = h.owner_id
            AND leads_seconds(p.made_at, m.written_at)
                <= least(p.to_open, p.to_accept, p.to_touch)))
    AND (p.to_notify, p.untold)
        IS DISTINCT FROM (leads_seconds(p.made_at, known.at), known.untold);
"""
# Working time is counted anew only where a seam begins or ends elsewhere: a row that is written
# counts what it does not know.
RIPENED = """
UPDATE leads_promise p SET worked_judge = NULL,
    worked_hand_over = CASE WHEN p.to_hand_over >= p.from_judged THEN p.worked_hand_over END
WHERE p.step = 'sdr'
    AND (p.to_hand_over < p.from_received OR p.to_hand_over < p.from_judged);
"""
AS_BEFORE = f"""
UPDATE leads_promise p SET to_notify = leads_seconds(p.made_at, first.at),
    worked_notify = NULL, worked_open = NULL
FROM leads_handoff h CROSS JOIN LATERAL ({before.TOLD}) first
WHERE h.id = p.handoff_id AND p.untold;
"""
GONE = """
DROP TRIGGER promise_letter_written ON leads_message;
DROP TRIGGER promise_letter_sent ON leads_message;
DROP TRIGGER promise_letter_gone ON leads_message;
DROP TRIGGER promise_measured ON leads_promise;
DROP FUNCTION leads_promise_notified();
DROP FUNCTION leads_promise_measured();
DROP FUNCTION leads_told(bigint);
DROP FUNCTION leads_seams(boolean, integer, integer, integer, integer, integer, integer, boolean,
    integer, integer, integer, integer);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("leads", "0040_seams_in_working_time"),
    ]

    operations = [
        migrations.RunSQL(before.ALONE, migrations.RunSQL.noop),
        migrations.AddField("promise", "untold", models.BooleanField(db_default=False)),
        migrations.RunSQL(
            before.GONE + PLACES + TOLD + MEASURED + NOTIFIED + FILL + RIPENED,
            f"{before.ALONE};"
            + GONE
            + before.PLACES
            + before.MEASURED
            + before.NOTIFIED
            + AS_BEFORE
            + RIPENED,
        ),
    ]
