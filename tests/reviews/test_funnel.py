"""From received to won each passage is counted once, at its furthest step, and nothing is lost."""

import datetime as dt
import re
from html import unescape

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from reviews.measures import cohorts, promises
from reviews.measures.dimensions import DIMENSIONS
from reviews.measures.funnel.counting import told as passed
from reviews.measures.funnel.passages import Wanted, behind
from reviews.measures.funnel.path import whole
from reviews.measures.funnel.steps import PLACES, STEPS
from tests import factories as make
from tests.factories import MONDAY
from tests.reviews.counting import (
    DAY,
    FACTS,
    NOW,
    a_floor,
    answer,
    best_outcome,
    first_ones,
    key_of,
)

ZONE = "America/New_York"
SINCE, UNTIL = MONDAY - 20 * DAY, MONDAY + 7 * DAY
DAYS = {"since": "2026-09-28", "until": "2026-10-25"}
KEPT_OUT = ("", "nurture", "disqualified", "duplicate", "sales_ready", "needs_qualification")


def question(viewer=None, **narrowed):
    asked = {"since": SINCE, "until": UNTIL} | narrowed
    return promises.Question(viewer=viewer or make.mara(), **asked)


def kept_leads():
    """A lead of each status that was never handed over, and one merged into another."""
    made = []
    for place, status in enumerate(KEPT_OUT):
        judgement = make.JudgementFactory(source=FACTS["source"][place % 2], fit=10.0 * place)
        lead = judgement.lead
        lead.status = status
        lead.judgement = judgement if status else None
        lead.first_seen_at = MONDAY - place * DAY
        lead.save()
        made.append(lead)
    made[-1].merged_into = made[0]
    made[-1].save()
    return made


def of_handoff(one):
    """(furthest step, way) of a hand-over, as a person would say it."""
    became, said = best_outcome(one), answer(one)
    if became:
        return ("won", "won") if became == "won" else ("opportunity", became)
    if one.state == "advanced" or one.disposition == "converted":
        return "qualified", "no_response" if said == "no_response" else "open"
    if said == "rejected":
        return "handed", "rejected"
    ways = {"returned": "returned", "no_response": "no_response"}
    ended = "ended" if one.state == "closed" else "open"
    way = ways.get(said, ended)
    if one.first_touch_at:
        return "touched", way
    yes = said in ("accepted", "no_response") or one.accepted_at
    return "accepted" if yes else "handed", way


def of_lead(lead):
    if lead.merged_into_id:
        return ("judged" if lead.status else "received"), "duplicate"
    if not lead.status:
        return "received", "unjudged"
    if lead.status in ("nurture", "disqualified", "duplicate"):
        return "judged", lead.status
    return "fit", "held"


def counts_of(pairs):
    found = {}
    for step, way in pairs:
        found[step, way] = found.get((step, way), 0) + 1
    return found


def told(path):
    found = {}
    for (place, way, _), n in path.counts.items():
        key = STEPS[place - 1].key, way
        found[key] = found.get(key, 0) + n
    return found


