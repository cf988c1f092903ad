"""Rows for tests, by name and by trait.

The cast: Mara (marketing operations), Sam and Ines (SDRs of one team), Lena (their manager), Otto
the outsider (a rep of another team). `mara()`, `sam()`, … return the same person when called twice.

`HandoffFactory`, `ClockFactory` and their like write rows as they would stand; tests of the
journey itself make theirs by calling the journey.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import factory
from django.contrib.auth.models import Group
from factory import Faker, LazyAttribute, LazyFunction, SelfAttribute, Sequence, SubFactory, Trait
from factory.django import DjangoModelFactory

from handoff import models as agreement
from leads import models as journey
from leads.catalogue import BY_KEY
from leads.models.webhook import new_secret

UTC = dt.UTC
MONDAY = dt.datetime(2026, 10, 12, 14, 0, tzinfo=UTC)
"""A Monday morning, 10:00 in New York: inside everybody's hours."""

WORKDAYS = {"mon-fri": ["09:00-12:30", "13:30-17:30"]}


class UserFactory(DjangoModelFactory[agreement.User]):
    """A person without a role; a role's name is a trait."""

    email = Sequence(lambda n: f"person{n}@northwind.example")
    name = Sequence(lambda n: f"Person {n}")
    timezone = "America/New_York"
    roles: tuple[str, ...] = ()
    password = ""

    class Meta:
        model = agreement.User
        django_get_or_create = ("email",)

    class Params:
        rep = Trait(roles=("rep",))
        sales_manager = Trait(roles=("sales_manager",))
        marketing_ops = Trait(roles=("marketing_ops",), is_staff=True)
        reviewer = Trait(roles=("reviewer",))
        administrator = Trait(roles=("administrator",), is_staff=True)

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> agreement.User:
        roles, password = kwargs.pop("roles"), kwargs.pop("password")
        person: agreement.User = super()._create(model_class, *args, **kwargs)
        missing = {*roles}.difference(person.groups.values_list("name", flat=True))
        person.groups.add(*(Group.objects.get_or_create(name=role)[0] for role in missing))
        if password:
            person.set_password(password)
            person.save(update_fields=["password"])
        return person


class CalendarFactory(DjangoModelFactory[agreement.Calendar]):
    """New York's working days."""

    key = "us-east"
    timezone = "America/New_York"
    hours = LazyFunction(lambda: dict(WORKDAYS))

    class Meta:
        model = agreement.Calendar
        django_get_or_create = ("key",)

    class Params:
        berlin = Trait(key="berlin", timezone="Europe/Berlin")
        round_the_clock = Trait(key="always", timezone="UTC", hours={"mon-sun": ["00:00-24:00"]})


class TeamFactory(DjangoModelFactory[agreement.Team]):
    """An SDR team that takes turns, Lena responsible; `members` are added with it."""

    key = Sequence(lambda n: f"team-{n}")
    name = LazyAttribute(lambda team: team.key.replace("-", " ").capitalize())
    kind = agreement.Team.Kind.SDR
    calendar = SubFactory(CalendarFactory)
    responsible = LazyFunction(lambda: lena())

    class Meta:
        model = agreement.Team
        django_get_or_create = ("key",)
        skip_postgeneration_save = True

    class Params:
        pull = Trait(pick=agreement.Team.Pick.PULL)
        least_loaded = Trait(pick=agreement.Team.Pick.LEAST_LOADED)
        account_executives = Trait(kind=agreement.Team.Kind.AE)
        qualification = Trait(
            key="qualification",
            name="Qualification review",
            kind=agreement.Team.Kind.QUALIFICATION,
            pick=agreement.Team.Pick.PULL,
        )

    @factory.post_generation
    def members(self, create: bool, people: tuple[Any, ...] | None, **_: Any) -> None:
        for person in people or ():
            MembershipFactory(team=self, user=person)


class MembershipFactory(DjangoModelFactory[agreement.Membership]):
    team = SubFactory(TeamFactory)
    user = SubFactory(UserFactory, rep=True)

    class Meta:
        model = agreement.Membership
        django_get_or_create = ("team", "user")

    class Params:
        left = Trait(active=False)
        one_at_a_time = Trait(max_open=1)


class AbsenceFactory(DjangoModelFactory[agreement.Absence]):
    """The whole of MONDAY away."""

    user = SubFactory(UserFactory, rep=True)
    starts_at = MONDAY.replace(hour=0)
    ends_at = LazyAttribute(lambda absence: absence.starts_at + dt.timedelta(days=1))

    class Meta:
        model = agreement.Absence


