"""Every second between the enquiry and the first touch lies in one seam, and a page says which."""

import datetime as dt
import random
import re
from dataclasses import replace

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from handoff import business_time
from handoff.models import ApiKey
from leads.models import Handoff, Message, Promise
from reviews.measures import figuring, promises
from reviews.measures.seams import counting, standing
from reviews.measures.seams.steps import BY_KEY, SEAMS
from reviews.meetings import performance
from tests import factories as make
from tests.factories import MONDAY
from tests.reviews.counting import DAY, NOW, a_floor, first_ones, key_of

SINCE, UNTIL = MONDAY - 20 * DAY, MONDAY + 7 * DAY
DAYS = {"since": "2026-09-28", "until": "2026-10-25"}
MINUTE = dt.timedelta(minutes=1)
PATH = ("captured", "received", "judged", "handed", "assigned", "told", "opened", "accepted",
    "touched")  # fmt: skip
NEVER = UNTIL + 1000 * DAY
ENDS = dict(zip(BY_KEY, (*PATH[1:], "ended"), strict=True))
"""By key of a seam the step it ends with."""


def question(viewer=None, **narrowed):
    asked = {"since": SINCE, "until": UNTIL} | narrowed
    return promises.Question(viewer=viewer or make.mara(), **asked)


def walk(count, *, seed):
    """Hand-overs that are opened and told by chance, and ripened before or after they came in; by
    primary key when each step was made."""
    dice = random.Random(seed)
    a_floor(count, seed=seed)
    found = {}
    for one in first_ones():
        these = Handoff.objects.filter(pk=one.pk)
        answered = {"accepted_at": one.accepted_at, "first_touch_at": one.first_touch_at}
        opened = one.made_at + dice.randint(0, 4000) * MINUTE if dice.random() < 0.6 else None
        ripe = one.made_at - dt.timedelta(seconds=dice.choice((0, 20, 60, 3000, 5000)))
        these.update(accepted_at=None, first_touch_at=None, triggered_at=ripe)
        letters = written_to(one, dice)
        these.update(opened_at=opened, **answered)
        told = arrived(letters, one, dice)
        came = dice.choice((None, 30, 4000))
        sent = came + dice.randint(0, 900) if came is not None and dice.random() < 0.5 else None
        Promise.objects.filter(pk=one.pk).update(from_received=came, from_captured=sent)
        one.refresh_from_db()
        found[one.pk] = steps_of(one, told, came, sent)
    return found


def written_to(one, dice):
    """The letters to its owner, by chance: none, a note, or a mail and a note."""
    if one.owner is None or one.historical:
        return []
    about = {"handoff": one, "lead": one.lead, "recipient": one.owner, "written_at": one.made_at}
    chosen = dice.choice(((), ({},), ({"email": True}, {})))
    return [make.MessageFactory(**about, **how) for how in chosen]


def arrived(letters, one, dice):
    """Have letters sent, given up or seen by chance; when the owner was told, NEVER where they were
    not, None where nobody was to be told."""
    told, after = [], sorted(dice.choice((0, 90, 90_000)) for _ in letters)
    for letter, seconds_later in zip(dice.sample(letters, len(letters)), after, strict=True):
        at = one.made_at + dt.timedelta(seconds=seconds_later)
        change = dice.choice(({}, {"state": "dead"}, {"state": "sent", "sent_at": at}))
        if letter.channel == "in_app":
            change = dice.choice(({}, {"seen_at": at}))
        Message.objects.filter(pk=letter.pk).update(**change)
        told += [at] if "sent_at" in change or "seen_at" in change else []
    if len(letters) == 1:
        return one.made_at
    return min(told) if told else NEVER if letters else None


def steps_of(one, told, came, sent):
    """When each step was made, as it was logged."""

    def at(seconds):
        return None if seconds is None else one.made_at + dt.timedelta(seconds=seconds)

    return {
        "captured": at(None if sent is None else -sent),
        "received": at(None if came is None else -came),
        "triggered": one.triggered_at,
        "judged": one.judgement.judged_at,
        "handed": one.made_at,
        "assigned": one.assigned_at,
        "told": told,
        "opened": one.opened_at,
        "accepted": one.accepted_at,
        "touched": one.first_touch_at,
        "ended": one.ended_at,
    }


