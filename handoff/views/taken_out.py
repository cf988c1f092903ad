"""A row just taken out of a draft, and the way back.

Who takes it out calls `keep`; the page shown next writes what `offered` gives into a form; where
that form goes, `sent_back` reads the row.
"""

import json
from typing import Any

from handoff.models import DefinitionVersion
from handoff.models.definition import Document

from .sent import pasted
from .signed_in import SignedIn

KEY = "taken_out"


def keep(
    request: SignedIn, draft: DefinitionVersion, section: str, place: int, row: Document, said: str
) -> None:
    """Have the row offered back by the next page of this version. `draft`: as it was before;
    `said`: the row in words."""
    request.session[KEY] = {
        "number": draft.number,
        "revision": draft.revision + 1,
        "section": section,
        "place": place,
        "key": row.get("key"),
        "row": json.dumps(row),
        "said": said,
    }


def offered(request: SignedIn, version: DefinitionVersion) -> dict[str, Any] | None:
    """The row just taken out of this version, told once; None where it was changed since."""
    kept: dict[str, Any] | None = request.session.get(KEY)
    if not kept or kept["number"] != version.number or request.method != "GET":
        return None
    del request.session[KEY]
    return kept if kept["revision"] == version.revision else None


def sent_back(request: SignedIn) -> Document | None:
    """The row that a form sends back; None where there is none in it."""
    try:
        row = pasted(request.POST.get("row", ""))
    except ValueError:
        return None
    return row if isinstance(row, dict) else None
