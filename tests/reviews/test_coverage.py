"""The coverage audit: what is found, how many leads it is about, and that it opens just these."""

import datetime as dt
import re
from html import unescape

import pytest
from django.urls import reverse

from handoff.models import Membership, Team, User
from leads.journey.states import Conflict, Invalid, NotAllowed
from leads.models import Event, Handoff, Message
from leads.sending.composing import compose
from reviews import knowing, weekly
from reviews.measures.coverage import hours
from reviews.measures.coverage.audit import audit
from reviews.measures.coverage.finding import Span
from reviews.models import KnownGap
from tests import factories as make
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)
NOW = MONDAY + 10 * DAY


@pytest.fixture(autouse=True)
def _late_october(time_machine):
    time_machine.move_to(NOW, tick=False)


def handed(at=MONDAY, **columns):
    """A hand-over that came, opened by its owner at once, and ended so that nothing stands."""
    facts = {name: columns.pop(name) for name in FACTS if name in columns}
    judgement = make.JudgementFactory(as_of=at, **facts)
    columns.setdefault("closed", True)
    handoff = make.HandoffFactory(
        judgement=judgement, lead=judgement.lead, triggered_at=at, made_at=at, **columns
    )
    if columns.get("opened_at", at):
        opened(handoff, at=at)
    return handoff


FACTS = ("country", "region", "language", "product_interest", "motion", "missing", "rule")


def opened(handoff, *, at):
    Handoff.objects.filter(pk=handoff.pk).update(opened_at=at)
    Event.objects.create(
        lead=handoff.lead, seq=1, at=at, kind="opened", handoff=handoff, body_digest="", digest=""
    )


def found(viewer=None, **asked):
    span = Span(NOW, viewer or make.mara(), **asked)
    return {one.finding.key: one.finding for one in audit(span).open}


def of(area, **asked):
    return [one for one in found(**asked).values() if one.area == area]


class TestRules:
    def test_a_rule_that_decided_about_nobody_is_named_with_when_it_last_did(self):
        make.agreement_in_force()
        make.JudgementFactory(as_of=MONDAY - 60 * DAY, rule="student")
        handed()
        gap = found(days=30)["rule:student"]
        assert gap.says == "“Student” decided about none of 1 leads judged in 30 days."
        assert gap.since == MONDAY - 60 * DAY
        assert gap.href == reverse("playbook") + "#rule-student"
        assert "rule:student" not in found(days=90)
        assert "rule:hand_raiser" not in found(days=30)

    def test_one_that_never_did_says_so_and_since_when_it_is_in_force(self):
        make.agreement_in_force()
        handed()
        gap = found()["route:account"]
        assert gap.says == "“Account” took none of 1 hand-overs in 90 days; it never has."
        assert gap.since == MONDAY - 30 * DAY

    def test_where_nothing_was_judged_no_rule_is_blamed(self):
        make.agreement_in_force()
        assert not of("rules")

    def test_reps_hear_of_their_teams_only(self):
        make.agreement_in_force()
        handed(route="default", missing=["country"])
        assert not of("rules", viewer=make.sam()) and not of("default", viewer=make.sam())


class TestFallen:
    def test_each_reason_has_its_leads(self):
        make.agreement_in_force()
        handed(route="default", missing=["country", "company"])
        handed(route="default", missing=["country"])
        handed(route="default")
        handed(route=None, fault="Routing failed (LookupError: no team).")
        passed = handed(route="default", missing=["country"])
        rules = [{"key": "na", "holds": True, "why": "Nobody in the team could take it"}]
        make.AssignmentFactory(handoff=passed, explanation={"rules": rules})
        for _ in range(3):
            handed()
        says = {gap.key: gap.says for gap in of("default")}
        assert says == {
            "default:fault": "1 of 8 hand-overs fell to the last rule because routing failed.",
            "default:nobody": "1 of 8 hand-overs fell to the last rule because nobody behind an"
            " earlier rule could take them.",
            "default:missing": "2 of 8 hand-overs fell to the last rule with required data missing:"
            " country 2, company 1.",
            "default:unforeseen": "1 of 8 hand-overs fell to the last rule though nothing was"
            " missing: no earlier rule is about them.",
        }


