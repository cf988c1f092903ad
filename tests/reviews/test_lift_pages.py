"""Lift in the browser: asked for, watched, read, opened, drafted; and the quarterly review."""

import csv
import html
import io
import re

import pytest
from django.urls import reverse

from handoff.models import DefinitionVersion
from reviews.lifting import running
from reviews.models import Backtest, LiftStudy
from tests import factories as make
from tests.reviews.lifting import NOW, ask, handed, planted, study_of

pytestmark = pytest.mark.django_db

LIFT = "/measures/lift/"
FIGURE = re.compile(r'<a href="([^"]*/leads/\?[^"]*)">([\d,]+)(?: leads?)?</a>')


def enter(client, person):
    client.force_login(person)
    return client


def page_of(study, name="study"):
    return reverse(f"reviews:{name}", args=[study.pk])


@pytest.fixture
def study():
    planted()
    return study_of()


def test_nothing_studied_yet_says_what_a_study_does(client):
    make.live_version()
    enter(client, make.mara())
    text = client.get(LIFT).content.decode()
    assert "Nothing was studied yet" in text and "Begin the study" in text
    assert "Nothing was studied yet" in client.get(reverse("reviews:quarter")).content.decode()


def test_a_study_is_asked_for_and_a_wrong_question_comes_back_as_typed(client):
    live = make.live_version()
    enter(client, make.mara())
    sent = {"since": "2026-10-02", "until": "2026-10-01"}
    answer = client.post(LIFT, sent)
    text = answer.content.decode()
    assert answer.status_code == 422 and "The last day is before the first." in text
    assert 'value="2026-10-02"' in text and not LiftStudy.objects.exists()
    sent = {"since": "2026-01-01", "until": "2026-06-30", "only": live.pk, "imported": "leave_out"}
    answer = client.post(LIFT, sent)
    found = LiftStudy.objects.get()
    assert answer.status_code == 302 and answer["Location"] == page_of(found)
    assert (found.only, found.with_imported, found.asked_by) == (live, False, make.mara())
    assert (str(found.first_day), str(found.last_day)) == ("2026-01-01", "2026-06-30")
    text = client.get(page_of(found)).content.decode()
    assert "without the imported past" in text and f"judged by {live}" in text


def test_without_a_live_version_it_says_so(client):
    sent = {"since": "2026-01-01", "until": "2026-06-30"}
    answer = enter(client, make.mara()).post(LIFT, sent, follow=True)
    assert "No definition is live yet" in answer.content.decode()


def test_it_is_watched_stopped_and_taken_up(client):
    make.live_version()
    handed()
    study = ask()
    enter(client, make.mara())
    text = client.get(page_of(study)).content.decode()
    assert 'hx-trigger="every 1s"' in text and "Waiting to begin" in text
    assert "A study is waiting to begin" in client.get(LIFT).content.decode()
    client.post(page_of(study, "study-cancel"))
    text = client.get(page_of(study)).content.decode()
    assert "hx-trigger" not in text and "Go on" in text and "stopped by Mara" in text
    text = client.post(page_of(study, "study-cancel"), follow=True).content.decode()
    assert "It had ended already." in text
    client.post(page_of(study, "study-resume"))
    text = client.post(page_of(study, "study-resume"), follow=True).content.decode()
    assert "there is nothing to take up" in text
    assert client.get(page_of(study, "study-leads")).status_code == 404
    running.run(study.pk, at=NOW)
    done = client.get(page_of(study), headers={"HX-Request": "true"})
    assert done["HX-Refresh"] == "true"
    assert "Not enough data to say" in client.get(page_of(study)).content.decode()


def test_once_every_lead_is_looked_at_it_says_that_it_is_summing_up(client):
    make.live_version()
    handed()
    study = ask()
    running_ = {"state": "running", "to_look_at": 40}
    enter(client, make.mara())
    LiftStudy.objects.filter(pk=study.pk).update(looked_at=39, **running_)
    text = client.get(page_of(study)).content.decode()
    assert '<h2 id="h-far">Running</h2>' in text and "98%" in text and "Summing up" not in text
    LiftStudy.objects.filter(pk=study.pk).update(looked_at=40, **running_)
    text = client.get(page_of(study)).content.decode()
    assert '<h2 id="h-far">Summing up</h2>' in text and "every lead looked at" in text
    assert "Now it is worked out what goes with which outcome." in text and "100%" not in text
    assert 'hx-trigger="every 1s"' in text
    assert "A study is summing up" in client.get(LIFT).content.decode()


