"""Teams, calendars and reasons in the admin: typed as lines, refused with a reason, kept."""

import pytest
from django.urls import reverse

from handoff.models import Calendar, Membership, Reason, Team
from tests import factories
from tests.factories import UserFactory, ines, mara, sam, sdr_na

pytestmark = pytest.mark.django_db

CALENDAR = {
    "key": "berlin",
    "timezone": "Europe/Berlin",
    "hours": "mon-thu 09:00-12:30 13:30-17:30\n\nfri: 09:00-15:00",
    "holidays": "DE-BE",
    "closed": "2026-12-31\n2026-12-24",
}


@pytest.fixture
def office(client):
    """Mara at the admin."""
    client.force_login(mara())
    return client


def faults(answer):
    return {name: list(said) for name, said in answer.context["adminform"].errors.items()}


def test_a_calendar_is_typed_as_lines(office):
    answer = office.post(reverse("admin:handoff_calendar_add"), CALENDAR)
    assert answer.status_code == 302, faults(answer)
    calendar = Calendar.objects.get(key="berlin")
    assert calendar.hours == {
        "mon-thu": ["09:00-12:30", "13:30-17:30"],
        "fri": ["09:00-15:00"],
    }
    assert [day.isoformat() for day in calendar.closed] == ["2026-12-24", "2026-12-31"]
    shown = office.get(
        reverse("admin:handoff_calendar_change", args=(calendar.pk,))
    ).content.decode()
    assert "mon-thu 09:00-12:30 13:30-17:30\nfri 09:00-15:00" in shown
    assert "2026-12-24\n2026-12-31" in shown


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("hours", "mon-fri", "after the days come the hours"),
        ("hours", "", "required"),
        ("hours", "mon-fri 09:00-12:00 11:00-13:00", "overlap"),
        ("hours", "mon-fri 17:00-09:00", "17:00-09:00"),
        ("hours", "mondays 09:00-17:00", "mondays"),
        ("timezone", "Mars/Olympus", "Mars/Olympus"),
        ("holidays", "XX", "XX"),
        ("closed", "24.12.2026", "24.12.2026"),
    ],
)
def test_a_calendar_that_cannot_be_read_says_why_at_its_place(office, field, typed, said):
    answer = office.post(reverse("admin:handoff_calendar_add"), {**CALENDAR, field: typed})
    assert answer.status_code == 200
    assert list(faults(answer)) == [field]
    assert said in " ".join(faults(answer)[field])
    assert not Calendar.objects.filter(key="berlin").exists()


def team_form(team, members, **changes):
    form = {
        "name": team.name,
        "kind": team.kind,
        "calendar": team.calendar_id,
        "responsible": team.responsible_id,
        "pick": team.pick,
        "memberships-TOTAL_FORMS": len(members),
        "memberships-INITIAL_FORMS": sum("id" in member for member in members),
    }
    for place, member in enumerate(members):
        form |= {f"memberships-{place}-{name}": value for name, value in member.items()}
        form[f"memberships-{place}-team"] = team.pk
    return {**form, **changes}


def as_typed(member, **changes):
    typed = {"id": member.pk, "user": member.user_id, "weight": member.weight, "active": "on"}
    return {**typed, **changes}


def test_a_team_s_members_are_changed_on_its_page_and_their_turns_are_not(office):
    team = sdr_na()
    first, second = team.memberships.order_by("pk")
    Membership.objects.filter(pk=first.pk).update(served="2.5")
    typed = [
        as_typed(first, weight=3, max_open=10, served="0"),
        {**as_typed(second), "active": ""},
        {"user": UserFactory(roles=("rep",)).pk, "weight": 1, "active": "on"},
    ]
    page_of = reverse("admin:handoff_team_change", args=(team.pk,))
    answer = office.post(page_of, team_form(team, typed, pick="pull"))
    assert answer.status_code == 302, answer.context["errors"]
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.weight, first.max_open, first.served) == (3, 10, 2.5)
    assert not second.active
    assert team.memberships.count() == 3
    assert Team.objects.get(pk=team.pk).pick == "pull"


def test_whom_a_member_serves_is_typed_as_names(office):
    team = sdr_na()
    first, second = team.memberships.order_by("pk")
    typed = [as_typed(first, languages="en, fr", territories="DE\nBavaria"), as_typed(second)]
    page_of = reverse("admin:handoff_team_change", args=(team.pk,))
    assert office.post(page_of, team_form(team, typed)).status_code == 302
    first.refresh_from_db()
    assert (first.languages, first.territories) == (["en", "fr"], ["DE", "Bavaria"])
    assert (first.products, first.motions) == ([], [])


