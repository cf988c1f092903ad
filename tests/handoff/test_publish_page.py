"""Publishing and going back in the browser: what changes is read before it is done."""

import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from handoff import publishing
from handoff.models import DefinitionVersion
from tests import factories as make

pytestmark = pytest.mark.django_db

State = DefinitionVersion.State
EXAMPLE = {
    "name": "A large fintech asks",
    "expect": {"status": "sales_ready"},
    "lead": {"industry": "fintech", "employees": 400, "country": "US"},
    "touchpoints": [{"signal": "demo_request", "days_ago": 0}],
}


@pytest.fixture
def live() -> DefinitionVersion:
    return make.agreement_in_force()


@pytest.fixture
def mara(client: Client) -> Client:
    client.force_login(make.mara())
    return client


def draft_of(source: DefinitionVersion, **changes: object) -> DefinitionVersion:
    draft = publishing.clone(source, actor=make.mara(), at=timezone.now())
    draft.fit.filter(key="size").update(**changes)
    return draft


def answer_of(
    client: Client, version: DefinitionVersion, verb: str = "publish", **sent: Any
) -> Any:
    live = DefinitionVersion.objects.live().first()
    seen = {"live": live.number if live else "", "revision": version.revision}
    address = reverse(f"definition-{verb}", args=[version.number])
    return client.post(address, {"reason": "Size matters more", **seen, **sent})


