"""Why deals end, by where their leads first came from."""

import datetime as dt
import random
from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from leads.models import Opportunity
from reviews.measures import winloss
from reviews.measures.winloss import Question, Word
from tests import factories as make
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
DAYS = {"since": "2026-10-01", "until": "2026-12-31"}
ALL = Question(MONDAY - 60 * DAY, MONDAY + 60 * DAY)


def ended(campaign: str = "erp_q4", source: str = "paid_search", **said: Any) -> Opportunity:
    given = {"stage": "lost", "closed_at": MONDAY + DAY, "told_at": MONDAY + DAY}
    lead = make.LeadFactory(first_campaign=campaign, source=source)
    return make.OpportunityFactory(**{"lead": lead, "told_by": make.sam(), **given, **said})


def test_what_was_named_is_counted_by_outcome_whatever_its_case() -> None:
    ended(objections=["Price"], competitor=" Quillbooks ")
    ended(objections=["PRICE", "Timing"], stage="won")
    ended(told_at=None)
    ended(stage="open", closed_at=None)
    found = winloss.find(ALL).whole
    assert (found.won, found.lost, found.told, found.all) == (1, 2, 2, 3)
    said = [(word.text.lower(), word.won, word.lost) for word in found.words["objections"]]
    assert said == [("price", 1, 1), ("timing", 1, 0)]
    assert found.words["competitors"] == [Word("Quillbooks", 0, 1)]
    assert found.words["triggers"] == []


def test_by_first_campaign_and_source() -> None:
    ended(triggers=["Audit"])
    ended(triggers=["Audit"])
    ended("webinar", "event", stage="won")
    make.OpportunityFactory(won=True, lead=None)
    rows = winloss.find(ALL).spread("campaign")
    assert [(row.key, row.won, row.lost) for row in rows] == [
        ("erp_q4", 0, 2),
        ("-", 1, 0),
        ("webinar", 1, 0),
    ]
    assert rows[0].words["triggers"] == [Word("Audit", 0, 2)]
    assert {row.key for row in winloss.find(ALL).spread("source")} == {"paid_search", "event", "-"}
    with pytest.raises(ValueError, match="not spread"):
        winloss.find(ALL).spread("moon")


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"campaign": "webinar"}, 1),
        ({"source": "paid_search"}, 2),
        ({"stage": "won"}, 1),
        ({"objections": "PRICE"}, 2),
        ({"objections": "Price", "stage": "won"}, 1),
        ({"competitors": "quillbooks"}, 1),
        ({"triggers": "nobody said"}, 0),
    ],
)
def test_narrowed(asked: dict[str, str], expected: int) -> None:
    ended(objections=["Price"], competitor="Quillbooks")
    ended()
    ended("webinar", "event", stage="won", objections=["Price"])
    assert winloss.find(Question(ALL.since, ALL.until, **asked)).whole.all == expected
    assert len(winloss.told(Question(ALL.since, ALL.until, **asked))) == expected


SAID = ("Price", "PRICE", "price", "Timing", "Budget")
LISTS = ("objections", "triggers")