def test_a_person_who_left_is_responsible_for_no_team(office):
    team = sdr_na()
    gone = UserFactory(is_active=False)
    typed = [as_typed(member) for member in team.memberships.order_by("pk")]
    page_of = reverse("admin:handoff_team_change", args=(team.pk,))
    answer = office.post(page_of, team_form(team, typed, responsible=gone.pk))
    assert answer.status_code == 200 and "not active any more" in answer.content.decode()
    assert Team.objects.get(pk=team.pk).responsible_id != gone.pk


def test_nobody_is_in_a_team_twice_and_a_limit_is_at_least_one(office):
    team = sdr_na()
    typed = [as_typed(member) for member in team.memberships.order_by("pk")]
    page_of = reverse("admin:handoff_team_change", args=(team.pk,))
    answer = office.post(page_of, team_form(team, [*typed, {"user": sam().pk, "weight": 1}]))
    assert answer.status_code == 200
    answer = office.post(page_of, team_form(team, [{**typed[0], "max_open": 0}, typed[1]]))
    assert answer.status_code == 200
    assert {ines().pk, sam().pk} == set(team.memberships.values_list("user", flat=True))


def test_a_key_is_chosen_once(office):
    reason = factories.ReasonFactory(key="timing")
    typed = {"key": "other", "label": "Timing", "applies_to": ["reject"], "active": "on"}
    office.post(reverse("admin:handoff_reason_change", args=(reason.pk,)), typed)
    reason.refresh_from_db()
    assert (reason.key, reason.label, reason.applies_to) == ("timing", "Timing", ["reject"])


def test_what_a_definition_names_is_not_removed(office):
    factories.agreement_in_force()
    team, reason = sdr_na(), Reason.objects.get(key="out_of_segment")
    for thing, name in ((team, "team"), (reason, "reason")):
        delete = reverse(f"admin:handoff_{name}_delete", args=(thing.pk,))
        assert "would require deleting" in office.get(delete).content.decode()
        office.post(delete, {"post": "yes"})
        thing.refresh_from_db()


def test_a_reason_nobody_names_may_go(office):
    reason = factories.ReasonFactory(key="mistyped")
    office.post(reverse("admin:handoff_reason_delete", args=(reason.pk,)), {"post": "yes"})
    assert not Reason.objects.filter(pk=reason.pk).exists()


def test_a_checklist_is_read_here_and_written_on_its_own_page(office):
    kept = factories.ChecklistFactory()
    page_of = reverse("admin:handoff_checklist_change", args=(kept.pk,))
    shown = office.get(page_of).content.decode()
    assert "Budget known, required" in shown
    assert reverse("checklist-edit", args=[kept.key]) in shown and 'name="items"' not in shown
    assert office.post(page_of, {"label": "Else"}).status_code == 403
    assert office.get(reverse("admin:handoff_checklist_add")).status_code == 403


def test_a_step_is_read_as_a_definition_is(office):
    sdr_na()
    typed = {"key": "ae", "comes_from": "sdr", "route": "- {key: default, to: {team: sdr-na}}"}
    answer = office.post(reverse("admin:handoff_step_add"), typed)
    assert answer.status_code == 302, faults(answer)
    wrong = {
        **typed,
        "key": "closer",
        "route": "- {key: a, to: {team: sdr-na}}\n- {key: b, to: {team: nobody}}",
        "tiers": "- {key: quick, accept: soon}",
    }
    found = faults(office.post(reverse("admin:handoff_step_add"), wrong))
    assert any(one.startswith("Line 2: ") and "nobody" in one for one in found["route"])
    assert any(one.startswith("Line 1: ") and "soon" in one for one in found["tiers"])


def test_the_history_of_a_team_names_who_changed_what(office):
    team = sdr_na()
    typed = [as_typed(member, weight=4) for member in team.memberships.order_by("pk")]
    office.post(reverse("admin:handoff_team_change", args=(team.pk,)), team_form(team, typed))
    told = office.get(reverse("admin:handoff_team_history", args=(team.pk,))).content.decode()
    assert "Weight: 1 → 4" in told
    assert mara().name in told
