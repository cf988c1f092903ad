"""Alerts: what holds, how everything watched stands now, and what has closed."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff.models import User
from handoff.permissions import may_acknowledge_alerts, may_edit_agreement
from handoff.tables import CappedPaginator
from handoff.views.sent import whole
from handoff.views.signed_in import SignedIn
from reviews.alerting import watching
from reviews.alerting.deciding import opens
from reviews.asking import Names
from reviews.measures.dimensions import DIMENSIONS
from reviews.measures.intervals import Share, share
from reviews.measures.rejecting import Part
from reviews.models import Alert, AlertRule

SHOWN = 12
"""So many parts are shown as they stand, the highest shares first."""

PER_PAGE = 20


@dataclass(frozen=True)
class Standing:
    """How one watched part stands now beside the threshold; `href`: the leads behind it."""

    name: str
    label: str
    share: Share
    href: str
    is_open: bool
    threshold: int

    @property
    def said(self) -> str:
        if self.is_open:
            return "Open alert"
        if opens(self.share, threshold=self.threshold):
            return "Opens at the next look"
        if 100 * self.share.count > self.threshold * self.share.n:
            return "Above, but may be chance"
        return f"Not above {self.threshold}%"


@dataclass(frozen=True)
class Told:
    """An open alert as its card shows it. `leads` and `reasons` are addresses."""

    alert: Alert
    label: str
    share: Share
    opened: Share
    leads: str
    reasons: str
    others: int


@login_required
@require_GET
@never_cache
def alerts(request: SignedIn) -> HttpResponse:
    """Open ones first; where there is none, what is watched and how it stands."""
    return drawn(request)


def only_readers(user: User) -> None:
    """Raise Http404 for whoever neither sees every lead nor takes part in joint reviews."""
    if not Alert.may_be_read_by(user):
        raise Http404


def drawn(request: SignedIn, *, status: int = 200, **refused: Any) -> HttpResponse:
    """The page; `refused`: the note that could not be kept, and of which alert. Raises Http404."""
    only_readers(request.user)
    at = timezone.now()
    seen = watching.look(at=at)
    found = Alert.objects.open().select_related("acknowledged_by", "version")
    told = [_told(one) for one in found]
    over = Alert.objects.over().select_related("acknowledged_by", "version")
    standing = list(_standing(seen, {(one.alert.dimension, one.alert.key) for one in told}))
    enough = [one for one in standing if one.share.is_enough]
    context = {
        "section": "reviews",
        "here": "alerts",
        "told": told,
        "rule": seen.rule,
        "watched": watched(seen.rule),
        "standing": enough[:SHOWN],
        "lower": max(0, len(enough) - SHOWN),
        "too_few": len(standing) - len(enough),
        "page": CappedPaginator(over, PER_PAGE).get_page(_page_asked(request.GET)),
        "may_edit": may_edit_agreement(request.user),
        "may_acknowledge": may_acknowledge_alerts(request.user),
        "now": at,
        **refused,
    }
    return render(request, "reviews/alerts/alerts.html", context, status=status)


def _page_asked(sent: Mapping[str, str]) -> str | int | None:
    """The page of closed alerts that is asked for, or that holds the `alert` of a link."""
    alert = whole(sent.get("alert", ""))
    if "page" in sent or alert is None:
        return sent.get("page")
    return 1 + Alert.objects.over_before(alert) // PER_PAGE


def watched(rule: AlertRule) -> str:
    """“All together, by source and by fit at hand-over”."""
    names = [f"by {DIMENSIONS[one].label.lower()}" for one in rule.dimensions]
    every = ["all together", *names]
    return " and ".join(filter(None, (", ".join(every[:-1]), every[-1])))


def leads_address(part: Part, *, days: int, until: dt.datetime) -> str:
    """The page of the leads behind the share of a part."""
    asked = {"dimension": part.dimension, "key": part.key, "days": days, "until": until.isoformat()}
    return f"{reverse('reviews:alert-leads')}?{urlencode(asked)}"


def _told(alert: Alert) -> Told:
    part = Part(alert.dimension, alert.key)
    days = [f"{timezone.localdate(one):%Y-%m-%d}" for one in (alert.since, alert.looked_at)]
    asked = {"since": days[0], "until": days[1]}
    if part.dimension:
        asked[part.dimension] = part.key
    return Told(
        alert,
        _label(part),
        share(alert.rejected, alert.answered),
        share(alert.opened_rejected, alert.opened_answered),
        leads_address(part, days=alert.days, until=alert.looked_at),
        f"{reverse('reviews:reasons')}?{urlencode(asked)}",
        alert.rejected - sum(count for _, count in alert.reasons),
    )


def _label(part: Part) -> str:
    return DIMENSIONS[part.dimension].label if part.dimension else ""


def _standing(seen: watching.Look, held: set[tuple[str, str]]) -> Iterator[Standing]:
    """Every watched part, the highest share first."""
    names = Names()
    ordered = sorted(
        seen.shares.items(),
        key=lambda one: (-(one[1].value or 0.0), -one[1].n, one[0].dimension, one[0].key),
    )
    for part, found in ordered:
        yield Standing(
            watching.name_of(part, names),
            _label(part),
            found,
            leads_address(part, days=seen.rule.days, until=seen.at),
            (part.dimension, part.key) in held,
            seen.rule.threshold,
        )