def test_who_may_see_and_who_may_ask(client, study):
    pages = [LIFT, reverse("reviews:quarter")]
    pages += [page_of(study, name) for name in ("study", "study-leads", "study-csv")]
    posts = [LIFT, *(page_of(study, f"study-{name}") for name in ("cancel", "resume", "draft"))]
    for rep in (make.sam(), make.otto()):
        enter(client, rep)
        assert [client.get(page).status_code for page in pages] == [404] * len(pages)
        assert [client.post(page).status_code for page in posts] == [404] * len(posts)
    enter(client, make.lena())
    assert [client.get(page).status_code for page in pages] == [200] * len(pages)
    assert [client.post(page).status_code for page in posts] == [403] * len(posts)
    text = client.get(page_of(study)).content.decode()
    assert "Draft these weights" not in text and "Begin the study" not in text
    enter(client, make.mara())
    assert [client.get(page).status_code for page in posts[1:]] == [405] * 3
    client.logout()
    assert client.get(LIFT).status_code == 302


def test_the_finding_is_the_title(client, study):
    text = enter(client, make.lena()).get(LIFT).content.decode()
    title = html.unescape(re.search(r"<h1>(.*?)</h1>", text)[1])
    assert re.match(r"Leads with “Industry” were won \d\.\d times as often \(.*480 leads\)", title)
    assert "never held" in text and "more often" in text
    accepted = client.get(f"{LIFT}?outcome=accepted").content.decode()
    assert "Not enough data to say which clauses go with leads that were accepted" in accepted


@pytest.mark.parametrize("outcome", ["won", "accepted"])
def test_every_figure_opens_exactly_so_many_leads(client, study, outcome):
    handed(0, answer="waiting")
    study = study_of()
    enter(client, make.mara())
    text = client.get(f"{page_of(study)}?outcome={outcome}").content.decode()
    figures = FIGURE.findall(text)
    for href, shown in figures:
        opened = client.get(html.unescape(href)).context["count"]
        assert shown == f"{opened:,}", href
    asked = {name for href, _ in figures for name in re.findall(r"(\w+)=", href)}
    assert asked >= {"outcome", "clause", "held", "is", "left"}
    assert ("band" in asked) == (outcome == "won")


def test_every_figure_of_the_quarter_opens_its_leads(client, study):
    text = enter(client, make.lena()).get(reverse("reviews:quarter")).content.decode()
    assert "What became of leads, by clause" in text and "Asked for a demo and fits" in text
    assert "It never held of a lead that was handed over." in text
    assert "Give “Industry”" in text
    links = re.findall(r'<a href="([^"]*/leads/\?[^"]*)">', text)
    assert len(links) > 10
    for href in links:
        assert client.get(html.unescape(href)).status_code == 200


def test_an_address_nobody_made_finds_nobody(client, study):
    enter(client, make.mara())
    for query in (
        "outcome=won&band=x.y",
        "clause=fit.nothing",
        "rule=none",
        "outcome=won&band=today.99",
    ):
        answer = client.get(f"{page_of(study, 'study-leads')}?{query}")
        assert answer.status_code == 200 and "No lead here" in answer.content.decode()
    assert client.get(f"{page_of(study, 'study-leads')}?outcome=x").context["count"] == 480
    assert client.get(reverse("reviews:study", args=[study.pk + 9])).status_code == 404


def test_the_file_has_every_clause_with_every_outcome(client, study):
    answer = enter(client, make.mara()).get(page_of(study, "study-csv"))
    lines = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert len(lines) == 3 * 4
    won = {line["clause"]: line for line in lines if line["outcome"] == "won"}
    assert won["Industry"]["verdict"] == "raises" and int(won["Industry"]["suggested_points"]) > 30
    assert won["Demo request"]["why_not"] == "never held"


def test_weights_become_a_draft_once(client, study):
    enter(client, make.mara())
    assert "Draft these weights" in client.get(LIFT).content.decode()
    answer = client.post(page_of(study, "study-draft"), {"outcome": "won"})
    draft = DefinitionVersion.objects.drafts().get()
    run = Backtest.objects.get()
    assert answer["Location"] == reverse("reviews:backtest", args=[draft.number, run.pk])
    text = client.get(LIFT).content.decode()
    assert "Draft these weights" not in text and "is a draft of these points" in text
    again = client.post(page_of(study, "study-draft"), {"outcome": "won"}, follow=True)
    assert "is a draft of these points already" in again.content.decode()
    assert DefinitionVersion.objects.drafts().count() == 1
    answers = client.get(reverse("reviews:answers", args=[draft.number])).content.decode()
    assert f'href="{page_of(study)}?outcome=won"' in answers
    nothing = client.post(page_of(study, "study-draft"), {"outcome": "x"}, follow=True)
    assert "suggests no other points" in nothing.content.decode()


def test_a_list_costs_the_same_at_one_row_and_at_many(client, django_assert_max_num_queries):
    make.live_version()
    handed()
    few = study_of()
    for days in range(1, 30):
        handed(days)
    many = study_of()
    enter(client, make.mara())
    client.get(page_of(few, "study-leads"))
    counts = []
    for study in (few, many):
        with django_assert_max_num_queries(40) as told:
            client.get(page_of(study, "study-leads"))
        counts.append(len(told))
    assert counts[0] == counts[1]
