"""How every letter is worded, drawn from a real lead: for administrators and marketing."""

from csp.constants import NONCE, SELF
from csp.decorators import csp_update
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff.models import DECIDERS, User
from handoff.permissions import has_role
from handoff.views.sent import whole
from handoff.views.signed_in import SignedIn
from leads.models import Handoff
from leads.sending import chat
from leads.sending.composing import Mail, compose
from leads.wording.kinds import BY_KEY, CHANNELS, DIGESTS, KINDS, Kind

from .samples import sample


@login_required
@require_GET
@never_cache
def preview(request: SignedIn, key: str = "assigned") -> HttpResponse:
    """One kind of letter over each channel; the navigation has the others."""
    kind = _kind_or_404(request.user, key)
    handoff = _handoff(request)
    context = {
        "section": "messages",
        "kind": kind,
        "kinds": KINDS,
        "handoff": handoff,
        "lead": request.GET.get("lead", ""),
        "channels": [CHANNELS[one] for one in kind.by_itself],
    }
    if handoff is not None:
        message = sample(kind, handoff, request.user, at=timezone.now())
        said = "" if kind.key in DIGESTS else chat.letter_of(message, zone=_zone())
        context |= {"message": message, "mail": compose(message), "chat": said}
    return render(request, "leads/telling/preview.html", context)


@login_required
@require_GET
@never_cache
@csp_update({"style-src": [SELF, NONCE]})  # type: ignore[arg-type]
def mail(request: SignedIn, key: str) -> HttpResponse:
    """The HTML of the mail alone, as a mail program shows it."""
    kind = _kind_or_404(request.user, key)
    handoff = _handoff(request)
    if handoff is None:
        raise Http404
    message = sample(kind, handoff, request.user, at=timezone.now())
    made: Mail = compose(message, nonce=str(request.csp_nonce))  # type: ignore[attr-defined]
    return HttpResponse(made.html)


def _kind_or_404(user: User, key: str) -> Kind:
    if not has_role(user, *DECIDERS) or key not in BY_KEY:
        raise Http404
    return BY_KEY[key]


def _handoff(request: SignedIn) -> Handoff | None:
    """The latest hand-over of the lead that was asked for, else the latest of all."""
    rows = Handoff.objects.visible_to(request.user).select_related("lead", "team", "owner")
    asked = request.GET.get("lead", "")
    if asked:
        rows = rows.filter(lead=whole(asked))
    return rows.order_by("historical", "-made_at", "-pk").first()


def _zone() -> str:
    return timezone.get_current_timezone_name()
