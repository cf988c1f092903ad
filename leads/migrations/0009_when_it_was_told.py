"""A touchpoint says when Handoff learned of it, so that a backtest knows no more than was known."""

from django.db import migrations, models

TOLD = """
UPDATE leads_touchpoint t SET recorded_at = greatest(t.occurred_at, known.since)
FROM leads_lead l
LEFT JOIN (SELECT lead_id, min(judged_at) AS since FROM leads_judgement GROUP BY 1) known
    ON known.lead_id = l.id
WHERE l.id = t.lead_id
"""
"""Of those before, no more is known than that nobody could tell before the lead was there."""


class Migration(migrations.Migration):
    dependencies = [("leads", "0008_trials_have_sides")]

    operations = [
        migrations.AddField(
            model_name="touchpoint",
            name="recorded_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.RunSQL(TOLD, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="touchpoint",
            name="recorded_at",
            field=models.DateTimeField(editable=False),
        ),
    ]
