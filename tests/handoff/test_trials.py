"""How a trial starts and ends: one at a time, sound, with a reason, and never edited again."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from handoff import drafting, publishing, trials
from handoff.models import DefinitionVersion, Trial
from tests import factories as make
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db

State = DefinitionVersion.State
GERMANY = [{"field": "country", "is": "DE"}]


@pytest.fixture(autouse=True)
def _agreement():
    make.agreement_in_force()


def draft():
    live = DefinitionVersion.objects.live().get()
    return publishing.clone(live, actor=make.mara(), at=MONDAY)


def begin(version=None, **changes):
    terms = {"when": GERMANY, "share": 50, "stop_above": 0.4, "reason": "To see", **changes}
    return trials.start(version or draft(), actor=make.mara(), at=MONDAY, **terms)


def test_a_draft_goes_on_trial():
    trial = begin()
    assert (trial.version.state, trial.when, trial.share) == (State.TRIAL, GERMANY, 50)
    assert (trial.started_by, trial.started_at, trial.is_running) == (make.mara(), MONDAY, True)
    assert DefinitionVersion.objects.live().count() == 1


def test_only_one_runs_at_a_time():
    running = begin()
    second = draft()
    with pytest.raises(trials.Refused, match=f"{running.version} is on trial already"):
        begin(second)
    second.refresh_from_db()
    assert second.state == State.DRAFT
    with pytest.raises(IntegrityError):
        Trial.objects.create(version=second, started_at=MONDAY)


def test_only_a_draft_goes_on_trial():
    with pytest.raises(trials.Refused, match="is live by now"):
        begin(DefinitionVersion.objects.live().get())
    gone = draft()
    DefinitionVersion.objects.get(pk=gone.pk).delete()
    with pytest.raises(trials.Refused, match="not there any more"):
        begin(gone)


def test_there_must_be_something_to_run_beside():
    version = draft()
    DefinitionVersion.objects.live().update(state=State.RETIRED)
    with pytest.raises(trials.Refused, match="Nothing is live yet"):
        begin(version)


def test_a_faulty_draft_or_one_that_differs_from_an_example_is_refused():
    faulty = draft()
    faulty.decide.update(track="nowhere")
    with pytest.raises(trials.Refused, match="there is no track “nowhere”"):
        begin(faulty)
    differs = draft()
    example = {"name": "Ana", "lead": {"country": "US"}, "expect": {"status": "sales_ready"}}
    drafting.put(
        differs, "examples", {"kind": "example", **example}, revision=0, actor=make.mara(),
        at=MONDAY,
    )  # fmt: skip
    with pytest.raises(trials.Refused, match="Ana: expected status sales ready"):
        begin(differs)


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"share": 0}, "share"),
        ({"share": 101}, "share"),
        ({"stop_above": 1.0}, "stop_above"),
        ({"when": [{"field": "height", "is": "2"}]}, "when[0].field"),
        ({"when": [{"field": "fit", "at_least": 2}]}, "when[0].field"),
        ({"when": []}, "when"),
    ],
)
def test_terms_that_make_no_sense_are_told_at_their_place(wrong, place):
    with pytest.raises(trials.Faulty) as caught:
        begin(**wrong)
    assert [fault.place for fault in caught.value.faults] == [place]


def test_stopped_it_is_retired_and_never_edited_again():
    trial = begin()
    stopped = trials.stop(trial, actor=make.mara(), at=MONDAY, why="Too many returned")
    assert (stopped.ending, stopped.ended_why) == ("stopped", "Too many returned")
    assert stopped.said_ending == "stopped: Too many returned"
    version = DefinitionVersion.objects.get(pk=trial.version_id)
    assert version.state == State.RETIRED
    with pytest.raises(IntegrityError), transaction.atomic():
        version.fit.update(points=1)
    copy = publishing.clone(version, actor=make.mara(), at=MONDAY)
    assert copy.is_editable and copy.document() == trial.version.document()
    assert begin(copy).is_running


def test_there_is_no_going_back_to_what_was_never_live():
    trial = begin()
    trials.stop(trial, actor=make.mara(), at=MONDAY, why="Enough")
    with pytest.raises(publishing.Refused, match="was on trial only, never live"):
        publishing.rollback(trial.version, actor=make.mara(), at=MONDAY)
    assert DefinitionVersion.objects.live().exclude(pk=trial.version_id).exists()


def test_it_is_stopped_once():
    trial = begin()
    trials.stop(trial, actor=make.mara(), at=MONDAY, why="Enough")
    with pytest.raises(trials.Refused, match="has ended: stopped: Enough"):
        trials.stop(trial, actor=make.mara(), at=MONDAY, why="Again")
    assert Trial.objects.get(pk=trial.pk).ended_why == "Enough"


def test_published_it_ends_and_everybody_has_it():
    trial = begin()
    publishing.publish(trial.version, actor=make.mara(), at=MONDAY, reason="It sells")
    ended = Trial.objects.get(pk=trial.pk)
    assert (ended.ending, ended.ended_by, ended.ended_why) == ("published", make.mara(), "It sells")
    assert DefinitionVersion.objects.live().get() == trial.version
    with pytest.raises(trials.Refused, match="has ended: published"):
        trials.stop(trial, actor=make.mara(), at=MONDAY, why="Late")


def test_publishing_another_version_leaves_the_trial_running():
    trial = begin()
    publishing.publish(draft(), actor=make.mara(), at=MONDAY, reason="Meanwhile")
    assert Trial.objects.running().get() == trial


def definitions(client):
    client.force_login(make.mara())
    return " ".join(client.get(reverse("definitions")).content.decode().split())


def test_while_a_trial_runs_the_live_version_judges_those_outside_of_it(client):
    assert "Every new lead is judged by it" in definitions(client)
    trial = begin()
    page = definitions(client)
    address = reverse("reviews:trial", args=[trial.version.number])
    said = f'Leads outside <a href="{address}">the trial of {trial.version}</a> are judged by it'
    assert said in page and "Every new lead is judged by it" not in page


def test_whatever_was_on_trial_keeps_the_way_to_it(client):
    live = DefinitionVersion.objects.live().get()
    tried = begin()
    trials.stop(tried, actor=make.mara(), at=MONDAY, why="Enough")
    published = begin().version
    publishing.publish(published, actor=make.mara(), at=MONDAY, reason="It sells")
    page = definitions(client)
    for version, has in ((live, False), (tried.version, True), (published, True)):
        link = f'href="{reverse("reviews:trial", args=[version.number])}"'
        assert (link in page) is has, version
    assert f"Go back to {live}" in page
    assert f"Go back to {tried.version}" not in page


def test_who_publishes_a_trial_hears_that_it_ends(client):
    version = begin().version
    client.force_login(make.mara())
    page = client.get(reverse("definition-publish", args=[version.number])).content.decode()
    assert f"judged by {version} and its trial is over;" in page
