"""What few of the open leads are, such as returned, is counted without reading all that is open."""

from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("handoff", "0005_changes_stay"),
        ("leads", "0005_the_demo_goes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="handoff",
            index=models.Index(
                condition=models.Q(
                    ("ended_at__isnull", True), ("historical", False), ("state", "returned")
                ),
                fields=["team", "owner"],
                name="handoff_returned",
            ),
        ),
        AddIndexConcurrently(
            model_name="handoff",
            index=models.Index(
                condition=models.Q(
                    ("ended_at__isnull", True), ("historical", False), ("state", "accepted")
                ),
                fields=["owner", "next_step_due"],
                name="handoff_accepted",
            ),
        ),
        AddIndexConcurrently(
            model_name="handoff",
            index=models.Index(
                condition=models.Q(
                    ("ended_at__isnull", True),
                    ("first_touch_at__isnull", False),
                    ("historical", False),
                ),
                fields=["owner", "due_at"],
                name="handoff_touched",
            ),
        ),
    ]
