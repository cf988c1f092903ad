"""Backtests in the browser: asked for, watched, stopped, read, compared."""

import csv
import html
import io
import re

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from leads.models import Handoff
from reviews import backtesting
from reviews.models import Backtest
from reviews.templatetags.backtests import weekly
from tests import factories as make
from tests.leads.arriving import agreement, arrive, handed_over
from tests.reviews.backtesting import UNTIL, ask, backtest_of, draft_with, stricter

pytestmark = pytest.mark.django_db

WEBINAR = {"c": "0", "c0-subject": "source", "c0-operator": "is", "c0-value": "webinar"}


@pytest.fixture
def draft():
    agreement()
    make.TrackFactory()
    return stricter()


def enter(client, person):
    client.force_login(person)
    return client


def listed(version):
    return reverse("reviews:backtests", args=[version.number])


def page_of(backtest, name="backtest"):
    return reverse(f"reviews:{name}", args=[backtest.version.number, backtest.pk])


def test_nothing_tried_yet_says_what_a_run_shows(client, draft):
    text = enter(client, make.mara()).get(listed(draft)).content.decode()
    assert "Not tried on the past yet" in text and "Run the backtest" in text


def test_a_run_is_asked_for(client, draft):
    arrive(source="webinar", country="US")
    today = timezone.now().date()
    answer = enter(client, make.mara()).post(
        listed(draft),
        {
            "since": "2026-10-01",
            "until": str(today),
            "base": "live",
            **WEBINAR,
            "c": ["0", "1"],
            "c1-subject": "motion",
            "c1-operator": "is",
            "c1-value": "enterprise",
        },
    )
    run = Backtest.objects.get()
    assert answer.status_code == 302 and answer["Location"] == page_of(run)
    assert run.segment == [
        {"field": "source", "is": "webinar"},
        {"field": "motion", "is": "enterprise"},
    ]
    assert (run.base.state, run.asked_by) == ("live", make.mara())
    said = "where source is webinar and motion is enterprise"
    assert f"only leads {said}" in client.get(page_of(run)).content.decode()
    assert f"W{said[1:]}" in client.get(listed(draft)).content.decode()
    assert run.last_day == today and str(run.first_day) == "2026-10-01"


def test_a_wrong_question_comes_back_as_it_was_typed(client, draft):
    answer = enter(client, make.mara()).post(
        listed(draft), {"since": "2026-10-02", "until": "2026-10-01", **WEBINAR}
    )
    text = answer.content.decode()
    assert answer.status_code == 422 and "The last day is before the first." in text
    assert 'value="2026-10-02"' in text and 'value="webinar"' in text
    assert not Backtest.objects.exists()


def test_a_condition_more_asks_for_no_run(client, draft):
    sent = {"since": "2026-10-01", "until": "2026-10-02", "imported": "leave_out", **WEBINAR}
    answer = enter(client, make.mara()).post(listed(draft), {**sent, "more": "field"})
    assert answer.status_code == 200 and not Backtest.objects.exists()
    subjects = [one.subject for one in answer.context["segment"].conditions]
    text = answer.content.decode()
    assert subjects == ["source", ""] and 'value="webinar"' in text
    assert 'value="2026-10-01"' in text and '"leave_out" selected' in text


def test_a_condition_that_cannot_be_read_is_marked_where_it_stands(client, draft):
    size = {"c": "0", "c0-subject": "employees", "c0-operator": "at_least", "c0-value": "many"}
    sent = {"since": "2026-10-01", "until": "2026-10-02", **size}
    answer = enter(client, make.mara()).post(listed(draft), sent)
    text = answer.content.decode()
    assert answer.status_code == 422 and "Mend what is marked" in text and "in-condition" in text
    assert not Backtest.objects.exists()


def test_a_question_about_a_motion_that_is_gone_says_so(client, draft):
    run = ask(draft, segment=[{"field": "motion", "is": "enterprise"}])
    draft.motions.all().delete()
    answer = enter(client, make.mara()).post(page_of(run, "backtest-again"), follow=True)
    assert "cannot tell for whom it was asked" in answer.content.decode()
    assert Backtest.objects.count() == 1


def test_a_draft_with_faults_says_what_to_mend(client, draft):
    broken = draft_with(decide=[])
    answer = enter(client, make.mara()).post(
        listed(broken), {"since": "2026-10-01", "until": "2026-10-02"}
    )
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "To mend in" in text and "Needs at least one row." in text
    assert "definition.decide" not in text
    assert not Backtest.objects.exists()
    assert f'href="{reverse("room", args=[broken.number])}#decide"' in text


