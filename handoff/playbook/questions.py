"""The checklists of a playbook file: what is asked before a lead moves on, and its faults."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handoff.checklists import ASKABLE, KINDS, Item
from handoff.rules.faults import Report, one_of, shown

from .rows import RowReader, once, read_rows

HELP = 300
CHOICE = 100
KEYS = "key label required help kind choices facts call"


@dataclass(frozen=True)
class Checklist:
    """What must be answered before a lead moves on."""

    key: str
    label: str
    items: tuple[Item, ...]
    active: bool = True


def read_item(row: Mapping[str, Any], place: str, report: Report) -> Item:
    """One question; what is wrong with it goes to the report."""
    reader = RowReader(row, place, report, KEYS)
    key = reader.key()
    kind = reader.choice("kind", KINDS, "text")
    choices, facts = reader.texts("choices", CHOICE), reader.texts("facts")
    if kind == "choice" and len(choices) < 2:
        reader.missing("choices", "two answers or more to choose from")
    if kind != "choice" and choices:
        reader.wrong("choices", f"only a question of the kind choice has them, not {kind}")
    if kind == "fact" and not facts:
        reader.missing("facts", "the fields of the lead that answer it")
    for index, name in enumerate(facts):
        if name not in ASKABLE:
            expected = one_of(sorted(ASKABLE))
            reader.wrong(f"facts[{index}]", f"there is no field {shown(name)}; {expected}")
    return Item(
        key=key,
        label=reader.text("label", key) or key,
        required=reader.flag("required", True),
        help=reader.text("help", most=HELP),
        kind=kind,
        choices=choices,
        facts=facts,
        call=reader.flag("call", False),
    )


def read_checklists(raw: Any, report: Report) -> tuple[Checklist, ...]:
    def checklist(row: Mapping[str, Any], place: str) -> Checklist:
        reader = RowReader(row, place, report, "key label items active")
        key = reader.key()
        items = reader.rows("items", lambda one, where: read_item(one, where, report))
        once([one.key for one in items], f"{place}.items", "key", report)
        label, active = reader.text("label", key) or key, reader.flag("active", True)
        return Checklist(key, label, items, active)

    checklists = read_rows(raw, "checklists", report, checklist)
    once([one.key for one in checklists], "checklists", "key", report)
    return checklists
