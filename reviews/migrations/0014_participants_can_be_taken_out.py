"""Who is taken out of a meeting while it runs is there no more, and what they voted stays."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reviews", "0012_leads_of_old_studies_go"),
    ]

    operations = [
        migrations.AddField(
            model_name="participant",
            name="removed_at",
            field=models.DateTimeField(null=True),
        ),
    ]
