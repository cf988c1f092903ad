"""The definition in the admin: a draft is edited as a whole, a published version never."""

import pytest
from django.contrib.messages import get_messages
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from handoff import drafting, publishing
from handoff.models import SECTIONS, DefinitionVersion, FitCriterion, Membership
from leads import journey
from leads.models import Lead
from tests import factories
from tests.factories import mara, sam

pytestmark = pytest.mark.django_db

State = DefinitionVersion.State


@pytest.fixture
def live():
    """The agreement in force."""
    return factories.agreement_in_force()


@pytest.fixture
def office(client, live):
    """Mara at the admin."""
    client.force_login(mara())
    return client


@pytest.fixture
def draft(office, live):
    """A draft of hers, begun from the live version."""
    office.post(address("draft"))
    return DefinitionVersion.objects.drafts().get()


def address(page, version=None):
    return reverse(f"admin:handoff_definitionversion_{page}", args=(version.pk,) if version else ())


def typed(client, version):
    """The form of a draft as the page shows it."""
    page = client.get(address("change", version))
    shown = page.context["adminform"].form
    form = {shown.add_prefix(name): shown[name].value() for name in shown.fields}
    for one in page.context["inline_admin_formsets"]:
        formset = one.formset
        form |= {
            formset.management_form.add_prefix(n): v.value()
            for n, v in ((n, formset.management_form[n]) for n in formset.management_form.fields)
        }
        for row in formset.forms:
            form |= {row.add_prefix(name): row[name].value() for name in row.fields}
    return {name: value for name, value in form.items() if value is not None and value is not False}


def add_row(form, section, **values):
    place = int(form[f"{section}-TOTAL_FORMS"])
    form[f"{section}-TOTAL_FORMS"] = place + 1
    return form | {f"{section}-{place}-{name}": value for name, value in values.items()}


def faults(answer):
    """What is wrong, by the name of its field; of a section as a whole, by its name."""
    assert answer.status_code == 200, "it was saved"
    form = answer.context["adminform"].form
    found = {name: list(said) for name, said in form.errors.items()}
    for one in answer.context["inline_admin_formsets"]:
        if said := one.formset.non_form_errors():
            found[one.formset.prefix] = list(said)
        for row in one.formset.forms:
            found |= {row.add_prefix(name): list(said) for name, said in row.errors.items()}
    return found


def said(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]


def test_a_draft_is_begun_from_the_live_version_with_one_press(office, live):
    answer = office.post(address("draft"))
    draft = DefinitionVersion.objects.drafts().get()
    assert answer["Location"] == address("change", draft)
    assert draft.document() == live.document()
    assert draft.created_by == mara()
    assert office.get(address("draft")).status_code == 405


def test_saving_a_draft_as_it_stands_changes_nothing(office, draft):
    before = DefinitionVersion.objects.get(pk=draft.pk).document()
    answer = office.post(address("change", draft), typed(office, draft))
    assert answer.status_code == 302, faults(answer)
    assert DefinitionVersion.objects.get(pk=draft.pk).document() == before


def test_conditions_points_deadlines_and_examples_are_typed_as_lines(office, draft):
    form = typed(office, draft)
    form["fit-0-points"] = "35"
    form["fit-0-when"] = (
        "any of:\nindustry in software, fintech\nemployees at_least 200 at_most 900"
    )
    form["tiers-0-clocks"] = "accept 20\nfirst_touch same_business_day"
    form["tiers-0-on_breach"] = "accept: notify_owner, reassign\nfirst_touch: notify_manager"
    form["tiers-0-on_reassign"] = "accept carry_on\nfirst_touch: restart"
    form["returned_minutes"] = "60"
    form["required"] = "email, company\nsource"
    form = add_row(
        form,
        "examples",
        kind="example",
        name="A student",
        expect="status: disqualified",
        lead="role: PhD student\nemail: jo@uni.edu",
        touchpoints="- {signal: demo_request, days_ago: 0}",
    )
    answer = office.post(address("change", draft), form)
    assert answer.status_code == 302, faults(answer)
    document = DefinitionVersion.objects.get(pk=draft.pk).document()
    assert document["fit"][0]["points"] == 35
    assert document["fit"][0]["when"] == {
        "any": [
            {"field": "industry", "in": ["software", "fintech"]},
            {"field": "employees", "at_least": 200, "at_most": 900},
        ]
    }
    tier = document["tiers"][0]
    assert (tier["accept"], tier["first_touch"]) == (20, "same_business_day")
    assert "assign" not in tier
    assert tier["on_breach"] == {
        "accept": ["notify_owner", "reassign"],
        "first_touch": ["notify_manager"],
    }
    assert tier["on_reassign"] == {"accept": "carry_on", "first_touch": "restart"}
    assert document["marketing"]["returned"] == 60
    assert document["required"] == ["email", "company", "source"]
    assert document["examples"][-1] == {
        "kind": "example",
        "name": "A student",
        "expect": {"status": "disqualified"},
        "lead": {"role": "PhD student", "email": "jo@uni.edu"},
        "touchpoints": [{"signal": "demo_request", "days_ago": 0}],
    }


