"""Boxes of forms that are drawn in Python stand on the page as Django's own templates draw them."""

import datetime as dt
from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates, get_default_renderer
from django.utils.safestring import mark_safe

from handoff.drawing import DRAWN, Renderer

NASTY = "<b onclick=\"x('&')\">"
CHOICES = [
    ("", "Any"),
    (1, "One"),
    (2.5, 1000),
    (None, mark_safe("<i>none</i>")),
    (NASTY, NASTY),
    ("Others", [("3", "Three"), (mark_safe("a&b"), "A and B")]),
    (NASTY, [("4", NASTY)]),
]
ATTRIBUTES: dict[str, Any] = {
    "class": "form-select",
    "aria-label": NASTY,
    "required": True,
    "disabled": False,
    "data-none": None,
    "data-number": 1000,
    "data-safe": mark_safe("&amp;"),
}


class Marked(forms.Select):
    """A select whose options carry attributes of their own."""

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(*args, **kwargs)
        option["attrs"] |= ATTRIBUTES
        return option


BOXES: list[tuple[forms.Widget, Any]] = [
    (forms.Select(ATTRIBUTES, CHOICES), 1),
    (forms.Select(ATTRIBUTES, CHOICES), "3"),
    (forms.Select(choices=CHOICES), NASTY),
    (forms.Select(), None),
    (Marked(choices=CHOICES), 2.5),
    (forms.SelectMultiple(ATTRIBUTES, CHOICES), ["1", "3", "4"]),
    (forms.NullBooleanSelect(ATTRIBUTES), True),
    (forms.TextInput(ATTRIBUTES), NASTY),
    (forms.TextInput({"type": "search", "placeholder": NASTY}), None),
    (forms.TextInput(), ""),
    (forms.TextInput(), 1000.5),
    (forms.TextInput(), mark_safe("&amp;")),
    (forms.HiddenInput(ATTRIBUTES), 0),
    (forms.DateInput(ATTRIBUTES), dt.date(2026, 10, 12)),
    (forms.SplitDateTimeWidget(), dt.datetime(2026, 10, 12, 9, 30)),
    (forms.SelectDateWidget(years=[2026, 2027]), dt.date(2026, 10, 12)),
    (forms.MultipleHiddenInput(), ["1", NASTY]),
]


@pytest.mark.parametrize(("box", "value"), BOXES)
def test_a_box_is_what_djangos_templates_make_of_it(box: forms.Widget, value: Any) -> None:
    drawn = box.render("team", value, {"id": "id_team"}, renderer=Renderer())
    assert drawn == box.render("team", value, {"id": "id_team"}, renderer=DjangoTemplates())


def test_every_form_is_drawn_so() -> None:
    assert isinstance(get_default_renderer(), Renderer)
    tried = {box.template_name for box, _ in BOXES if isinstance(box, forms.Widget)}
    assert tried >= DRAWN.keys()