def test_a_fault_in_a_row_links_to_the_row(client, draft):
    draft.tiers.all().delete()
    text = enter(client, make.mara()).get(listed(draft)).content.decode()
    key = draft.decide.exclude(tier="").first().key
    assert f"#row-decide-{key}" in text and "?edit=decide-" in text
    assert "Tier: there is no tier" in text and "definition." not in text
    assert 'aria-disabled="true"' in text and ">Status rule " in text
    run = ask(stricter())
    Backtest.objects.filter(pk=run.pk).update(version=draft)
    answer = client.post(
        reverse("reviews:backtest-again", args=[draft.number, run.pk]), follow=True
    )
    assert "mend what is named here first" in answer.content.decode()
    assert Backtest.objects.count() == 1


@pytest.mark.parametrize("who", ["sam", "otto"])
def test_a_rep_sees_none_of_it(client, draft, who):
    run = backtest_of(draft)
    enter(client, getattr(make, who)())
    for address in (listed(draft), page_of(run), page_of(run, "backtest-leads")):
        assert client.get(address).status_code == 404
    assert client.get(page_of(run, "backtest-csv")).status_code == 404


def test_a_sales_manager_reads_and_asks_nothing(client, draft):
    run = backtest_of(draft)
    enter(client, make.lena())
    assert "Run the backtest" not in client.get(listed(draft)).content.decode()
    assert "Run again" not in client.get(page_of(run)).content.decode()
    assert client.post(listed(draft), {}).status_code == 403
    for name in ("backtest-cancel", "backtest-resume", "backtest-again"):
        assert client.post(page_of(run, name)).status_code == 403


def test_actions_are_posts(client, draft):
    run = ask(draft)
    enter(client, make.mara())
    for name in ("backtest-cancel", "backtest-resume", "backtest-again"):
        assert client.get(page_of(run, name)).status_code == 405


def test_a_run_of_another_version_is_not_found(client, draft):
    run = backtest_of(draft)
    other = make.DefinitionVersionFactory()
    address = reverse("reviews:backtest", args=[other.number, run.pk])
    assert enter(client, make.mara()).get(address).status_code == 404


def test_it_is_watched_stopped_and_taken_up(client, draft):
    arrive()
    run = ask(draft)
    enter(client, make.mara())
    text = client.get(page_of(run)).content.decode()
    assert 'hx-trigger="every 1s"' in text and "Waiting to begin" in text
    Backtest.objects.filter(pk=run.pk).update(state="running", looked_at=40, to_look_at=40)
    text = client.get(page_of(run)).content.decode()
    assert '<h2 id="h-far">Summing up</h2>' in text and "100%" not in text
    client.post(page_of(run, "backtest-cancel"))
    text = client.get(page_of(run)).content.decode()
    assert "hx-trigger" not in text and "Go on" in text and "is kept" in text
    assert "stopped by Mara Lindqvist" in text
    text = client.post(page_of(run, "backtest-cancel"), follow=True).content.decode()
    assert "It had ended already." in text
    client.post(page_of(run, "backtest-resume"))
    text = client.post(page_of(run, "backtest-resume"), follow=True).content.decode()
    assert "there is nothing to take up" in text
    backtesting.run(run.pk, at=UNTIL)
    done = client.get(page_of(run), headers={"HX-Request": "true"})
    assert done["HX-Refresh"] == "true"
    text = client.get(page_of(run)).content.decode()
    assert "Then and draft" in text
    assert "stopped by Mara Lindqvist" in text and "taken up again by Mara Lindqvist" in text


def test_every_page_of_a_run_has_the_places_of_its_version(client, draft):
    enter(client, make.mara())
    for run in (ask(draft), backtest_of(draft)):
        for address in (page_of(run), page_of(run, "backtest-leads"), listed(draft)):
            text = client.get(address).content.decode()
            assert f'aria-label="Places of {draft}"' in text
            assert f'href="{listed(draft)}" aria-current="page"' in text


