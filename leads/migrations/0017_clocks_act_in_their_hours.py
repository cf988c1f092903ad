"""What follows from a missed deadline waits for the hours of its tier."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("handoff", "0009_marketing_promises_more"),
        ("leads", "0016_why_turns_were_given_back"),
    ]

    operations = [
        migrations.AddField(
            model_name="clock",
            name="act_at",
            field=models.DateTimeField(
                blank=True, help_text="When what follows from its breach is owed next.", null=True
            ),
        ),
        migrations.AddField(
            model_name="clock",
            name="acted",
            field=models.PositiveSmallIntegerField(
                db_default=0, default=0, help_text="How many times its breach was acted on."
            ),
        ),
        migrations.AlterField(
            model_name="clock",
            name="kind",
            field=models.CharField(
                choices=[
                    ("assign", "Assignment"),
                    ("accept", "Accept"),
                    ("first_touch", "First touch"),
                    ("follow_up", "Follow-up"),
                    ("next_step", "Next step"),
                    ("handover", "Handed over by marketing"),
                    ("context", "Missing context completed"),
                    ("returned", "Returned lead answered"),
                ],
                max_length=16,
            ),
        ),
        AddIndexConcurrently(
            model_name="clock",
            index=models.Index(
                condition=models.Q(("act_at__isnull", False), ("state", "running")),
                fields=["act_at"],
                name="clock_to_act",
            ),
        ),
    ]