class TestSegments:
    def serve(self, **lists):
        team = make.sdr_na()
        Membership.objects.filter(team=team).update(**lists)
        return team

    def test_a_country_nobody_serves(self):
        team = self.serve(territories=["US", "EMEA"])
        handed(country="BR", language="pt")
        handed(country="BR", region="LATAM")
        handed(country="DE", region="emea")
        handed(country="DE", region="EMEA")
        handed(country="US")
        handed(country=None)
        says = sorted(gap.says for gap in of("segments"))
        assert says == [
            f"Nobody in {team} serves Brazil, region LATAM: 1 lead came to it.",
            f"Nobody in {team} serves Brazil: 1 lead came to it.",
        ]

    def test_a_language_product_and_motion(self):
        self.serve(languages=["en"], products=["Close"], motions=["enterprise"])
        handed(language="FR", motion="enterprise")
        handed(product_interest="close ", motion="enterprise")
        handed(product_interest="treasury", motion="enterprise")
        handed(motion="self_serve")
        handed()
        team = make.sdr_na()
        assert {gap.says for gap in of("segments")} == {
            f"Nobody in {team} serves language FR: 1 lead came to it.",
            f"Nobody in {team} serves Treasury: 1 lead came to it.",
            f"Nobody in {team} serves motion self_serve: 1 lead came to it.",
            f"Nobody in {team} serves leads of no motion: 1 lead came to it.",
        }

    def test_each_alone_is_served_but_nobody_serves_both(self):
        team = make.sdr_na()
        Membership.objects.filter(user=make.sam()).update(territories=["FR"], languages=["en"])
        Membership.objects.filter(user=make.ines()).update(territories=["DE"], languages=["fr"])
        handed(country="FR", language="fr")
        (gap,) = of("segments")
        assert gap.says.startswith(f"Each alone is served in {team}, but nobody serves France,")

    def test_a_team_of_nobody_tells_the_tiers(self):
        empty = make.TeamFactory(key="empty", name="Empty team")
        handed(team=empty, owner=None, assigned_at=None, opened_at=MONDAY)
        (gap,) = of("segments")
        assert gap.says == "Nobody takes leads in Empty team: 1 lead came to it, tier Hand-raiser."

    def test_members_who_left_serve_nobody_and_in_a_queue_weight_does_not_matter(self):
        make.sdr_na()
        Membership.objects.update(weight=0)
        handed()
        assert of("segments")
        Team.objects.update(pick="pull")
        assert not of("segments")
        User.objects.filter(email__startswith="sam").update(is_active=False)
        Membership.objects.filter(user=make.ines()).update(active=False)
        assert of("segments")


class TestHours:
    def test_leads_of_the_evening_are_counted_and_opened(self):
        for day in range(5):
            handed(at=MONDAY + day * DAY)
            handed(at=MONDAY + day * DAY + 9 * HOUR + dt.timedelta(minutes=59))
        gap = found()["hours:sdr-na"]
        assert gap.says == (
            "5 of 10 leads came to SDR North America while nobody of it works, most on Mon 19–20."
        )
        assert len(gap.behind.ids()) == 5

    def test_few_of_many_are_no_gap(self):
        for _ in range(60):
            handed()
        for _ in range(5):
            handed(at=MONDAY + 10 * HOUR)
        assert not of("hours")

    def test_the_hours_of_all_members_count_each_in_their_zone(self):
        make.sdr_na()
        berlin = make.CalendarFactory(berlin=True)
        Membership.objects.filter(user=make.ines()).update(calendar=berlin)
        handed()
        (week,) = hours.weeks(Span(NOW, make.mara()))
        open_on_monday = [span for span in week.open if span[0] < 24 * 60]
        assert open_on_monday == [(180, 390), (450, 750), (810, 1050)]
        assert week.days[0][1][6].mood == "part" and week.days[0][1][10].mood == "on"
        assert sum(end - start for start, end in week.closed + week.open) == 7 * 24 * 60

    def test_a_week_goes_round_at_its_ends(self):
        team = make.TeamFactory(key="far", calendar=make.CalendarFactory(berlin=True))
        auckland = make.CalendarFactory(
            key="nz", timezone="Pacific/Auckland", hours={"mon": ["08:00-24:00"]}
        )
        make.MembershipFactory(team=team, user=make.otto(), calendar=auckland)
        handed(team=team, owner=make.otto())
        (week,) = hours.weeks(Span(NOW, make.mara()))
        assert week.open == ((0, 780), (9900, 10080))