class ReasonFactory(DjangoModelFactory[agreement.Reason]):
    key = "out_of_segment"
    label = LazyAttribute(lambda reason: reason.key.replace("_", " ").capitalize())
    applies_to = LazyFunction(lambda: ["reject", "dispose", "disqualify"])
    goes_to = agreement.Reason.GoesTo.NURTURE

    class Meta:
        model = agreement.Reason
        django_get_or_create = ("key",)

    class Params:
        wrong_timing = Trait(key="wrong_timing", needs_date=True)
        needs_work = Trait(key="missing_context", applies_to=["return"], goes_to="requalify")
        moved = Trait(key="wrong_territory", applies_to=["reassign", "reject"], goes_to="reroute")
        known = Trait(key="duplicate", applies_to=["reject", "dispose"], goes_to="merge")
        noted = Trait(key="other", needs_note=True)


class TrackFactory(DjangoModelFactory[agreement.Track]):
    key = "newsletter"
    label = "Monthly product letter"
    theme = "product"
    owner = LazyFunction(lambda: mara())

    class Meta:
        model = agreement.Track
        django_get_or_create = ("key",)


class GoalFactory(DjangoModelFactory[agreement.Goal]):
    """Nine in ten of sales's promises for a tier of its own."""

    half = "sales"
    tier = Sequence("tier-{}".format)
    percent = 90

    class Meta:
        model = agreement.Goal


class AreaOwnerFactory(DjangoModelFactory[agreement.AreaOwner]):
    area = Sequence(lambda n: f"area-{n}")
    owner = LazyFunction(lambda: mara())
    cadence = agreement.AreaOwner.Cadence.MONTHLY

    class Meta:
        model = agreement.AreaOwner


class StageFactory(DjangoModelFactory[agreement.Stage]):
    key = Sequence(lambda n: f"stage-{n}")
    label = LazyAttribute(lambda stage: stage.key.capitalize())
    position = Sequence(lambda n: n)

    class Meta:
        model = agreement.Stage


class ChecklistFactory(DjangoModelFactory[agreement.Checklist]):
    key = "discovery"
    label = "Before discovery"
    items = LazyFunction(lambda: [{"key": "budget", "label": "Budget known", "required": True}])

    class Meta:
        model = agreement.Checklist
        django_get_or_create = ("key",)


class StepFactory(DjangoModelFactory[agreement.Step]):
    """SDR to AE, to the team `ae`, which is the test's to make."""

    key = "ae"
    comes_from = "sdr"
    route = LazyFunction(lambda: [{"key": "ae", "to": {"team": "ae"}}])

    class Meta:
        model = agreement.Step
        django_get_or_create = ("key",)


class ApiKeyFactory(DjangoModelFactory[agreement.ApiKey]):
    """A key that may do everything; its text is `ho_` and the name."""

    name = Sequence(lambda n: f"system-{n}")
    prefix = LazyAttribute(lambda key: f"ho_{key.name}"[:9])
    digest = LazyAttribute(lambda key: agreement.ApiKey.digest_of(f"ho_{key.name}"))
    scopes = LazyFunction(lambda: ["leads", "handoffs", "read"])

    class Meta:
        model = agreement.ApiKey

    class Params:
        revoked = Trait(revoked_at=MONDAY)


