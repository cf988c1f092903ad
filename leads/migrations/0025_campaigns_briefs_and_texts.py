"""What marketing describes for sales: campaigns, offers, personas, briefs and texts; what reps say of a
brief goes with the lead it was said of."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


TABLES = (
    "leads_campaignhistory",
    "leads_offerhistory",
    "leads_personahistory",
    "leads_briefhistory",
    "leads_texttemplatehistory",
)
ROLE = "handoff_app"

GUARD = "".join(
    f"CREATE TRIGGER refuse_rewriting BEFORE UPDATE OR DELETE ON {table} "
    "FOR EACH ROW EXECUTE FUNCTION leads_refuse_rewriting();\n"
    f"CREATE TRIGGER refuse_truncating BEFORE TRUNCATE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION leads_refuse_rewriting();\n"
    for table in TABLES
)

REVOKE = f"""
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') AND '{ROLE}' <> current_user THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON {", ".join(TABLES)} FROM {ROLE};
    END IF;
END $$;
"""

WITH_ITS_LEAD = """
ALTER TABLE leads_briefvote ADD CONSTRAINT vote_goes_with_its_lead FOREIGN KEY (lead_id)
    REFERENCES leads_lead (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
"""

UNDO = (
    "".join(
        f"DROP TRIGGER refuse_rewriting ON {table}; DROP TRIGGER refuse_truncating ON {table};"
        for table in TABLES
    )
    + "ALTER TABLE leads_briefvote DROP CONSTRAINT vote_goes_with_its_lead;"
)


class Migration(migrations.Migration):
    dependencies = [
        ("leads", "0024_leads_by_either_end_of_a_phone_number"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Brief",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("archived", models.BooleanField(default=False, editable=False)),
                ("is_demo", models.BooleanField(default=False, editable=False)),
                ("goal", models.CharField(max_length=300, verbose_name="goal of the first touch")),
                ("pain", models.TextField(blank=True)),
                ("talk_track", models.TextField(blank=True)),
                ("proof", models.TextField(blank=True)),
                (
                    "questions",
                    models.JSONField(blank=True, default=list, verbose_name="what to ask next"),
                ),
                ("objections", models.JSONField(blank=True, default=list)),
                (
                    "readings",
                    models.JSONField(blank=True, default=list, verbose_name="what content tells"),
                ),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="BriefHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("archived", models.BooleanField(default=False, editable=False)),
                ("goal", models.CharField(max_length=300, verbose_name="goal of the first touch")),
                ("pain", models.TextField(blank=True)),
                ("talk_track", models.TextField(blank=True)),
                ("proof", models.TextField(blank=True)),
                (
                    "questions",
                    models.JSONField(blank=True, default=list, verbose_name="what to ask next"),
                ),
                ("objections", models.JSONField(blank=True, default=list)),
                (
                    "readings",
                    models.JSONField(blank=True, default=list, verbose_name="what content tells"),
                ),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="BriefVote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("helped", models.BooleanField()),
                ("line", models.CharField(blank=True, max_length=300)),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ("-at", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="Campaign",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("archived", models.BooleanField(default=False, editable=False)),
                ("is_demo", models.BooleanField(default=False, editable=False)),
                ("name", models.CharField(max_length=200, unique=True)),
                (
                    "keys",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200),
                        size=None,
                        verbose_name="comes with leads as",
                    ),
                ),
                ("theme", models.CharField(blank=True, max_length=300)),
                ("starts_on", models.DateField(blank=True, null=True, verbose_name="from")),
                (
                    "ends_on",
                    models.DateField(blank=True, null=True, verbose_name="to, that day too"),
                ),
                ("landing_page", models.CharField(blank=True, max_length=500)),
            ],
            options={
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="CampaignHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("archived", models.BooleanField(default=False, editable=False)),
                ("name", models.CharField(max_length=200)),
                (
                    "keys",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200),
                        size=None,
                        verbose_name="comes with leads as",
                    ),
                ),
                ("theme", models.CharField(blank=True, max_length=300)),
                ("starts_on", models.DateField(blank=True, null=True, verbose_name="from")),
                (
                    "ends_on",
                    models.DateField(blank=True, null=True, verbose_name="to, that day too"),
                ),
                ("landing_page", models.CharField(blank=True, max_length=500)),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Offer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("archived", models.BooleanField(default=False, editable=False)),
                ("is_demo", models.BooleanField(default=False, editable=False)),
                ("name", models.CharField(max_length=200, unique=True)),
                (
                    "keys",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200),
                        size=None,
                        verbose_name="comes with leads as",
                    ),
                ),
                ("promise", models.TextField(verbose_name="what it promises")),
                (
                    "motions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=64),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="sold by",
                    ),
                ),
                (
                    "countries",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=64),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "industries",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "employees_from",
                    models.PositiveIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="people, at least",
                    ),
                ),
                (
                    "employees_to",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="people, at most"
                    ),
                ),
                ("starts_on", models.DateField(blank=True, null=True, verbose_name="from")),
                (
                    "ends_on",
                    models.DateField(blank=True, null=True, verbose_name="to, that day too"),
                ),
                (
                    "topic",
                    models.CharField(blank=True, max_length=300, verbose_name="page or content"),
                ),
            ],
            options={
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="OfferHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("archived", models.BooleanField(default=False, editable=False)),
                ("name", models.CharField(max_length=200)),
                (
                    "keys",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200),
                        size=None,
                        verbose_name="comes with leads as",
                    ),
                ),
                ("promise", models.TextField(verbose_name="what it promises")),
                (
                    "motions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=64),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="sold by",
                    ),
                ),
                (
                    "countries",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=64),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "industries",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "employees_from",
                    models.PositiveIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="people, at least",
                    ),
                ),
                (
                    "employees_to",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="people, at most"
                    ),
                ),
                ("starts_on", models.DateField(blank=True, null=True, verbose_name="from")),
                (
                    "ends_on",
                    models.DateField(blank=True, null=True, verbose_name="to, that day too"),
                ),
                (
                    "topic",
                    models.CharField(blank=True, max_length=300, verbose_name="page or content"),
                ),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Persona",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("archived", models.BooleanField(default=False, editable=False)),
                ("is_demo", models.BooleanField(default=False, editable=False)),
                ("name", models.CharField(max_length=200, unique=True)),
                (
                    "functions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=32),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "seniorities",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=32),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "role_words",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="words of their title",
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=100,
                        help_text="Where several personas fit, the lowest speaks.",
                        verbose_name="place",
                    ),
                ),
            ],
            options={
                "ordering": ("position", "name"),
            },
        ),
        migrations.CreateModel(
            name="PersonaHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("archived", models.BooleanField(default=False, editable=False)),
                ("name", models.CharField(max_length=200)),
                (
                    "functions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=32),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "seniorities",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=32),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "role_words",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="words of their title",
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=100,
                        help_text="Where several personas fit, the lowest speaks.",
                        verbose_name="place",
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
            name="TextTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("archived", models.BooleanField(default=False, editable=False)),
                ("is_demo", models.BooleanField(default=False, editable=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("first_touch", "First-touch mail"),
                            ("hand_over", "Hand-over note"),
                            ("summary", "Lead summary"),
                        ],
                        default="first_touch",
                        max_length=12,
                    ),
                ),
                ("name", models.CharField(max_length=200, unique=True)),
                ("language", models.CharField(blank=True, max_length=16)),
                ("subject", models.CharField(blank=True, max_length=200)),
                ("body", models.TextField(verbose_name="text")),
            ],
            options={
                "ordering": ("kind", "name"),
            },
        ),
        migrations.CreateModel(
            name="TextTemplateHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("archived", models.BooleanField(default=False, editable=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("first_touch", "First-touch mail"),
                            ("hand_over", "Hand-over note"),
                            ("summary", "Lead summary"),
                        ],
                        default="first_touch",
                        max_length=12,
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("language", models.CharField(blank=True, max_length=16)),
                ("subject", models.CharField(blank=True, max_length=200)),
                ("body", models.TextField(verbose_name="text")),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.AddField(
            model_name="briefhistory",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="history",
                to="leads.brief",
            ),
        ),
        migrations.AddField(
            model_name="briefvote",
            name="author",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="briefvote",
            name="brief",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="votes",
                to="leads.brief",
            ),
        ),
        migrations.AddField(
            model_name="briefvote",
            name="lead",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="leads.lead",
            ),
        ),
        migrations.AddField(
            model_name="campaign",
            name="owner",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="campaigns",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="briefhistory",
            name="campaign",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="leads.campaign",
            ),
        ),
        migrations.AddField(
            model_name="brief",
            name="campaign",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="briefs",
                to="leads.campaign",
            ),
        ),
        migrations.AddField(
            model_name="campaignhistory",
            name="owner",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="campaignhistory",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="history",
                to="leads.campaign",
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=models.Q(("keys__len", 0), _negated=True),
                name="offer_is_called_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("starts_on__isnull", True),
                    ("ends_on__isnull", True),
                    ("starts_on__lte", models.F("ends_on")),
                    _connector="OR",
                ),
                name="offer_ends_after_it_starts",
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("employees_from__isnull", True),
                    ("employees_to__isnull", True),
                    ("employees_from__lte", models.F("employees_to")),
                    _connector="OR",
                ),
                name="offer_is_for_some_size",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="offer",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "leads_offerhistory" ("archived", "countries", "employees_from", "employees_to", "ends_on", "id", "industries", "keys", "motions", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "promise", "starts_on", "topic") VALUES (NEW."archived", NEW."countries", NEW."employees_from", NEW."employees_to", NEW."ends_on", NEW."id", NEW."industries", NEW."keys", NEW."motions", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."promise", NEW."starts_on", NEW."topic"); RETURN NULL;',
                    hash="6413f32ce7f68334f88a4a75741a4e1e56f848f0",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_d60b9",
                    table="leads_offer",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="offer",
            trigger=pgtrigger.compiler.Trigger(
                name="update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."archived" IS DISTINCT FROM (NEW."archived") OR OLD."countries" IS DISTINCT FROM (NEW."countries") OR OLD."employees_from" IS DISTINCT FROM (NEW."employees_from") OR OLD."employees_to" IS DISTINCT FROM (NEW."employees_to") OR OLD."ends_on" IS DISTINCT FROM (NEW."ends_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."industries" IS DISTINCT FROM (NEW."industries") OR OLD."keys" IS DISTINCT FROM (NEW."keys") OR OLD."motions" IS DISTINCT FROM (NEW."motions") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."promise" IS DISTINCT FROM (NEW."promise") OR OLD."starts_on" IS DISTINCT FROM (NEW."starts_on") OR OLD."topic" IS DISTINCT FROM (NEW."topic"))',
                    func='INSERT INTO "leads_offerhistory" ("archived", "countries", "employees_from", "employees_to", "ends_on", "id", "industries", "keys", "motions", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "promise", "starts_on", "topic") VALUES (NEW."archived", NEW."countries", NEW."employees_from", NEW."employees_to", NEW."ends_on", NEW."id", NEW."industries", NEW."keys", NEW."motions", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."promise", NEW."starts_on", NEW."topic"); RETURN NULL;',
                    hash="16d54e557ffb6f6660d4402540426108dcc5d61c",
                    operation='UPDATE OF "id", "archived", "name", "keys", "promise", "motions", "countries", "industries", "employees_from", "employees_to", "starts_on", "ends_on", "topic"',
                    pgid="pgtrigger_update_d71f5",
                    table="leads_offer",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="offer",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "leads_offerhistory" ("archived", "countries", "employees_from", "employees_to", "ends_on", "id", "industries", "keys", "motions", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "promise", "starts_on", "topic") VALUES (OLD."archived", OLD."countries", OLD."employees_from", OLD."employees_to", OLD."ends_on", OLD."id", OLD."industries", OLD."keys", OLD."motions", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."promise", OLD."starts_on", OLD."topic"); RETURN NULL;',
                    hash="0fd05de493a341245e1bc93942d20a0595a042bb",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_25599",
                    table="leads_offer",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="offerhistory",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="history",
                to="leads.offer",
            ),
        ),
        migrations.AddConstraint(
            model_name="persona",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("functions__len", 0),
                    ("role_words__len", 0),
                    ("seniorities__len", 0),
                    _negated=True,
                ),
                name="persona_is_somebody",
            ),
        ),
        migrations.AddField(
            model_name="briefhistory",
            name="persona",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="leads.persona",
            ),
        ),
        migrations.AddField(
            model_name="brief",
            name="persona",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="briefs",
                to="leads.persona",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="persona",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "leads_personahistory" ("archived", "functions", "id", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "role_words", "seniorities") VALUES (NEW."archived", NEW."functions", NEW."id", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."position", NEW."role_words", NEW."seniorities"); RETURN NULL;',
                    hash="7aed2d663e591506cf0363497ac8549a01ed4436",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_f3568",
                    table="leads_persona",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="persona",
            trigger=pgtrigger.compiler.Trigger(
                name="update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."archived" IS DISTINCT FROM (NEW."archived") OR OLD."functions" IS DISTINCT FROM (NEW."functions") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."position" IS DISTINCT FROM (NEW."position") OR OLD."role_words" IS DISTINCT FROM (NEW."role_words") OR OLD."seniorities" IS DISTINCT FROM (NEW."seniorities"))',
                    func='INSERT INTO "leads_personahistory" ("archived", "functions", "id", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "role_words", "seniorities") VALUES (NEW."archived", NEW."functions", NEW."id", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."position", NEW."role_words", NEW."seniorities"); RETURN NULL;',
                    hash="3f27f74e2dd9fc8ea98885b81d97f3f8e26e5ffd",
                    operation='UPDATE OF "id", "archived", "name", "functions", "seniorities", "role_words", "position"',
                    pgid="pgtrigger_update_744d8",
                    table="leads_persona",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="persona",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "leads_personahistory" ("archived", "functions", "id", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "role_words", "seniorities") VALUES (OLD."archived", OLD."functions", OLD."id", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."position", OLD."role_words", OLD."seniorities"); RETURN NULL;',
                    hash="9c6ca309c62a10e9351b996b4ba0a282b91e62dd",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_bdf23",
                    table="leads_persona",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="personahistory",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="history",
                to="leads.persona",
            ),
        ),
        migrations.AddConstraint(
            model_name="texttemplate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "first_touch"), _negated=True),
                    models.Q(("subject", ""), _negated=True),
                    _connector="OR",
                ),
                name="mail_has_a_subject",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="texttemplate",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "leads_texttemplatehistory" ("archived", "body", "id", "kind", "language", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "subject") VALUES (NEW."archived", NEW."body", NEW."id", NEW."kind", NEW."language", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."subject"); RETURN NULL;',
                    hash="f2726ef82ff6e7968aac2c458e38290f7ca553e3",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_e51e9",
                    table="leads_texttemplate",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="texttemplate",
            trigger=pgtrigger.compiler.Trigger(
                name="update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."archived" IS DISTINCT FROM (NEW."archived") OR OLD."body" IS DISTINCT FROM (NEW."body") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."subject" IS DISTINCT FROM (NEW."subject"))',
                    func='INSERT INTO "leads_texttemplatehistory" ("archived", "body", "id", "kind", "language", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "subject") VALUES (NEW."archived", NEW."body", NEW."id", NEW."kind", NEW."language", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."subject"); RETURN NULL;',
                    hash="282a3a5424f0f8a2acefb39d416ef2c790c3ea3c",
                    operation='UPDATE OF "id", "archived", "kind", "name", "language", "subject", "body"',
                    pgid="pgtrigger_update_1cda0",
                    table="leads_texttemplate",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="texttemplate",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "leads_texttemplatehistory" ("archived", "body", "id", "kind", "language", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "subject") VALUES (OLD."archived", OLD."body", OLD."id", OLD."kind", OLD."language", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."subject"); RETURN NULL;',
                    hash="8c67d67b7adcc98bc9619d462202bce5dcb8b310",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_e3249",
                    table="leads_texttemplate",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="texttemplatehistory",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="history",
                to="leads.texttemplate",
            ),
        ),
        migrations.AddConstraint(
            model_name="briefvote",
            constraint=models.UniqueConstraint(
                fields=("brief", "author", "lead"), name="one_vote_per_brief_person_and_lead"
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(("keys__len", 0), _negated=True),
                name="campaign_is_called_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("starts_on__isnull", True),
                    ("ends_on__isnull", True),
                    ("starts_on__lte", models.F("ends_on")),
                    _connector="OR",
                ),
                name="campaign_ends_after_it_starts",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="campaign",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "leads_campaignhistory" ("archived", "ends_on", "id", "keys", "landing_page", "name", "owner_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on", "theme") VALUES (NEW."archived", NEW."ends_on", NEW."id", NEW."keys", NEW."landing_page", NEW."name", NEW."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."starts_on", NEW."theme"); RETURN NULL;',
                    hash="c416a47ca90d60b1ef2b1973f704881a5a29cb9e",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_eb8c8",
                    table="leads_campaign",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="campaign",
            trigger=pgtrigger.compiler.Trigger(
                name="update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."archived" IS DISTINCT FROM (NEW."archived") OR OLD."ends_on" IS DISTINCT FROM (NEW."ends_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."keys" IS DISTINCT FROM (NEW."keys") OR OLD."landing_page" IS DISTINCT FROM (NEW."landing_page") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."owner_id" IS DISTINCT FROM (NEW."owner_id") OR OLD."starts_on" IS DISTINCT FROM (NEW."starts_on") OR OLD."theme" IS DISTINCT FROM (NEW."theme"))',
                    func='INSERT INTO "leads_campaignhistory" ("archived", "ends_on", "id", "keys", "landing_page", "name", "owner_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on", "theme") VALUES (NEW."archived", NEW."ends_on", NEW."id", NEW."keys", NEW."landing_page", NEW."name", NEW."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."starts_on", NEW."theme"); RETURN NULL;',
                    hash="7e6d0b85382c8ca50967e4bc3d70ff149370281e",
                    operation='UPDATE OF "id", "archived", "name", "keys", "theme", "owner_id", "starts_on", "ends_on", "landing_page"',
                    pgid="pgtrigger_update_00996",
                    table="leads_campaign",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="campaign",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "leads_campaignhistory" ("archived", "ends_on", "id", "keys", "landing_page", "name", "owner_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on", "theme") VALUES (OLD."archived", OLD."ends_on", OLD."id", OLD."keys", OLD."landing_page", OLD."name", OLD."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."starts_on", OLD."theme"); RETURN NULL;',
                    hash="cb829955a7356001c27d4a80511fbf71c8728e3f",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_e802f",
                    table="leads_campaign",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="brief",
            constraint=models.UniqueConstraint(
                condition=models.Q(("archived", False)),
                fields=("campaign", "persona"),
                name="one_brief_per_campaign_and_persona",
                nulls_distinct=False,
                violation_error_message="There is a brief for this campaign and persona already.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="brief",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "leads_briefhistory" ("archived", "campaign_id", "goal", "id", "objections", "pain", "persona_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "proof", "questions", "readings", "talk_track") VALUES (NEW."archived", NEW."campaign_id", NEW."goal", NEW."id", NEW."objections", NEW."pain", NEW."persona_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."proof", NEW."questions", NEW."readings", NEW."talk_track"); RETURN NULL;',
                    hash="b270d71acae638347f6f5a47ddde8ed205278035",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_60c23",
                    table="leads_brief",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="brief",
            trigger=pgtrigger.compiler.Trigger(
                name="update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."archived" IS DISTINCT FROM (NEW."archived") OR OLD."campaign_id" IS DISTINCT FROM (NEW."campaign_id") OR OLD."goal" IS DISTINCT FROM (NEW."goal") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."objections" IS DISTINCT FROM (NEW."objections") OR OLD."pain" IS DISTINCT FROM (NEW."pain") OR OLD."persona_id" IS DISTINCT FROM (NEW."persona_id") OR OLD."proof" IS DISTINCT FROM (NEW."proof") OR OLD."questions" IS DISTINCT FROM (NEW."questions") OR OLD."readings" IS DISTINCT FROM (NEW."readings") OR OLD."talk_track" IS DISTINCT FROM (NEW."talk_track"))',
                    func='INSERT INTO "leads_briefhistory" ("archived", "campaign_id", "goal", "id", "objections", "pain", "persona_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "proof", "questions", "readings", "talk_track") VALUES (NEW."archived", NEW."campaign_id", NEW."goal", NEW."id", NEW."objections", NEW."pain", NEW."persona_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."proof", NEW."questions", NEW."readings", NEW."talk_track"); RETURN NULL;',
                    hash="1025833697f50ec4b5ce4d6ac8520b1d2d1fb380",
                    operation='UPDATE OF "id", "archived", "campaign_id", "persona_id", "goal", "pain", "talk_track", "proof", "questions", "objections", "readings"',
                    pgid="pgtrigger_update_d9fc4",
                    table="leads_brief",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="brief",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "leads_briefhistory" ("archived", "campaign_id", "goal", "id", "objections", "pain", "persona_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "proof", "questions", "readings", "talk_track") VALUES (OLD."archived", OLD."campaign_id", OLD."goal", OLD."id", OLD."objections", OLD."pain", OLD."persona_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."proof", OLD."questions", OLD."readings", OLD."talk_track"); RETURN NULL;',
                    hash="c72975df6af840f7f8664d07758bac0b2527a81c",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_17311",
                    table="leads_brief",
                    when="AFTER",
                ),
            ),
        ),
        migrations.RunSQL(GUARD + REVOKE + WITH_ITS_LEAD, UNDO),
    ]
