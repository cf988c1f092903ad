"""The pages of a trial: start it, look at both sides, open a figure's leads, stop or publish."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from handoff import drafting, publishing, trials
from handoff.models import DefinitionVersion, Trial
from leads.models import Handoff, TrialMember
from tests import factories as make

pytestmark = pytest.mark.django_db

TERMS = {"share": "50", "stop_above": "40", "reason": "Does size matter?", "start": "1"}
GERMANY = {"c": "0", "c0-subject": "country", "c0-operator": "is", "c0-value": "DE"}


@pytest.fixture
def mara(client):
    make.agreement_in_force()
    person = make.mara()
    client.force_login(person)
    return person


@pytest.fixture
def draft(mara):
    live = DefinitionVersion.objects.live().get()
    return publishing.clone(live, actor=mara, at=timezone.now())


@pytest.fixture
def running(draft, mara):
    return trials.start(
        draft, when=[{"field": "country", "is": "DE"}], share=50, stop_above=0.4,
        reason="Does size matter?", actor=mara, at=timezone.now(),
    )  # fmt: skip


def url(name, version):
    return reverse(f"reviews:{name}", args=[version.number])


def members(trial, arm, count, **columns):
    """Leads of a side, each with a hand-over."""
    for _ in range(count):
        handoff = make.HandoffFactory(
            made_at=trial.started_at, triggered_at=trial.started_at, **columns
        )
        TrialMember.objects.create(
            trial=trial, lead=handoff.lead, arm=arm, joined_at=trial.started_at
        )


def test_a_trial_is_started_by_picking(client, draft):
    page = client.get(url("trial", draft))
    assert "Start the trial" in page.content.decode()
    sent = {**TERMS, **GERMANY, "revision": draft.revision}
    answer = client.post(url("trial-start", draft), sent)
    assert answer.status_code == 302 and answer["Location"] == url("trial", draft)
    trial = Trial.objects.get()
    assert (trial.when, trial.share, trial.stop_above) == (
        [{"field": "country", "is": "DE"}], 50, 0.4,
    )  # fmt: skip
    page = client.get(url("trial", draft)).content.decode()
    assert "50% of the leads where country is DE" in page
    assert "No lead has come in yet" in page


def test_a_condition_more_and_one_less_without_losing_what_was_typed(client, draft):
    typed = {**TERMS, **GERMANY}
    del typed["start"]
    page = client.post(url("trial-start", draft), {**typed, "more": "field"})
    assert subjects(page) == ["country", ""]
    assert 'value="DE"' in page.content.decode() and "Does size matter?" in page.content.decode()
    more = {"c": ["0", "1"], "c1-subject": "industry", "less": "0"}
    page = client.post(url("trial-start", draft), {**typed, **more})
    assert subjects(page) == ["industry"]
    assert not Trial.objects.exists()


def subjects(page):
    return [one.subject for one in page.context["segment"].conditions]


def test_the_form_says_how_many_leads_it_would_have_held(client, draft):
    now = timezone.now()
    for country in ("DE", "DE", "US"):
        lead = make.LeadFactory(last_seen_at=now, first_seen_at=now, country=country)
        judgement = make.JudgementFactory(lead=lead, country=country, as_of=now, judged_at=now)
        lead.judgement = judgement
        lead.save()
    typed = {**TERMS, **GERMANY, "redraw": "yes"}
    del typed["start"]
    text = client.post(url("trial-start", draft), typed).content.decode()
    assert "They would have held for <b>2</b> of 3 leads seen in the last 90 days" in text


def test_any_of_several_conditions_yes_or_no_and_not_known(client, draft):
    sent = {
        **TERMS, "mode": "any", "c": ["0", "1", "2", "3"],
        "c0-subject": "target", "c0-operator": "is", "c0-value": "yes",
        "c1-subject": "employees", "c1-operator": "at_least", "c1-value": "1,000",
        "c2-subject": "industry", "c2-operator": "unknown",
        "c3-subject": "",
    }  # fmt: skip
    assert client.post(url("trial-start", draft), sent).status_code == 302
    assert Trial.objects.get().when == {
        "any": [
            {"field": "target", "is": True},
            {"field": "employees", "at_least": 1000},
            {"field": "industry", "known": False},
        ]
    }


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"share": "0"}, "greater than or equal to 1"),
        ({"share": ""}, "This field is required"),
        ({"reason": " "}, "This field is required"),
        ({"stop_above": "100"}, "less than or equal to 99"),
        ({"c0-value": ""}, "A value is missing"),
        ({"c0-subject": "height"}, "Choose what this is about"),
        ({"c0-subject": "fit", "c0-operator": "at_least", "c0-value": "4"}, "fit"),
        ({"c0-subject": "@signal", "c0-signal": ""}, "Choose what they did"),
        (
            {"c0-subject": "employees", "c0-operator": "at_least", "c0-value": "many"},
            "is no number",
        ),
        ({"c0-subject": "employees", "c0-operator": "contains", "c0-value": "4"}, "operator"),
    ],
)
def test_bad_input_is_told_at_its_place_and_nothing_is_lost(client, draft, wrong, said):
    answer = client.post(url("trial-start", draft), {**TERMS, **GERMANY, **wrong})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert said in text
    kept = {**TERMS, **GERMANY, **wrong}
    assert f'value="{kept["c0-value"]}"' in text or wrong.get("c0-subject") in ("height", "@signal")
    assert kept["reason"].strip() in text
    assert not Trial.objects.exists()


def test_what_they_did_a_range_and_several_values_limit_a_trial(client, draft):
    sent = {
        **TERMS, "c": ["0", "1", "2", "3"],
        "c0-subject": "@signal", "c0-signal": "pricing_page", "c0-least": "2", "c0-days": "14",
        "c1-subject": "employees", "c1-operator": "between", "c1-from": "50", "c1-to": "500",
        "c2-subject": "country", "c2-operator": "in", "c2-value": "DE, FR",
        "c3-subject": "motion", "c3-operator": "is", "c3-value": "enterprise",
    }  # fmt: skip
    assert client.post(url("trial-start", draft), sent).status_code == 302
    assert Trial.objects.get().when == [
        {"signal": "pricing_page", "at_least": 2, "within_days": 14},
        {"field": "employees", "between": [50, 500]},
        {"field": "country", "in": ["DE", "FR"]},
        {"field": "motion", "is": "enterprise"},
    ]
    text = client.get(url("trial", draft)).content.decode()
    assert "employees between 50 and 500" in text and "country is DE or FR" in text


def test_a_draft_changed_meanwhile_is_not_started_unseen(client, draft, mara):
    seen = draft.revision
    row = {"key": "vip", "points": 5.0, "when": [{"field": "target", "is": True}]}
    drafting.put(draft, "fit", row, revision=seen, actor=mara, at=timezone.now())
    answer = client.post(url("trial-start", draft), {**TERMS, "revision": seen})
    assert answer.status_code == 409
    assert "changed v" in answer.content.decode() and "meanwhile" in answer.content.decode()


def test_while_another_runs_the_button_is_off_and_says_why(client, running, mara):
    second = publishing.clone(running.version, actor=mara, at=timezone.now())
    text = client.get(url("trial", second)).content.decode()
    assert f"{running.version} is on trial</a> already" in text
    answer = client.post(url("trial-start", second), {**TERMS})
    assert answer.status_code == 409 and "is on trial already" in answer.content.decode()


def test_both_sides_are_shown_with_what_can_be_said(client, running):
    members(running, "trial", 14, accepted=True)
    members(running, "control", 3, rejected=True)
    text = client.get(url("trial", running.version)).content.decode()
    assert "Too early to tell: 14 leads on trial and 3 leads in the control" in text
    assert "14 of 14" in text and "not enough data" in text
    assert "What was agreed" in text and "Does size matter?" in text


def test_a_figure_opens_its_leads(client, running):
    members(running, "trial", 2, accepted=True)
    members(running, "trial", 1, rejected=True, lead__first_name="Rejected")
    members(running, "control", 1, rejected=True, lead__first_name="Other")
    page = client.get(url("trial-leads", running.version), {"what": "rejected"})
    text = page.content.decode()
    assert page.context["page"].paginator.count == 1
    assert "Rejected by sales, on trial" in text and "Other" not in text
    reason = make.ReasonFactory(known=True).key
    none = client.get(url("trial-leads", running.version), {"what": "rejected", "reason": reason})
    assert "No lead here" in none.content.decode()
    unknown = client.get(url("trial-leads", running.version), {"what": "rejected", "reason": "x"})
    assert unknown.status_code == 404
    assert client.get(url("trial-leads", running.version), {"what": "x"}).status_code == 404
    assert client.get(url("trial-leads", running.version), {"arm": "x"}).status_code == 404


def test_every_figure_opens_as_many_leads_as_it_says(client, running):
    known = make.ReasonFactory(known=True)
    for arm in ("trial", "control"):
        members(running, arm, 3, accepted=True, outcome="won")
        members(running, arm, 2, rejected=True)
        members(running, arm, 1, rejected=True, reason=known)
        members(running, arm, 2, closed=True)
        members(running, arm, 1, returned=True)
        members(running, arm, 1)
    page = client.get(url("trial", running.version))
    result, text = page.context["result"], page.content.decode()
    said = {
        f"arm={arm}&what={one.measure.count}": getattr(one, arm).count
        for one in result.compared for arm in ("trial", "control")
    }  # fmt: skip
    for arm in ("trial", "control"):
        said[f"arm={arm}&what=leads"] = result.counts[arm]["leads"]
        for one in result.reasons:
            said[f"arm={arm}&what=rejected&reason={one.key}"] = getattr(one, arm).count
    linked = re.findall(r'trial/leads/\?([^"]+)"', text)
    assert {link.replace("&amp;", "&") for link in linked} == said.keys()
    for query, count in said.items():
        behind = client.get(f"{url('trial-leads', running.version)}?{query}")
        assert behind.context["page"].paginator.count == count, query
        assert len(behind.context["rows"]) == count, query
    assert said["arm=trial&what=no_response"] == 2


def test_the_list_shows_the_hand_over_that_was_counted(client, running):
    members(running, "trial", 1, rejected=True)
    counted = Handoff.objects.get()
    later = counted.made_at + dt.timedelta(hours=1)
    make.HandoffFactory(
        lead=counted.lead, judgement=counted.judgement, previous=counted, accepted=True,
        made_at=later, triggered_at=later, route="again",
    )  # fmt: skip
    query = {"what": "rejected", "reason": counted.reason.key}
    page = client.get(url("trial-leads", running.version), query)
    assert page.context["rows"] == [(counted.lead, counted)]
    text = page.content.decode()
    assert f"Reason: {counted.reason.label}" in text
    assert 'aria-label="Remove filter Reason"' in text and "reason=" not in text.split("chip")[1]


def test_the_list_costs_the_same_for_one_and_for_many(
    client, running, django_assert_max_num_queries
):
    members(running, "trial", 1)
    with django_assert_max_num_queries(19) as one:
        client.get(url("trial-leads", running.version))
    members(running, "trial", 20)
    with django_assert_max_num_queries(len(one)):
        client.get(url("trial-leads", running.version))
    with django_assert_max_num_queries(22):
        client.get(url("trial", running.version))


def test_it_is_stopped_with_a_reason_once(client, running):
    empty = client.post(url("trial-stop", running.version), {"reason": ""})
    assert empty.status_code == 422 and "This field is required" in empty.content.decode()
    done = client.post(url("trial-stop", running.version), {"reason": "Reps complain"})
    assert done.status_code == 302
    text = client.get(url("trial", running.version)).content.decode()
    assert "Stopped by Mara" in text and "Reps complain" in text
    assert reverse("definition-clone", args=[running.version.number]) in text
    again = client.post(url("trial-stop", running.version), {"reason": "Again", "copy": "yes"})
    assert not DefinitionVersion.objects.drafts().exists()
    assert again.status_code == 409 and "has ended" in again.content.decode()


def test_stopped_it_may_go_on_as_a_draft_in_the_same_click(client, running):
    source = running.version
    done = client.post(url("trial-stop", source), {"reason": "Reps complain", "copy": "yes"})
    draft = DefinitionVersion.objects.drafts().get()
    assert done["Location"] == reverse("room", args=[draft.number])
    assert (draft.cloned_from, draft.document()) == (source, source.document())
    assert Trial.objects.get().ending == Trial.Ending.STOPPED
    text = client.get(done["Location"]).content.decode()
    assert f"{draft} is a copy of {source} to go on with" in text
    assert "tried from" in text and "stopped: Reps complain" in text
    for link in (url("trial", source), url("backtests", source)):
        assert f'href="{link}"' in text
    ended = client.get(reverse("room", args=[source.number])).content.decode()
    assert "Was on trial from" in ended and f'href="{url("trial", source)}"' in ended


def test_every_place_of_a_version_links_its_ended_trial(client, running, mara):
    trials.stop(running, actor=mara, at=timezone.now(), why="Enough")
    link = f'href="{url("trial", running.version)}"'
    for name in ("room", "examples", "leads:try", "reviews:backtests"):
        page = client.get(reverse(name, args=[running.version.number]))
        assert link in page.content.decode(), name


def test_an_open_page_asks_for_news_and_hears_only_of_changes(client, running):
    page = client.get(url("trial", running.version))
    text, token = page.content.decode(), page["ETag"]
    assert 'hx-trigger="every 45s"' in text and "Figures of" in text
    asked = {"If-None-Match": token, "HX-Request": "true"}
    same = client.get(url("trial", running.version), headers=asked)
    assert (same.status_code, same["ETag"], same.content) == (304, token, b"")
    members(running, "trial", 1, accepted=True)
    news = client.get(url("trial", running.version), headers=asked)
    assert news.status_code == 200 and news["ETag"] != token
    assert "New figures at" in news.content.decode()


def test_an_open_page_is_drawn_anew_once_the_trial_has_ended(client, running, mara):
    token = client.get(url("trial", running.version))["ETag"]
    trials.stop(running, actor=mara, at=timezone.now(), why="Enough")
    asked = {"If-None-Match": token, "HX-Request": "true"}
    answer = client.get(url("trial", running.version), headers=asked)
    assert answer["HX-Refresh"] == "true"
    assert "every 45s" not in client.get(url("trial", running.version)).content.decode()


def test_it_is_published_where_everything_is_published(client, running):
    page = reverse("definition-publish", args=[running.version.number])
    text = client.get(url("trial", running.version)).content.decode()
    assert text.count(f'href="{page}"') == 1
    asked = client.get(page).context["form"].initial
    done = client.post(page, {**asked, "reason": "It sells"})
    assert done.status_code == 302
    assert DefinitionVersion.objects.live().get() == running.version
    assert Trial.objects.get().ending == Trial.Ending.PUBLISHED
    text = client.get(url("trial", running.version)).content.decode()
    assert "Published by Mara" in text and f'href="{page}"' not in text


def test_a_version_published_meanwhile_is_said(client, running, mara):
    other = publishing.clone(running.version, actor=mara, at=timezone.now())
    publishing.publish(other, actor=mara, at=timezone.now(), reason="Meanwhile")
    text = client.get(url("trial", running.version)).content.decode()
    assert f"{other} went live on" in text


def test_one_that_went_live_twice_is_said_twice(client, running, mara):
    """Going back overwrites when a version was published; what was before is not forgotten."""
    live = DefinitionVersion.objects.live().get()
    other = publishing.clone(live, actor=mara, at=timezone.now())
    for act, version in (
        (publishing.publish, other), (publishing.rollback, live), (publishing.rollback, other),
    ):  # fmt: skip
        version.refresh_from_db()
        act(version, actor=mara, at=timezone.now(), reason="Meanwhile")
    found = client.get(url("trial", running.version)).context["meanwhile"]
    assert [one.number for one in found] == [other.number, live.number, other.number]
    trials.stop(running, actor=mara, at=found[1].at, why="Enough")
    text = client.get(url("trial", running.version)).content.decode()
    assert f"{other} went live on" in text and "again" not in text


def test_wrong_verbs_are_refused(client, running):
    for name in ("trial-start", "trial-stop"):
        assert client.get(url(name, running.version)).status_code == 405
    for name in ("trial", "trial-leads"):
        assert client.post(url(name, running.version)).status_code == 405


def test_a_manager_reads_and_does_not_decide(client, running, draft):
    client.force_login(make.lena())
    text = client.get(url("trial", running.version)).content.decode()
    assert "Side by side" in text and "Why you stop it" not in text
    for name in ("trial-start", "trial-stop"):
        assert client.post(url(name, running.version), {"reason": "x"}).status_code == 403
    assert Trial.objects.running().exists()


def test_a_manager_sees_of_a_draft_that_it_is_not_on_trial(client, draft):
    client.force_login(make.lena())
    assert "Not on trial" in client.get(url("trial", draft)).content.decode()


def test_a_rep_sees_nothing_of_it(client, running):
    client.force_login(make.sam())
    for name in ("trial", "trial-leads"):
        assert client.get(url(name, running.version)).status_code == 404
    for name in ("trial-start", "trial-stop"):
        assert client.post(url(name, running.version), {"reason": "x"}).status_code == 404


def test_the_live_version_was_never_on_trial(client, mara):
    live = DefinitionVersion.objects.live().get()
    assert "Never on trial" in client.get(url("trial", live)).content.decode()
    assert client.get(url("trial-leads", live)).status_code == 404
    assert client.get(reverse("reviews:trial", args=[999])).status_code == 404
