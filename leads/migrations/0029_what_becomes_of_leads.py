"""What became of leads: deals with their reasons and their history, stays in nurture and how they
ended, files of deals."""

import django.contrib.postgres.fields
import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


HISTORY = "leads_opportunityhistory"
ROLE = "handoff_app"

GUARD = f"""
CREATE TRIGGER refuse_rewriting BEFORE UPDATE OR DELETE ON {HISTORY}
    FOR EACH ROW EXECUTE FUNCTION leads_refuse_rewriting();
CREATE TRIGGER refuse_truncating BEFORE TRUNCATE ON {HISTORY}
    FOR EACH STATEMENT EXECUTE FUNCTION leads_refuse_rewriting();
"""

REVOKE = f"""
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') AND '{ROLE}' <> current_user THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON {HISTORY} FROM {ROLE};
    END IF;
END $$;
"""

# Where a lead is forgotten, its deals go with their history, and its stays go with it.
FORGOTTEN = f"""
CREATE FUNCTION leads_forget_deals() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('handoff.forgetting', true) = 'on' THEN
        DELETE FROM {HISTORY} WHERE pgh_obj_id IN (SELECT id FROM gone);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER zz_forget_history AFTER DELETE ON leads_opportunity
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION leads_forget_deals();
ALTER TABLE leads_comeback ADD CONSTRAINT comeback_goes_with_its_lead FOREIGN KEY (lead_id)
    REFERENCES leads_lead (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
"""

UNDO = f"""
ALTER TABLE leads_comeback DROP CONSTRAINT comeback_goes_with_its_lead;
DROP TRIGGER zz_forget_history ON leads_opportunity;
DROP FUNCTION leads_forget_deals();
DROP TRIGGER refuse_rewriting ON {HISTORY};
DROP TRIGGER refuse_truncating ON {HISTORY};
"""


