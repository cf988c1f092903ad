"""For how many of the last 90 days' leads each row of a version holds, and which they are."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff.labels import humanise
from handoff.models import DefinitionVersion
from handoff.models.definition import Document
from handoff.rules import HANDED_OVER
from handoff.rules.sentences import field_name
from handoff.views.agreement.overview import navigation
from handoff.views.signed_in import SignedIn
from handoff.views.versions import version_or_404
from handoff.words import count_of
from leads.journey.reach import DAYS, LISTED, Reach, leads_held, reach_of
from leads.models import Lead

SECTIONS = {
    "motions": "Motions",
    "fit": "Ideal customer",
    "signals": "Signals",
    "decide": "Status rules",
    "route": "Routing",
}
SAID = {"signals": "counts for"}
DONE = {"decide": "decides", "route": "takes", "motions": "holds first for"}


@dataclass(frozen=True)
class RowReach:
    """One row's reach as it is shown. `unknown`: of how many leads what it asks is not known;
    `share`: of a hundred, the width of its bar."""

    section: str
    key: str
    label: str
    said: str
    more: str
    unknown: str
    share: float

    @property
    def section_name(self) -> str:
        return SECTIONS[self.section]


@login_required
@require_GET
@never_cache
def reach(request: SignedIn, number: int) -> HttpResponse:
    """The reach of every row: for htmx spans that go to their rows (`reach-SECTION-KEY`), else a
    page."""
    version = version_or_404(number, request.user)
    at = timezone.now()
    found = reach_of(version, at=at)
    rows = list(_rows(version, found)) if found is not None and found.leads else []
    context = {
        **({} if request.htmx else navigation(at=at)),
        "here": "reach",
        "version": version,
        "reach": found,
        "rows": rows,
        "days": DAYS,
        "unknown": _unknown(found),
        "lacking": lacking(found, version.required) if found is not None and found.leads else [],
    }
    page = "_reach.html" if request.htmx else "reach.html"
    return render(request, f"leads/trying/{page}", context)


@login_required
@require_GET
@never_cache
def reached(request: SignedIn, number: int, section: str, key: str) -> HttpResponse:
    """The leads for which a row holds, as their latest judgement saw them."""
    version = version_or_404(number, request.user)
    at = timezone.now()
    ids = leads_held(version, section, key, at=at)
    if ids is None:
        raise Http404
    leads = Lead.objects.filter(pk__in=ids).select_related("judgement").order_by("-pk")
    context = {
        **navigation(at=at),
        "here": "reach",
        "version": version,
        "row": _label(version, section, key),
        "section_name": SECTIONS[section],
        "leads": leads,
        "most": LISTED,
        "days": DAYS,
    }
    return render(request, "leads/trying/reached.html", context)


def _rows(version: DefinitionVersion, found: Reach) -> Iterator[RowReach]:
    for section in SECTIONS:
        for row in getattr(version, section).all():
            at = (section, row.key)
            if at in found.holds:
                when = getattr(row, "when", None)
                yield row_reach(found, section, row.key, row.label, when)


def row_reach(found: Reach, section: str, key: str, label: str, when: Any) -> RowReach:
    """The reach of one row that can be read, in words."""
    holds, first = found.holds[section, key], found.first.get((section, key))
    of, among = found.among(section), "handed over" if section == "route" else "leads"
    counted, said, more = holds, SAID.get(section, "holds for"), ""
    if first is not None and section != "motions":
        counted, said = first, DONE[section]
    if first is not None and first != holds:
        other, word = (first, "first for") if section == "motions" else (holds, "holds for")
        more = f"{word} {other:,}"
    if found.is_sample:
        more = "; ".join(filter(None, (more, f"drawn at random from {found.of:,}")))
    share = 100 * counted / of if of else 0.0
    return RowReach(
        section,
        key,
        label or humanise(key),
        f"{said} {counted:,} of {of:,} {among}",
        more,
        ", ".join(_unknown_of(found, when)),
        share,
    )


def lacking(found: Reach, required: Iterable[str]) -> list[tuple[str, str, str]]:
    """(field, its name, “missing for 611 of 8,102 leads”) of what is required."""
    return [
        (name, field_name(name), f"missing for {found.unknown[name]:,} of {found.leads:,} leads")
        for name in required
        if name in found.unknown
    ]


def shares(found: Reach, document: Document, section: str) -> list[tuple[str, str, float]]:
    """(name, “310 of 1,240 handed over”, share of a hundred) of each tier, or of each taker by
    routing, of the leads that are handed over."""
    counts: dict[str, int] = {}
    if section == "tiers":
        counts = {row["key"]: 0 for row in document.get("tiers") or () if "key" in row}
        for row in document.get("decide") or ():
            if row.get("tier") and row.get("status") in HANDED_OVER:
                counts[row["tier"]] = counts.get(row["tier"], 0) + found.first.get(
                    ("decide", row["key"]), 0
                )
    else:
        for row in document.get("route") or ():
            ((kind, key),) = row["to"].items()
            who = f"{kind}:{key}"
            counts[who] = counts.get(who, 0) + found.first.get(("route", row["key"]), 0)
    of = found.handed
    return [
        (key, f"{count:,} of {of:,} handed over", 100 * count / of if of else 0.0)
        for key, count in counts.items()
    ]


def _unknown_of(found: Reach, when: Any) -> Iterator[str]:
    """“Employees unknown for 611”, for each field a row asks about."""
    conditions = (when.get("all") or when.get("any")) if isinstance(when, dict) else when
    for name in dict.fromkeys(one["field"] for one in conditions or () if "field" in one):
        if count := found.unknown.get(name):
            yield f"{field_name(name)} unknown for {count:,}"


def _label(version: DefinitionVersion, section: str, key: str) -> str:
    row = next(row for row in getattr(version, section).all() if row.key == key)
    return row.label or humanise(key)


def _unknown(found: Reach | None) -> list[tuple[str, str, int]]:
    """(field, sentence, count) of the fields asked about that are not known of everybody."""
    if found is None:
        return []
    return [
        (name, f"{field_name(name)} unknown for {count_of(count, 'lead')}", count)
        for name, count in sorted(found.unknown.items(), key=lambda one: -one[1])
        if count
    ]
