"""A definition whose hand-raisers wait for a marketing person, as tests of approval need it."""

import datetime as dt
from typing import Any

from handoff.models import DefinitionVersion
from leads.models import Approval
from tests import factories as make
from tests.factories import DEFINITION, MONDAY, DefinitionVersionFactory
from tests.leads.arriving import arrive

LATER = MONDAY + dt.timedelta(minutes=7)


def asking(**changes: Any) -> dict[str, Any]:
    """DEFINITION, with the rule `hand_raiser` asking for approval, and with `changes` to it."""
    rules = [
        {**rule, "approve": True, **changes} if rule["key"] == "hand_raiser" else rule
        for rule in DEFINITION["decide"]
    ]
    return {**DEFINITION, "decide": rules}


def agreement_that_asks() -> DefinitionVersion:
    """The teams, reasons and track, and that definition, live."""
    version: DefinitionVersion = DefinitionVersionFactory(live=True, document=asking())
    make.agreement_in_force()
    return version


def replace_law(document: dict[str, Any]) -> DefinitionVersion:
    """Another version in force, as publishing leaves it."""
    DefinitionVersion.objects.live().update(state="retired")
    version: DefinitionVersion = DefinitionVersionFactory(live=True, document=document)
    return version


def waiting(**payload: Any) -> Approval:
    """The approval that an enquiry waits for."""
    outcome = arrive(**payload)
    assert outcome.handoff_id is None, outcome
    return Approval.objects.select_related("lead", "judgement").get(lead=outcome.lead_id)
