"""History is only added to, the first source never changes, and every change has its place in the
feed: three rules that the database keeps, whoever writes.

`leads_forget(ids)` is the one way in which history goes: it runs as the tables' owner, for leads
of the demo only, and the application's role can do nothing else to these tables.
"""

from django.db import migrations

HISTORY = ("leads_event", "leads_judgement", "leads_assignment", "leads_turn")
ROLE = "handoff_app"

REFUSE = """
CREATE FUNCTION leads_refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('handoff.forgetting', true) = 'on'
        AND pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE')
        AND TG_OP <> 'TRUNCATE'
    THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    RAISE EXCEPTION '% is history: rows are added, never changed or removed.', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""

GUARD = "".join(
    f"CREATE TRIGGER refuse_rewriting BEFORE UPDATE OR DELETE ON {table} "
    "FOR EACH ROW EXECUTE FUNCTION leads_refuse_rewriting();\n"
    f"CREATE TRIGGER refuse_truncating BEFORE TRUNCATE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION leads_refuse_rewriting();\n"
    for table in HISTORY
)

FIRST_SOURCE = """
CREATE FUNCTION leads_refuse_new_first_source() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The first source of lead % is set and never changes.', OLD.id
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER refuse_new_first_source
    BEFORE UPDATE OF first_source, first_campaign, first_landing_page, first_seen_at ON leads_lead
    FOR EACH ROW WHEN (
        (OLD.first_source <> '' AND NEW.first_source <> OLD.first_source)
        OR (OLD.first_campaign <> '' AND NEW.first_campaign <> OLD.first_campaign)
        OR (OLD.first_landing_page <> '' AND NEW.first_landing_page <> OLD.first_landing_page)
        OR NEW.first_seen_at > OLD.first_seen_at
    ) EXECUTE FUNCTION leads_refuse_new_first_source();
"""

FEED = """
CREATE FUNCTION leads_place_in_feed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed_in := pg_current_xact_id()::text::bigint;
    RETURN NEW;
END $$;
CREATE TRIGGER place_in_feed BEFORE INSERT OR UPDATE ON leads_handoff
    FOR EACH ROW EXECUTE FUNCTION leads_place_in_feed();
"""

REVOKE = f"""
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') AND '{ROLE}' <> current_user THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON {", ".join(HISTORY)} FROM {ROLE};
    END IF;
END $$;
"""

UNDO = (
    "".join(
        f"DROP TRIGGER refuse_rewriting ON {table}; DROP TRIGGER refuse_truncating ON {table};"
        for table in HISTORY
    )
    + "DROP FUNCTION leads_refuse_rewriting();"
    + "DROP TRIGGER refuse_new_first_source ON leads_lead;"
    + "DROP FUNCTION leads_refuse_new_first_source();"
    + "DROP TRIGGER place_in_feed ON leads_handoff; DROP FUNCTION leads_place_in_feed();"
)


class Migration(migrations.Migration):
    dependencies = (("leads", "0001_the_journey"),)
    operations = (migrations.RunSQL(REFUSE + GUARD + FIRST_SOURCE + FEED + REVOKE, UNDO),)
