"""A form that is sent twice counts once; what can be taken back covers the other steps of a lead,
and goes with its hand-over, also where `leads_forget` removes it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


CASCADE = """
DELETE FROM leads_undoable u WHERE NOT EXISTS (SELECT FROM leads_handoff h WHERE h.id = u.handoff_id);
ALTER TABLE leads_undoable ADD CONSTRAINT undoable_goes_with_its_handoff FOREIGN KEY (handoff_id)
    REFERENCES leads_handoff (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
"""

UNDO = "ALTER TABLE leads_undoable DROP CONSTRAINT undoable_goes_with_its_handoff;"


class Migration(migrations.Migration):
    dependencies = [
        ("leads", "0034_what_the_measures_read"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Press",
            fields=[
                (
                    "key",
                    models.UUIDField(
                        help_text="The drawn form, who sent it, what it said.",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "actor",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="undoable",
            name="others_were",
            field=models.JSONField(
                db_default=models.Value([], models.JSONField()),
                default=list,
            ),
        ),
        migrations.AlterField(
            model_name="undoable",
            name="handoff",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="leads.handoff",
            ),
        ),
        migrations.RunSQL(CASCADE, UNDO),
    ]
