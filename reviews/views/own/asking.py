"""What somebody asks of one person's figures, as it stands in the address."""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import Exists, OuterRef
from django.http import Http404, QueryDict

from handoff.checklists import FIRST_STEP
from handoff.forms import OwnDays
from handoff.models import Step, Team, User
from leads.models import Handoff
from reviews.measures.promises import Question

PERIODS = {"28": "Last 4 weeks", "91": "Last 13 weeks"}
USUAL = "28"


class Asking(OwnDays):
    """The choices. Own days, where both are given, stand above the period."""

    period = forms.ChoiceField(required=False, choices=list(PERIODS.items()))
    team = forms.CharField(required=False, max_length=64)
    step = forms.CharField(required=False, max_length=64)
    past = forms.BooleanField(required=False)


@dataclass(frozen=True)
class Asked:
    """Whose figures, beside which team (None: beside nobody), of which hand-over (`step`), made on
    the days from `since` to `until`, in `zone`."""

    form: Asking
    person: User
    team: Team | None
    teams: list[Team]
    step: str
    steps: list[str]
    since: dt.date
    until: dt.date
    period: str
    with_past: bool
    zone: str

    @property
    def begins(self) -> dt.datetime:
        return _midnight(self.since, self.zone)

    @property
    def ends(self) -> dt.datetime:
        return _midnight(self.until + dt.timedelta(days=1), self.zone)

    def mine(self) -> Question:
        """What is the person's own, whatever team it came through."""
        return self._question(self.person, rep=self.person.email)

    def theirs(self, viewer: User) -> Question | None:
        """What is the team's, the person's own with it."""
        return self._question(viewer, team=self.team.key) if self.team else None

    def _question(self, viewer: User, **narrowed: str) -> Question:
        return Question(
            self.begins,
            self.ends,
            viewer,
            with_past=self.with_past,
            step=self.step,
            **narrowed,
        )

    def address(self, **changes: str) -> str:
        """The question as a query string, its days named, so that the link asks the same tomorrow;
        `changes` on top, an empty one taking away."""
        given = {
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "team": self.team.key if self.team else "",
            "step": "" if self.step == FIRST_STEP else self.step,
            "past": "1" if self.with_past else "",
        }
        return urlencode({key: said for key, said in {**given, **changes}.items() if said})


def asked(data: QueryDict, person: User, teams: list[Team], *, at: dt.datetime, zone: str) -> Asked:
    """What `data` asks of a person and one of these teams; where it cannot be read, the usual
    question. Raises Http404 for another team."""
    form = Asking(data)
    given = form.cleaned_data if form.is_valid() else {}
    today = at.astimezone(ZoneInfo(zone)).date()
    period = given.get("period") or USUAL
    until = given.get("until") or today
    since = given.get("since") or today - dt.timedelta(days=int(period) - 1)
    key = given.get("team") or ""
    team = next((one for one in teams if one.key == key), None)
    if key and team is None:
        raise Http404
    team = team or next(iter(teams), None)
    steps = _steps(person, team)
    wanted = given.get("step") or ""
    return Asked(
        form,
        person,
        team,
        teams,
        wanted if wanted in steps else steps[0],
        steps,
        since,
        until,
        "" if given.get("since") else period,
        bool(given.get("past")),
        zone,
    )


def _steps(person: User, team: Team | None) -> list[str]:
    """The hand-overs that the person or the team gets, their own first: those of account executives
    come from colleagues, all others from marketing."""
    those = Handoff.objects.filter(step=OuterRef("key"))
    mine, ours = Exists(those.filter(owner=person)), Exists(those.filter(team=team))
    later = Step.objects.exclude(key=FIRST_STEP).filter(mine | ours if team is not None else mine)
    found = [FIRST_STEP, *later.values_list("key", flat=True)]
    sells_later = team is not None and team.kind == Team.Kind.AE
    return found[1:] + found[:1] if sells_later and len(found) > 1 else found


def _midnight(day: dt.date, zone: str) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), ZoneInfo(zone))
