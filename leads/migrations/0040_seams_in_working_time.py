"""The row that the measures read says when the form was sent, when the owner was told, and how much
time lay between each step of the path and the one before, on the wall and in working time.

The working time of what was there before is counted by the worker (`leads.catching_up`), once
calendars are laid out.
"""

from django.db import migrations, models

SEAMS = (
    "receive", "judge", "hand_over", "assign", "notify", "open", "accept", "touch", "end",
)  # fmt: skip
TOOK = tuple(f"took_{one}" for one in SEAMS)
WORKED = tuple(f"worked_{one}" for one in SEAMS)
COLUMNS = ("from_captured", "to_notify", *TOOK, *WORKED)

# Of each seam its beginning and its end, in seconds from the hand-over on. Whoever answered has
# been told and has seen it by then; what is not known is left out, and the seam begins before it.
PLACES = """
CREATE FUNCTION leads_seams(first_step boolean, captured integer, received integer, judged integer,
    assigned integer, notified integer, opened integer, accepted integer, touched integer,
    ended integer) RETURNS integer[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT ARRAY[
        p.captured, CASE WHEN p.captured IS NOT NULL THEN p.received END,
        p.received, CASE WHEN p.received IS NOT NULL THEN p.judged END,
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
            THEN least(-captured, -received, -judged, 0) END AS captured,
        CASE WHEN first_step AND received IS NOT NULL
            THEN least(-received, -judged, 0) END AS received,
        CASE WHEN first_step AND judged IS NOT NULL THEN least(-judged, 0) END AS judged,
        CASE WHEN assigned IS NOT NULL
            THEN greatest(least(assigned, notified, opened, accepted, touched), 0) END AS assigned,
        CASE WHEN notified IS NOT NULL
            THEN greatest(least(notified, opened, accepted, touched), 0) END AS notified,
        CASE WHEN coalesce(opened, accepted, touched) IS NOT NULL
            THEN greatest(least(opened, accepted, touched), 0) END AS opened,
        CASE WHEN accepted IS NOT NULL
            THEN greatest(least(accepted, touched), 0) END AS accepted,
        CASE WHEN touched IS NOT NULL THEN greatest(touched, 0) END AS touched) p
$$;
"""
OF_ROW = """leads_seams({0}.step = 'sdr', {0}.from_captured, {0}.from_received, {0}.from_judged,
        {0}.to_assign, {0}.to_notify, {0}.to_open, {0}.to_accept, {0}.to_touch, {0}.to_end)"""

# The form says when it was sent; one that does not was received when it was sent.
CAPTURED = """SELECT leads_seconds(sent.at, {made_at})
    FROM leads_delivery d CROSS JOIN LATERAL (
        SELECT min(s.occurred_at) AS at FROM leads_submission s
        WHERE s.delivery_id = d.id AND s.occurred_at <> d.received_at) sent
    WHERE d.lead_id = {lead} AND d.received_at <= {made_at}
    ORDER BY d.received_at DESC, d.id DESC LIMIT 1"""

MEASURED = f"""
CREATE FUNCTION leads_promise_measured() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lead bigint;
    shift integer;
    places integer[];
    were integer[];
    worked integer[] := ARRAY[{", ".join(f"NEW.{one}" for one in WORKED)}];
    hours bigint := handoff_hours_of(NEW.team_id);
BEGIN
    IF TG_OP = 'INSERT' AND NEW.from_captured IS NULL AND NEW.from_received IS NOT NULL THEN
        SELECT h.lead_id INTO lead FROM leads_handoff h WHERE h.id = NEW.handoff_id;
        NEW.from_captured := ({CAPTURED.format(made_at="NEW.made_at", lead="lead")});
    ELSIF TG_OP = 'UPDATE' AND NEW.made_at <> OLD.made_at THEN
        shift := leads_seconds(NEW.made_at, OLD.made_at);
        NEW.from_captured := NEW.from_captured - shift;
        NEW.to_notify := NEW.to_notify + shift;
    END IF;
    places := {OF_ROW.format("NEW")};
    IF TG_OP = 'UPDATE' THEN
        were := {OF_ROW.format("OLD")};
    END IF;
    FOR seam IN 1..{len(SEAMS)} LOOP
        IF places[2 * seam] IS NULL OR places[2 * seam - 1] IS NULL THEN
            worked[seam] := NULL;
        ELSIF worked[seam] IS NULL OR places[2 * seam] IS DISTINCT FROM were[2 * seam]
                OR places[2 * seam - 1] IS DISTINCT FROM were[2 * seam - 1] THEN
            worked[seam] := handoff_worked(hours,
                NEW.made_at + make_interval(secs => places[2 * seam - 1]),
                NEW.made_at + make_interval(secs => places[2 * seam]));
        END IF;
    END LOOP;
    {" ".join(f"NEW.{one} := places[{2 * n}] - places[{2 * n - 1}];" for n, one in enumerate(TOOK, 1))}
    {" ".join(f"NEW.{one} := worked[{n}];" for n, one in enumerate(WORKED, 1))}
    RETURN NEW;
END $$;
CREATE TRIGGER promise_measured BEFORE INSERT OR UPDATE ON leads_promise
    FOR EACH ROW EXECUTE FUNCTION leads_promise_measured();
"""

