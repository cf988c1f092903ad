"""A lead's stay in nurture, by hand: put there, moved, given another date, taken out, decided."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from handoff.models import DecideRule, Track, User
from handoff.permissions import may_nurture
from handoff.views.sent import whole
from handoff.views.signed_in import SignedIn
from leads.journey import placing
from leads.journey.states import Conflict, Invalid
from leads.journey.tracks import label_of, until_in_words
from leads.models import Handoff, Lead
from leads.templatetags.leads_parts import rule_label

from .counting import reason_labels, why_in_words
from .forms import StayForm


def _only_nurses(user: User) -> None:
    if not may_nurture(user):
        raise Http404


@login_required
@require_GET
@never_cache
def find(request: SignedIn) -> HttpResponse:
    """Whom to put on a track: by email, or the number of the lead."""
    _only_nurses(request.user)
    track = get_object_or_404(Track, key=request.GET.get("track", ""))
    whom = request.GET.get("whom", "").strip()
    named = Q(email=whom.lower()) | Q(pk=whole(whom) or 0)
    found = Lead.objects.visible_to(request.user).filter(named, merged_into=None).first()
    if found is None:
        messages.warning(request, f"There is no lead “{whom}”. Give the email they wrote with.")
        return redirect(f"{track_url(track.key)}?{urlencode({'whom': whom})}")
    return redirect(f"{nurtured_url(found)}?{urlencode({'track': track.key})}")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def lead(request: SignedIn, pk: int) -> HttpResponse:
    """One lead's stay, or the form that begins one."""
    _only_nurses(request.user)
    rows = Lead.objects.visible_to(request.user).filter(merged_into=None)
    found = get_object_or_404(rows.select_related("judgement", "nurture_by"), pk=pk)
    is_inside = found.status == DecideRule.Status.NURTURE
    initial = {
        "track": request.GET.get("track") or found.nurture_track,
        "until": found.nurture_until,
    }
    asks = request.method == "POST" and request.POST.get("do", "save") == "save"
    form = StayForm(request.POST if asks else None, initial=initial, is_inside=is_inside)
    if request.method == "POST" and (not asks or form.is_valid()):
        answer = _did(request, found, form, is_inside=is_inside)
        if answer is not None:
            return answer
    held = Handoff.objects.open().filter(lead=found).select_related("owner", "team").first()
    context = {
        "section": "leads",
        "lead": found,
        "form": form,
        "is_inside": is_inside,
        "held": held,
        "is_far": _is_far(found),
        "track_label": label_of(found.nurture_track) if found.nurture_track else "",
        "why": why_in_words(
            found, reason_labels([]), rule_label(found.judgement) if found.judgement else ""
        ),
    }
    status = 422 if form.errors else 200
    return render(request, "leads/nurture/lead.html", context, status=status)


def _is_far(found: Lead) -> bool:
    """Whether it rests beyond what may be chosen, as a rule, a file or an older version had it."""
    until = found.nurture_until
    return until is not None and until > timezone.now().date() + placing.FURTHEST


def _did(request: SignedIn, found: Lead, form: StayForm, *, is_inside: bool) -> HttpResponse | None:
    """Do what was pressed; None where something on the form is to be mended."""
    at, actor = timezone.now(), request.user
    note = request.POST.get("note", "").replace("\x00", "")[:2000]
    try:
        match request.POST.get("do", "save"):
            case "out":
                placing.take_out(found.pk, note=note, actor=actor, at=at)
                messages.success(request, f"{found} is on no track any more.")
            case "decide":
                decided = placing.decide_now(found.pk, actor=actor, at=at)
                _say_decided(request, decided)
                return redirect("leads:lead", pk=found.pk)
            case _ if is_inside:
                placing.change(found.pk, **form.cleaned_data, actor=actor, at=at)
                _say_placed(request, found)
            case _:
                placing.put(found.pk, **form.cleaned_data, actor=actor, at=at)
                _say_placed(request, found)
    except Invalid as fault:
        form.add_error(fault.field if fault.field in form.fields else None, str(fault))
        return None
    except Conflict as conflict:
        messages.warning(request, str(conflict))
        return redirect(nurtured_url(found))
    return redirect(track_url(found.nurture_track or str(form["track"].value() or "")))


def _say_placed(request: SignedIn, found: Lead) -> None:
    found.refresh_from_db()
    where = f"{label_of(found.nurture_track)}{until_in_words(found.nurture_until)}"
    far = " That is more than five years ahead." if _is_far(found) else ""
    messages.success(request, f"{found} is on {where}.{far}")


def _say_decided(request: SignedIn, found: Lead) -> None:
    if found.status == DecideRule.Status.NURTURE:
        messages.info(request, f"{found} is not ready for sales: it stays in nurture.")
        return
    held = Handoff.objects.open().filter(lead=found).select_related("owner", "team").first()
    status = dict(DecideRule.Status.choices).get(found.status, "decided anew").lower()
    to = f", with {held.owner or held.team}" if held else ""
    messages.success(request, f"{found} was decided anew: {status}{to}.")


def track_url(key: str) -> str:
    """The page of a track; of the leads on none, without a key."""
    return reverse("leads:track", args=[key]) if key else reverse("leads:track-none")


def nurtured_url(found: Lead) -> str:
    return reverse("leads:nurtured", args=[found.pk])
