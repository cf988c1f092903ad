"""A person's own settings, and where they land after signing in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from handoff.forms import PreferencesForm
from handoff.models import User
from handoff.views.sent import way_back
from handoff.views.signed_in import SignedIn


@login_required
def home(request: SignedIn) -> HttpResponse:
    """Reps start at their queue, a manager without leads at the team's, others at all leads."""
    if request.user.has_role("sales_manager") and not request.user.memberships.exists():
        team = request.user.responsible_for.order_by("name").first()
        if team is not None:
            return redirect("leads:team", team=team.key)
    works = request.user.has_role("rep", "sales_manager") or request.user.memberships.exists()
    return redirect("leads:queue" if works else "leads:leads")


@login_required
def preferences(request: SignedIn) -> HttpResponse:
    """Name, zone, look and shortcuts of the signed-in person."""
    form = PreferencesForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Saved.")
        return redirect("preferences")
    return render(request, "handoff/preferences.html", {"form": form})


@login_required
@require_POST
def theme(request: SignedIn) -> HttpResponse:
    """Switch between light and dark, and go back to where the switch was pressed."""
    chosen = request.POST.get("theme", "")
    if chosen in User.Theme.values:
        User.objects.filter(pk=request.user.pk).update(theme=chosen)
    return redirect(way_back(request, reverse("home")))
