from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reviews", "0004_a_motion_is_a_condition")]

    operations = [
        migrations.RemoveField(model_name="backtest", name="motion"),
        migrations.AlterField(
            model_name="backtest",
            name="segment",
            field=models.JSONField(
                blank=True,
                null=True,
                help_text="Conditions, as a playbook file writes them. Empty: everybody.",
            ),
        ),
    ]
