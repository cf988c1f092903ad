"""What every row of the agreement said before; see handoff.models.history."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("handoff", "0003_published_definitions_stay"),
    ]

    operations = [
        migrations.CreateModel(
            name="AbsenceHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("note", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ApiKeyHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "name",
                    models.CharField(
                        help_text="The system; its leads carry this name.", max_length=100
                    ),
                ),
                ("prefix", models.CharField(editable=False, max_length=12)),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("leads", "Send leads, touchpoints, accounts, opportunities"),
                                ("handoffs", "Answer hand-overs"),
                                ("read", "Read"),
                            ],
                            max_length=16,
                        ),
                        default=list,
                        size=None,
                    ),
                ),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="AreaOwnerHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("area", models.SlugField(db_index=False, max_length=64)),
                (
                    "cadence",
                    models.CharField(
                        choices=[
                            ("weekly", "Every week"),
                            ("monthly", "Every month"),
                            ("quarterly", "Every quarter"),
                        ],
                        max_length=16,
                    ),
                ),
                ("reviewed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="CalendarHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("key", models.SlugField(db_index=False, max_length=64)),
                ("timezone", models.CharField(max_length=64)),
                (
                    "hours",
                    models.JSONField(
                        help_text='Windows by day: {"mon-fri": ["09:00-12:30", "13:30-17:30"]}'
                    ),
                ),
                (
                    "holidays",
                    models.CharField(
                        blank=True,
                        help_text="Country or subdivision, such as US or US-CA.",
                        max_length=16,
                    ),
                ),
                (
                    "closed",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.DateField(), blank=True, default=list, size=None
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
            name="ChecklistHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("key", models.SlugField(db_index=False, max_length=64)),
                ("label", models.CharField(max_length=200)),
                ("items", models.JSONField(default=list)),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="DecideRuleHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("key", models.SlugField(db_index=False, max_length=64)),
                ("label", models.CharField(blank=True, max_length=200)),
                (
                    "when",
                    models.JSONField(
                        blank=True,
                        help_text="Empty: always holds.",
                        null=True,
                        verbose_name="conditions",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("sales_ready", "Sales ready"),
                            ("needs_qualification", "Needs qualification"),
                            ("existing_account", "Existing account"),
                            ("nurture", "Nurture"),
                            ("disqualified", "Disqualified"),
                            ("duplicate", "Duplicate"),
                        ],
                        max_length=20,
                    ),
                ),
                ("tier", models.CharField(blank=True, max_length=64)),
                ("reason", models.CharField(blank=True, max_length=64)),
                ("track", models.CharField(blank=True, max_length=64)),
                (
                    "approve",
                    models.BooleanField(
                        default=False,
                        help_text="A marketing person approves each before it is handed over.",
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
            name="DefinitionVersionHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("number", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("trial", "Trial"),
                            ("live", "Live"),
                            ("retired", "Retired"),
                        ],
                        default="draft",
                        max_length=8,
                    ),
                ),
                ("summary", models.CharField(blank=True, max_length=300)),
                (
                    "required",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=64),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "handover_minutes",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Marketing's half: minutes from trigger to hand-over.",
                        null=True,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                (
                    "reason",
                    models.CharField(
                        blank=True, max_length=300, verbose_name="reason for publishing"
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
            name="ExampleHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "kind",
                    models.CharField(
                        choices=[("example", "Example"), ("counterexample", "Counterexample")],
                        default="example",
                        max_length=16,
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("why", models.CharField(blank=True, max_length=300)),
                ("expect", models.JSONField(default=dict)),
                ("lead", models.JSONField(default=dict)),
                ("touchpoints", models.JSONField(blank=True, default=list)),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="FitCriterionHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("key", models.SlugField(db_index=False, max_length=64)),
                ("label", models.CharField(blank=True, max_length=200)),
                (
                    "when",
                    models.JSONField(
                        blank=True,
                        help_text="Empty: always holds.",
                        null=True,
                        verbose_name="conditions",
                    ),
                ),
                ("points", models.FloatField()),
                (
                    "motion",
                    models.CharField(blank=True, help_text="Empty: every motion.", max_length=64),
                ),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="MembershipHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "weight",
                    models.PositiveSmallIntegerField(
                        default=1,
                        help_text="A member of weight 2 gets twice the turns; of weight 0, none.",
                    ),
                ),
                (
                    "max_open",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Empty: no limit.",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                    ),
                ),
                (
                    "max_per_day",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Empty: no limit.",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                    ),
                ),
                (
                    "active",
                    models.BooleanField(
                        default=True, help_text="Off: left the team; the history stays."
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
            name="MotionHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("key", models.SlugField(db_index=False, max_length=64)),
                ("label", models.CharField(blank=True, max_length=200)),
                (
                    "when",
                    models.JSONField(
                        blank=True,
                        help_text="Empty: always holds.",
                        null=True,
                        verbose_name="conditions",
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
            name="ReasonHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("key", models.SlugField(db_index=False, max_length=64)),
                ("label", models.CharField(max_length=200)),
                (
                    "applies_to",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("reject", "Reject"),
                                ("return", "Return"),
                                ("reassign", "Reassign"),
                                ("dispose", "Disposition"),
                                ("disqualify", "Disqualify"),
                            ],
                            max_length=16,
                        ),
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "teaches",
                    models.CharField(blank=True, help_text="What it may teach.", max_length=300),
                ),
                (
                    "goes_to",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("nurture", "Nurture"),
                            ("requalify", "Qualification review"),
                            ("reroute", "Routing, once more"),
                            ("merge", "Merge with the other lead"),
                            ("disqualify", "Disqualified"),
                        ],
                        max_length=16,
                    ),
                ),
                ("needs_note", models.BooleanField(default=False)),
                ("needs_date", models.BooleanField(default=False)),
                ("active", models.BooleanField(default=True)),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="RouteRuleHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("key", models.SlugField(db_index=False, max_length=64)),
                ("label", models.CharField(blank=True, max_length=200)),
                (
                    "when",
                    models.JSONField(
                        blank=True,
                        help_text="Empty: always holds.",
                        null=True,
                        verbose_name="conditions",
                    ),
                ),
                (
                    "to_kind",
                    models.CharField(
                        choices=[("team", "Team"), ("queue", "Queue"), ("owner_of", "Owner of")],
                        max_length=8,
                    ),
                ),
                (
                    "to_key",
                    models.CharField(
                        help_text="A team's key; for “Owner of”: account or opportunity.",
                        max_length=64,
                    ),
                ),
                (
                    "overflow",
                    models.BooleanField(
                        default=False,
                        help_text="Nobody eligible: try the next rule instead of waiting.",
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
            name="SignalHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("key", models.SlugField(db_index=False, max_length=64)),
                ("label", models.CharField(blank=True, max_length=200)),
                (
                    "signal",
                    models.CharField(blank=True, help_text="Empty: the key.", max_length=64),
                ),
                ("points", models.FloatField()),
                (
                    "half_life_days",
                    models.FloatField(blank=True, help_text="Empty: never fades.", null=True),
                ),
                (
                    "cap",
                    models.PositiveIntegerField(
                        blank=True, help_text="How many of the newest count. Empty: all.", null=True
                    ),
                ),
                (
                    "sources",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=100),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "motion",
                    models.CharField(blank=True, help_text="Empty: every motion.", max_length=64),
                ),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="StageHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("key", models.SlugField(db_index=False, max_length=64)),
                ("label", models.CharField(max_length=200)),
                ("owner_role", models.CharField(blank=True, max_length=64)),
                ("next_action", models.CharField(blank=True, max_length=300)),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="StepHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("key", models.SlugField(db_index=False, max_length=64)),
                ("comes_from", models.CharField(max_length=64)),
                ("route", models.JSONField(default=list)),
                ("tiers", models.JSONField(default=list)),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="TeamHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("key", models.SlugField(db_index=False, max_length=64)),
                ("name", models.CharField(max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("sdr", "SDR"),
                            ("ae", "Account executives"),
                            ("qualification", "Qualification"),
                            ("marketing", "Marketing"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "pick",
                    models.CharField(
                        choices=[
                            ("round_robin", "By turns"),
                            ("least_loaded", "Least loaded"),
                            ("pull", "Waits until someone takes it"),
                        ],
                        default="round_robin",
                        max_length=16,
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
            name="TierHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("key", models.SlugField(db_index=False, max_length=64)),
                ("label", models.CharField(blank=True, max_length=200)),
                (
                    "hours",
                    models.CharField(
                        choices=[
                            ("business", "Business hours"),
                            ("always", "Every hour of the week"),
                        ],
                        default="business",
                        max_length=8,
                    ),
                ),
                (
                    "clocks",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text='{"accept": 15, "first_touch": "same_business_day"}',
                    ),
                ),
                (
                    "remind_before",
                    models.PositiveIntegerField(blank=True, help_text="Minutes.", null=True),
                ),
                ("on_breach", models.JSONField(blank=True, default=list)),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="TrackHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("key", models.SlugField(db_index=False, max_length=64)),
                ("label", models.CharField(max_length=200)),
                ("theme", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="UserGroupHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="UserHistory",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("email", models.EmailField(max_length=254)),
                ("name", models.CharField(blank=True, max_length=200)),
                (
                    "timezone",
                    models.CharField(blank=True, help_text="Empty: the team's.", max_length=64),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("is_staff", models.BooleanField(default=False, verbose_name="may open the admin")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
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
            name="UserGroup",
            fields=[],
            options={
                "verbose_name": "role",
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("handoff.user_groups",),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="absence",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_absencehistory" ("ends_at", "id", "note", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_at", "user_id") SELECT new_values."ends_at", new_values."id", new_values."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."starts_at", new_values."user_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="f4428af6bcd0047d80ca4e7b9c1f2dc459ee32a3",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_eb3c4",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="handoff_absence",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="absence",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_absencehistory" ("ends_at", "id", "note", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_at", "user_id") SELECT new_values."ends_at", new_values."id", new_values."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', new_values."id", new_values."starts_at", new_values."user_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="0cc1489c129f517d466fcb6a55d63068fdee9714",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_801a8",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="handoff_absence",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="absence",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_absencehistory" ("ends_at", "id", "note", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_at", "user_id") SELECT old_values."ends_at", old_values."id", old_values."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."starts_at", old_values."user_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="8ec9a36987d4e2caa80ac217c1ecfe0f33d58c75",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_26658",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="handoff_absence",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="apikey",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "handoff_apikeyhistory" ("created_by_id", "id", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "prefix", "revoked_at", "scopes") VALUES (NEW."created_by_id", NEW."id", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."prefix", NEW."revoked_at", NEW."scopes"); RETURN NULL;',
                    hash="eb450529151f53a843ae08985cf69fad589f5564",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_e426f",
                    table="handoff_apikey",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="apikey",
            trigger=pgtrigger.compiler.Trigger(
                name="update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."prefix" IS DISTINCT FROM (NEW."prefix") OR OLD."revoked_at" IS DISTINCT FROM (NEW."revoked_at") OR OLD."scopes" IS DISTINCT FROM (NEW."scopes"))',
                    func='INSERT INTO "handoff_apikeyhistory" ("created_by_id", "id", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "prefix", "revoked_at", "scopes") VALUES (NEW."created_by_id", NEW."id", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."prefix", NEW."revoked_at", NEW."scopes"); RETURN NULL;',
                    hash="abfc2f81f37080ea24fe89416e8d9e7d576e6c70",
                    operation='UPDATE OF "id", "name", "prefix", "scopes", "created_by_id", "revoked_at"',
                    pgid="pgtrigger_update_5f380",
                    table="handoff_apikey",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="apikey",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "handoff_apikeyhistory" ("created_by_id", "id", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "prefix", "revoked_at", "scopes") VALUES (OLD."created_by_id", OLD."id", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."prefix", OLD."revoked_at", OLD."scopes"); RETURN NULL;',
                    hash="ae337af7209ad01ed29722e2c7c7eee5620d8f0f",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_884d9",
                    table="handoff_apikey",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="areaowner",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_areaownerhistory" ("area", "cadence", "id", "owner_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reviewed_at") SELECT new_values."area", new_values."cadence", new_values."id", new_values."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."reviewed_at" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="ab72f749a73f20158338d05c4b8597edfdb0b86c",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_2709f",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="handoff_areaowner",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="areaowner",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_areaownerhistory" ("area", "cadence", "id", "owner_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reviewed_at") SELECT new_values."area", new_values."cadence", new_values."id", new_values."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', new_values."id", new_values."reviewed_at" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="36d77622c3f2c1cd6191dcae272eb9f22b3661c8",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_d4992",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="handoff_areaowner",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="areaowner",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_areaownerhistory" ("area", "cadence", "id", "owner_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reviewed_at") SELECT old_values."area", old_values."cadence", old_values."id", old_values."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."reviewed_at" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="7be465a94e2c93a69a9b637e65f260fe15aab4c1",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_d115f",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="handoff_areaowner",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="calendar",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_calendarhistory" ("closed", "holidays", "hours", "id", "key", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "timezone") SELECT new_values."closed", new_values."holidays", new_values."hours", new_values."id", new_values."key", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."timezone" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="fd8fa1f0fc06eedc45673ecc9597665aca80c20c",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_43548",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="handoff_calendar",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="calendar",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_calendarhistory" ("closed", "holidays", "hours", "id", "key", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "timezone") SELECT new_values."closed", new_values."holidays", new_values."hours", new_values."id", new_values."key", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', new_values."id", new_values."timezone" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="db6d99566af5e2b1850a760edef3b235ac51dd5c",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_9dfb8",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="handoff_calendar",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="calendar",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_calendarhistory" ("closed", "holidays", "hours", "id", "key", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "timezone") SELECT old_values."closed", old_values."holidays", old_values."hours", old_values."id", old_values."key", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."timezone" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="2408edbdf1209040444478f74670f029e2f40ab6",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_2348c",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="handoff_calendar",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="checklist",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_checklisthistory" ("id", "items", "key", "label", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."id", new_values."items", new_values."key", new_values."label", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="cfab04e37a76f48e5b23b73a9757695c8aa7a6c3",
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
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_checklisthistory" ("id", "items", "key", "label", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."id", new_values."items", new_values."key", new_values."label", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', new_values."id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="8fb09d1619c96f633532b79323628e336db293e9",
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
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_checklisthistory" ("id", "items", "key", "label", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."id", old_values."items", old_values."key", old_values."label", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="e821f7d5c7e9aa3f92fc7ef51edfbe00e6aee349",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_facf2",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="handoff_checklist",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="deciderule",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_deciderulehistory" ("approve", "id", "key", "label", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "reason", "status", "tier", "track", "version_id", "when") SELECT new_values."approve", new_values."id", new_values."key", new_values."label", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."position", new_values."reason", new_values."status", new_values."tier", new_values."track", new_values."version_id", new_values."when" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="fd883aefa369c7545e129d2aa2ac04861ef7010e",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_76104",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="handoff_deciderule",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="deciderule",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_deciderulehistory" ("approve", "id", "key", "label", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "reason", "status", "tier", "track", "version_id", "when") SELECT new_values."approve", new_values."id", new_values."key", new_values."label", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', new_values."id", new_values."position", new_values."reason", new_values."status", new_values."tier", new_values."track", new_values."version_id", new_values."when" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="bd0ad3a7aad9618ee3fac7f4acb6ce2f1527ee59",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_2cb85",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="handoff_deciderule",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="deciderule",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_deciderulehistory" ("approve", "id", "key", "label", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "reason", "status", "tier", "track", "version_id", "when") SELECT old_values."approve", old_values."id", old_values."key", old_values."label", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."position", old_values."reason", old_values."status", old_values."tier", old_values."track", old_values."version_id", old_values."when" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="37f3c84080ddd5f1426f4f4830a125124f0f5e6c",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_8b99f",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="handoff_deciderule",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="definitionversion",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_definitionversionhistory" ("cloned_from_id", "created_at", "created_by_id", "handover_minutes", "id", "number", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "published_by_id", "reason", "required", "state", "summary") SELECT new_values."cloned_from_id", new_values."created_at", new_values."created_by_id", new_values."handover_minutes", new_values."id", new_values."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."published_at", new_values."published_by_id", new_values."reason", new_values."required", new_values."state", new_values."summary" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="c96e5d0c60ef8b74d01e9fd5563755d69fc7d998",
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
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_definitionversionhistory" ("cloned_from_id", "created_at", "created_by_id", "handover_minutes", "id", "number", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "published_by_id", "reason", "required", "state", "summary") SELECT new_values."cloned_from_id", new_values."created_at", new_values."created_by_id", new_values."handover_minutes", new_values."id", new_values."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', new_values."id", new_values."published_at", new_values."published_by_id", new_values."reason", new_values."required", new_values."state", new_values."summary" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="b81b6294ab3e808e658aed553d6050c601d3727a",
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
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_definitionversionhistory" ("cloned_from_id", "created_at", "created_by_id", "handover_minutes", "id", "number", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "published_by_id", "reason", "required", "state", "summary") SELECT old_values."cloned_from_id", old_values."created_at", old_values."created_by_id", old_values."handover_minutes", old_values."id", old_values."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."published_at", old_values."published_by_id", old_values."reason", old_values."required", old_values."state", old_values."summary" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="9cb9eafe3ea2431017485872630d12b86d5008ec",
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
            model_name="example",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_examplehistory" ("expect", "id", "kind", "lead", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "touchpoints", "version_id", "why") SELECT new_values."expect", new_values."id", new_values."kind", new_values."lead", new_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."position", new_values."touchpoints", new_values."version_id", new_values."why" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="73512ce945e60933f01c0d24abed6f7bcd6486ee",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_a8f4e",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="handoff_example",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="example",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_examplehistory" ("expect", "id", "kind", "lead", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "touchpoints", "version_id", "why") SELECT new_values."expect", new_values."id", new_values."kind", new_values."lead", new_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', new_values."id", new_values."position", new_values."touchpoints", new_values."version_id", new_values."why" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="4958ba37b4a88cb07df250024e05e9d21beeef1e",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_4afbf",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="handoff_example",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="example",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_examplehistory" ("expect", "id", "kind", "lead", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "touchpoints", "version_id", "why") SELECT old_values."expect", old_values."id", old_values."kind", old_values."lead", old_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."position", old_values."touchpoints", old_values."version_id", old_values."why" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="9ef885c03589d3c22a8431e0a5717087af58c02f",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_97239",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="handoff_example",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="fitcriterion",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_fitcriterionhistory" ("id", "key", "label", "motion", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "points", "position", "version_id", "when") SELECT new_values."id", new_values."key", new_values."label", new_values."motion", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."points", new_values."position", new_values."version_id", new_values."when" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="e0928c96e5c3646120579222fc37d9df9f477907",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_632ff",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="handoff_fitcriterion",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="fitcriterion",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_fitcriterionhistory" ("id", "key", "label", "motion", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "points", "position", "version_id", "when") SELECT new_values."id", new_values."key", new_values."label", new_values."motion", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', new_values."id", new_values."points", new_values."position", new_values."version_id", new_values."when" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="08b3abcffbef353e0631de878d1da1c21c5ecfe2",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_42a3d",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="handoff_fitcriterion",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="fitcriterion",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_fitcriterionhistory" ("id", "key", "label", "motion", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "points", "position", "version_id", "when") SELECT old_values."id", old_values."key", old_values."label", old_values."motion", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."points", old_values."position", old_values."version_id", old_values."when" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="6018b7a34e9112a995f6a2918a1a256d73694a05",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_01ddf",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="handoff_fitcriterion",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="membership",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "handoff_membershiphistory" ("active", "calendar_id", "id", "max_open", "max_per_day", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "team_id", "user_id", "weight") VALUES (NEW."active", NEW."calendar_id", NEW."id", NEW."max_open", NEW."max_per_day", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."team_id", NEW."user_id", NEW."weight"); RETURN NULL;',
                    hash="20451566e1ce1e5b18696a4f43013adcd7b596fa",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_f60e2",
                    table="handoff_membership",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="membership",
            trigger=pgtrigger.compiler.Trigger(
                name="update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."active" IS DISTINCT FROM (NEW."active") OR OLD."calendar_id" IS DISTINCT FROM (NEW."calendar_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."max_open" IS DISTINCT FROM (NEW."max_open") OR OLD."max_per_day" IS DISTINCT FROM (NEW."max_per_day") OR OLD."team_id" IS DISTINCT FROM (NEW."team_id") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id") OR OLD."weight" IS DISTINCT FROM (NEW."weight"))',
                    func='INSERT INTO "handoff_membershiphistory" ("active", "calendar_id", "id", "max_open", "max_per_day", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "team_id", "user_id", "weight") VALUES (NEW."active", NEW."calendar_id", NEW."id", NEW."max_open", NEW."max_per_day", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."team_id", NEW."user_id", NEW."weight"); RETURN NULL;',
                    hash="ca0655331702ca774318b7df7864cf642d243066",
                    operation='UPDATE OF "id", "team_id", "user_id", "weight", "max_open", "max_per_day", "calendar_id", "active"',
                    pgid="pgtrigger_update_04100",
                    table="handoff_membership",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="membership",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "handoff_membershiphistory" ("active", "calendar_id", "id", "max_open", "max_per_day", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "team_id", "user_id", "weight") VALUES (OLD."active", OLD."calendar_id", OLD."id", OLD."max_open", OLD."max_per_day", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."team_id", OLD."user_id", OLD."weight"); RETURN NULL;',
                    hash="7b948d340d023574fa6153109519cd370857d44b",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_72b55",
                    table="handoff_membership",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="motion",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_motionhistory" ("id", "key", "label", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "version_id", "when") SELECT new_values."id", new_values."key", new_values."label", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."position", new_values."version_id", new_values."when" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="3bfea6b94cd3e33a6a2f6ecc290ecfd5a8ebd4e9",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_5b223",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="handoff_motion",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="motion",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_motionhistory" ("id", "key", "label", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "version_id", "when") SELECT new_values."id", new_values."key", new_values."label", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', new_values."id", new_values."position", new_values."version_id", new_values."when" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="684f83ab052a6158a1c999cc74ba56dacb9eaefd",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_079b5",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="handoff_motion",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="motion",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_motionhistory" ("id", "key", "label", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "version_id", "when") SELECT old_values."id", old_values."key", old_values."label", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."position", old_values."version_id", old_values."when" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="5749dba8481b0178bdd7752c498cdca84365309a",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_907bb",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="handoff_motion",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reason",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_reasonhistory" ("active", "applies_to", "goes_to", "id", "key", "label", "needs_date", "needs_note", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "teaches") SELECT new_values."active", new_values."applies_to", new_values."goes_to", new_values."id", new_values."key", new_values."label", new_values."needs_date", new_values."needs_note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."teaches" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="85ad1eb5a2efc7551be57c454cb0efd3d0b81cc1",
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
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_reasonhistory" ("active", "applies_to", "goes_to", "id", "key", "label", "needs_date", "needs_note", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "teaches") SELECT new_values."active", new_values."applies_to", new_values."goes_to", new_values."id", new_values."key", new_values."label", new_values."needs_date", new_values."needs_note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', new_values."id", new_values."teaches" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="c1f28e9bc0d366a149730605d65337a83da8a4b0",
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
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_reasonhistory" ("active", "applies_to", "goes_to", "id", "key", "label", "needs_date", "needs_note", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "teaches") SELECT old_values."active", old_values."applies_to", old_values."goes_to", old_values."id", old_values."key", old_values."label", old_values."needs_date", old_values."needs_note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."teaches" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="73ea7b381edfa578db8e8140b136121cf168be1e",
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
            model_name="routerule",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_routerulehistory" ("id", "key", "label", "overflow", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "to_key", "to_kind", "version_id", "when") SELECT new_values."id", new_values."key", new_values."label", new_values."overflow", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."position", new_values."to_key", new_values."to_kind", new_values."version_id", new_values."when" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="d7759c70ac53bc59a3215f3b07e187ced240ee03",
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
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_routerulehistory" ("id", "key", "label", "overflow", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "to_key", "to_kind", "version_id", "when") SELECT new_values."id", new_values."key", new_values."label", new_values."overflow", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', new_values."id", new_values."position", new_values."to_key", new_values."to_kind", new_values."version_id", new_values."when" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="ffc1c6143c3c485c2995544c329c0ebc460e8a64",
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
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_routerulehistory" ("id", "key", "label", "overflow", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "to_key", "to_kind", "version_id", "when") SELECT old_values."id", old_values."key", old_values."label", old_values."overflow", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."position", old_values."to_key", old_values."to_kind", old_values."version_id", old_values."when" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="ab7c8ea1250ea137099c46e2118f531bd1cd4001",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_b4df8",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="handoff_routerule",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="signal",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_signalhistory" ("cap", "half_life_days", "id", "key", "label", "motion", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "points", "position", "signal", "sources", "version_id") SELECT new_values."cap", new_values."half_life_days", new_values."id", new_values."key", new_values."label", new_values."motion", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."points", new_values."position", new_values."signal", new_values."sources", new_values."version_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="ef7f38be2a5b53041dfe9578fc0c669d1dbfce88",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_dfe3c",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="handoff_signal",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="signal",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_signalhistory" ("cap", "half_life_days", "id", "key", "label", "motion", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "points", "position", "signal", "sources", "version_id") SELECT new_values."cap", new_values."half_life_days", new_values."id", new_values."key", new_values."label", new_values."motion", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', new_values."id", new_values."points", new_values."position", new_values."signal", new_values."sources", new_values."version_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="de6aa0a41017eaa434120cf7dd907dcf5b5e5ba6",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_66c95",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="handoff_signal",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="signal",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_signalhistory" ("cap", "half_life_days", "id", "key", "label", "motion", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "points", "position", "signal", "sources", "version_id") SELECT old_values."cap", old_values."half_life_days", old_values."id", old_values."key", old_values."label", old_values."motion", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."points", old_values."position", old_values."signal", old_values."sources", old_values."version_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="85f92ff684c404f5f182365b532bba677a2b13ac",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_fcf3a",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="handoff_signal",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="stage",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_stagehistory" ("id", "key", "label", "next_action", "owner_role", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") SELECT new_values."id", new_values."key", new_values."label", new_values."next_action", new_values."owner_role", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."position" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="aebf0c79f73bb316812bf53754c9436815541c11",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_8db3e",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="handoff_stage",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="stage",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_stagehistory" ("id", "key", "label", "next_action", "owner_role", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") SELECT new_values."id", new_values."key", new_values."label", new_values."next_action", new_values."owner_role", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', new_values."id", new_values."position" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="6b25b032a71eaacc074b9ec5fdb20658866c32e7",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_b3352",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="handoff_stage",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="stage",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_stagehistory" ("id", "key", "label", "next_action", "owner_role", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") SELECT old_values."id", old_values."key", old_values."label", old_values."next_action", old_values."owner_role", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."position" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="35986cb12c9943da919b486d77d410ee9fc78655",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_fdd30",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="handoff_stage",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="step",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_stephistory" ("checklist_id", "comes_from", "id", "key", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "route", "tiers") SELECT new_values."checklist_id", new_values."comes_from", new_values."id", new_values."key", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."route", new_values."tiers" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="40a5a8da6f1beb75b7fdaa09620777d56e70f6be",
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
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_stephistory" ("checklist_id", "comes_from", "id", "key", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "route", "tiers") SELECT new_values."checklist_id", new_values."comes_from", new_values."id", new_values."key", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', new_values."id", new_values."route", new_values."tiers" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="33b749bb983a412b1c008e77d9b7d4eb1a066e38",
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
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_stephistory" ("checklist_id", "comes_from", "id", "key", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "route", "tiers") SELECT old_values."checklist_id", old_values."comes_from", old_values."id", old_values."key", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."route", old_values."tiers" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="67c149af336ec77cdc0f6292bc10cdf1958a40b4",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_2f925",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="handoff_step",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="team",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_teamhistory" ("calendar_id", "id", "key", "kind", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "pick", "responsible_id") SELECT new_values."calendar_id", new_values."id", new_values."key", new_values."kind", new_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."pick", new_values."responsible_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="5200e220be0ba67dca77feb88e8c8eff3f625e58",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_bb80e",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="handoff_team",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="team",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_teamhistory" ("calendar_id", "id", "key", "kind", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "pick", "responsible_id") SELECT new_values."calendar_id", new_values."id", new_values."key", new_values."kind", new_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', new_values."id", new_values."pick", new_values."responsible_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="b57c40d5a3fffa269fd60f70c2a8f47b0b689db8",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_83127",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="handoff_team",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="team",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_teamhistory" ("calendar_id", "id", "key", "kind", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "pick", "responsible_id") SELECT old_values."calendar_id", old_values."id", old_values."key", old_values."kind", old_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."pick", old_values."responsible_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="4457b8d8830a4d751efb69b20945184bb9643e5c",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_48968",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="handoff_team",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="tier",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_tierhistory" ("clocks", "hours", "id", "key", "label", "on_breach", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "remind_before", "version_id") SELECT new_values."clocks", new_values."hours", new_values."id", new_values."key", new_values."label", new_values."on_breach", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."position", new_values."remind_before", new_values."version_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="cf1b229619daa44e479d6302a54413acf8390722",
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
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_tierhistory" ("clocks", "hours", "id", "key", "label", "on_breach", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "remind_before", "version_id") SELECT new_values."clocks", new_values."hours", new_values."id", new_values."key", new_values."label", new_values."on_breach", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', new_values."id", new_values."position", new_values."remind_before", new_values."version_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="e4ec97e1ef3297a29e6e8d540a08f85413abb8db",
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
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_tierhistory" ("clocks", "hours", "id", "key", "label", "on_breach", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "remind_before", "version_id") SELECT old_values."clocks", old_values."hours", old_values."id", old_values."key", old_values."label", old_values."on_breach", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."position", old_values."remind_before", old_values."version_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="1b2e4522bc103b437e39fd96de7d519cb1dd7e8b",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_4dc28",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="handoff_tier",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="track",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_trackhistory" ("id", "key", "label", "owner_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "theme") SELECT new_values."id", new_values."key", new_values."label", new_values."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."theme" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="f0f6160b3f1e55b77b459840cf4fd69cc9f40321",
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
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_trackhistory" ("id", "key", "label", "owner_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "theme") SELECT new_values."id", new_values."key", new_values."label", new_values."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', new_values."id", new_values."theme" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="54d3136adacfea574d6f8cd8e6192292c4ca43e8",
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
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_trackhistory" ("id", "key", "label", "owner_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "theme") SELECT old_values."id", old_values."key", old_values."label", old_values."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."theme" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="f26c8c1683351fa98de7437214b3979838c8f25c",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_0ded7",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="handoff_track",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="user",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "handoff_userhistory" ("email", "id", "is_active", "is_staff", "is_superuser", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "timezone") VALUES (NEW."email", NEW."id", NEW."is_active", NEW."is_staff", NEW."is_superuser", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."timezone"); RETURN NULL;',
                    hash="a9388d3daf3f1149c566d47bb435d62572292fda",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_ba0cf",
                    table="handoff_user",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="user",
            trigger=pgtrigger.compiler.Trigger(
                name="update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."is_staff" IS DISTINCT FROM (NEW."is_staff") OR OLD."is_superuser" IS DISTINCT FROM (NEW."is_superuser") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."timezone" IS DISTINCT FROM (NEW."timezone"))',
                    func='INSERT INTO "handoff_userhistory" ("email", "id", "is_active", "is_staff", "is_superuser", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "timezone") VALUES (NEW."email", NEW."id", NEW."is_active", NEW."is_staff", NEW."is_superuser", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."timezone"); RETURN NULL;',
                    hash="ca5a6e58d1f7162359bfe6b62d8dda255be56331",
                    operation='UPDATE OF "id", "email", "name", "timezone", "is_active", "is_staff", "is_superuser"',
                    pgid="pgtrigger_update_ca8c7",
                    table="handoff_user",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="user",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "handoff_userhistory" ("email", "id", "is_active", "is_staff", "is_superuser", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "timezone") VALUES (OLD."email", OLD."id", OLD."is_active", OLD."is_staff", OLD."is_superuser", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."timezone"); RETURN NULL;',
                    hash="276c14633d7b2a595e065c26afc054dbbc2ef00b",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_0292c",
                    table="handoff_user",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="absencehistory",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="history",
                to="handoff.absence",
            ),
        ),
        migrations.AddField(
            model_name="absencehistory",
            name="user",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="apikeyhistory",
            name="created_by",
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
            model_name="apikeyhistory",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="history",
                to="handoff.apikey",
            ),
        ),
        migrations.AddField(
            model_name="areaownerhistory",
            name="owner",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="areaownerhistory",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="history",
                to="handoff.areaowner",
            ),
        ),
        migrations.AddField(
            model_name="calendarhistory",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="history",
                to="handoff.calendar",
            ),
        ),
        migrations.AddField(
            model_name="checklisthistory",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="history",
                to="handoff.checklist",
            ),
        ),
        migrations.AddField(
            model_name="deciderulehistory",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="history",
                to="handoff.deciderule",
            ),
        ),
        migrations.AddField(
            model_name="deciderulehistory",
            name="version",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="handoff.definitionversion",
            ),
        ),
        migrations.AddField(
            model_name="definitionversionhistory",
            name="cloned_from",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="handoff.definitionversion",
            ),
        ),
        migrations.AddField(
            model_name="definitionversionhistory",
            name="created_by",
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
            model_name="definitionversionhistory",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="history",
                to="handoff.definitionversion",
            ),
        ),
        migrations.AddField(
            model_name="definitionversionhistory",
            name="published_by",
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
            model_name="examplehistory",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="history",
                to="handoff.example",
            ),
        ),
        migrations.AddField(
            model_name="examplehistory",
            name="version",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="handoff.definitionversion",
            ),
        ),
        migrations.AddField(
            model_name="fitcriterionhistory",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="history",
                to="handoff.fitcriterion",
            ),
        ),
        migrations.AddField(
            model_name="fitcriterionhistory",
            name="version",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="handoff.definitionversion",
            ),
        ),
        migrations.AddField(
            model_name="membershiphistory",
            name="calendar",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                help_text="Empty: the team's.",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="handoff.calendar",
            ),
        ),
        migrations.AddField(
            model_name="membershiphistory",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="history",
                to="handoff.membership",
            ),
        ),
        migrations.AddField(
            model_name="membershiphistory",
            name="team",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="handoff.team",
            ),
        ),
        migrations.AddField(
            model_name="membershiphistory",
            name="user",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="motionhistory",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="history",
                to="handoff.motion",
            ),
        ),
        migrations.AddField(
            model_name="motionhistory",
            name="version",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="handoff.definitionversion",
            ),
        ),
        migrations.AddField(
            model_name="reasonhistory",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="history",
                to="handoff.reason",
            ),
        ),
        migrations.AddField(
            model_name="routerulehistory",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="history",
                to="handoff.routerule",
            ),
        ),
        migrations.AddField(
            model_name="routerulehistory",
            name="version",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="handoff.definitionversion",
            ),
        ),
        migrations.AddField(
            model_name="signalhistory",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="history",
                to="handoff.signal",
            ),
        ),
        migrations.AddField(
            model_name="signalhistory",
            name="version",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="handoff.definitionversion",
            ),
        ),
        migrations.AddField(
            model_name="stagehistory",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="history",
                to="handoff.stage",
            ),
        ),
        migrations.AddField(
            model_name="stephistory",
            name="checklist",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="handoff.checklist",
            ),
        ),
        migrations.AddField(
            model_name="stephistory",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="history",
                to="handoff.step",
            ),
        ),
        migrations.AddField(
            model_name="teamhistory",
            name="calendar",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="handoff.calendar",
            ),
        ),
        migrations.AddField(
            model_name="teamhistory",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="history",
                to="handoff.team",
            ),
        ),
        migrations.AddField(
            model_name="teamhistory",
            name="responsible",
            field=models.ForeignKey(
                db_constraint=False,
                help_text="Told when a lead waits or is late.",
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="tierhistory",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="history",
                to="handoff.tier",
            ),
        ),
        migrations.AddField(
            model_name="tierhistory",
            name="version",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="handoff.definitionversion",
            ),
        ),
        migrations.AddField(
            model_name="trackhistory",
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
            model_name="trackhistory",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="history",
                to="handoff.track",
            ),
        ),
        migrations.AddField(
            model_name="usergrouphistory",
            name="group",
            field=models.ForeignKey(
                db_constraint=False,
                db_tablespace="",
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="auth.group",
            ),
        ),
        migrations.AddField(
            model_name="usergrouphistory",
            name="user",
            field=models.ForeignKey(
                db_constraint=False,
                db_tablespace="",
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="userhistory",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="history",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="usergrouphistory",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="history",
                to="handoff.usergroup",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="usergroup",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_usergrouphistory" ("group_id", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "user_id") SELECT new_values."group_id", new_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."user_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="33689e953081879d429dd7b0d7dea5970ef9a27a",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_25972",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="handoff_user_groups",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="usergroup",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_usergrouphistory" ("group_id", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "user_id") SELECT new_values."group_id", new_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', new_values."id", new_values."user_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="abdbb3e41d17d3391182ae194eafc92661f931d9",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_285cf",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="handoff_user_groups",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="usergroup",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "handoff_usergrouphistory" ("group_id", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "user_id") SELECT old_values."group_id", old_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."user_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="0dbf77afda06cdac9f87c2e5b4e95469b22d661c",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_2dd67",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="handoff_user_groups",
                    when="AFTER",
                ),
            ),
        ),
    ]
