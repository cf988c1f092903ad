"""What a person wants to hear of: choosing it, and stopping one kind from outside.

What quiet hours hold when the choice changes is let go; whoever sends it asks anew.
"""

import datetime as dt
from collections.abc import Collection, Iterable

from django.db import transaction

from handoff.models import OVERSEERS, User
from leads.models import Message, Preference
from leads.wording.kinds import Channel, Kind, kind_of

DIGESTS = {"digest_daily": "daily", "digest_weekly": "weekly"}


def preference_of(user: User) -> Preference:
    """What a person chose; a row not yet saved where they have chosen nothing."""
    return Preference.objects.filter(user=user).first() or Preference(user=user)


def gets_summaries(user: User) -> bool:
    """Whether somebody gets the summary of the day until they say otherwise: who looks after
    others' leads, or a nurture track, does."""
    looks_after = user.responsible_for.exists() or user.tracks.exists()
    return user.has_role(*OVERSEERS) or looks_after


def choose(
    choice: Preference,
    *,
    on: Collection[str],
    kinds: Iterable[Kind],
    channels: Collection[Channel],
    at: dt.datetime,
) -> None:
    """Save what was chosen: `on` names as "kind:channel" what is wanted among `kinds` and
    `channels`; what was not asked about stays as it was."""
    asked = {
        f"{kind.key}:{channel}": channel in kind.by_itself
        for kind in kinds
        for channel in kind.offered
        if channel in channels and not (kind.stays and channel == "in_app")
    }
    kept = [one for one in choice.changed if one not in asked]
    choice.changed = [*kept, *(key for key, holds in asked.items() if (key in on) != holds)]
    with transaction.atomic():
        if choice._state.adding:
            # Pressed twice, the second finds the row of the first.
            choice.pk = Preference.objects.get_or_create(user=choice.user)[0].pk
        choice.save()
        let_go(choice.user_id, at=at)


def let_go(person: int, *, at: dt.datetime) -> int:
    """Have what is held for somebody looked at again; how many messages."""
    return Message.objects.filter(recipient=person).release(at=at)


def hear(person: User, kind: str, *, by_mail: bool) -> None:
    """Switch mail of one kind off, or on again."""
    with transaction.atomic():
        Preference.objects.get_or_create(user=person)
        choice = Preference.objects.select_for_update().get(user=person)
        if kind in DIGESTS:
            setattr(choice, DIGESTS[kind], by_mail)
        else:
            key, by_itself = f"{kind}:email", "email" in kind_of(kind).by_itself
            kept = [one for one in choice.changed if one != key]
            choice.changed = kept if by_mail == by_itself else [*kept, key]
        choice.save()
