"""The clauses of a version, and the definition that says how often each of them counts.

Points of nothing, or of a fraction, would hide what held. So the clauses are judged once more with
points of a thousand each: the parts of the scores are then the counts, to a ten-thousandth.
"""

import copy
from typing import Any

from handoff.labels import humanise
from handoff.models import DefinitionVersion
from handoff.rules.definition import Definition
from leads.journey.law import law_of
from reviews.measures.lift.results import Clause

POINTS = 1000
SECTIONS = {"fit": "fit_parts", "signals": "intent_parts"}
APPLIES = "applies-to-clause-"
"""Criteria that are added to tell for whom a clause of some leads only is meant."""

Document = dict[str, Any]


def clauses_of(version: DefinitionVersion) -> list[Clause]:
    """Fit criteria and signals of a version, in its order."""
    document = version.document()
    return [
        Clause(section, row["key"], row.get("label") or humanise(row["key"]), float(row["points"]))
        for section in SECTIONS
        for row in document.get(section) or ()
    ]


def counting(document: Document) -> tuple[Definition, list[str]]:
    """A definition whose parts count the clauses of a document, and for each clause, in the order
    of `clauses_of`, the key of the criterion that tells whom it is for; empty: everybody."""
    changed = copy.deepcopy(document)
    added: list[Document] = []
    whom: list[str] = []
    for section in SECTIONS:
        for row in changed.get(section) or ():
            row["points"] = POINTS
            limits = _limits(row)
            whom.append(f"{APPLIES}{len(added)}" if limits else "")
            if limits:
                added.append({"key": whom[-1], "points": POINTS, **limits})
    changed["fit"] = [*(changed.get("fit") or ()), *added]
    changed["examples"] = []
    return law_of(changed, version_id=0, number=0).definition, whom


def _limits(row: Document) -> Document:
    """The motion and sources that a clause is limited to, as a criterion says them."""
    limits: Document = {"motion": row["motion"]} if row.get("motion") else {}
    if row.get("sources"):
        limits["when"] = [{"field": "source", "in": list(row["sources"])}]
    return limits
