"""Writing a campaign, an offer, a brief, a persona or a text; putting it away and back."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.forms import model_to_dict
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from handoff.views.sent import whole
from handoff.views.signed_in import SignedIn
from leads.journey import filling
from leads.models import Brief, Lead, TextTemplate

from . import card, filled
from .brief_form import ROWS, rows_of, said
from .kinds import KINDS, Kind, frame, one_of, only_describers
from .showing import a_lead


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def add(request: SignedIn, kind: str) -> HttpResponse:
    """A new one; `like` begins it as another one stands, `name` with a name that leads carry."""
    only_describers(request.user)
    asked = KINDS[kind]
    return _written(request, asked, *_begun(request.GET, asked))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def edit(request: SignedIn, kind: str, pk: int) -> HttpResponse:
    """Change one. What it said before stays in its history."""
    only_describers(request.user)
    asked = KINDS[kind]
    return _written(request, asked, one_of(asked, pk), {})


@login_required
@require_POST
def put_away(request: SignedIn, kind: str, pk: int) -> HttpResponse:
    """Put it away, so that no lead shows it any more; or back."""
    only_describers(request.user)
    asked = KINDS[kind]
    found = one_of(asked, pk)
    away = request.POST.get("away") == "1"
    try:
        with transaction.atomic():
            asked.model.objects.filter(pk=pk).update(archived=away)
    except IntegrityError:
        messages.warning(request, "Another brief took its place. Put that one away first.")
    else:
        now = "is put away; no lead shows it any more" if away else "is in use again"
        messages.success(request, f"{found} {now}.")
    return redirect(f"leads:{asked.one}", pk=pk)


def _begun(query: QueryDict, kind: Kind) -> tuple[Any, dict[str, Any]]:
    """What a new one starts from: the thing without a key, and first values of its form."""
    like = whole(query.get("like", ""))
    if like is not None:
        other = one_of(kind, like)
        first = model_to_dict(other, fields=kind.form.base_fields)
        first |= {"name": f"{other} (copy)"} if "name" in first else {"persona": None}
        rows = {name: getattr(other, name) for name in ROWS} if kind.model is Brief else {}
        return kind.model(**rows), first
    name = query.get("name", "")[:200]
    first = {"name": name, "keys": [name]} if name else {}
    first |= {key: query[key] for key in ("campaign", "persona", "kind") if key in query}
    return kind.model(), first


def _written(request: SignedIn, kind: Kind, thing: Any, initial: dict[str, Any]) -> HttpResponse:
    posted = request.POST if request.method == "POST" else None
    form = kind.form(posted, instance=thing, initial=initial)
    rows = rows_of(posted, thing) if kind.model is Brief else {}
    do = request.POST.get("do", "save")
    written: list[Any] = [form, *rows.values()]
    is_valid = posted is not None and all(one.is_valid() for one in written)
    if is_valid:
        for name, one in rows.items():
            setattr(form.instance, name, said(one))
    if is_valid and do == "save":
        saved = form.save()
        messages.success(request, f"{capfirst(kind.one)} “{saved}” is saved.")
        return redirect(f"leads:{kind.one}", pk=saved.pk)
    context = {
        **frame(request.user, kind.key),
        "kind": kind,
        "thing": kind.model.objects.filter(pk=thing.pk).first(),
        "form": form,
        "rows": [(name, ROWS[name][1], one) for name, one in rows.items()],
        "names": filling.NAMES if kind.model is TextTemplate else {},
        **(_preview(request, form.instance) if is_valid and do == "preview" else {}),
    }
    refused = posted is not None and not is_valid and do in ("save", "preview")
    return render(request, "leads/campaigns/edit.html", context, status=422 if refused else 200)


def _preview(request: SignedIn, thing: Model) -> dict[str, Any]:
    """As a rep would see it on a lead: the one named, else the newest that a brief is for."""
    named = request.POST.get("lead", "").strip()
    leads = Lead.objects.visible_to(request.user)
    if isinstance(thing, Brief) and not named:
        lead = card.a_lead_for(thing, leads)
    else:
        lead = a_lead(request)
    if lead is None:
        return {"no_lead": True}
    if isinstance(thing, Brief):
        return {"lead": lead, "brief": card.previewed(thing, lead, lead.judgement)}
    if isinstance(thing, TextTemplate):
        return {"lead": lead, "filled": filled.of(thing, lead, request.user)}
    return {}
