"""The row that the measures read keeps its seams besides as one string of bytes, as they are read.

The table is written anew, so that its columns stand in an order that is quick to read: what is
always there first, then numbers, then texts, which have to be gone through one by one. What is open
is found by an index of its own.
"""

from django.db import migrations, models
from django.db.models import Q

SEAMS = ("receive", "judge", "hand_over", "assign", "notify", "open", "accept", "touch", "end")
LENGTHS = (*(f"took_{one}" for one in SEAMS), *(f"worked_{one}" for one in SEAMS))

# As `reviews/measures/reading.py` takes them apart: NULL is the least number of four bytes.
PACKED = " || ".join(f"int4send(coalesce({one}, -2147483648))" for one in LENGTHS)

KEYS = ("team_id", "owner_id", "reason_id", "back_reason_id")
SECONDS = (
    "to_touch", "to_accept", "to_end", "to_deal", "to_close", "from_received", "from_captured",
    "to_assign", "to_notify", "to_open", "employees",
)  # fmt: skip
MARKS = ("answered_late", "follow_up_late", "next_step_late", "context_late", "returned_late")
SAID = (
    "tier", "source", "touch_cause", "handover_cause", "motion", "region", "country", "seniority",
    "function", "industry", "campaign", "offer", "trigger", "landing_page",
)  # fmt: skip
COLUMNS = {
    "handoff_id": "bigint NOT NULL",
    "made_at": "timestamptz NOT NULL",
    "version_id": "bigint NOT NULL",
    "to_hand_over": "integer NOT NULL",
    "from_judged": "integer NOT NULL",
    "fit": "smallint NOT NULL",
    "intent": "smallint NOT NULL",
    **dict.fromkeys(("historical", "incomplete", "late", "missed", "met"), "boolean NOT NULL"),
    **dict.fromkeys(("returned", "untold"), "boolean DEFAULT false NOT NULL"),
    "due_at": "timestamptz",
    **dict.fromkeys(KEYS, "bigint"),
    **dict.fromkeys(SECONDS, "integer"),
    **dict.fromkeys(MARKS, "boolean"),
    "seams": f"bytea GENERATED ALWAYS AS ({PACKED}) STORED",
    "step": "text DEFAULT 'sdr' NOT NULL",
    "state": "text NOT NULL",
    "disposition": "text NOT NULL",
    "outcome": "text DEFAULT '' NOT NULL",
    **dict.fromkeys(SAID, "text"),
    **dict.fromkeys(LENGTHS, "integer"),
}
WRITTEN = ", ".join(name for name in COLUMNS if name != "seams")

# As migration `answers_and_causes_stand_beside` has it: times are counted anew only where a step of
# the path is written, which clocks never do.
MOMENTS = (
    "made_at", "step", "owner_id", "untold", "to_hand_over", "from_captured", "from_received",
    "from_judged", "to_assign", "to_notify", "to_open", "to_accept", "to_touch", "to_end",
)  # fmt: skip

# What were written between the filling and the trigger would be missing for good. Held before the
# row itself is, as by whoever writes: a change of these goes on to the row.
ALONE = """LOCK TABLE leads_handoff, leads_event, leads_clock, leads_miss, leads_opportunity,
    leads_message IN SHARE ROW EXCLUSIVE MODE"""
ANEW = f"""
CREATE TABLE leads_promise_anew ({", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())})
    WITH (fillfactor = 85);
INSERT INTO leads_promise_anew ({WRITTEN}) SELECT {WRITTEN} FROM leads_promise
ORDER BY made_at, handoff_id;
DROP TABLE leads_promise;
ALTER TABLE leads_promise_anew RENAME TO leads_promise;
ALTER TABLE leads_promise ADD CONSTRAINT leads_promise_pkey PRIMARY KEY (handoff_id);
CREATE INDEX promise_by_day ON leads_promise (made_at);
CREATE TRIGGER promise_measured BEFORE INSERT OR UPDATE OF {", ".join(MOMENTS)} ON leads_promise
    FOR EACH ROW EXECUTE FUNCTION leads_promise_measured();
ANALYZE leads_promise;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("leads", "0045_what_was_never_handed_over"),
    ]

    operations = [
        migrations.RunSQL(ALONE, migrations.RunSQL.noop),
        migrations.RunSQL(ANEW, "ALTER TABLE leads_promise DROP COLUMN seams"),
        migrations.AddIndex(
            "promise",
            models.Index(
                fields=["made_at"],
                name="promise_of_the_open",
                condition=Q(
                    to_end__isnull=True, historical=False, state__in=("waiting", "accepted")
                ),
            ),
        ),
    ]
