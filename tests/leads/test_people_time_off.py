"""Time off and pauses as people enter them: who is told, what falls due meanwhile, handing on."""

import datetime as dt
import re

import pytest
import time_machine
from django.urls import reverse

from handoff.models import Absence
from leads.models import Handoff, Message
from tests import factories as make
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)
OWN = "/me/time-off/"
TUESDAY = {"first": "2026-10-13"}


@pytest.fixture(autouse=True)
def _monday_morning():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def sam(client):
    make.sdr_na()
    client.force_login(make.sam())
    return client


@pytest.fixture
def lena(client):
    make.sdr_na()
    client.force_login(make.lena())
    return client


def told():
    rows = Message.objects.filter(channel="in_app", kind="time_off").order_by("subject")
    return [(one.recipient, one.subject) for one in rows]


class TestEntering:
    def test_a_rep_enters_it_and_their_manager_is_told(self, sam):
        assert sam.post(OWN, {**TUESDAY, "last": "2026-10-15", "note": "Lisbon"}).status_code == 302
        made = Absence.objects.get()
        assert (made.user, made.entered_by, made.note) == (make.sam(), make.sam(), "Lisbon")
        assert told() == [(make.lena(), f"{make.sam()} is away: Tue 13 Oct to Thu 15 Oct")]
        assert Message.objects.first().body["path"] == "/teams/sdr-na/"

    def test_a_manager_elsewhere_reads_the_days_of_whoever_is_away(self, lena):
        berlin = make.CalendarFactory(berlin=True)
        hugo = make.UserFactory(rep=True, name="Hugo Brandt")
        make.MembershipFactory(team=make.sdr_na(), user=hugo, calendar=berlin)
        typed = {**TUESDAY, "person": hugo.pk, "last": "2026-10-15"}
        page = lena.post("/teams/sdr-na/time-off/", typed, follow=True).content.decode()
        assert "Hugo Brandt is away: Tue 13 Oct to Thu 15 Oct." in page
        assert 'Tue 13 Oct to Thu 15 Oct <small class="quiet">Europe/Berlin</small>' in page

    def test_half_a_day_is_the_calendar_s_half(self, sam):
        sam.post(OWN, {**TUESDAY, "ends": "midday"})
        made = Absence.objects.get()
        assert made.ends_at == dt.datetime(2026, 10, 13, 17, 30, tzinfo=dt.UTC)
        assert "Tue 13 Oct until 13:30" in sam.get(OWN).content.decode()

    @pytest.mark.parametrize(
        ("typed", "field"),
        [
            ({}, "first"),
            ({"first": "2026-10-11"}, "first"),
            ({"first": "2026-10-14", "last": "2026-10-13"}, "last"),
            ({"first": "13.10."}, "first"),
            ({**TUESDAY, "begins": "midday", "ends": "midday"}, "last"),
            ({**TUESDAY, "begins": "noon"}, "begins"),
            ({**TUESDAY, "note": "x" * 201}, "note"),
        ],
    )
    def test_what_cannot_be_is_said_at_its_field(self, sam, typed, field):
        answer = sam.post(OWN, typed)
        assert answer.status_code == 422 and list(answer.context["form"].errors) == [field]
        assert not Absence.objects.exists() and not told()

    def test_twice_is_said_with_what_is_there(self, sam):
        sam.post(OWN, TUESDAY)
        answer = sam.post(OWN, TUESDAY)
        assert "away already: Tue 13 Oct. Cancel that first." in str(answer.context["form"].errors)

    def test_a_manager_enters_it_for_somebody_who_is_told(self, lena):
        address = reverse("leads:team-time-off", args=["sdr-na"])
        assert lena.post(address, {**TUESDAY, "person": make.ines().pk}).status_code == 302
        made = Absence.objects.get()
        assert (made.user, made.entered_by) == (make.ines(), make.lena())
        assert told() == [(make.ines(), f"{make.ines()} is away: Tue 13 Oct")]
        for stranger in (make.otto().pk, "x", ""):
            assert lena.post(address, {**TUESDAY, "person": stranger}).status_code == 422

    def test_a_note_is_not_shown_on_the_roster(self, sam):
        sam.post(OWN, {**TUESDAY, "note": "Surgery"})
        page = sam.get(reverse("leads:roster", args=["sdr-na"])).content.decode()
        assert "Away" in page and "Surgery" not in page


