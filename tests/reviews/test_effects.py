"""What each change of the definition did, beside what it changed."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from handoff import publishing
from handoff.models import DefinitionVersion, Reason
from handoff.publications import changes, publications
from leads.models import Handoff, Lead
from reviews.measures.effects import effects
from reviews.measures.rates import differ, rate
from tests import factories as make
from tests.factories import MONDAY
from tests.reviews.backtesting import stricter

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
FIRST = MONDAY - 30 * DAY
"""When the first definition of all tests became the law."""

NOW = MONDAY + 100 * DAY


@pytest.fixture
def former():
    return make.agreement_in_force()


@pytest.fixture
def later(former):
    """A stricter definition, the law from MONDAY on."""
    return publishing.publish(stricter(), actor=make.mara(), at=MONDAY, reason="Small ones fail")


def handed(version, at, accepted=0, rejected=0, waiting=0, **columns):
    """So many hand-overs that this version judged, made at this moment, each of another lead."""
    judgement = make.JudgementFactory(version=version)
    reason = columns.pop("reason", None) or Reason.objects.get(key="out_of_segment")
    no = {"rejected": True, "reason": reason}
    answers = [{"accepted": True}] * accepted + [no] * rejected + [{}] * waiting
    leads = Lead.objects.bulk_create([make.LeadFactory.build(account=None) for _ in answers])
    given = {"judgement": judgement, "team": make.sdr_na(), "owner": make.sam(), **columns}
    Handoff.objects.bulk_create(
        make.HandoffFactory.build(lead=lead, triggered_at=at, **given, **answer)
        for lead, answer in zip(leads, answers, strict=True)
    )


def effect(*, at=NOW, **given):
    """What the newest publication did."""
    return effects(publications(), at=at, **given)[0]


def told(*, at=NOW, **given):
    """The same in words, by label."""
    return {one.label: f"{one.figures}: {one.said}" for one in effect(at=at, **given).moved}


def test_it_says_what_sales_did_before_and_after_and_how_sure_that_is(former, later):
    handed(former, MONDAY - 7 * DAY, accepted=15, rejected=25)
    handed(later, MONDAY + 7 * DAY, accepted=26, rejected=4)
    assert told() == {
        "Accepted by sales": "38% (n 40) → 87% (n 30): more than chance, +27 to +65 points",
        "Rejected by sales": "62% (n 40) → 13% (n 30): more than chance, −65 to −27 points",
        "Rejected as “Out of segment”, which moved most": "62% (n 40) → 13% (n 30):"
        " more than chance, −65 to −27 points",
        "Handed over a week": "9.3 (n 40) → 3.8 (n 30): more than chance",
    }
    spread = [one.spread for one in effect().moved]
    assert spread[0] == "24 to 53% before, 70 to 95% after"
    assert spread[3] == "6.9 to 12.7 before, 2.6 to 5.4 after"


def test_a_small_difference_may_be_chance(former, later):
    handed(former, MONDAY - 7 * DAY, accepted=20, rejected=10)
    handed(later, MONDAY + 7 * DAY, accepted=21, rejected=9)
    assert "may be chance, −19 to +26 points" in told()["Accepted by sales"]


def test_few_answers_say_nothing_yet_and_never_will_once_it_is_over(former, later):
    handed(former, MONDAY - 7 * DAY, accepted=30)
    handed(later, MONDAY + DAY, accepted=14, waiting=30)
    soon = told(at=MONDAY + 10 * DAY)
    assert soon["Accepted by sales"] == (
        "100% (n 30) → 14 of 14: Too early to tell: 30 answered before, 14 after"
    )
    assert "Too few to tell" in told()["Accepted by sales"]


def test_a_week_is_the_least_that_tells_how_many_come(former, later):
    handed(former, MONDAY - 7 * DAY, accepted=30)
    handed(later, MONDAY + DAY, accepted=30)
    assert "Too early" in told(at=MONDAY + 3 * DAY)["Handed over a week"]


def test_nobody_handed_over_is_no_figure(former, later):
    assert effect().moved == ()


def test_only_its_own_weeks_and_its_own_hand_overs_count(former, later):
    inside = {"accepted": 1}
    handed(former, MONDAY - DAY, **inside)
    handed(former, FIRST - DAY, **inside)
    handed(former, MONDAY + DAY, **inside)
    handed(later, MONDAY - DAY, **inside)
    handed(later, MONDAY + 57 * DAY, **inside)
    handed(later, MONDAY + DAY, historical=True, **inside)
    handed(later, MONDAY + DAY, step="ae", **inside)
    handed(later, MONDAY + DAY, accepted=1)
    before = Handoff.objects.latest("pk")
    handed(later, MONDAY + DAY, previous=before, **inside)
    assert [side.handed for side in effect().sides] == [1, 1]
    handed(later, MONDAY + DAY, previous=before, reentry=True, **inside)
    assert [side.handed for side in effect().sides] == [1, 2]
    assert [side.handed for side in effect(with_past=True).sides] == [1, 3]


def test_each_side_ends_with_its_reign(former, later):
    publishing.rollback(former, actor=make.ada(), at=MONDAY + 10 * DAY, reason="Too strict")
    back, first, none = effects(publications(), at=MONDAY + 12 * DAY)
    assert none is None
    assert [one.span for one in first.sides] == ["4.3 weeks", "10 days"]
    assert [one.span for one in back.sides] == ["10 days", "2 days"]
    assert [one.number for one in back.sides] == [later.number, former.number]


def test_of_many_reasons_the_one_that_moved_most_is_not_taken_for_sure_so_easily(former, later):
    keys = [make.ReasonFactory(key=f"reason-{n}", label=f"Reason {n}") for n in range(8)]
    handed(former, MONDAY - 7 * DAY, accepted=30)
    handed(later, MONDAY + 7 * DAY, accepted=24)
    handed(later, MONDAY + 7 * DAY, rejected=6, reason=keys[0])
    alone = told()["Rejected as “Reason 0”, which moved most"]
    for reason in keys[1:]:
        handed(former, MONDAY - 7 * DAY, rejected=1, reason=reason)
    among_many = told()["Rejected as “Reason 0”, which moved most"]
    assert "more than chance" in alone and "may be chance" in among_many


def test_a_rate_is_as_sure_as_its_count():
    assert (rate(0, 2).low, rate(40, 4).value) == (0.0, 10.0)
    assert 7 < rate(40, 4).low < 10 < rate(40, 4).high < 14
    assert differ(rate(100, 8), rate(30, 8)) and not differ(rate(40, 8), rate(22, 4))
    with pytest.raises(ValueError, match="needs a time"):
        rate(3, 0)


def test_the_log_says_what_was_changed(former, later):
    newest, first = changes(publications())
    assert newest.sentences == ("Fit, Size: employees at least 100 → at least 1,000.",)
    assert first.sentences == ()


def words_of(answer):
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(text.split())


def test_everybody_reads_it_on_a_page_and_in_the_playbook(client, former, later):
    handed(former, MONDAY - 7 * DAY, accepted=15, rejected=25)
    address = reverse("reviews:changes")
    assert client.get(address).status_code == 302
    client.force_login(make.sam())
    page = client.get(address)
    assert page.status_code == 200 and client.post(address).status_code == 405
    text = words_of(page)
    assert "Small ones fail Mara Lindqvist" in text
    assert "Fit, Size: employees at least 100 → at least 1,000." in text
    assert f"4.3 weeks under v{former.number}, then" in text
    assert "Accepted by sales 38% (n 40) → 0 of 0: Too" in text
    assert "Imported hand-overs are left out." in text
    assert "Imported hand-overs are in." in words_of(client.get(address, {"past": "1"}))
    fragment = client.get(address, headers={"hx-request": "true"})
    assert b"<html" not in fragment.content and "Accepted by sales" in words_of(fragment)
    playbook = client.get(reverse("playbook")).content.decode()
    assert f'hx-get="{address}"' in playbook and f'<a href="{address}">' in playbook
    assert "employees at least 100" in playbook and "vendor/htmx.min.js" in playbook


def test_nothing_published_is_said(client):
    client.force_login(make.sam())
    assert "Nothing was published yet." in words_of(client.get(reverse("reviews:changes")))


def statements_of(client):
    """How many statements the page takes once what never changes was read."""
    address = reverse("reviews:changes")
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_it_costs_the_same_however_much_was_published(client, former, later):
    client.force_login(make.lena())
    before = statements_of(client)
    for days in range(1, 5):
        live = DefinitionVersion.objects.live().get()
        draft = publishing.clone(live, actor=make.mara(), at=MONDAY + days * DAY)
        publishing.publish(draft, actor=make.mara(), at=MONDAY + days * DAY, reason=f"No {days}")
    assert statements_of(client) == before <= 12
