"""Both halves of the agreement: every figure, what it counts, and the leads it opens."""

import datetime as dt
import re
from html import unescape

import pytest
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from leads.models import Clock, Handoff, Message, Miss, RecurringCause
from reviews.measures import causes, promises, sla, spans
from reviews.measures.lateness import late_now
from tests import factories as make
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)
NOW = MONDAY + 2 * DAY
ZONE = "America/New_York"


def handed(touch="met", *, late=False, missing=(), at=MONDAY, source="webinar", **columns):
    """A hand-over with the clocks that decide about both halves. `touch`: met, missed, running,
    overdue (its breach not yet written), stopped or none."""
    judgement = make.JudgementFactory(missing=list(missing), source=source)
    handoff = make.HandoffFactory(
        judgement=judgement,
        lead=judgement.lead,
        triggered_at=at - 9 * MINUTE,
        made_at=at,
        **columns,
    )
    calendar = make.CalendarFactory()
    clock = {"handoff": handoff, "calendar": calendar, "kind": "first_touch", "started_at": at}
    clock["minutes"] = 30.0
    due = at + 30 * MINUTE
    traits = {
        "met": {"state": "met", "ended_at": at + 5 * MINUTE},
        "missed": {"state": "met", "ended_at": due + MINUTE, "breached_at": due},
        "running": {"due_at": NOW + DAY},
        "overdue": {},
        "stopped": {"state": "stopped", "ended_at": at + MINUTE},
    }
    if touch in traits:
        make.ClockFactory(**clock, **traits[touch])
    if touch in ("met", "missed"):
        took = 5 if touch == "met" else 31
        Handoff.objects.filter(pk=handoff.pk).update(first_touch_at=at + took * MINUTE)
    ended = {"state": "met", "ended_at": at, "breached_at": at if late else None}
    begun = {"started_at": handoff.triggered_at, "minutes": 10.0, "calendar": None}
    make.ClockFactory(handoff=handoff, kind="handover", **begun, **ended)
    return handoff


def question(viewer=None, **narrowed):
    span = {"since": MONDAY - 7 * DAY, "until": MONDAY + 3 * DAY} | narrowed
    return promises.Question(viewer=viewer or make.mara(), **span)


def figures(viewer=None, **narrowed):
    return sla.figures(question(viewer, **narrowed), at=NOW, zone=ZONE)


@pytest.mark.parametrize(
    ("touch", "verdict"),
    [
        ("met", (1, 0, 0)),
        ("missed", (0, 1, 0)),
        ("overdue", (0, 1, 0)),
        ("running", (0, 0, 1)),
        ("stopped", (0, 0, 1)),
        ("none", (0, 0, 1)),
    ],
)
def test_sales_keeps_its_half_by_a_touch_in_time(touch, verdict):
    handed(touch)
    half = figures().all.sales
    assert (half.kept, half.missed, half.open) == verdict


def test_marketing_keeps_its_half_in_time_and_complete():
    handed()
    handed(late=True)
    handed(missing=["country"])
    handed(late=True, missing=["country"])
    row = figures().all
    assert (row.marketing.kept, row.marketing.missed) == (1, 3)
    assert (row.late, row.incomplete) == (2, 2)


def test_a_lead_returned_and_kept_waiting_is_no_late_hand_over():
    handoff = handed()
    make.ClockFactory(handoff=handoff, kind="handover", started_at=MONDAY + DAY, late=True)
    assert figures().all.marketing.kept == 1


def test_what_follows_from_a_hand_over_is_no_second_one():
    first = handed()
    handed(previous=first)
    handed(step="ae")
    handed(previous=first, reentry=True)
    assert figures().all.handed == 2


def test_the_imported_past_counts_only_when_asked_for():
    handed(historical=True)
    assert figures().all.handed == 0
    assert figures(with_past=True).all.handed == 1


def test_the_time_before_has_the_same_length():
    handed()
    for days in (8, 16, 17.5):
        handed(at=MONDAY - days * DAY)
    found = figures()
    assert (found.all.handed, found.before.handed) == (1, 2)


def test_half_and_nine_in_ten_are_times_that_were():
    for minute in range(10):
        handoff = handed()
        touched = MONDAY + (minute + 1) * MINUTE
        Handoff.objects.filter(pk=handoff.pk).update(first_touch_at=touched)
    half = figures().all.sales
    assert (half.median, half.ninth) == (300.0, 540.0)


