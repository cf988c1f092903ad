"""Publishing and going back: a page that says what changes, asked before it is done."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from handoff import publishing
from handoff.complaints import complaints_of
from handoff.differences import differences
from handoff.models import DefinitionVersion
from handoff.permissions import may_edit_agreement
from handoff.views.examples.showing import board_of
from handoff.views.signed_in import SignedIn
from handoff.views.versions import version_or_404

from .comparing import grouped
from .forms import PublishForm, asked
from .overview import navigation

State = DefinitionVersion.State
Act = Callable[..., DefinitionVersion]


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def publish(request: SignedIn, number: int) -> HttpResponse:
    """Make a draft or a trial the law."""
    return _page(request, number, publishing.publish, "publish", (State.DRAFT, State.TRIAL))


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def rollback(request: SignedIn, number: int) -> HttpResponse:
    """Make an earlier version the law again, as it was."""
    return _page(request, number, publishing.rollback, "rollback", (State.RETIRED,))


def _page(
    request: SignedIn, number: int, act: Act, verb: str, allowed: tuple[State, ...]
) -> HttpResponse:
    version = version_or_404(number, request.user)
    if not may_edit_agreement(request.user):
        raise PermissionDenied
    live = DefinitionVersion.objects.live().with_rows().select_related("published_by").first()
    form, status = asked(version, live), 200
    if request.method == "POST":
        form, status = PublishForm(request.POST), 422
        if form.is_valid():
            try:
                done = act(
                    version,
                    actor=request.user,
                    at=timezone.now(),
                    reason=form.cleaned_data["reason"],
                    seen=form.seen,
                )
            except publishing.Overtaken as error:
                form, status = asked(version, live, request.POST), 409
                form.add_error(None, ValidationError(str(error)))
            except publishing.Refused as error:
                form.add_error(None, ValidationError(str(error).splitlines()[0]))
            else:
                _tell(request, done, live)
                return redirect("definitions")
    elif version.state not in allowed or (verb == "rollback" and version.was_only_tried):
        said = f"{version} is {version.get_state_display().lower()}."
        messages.warning(request, f"{said} {_why_not(verb)}")
        return redirect("definitions")
    context = {**_standing(version, live), "form": form, "verb": verb}
    return render(request, "handoff/agreement/publish.html", context, status=status)


def _why_not(verb: str) -> str:
    if verb == "publish":
        return "Only a draft or a trial can be published."
    return "Only a version that was live before can be gone back to."


def _standing(version: DefinitionVersion, live: DefinitionVersion | None) -> dict[str, Any]:
    """What publishing the version would do, and whether it can be done."""
    at = timezone.now()
    document, in_force = version.document(), live.document() if live else {}
    found = publishing.check(version, at=at)
    base = publishing.published_base(version) if version.state != State.RETIRED else None
    is_behind = base is not None and live is not None and base != live
    changes = differences(in_force, document)
    return {
        **navigation(at=at),
        "version": version,
        "live": live,
        "groups": grouped(changes) if live else [],
        "count": len(changes),
        "base": base if is_behind else None,
        "undone": publishing.undone(base.document(), in_force, document)
        if base is not None and is_behind
        else [],
        "found": found,
        "differing": board_of(version, at=at).differing if found.differences else [],
        "faults": complaints_of(document, found.faults),
        "warnings": complaints_of(document, (), found.warnings),
        "can": found.is_sound,
    }


def _tell(request: SignedIn, done: DefinitionVersion, former: DefinitionVersion | None) -> None:
    if former is None or former == done:
        messages.success(request, f"{done} is live. The next lead is judged by it.")
        return
    link = reverse("definition-difference", args=[former.number, done.number])
    messages.success(
        request,
        format_html(
            '{} is live. The next lead is judged by it. <a href="{}">What changed</a>', done, link
        ),
    )
