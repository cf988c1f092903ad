"""An approval has a deadline, may be sent elsewhere with a reason, and may be withdrawn."""

import django.db.models.deletion
from django.db import migrations, models

DEADLINES = """
UPDATE leads_approval a
SET due_at = a.triggered_at + v.handover_minutes * interval '1 minute'
FROM leads_judgement j
JOIN handoff_definitionversion v ON v.id = j.version_id
WHERE j.id = a.judgement_id AND a.state = 'waiting'
"""


class Migration(migrations.Migration):
    dependencies = [
        ("handoff", "0006_drafts_are_counted_and_tried"),
        ("leads", "0006_small_queues_have_small_indexes"),
    ]

    operations = [
        migrations.AddField(
            model_name="approval",
            name="due_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="approval",
            name="reason",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="handoff.reason",
            ),
        ),
        migrations.AddField(
            model_name="approval",
            name="sent_to",
            field=models.CharField(
                blank=True, help_text="A team, a track, or the place itself.", max_length=80
            ),
        ),
        migrations.AlterField(
            model_name="approval",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "Waiting"),
                    ("approved", "Approved"),
                    ("declined", "Declined"),
                    ("elsewhere", "Sent elsewhere"),
                    ("withdrawn", "Withdrawn"),
                ],
                default="waiting",
                max_length=10,
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
                    ("touched", "Touched"),
                    ("disposed", "Disposed"),
                    ("advanced", "Advanced"),
                    ("closed", "Closed"),
                    ("reminded", "Reminded"),
                    ("breached", "Deadline missed"),
                    ("nurtured", "To nurture"),
                    ("outcome", "Outcome"),
                    ("edited", "Edited"),
                    ("undone", "Taken back"),
                    ("erased", "Erased on request"),
                ],
                max_length=20,
            ),
        ),
        migrations.RunSQL(DEADLINES, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "elsewhere"), _negated=True),
                    models.Q(("reason__isnull", False), models.Q(("sent_to", ""), _negated=True)),
                    _connector="OR",
                ),
                name="sent_elsewhere_says_where_and_why",
            ),
        ),
    ]
