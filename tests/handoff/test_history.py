"""Every change is kept, whoever makes it and however; nobody rewrites it."""

from importlib import import_module

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import RequestFactory

from handoff import changes, history, statements
from handoff.models import (
    DefinitionVersion,
    FitCriterion,
    Membership,
    Reason,
    Team,
    User,
    UserGroup,
)
from leads.journey import outcomes
from leads.models import Account, Lead
from tests import factories
from tests.factories import AccountFactory, LeadFactory, ReasonFactory, mara, sam, sdr_na

pytestmark = pytest.mark.django_db

HISTORY = sorted(
    name
    for name in connection.introspection.django_table_names()
    if name.startswith(("handoff_", "leads_", "reviews_")) and name.endswith("history")
)


def kept(thing):
    return list(thing.history.order_by("pgh_id").values_list("pgh_label", flat=True))


def test_a_change_by_form_by_bulk_and_by_plain_sql_is_kept_alike():
    reason = ReasonFactory(key="budget", label="No budget")
    reason.label = "Budget is gone"
    reason.save()
    Reason.objects.filter(pk=reason.pk).update(teaches="Ask earlier")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE handoff_reason SET needs_note = true WHERE id = %s", [reason.pk])
    assert kept(reason) == ["insert", "update", "update", "update"]
    newest = reason.history.latest("pgh_id")
    assert (newest.label, newest.teaches, newest.needs_note) == (
        "Budget is gone",
        "Ask earlier",
        True,
    )


def test_many_rows_in_one_statement_leave_one_trace_each():
    for key in ("one", "two", "three"):
        ReasonFactory(key=key)
    Reason.objects.update(active=False)
    assert Reason.history.rel.related_model.objects.filter(pgh_label="update").count() == 3


def test_an_update_that_changes_nothing_leaves_no_trace():
    reason = ReasonFactory()
    reason.save()
    assert kept(reason) == ["insert"]


def test_what_is_removed_is_kept_as_it_was():
    reason = ReasonFactory(key="gone", label="Gone soon")
    Reason.objects.filter(pk=reason.pk).delete()
    last = Reason.history.rel.related_model.objects.filter(id=reason.pk).latest("pgh_id")
    assert (last.pgh_label, last.label) == ("delete", "Gone soon")


def test_taking_turns_leaves_no_trace_and_a_new_weight_does():
    member = Membership.objects.get(team=sdr_na(), user=sam())
    before = len(kept(member))
    Membership.objects.filter(pk=member.pk).update(served=3, last_served_at=factories.MONDAY)
    assert len(kept(member)) == before
    Membership.objects.filter(pk=member.pk).update(weight=5)
    assert kept(member)[before:] == ["update"]


def test_signing_in_and_a_new_password_leave_no_trace_and_no_digest_is_kept():
    person = sam()
    before = len(kept(person))
    person.set_password("something else entirely")
    person.last_login = factories.MONDAY
    person.save()
    assert len(kept(person)) == before
    columns = {field.name for field in User.history.rel.related_model._meta.fields}
    assert "password" not in columns
    keys = factories.ApiKeyFactory._meta.model.history.rel.related_model
    assert "digest" not in {field.name for field in keys._meta.fields}


def test_a_role_given_and_taken_is_kept():
    person = mara()
    person.groups.clear()
    kinds = UserGroup.history.rel.related_model.objects.filter(user_id=person.pk).order_by("pgh_id")
    assert [row.pgh_label for row in kinds] == ["insert", "delete"]


def test_a_new_lead_leaves_no_trace_and_a_changed_one_what_was():
    lead = LeadFactory(role="Analyst")
    assert kept(lead) == []
    Lead.objects.filter(pk=lead.pk).update(role="Director")
    assert [(row.pgh_label, row.role) for row in lead.history.all()] == [("update", "Analyst")]


def test_what_the_journey_decides_about_a_lead_leaves_no_trace():
    lead = LeadFactory()
    Lead.objects.filter(pk=lead.pk).update(
        status="nurture", nurture_track="newsletter", last_seen_at=factories.MONDAY
    )
    lead.refresh_from_db()
    lead.save()
    assert kept(lead) == []


def test_a_company_is_kept_as_it_was_too():
    account = AccountFactory(customer=False)
    Account.objects.filter(pk=account.pk).update(customer=True)
    assert [row.customer for row in account.history.all()] == [False]


@pytest.mark.parametrize("table", HISTORY)
@pytest.mark.parametrize("verb", ["UPDATE {} SET pgh_label = 'x'", "DELETE FROM {}", "TRUNCATE {}"])
def test_history_is_never_rewritten(table, verb):
    ReasonFactory()
    lead, account = LeadFactory(), AccountFactory()
    Lead.objects.filter(pk=lead.pk).update(role="Director")
    Account.objects.filter(pk=account.pk).update(name="Else")
    factories.WebhookFactory()
    factories.BriefFactory(campaign=factories.CampaignFactory(), persona=factories.PersonaFactory())
    factories.PageNameFactory()
    factories.OfferFactory()
    factories.TextTemplateFactory()
    factories.OpportunityFactory()
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} SELECT * FROM {table} WHERE false")
        if table.startswith("leads_") and verb.startswith("TRUNCATE") is False:
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone()[0]
        with pytest.raises(IntegrityError, match="is history"), transaction.atomic():
            cursor.execute(verb.format(table))