# The first mail or chat about it that its owner was really sent; the note in the application where
# there was none, or none could be sent.
TOLD = """SELECT coalesce(
            min(coalesce(letter.sent_at, m.sent_at)) FILTER (WHERE m.channel <> 'in_app'),
            CASE WHEN NOT coalesce(bool_or(m.channel <> 'in_app'
                    AND (m.state = 'waiting' OR letter.state = 'waiting')), false)
                THEN min(m.written_at) FILTER (WHERE m.channel = 'in_app') END) AS at
        FROM leads_message m LEFT JOIN leads_message letter ON letter.id = m.sent_in_id
        WHERE m.lead_id = h.lead_id AND m.handoff_id = h.id AND m.recipient_id = h.owner_id"""

NOTIFIED = f"""
CREATE FUNCTION leads_promise_notified() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(DISTINCT m.handoff_id) INTO ids FROM told m
        WHERE m.handoff_id IS NOT NULL AND m.recipient_id IS NOT NULL;
    ELSE
        SELECT array_agg(DISTINCT one.handoff_id) INTO ids
        FROM told m JOIN was ON was.id = m.id AND was.state <> m.state
        CROSS JOIN LATERAL (SELECT m.handoff_id UNION ALL SELECT g.handoff_id FROM leads_message g
            WHERE g.sent_in_id = m.id) one
        WHERE m.recipient_id IS NOT NULL AND one.handoff_id IS NOT NULL;
    END IF;
    IF ids IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM FROM leads_promise p WHERE p.handoff_id = ANY(ids) AND p.to_notify IS NULL
    ORDER BY p.handoff_id FOR UPDATE;
    UPDATE leads_promise p SET to_notify = leads_seconds(p.made_at, first.at)
    FROM leads_handoff h CROSS JOIN LATERAL ({TOLD}) first
    WHERE p.handoff_id = ANY(ids) AND p.to_notify IS NULL AND h.id = p.handoff_id
        AND first.at IS NOT NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER promise_letter_written AFTER INSERT ON leads_message
    REFERENCING NEW TABLE AS told FOR EACH STATEMENT EXECUTE FUNCTION leads_promise_notified();
CREATE TRIGGER promise_letter_sent AFTER UPDATE ON leads_message
    REFERENCING OLD TABLE AS was NEW TABLE AS told
    FOR EACH STATEMENT EXECUTE FUNCTION leads_promise_notified();
"""

# What were written between the filling and the triggers would be missing for good. Held before the
# row itself changes, as by whoever writes: a change of these goes on to the row.
ALONE = """LOCK TABLE leads_handoff, leads_clock, leads_opportunity, leads_message
    IN SHARE ROW EXCLUSIVE MODE"""
FILL = f"""
UPDATE leads_promise p SET from_captured = CASE WHEN p.from_received IS NOT NULL
        THEN ({CAPTURED.format(made_at="p.made_at", lead="h.lead_id")}) END,
    to_notify = leads_seconds(p.made_at, first.at)
FROM leads_handoff h CROSS JOIN LATERAL ({TOLD}) first
WHERE h.id = p.handoff_id;
"""
GONE = """
DROP TRIGGER promise_letter_written ON leads_message;
DROP TRIGGER promise_letter_sent ON leads_message;
DROP TRIGGER promise_measured ON leads_promise;
DROP FUNCTION leads_promise_notified();
DROP FUNCTION leads_promise_measured();
DROP FUNCTION leads_seams(boolean, integer, integer, integer, integer, integer, integer, integer,
    integer, integer);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("leads", "0039_leads_by_the_day_they_came"),
        ("handoff", "0014_working_time_is_laid_out"),
    ]

    operations = [
        migrations.RunSQL(ALONE, migrations.RunSQL.noop),
        *(migrations.AddField("promise", name, models.IntegerField(null=True)) for name in COLUMNS),
        migrations.RunSQL(PLACES + MEASURED + NOTIFIED + FILL, GONE),
    ]
