"""One narrow row a lead that was never handed over, kept by the database itself.

The measures read it beside `leads_promise`, so that every lead is counted once and in one of both.
"""

import django.db.models.deletion
from django.db import migrations, models

SAW = (
    "tier", "source", "motion", "region", "country", "campaign", "offer", "trigger",
    "landing_page", "seniority", "function", "industry",
)  # fmt: skip
OF_LEAD = {
    "first_seen_at": "l.first_seen_at",
    "merged": "l.merged_into_id IS NOT NULL",
    "status": "l.status",
    "version_id": "j.version_id",
    "employees": "CASE WHEN j.employees IS NOT NULL THEN leads_whole(floor(j.employees)) END",
    "fit": "floor(j.fit)::smallint",
    "intent": "floor(j.intent)::smallint",
    **{name: f"j.{name}" for name in SAW},
}
ROW = {
    "lead_id": "l.id",
    "historical": """EXISTS (SELECT FROM leads_delivery d
        WHERE d.lead_id = l.id AND d.historical)""",
    **OF_LEAD,
}
WRITE = f"""INSERT INTO leads_nothandedover ({", ".join(ROW)})
    SELECT {", ".join(ROW.values())}
    FROM {{leads}} l LEFT JOIN leads_judgement j ON j.id = l.judgement_id"""
NEVER = "NOT EXISTS (SELECT FROM leads_handoff h WHERE h.lead_id = l.id)"
WATCHED = ("status", "judgement_id", "merged_into_id", "first_seen_at")

# Only what came, and what has no hand-over any more, is written: whoever changes a lead that is
# being handed over at the same time finds its row gone, and brings none back.
KEEP = f"""
CREATE FUNCTION leads_not_handed_over_came() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {WRITE.format(leads="came")};
    RETURN NULL;
END $$;

CREATE FUNCTION leads_not_handed_over_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE leads_nothandedover k
    SET {", ".join(f"{name} = {value}" for name, value in OF_LEAD.items())}
    FROM changed l JOIN was ON was.id = l.id LEFT JOIN leads_judgement j ON j.id = l.judgement_id
    WHERE k.lead_id = l.id
        AND ({", ".join(f"l.{name}" for name in WATCHED)})
        IS DISTINCT FROM ({", ".join(f"was.{name}" for name in WATCHED)});
    RETURN NULL;
END $$;

CREATE FUNCTION leads_not_handed_over_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM leads_nothandedover k USING was WHERE k.lead_id = was.id;
    RETURN NULL;
END $$;

CREATE FUNCTION leads_not_handed_over_is() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM leads_nothandedover k USING made WHERE k.lead_id = made.lead_id;
    RETURN NULL;
END $$;

CREATE FUNCTION leads_not_handed_over_again() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {WRITE.format(leads="leads_lead")}
    WHERE l.id IN (SELECT was.lead_id FROM was) AND {NEVER}
    ON CONFLICT (lead_id) DO NOTHING;
    RETURN NULL;
END $$;

CREATE FUNCTION leads_not_handed_over_past() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE leads_nothandedover SET historical = true
    WHERE lead_id = NEW.lead_id AND NOT historical;
    RETURN NULL;
END $$;

CREATE TRIGGER not_handed_over_came AFTER INSERT ON leads_lead
    REFERENCING NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION leads_not_handed_over_came();
CREATE TRIGGER not_handed_over_changed AFTER UPDATE ON leads_lead
    REFERENCING OLD TABLE AS was NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION leads_not_handed_over_changed();
CREATE TRIGGER not_handed_over_gone AFTER DELETE ON leads_lead
    REFERENCING OLD TABLE AS was
    FOR EACH STATEMENT EXECUTE FUNCTION leads_not_handed_over_gone();
CREATE TRIGGER not_handed_over_is AFTER INSERT ON leads_handoff
    REFERENCING NEW TABLE AS made
    FOR EACH STATEMENT EXECUTE FUNCTION leads_not_handed_over_is();
CREATE TRIGGER not_handed_over_again AFTER DELETE ON leads_handoff
    REFERENCING OLD TABLE AS was
    FOR EACH STATEMENT EXECUTE FUNCTION leads_not_handed_over_again();
CREATE TRIGGER not_handed_over_past_told AFTER INSERT ON leads_delivery
    FOR EACH ROW WHEN (NEW.historical AND NEW.lead_id IS NOT NULL)
    EXECUTE FUNCTION leads_not_handed_over_past();
CREATE TRIGGER not_handed_over_past_found AFTER UPDATE OF lead_id, historical ON leads_delivery
    FOR EACH ROW WHEN (NEW.historical AND NEW.lead_id IS NOT NULL)
    EXECUTE FUNCTION leads_not_handed_over_past();
"""

# What were written between the filling and the triggers would be missing for good.
ALONE = "LOCK TABLE leads_lead, leads_handoff, leads_delivery IN SHARE ROW EXCLUSIVE MODE;"
FILL = f"""
{WRITE.format(leads="leads_lead")}
WHERE {NEVER} ORDER BY l.first_seen_at, l.id;
ANALYZE leads_nothandedover;
"""

GONE = """
DROP TRIGGER not_handed_over_came ON leads_lead;
DROP TRIGGER not_handed_over_changed ON leads_lead;
DROP TRIGGER not_handed_over_gone ON leads_lead;
DROP TRIGGER not_handed_over_is ON leads_handoff;
DROP TRIGGER not_handed_over_again ON leads_handoff;
DROP TRIGGER not_handed_over_past_told ON leads_delivery;
DROP TRIGGER not_handed_over_past_found ON leads_delivery;
DROP FUNCTION leads_not_handed_over_came();
DROP FUNCTION leads_not_handed_over_changed();
DROP FUNCTION leads_not_handed_over_gone();
DROP FUNCTION leads_not_handed_over_is();
DROP FUNCTION leads_not_handed_over_again();
DROP FUNCTION leads_not_handed_over_past();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("leads", "0042_promises_besides_stand_beside"),
    ]

    operations = [
        migrations.CreateModel(
            name="NotHandedOver",
            fields=[
                (
                    "lead",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="leads.lead",
                    ),
                ),
                ("first_seen_at", models.DateTimeField()),
                ("version_id", models.BigIntegerField(null=True)),
                ("employees", models.IntegerField(null=True)),
                ("fit", models.SmallIntegerField(null=True)),
                ("intent", models.SmallIntegerField(null=True)),
                ("historical", models.BooleanField()),
                ("merged", models.BooleanField()),
                ("status", models.TextField()),
                *((name, models.TextField(null=True)) for name in SAW),
            ],
            options={
                "indexes": [
                    models.Index(fields=["first_seen_at"], name="not_handed_over_by_day"),
                ],
            },
        ),
        migrations.RunSQL(ALONE + FILL + KEEP, GONE),
    ]
