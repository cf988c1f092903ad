"""How people look at a queue: views saved under a name, and the columns each chose."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower

from handoff.models import OVERSEERS, Membership, Team, User

LONGEST_QUERY = 1000


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    """Saved views by who is offered them; who is offered one may change it."""

    def visible_to(self, user: User) -> "SavedViewQuerySet":
        """A person's own, and those of teams they are in or answer for; of every team for those
        who oversee all."""
        return self.offered_to(user.pk, oversees=user.has_role(*OVERSEERS))

    def offered_to(self, person: int, *, oversees: bool) -> "SavedViewQuerySet":
        """As `visible_to`, for a person by primary key."""
        own = models.Q(team=None, owner=person)
        if oversees:
            return self.filter(own | models.Q(team__isnull=False))
        teams = Membership.objects.filter(user=person, active=True).values("team")
        return self.filter(own | models.Q(team__in=teams) | models.Q(team__responsible=person))


class SavedView(models.Model):
    """Filters, order and columns of a queue under a name: a person's own, or a team's.

    It says how to look, never at what: who opens it sees what they may see anyway.
    """

    place = models.CharField(max_length=80, help_text="The key of the queue it is of.")
    name = models.CharField(max_length=60)
    query = models.CharField(
        max_length=LONGEST_QUERY, blank=True, help_text="Filters and order as in the address."
    )
    columns = ArrayField(models.CharField(max_length=16), default=list)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    team = models.ForeignKey(
        Team, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField()

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ("made_at", "pk")
        constraints = (
            models.UniqueConstraint(
                "place",
                "owner",
                Lower("name"),
                condition=models.Q(team__isnull=True),
                name="one_view_per_name_and_person",
            ),
            models.UniqueConstraint(
                "place",
                "team",
                Lower("name"),
                condition=models.Q(team__isnull=False),
                name="one_view_per_name_and_team",
            ),
        )

    def __str__(self) -> str:
        return self.name


class QueueChoice(models.Model):
    """What a person chose for a queue: `columns` for one kind of queue (all teams' queues are one
    kind), `default` for the queue of one key. Who chose nothing has no row."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    place = models.CharField(max_length=80)
    columns = ArrayField(models.CharField(max_length=16), default=list)
    default = models.ForeignKey(SavedView, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("user", "place"), name="one_choice_per_person_and_queue"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} at {self.place}"