DEFINITION: dict[str, Any] = {
    "summary": "Demo requests from companies that fit go first",
    "motions": [
        {"key": "enterprise", "when": [{"field": "employees", "at_least": 1000}]},
    ],
    "fit": [
        {"key": "industry", "points": 30, "when": [{"field": "industry", "in": ["fintech"]}]},
        {"key": "size", "points": 50, "when": [{"field": "employees", "at_least": 100}]},
    ],
    "signals": [
        {"key": "demo_request", "points": 70, "half_life_days": 30, "cap": 1},
        {"key": "pricing_page", "points": 15, "half_life_days": 7, "cap": 3},
    ],
    "required": ["email", "company", "country"],
    "decide": [
        {
            "key": "student",
            "status": "disqualified",
            "reason": "out_of_segment",
            "when": [{"field": "role", "contains": "student"}],
        },
        {
            "key": "customer",
            "status": "existing_account",
            "tier": "standard",
            "when": [{"field": "customer", "is": True}],
        },
        {
            "key": "hand_raiser",
            "label": "Asked for a demo and fits",
            "status": "sales_ready",
            "tier": "urgent",
            "when": [
                {"field": "fit", "at_least": 50},
                {"signal": "demo_request", "at_least": 1, "within_days": 14},
            ],
        },
        {
            "key": "unclear",
            "status": "needs_qualification",
            "tier": "standard",
            "when": [{"field": "intent", "at_least": 30}],
        },
        {"key": "rest", "status": "nurture", "track": "newsletter"},
    ],
    "tiers": [
        {
            "key": "urgent",
            "label": "Hand-raiser",
            "hours": "business",
            "assign": 5,
            "accept": 15,
            "first_touch": 30,
            "follow_up": 480,
            "remind_before": 10,
            "on_breach": ["notify_owner", "notify_manager"],
        },
        {"key": "standard", "hours": "business", "accept": 240, "first_touch": "same_business_day"},
    ],
    "marketing": {"handover": 10},
    "route": [
        {
            "key": "account",
            "to": {"owner_of": "account"},
            "when": [{"field": "owned", "is": True}],
        },
        {
            "key": "review",
            "to": {"queue": "qualification"},
            "when": [{"field": "status", "is": "needs_qualification"}],
        },
        {"key": "na", "to": {"team": "sdr-na"}, "when": [{"field": "country", "in": ["US", "CA"]}]},
        {"key": "default", "to": {"queue": "qualification"}},
    ],
}
"""A small definition: a demo request from a US fintech of 400 people goes to sdr-na, urgent."""


class DefinitionVersionFactory(DjangoModelFactory[agreement.DefinitionVersion]):
    """A version with the rows of `document` (default: DEFINITION); `live=True` publishes it."""

    number = Sequence(lambda n: n + 1)
    summary = SelfAttribute("document.summary")
    required = LazyAttribute(lambda version: list(version.document.get("required", ())))
    handover_minutes = LazyAttribute(
        lambda version: version.document.get("marketing", {}).get("handover")
    )
    context_minutes = LazyAttribute(
        lambda version: version.document.get("marketing", {}).get("context")
    )
    returned_minutes = LazyAttribute(
        lambda version: version.document.get("marketing", {}).get("returned")
    )

    class Meta:
        model = agreement.DefinitionVersion

    class Params:
        document = LazyFunction(lambda: DEFINITION)
        live = False

    @classmethod
    def _generate(cls, strategy: Any, params: dict[str, Any]) -> agreement.DefinitionVersion:
        document = params.get("document") or DEFINITION
        live = bool(params.get("live"))
        params["document"] = Document(document)
        version = super()._generate(strategy, params)
        write_rows(version, document)
        if live:
            version.state = version.State.LIVE
            version.published_at = MONDAY - dt.timedelta(days=30)
            version.save()
        return version


class Document(dict[str, Any]):
    """A definition whose summary can be read as an attribute, present or not."""

    @property
    def summary(self) -> str:
        return str(self.get("summary", ""))


CLOCKS = ("assign", "accept", "first_touch", "follow_up")


def write_rows(version: agreement.DefinitionVersion, document: Mapping[str, Any]) -> None:
    """The rows of each section of `document`, for a draft."""
    for section, row_class in agreement.SECTIONS:
        for position, row in enumerate(document.get(section, ())):
            columns = dict(row)
            if section == "tiers":
                columns["clocks"] = {key: columns.pop(key) for key in CLOCKS if key in columns}
            if section == "route":
                ((columns["to_kind"], columns["to_key"]),) = columns.pop("to").items()
                columns["overflow"] = columns.pop("overflow", "") == "next"
            row_class.objects.create(version=version, position=position, **columns)


class AccountFactory(DjangoModelFactory[journey.Account]):
    """A company; `domain` is its primary domain."""

    name = Sequence(lambda n: f"Company {n}")
    name_key = LazyAttribute(lambda account: account.name.casefold())

    class Meta:
        model = journey.Account
        skip_postgeneration_save = True

    class Params:
        customer_of_ours = Trait(customer=True)
        owned = Trait(owner=LazyFunction(lambda: ines()))

    @factory.post_generation
    def domain(self, create: bool, domain: str | None, **_: Any) -> None:
        if domain:
            AccountDomainFactory(account=self, domain=domain, is_primary=True)


class AccountDomainFactory(DjangoModelFactory[journey.AccountDomain]):
    domain = Sequence(lambda n: f"company{n}.example")
    account = SubFactory(AccountFactory)

    class Meta:
        model = journey.AccountDomain


