"""Marketing's promises besides the hand-over are few among all clocks; counting them reads no others."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("leads", "0019_what_was_gathered_is_found")]

    operations = [
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
                    ("context", "Missing context"),
                    ("returned", "Answer to sales"),
                ],
                max_length=16,
            ),
        ),
        AddIndexConcurrently(
            model_name="clock",
            index=models.Index(
                condition=models.Q(("kind__in", ("context", "returned"))),
                fields=["handoff", "kind"],
                include=("state", "breached_at"),
                name="clock_of_marketing",
            ),
        ),
    ]