class Everything(TestCase):
    """Against a count by hand, whatever came in."""

    @settings(max_examples=4, deadline=None, phases=[Phase.generate])
    @given(seed=st.integers(0, 10**6), with_past=st.booleans())
    def test_is_at_one_step_in_one_way(self, seed, with_past):
        with transaction.atomic():
            a_floor(14, seed=seed)
            kept = kept_leads()
            asked = question(with_past=with_past)
            handed = [
                one
                for one in first_ones()
                if SINCE <= one.made_at < UNTIL and (with_past or not one.historical)
            ]
            pairs = [of_handoff(one) for one in handed] + [of_lead(lead) for lead in kept]
            path = passed(asked, at=NOW).all
            assert told(path) == counts_of(pairs)
            assert path.received == len(pairs)
            for place in range(1, len(STEPS)):
                stayed = sum(path.stayed(place).values())
                assert path.reached(place) == path.reached(place + 1) + stayed
            transaction.set_rollback(True)

    @settings(max_examples=3, deadline=None, phases=[Phase.generate])
    @given(seed=st.integers(0, 10**6), by=st.sampled_from(sorted(DIMENSIONS)))
    def test_adds_up_by_any_dimension_and_opens_its_leads(self, seed, by):
        with transaction.atomic():
            a_floor(10, seed=seed)
            kept_leads()
            rows = passed(question(), by=by, at=NOW).rows
            assert whole(rows).counts == passed(question(), at=NOW).all.counts
            handed = [o for o in first_ones() if SINCE <= o.made_at < UNTIL and not o.historical]
            for row in rows:
                mine = [one for one in handed if key_of(one, by) == row.key]
                assert row.reached(PLACES["handed"]) == len(mine), (by, row.key)
                for place in range(1, len(STEPS) + 1):
                    narrowed = question(**{by: row.key})
                    found = behind(narrowed, Wanted(place), at=NOW)
                    assert len(found) == row.reached(place) == len(found[0 : len(found)])
            transaction.set_rollback(True)

    @settings(max_examples=4, deadline=None, phases=[Phase.generate])
    @given(seed=st.integers(0, 10**6), reach=st.sampled_from(sorted(cohorts.REACHES)))
    def test_of_a_week_comes_so_far_in_so_many_days(self, seed, reach):
        with transaction.atomic():
            a_floor(14, seed=seed)
            far = NOW + 200 * DAY
            weeks = cohorts.cohorts(question(), reach, at=far, zone=ZONE)
            for one in weeks:
                asked = question(
                    since=one.monday, until=min(one.monday + dt.timedelta(weeks=1), UNTIL)
                )
                for days, share in zip(cohorts.WITHIN, one.shares, strict=True):
                    behind = cohorts.behind(asked, reach, days, at=far)
                    assert share is not None and (share.count, share.n) == (len(behind), one.handed)
            handed = [o for o in first_ones() if SINCE <= o.made_at < UNTIL and not o.historical]
            assert sum(one.handed for one in weeks) == len(handed)
            touched = [o for o in handed if o.first_touch_at]
            if reach == "touched":
                assert sum(one.shares[0].count for one in weeks) == len(touched)
            transaction.set_rollback(True)


@pytest.fixture
def mara(client, time_machine, db):
    time_machine.move_to(NOW, tick=False)
    make.agreement_in_force()
    client.force_login(make.mara())
    return client


def words_of(answer_):
    return " ".join(re.sub(r"<[^>]+>", " ", answer_.content.decode()).split())


def get(client, name, **query):
    return client.get(reverse(f"reviews:{name}"), DAYS | query)


def test_a_young_week_is_said_to_be_young(mara):
    make.HandoffFactory(accepted=True, made_at=MONDAY)
    (week,) = [
        one for one in cohorts.cohorts(question(), "accepted", at=NOW, zone=ZONE) if one.handed
    ]
    assert [share is None for share in week.shares] == [True, True, True, True]
    assert "too young" in words_of(get(mara, "funnel"))


def test_the_page_names_where_most_leave_and_each_count_opens_its_leads(mara):
    for _ in range(3):
        make.HandoffFactory(rejected=True)
    make.HandoffFactory(accepted=True, first_touch_at=MONDAY)
    kept_leads()
    page = get(mara, "funnel", by="source", compare="1")
    text = words_of(page)
    assert "Most leave between" in text and "By source" in text
    hrefs = re.findall(r'href="(/measures/funnel/leads/[^"]+)"[^>]*>(\d+)', page.content.decode())
    assert len(hrefs) > 10
    for href, count in set(hrefs):
        listed = words_of(mara.get(href.replace("&amp;", "&")))
        assert re.search(rf": {count} leads? ", listed), href


def test_a_rejection_is_told_by_its_reason(mara):
    handoff = make.HandoffFactory(rejected=True)
    text = words_of(get(mara, "funnel"))
    assert f"{handoff.reason}" in text
    key = handoff.reason.key
    listed = get(mara, "funnel-leads", at="received", way="rejected", reason=key)
    assert handoff.lead.title in listed.content.decode()


