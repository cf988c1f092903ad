"""Whether what somebody was offered can be sold to them. Pure."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from handoff import words
from handoff.labels import humanise
from leads.models import Judgement, Lead, Offer


@dataclass(frozen=True, slots=True)
class Facts:
    """What of a lead an offer asks about; None or "" where it is not known. `is_judged` tells a
    lead without a motion from one that nobody has judged."""

    motion: str | None
    country: str
    industry: str
    employees: float | None
    is_judged: bool = True


def facts_of(lead: Lead, judgement: Judgement | None) -> Facts:
    """As the judgement saw them, else as the lead says."""
    if judgement is None:
        return Facts(None, lead.country, lead.industry, lead.employees, is_judged=False)
    return Facts(
        judgement.motion,
        judgement.country or lead.country,
        judgement.industry or lead.industry,
        lead.employees if judgement.employees is None else judgement.employees,
    )


def misfits(
    offer: Offer, facts: Facts, *, on: dt.date, motions: Mapping[str, str] | None = None
) -> list[str]:
    """Why the offer cannot be kept, a sentence each; nothing where it can, or where what it asks
    about is not known. `motions` are the labels of the definition's motions by key."""
    sentences = [_time(offer, on)]
    if offer.motions and facts.is_judged and facts.motion not in offer.motions:
        names = motions or {}
        sellers = _listed([names.get(one) or humanise(one) for one in offer.motions])
        theirs = names.get(facts.motion or "") or humanise(facts.motion)
        said = f"this lead is {theirs}" if theirs else "this lead has no motion"
        sentences.append(f"It is sold by {sellers}; {said}.")
    if offer.countries and facts.country and not _among(facts.country, offer.countries):
        where = _listed(offer.countries)
        sentences.append(f"It is for {where}; this lead is in {facts.country}.")
    if offer.industries and facts.industry and not _among(facts.industry, offer.industries):
        trades = _listed(offer.industries)
        sentences.append(f"It is for {trades}; this lead is in {facts.industry}.")
    sentences.append(_size(offer, facts.employees))
    return [sentence for sentence in sentences if sentence]


def _time(offer: Offer, on: dt.date) -> str:
    if offer.ends_on and offer.ends_on < on:
        return f"It ended on {offer.ends_on:%-d %b %Y}."
    if offer.starts_on and offer.starts_on > on:
        return f"It begins on {offer.starts_on:%-d %b %Y}."
    return ""


def _size(offer: Offer, employees: float | None) -> str:
    least, most = offer.employees_from, offer.employees_to
    if employees is None or (least or 0) <= employees <= (most or employees):
        return ""
    if least and most:
        wanted = f"{least:,} to {most:,} people"
    else:
        wanted = f"at least {least:,} people" if least else f"at most {most:,} people"
    theirs = words.count_of(int(employees), "person", "people")
    return f"It is for companies of {wanted}; theirs has {theirs}."


def _among(value: str, names: list[str]) -> bool:
    return value.strip().casefold() in {name.strip().casefold() for name in names}


def _listed(names: list[str]) -> str:
    """“Germany, France or Spain”."""
    return " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))