class Migration(migrations.Migration):
    dependencies = [
        ("leads", "0028_promises_of_every_step"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Comeback",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("track", models.CharField(blank=True, max_length=64)),
                ("reason", models.CharField(blank=True, max_length=64)),
                ("until", models.DateField(null=True)),
                ("since", models.DateTimeField(null=True)),
                ("at", models.DateTimeField()),
                ("why", models.TextField(help_text="What made it be decided anew.")),
                (
                    "outcome",
                    models.CharField(
                        choices=[("back", "Back with sales"), ("stays", "Stays in nurture")],
                        max_length=8,
                    ),
                ),
            ],
            options={
                "ordering": ("-at", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="OpportunityHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("ref", models.CharField(max_length=200)),
                (
                    "stage",
                    models.CharField(
                        choices=[("open", "Open"), ("won", "Won"), ("lost", "Lost")],
                        default="open",
                        max_length=4,
                    ),
                ),
                (
                    "step",
                    models.CharField(
                        blank=True,
                        help_text="Where it stands in the sales pipeline, in own words.",
                        max_length=80,
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=18, null=True),
                ),
                ("opened_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("reason", models.TextField(blank=True)),
                ("competitor", models.TextField(blank=True)),
                (
                    "objections",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=120),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "triggers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=120),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("note", models.TextField(blank=True)),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.AddField(
            model_name="importbatch",
            name="of",
            field=models.CharField(
                choices=[("leads", "Leads"), ("opportunities", "Opportunities")],
                default="leads",
                max_length=16,
            ),
        ),
        migrations.AddField(
            model_name="lead",
            name="nurture_by",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="lead",
            name="nurture_since",
            field=models.DateTimeField(
                editable=False,
                help_text="When it was put there; empty where a rule did.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="opportunity",
            name="handoff",
            field=models.ForeignKey(
                blank=True,
                help_text="The hand-over it came of.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="leads.handoff",
            ),
        ),
        migrations.AddField(
            model_name="opportunity",
            name="objections",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=120), blank=True, default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="opportunity",
            name="step",
            field=models.CharField(
                blank=True,
                help_text="Where it stands in the sales pipeline, in own words.",
                max_length=80,
            ),
        ),
        migrations.AddField(
            model_name="opportunity",
            name="told_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="opportunity",
            name="told_by",
            field=models.ForeignKey(
                blank=True,
                help_text="Who said why it was won or lost.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="opportunity",
            name="triggers",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=120), blank=True, default=list, size=None
            ),
        ),
        migrations.AlterField(
            model_name="event",
            name="kind",
            field=models.CharField(
                choices=[
                    ("received", "Received"),
                    ("matched", "Matched"),
                    ("merged", "Merged"),
                    ("judged", "Judged"),
                    ("awaits_approval", "Waits for approval"),
                    ("approved", "Approved"),
                    ("declined", "Declined"),
                    ("sent_elsewhere", "Sent elsewhere"),
                    ("withdrawn", "No longer waits for approval"),
                    ("handed_over", "Handed over"),
                    ("assigned", "Assigned"),
                    ("added", "Came back while open"),
                    ("opened", "Opened"),
                    ("accepted", "Accepted"),
                    ("rejected", "Rejected"),
                    ("returned", "Returned to marketing"),
                    ("resumed", "Given back to sales"),
                    ("sent_back", "Sent back to the step before"),
                    ("touched", "Touched"),
                    ("answered", "Checklist answered"),
                    ("disposed", "Disposed"),
                    ("advanced", "Advanced"),
                    ("closed", "Closed"),
                    ("reminded", "Reminded"),
                    ("breached", "Deadline missed"),
                    ("explained", "Cause of a miss said"),
                    ("nurtured", "To nurture"),
                    ("came_back", "Back from nurture"),
                    ("outcome", "Outcome"),
                    ("edited", "Edited"),
                    ("undone", "Taken back"),
                    ("erased", "Erased on request"),
                ],
                max_length=20,
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="opportunity",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "leads_opportunityhistory" ("account_id", "amount", "closed_at", "competitor", "id", "lead_id", "note", "objections", "opened_at", "owner_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "ref", "stage", "step", "triggers") VALUES (NEW."account_id", NEW."amount", NEW."closed_at", NEW."competitor", NEW."id", NEW."lead_id", NEW."note", NEW."objections", NEW."opened_at", NEW."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."reason", NEW."ref", NEW."stage", NEW."step", NEW."triggers"); RETURN NULL;',
                    hash="e70bd92e9826fb03ac390f6e20f22be7d9a2125c",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_bb5b1",
                    table="leads_opportunity",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="opportunity",
            trigger=pgtrigger.compiler.Trigger(
                name="update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."account_id" IS DISTINCT FROM (NEW."account_id") OR OLD."amount" IS DISTINCT FROM (NEW."amount") OR OLD."closed_at" IS DISTINCT FROM (NEW."closed_at") OR OLD."competitor" IS DISTINCT FROM (NEW."competitor") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."lead_id" IS DISTINCT FROM (NEW."lead_id") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."objections" IS DISTINCT FROM (NEW."objections") OR OLD."opened_at" IS DISTINCT FROM (NEW."opened_at") OR OLD."owner_id" IS DISTINCT FROM (NEW."owner_id") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."ref" IS DISTINCT FROM (NEW."ref") OR OLD."stage" IS DISTINCT FROM (NEW."stage") OR OLD."step" IS DISTINCT FROM (NEW."step") OR OLD."triggers" IS DISTINCT FROM (NEW."triggers"))',
                    func='INSERT INTO "leads_opportunityhistory" ("account_id", "amount", "closed_at", "competitor", "id", "lead_id", "note", "objections", "opened_at", "owner_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "ref", "stage", "step", "triggers") VALUES (NEW."account_id", NEW."amount", NEW."closed_at", NEW."competitor", NEW."id", NEW."lead_id", NEW."note", NEW."objections", NEW."opened_at", NEW."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."reason", NEW."ref", NEW."stage", NEW."step", NEW."triggers"); RETURN NULL;',
                    hash="c393ed2fae078784ec039d748688177be6661c79",
                    operation='UPDATE OF "id", "ref", "account_id", "lead_id", "owner_id", "stage", "step", "amount", "opened_at", "closed_at", "reason", "competitor", "objections", "triggers", "note"',
                    pgid="pgtrigger_update_68940",
                    table="leads_opportunity",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="opportunity",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "leads_opportunityhistory" ("account_id", "amount", "closed_at", "competitor", "id", "lead_id", "note", "objections", "opened_at", "owner_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "ref", "stage", "step", "triggers") VALUES (OLD."account_id", OLD."amount", OLD."closed_at", OLD."competitor", OLD."id", OLD."lead_id", OLD."note", OLD."objections", OLD."opened_at", OLD."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."reason", OLD."ref", OLD."stage", OLD."step", OLD."triggers"); RETURN NULL;',
                    hash="cf27e3fe5f289e6a76959b017092af88e875bc0e",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_ea052",
                    table="leads_opportunity",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="comeback",
            name="handoff",
            field=models.OneToOneField(
                db_constraint=False,
                help_text="Empty while its approval waits.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="comeback",
                to="leads.handoff",
            ),
        ),
        migrations.AddField(
            model_name="comeback",
            name="lead",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="comebacks",
                to="leads.lead",
            ),
        ),
        migrations.AddField(
            model_name="comeback",
            name="put_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="opportunityhistory",
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
            model_name="opportunityhistory",
            name="lead",
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
            model_name="opportunityhistory",
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
            model_name="opportunityhistory",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="history",
                to="leads.opportunity",
            ),
        ),
        migrations.AddIndex(
            model_name="comeback",
            index=models.Index(fields=["track", "-at"], name="comeback_by_track"),
        ),
        migrations.AddIndex(
            model_name="comeback",
            index=models.Index(fields=["-at"], name="comeback_by_day"),
        ),
        migrations.RunSQL(GUARD + REVOKE + FORGOTTEN, UNDO),
    ]
