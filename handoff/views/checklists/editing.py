"""Checklists in the browser: every list with its questions, and one edited row by row.

They are no part of a version: both teams share them, and a change holds at once for every lead that
has not moved on.
"""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from handoff.checklists import ASKABLE, IN_WORDS, KINDS, items_of
from handoff.forms import CalmForm
from handoff.labels import humanise
from handoff.models import Checklist, Step
from handoff.permissions import may_edit_agreement, may_read_agreement
from handoff.views.agreement.overview import navigation
from handoff.views.signed_in import SignedIn

from . import rows
from .rows import Row

KINDS_IN_WORDS = [(kind, humanise(IN_WORDS.get(kind, "one of several"))) for kind in KINDS]
FACTS = sorted((name, humanise(name)) for name in ASKABLE)


class NameForm(CalmForm, forms.Form):
    """What a checklist is called."""

    marks_optional = False
    label = forms.CharField(max_length=200, label="Name", help_text="Such as “Before it moves on”.")


@login_required
@require_GET
@never_cache
def checklists(request: SignedIn) -> HttpResponse:
    """Every checklist with its questions, and where it is asked; below them those out of use."""
    if not may_read_agreement(request.user):
        raise Http404
    asked: dict[int, list[str]] = {}
    for step in Step.objects.order_by("pk"):
        for pk, where in ((step.checklist_id, "before"), (step.confirms_id, "in")):
            if pk is not None:
                asked.setdefault(pk, []).append(f"{where} {step.key.upper()}")
    found = [
        (one, items_of(one.items), ", ".join(asked.get(one.pk, ())))
        for one in Checklist.objects.all()
    ]
    context = {
        **_frame(request),
        "checklists": [told for told in found if told[0].active],
        "retired": [told for told in found if not told[0].active],
    }
    return render(request, "handoff/checklists/checklists.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def add(request: SignedIn) -> HttpResponse:
    """A new checklist."""
    return _edited(request, Checklist(items=[]))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def edit(request: SignedIn, key: str) -> HttpResponse:
    """One checklist. Its rows are moved, added and taken away on the page; only Save keeps them."""
    return _edited(request, get_object_or_404(Checklist, key=key))


def _edited(request: SignedIn, found: Checklist) -> HttpResponse:
    if not may_edit_agreement(request.user):
        raise Http404
    if request.method != "POST":
        listed = rows.of_items(items_of(found.items)) or [Row()]
        return _page(request, found, NameForm(initial={"label": found.label}), listed)
    form, listed = NameForm(request.POST), rows.sent(request.POST)
    do = request.POST.get("do", "save")
    if do != "save":
        listed, place = rows.done(listed, do)
        form = NameForm(initial={"label": request.POST.get("label", "")})
        return _page(request, found, form, listed, at=place)
    kept = rows.read(listed)
    if kept is not None and not kept:
        form.add_error(None, "Ask at least one question.")
    if len(listed) > rows.MOST:
        form.add_error(None, f"{rows.MOST} questions of one list are enough.")
    if kept is None or not form.is_valid():
        return _page(request, found, form, listed, status=422)
    if not _save(found, form.cleaned_data["label"], kept, was=request.POST.get("was", "")):
        said = "Somebody else changed this checklist meanwhile. Yours is below; theirs is kept."
        form.add_error(None, said)
        return _page(request, Checklist.objects.get(pk=found.pk), form, listed, status=409)
    messages.success(request, f"Saved “{found.label}”. It holds from now on.")
    return redirect("checklists")


def _save(found: Checklist, label: str, items: list[dict[str, Any]], *, was: str) -> bool:
    """Keep it, unless it was changed since the page was drawn."""
    with transaction.atomic():
        now = Checklist.objects.select_for_update().filter(pk=found.pk).first()
        if now is not None and digest(now) != was:
            return False
        found.label, found.items = label, items
        found.key = found.key or _free_key(label)
        found.save()
    return True


def _free_key(label: str) -> str:
    key = slugify(label)[:56] or "questions"
    taken = set(Checklist.objects.filter(key__startswith=key).values_list("key", flat=True))
    numbered = (f"{key}-{n}" for n in range(2, len(taken) + 3))
    return key if key not in taken else next(one for one in numbered if one not in taken)


def digest(checklist: Checklist) -> str:
    """What a checklist says, in short, so that two who change it do not overwrite each other."""
    said = json.dumps([checklist.label, checklist.items], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _frame(request: SignedIn) -> dict[str, Any]:
    return {
        **navigation(at=timezone.now()),
        "here": "checklists",
        "may_edit": may_edit_agreement(request.user),
    }


def _page(
    request: SignedIn,
    found: Checklist,
    form: NameForm,
    listed: Sequence[Row],
    *,
    at: int = -1,
    status: int = 200,
) -> HttpResponse:
    context = {
        **_frame(request),
        "checklist": found,
        "was": digest(found),
        "form": form,
        "rows": listed,
        "at": at,
        "kinds": KINDS_IN_WORDS,
        "fields": FACTS,
        "has_room": len(listed) < rows.MOST,
        "back": reverse("checklists"),
    }
    return render(request, "handoff/checklists/edit.html", context, status=status)
