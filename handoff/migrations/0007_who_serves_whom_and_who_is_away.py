"""Whom a member serves; of time off, its kind, who entered it and who cancelled it."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("handoff", "0006_drafts_are_counted_and_tried"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="absence",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="absence",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="absence",
            name="delete_delete",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="membership",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="membership",
            name="update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="membership",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="absence",
            name="cancelled_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="absence",
            name="cancelled_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="absence",
            name="entered_at",
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False),
        ),
        migrations.AddField(
            model_name="absence",
            name="entered_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="absence",
            name="kind",
            field=models.CharField(
                choices=[("time_off", "Time off"), ("pause", "Pause")],
                default="time_off",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="absencehistory",
            name="cancelled_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="absencehistory",
            name="cancelled_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="absencehistory",
            name="entered_at",
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False),
        ),
        migrations.AddField(
            model_name="absencehistory",
            name="entered_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="absencehistory",
            name="kind",
            field=models.CharField(
                choices=[("time_off", "Time off"), ("pause", "Pause")],
                default="time_off",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="languages",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=100), blank=True, default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="motions",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=100), blank=True, default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="products",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=100), blank=True, default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="territories",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=100), blank=True, default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="membershiphistory",
            name="languages",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=100), blank=True, default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="membershiphistory",
            name="motions",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=100), blank=True, default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="membershiphistory",
            name="products",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=100), blank=True, default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="membershiphistory",
            name="territories",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=100), blank=True, default=list, size=None
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="absence",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_absencehistory" ("cancelled_at", "cancelled_by_id", "ends_at", "entered_at", "entered_by_id", "id", "kind", "note", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_at", "user_id") SELECT new_values."cancelled_at", new_values."cancelled_by_id", new_values."ends_at", new_values."entered_at", new_values."entered_by_id", new_values."id", new_values."kind", new_values."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."starts_at", new_values."user_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="d4f3dc088aa1894a9ff4725f676e8ebd512dafb7",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_eb3c4",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="handoff_absence",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="absence",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_absencehistory" ("cancelled_at", "cancelled_by_id", "ends_at", "entered_at", "entered_by_id", "id", "kind", "note", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_at", "user_id") SELECT new_values."cancelled_at", new_values."cancelled_by_id", new_values."ends_at", new_values."entered_at", new_values."entered_by_id", new_values."id", new_values."kind", new_values."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', new_values."id", new_values."starts_at", new_values."user_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="e18b3cbc0a5654c6ee87264e03b2aae28a4e2d1a",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_801a8",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="handoff_absence",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="absence",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_absencehistory" ("cancelled_at", "cancelled_by_id", "ends_at", "entered_at", "entered_by_id", "id", "kind", "note", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_at", "user_id") SELECT old_values."cancelled_at", old_values."cancelled_by_id", old_values."ends_at", old_values."entered_at", old_values."entered_by_id", old_values."id", old_values."kind", old_values."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."starts_at", old_values."user_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="1ee455adb332777dedd680efcada5923a700898f",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_26658",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="handoff_absence",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="membership",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "handoff_membershiphistory" ("active", "calendar_id", "id", "languages", "max_open", "max_per_day", "motions", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "products", "team_id", "territories", "user_id", "weight") VALUES (NEW."active", NEW."calendar_id", NEW."id", NEW."languages", NEW."max_open", NEW."max_per_day", NEW."motions", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."products", NEW."team_id", NEW."territories", NEW."user_id", NEW."weight"); RETURN NULL;',
                    hash="aaa71df79880c643c13e574af1d431b64c6b569b",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_f60e2",
                    table="handoff_membership",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="membership",
            trigger=pgtrigger.compiler.Trigger(
                name="update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."active" IS DISTINCT FROM (NEW."active") OR OLD."calendar_id" IS DISTINCT FROM (NEW."calendar_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."languages" IS DISTINCT FROM (NEW."languages") OR OLD."max_open" IS DISTINCT FROM (NEW."max_open") OR OLD."max_per_day" IS DISTINCT FROM (NEW."max_per_day") OR OLD."motions" IS DISTINCT FROM (NEW."motions") OR OLD."products" IS DISTINCT FROM (NEW."products") OR OLD."team_id" IS DISTINCT FROM (NEW."team_id") OR OLD."territories" IS DISTINCT FROM (NEW."territories") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id") OR OLD."weight" IS DISTINCT FROM (NEW."weight"))',
                    func='INSERT INTO "handoff_membershiphistory" ("active", "calendar_id", "id", "languages", "max_open", "max_per_day", "motions", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "products", "team_id", "territories", "user_id", "weight") VALUES (NEW."active", NEW."calendar_id", NEW."id", NEW."languages", NEW."max_open", NEW."max_per_day", NEW."motions", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."products", NEW."team_id", NEW."territories", NEW."user_id", NEW."weight"); RETURN NULL;',
                    hash="eef8067c2475a0fbf5b73c7eb2a32559f6a1c542",
                    operation='UPDATE OF "id", "team_id", "user_id", "weight", "max_open", "max_per_day", "calendar_id", "languages", "territories", "products", "motions", "active"',
                    pgid="pgtrigger_update_04100",
                    table="handoff_membership",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="membership",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "handoff_membershiphistory" ("active", "calendar_id", "id", "languages", "max_open", "max_per_day", "motions", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "products", "team_id", "territories", "user_id", "weight") VALUES (OLD."active", OLD."calendar_id", OLD."id", OLD."languages", OLD."max_open", OLD."max_per_day", OLD."motions", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."products", OLD."team_id", OLD."territories", OLD."user_id", OLD."weight"); RETURN NULL;',
                    hash="22e2fd66557dfdd9487279554840213779acedb4",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_72b55",
                    table="handoff_membership",
                    when="AFTER",
                ),
            ),
        ),
    ]