def test_weeks_begin_on_monday_in_the_viewers_zone_and_none_is_left_out():
    sunday_night = dt.datetime(2026, 10, 12, 2, tzinfo=dt.UTC)
    handed(at=sunday_night)
    handed()
    weeks = {row.key: row.handed for row in figures().weeks}
    assert len(weeks) == spans.WEEKS
    assert (weeks["2026-10-05"], weeks["2026-10-12"], weeks["2026-07-27"]) == (1, 1, 0)


def test_a_rep_counts_their_own_and_their_teams():
    handed()
    handed(owner=make.otto(), team=None)
    handed(owner=make.ines(), team=make.TeamFactory(key="elsewhere"))
    assert figures(make.sam()).all.handed == 1
    assert figures(make.otto()).all.handed == 1
    assert figures(make.lena()).all.handed == 3


CASES = st.lists(
    st.fixed_dictionaries(
        {
            "touch": st.sampled_from(["met", "missed", "running", "overdue", "stopped", "none"]),
            "late": st.booleans(),
            "missing": st.sampled_from([(), ("country",)]),
            "source": st.sampled_from(["webinar", "event", None]),
            "tier": st.sampled_from(["urgent", "standard", None]),
            "owner": st.sampled_from(["sam", "ines", None]),
            "days": st.integers(0, 20),
        }
    ),
    max_size=12,
)


class TestAgainstASlowCount(TestCase):
    """Figures, and the leads behind them, as one counts them one by one."""

    @settings(max_examples=8)
    @given(CASES)
    def test_every_figure_is_what_one_counts(self, cases):
        slow: dict[tuple[str, str, str], int] = {}
        for case in cases:
            columns = dict(case)
            days, owner = columns.pop("days"), columns.pop("owner")
            person = getattr(make, owner)() if owner else None
            handed(at=MONDAY - days * DAY, owner=person, **columns)
            if days > 7:
                continue
            sales = {"met": "kept", "missed": "missed", "overdue": "missed"}.get(
                case["touch"], "open"
            )
            marketing = "missed" if case["late"] or case["missing"] else "kept"
            keys = {
                "tier": case["tier"] or "-",
                "source": case["source"] or "-",
                "rep": person.email if person else "-",
            }
            for dimension, key in keys.items():
                for half in (f"sales {sales}", f"marketing {marketing}"):
                    slow[dimension, key, half] = slow.get((dimension, key, half), 0) + 1
        found = figures()
        fast = {
            (dimension, row.key, f"{half} {verdict}"): count
            for dimension in ("tier", "source", "rep")
            for row in found.by[dimension]
            for half, counts in (("sales", row.sales), ("marketing", row.marketing))
            for verdict in ("kept", "missed", "open")
            if (count := getattr(counts, verdict))
        }
        assert fast == slow
        for (dimension, key, name), count in slow.items():
            half, verdict = name.split()
            asked = question(**{dimension: key})
            assert len(promises.found(asked, half, verdict, at=NOW)) == count


@pytest.fixture
def busy(time_machine):
    """Thirty hand-overs of every kind, seen on a Wednesday."""
    time_machine.move_to(NOW, tick=False)
    kinds = ["met", "missed", "running", "overdue", "stopped"]
    for place in range(30):
        handed(
            kinds[place % 5],
            late=place % 4 == 0,
            missing=["country"] if place % 7 == 0 else (),
            at=MONDAY - (place % 9) * DAY,
            source=["webinar", "event", "x & y"][place % 3],
            tier=["urgent", "standard", None][place % 3],
            owner=[make.sam(), make.ines(), None][place % 3],
            team=[make.sdr_na(), None][place % 2],
        )


def figures_on(html):
    """(address, figure) of everything on the page that opens leads."""
    for href, inside in re.findall(r'<a[^>]*href="([^"]*sla/leads/[^"]*)"[^>]*>(.*?)</a>', html):
        text = re.sub(r"<[^>]+>", " ", inside)
        match = re.search(r"(\d[\d,]*) of \d", text) or re.search(r"(\d[\d,]*)", text)
        yield unescape(href), int(match[1].replace(",", ""))


@pytest.mark.parametrize("who", ["mara", "sam"])
def test_every_figure_opens_as_many_leads_as_it_says(client, busy, who):
    client.force_login(getattr(make, who)())
    html = client.get(reverse("reviews:sla")).content.decode()
    opened = list(figures_on(html))
    assert len(opened) > 40
    for href, count in opened:
        title = re.search(r"<h1>(.*?)</h1>", client.get(href).content.decode())[1]
        said = int(re.search(r": (\d+) lead", title)[1])
        assert said == count, href


