"""Nurture: on which track a lead rests, why and until when, who put it there, and how it ends."""

import datetime as dt
from typing import Any

import pytest

from handoff.models import Track
from leads.journey import nurturing, placing, qualifying, responding, summarising, tracks
from leads.journey.states import Conflict, Invalid, NotAllowed
from leads.models import Approval, Comeback, Event, Handoff, Lead
from tests import factories as make
from tests.factories import MONDAY
from tests.leads.arriving import agreement, arrive, handed_over

pytestmark = pytest.mark.django_db

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
NOV = dt.date(2026, 11, 2)
ANA = {"email": "ana@novapay.com"}


@pytest.fixture(autouse=True)
def _agreement() -> None:
    agreement()
    make.TrackFactory()


def rejected(*, until: dt.date | None = NOV, reason: str = "wrong_timing") -> Handoff:
    handoff = handed_over(**ANA)
    responding.reject(handoff.pk, reason=reason, until=until, actor=handoff.owner, at=MONDAY + HOUR)
    return handoff


def lead_of(handoff: Handoff) -> Lead:
    return Lead.objects.get(pk=handoff.lead_id)


def told(lead_id: int, kind: str) -> list[dict[str, Any]]:
    return [one.body for one in Event.objects.filter(lead=lead_id, kind=kind).order_by("seq")]


def test_a_rejected_lead_is_on_a_track_with_reason_date_and_who() -> None:
    handoff = rejected()
    lead = lead_of(handoff)
    assert (lead.status, lead.nurture_reason, lead.nurture_until) == (
        "nurture",
        "wrong_timing",
        NOV,
    )
    assert (lead.nurture_by, lead.nurture_since) == (handoff.owner, MONDAY + HOUR)
    assert lead.nurture_track == "newsletter"
    (body,) = told(lead.pk, "nurtured")
    assert body["sentence"] == "To nurture: Monthly product letter, until 2 Nov 2026"


def test_without_a_date_it_rests_as_long_as_the_track_says() -> None:
    Track.objects.update(rest_weeks=6)
    lead = lead_of(rejected(until=None, reason="out_of_segment"))
    assert lead.nurture_until == MONDAY.date() + dt.timedelta(weeks=6)


def test_without_a_rest_it_stays_until_it_does_something_new() -> None:
    lead = lead_of(rejected(until=None, reason="out_of_segment"))
    assert lead.nurture_until is None
    assert told(lead.pk, "nurtured")[0]["sentence"].endswith("until they do something new")


def test_an_imported_past_is_given_no_date_of_todays() -> None:
    Track.objects.update(rest_weeks=6)
    handoff = handed_over(**ANA, historical=True)
    actor = handoff.owner or make.sam()
    responding.reject(handoff.pk, reason="out_of_segment", actor=actor, at=MONDAY + HOUR)
    assert lead_of(handoff).nurture_until is None


def test_a_disposition_sends_it_there_too() -> None:
    handoff = handed_over(**ANA)
    responding.accept(handoff.pk, how="outreach_started", actor=handoff.owner, at=MONDAY + HOUR)
    answer = {"disposition": "nurture", "until": NOV, "actor": handoff.owner}
    responding.dispose(handoff.pk, **answer, at=MONDAY + 2 * HOUR)
    lead = lead_of(handoff)
    assert (lead.nurture_reason, lead.nurture_until, lead.nurture_by) == (
        "nurture",
        NOV,
        handoff.owner,
    )


def test_a_date_that_is_reached_brings_it_back_and_keeps_what_was() -> None:
    handoff = rejected()
    assert nurturing.come_back(at=dt.datetime(2026, 11, 2, 8, tzinfo=dt.UTC)) == 1
    again = Handoff.objects.open().get(lead=handoff.lead_id)
    back = Comeback.objects.get()
    assert (back.handoff, back.outcome, back.why) == (again, "back", "nurture date reached")
    assert (back.track, back.reason, back.until) == ("newsletter", "wrong_timing", NOV)
    assert (back.put_by, back.since) == (handoff.owner, MONDAY + HOUR)
    lead = lead_of(handoff)
    assert (lead.nurture_until, lead.nurture_reason, lead.nurture_by) == (None, "", None)
    assert lead.nurture_track == "newsletter"
    (body,) = told(lead.pk, "came_back")
    assert body["sentence"] == "Back from nurture (Monthly product letter): nurture date reached"


def test_something_new_brings_it_back_before_its_date_and_the_date_is_gone() -> None:
    handoff = rejected()
    again = arrive(**ANA, at=MONDAY + 2 * DAY)
    assert Comeback.objects.get().handoff_id == again.handoff_id
    assert Comeback.objects.get().why == "a new enquiry"
    assert lead_of(handoff).nurture_until is None
    assert nurturing.come_back(at=dt.datetime(2026, 11, 3, 8, tzinfo=dt.UTC)) == 0