class TestLoad:
    def test_more_open_than_the_limits_of_those_who_are_there(self):
        team = make.sdr_na()
        Membership.objects.update(max_open=2)
        for _ in range(3):
            handed(closed=False, at=NOW - DAY)
        assert not of("capacity")
        make.AbsenceFactory(user=make.ines(), starts_at=NOW - DAY, ends_at=NOW + DAY)
        (gap,) = of("capacity")
        assert gap.says == f"{team} has 3 open leads and room for 2, 1 of 2 being away."
        assert len(gap.behind.ids()) == 3

    def test_days_on_which_more_came_than_may(self):
        team = make.sdr_na()
        Membership.objects.update(max_per_day=1)
        for _ in range(3):
            handed()
        handed(at=MONDAY + DAY)
        (gap,) = of("capacity")
        assert gap.says == (
            f"On 1 of 2 days more came to {team} than it may take in a day, most on Mon 12 Oct:"
            " 3 where 2 may."
        )
        assert (gap.count, len(gap.behind.ids())) == (3, 3)

    def test_one_member_without_a_limit_is_no_limit(self):
        make.sdr_na()
        Membership.objects.filter(user=make.sam()).update(max_open=1, max_per_day=1)
        for _ in range(5):
            handed(closed=False, at=NOW - DAY)
        assert not of("capacity")


class TestStanding:
    def test_a_team_of_which_nobody_opened_any(self):
        handed(opened_at=None)
        (gap,) = of("queues")
        assert "Nobody has opened any of 1 lead that came to SDR North America" in gap.says
        handed()
        assert not of("queues")

    def test_leads_that_wait_untaken_or_unseen_for_longer_than_a_weekend(self):
        old, fresh = NOW - 4 * DAY, NOW - 2 * DAY
        handed()
        for at in (old, fresh):
            handed(at=at, owner=None, assigned_at=None, closed=False, opened_at=None)
            handed(at=at, closed=False, opened_at=None)
        says = {gap.key: (gap.count, gap.since) for gap in of("queues")}
        assert says == {"queue:untaken:sdr-na": (1, old), "queue:unseen:sdr-na": (1, old)}

    def test_leads_of_who_left_lead_to_handing_them_on(self):
        sam = make.sam()
        handed(closed=False, at=NOW - DAY)
        handed(closed=False, at=NOW - DAY, owner=make.ines())
        Membership.objects.filter(user=make.ines()).update(active=False)
        User.objects.filter(pk=sam.pk).update(is_active=False)
        gaps = of("left")
        assert {gap.says for gap in gaps} == {
            "Sam Ortiz is not here any more and still owns 1 open lead of SDR North America.",
            "Ines Ferro has left SDR North America and still owns 1 open lead.",
        }
        assert reverse("leads:hand-on", args=[sam.pk]) + "?team=sdr-na" in {g.href for g in gaps}


class TestHandingOn:
    """The way from a gap to its end: all leads of who left go at once."""

    @pytest.fixture
    def gap(self):
        make.agreement_in_force()
        elsewhere = make.TeamFactory(key="elsewhere", members=(make.sam(),))
        for team in (make.sdr_na(), make.sdr_na(), elsewhere):
            handed(closed=False, at=NOW - DAY, team=team)
        Membership.objects.filter(user=make.sam(), team=make.sdr_na()).update(active=False)
        return found()[f"left:{make.sam().pk}:sdr-na"]

    def post(self, client, gap, to, **more):
        client.force_login(make.lena())
        rows = client.get(gap.href).context["rows"]
        told = {"reassign-to": to, "reassign-reason": "wrong_territory", **more}
        return client.post(gap.href, {"pick": [row.pk for row in rows], **told}, follow=True)

    def test_to_the_teams_turn_each_by_itself(self, client, gap):
        html = self.post(client, gap, "sdr-na").content.decode()
        assert "2 leads went: Ines Ferro 2." in html
        assert Handoff.objects.working().filter(owner=make.sam()).count() == 1
        assert not of("left")

    def test_to_a_named_colleague_and_never_without_a_reason(self, client, gap):
        answer = self.post(client, gap, make.ines().email, **{"reassign-reason": ""})
        assert answer.status_code == 422 and found()[gap.key].count == 2
        html = self.post(client, gap, make.ines().email).content.decode()
        assert "2 leads went: Ines Ferro 2." in html

    def test_what_cannot_go_says_why_and_keeps_nothing_back(self, client, gap):
        one = Handoff.objects.filter(team=make.sdr_na()).first()
        Handoff.objects.filter(pk=one.pk).update(state="returned")
        html = self.post(client, gap, make.ines().email).content.decode()
        assert "Went: Ines Ferro 1. 1 lead did not" in html
        assert found()[gap.key].count == 1

    def test_a_rep_may_not(self, client, gap):
        client.force_login(make.otto())
        assert client.get(gap.href).status_code == 404
        assert client.post(gap.href, {"reassign-to": "sdr-na"}).status_code == 404