def test_under_twenty_cases_there_is_not_enough_data(client, time_machine):
    time_machine.move_to(NOW, tick=False)
    for _ in range(19):
        handed()
    client.force_login(make.mara())
    html = client.get(reverse("reviews:sla")).content.decode()
    assert "Not enough data" in html and "100%</b>" not in html
    handed()
    html = client.get(reverse("reviews:sla")).content.decode()
    assert "Sales keeps 100% of its half" in html


def test_what_is_late_now_is_told_of_both_sides():
    handed("overdue")
    handed("running")
    handed("overdue", historical=True)
    Clock.objects.filter(handoff__historical=True).update(acts=False)
    judgement = make.JudgementFactory()
    make.ApprovalFactory(lead=judgement.lead, judgement=judgement, due_at=MONDAY)
    found = late_now(question(), at=NOW)
    assert [(one.clock, one.is_marketing) for one in found] == [
        ("Approval", True),
        ("First touch", False),
    ]
    assert [one.clock for one in late_now(question(make.sam()), at=NOW)] == ["First touch"]


def test_a_page_costs_as_much_for_many_as_for_few(client, busy, django_assert_max_num_queries):
    client.force_login(make.mara())
    for name in ("reviews:sla", "reviews:sla-late"):
        client.get(reverse(name))
        with django_assert_max_num_queries(20):
            client.get(reverse(name))


@pytest.mark.parametrize(
    "query",
    [
        "since=2026-10-01",
        "since=2026-10-09&until=2026-10-01",
        "since=0001-01-01&until=0001-01-02",
        "since=9999-12-01&until=9999-12-31",
        "since=never&until=then",
        "period=0",
        "version=abc",
        "tier=" + "x" * 5000,
    ],
)
def test_a_question_that_cannot_be_read_shows_the_usual_one(client, query):
    client.force_login(make.mara())
    for name, also in (("sla", ""), ("sla-late", ""), ("sla-leads", "&half=sales&is=kept")):
        answer = client.get(f"{reverse(f'reviews:{name}')}?{query}{also}")
        assert answer.status_code == 200
        assert "The usual days are shown instead, with no filter." in answer.content.decode()
    answer = client.get(f"{reverse('reviews:sla-csv')}?{query}")
    assert (answer.status_code, answer["Content-Type"]) == (422, "text/plain; charset=utf-8")
    assert "cannot be read" in answer.content.decode()


@pytest.mark.parametrize("name", ["sla", "step-answers", "causes"])
@pytest.mark.parametrize(("who", "sees_all"), [("sam", False), ("otto", False), ("lena", True)])
def test_a_rep_is_offered_their_own_team_and_who_is_in_it(client, name, who, sees_all):
    make.agreement_in_force()
    make.otto()
    other = make.TeamFactory(key="emea", name="SDR EMEA")
    grace = make.UserFactory(name="Hana Brandt", rep=True)
    make.MembershipFactory(team=other, user=grace)
    handed(owner=grace, team=other)
    handed()
    client.force_login(getattr(make, who)())
    text = client.get(reverse(f"reviews:{name}"), {"period": "365"}).content.decode()
    assert ("SDR EMEA" in text) is sees_all
    assert (grace.email in text or "Hana Brandt" in text) is sees_all
    if who == "sam" and name != "causes":
        assert make.ines().email in text and make.sdr_na().name in text


def test_a_figure_that_is_none_is_not_found(client):
    client.force_login(make.mara())
    for query in ("", "half=sales&is=late", "half=x&is=kept", "half=marketing&is=open"):
        assert client.get(f"{reverse('reviews:sla-leads')}?{query}").status_code == 404


def test_the_file_says_what_the_page_says(client, busy):
    client.force_login(make.mara())
    answer = client.get(reverse("reviews:sla-csv"))
    lines = answer.content.decode().splitlines()
    assert answer["Content-Type"].startswith("text/csv")
    assert lines[0].startswith("by,key,name,handed_over,sales_kept")
    assert lines[1].startswith("all,,,30,6,12,12,")
    assert sum(line.startswith("week,") for line in lines) == spans.WEEKS


