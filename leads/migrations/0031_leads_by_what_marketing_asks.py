"""The list of leads is narrowed by status, country and source without reading them all."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Left


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("leads", "0030_what_became_is_found")]

    operations = [
        AddIndexConcurrently(
            model_name="lead",
            index=models.Index(fields=["status", "-last_seen_at", "-id"], name="lead_by_status"),
        ),
        AddIndexConcurrently(
            model_name="lead",
            index=models.Index(fields=["country", "-last_seen_at", "-id"], name="lead_by_country"),
        ),
        AddIndexConcurrently(
            model_name="lead",
            index=models.Index(
                Left("source", 200),
                models.F("last_seen_at").desc(),
                condition=models.Q(("source", ""), _negated=True),
                name="lead_by_source",
            ),
        ),
    ]