def everything():
    """One house with a gap of nearly every kind."""
    make.agreement_in_force()
    Membership.objects.update(territories=["US"], max_open=1, max_per_day=1)
    for place in range(12):
        handed(
            at=MONDAY + place % 3 * DAY + (place % 4) * 4 * HOUR,
            country=["US", "BR", "DE"][place % 3],
            route=["na", "default"][place % 2],
            missing=[[], ["country"]][place % 2],
            closed=place % 2 == 0,
            opened_at=None if place % 5 else MONDAY,
            owner=[make.sam(), make.ines()][place % 2],
        )
    handed(at=MONDAY, owner=None, assigned_at=None, closed=False, opened_at=None)
    Membership.objects.filter(user=make.ines()).update(active=False)


@pytest.mark.parametrize("who", ["mara", "lena", "sam"])
def test_every_gap_opens_as_many_leads_as_it_says(client, who):
    everything()
    client.force_login(getattr(make, who)())
    html = client.get(reverse("reviews:coverage")).content.decode()
    links = re.findall(r'<a href="([^"]*coverage/leads/[^"]*)">(\d+) leads?</a>', html)
    assert len(links) >= 5
    for href, count in links:
        answer = client.get(unescape(href)).content.decode()
        assert re.search(r"<h1>.*: (\d+) leads?</h1>", answer)[1] == count, href
        assert answer.count("<tr data-row>") == int(count)


def test_leads_of_a_team_that_one_answers_for_and_is_not_in_are_said_to_be_closed(client):
    everything()
    rosa = make.UserFactory(email="rosa@northwind.example", name="Rosa Lind")
    Team.objects.filter(key="sdr-na").update(responsible=rosa)
    client.force_login(rosa)
    html = client.get(reverse("reviews:coverage")).content.decode()
    href = re.search(r'<a href="([^"]*coverage/leads/[^"]*)">\d+ leads?</a>', html)[1]
    answer = client.get(unescape(href)).content.decode()
    assert "Ask a manager to add you" in answer and "Somebody mended it" not in answer
    assert "<tr data-row>" not in answer


def test_the_page_costs_as_much_for_many_as_for_few(client, django_assert_max_num_queries):
    everything()
    client.force_login(make.mara())
    client.get(reverse("reviews:coverage"))
    with django_assert_max_num_queries(40):
        client.get(reverse("reviews:coverage"))


def test_without_a_gap_the_page_says_so(client):
    make.sdr_na()
    client.force_login(make.mara())
    html = client.get(reverse("reviews:coverage")).content.decode()
    assert "Nothing came in these days" in html
    handed()
    html = client.get(reverse("reviews:coverage")).content.decode()
    gone = [gap for gap in found().values() if gap.area != "rules"]
    assert not gone and "Coverage" in html
    client.force_login(make.sam())
    html = client.get(reverse("reviews:coverage")).content.decode()
    assert "Everything that came in had a rule, a team and a person" in html


