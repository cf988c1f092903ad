"""What a version answers: offered, cited, settled once it is the law, and told to who rejected."""

import datetime as dt

import pytest

from handoff import publishing
from handoff.models import DefinitionVersion, Reason
from leads.journey import citing
from leads.journey.exemplifying import make_example
from leads.journey.states import Conflict, NotAllowed
from leads.models import CitedRejection, Evidence, Handoff, Lead, Message
from leads.tasks import tell_of_answers
from tests import factories as make
from tests.factories import MONDAY
from tests.reviews.backtesting import stricter

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
NOW = MONDAY + 2 * DAY


@pytest.fixture(autouse=True)
def _in_force():
    make.agreement_in_force()


def rejected(person=None, *, reason="out_of_segment", at=MONDAY, **columns):
    """A hand-over that somebody rejected for a reason."""
    given = {"rejected": True, "answered_by": person or make.sam(), "ended_at": at}
    return make.HandoffFactory(reason=Reason.objects.get(key=reason), **given, **columns)


def offered(version=None, *, at=NOW):
    return [
        (one.reason.key, one.rejections, one.people, one.cited)
        for one in citing.offers(version, at=at)
    ]


def published(version, *, at=NOW):
    return publishing.publish(version, actor=make.mara(), at=at, reason="They asked for it")


def cite(version, *reasons, actor=None, at=NOW):
    return citing.cite(version, reasons, actor=actor or make.mara(), at=at)


def test_rejections_are_offered_by_reason_with_who_said_so():
    rejected()
    rejected()
    rejected(make.ines())
    rejected(reason="wrong_timing")
    rejected(at=NOW - 27 * 7 * DAY)
    make.HandoffFactory(accepted=True)
    assert offered() == [("out_of_segment", 3, 2, 0), ("wrong_timing", 1, 1, 0)]


def test_a_draft_keeps_what_it_answers_row_by_row():
    draft = stricter()
    mine = rejected()
    rejected(make.ines())
    (one,) = cite(draft, "out_of_segment")
    assert str(one).endswith("answers “Out of segment”") and one.rejections.count() == 2
    assert str(mine.pk) in str(one.rejections.get(handoff=mine))
    assert offered(draft) == [("out_of_segment", 2, 2, 2)]
    later = rejected(make.otto())
    assert offered(draft) == [("out_of_segment", 3, 3, 2)]
    cite(draft, "out_of_segment")
    assert Evidence.objects.get().rejections.filter(handoff=later).exists()
    assert cite(draft) == [] and not CitedRejection.objects.exists()


def test_what_the_law_answers_is_offered_no_more_and_stands():
    rejected()
    draft = stricter()
    cite(draft, "out_of_segment")
    done = published(draft)
    assert offered() == []
    rejected(at=NOW)
    assert offered(at=NOW + DAY) == [("out_of_segment", 1, 1, 0)]
    with pytest.raises(Conflict, match="live by now: what it answers was said before"):
        cite(done)
    assert Evidence.objects.count() == 1


def test_a_trial_may_still_be_said_what_it_answers():
    rejected()
    draft = stricter()
    DefinitionVersion.objects.filter(pk=draft.pk).update(state="trial")
    assert len(cite(draft, "out_of_segment")) == 1


def test_a_draft_that_is_gone_answers_nothing():
    rejected()
    draft = stricter()
    cite(draft, "out_of_segment")
    publishing.discard(DefinitionVersion.objects.get(pk=draft.pk))
    assert not Evidence.objects.exists() and not CitedRejection.objects.exists()
    with pytest.raises(Conflict, match="is not there any more"):
        cite(draft, "out_of_segment")


def test_only_marketing_operations_says_what_a_version_answers():
    for person in (make.sam(), make.lena(), make.otto()):
        with pytest.raises(NotAllowed):
            cite(stricter(), "out_of_segment", actor=person)


def test_an_example_of_a_rejected_lead_is_evidence_by_itself():
    handoff = rejected()
    accepted = make.HandoffFactory(accepted=True)
    draft = None
    given = {"kind": "example", "status": "nurture", "actor": make.mara(), "at": NOW}
    for one in (accepted, handoff, handoff):
        draft, _ = make_example(one.lead, one.judgement, draft, **given)
    assert offered(draft) == [("out_of_segment", 1, 1, 1)]
    alone = make.JudgementFactory()
    make_example(Lead.objects.get(pk=alone.lead_id), alone, draft, **given)
    assert CitedRejection.objects.count() == 1


def subjects():
    return list(Message.objects.order_by("recipient__email").values_list("subject", flat=True))


def test_who_rejected_is_told_once_a_version_when_it_is_live():
    rejected()
    rejected(reason="wrong_timing")
    rejected(make.ines())
    gone = make.UserFactory(is_active=False)
    rejected(gone)
    draft = stricter()
    cite(draft, "out_of_segment", "wrong_timing")
    assert tell_of_answers() == 0 and not Message.objects.exists()
    published(draft)
    assert citing.tell(at=NOW) == 2
    assert subjects() == [
        f"{draft} answers what you and 1 other rejected: Out of segment",
        f"{draft} answers what you and 1 other rejected: Out of segment and Wrong timing",
    ]
    letter = Message.objects.get(recipient=make.sam())
    assert letter.path == f"/me/#{draft}" and letter.channel == "in_app"
    assert citing.tell(at=NOW + DAY) == 0 and Message.objects.count() == 2


def test_one_alone_is_told_of_no_others_and_a_version_taken_back_is_not_told_twice():
    rejected()
    former = DefinitionVersion.objects.live().get()
    draft = stricter()
    cite(draft, "out_of_segment")
    published(draft)
    publishing.rollback(former, actor=make.mara(), at=NOW, reason="Too strict")
    assert citing.tell(at=NOW) == 1
    assert subjects() == [f"{draft} answers what you rejected: Out of segment"]
    again = DefinitionVersion.objects.get(pk=draft.pk)
    publishing.rollback(again, actor=make.mara(), at=NOW + DAY, reason="After all")
    assert citing.tell(at=NOW + DAY) == 0
    assert Handoff.objects.count() == 1
