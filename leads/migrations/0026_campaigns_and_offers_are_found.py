"""Every name of a campaign or offer that leads carry is found without looking at all leads."""

import django.db.models.expressions
import django.db.models.functions.text
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("leads", "0025_campaigns_briefs_and_texts")]

    operations = [
        AddIndexConcurrently(
            model_name="lead",
            index=models.Index(
                django.db.models.functions.text.Left("campaign", 200),
                models.OrderBy(models.F("last_seen_at"), descending=True),
                condition=models.Q(("campaign", ""), _negated=True),
                name="lead_by_campaign",
            ),
        ),
        AddIndexConcurrently(
            model_name="lead",
            index=models.Index(
                django.db.models.functions.text.Left("offer", 200),
                models.OrderBy(models.F("last_seen_at"), descending=True),
                condition=models.Q(("offer", ""), _negated=True),
                name="lead_by_offer",
            ),
        ),
    ]
