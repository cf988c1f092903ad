"""Try it: one lead, made up or stored, under one version or two, with the whole explanation.

Nothing is saved: what judges and routes runs where the database refuses to write.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from handoff.complaints import Complaint, complaints_of
from handoff.models import DefinitionVersion
from handoff.models.definition import Document
from handoff.rules import Unreadable
from handoff.rules.facts import lead_of
from handoff.rules.faults import Faulty
from handoff.rules.fields import FACTS
from handoff.views.agreement.overview import navigation
from handoff.views.examples.form import bound, changed_parts, filled
from handoff.views.examples.reading import row_of
from handoff.views.sent import pasted as read_json
from handoff.views.sent import whole
from handoff.views.signed_in import SignedIn
from handoff.views.versions import version_or_404
from leads.journey import trying
from leads.models import Lead

from .telling import told
from .told import Told, differences

FOUND = 10
BLANK: Document = {"name": "A made-up lead", "expect": {}, "lead": {}}
OF_THE_LEAD = ("lead", "moment", "example")
"""What an address says of the lead; it stays when another version is chosen."""

IGNORED = frozenset({"name", "expect"})
"""Faults of an example that do not keep a lead from being tried."""


@dataclass
class Asked:
    """Which lead is tried. `row` is a made-up one; `form` is what was typed of it."""

    form: dict[str, Any]
    row: Mapping[str, Any] | None = None
    lead: Lead | None = None
    moment: str = "then"
    wrong: list[str] = field(default_factory=list)
    pasted: str = ""


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def try_it(request: SignedIn, number: int) -> HttpResponse:
    """`?lead=` a stored lead (`moment=now`: as it is now, else as it was judged), `?example=` a
    place in the version's examples; a made-up lead is posted. `beside=` names a second version."""
    version = version_or_404(number, request.user)
    under = whole(request.GET.get("under", ""))
    if under is not None and under != number:
        query = request.GET.copy()
        query.pop("under")
        return redirect(f"{redirect('leads:try', under).url}?{query.urlencode()}")
    at = timezone.now()
    asked = _posted(request, version) if request.method == "POST" else _linked(request, version)
    sides = [version, *_beside(request, version)]
    results = [_result(asked, one, at) for one in sides]
    both = [one for one in results if isinstance(one, Told)]
    context = {
        **navigation(at=at),
        "here": "try",
        "version": version,
        "beside": sides[1] if len(sides) > 1 else None,
        "versions": DefinitionVersion.objects.only("number", "state"),
        "asked": asked,
        "results": [
            (one, result if isinstance(result, Told) else None, result)
            for one, result in zip(sides, results, strict=True)
            if result is not None
        ],
        "differs": differences(*both) if len(both) == 2 else None,
        "kept": [(name, request.GET[name]) for name in OF_THE_LEAD if name in request.GET],
        "q": request.GET.get("q", ""),
        "found": _found(request),
        "now": at,
    }
    status = 422 if asked.wrong else 200
    return render(request, "leads/trying/try.html", context, status=status)


def _linked(request: SignedIn, version: DefinitionVersion) -> Asked:
    """What the address names; nothing yet where it names nothing."""
    lead, example = request.GET.get("lead", ""), whole(request.GET.get("example", ""))
    if example is not None:
        rows = [row.as_row() for row in version.examples.all()]
        if example >= len(rows):
            raise Http404
        row = rows[example]
        return Asked(filled(version, row), _lead_of(row))
    asked = Asked(filled(version, BLANK))
    if lead:
        leads = Lead.objects.visible_to(request.user).select_related("judgement", "merged_into")
        asked.lead = leads.filter(pk=whole(lead) or 0).first()
        if asked.lead is None:
            raise Http404
        now = request.GET.get("moment") == "now" or asked.lead.judgement is None
        asked.moment = "now" if now else "then"
    return asked


def _posted(request: SignedIn, version: DefinitionVersion) -> Asked:
    """A made-up lead as it was sent: by its fields, or pasted."""
    if changed := changed_parts(request.POST):
        return Asked(bound(version, changed))
    pasted = request.POST.get("pasted", "").strip()
    if pasted:
        return _pasted(version, pasted)
    row, faults = row_of(request.POST)
    told = [fault for fault in faults if fault.place not in IGNORED]
    asked = Asked(bound(version, request.POST, told))
    if told:
        asked.wrong = ["Mend what is marked, then try again."]
    elif not row["lead"] and not row.get("touchpoints"):
        asked.wrong = ["Say something about the lead: a field, or what they did."]
    else:
        asked.row = _lead_of(row)
    return asked


def _pasted(version: DefinitionVersion, text: str) -> Asked:
    """A lead pasted as JSON, as the API and a file to try take it; its parts fill the form."""
    blank = filled(version, BLANK)
    try:
        row = read_json(text)
    except ValueError as error:
        return Asked(blank, pasted=text, wrong=[f"This is no JSON: {error}."])
    if not isinstance(row, dict):
        return Asked(blank, pasted=text, wrong=["Paste one lead: an object of names and values."])
    try:
        lead = lead_of(row)
    except Unreadable as error:
        return Asked(blank, pasted=text, wrong=[f"This lead cannot be read: {error}."])
    shown = {n: v for n, v in lead.items() if n in FACTS and isinstance(v, str | int | float)}
    given = lead.get("touchpoints")
    touches = [t for t in given if isinstance(t, dict)] if isinstance(given, list) else []
    form = filled(version, {**BLANK, "lead": shown, "touchpoints": touches})
    return Asked(form, row=row)


def _lead_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """The lead of an example with its touchpoints, as a file to try writes it."""
    lead = dict(row["lead"])
    lead["touchpoints"] = [*lead.get("touchpoints", ()), *row.get("touchpoints", ())]
    return lead


def _beside(request: SignedIn, version: DefinitionVersion) -> list[DefinitionVersion]:
    said = whole(request.POST.get("beside") or request.GET.get("beside") or "")
    if said is None or said == version.number:
        return []
    return [version_or_404(said, request.user)]


def _result(
    asked: Asked, version: DefinitionVersion, at: dt.datetime
) -> Told | list[Complaint] | None:
    """What the version makes of the lead; why it cannot judge, or None without a lead."""
    try:
        if asked.lead is not None:
            lead, judgement = asked.lead, asked.lead.judgement
            if asked.moment == "then" and judgement is not None:
                subject = trying.as_judged(lead, judgement)
            else:
                subject = trying.as_it_is(lead, at=at)
            return told(trying.try_stored(subject, version, at=at), at=at)
        if asked.row is not None:
            return told(trying.try_row(asked.row, version, at=at), at=at)
    except Faulty as error:
        return complaints_of(version.document(), error.faults)
    except Unreadable as error:
        asked.wrong = [f"This lead cannot be read: {error}."]
    return None


def _found(request: SignedIn) -> QuerySet[Lead] | None:
    """Stored leads by what was searched for; None where nothing was."""
    text = request.GET.get("q", "").strip()
    if not text:
        return None
    leads = Lead.objects.visible_to(request.user).filter(merged_into=None).search(text)
    return leads.select_related("judgement")[:FOUND]