def test_the_publish_page_asks_for_the_latest_run(client, draft):
    enter(client, make.mara())
    latest = reverse("reviews:backtest-latest", args=[draft.number])
    publish = client.get(reverse("definition-publish", args=[draft.number])).content.decode()
    assert f'hx-get="{latest}"' in publish
    text = client.get(latest).content.decode()
    assert "was not tried on the past yet" in text
    sent = dict(re.findall(r'name="(since|until|base)" value="([^"]*)"', text))
    assert client.post(listed(draft), sent).status_code == 302
    assert "A run is waiting to begin" in client.get(latest).content.decode()
    lost = handed_over()
    make.OpportunityFactory(lead=lost.lead, account=None, won=True)
    run = backtest_of(draft)
    text = client.get(latest).content.decode()
    assert "<b>1</b> no longer or only to qualify" in text and f'href="{page_of(run)}"' in text
    assert "<b>1</b> of 1 won deal missed" in text and "Run again" not in text
    type(draft).objects.filter(pk=draft.pk).update(revision=7)
    text = client.get(latest).content.decode()
    assert "was changed since" in text and "Run again" in text
    text = enter(client, make.lena()).get(latest).content.decode()
    assert "Run again" not in text and "The whole result" in text
    assert enter(client, make.sam()).get(latest).status_code == 404
    assert client.post(latest).status_code in (404, 405)


def test_the_result_says_what_was_found(client, draft):
    lost, kept = handed_over(), handed_over(employees=3000)
    Handoff.objects.filter(pk=lost.pk).update(state="accepted", accepted_at=make.MONDAY)
    make.OpportunityFactory(lead=lost.lead, account=None, won=True, amount=41000)
    run = backtest_of(draft)
    text = enter(client, make.lena()).get(page_of(run)).content.decode()
    number = draft.number
    assert (
        f"v{number} would hand over 1 fewer lead as sales ready, and too few have an answer"
        " to say whether sales would accept more of them" in text
    )
    assert (
        f'href="{page_of(run, "backtest-leads")}?from=sales_ready&amp;to=needs_qualification"'
        in text
    )
    assert lost.lead.title in text and "41,000" in text
    assert "Size gives 0, was 50" in text and "“Unclear” decides" in text
    assert "SDR North America" in text and "no daily limit" in text
    assert kept.lead.title not in text


def test_an_empty_period_says_so(client, draft):
    text = enter(client, make.mara()).get(page_of(backtest_of(draft))).content.decode()
    assert "No lead was judged in this period" in text


def test_a_changed_draft_is_told(client, draft):
    run = backtest_of(draft)
    type(draft).objects.filter(pk=draft.pk).update(revision=7)
    text = enter(client, make.mara()).get(page_of(run)).content.decode()
    assert "was changed since this run" in text
    client.post(page_of(run, "backtest-again"))
    assert Backtest.objects.first().revision == 7


def test_a_cell_opens_its_leads_with_why(client, draft):
    lost, kept = handed_over(), handed_over(employees=3000)
    run = backtest_of(draft)
    enter(client, make.mara())
    leads = page_of(run, "backtest-leads")
    text = client.get(f"{leads}?from=sales_ready&to=needs_qualification").content.decode()
    assert lost.lead.title in text and kept.lead.title not in text
    assert "fit 30, was 80" in text and "Then: Sales ready" in text
    assert (
        kept.lead.title in client.get(f"{leads}?from=sales_ready&to=sales_ready").content.decode()
    )
    assert "No lead here" in client.get(f"{leads}?group=gained").content.decode()
    assert lost.lead.title in client.get(f"{leads}?group=lost&answer=waiting").content.decode()
    assert lost.lead.title in client.get(f"{leads}?rules=hand_raiser>unclear").content.decode()


FIGURE = re.compile(r'<a (?:class="figure" )?href="([^"]*leads/\?[^"]*)">(.*?)</a>', re.DOTALL)
COUNT = re.compile(r"<(?:b|span class=\"n\")>([\d,.]+)|(?:^|: )(?:<b>)?([\d,.]+)")


@pytest.mark.parametrize("beside_live", [False, True])
def test_every_figure_opens_exactly_so_many_leads(client, draft, beside_live):
    for employees in (50, 400, 400, 5000, None):
        handed_over(employees=employees, source="webinar")
    arrive(touchpoints=[])
    arrive(role="PhD student")
    account = make.AccountFactory(domain="lumen.example", customer=True, owner=make.ines())
    arrive(email=f"bo@{account.domains.get().domain}")
    arrive(country="DE")
    Handoff.objects.filter(pk=handed_over().pk).update(
        state="rejected", reason=make.ReasonFactory(), ended_at=make.MONDAY
    )
    base = type(draft).objects.live().get() if beside_live else None
    run = backtest_of(draft, base=base)
    enter(client, make.mara())
    figures = FIGURE.findall(client.get(page_of(run)).content.decode())
    opened = {}
    for href, text in figures:
        found = COUNT.search(text)
        if found is None:
            assert text == "Open as a list"
            continue
        shown = found[1] or found[2]
        total = client.get(html.unescape(href)).context["page"].paginator.count
        assert shown in (f"{total:,}", weekly(total, run.weeks)), (href, text)
        opened[href.partition("?")[2]] = total
    assert {name.partition("=")[0] for name in opened} >= {
        *("from", "to", "group", "source"),
        *("was_tier", "would_tier", "was_team", "would_team"),
    }
    assert sum(n for name, n in opened.items() if name.startswith("would_tier")) == 8


