"""What was known of a person or company before it was overwritten; see leads.models.history."""

import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("leads", "0002_history_stays"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AccountHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("name", models.TextField(blank=True)),
                ("industry", models.TextField(blank=True)),
                ("employees", models.FloatField(blank=True, null=True)),
                ("country", models.CharField(blank=True, max_length=64)),
                ("customer", models.BooleanField(default=False)),
                ("target", models.BooleanField(default=False)),
                ("competitor", models.BooleanField(default=False)),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="LeadHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("email", models.CharField(blank=True, max_length=320, null=True)),
                ("first_name", models.TextField(blank=True)),
                ("last_name", models.TextField(blank=True)),
                ("phone", models.CharField(blank=True, max_length=100)),
                ("role", models.TextField(blank=True)),
                ("company", models.TextField(blank=True)),
                ("domain", models.CharField(blank=True, max_length=253)),
                ("country", models.CharField(blank=True, max_length=64)),
                ("region", models.TextField(blank=True)),
                ("language", models.TextField(blank=True)),
                ("industry", models.TextField(blank=True)),
                ("employees", models.FloatField(blank=True, null=True)),
                ("revenue", models.FloatField(blank=True, null=True)),
                ("funding_stage", models.TextField(blank=True)),
                ("product_interest", models.TextField(blank=True)),
                ("problem", models.TextField(blank=True)),
                ("timing", models.TextField(blank=True)),
                ("consent", models.BooleanField(blank=True, null=True)),
                ("trigger", models.TextField(blank=True)),
                ("source", models.TextField(blank=True)),
                ("campaign", models.TextField(blank=True)),
                ("offer", models.TextField(blank=True)),
                ("landing_page", models.TextField(blank=True)),
                ("answers", models.JSONField(blank=True, default=dict)),
                (
                    "unread",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="Raw text of numbers that could not be read.",
                    ),
                ),
                ("provenance", models.JSONField(blank=True, default=dict, editable=False)),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
                "default_permissions": (),
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="account",
            trigger=pgtrigger.compiler.Trigger(
                name="update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."competitor" IS DISTINCT FROM (NEW."competitor") OR OLD."country" IS DISTINCT FROM (NEW."country") OR OLD."customer" IS DISTINCT FROM (NEW."customer") OR OLD."employees" IS DISTINCT FROM (NEW."employees") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."industry" IS DISTINCT FROM (NEW."industry") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."owner_id" IS DISTINCT FROM (NEW."owner_id") OR OLD."target" IS DISTINCT FROM (NEW."target"))',
                    func='INSERT INTO "leads_accounthistory" ("competitor", "country", "customer", "employees", "id", "industry", "name", "owner_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "target") VALUES (OLD."competitor", OLD."country", OLD."customer", OLD."employees", OLD."id", OLD."industry", OLD."name", OLD."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', OLD."id", OLD."target"); RETURN NULL;',
                    hash="0699aa11caae0ea2d6880cee84bb6c4f9108798d",
                    operation='UPDATE OF "id", "name", "industry", "employees", "country", "owner_id", "customer", "target", "competitor"',
                    pgid="pgtrigger_update_a900c",
                    table="leads_account",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="account",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "leads_accounthistory" ("competitor", "country", "customer", "employees", "id", "industry", "name", "owner_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "target") VALUES (OLD."competitor", OLD."country", OLD."customer", OLD."employees", OLD."id", OLD."industry", OLD."name", OLD."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."target"); RETURN NULL;',
                    hash="a592422c636400dc699c00e4366637e433d16c00",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_0af50",
                    table="leads_account",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="lead",
            trigger=pgtrigger.compiler.Trigger(
                name="update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."account_id" IS DISTINCT FROM (NEW."account_id") OR OLD."answers" IS DISTINCT FROM (NEW."answers") OR OLD."campaign" IS DISTINCT FROM (NEW."campaign") OR OLD."company" IS DISTINCT FROM (NEW."company") OR OLD."consent" IS DISTINCT FROM (NEW."consent") OR OLD."country" IS DISTINCT FROM (NEW."country") OR OLD."domain" IS DISTINCT FROM (NEW."domain") OR OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."employees" IS DISTINCT FROM (NEW."employees") OR OLD."first_name" IS DISTINCT FROM (NEW."first_name") OR OLD."funding_stage" IS DISTINCT FROM (NEW."funding_stage") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."industry" IS DISTINCT FROM (NEW."industry") OR OLD."landing_page" IS DISTINCT FROM (NEW."landing_page") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."last_name" IS DISTINCT FROM (NEW."last_name") OR OLD."merged_into_id" IS DISTINCT FROM (NEW."merged_into_id") OR OLD."offer" IS DISTINCT FROM (NEW."offer") OR OLD."phone" IS DISTINCT FROM (NEW."phone") OR OLD."problem" IS DISTINCT FROM (NEW."problem") OR OLD."product_interest" IS DISTINCT FROM (NEW."product_interest") OR OLD."provenance" IS DISTINCT FROM (NEW."provenance") OR OLD."region" IS DISTINCT FROM (NEW."region") OR OLD."revenue" IS DISTINCT FROM (NEW."revenue") OR OLD."role" IS DISTINCT FROM (NEW."role") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."timing" IS DISTINCT FROM (NEW."timing") OR OLD."trigger" IS DISTINCT FROM (NEW."trigger") OR OLD."unread" IS DISTINCT FROM (NEW."unread"))',
                    func='INSERT INTO "leads_leadhistory" ("account_id", "answers", "campaign", "company", "consent", "country", "domain", "email", "employees", "first_name", "funding_stage", "id", "industry", "landing_page", "language", "last_name", "merged_into_id", "offer", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "problem", "product_interest", "provenance", "region", "revenue", "role", "source", "timing", "trigger", "unread") VALUES (OLD."account_id", OLD."answers", OLD."campaign", OLD."company", OLD."consent", OLD."country", OLD."domain", OLD."email", OLD."employees", OLD."first_name", OLD."funding_stage", OLD."id", OLD."industry", OLD."landing_page", OLD."language", OLD."last_name", OLD."merged_into_id", OLD."offer", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', OLD."id", OLD."phone", OLD."problem", OLD."product_interest", OLD."provenance", OLD."region", OLD."revenue", OLD."role", OLD."source", OLD."timing", OLD."trigger", OLD."unread"); RETURN NULL;',
                    hash="3a577cc4d433405503a3627feae706fc9f48c36f",
                    operation='UPDATE OF "id", "email", "first_name", "last_name", "phone", "role", "company", "domain", "country", "region", "language", "industry", "employees", "revenue", "funding_stage", "product_interest", "problem", "timing", "consent", "trigger", "source", "campaign", "offer", "landing_page", "answers", "unread", "provenance", "account_id", "merged_into_id"',
                    pgid="pgtrigger_update_bc3d4",
                    table="leads_lead",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="lead",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "leads_leadhistory" ("account_id", "answers", "campaign", "company", "consent", "country", "domain", "email", "employees", "first_name", "funding_stage", "id", "industry", "landing_page", "language", "last_name", "merged_into_id", "offer", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "problem", "product_interest", "provenance", "region", "revenue", "role", "source", "timing", "trigger", "unread") VALUES (OLD."account_id", OLD."answers", OLD."campaign", OLD."company", OLD."consent", OLD."country", OLD."domain", OLD."email", OLD."employees", OLD."first_name", OLD."funding_stage", OLD."id", OLD."industry", OLD."landing_page", OLD."language", OLD."last_name", OLD."merged_into_id", OLD."offer", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."phone", OLD."problem", OLD."product_interest", OLD."provenance", OLD."region", OLD."revenue", OLD."role", OLD."source", OLD."timing", OLD."trigger", OLD."unread"); RETURN NULL;',
                    hash="de80c689f23d73ed2b4912abfa56cbff4fd45622",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_9ddd5",
                    table="leads_lead",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="accounthistory",
            name="owner",
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
            model_name="accounthistory",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="history",
                to="leads.account",
            ),
        ),
        migrations.AddField(
            model_name="leadhistory",
            name="account",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="leads.account",
            ),
        ),
        migrations.AddField(
            model_name="leadhistory",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="leads.lead",
            ),
        ),
        migrations.AddField(
            model_name="leadhistory",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="history",
                to="leads.lead",
            ),
        ),
    ]
