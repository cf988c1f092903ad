"""Alerts between meetings; what rules they were told by is only added to."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


TABLE, ROLE = "reviews_alertrule", "handoff_app"

GUARD = f"""
CREATE TRIGGER refuse_rewriting BEFORE UPDATE OR DELETE OR TRUNCATE ON {TABLE}
    FOR EACH STATEMENT EXECUTE FUNCTION handoff_refuse_rewriting();
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') AND '{ROLE}' <> current_user THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON {TABLE} FROM {ROLE};
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("handoff", "0013_goals_of_each_step"),
        ("reviews", "0010_studies_of_lift"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Alert",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("dimension", models.CharField(blank=True, default="", max_length=16)),
                ("key", models.TextField(blank=True)),
                ("name", models.TextField()),
                ("opened_at", models.DateTimeField()),
                ("opened_threshold", models.PositiveSmallIntegerField()),
                ("opened_days", models.PositiveSmallIntegerField()),
                ("opened_rejected", models.PositiveIntegerField()),
                ("opened_answered", models.PositiveIntegerField()),
                ("opened_low", models.FloatField()),
                ("opened_high", models.FloatField()),
                ("looked_at", models.DateTimeField()),
                ("threshold", models.PositiveSmallIntegerField()),
                ("days", models.PositiveSmallIntegerField()),
                ("rejected", models.PositiveIntegerField()),
                ("answered", models.PositiveIntegerField()),
                ("low", models.FloatField()),
                ("high", models.FloatField()),
                ("reasons", models.JSONField(default=list)),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "closed_because",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("below", "Fewer are rejected than the threshold"),
                            ("few", "Too few were answered to say anything"),
                            ("unwatched", "It is not watched any more"),
                        ],
                        max_length=9,
                    ),
                ),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("note", models.TextField(blank=True)),
                (
                    "acknowledged_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handoff.definitionversion",
                    ),
                ),
            ],
            options={
                "ordering": ("-opened_at", "-pk"),
                "indexes": [models.Index(fields=["-opened_at"], name="alert_by_opening")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at__isnull", True)),
                        fields=("dimension", "key"),
                        name="one_open_alert_per_part",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("opened_answered__gt", 0),
                            ("opened_rejected__lte", models.F("opened_answered")),
                        ),
                        name="alert_opened_on_a_share",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rejected__lte", models.F("answered"))),
                        name="alert_tells_a_share",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at__isnull", True), ("closed_because", "")),
                            models.Q(
                                ("closed_at__isnull", False),
                                models.Q(("closed_because", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="closed_alert_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("acknowledged_at__isnull", True), ("acknowledged_by__isnull", True)
                            ),
                            models.Q(
                                ("acknowledged_at__isnull", False),
                                ("acknowledged_by__isnull", False),
                                models.Q(("note", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="acknowledged_alert_says_what_is_done",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AlertRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "threshold",
                    models.PositiveSmallIntegerField(
                        default=25,
                        help_text="Rejected of a hundred answered.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(99),
                        ],
                    ),
                ),
                (
                    "days",
                    models.PositiveSmallIntegerField(
                        default=28,
                        validators=[
                            django.core.validators.MinValueValidator(7),
                            django.core.validators.MaxValueValidator(180),
                        ],
                    ),
                ),
                (
                    "dimensions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("set_at", models.DateTimeField()),
                (
                    "set_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("-set_at", "-pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("threshold__gte", 1), ("threshold__lte", 99)),
                        name="alert_threshold_is_a_share",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("days__gte", 7), ("days__lte", 180)),
                        name="alert_looks_at_some_days",
                    ),
                ],
            },
        ),
        migrations.RunSQL(GUARD, f"DROP TRIGGER refuse_rewriting ON {TABLE}"),
    ]