def lengths(steps):
    """By key of a seam (from, to), each worked out one by one from what was logged."""
    after = ("assigned", "told", "opened", "accepted", "touched")
    made = dict(steps)
    made["judged"] = max(made["judged"], made["triggered"])
    if made["opened"] is None:
        made["opened"] = made["accepted"] or made["touched"]
    if made["told"] == NEVER and made["opened"] is None:
        made["told"] = None
    for place, name in enumerate(PATH):
        if made[name] is None:
            continue
        if name in after:
            later = [made[other] for other in PATH[place:] if made[other]]
            made[name] = max(min(later), made["handed"])
        else:
            made[name] = min(made[other] for other in PATH[place:4] if made[other])
    found = {}
    for key, end in ENDS.items():
        before = [made[name] for name in PATH[: [*PATH, "ended"].index(end)] if made[name]]
        wanted = {"receive": "captured", "judge": "received", "end": "touched"}.get(key)
        if made[end] is None or not before or (wanted and made[wanted] is None):
            continue
        if key == "accept" and steps["opened"] is None:
            continue
        found[key] = (before[-1], max(made[end], before[-1]))
    if "judge" in found:
        came, judged = found["judge"]
        found["judge"] = (min(max(came, made["triggered"]), judged), judged)
    return found


def seconds(pair):
    return round((pair[1] - pair[0]).total_seconds())


