"""A routing rule may give a returning lead back to who had it."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("handoff", "0007_who_serves_whom_and_who_is_away"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="routerule",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="routerule",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="routerule",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="routerule",
            name="sticky",
            field=models.BooleanField(
                default=False,
                help_text="A returning lead goes back to whoever of the team had it, if they can take it.",
            ),
        ),
        migrations.AddField(
            model_name="routerulehistory",
            name="sticky",
            field=models.BooleanField(
                default=False,
                help_text="A returning lead goes back to whoever of the team had it, if they can take it.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="routerule",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_routerulehistory" ("id", "key", "label", "overflow", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "sticky", "to_key", "to_kind", "version_id", "when") SELECT new_values."id", new_values."key", new_values."label", new_values."overflow", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."position", new_values."sticky", new_values."to_key", new_values."to_kind", new_values."version_id", new_values."when" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="9859c5fd67e9451e776f4b021654c7904272c09f",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_03ad3",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="handoff_routerule",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="routerule",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_routerulehistory" ("id", "key", "label", "overflow", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "sticky", "to_key", "to_kind", "version_id", "when") SELECT new_values."id", new_values."key", new_values."label", new_values."overflow", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', new_values."id", new_values."position", new_values."sticky", new_values."to_key", new_values."to_kind", new_values."version_id", new_values."when" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="1a72cf78e369e47eafc337b15c323e89a4cccc3f",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_2983d",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="handoff_routerule",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="routerule",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_routerulehistory" ("id", "key", "label", "overflow", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "sticky", "to_key", "to_kind", "version_id", "when") SELECT old_values."id", old_values."key", old_values."label", old_values."overflow", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."position", old_values."sticky", old_values."to_key", old_values."to_kind", old_values."version_id", old_values."when" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="38ca3197e3db2ad3299167a623b4f41cb68a1eeb",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_b4df8",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="handoff_routerule",
                    when="AFTER",
                ),
            ),
        ),
    ]
