"""How long leads rest on a track where nobody gave a date."""

import django.core.validators
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("handoff", "0011_what_is_asked_in_each_step"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="track",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="track",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="track",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="track",
            name="rest_weeks",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="After so many weeks a lead that sales sent here without a date is looked at again. Empty: when it does something new.",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(260),
                ],
            ),
        ),
        migrations.AddField(
            model_name="trackhistory",
            name="rest_weeks",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="After so many weeks a lead that sales sent here without a date is looked at again. Empty: when it does something new.",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(260),
                ],
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="track",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_trackhistory" ("id", "key", "label", "owner_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "rest_weeks", "theme") SELECT new_values."id", new_values."key", new_values."label", new_values."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."rest_weeks", new_values."theme" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="5f91e74d697b3e806197116892666f13319fe90c",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_64864",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="handoff_track",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="track",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_trackhistory" ("id", "key", "label", "owner_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "rest_weeks", "theme") SELECT new_values."id", new_values."key", new_values."label", new_values."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', new_values."id", new_values."rest_weeks", new_values."theme" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="3cfa9ecc21a39700c081bc2d68019d3ecd68c246",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_7d127",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="handoff_track",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="track",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_trackhistory" ("id", "key", "label", "owner_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "rest_weeks", "theme") SELECT old_values."id", old_values."key", old_values."label", old_values."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."rest_weeks", old_values."theme" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="0808aadb517ed85fb9008b0b02c34ebf9f9f75a9",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_0ded7",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="handoff_track",
                    when="AFTER",
                ),
            ),
        ),
    ]
