"""Loading a playbook file into the tables: each key named becomes exactly what the file says.

Keys not named stay. Members not listed leave (their turns stay on record). People are made as
users without a password. One transaction: a file with a fault changes nothing.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import models, transaction

from handoff import publishing, staffing, versions
from handoff.models import (
    DECIDERS,
    AreaOwner,
    Calendar,
    Checklist,
    DefinitionVersion,
    Membership,
    Reason,
    Stage,
    Step,
    Team,
    Track,
    User,
)
from handoff.rules.faults import Fault

from . import sections
from .reading import Known, PlaybookFile

State = DefinitionVersion.State
Kept = TypeVar("Kept", bound=models.Model)

ROLE_OF_MEMBERS = {"marketing": "marketing_ops"}
ROLE_OF_RESPONSIBLE = {"marketing": "marketing_ops", "qualification": "marketing_ops"}
STAFF = frozenset(DECIDERS)

CALLED = {
    "zone": "time zone",
    "applies_to": "given when a lead is",
    "goes_to": "goes to",
    "needs_note": "needs a note",
    "needs_date": "needs a date",
    "max_open": "open leads at most",
    "max_per_day": "leads a day at most",
    "comes_from": "comes from",
    "languages": "languages served",
    "territories": "territories served",
    "products": "products served",
    "motions": "motions served",
    "owner_role": "owner",
}


class Faulty(ValueError):
    """A file that cannot be loaded; the text has a line for each fault."""


@dataclass(frozen=True)
class LoadReport:
    """What a load changed, in sentences. `version`: the draft or live version of the file's
    definition, None where the file has none or nothing about it changed."""

    sentences: tuple[str, ...]
    warnings: tuple[str, ...]
    version: DefinitionVersion | None


def known() -> Known:
    """The keys there are in the tables, for reading a file that names them."""

    def keys(model: type[models.Model]) -> frozenset[str]:
        return frozenset(model._default_manager.values_list("key", flat=True))

    return Known(keys(Calendar), keys(Team), keys(Reason), keys(Track), keys(Checklist))


def load(file: PlaybookFile, *, actor: User | None, at: dt.datetime, publish: bool) -> LoadReport:
    """Bring the tables to what the file says; with `publish`, make its definition the law.

    Teams, calendars and lists change at once; the definition becomes a draft unless `publish`.
    Raises Faulty with all faults of the file, `publishing.Refused` where an example differs.
    """
    if file.faults:
        raise Faulty("\n".join(file.told(fault) for fault in file.faults))
    document = dict(file.document.get("definition") or {})
    if document and (long := [Fault(*one) for one in versions.too_long(document)]):
        raise Faulty("\n".join(file.told(fault) for fault in long))
    with transaction.atomic():
        versions.lock()
        loader = _Loader(file)
        loader.run()
        version = None
        if document:
            version = _load_definition(document, loader.said, actor=actor, at=at, publish=publish)
        said = loader.said or ["Nothing changed."]
        doubts = [*file.warnings, *staffing.doubts(document)]
    warnings = tuple(file.told(doubt) for doubt in doubts)
    return LoadReport(tuple(said), warnings, version)


def _load_definition(
    document: dict[str, Any], said: list[str], *, actor: User | None, at: dt.datetime, publish: bool
) -> DefinitionVersion | None:
    meant = versions.canonical(document)

    def same(version: DefinitionVersion | None) -> bool:
        return version is not None and versions.canonical(version.document()) == meant

    candidates = DefinitionVersion.objects.with_rows()
    live = candidates.live().first()
    if same(live):
        return None
    draft = candidates.drafts().order_by("-number").first()
    if not same(draft):
        draft = versions.make_draft(document, actor=actor, cloned_from=live)
        changes = publishing.diff(live.document(), draft.document()) if live else []
        against = f", against {live}" if live else ", the first"
        said.append(f"Definition {draft} is a draft{against}.")
        said.extend(f"  {change}" for change in changes)
    elif not publish:
        return None
    assert draft is not None
    if publish:
        reason = str(document.get("summary") or "Loaded from a file")
        draft = publishing.publish(draft, actor=actor, at=at, reason=reason)
        said.append(f"Definition {draft} is live." + (f" {live} is retired." if live else ""))
    return draft


class _Loader:
    """One load: the people it needs, the rows it brings up to the file, what it has to say."""

    def __init__(self, file: PlaybookFile) -> None:
        self.file = file
        self.said: list[str] = []
        self.people: dict[str, User] = {}

    def run(self) -> None:
        """Every section beside the definition, in the order in which they name each other."""
        self._meet_people()
        self._refuse_who_left()
        for key, calendar in self.file.calendars.items():
            raw = self._raw_calendar(key)
            values = {
                "timezone": calendar.zone.key,
                "hours": raw["hours"],
                "holidays": calendar.holidays,
                "closed": sorted(calendar.closed),
            }
            self._keep(Calendar, "key", key, values)
        for team in self.file.teams:
            self._team(team)
        self._lists()

    def _raw_calendar(self, key: str) -> Mapping[str, Any]:
        return next(row for row in self.file.document["calendars"] if row["key"] == key)

    def _lists(self) -> None:
        for reason in self.file.reasons:
            values = {
                "label": reason.label,
                "applies_to": list(reason.moments),
                "teaches": reason.teaches,
                "goes_to": reason.goes_to,
                "needs_note": reason.needs_note,
                "needs_date": reason.needs_date,
                "active": reason.active,
                "steps": list(reason.steps),
            }
            self._keep(Reason, "key", reason.key, values)
        for track in self.file.tracks:
            owner = self.people[track.owner] if track.owner else None
            values = {
                "label": track.label,
                "theme": track.theme,
                "owner": owner,
                "rest_weeks": track.rest_weeks,
            }
            self._keep(Track, "key", track.key, values)
        for position, stage in enumerate(self.file.stages, 1):
            values = {
                "label": stage.label,
                "owner_role": stage.owner,
                "next_action": stage.next,
                "position": position,
            }
            self._keep(Stage, "key", stage.key, values)
        for area in self.file.owners:
            values = {"owner": self.people[area.owner], "cadence": area.cadence}
            self._keep(AreaOwner, "area", area.area, values)
        self._steps()

    def _steps(self) -> None:
        for checklist in self.file.checklists:
            values = {
                "label": checklist.label,
                "items": [item.row for item in checklist.items],
                "active": checklist.active,
            }
            self._keep(Checklist, "key", checklist.key, values)
        for step in self.file.steps:
            lists = {
                name: Checklist.objects.get(key=key) if (key := getattr(step, name)) else None
                for name in ("checklist", "confirms")
            }
            values = {
                "comes_from": step.comes_from,
                "route": [dict(row) for row in step.route],
                "tiers": [dict(row) for row in step.tiers],
                **lists,
            }
            self._keep(Step, "key", step.key, values)

    def _team(self, team: sections.Team) -> None:
        values = {
            "name": team.name,
            "kind": team.kind,
            "calendar": Calendar.objects.get(key=team.calendar),
            "responsible": self.people[team.responsible],
            "pick": team.pick,
        }
        row = self._keep(Team, "key", team.key, values)
        Team.objects.select_for_update().get(pk=row.pk)
        before = {one.user_id: one for one in row.memberships.select_related("user", "calendar")}
        for member in team.members:
            user = self.people[member.email]
            self._member(row, user, member, before.pop(user.pk, None))
        for gone in before.values():
            if gone.active:
                gone.active = False
                gone.save(update_fields=["active"])
                self.said.append(f"{gone.user} leaves {row}.")

    def _member(
        self, team: Team, user: User, member: sections.Member, before: Membership | None
    ) -> None:
        calendar = Calendar.objects.get(key=member.calendar) if member.calendar else None
        values = {
            "weight": member.weight,
            "max_open": member.max_open,
            "max_per_day": member.max_per_day,
            "calendar": calendar,
            **{name: list(getattr(member, name)) for name in sections.SERVED},
            "active": True,
        }
        if before is None:
            Membership.objects.create(team=team, user=user, **values)
            self.said.append(f"{user} joins {team}.")
            return
        came_back = not before.active
        changed = _change(before, values)
        if came_back:
            self.said.append(f"{user} is back in {team}.")
        self.said.extend(
            f"{user} in {team}: {change}." for name, change in changed if name != "active"
        )

    def _keep(self, model: type[Kept], name: str, key: str, values: dict[str, Any]) -> Kept:
        """The row of this key with these values, made or changed where it must be."""
        word = str(model._meta.verbose_name).capitalize()
        row = model._default_manager.filter(**{name: key}).first()
        if row is None:
            row = model._default_manager.create(**{name: key}, **values)
            self.said.append(f"{word} {key} is new.")
            return row
        self.said.extend(f"{word} {key}: {change}." for _, change in _change(row, values))
        return row

    def _meet_people(self) -> None:
        """Everybody the file names, made where they are new; who is new gets a role by it."""
        names: dict[str, str] = {}
        roles: dict[str, set[str]] = {}
        for team in self.file.teams:
            for member in team.members:
                names[member.email] = member.name or names.get(member.email, "")
                role = ROLE_OF_MEMBERS.get(team.kind, "rep")
                roles.setdefault(member.email, set()).add(role)
            role = ROLE_OF_RESPONSIBLE.get(team.kind, "sales_manager")
            roles.setdefault(team.responsible, set()).add(role)
            names.setdefault(team.responsible, "")
        owners = [track.owner for track in self.file.tracks if track.owner]
        for email in owners + [area.owner for area in self.file.owners]:
            names.setdefault(email, "")
        self.people = {user.email: user for user in User.objects.filter(email__in=names)}
        for email, name in names.items():
            user = self.people.get(email)
            if user is None:
                self.people[email] = self._new_person(email, name, roles.get(email, set()))
            elif name and user.name != name:
                self.said.append(f"{user} is called {name} now.")
                user.name = name
                user.save(update_fields=["name"])

    def _refuse_who_left(self) -> None:
        """Raise Faulty where a team would wait for somebody who is not here any more."""
        faults = [
            Fault(f"teams[{place}].responsible", f"{team.responsible} is not active any more")
            for place, team in enumerate(self.file.teams)
            if not self.people[team.responsible].is_active
        ]
        if faults:
            raise Faulty("\n".join(self.file.told(fault) for fault in faults))

    def _new_person(self, email: str, name: str, roles: set[str]) -> User:
        user = User(email=email, name=name, password=make_password(None))
        user.is_staff = not STAFF.isdisjoint(roles)
        user.save()
        user.groups.set(Group.objects.filter(name__in=roles))
        self.said.append(f"{name or email} is new, without a password yet.")
        return user


def _change(row: models.Model, values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Set what differs and save it; (field, “field: old → new”) for each."""
    changed = []
    for name, value in values.items():
        before = getattr(row, name)
        if before != value:
            setattr(row, name, value)
            called = CALLED.get(name, name.replace("_", " "))
            changed.append((name, f"{called} {_shown(before)} → {_shown(value)}"))
    if changed:
        row.save(update_fields=[name for name, _ in changed])
    return changed


def _shown(value: Any) -> str:
    if value is None or value in ("", [], {}):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(_shown, value))
    if isinstance(value, dict):
        return "; ".join(f"{name} {_shown(one)}" for name, one in sorted(value.items()))
    return str(value)