class OpportunityFactory(DjangoModelFactory[journey.Opportunity]):
    ref = Sequence(lambda n: f"OPP-{n}")
    account = SubFactory(AccountFactory)
    owner = LazyFunction(lambda: ines())
    opened_at = MONDAY

    class Meta:
        model = journey.Opportunity

    class Params:
        won = Trait(stage="won", closed_at=MONDAY + dt.timedelta(days=30))
        lost = Trait(stage="lost", closed_at=MONDAY + dt.timedelta(days=30))


class LeadFactory(DjangoModelFactory[journey.Lead]):
    """Somebody at a US fintech; `anonymous=True` knows no more than an external id would."""

    first_name = Faker("first_name")
    last_name = Faker("last_name")
    email_domain = Sequence(lambda n: f"payco{n}.example")
    domain = SelfAttribute("email_domain")
    email = LazyAttribute(lambda lead: f"{lead.first_name}@{lead.email_domain}".lower())
    company = Sequence(lambda n: f"Payco {n}")
    role = "Head of Finance"
    country = "US"
    industry = "fintech"
    employees = 400.0
    source = "paid_search"
    first_source = SelfAttribute("source")
    first_seen_at = MONDAY
    last_seen_at = SelfAttribute("first_seen_at")

    class Meta:
        model = journey.Lead

    class Params:
        anonymous = Trait(
            first_name="", last_name="", email=None, email_domain="", domain="", company=""
        )
        free = Trait(email_domain="gmail.com", free_mail=True, domain="")
        student = Trait(role="PhD student")


class ExternalIdFactory(DjangoModelFactory[journey.ExternalId]):
    system = "crm"
    external_id = Sequence(lambda n: f"X{n}")
    lead = SubFactory(LeadFactory)

    class Meta:
        model = journey.ExternalId


class MergeProposalFactory(DjangoModelFactory[journey.MergeProposal]):
    lead = SubFactory(LeadFactory)
    other = SubFactory(LeadFactory)
    why = "Same phone"
    proposed_at = MONDAY

    class Meta:
        model = journey.MergeProposal


class ImportBatchFactory(DjangoModelFactory[journey.ImportBatch]):
    file_name = "leads.csv"
    started_by = LazyFunction(lambda: mara())

    class Meta:
        model = journey.ImportBatch

    class Params:
        done = Trait(state="done", finished_at=MONDAY)


class DeliveryFactory(DjangoModelFactory[journey.Delivery]):
    """One stored payload, not yet taken in."""

    source = "website"
    key = Sequence(lambda n: f"delivery-{n}")
    channel = journey.Delivery.Channel.FORM
    payload = LazyFunction(lambda: {"email": "ana@novapay.example"})
    received_at = MONDAY
    retry_at = SelfAttribute("received_at")

    class Meta:
        model = journey.Delivery

    class Params:
        done = Trait(state="done", outcome="created", lead=SubFactory(LeadFactory), retry_at=None)
        quarantined = Trait(
            state="quarantined", error="email: “x” is no email address.", retry_at=None
        )


class SubmissionFactory(DjangoModelFactory[journey.Submission]):
    lead = SubFactory(LeadFactory)
    occurred_at = MONDAY
    trigger = "demo_request"

    class Meta:
        model = journey.Submission


class TouchpointFactory(DjangoModelFactory[journey.Touchpoint]):
    lead = SubFactory(LeadFactory)
    signal = "demo_request"
    occurred_at = Sequence(lambda n: MONDAY - dt.timedelta(minutes=n))
    recorded_at = SelfAttribute("occurred_at")

    class Meta:
        model = journey.Touchpoint

    class Params:
        pricing = Trait(signal="pricing_page", url="https://northwind.example/pricing", seconds=40)


def live_version() -> agreement.DefinitionVersion:
    """The live definition; DEFINITION is published where there is none."""
    live = agreement.DefinitionVersion.objects.live().first()
    return live or DefinitionVersionFactory(live=True)


