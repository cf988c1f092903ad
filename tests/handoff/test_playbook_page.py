"""The playbook as one page: true, complete, and readable for everybody."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from handoff import publishing
from handoff.models import AreaOwner, DefinitionVersion
from tests import factories as make

pytestmark = pytest.mark.django_db

STATEMENTS = 17


def page_of(client: Client) -> str:
    """The page's words in one line."""
    answer = client.get(reverse("playbook"))
    assert answer.status_code == 200
    text = re.sub(r"</?[ab](?: [^>]*)?>", "", answer.content.decode())
    text = re.sub(r"<[^>]+>", " ", text)
    return " ".join(text.split())


@pytest.fixture
def sam(client: Client) -> Client:
    make.agreement_in_force()
    client.force_login(make.sam())
    return client


def test_before_anything_is_agreed_it_says_so(client: Client) -> None:
    client.force_login(make.sam())
    page = page_of(client)
    assert "Nothing is agreed yet" in page
    assert "No stages are named yet." in page


def test_a_new_colleague_reads_it_from_top_to_bottom(sam: Client) -> None:
    make.StageFactory(label="Sales ready", owner_role="SDR", next_action="Call within the hour")
    make.StepFactory(checklist=make.ChecklistFactory())
    page = page_of(sam)
    order = [
        "What a sales-ready lead is", "Demo requests from companies that fit go first.",
        "Sales ready handed over to sales",
        "Asked for a demo and fits: fit at least 50 and demo request at least once",
        "Ideal customer", "Employees at least 100",
        "Signals", "Halves every 30 days, counts once",
        "Status rules", "Student when role contains student",
        "What unknowns lead to", "Examples and counterexamples",
        "Stages", "Call within the hour",
        "Routing",
        "Review when status is Needs qualification", "Na when country is US or CA",
        "SDR North America", "in every other case",
        "Teams and hours", "Ines Ferro", "Lena Brandt", "Mon–Fri 09:00–12:30, 13:30–17:30",
        "Required context", "Response times", "handed over within 10 minutes of its trigger",
        "Hand-raiser", "15 min", "30 min", "8 h", "Tell the owner, then tell the responsible",
        "SDR to AE", "Budget known", "Reason codes", "Out of segment", "Nurture tracks",
        "Monthly product letter", "Owners and reviews", "Changes",
    ]  # fmt: skip
    at = 0
    for words in order:
        found = page.find(words, at)
        assert found >= 0, words
        at = found


def test_every_section_and_rule_can_be_linked_to(sam: Client) -> None:
    html = sam.get(reverse("playbook")).content.decode()
    ids = set(re.findall(r'id="([^"]+)"', html))
    for target in re.findall(r'href="#([^"]+)"', html):
        assert target in ids or target == "main", target
    assert {"rule-hand_raiser", "reason-out_of_segment", "route-na", "team-sdr-na"} <= ids
    assert len(re.findall(r'id="', html)) == len(re.findall(r'id="([^"]+)"', html))


def test_it_says_what_unknowns_lead_to(sam: Client) -> None:
    page = page_of(sam)
    assert "Of somebody nothing at all is known about, “Rest” decides: nurture." in page
    assert "Employees unknown “Size” gives 0 (50 points)." in page
    assert (
        "Country unknown required 1 routing rule cannot hold: “Na”." in page
        and "Email unknown required Only counts as missing; no rule asks for it." in page
    )
    assert "No status rule asks how much of the required context is missing" in page


def test_rows_of_two_sections_with_one_key_each_go_by_their_own_name(client: Client) -> None:
    make.agreement_in_force()
    draft = publishing.clone(DefinitionVersion.objects.get(), actor=None, at=timezone.now())
    either = {"any": [{"field": "role", "contains": "student"}, {"field": "free_mail", "is": True}]}
    draft.fit.create(key="student", label="A student", points=-100, when=either, position=90)
    draft.decide.filter(key="student").update(label="Student", when=either)
    draft.motions.create(
        key="big_one", label="Enterprise", when=[{"field": "role", "known": True}], position=90
    )
    publishing.publish(draft, actor=make.mara(), at=timezone.now(), reason="Students")
    client.force_login(make.sam())
    page = page_of(client)
    assert "The criterion “A student” rests on what else it asks." in page
    assert "The status rule “Student” rests on what else it asks." in page
    assert "1 motion cannot hold: “Enterprise”." in page


def test_a_rule_that_gives_a_returning_lead_back_says_so(client: Client) -> None:
    live = make.agreement_in_force()
    draft = publishing.clone(live, actor=None, at=timezone.now())
    draft.route.filter(key="na").update(sticky=True)
    publishing.publish(draft, actor=make.mara(), at=timezone.now(), reason="Who knows them")
    client.force_login(make.sam())
    assert "SDR North America (a returning lead goes back to who had it)" in page_of(client)