def ranked(some):
    told = sorted(some)
    return told[-(-len(told) // 2) - 1], told[-(-9 * len(told) // 10) - 1]


class EverySeam(TestCase):
    """Against a count by hand, whatever came in and was logged."""

    @settings(max_examples=5, deadline=None, phases=[Phase.generate])
    @given(seed=st.integers(0, 10**6), with_past=st.booleans())
    def test_is_what_a_count_by_hand_gives(self, seed, with_past):
        with transaction.atomic():
            steps = walk(14, seed=seed)
            handed = [
                one
                for one in first_ones()
                if SINCE <= one.made_at < UNTIL and (with_past or not one.historical)
            ]
            path = counting.told(question(with_past=with_past), at=NOW).all
            by_hand = {one.pk: lengths(steps[one.pk]) for one in handed}
            assert path.handed == len(handed)
            for seam in SEAMS:
                some = [seconds(one[seam.key]) for one in by_hand.values() if seam.key in one]
                told = path.wall[seam.key]
                assert (told.times.n, told.total) == (len(some), sum(some)), seam.key
                if some:
                    assert (told.times.median, told.times.ninth) == ranked(some)
            touched = [one for one in by_hand.values() if "touch" in one and "judge" in one]
            waits = [one["touch"][1] - one["judge"][0] for one in touched]
            assert path.wait.n == len(waits)
            assert path.wait.seconds == sum(round(one.total_seconds()) for one in waits)
            transaction.set_rollback(True)

    @settings(max_examples=3, deadline=None, phases=[Phase.generate])
    @given(seed=st.integers(0, 10**6))
    def test_counts_the_working_time_of_its_team(self, seed):
        with transaction.atomic():
            steps = walk(10, seed=seed)
            for one in first_ones():
                hours = one.team.calendar.windows()
                row = Promise.objects.get(pk=one.pk)
                for key, pair in lengths(steps[one.pk]).items():
                    worked = 60 * business_time.elapsed(hours, *pair)
                    said = getattr(row, BY_KEY[key].worked)
                    assert abs(said - worked) <= 1, (key, pair)
            transaction.set_rollback(True)

    @settings(max_examples=3, deadline=None, phases=[Phase.generate])
    @given(seed=st.integers(0, 10**6), by=st.sampled_from(["team", "source", "tier", "rep"]))
    def test_adds_up_by_any_dimension_and_opens_its_leads(self, seed, by):
        with transaction.atomic():
            walk(10, seed=seed)
            told = counting.told(question(), by=by, at=NOW)
            whole, rows = told.all, told.rows
            handed = [o for o in first_ones() if SINCE <= o.made_at < UNTIL and not o.historical]
            assert sum(row.handed for row in rows) == whole.handed == len(handed)
            for row in rows:
                assert row.handed == sum(key_of(one, by) == row.key for one in handed)
                for key, seam in BY_KEY.items():
                    behind = standing.passed(question(**{by: row.key}), seam, at=NOW)
                    assert len(behind) == row.wall[key].times.n == len(behind[0 : len(behind)])
            transaction.set_rollback(True)


pytestmark = pytest.mark.django_db


def test_who_is_in_a_seam_is_listed_the_longest_first():
    late = make.HandoffFactory(made_at=MONDAY - DAY)
    soon = make.HandoffFactory(made_at=MONDAY)
    untold = make.HandoffFactory(made_at=MONDAY)
    make.MessageFactory(email=True, handoff=untold, lead=untold.lead)
    make.MessageFactory(handoff=untold, lead=untold.lead)
    make.HandoffFactory(made_at=MONDAY, unowned=True)
    make.HandoffFactory(made_at=MONDAY, returned=True)
    make.HandoffFactory(made_at=MONDAY, historical=True)
    make.HandoffFactory(made_at=MONDAY, rejected=True)
    make.HandoffFactory(made_at=MONDAY, accepted=True)
    queues = standing.queues(question(with_past=True), at=NOW)
    assert queues["open"] == (2, late.made_at)
    assert {key: n for key, (n, _) in queues.items()} == {
        "open": 2, "notify": 1, "assign": 1, "touch": 1,
    }  # fmt: skip
    assert list(standing.standing(question(), BY_KEY["notify"], at=NOW)) == [untold.pk]
    behind = standing.standing(question(), BY_KEY["open"], at=NOW)
    assert list(behind) == [late.pk, soon.pk]


def test_a_later_step_has_no_seam_before_its_hand_over():
    before = make.HandoffFactory(state="advanced", accepted_at=MONDAY, ended_at=MONDAY)
    made = make.HandoffFactory(
        lead=before.lead, judgement=before.judgement, previous=before, step="ae",
        made_at=MONDAY + DAY, first_touch_at=MONDAY + DAY + 5 * MINUTE, accepted=True,
    )  # fmt: skip
    path = counting.told(question(step="ae"), at=NOW).all
    assert list(path.wall) == ["assign", "notify", "open", "accept", "touch", "end"]
    assert (path.handed, path.wait.n, path.wait.seconds) == (1, 1, 300)
    assert Promise.objects.get(pk=made.pk).took_hand_over is None


@pytest.fixture
def mara(client, time_machine):
    time_machine.move_to(NOW, tick=False)
    make.agreement_in_force()
    client.force_login(make.mara())
    return client


def words_of(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def get(client, name, **query):
    return client.get(reverse(f"reviews:{name}"), DAYS | query)


def many(count=24, **changes):
    for minutes in range(count):
        made = make.HandoffFactory(made_at=MONDAY, judgement__source="webinar")
        moments = {"opened_at": MONDAY + minutes * MINUTE, "accepted_at": MONDAY + 60 * MINUTE}
        moments |= {"first_touch_at": MONDAY + 70 * MINUTE, "state": "accepted"}
        Handoff.objects.filter(pk=made.pk).update(**moments | changes)
    Promise.objects.update(from_received=60)


def test_the_page_names_where_the_wait_lies_and_each_count_opens_its_leads(mara):
    many()
    make.HandoffFactory(made_at=MONDAY)
    page = get(mara, "seams", by="source", compare="1")
    text = words_of(page)
    assert "of the wait lies between “Opened” and “Accepted”" in text
    assert "nothing before to compare" in text or "not enough data to compare" in text
    assert "1 here now" in text and "By source" in text
    hrefs = re.findall(r'href="(/measures/seams/leads/[^"]+)"[^>]*>(\d+)<', page.content.decode())
    assert len(hrefs) > 5
    for href, count in set(hrefs):
        listed = words_of(mara.get(href.replace("&amp;", "&")))
        assert re.search(rf": {count} leads? ", listed), href


def test_few_are_said_to_be_too_few(mara):
    many(5)
    page = get(mara, "seams", by="team")
    text = words_of(page)
    assert "Not enough data" in text and "too few" in text
    assert "of the wait lies between" not in text
    assert [row["slowest"] for row in page.context["rows"]] == [None]


def test_of_nothing_it_says_so(mara):
    assert "No hand-over in these days" in words_of(get(mara, "seams"))


def test_a_rep_sees_what_was_handed_to_them(mara):
    many(3)
    mara.force_login(make.otto())
    assert "No hand-over in these days" in words_of(get(mara, "seams"))
    assert ": 0 leads" in words_of(get(mara, "seams-leads", seam="open"))
    mara.force_login(make.sam())
    assert "3 hand-overs" in words_of(get(mara, "seams"))


def test_the_leads_it_took_longest_stand_first(mara):
    many(3)
    slow = Promise.objects.order_by("-took_open").first().handoff
    page = get(mara, "seams-leads", seam="open").content.decode()
    first = re.search(r'href="/leads/(\d+)/"', page[page.index("<tbody>") :])
    assert first and int(first[1]) == slow.lead_id
    file = b"".join(get(mara, "seams-leads", seam="open", format="csv")).decode()
    assert len(file.splitlines()) == 4


def test_the_file_says_what_the_page_says(mara):
    many(20)
    lines = get(mara, "seams-csv", by="source").content.decode().splitlines()
    (told,) = [line for line in lines if line.startswith("all,,,open,")]
    assert told.split(",")[4:8] == ["waiting", "20", "540", "1020"]
    assert any(line.startswith("source,webinar,") for line in lines)


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("seams", {"by": "shoe_size"}),
        ("seams-csv", {"by": "shoe_size"}),
        ("seams-leads", {"seam": "moon"}),
        ("seams-leads", {}),
    ],
)
def test_what_there_is_not_is_not_found(mara, name, query):
    assert get(mara, name, **query).status_code == 404


def test_nobody_posts_to_it(mara):
    assert mara.post(reverse("reviews:seams")).status_code == 405


def test_strangers_sign_in_first(client):
    assert get(client, "seams").status_code == 302


def test_it_costs_the_same_few_statements_however_many_there_are(mara):
    def statements():
        with CaptureQueriesContext(connection) as captured:
            get(mara, "seams", by="source", compare="1")
        return len(captured)

    make.HandoffFactory()
    few = statements()
    a_floor(20, seed=4)
    assert statements() <= few <= 26


def test_the_api_says_what_the_page_says(mara):
    many(20)
    key = ApiKey.make("reporting", ["read"])[1]
    asked = {**DAYS, "by": "source", "compare": "1"}
    headers = {"Authorization": f"Bearer {key}"}
    told = mara.get("/api/v1/measures/seams", asked, headers=headers).json()
    (opened,) = [one for one in told["all"]["seams"] if one["key"] == "open"]
    assert (opened["wall"]["n"], opened["wall"]["median"], opened["kind"]) == (20, 540, "waiting")
    assert (opened["before"]["n"], opened["exceeds_chance"]) == (0, None)
    assert [(row["key"], row["handed_over"]) for row in told["rows"]] == [("webinar", 20)]
    assert (told["all"]["wait"], told["all"]["wait_seconds"]) == (20, 60 * 70)
    assert mara.get("/api/v1/measures/seams", {"by": "moon"}, headers=headers).status_code == 422


def test_a_joint_review_sees_where_most_of_the_wait_lies():
    many(20)
    shown = performance.figures(SINCE, UNTIL, at=NOW, zone="UTC")
    assert [one["label"] for one in shown["seams"]] == [
        "Opened to accepted",
        "Accepted to first touch",
        "Owner told to opened",
    ]
    assert shown["seams"][0]["said"] == "too few before to compare with"
    (line,) = [one for one in performance.sentences(shown) if one.startswith("Owner told")]
    assert "half within 9 min, n 20" in line


def test_a_seam_that_grew_longer_says_so():
    many(24)
    earlier = MONDAY - 25 * DAY
    for _ in range(24):
        made = make.HandoffFactory(made_at=earlier)
        Handoff.objects.filter(pk=made.pk).update(opened_at=earlier)
    asked = SINCE + 10 * DAY, UNTIL
    shown = performance.figures(*asked, at=NOW, zone="UTC")
    (opened,) = [one for one in shown["seams"] if one["label"] == "Owner told to opened"]
    assert opened["said"] == "11 min longer than before, more than chance"


def test_of_a_wait_that_is_known_of_too_few_no_part_is_told(mara):
    many(24)
    Promise.objects.filter(pk__in=list(Promise.objects.values_list("pk", flat=True)[:5])).update(
        from_received=None
    )
    page = get(mara, "seams", by="source")
    text = words_of(page)
    assert "Not enough data on the whole wait: 19 hand-overs" in text
    assert "% of the wait" not in text and "of the wait lies between" not in text
    assert 'class="whole-bar"' not in page.content.decode()
    assert [row["slowest"] for row in page.context["rows"]] == [None]
    lines = get(mara, "seams-csv").content.decode().splitlines()
    assert {line.split(",")[10] for line in lines[1:]} == {""}
    shown = performance.figures(SINCE, UNTIL, at=NOW, zone="UTC")
    assert [one["part"] for one in shown["seams"]] == [None] * performance.SEAMS
    assert not [one for one in performance.sentences(shown) if "of the wait" in one]


def test_that_a_seam_moved_beyond_chance_holds_for_all_seams_at_once():
    question_now = question(since=SINCE + 10 * DAY)
    for hours, since in ((1, MONDAY), (0, MONDAY - 25 * DAY)):
        for minutes in range(30):
            made = make.HandoffFactory(made_at=since)
            Handoff.objects.filter(pk=made.pk).update(
                opened_at=since + (minutes + 11 * hours) * MINUTE
            )
    now, before = (counting.told(one, at=NOW).all for one in (question_now, question_now.before))
    now, before = now.wall["open"].times, before.wall["open"].times
    alone = [replace(one, among=None) for one in (before, now)]
    assert figuring.moved(*alone).is_sure
    assert not figuring.moved(before, now).is_sure
    shown = performance.figures(question_now.since, UNTIL, at=NOW, zone="UTC")
    (opened,) = [one for one in shown["seams"] if one["label"] == "Owner told to opened"]
    assert opened["said"] == "11 min longer than before, may be chance"
