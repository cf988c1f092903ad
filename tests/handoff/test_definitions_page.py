"""The versions of the definition on one page: who sees them, and what can be done with each."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from handoff import publishing
from handoff.models import DefinitionVersion
from tests import factories as make

pytestmark = pytest.mark.django_db

State = DefinitionVersion.State
STATEMENTS = 18


@pytest.fixture
def live() -> DefinitionVersion:
    return make.agreement_in_force()


@pytest.fixture
def mara(client: Client) -> Client:
    client.force_login(make.mara())
    return client


def draft_of(source: DefinitionVersion, **changes: object) -> DefinitionVersion:
    """A copy whose size row says otherwise."""
    draft = publishing.clone(source, actor=make.mara(), at=timezone.now())
    draft.fit.filter(key="size").update(**changes)
    return draft


def page_of(client: Client) -> str:
    answer = client.get(reverse("definitions"))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_without_a_version_it_says_what_to_do(mara: Client) -> None:
    assert "No definition yet" in page_of(mara)


def test_every_version_stands_where_it_belongs(mara: Client, live: DefinitionVersion) -> None:
    draft = draft_of(live, points=60)
    draft_of(live)
    publishing.publish(draft, actor=make.mara(), at=timezone.now(), reason="Size matters")
    page = page_of(mara)
    assert f"1 change from {live}</a>" in page
    assert "Fit, Size: points 50 → 60." in page
    assert "“Size matters”" in page
    assert f"Says the same as {live}." in page
    order = [page.index(word) for word in (">Live</h2>", ">Drafts</h2>", ">Retired</h2>")]
    assert order == sorted(order)


def test_a_list_of_many_costs_what_a_list_of_two_does(
    mara: Client, live: DefinitionVersion, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    publishing.publish(draft_of(live), actor=make.mara(), at=timezone.now(), reason="r")
    page_of(mara)
    with django_assert_num_queries(STATEMENTS):
        page_of(mara)
    for points in range(30):
        publishing.publish(
            draft_of(live, points=50 + points), actor=make.mara(), at=timezone.now(), reason="r"
        )
    with django_assert_num_queries(STATEMENTS):
        page = page_of(mara)
    assert page.count('class="version"') == 1 + 20
    second = mara.get(reverse("definitions"), {"page": 2}).content.decode()
    assert second.count('class="version"') == 1 + 11


@pytest.mark.parametrize("who", ["lena", "ada"])
def test_those_who_oversee_leads_read_it(client: Client, live: DefinitionVersion, who: str) -> None:
    client.force_login(getattr(make, who)())
    assert "New draft" in page_of(client) or who == "lena"


@pytest.mark.parametrize("who", ["sam", "otto"])
def test_for_a_rep_there_is_no_such_page(client: Client, live: DefinitionVersion, who: str) -> None:
    client.force_login(getattr(make, who)())
    addresses = [
        reverse("definitions"),
        reverse("definition-difference", args=[live.number, live.number]),
        reverse("definition-export", args=[live.number]),
        reverse("definition-publish", args=[live.number]),
        reverse("definition-discard", args=[live.number]),
    ]
    assert [client.get(address).status_code for address in addresses] == [404] * 5
    assert client.post(reverse("definition-new")).status_code == 404
    assert client.post(reverse("definition-clone", args=[live.number])).status_code == 404
    assert DefinitionVersion.objects.count() == 1


def test_a_reader_changes_nothing(client: Client, live: DefinitionVersion) -> None:
    client.force_login(make.lena())
    draft = draft_of(live)
    assert "Copy into a new draft" not in page_of(client)
    for name in ("definition-publish", "definition-discard", "definition-clone"):
        assert client.post(reverse(name, args=[draft.number])).status_code == 403
    assert client.post(reverse("definition-new")).status_code == 403
    assert DefinitionVersion.objects.count() == 2


def test_a_draft_begins_as_a_copy(mara: Client, live: DefinitionVersion) -> None:
    assert mara.get(reverse("definition-clone", args=[live.number])).status_code == 405
    answer = mara.post(reverse("definition-clone", args=[live.number]))
    draft = DefinitionVersion.objects.with_rows().get(state=State.DRAFT)
    assert answer.status_code == 302
    assert (draft.cloned_from, draft.created_by) == (live, make.mara())
    assert draft.document() == live.document()
    mara.post(reverse("definition-new"))
    assert DefinitionVersion.objects.drafts().filter(cloned_from=live).count() == 2


def test_the_first_draft_of_all_is_empty(mara: Client) -> None:
    mara.post(reverse("definition-new"))
    assert DefinitionVersion.objects.get().state == State.DRAFT


def test_a_draft_is_thrown_away_once_it_was_asked(mara: Client, live: DefinitionVersion) -> None:
    draft = draft_of(live)
    address = reverse("definition-discard", args=[draft.number])
    assert "cannot be brought back" in mara.get(address).content.decode()
    assert mara.put(address).status_code == 405
    assert DefinitionVersion.objects.filter(pk=draft.pk).exists()
    assert mara.post(address).status_code == 302
    assert not DefinitionVersion.objects.filter(pk=draft.pk).exists()
    assert mara.post(address).status_code == 404


def test_what_was_published_is_never_thrown_away(mara: Client, live: DefinitionVersion) -> None:
    answer = mara.post(reverse("definition-discard", args=[live.number]))
    assert answer.status_code == 409
    assert "only drafts are discarded" in answer.content.decode()


def test_any_version_is_downloaded_as_a_file(mara: Client, live: DefinitionVersion) -> None:
    answer = mara.get(reverse("definition-export", args=[live.number]))
    assert answer["Content-Disposition"] == f'attachment; filename="playbook-{live}.yaml"'
    assert "hand_raiser" in answer.content.decode()


def test_two_versions_are_picked_to_compare(mara: Client, live: DefinitionVersion) -> None:
    draft = draft_of(live)
    address = reverse("definition-compare")
    answer = mara.get(address, {"old": live.number, "new": draft.number})
    assert answer["Location"] == reverse("definition-difference", args=[live.number, draft.number])
    for wrong in ("x", "", "²", "99999999999", "77"):
        assert mara.get(address, {"old": wrong, "new": "1"}).status_code == 404


def test_the_difference_is_told_by_section(mara: Client, live: DefinitionVersion) -> None:
    draft = draft_of(live, points=40, motion="enterprise")
    draft.tiers.filter(key="urgent").update(remind_before=5)
    DefinitionVersion.objects.filter(pk=draft.pk).update(handover_minutes=12)
    address = reverse("definition-difference", args=[live.number, draft.number])
    page = " ".join(mara.get(address).content.decode().split())
    assert f"<h1>4 changes from {live} to {draft}</h1>" in page
    assert "Marketing hands over within <del>10 minutes</del>" in page
    assert "points <del>50</del>" in page and "<ins>40</ins>" in page
    assert "motion <del>every</del>" in page and "<ins>Enterprise</ins>" in page
    assert "Used by Asked for a demo and fits" in page
    same = mara.get(reverse("definition-difference", args=[live.number, live.number]))
    assert "say the same" in same.content.decode()
    gone = mara.get(reverse("definition-difference", args=[live.number, 999]))
    assert gone.status_code == 404


def test_a_change_of_one_motion_says_so(mara: Client, live: DefinitionVersion) -> None:
    first = draft_of(live, motion="enterprise")
    second = draft_of(first, points=40)
    address = reverse("definition-difference", args=[first.number, second.number])
    assert "Affects Enterprise only" in mara.get(address).content.decode()


def test_going_back_is_one_click_for_a_day(mara: Client, live: DefinitionVersion) -> None:
    draft = draft_of(live, points=60)
    publishing.publish(draft, actor=make.mara(), at=timezone.now(), reason="Try")
    page = page_of(mara)
    assert f"Undo: back to {live}" in page
    sent = {"reason": f"Took {draft} back", "live": draft.number, "revision": live.revision}
    answer = mara.post(reverse("definition-rollback", args=[live.number]), sent)
    assert answer.status_code == 302
    live.refresh_from_db()
    assert (live.state, live.reason) == (State.LIVE, f"Took {draft} back")
    assert f"Undo: back to {draft}" in page_of(mara)
    late = timezone.now() - dt.timedelta(days=2)
    DefinitionVersion.objects.filter(pk=live.pk).update(published_at=late)
    assert "Undo: back to" not in page_of(mara)
