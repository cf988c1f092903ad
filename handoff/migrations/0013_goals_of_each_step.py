"""A goal belongs to one hand-over of the path; a reason may be meant for a disposition."""

import django.contrib.postgres.fields
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("handoff", "0012_tracks_have_a_rest"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="goal",
            options={"ordering": ("step", "half", "tier")},
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="goal",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="goal",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="goal",
            name="delete_delete",
        ),
        migrations.RemoveConstraint(
            model_name="goal",
            name="one_goal_per_half_and_tier",
        ),
        migrations.AddField(
            model_name="goal",
            name="step",
            field=models.SlugField(
                blank=True,
                db_default="",
                db_index=False,
                default="",
                help_text="Key of the step the lead enters, such as ae. Empty: from marketing to sales.",
                max_length=64,
            ),
        ),
        migrations.AddField(
            model_name="goalhistory",
            name="step",
            field=models.SlugField(
                blank=True,
                db_default="",
                db_index=False,
                default="",
                help_text="Key of the step the lead enters, such as ae. Empty: from marketing to sales.",
                max_length=64,
            ),
        ),
        migrations.AlterField(
            model_name="reason",
            name="applies_to",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("reject", "Reject"),
                        ("return", "Return"),
                        ("reassign", "Reassign"),
                        ("dispose", "Disposition"),
                        ("disqualify", "Disqualify"),
                        ("no_response", "Disposition: no response"),
                        ("bad_fit", "Disposition: bad fit"),
                        ("nurture", "Disposition: nurture"),
                        ("duplicate", "Disposition: duplicate"),
                        ("recycled", "Disposition: recycled"),
                    ],
                    max_length=16,
                ),
                default=list,
                size=None,
            ),
        ),
        migrations.AlterField(
            model_name="reasonhistory",
            name="applies_to",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("reject", "Reject"),
                        ("return", "Return"),
                        ("reassign", "Reassign"),
                        ("dispose", "Disposition"),
                        ("disqualify", "Disqualify"),
                        ("no_response", "Disposition: no response"),
                        ("bad_fit", "Disposition: bad fit"),
                        ("nurture", "Disposition: nurture"),
                        ("duplicate", "Disposition: duplicate"),
                        ("recycled", "Disposition: recycled"),
                    ],
                    max_length=16,
                ),
                default=list,
                size=None,
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="goal",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_goalhistory" ("half", "id", "percent", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "step", "tier") SELECT new_values."half", new_values."id", new_values."percent", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."step", new_values."tier" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="66edab401c2c1f0eae9189856195bb0ca2f85163",
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
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_goalhistory" ("half", "id", "percent", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "step", "tier") SELECT new_values."half", new_values."id", new_values."percent", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', new_values."id", new_values."step", new_values."tier" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="d711f10fb47498ce1327a1dd58ca352948a1993f",
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
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_goalhistory" ("half", "id", "percent", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "step", "tier") SELECT old_values."half", old_values."id", old_values."percent", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."step", old_values."tier" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="8f182f3b0709a20f13b5b968a38aa23b29fdb952",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_7a2a8",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="handoff_goal",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="goal",
            constraint=models.UniqueConstraint(
                fields=("step", "half", "tier"), name="one_goal_per_step_half_and_tier"
            ),
        ),
    ]
