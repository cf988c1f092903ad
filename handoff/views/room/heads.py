"""What of a version is no row: its summary, marketing's half and the required context. Pure."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from handoff.models.definition import Document
from handoff.rules.fields import CATALOGUE, FACTS
from handoff.rules.sentences import field_name

from .reading import Sent, whole_number

HEADS = ("summary", "marketing", "required")
TYPED = {"handover": "text", "context": "context", "returned": "returned"}
"""What marketing promises, and the field in which its minutes are typed."""


class Needed(NamedTuple):
    """A field that a lead may be required to carry; `change`: "", new or gone."""

    name: str
    label: str
    change: str = ""


@dataclass(frozen=True)
class Head:
    """The part that is open and what was typed into it."""

    part: str
    text: str = ""
    picked: tuple[str, ...] = ()
    faults: list[str] = field(default_factory=list)
    overtaken: str = ""
    minutes: dict[str, str] = field(default_factory=dict)

    @property
    def fields(self) -> list[tuple[str, str, bool]]:
        """Every field that may be required: name, label, whether it is picked."""
        names = [name for name in FACTS if not CATALOGUE[name].always_known]
        names += [name for name in self.picked if name not in names]
        return [(name, field_name(name), name in self.picked) for name in names]


def open_head(part: str, document: Document) -> Head | None:
    """A part as it stands, open; None where there is no such part."""
    if part not in HEADS:
        return None
    promised = document.get("marketing") or {}
    minutes = {key: str(promised[key]) if key in promised else "" for key in TYPED}
    text = str(document.get("summary") or "") if part == "summary" else ""
    return Head(part, text, tuple(document.get("required") or ()), minutes=minutes)


def sent_head(part: str, sent: Sent, document: Document) -> Head:
    """A part as it was typed. The order of the fields that stay required is kept."""
    picked = list(sent.getlist("required"))
    before = [name for name in document.get("required") or () if name in picked]
    ordered = (*before, *(name for name in picked if name not in before))
    minutes = {key: str(sent.get(name, "") or "").strip() for key, name in TYPED.items()}
    return Head(part, str(sent.get("text", "") or "").strip(), ordered, minutes=minutes)


def reworded(head: Head, document: Document) -> tuple[dict[str, Any], list[str]]:
    """The version's summary, required and marketing's half with this part changed; and what is
    wrong."""
    values: dict[str, Any] = {
        "summary": document.get("summary") or "",
        "required": list(document.get("required") or ()),
        "marketing": document.get("marketing") or {},
    }
    if head.part == "marketing":
        typed = {key: text for key, text in head.minutes.items() if text}
        promised = {key: whole_number(text) for key, text in typed.items()}
        wrong = [
            f"“{typed[key]}” is no whole number of minutes"
            for key, minutes in promised.items()
            if minutes is None
        ]
        if wrong:
            return values, wrong
        values["marketing"] = promised
    elif head.part == "required":
        values["required"] = list(head.picked)
    else:
        values["summary"] = head.text
    return values, []


def required_view(document: Document, base: Document | None) -> list[Needed]:
    """The required fields, those added and dropped since `base` marked."""
    now = list(document.get("required") or ())
    before = now if base is None else list(base.get("required") or ())
    said = [Needed(name, field_name(name), "" if name in before else "new") for name in now]
    return said + [Needed(name, field_name(name), "gone") for name in before if name not in now]
