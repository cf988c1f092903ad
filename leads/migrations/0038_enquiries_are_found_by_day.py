"""How many enquiries a source brought in some days is counted without looking at all of them."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("leads", "0037_pages_have_names")]

    operations = [
        AddIndexConcurrently(
            model_name="submission",
            index=models.Index(fields=["occurred_at"], name="submission_by_day"),
        ),
        AddIndexConcurrently(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("historical", True)), fields=["id"], name="delivery_of_the_past"
            ),
        ),
    ]
