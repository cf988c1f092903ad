"""The next hand-over of the path, such as SDR to AE, with its own routing and tiers.

Source: contracts.md §3, `steps`.
"""

import datetime as dt

from django.db import transaction

from handoff import rules, statements
from handoff.models import Step, User
from handoff.rules.compile import compile_definition
from leads.models import Handoff

from . import clocks
from .consequences import pass_on
from .judging import FACTS, TOUCHES, wanted_by
from .law import Law, folding, law
from .owning import enter
from .routing import Asked
from .states import Invalid, move


def advance(
    handoff_id: int, *, note: str = "", actor: User, at: dt.datetime, by: str = ""
) -> Handoff:
    """End this step and hand the lead to the next; the new hand-over."""
    with transaction.atomic():
        handoff = enter(handoff_id, actor=actor)
        step = Step.objects.select_related("checklist").filter(comes_from=handoff.step).first()
        if step is None:
            raise Invalid("step", f"The agreement has no step after “{handoff.step}”.")
        move(handoff, "advance", actor=actor, at=at, by=by, body={"to": step.key, "note": note})
        clocks.stop([handoff.pk], at=at)
        request, tier = _route(handoff, step, law(handoff.version_id), at=at)
        return pass_on(handoff, request, actor=actor, at=at, step=step.key, tier=tier)


def _route(handoff: Handoff, step: Step, law: Law, *, at: dt.datetime) -> tuple[Asked, str | None]:
    """The step's own routing rules, asked of the lead as it is now, by the law that judged it."""
    definition = rules.step_definition(law.definition, route=step.route, tiers=step.tiers)
    compiled = compile_definition(definition, folding=folding())
    judge = compiled.sql(facts="SELECT * FROM facts", touches=TOUCHES)
    rows = statements.fetch(
        f"WITH facts AS MATERIALIZED ({FACTS}), said AS ({judge}) SELECT routes FROM said",
        [[handoff.lead_id], [at]],
    )
    held = set(rows[0][0]) or {definition.route[-1].key}
    chosen = tuple(rule for rule in definition.route if rule.key in held)
    tiers = {tier.key for tier in definition.tiers}
    fallback = definition.tiers[0].key if definition.tiers else handoff.tier
    tier = handoff.tier if handoff.tier in tiers else fallback
    wanted = wanted_by(handoff.judgement)
    return Asked(handoff.lead_id, chosen, at, definition.route, wanted=wanted), tier