class JudgementFactory(DjangoModelFactory[journey.Judgement]):
    """Sales ready, urgent, with the facts of its lead."""

    lead = SubFactory(LeadFactory)
    version = LazyFunction(live_version)
    as_of = MONDAY
    judged_at = SelfAttribute("as_of")
    fit = 80.0
    fit_parts = LazyFunction(lambda: {"industry": 30.0, "size": 50.0})
    intent = 70.0
    intent_parts = LazyFunction(lambda: {"demo_request": 70.0})
    status = "sales_ready"
    rule = "hand_raiser"
    tier = "urgent"
    routes = LazyFunction(lambda: ["na", "default"])
    email = SelfAttribute("lead.email")
    country = SelfAttribute("lead.country")
    industry = SelfAttribute("lead.industry")
    employees = SelfAttribute("lead.employees")

    class Meta:
        model = journey.Judgement

    class Params:
        nurture = Trait(status="nurture", rule="rest", tier=None, track="newsletter", fit=0.0)


class ApprovalFactory(DjangoModelFactory[journey.Approval]):
    lead = SubFactory(LeadFactory)
    judgement = SubFactory(JudgementFactory, lead=SelfAttribute("..lead"), approve=True)
    triggered_at = MONDAY
    asked_at = MONDAY

    class Meta:
        model = journey.Approval


class HandoffFactory(DjangoModelFactory[journey.Handoff]):
    """Waiting with Sam, due a quarter of an hour after it was made."""

    lead = SubFactory(LeadFactory)
    judgement = SubFactory(JudgementFactory, lead=SelfAttribute("..lead"))
    version = SelfAttribute("judgement.version")
    status = SelfAttribute("judgement.status")
    tier = SelfAttribute("judgement.tier")
    route = "na"
    team = LazyFunction(lambda: sdr_na())
    owner = LazyFunction(lambda: sam())
    triggered_at = MONDAY
    made_at = SelfAttribute("triggered_at")
    assigned_at = SelfAttribute("made_at")
    due_at = LazyAttribute(lambda handoff: handoff.made_at + dt.timedelta(minutes=15))
    due_clock = "accept"

    class Meta:
        model = journey.Handoff

    class Params:
        unowned = Trait(owner=None, assigned_at=None)
        accepted = Trait(
            state="accepted", accepted_at=SelfAttribute("made_at"), how="outreach_started"
        )
        rejected = Trait(
            state="rejected", reason=SubFactory(ReasonFactory), ended_at=SelfAttribute("made_at")
        )
        returned = Trait(state="returned", reason=SubFactory(ReasonFactory, needs_work=True))
        closed = Trait(state="closed", disposition="no_response", ended_at=SelfAttribute("made_at"))
        of_the_past = Trait(historical=True)


class SavedViewFactory(DjangoModelFactory[journey.SavedView]):
    """Sam's own view of his queue: the urgent ones."""

    place = "mine"
    name = Sequence(lambda n: f"View {n}")
    query = "tier=urgent"
    owner = LazyFunction(lambda: sam())
    made_at = MONDAY

    class Meta:
        model = journey.SavedView


class ClockFactory(DjangoModelFactory[journey.Clock]):
    """An accept clock of a quarter of an hour, running."""

    handoff = SubFactory(HandoffFactory)
    kind = journey.Clock.Kind.ACCEPT
    version = SelfAttribute("handoff.version")
    tier = SelfAttribute("handoff.tier")
    minutes = 15.0
    calendar = SelfAttribute("handoff.team.calendar")
    started_at = SelfAttribute("handoff.made_at")
    due_at = LazyAttribute(lambda clock: clock.started_at + dt.timedelta(minutes=clock.minutes))

    class Meta:
        model = journey.Clock

    class Params:
        met = Trait(state="met", ended_at=SelfAttribute("started_at"))
        late = Trait(breached_at=SelfAttribute("due_at"))


class AssignmentFactory(DjangoModelFactory[journey.Assignment]):
    handoff = SubFactory(HandoffFactory)
    at = SelfAttribute("handoff.made_at")
    kind = journey.Assignment.Kind.TURN
    owner = SelfAttribute("handoff.owner")
    team = SelfAttribute("handoff.team")
    route = SelfAttribute("handoff.route")

    class Meta:
        model = journey.Assignment


class MessageFactory(DjangoModelFactory[journey.Message]):
    """An unread line in Sam's inbox."""

    once = Sequence(lambda n: f"letter-{n}")
    channel = journey.Message.Channel.IN_APP
    kind = "assigned"
    recipient = LazyFunction(lambda: sam())
    subject = "A lead for you"
    state = journey.Message.State.SENT
    written_at = MONDAY

    class Meta:
        model = journey.Message

    class Params:
        email = Trait(channel="email", state="waiting", next_attempt_at=MONDAY)
        dead = Trait(channel="email", state="dead", attempts=10, error="OSError: no route")


