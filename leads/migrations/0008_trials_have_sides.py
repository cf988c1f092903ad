"""A lead stands on one side of a trial and never changes it. It leaves with the lead (the demo's
leads go by `leads_forget`), so the key to the lead cascades in the database itself."""

import django.db.models.deletion
from django.db import migrations, models

STAY = """
ALTER TABLE leads_trialmember ADD CONSTRAINT side_goes_with_its_lead FOREIGN KEY (lead_id)
    REFERENCES leads_lead (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
CREATE FUNCTION leads_refuse_switching() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A lead never switches sides of a trial.'
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER refuse_switching BEFORE UPDATE ON leads_trialmember
    FOR EACH ROW EXECUTE FUNCTION leads_refuse_switching();
"""

UNDO = """
DROP TRIGGER refuse_switching ON leads_trialmember;
DROP FUNCTION leads_refuse_switching();
ALTER TABLE leads_trialmember DROP CONSTRAINT side_goes_with_its_lead;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("handoff", "0006_drafts_are_counted_and_tried"),
        ("leads", "0007_approvals_have_a_deadline"),
    ]

    operations = [
        migrations.CreateModel(
            name="TrialMember",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "arm",
                    models.CharField(
                        choices=[
                            ("trial", "On trial"),
                            ("control", "Control"),
                            ("outside", "Outside"),
                        ],
                        max_length=8,
                    ),
                ),
                ("joined_at", models.DateTimeField()),
                (
                    "lead",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="trials",
                        to="leads.lead",
                    ),
                ),
                (
                    "trial",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="members",
                        to="handoff.trial",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("trial", "lead"), name="one_side_per_trial_and_lead"
                    )
                ],
            },
        ),
        migrations.RunSQL(STAY, UNDO),
    ]
