"""What a draft would do with the row being edited, at once and unsaved."""

import pytest
from django.urls import reverse
from django.utils import timezone

from reviews.backtesting import preview
from tests import factories as make
from tests.leads.arriving import agreement, handed_over
from tests.reviews.backtesting import draft_with

pytestmark = pytest.mark.django_db

ROW = {
    "section": "fit",
    "place": "1",
    "key": "size",
    "points": "50",
    "mode": "all",
    "c": ["0"],
    "c0-subject": "employees",
    "c0-operator": "at_least",
    "c0-value": "1000",
}


@pytest.fixture
def draft(client):
    agreement()
    make.TrackFactory()
    now = timezone.now()
    for employees in (400, 400, 2000):
        touch = {"signal": "demo_request", "days_ago": 0, "occurred_at": now.isoformat()}
        handed_over(at=now, employees=employees, touchpoints=[touch])
    client.force_login(make.mara())
    return draft_with()


def asked(client, draft, **changes):
    address = reverse("reviews:preview", args=[draft.number])
    return client.post(address, ROW | changes)


def test_a_threshold_says_what_it_would_do(client, draft):
    text = asked(client, draft).content.decode()
    assert "Sales ready: 0.1 a week" in text and "was 0.2" in text
    assert "Sales ready → needs qualification" in text and "all 3 leads" in text
    draft.refresh_from_db()
    assert draft.revision == 0 and draft.fit.get(key="size").when[0]["at_least"] == 100


@pytest.mark.parametrize("section", ["fit", "decide"])
def test_a_figure_beyond_all_measure_is_told(client, draft, section):
    row = {"section": section, "label": "50 people", "status": "nurture", "c0-value": "9" * 400}
    answer = asked(client, draft, **row)
    assert answer.status_code == 200
    assert "This row cannot be read yet: “99999" in answer.content.decode()
    assert "…” is too large." in answer.content.decode()


def test_without_a_row_the_draft_is_taken_as_it_stands(client, draft):
    assert "No lead’s status changes" in asked(client, draft, section="").content.decode()


def test_a_new_rule_comes_before_the_last(client, draft):
    row = {"section": "decide", "place": "", "key": "", "status": "nurture", "c": []}
    assert "No lead’s status changes" in asked(client, draft, **row).content.decode()


def test_what_cannot_be_read_yet_is_said(client, draft):
    said = asked(client, draft, **{"c0-value": "many"})
    assert said.status_code == 200 and "cannot be read yet" in said.content.decode()
    assert "does not hold together" in asked(client, draft, motion="none").content.decode()
    assert "Nothing of this section" in asked(client, draft, section="examples").content.decode()


def test_for_whom_the_row_holds_follows_what_is_edited(client, draft):
    assert "As edited: <b>holds for 1 of 3 leads</b>" in asked(client, draft).content.decode()
    text = asked(client, draft, **{"c0-value": "100"}).content.decode()
    assert "As edited: <b>holds for 3 of 3 leads</b>" in text


def test_what_can_never_hold_is_said_at_once(client, draft):
    span = {"c0-operator": "between", "c0-from": "3000", "c0-to": "2000"}
    text = asked(client, draft, **span).content.decode()
    assert "Condition 1: can never hold" in text and "holds for 0 of 3 leads" in text


def test_a_name_that_no_longer_fits_is_said_with_one_that_does(client, draft):
    text = asked(client, draft, label="100 people").content.decode()
    assert 'data-call="1,000 people"' in text


def test_required_context_says_what_is_missing_and_what_follows(client, draft):
    sent = {"section": "required", "required": ["company", "timing"]}
    text = asked(client, draft, **sent).content.decode()
    assert "Timing: missing for 3 of 3 leads" in text
    assert "Nothing is missing for <b>0 of 3 leads</b>" in text and "Sales ready" in text


def test_tiers_and_routing_say_how_the_leads_part(client, draft):
    tier = {"section": "tiers", "place": "0", "key": "urgent", "accept-kind": "none"}
    text = asked(client, draft, **tier).content.decode()
    assert "3 of 3 handed over" in text and "Sales ready" not in text
    route = {"section": "route", "place": "", "key": "", "to": "queue:qualification"}
    text = asked(client, draft, **route).content.decode()
    assert "Queue of" in text and "0 of 3 handed over" in text


def test_a_signal_shows_how_it_fades_while_it_is_edited(client, draft):
    signal = {"section": "signals", "key": "", "label": "Booth", "half_life_days": "30"}
    text = asked(client, draft, place="", **signal).content.decode()
    assert 'id="decay" hx-swap-oob="true"' in text and "25 after 30 days" in text


def test_only_who_edits_asks(client, draft):
    client.force_login(make.lena())
    assert asked(client, draft).status_code == 403
    client.force_login(make.sam())
    assert asked(client, draft).status_code == 404
    assert client.get(reverse("reviews:preview", args=[draft.number])).status_code == 405


def test_the_sample_is_the_same_leads_each_time(draft, monkeypatch):
    now = timezone.now()
    everybody = preview._draw(now)
    monkeypatch.setattr(preview, "SIZE", 2)
    some = preview._draw(now)
    assert everybody.is_whole and not some.is_whole
    assert some.leads == everybody.leads[:2] and some == preview._draw(now)
    assert some.weight == 1.5
