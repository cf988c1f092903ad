"""Rules that decided about nobody in a time, and what fell to the last routing rule, and why.

A rule is known by its key, in whatever version; a judgement counts by the moment it is of, the
imported past too, since a rule that held for it was reached.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from handoff import statements
from handoff.checklists import FIRST_STEP
from handoff.labels import humanise, labels_of
from handoff.models import DefinitionVersion, Step
from handoff.words import count_of
from reviews.measures.intervals import share

from .finding import Finding, Span

DECIDED = """
SELECT rule, count(*) FILTER (WHERE as_of >= %s)::int, max(as_of)
FROM leads_judgement WHERE as_of < %s GROUP BY rule"""

ROUTED = """
SELECT step, coalesce(route, ''), count(*) FILTER (WHERE made_at >= %s)::int, max(made_at)
FROM leads_handoff WHERE made_at < %s GROUP BY 1, 2"""

IN_FORCE = """
SELECT r.key, min(v.published_at) FROM {table} r
JOIN handoff_definitionversion v ON v.id = r.version_id
WHERE v.published_at IS NOT NULL GROUP BY r.key"""

PASSED = """EXISTS (SELECT FROM leads_assignment a WHERE a.handoff_id = c.id AND jsonb_path_exists(
    a.explanation, '$.rules[*] ? (@.holds == true && @.key != $taken)',
    jsonb_build_object('taken', coalesce(c.route, ''))))"""
FELL = """(c.fault <> '' OR (c.version_id, c.route) IN (
    SELECT DISTINCT ON (r.version_id) r.version_id, r.key FROM handoff_routerule r
    ORDER BY r.version_id, r.position DESC, r.id DESC))"""
WHY = f"""CASE WHEN c.fault <> '' THEN 'fault' WHEN {PASSED} THEN 'nobody'
    WHEN cardinality(c.missing) > 0 THEN 'missing' ELSE 'unforeseen' END"""
SAID = {
    "fault": "because routing failed",
    "nobody": "because nobody behind an earlier rule could take them",
    "missing": "with required data missing",
    "unforeseen": "though nothing was missing: no earlier rule is about them",
}

Reached = dict[str, tuple[int, dt.datetime | None]]


def unreached(span: Span) -> Iterator[Finding]:
    """Status and routing rules of the live definition, and routing rules of further steps."""
    live = DefinitionVersion.objects.live().values_list("pk", flat=True).first()
    if live is None or not span.sees_all:
        return
    times = [span.since, span.at]
    labels = labels_of(live)
    decided = {key: (count, last) for key, count, last in statements.fetch(DECIDED, times)}
    known = _in_force("handoff_deciderule")
    yield from _silent(span, "rule", labels.decide, decided, known)
    routed: dict[str, Reached] = {}
    for step, route, count, last in statements.fetch(ROUTED, times):
        routed.setdefault(step, {})[route] = (count, last)
    known = _in_force("handoff_routerule")
    yield from _silent(span, "route", labels.route, routed.get(FIRST_STEP, {}), known)
    for step in Step.objects.order_by("key"):
        names = {row["key"]: row.get("label") or humanise(row["key"]) for row in step.route}
        yield from _silent(span, f"step-{step.key}", names, routed.get(step.key, {}), {})


def _in_force(table: str) -> dict[str, dt.datetime]:
    """Since when a rule of each key is in force."""
    return dict(statements.fetch(IN_FORCE.format(table=table)))


def _silent(
    span: Span, kind: str, names: dict[str, str], reached: Reached, known: dict[str, dt.datetime]
) -> Iterator[Finding]:
    every = sum(count for count, _ in reached.values())
    what = "leads judged" if kind == "rule" else "hand-overs"
    for key, label in names.items() if every else ():
        count, last = reached.get(key, (0, None))
        if count:
            continue
        did = "decided about" if kind == "rule" else "took"
        place = "#steps" if kind.startswith("step-") else f"#{kind}-{key}"
        yield Finding(
            key=f"{kind}:{key}",
            area="rules",
            says=f"“{label}” {did} none of {every:,} {what} in {span.days} days"
            + ("." if last else "; it never has."),
            count=0,
            since=last or known.get(key),
            href=reverse("playbook") + place,
            action="The rule",
        )


def fallen(span: Span) -> Iterator[Finding]:
    """What the last routing rule took, or routing faults left to it, by the reason."""
    if not span.sees_all:
        return
    ((every,),) = span.counted("count(*)::int")
    rows = span.counted(
        f"{WHY}, count(*)::int, min(c.made_at)", f"WHERE {FELL} GROUP BY 1 ORDER BY 2 DESC, 1"
    )
    for why, count, since in rows:
        yield _fallen(span, why, count, every, since)


def _fallen(span: Span, why: str, count: int, every: int, since: dt.datetime) -> Finding:
    one = share(count, every)
    much = f" ({one.value:.0%}, {100 * one.low:.0f} to {100 * one.high:.0f}%)"
    lacked = _lacked(span) if why == "missing" else ""
    return Finding(
        key=f"default:{why}",
        area="default",
        says=f"{count:,} of {count_of(every, 'hand-over')}{much if one.is_enough else ''}"
        f" fell to the last rule {SAID[why]}{lacked}.",
        count=count,
        since=since,
        href=reverse("playbook") + "#routing",
        action="The rules",
        behind=span.of_came(f"{FELL} AND {WHY} = %s", why),
    )


def _lacked(span: Span) -> str:
    """What was missing most often, in words."""
    rows: list[tuple[Any, ...]] = span.counted(
        "field, count(*)::int",
        f"CROSS JOIN LATERAL unnest(c.missing) field WHERE {FELL} AND {WHY} = 'missing'"
        " GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 3",
    )
    return ": " + ", ".join(f"{humanise(field).lower()} {count:,}" for field, count in rows)
