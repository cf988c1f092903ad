"""Working time stands in the database, so that it can count in it: `handoff_worked`."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

# A part is 28 days; `edges` are by turns an opening and a closing, `sums` what was worked until then.
WORKED = """
CREATE FUNCTION handoff_worked_until(calendar bigint, moment timestamptz) RETURNS double precision
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT w.before + coalesce(w.sums[edge.passed], 0)
        + CASE WHEN edge.passed % 2 = 1 THEN here.second - w.edges[edge.passed] ELSE 0 END
    FROM (SELECT extract(epoch FROM moment)::double precision AS epoch) given
    JOIN handoff_workingtime w
        ON w.calendar_id = calendar AND w.part = floor(given.epoch / 2419200)::integer
    CROSS JOIN LATERAL (SELECT given.epoch - w.part * 2419200.0::double precision AS second) here
    CROSS JOIN LATERAL (SELECT width_bucket(floor(here.second)::integer, w.edges) AS passed)
        edge
$$;
CREATE FUNCTION handoff_worked(calendar bigint, since timestamptz, until timestamptz)
    RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN until <= since THEN 0
        ELSE round(handoff_worked_until(calendar, until)
            - handoff_worked_until(calendar, since))::integer END
$$;
CREATE FUNCTION handoff_hours_of(team bigint) RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce((SELECT t.calendar_id FROM handoff_team t WHERE t.id = team),
        (SELECT t.calendar_id FROM handoff_team t WHERE t.kind = 'marketing' ORDER BY t.id LIMIT 1),
        (SELECT min(c.id) FROM handoff_calendar c))
$$;
"""
GONE = """
DROP FUNCTION handoff_hours_of(bigint);
DROP FUNCTION handoff_worked(bigint, timestamptz, timestamptz);
DROP FUNCTION handoff_worked_until(bigint, timestamptz);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("handoff", "0013_goals_of_each_step"),
    ]

    operations = [
        migrations.CreateModel(
            name="WorkingTime",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("part", models.IntegerField()),
                ("before", models.IntegerField()),
                (
                    "edges",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), size=None
                    ),
                ),
                (
                    "sums",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), size=None
                    ),
                ),
                (
                    "calendar",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="working_time",
                        to="handoff.calendar",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("calendar", "part"), name="one_part_per_calendar_and_number"
                    )
                ],
            },
        ),
        migrations.RunSQL(WORKED, GONE),
    ]
