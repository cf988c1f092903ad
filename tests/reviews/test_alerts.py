"""Alerts between meetings: when they open, what they keep, when they close, and who is told."""

import datetime as dt
import threading

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as some

from leads.journey.states import Conflict, Invalid, NotAllowed
from leads.models import Message
from reviews.alerting import acknowledging, ruling, watching
from reviews.alerting.deciding import closes, opens
from reviews.measures import rejecting
from reviews.measures.intervals import LEAST, share
from reviews.measures.rejecting import Part, Span
from reviews.models import Alert, AlertRule
from tests import factories as make
from tests.reviews import meeting
from tests.reviews.alerting import DAY, NOW, an_alert, answered
from tests.reviews.counting import a_floor, answer, first_ones, key_of

WEBINAR = Part("source", "webinar")


@given(
    some.integers(0, 400).flatmap(lambda n: some.tuples(some.integers(0, n), some.just(n))),
    some.integers(1, 99),
)
def test_nothing_opens_under_the_lower_bound_and_few_never_shout(counted, threshold):
    found = share(*counted)
    if opens(found, threshold=threshold):
        assert found.n >= LEAST
        assert found.low > threshold / 100
        assert found.count / found.n > threshold / 100


@given(
    some.integers(0, 400).flatmap(lambda n: some.tuples(some.integers(0, n), some.just(n))),
    some.integers(1, 99),
)
def test_what_opens_never_closes_by_the_same_figures(counted, threshold):
    found = share(*counted)
    assert not (opens(found, threshold=threshold) and closes(found, threshold=threshold))


@pytest.mark.parametrize(("count", "n", "why"), [
    (24, 100, "below"), (25, 100, ""), (30, 100, ""), (4, 20, "below"), (0, 15, ""), (9, 9, "few"),
])  # fmt: skip
def test_it_closes_under_the_threshold_or_where_nothing_can_be_said(count, n, why):
    assert closes(share(count, n), threshold=25) == why


def answered_at(handoff):
    return handoff.accepted_at if answer(handoff) == "accepted" else handoff.ended_at


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(3))
def test_shares_are_what_a_count_by_hand_gives(seed):
    make.agreement_in_force()
    a_floor(40, seed=seed)
    until = make.MONDAY + 4 * DAY
    span = Span(until - 28 * DAY, until)
    counted: dict[Part, list[bool]] = {Part(): []}
    for one in first_ones():
        said, at = answer(one), answered_at(one)
        if said not in ("accepted", "rejected", "no_response") or one.historical:
            continue
        if not span.since <= at < span.until or one.made_at >= span.until:
            continue
        for part in (Part(), *(Part(name, key_of(one, name)) for name in rejecting.WATCHABLE)):
            counted.setdefault(part, []).append(said == "rejected")
    expected = {part: (sum(found), len(found)) for part, found in counted.items()}
    found = rejecting.shares(span, rejecting.WATCHABLE)
    assert {part: (one.count, one.n) for part, one in found.items()} == expected
    assert len(expected) > 10


