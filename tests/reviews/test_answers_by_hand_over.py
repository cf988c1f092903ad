"""Acceptance, reasons and clocks of each hand-over of the path, apart from each other."""

import datetime as dt

import pytest
from django.urls import reverse

from leads.journey.states import move
from reviews.measures import answering, promises, sla
from tests import factories as make
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
NOW = MONDAY + 2 * DAY


def handed(step="sdr", *, accept="", **columns):
    judgement = make.JudgementFactory(source="webinar")
    at = columns.pop("made_at", MONDAY)
    handoff = make.HandoffFactory(
        step=step, judgement=judgement, lead=judgement.lead, made_at=at, triggered_at=at, **columns
    )
    if accept:
        late = at if accept == "late" else None
        make.ClockFactory(
            handoff=handoff, kind="accept", state="met", ended_at=at, breached_at=late
        )
    return handoff


def question(viewer=None, **narrowed):
    span = {"since": MONDAY - DAY, "until": MONDAY + DAY} | narrowed
    return promises.Question(viewer=viewer or make.mara(), **span)


@pytest.fixture
def floor():
    """Two steps: some said yes, some no, some sent back."""
    make.StepFactory()
    reason = make.ReasonFactory()
    ended = {"ended_at": MONDAY + DAY}
    yes = {"state": "accepted", "accepted_at": MONDAY + dt.timedelta(minutes=5)}
    handed(accept="in_time", **yes)
    handed(accept="late", state="rejected", reason=reason, **ended)
    handed()
    handed("ae", accept="in_time", **yes)
    handed("ae", historical=True)
    back = handed("ae")
    move(back, "send_back", actor=make.sam(), at=MONDAY, body={"reason": reason.key})
    move(back, "take_up", actor=make.sam(), at=MONDAY)
    return reason


def test_each_step_is_counted_by_itself(floor):
    first, second = answering.answers(question())
    assert (first.step, first.made, first.accepted, first.rejected) == ("sdr", 3, 1, 1)
    assert (first.waiting, first.back, first.in_time, first.late) == (1, 0, 1, 1)
    assert first.median == 300
    assert (second.step, second.made, second.accepted, second.back) == ("ae", 2, 1, 1)
    assert first.reasons[0].rejected == 1 and second.reasons[0].back == 1
    assert (first.acceptance.count, first.acceptance.n) == (1, 2)
    assert (first.sent_back.n, first.punctual.n) == (3, 2)


def test_every_figure_opens_as_many_leads_as_it_says(floor):
    for one in answering.answers(question()):
        for kind, said in (
            ("made", one.made), ("accepted", one.accepted), ("rejected", one.rejected),
            ("back", one.back), ("waiting", one.waiting), ("in_time", one.in_time),
            ("late", one.late),
        ):  # fmt: skip
            assert len(answering.behind(question(), one.step, kind)) == said, (one.step, kind)
        for why in one.reasons:
            for kind, said in (("back", why.back), ("rejected", why.rejected)):
                found = answering.behind(question(), one.step, kind, why.key)
                assert len(found) == said, (one.step, kind)


def test_a_rep_sees_their_own_and_the_past_counts_when_asked(floor):
    assert answering.answers(question(make.otto())) == []
    assert answering.answers(question(with_past=True))[1].made == 3


def test_both_halves_count_one_step_at_a_time(floor):
    zone = "America/New_York"
    first = sla.figures(question(), at=NOW, zone=zone)
    later = sla.figures(question(step="ae"), at=NOW, zone=zone)
    assert (first.all.handed, later.all.handed) == (3, 2)
    assert (later.all.marketing.kept, later.all.incomplete) == (1, 1)


@pytest.fixture
def mara(client):
    person = make.mara()
    client.force_login(person)
    return person


DAYS = {"since": "2026-10-10", "until": "2026-10-14"}


def test_the_page_tells_both_and_links_to_the_leads(client, mara, floor):
    make.agreement_in_force()
    text = client.get(reverse("reviews:step-answers"), DAYS).content.decode()
    for said in ("Marketing to SDR", "SDR to AE", "SDR to AE: reasons", floor.label):
        assert said in text, said
    leads = client.get(
        reverse("reviews:step-answers-leads"),
        {**DAYS, "of": "ae", "is": "back", "reason": floor.key},
    ).content.decode()
    assert f"SDR to AE: given back: {floor.label}: 1 lead" in " ".join(leads.split())


def test_the_page_of_both_halves_may_be_asked_of_a_later_step(client, mara, floor):
    make.agreement_in_force()
    page = client.get(reverse("reviews:sla"), {**DAYS, "step": "ae"})
    text = page.content.decode()
    assert "AE: first touch in time" in text and "SDR: handed on for good" in text
    assert "1 sent back" in text
    listed = client.get(
        reverse("reviews:sla-leads"), {**DAYS, "step": "ae", "half": "marketing", "is": "missed"}
    ).content.decode()
    assert "Sent back to the step before: 1 lead" in listed


@pytest.mark.parametrize("query", [{"of": "ae", "is": "nonsense"}, {"of": "none", "is": "made"}])
def test_a_figure_there_is_not_is_not_there(client, mara, floor, query):
    assert client.get(reverse("reviews:step-answers-leads"), query).status_code == 404


def test_without_hand_overs_it_says_so(client, mara):
    make.agreement_in_force()
    text = client.get(reverse("reviews:step-answers"), DAYS).content.decode()
    assert "No hand-over in these days" in text