def said(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_the_page_says_what_changes_and_what_it_rests_on(
    mara: Client, live: DefinitionVersion
) -> None:
    draft = draft_of(live, points=60)
    draft.examples.create(kind="example", **EXAMPLE)
    page = said(mara.get(reverse("definition-publish", args=[draft.number])))
    assert "points <del>50</del>" in page
    assert "1 of 1 come out right" in page
    assert "aria-disabled" not in page
    assert "came after this draft" not in page


def test_one_click_with_a_reason_makes_it_the_law(mara: Client, live: DefinitionVersion) -> None:
    draft = draft_of(live, points=60)
    answer = answer_of(mara, draft)
    assert answer["Location"] == reverse("definitions")
    draft.refresh_from_db()
    assert (draft.state, draft.reason, draft.published_by) == (
        State.LIVE,
        "Size matters more",
        make.mara(),
    )
    page = mara.get(reverse("definitions")).content.decode()
    assert f"{draft} is live. The next lead is judged by it." in page
    assert reverse("definition-difference", args=[live.number, draft.number]) in page


def test_without_a_reason_nothing_is_published(mara: Client, live: DefinitionVersion) -> None:
    draft = draft_of(live)
    answer = answer_of(mara, draft, reason=" ")
    assert answer.status_code == 422
    assert "Say why" in said(answer)
    draft.refresh_from_db()
    assert draft.state == State.DRAFT


def test_an_example_that_differs_turns_publishing_off(
    mara: Client, live: DefinitionVersion
) -> None:
    draft = draft_of(live, points=0)
    draft.examples.create(kind="example", **EXAMPLE)
    page = said(mara.get(reverse("definition-publish", args=[draft.number])))
    assert 'aria-disabled="true"' in page
    assert "1 example comes out differently" in page
    assert "Expected <b>" in page and "comes out <b>" in page
    assert f"The summary, first in the playbook, stays that of {live}" in page
    answer = answer_of(mara, draft)
    assert answer.status_code == 422
    assert f"{draft} cannot be published." in said(answer)
    assert "Size matters more" in said(answer)
    draft.refresh_from_db()
    assert draft.state == State.DRAFT


def test_a_fault_is_told_at_its_row(mara: Client, live: DefinitionVersion) -> None:
    draft = draft_of(live, when=[{"field": "height", "at_least": 2}])
    page = said(mara.get(reverse("definition-publish", args=[draft.number])))
    assert ">Criterion 2, Size<" in page and "?edit=fit-2#row-fit-size" in page
    assert "1 row cannot be read" in page
    assert answer_of(mara, draft).status_code == 422


def test_a_draft_of_an_older_law_says_what_it_would_take_back(
    mara: Client, live: DefinitionVersion
) -> None:
    old = draft_of(live)
    old.signals.filter(key="pricing_page").update(points=20)
    newer = draft_of(live, points=60)
    publishing.publish(newer, actor=make.mara(), at=timezone.now(), reason="r")
    page = said(mara.get(reverse("definition-publish", args=[old.number])))
    assert f"{newer} came after this draft was begun" in page
    assert f"takes back 1 change of {newer}" in page
    assert "<li>Fit, Size: points 60 → 50.</li>" in page


def test_whoever_was_overtaken_looks_again(mara: Client, live: DefinitionVersion) -> None:
    draft, other = draft_of(live, points=60), draft_of(live, points=70)
    publishing.publish(other, actor=make.ada(), at=timezone.now(), reason="r")
    answer = answer_of(mara, draft, live=live.number)
    assert answer.status_code == 409
    page = said(answer)
    assert f"Ada Moreau published {other} meanwhile" in page
    assert "Size matters more" in page
    assert f'name="live" value="{other.number}"' in page
    draft.refresh_from_db()
    assert draft.state == State.DRAFT
    assert answer_of(mara, draft).status_code == 302


def test_a_draft_changed_meanwhile_is_looked_at_again(
    mara: Client, live: DefinitionVersion
) -> None:
    draft = draft_of(live)
    DefinitionVersion.objects.filter(pk=draft.pk).update(revision=3, edited_by=make.ada())
    answer = answer_of(mara, draft)
    assert answer.status_code == 409
    assert f"Ada Moreau changed {draft} meanwhile" in said(answer)


def test_publishing_twice_says_that_it_is_done(mara: Client, live: DefinitionVersion) -> None:
    draft = draft_of(live)
    answer_of(mara, draft)
    again = answer_of(mara, draft)
    assert again.status_code == 409
    assert f"{draft} is live by now." in said(again)
    read = mara.get(reverse("definition-publish", args=[draft.number]), follow=True)
    assert "Only a draft or a trial can be published." in said(read)


def test_going_back_asks_and_is_told(mara: Client, live: DefinitionVersion) -> None:
    answer_of(mara, draft_of(live, points=60))
    live.refresh_from_db()
    page = said(mara.get(reverse("definition-rollback", args=[live.number])))
    assert f"Go back to {live}" in page and "points <del>60</del>" in page
    assert answer_of(mara, live, "rollback", reason="Too strict").status_code == 302
    live.refresh_from_db()
    assert (live.state, live.reason) == (State.LIVE, "Too strict")
    assert answer_of(mara, live, "rollback").status_code == 409


def test_a_draft_is_nothing_to_go_back_to(mara: Client, live: DefinitionVersion) -> None:
    draft = draft_of(live)
    read = mara.get(reverse("definition-rollback", args=[draft.number]), follow=True)
    assert "Only a version that was live before can be gone back to." in said(read)
    assert answer_of(mara, draft, "rollback").status_code == 409


@pytest.mark.parametrize("verb", ["publish", "rollback"])
def test_only_those_who_decide_publish(client: Client, live: DefinitionVersion, verb: str) -> None:
    client.force_login(make.lena())
    address = reverse(f"definition-{verb}", args=[live.number])
    assert client.get(address).status_code == 403
    assert client.post(address, {"reason": "r"}).status_code == 403
    client.force_login(make.mara())
    assert client.put(address).status_code == 405


@pytest.mark.django_db(transaction=True)
def test_a_burst_of_publications_leaves_one_live() -> None:
    live = make.agreement_in_force()
    make.mara()
    drafts = [draft_of(live, points=60 + n) for n in range(6)]
    ready, codes = threading.Barrier(len(drafts)), []

    def publish(draft: DefinitionVersion) -> None:
        try:
            client = Client()
            client.force_login(make.mara())
            sent = {"reason": "r", "live": live.number, "revision": 0}
            ready.wait(timeout=30)
            codes.append(client.post(reverse("definition-publish", args=[draft.number]), sent))
        finally:
            connection.close()

    threads = [threading.Thread(target=publish, args=[draft]) for draft in drafts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in codes) == [302] + [409] * 5
    assert DefinitionVersion.objects.live().count() == 1
    assert DefinitionVersion.objects.drafts().count() == 5
