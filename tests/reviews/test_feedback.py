"""What came of a rejection: the version that answers it, what it changed, and whether it helped."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from handoff import publishing
from handoff.models import DefinitionVersion, Reason
from leads.journey import citing
from leads.models import Evidence, Handoff
from reviews.measures import feedback
from tests import factories as make
from tests.factories import MONDAY
from tests.reviews.backtesting import stricter
from tests.reviews.test_effects import DAY, NOW, handed, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def former():
    return make.agreement_in_force()


def said(version, number, people, *, at):
    """So many rejections under a version, by so many people in turn; Sam is the first of them."""
    handed(version, at, rejected=number)
    crowd = [make.sam(), *(make.UserFactory() for _ in range(people - 1))]
    for place, one in enumerate(Handoff.objects.filter(state="rejected").order_by("pk")):
        who = crowd[place % people]
        Handoff.objects.filter(pk=one.pk).update(answered_by=who, owner=who, ended_at=at)


@pytest.fixture
def story(former):
    """Fifteen people rejected 31 of a hundred leads; the version that answers it is live since
    MONDAY, and 12 of a hundred were rejected since."""
    said(former, 31, 15, at=MONDAY - 7 * DAY)
    handed(former, MONDAY - 7 * DAY, accepted=69)
    draft = stricter()
    (one,) = citing.cite(draft, ["out_of_segment"], actor=make.mara(), at=MONDAY - DAY)
    done = publishing.publish(draft, actor=make.mara(), at=MONDAY, reason="Small ones fail")
    handed(done, MONDAY + 7 * DAY, accepted=88, rejected=12)
    return one


def told(person=None, *, at=NOW):
    return feedback.of_person(person or make.sam(), person or make.sam(), at=at)


def test_the_whole_story_is_counted_from_links(story):
    (one,) = told()
    assert (one.rejections, one.people, one.mine, one.others) == (31, 15, 3, 14)
    assert one.sentences == ("Fit, Size: employees at least 100 → at least 1,000.",)
    assert one.moved.figures == "31% (n 100) → 12% (n 100)"
    assert one.moved.said == "more than chance, −30 to −8 points"
    first = DefinitionVersion.objects.order_by("number").first()
    assert one.span == f"4.3 weeks under {first}, then 8 weeks under {one.version}"


def test_whoever_said_nothing_of_it_has_no_story(story):
    assert told(make.otto()) == []
    assert feedback.of_versions([story.version_id], make.otto(), at=NOW)[0].others == 15


def test_soon_after_it_is_too_early_to_say(story):
    (one,) = told(at=MONDAY + DAY)
    assert one.moved.said.startswith("Too early to tell")


def test_of_two_reasons_neither_is_taken_for_sure_so_easily(former):
    said(former, 20, 3, at=MONDAY - 7 * DAY)
    handed(former, MONDAY - 7 * DAY, accepted=80)
    other = handed(former, MONDAY - 7 * DAY, rejected=1, reason=Reason.objects.get(key="other"))
    assert other is None
    Handoff.objects.filter(reason__key="other").update(
        answered_by=make.sam(), ended_at=MONDAY - 7 * DAY
    )
    draft = stricter()
    citing.cite(draft, ["out_of_segment", "other"], actor=make.mara(), at=MONDAY - DAY)
    done = publishing.publish(draft, actor=make.mara(), at=MONDAY, reason="Small ones fail")
    handed(done, MONDAY + 7 * DAY, accepted=90, rejected=10)
    both = told()
    assert len(both) == 2 and not any(one.moved.is_sure for one in both)
    Evidence.objects.filter(reason__key="other").delete()
    (alone,) = told()
    assert alone.moved.spread != both[1].moved.spread


def test_a_first_version_has_nothing_before_it(former):
    said(former, 3, 1, at=MONDAY - DAY)
    first = make.DefinitionVersionFactory()
    citing.cite(first, ["out_of_segment"], actor=make.mara(), at=MONDAY)
    (one,) = told()
    assert one.change is None and one.moved is None and one.sentences == ()


def test_what_nobody_answered_is_told_too(story):
    later = Handoff.objects.filter(version=story.version, state="rejected")
    later.update(answered_by=make.sam(), ended_at=MONDAY + 8 * DAY)
    span = {"since": MONDAY - 30 * DAY, "until": NOW}
    (one,) = feedback.unanswered(make.sam(), **span)
    assert (one.label, one.count) == ("Out of segment", 12)
    assert feedback.unanswered(make.otto(), **span) == []


def test_what_nobody_answered_leaves_the_imported_past_out_unless_it_is_asked_for(former):
    said(former, 3, 1, at=MONDAY - DAY)
    past = Handoff.objects.filter(state="rejected").order_by("pk")[:2].values("pk")
    Handoff.objects.filter(pk__in=past).update(historical=True)
    span = {"since": MONDAY - 30 * DAY, "until": NOW}
    counts = [feedback.unanswered(make.sam(), **span, with_past=one) for one in (False, True)]
    assert [[one.count for one in told] for told in counts] == [[1], [3]]


# Pages


@pytest.fixture
def today(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.mark.usefixtures("today")
def test_a_rep_reads_what_their_word_changed(client, story):
    client.force_login(make.sam())
    text = words_of(client.get(reverse("reviews:own")))
    assert "You and 14 others rejected 31 leads as “Out of segment”. 3 of them yours" in text
    assert "employees at least 100 → at least 1,000." in text
    assert "Such rejections: 31% (n 100) → 12% (n 100) more than chance" in text
    client.force_login(make.lena())
    other = words_of(client.get(reverse("reviews:person", args=[make.sam().pk])))
    assert "Sam Ortiz and 14 others rejected 31 leads" in other


@pytest.mark.usefixtures("today")
def test_what_is_only_drafted_says_so(client, former):
    said(former, 2, 1, at=NOW - DAY)
    draft = stricter()
    citing.cite(draft, ["out_of_segment"], actor=make.mara(), at=NOW)
    client.force_login(make.sam())
    text = words_of(client.get(reverse("reviews:own")))
    assert (
        f"You rejected 2 leads as “Out of segment”. 2 of them yours Marketing drafts {draft}"
        in (text)
    )
    assert "Not answered yet, of these days: Out of segment 2." in text
    DefinitionVersion.objects.filter(pk=draft.pk).update(state="trial")
    assert "is on trial for part of the leads" in words_of(client.get(reverse("reviews:own")))


def cited_by(evidence):
    return reverse("reviews:cited", args=[evidence.pk])


@pytest.mark.usefixtures("today")
def test_the_rejections_of_a_story_open_a_rep_their_own_others_all(client, story):
    client.force_login(make.sam())
    assert "3 leads" in words_of(client.get(cited_by(story)))
    client.force_login(make.lena())
    assert "31 leads" in words_of(client.get(cited_by(story)))
    assert client.post(cited_by(story)).status_code == 405
    client.force_login(make.otto())
    assert client.get(cited_by(story)).status_code == 404
    client.force_login(make.mara())
    assert client.get(reverse("reviews:cited", args=[0])).status_code == 404


@pytest.mark.usefixtures("today")
def test_the_change_log_says_whom_a_version_answers(client, story):
    client.force_login(make.otto())
    text = words_of(client.get(reverse("reviews:changes")))
    assert "It answers 31 rejections by 15 people as “Out of segment”." in text


def answers(version):
    return reverse("reviews:answers", args=[version.number])


@pytest.mark.usefixtures("today")
def test_marketing_ticks_what_a_draft_answers(client, former):
    said(former, 5, 2, at=NOW - DAY)
    draft = stricter()
    client.force_login(make.mara())
    text = words_of(client.get(answers(draft)))
    assert "Rejections of the last half-year that nothing answers yet" in text
    line = words_of(client.get(answers(draft), headers={"hx-request": "true"}))
    assert "“Out of segment” was said 5 times by 2 people" in line
    ticked = {"reason": ["out_of_segment", "nonsense", "a\x00b"]}
    told = client.post(answers(draft), ticked, follow=True)
    assert f"{draft} answers 5 rejections now." in words_of(told)
    line = words_of(client.get(answers(draft), headers={"hx-request": "true"}))
    assert "5 rejections by 2 people as “Out of segment”" in line
    told = client.post(answers(draft), follow=True)
    assert f"{draft} answers no rejections now." in words_of(told)


@pytest.mark.usefixtures("today")
def test_once_it_is_the_law_it_stands(client, story):
    client.force_login(make.mara())
    page = words_of(client.get(answers(story.version)))
    assert "It stays as it was said." in page and "31 rejections by 15 people" in page
    said_too_late = client.post(answers(story.version), {"reason": []}, follow=True)
    assert "what it answers was said before, and stands" in words_of(said_too_late)
    assert Evidence.objects.count() == 1


@pytest.mark.usefixtures("today")
def test_others_read_it_and_reps_do_not(client, story):
    draft = stricter()
    client.force_login(make.lena())
    page = client.get(answers(draft))
    assert page.status_code == 200 and 'type="checkbox"' not in page.content.decode()
    assert client.post(answers(draft)).status_code == 403
    assert client.put(answers(draft)).status_code == 405
    client.force_login(make.sam())
    assert client.get(answers(draft)).status_code == 404


REJECTIONS = reverse("reviews:rejections")


def begin(key):
    return reverse("reviews:answer-begin", args=[key])


@pytest.mark.usefixtures("today")
def test_a_draft_begins_from_a_reason(client, former):
    said(former, 4, 2, at=NOW - DAY)
    client.force_login(make.mara())
    assert "Out of segment 4 2" in words_of(client.get(REJECTIONS))
    told = client.post(begin("out_of_segment"), follow=True)
    assert "is a draft that answers 4 rejections as “Out of segment”." in words_of(told)
    draft = DefinitionVersion.objects.drafts().get()
    assert draft.cloned_from == former and draft.evidence.get().rejections.count() == 4
    assert client.get(begin("out_of_segment")).status_code == 405
    assert client.post(begin("nonsense")).status_code == 404


@pytest.mark.usefixtures("today")
def test_only_marketing_begins_one(client, former):
    client.force_login(make.lena())
    page = client.get(REJECTIONS)
    assert "Nothing waits for an answer" in words_of(page)
    assert client.post(begin("out_of_segment")).status_code == 403
    client.force_login(make.sam())
    assert client.get(REJECTIONS).status_code == 404
    assert client.post(begin("out_of_segment")).status_code == 404
    assert client.post(REJECTIONS).status_code == 405


@pytest.mark.usefixtures("today")
def test_the_publish_page_asks_what_it_answers(client, former):
    draft = stricter()
    client.force_login(make.mara())
    page = client.get(reverse("definition-publish", args=[draft.number]))
    assert f'hx-get="{answers(draft)}"' in page.content.decode()


@pytest.mark.usefixtures("today")
def test_the_page_costs_the_same_however_much_was_said(client, story):
    client.force_login(make.sam())

    def statements():
        client.get(reverse("reviews:own"))
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("reviews:own"))
        return len(asked)

    before = statements()
    for n in range(3):
        draft = publishing.clone(story.version, actor=make.mara(), at=NOW)
        handed(story.version, NOW - DAY, rejected=2)
        Handoff.objects.filter(state="rejected", answered_by=None).update(
            answered_by=make.sam(), ended_at=NOW - DAY
        )
        citing.cite(draft, ["out_of_segment"], actor=make.mara(), at=NOW)
        publishing.publish(draft, actor=make.mara(), at=NOW, reason=f"Again {n}")
    assert len(told()) == 4
    assert statements() == before
    assert not re.search("Ines", words_of(client.get(reverse("reviews:own"))))
