"""One of each thing there is a page of, and the addresses of all pages."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils import timezone

from handoff import publishing, trials
from handoff.models import DefinitionVersion, Example, Membership
from leads.journey import citing
from leads.models import Message
from reviews.measures.coverage.audit import audit
from reviews.measures.coverage.finding import Span
from reviews.meetings import noting, running
from reviews.meetings.noting import Asked
from reviews.models import Item, Meeting
from reviews.voting import revealing
from tests import factories as make
from tests.leads.test_pages_roles import addresses
from tests.reviews import backtesting, lifting, voting

Addresses = dict[str, list[str]]
"""Addresses by their name."""


def of(name: str, *args: Any, **asked: Any) -> Addresses:
    return {name: [reverse(name, args=args, query=asked)]}


def made() -> Addresses:
    """Everything that has pages of its own, by the name of its address."""
    version = make.agreement_in_force()
    draft = publishing.clone(version, actor=make.mara(), at=timezone.now())
    return {
        **_of_each("/definition/", [[version.number], [draft.number]]),
        **_definition(version, draft),
        **_leads(),
        **_described(),
        **_told(),
        **_people(),
        **_measured(),
        **_reviewed(),
    }


def every_address(things: Addresses) -> Iterator[tuple[str, list[str]]]:
    """Each name of the URLconf with the addresses it has; none where nothing was made for it."""
    for name, kwargs in addresses():
        yield name, things.get(name) or ([] if kwargs else [reverse(name)])


def _of_each(below: str, numbers: list[list[int]]) -> Addresses:
    """Addresses of every page that takes a number alone, below one, for each of the numbers."""
    found: Addresses = {}
    for name, kwargs in addresses():
        if list(kwargs) == ["number"] and reverse(name, kwargs=kwargs).startswith(below):
            found[name] = [reverse(name, args=args) for args in numbers]
    return found


def _definition(version: DefinitionVersion, draft: DefinitionVersion) -> Addresses:
    at = timezone.now()
    Example.objects.create(version=draft, name="A student", lead={"role": "PhD student"})
    rejected = make.HandoffFactory(rejected=True, answered_by=make.sam(), ended_at=at)
    (cited,) = citing.cite(draft, [rejected.reason.key], actor=make.mara(), at=at)
    tried = publishing.clone(version, actor=make.mara(), at=at)
    trials.start(
        tried, when=None, share=50, stop_above=0.4, reason="Does it hold?", actor=make.mara(), at=at
    )
    backtest = backtesting.backtest_of(draft)
    run = (draft.number, backtest.pk)
    return {
        **of("definition-compare", old=version.number, new=draft.number),
        **of("definition-difference", version.number, draft.number),
        **of("example", draft.number, 0),
        **of("calendar", make.sdr_na().calendar.key),
        **of("checklist-edit", make.ChecklistFactory(key="to-ae").key),
        **of("leads:reached", version.number, "fit", "industry"),
        **of("leads:values", "source"),
        **of("reviews:cited", cited.pk),
        **of("reviews:trial", tried.number),
        **of("reviews:trial-leads", tried.number),
        **of("reviews:backtest", *run),
        **of("reviews:backtest-leads", *run),
        **of("reviews:backtest-csv", *run),
    }


def _leads() -> Addresses:
    at = timezone.now() - dt.timedelta(minutes=4)
    account = make.AccountFactory(name="Nova Pay", domain="nova.example", owner=make.sam())
    lead = make.LeadFactory(
        first_name="Ana", last_name="Ribeiro", account=account, problem="Nine days to close",
        campaign="2026q4_email_close-faster_texas", answers={"runs_on": "Spreadsheets"},
    )  # fmt: skip
    handoff = make.HandoffFactory(
        lead=lead, made_at=at, triggered_at=at, assigned_at=at, accepted=True
    )
    make.AssignmentFactory(handoff=handoff)
    make.ClockFactory(handoff=handoff)
    make.TouchpointFactory(lead=lead, pricing=True, occurred_at=at)
    make.ApprovalFactory()
    deal = make.OpportunityFactory(
        account=account, lead=lead, handoff=handoff, owner=make.sam(), amount=48000, lost=True,
        objections=["Price"], told_at=at, told_by=make.sam(), note="Their board decides in May",
    )  # fmt: skip
    batch = make.ImportBatchFactory(state="running", rows=10, created=4)
    track = make.TrackFactory()
    return {
        **of("leads:queue", view="all"),
        **of("leads:opportunity-add", lead=lead.pk),
        **of("leads:nurture-find", track=track.key, whom=lead.pk),
        **of("leads:team", make.sdr_na().key),
        **of("leads:offered", "source"),
        **of("leads:columns", "mine"),
        **of("leads:view-new", "mine"),
        **of("leads:view", make.SavedViewFactory().pk),
        **{name: of(name, lead.pk)[name] for name in OF_A_LEAD},
        **of("leads:why", handoff.pk),
        **of("leads:elsewhere", make.HandoffFactory().pk),
        **of("leads:account", account.pk),
        **of("leads:opportunity", deal.pk),
        **of("leads:delivery", make.DeliveryFactory(quarantined=True).pk),
        **of("leads:import", batch.pk),
        **of("leads:import-failures", batch.pk),
        **of("leads:track", track.key),
        **of("leads:track-csv", track.key),
        **of("leads:track-edit", track.key),
    }


OF_A_LEAD = (
    "leads:lead", "leads:timeline", "leads:lead-texts", "leads:exemplify", "leads:nurtured",
)  # fmt: skip


def _described() -> Addresses:
    """What marketing describes for sales."""
    campaign, persona = make.CampaignFactory(), make.PersonaFactory()
    described = {
        "campaign": campaign,
        "persona": persona,
        "offer": make.OfferFactory(),
        "brief": make.BriefFactory(campaign=campaign, persona=persona),
        "text": make.TextTemplateFactory(),
        "page": make.PageNameFactory(),
    }
    found: Addresses = {}
    for kind, thing in described.items():
        found |= of(f"leads:{kind}", thing.pk) | of(f"leads:{kind}-edit", thing.pk)
    return found


def _told() -> Addresses:
    hook = make.WebhookFactory()
    message = make.MessageFactory(
        channel=Message.Channel.WEBHOOK, kind="lead.received", webhook=hook, recipient=None
    )
    return {
        **of("leads:notice", make.MessageFactory(recipient=make.sam()).pk),
        **of("leads:preview", "assigned"),
        **of("leads:preview-mail", "assigned"),
        **of("leads:webhook", hook.pk),
        **of("leads:webhook-edit", hook.pk),
        **of("leads:webhook-message", hook.pk, message.pk),
    }


def _people() -> Addresses:
    team, sam = make.sdr_na(), make.sam()
    member = Membership.objects.get(team=team, user=sam)
    found = {name: of(name, team.key)[name] for name in OF_A_TEAM}
    return {
        **found,
        **of("leads:member", team.key, member.pk),
        **of("leads:turns-of", team.key, member.pk),
        **of("leads:hand-on", sam.pk),
        **of("reviews:person", sam.pk),
        **of("reviews:own-leads", sam.pk, **{"is": "accepted"}),
    }


OF_A_TEAM = (
    "leads:roster", "leads:team-changes", "leads:turns", "leads:turns-csv", "leads:member-add",
    "leads:responsible", "leads:team-time-off",
)  # fmt: skip


def _measured() -> Addresses:
    """Figures, and the leads behind them."""
    lifting.planted(240)
    study = lifting.study_of()
    gone = make.UserFactory(name="Gone Since", is_active=False)
    make.HandoffFactory(owner=gone, made_at=timezone.now())
    found = audit(Span(timezone.now(), make.ada())).open
    finding = next(one.finding.key for one in found if one.finding.behind)
    return {
        **of("reviews:measure", "acceptance_rate"),
        **of("reviews:measure-csv", "acceptance_rate"),
        **of("reviews:measure-leads", "acceptance_rate"),
        **of("reviews:study", study.pk),
        **of("reviews:study-leads", study.pk),
        **of("reviews:study-csv", study.pk),
        **of("reviews:coverage-leads", finding=finding),
        **of("reviews:sla-leads", half="sales", **{"is": "missed"}),
        **of("reviews:step-answers-leads", of="sdr", **{"is": "made"}),
        **of("reviews:cohort-leads", reach="accepted", within=7),
        **of("reviews:response-leads", least=0, most=5),
        **of("reviews:reasons-leads", reason="out_of_segment"),
    }


def _reviewed() -> Addresses:
    """A joint review that is planned, one at each item, and one that was held."""
    voting.some_of_each()
    meetings = [voting.drawn(name="Next"), *(_at(item) for item in Item), _held()]
    action = Meeting.objects.get(pk=meetings[-1].pk).actions.get()
    found = _of_each("/reviews/", [[one.number] for one in meetings])
    at_changes = meetings[Item.CHANGES]
    return found | {
        **of("reviews:of-lead", voting.lead(at_changes).handoff.lead_id),
        **of("reviews:draft-from-trend", at_changes.number, reason="out_of_segment"),
        **of("reviews:series", meetings[0].series_id),
        **of("reviews:action", action.pk),
        **of("reviews:note", meetings[-1].number, Item.CHANGES),
        **of("reviews:vote", meetings[0].number, 1),
    }


def _at(item: Item) -> Meeting:
    """A meeting with that item on the screen; at the last, two leads are revealed."""
    voting.some_of_each()
    meeting = voting.at_item_three(name=item.label)
    if item != Item.CHANGES:
        moved = {"seen": Item.CHANGES, "actor": make.mara(), "at": meeting.starts_at}
        return running.go_to(meeting.pk, item, **moved)
    for place, verdict in ((1, "no"), (2, "yes")):
        sampled = voting.lead(meeting, place)
        voting.vote(sampled, make.sam(), verdict, clause="fit.size" if verdict == "no" else "")
        voting.vote(sampled, make.mara(), "yes")
        revealing.reveal(sampled.pk, actor=make.mara(), at=meeting.starts_at)
    return meeting


def _held() -> Meeting:
    """With a decision and an action."""
    meeting = voting.at_item_three(name="Last")
    now = {"actor": make.mara(), "at": meeting.starts_at + dt.timedelta(minutes=20)}
    noting.decide(meeting.pk, "The form asks for the size", **now)
    due_on = (meeting.starts_at + dt.timedelta(days=7)).date()
    noting.ask_for(meeting.pk, Asked("Change the form", make.sam(), due_on), **now)
    return running.end(meeting.pk, **now)


def made_up(name: str) -> str:
    """An address of that name, of nothing."""
    return reverse(name, kwargs=dict(addresses())[name])