def test_a_routing_rule_may_give_a_returning_lead_back(office, draft):
    route = draft.document()["route"]
    team = next(n for n, row in enumerate(route) if "team" in row["to"])
    queue = next(n for n, row in enumerate(route) if "queue" in row["to"])
    form = typed(office, draft)
    form[f"route-{team}-sticky"] = form[f"route-{queue}-sticky"] = "on"
    assert "a team takes" in str(faults(office.post(address("change", draft), form)))
    del form[f"route-{queue}-sticky"]
    assert office.post(address("change", draft), form).status_code == 302
    document = DefinitionVersion.objects.get(pk=draft.pk).document()
    assert [row.get("sticky", False) for row in document["route"]] == [
        n == team for n in range(len(route))
    ]


def test_rows_keep_the_order_of_their_places(office, draft):
    form = typed(office, draft)
    keys = [row["key"] for row in draft.document()["decide"]]
    form["decide-0-position"], form["decide-1-position"] = "2", "1"
    form = add_row(form, "fit", key="last", points="1", when="country is US")
    assert office.post(address("change", draft), form).status_code == 302
    document = DefinitionVersion.objects.get(pk=draft.pk).document()
    assert [row["key"] for row in document["decide"]][:2] == keys[1::-1]
    assert document["fit"][-1]["key"] == "last"
    assert list(draft.decide.values_list("position", flat=True)) == [
        *range(1, len(keys) + 1),
    ]


def test_every_fault_is_said_at_its_place_all_at_once(office, draft):
    form = typed(office, draft)
    before = draft.document()
    form["required"] = "email, shoe_size"
    form["fit-0-when"] = "employees at_least 100\nstatus is nurture"
    form["fit-1-key"] = "Not A Key"
    form["decide-0-reason"] = "no_such_reason"
    form["decide-1-tier"] = "no_such_tier"
    form["route-0-when"] = "shoe_size at_least 40"
    form["route-1-to_key"] = "no-such-team"
    form["tiers-0-clocks"] = "lunch 15\naccept soon"
    answer = office.post(address("change", draft), form)
    found = faults(answer)
    assert "shoe_size" in found["required"][0]
    assert found["fit-0-when"][0].startswith("Line 2: ")
    assert "fit-1-key" in found
    assert "no_such_reason" in found["decide-0-reason"][0]
    assert "no_such_tier" in found["decide-1-tier"][0]
    assert "shoe_size" in found["route-0-when"][0]
    assert "no-such-team" in found["route-1-to_key"][0]
    assert len(found["tiers-0-clocks"]) == 2
    assert DefinitionVersion.objects.get(pk=draft.pk).document() == before


def test_a_section_that_is_wrong_as_a_whole_says_so(office, draft):
    form = typed(office, draft)
    last = int(form["decide-TOTAL_FORMS"]) - 1
    form[f"decide-{last}-when"] = "country is US"
    found = faults(office.post(address("change", draft), form))
    assert [name for name in found if name.startswith("decide")]


def test_what_is_doubtful_is_said_and_saved(office, draft):
    form = typed(office, draft)
    form = add_row(
        form, "decide", position="1", key="never", status="nurture", when="role contains student"
    )
    answer = office.post(address("change", draft), form)
    assert answer.status_code == 302, faults(answer)
    assert any("never" in one or "decide" in one for one in said(answer)), said(answer)


@pytest.mark.parametrize("page", ["clone", "draft", "change"])
def test_other_roles_are_refused(client, live, page):
    client.force_login(sam())
    where = address(page, None if page == "draft" else live)
    assert client.post(where, {"reason": "mine"}, follow=True).status_code == 403
    assert DefinitionVersion.objects.live().get() == live


def test_publishing_going_back_and_throwing_away_are_pages_of_the_room(office, live, draft):
    page = office.get(address("change", draft)).content.decode()
    assert reverse("definition-publish", args=[draft.number]) in page
    assert reverse("definition-discard", args=[draft.number]) in page
    assert office.post(address("delete", draft), {"post": "yes"}).status_code == 403
    publishing.publish(draft, actor=mara(), at=timezone.now(), reason="Try")
    page = office.get(address("change", live)).content.decode()
    assert reverse("definition-rollback", args=[live.number]) in page


def test_what_somebody_changed_meanwhile_is_not_written_over(office, draft):
    form = typed(office, draft)
    row = {**draft.document()["fit"][0], "points": 12.0}
    drafting.put(draft, "fit", row, place=0, revision=0, actor=mara(), at=timezone.now())
    answer = office.post(address("change", draft), form | {"fit-1-points": "7"})
    assert f"Mara Lindqvist changed {draft} meanwhile" in faults(answer)["__all__"][0]
    assert [one.points for one in draft.fit.all()][:2] == [12, 50]
    answer = office.post(address("change", draft), typed(office, draft) | {"fit-1-points": "7"})
    assert answer.status_code == 302
    assert [one.points for one in draft.fit.all()][:2] == [12, 7]
    assert office.post(address("change", draft), form).status_code == 200