class WebhookFactory(DjangoModelFactory[journey.Webhook]):
    """A system that is told of everything, at an address nobody answers."""

    name = Sequence(lambda n: f"Receiver {n}")
    url = "https://hooks.example/in"
    kinds = LazyFunction(lambda: list(BY_KEY))
    secret = LazyFunction(new_secret)

    class Meta:
        model = journey.Webhook

    class Params:
        chat = Trait(form="chat", secret="")
        off = Trait(active=False, off_because="Switched off")


class CampaignFactory(DjangoModelFactory[journey.Campaign]):
    """“Close faster”, by whatever channel and region."""

    name = "Close faster"
    keys = LazyFunction(lambda: ["*_close-faster_*"])

    class Meta:
        model = journey.Campaign
        django_get_or_create = ("name",)


class OfferFactory(DjangoModelFactory[journey.Offer]):
    """A guided demo, which anybody can have."""

    name = "Guided demo"
    keys = LazyAttribute(lambda offer: [offer.name])
    promise = "Thirty minutes on your own data"

    class Meta:
        model = journey.Offer
        django_get_or_create = ("name",)


class PersonaFactory(DjangoModelFactory[journey.Persona]):
    """Who leads finance."""

    name = "Finance lead"
    functions = LazyFunction(lambda: ["finance"])

    class Meta:
        model = journey.Persona
        django_get_or_create = ("name",)


class PageNameFactory(DjangoModelFactory[journey.PageName]):
    """The page that marketing calls the close checklist."""

    name = "close checklist"
    paths = LazyFunction(lambda: ["/guides/close-faster"])

    class Meta:
        model = journey.PageName
        django_get_or_create = ("name",)


class BriefFactory(DjangoModelFactory[journey.Brief]):
    """For every campaign and everybody; one question, one objection."""

    goal = "A call with whoever owns the close"
    questions = LazyFunction(
        lambda: [{"ask": "What does the close run on today?", "why": "", "fills": ""}]
    )
    objections = LazyFunction(
        lambda: [{"said": "we build it ourselves", "answer": "Show the report"}]
    )

    class Meta:
        model = journey.Brief


class TextTemplateFactory(DjangoModelFactory[journey.TextTemplate]):
    """A first mail."""

    name = Sequence("First mail {}".format)
    subject = "Your close at {{ company }}"
    body = "Hello {{ first_name }},"

    class Meta:
        model = journey.TextTemplate


SAM, INES = "sam@northwind.example", "ines@northwind.example"


def mara() -> agreement.User:
    """Marketing operations."""
    return UserFactory(email="mara@northwind.example", name="Mara Lindqvist", marketing_ops=True)


def sam() -> agreement.User:
    """An SDR of sdr-na."""
    return UserFactory(email=SAM, name="Sam Ortiz", rep=True)


def ines() -> agreement.User:
    """The other SDR of sdr-na."""
    return UserFactory(email=INES, name="Ines Ferro", rep=True)


def lena() -> agreement.User:
    """The sales manager, responsible for every team made here."""
    return UserFactory(email="lena@northwind.example", name="Lena Brandt", sales_manager=True)


def otto() -> agreement.User:
    """A rep of another team, who may see nothing of sdr-na."""
    return UserFactory(email="otto@northwind.example", name="Otto Weiss", rep=True)


def ada() -> agreement.User:
    """The administrator."""
    return UserFactory(email="ada@northwind.example", name="Ada Moreau", administrator=True)


def sdr_na() -> agreement.Team:
    """The team of Sam and Ines, which takes turns; asked for by every hand-over."""
    those = agreement.Team.objects.filter(key="sdr-na", memberships__user__email=SAM)
    there = those.filter(memberships__user__email=INES).first()
    return there or TeamFactory(key="sdr-na", name="SDR North America", members=(sam(), ines()))


def qualification() -> agreement.Team:
    """The queue for what is unclear."""
    return TeamFactory(qualification=True, members=(mara(),))


def agreement_in_force() -> agreement.DefinitionVersion:
    """All that the journey needs: both teams, reasons, the track and DEFINITION, live."""
    sdr_na()
    qualification()
    for trait in ("", "wrong_timing", "needs_work", "moved", "known", "noted"):
        ReasonFactory(**({trait: True} if trait else {}))
    TrackFactory()
    return live_version()