class TestEnding:
    def test_cancelled_before_it_begins_and_on_record(self, sam):
        sam.post(OWN, TUESDAY)
        made = Absence.objects.get()
        assert sam.post(reverse("leads:time-off-end", args=[made.pk])).status_code == 302
        made.refresh_from_db()
        assert made.cancelled_by == make.sam()
        assert told()[-1] == (make.lena(), f"{make.sam()} is not away after all: Tue 13 Oct")
        page = sam.get(OWN).content.decode()
        assert "cancelled by" in page
        again = sam.post(reverse("leads:time-off-end", args=[made.pk]), follow=True)
        assert "cancelled already" in again.content.decode()

    def test_back_early(self, lena):
        made = make.AbsenceFactory(user=make.sam(), ends_at=MONDAY + 48 * HOUR)
        lena.post(reverse("leads:time-off-end", args=[made.pk]))
        made.refresh_from_db()
        assert made.ends_at == MONDAY and made.cancelled_at is None

    def test_nobody_ends_that_of_a_colleague(self, sam):
        made = make.AbsenceFactory(user=make.ines())
        assert sam.post(reverse("leads:time-off-end", args=[made.pk])).status_code == 404
        assert sam.get(reverse("leads:time-off-end", args=[made.pk])).status_code == 405
        made.refresh_from_db()
        assert made.cancelled_at is None


def picked(page):
    return re.findall(r'name="pick" value="(\d+)" checked', page)


class TestLeadsMeanwhile:
    @pytest.fixture
    def due(self, sam):
        make.ReasonFactory(moved=True)
        make.HandoffFactory(owner=make.sam(), due_at=MONDAY + HOUR)
        return make.HandoffFactory(owner=make.sam(), due_at=MONDAY + 26 * HOUR)

    def hand_on(self, client, **typed):
        made = Absence.objects.get()
        address = f"{reverse('leads:hand-on', args=[make.sam().pk])}?absence={made.pk}"
        return client.post(address, {"reassign-reason": "wrong_territory", **typed})

    def test_leads_due_in_that_time_are_shown_and_handed_on(self, sam, due):
        answer = sam.post(OWN, TUESDAY, follow=True)
        assert "1 lead of yours has a deadline in that time." in answer.content.decode()
        assert answer.context["rows"] == [due]
        done = self.hand_on(sam, **{"pick": due.pk, "reassign-to": make.ines().email})
        assert done.status_code == 302
        due.refresh_from_db()
        assert due.owner == make.ines()
        assert Handoff.objects.filter(owner=make.sam()).count() == 1

    def test_nothing_ticked_nobody_named_no_reason(self, sam, due):
        sam.post(OWN, TUESDAY)
        to = make.ines().email
        for typed in (
            {"reassign-to": to},
            {"pick": due.pk, "reassign-to": make.sam().email},
            {"pick": due.pk},
            {"pick": due.pk, "reassign-to": to, "reassign-reason": ""},
            {"pick": "x", "reassign-to": to},
        ):
            assert self.hand_on(sam, **typed).status_code == 422
        due.refresh_from_db()
        assert due.owner == make.sam()

    def test_one_that_cannot_go_holds_back_no_other(self, sam, due):
        gone = make.UserFactory(rep=True, is_active=False)
        sam.post(OWN, TUESDAY)
        other = make.HandoffFactory(owner=make.sam(), due_at=MONDAY + 27 * HOUR, state="returned")
        typed = {"pick": [due.pk, other.pk], "reassign-to": make.ines().email}
        answer = self.hand_on(sam, **typed)
        went = Handoff.objects.get(pk=due.pk).owner == make.ines()
        assert went and (answer.status_code == 302 or answer.context["faults"])
        assert gone.handoffs.count() == 0

    def test_nothing_is_picked_until_somebody_picks_it(self, sam, due):
        page = sam.post(OWN, TUESDAY, follow=True).content.decode()
        assert "1 lead</h2>" in page and "Pick all" in page and not picked(page)
        address = reverse("leads:hand-on", args=[make.sam().pk])
        everything = sam.get(f"{address}?picked=all").content.decode()
        assert "2 leads</h2>" in everything and len(picked(everything)) == 2
        assert picked(self.hand_on(sam, pick=due.pk).content.decode()) == [str(due.pk)]
        refused = self.hand_on(sam, **{"reassign-to": make.ines().email}).content.decode()
        assert "Pick the leads to hand on." in refused and not picked(refused)

    def test_keeping_them_moves_nothing(self, sam, due):
        sam.post(OWN, TUESDAY)
        due.refresh_from_db()
        assert due.owner == make.sam() and due.due_at == MONDAY + 26 * HOUR

    def test_only_one_s_own_leads_or_for_who_leads_teams(self, sam):
        assert sam.get(reverse("leads:hand-on", args=[make.ines().pk])).status_code == 404
        assert (
            sam.get(f"{reverse('leads:hand-on', args=[make.sam().pk])}?team=none").status_code
            == 404
        )
        sam.force_login(make.lena())
        assert sam.get(reverse("leads:hand-on", args=[make.ines().pk])).status_code == 200


