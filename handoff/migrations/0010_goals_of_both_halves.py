"""Which share of its promises each half means to keep, and what the goals were before."""

import django.core.validators
import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


GUARD = """
CREATE TRIGGER refuse_rewriting BEFORE UPDATE OR DELETE OR TRUNCATE ON handoff_goalhistory
    FOR EACH STATEMENT EXECUTE FUNCTION handoff_refuse_rewriting();
"""

REVOKE = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'handoff_app')
        AND 'handoff_app' <> current_user THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON handoff_goalhistory FROM handoff_app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("handoff", "0009_marketing_promises_more"),
    ]

    operations = [
        migrations.CreateModel(
            name="GoalHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "half",
                    models.CharField(
                        choices=[("sales", "Sales"), ("marketing", "Marketing")], max_length=9
                    ),
                ),
                (
                    "tier",
                    models.SlugField(
                        blank=True,
                        db_index=False,
                        help_text="Empty: every tier without one.",
                        max_length=64,
                    ),
                ),
                (
                    "percent",
                    models.PositiveSmallIntegerField(
                        help_text="Of a hundred promises, so many are to be kept.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100),
                        ],
                    ),
                ),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Goal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "half",
                    models.CharField(
                        choices=[("sales", "Sales"), ("marketing", "Marketing")], max_length=9
                    ),
                ),
                (
                    "tier",
                    models.SlugField(
                        blank=True, help_text="Empty: every tier without one.", max_length=64
                    ),
                ),
                (
                    "percent",
                    models.PositiveSmallIntegerField(
                        help_text="Of a hundred promises, so many are to be kept.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100),
                        ],
                    ),
                ),
            ],
            options={
                "ordering": ("half", "tier"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("half", "tier"), name="one_goal_per_half_and_tier"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("percent__gte", 1), ("percent__lte", 100)),
                        name="goal_is_a_percentage",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="goal",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_goalhistory" ("half", "id", "percent", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "tier") SELECT new_values."half", new_values."id", new_values."percent", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."tier" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="fc2c8eb38a16b63a33882bcd851a5fd42d0fbdb9",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_bce13",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="handoff_goal",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="goal",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_goalhistory" ("half", "id", "percent", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "tier") SELECT new_values."half", new_values."id", new_values."percent", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', new_values."id", new_values."tier" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="50b6e04b0c67b4d481c29a2103fb0b37f9d2bdac",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_38757",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="handoff_goal",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="goal",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_goalhistory" ("half", "id", "percent", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "tier") SELECT old_values."half", old_values."id", old_values."percent", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."tier" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="2e6c3494b3062267e2b014ee82fb5a6f375140df",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_7a2a8",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="handoff_goal",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="goalhistory",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="history",
                to="handoff.goal",
            ),
        ),
        migrations.RunSQL(GUARD + REVOKE, "DROP TRIGGER refuse_rewriting ON handoff_goalhistory"),
    ]
