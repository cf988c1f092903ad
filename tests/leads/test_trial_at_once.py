"""A trial starts and ends while leads come in side by side: each is judged once, by one law."""

import datetime as dt

import pytest

from handoff import publishing, trials
from handoff.models import DefinitionVersion, Trial
from leads.models import Event, Handoff, Judgement, TrialMember
from tests import factories as make
from tests.factories import MONDAY
from tests.leads.arriving import agreement, arrive
from tests.leads.test_many_at_once import at_once
from tests.leads.test_trial_sides import draft, on_trial

pytestmark = pytest.mark.django_db(transaction=True)

LATER = MONDAY + dt.timedelta(minutes=5)
LEADS = 40


@pytest.fixture(autouse=True)
def _agreement():
    agreement()
    make.TrackFactory()


def quietly(act):
    """The act, or why it was refused."""

    def run():
        try:
            return act()
        except (trials.Refused, publishing.Refused) as error:
            return error

    return run


def coming_in_while(act):
    """Leads come in side by side while something is done in their midst; what that returned."""
    jobs = [lambda: arrive(at=LATER) for _ in range(LEADS)]
    jobs.insert(LEADS // 2, quietly(act))
    results = at_once(jobs, width=8)
    assert sum(getattr(one, "handoff_id", None) is not None for one in results) == LEADS
    return next(one for one in results if getattr(one, "handoff_id", None) is None)


def everyone_was_judged_once_by_one_law():
    assert Judgement.objects.count() == Handoff.objects.count() == LEADS
    for handoff in Handoff.objects.select_related("judgement"):
        assert handoff.version_id == handoff.judgement.version_id
        assert {clock.version_id for clock in handoff.clocks.all()} == {handoff.version_id}
        assert Event.objects.filter(handoff=handoff, kind="handed_over").count() == 1


def sides():
    """Each lead's arm, and the version that judged it."""
    judged = dict(Judgement.objects.values_list("lead", "version"))
    return {
        member.lead_id: (member.arm, judged[member.lead_id]) for member in TrialMember.objects.all()
    }


def test_stopped_in_the_midst():
    live = DefinitionVersion.objects.live().get()
    trial = on_trial(share=50)
    stopped = coming_in_while(lambda: trials.stop(trial, actor=make.mara(), at=LATER, why="Enough"))
    assert stopped.ending == Trial.Ending.STOPPED
    everyone_was_judged_once_by_one_law()
    expected = {"trial": trial.version_id, "control": live.pk}
    assert all(version == expected[arm] for arm, version in sides().values())
    others = Judgement.objects.exclude(lead__in=sides())
    assert set(others.values_list("version", flat=True)) <= {live.pk}


def test_published_in_the_midst():
    live = DefinitionVersion.objects.live().get()
    trial = on_trial(share=50)
    coming_in_while(
        lambda: publishing.publish(trial.version, actor=make.mara(), at=LATER, reason="Better")
    )
    everyone_was_judged_once_by_one_law()
    expected = {"trial": trial.version_id, "control": live.pk}
    assert all(version == expected[arm] for arm, version in sides().values())
    others = Judgement.objects.exclude(lead__in=sides())
    assert set(others.values_list("version", flat=True)) <= {trial.version_id}


def test_started_in_the_midst():
    live, version = DefinitionVersion.objects.live().get(), draft()
    trial = coming_in_while(lambda: on_trial(version, at=LATER))
    everyone_was_judged_once_by_one_law()
    assert all(one == ("trial", trial.version_id) for one in sides().values())
    others = Judgement.objects.exclude(lead__in=sides())
    assert set(others.values_list("version", flat=True)) <= {live.pk}


def test_of_many_who_start_one_one_does():
    drafts = [draft() for _ in range(6)]
    results = at_once([quietly(lambda one=one: on_trial(one)) for one in drafts], width=6)
    assert sum(isinstance(one, Trial) for one in results) == 1
    assert DefinitionVersion.objects.filter(state="trial").count() == 1


def test_of_many_who_stop_and_publish_it_one_ends_it():
    trial = on_trial()
    acts = [
        lambda: trials.stop(trial, actor=make.mara(), at=LATER, why="Enough"),
        lambda: publishing.publish(trial.version, actor=make.mara(), at=LATER, reason="Better"),
    ] * 4
    results = at_once([quietly(act) for act in acts], width=8)
    assert sum(isinstance(one, Trial | DefinitionVersion) for one in results) == 1
    ended = Trial.objects.get()
    state = DefinitionVersion.objects.get(pk=trial.version_id).state
    assert (ended.ending, state) in {("stopped", "retired"), ("published", "live")}


def test_the_same_lead_side_by_side_comes_to_one_side():
    on_trial(share=50)
    same = {"email": "ana@novapay.com"}
    at_once([lambda: arrive(at=LATER, **same) for _ in range(8)], width=8)
    member = TrialMember.objects.get()
    versions = set(Judgement.objects.values_list("version", flat=True))
    assert len(versions) == 1
    assert Handoff.objects.get().lead_id == member.lead_id