class TestPausing:
    @pytest.mark.parametrize(
        ("typed", "hours"),
        [
            ({"for": "30"}, 0.5),
            ({"for": "60"}, 1),
            ({"for": "opening"}, 3.5),
            ({"for": "day"}, 14),
            ({"until": "2026-10-12T11:15"}, 1.25),
        ],
    )
    def test_it_shows_on_every_page_and_ends_by_itself(self, sam, typed, hours):
        assert sam.post("/me/pause/", {**typed, "next": "/queue/"})["Location"] == "/queue/"
        made = Absence.objects.get()
        assert (made.kind, made.ends_at) == ("pause", MONDAY + hours * HOUR)
        assert not told()
        assert "Not taking leads" in sam.get("/queue/").content.decode()
        with time_machine.travel(made.ends_at, tick=False):
            assert "Not taking leads" not in sam.get("/queue/").content.decode()

    def test_it_is_ended_now(self, sam):
        sam.post("/me/pause/", {"for": "60"})
        with time_machine.travel(MONDAY + HOUR / 2, tick=False):
            sam.post("/me/pause/end/")
            assert "Not taking leads" not in sam.get("/queue/").content.decode()
            again = sam.post("/me/pause/end/", follow=True)
            assert "over already" in again.content.decode()

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ({}, "Say until when"),
            ({"for": "ever"}, "Choose how long"),
            ({"until": "soon"}, "Say until when"),
            ({"until": "2026-10-12T09:00"}, "is past"),
            ({"until": "2026-12-12T09:00"}, "at most a week"),
            ({"until": "2026-13-45T09:00"}, "Say until when"),
            ({"until": "9999-12-31T23:59"}, "too far away"),
        ],
    )
    def test_what_cannot_be_is_said(self, sam, typed, said):
        assert said in sam.post("/me/pause/", typed, follow=True).content.decode()
        assert not Absence.objects.exists()

    @pytest.mark.parametrize(
        ("now", "until", "said"),
        [
            ("2026-03-07T12:00Z", "2026-03-08T02:30", "clocks go forward"),
            ("2026-10-31T12:00Z", "2026-11-01T01:30", "clocks go back"),
        ],
    )
    def test_a_time_that_the_clocks_skip_or_have_twice_is_refused(self, sam, now, until, said):
        with time_machine.travel(dt.datetime.fromisoformat(now), tick=False):
            sam.force_login(make.sam())
            answer = sam.post("/me/pause/", {"until": until}, follow=True)
        assert said in answer.content.decode()
        assert not Absence.objects.exists()

    def test_who_pauses_gets_no_turn(self, sam):
        sam.post("/me/pause/", {"for": "60"})
        sam.force_login(make.lena())
        rows = sam.get(reverse("leads:roster", args=["sdr-na"])).context["rows"]
        paused = next(row for row in rows if row.membership.user == make.sam())
        assert paused.standing.says == "Away, back 11:00" and not paused.is_next
