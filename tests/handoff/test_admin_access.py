"""Who gets in where: every page of the admin, by role and by verb."""

import pytest
from django.contrib import admin
from django.urls import reverse

from handoff.models import ApiKey, User
from tests import factories
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

STRANGERS = ("rep", "sales_manager", "reviewer")

AGREEMENT = (
    "handoff_areaowner",
    "handoff_calendar",
    "handoff_goal",
    "handoff_reason",
    "handoff_stage",
    "handoff_step",
    "handoff_team",
    "handoff_track",
    "leads_account",
)
EVIDENCE = (
    "handoff_absence",
    "handoff_checklist",
    "leads_delivery",
    "leads_event",
    "leads_handoff",
    "leads_importbatch",
    "leads_judgement",
    "leads_lead",
    "leads_opportunity",
)

MADE_BY = {
    "handoff_absence": factories.AbsenceFactory,
    "handoff_areaowner": factories.AreaOwnerFactory,
    "handoff_calendar": factories.CalendarFactory,
    "handoff_checklist": factories.ChecklistFactory,
    "handoff_goal": factories.GoalFactory,
    "handoff_reason": factories.ReasonFactory,
    "handoff_stage": factories.StageFactory,
    "handoff_step": factories.StepFactory,
    "handoff_team": factories.TeamFactory,
    "handoff_track": factories.TrackFactory,
    "leads_account": factories.AccountFactory,
    "leads_delivery": factories.DeliveryFactory,
    "leads_handoff": factories.HandoffFactory,
    "leads_importbatch": factories.ImportBatchFactory,
    "leads_judgement": factories.JudgementFactory,
    "leads_lead": factories.LeadFactory,
    "leads_opportunity": factories.OpportunityFactory,
    "handoff_user": UserFactory,
    "handoff_apikey": factories.ApiKeyFactory,
    "handoff_definitionversion": factories.DefinitionVersionFactory,
}


def lists():
    return sorted(
        f"{model._meta.app_label}_{model._meta.model_name}"
        for model in admin.site._registry
        if model._meta.app_label in ("handoff", "leads")
    )


def signed_in(client, role):
    person = UserFactory(roles=(role,) if role else (), is_staff=True)
    client.force_login(person)
    return person


def status(client, name, *args):
    return client.get(reverse(f"admin:{name}", args=args)).status_code


def test_the_table_names_every_list():
    known = {*AGREEMENT, *EVIDENCE, "handoff_user", "handoff_apikey", "handoff_definitionversion"}
    assert set(lists()) == known


@pytest.mark.parametrize("role", STRANGERS)
def test_other_roles_are_refused_everywhere_even_with_the_staff_flag(client, role):
    signed_in(client, role)
    assert status(client, "index") in (302, 403)
    for name in lists():
        answer = client.get(reverse(f"admin:{name}_changelist"), follow=True)
        assert answer.status_code == 403, name


def test_a_stranger_is_sent_to_the_house_s_own_sign_in(client):
    for name in (*(f"{one}_changelist" for one in lists()), "index"):
        answer = client.get(reverse(f"admin:{name}"), follow=True)
        assert answer.redirect_chain[-1][0].startswith(reverse("account_login")), name
    assert client.get(reverse("admin:login") + "?next=//evil.example/").status_code == 302


@pytest.mark.parametrize("role", ["marketing_ops", "administrator"])
@pytest.mark.parametrize("name", AGREEMENT)
def test_the_agreement_is_edited_by_marketing_operations_and_administrators(client, role, name):
    signed_in(client, role)
    thing = MADE_BY[name]()
    assert status(client, f"{name}_changelist") == 200
    assert status(client, f"{name}_add") == 200
    page = client.get(reverse(f"admin:{name}_change", args=(thing.pk,)))
    assert page.status_code == 200
    assert b'name="_save"' in page.content
    assert status(client, f"{name}_history", thing.pk) == 200


@pytest.mark.parametrize("role", ["marketing_ops", "administrator"])
@pytest.mark.parametrize("name", [one for one in EVIDENCE if one in MADE_BY])
def test_what_happened_is_read_and_never_written(client, role, name):
    signed_in(client, role)
    thing = MADE_BY[name]()
    assert status(client, f"{name}_changelist") == 200
    assert client.get(reverse(f"admin:{name}_changelist"), {"q": "ana"}).status_code == 200
    page = client.get(reverse(f"admin:{name}_change", args=(thing.pk,)))
    assert page.status_code == 200
    assert b'name="_save"' not in page.content
    assert status(client, f"{name}_add") == 403
    assert status(client, f"{name}_delete", thing.pk) == 403
    assert client.post(reverse(f"admin:{name}_change", args=(thing.pk,)), {}).status_code == 403


