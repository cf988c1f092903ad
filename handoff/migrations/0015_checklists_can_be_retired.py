"""Checklists can be retired, and come back."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("handoff", "0014_working_time_is_laid_out"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="checklist",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="checklist",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="checklist",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="checklist",
            name="active",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(
            model_name="checklisthistory",
            name="active",
            field=models.BooleanField(db_default=True, default=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="checklist",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_checklisthistory" ("active", "id", "items", "key", "label", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."active", new_values."id", new_values."items", new_values."key", new_values."label", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="a8f7be13c710d878ab53c324179097ba1119e249",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_488ed",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="handoff_checklist",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="checklist",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_checklisthistory" ("active", "id", "items", "key", "label", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."active", new_values."id", new_values."items", new_values."key", new_values."label", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', new_values."id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="7374037de0fd58dafba6cc59800fc63a46b0684e",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_e9610",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="handoff_checklist",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="checklist",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_checklisthistory" ("active", "id", "items", "key", "label", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."active", old_values."id", old_values."items", old_values."key", old_values."label", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="4efffaca95c6b8a6b3d37eb406df123113b92344",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_facf2",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="handoff_checklist",
                    when="AFTER",
                ),
            ),
        ),
    ]
