"""Who is on a track, and which deals changed, closed or were explained, is found by index."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("leads", "0029_what_becomes_of_leads")]

    operations = [
        AddIndexConcurrently(
            model_name="lead",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", True), ("status", "nurture")),
                fields=["nurture_track", "nurture_until", "id"],
                name="lead_by_track",
            ),
        ),
        AddIndexConcurrently(
            model_name="opportunity",
            index=models.Index(fields=["-updated_at", "-id"], name="opportunity_by_change"),
        ),
        AddIndexConcurrently(
            model_name="opportunity",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", False)),
                fields=["closed_at"],
                name="opportunity_by_closing",
            ),
        ),
        AddIndexConcurrently(
            model_name="opportunity",
            index=models.Index(
                condition=models.Q(("told_at__isnull", False)),
                fields=["-told_at"],
                name="opportunity_by_telling",
            ),
        ),
    ]
