"""Notes keep the arithmetic of a receipt: its minutes still sum, and it ends at the deadline."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from handoff import business_time
from leads.journey.receipts import noted, notes_of
from tests.factories import MONDAY, WORKDAYS

CALENDAR = business_time.calendar_from(
    {"key": "us", "timezone": "America/New_York", "hours": WORKDAYS}
)


def moment(row, end):
    return dt.datetime.fromisoformat(row[end])


@given(
    st.integers(0, 3000),
    st.lists(st.integers(-600, 12_000), max_size=4),
    st.sampled_from(["business", "always"]),
)
def test_wherever_a_note_falls(minutes, notes, hours):
    made = business_time.due(CALENDAR, MONDAY, minutes, hours=hours)
    rows = made.receipt_rows()
    for number, offset in enumerate(notes):
        rows = noted(rows, MONDAY + dt.timedelta(minutes=offset), f"note {number}")
    assert sum(row["minutes"] for row in rows) == minutes
    assert moment(rows[-1], "to") == made.due
    assert len(notes_of(rows)) == len(notes)
    for row in rows:
        assert moment(row, "from") <= moment(row, "to")
    inside = [row for row in rows if moment(row, "from") >= MONDAY]
    for before, after in zip(inside, inside[1:], strict=False):
        assert moment(before, "to") <= moment(after, "from")


def test_a_receipt_of_nothing_takes_a_note():
    (row,) = noted([], MONDAY, "Reassigned")
    assert row["from"] == row["to"] and row["minutes"] == 0
