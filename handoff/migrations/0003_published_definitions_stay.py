"""A definition that was ever published is never edited: the database refuses it."""

from django.db import migrations

ROW_TABLES = (
    "handoff_motion",
    "handoff_fitcriterion",
    "handoff_signal",
    "handoff_deciderule",
    "handoff_tier",
    "handoff_routerule",
    "handoff_example",
)

REFUSE_ROWS = """
CREATE FUNCTION handoff_refuse_published_row() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    owning bigint;
    standing text;
BEGIN
    -- A row that moves leaves one version and joins another; both must be drafts.
    FOREACH owning IN ARRAY CASE TG_OP
        WHEN 'INSERT' THEN ARRAY[NEW.version_id]
        WHEN 'DELETE' THEN ARRAY[OLD.version_id]
        ELSE ARRAY[OLD.version_id, NEW.version_id]
    END LOOP
        SELECT state INTO standing FROM handoff_definitionversion WHERE id = owning FOR SHARE;
        IF standing <> 'draft' THEN
            RAISE EXCEPTION 'A % definition is never edited; clone it into a draft.', standing
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END LOOP;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""

REFUSE_VERSION = """
CREATE FUNCTION handoff_refuse_published_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'draft' THEN
            RAISE EXCEPTION 'A % definition is never deleted.', OLD.state
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.state <> 'draft' AND (
        NEW.state = 'draft'
        OR (NEW.number, NEW.summary, NEW.required, NEW.handover_minutes)
            IS DISTINCT FROM (OLD.number, OLD.summary, OLD.required, OLD.handover_minutes)
    ) THEN
        RAISE EXCEPTION 'A % definition is never edited; clone it into a draft.', OLD.state
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_published_version BEFORE UPDATE OR DELETE ON handoff_definitionversion
    FOR EACH ROW EXECUTE FUNCTION handoff_refuse_published_version();
"""

GUARD_ROWS = "".join(
    f"CREATE TRIGGER refuse_published_row BEFORE INSERT OR UPDATE OR DELETE ON {table} "
    "FOR EACH ROW EXECUTE FUNCTION handoff_refuse_published_row();\n"
    for table in ROW_TABLES
)

UNDO = (
    "".join(f"DROP TRIGGER refuse_published_row ON {table};\n" for table in ROW_TABLES)
    + "DROP TRIGGER refuse_published_version ON handoff_definitionversion;\n"
    + "DROP FUNCTION handoff_refuse_published_version(); DROP FUNCTION handoff_refuse_published_row();"
)


class Migration(migrations.Migration):
    dependencies = (("handoff", "0002_roles"),)
    operations = (migrations.RunSQL(REFUSE_ROWS + REFUSE_VERSION + GUARD_ROWS, UNDO),)