def test_beside_the_live_version_nothing_is_called_then(client, draft):
    handed_over()
    live = type(draft).objects.live().get()
    run = backtest_of(draft, base=live)
    enter(client, make.mara())
    other = backtest_of(make.DefinitionVersionFactory(), base=live)
    for address in (page_of(run), f"{page_of(run)}?beside={other.pk}"):
        text = client.get(address).content.decode()
        assert f"Rule under {live}" in text and "Rule then" not in text
        assert ">Then<" not in text and "Then and" not in text and "then," not in text
    text = client.get(f"{page_of(run, 'backtest-leads')}?from=sales_ready&to=nurture")
    text = text.content.decode()
    assert f"{live}: Sales ready" in text and f"{draft}: Nurture" in text
    assert "Then" not in text and "Draft: " not in text


def test_the_leads_are_a_file_too(client, draft):
    handed_over(company="=cmd")
    handed_over(employees=3000)
    run = backtest_of(draft)
    answer = enter(client, make.mara()).get(page_of(run, "backtest-csv"))
    rows = list(csv.DictReader(io.StringIO(b"".join(answer).decode())))
    assert [row["would_status"] for row in rows] == ["needs_qualification", "sales_ready"]
    assert rows[0]["company"] == "'=cmd" and rows[0]["was_fit"] == "80.0"
    answer = client.get(f"{page_of(run, 'backtest-csv')}?group=lost")
    assert len(list(csv.DictReader(io.StringIO(b"".join(answer).decode())))) == 1


def test_two_drafts_stand_side_by_side(client, draft):
    handed_over()
    one, two = backtest_of(draft), backtest_of(make.DefinitionVersionFactory())
    enter(client, make.mara())
    assert "Compare with another run" in client.get(page_of(one)).content.decode()
    text = client.get(f"{page_of(one)}?beside={two.pk}").content.decode()
    assert f"v{one.version.number} beside v{two.version.number}" in text
    assert "1 more" in text and "too few to say" in text and "Of 1 lead in both runs" in text
    handed_over()
    third = backtest_of(make.DefinitionVersionFactory())
    text = client.get(f"{page_of(third)}?beside={one.pk}").content.decode()
    assert "Of 1 lead in both runs" in text and "1 fewer" in text
    assert client.get(f"{page_of(one)}?beside=nonsense").status_code == 200


def test_a_list_costs_the_same_at_one_lead_and_at_many(
    client, draft, django_assert_max_num_queries
):
    enter(client, make.mara())
    handed_over()
    few = backtest_of(draft)
    for _ in range(6):
        handed_over()
    many = backtest_of(draft)
    counts = []
    for run in (few, many):
        for name, most in (("backtest", 32), ("backtest-leads", 22)):
            client.get(page_of(run, name))
            with django_assert_max_num_queries(most) as held:
                client.get(page_of(run, name))
            counts.append(len(held))
    assert counts[:2] == counts[2:]
    client.get(listed(draft))
    with django_assert_max_num_queries(24) as held:
        client.get(listed(draft))
    backtest_of(draft)
    with django_assert_max_num_queries(len(held)):
        client.get(listed(draft))


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"since": "0001-01-01", "until": "2026-01-01"}, "from 2000 on"),
        ({"since": "2026-01-01", "until": "never"}, "valid date"),
    ],
)
def test_what_no_period_can_be_is_refused(client, draft, sent, said):
    answer = enter(client, make.mara()).post(listed(draft), sent)
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_a_period_ends_today_at_the_latest(client, draft):
    client.force_login(make.mara())
    sent = {"since": "2026-01-01", "until": "9999-12-31"}
    answer = client.post(reverse("reviews:backtests", args=[draft.number]), sent)
    assert answer.status_code == 302
    assert Backtest.objects.get().until.year < 9999


def test_an_example_names_who_would_get_it():
    came = {"status": "sales_ready", "rule": "r", "fit": 75, "intent": 50, "team": "sdr-na"}
    named = {"came": came, "rule_names": {}, "tier_names": {}, "team_names": {"sdr-na": "SDR NA"}}
    assert "to SDR NA" in render_to_string("reviews/backtests/_came.html", named)
