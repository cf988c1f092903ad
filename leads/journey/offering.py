"""The values that conditions may be built with: those of the last 90 days' leads, with counts."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.core.cache import cache
from django.db import connection

from handoff import statements
from handoff.labels import humanise
from handoff.models import DecideRule, DefinitionVersion
from handoff.rules.countries import country_name
from handoff.rules.fields import CATALOGUE, Kind
from handoff.rules.sentences import value_name

from .reach import DAYS, DRAWN, HOUR, LEADS, MOST

SIGNAL = "signal"
"""The name under which the keys of signals are asked for."""

PRIVATE = frozenset({"email", "phone"})
"""Fields that name one person each; their values are never offered."""

OFFERED = 50

VALUES = """
SELECT (array_agg(value ORDER BY n DESC, value))[1], sum(n)::int FROM (
    SELECT j."{field}"{cast} AS value, count(*) AS n
    FROM drawn JOIN leads_judgement j ON j.id = drawn.judgement_id
    WHERE j."{field}" IS NOT NULL GROUP BY 1
) v GROUP BY lower(value) ORDER BY 2 DESC, 1 LIMIT {most}"""

THESE = "drawn AS (SELECT id, judgement_id FROM leads_lead WHERE id = ANY(%s))"

SIGNALS = """
SELECT signal, count(*)::int FROM (
    SELECT DISTINCT t.lead_id, t.signal FROM drawn JOIN leads_touchpoint t ON t.lead_id = drawn.id
) v GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {most}"""


@dataclass(frozen=True)
class Offer:
    """A value, what it is called, and how many leads have it (None: not counted)."""

    value: str
    name: str
    leads: int | None = None

    @property
    def label(self) -> str:
        return self.name if self.leads is None else f"{self.name} ({self.leads:,})"


def offers(field: str, version: DefinitionVersion | None, *, at: dt.datetime) -> list[Offer]:
    """What may stand as the value of a field, most frequent first; `version` adds its own keys.

    Raises KeyError where there is no such field.
    """
    if field == SIGNAL:
        return _with_own(_counted(SIGNAL, SIGNALS, at), _signals(version))
    known = CATALOGUE[field]
    if not known.is_fact:
        return _of_the_definition(field, version)
    if known.kind is Kind.NUMBER or field in PRIVATE:
        return []
    counted = _counted(field, _values(field), at)
    if known.kind is Kind.BOOL:
        leads = dict(counted)
        words = {"true": "yes", "false": "no"}
        return [Offer(value, word, leads.get(value, 0)) for value, word in words.items()]
    return [Offer(value, _called(field, value), leads) for value, leads in counted]


def offers_among(field: str, leads: Collection[int]) -> list[Offer]:
    """The values that a field of text has among these leads (by primary key), most frequent
    first."""
    sql = _values(field).format(most=OFFERED)
    rows = statements.fetch(f"WITH {THESE}\n{sql}", [list(leads)])
    return [Offer(value, _called(field, value), number) for value, number in rows]


def _values(field: str) -> str:
    cast = "::text" if CATALOGUE[field].kind is Kind.BOOL else ""
    return VALUES.replace("{field}", field).replace("{cast}", cast)


def _called(field: str, value: str) -> str:
    return country_name(value) if field == "country" else value_name(field, value)


def _counted(name: str, sql: str, at: dt.datetime) -> list[tuple[str, int]]:
    key = f"offers:{name}:{at:%Y%m%d%H}"
    found: list[tuple[str, int]] | None = cache.get(key)
    if found is None:
        with connection.cursor() as cursor:
            cursor.execute(
                f"WITH {LEADS}\n{sql.format(most=OFFERED)}",
                [at - dt.timedelta(days=DAYS), MOST, DRAWN],
            )
            found = cursor.fetchall()
        cache.set(key, found, HOUR)
    return found


def _signals(version: DefinitionVersion | None) -> list[tuple[str, str]]:
    rows = version.signals.all() if version is not None else ()
    return [(row.signal or row.key, row.label) for row in rows]


def _with_own(counted: list[tuple[str, int]], own: Iterable[tuple[str, str]]) -> list[Offer]:
    names = {key: label or humanise(key) for key, label in own}
    found = [Offer(key, names.pop(key, humanise(key)), leads) for key, leads in counted]
    return found + [Offer(key, name, 0) for key, name in names.items()]


def _of_the_definition(field: str, version: DefinitionVersion | None) -> list[Offer]:
    if field == "status":
        return [Offer(key, str(label)) for key, label in DecideRule.Status.choices]
    sections = {"motion": "motions", "tier": "tiers"}
    if field not in sections or version is None:
        return []
    rows = getattr(version, sections[field]).all()
    return [Offer(row.key, row.label or humanise(row.key)) for row in rows]
