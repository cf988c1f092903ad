"""What sales says to whom: personas, and a messaging brief for a campaign and a persona."""

from collections.abc import Mapping
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject

from handoff.models import User

from .campaign import LONGEST, Campaign, Described, DescribedQuerySet
from .lead import Lead
from .matches import Among, Mentions, Said

OF_LEAD = ("campaign", "function", "seniority", "role")
"""What of a lead decides which brief is theirs."""

TOLD = ("pain", "talk_track", "proof", "goal", "questions", "objections", "readings")
"""What a brief says."""


class Persona(Described):
    """Somebody one talks to in a way of their own, known by what they do, how high they are and
    words of their title; each that is given must hold. Where several fit, the first speaks."""

    name = models.CharField(max_length=LONGEST, unique=True)
    functions = ArrayField(models.CharField(max_length=32), default=list, blank=True)
    seniorities = ArrayField(models.CharField(max_length=32), default=list, blank=True)
    role_words = ArrayField(
        models.CharField(max_length=LONGEST),
        verbose_name="words of their title",
        default=list,
        blank=True,
    )
    position = models.PositiveSmallIntegerField(
        "place", default=100, help_text="Where several personas fit, the lowest speaks."
    )

    objects = DescribedQuerySet.as_manager()

    class Meta:
        ordering = ("position", "name")
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(functions__len=0, seniorities__len=0, role_words__len=0),
                name="persona_is_somebody",
            ),
        )

    def __str__(self) -> str:
        return self.name


class BriefQuerySet(DescribedQuerySet):
    """Briefs by whom they are for."""

    def current(self) -> Self:
        """Those in use, of a campaign and persona in use."""
        used = Q(campaign=None) | Q(campaign__archived=False)
        return super().current().filter(used, Q(persona=None) | Q(persona__archived=False))

    def fitting(self, lead: Mapping[str, Any]) -> Self:
        """Those in use that fit somebody (`OF_LEAD`, as expressions), the most specific first: the
        campaign's before the general ones, within them the persona's before the one for all."""
        suits = (
            Among(lead["function"], F("persona__functions"))
            & Among(lead["seniority"], F("persona__seniorities"))
            & Mentions(lead["role"], F("persona__role_words"))
        )
        return (
            self.current()
            .annotate(exactness=Said(lead["campaign"], F("campaign__keys")))
            .filter(Q(campaign=None) | Q(exactness__isnull=False), Q(persona=None) | suits)
            .order_by(
                F("exactness").desc(nulls_last=True),
                F("campaign").asc(nulls_last=True),
                F("persona__position").asc(nulls_last=True),
                F("persona__name").asc(nulls_last=True),
                "pk",
            )
        )

    def with_votes(self) -> Self:
        """With whom each is for, and with how many leads it `worked` or `missed`."""
        return self.select_related("campaign", "persona").annotate(
            worked=Count("votes", filter=Q(votes__helped=True)),
            missed=Count("votes", filter=Q(votes__helped=False)),
        )

    def told(self, lead: Any, reader: Any) -> Any:
        """Each as one object: what it says, whom it is for, and what `reader` said of it with this
        lead (both keys)."""
        mine = BriefVote.objects.filter(brief=OuterRef("pk"), lead=lead, author=reader)
        return self.values(
            told=JSONObject(
                pk="pk",
                campaign="campaign__name",
                persona="persona__name",
                mine=Subquery(mine.values(one=JSONObject(helped="helped", line="line"))[:1]),
                **{name: name for name in TOLD},
            )
        )


class Brief(Described):
    """What to say to a persona who came by a campaign; without either it is for everybody.

    `questions`: [{ask, why, fills}], `fills` a field of the lead or `item:` and a key of a
    checklist; `objections`: [{said, answer}]; `readings`: [{topic, means, ask}], how to read it
    when somebody looked at or attended what has `topic` in its name.
    """

    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, null=True, blank=True, related_name="briefs"
    )
    persona = models.ForeignKey(
        Persona, on_delete=models.PROTECT, null=True, blank=True, related_name="briefs"
    )
    goal = models.CharField("goal of the first touch", max_length=300)
    pain = models.TextField(blank=True)
    talk_track = models.TextField(blank=True)
    proof = models.TextField(blank=True)
    questions = models.JSONField("what to ask next", default=list, blank=True)
    objections = models.JSONField(default=list, blank=True)
    readings = models.JSONField("what content tells", default=list, blank=True)

    objects = BriefQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("campaign", "persona"),
                condition=Q(archived=False),
                nulls_distinct=False,
                name="one_brief_per_campaign_and_persona",
                violation_error_message="There is a brief for this campaign and persona already.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.campaign or 'Every campaign'}, {self.persona or 'everybody'}"


class BriefVote(models.Model):
    """Whether a brief helped somebody with a lead; they may say otherwise later."""

    brief = models.ForeignKey(Brief, on_delete=models.CASCADE, related_name="votes", db_index=False)
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    helped = models.BooleanField()
    line = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("brief", "author", "lead"), name="one_vote_per_brief_person_and_lead"
            ),
        )

    def __str__(self) -> str:
        return f"{self.author}: {'it worked' if self.helped else 'it did not help'}"
