"""Campaigns and offers as they come with leads: which of them nobody has described yet, and which
leads were offered what cannot be sold to them."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from handoff import statements
from leads.journey import selling
from leads.models import Lead, Offer
from leads.models.lead import INDEXED
from leads.models.matches import Said

Field = Literal["campaign", "offer"]

MOST_NAMES = 2000
"""Names that are looked through, in alphabetical order."""

MOST_LEADS = 1000
"""Leads of one name that are counted."""

NEWEST = 100
"""Leads of each offer's name that are held against the offer, the newest first."""

SEEN = """
WITH RECURSIVE seen(name) AS (
    (SELECT left({field}, {indexed}) FROM leads_lead WHERE {field} <> ''
        ORDER BY left({field}, {indexed}) LIMIT 1)
    UNION ALL
    SELECT (SELECT left(l.{field}, {indexed}) FROM leads_lead l
        WHERE l.{field} <> '' AND left(l.{field}, {indexed}) > seen.name
        ORDER BY left(l.{field}, {indexed}) LIMIT 1)
    FROM seen WHERE seen.name IS NOT NULL
), named AS MATERIALIZED (
    SELECT name FROM seen WHERE name IS NOT NULL AND btrim(name) <> '' LIMIT {most}
)
SELECT name, (SELECT count(*) FROM (SELECT FROM leads_lead l
        WHERE l.{field} <> '' AND left(l.{field}, {indexed}) = name LIMIT {counted}) AS counted),
    (SELECT l.last_seen_at FROM leads_lead l
        WHERE l.{field} <> '' AND left(l.{field}, {indexed}) = name
        ORDER BY l.last_seen_at DESC LIMIT 1),
    (SELECT id FROM (SELECT d.id, d.archived, {said} AS exactness FROM leads_{field} d) AS d
        WHERE exactness IS NOT NULL ORDER BY archived, exactness DESC, id LIMIT 1)
FROM named
"""
"""Every name in use, from the index alone: one step of it a name, never a look at all leads."""

OFFERED = """
SELECT l.id, name FROM unnest(%s::text[]) AS name CROSS JOIN LATERAL (
    SELECT id, last_seen_at FROM leads_lead
    WHERE offer <> '' AND left(offer, {indexed}) = name ORDER BY last_seen_at DESC LIMIT {newest}
) AS l ORDER BY l.last_seen_at DESC, l.id
"""


@dataclass(frozen=True, slots=True)
class Noticed:
    """A name that came with leads: with how many (`is_more`: with more than were counted), when
    last, and the key of what describes it, put away or not."""

    name: str
    leads: int
    is_more: bool
    last_seen_at: dt.datetime
    described_by: int | None


@dataclass(frozen=True, slots=True)
class Misfit:
    """A lead that was offered what cannot be kept, and why."""

    lead: Lead
    offer: Offer
    sentences: list[str]


def names(field: Field) -> list[Noticed]:
    """The names of campaigns or offers that leads carry, the most frequent first."""
    sql = SEEN.format(
        field=field,
        indexed=INDEXED,
        most=MOST_NAMES,
        counted=MOST_LEADS + 1,
        said=Said.template % {"text": "named.name", "names": "d.keys"},
    )
    found = [
        Noticed(name, min(leads, MOST_LEADS), leads > MOST_LEADS, at, described_by)
        for name, leads, at, described_by in statements.fetch(sql)
    ]
    return sorted(found, key=lambda one: (-one.leads, one.name))


def undescribed(field: Field) -> list[Noticed]:
    """Those that nobody has described, put away or not."""
    return [one for one in names(field) if one.described_by is None]


def misfits(*, on: dt.date, motions: Mapping[str, str]) -> list[Misfit]:
    """Leads whose offer cannot be kept on a day, the newest first, among the NEWEST of each name.
    `motions` are labels by key."""
    offers = {one.pk: one for one in Offer.objects.current()}
    named = {one.name: offers[one.described_by] for one in names("offer")
             if one.described_by in offers}  # fmt: skip
    ids = [
        (pk, name)
        for pk, name in statements.fetch(
            OFFERED.format(indexed=INDEXED, newest=NEWEST), [list(named)]
        )
    ]
    leads = Lead.objects.select_related("judgement").in_bulk([pk for pk, _ in ids])
    found = []
    for pk, name in ids:
        lead, offer = leads[pk], named[name]
        facts = selling.facts_of(lead, lead.judgement)
        if sentences := selling.misfits(offer, facts, on=on, motions=motions):
            found.append(Misfit(lead, offer, sentences))
    return found
