"""What marketing calls pages, and what it called them before."""

import django.contrib.postgres.fields
import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

TABLE, ROLE = "leads_pagenamehistory", "handoff_app"

GUARD = f"""
CREATE TRIGGER refuse_rewriting BEFORE UPDATE OR DELETE ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION leads_refuse_rewriting();
CREATE TRIGGER refuse_truncating BEFORE TRUNCATE ON {TABLE}
    FOR EACH STATEMENT EXECUTE FUNCTION leads_refuse_rewriting();
"""

REVOKE = f"""
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') AND '{ROLE}' <> current_user THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON {TABLE} FROM {ROLE};
    END IF;
END $$;
"""

UNDO = f"DROP TRIGGER refuse_rewriting ON {TABLE}; DROP TRIGGER refuse_truncating ON {TABLE};"


class Migration(migrations.Migration):
    dependencies = [
        ("leads", "0036_views_order_scores_as_they_say"),
    ]

    operations = [
        migrations.CreateModel(
            name="PageNameHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("archived", models.BooleanField(default=False, editable=False)),
                ("name", models.CharField(max_length=200)),
                (
                    "paths",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200),
                        size=None,
                        verbose_name="its path",
                    ),
                ),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="PageName",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("archived", models.BooleanField(default=False, editable=False)),
                ("is_demo", models.BooleanField(default=False, editable=False)),
                ("name", models.CharField(max_length=200, unique=True)),
                (
                    "paths",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200),
                        size=None,
                        verbose_name="its path",
                    ),
                ),
            ],
            options={
                "ordering": ("name",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("paths__len", 0), _negated=True), name="page_has_a_path"
                    )
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="pagename",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "leads_pagenamehistory" ("archived", "id", "name", "paths", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."archived", NEW."id", NEW."name", NEW."paths", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id"); RETURN NULL;',
                    hash="1e6c66337e265fbbe1c72d3c23b122525d68fe9d",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_47d63",
                    table="leads_pagename",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="pagename",
            trigger=pgtrigger.compiler.Trigger(
                name="update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."archived" IS DISTINCT FROM (NEW."archived") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."paths" IS DISTINCT FROM (NEW."paths"))',
                    func='INSERT INTO "leads_pagenamehistory" ("archived", "id", "name", "paths", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."archived", NEW."id", NEW."name", NEW."paths", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id"); RETURN NULL;',
                    hash="1accb15c1a1181821a98ffa70871a433004f319a",
                    operation='UPDATE OF "id", "archived", "name", "paths"',
                    pgid="pgtrigger_update_a9ec1",
                    table="leads_pagename",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="pagename",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "leads_pagenamehistory" ("archived", "id", "name", "paths", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."archived", OLD."id", OLD."name", OLD."paths", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id"); RETURN NULL;',
                    hash="1f0d2380d1fd8561a52b186580e5c7d32537471e",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_0d9fd",
                    table="leads_pagename",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="pagenamehistory",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="history",
                to="leads.pagename",
            ),
        ),
        migrations.RunSQL(GUARD + REVOKE, UNDO),
    ]
