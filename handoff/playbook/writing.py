"""Writing the agreement as a playbook file that loads back to the same; rows stand on one line."""

from collections.abc import Iterator
from typing import Any

from handoff.models import (
    AreaOwner,
    Calendar,
    Checklist,
    DefinitionVersion,
    Reason,
    Stage,
    Step,
    Team,
    Track,
)

from .sections import SERVED
from .yaml12 import inline

Row = dict[str, Any]

FIRST = (
    "field", "signal", "is", "is_not", "in", "not_in", "contains", "starts_with", "at_least",
    "at_most", "between", "known", "within_days", "key", "label", "required", "kind", "choices",
    "facts", "call", "help", "status", "rule",
    "tier", "route", "team", "email", "days_ago", "occurred_at",
)  # fmt: skip
"""Keys in the order in which a person writes them; the database keeps another."""

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WIDE = 200
"""A team whose line would be longer has its members on lines of their own."""


class NoSuchVersion(LookupError):
    """A version that is not there."""


def export(number: int | None = None) -> str:
    """The agreement as YAML: the lists as they are now, the definition of version `number`, else
    the live one, else the newest. Raises NoSuchVersion.
    """
    document = as_document(_version(number))
    return "".join(_section(name, value) for name, value in document.items() if value)


def _version(number: int | None) -> DefinitionVersion | None:
    versions = DefinitionVersion.objects.with_rows()
    if number is None:
        return versions.live().first() or versions.order_by("-number").first()
    version = versions.filter(number=number).first()
    if version is None:
        raise NoSuchVersion(f"There is no definition v{number}.")
    return version


def as_document(version: DefinitionVersion | None) -> dict[str, Any]:
    """The whole playbook as the mapping that the file holds, sections in the file's order,
    their rows in the order in which they came."""
    return {
        "calendars": [_calendar(calendar) for calendar in Calendar.objects.order_by("pk")],
        "teams": _teams(),
        "reasons": [_reason(reason) for reason in Reason.objects.order_by("pk")],
        "tracks": [_track(track) for track in Track.objects.select_related("owner").order_by("pk")],
        "stages": [_stage(stage) for stage in Stage.objects.all()],
        "owners": [
            {"area": one.area, "owner": one.owner.email, "cadence": one.cadence}
            for one in AreaOwner.objects.select_related("owner").order_by("pk")
        ],
        "checklists": [_checklist(one) for one in Checklist.objects.order_by("pk")],
        "steps": [
            _step(step)
            for step in Step.objects.select_related("checklist", "confirms").order_by("pk")
        ],
        "definition": _definition(version) if version else {},
    }


def _ordered(value: Any) -> Any:
    """The value with the keys of every mapping below it in the order of `FIRST`, then as kept."""
    if isinstance(value, list):
        return [_ordered(one) for one in value]
    if not isinstance(value, dict):
        return value
    places = {key: FIRST.index(key) if key in FIRST else len(FIRST) for key in value}
    return {key: _ordered(value[key]) for key in sorted(value, key=lambda key: places[key])}


def _definition(version: DefinitionVersion) -> Row:
    """The version's document, its rows as they are, what hangs below them in order."""
    return {
        name: [{key: _ordered(one) for key, one in row.items()} for row in value]
        if name not in ("required", "marketing", "summary")
        else value
        for name, value in version.document().items()
    }


def _calendar(calendar: Calendar) -> Row:
    mapping = calendar.as_mapping()
    hours = sorted(calendar.hours.items(), key=lambda item: DAYS.index(item[0].lower()[:3]))
    return {**mapping, "hours": dict(hours)}


def _filled(**values: Any) -> Row:
    """The values that say something: nothing empty, nothing that is the default."""
    return {name: value for name, value in values.items() if value not in (None, "", [], False)}


def _teams() -> list[Row]:
    rows = []
    teams = Team.objects.select_related("calendar", "responsible").order_by("pk")
    for team in teams.prefetch_related("memberships__user", "memberships__calendar"):
        members = sorted(
            (one for one in team.memberships.all() if one.active), key=lambda one: one.pk
        )
        rows.append(
            {
                "key": team.key,
                "name": team.name,
                "kind": team.kind,
                "calendar": team.calendar.key,
                "responsible": team.responsible.email,
                "pick": team.pick,
                "members": [
                    {"email": one.user.email}
                    | _filled(name=one.user.name)
                    | ({"weight": one.weight} if one.weight != 1 else {})
                    | _filled(
                        max_open=one.max_open,
                        max_per_day=one.max_per_day,
                        calendar=one.calendar.key if one.calendar else None,
                        **{name: getattr(one, name) for name in SERVED},
                    )
                    for one in members
                ],
            }
        )
    return rows


def _reason(reason: Reason) -> Row:
    row = {"key": reason.key, "label": reason.label, "for": list(reason.applies_to)}
    row |= _filled(
        steps=list(reason.steps),
        teaches=reason.teaches,
        goes_to=reason.goes_to,
        needs_note=reason.needs_note,
        needs_date=reason.needs_date,
    )
    return row if reason.active else {**row, "active": False}


def _checklist(one: Checklist) -> Row:
    row = {"key": one.key, "label": one.label, "items": _ordered(one.items)}
    return row if one.active else {**row, "active": False}


def _track(track: Track) -> Row:
    owner = track.owner.email if track.owner else None
    return {"key": track.key, "label": track.label} | _filled(
        theme=track.theme, owner=owner, rest_weeks=track.rest_weeks
    )


def _stage(stage: Stage) -> Row:
    head = {"key": stage.key, "label": stage.label}
    return head | _filled(owner=stage.owner_role, next=stage.next_action)


def _step(step: Step) -> Row:
    row = {"key": step.key} | _filled(**{"from": step.comes_from})
    row |= _filled(route=_ordered(step.route), tiers=_ordered(step.tiers))
    return row | _filled(
        checklist=step.checklist.key if step.checklist else None,
        confirms=step.confirms.key if step.confirms else None,
    )


def _section(name: str, value: Any) -> str:
    if name != "definition":
        return f"{name}:\n" + "".join(_lines(value, "  "))
    text = f"{name}:\n"
    for key, item in value.items():
        rows = isinstance(item, list) and item and isinstance(item[0], dict)
        if rows:
            text += f"  {key}:\n" + "".join(_lines(item, "    "))
        else:
            text += f"  {key}: {inline(item)}\n"
    return text


def _lines(rows: list[Row], indent: str) -> Iterator[str]:
    """A row a line; a long one with lists of rows of its own is opened up."""
    for row in rows:
        line = f"{indent}- {inline(row)}\n"
        inner = [name for name, value in row.items() if value and _is_rows(value)]
        if len(line) <= WIDE or not inner or "key" not in row:
            yield line
            continue
        lead = f"{indent}- "
        for key, value in row.items():
            if key in inner:
                yield f"{lead}{key}:\n"
                yield from _lines(value, f"{indent}    ")
            else:
                yield f"{lead}{key}: {inline(value)}\n"
            lead = f"{indent}  "


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(one, dict) and "field" not in one for one in value
    )
