"""Answers to checklists, notes of calls, and why a step sent a lead back."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


TABLES = ("leads_callnote", "leads_finding")

# They go with their lead or hand-over, which only `leads_forget` removes, and by nothing else.
KEEP = "".join(
    f"""
ALTER TABLE {table}
    ADD CONSTRAINT {table}_of_lead FOREIGN KEY (lead_id) REFERENCES leads_lead ON DELETE CASCADE
        DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT {table}_of_handoff FOREIGN KEY (handoff_id) REFERENCES leads_handoff
        ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
CREATE TRIGGER refuse_rewriting BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION leads_refuse_rewriting();
CREATE TRIGGER refuse_truncating BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION leads_refuse_rewriting();
"""
    for table in TABLES
)
CALLS = """
ALTER TABLE leads_finding ADD CONSTRAINT leads_finding_of_call FOREIGN KEY (call_id)
    REFERENCES leads_callnote ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
"""
REVOKE = f"""
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'handoff_app')
        AND 'handoff_app' <> current_user THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON {", ".join(TABLES)} FROM handoff_app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("leads", "0026_campaigns_and_offers_are_found"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="handoff",
            name="sent_back",
            field=models.CharField(
                blank=True,
                db_default="",
                help_text="Why the next step sent the lead back to this one.",
                max_length=300,
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
                    ("outcome", "Outcome"),
                    ("edited", "Edited"),
                    ("undone", "Taken back"),
                    ("erased", "Erased on request"),
                ],
                max_length=20,
            ),
        ),
        migrations.CreateModel(
            name="CallNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(help_text="When it took place.")),
                ("channel", models.CharField(max_length=32)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("reached", "Spoke with them"),
                            ("message", "Left a message"),
                            ("no_answer", "No answer"),
                            ("wrong", "Wrong number or person"),
                        ],
                        max_length=12,
                    ),
                ),
                ("with_whom", models.CharField(blank=True, max_length=200)),
                ("note", models.TextField(blank=True)),
                ("written_at", models.DateTimeField()),
                (
                    "actor",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "handoff",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calls",
                        to="leads.handoff",
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calls",
                        to="leads.lead",
                    ),
                ),
            ],
            options={
                "ordering": ("-at", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="Finding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("step", models.CharField(max_length=64)),
                ("item", models.CharField(max_length=64)),
                ("value", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.CharField(blank=True, help_text="Through which system.", max_length=120),
                ),
                (
                    "actor",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "call",
                    models.ForeignKey(
                        db_constraint=False,
                        help_text="The call it was learnt in.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="findings",
                        to="leads.callnote",
                    ),
                ),
                (
                    "handoff",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="findings",
                        to="leads.handoff",
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="findings",
                        to="leads.lead",
                    ),
                ),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
        migrations.AddIndex(
            model_name="callnote",
            index=models.Index(fields=["lead", "-at"], name="call_of_lead"),
        ),
        migrations.AddIndex(
            model_name="finding",
            index=models.Index(fields=["lead", "item", "-id"], name="finding_of_lead"),
        ),
        migrations.RunSQL(KEEP + CALLS + REVOKE, migrations.RunSQL.noop),
    ]
