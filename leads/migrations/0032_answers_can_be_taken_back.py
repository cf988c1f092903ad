"""What stood before an answer is kept for a while; what sales says is missing stands beside what was.

Webhooks that are told of an answer are told of its being taken back too, so that what they keep stays
true.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


LISTEN = """
UPDATE leads_webhook SET kinds = array_append(kinds, 'handoff.undone')
WHERE person_id IS NULL AND NOT 'handoff.undone' = ANY(kinds) AND kinds && ARRAY[
    'handoff.assigned', 'handoff.accepted', 'handoff.rejected', 'handoff.returned',
    'handoff.resumed', 'handoff.touched', 'handoff.disposed', 'handoff.closed']::varchar[]
"""


class Migration(migrations.Migration):
    dependencies = [
        ("leads", "0031_leads_by_what_marketing_asks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="handoff",
            name="lacks",
            field=models.JSONField(
                db_default=models.Value([], models.JSONField()),
                default=list,
                help_text="What sales said is missing when it returned it.",
            ),
        ),
        migrations.AlterField(
            model_name="handoff",
            name="missing",
            field=models.JSONField(default=list, help_text="What was missing at the hand-over."),
        ),
        migrations.AlterField(
            model_name="turn",
            name="because",
            field=models.CharField(
                blank=True,
                choices=[
                    ("misrouted", "Misrouted"),
                    ("duplicate", "Duplicate"),
                    ("returned", "Returned to marketing"),
                    ("taken_back", "An answer was taken back"),
                ],
                db_default="",
                help_text="Why it was given back, or corrected.",
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="Undoable",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "batch",
                    models.UUIDField(
                        help_text="The same for all that one press of a button answered."
                    ),
                ),
                ("at", models.DateTimeField()),
                ("verb", models.CharField(max_length=12)),
                ("handoff_was", models.JSONField()),
                ("lead_was", models.JSONField()),
                ("clocks_were", models.JSONField()),
                ("seq", models.PositiveIntegerField()),
                ("turn", models.BigIntegerField(default=0)),
                ("undone_at", models.DateTimeField(null=True)),
                (
                    "actor",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "handoff",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="leads.handoff",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["batch"], name="undoable_by_batch"),
                    models.Index(fields=["actor", "at"], name="undoable_by_actor"),
                ],
            },
        ),
        migrations.RunSQL(LISTEN, migrations.RunSQL.noop),
    ]
