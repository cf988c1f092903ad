"""Any two versions side by side, in sentences."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from handoff.complaints import TITLES
from handoff.differences import Difference, differences
from handoff.models import DefinitionVersion
from handoff.permissions import may_read_agreement
from handoff.views.signed_in import SignedIn
from handoff.views.versions import version_or_404

from .overview import navigation


@dataclass(frozen=True)
class Group:
    """The changes in one section."""

    key: str
    title: str
    changes: list[Difference]


def grouped(found: list[Difference]) -> list[Group]:
    """The changes by section, sections in reading order."""
    groups = [
        Group(key, title, [one for one in found if one.section == key])
        for key, title in TITLES.items()
    ]
    return [group for group in groups if group.changes]


@login_required
@require_GET
def difference(request: SignedIn, old: int, new: int) -> HttpResponse:
    """What the one version says otherwise than the other."""
    before = version_or_404(old, request.user)
    after = version_or_404(new, request.user)
    found = differences(before.document(), after.document())
    context = {
        **navigation(at=timezone.now()),
        "old": before,
        "new": after,
        "groups": grouped(found),
        "count": len(found),
        "versions": DefinitionVersion.objects.all(),
    }
    return render(request, "handoff/agreement/difference.html", context)


@login_required
@require_GET
def compare(request: SignedIn) -> HttpResponse:
    """From two numbers picked in a form to the page of their differences."""
    if not may_read_agreement(request.user):
        raise Http404
    picked = [_number(request.GET.get(name, "")) for name in ("old", "new")]
    old, new = (get_object_or_404(DefinitionVersion, number=number) for number in picked)
    return redirect("definition-difference", old=old.number, new=new.number)


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Http404
    return int(text)
