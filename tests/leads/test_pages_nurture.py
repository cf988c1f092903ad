"""The pages of nurture: tracks with counts, who is on them, and what is done by hand."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from handoff.models import Track
from leads.models import Comeback, Lead
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def mara(client: Client) -> Client:
    make.agreement_in_force()
    client.force_login(make.mara())
    return client


def url(name: str, *args: Any, **asked: Any) -> str:
    return reverse(f"leads:{name}", args=args, query=asked)


def resting(**said: Any) -> Lead:
    given = {"status": "nurture", "nurture_track": "newsletter", "nurture_reason": "wrong_timing"}
    return make.LeadFactory(
        **{**given, "nurture_since": make.MONDAY, "nurture_by": make.sam(), **said}
    )


def today(days: int = 0) -> dt.date:
    return timezone.now().date() + dt.timedelta(days=days)


def test_every_track_with_its_counts(mara: Client) -> None:
    resting(nurture_until=today(3))
    lead = resting(nurture_until=today(90))
    accepted = make.HandoffFactory(accepted=True, lead=lead)
    for handoff in (accepted, None):
        Comeback.objects.create(
            lead=lead, track="newsletter", at=timezone.now(), why="x", outcome="back",
            handoff=handoff,
        )  # fmt: skip
    resting(nurture_track="gone")
    page = " ".join(mara.get(url("tracks")).content.decode().split())
    assert "Monthly product letter" in page and "On no track" in page
    assert ">2</a>" in page and ">1</a>" in page and "1 of 2" in page


def test_the_page_of_a_lead_calls_its_track_by_its_name(mara: Client) -> None:
    lead = resting()
    assert "In nurture, Monthly product letter" in mara.get(url("lead", lead.pk)).content.decode()
    lead = resting(nurture_track="gone")
    assert "In nurture, gone" in mara.get(url("lead", lead.pk)).content.decode()


def test_without_a_track_it_says_what_one_is(mara: Client) -> None:
    Track.objects.all().delete()
    assert "No track yet" in mara.get(url("tracks")).content.decode()


def test_who_is_on_a_track_and_why(mara: Client) -> None:
    lead = resting(nurture_until=dt.date(2027, 3, 1))
    rule = make.LeadFactory(status="nurture", nurture_track="newsletter")
    rule.judgement = make.JudgementFactory(lead=rule)
    rule.save()
    page = mara.get(url("track", "newsletter")).content.decode()
    assert lead.title in page and "1 Mar 2027" in page and "Wrong timing" in page
    assert "Sam Ortiz" in page and "The definition" in page
    assert lead.title not in mara.get(url("track", "newsletter", show="due")).content.decode()
    assert mara.get(url("track", "gone")).status_code == 404
    assert "Nobody is on this track" in mara.get(url("track-none")).content.decode()


def test_who_came_back(mara: Client) -> None:
    lead = make.LeadFactory()
    said = {"lead": lead, "track": "newsletter", "at": timezone.now(), "put_by": make.sam()}
    Comeback.objects.create(
        **said, why="a new enquiry", outcome="back", reason="wrong_timing", until=today()
    )
    Comeback.objects.create(**said, why="nurture date reached", outcome="stays")
    owned = make.HandoffFactory(lead=lead, accepted=True)
    Comeback.objects.create(**said, why="a new enquiry", outcome="back", handoff=owned)
    page = mara.get(url("track", "newsletter", show="back")).content.decode()
    assert "Waits for approval" in page and "Not ready: stays" in page
    assert "Accepted, Sam Ortiz" in page and "Wrong timing, by Sam Ortiz" in page


def test_the_list_costs_the_same_at_one_row_and_at_thirty(
    mara: Client, django_assert_max_num_queries: Any
) -> None:
    for _ in range(30):
        resting()
    with django_assert_max_num_queries(12):
        mara.get(url("track", "newsletter"))


def test_as_a_file(mara: Client) -> None:
    resting(last_name="=cmd", nurture_until=today(1))
    text = b"".join(mara.get(url("track-csv", "newsletter"))).decode()  # type: ignore[arg-type]
    assert "Wrong timing" in text and today(1).isoformat() in text


def test_a_track_is_added_and_changed(mara: Client) -> None:
    said = {"label": "Close faster", "theme": "Month end", "owner": "", "rest_weeks": "8"}
    mara.post(url("track-add"), said)
    track = Track.objects.get(key="close-faster")
    assert (track.theme, track.rest_weeks) == ("Month end", 8)
    mara.post(url("track-edit", track.key), {**said, "label": "Faster", "owner": make.mara().pk})
    track.refresh_from_db()
    assert (track.key, track.label, track.owner) == ("close-faster", "Faster", make.mara())
    page = mara.get(url("track-edit", track.key)).content.decode()
    assert "Close faster → Faster" in page and "Mara Lindqvist" in page


@pytest.mark.parametrize(
    "wrong", [{"label": ""}, {"label": "!!!"}, {"label": "None"}, {"label": "Newsletter"},
              {"rest_weeks": "0"}, {"rest_weeks": "999"}, {"rest_weeks": "x"}]
)  # fmt: skip
def test_a_track_that_cannot_be(mara: Client, wrong: dict[str, str]) -> None:
    said = {"label": "Close faster", "theme": "", "owner": "", "rest_weeks": "", **wrong}
    assert mara.post(url("track-add"), said).status_code == 422
    assert Track.objects.count() == 1


def test_a_lead_is_found_and_put_on_a_track(mara: Client) -> None:
    lead = make.LeadFactory(status="disqualified")
    found = mara.get(url("nurture-find", track="newsletter", whom=lead.email.upper()))
    assert found["Location"] == url("nurtured", lead.pk, track="newsletter")
    assert mara.get(found["Location"]).status_code == 200
    said = {"track": "newsletter", "reason": "out_of_segment", "until": today(30).isoformat()}
    page = mara.post(url("nurtured", lead.pk), said, follow=True).content.decode()
    assert "is on Monthly product letter, until" in page
    lead.refresh_from_db()
    assert (lead.status, lead.nurture_by) == ("nurture", make.mara())


def test_who_is_not_found_is_said(mara: Client) -> None:
    page = mara.get(
        url("nurture-find", track="newsletter", whom="nobody@x.example"), follow=True
    ).content.decode()
    assert "There is no lead “nobody@x.example”" in page


def test_a_past_date_is_refused_with_what_was_typed_kept(mara: Client) -> None:
    lead = resting()
    said = {"track": "newsletter", "until": "2020-01-01", "note": "Later please"}
    answer = mara.post(url("nurtured", lead.pk), said)
    assert answer.status_code == 422
    assert "is past" in answer.content.decode() and "Later please" in answer.content.decode()


def test_moved_decided_taken_out(mara: Client) -> None:
    make.TrackFactory(key="close-faster", label="Close faster")
    lead = resting(nurture_until=today(9))
    assert "in nurture" in mara.get(url("nurtured", lead.pk)).content.decode()
    mara.post(url("nurtured", lead.pk), {"track": "close-faster", "until": ""})
    lead.refresh_from_db()
    assert (lead.nurture_track, lead.nurture_until) == ("close-faster", None)
    mara.post(url("nurtured", lead.pk), {"do": "out"})
    lead.refresh_from_db()
    assert lead.nurture_track == ""
    page = mara.post(url("nurtured", lead.pk), {"do": "out"}, follow=True).content.decode()
    assert "is on no track any more" in page
    Lead.objects.filter(pk=lead.pk).update(nurture_reason="x")
    page = mara.post(url("nurtured", lead.pk), {"do": "decide"}, follow=True).content.decode()
    assert "nurture" in page


def test_what_sales_has_is_said_and_not_touched(mara: Client) -> None:
    handoff = make.HandoffFactory()
    page = mara.get(url("nurtured", handoff.lead_id)).content.decode()
    assert "Sales has this lead now: Sam Ortiz" in page
    said = {"track": "newsletter", "reason": "out_of_segment"}
    page = mara.post(url("nurtured", handoff.lead_id), said, follow=True).content.decode()
    assert "is with sales now" in page


def test_reps_have_no_business_here(client: Client) -> None:
    make.agreement_in_force()
    lead = resting()
    client.force_login(make.sam())
    for where in (url("tracks"), url("track", "newsletter"), url("nurtured", lead.pk),
                  url("track-edit", "newsletter"), url("track-csv", "newsletter"),
                  url("nurture-find", track="newsletter")):  # fmt: skip
        assert client.get(where).status_code == 404
    client.force_login(make.lena())
    assert client.get(url("track-edit", "newsletter")).status_code == 404
    assert client.get(url("nurtured", lead.pk)).status_code == 200
    assert client.post(url("tracks")).status_code == 405


def test_a_note_that_no_text_can_hold_is_kept_without_it(mara: Client) -> None:
    lead = resting()
    told = mara.post(url("nurtured", lead.pk), {"do": "out", "note": "a\x00b"})
    assert told.status_code == 302
    assert lead.events.get(kind="nurtured").body["note"] == "ab"


def move(client: Client, *leads: Lead, **said: Any) -> Any:
    return client.post(url("nurture-move"), {"pick": [one.pk for one in leads], **said})


def test_several_are_moved_to_another_track_and_keep_their_dates(mara: Client) -> None:
    make.TrackFactory(key="close", label="Close faster")
    dated, open_ended, held = resting(nurture_until=today(30)), resting(), resting()
    make.HandoffFactory(lead=held)
    page = mara.get(url("track", "newsletter")).content.decode()
    assert page.count('form="move"') == 3 and "Move to another track" in page
    asked = move(mara, dated, open_ended, held, next=url("track", "newsletter"))
    assert "Move 3 leads to another track" in asked.content.decode()
    done = move(mara, dated, open_ended, held, sure="yes", track="close")
    text = done.content.decode()
    assert done.context["heading"] == "2 moved, 1 not" and "is with sales now" in text
    for lead, until in ((dated, today(30)), (open_ended, None)):
        lead.refresh_from_db()
        assert (lead.nurture_track, lead.nurture_until) == ("close", until)
    assert "Back to the track" in text


def test_several_are_given_one_date(mara: Client) -> None:
    lead = resting()
    said = {"sure": "yes", "track": "newsletter", "until": today(40).isoformat()}
    assert move(mara, lead, **said).context["heading"] == "1 moved"
    assert move(mara, lead, **said).context["heading"] == "None moved"
    lead.refresh_from_db()
    assert lead.nurture_until == today(40)


def test_what_is_missing_or_wrong_about_a_move_is_said(mara: Client) -> None:
    lead = resting()
    refused = move(mara, lead, sure="yes", track="", note="Both asked for it")
    text = refused.content.decode()
    assert refused.status_code == 422 and "Choose the track." in text
    assert "Both asked for it" in text
    assert move(mara, sure="yes", track="newsletter").status_code == 302
    assert mara.get(url("nurture-move")).status_code == 405


def test_who_does_not_look_after_nurture_moves_nobody(client: Client) -> None:
    make.agreement_in_force()
    lead = resting()
    client.force_login(make.sam())
    assert move(client, lead, sure="yes", track="newsletter").status_code == 404


def test_a_date_far_ahead_is_kept_and_said(mara: Client) -> None:
    make.TrackFactory(key="close", label="Close faster")
    lead = resting(nurture_until=dt.date(2060, 1, 1))
    assert "more than five years ahead" in mara.get(url("nurtured", lead.pk)).content.decode()
    said = {"track": "close", "until": "2060-01-01", "do": "save"}
    answer = mara.post(url("nurtured", lead.pk), said, follow=True)
    assert "until 1 Jan 2060. That is more than five years ahead." in answer.content.decode()
    refused = mara.post(url("nurtured", lead.pk), {**said, "until": "2061-01-01"})
    assert refused.status_code == 422