def a_mixed_year(count: int, *, seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(count):
        stage = dice.choice(("won", "lost", "lost", "open"))
        campaign, source = dice.choice(("erp_q4", "webinar", "")), dice.choice(("event", "partner"))
        ended(
            campaign,
            source,
            stage=stage,
            closed_at=None if stage == "open" else MONDAY + dice.randint(-70, 70) * DAY,
            told_at=dice.choice((None, MONDAY)),
            competitor=dice.choice(("", " Quillbooks", "quillbooks", "Sumly")),
            **{name: dice.choices(SAID, k=dice.randint(0, 3)) for name in LISTS},
        )


def counted_by_hand(deals: Iterable[Opportunity], name: str) -> dict[str, tuple[int, int]]:
    """Won and lost deals by what was named in them, in small letters."""
    sides: dict[str, Counter[str]] = {"won": Counter(), "lost": Counter()}
    for deal in deals:
        listed = getattr(deal, name) if name in LISTS else [deal.competitor.strip()]
        sides[deal.stage].update({word.lower() for word in listed if word})
    return {
        word: (sides["won"][word], sides["lost"][word]) for word in sides["won"] | sides["lost"]
    }


@pytest.mark.parametrize(
    "asked", [{}, {"stage": "won"}, {"campaign": "webinar"}, {"objections": "pRice"}]
)
def test_every_number_is_what_a_count_by_hand_gives(asked: dict[str, str]) -> None:
    a_mixed_year(60, seed=len(asked) + 3)
    question = Question(ALL.since, ALL.until, **asked)
    found = winloss.find(question)
    over = Opportunity.objects.exclude(stage="open").select_related("lead")
    there = list(over.filter(closed_at__gte=ALL.since, closed_at__lt=ALL.until))
    wanted = [
        deal
        for deal in there
        if deal.stage == asked.get("stage", deal.stage)
        and asked.get("campaign") in (None, deal.lead.first_campaign)
        and ("objections" not in asked or "price" in map(str.lower, deal.objections))
    ]
    parts = {"": wanted}
    for deal in wanted:
        parts.setdefault(deal.lead.first_campaign or winloss.NONE, []).append(deal)
    assert found.known("campaign") == sorted(
        {deal.lead.first_campaign or winloss.NONE for deal in there}
    )
    rows = [found.whole, *found.spread("campaign")]
    assert {row.key for row in rows} == set(parts)
    for row in rows:
        told = Counter(deal.stage for deal in parts[row.key])
        assert (row.won, row.lost) == (told["won"], told["lost"])
        assert row.told == sum(deal.told_at is not None for deal in parts[row.key])
        for name in winloss.WORDS:
            by_hand = counted_by_hand(parts[row.key], name.replace("competitors", "competitor"))
            said = {one.text.lower(): (one.won, one.lost) for one in row.words[name]}
            assert all(by_hand[word] == counts for word, counts in said.items())
            most = winloss.MOST_OF_A_ROW if row.key else winloss.MOST_WORDS
            assert len(said) == min(len(by_hand), most)


def test_other_days_are_not_counted() -> None:
    ended(closed_at=ALL.until)
    ended(closed_at=ALL.since - DAY)
    assert winloss.find(ALL).whole.all == 0


@pytest.fixture
def mara(client: Client) -> Client:
    client.force_login(make.mara())
    return client


def page_of(client: Client, **asked: str) -> str:
    return client.get(reverse("reviews:winloss"), {**DAYS, **asked}).content.decode()


def test_marketing_reads_it_per_campaign(mara: Client) -> None:
    ended(objections=["Price"], competitor="Quillbooks", note="<i>They</i> froze")
    page = page_of(mara)
    assert "erp_q4" in page and "Quillbooks" in page and "Sam Ortiz" in page
    assert "&lt;i&gt;They" in page and "<i>They" not in page
    assert "1 deal over" in page and "0 of 1" in page
    narrowed = page_of(mara, campaign="erp_q4", objections="Price")
    assert "Remove filter What they objected to" in narrowed
    assert "No deal was over" in page_of(mara, stage="won")


def test_the_usual_period_and_days_that_are_none(mara: Client) -> None:
    assert "No deal was over" in mara.get(reverse("reviews:winloss")).content.decode()
    wrong = page_of(mara, since="2026-12-31", until="2026-01-01")
    assert "The usual days are shown instead" in wrong


def test_as_a_file(mara: Client) -> None:
    ended(objections=["Price", "Timing"], note="=1+1")
    ended(lead=None)
    text = mara.get(reverse("reviews:winloss-csv"), DAYS).content.decode()
    assert "Price; Timing" in text and "'=1+1" in text and text.count("\r\n") == 3


def test_a_rep_has_no_business_here(client: Client) -> None:
    client.force_login(make.sam())
    assert client.get(reverse("reviews:winloss")).status_code == 404
    assert client.get(reverse("reviews:winloss-csv")).status_code == 404
    assert client.post(reverse("reviews:winloss")).status_code == 405
