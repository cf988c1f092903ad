"""What every page of the measures is drawn with: the question, its filters and where they lead."""

from typing import Any

from django.http import Http404

from reviews.asking import Asked, options, shown_names
from reviews.measures.dimensions import DIMENSIONS


def narrowing(wanted: Asked, here: str) -> dict[str, Any]:
    """The question as its form and chips show it; `here`: which page it is."""
    shown = shown_names(wanted)
    return {
        "section": "measures",
        "here": here,
        "asked": wanted,
        "selects": options(wanted, {}, shown),
        "more": [one for one in DIMENSIONS.values() if one.key not in shown],
        "chips": wanted.chips(),
        "address": wanted.address(),
    }


def table_by(wanted: Asked, by: str) -> dict[str, Any]:
    """The dimension that a table is by, "" for none, and those it could be by."""
    return {
        "dimensions": DIMENSIONS.values(),
        "by": by,
        "by_label": DIMENSIONS[by].label if by else "",
        "with_by": wanted.address(by=by),
    }


def chosen_dimension(by: str) -> str:
    """By what is asked; "" for nothing. Raises Http404 for what there is not."""
    if by and by not in DIMENSIONS:
        raise Http404
    return by
