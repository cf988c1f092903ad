"""What holds of every backtest: drawn at random, with a seed that a failure names."""

import copy
import datetime as dt
import random

import pytest

from handoff.models import DefinitionVersion
from handoff.rules import parse
from handoff.rules.judge import judge as judge_given
from leads.models import Lead, Touchpoint
from reviews.backtesting.finding import Finding
from tests import factories as make
from tests.leads.arriving import agreement, arrive
from tests.reviews.backtesting import backtest_of, draft_with, rows_of

pytestmark = pytest.mark.django_db

SIGNALS = ("demo_request", "pricing_page", "webinar_attended")
SEEDS = range(4)


def some_leads(dice, count=12):
    """Leads of all kinds, some of whom come back later with more to tell."""
    for _ in range(count):
        at = make.MONDAY - dt.timedelta(hours=dice.randrange(0, 400))
        told = {
            "employees": dice.choice([None, 20, 99, 100, 400, 1000, 5000]),
            "industry": dice.choice(["fintech", "Fintech", "retail", ""]),
            "role": dice.choice(["CFO", "PhD student", ""]),
            "country": dice.choice(["US", "DE", ""]),
            "source": dice.choice(["organic", "webinar"]),
            "touchpoints": touches(dice, at),
        }
        first = arrive(at=at, **told)
        if dice.random() < 0.4:
            later = at + dt.timedelta(hours=dice.randrange(1, 200))
            email = Lead.objects.get(pk=first.lead_id).email
            arrive(at=later, email=email, touchpoints=touches(dice, later))


def touches(dice, at):
    return [
        {
            "signal": dice.choice(SIGNALS),
            "occurred_at": (at - dt.timedelta(hours=dice.randrange(0, 700))).isoformat(),
        }
        for _ in range(dice.randrange(0, 5))
    ]


def some_draft(dice):
    """DEFINITION with other points, bounds, half-lives and order of rules."""
    document = copy.deepcopy(make.DEFINITION)
    for row in document["fit"]:
        row["points"] = dice.randrange(-20, 80)
    document["fit"][1]["when"][0]["at_least"] = dice.choice([50, 100, 400, 401, 2000])
    for row in document["signals"]:
        row["half_life_days"] = dice.choice([1, 7, 30])
        row["cap"] = dice.choice([1, 2, 5])
    rules = document["decide"][:-1]
    dice.shuffle(rules)
    rules[0]["when"] = {"any": rules[0]["when"]}
    document["decide"] = [*rules, document["decide"][-1]]
    return draft_with(**{name: document[name] for name in ("fit", "signals", "decide")})


@pytest.mark.parametrize("seed", SEEDS)
def test_the_law_judged_again_says_what_it_said(seed):
    agreement()
    some_leads(random.Random(seed))
    live = DefinitionVersion.objects.live().get()
    finding = Finding(backtest_of(live, chunk=5).result, weeks=8)
    assert finding.total == Lead.objects.count()
    assert not finding.changed.count
    assert all(row.was == row.would for row in finding.rows)


@pytest.mark.parametrize("seed", SEEDS)
def test_each_lead_comes_out_as_a_given_row_with_the_same_facts_would(seed):
    """The same decision on the way of examples and of a file to try."""
    dice = random.Random(seed)
    agreement()
    some_leads(dice)
    draft = some_draft(dice)
    parsed = parse(draft.document(), teams=None, reasons=None, tracks=None).definition
    for row in backtest_of(draft, chunk=7).rows.select_related("judgement"):
        seen = row.judgement
        names = [f.name for f in type(seen).__bases__[0]._meta.get_fields()]
        given = {n: getattr(seen, n) for n in names if getattr(seen, n) not in (None, "")}
        done = Touchpoint.objects.filter(lead=row.lead_id, occurred_at__lte=seen.as_of)
        done = done.filter(recorded_at__lte=seen.judged_at)
        given["touchpoints"] = [
            {"signal": one.signal, "occurred_at": one.occurred_at.isoformat()} for one in done
        ]
        (said,) = judge_given([given], parsed, seen.as_of)
        assert (row.would_status, row.would_rule, row.would_tier) == (
            said.status,
            said.rule,
            said.tier,
        )
        assert (row.would_fit, row.would_team) == (said.fit, said.team)
        assert row.would_intent == pytest.approx(said.intent)


@pytest.mark.parametrize("seed", SEEDS)
def test_how_it_is_cut_and_what_happens_later_change_nothing(seed):
    dice = random.Random(seed)
    agreement()
    some_leads(dice)
    draft = some_draft(dice)
    whole = rows_of(backtest_of(draft, chunk=1000))
    for lead in Lead.objects.all():
        after = max(lead.judgements.values_list("as_of", flat=True))
        make.TouchpointFactory(lead=lead, occurred_at=after + dt.timedelta(hours=1))
        last = max(lead.judgements.values_list("judged_at", flat=True))
        make.TouchpointFactory(
            lead=lead,
            occurred_at=after - dt.timedelta(days=dice.randrange(1, 20)),
            recorded_at=last + dt.timedelta(hours=1),
        )
    account = make.AccountFactory(customer=True, target=True, employees=9000)
    Lead.objects.update(account=account, employees=9000, country="FR", role="Intern")
    assert rows_of(backtest_of(draft, chunk=dice.randrange(1, 9))) == whole


@pytest.mark.parametrize("seed", SEEDS)
def test_the_counts_add_up(seed):
    dice = random.Random(seed)
    agreement()
    some_leads(dice)
    backtest = backtest_of(some_draft(dice))
    finding = Finding(backtest.result, backtest.weeks)
    assert finding.total == backtest.leads_count == backtest.rows.count()
    assert sum(total for _, _, total in finding.matrix) == finding.total
    assert sum(total for _, total in finding.column_totals) == finding.total
    moved = finding.closer + finding.further + finding.sideways
    assert moved + finding.unchanged == finding.total
    assert sum(row[1] for row in backtest.result["sources"]) == finding.total
    handed = {"sales_ready", "needs_qualification", "existing_account"}
    weekly = [sum(row[i] for row in backtest.result["teams"]) for i in (2, 3)]
    assert weekly == [
        finding.count(lambda row: row.was in handed),
        finding.count(lambda row: row.would in handed),
    ]
