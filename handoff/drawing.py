"""How the boxes of forms are drawn: in the words of Django's own templates, to the letter. Those a
page has many of are drawn in Python, since an option of a select is three templates otherwise."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.html import conditional_escape as escaped
from django.utils.safestring import SafeString, mark_safe

Box = Mapping[str, Any]
"""What a widget says of itself to a template, as `widget`."""


class Renderer(DjangoTemplates):
    """Draws every form of the house (FORM_RENDERER)."""

    def render(
        self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None
    ) -> SafeString:
        draw = DRAWN.get(template_name)
        if draw is None:
            return mark_safe(super().render(template_name, context, request))
        return mark_safe(draw(context["widget"]))


def _select(box: Box) -> str:
    drawn = "".join(_groups(box["optgroups"]))
    return f'<select name="{escaped(box["name"])}"{_attributes(box)}>{drawn}\n</select>'


def _groups(groups: list[tuple[str | None, list[Box], int]]) -> Iterator[str]:
    for name, options, _ in groups:
        drawn = "".join([_option(one) for one in options])
        yield f'\n  <optgroup label="{escaped(name)}">{drawn}\n  </optgroup>' if name else drawn


def _option(box: Box) -> str:
    label = escaped(box["label"])
    return f'\n  <option value="{escaped(box["value"])}"{_attributes(box)}>{label}</option>\n'


def _input(box: Box) -> str:
    kind, name = escaped(box["type"]), escaped(box["name"])
    value = "" if box["value"] is None else f' value="{escaped(box["value"])}"'
    return f'<input type="{kind}" name="{name}"{value}{_attributes(box)}>'


def _attributes(box: Box) -> str:
    """Those that are False are left out, and those that are True have no value."""
    return "".join(
        [
            f" {escaped(name)}" if value is True else f' {escaped(name)}="{escaped(value)}"'
            for name, value in box["attrs"].items()
            if value is not False
        ]
    )


DRAWN: dict[str, Callable[[Box], str]] = {
    "django/forms/widgets/select.html": _select,
    "django/forms/widgets/text.html": _input,
    "django/forms/widgets/hidden.html": _input,
}