def test_examples_say_what_is_known_and_expected(client: Client) -> None:
    make.agreement_in_force()
    live = DefinitionVersion.objects.get()
    draft = publishing.clone(live, actor=None, at=timezone.now())
    draft.examples.create(
        kind="counterexample",
        name="Student at a webinar",
        why="No buyer",
        expect={"team": None, "status": "disqualified", "reason": "out_of_segment"},
        lead={"email": "jo@uni.example", "role": "PhD student", "customer": False},
        touchpoints=[{"signal": "demo_request", "days_ago": 1}],
    )
    publishing.publish(draft, actor=make.mara(), at=timezone.now(), reason="Students")
    client.force_login(make.sam())
    page = page_of(client)
    assert "Student at a webinar. No buyer." in page
    assert "Known: role PhD student, not existing customer." in page
    assert "Did: demo request yesterday." in page
    assert "Counterexample Disqualified, no team, reason Out of segment" in page
    assert "jo@uni.example" not in page


def test_the_change_log_tells_every_change_and_every_way_back(client: Client) -> None:
    live = make.agreement_in_force()
    draft = publishing.clone(live, actor=make.mara(), at=timezone.now())
    publishing.publish(draft, actor=make.mara(), at=timezone.now(), reason="Size matters")
    publishing.rollback(live, actor=make.ada(), at=timezone.now(), reason="Too strict")
    client.force_login(make.lena())
    page = page_of(client)
    back, forth = page.index("Back to v"), page.index(": Size matters")
    assert back < forth
    assert "Too strict Ada Moreau" in page and "Size matters Mara Lindqvist" in page
    address = reverse("definition-difference", args=[draft.number, live.number])
    assert address in client.get(reverse("playbook")).content.decode()
    client.force_login(make.sam())
    assert address not in client.get(reverse("playbook")).content.decode()


def test_owners_mark_their_area_reviewed(client: Client) -> None:
    ines = make.ines()
    make.AreaOwnerFactory(area="routing", owner=ines, cadence="weekly")
    old = timezone.now() - dt.timedelta(days=9)
    AreaOwner.objects.update(reviewed_at=old)
    address = reverse("area-reviewed", args=["routing"])
    client.force_login(ines)
    assert "Overdue" in page_of(client)
    assert client.get(address).status_code == 405
    assert client.post(address).status_code == 302
    area = AreaOwner.objects.with_due().get()
    assert area.reviewed_at is not None and area.reviewed_at > old
    assert area.due_on == timezone.now().date() + dt.timedelta(days=7)
    page = page_of(client)
    assert "Overdue" not in page and "Routing is reviewed." in page
    client.post(address)
    assert "marked as reviewed today already" in page_of(client)


def test_nobody_else_marks_it_but_those_who_decide(client: Client) -> None:
    make.AreaOwnerFactory(area="sla", owner=make.ines())
    address = reverse("area-reviewed", args=["sla"])
    client.force_login(make.sam())
    assert address not in client.get(reverse("playbook")).content.decode()
    assert client.post(address).status_code == 403
    assert client.post(reverse("area-reviewed", args=["none"])).status_code == 404
    client.force_login(make.mara())
    assert client.post(address, {"next": "//evil.example"})["Location"].startswith("/playbook/")
    assert AreaOwner.objects.get().reviewed_at is not None


@pytest.mark.parametrize(
    ("cadence", "due"),
    [("weekly", dt.date(2026, 2, 7)), ("monthly", dt.date(2026, 2, 28)),
     ("quarterly", dt.date(2026, 4, 30))],
)  # fmt: skip
def test_the_next_review_follows_from_the_cadence(cadence: str, due: dt.date) -> None:
    at = dt.datetime(2026, 1, 31, 23, 0, tzinfo=dt.UTC)
    make.AreaOwnerFactory(cadence=cadence, reviewed_at=at)
    area = AreaOwner.objects.with_due().get()
    assert area.due_on == due
    on_the_day = dt.datetime.combine(due, dt.time(23, 59), tzinfo=dt.UTC)
    assert not area.is_overdue(at=on_the_day)
    assert area.is_overdue(at=on_the_day + dt.timedelta(minutes=1))


def test_an_area_never_reviewed_is_counted_from_when_it_was_named() -> None:
    make.AreaOwnerFactory(cadence="weekly")
    area = AreaOwner.objects.with_due().get()
    assert area.due_on == timezone.now().date() + dt.timedelta(days=7)


def test_it_costs_the_same_however_much_is_agreed(
    sam: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    page_of(sam)
    with django_assert_num_queries(STATEMENTS):
        page_of(sam)
    for number in range(5):
        make.TeamFactory(members=(make.UserFactory(),))
        make.AreaOwnerFactory()
        make.StageFactory()
        make.TrackFactory(key=f"track-{number}")
    with django_assert_num_queries(STATEMENTS):
        page_of(sam)
