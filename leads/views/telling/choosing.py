"""What one is told, where and when: `/me/messages/`."""

import datetime as dt
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from handoff.models import DECIDERS, User
from handoff.permissions import has_role
from handoff.views.signed_in import SignedIn
from leads.journey import hearing
from leads.models import Message, Preference, Webhook
from leads.sending import quiet
from leads.wording.kinds import CHANNELS, Channel, Kind, kinds_for

from .forms import OwnChatForm, PreferenceForm


@dataclass(frozen=True)
class Tick:
    """One kind over one channel: whether it is on, and whether that can be chosen."""

    channel: str
    label: str
    key: str
    on: bool
    fixed: bool


@dataclass(frozen=True)
class Row:
    """One kind with its ticks."""

    kind: Kind
    ticks: list[Tick]


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: SignedIn) -> HttpResponse:
    """Kinds, channels, quiet hours and summaries; saved together."""
    choice = hearing.preference_of(request.user)
    sent = request.POST if request.method == "POST" else None
    form = PreferenceForm(sent, instance=choice, initial=_initial(choice))
    if sent is None or not form.is_valid():
        ticked = sent.getlist("on") if sent is not None else None
        return page(request, form=form, ticked=ticked, status=422 if form.errors else 200)
    kinds, channels = kinds_for(request.user), channels_of(own_chat_of(request.user))
    hearing.choose(
        form.save(commit=False),
        on=request.POST.getlist("on"),
        kinds=kinds,
        channels=channels,
        at=timezone.now(),
    )
    messages.success(request, "Saved. It holds from the next message on.")
    return redirect("leads:messages")


def page(
    request: SignedIn,
    *,
    form: PreferenceForm | None = None,
    chat_form: OwnChatForm | None = None,
    ticked: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page with both its forms, as typed where one was refused."""
    choice, chat, at = (
        hearing.preference_of(request.user),
        own_chat_of(request.user),
        timezone.now(),
    )
    channels = channels_of(chat)
    rows = [_row(kind, channels, choice, ticked) for kind in kinds_for(request.user)]
    context = {
        "section": "messages",
        "form": form or PreferenceForm(instance=choice, initial=_initial(choice)),
        "chat_form": chat_form or OwnChatForm(),
        "chat": chat,
        "channels": [CHANNELS[one] for one in channels],
        "groups": [(name, list(some)) for name, some in groupby(rows, lambda row: row.kind.group)],
        "urgent": [row.kind.says for row in rows if row.kind.urgent],
        "may_preview": has_role(request.user, *DECIDERS),
        "now": at,
        **_quiet(request.user, at),
    }
    return render(request, "leads/telling/messages.html", context, status=status)


def _row(kind: Kind, channels: list[Channel], choice: Preference, ticked: list[str] | None) -> Row:
    ticks = []
    for channel in channels:
        key, fixed = f"{kind.key}:{channel}", kind.stays and channel == "in_app"
        on = kind.is_on(channel, choice.changed) if ticked is None else fixed or key in ticked
        ticks.append(Tick(channel, CHANNELS[channel], key, on, fixed))
    return Row(kind, ticks)


def _initial(choice: Preference) -> dict[str, Any]:
    """What a role decides until somebody has chosen."""
    by_role = hearing.gets_summaries(choice.user) if choice.daily is None else choice.daily
    return {"daily": by_role, "weekly": bool(choice.weekly)}


def _quiet(user: User, at: dt.datetime) -> dict[str, Any]:
    """Whose hours are meant, and what is held now."""
    held = Message.objects.filter(recipient=user).held().order_by("held_until")
    first = held.first()
    return {
        "hours": quiet.hours_of(user),
        "held": held.count() if first else 0,
        "held_until": first.held_until if first else None,
    }


def own_chat_of(user: User) -> Webhook | None:
    return Webhook.objects.filter(person=user).first()


def channels_of(chat: Webhook | None) -> list[Channel]:
    """The channels somebody has: a chat only where they gave one."""
    return [one for one in CHANNELS if one != "chat" or chat is not None]