@pytest.mark.parametrize("query", ["days=7", "days=x", "days=7&past=1"])
def test_a_question_that_cannot_be_read_shows_the_usual_one_and_says_so_and_makes_no_file(
    client, query
):
    everything()
    client.force_login(make.mara())
    html = client.get(f"{reverse('reviews:coverage')}?{query}").content.decode()
    assert "Days: Select a valid choice." in html and "The usual days are shown instead" in html
    assert "last 90 days, without the imported past" in html
    behind = f"{reverse('reviews:coverage-leads')}?{query}&finding=capacity:open:sdr-na"
    assert "The usual days are shown instead" in client.get(behind).content.decode()
    answer = client.get(f"{reverse('reviews:coverage-csv')}?{query}")
    assert (answer.status_code, answer["Content-Type"]) == (422, "text/plain; charset=utf-8")
    assert "Days: Select a valid choice." in answer.content.decode()


@pytest.mark.parametrize("query", ["", "days=", "past=0", "days=30&past=1"])
def test_a_question_that_can_be_read_is_answered_without_a_complaint(client, query):
    make.agreement_in_force()
    client.force_login(make.mara())
    for name in ("reviews:coverage", "reviews:coverage-csv"):
        answer = client.get(f"{reverse(name)}?{query}")
        assert answer.status_code == 200 and b"are shown instead" not in answer.content


def test_a_gap_that_is_none_or_of_another_team_is_not_found(client):
    everything()
    address = reverse("reviews:coverage-leads")
    client.force_login(make.mara())
    assert client.get(address, {"finding": "nothing"}).status_code == 404
    assert client.get(address, {"finding": "rule:student"}).status_code == 404
    client.force_login(make.otto())
    assert client.get(address, {"finding": "capacity:open:sdr-na"}).status_code == 404


def test_the_file_says_what_the_page_says(client):
    everything()
    client.force_login(make.mara())
    lines = client.get(reverse("reviews:coverage-csv")).content.decode().splitlines()
    assert lines[0].startswith("area,finding,leads,since,team")
    assert len(lines) == 1 + len(found())


class TestKnown:
    @pytest.fixture
    def gap(self):
        everything()
        return found()["capacity:open:sdr-na"]

    def post(self, client, gap, **more):
        told = {"finding": gap.key, "until": "2026-11-01", "because": "Two join in November"}
        return client.post(reverse("reviews:coverage-known"), told | more)

    def test_a_gap_is_let_be_until_a_day_and_told_again_after_it(self, client, gap, time_machine):
        client.force_login(make.lena())
        assert self.post(client, gap).status_code == 302
        assert gap.key not in found()
        html = client.get(reverse("reviews:coverage")).content.decode()
        assert "Known until 1 Nov 2026, because: Two join in November (Lena Brandt" in html
        assert KnownGap.objects.standing(at=dt.datetime(2026, 11, 1, 23, tzinfo=dt.UTC))
        assert not KnownGap.objects.standing(at=dt.datetime(2026, 11, 2, tzinfo=dt.UTC))

    def test_it_is_told_again_when_somebody_says_so(self, client, gap):
        client.force_login(make.lena())
        self.post(client, gap)
        self.post(client, gap, because="Three join")
        (standing,) = KnownGap.objects.standing(at=NOW)
        address = reverse("reviews:coverage-again", args=[standing.pk])
        assert client.get(address).status_code == 405
        assert client.post(address).status_code == 302
        assert gap.key in found()
        with pytest.raises(Conflict):
            knowing.tell_again(standing.pk, actor=make.lena(), at=NOW)

    @pytest.mark.parametrize(
        "wrong", [{"until": "2026-10-22"}, {"until": "2029-01-01"}, {"until": ""}, {"because": " "}]
    )
    def test_what_is_wrong_is_said_and_nothing_typed_is_lost(self, client, gap, wrong):
        client.force_login(make.lena())
        answer = self.post(client, gap, **wrong)
        assert answer.status_code == 422 and not KnownGap.objects.exists()
        html = answer.content.decode()
        assert "field-error" in html and (wrong.get("because") or "Two join in November") in html

    def test_reps_read_and_outsiders_do_not_learn_of_it(self, client, gap):
        client.force_login(make.sam())
        assert self.post(client, gap).status_code == 403
        assert (
            "Let it be until then" not in client.get(reverse("reviews:coverage")).content.decode()
        )
        with pytest.raises(NotAllowed):
            knowing.let_be(gap, until=NOW.date(), because="x", actor=make.sam(), at=NOW)
        made = knowing.let_be(gap, until=NOW.date() + DAY, because="x", actor=make.lena(), at=NOW)
        client.force_login(make.otto())
        client.post(reverse("reviews:coverage-again", args=[made.pk]))
        made.refresh_from_db()
        assert made.ended_at is None

    def test_a_gap_there_is_not_is_not_found(self, client, gap):
        client.force_login(make.lena())
        assert self.post(client, gap, finding="capacity:open:nowhere").status_code == 404
        with pytest.raises(Invalid):
            knowing.let_be(gap, until=NOW.date(), because="x", actor=make.lena(), at=NOW)