@pytest.mark.django_db
class TestWatching:
    @pytest.fixture(autouse=True)
    def _in_force(self):
        make.agreement_in_force()

    def test_an_alert_keeps_all_it_was_opened_by(self):
        answered(24, 16)
        answered(4, 76, source="organic", fit=15.0)
        assert watching.watch(at=NOW) == 2
        alert = Alert.objects.get(dimension="source")
        assert (alert.key, alert.name) == ("webinar", "Webinar")
        assert (alert.opened_rejected, alert.opened_answered) == (24, 40)
        assert alert.opened_low == pytest.approx(share(24, 40).low)
        assert alert.opened_high == pytest.approx(share(24, 40).high)
        assert (alert.opened_threshold, alert.opened_days) == (25, 28)
        assert alert.version == make.live_version()
        assert alert.reasons == [["Out of segment", 24]]
        assert Alert.objects.get(dimension="fit").name == "Fit 80 to 89"

    def test_a_few_rejections_open_nothing(self):
        answered(19, 0)
        assert watching.watch(at=NOW) == 0

    def test_what_was_answered_before_the_days_does_not_count(self):
        answered(30, 0, days=29)
        assert watching.watch(at=NOW) == 0
        assert watching.watch(at=NOW - 2 * DAY) > 0

    def test_it_counts_when_it_was_answered_not_when_it_was_handed_over(self):
        for one in answered(30, 0):
            type(one).objects.filter(pk=one.pk).update(made_at=NOW - 60 * DAY)
        assert watching.watch(at=NOW) == 3

    def test_the_imported_past_opens_nothing(self):
        answered(30, 0, historical=True)
        assert watching.watch(at=NOW) == 0

    def test_looking_again_tells_nobody_again(self):
        answered(30, 0)
        watching.watch(at=NOW)
        told = Message.objects.count()
        assert watching.watch(at=NOW + dt.timedelta(minutes=15)) == 0
        assert (Alert.objects.count(), Message.objects.count()) == (3, told)

    def test_it_follows_what_is_answered_since(self):
        answered(30, 30)
        watching.watch(at=NOW)
        answered(0, 20, days=0.5)
        watching.watch(at=NOW + DAY / 24)
        alert = Alert.objects.get(dimension="source")
        assert (alert.rejected, alert.answered) == (30, 80)
        assert (alert.opened_rejected, alert.opened_answered) == (30, 60)
        assert alert.is_open

    def test_it_closes_by_itself_and_opens_anew_with_another_letter(self):
        answered(30, 30)
        watching.watch(at=NOW)
        answered(0, 70, days=0.9)
        watching.watch(at=NOW + DAY)
        alert = Alert.objects.get(dimension="source")
        assert (alert.closed_because, alert.closed_at) == ("below", NOW + DAY)
        answered(60, 0, days=0.5)
        watching.watch(at=NOW + 2 * DAY)
        assert Alert.objects.filter(dimension="source").count() == 2
        letters = Message.objects.filter(kind="alert_opened", recipient=make.mara())
        assert letters.filter(channel="in_app").count() == 2

    def test_between_the_threshold_and_the_bound_nothing_moves(self):
        answered(30, 80)
        assert watching.watch(at=NOW) == 0
        an_alert()
        assert watching.watch(at=NOW + DAY / 24) == 0

    def test_where_nothing_is_answered_any_more_it_closes(self):
        an_alert()
        watching.watch(at=NOW + DAY)
        assert Alert.objects.get().closed_because == "few"

    def test_what_is_not_watched_any_more_closes_with_its_last_figures(self):
        an_alert()
        ruling.keep_rule(threshold=25, days=28, dimensions=["fit"], actor=make.mara(), at=NOW)
        watching.watch(at=NOW + DAY)
        alert = Alert.objects.get()
        assert (alert.closed_because, alert.rejected) == ("unwatched", 41)

    def test_a_higher_threshold_opens_less(self):
        ruling.keep_rule(threshold=60, days=28, dimensions=["source"], actor=make.mara(), at=NOW)
        answered(24, 16)
        assert watching.watch(at=NOW) == 0

    def test_marketing_operations_and_the_next_review_are_told_in_one_letter(self):
        meeting.planned(at=NOW)
        answered(30, 0)
        watching.watch(at=NOW)
        letters = Message.objects.filter(kind="alert_opened", channel="in_app")
        told = {one.recipient for one in letters}
        assert told == {make.mara(), make.sam(), make.ines(), make.lena(), meeting.devon()}
        assert letters.count() == len(told)
        letter = letters.get(recipient=make.sam())
        assert letter.subject == "Rejections passed 25%: All hand-overs, Fit 80 to 89 and 1 more"
        assert letter.body["path"] == "/reviews/alerts/"
        assert len(letter.body["lines"]) == 3

    def test_webhooks_that_asked_are_told_of_each(self):
        hook = make.WebhookFactory(kinds=["alert.opened"])
        answered(30, 0)
        watching.watch(at=NOW)
        told = [one.body["data"] for one in Message.objects.filter(webhook=hook)]
        assert {(one["dimension"], one["key"]) for one in told} == {
            (None, None), ("source", "webinar"), ("fit", "80"),
        }  # fmt: skip

    def test_webhooks_of_one_team_are_told_of_none_since_no_alert_is_of_one_team(self):
        make.WebhookFactory(kinds=["alert.opened"], team=make.sdr_na())
        make.WebhookFactory(kinds=["alert.opened"], responsible=make.lena())
        answered(30, 0)
        watching.watch(at=NOW)
        assert Alert.objects.count() == 3
        assert not Message.objects.exclude(webhook=None).exists()


@pytest.mark.django_db
class TestAcknowledging:
    def test_a_manager_says_what_is_done(self):
        alert = an_alert()
        acknowledging.acknowledge(alert.pk, note=" Asked Devon ", actor=make.lena(), at=NOW)
        kept = Alert.objects.get()
        assert (kept.acknowledged_by, kept.note, kept.is_open) == (make.lena(), "Asked Devon", True)

    def test_a_rep_does_not(self):
        with pytest.raises(NotAllowed):
            acknowledging.acknowledge(an_alert().pk, note="Mine", actor=make.sam(), at=NOW)

    def test_without_a_note_it_is_not_kept(self):
        with pytest.raises(Invalid):
            acknowledging.acknowledge(an_alert().pk, note=" ", actor=make.mara(), at=NOW)

    def test_the_second_is_told_who_was_first(self):
        alert = an_alert()
        acknowledging.acknowledge(alert.pk, note="On it", actor=make.lena(), at=NOW)
        with pytest.raises(Conflict, match="Lena"):
            acknowledging.acknowledge(alert.pk, note="Me too", actor=make.mara(), at=NOW)

    def test_one_that_closed_needs_nobody(self):
        alert = an_alert(closed_at=NOW, closed_because="below")
        with pytest.raises(Conflict, match="closed"):
            acknowledging.acknowledge(alert.pk, note="On it", actor=make.lena(), at=NOW)


@pytest.mark.django_db
class TestTheRule:
    def test_it_is_kept_with_who_and_when(self):
        kept = {"threshold": 30, "days": 14, "dimensions": ["fit", "source"]}
        assert ruling.keep_rule(**kept, actor=make.mara(), at=NOW)
        rule = ruling.rule_in_force()
        assert (rule.set_by, rule.set_at, rule.dimensions) == (make.mara(), NOW, ["source", "fit"])
        assert not ruling.keep_rule(**kept, actor=make.ada(), at=NOW + DAY)
        assert AlertRule.objects.count() == 1

    def test_a_manager_does_not_set_it(self):
        with pytest.raises(NotAllowed):
            ruling.keep_rule(threshold=1, days=28, dimensions=[], actor=make.lena(), at=NOW)

    def test_people_are_not_watched(self):
        with pytest.raises(Invalid):
            ruling.keep_rule(threshold=25, days=28, dimensions=["rep"], actor=make.mara(), at=NOW)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_open_one_and_tell_once():
    make.agreement_in_force()
    make.mara()
    answered(30, 0)
    both = threading.Barrier(2)

    def beat():
        try:
            both.wait()
            watching.watch(at=NOW)
        finally:
            connection.close()

    workers = [threading.Thread(target=beat) for _ in range(2)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert Alert.objects.count() == 3
    assert Message.objects.filter(kind="alert_opened", channel="in_app").count() == 1
