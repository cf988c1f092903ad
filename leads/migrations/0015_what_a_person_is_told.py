"""What a person is told, where and when; what quiet hours hold back; who changed a webhook."""

import datetime
import django.contrib.postgres.fields
import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


TABLE = "leads_webhookhistory"
ROLE = "handoff_app"

GUARD = (
    f"CREATE TRIGGER refuse_rewriting BEFORE UPDATE OR DELETE ON {TABLE} "
    "FOR EACH ROW EXECUTE FUNCTION leads_refuse_rewriting();\n"
    f"CREATE TRIGGER refuse_truncating BEFORE TRUNCATE ON {TABLE} "
    "FOR EACH STATEMENT EXECUTE FUNCTION leads_refuse_rewriting();\n"
)

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
        ("handoff", "0007_who_serves_whom_and_who_is_away"),
        ("leads", "0011_causes_of_misses"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Digest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("daily", "Daily"), ("weekly", "Weekly")], max_length=6
                    ),
                ),
                ("day", models.DateField(help_text="In the reader's zone.")),
                ("written_at", models.DateTimeField()),
                ("lines", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Preference",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "changed",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=48),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "quiet",
                    models.CharField(
                        choices=[
                            ("never", "Send at any time"),
                            ("working", "Only in my working hours"),
                            ("between", "Not between two times of day"),
                        ],
                        default="never",
                        max_length=7,
                    ),
                ),
                ("quiet_from", models.TimeField(blank=True, null=True)),
                ("quiet_until", models.TimeField(blank=True, null=True)),
                ("break_through", models.BooleanField(default=True)),
                ("daily", models.BooleanField(blank=True, null=True)),
                ("daily_at", models.TimeField(default=datetime.time(8, 30))),
                ("weekly", models.BooleanField(blank=True, null=True)),
                (
                    "weekly_on",
                    models.PositiveSmallIntegerField(default=0, help_text="0 is Monday."),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WebhookHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "form",
                    models.CharField(
                        choices=[
                            ("signed", "Another system: signed JSON (Standard Webhooks)"),
                            ("chat", "A chat channel: a line of text"),
                        ],
                        default="signed",
                        max_length=8,
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("url", models.TextField(verbose_name="address")),
                (
                    "only_in_hours",
                    models.BooleanField(
                        default=False, verbose_name="only in the team’s working hours"
                    ),
                ),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=32), size=None
                    ),
                ),
                ("active", models.BooleanField(default=True)),
                ("off_because", models.TextField(blank=True)),
                ("old_secret_until", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.AddField(
            model_name="message",
            name="held_until",
            field=models.DateTimeField(
                help_text="Quiet hours moved it to this opening.", null=True
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="sent_in",
            field=models.ForeignKey(
                db_index=False,
                help_text="The letter that brings it, with others that were held.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="gathered",
                to="leads.message",
            ),
        ),
        migrations.AddField(
            model_name="webhook",
            name="only_in_hours",
            field=models.BooleanField(
                default=False, verbose_name="only in the team’s working hours"
            ),
        ),
        migrations.AddField(
            model_name="webhook",
            name="person",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="own_chat",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="webhook",
            name="responsible",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="message",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "Waiting"),
                    ("sent", "Sent"),
                    ("gathered", "Sent with others"),
                    ("dead", "Given up"),
                    ("discarded", "Discarded"),
                ],
                default="waiting",
                max_length=9,
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("held_until__isnull", False), ("state", "waiting")),
                fields=["held_until"],
                name="message_held",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="webhook",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "leads_webhookhistory" ("active", "form", "id", "kinds", "name", "off_because", "old_secret_until", "only_in_hours", "person_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "responsible_id", "team_id", "url") VALUES (NEW."active", NEW."form", NEW."id", NEW."kinds", NEW."name", NEW."off_because", NEW."old_secret_until", NEW."only_in_hours", NEW."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."responsible_id", NEW."team_id", NEW."url"); RETURN NULL;',
                    hash="c22683581d9792d13a808a9ea5b18783f4097b70",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_d6a2f",
                    table="leads_webhook",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="webhook",
            trigger=pgtrigger.compiler.Trigger(
                name="update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."active" IS DISTINCT FROM (NEW."active") OR OLD."form" IS DISTINCT FROM (NEW."form") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kinds" IS DISTINCT FROM (NEW."kinds") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."off_because" IS DISTINCT FROM (NEW."off_because") OR OLD."old_secret_until" IS DISTINCT FROM (NEW."old_secret_until") OR OLD."only_in_hours" IS DISTINCT FROM (NEW."only_in_hours") OR OLD."person_id" IS DISTINCT FROM (NEW."person_id") OR OLD."responsible_id" IS DISTINCT FROM (NEW."responsible_id") OR OLD."team_id" IS DISTINCT FROM (NEW."team_id") OR OLD."url" IS DISTINCT FROM (NEW."url"))',
                    func='INSERT INTO "leads_webhookhistory" ("active", "form", "id", "kinds", "name", "off_because", "old_secret_until", "only_in_hours", "person_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "responsible_id", "team_id", "url") VALUES (NEW."active", NEW."form", NEW."id", NEW."kinds", NEW."name", NEW."off_because", NEW."old_secret_until", NEW."only_in_hours", NEW."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."responsible_id", NEW."team_id", NEW."url"); RETURN NULL;',
                    hash="5849a8354dc9d673f80a2e679d4c6bb7bfacd26e",
                    operation='UPDATE OF "id", "form", "name", "url", "team_id", "responsible_id", "person_id", "only_in_hours", "kinds", "active", "off_because", "old_secret_until"',
                    pgid="pgtrigger_update_9fb5b",
                    table="leads_webhook",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="webhook",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "leads_webhookhistory" ("active", "form", "id", "kinds", "name", "off_because", "old_secret_until", "only_in_hours", "person_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "responsible_id", "team_id", "url") VALUES (OLD."active", OLD."form", OLD."id", OLD."kinds", OLD."name", OLD."off_because", OLD."old_secret_until", OLD."only_in_hours", OLD."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."responsible_id", OLD."team_id", OLD."url"); RETURN NULL;',
                    hash="f595839996a89ff35b0b3706459de88cf9a0982f",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_12a57",
                    table="leads_webhook",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="webhook",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("only_in_hours", False),
                    models.Q(("form", "chat"), ("team__isnull", False)),
                    _connector="OR",
                ),
                name="quiet_chat_has_a_team",
            ),
        ),
        migrations.AddConstraint(
            model_name="webhook",
            constraint=models.CheckConstraint(
                condition=models.Q(("person__isnull", True), ("form", "chat"), _connector="OR"),
                name="own_webhook_is_a_chat",
            ),
        ),
        migrations.AddField(
            model_name="digest",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="preference",
            name="user",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="message_preference",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="webhookhistory",
            name="person",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="webhookhistory",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="history",
                to="leads.webhook",
            ),
        ),
        migrations.AddField(
            model_name="webhookhistory",
            name="responsible",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="webhookhistory",
            name="team",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="handoff.team",
            ),
        ),
        migrations.AddConstraint(
            model_name="digest",
            constraint=models.UniqueConstraint(
                fields=("user", "kind", "day"), name="one_digest_per_person_and_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="preference",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("quiet", "between"), _negated=True),
                    models.Q(("quiet_from__isnull", False), ("quiet_until__isnull", False)),
                    _connector="OR",
                ),
                name="quiet_between_has_two_times",
            ),
        ),
        migrations.RunSQL(GUARD + REVOKE, UNDO),
    ]
