"""What the agreement said before is only added to: the database refuses everything else."""

from django.db import migrations

TABLES = (
    "handoff_absencehistory",
    "handoff_apikeyhistory",
    "handoff_areaownerhistory",
    "handoff_calendarhistory",
    "handoff_checklisthistory",
    "handoff_deciderulehistory",
    "handoff_definitionversionhistory",
    "handoff_examplehistory",
    "handoff_fitcriterionhistory",
    "handoff_membershiphistory",
    "handoff_motionhistory",
    "handoff_reasonhistory",
    "handoff_routerulehistory",
    "handoff_signalhistory",
    "handoff_stagehistory",
    "handoff_stephistory",
    "handoff_teamhistory",
    "handoff_tierhistory",
    "handoff_trackhistory",
    "handoff_usergrouphistory",
    "handoff_userhistory",
)
ROLE = "handoff_app"

REFUSE = """
CREATE FUNCTION handoff_refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is history: rows are added, never changed or removed.', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""

GUARD = "".join(
    f"CREATE TRIGGER refuse_rewriting BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION handoff_refuse_rewriting();\n"
    for table in TABLES
)

REVOKE = f"""
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') AND '{ROLE}' <> current_user THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON {", ".join(TABLES)} FROM {ROLE};
    END IF;
END $$;
"""

UNDO = (
    "".join(f"DROP TRIGGER refuse_rewriting ON {table};\n" for table in TABLES)
    + "DROP FUNCTION handoff_refuse_rewriting();"
)


class Migration(migrations.Migration):
    dependencies = (("handoff", "0004_what_it_said_before"),)
    operations = (migrations.RunSQL(REFUSE + GUARD + REVOKE, UNDO),)
