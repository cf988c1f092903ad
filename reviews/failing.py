"""What is said of long work that failed: what to mend where that is known, else what to do."""

from handoff.complaints import complaints_of
from handoff.models.definition import Document
from handoff.rules.faults import Faulty

LONGEST = 2000


def said(error: Exception, document: Document, *, logged: str) -> str:
    """In plain words, why work on a definition's document failed. Faults of the definition are
    named; anything else is in the log only, which says it as `logged`."""
    if isinstance(error, Faulty):
        return "\n".join(str(one) for one in complaints_of(document, error.faults))[:LONGEST]
    return (
        "It stopped for a reason that Handoff does not know. Go on to try again from where it"
        f" stopped. If it stops again, ask an administrator: the log has it as “{logged}”."
    )
