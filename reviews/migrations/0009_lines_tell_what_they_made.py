"""So that a line that is taken back takes with it what it made: the example, or the whole draft."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("reviews", "0008_minutes_stay"),)

    operations = (
        migrations.AddField(
            model_name="line",
            name="example",
            field=models.CharField(
                blank=True,
                db_default="",
                help_text="The example it put into its draft.",
                max_length=200,
            ),
        ),
        migrations.AddField(
            model_name="line",
            name="revision",
            field=models.PositiveIntegerField(
                help_text="The revision of the draft it began, as it left it.", null=True
            ),
        ),
    )
