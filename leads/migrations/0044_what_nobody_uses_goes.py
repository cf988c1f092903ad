"""A column and choices that nothing ever wrote go."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("leads", "0043_seams_say_who_was_not_told"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="importbatch",
            name="staged_bytes",
        ),
        migrations.AlterField(
            model_name="delivery",
            name="kind",
            field=models.CharField(
                choices=[
                    ("lead", "Lead"),
                    ("touchpoint", "Touchpoint"),
                    ("opportunity", "Opportunity"),
                ],
                default="lead",
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="importbatch",
            name="state",
            field=models.CharField(
                choices=[
                    ("mapping", "Waiting for its mapping"),
                    ("staging", "Being read"),
                    ("running", "Running"),
                    ("done", "Done"),
                    ("failed", "Failed"),
                ],
                default="mapping",
                max_length=10,
            ),
        ),
    ]
