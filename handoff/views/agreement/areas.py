"""Whoever looks after an area says that they looked."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from handoff import reviewing
from handoff.labels import humanise
from handoff.models import AreaOwner
from handoff.views.signed_in import SignedIn


@login_required
@require_POST
def reviewed(request: SignedIn, area: str) -> HttpResponse:
    """Mark an area reviewed today."""
    found = get_object_or_404(AreaOwner.objects.select_related("owner"), area=area)
    try:
        noted = reviewing.mark_reviewed(found, actor=request.user, at=timezone.now())
    except reviewing.Refused as error:
        raise PermissionDenied(str(error)) from error
    name = humanise(area)
    if noted:
        due = AreaOwner.objects.with_due().get(pk=found.pk).due_on
        messages.success(request, f"{name} is reviewed. Next: {due.day} {due:%b %Y}.")
    else:
        messages.info(request, f"{name} was marked as reviewed today already.")
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return redirect(back if safe else f"{reverse('playbook')}#owners")
