"""How far the demo is filled, and the one way in which its history goes.

`leads_forget` and `leads_forget_companies` run as the tables' owner, for rows marked as demo only;
the application's role can do nothing else to history.
"""

import django.db.models
from django.db import migrations, models

ROLE = "handoff_app"

FORGET = """
CREATE FUNCTION leads_forget(lead_ids bigint[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    ids bigint[];
    turned bigint[];
BEGIN
    SELECT array_agg(id) INTO ids FROM (
        SELECT id FROM leads_lead WHERE id = ANY(lead_ids) AND is_demo ORDER BY id FOR UPDATE
    ) AS held;
    IF ids IS NULL THEN
        RETURN 0;
    END IF;
    PERFORM set_config('handoff.forgetting', 'on', true);
    UPDATE leads_lead SET merged_into_id = NULL WHERE merged_into_id = ANY(ids);
    UPDATE leads_lead SET judgement_id = NULL WHERE id = ANY(ids);
    DELETE FROM leads_event WHERE lead_id = ANY(ids);
    DELETE FROM leads_message WHERE lead_id = ANY(ids);
    DELETE FROM leads_approval WHERE lead_id = ANY(ids);
    DELETE FROM leads_mergeproposal WHERE lead_id = ANY(ids) OR other_id = ANY(ids);
    DELETE FROM leads_opportunity WHERE lead_id = ANY(ids);
    WITH gone AS (
        DELETE FROM leads_turn WHERE handoff_id IN
            (SELECT id FROM leads_handoff WHERE lead_id = ANY(ids)) RETURNING membership_id
    ) SELECT array_agg(DISTINCT membership_id) INTO turned FROM gone;
    UPDATE handoff_membership m SET served = coalesce(
        (SELECT sum(t.amount) FROM leads_turn t WHERE t.membership_id = m.id), 0)
        WHERE m.id = ANY(turned);
    DELETE FROM leads_clock WHERE handoff_id IN
        (SELECT id FROM leads_handoff WHERE lead_id = ANY(ids));
    DELETE FROM leads_assignment WHERE handoff_id IN
        (SELECT id FROM leads_handoff WHERE lead_id = ANY(ids));
    DELETE FROM leads_handoff WHERE lead_id = ANY(ids);
    DELETE FROM leads_judgement WHERE lead_id = ANY(ids);
    DELETE FROM leads_touchpoint WHERE lead_id = ANY(ids);
    DELETE FROM leads_submission WHERE lead_id = ANY(ids);
    DELETE FROM leads_externalid WHERE lead_id = ANY(ids);
    DELETE FROM leads_delivery WHERE lead_id = ANY(ids);
    DELETE FROM leads_lead WHERE id = ANY(ids);
    DELETE FROM leads_leadhistory WHERE pgh_obj_id = ANY(ids);
    PERFORM set_config('handoff.forgetting', 'off', true);
    RETURN cardinality(ids);
END $$;
"""

FORGET_COMPANIES = """
CREATE FUNCTION leads_forget_companies() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    ids bigint[];
BEGIN
    SELECT array_agg(a.id) INTO ids FROM leads_account a
    WHERE a.is_demo AND NOT EXISTS (SELECT FROM leads_lead l WHERE l.account_id = a.id)
        AND NOT EXISTS (SELECT FROM leads_opportunity o
                        WHERE o.account_id = a.id AND o.ref NOT LIKE 'demo-%');
    PERFORM set_config('handoff.forgetting', 'on', true);
    DELETE FROM leads_opportunity WHERE account_id = ANY(ids);
    DELETE FROM leads_accountdomain WHERE account_id = ANY(ids);
    DELETE FROM leads_account WHERE id = ANY(ids);
    DELETE FROM leads_accounthistory WHERE pgh_obj_id = ANY(ids);
    PERFORM set_config('handoff.forgetting', 'off', true);
    RETURN coalesce(cardinality(ids), 0);
END $$;
"""

ALLOW = f"""
REVOKE ALL ON FUNCTION leads_forget(bigint[]), leads_forget_companies() FROM PUBLIC;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') THEN
        GRANT EXECUTE ON FUNCTION leads_forget(bigint[]), leads_forget_companies() TO {ROLE};
    END IF;
END $$;
"""

UNDO = "DROP FUNCTION leads_forget(bigint[]); DROP FUNCTION leads_forget_companies();"


class Migration(migrations.Migration):
    dependencies = (("leads", "0004_what_was_known_stays"),)
    operations = (
        migrations.CreateModel(
            name="DemoFill",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("only", models.BooleanField(default=True, editable=False, unique=True)),
                (
                    "anchor",
                    models.DateTimeField(help_text="The demo's present: when it was first filled."),
                ),
                ("today_filled_at", models.DateTimeField(null=True)),
                (
                    "stories",
                    models.PositiveIntegerField(
                        default=0, help_text="Stories its past consists of."
                    ),
                ),
                (
                    "told",
                    models.PositiveIntegerField(
                        default=0, help_text="Stories that are there already."
                    ),
                ),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "removed_at",
                    models.DateTimeField(
                        null=True,
                        help_text="Since then it stays away until somebody asks for it again.",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=django.db.models.Q(("only", True)), name="there_is_one_demo"
                    )
                ],
            },
        ),
        migrations.RunSQL(FORGET + FORGET_COMPANIES + ALLOW, UNDO),
    )
