"""What came in some days and was never handed over is counted by an index alone."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("leads", "0038_enquiries_are_found_by_day")]

    operations = [
        AddIndexConcurrently(
            model_name="lead",
            index=models.Index(
                fields=["first_seen_at", "id"],
                include=["status", "merged_into"],
                name="lead_by_first_seen",
            ),
        ),
    ]