def test_who_is_not_ready_at_its_date_stays_and_is_told_of() -> None:
    handoff = rejected()
    Lead.objects.filter(pk=handoff.lead_id).update(employees=5, country="FR", industry="retail")
    assert nurturing.come_back(at=dt.datetime(2027, 11, 2, 8, tzinfo=dt.UTC)) == 1
    assert not Handoff.objects.open().filter(lead=handoff.lead_id).exists()
    assert (Comeback.objects.get().outcome, Comeback.objects.get().handoff) == ("stays", None)
    lead = lead_of(handoff)
    assert (lead.status, lead.nurture_until, lead.nurture_reason) == (
        "nurture",
        None,
        "wrong_timing",
    )
    assert "not ready" in told(lead.pk, "nurtured")[-1]["sentence"]


def test_a_date_of_a_lead_that_sales_has_is_let_go_without_a_word() -> None:
    handoff = handed_over(**ANA)
    Lead.objects.filter(pk=handoff.lead_id).update(nurture_until=MONDAY.date())
    events = Event.objects.filter(lead=handoff.lead_id).count()
    assert nurturing.come_back(at=MONDAY + DAY) == 1
    assert lead_of(handoff).nurture_until is None
    assert Event.objects.filter(lead=handoff.lead_id).count() == events
    assert not Comeback.objects.exists()


def test_a_killed_worker_loses_nobody_and_brings_nobody_twice(monkeypatch: Any) -> None:
    handoff = rejected()
    at = dt.datetime(2026, 11, 2, 8, tzinfo=dt.UTC)
    with monkeypatch.context() as patched:
        patched.setattr(tracks, "leave", lambda *_, **__: (_ for _ in ()).throw(OSError("killed")))
        with pytest.raises(OSError, match="killed"):
            nurturing.come_back(at=at)
    assert lead_of(handoff).nurture_until == NOV
    assert nurturing.come_back(at=at) == 1
    assert nurturing.come_back(at=at) == 0
    assert Handoff.objects.open().filter(lead=handoff.lead_id).count() == 1
    assert Comeback.objects.count() == 1


def test_where_a_person_put_it_stays_although_a_rule_names_another_track() -> None:
    make.TrackFactory(key="close-faster", label="Close faster")
    handoff = rejected()
    placing.change(
        handoff.lead_id, track="close-faster", until=NOV, actor=make.mara(), at=MONDAY + 2 * HOUR
    )
    arrive(**ANA, at=MONDAY + DAY, role="PhD student", employees=3, touchpoints=[])
    assert lead_of(handoff).nurture_track == "close-faster"


def test_what_marketing_declines_says_who_and_when() -> None:
    lead = make.LeadFactory()
    judgement = make.JudgementFactory(lead=lead)
    approval = make.ApprovalFactory(lead=lead, judgement=judgement)
    qualifying.decline(approval.pk, note="Not yet", actor=make.mara(), at=MONDAY + HOUR)
    lead.refresh_from_db()
    assert (lead.status, lead.nurture_reason, lead.nurture_by) == (
        "nurture",
        "declined",
        make.mara(),
    )


def test_who_came_back_and_waited_for_approval_is_told_apart_from_who_was_handed_over() -> None:
    lead = make.LeadFactory(status="nurture", nurture_track="newsletter", nurture_reason="nurture")
    assert tracks.leave({lead.pk: (MONDAY, None)}, why="a new enquiry")
    assert Comeback.objects.get().handoff is None
    handoff = make.HandoffFactory(lead=lead)
    tracks.arrived(lead.pk, handoff.pk)
    assert Comeback.objects.get().handoff == handoff


def test_who_was_on_no_track_leaves_no_trace() -> None:
    lead = make.LeadFactory(status="nurture")
    assert tracks.leave({lead.pk: (MONDAY, None)}, why="a new enquiry") == []
    assert tracks.leave({}, why="nobody") == []
    assert not Comeback.objects.exists()