def missed_for(cause, kind="first_touch", **columns):
    handoff = handed("missed", **columns)
    clock = handoff.clocks.get(kind=kind)
    words = {"suggested": "other", "evidence": "Seen", "suggested_at": MONDAY}
    Miss.objects.create(clock=clock, cause=cause, **words)
    return handoff


def test_each_miss_of_both_halves_has_one_cause():
    missed_for("coverage_gap")
    missed_for("wrong_queue", kind="handover", late=True, missing=["country"])
    handed(missing=["country"])
    handed(late=True)
    found = {one.cause: (one.sales, one.marketing) for one in causes.why(question(), at=NOW)}
    assert found == {
        "coverage_gap": (1, 0),
        "wrong_queue": (0, 1),
        "missing_data": (0, 1),
        "unsaid": (1, 1),
    }
    row = figures().all
    assert sum(sales for sales, _ in found.values()) == row.sales.missed
    assert sum(marketing for _, marketing in found.values()) == row.marketing.missed


def test_a_cause_opens_its_leads(client, time_machine):
    time_machine.move_to(NOW, tick=False)
    missed_for("coverage_gap")
    handed("missed")
    client.force_login(make.mara())
    html = client.get(reverse("reviews:sla")).content.decode()
    assert "Why 2 were missed" in html
    hrefs = [(href, count) for href, count in figures_on(html) if "cause=" in href]
    assert len(hrefs) == 2
    for href, count in hrefs:
        assert f": {count} lead" in client.get(href).content.decode()
    address = f"{reverse('reviews:sla-leads')}?half=sales&is=kept&cause=other"
    assert client.get(address).status_code == 404


def test_every_cause_by_week_team_and_source_opens_its_leads(client, busy):
    missed_for("coverage_gap", source="event", at=MONDAY - 9 * DAY)
    missed_for("wrong_queue", kind="handover", late=True, team=None)
    client.force_login(make.mara())
    html = client.get(reverse("reviews:causes"), {"since": "2026-10-01", "until": "2026-10-14"})
    opened = list(figures_on(html.content.decode()))
    assert len(opened) > 12
    for href, count in opened:
        title = re.search(r"<h1>(.*?)</h1>", client.get(href).content.decode())[1]
        assert int(re.search(r": (\d+) lead", title)[1]) == count, href
    narrowed = client.get(reverse("reviews:causes"), {"team": "sdr-na"}).content.decode()
    assert "Remove filter Team" in narrowed and "SDR North America" in narrowed


def test_causes_are_told_by_week_team_and_source(client, time_machine):
    time_machine.move_to(NOW, tick=False)
    missed_for("coverage_gap", source="event")
    missed_for("coverage_gap", source="webinar", at=MONDAY - 7 * DAY)
    spreads = causes.spreads(question(since=MONDAY - 9 * DAY), at=NOW, zone=ZONE)
    assert [(row.key, row.all) for row in spreads["week"]] == [("2026-10-05", 1), ("2026-10-12", 1)]
    client.force_login(make.sam())
    html = client.get(reverse("reviews:causes")).content.decode()
    assert "SDR North America" in html and "Event" in html and "Take it up" not in html


def test_a_cause_that_comes_back_gets_an_owner_and_a_day_and_is_closed(client, time_machine):
    time_machine.move_to(NOW, tick=False)
    address = reverse("reviews:causes")
    named = {
        "cause": "coverage_gap",
        "team": make.sdr_na().pk,
        "source": "event",
        "owner": make.sam().pk,
        "due": "2026-11-01",
        "note": "Cover Fridays",
    }
    client.force_login(make.sam())
    assert client.post(address, named).status_code == 403
    client.force_login(make.lena())
    assert client.post(address, named | {"due": "2026-01-01"}).status_code == 422
    assert client.post(address, named | {"note": " "}).status_code == 422
    assert client.post(address, named).status_code == 302
    found = RecurringCause.objects.get()
    assert str(found) == "Coverage gap (SDR North America, event)"
    assert Message.objects.filter(kind="recurring_cause", recipient=make.sam()).exists()
    client.force_login(make.otto())
    client.post(reverse("reviews:close-cause", args=[found.pk]))
    found.refresh_from_db()
    assert found.is_open
    client.force_login(make.sam())
    for _ in range(2):
        assert client.post(reverse("reviews:close-cause", args=[found.pk])).status_code == 302
    found.refresh_from_db()
    assert found.closed_by == make.sam()
