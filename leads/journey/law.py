"""The definition in force, read once per version: its rules, its statement, its tiers and routes.

A published version never changes, so what is read from it may be kept for the life of the
process. Drafts are never law.
"""

import functools
from dataclasses import dataclass
from typing import Any

from handoff import rules, statements
from handoff.checklists import FIRST_STEP
from handoff.models import DefinitionVersion, Step
from handoff.rules.compile import Compiled, compile_definition
from handoff.rules.definition import DecideRule, Definition, RouteRule, Tier
from handoff.rules.faults import Faulty
from handoff.rules.sql_text import Folding, folding_of


class NoLaw(Exception):
    """No definition is live, so nothing can be judged yet."""


@dataclass(frozen=True)
class Law:
    """One version, ready to judge by. `compiled` is its one statement."""

    version_id: int
    number: int
    definition: Definition
    compiled: Compiled
    decide: dict[str, DecideRule]
    tiers: dict[str, Tier]
    ranks: dict[str | None, int]
    routes: dict[str, RouteRule]

    def tier(self, key: str | None) -> Tier | None:
        return self.tiers.get(key) if key else None

    def rank(self, key: str | None) -> int:
        """Place of a tier; the first is the most urgent, none is the last."""
        return self.ranks.get(key, len(self.ranks))

    @property
    def track(self) -> str:
        """The track of whoever the agreement nurtures by itself; empty where it names none."""
        rules = self.definition.decide
        return next((r.track for r in rules if r.status == "nurture" and r.track), "")


@dataclass(frozen=True)
class OnTrial:
    """A running trial: its version, for whom (JSON text), and for how many of a hundred."""

    trial_id: int
    version_id: int
    when: str | None
    share: int


@dataclass(frozen=True)
class InForce:
    """What leads are judged by at a moment: the live law, and for some a version on trial.
    `webhooks`: whether any is told what happens then."""

    live: Law
    trial: OnTrial | None
    webhooks: bool


def law_of(document: dict[str, Any], *, version_id: int, number: int) -> Law:
    """The law that a definition document spells out. Raises Faulty where it has faults."""
    parsed = rules.parse(document, teams=None, reasons=None, tracks=None)
    if parsed.definition is None or parsed.faults:
        raise Faulty(parsed.faults)
    definition = parsed.definition
    return Law(
        version_id=version_id,
        number=number,
        definition=definition,
        compiled=compile_definition(definition, folding=folding()),
        decide={rule.key: rule for rule in definition.decide},
        tiers={tier.key: tier for tier in definition.tiers},
        ranks={tier.key: place for place, tier in enumerate(definition.tiers)},
        routes={rule.key: rule for rule in definition.route},
    )


@functools.cache
def folding() -> Folding:
    """How this server folds text; asked once."""
    ((number,),) = statements.fetch("SELECT current_setting('server_version_num')::int")
    return folding_of(number)


@functools.lru_cache(maxsize=64)
def law(version_id: int) -> Law:
    """The law of a published version."""
    version = DefinitionVersion.objects.with_rows().get(pk=version_id)
    return law_of(version.document(), version_id=version.pk, number=version.number)


IN_FORCE = """
SELECT v.id, EXISTS (SELECT FROM leads_webhook WHERE active),
    t.id, t.version_id, t."when"::text, t.share FROM handoff_definitionversion v
LEFT JOIN handoff_trial t ON t.ended_at IS NULL WHERE v.state = 'live'"""


def in_force() -> InForce:
    """What is in force at this moment of the transaction. Raises NoLaw."""
    rows = statements.fetch(IN_FORCE)
    if not rows:
        raise NoLaw("No definition is live. Publish one; what came in is kept and judged then.")
    live, webhooks, trial, *of_trial = rows[0]
    on_trial = None if trial is None else OnTrial(trial, *of_trial)
    return InForce(law(live), on_trial, webhooks)


def live_law() -> Law:
    """The live law at this moment of the transaction. Raises NoLaw."""
    return in_force().live


def tier_of(law: Law, step: str, key: str | None) -> Tier | None:
    """The tier of this key in a step of the path: the definition's own for the first step."""
    if step == FIRST_STEP:
        return law.tier(key)
    row = Step.objects.get(key=step)
    definition = rules.step_definition(law.definition, route=row.route, tiers=row.tiers)
    return next((tier for tier in definition.tiers if tier.key == key), None)
