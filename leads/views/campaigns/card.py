"""What a lead's page shows of campaigns: the brief that fits, and what was promised."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, OuterRef, Subquery, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import JSONObject
from django.utils import timezone

from handoff.labels import labels_of
from leads.journey import briefing, selling
from leads.models import Brief, Finding, Judgement, Lead, Offer, Touchpoint
from leads.models.brief import OF_LEAD
from leads.models.matches import Among, Said

OFFERED = (
    "id", "name", "promise", "motions", "countries", "industries", "employees_from",
    "employees_to", "starts_on", "ends_on",
)  # fmt: skip
NEWEST = 500
"""Leads among which one is looked for to show a brief on."""


def joined(reader: int) -> dict[str, Combinable]:
    """Columns for a statement about leads: `brief` that `reader` is told, and `offered`."""
    of_lead = {name: OuterRef(name) for name in OF_LEAD}
    briefs = Brief.objects.fitting(of_lead).told(OuterRef(OuterRef("pk")), reader)
    offers = Offer.objects.called(OuterRef("offer")).values(
        one=JSONObject(**{name: name for name in OFFERED})
    )
    return {"brief": Subquery(briefs[:1]), "offered": Subquery(offers[:1])}


def shown(
    lead: Lead, judgement: Judgement | None, touchpoints: Iterable[Touchpoint]
) -> dict[str, Any]:
    """The card of a lead that was read with `joined`, and what was promised and does not fit."""
    told = getattr(lead, "brief", None)
    return {
        "brief": briefing.card(told, lead, judgement, touchpoints, _found(lead)),
        **_promised(getattr(lead, "offered", None), lead, judgement),
    }


def previewed(brief: Brief, lead: Lead, judgement: Judgement | None) -> briefing.Card:
    """A brief, saved or not, beside a lead; nobody votes on a preview."""
    told = {name: getattr(brief, name) for name in ("questions", "objections", "readings")}
    told |= {name: getattr(brief, name) for name in ("pain", "talk_track", "proof", "goal")}
    told |= {"pk": None, "mine": None}
    told |= {"campaign": brief.campaign and brief.campaign.name}
    told |= {"persona": brief.persona and brief.persona.name}
    found = found_of(lead)
    made = briefing.card(told, lead, judgement, lead.touchpoints.all(), found)
    assert made is not None
    return made


def found_of(lead: Lead) -> set[str]:
    """Items of checklists that somebody has answered, asked for anew."""
    answers = Finding.objects.filter(lead=lead).newest()
    return {answer.item for answer in answers if answer.value}


def a_lead_for(brief: Brief, leads: Any) -> Lead | None:
    """The newest of `leads` that the brief is for, among the NEWEST; else the newest of all."""
    newest = leads.order_by("-last_seen_at", "-pk")
    rows = Lead.objects.filter(pk__in=newest.values("pk")[:NEWEST])
    if brief.campaign:
        keys = _list(brief.campaign.keys)
        rows = rows.annotate(exactness=Said(F("campaign"), keys)).filter(exactness__isnull=False)
    if brief.persona:
        rows = rows.filter(
            Among(F("function"), _list(brief.persona.functions)),
            Among(F("seniority"), _list(brief.persona.seniorities)),
        )
    return rows.order_by("-last_seen_at", "-pk").first() or newest.first()


def _found(lead: Lead) -> set[str]:
    """Items of checklists that somebody has answered, as the lead's page read them."""
    return {row["item"] for row in getattr(lead, "found_out", ()) if row["value"]}


def _promised(
    offered: Mapping[str, Any] | None, lead: Lead, judgement: Judgement | None
) -> dict[str, Any]:
    if offered is None:
        return {"offered": None, "misfits": []}
    offer = Offer(**{name: _read(name, value) for name, value in offered.items()})
    motions = labels_of(judgement.version_id).motions if judgement else {}
    facts = selling.facts_of(lead, judgement)
    today = timezone.localdate()
    return {
        "offered": offer,
        "misfits": selling.misfits(offer, facts, on=today, motions=motions),
    }


def _read(name: str, value: Any) -> Any:
    field: Any = Offer._meta.get_field(name)
    return field.to_python(value)


def _list(names: list[str]) -> Value:
    return Value(names, output_field=ArrayField(TextField()))
