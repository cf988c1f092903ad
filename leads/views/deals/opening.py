"""A lead becomes an opportunity by hand."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from handoff.models import OVERSEERS, User
from handoff.views.sent import whole
from handoff.views.signed_in import SignedIn
from leads.journey import dealing, responding
from leads.journey.states import Conflict, Invalid, NotAllowed
from leads.models import Handoff, Lead

from .forms import OpeningForm


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def add(request: SignedIn) -> HttpResponse:
    """The form for the lead named in the address (`?lead=`); once sent, its opportunity."""
    lead = _lead_of(request.user, whole(request.GET.get("lead", "")))
    handoff = _accepted(lead, request.user)
    initial = {
        "ref": dealing.next_ref(lead),
        "opened": timezone.localdate(),
        "owner": request.user.pk,
        "converts": True,
    }
    form = OpeningForm(request.POST or None, initial=initial, may_convert=handoff is not None)
    if request.method == "POST" and form.is_valid():
        at = timezone.now()
        converts = handoff.pk if handoff and form.cleaned_data.get("converts") else None
        try:
            deal = dealing.open_by_hand(
                lead.pk,
                form.cleaned_data["ref"],
                form.data_for(at=at),
                converts=converts,
                actor=request.user,
                at=at,
            )
        except Invalid as fault:
            form.add_error(fault.field if fault.field in form.fields else None, str(fault))
        except (Conflict, NotAllowed) as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{deal} is open.")
            return redirect("leads:opportunity", pk=deal.pk)
    context = {"section": "leads", "lead": lead, "handoff": handoff, "form": form}
    return render(request, "leads/deals/add.html", context, status=422 if form.errors else 200)


def _lead_of(user: User, pk: int | None) -> Lead:
    """The lead, for those whose it is and who look after everybody's."""
    rows = Lead.objects.all() if user.has_role(*OVERSEERS) else Lead.objects.handed_to(user.pk)
    if pk is None:
        raise Http404
    return get_object_or_404(rows.filter(merged_into=None), pk=pk)


def _accepted(lead: Lead, user: User) -> Handoff | None:
    """The accepted hand-over of the lead that this person may end."""
    found = Handoff.objects.filter(lead=lead, state=Handoff.State.ACCEPTED)
    handoff = found.select_related("team", "owner").order_by("-pk").first()
    return handoff if handoff and responding.may_act(handoff, user) else None
