"""The demo's draft answers what sales rejected, is fit to be published, and goes with the demo."""

import datetime as dt

import pytest
from django.core.management import call_command

from handoff import publishing
from handoff.models import DefinitionVersion, Reason, User
from leads.demo import answer, cast, removal
from tests import factories as make
from tests.leads.test_demo import PLAYBOOK, TUESDAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def said():
    """The default agreement with its people; Sam and Tom rejected three leads."""
    call_command("playbook", "load", str(PLAYBOOK), "--publish", verbosity=0)
    cast.prepare()
    reason = Reason.objects.get(key=answer.REASON)
    for email in ("sam", "sam", "tom"):
        who = User.objects.get(email=f"{email}@example.com")
        make.HandoffFactory(
            rejected=True,
            reason=reason,
            answered_by=who,
            owner=who,
            ended_at=TUESDAY - dt.timedelta(days=3),
        )


def test_marketing_drafts_an_answer_that_could_be_published(said):
    draft = answer.draft(at=TUESDAY)
    assert draft.evidence.get().rejections.count() == 3
    fresh = DefinitionVersion.objects.with_rows().get(pk=draft.pk)
    assert publishing.check(fresh, at=TUESDAY).is_sound
    live = DefinitionVersion.objects.live().with_rows().get()
    assert publishing.diff(live.document(), fresh.document()) == [
        "Signal, Downloaded a guide: points 12 → 8."
    ]
    assert answer.draft(at=TUESDAY) is None


def test_it_goes_with_the_demo_unless_somebody_went_on_with_it(said):
    answer.draft(at=TUESDAY)
    removal.remove(at=TUESDAY)
    assert not DefinitionVersion.objects.drafts().exists()
    cast.prepare()
    kept = answer.draft(at=TUESDAY)
    DefinitionVersion.objects.filter(pk=kept.pk).update(revision=2)
    removal.remove(at=TUESDAY)
    assert DefinitionVersion.objects.drafts().exists()


def test_nothing_is_drafted_where_nothing_was_said():
    assert answer.draft(at=TUESDAY) is None
    make.agreement_in_force()
    assert answer.draft(at=TUESDAY) is None
