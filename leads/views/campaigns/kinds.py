"""The six kinds of things described here, and what their shared pages need of each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from handoff.models import User
from handoff.permissions import may_describe_campaigns, may_see_every_lead
from handoff.tables import BaseTable
from leads.models import Brief, Campaign, Offer, PageName, Persona, TextTemplate

from . import forms, tables
from .brief_form import BriefForm


@dataclass(frozen=True)
class Kind:
    """One kind: its addresses begin with `key`; `one` and `says` are words for people."""

    key: str
    one: str
    title: str
    says: str
    model: type[Any]
    form: type[forms.DescribedForm]
    table: type[BaseTable]
    rows: Callable[[], QuerySet[Any]]
    order: str = "name"

    @property
    def url(self) -> str:
        return reverse(f"leads:{self.key}")

    @property
    def add_url(self) -> str:
        return reverse(f"leads:{self.key}-add")


KINDS = {
    kind.key: kind
    for kind in (
        Kind(
            "campaigns",
            "campaign",
            "Campaigns",
            "What runs, what it is about, and what its leads are called.",
            Campaign,
            forms.CampaignForm,
            tables.CampaignTable,
            Campaign.objects.with_briefs,
        ),
        Kind(
            "offers",
            "offer",
            "Offers",
            "What each promises, and who can sell it to whom.",
            Offer,
            forms.OfferForm,
            tables.OfferTable,
            Offer.objects.all,
        ),
        Kind(
            "briefs",
            "brief",
            "Briefs",
            "What to say and ask, for a campaign and a persona. The most specific one is shown"
            " beside the lead.",
            Brief,
            BriefForm,
            tables.BriefTable,
            Brief.objects.with_votes,
            "campaign",
        ),
        Kind(
            "personas",
            "persona",
            "Personas",
            "Who one talks to in a way of their own. Where several fit a lead, the first speaks.",
            Persona,
            forms.PersonaForm,
            tables.PersonaTable,
            Persona.objects.all,
            "position",
        ),
        Kind(
            "texts",
            "text",
            "Texts",
            "Mails, notes and summaries that are filled from the lead.",
            TextTemplate,
            forms.TextForm,
            tables.TextTable,
            TextTemplate.objects.all,
            "kind",
        ),
        Kind(
            "pages",
            "page",
            "Pages",
            "What pages of your site are called in a lead’s journey, where their address says too"
            " little.",
            PageName,
            forms.PageForm,
            tables.PageTable,
            PageName.objects.all,
        ),
    )
}


def only_describers(user: User) -> None:
    """For everybody else these pages are not there."""
    if not may_describe_campaigns(user):
        raise Http404


def only_seers(user: User) -> None:
    """Pages that tell of leads of every team are there for who may see them."""
    if not may_see_every_lead(user):
        raise Http404


def one_of(kind: Kind, pk: int) -> Any:
    """One of a kind, put away or not; 404 where there is none."""
    return get_object_or_404(kind.rows(), pk=pk)


def frame(user: User, current: str) -> dict[str, Any]:
    """What the shell of these pages needs."""
    return {
        "section": "playbook",
        "current": current,
        "kinds": KINDS.values(),
        "may_describe": may_describe_campaigns(user),
        "may_see_every_lead": may_see_every_lead(user),
    }
