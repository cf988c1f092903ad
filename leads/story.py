"""A lead's journey in plain language: what they did, in order, and why they are here now."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlsplit

from django.utils import timezone

from handoff.labels import humanise, labels_of
from handoff.models import DecideRule
from handoff.words import short_span
from leads.models import Handoff, Touchpoint

TIMES = {2: "Twice", 3: "Three times"}


@dataclass(frozen=True, slots=True)
class Deed:
    """Something the lead did, perhaps several times in a row on one day."""

    at: dt.datetime
    said: str
    detail: str
    is_trigger: bool = False


def deeds(
    touchpoints: Iterable[Touchpoint], names: Mapping[str, str], trigger_at: dt.datetime | None
) -> list[Deed]:
    """What `touchpoints` (oldest first) tell, the same thing in a row on one day told once.

    `names` are the labels of signals; a signal without one is read from its key. The last deed not
    later than `trigger_at` is the one that started the hand-over.
    """
    told = []
    for (signal, _), group in groupby(touchpoints, key=_same):
        rows = list(group)
        said = names.get(signal) or humanise(signal)
        told.append(Deed(rows[-1].occurred_at, said, _detail(rows)))
    if trigger_at is None:
        return told
    before = [n for n, deed in enumerate(told) if deed.at <= trigger_at]
    if before:
        last = told[before[-1]]
        told[before[-1]] = Deed(last.at, last.said, last.detail, is_trigger=True)
    return told


def why_now(handoff: Handoff) -> str:
    """One line for a queue: what is owed, or which rule brought the lead here."""
    if handoff.state == Handoff.State.RETURNED:
        return (
            f"Waiting for marketing: {listed(handoff.missing)} missing"
            if handoff.missing
            else ("Waiting for marketing")
        )
    if handoff.state == Handoff.State.ACCEPTED and handoff.next_step:
        return f"Next: {handoff.next_step}"
    labels = labels_of(handoff.version_id)
    rule = labels.decide.get(handoff.judgement.rule) or humanise(handoff.judgement.rule)
    did = did_most(handoff.judgement.intent_parts, labels.signals)
    if handoff.status == DecideRule.Status.SALES_READY:
        return did or rule
    return f"{rule}: {did[:1].lower()}{did[1:]}" if did else rule


def did_most(parts: Mapping[str, float], names: Mapping[str, str]) -> str:
    """The three deeds that count most of an intent's parts: “Asked for a demo, looked at
    pricing”."""
    keys = sorted(
        (key for key in parts if key in names and parts[key] > 0), key=lambda k: -parts[k]
    )
    said = ", ".join(names[key][:1].lower() + names[key][1:] for key in keys[:3])
    return said[:1].upper() + said[1:]


def listed(keys: Iterable[str]) -> str:
    """Field names in running text: “country, campaign and employees”."""
    words = [humanise(key).lower() for key in keys]
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def _same(touchpoint: Touchpoint) -> tuple[str, dt.date]:
    return touchpoint.signal, timezone.localtime(touchpoint.occurred_at).date()


def _detail(rows: list[Touchpoint]) -> str:
    newest = rows[-1]
    parts = []
    if len(rows) > 1:
        parts.append(TIMES.get(len(rows), f"{len(rows)} times"))
    seconds = sum(row.seconds or 0 for row in rows)
    if seconds:
        parts.append(short_span(seconds) + (" in all" if len(rows) > 1 else ""))
    if newest.detail:
        parts.append(newest.detail)
    elif newest.url:
        parts.append(urlsplit(newest.url).path.strip("/") or urlsplit(newest.url).netloc)
    if newest.campaign and not newest.detail:
        parts.append(newest.campaign)
    return ", ".join(parts)
