"""Who this is and what they asked, as (strong, text) pieces of a sentence or two."""

import datetime as dt
from collections.abc import Iterator, Sequence

from handoff import words
from handoff.rules.countries import country_name
from leads.models import Account, Lead

from .deeds import Deed, Way

Piece = tuple[bool, str]
KINDS = {"fintech": "fintech", "ecommerce": "e-commerce company", "startup": "startup"}
AN = ("a", "e", "i", "o", "u", "8", "11", "18")
SPOKEN = {
    "AE": "the Emirates",
    "GB": "the UK",
    "NL": "the Netherlands",
    "PH": "the Philippines",
    "US": "the US",
}
LARGE = frozenset({
    "africa", "americas", "apac", "asia", "benelux", "central europe", "dach", "emea", "europe",
    "latam", "latin america", "middle east", "nordics", "north america", "northern europe",
    "oceania", "south america", "southern europe", "western europe",
})  # fmt: skip
"""Regions of sales that tell less than the country does."""

BEFORE = 2
"""Deeds told beside the one that started the hand-over."""


def who(lead: Lead) -> list[Piece]:
    """Who they are and where: “Head of Finance at a 400-person fintech in New York.”"""
    account: Account | None = lead.account
    employees = lead.employees or (account.employees if account else None)
    industry = lead.industry or (account.industry if account else "")
    country = lead.country or (account.country if account else "")
    size = f"{int(employees):,}-person " if employees else ""
    kind = KINDS.get(industry.lower(), f"{industry} company".strip())
    company = f"{size}{kind}" if size or industry else ""
    place = f" in {_place(lead.region, country)}" if lead.region or country else ""
    role = lead.role or "Role not known"
    if company:
        article = "an" if company.lower().startswith(AN) else "a"
        return [(True, role), (False, f" at {article} {company}{place}.")]
    return [(True, role), (False, f"{place}." if place else ".")]


def asked(way: Way, *, now: dt.datetime, is_told: bool = False) -> list[Piece]:
    """What they asked for and when, and what they did before: “Asked for a demo today 12:20; before
    that looked at pricing twice.” Nothing where nothing started the hand-over.

    `is_told`: what started it stands in the sentence before.
    """
    trigger = way.trigger
    if trigger is None:
        return []
    before = " and ".join(deed.in_text for deed in _told_before(way.deeds, trigger))
    if is_told:
        return [(False, f"Before that {before}.")] if before else []
    pieces = [(True, trigger.said), (False, f" {words.in_text(trigger.at, now)}")]
    return [*pieces, (False, f"; before that {before}." if before else ".")]


def _told_before(deeds: Sequence[Deed], trigger: Deed) -> list[Deed]:
    """The last different things done before, the earlier first, each once."""
    return list(_newest(deeds[: deeds.index(trigger)], trigger))[::-1]


def _newest(deeds: Sequence[Deed], trigger: Deed) -> Iterator[Deed]:
    seen = {trigger.signal}
    for deed in reversed(deeds):
        if deed.signal not in seen:
            seen.add(deed.signal)
            yield deed
        if len(seen) > BEFORE:
            return


def _place(region: str, country: str) -> str:
    """Where somebody is: “New York, the US”; a region that is larger than its country is left
    out."""
    land = SPOKEN.get(country) or country_name(country)
    near = "" if land and region.casefold() in LARGE else region
    return ", ".join(dict.fromkeys(filter(None, (near, land))))
