"""The most urgent lead that waits in a team's queue is found at once, however many are owned."""

import django.db.models.functions.comparison
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("leads", "0032_answers_can_be_taken_back")]

    operations = [
        AddIndexConcurrently(
            model_name="handoff",
            index=models.Index(
                models.F("team"),
                django.db.models.functions.comparison.Coalesce("due_at", "next_step_due"),
                models.F("id"),
                condition=models.Q(
                    ("ended_at__isnull", True),
                    ("historical", False),
                    ("owner__isnull", True),
                    ("state", "waiting"),
                ),
                name="handoff_unowned",
            ),
        ),
    ]
