"""A turn given back keeps why; what a team weighed is found by its days."""

from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("handoff", "0008_a_returning_lead_goes_back_to_who_had_it"),
        ("leads", "0015_what_a_person_is_told"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="turn",
            name="because",
            field=models.CharField(
                blank=True,
                choices=[
                    ("misrouted", "Misrouted"),
                    ("duplicate", "Duplicate"),
                    ("returned", "Returned to marketing"),
                ],
                db_default="",
                help_text="Why it was given back.",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="turn",
            name="cause",
            field=models.CharField(
                choices=[
                    ("turn", "Took a turn"),
                    ("joined", "Joined at the team's minimum"),
                    ("returned", "Came back, or had room again, at the team's minimum"),
                    ("credit", "Turn given back"),
                    ("corrected", "Corrected by a person"),
                ],
                max_length=10,
            ),
        ),
        AddIndexConcurrently(
            model_name="assignment",
            index=models.Index(fields=["team", "at"], name="assignment_by_team"),
        ),
    ]
