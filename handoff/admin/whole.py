"""The rows of a draft, as posted, judged together as one definition."""

import re
from typing import Any

from django.forms import BaseForm, BaseInlineFormSet

from handoff.models import SECTIONS, DefinitionVersion
from handoff.models.definition import MARKETING_COLUMNS
from handoff.publishing import known_keys
from handoff.rules import parse

Section = list[Any]

LAST = 32767
"""The place of a row that was given none."""

PLACE = re.compile(r"^(?:definition\.)?(?P<section>\w+)(?:\[(?P<row>\d+)\])?(?:\.(?P<rest>.+))?$")

FIELDS = {"to": "to_key"}
CLOCKS = frozenset({"assign", "accept", "first_touch", "follow_up"})


class Whole:
    """A posted draft: its document, and every fault put where the person typed it."""

    def __init__(self, version: DefinitionVersion, formsets: list[Any]) -> None:
        self.version = version
        self.formsets = {formset.model: formset for formset in formsets}
        self.form: BaseForm | None = None
        self.warnings: list[Any] = []

    def rows(self, section: type[Any]) -> Section:
        """The forms of a section that stay, in the order of their places."""
        formset = self.formsets[section]
        kept = [
            form
            for form in formset.forms
            if not (formset.can_delete and formset._should_delete_form(form))
            and (form.instance.pk or form.has_changed())
        ]
        return sorted(kept, key=lambda form: form.instance.position)

    def document(self) -> dict[str, Any]:
        """What the version will say once it is saved."""
        said = {
            name: [form.instance.as_row() for form in self.rows(kind)] for name, kind in SECTIONS
        }
        version = self.version
        head: dict[str, Any] = {"summary": version.summary} if version.summary else {}
        if version.required:
            head["required"] = list(version.required)
        if marketing := version.marketing():
            head["marketing"] = marketing
        always = {name for name, kind in SECTIONS if kind.always_written}
        return head | {name: rows for name, rows in said.items() if rows or name in always}

    def holds(self) -> bool:
        """Whether nothing is wrong; what is wrong is said at its place, all of it at once.

        A row that could not be read on its own is left with what was said about it then.
        """
        if self.form is None:
            return False
        unread = {id(form) for kind in self.formsets for form in self.rows(kind) if form.errors}
        parsed = parse(self.document(), **known_keys())
        self.warnings = list(parsed.warnings)
        for fault in parsed.faults:
            self._say(self.form, unread, str(fault.place), fault.message)
        return not parsed.faults

    def _say(self, form: BaseForm, unread: set[int], place: str, message: str) -> None:
        found = PLACE.match(place)
        section = dict(SECTIONS).get(found["section"]) if found else None
        if found is None or section is None:
            name = found["section"] if found else ""
            if found and name == "marketing":
                name = MARKETING_COLUMNS.get(found["rest"] or "", name)
            form.add_error(name if name in form.fields else None, _with_line(None, message))
            return
        rows = self.rows(section)
        if found["row"] is None or int(found["row"]) >= len(rows):
            formset: BaseInlineFormSet[Any, Any, Any] = self.formsets[section]
            formset._non_form_errors.append(_with_line(None, message))  # type: ignore[attr-defined]
            return
        row = rows[int(found["row"])]
        if id(row) in unread:
            return
        field = _field(found["rest"] or "")
        row.add_error(field if field in row.fields else None, _with_line(found["rest"], message))


def _field(rest: str) -> str:
    name = re.split(r"[.\[]", rest, maxsplit=1)[0]
    return "clocks" if name in CLOCKS else FIELDS.get(name, name)


def _with_line(rest: str | None, message: str) -> str:
    """A fault as a sentence; one of a condition names its line."""
    line = re.match(r"when(?:\.(?P<mode>all|any))?\[(?P<at>\d+)\]", rest or "")
    if line is None:
        return f"{message[:1].upper()}{message[1:]}."
    return f"Line {int(line['at']) + (2 if line['mode'] == 'any' else 1)}: {message}."


def renumber(version: DefinitionVersion) -> None:
    """Give the rows of each section the places 1, 2, 3 … in the order they have."""
    for section, row_class in SECTIONS:
        rows = list(getattr(version, section).order_by("position", "pk"))
        moved = [(row, place) for place, row in enumerate(rows, 1) if row.position != place]
        for row, place in moved:
            row.position = place
        row_class.objects.bulk_update([row for row, _ in moved], ["position"])
