"""The form of an example as its page draws it: filled in from a row, or as it was sent."""

import re
from collections.abc import Iterable
from typing import Any

from django.utils.datastructures import MultiValueDict

from handoff.models import DefinitionVersion
from handoff.models.definition import Document
from handoff.rules.faults import Fault
from handoff.views.sent import whole

from . import picking
from .reading import Typed, typed_of

TOUCH = re.compile(r"touchpoints\[(\d+)\](?:\.(\w+))?")
MORE, LESS = "more", "less"
"""Names of the buttons that add and take away a field (`f`) or a touchpoint (`t`)."""

FOCUS = "focus"
"""Where the person was: what they added, or the kind of what they took away."""


def filled(version: DefinitionVersion, row: Document) -> dict[str, Any]:
    """The form of an example as it stands."""
    return _form(version, typed_of(row), {})


def bound(version: DefinitionVersion, sent: Typed, faults: Iterable[Fault] = ()) -> dict[str, Any]:
    """The form as it was sent, each fault at its place."""
    errors: dict[str, list[str]] = {}
    for fault in faults:
        errors.setdefault(fault.place, []).append(_sentence(fault.message))
    return _form(version, sent, errors)


def changed_parts(sent: Typed) -> Typed | None:
    """What was sent with a field or touchpoint more, or one less; None where neither was asked."""
    more, less = sent.get(MORE), sent.get(LESS)
    letter = (more or less or "")[:1]
    if letter not in ("f", "t"):
        return None
    typed: Typed = MultiValueDict({name: sent.getlist(name) for name in sent})
    numbers = sent.getlist(letter)
    if more:
        taken = [whole(n) or 0 for n in numbers]
        added = str(max(taken, default=-1) + 1)
        typed.setlist(letter, [*numbers, added])
        typed[FOCUS] = f"{letter}{added}"
    else:
        typed.setlist(letter, [n for n in numbers if f"{letter}{n}" != less])
        typed[FOCUS] = letter
    return typed


def places_in_form(faults: Iterable[Fault], sent: Typed) -> list[Fault]:
    """Faults of a row at the names their parts have in the form."""
    names = {sent.get(f"f{n}-name"): f"f{n}-value" for n in sent.getlist("f")}
    touches = [n for n in sent.getlist("t") if sent.get(f"t{n}-signal") or sent.get(f"t{n}-when")]
    found = []
    for fault in faults:
        head, _, rest = fault.place.partition(".")
        place = fault.place
        if head == "lead" and rest in names:
            place = names[rest]
        elif head == "expect" and rest:
            place = f"x-{rest}"
        elif (touch := TOUCH.match(fault.place)) and int(touch[1]) < len(touches):
            place = f"t{touches[int(touch[1])]}-{'signal' if touch[2] == 'signal' else 'when'}"
        found.append(Fault(place, fault.message))
    return found


def _form(version: DefinitionVersion, typed: Typed, errors: dict[str, list[str]]) -> dict[str, Any]:
    fields = picking.fields_of(typed, errors)
    touches = picking.touches_of(version.document(), typed, errors)
    expectations = picking.expectations_of(version, typed, errors)
    placed = {f"{part.prefix}-{end}" for part in fields for end in ("value",)}
    placed |= {f"{part.prefix}-{end}" for part in touches for end in ("signal", "when")}
    placed |= {f"x-{one.name}" for one in expectations} | {"name", "why", "expect", "x-missing"}
    rest = [said for place, told in errors.items() if place not in placed for said in told]
    return {
        "typed": typed,
        "kind": typed.get("kind") or "example",
        "name": typed.get("name") or "",
        "why": typed.get("why") or "",
        "fields": fields,
        "touches": touches,
        "expectations": expectations[:4],
        "further": expectations[4:],
        "open": any(one.value or one.errors for one in expectations[4:])
        or bool(typed.get("x-missing-said")),
        "missing": picking.missing_choices(version, typed),
        "missing_said": bool(typed.get("x-missing-said")),
        "field_choices": picking.field_choices(),
        "unit_choices": picking.UNIT_CHOICES,
        "missing_errors": errors.get("x-missing", ()),
        "focus": typed.get(FOCUS) or "",
        "errors": errors,
        "rest": rest,
    }


def _sentence(message: str) -> str:
    said = message[:1].upper() + message[1:]
    return said if said.endswith((".", "?", "!")) else f"{said}."
