"""What was known of a person or company is only added to, but for the one way in which history
goes: see 0002_history_stays, whose rule these tables follow."""

from django.db import migrations

TABLES = ("leads_accounthistory", "leads_leadhistory")
ROLE = "handoff_app"

GUARD = "".join(
    f"CREATE TRIGGER refuse_rewriting BEFORE UPDATE OR DELETE ON {table} "
    "FOR EACH ROW EXECUTE FUNCTION leads_refuse_rewriting();\n"
    f"CREATE TRIGGER refuse_truncating BEFORE TRUNCATE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION leads_refuse_rewriting();\n"
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

UNDO = "".join(
    f"DROP TRIGGER refuse_rewriting ON {table}; DROP TRIGGER refuse_truncating ON {table};"
    for table in TABLES
)


class Migration(migrations.Migration):
    dependencies = (("leads", "0003_what_was_known"),)
    operations = (
        migrations.RunSQL(GUARD + REVOKE, UNDO),
        migrations.AlterModelOptions(
            name="importbatch",
            options={"ordering": ("-created_at", "-pk"), "verbose_name_plural": "import batches"},
        ),
    )
