"""Letters about what routing could not place: nobody could take a lead, or a rule failed."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.urls import reverse

from handoff.permissions import told_of_faults
from leads.wording import subjects

from .announcing import Letter
from .routing import Placement


@dataclass(frozen=True)
class About:
    """The hand-over that letters tell of, and the definition that routed it, by number."""

    handoff_id: int
    lead_id: int
    title: str
    at: dt.datetime
    definition: int


def letters(place: Placement, about: About, body: Mapping[str, object]) -> Iterator[Letter]:
    """To the person responsible, of a lead that waits for somebody who can take it, and why; to
    marketing operations, of a rule that fails, once an hour for each."""
    if place.owner is None and place.roster is not None and (place.awaits_turn or place.fault):
        said = subjects.unrouted if place.fault else subjects.waits
        yield Letter(
            "waits",
            f"{about.handoff_id}" + (f":{about.at.isoformat()}" if body.get("again") else ""),
            place.roster.responsible_id,
            said(about.title, queue=place.roster.name),
            about.at,
            about.lead_id,
            about.handoff_id,
            {**body, "nobody": place.explanation.get("nobody", "")},
        )
    if place.fault:
        yield from _failures(place, about)


def _failures(place: Placement, about: About) -> Iterator[Letter]:
    rule = place.failed
    hour = about.at.astimezone(dt.UTC).strftime("%Y%m%d%H")
    path = reverse("room", args=[about.definition]) + (
        f"#row-route-{rule.key}" if rule else "#route"
    )
    lines = [{"says": "The rule in the definition", "path": path}]
    body = {"title": about.title, "fault": place.fault, "lines": lines, "rule_path": path}
    for person in told_of_faults():
        yield Letter(
            "route_failed",
            f"{about.definition}:{rule.key if rule else ''}:{hour}",
            person,
            subjects.route_failed(about.title, rule=rule.label or rule.key if rule else ""),
            about.at,
            about.lead_id,
            about.handoff_id,
            body,
        )
