"""Minutes are added to, and what a meeting, an action or a note said before is only added to: the
database refuses everything else. A line of the minutes may be marked as taken back."""

from django.db import migrations

TABLES = (
    "reviews_serieshistory",
    "reviews_seriesmemberhistory",
    "reviews_meetinghistory",
    "reviews_actionhistory",
    "reviews_shownhistory",
)
WRITTEN = "meeting_id, item, kind, text, path, action_id, by_id, at"
ROLE = "handoff_app"

GUARD = "".join(
    f"CREATE TRIGGER refuse_rewriting BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION handoff_refuse_rewriting();\n"
    for table in TABLES
)
GUARD_LINES = f"""
CREATE TRIGGER refuse_rewriting BEFORE UPDATE OF {WRITTEN} OR DELETE OR TRUNCATE ON reviews_line
    FOR EACH STATEMENT EXECUTE FUNCTION handoff_refuse_rewriting();
"""
REVOKE = f"""
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') AND '{ROLE}' <> current_user THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON {", ".join(TABLES)} FROM {ROLE};
        REVOKE DELETE, TRUNCATE ON reviews_line FROM {ROLE};
    END IF;
END $$;
"""
UNDO = "".join(
    f"DROP TRIGGER refuse_rewriting ON {table};\n" for table in (*TABLES, "reviews_line")
)


class Migration(migrations.Migration):
    dependencies = (("reviews", "0007_joint_reviews"),)
    operations = (migrations.RunSQL(GUARD + GUARD_LINES + REVOKE, UNDO),)
