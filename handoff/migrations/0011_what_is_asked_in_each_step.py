"""What is asked in each step, also in the first; reasons may belong to some steps only."""

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("handoff", "0010_goals_of_both_halves"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="reason",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="reason",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="reason",
            name="delete_delete",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="step",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="step",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="step",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="reason",
            name="steps",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.SlugField(max_length=64),
                blank=True,
                default=list,
                help_text="The hand-overs in which it may be given; empty: in every one.",
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="reasonhistory",
            name="steps",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.SlugField(max_length=64),
                blank=True,
                default=list,
                help_text="The hand-overs in which it may be given; empty: in every one.",
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="step",
            name="confirms",
            field=models.ForeignKey(
                blank=True,
                help_text="What whoever takes the lead finds out.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="handoff.checklist",
            ),
        ),
        migrations.AddField(
            model_name="stephistory",
            name="confirms",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                help_text="What whoever takes the lead finds out.",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="handoff.checklist",
            ),
        ),
        migrations.AlterField(
            model_name="step",
            name="checklist",
            field=models.ForeignKey(
                blank=True,
                help_text="What must be known before a lead enters it.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="handoff.checklist",
            ),
        ),
        migrations.AlterField(
            model_name="step",
            name="comes_from",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AlterField(
            model_name="step",
            name="route",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AlterField(
            model_name="step",
            name="tiers",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AlterField(
            model_name="stephistory",
            name="checklist",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                help_text="What must be known before a lead enters it.",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="handoff.checklist",
            ),
        ),
        migrations.AlterField(
            model_name="stephistory",
            name="comes_from",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AlterField(
            model_name="stephistory",
            name="route",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AlterField(
            model_name="stephistory",
            name="tiers",
            field=models.JSONField(blank=True, default=list),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reason",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_reasonhistory" ("active", "applies_to", "goes_to", "id", "key", "label", "needs_date", "needs_note", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "steps", "teaches") SELECT new_values."active", new_values."applies_to", new_values."goes_to", new_values."id", new_values."key", new_values."label", new_values."needs_date", new_values."needs_note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."steps", new_values."teaches" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="1b2ac710b74b24fa659e3e336d1d870a5e65973b",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_de62a",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="handoff_reason",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reason",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_reasonhistory" ("active", "applies_to", "goes_to", "id", "key", "label", "needs_date", "needs_note", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "steps", "teaches") SELECT new_values."active", new_values."applies_to", new_values."goes_to", new_values."id", new_values."key", new_values."label", new_values."needs_date", new_values."needs_note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', new_values."id", new_values."steps", new_values."teaches" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="3d2e09d8fff91c312dcb036ce9725ca752333948",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_66bd6",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="handoff_reason",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reason",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_reasonhistory" ("active", "applies_to", "goes_to", "id", "key", "label", "needs_date", "needs_note", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "steps", "teaches") SELECT old_values."active", old_values."applies_to", old_values."goes_to", old_values."id", old_values."key", old_values."label", old_values."needs_date", old_values."needs_note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."steps", old_values."teaches" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="dc343d1d248f42e5a1a4181a8519c91b2f13e5db",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_43ad8",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="handoff_reason",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="step",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_stephistory" ("checklist_id", "comes_from", "confirms_id", "id", "key", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "route", "tiers") SELECT new_values."checklist_id", new_values."comes_from", new_values."confirms_id", new_values."id", new_values."key", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."route", new_values."tiers" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="8cbdade9b23416047f1e95044b761cce824089af",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_b6649",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="handoff_step",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="step",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_stephistory" ("checklist_id", "comes_from", "confirms_id", "id", "key", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "route", "tiers") SELECT new_values."checklist_id", new_values."comes_from", new_values."confirms_id", new_values."id", new_values."key", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', new_values."id", new_values."route", new_values."tiers" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="672a6d195553a6221c625f52bfd2c1e5494207f3",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_49804",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="handoff_step",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="step",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_stephistory" ("checklist_id", "comes_from", "confirms_id", "id", "key", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "route", "tiers") SELECT old_values."checklist_id", old_values."comes_from", old_values."confirms_id", old_values."id", old_values."key", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."route", old_values."tiers" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="984a270c3902364758177b1278883089b8cc12b5",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_2f925",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="handoff_step",
                    when="AFTER",
                ),
            ),
        ),
    ]
