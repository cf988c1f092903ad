"""A version keeps which rejections it answers; rejections are found by their day."""

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("handoff", "0010_goals_of_both_halves"),
        ("leads", "0020_marketings_clocks_are_found"),
    ]

    operations = [
        migrations.CreateModel(
            name="Evidence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="evidence",
                        to="handoff.definitionversion",
                    ),
                ),
                (
                    "reason",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handoff.reason",
                    ),
                ),
                (
                    "cited_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("cited_at", models.DateTimeField()),
                (
                    "told_at",
                    models.DateTimeField(help_text="When those who rejected were told.", null=True),
                ),
            ],
            options={
                "verbose_name_plural": "evidence",
                "ordering": ("version", "reason"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("version", "reason"), name="version_cites_a_reason_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CitedRejection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "evidence",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rejections",
                        to="leads.evidence",
                    ),
                ),
                (
                    "handoff",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="leads.handoff",
                    ),
                ),
            ],
            options={
                "ordering": ("evidence", "handoff"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("evidence", "handoff"), name="rejection_is_cited_once_a_reason"
                    )
                ],
            },
        ),
        AddIndexConcurrently(
            model_name="handoff",
            index=models.Index(
                condition=models.Q(("state", "rejected")),
                fields=["ended_at"],
                include=("reason", "answered_by"),
                name="handoff_rejected",
            ),
        ),
    ]
