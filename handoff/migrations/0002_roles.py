"""The groups that give a person a role."""

from django.db import migrations

ROLES = ("rep", "sales_manager", "marketing_ops", "reviewer", "administrator")


def make_groups(apps, schema_editor):
    group = apps.get_model("auth", "Group")
    for name in ROLES:
        group.objects.get_or_create(name=name)


class Migration(migrations.Migration):
    dependencies = (
        ("handoff", "0001_the_agreement"),
        ("auth", "0012_alter_user_first_name_max_length"),
    )
    operations = (migrations.RunPython(make_groups, migrations.RunPython.noop),)
