"""A queue is read in the order of what is due next: the running clock, else the promised step."""

import django.db.models.functions.comparison
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

DUE_NEXT = django.db.models.functions.comparison.Coalesce("due_at", "next_step_due")
OPEN = models.Q(("ended_at__isnull", True), ("historical", False))


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("leads", "0022_views_of_queues")]

    operations = [
        AddIndexConcurrently(
            model_name="handoff",
            index=models.Index(
                models.F("owner"),
                DUE_NEXT,
                models.F("id"),
                condition=OPEN,
                name="handoff_next_of_owner",
            ),
        ),
        AddIndexConcurrently(
            model_name="handoff",
            index=models.Index(
                models.F("team"),
                DUE_NEXT,
                models.F("id"),
                condition=OPEN,
                name="handoff_next_of_team",
            ),
        ),
        AddIndexConcurrently(
            model_name="handoff",
            index=models.Index(
                DUE_NEXT,
                models.F("id"),
                condition=models.Q(
                    ("ended_at__isnull", True), ("historical", False), ("reentry", True)
                ),
                name="handoff_back_again",
            ),
        ),
        RemoveIndexConcurrently(model_name="handoff", name="handoff_queue_of_owner"),
        RemoveIndexConcurrently(model_name="handoff", name="handoff_queue_of_team"),
    ]