def test_every_table_of_history_was_looked_at():
    assert len(HISTORY) == 37


def ask(method, person, act):
    request = getattr(RequestFactory(), method)("/settings/somewhere/")
    request.user = person
    return changes.Changes(lambda _: act())(request)


def test_the_signed_in_person_is_named_with_the_page():
    reason = ReasonFactory()
    ask("post", mara(), lambda: Reason.objects.filter(pk=reason.pk).update(label="Other"))
    row = reason.history.latest("pgh_id")
    assert row.pgh_context == {"user": mara().pk, "url": "/settings/somewhere/"}


def test_a_statement_past_django_names_the_person_too():
    reason = ReasonFactory()
    sql = "UPDATE handoff_reason SET label = 'Raw' WHERE id = %s"
    ask("post", mara(), lambda: statements.execute(sql, [reason.pk]))
    assert reason.history.latest("pgh_id").pgh_context["user"] == mara().pk


def test_what_is_no_person_is_named_by_what_it_is():
    said = {"actor": None, "at": factories.MONDAY, "by": "API key crm"}
    account, _ = outcomes.upsert_account("novapay.com", {"name": "Novapay"}, **said)
    outcomes.upsert_account("novapay.com", {"name": "Novapay Ltd"}, **said)
    (change,) = history.changes_of(Account.objects.get(pk=account.pk))
    assert (change.who, change.lines) == ("API key crm", ("Name: Novapay → Novapay Ltd",))


def test_reading_a_page_names_nobody():
    reason = ReasonFactory()
    ask("get", mara(), lambda: Reason.objects.filter(pk=reason.pk).update(label="By the machine"))
    assert reason.history.latest("pgh_id").pgh_context is None


def test_history_is_told_in_words_newest_first():
    team = sdr_na()
    member = Membership.objects.get(team=team, user=sam())
    weight = member.weight

    def change():
        Membership.objects.filter(pk=member.pk).update(weight=weight + 1, max_open=member.max_open)
        Team.objects.filter(pk=team.pk).update(pick="pull")

    ask("post", mara(), change)
    told = history.changes_of(team, ((Membership, "team"),))
    by_mara = {one.what: (one.did, one.lines) for one in told if one.who == str(mara())}
    assert by_mara == {
        f"Team “{team.name}”": ("changed", ("Pick: By turns → Waits until someone takes it",)),
        f"Membership “{sam()}”": (
            "changed",
            (f"Weight: {weight} → {weight + 1}",),
        ),
    }
    assert {one.did for one in told if one.who == "Handoff"} == {"added"}


def test_the_history_of_a_lead_ends_with_what_is():
    lead = LeadFactory(role="Analyst", employees=None)
    Lead.objects.filter(pk=lead.pk).update(role="Manager")
    Lead.objects.filter(pk=lead.pk).update(role="Director", employees=500)
    lead.refresh_from_db()
    lines = [change.lines for change in history.changes_of(lead)]
    assert lines == [
        ("Role: Manager → Director", "Employees: empty → 500"),
        ("Role: Analyst → Manager",),
    ]


def test_what_was_removed_is_told_by_name():
    version = DefinitionVersion.objects.create(number=90)
    row = FitCriterion.objects.create(version=version, key="size", points=5, label="Size")
    row.delete()
    told = history.changes_of(version, ((FitCriterion, "version"),))
    rows = [one for one in told if one.what == "Fit criterion “Size”"]
    assert [one.did for one in rows] == ["removed", "added"]
    assert rows[0].lines == ()
    assert "Points: 5" in rows[1].lines
    assert {one.what for one in told} == {"Definition “v90”", "Fit criterion “Size”"}


def test_the_application_s_own_role_adds_to_history_and_can_do_nothing_else():
    """With the rights that role is given when the house is built, and what migrations take away."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = 'handoff_app'")
        if cursor.fetchone() is None:
            cursor.execute("CREATE ROLE handoff_app")
        cursor.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO handoff_app")
        for app, name in (
            ("handoff", "0005_changes_stay"),
            ("handoff", "0010_goals_of_both_halves"),
            ("leads", "0004_what_was_known_stays"),
            ("leads", "0015_what_a_person_is_told"),
            ("leads", "0025_campaigns_briefs_and_texts"),
            ("leads", "0029_what_becomes_of_leads"),
            ("leads", "0037_pages_have_names"),
            ("reviews", "0008_minutes_stay"),
        ):
            cursor.execute(import_module(f"{app}.migrations.{name}").REVOKE)
        for table in HISTORY:
            rights = {}
            for right in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE"):
                cursor.execute("SELECT has_table_privilege('handoff_app', %s, %s)", [table, right])
                rights[right] = cursor.fetchone()[0]
            assert {right for right, held in rights.items() if held} == {"SELECT", "INSERT"}, table
