"""Marketing promises more than the hand-over, and a tier says what clocks do in other hands."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


KEEP = """
CREATE OR REPLACE FUNCTION handoff_refuse_published_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'draft' THEN
            RAISE EXCEPTION 'A %% definition is never deleted.', OLD.state
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.state <> 'draft' AND (
        NEW.state = 'draft'
        OR ({new}) IS DISTINCT FROM ({old})
    ) THEN
        RAISE EXCEPTION 'A %% definition is never edited; clone it into a draft.', OLD.state
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
"""
BEFORE = ("number", "summary", "required", "handover_minutes")
NOW = (*BEFORE, "context_minutes", "returned_minutes")


def kept(columns):
    """The function that refuses another value in these columns of a published version."""
    return KEEP.replace("%%", "%").format(
        new=", ".join(f"NEW.{name}" for name in columns),
        old=", ".join(f"OLD.{name}" for name in columns),
    )


class Migration(migrations.Migration):
    dependencies = [
        ("handoff", "0008_a_returning_lead_goes_back_to_who_had_it"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="definitionversion",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="definitionversion",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="definitionversion",
            name="delete_delete",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="tier",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="tier",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="tier",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="definitionversion",
            name="context_minutes",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="Minutes of marketing's working time until missing context is complete.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="definitionversion",
            name="returned_minutes",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="Minutes of marketing's working time until a returned lead is answered.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="definitionversionhistory",
            name="context_minutes",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="Minutes of marketing's working time until missing context is complete.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="definitionversionhistory",
            name="returned_minutes",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="Minutes of marketing's working time until a returned lead is answered.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="tier",
            name="on_reassign",
            field=models.JSONField(
                blank=True,
                default=dict,
                help_text='{"accept": "carry_on"}; else accept restarts, the others carry on.',
            ),
        ),
        migrations.AddField(
            model_name="tierhistory",
            name="on_reassign",
            field=models.JSONField(
                blank=True,
                default=dict,
                help_text='{"accept": "carry_on"}; else accept restarts, the others carry on.',
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="definitionversion",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_definitionversionhistory" ("cloned_from_id", "context_minutes", "created_at", "created_by_id", "edited_at", "edited_by_id", "handover_minutes", "id", "number", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "published_by_id", "reason", "required", "returned_minutes", "revision", "state", "summary") SELECT new_values."cloned_from_id", new_values."context_minutes", new_values."created_at", new_values."created_by_id", new_values."edited_at", new_values."edited_by_id", new_values."handover_minutes", new_values."id", new_values."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."published_at", new_values."published_by_id", new_values."reason", new_values."required", new_values."returned_minutes", new_values."revision", new_values."state", new_values."summary" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="a692adf04e0fd35afdc21e979166beb666a29d20",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_6b2f7",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="handoff_definitionversion",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="definitionversion",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_definitionversionhistory" ("cloned_from_id", "context_minutes", "created_at", "created_by_id", "edited_at", "edited_by_id", "handover_minutes", "id", "number", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "published_by_id", "reason", "required", "returned_minutes", "revision", "state", "summary") SELECT new_values."cloned_from_id", new_values."context_minutes", new_values."created_at", new_values."created_by_id", new_values."edited_at", new_values."edited_by_id", new_values."handover_minutes", new_values."id", new_values."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', new_values."id", new_values."published_at", new_values."published_by_id", new_values."reason", new_values."required", new_values."returned_minutes", new_values."revision", new_values."state", new_values."summary" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="7c1edd0633ee1724e1a7acec6affa8082b32768e",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_7d814",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="handoff_definitionversion",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="definitionversion",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_definitionversionhistory" ("cloned_from_id", "context_minutes", "created_at", "created_by_id", "edited_at", "edited_by_id", "handover_minutes", "id", "number", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "published_by_id", "reason", "required", "returned_minutes", "revision", "state", "summary") SELECT old_values."cloned_from_id", old_values."context_minutes", old_values."created_at", old_values."created_by_id", old_values."edited_at", old_values."edited_by_id", old_values."handover_minutes", old_values."id", old_values."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."published_at", old_values."published_by_id", old_values."reason", old_values."required", old_values."returned_minutes", old_values."revision", old_values."state", old_values."summary" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="33a84b8abbe6ad317abff82a96cb19f4e8b38973",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_2aac4",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="handoff_definitionversion",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="tier",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_tierhistory" ("clocks", "hours", "id", "key", "label", "on_breach", "on_reassign", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "remind_before", "version_id") SELECT new_values."clocks", new_values."hours", new_values."id", new_values."key", new_values."label", new_values."on_breach", new_values."on_reassign", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."position", new_values."remind_before", new_values."version_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="10f4c71d28ba160f263357f37542e2e9670ca959",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_00a36",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="handoff_tier",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="tier",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_tierhistory" ("clocks", "hours", "id", "key", "label", "on_breach", "on_reassign", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "remind_before", "version_id") SELECT new_values."clocks", new_values."hours", new_values."id", new_values."key", new_values."label", new_values."on_breach", new_values."on_reassign", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', new_values."id", new_values."position", new_values."remind_before", new_values."version_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="ea3f8cb0c0a8080b3d97985facc7138a6e5df7af",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_da435",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="handoff_tier",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="tier",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_tierhistory" ("clocks", "hours", "id", "key", "label", "on_breach", "on_reassign", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "remind_before", "version_id") SELECT old_values."clocks", old_values."hours", old_values."id", old_values."key", old_values."label", old_values."on_breach", old_values."on_reassign", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."position", old_values."remind_before", old_values."version_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="a2a787316100754f5c75e92659d2f60bb11171f3",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_4dc28",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="handoff_tier",
                    when="AFTER",
                ),
            ),
        ),
        migrations.RunSQL(kept(NOW), kept(BEFORE)),
    ]
