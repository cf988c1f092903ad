"""Marketing's promises after the hand-over, counted with the leads behind them."""

import datetime as dt

import pytest
from django.urls import reverse

from reviews.measures import lateness, promises
from reviews.measures.sla import figures
from tests import factories as make
from tests.factories import MONDAY
from tests.reviews.test_sla import DAY, NOW, handed, question

pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def marketing():
    """Context was completed in time, late and not yet; one lead was returned twice, once answered
    late; the last is late at this moment."""
    for name, ended, late in (("met", 1, False), ("late", 5, True), ("open", 0, False)):
        handoff = handed()
        made = {"handoff": handoff, "kind": "context", "started_at": MONDAY}
        if name == "open":
            make.ClockFactory(**made, due_at=NOW - HOUR)
            continue
        over = MONDAY + ended * HOUR
        made |= {"state": "met", "ended_at": over, "breached_at": over if late else None}
        make.ClockFactory(**made)
    twice = handed()
    for late in (False, True):
        over = MONDAY + DAY
        make.ClockFactory(
            handoff=twice, kind="returned", started_at=MONDAY, state="met", ended_at=over,
            breached_at=over if late else None,
        )  # fmt: skip


def besides():
    return figures(question(), at=NOW, zone="UTC").besides


def test_each_hand_over_counts_once_and_what_runs_for_nothing():
    counted = {one.kind: (one.kept, one.missed) for one in besides()}
    assert counted == {"context": (1, 1), "returned": (0, 1)}


def test_every_figure_has_as_many_leads_behind_it():
    for one in besides():
        for verdict, number in (("kept", one.kept), ("missed", one.missed)):
            behind = promises.found(question(), "marketing", f"{one.kind}_{verdict}", at=NOW)
            assert len(behind) == number
    with pytest.raises(ValueError, match="no figure"):
        promises.found(question(), "sales", "context_kept", at=NOW)


def test_none_of_them_counts_in_sales_half():
    late = lateness.late_now(question(), at=NOW)
    assert [(one.clock, one.is_marketing) for one in late] == [("Missing context", True)]


def test_the_page_shows_them_and_links_their_leads(client, time_machine):
    time_machine.move_to(NOW, tick=False)
    client.force_login(make.mara())
    page = client.get(reverse("reviews:sla"))
    text = page.content.decode()
    assert "Marketing, after the hand-over" in text and "is=returned_missed" in text
    leads = client.get(reverse("reviews:sla-leads"), {"half": "marketing", "is": "context_missed"})
    assert leads.status_code == 200
