from django.db import migrations


def told_as_conditions(apps, schema_editor):
    """Only leads of one motion: a condition like any other, all of which hold."""
    for run in apps.get_model("reviews", "Backtest").objects.exclude(motion=""):
        run.segment = [*(run.segment or []), {"field": "motion", "is": run.motion}]
        run.save(update_fields=["segment"])


class Migration(migrations.Migration):
    dependencies = [("reviews", "0003_backtests_keep_who_stopped_them")]

    operations = [migrations.RunPython(told_as_conditions, migrations.RunPython.noop)]