class TestByHand:
    def put(self, lead: Lead, **said: Any) -> Lead:
        given = {"track": "newsletter", "reason": "out_of_segment", "actor": make.mara()}
        return placing.put(lead.pk, **{**given, "at": MONDAY, **said})

    def test_a_lead_is_put_on_a_track_with_a_reason(self) -> None:
        lead = make.LeadFactory(status="disqualified")
        self.put(lead, until=NOV, note="Ask again")
        lead.refresh_from_db()
        assert (lead.status, lead.nurture_track, lead.nurture_until) == (
            "nurture",
            "newsletter",
            NOV,
        )
        (body,) = told(lead.pk, "nurtured")
        assert (body["note"], body["reason_label"]) == ("Ask again", "Out of segment")

    @pytest.mark.parametrize(
        ("said", "field"),
        [
            ({"until": MONDAY.date() - 2 * DAY}, "until"),
            ({"until": dt.date(2099, 1, 1)}, "until"),
            ({"track": "gone"}, "track"),
            ({"reason": ""}, "reason"),
            ({"reason": "duplicate"}, "reason"),
            ({"reason": "wrong_timing"}, "until"),
        ],
    )
    def test_a_wrong_answer_names_what_to_mend(self, said: dict[str, Any], field: str) -> None:
        make.ReasonFactory(key="duplicate", goes_to="merge")
        with pytest.raises(Invalid) as wrong:
            self.put(make.LeadFactory(), **said)
        assert wrong.value.field == field

    def test_only_marketing_and_managers_do(self) -> None:
        with pytest.raises(NotAllowed):
            self.put(make.LeadFactory(), actor=make.sam())

    def test_nobody_takes_a_lead_from_sales_so(self) -> None:
        handoff = handed_over(**ANA)
        with pytest.raises(Conflict, match="with sales now"):
            self.put(lead_of(handoff))

    def test_nor_one_that_waits_for_approval_or_was_merged(self) -> None:
        waiting = make.ApprovalFactory()
        assert waiting.state == Approval.State.WAITING
        with pytest.raises(Conflict, match="waits for approval"):
            self.put(waiting.lead)
        merged = make.LeadFactory(merged_into=make.LeadFactory())
        with pytest.raises(Conflict, match="merged"):
            self.put(merged)

    def test_it_moves_and_gets_another_date(self) -> None:
        make.TrackFactory(key="close-faster", label="Close faster")
        handoff = rejected()
        later = dt.date(2027, 1, 4)
        said = {"actor": make.mara(), "at": MONDAY + 2 * HOUR}
        placing.change(handoff.lead_id, track="close-faster", until=later, **said)
        placing.change(handoff.lead_id, track="close-faster", until=None, **said)
        lead = lead_of(handoff)
        assert (lead.nurture_track, lead.nurture_until, lead.nurture_reason) == (
            "close-faster",
            None,
            "wrong_timing",
        )
        sentences = [one["sentence"] for one in told(lead.pk, "nurtured")[1:]]
        assert sentences == [
            "Moved to Close faster, until 4 Jan 2027",
            "Stays on Close faster, until they do something new",
        ]
        with pytest.raises(Invalid):
            placing.change(handoff.lead_id, track="close-faster", until=None, **said)

    def test_taken_out_it_has_neither_track_nor_date_and_only_once(self) -> None:
        handoff = rejected()
        placing.take_out(handoff.lead_id, actor=make.lena(), at=MONDAY + 2 * HOUR)
        lead = lead_of(handoff)
        assert (lead.status, lead.nurture_track, lead.nurture_until) == ("nurture", "", None)
        with pytest.raises(Conflict, match="no track"):
            placing.take_out(handoff.lead_id, actor=make.lena(), at=MONDAY + 2 * HOUR)

    def test_decided_now_it_goes_to_sales_where_it_is_ready(self) -> None:
        handoff = rejected()
        decided = placing.decide_now(handoff.lead_id, actor=make.mara(), at=MONDAY + 2 * HOUR)
        assert decided.status == "sales_ready"
        assert Comeback.objects.get().why == "Mara Lindqvist asked"
        with pytest.raises(Conflict):
            placing.decide_now(handoff.lead_id, actor=make.mara(), at=MONDAY + 3 * HOUR)

    def test_what_is_not_in_nurture_cannot_be_moved_there(self) -> None:
        lead = make.LeadFactory(status="disqualified")
        with pytest.raises(Conflict, match="not in nurture"):
            placing.take_out(lead.pk, actor=make.mara(), at=MONDAY)


def test_the_owner_of_a_track_reads_in_the_summary_who_came_back() -> None:
    rejected()
    at = dt.datetime(2026, 11, 2, 8, tzinfo=dt.UTC)
    nurturing.come_back(at=at)
    parts = summarising.of_day(make.mara(), at=at + HOUR)
    (part,) = [one for one in parts if "nurture" in one["title"]]
    assert part["title"] == "1 lead of your nurture tracks decided anew"
    assert "back with sales" in part["lines"][0]["said"]
    assert not [one for one in summarising.of_day(make.lena(), at=at) if "nurture" in one["title"]]
    later = summarising.of_day(make.mara(), at=at + 2 * DAY)
    assert not [one for one in later if "nurture" in one["title"]]


def test_a_track_that_is_gone_is_called_by_its_key() -> None:
    assert tracks.label_of("gone") == "gone"
    assert tracks.label_of("") == "no track"