class TestMondayLetter:
    MORNING = dt.datetime(2026, 10, 19, 12, 30, tzinfo=dt.UTC)
    """Half past eight in New York."""

    def test_it_goes_once_a_week_on_monday_morning_in_each_ones_zone(self):
        everything()
        User.objects.filter(pk=make.mara().pk).update(timezone="America/Los_Angeles")
        make.MembershipFactory(team=make.qualification(), user=make.mara()).delete()
        assert weekly.tell(at=self.MORNING - HOUR) == 0
        assert weekly.tell(at=self.MORNING) == 1
        assert weekly.tell(at=self.MORNING + HOUR) == 0
        assert weekly.tell(at=self.MORNING + 3 * HOUR) == 1
        assert weekly.tell(at=self.MORNING + DAY) == 0
        told = Message.objects.filter(kind="coverage", channel="in_app")
        assert {letter.recipient for letter in told} == {make.mara(), make.lena()}
        assert weekly.tell(at=self.MORNING + 7 * DAY + 3 * HOUR) == 2

    def test_it_names_the_gaps_with_the_way_to_mend_them(self):
        everything()
        weekly.tell(at=self.MORNING)
        lenas = Message.objects.get(kind="coverage", channel="in_app", recipient=make.lena())
        assert lenas.body["path"] == reverse("reviews:coverage")
        paths = {line["path"] for line in lenas.body["lines"]}
        assert reverse("leads:roster", args=["sdr-na"]) in paths
        assert not any("playbook" in path for path in paths)
        mail = compose(lenas)
        assert "room for" in mail.text and reverse("leads:roster", args=["sdr-na"]) in mail.text

    def test_nobody_is_told_of_nothing(self):
        make.agreement_in_force()
        assert weekly.tell(at=self.MORNING + 5 * HOUR) == 0

    def test_who_answers_for_a_team_is_told_without_role_or_membership(self):
        make.agreement_in_force()
        rosa = make.UserFactory(email="rosa@northwind.example", name="Rosa Lind")
        Team.objects.filter(key="sdr-na").update(responsible=rosa)
        handed(closed=False, at=NOW - 4 * DAY)
        Membership.objects.update(max_open=0)
        weekly.tell(at=self.MORNING + 3 * HOUR)
        letter = Message.objects.get(kind="coverage", channel="in_app", recipient=rosa)
        assert letter.body["lines"]
        span = Span(self.MORNING, rosa)
        assert [team.key for team in span.teams.values()] == ["sdr-na"]

    def test_for_who_has_nothing_to_hear_of_there_is_one_look_a_week(self, monkeypatch):
        make.agreement_in_force()
        looks = []

        def counted(span):
            looks.append(span.viewer)
            return audit(span)

        monkeypatch.setattr(weekly, "audit", counted)
        for minutes in range(0, 120, 30):
            assert weekly.tell(at=self.MORNING + dt.timedelta(minutes=minutes + 180)) == 0
        first = len(looks)
        assert first and len({one.pk for one in looks}) == first
        weekly.tell(at=self.MORNING + 7 * DAY + 3 * HOUR)
        assert len(looks) > first

    def test_what_is_known_stays_quiet(self):
        make.agreement_in_force()
        Membership.objects.update(max_open=0)
        handed(closed=False, at=NOW - 4 * DAY)
        for gap in found().values():
            knowing.let_be(
                gap, until=NOW.date() + 30 * DAY, because="So be it", actor=make.lena(), at=NOW
            )
        assert weekly.tell(at=self.MORNING + 7 * DAY + 5 * HOUR) == 0
