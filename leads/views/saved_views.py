"""Saved views of a queue: kept under a name, shared with a team, changed, opened with, deleted."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from handoff.forms import CalmForm
from handoff.models import Team, User
from handoff.views.sent import whole
from handoff.views.signed_in import SignedIn
from leads.models import QueueChoice, SavedView
from leads.models.view import LONGEST_QUERY

from .places import Place, place_called, teams_of
from .shelf import MOST, Shelf, address, in_words, kept_of, shelf_of


class ViewForm(CalmForm, forms.ModelForm):
    """What a view is called and who is offered it."""

    marks_optional = False

    class Meta:
        model = SavedView
        fields = ("name", "team")
        labels = {"name": "Name", "team": "Who sees it"}  # noqa: RUF012
        help_texts = {  # noqa: RUF012
            "team": "It says how to look, not at what: everybody sees their own leads through it."
        }

    def __init__(
        self, *args: Any, teams: list[Team], of: Team | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.of = of
        field = self.fields["team"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Team.objects.filter(pk__in=[team.pk for team in teams])
        field.empty_label = f"Only me: a copy, {of} keeps its own" if of else "Only me"
        self.fields["name"].widget.attrs["placeholder"] = "Such as: urgent, not called yet"

    @property
    def is_another(self) -> bool:
        """Whether what is saved is another view than the team's it was begun from."""
        return self.of is not None and self.cleaned_data["team"] != self.of

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if not name.isprintable():
            raise forms.ValidationError("Write it with letters, digits and signs only.")
        return name


def _sharing(user: User, view: SavedView | None = None) -> list[Team]:
    """The teams a person may share a view with, that of the view among them."""
    teams = teams_of(user)
    if view is not None and view.team is not None and view.team not in teams:
        teams = [*teams, view.team]
    return teams


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def new(request: SignedIn, key: str) -> HttpResponse:
    """Keep the filters, the order and the columns of the address under a name."""
    place = place_called(key, request.user)
    shelf = shelf_of(request.user, place)
    query = kept_of(place, request.GET)
    if len(query) > LONGEST_QUERY:
        messages.error(request, "These filters are too long to be kept. Shorten the search.")
        return redirect(place.url)
    view = SavedView(
        place=place.key,
        owner=request.user,
        query=query,
        columns=list(shelf.columns(shelf.named(request.GET.get("view", "")))),
        made_at=timezone.now(),
    )
    posted = request.POST if request.method == "POST" else None
    form = ViewForm(posted, instance=view, teams=_sharing(request.user))
    if posted is not None and form.is_valid() and _has_room(form, shelf) and _kept(form):
        messages.success(request, f"Saved the view “{view.name}”.")
        return redirect(address(place, view))
    return _page(request, place, form, query)


def _has_room(form: ViewForm, shelf: Shelf) -> bool:
    if len(shelf.views) < MOST:
        return True
    form.add_error(None, f"{MOST} views of one queue are enough. Delete one first.")
    return False


def _kept(form: ViewForm) -> bool:
    """Keep it; a name that is taken is an error of the form."""
    try:
        with transaction.atomic():
            form.save()
    except IntegrityError:
        taken = "You have" if form.instance.team is None else f"{form.instance.team} has"
        form.add_error("name", f"{taken} a view of this name already.")
        return False
    return True


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def change(request: SignedIn, pk: int) -> HttpResponse:
    """Another name, or another circle that is offered the view. What a team is offered it keeps:
    another circle is given a view of its own that looks the same."""
    view = _offered(request.user, pk)
    place = place_called(view.place, request.user)
    posted = request.POST if request.method == "POST" else None
    form = ViewForm(posted, instance=view, teams=_sharing(request.user, view), of=view.team)
    if posted is not None and form.is_valid():
        if form.is_another:
            form.instance.pk, form.instance.owner = None, request.user
            form.instance.made_at = timezone.now()
        has_room = not form.is_another or _has_room(form, shelf_of(request.user, place))
        if has_room and _kept(form):
            said = f" {form.of} keeps its own." if form.is_another else ""
            messages.success(request, f"Saved the view “{form.instance.name}”.{said}")
            return redirect(address(place, form.instance))
    return _page(request, place, form, view.query, _offered(request.user, pk))


@login_required
@require_POST
def keep(request: SignedIn, pk: int) -> HttpResponse:
    """Let a view keep the filters and the order that were sent with it."""
    view = _offered(request.user, pk)
    place = place_called(view.place, request.user)
    query = kept_of(place, QueryDict(request.POST.get("query", "")[: 2 * LONGEST_QUERY]))
    if len(query) > LONGEST_QUERY:
        messages.error(request, "These filters are too long to be kept. Shorten the search.")
    else:
        view.query = query
        view.save(update_fields=["query"])
        messages.success(request, f"“{view.name}” now keeps these filters.")
    return redirect(address(place, view))


@login_required
@require_POST
def delete(request: SignedIn, pk: int) -> HttpResponse:
    """Take a view away; the leads in it stay where they are."""
    view = _offered(request.user, pk)
    place = place_called(view.place, request.user)
    view.delete()
    messages.success(request, f"Deleted the view “{view.name}”. No lead has moved.")
    return redirect(place.url)


@login_required
@require_POST
def open_with(request: SignedIn, key: str) -> HttpResponse:
    """Let a queue open with a view from now on, or with everything where none is named."""
    place = place_called(key, request.user)
    pk = whole(request.POST.get("view", ""))
    offered = SavedView.objects.visible_to(request.user).filter(place=place.key)
    view = get_object_or_404(offered, pk=pk) if pk else None
    QueueChoice.objects.update_or_create(
        user=request.user, place=place.key, defaults={"default": view}
    )
    said = f"“{view.name}”" if view else "everything, due first"
    messages.success(request, f"{place.title} now opens with {said}.")
    return redirect(address(place, view) if view else place.url)


def _offered(user: User, pk: int) -> SavedView:
    """Raises Http404 for a view that is somebody else's."""
    return get_object_or_404(SavedView.objects.visible_to(user), pk=pk)


def _page(
    request: SignedIn, place: Place, form: ViewForm, query: str, view: SavedView | None = None
) -> HttpResponse:
    context = {
        "section": "leads" if place.kind == "leads" else "queue",
        "place": place,
        "form": form,
        "view": view,
        "keeps": in_words(place, QueryDict(query)),
        "back": address(place, view) if view else f"{place.url}?{request.GET.urlencode()}",
        "opens": view is not None
        and QueueChoice.objects.filter(user=request.user, default=view).exists(),
    }
    status = 422 if form.errors else 200
    return render(request, "leads/saved_view.html", context, status=status)