def test_a_rep_sees_what_was_handed_to_them_and_nothing_before(client, mara):
    make.HandoffFactory()
    kept_leads()
    client.force_login(make.otto())
    assert "Nothing came in these days" in words_of(get(client, "funnel"))
    client.force_login(make.sam())
    text = words_of(get(client, "funnel"))
    assert "Handed over" in text and "Not judged yet" not in text
    assert ": 1 lead" in words_of(get(client, "funnel-leads", at="received"))


@pytest.mark.parametrize(
    "query", [{"at": "nowhere"}, {"way": "lost_in_space"}, {"reason": "no_such"}]
)
def test_what_there_is_not_is_not_found(mara, query):
    assert get(mara, "funnel-leads", **query).status_code == 404


@pytest.mark.parametrize("query", [{"by": "shoe_size"}, {"reach": "moon"}])
def test_a_page_there_is_not_is_not_found(mara, query):
    assert get(mara, "funnel", **query).status_code == 404


def test_the_weeks_open_their_leads(mara):
    make.HandoffFactory(accepted=True, made_at=MONDAY)
    listed = words_of(get(mara, "cohort-leads", reach="accepted", within="7"))
    assert "Accepted within 7 days: 1 lead" in listed
    file = get(mara, "cohort-leads", reach="accepted", within="7", format="csv")
    assert len(b"".join(file).decode().splitlines()) == 2
    assert get(mara, "cohort-leads", reach="accepted", within="8").status_code == 404


def test_counting_the_imported_past_too_keeps_what_a_list_is_of(mara):
    make.HandoffFactory(accepted=True, made_at=MONDAY)
    page = get(mara, "cohort-leads", reach="accepted", within="7").content.decode()
    (link,) = re.findall(r'href="([^"]*)">count it too', page)
    more = mara.get(reverse("reviews:cohort-leads") + unescape(link))
    assert more.status_code == 200 and "Accepted within 7 days" in more.content.decode()


def test_the_file_says_what_the_page_says(mara):
    make.HandoffFactory(rejected=True)
    lines = get(mara, "funnel-csv", by="source").content.decode().splitlines()
    assert lines[0] == "by,key,name,step,reached,way,stayed"
    assert any(line.endswith("handed,1,rejected,1") for line in lines)
    assert get(mara, "funnel-csv", by="shoe_size").status_code == 404


def test_the_file_of_everything_says_each_step_once(mara):
    make.HandoffFactory(rejected=True)
    kept_leads()
    lines = get(mara, "funnel-csv").content.decode().splitlines()[1:]
    of_steps = [line.split(",")[3:5] for line in lines]
    said = {(step, int(reached)) for step, reached in of_steps}
    path = passed(question(), at=NOW).all
    assert path.received == 1 + len(KEPT_OUT)
    assert said == {(one.key, path.reached(PLACES[one.key])) for one in STEPS}


def test_the_file_of_a_rep_begins_where_their_page_does(mara):
    make.HandoffFactory(rejected=True)
    mara.force_login(make.sam())
    lines = get(mara, "funnel-csv").content.decode().splitlines()[1:]
    steps = list(dict.fromkeys(line.split(",")[3] for line in lines))
    assert steps == [one.key for one in STEPS[PLACES["handed"] - 1 :]]


def test_nobody_posts_to_it(mara):
    assert mara.post(reverse("reviews:funnel")).status_code == 405


def test_it_costs_the_same_few_statements_however_many_there_are(mara):
    def statements():
        with CaptureQueriesContext(connection) as captured:
            get(mara, "funnel", by="source", compare="1")
        return len(captured)

    make.HandoffFactory(rejected=True)
    statements()  # The names that the definition gives are read once a process.
    few = statements()
    a_floor(20, seed=4)
    assert statements() <= few <= 20
