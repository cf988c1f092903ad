"""The saved views that the demo's teams share."""

import datetime as dt

from handoff.labels import live_labels
from handoff.models import Team
from leads.models import SavedView


def share(*, at: dt.datetime) -> None:
    """Two views of everybody's own queue for each SDR team: the most urgent tier, and who came
    back."""
    tiers = live_labels().tiers
    urgent = [(label, f"tier={key}") for key, label in tiers.items()][:1]
    for team in Team.objects.filter(kind=Team.Kind.SDR):
        keeper = team.memberships.filter(user__is_demo=True, active=True).order_by("pk").first()
        views = [
            SavedView(
                place="mine",
                name=name[:60],
                query=query,
                owner=keeper.user,
                team=team,
                made_at=at,
            )
            for name, query in (*urgent, ("Back again", "entry=again"))
            if keeper is not None
        ]
        SavedView.objects.bulk_create(views, ignore_conflicts=True)


def withdraw() -> None:
    """Take away what people of the demo kept."""
    SavedView.objects.filter(owner__is_demo=True).delete()
