"""Columns of campaigns, offers, briefs, personas and texts."""

from collections.abc import Iterable

import django_tables2 as tables
from django.db import models
from django.utils.html import format_html
from django.utils.safestring import SafeString

from handoff.labels import humanise
from handoff.tables import BaseTable, address_of
from leads.models import Brief, Campaign, Offer, PageName, Persona, TextTemplate

NUMBER = {"td": {"class": "num"}, "th": {"class": "num"}}
WIDE = {"td": {"class": "wide"}}


class DescribedTable(BaseTable):
    """The first column names the thing, says whether it was put away, and links."""

    icon_name = "book"

    def named(self, record: models.Model, page: str, below: str) -> SafeString:
        away = format_html(' <span class="tag">{}</span>', "Put away") if record.archived else ""  # type: ignore[attr-defined]
        return format_html(
            '<div class="who"><a href="{}">{}</a><span>{}{}</span></div>',
            address_of(f"leads:{page}", record.pk),
            record,
            below,
            away,
        )


class CampaignTable(DescribedTable):
    name = tables.Column(order_by=("name", "pk"))
    owner = tables.Column(order_by=("owner__name", "pk"), default="Nobody yet")
    runs = tables.Column(
        verbose_name="Runs", accessor="starts_on", order_by=("starts_on", "pk"), empty_values=()
    )
    keys = tables.Column(verbose_name="Comes with leads as", orderable=False, attrs=WIDE)
    briefs = tables.Column(
        accessor="number_of_briefs", order_by=("number_of_briefs", "pk"), attrs=NUMBER
    )

    empty_title = "No campaign is described yet"
    empty_says = "Once marketing describes one, sales reads beside its leads what to say and ask."

    class Meta(BaseTable.Meta):
        model = Campaign
        fields = ()
        sequence = ("name", "owner", "runs", "keys", "briefs")
        order_by = "name"

    def render_name(self, record: Campaign) -> SafeString:
        return self.named(record, "campaign", record.theme)

    def render_runs(self, record: Campaign) -> str:
        return days(record)

    def render_keys(self, record: Campaign) -> str:
        return ", ".join(record.keys)


class OfferTable(DescribedTable):
    name = tables.Column(order_by=("name", "pk"))
    runs = tables.Column(
        verbose_name="To be had",
        accessor="starts_on",
        order_by=("starts_on", "pk"),
        empty_values=(),
    )
    sold = tables.Column(
        verbose_name="Sold by", accessor="motions", orderable=False, empty_values=()
    )
    to = tables.Column(verbose_name="To", accessor="pk", orderable=False, attrs=WIDE)

    icon_name = "target"
    empty_title = "No offer is described yet"
    empty_says = "Describe what people ask for: what it promises, and who can sell it to whom."

    class Meta(BaseTable.Meta):
        model = Offer
        fields = ()
        sequence = ("name", "runs", "sold", "to")
        order_by = "name"

    def render_name(self, record: Offer) -> SafeString:
        return self.named(record, "offer", record.promise)

    def render_runs(self, record: Offer) -> str:
        return days(record)

    def render_sold(self, record: Offer) -> str:
        return listed(map(humanise, record.motions)) or "Every motion"

    def render_to(self, record: Offer) -> str:
        return segment(record)


class BriefTable(DescribedTable):
    who = tables.Column(
        verbose_name="Brief", accessor="pk", order_by=("campaign__name", "persona__name", "pk")
    )
    goal = tables.Column(orderable=False, attrs=WIDE)
    worked = tables.Column(order_by=("worked", "pk"), attrs=NUMBER)
    missed = tables.Column(verbose_name="Did not help", order_by=("missed", "pk"), attrs=NUMBER)

    icon_name = "message"
    empty_title = "No brief yet"
    empty_says = "One for every campaign and everybody is a good start; then one for each persona."

    class Meta(BaseTable.Meta):
        model = Brief
        fields = ()
        sequence = ("who", "goal", "worked", "missed")
        order_by = "who"

    def render_who(self, record: Brief) -> SafeString:
        number = len(record.questions)
        below = f"{number} question{'' if number == 1 else 's'}"
        return self.named(record, "brief", below)


class PersonaTable(DescribedTable):
    name = tables.Column(order_by=("name", "pk"))
    known_by = tables.Column(verbose_name="Known by", accessor="pk", orderable=False, attrs=WIDE)
    position = tables.Column(order_by=("position", "pk"), attrs=NUMBER)

    icon_name = "user"
    empty_title = "No persona yet"
    empty_says = "Name somebody one talks to in a way of their own, such as a finance lead."

    class Meta(BaseTable.Meta):
        model = Persona
        fields = ()
        sequence = ("name", "known_by", "position")
        order_by = "position"

    def render_name(self, record: Persona) -> SafeString:
        return self.named(record, "persona", "")

    def render_known_by(self, record: Persona) -> str:
        return known_by(record)


class TextTable(DescribedTable):
    name = tables.Column(order_by=("name", "pk"))
    kind = tables.Column(order_by=("kind", "name", "pk"))
    language = tables.Column(order_by=("language", "pk"), empty_values=())

    icon_name = "mail"
    empty_title = "No text yet"
    empty_says = (
        "Write a first mail once, with places for names; every rep fills it with one click."
    )

    class Meta(BaseTable.Meta):
        model = TextTemplate
        fields = ()
        sequence = ("name", "kind", "language")
        order_by = "kind"

    def render_name(self, record: TextTemplate) -> SafeString:
        return self.named(record, "text", record.subject)

    def render_language(self, record: TextTemplate) -> str:
        return record.language or "Any"


class PageTable(DescribedTable):
    name = tables.Column(order_by=("name", "pk"))
    paths = tables.Column(verbose_name="Its path", orderable=False, attrs=WIDE)

    icon_name = "file-text"
    empty_title = "No page has a name yet"
    empty_says = (
        "Pages are called by their address: /guides/close-faster is “close faster guide”. Name one"
        " here where that says too little."
    )

    class Meta(BaseTable.Meta):
        model = PageName
        fields = ()
        sequence = ("name", "paths")
        order_by = "name"

    def render_name(self, record: PageName) -> SafeString:
        return self.named(record, "page", "")

    def render_paths(self, record: PageName) -> str:
        return listed(record.paths)


def days(one: Campaign | Offer) -> str:
    """“1 Oct to 30 Nov 2026”; “Always” without either day."""
    if one.starts_on and one.ends_on:
        return f"{one.starts_on:%-d %b %Y} to {one.ends_on:%-d %b %Y}"
    if one.starts_on:
        return f"From {one.starts_on:%-d %b %Y}"
    return f"Until {one.ends_on:%-d %b %Y}" if one.ends_on else "Always"


def segment(offer: Offer) -> str:
    """To whom an offer can be sold: “US, CA; fintech; 50 to 2,000 people”."""
    least, most = offer.employees_from, offer.employees_to
    size = ""
    if least or most:
        size = f"{least:,} people or more" if least else f"up to {most:,} people"
        size = f"{least:,} to {most:,} people" if least and most else size
    parts = (listed(offer.countries), listed(offer.industries), size)
    return "; ".join(filter(None, parts)) or "Everybody"


def known_by(persona: Persona) -> str:
    """“Finance; head, director; title says controller”."""
    words = f"title says {listed(persona.role_words)}" if persona.role_words else ""
    parts = (
        listed(map(humanise, persona.functions)),
        listed(map(humanise, persona.seniorities)),
        words,
    )
    return "; ".join(filter(None, parts))


def listed(names: Iterable[str]) -> str:
    return ", ".join(names)
