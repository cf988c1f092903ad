"""What every row of the agreement said before: one history table a model, written by triggers.

The database writes these rows itself, so that bulk SQL is recorded as well; the application's role
may only add to them (migration `changes_stay`). Who changed it stands in `pgh_context`, put there
by `handoff.changes.Changes`.
"""

from collections.abc import Iterable

import pghistory
import pgtrigger
from django.db import models

from .access import ApiKey
from .calendar import Calendar
from .definition import DefinitionVersion
from .definition_rows import DecideRule, FitCriterion, Motion, RouteRule, Signal, Tier
from .example import Example
from .goal import Goal
from .ownership import AreaOwner, Checklist, Stage, Step
from .person import User
from .reason import Reason, Track
from .team import Absence, Membership, Team


class UserGroup(User.groups.through):  # type: ignore[name-defined]
    """A role a person has; watched, since a role is a permission."""

    class Meta:
        proxy = True
        verbose_name = "role"


def keep_every_change(model: type[models.Model]) -> None:
    """Record each insert and update as it then was, and each delete as it was; once a statement."""
    _keep(
        model,
        (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent()),
        level=pgtrigger.Statement,
    )


def keep_changes_of(model: type[models.Model], fields: Iterable[str]) -> None:
    """The same for some fields; an UPDATE that names none of them costs nothing at all."""
    kept = _with_key(model, fields)
    update = pghistory.UpdateEvent(
        operation=_update_of(model, kept),
        condition=pgtrigger.AnyChange(*kept),
        trigger_name="update",
    )
    _keep(model, (pghistory.InsertEvent(), update, pghistory.DeleteEvent()), fields=kept)


def keep_what_was(model: type[models.Model], fields: Iterable[str]) -> None:
    """Record what `fields` said before an update or delete; a new row leaves no trace."""
    kept = _with_key(model, fields)
    update = pghistory.UpdateEvent(
        operation=_update_of(model, kept),
        condition=pgtrigger.AnyChange(*kept),
        trigger_name="update",
        row="OLD",
    )
    _keep(model, (update, pghistory.DeleteEvent()), fields=kept)


def _with_key(model: type[models.Model], fields: Iterable[str]) -> list[str]:
    key = model._meta.pk
    assert key is not None
    return [key.name, *fields]


def _update_of(model: type[models.Model], fields: Iterable[str]) -> pgtrigger.UpdateOf:
    columns = {field.name: field.column for field in model._meta.concrete_fields}
    return pgtrigger.UpdateOf(*(columns[name] for name in fields))


def _keep(
    model: type[models.Model],
    trackers: tuple[pghistory.Tracker, ...],
    *,
    fields: list[str] | None = None,
    level: pgtrigger.Level = pgtrigger.Row,
) -> None:
    pghistory.track(
        *trackers,
        fields=fields,
        obj_field=pghistory.ObjForeignKey(related_name="history"),
        context_field=pghistory.ContextJSONField(),
        context_id_field=None,  # type: ignore[arg-type]
        model_name=f"{model.__name__}History",
        attrs={"pgh_id": models.BigAutoField(primary_key=True)},
        meta={"ordering": ("pgh_id",), "default_permissions": ()},
        level=level,
    )(model)


AGREEMENT = (
    Calendar,
    Team,
    Absence,
    Reason,
    Track,
    Stage,
    Step,
    Checklist,
    AreaOwner,
    Goal,
    DefinitionVersion,
    Motion,
    FitCriterion,
    Signal,
    DecideRule,
    Tier,
    RouteRule,
    Example,
)

for _model in AGREEMENT:
    keep_every_change(_model)
keep_every_change(UserGroup)
keep_changes_of(
    Membership,
    (
        "team",
        "user",
        "weight",
        "max_open",
        "max_per_day",
        "calendar",
        "languages",
        "territories",
        "products",
        "motions",
        "active",
    ),
)
keep_changes_of(User, ("email", "name", "timezone", "is_active", "is_staff", "is_superuser"))
keep_changes_of(ApiKey, ("name", "prefix", "scopes", "created_by", "revoked_at"))
