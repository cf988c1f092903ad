"""Which columns a person sees in a kind of queue, and in which order."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from handoff.models import User
from handoff.views.signed_in import SignedIn
from leads.columns import COLUMNS, known, usual
from leads.models import QueueChoice, SavedView

from .places import Place, place_called
from .shelf import EVERYTHING, View, address, shelf_of

FEWEST = 1


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def columns(request: SignedIn, key: str) -> HttpResponse:
    """Pick columns and move them; of the saved view that is named, else of one's own for this kind
    of queue."""
    place = place_called(key, request.user)
    if not place.has_columns:
        raise Http404
    shelf = shelf_of(request.user, place)
    view = shelf.named(request.GET.get("view", ""))
    if request.method != "POST":
        return _page(request, place, view, shelf.columns(view))
    listed, picked = known(request.POST.getlist("order")), known(request.POST.getlist("column"))
    chosen = tuple(column for column in listed if column in picked)
    if "reset" in request.POST:
        chosen = usual(place.kind)
    for step, name in ((-1, "up"), (1, "down")):
        if name in request.POST:
            order = moved(listed, request.POST[name], step)
            return _page(request, place, view, chosen, order=order)
    if len(chosen) < FEWEST:
        return _page(request, place, view, chosen, said="Keep at least one column.")
    _keep(request.user, place, view, () if "reset" in request.POST and not view else chosen)
    messages.success(request, "Columns saved.")
    return redirect(address(place, view) if view else f"{place.url}?view={EVERYTHING}")


def moved(order: tuple[str, ...], key: str, step: int) -> tuple[str, ...]:
    """The order with one column a place further; as it was where that leads nowhere."""
    if key not in order:
        return order
    rest = [column for column in order if column != key]
    rest.insert(max(0, order.index(key) + step), key)
    return tuple(rest)


def _keep(user: User, place: Place, view: View | None, chosen: tuple[str, ...]) -> None:
    if view:
        SavedView.objects.filter(pk=view.pk).update(columns=list(chosen))
        return
    QueueChoice.objects.update_or_create(
        user=user, place=place.kind, defaults={"columns": list(chosen)}
    )


def _page(
    request: SignedIn,
    place: Place,
    view: View | None,
    chosen: tuple[str, ...],
    *,
    order: tuple[str, ...] = (),
    said: str = "",
) -> HttpResponse:
    ordered = order or known((*chosen, *COLUMNS))
    context: dict[str, Any] = {
        "section": "queue",
        "place": place,
        "view": view,
        "back": address(place, view) if view else place.url,
        "columns": [(COLUMNS[column], column in chosen) for column in ordered],
        "moved": request.POST.get("up") or request.POST.get("down") or "",
        "said": said,
    }
    return render(request, "leads/columns.html", context, status=422 if said else 200)
