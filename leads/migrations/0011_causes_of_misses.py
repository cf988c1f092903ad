"""Why promises were missed, and who mends a cause. A miss leaves with its clock (the demo's leads go
by `leads_forget`), so the key to the clock cascades in the database itself."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


WITH_ITS_CLOCK = """
ALTER TABLE leads_miss ADD CONSTRAINT miss_goes_with_its_clock FOREIGN KEY (clock_id)
    REFERENCES leads_clock (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
"""

UNDO = "ALTER TABLE leads_miss DROP CONSTRAINT miss_goes_with_its_clock;"


class Migration(migrations.Migration):
    dependencies = [
        ("handoff", "0007_who_serves_whom_and_who_is_away"),
        ("leads", "0010_other_systems_are_told"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Miss",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("missing_data", "Missing data"),
                            ("routing_error", "Routing error"),
                            ("wrong_queue", "Wrong queue"),
                            ("coverage_gap", "Coverage gap"),
                            ("other", "Other"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "suggested",
                    models.CharField(
                        choices=[
                            ("missing_data", "Missing data"),
                            ("routing_error", "Routing error"),
                            ("wrong_queue", "Wrong queue"),
                            ("coverage_gap", "Coverage gap"),
                            ("other", "Other"),
                        ],
                        max_length=16,
                    ),
                ),
                ("evidence", models.TextField()),
                ("suggested_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("-suggested_at", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="RecurringCause",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("missing_data", "Missing data"),
                            ("routing_error", "Routing error"),
                            ("wrong_queue", "Wrong queue"),
                            ("coverage_gap", "Coverage gap"),
                            ("other", "Other"),
                        ],
                        max_length=16,
                    ),
                ),
                ("source", models.CharField(blank=True, max_length=200)),
                ("due", models.DateField()),
                ("note", models.TextField()),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("due", "pk"),
            },
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
                    ("touched", "Touched"),
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
        migrations.AddIndex(
            model_name="clock",
            index=models.Index(
                condition=models.Q(("acts", True), ("breached_at__isnull", False)),
                fields=["breached_at"],
                name="clock_missed",
            ),
        ),
        migrations.AddIndex(
            model_name="clock",
            index=models.Index(
                condition=models.Q(("kind__in", ("first_touch", "handover"))),
                fields=["handoff", "kind"],
                include=("state", "started_at", "due_at", "breached_at"),
                name="clock_of_promise",
            ),
        ),
        migrations.AddIndex(
            model_name="handoff",
            index=models.Index(fields=["made_at"], name="handoff_by_day"),
        ),
        migrations.AddField(
            model_name="miss",
            name="clock",
            field=models.OneToOneField(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="miss",
                to="leads.clock",
            ),
        ),
        migrations.AddField(
            model_name="miss",
            name="confirmed_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="recurringcause",
            name="closed_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="recurringcause",
            name="opened_by",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="recurringcause",
            name="owner",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="recurring_causes",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="recurringcause",
            name="team",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="handoff.team",
            ),
        ),
        migrations.AddIndex(
            model_name="miss",
            index=models.Index(
                condition=models.Q(("confirmed_at__isnull", True)),
                fields=["suggested_at"],
                name="miss_to_confirm",
            ),
        ),
        migrations.AddConstraint(
            model_name="miss",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                    models.Q(("confirmed_at__isnull", False), ("confirmed_by__isnull", False)),
                    _connector="OR",
                ),
                name="confirmed_cause_has_who_and_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="recurringcause",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", True), ("closed_by__isnull", True)),
                    models.Q(("closed_at__isnull", False), ("closed_by__isnull", False)),
                    _connector="OR",
                ),
                name="closed_cause_has_who_and_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="recurringcause",
            constraint=models.CheckConstraint(
                condition=models.Q(("note", ""), _negated=True),
                name="recurring_cause_says_what_is_done",
            ),
        ),
        migrations.RunSQL(WITH_ITS_CLOCK, UNDO),
    ]