def test_a_team_without_anybody_is_told_on_saving(office, draft):
    Membership.objects.all().delete()
    answer = office.post(address("change", draft), typed(office, draft))
    assert any("nobody is in" in one.lower() for one in said(answer)), said(answer)


def test_a_published_version_is_read_and_can_be_cloned(office, live):
    page = office.get(address("change", live)).content.decode()
    assert 'name="_save"' not in page
    assert "never edited" in page
    assert office.post(address("change", live), {"summary": "Mine"}).status_code == 403
    assert office.post(address("delete", live), {"post": "yes"}).status_code == 403
    office.post(address("clone", live))
    assert DefinitionVersion.objects.drafts().get().cloned_from == live


def rows_of(version):
    return [(kind, getattr(version, name).first()) for name, kind in SECTIONS]


@pytest.mark.parametrize("state", [State.LIVE, State.RETIRED, State.TRIAL])
def test_published_rows_refuse_every_edit(live, state):
    if state != State.LIVE:
        DefinitionVersion.objects.filter(pk=live.pk).update(state=state)
    refused = pytest.raises(IntegrityError, match="never edited")
    for kind, row in rows_of(live):
        if row is None:
            continue
        with refused, transaction.atomic():
            row.save()
        with refused, transaction.atomic():
            kind.objects.filter(version=live).update(position=9)
        with refused, transaction.atomic():
            kind.objects.bulk_update([row], ["position"])
        with refused, transaction.atomic():
            row.delete()
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {kind._meta.db_table} SET position = 9")
        row.pk = None
        with refused, transaction.atomic():
            row.save(force_insert=True)
    with refused, transaction.atomic():
        DefinitionVersion.objects.filter(pk=live.pk).update(summary="Something else")
    for promise in ("handover_minutes", "context_minutes", "returned_minutes"):
        with refused, transaction.atomic():
            DefinitionVersion.objects.filter(pk=live.pk).update(**{promise: 99})
    with pytest.raises(IntegrityError, match="never (edited|deleted)"), transaction.atomic():
        live.delete()


def test_rows_are_not_moved_out_of_or_into_a_published_version(live, draft):
    for row, version in ((live.fit.first(), draft), (draft.fit.first(), live)):
        row.version, row.key = version, "moved"
        with pytest.raises(IntegrityError, match="never edited"), transaction.atomic():
            row.save()


def test_a_draft_published_meanwhile_is_not_edited(office, draft, monkeypatch):
    form = typed(office, draft)
    form["fit-0-points"] = "99"
    seen = DefinitionVersion.is_editable
    DefinitionVersion.objects.live().update(state=State.RETIRED)
    DefinitionVersion.objects.filter(pk=draft.pk).update(state=State.LIVE)
    monkeypatch.setattr(DefinitionVersion, "is_editable", property(lambda self: True))
    answer = office.post(address("change", draft), form)
    monkeypatch.setattr(DefinitionVersion, "is_editable", seen)
    assert answer.status_code == 302
    assert any("Somebody published this version" in one for one in said(answer))
    assert not FitCriterion.objects.filter(points=99).exists()


def test_the_history_of_a_draft_tells_its_rows(office, draft):
    form = typed(office, draft)
    form["fit-0-points"] = "31"
    office.post(address("change", draft), form)
    page = office.get(address("history", draft)).content.decode()
    assert "→ 31" in page
    assert mara().name in page


def test_a_draft_is_thrown_away_and_its_history_stays(office, draft):
    office.post(reverse("definition-discard", args=[draft.number]))
    assert not DefinitionVersion.objects.drafts().exists()
    kept = DefinitionVersion.history.rel.related_model.objects.filter(pgh_obj_id=draft.pk)
    assert list(kept.values_list("pgh_label", flat=True)) == ["insert", "delete"]


def an_enquiry(number):
    """A demo request of a fintech with sixty people."""
    at = timezone.now()
    payload = {
        "email": f"ana{number}@novapay{number}.com",
        "company": f"Novapay {number}",
        "country": "US",
        "industry": "fintech",
        "employees": 60,
        "touchpoints": [{"signal": "demo_request", "occurred_at": at.isoformat()}],
    }
    envelope = journey.Envelope("website", f"enquiry-{number}", payload, channel="form")
    return journey.receive([envelope], at=at)[0]


def test_the_next_lead_is_judged_by_the_change(office, live, draft):
    before = an_enquiry(1)
    form = typed(office, draft)
    form["fit-1-when"] = "employees at_least 50"
    assert office.post(address("change", draft), form).status_code == 302
    assert an_enquiry(2).judged.status == before.judged.status == "needs_qualification"
    publishing.publish(draft, actor=mara(), at=timezone.now(), reason="Small ones buy too")
    after = an_enquiry(3)
    assert (after.judged.status, after.judged.fit) == ("sales_ready", 80)
    judged_by = [Lead.objects.get(pk=one.lead_id).judgement.version for one in (before, after)]
    assert judged_by == [live, draft]