def test_events_are_read_and_never_written(client):
    signed_in(client, "administrator")
    assert status(client, "leads_event_changelist") == 200
    assert status(client, "leads_event_add") == 403


def test_only_an_administrator_makes_people_and_keys(client):
    signed_in(client, "marketing_ops")
    person, key = UserFactory(), factories.ApiKeyFactory()
    assert status(client, "handoff_apikey_changelist") == 403
    assert status(client, "handoff_apikey_add") == 403
    assert status(client, "handoff_apikey_change", key.pk) == 403
    assert status(client, "handoff_user_add") == 403
    page = client.get(reverse("admin:handoff_user_change", args=(person.pk,)))
    assert page.status_code == 200
    assert b'name="_save"' not in page.content
    assert b"field-password" not in page.content
    assert b"field-role_names" in page.content
    granted = {"email": person.email, "roles": ["administrator"], "is_active": "on"}
    answer = client.post(reverse("admin:handoff_user_change", args=(person.pk,)), granted)
    assert answer.status_code == 403
    assert not person.groups.exists()
    assert client.post(reverse("admin:handoff_apikey_changelist"), {}).status_code == 403


def test_marketing_operations_may_name_a_person_in_a_team(client):
    signed_in(client, "marketing_ops")
    vera = UserFactory(name="Vera Long", email="vera@northwind.example")
    page = client.get(reverse("admin:handoff_team_add"))
    assert f'<option value="{vera.pk}">Vera Long</option>' in page.content.decode()


def test_nobody_removes_people_keys_or_companies(client):
    signed_in(client, "administrator")
    for name in ("handoff_user", "handoff_apikey", "leads_account"):
        assert status(client, f"{name}_delete", MADE_BY[name]().pk) == 403, name


def test_a_role_opens_the_admin_and_losing_it_shuts_it(client):
    signed_in(client, "administrator")
    page = reverse("admin:handoff_user_change", args=((person := UserFactory()).pk,))
    given = {"email": person.email, "name": "Nina", "is_active": "on"}
    client.post(page, {**given, "roles": ["marketing_ops", "rep"]})
    person = User.objects.get(pk=person.pk)
    assert person.is_staff
    assert set(person.groups.values_list("name", flat=True)) == {"marketing_ops", "rep"}
    client.post(page, {**given, "roles": ["rep"]})
    assert not User.objects.get(pk=person.pk).is_staff


def test_an_administrator_does_not_shut_the_door_behind_themselves(client):
    me = signed_in(client, "administrator")
    page = reverse("admin:handoff_user_change", args=(me.pk,))
    answer = client.post(page, {"email": me.email, "name": me.name, "roles": ["rep"]})
    assert answer.status_code == 200
    said = answer.content.decode()
    assert "You cannot switch off yourself." in said
    assert "cannot take the administrator" in said
    assert me.groups.filter(name="administrator").exists()


def test_a_person_is_added_without_a_password(client):
    signed_in(client, "administrator")
    given = {
        "email": " New.Person@Northwind.example ",
        "name": "New Person",
        "roles": ["rep"],
        "usable_password": "false",
    }
    answer = client.post(reverse("admin:handoff_user_add"), given)
    assert answer.status_code == 302, answer.context["errors"]
    person = User.objects.get(email="new.person@northwind.example")
    assert not person.has_usable_password()
    assert person.has_role("rep")


def test_a_key_is_shown_once_and_never_stored(client):
    signed_in(client, "administrator")
    answer = client.post(
        reverse("admin:handoff_apikey_add"), {"name": " crm ", "scopes": ["leads", "read"]}
    )
    key = ApiKey.objects.get(name="crm")
    assert "no-store" in answer["Cache-Control"]
    shown = answer.context["key"]
    assert ApiKey.digest_of(shown) == key.digest
    assert shown in answer.content.decode()
    assert key.scopes == ["leads", "read"]
    assert key.created_by is not None
    again = client.get(reverse("admin:handoff_apikey_change", args=(key.pk,)))
    assert shown not in again.content.decode()
    assert b'name="_save"' not in again.content


def test_keys_are_revoked_from_the_list(client):
    signed_in(client, "administrator")
    key = factories.ApiKeyFactory()
    asked = {"action": "revoke", "_selected_action": [key.pk]}
    client.post(reverse("admin:handoff_apikey_changelist"), asked)
    assert not ApiKey.objects.usable().filter(pk=key.pk).exists()


def test_a_key_without_a_name_or_scope_is_refused(client):
    signed_in(client, "administrator")
    answer = client.post(reverse("admin:handoff_apikey_add"), {"name": "  ", "scopes": ["root"]})
    assert set(answer.context["adminform"].errors) == {"name", "scopes"}
    assert not ApiKey.objects.exists()
