"""The pages of the measures: server time, over a quarter and over all that was ever handed over.

The hand-overs are multiplied, and the copies made evenly over the three years before now, so that a
quarter has a twelfth of them; what came of each is drawn by lot, so that figures differ and seconds
hardly repeat. Leads, judgements, clocks and deals stand behind them (`fates`). As many leads that
were never handed over stand beside. `--rows` says how many.
"""

import datetime as dt
import statistics
import time
from collections.abc import Iterator

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from handoff.models import User
from leads.models import Miss, Promise
from reviews.meetings import planning, running
from reviews.models import LiftStudy, Series
from reviews.views.meetings.room import looked_at, token_of

from . import fates, house, lifting
from .table import Figure, ms

ROUNDS, POLLS = 5, 50
STUDY, READER = "study", "reader"
"""Stand for the number of the latest study of lift, and of who reads."""
PAGES: tuple[tuple[str, str, tuple[str, ...], dict[str, str]], ...] = (
    ("all figures", "measures", (), {}),
    ("all figures, by campaign", "measures", (), {"by": "campaign"}),
    ("one figure, by source", "measure", ("acceptance_rate",), {"by": "source"}),
    ("one time, by owner", "measure", ("speed_to_first_action",), {"by": "rep"}),
    ("sources and campaigns", "sources", (), {}),
    ("reasons", "reasons", (), {}),
    ("both halves", "sla", (), {}),
    ("causes of misses", "causes", (), {}),
    ("answers by hand-over", "step-answers", (), {}),
    ("funnel", "funnel", (), {}),
    ("funnel, by source", "funnel", (), {"by": "source"}),
    ("response time", "response", (), {}),
    ("where the time goes", "seams", (), {}),
    ("where the time goes, by team", "seams", (), {"by": "team"}),
    ("the leads behind a figure", "measure-leads", ("acceptance_rate",), {}),
    ("the leads behind a step", "funnel-leads", (), {"at": "accepted"}),
    ("the leads behind a half", "sla-leads", (), {"half": "sales", "is": "kept"}),
    ("the leads behind a reason", "reasons-leads", (), {}),
    ("the leads behind a seam", "seams-leads", (), {"seam": "touch"}),
    ("what is late now", "sla-late", (), {}),
    ("won and lost", "winloss", (), {}),
    ("won and lost, of an objection", "winloss", (), {"objections": "price"}),
    ("a team’s figures by person", "own", (), {}),
    ("the leads behind a team’s figure", "own-leads", (READER,), {"whose": "team", "is": "accept"}),
    ("alerts", "alerts", (), {}),
    ("the leads behind an alert", "alert-leads", (), {"of": "all"}),
    ("lift", "lift", (), {}),
    ("the leads of a study", "study-leads", (STUDY,), {}),
    ("the quarter", "quarter", (), {}),
)
"""Each is asked beside the time before, where it has one."""
PERIODS = (("a quarter", 0.4), ("all time", 1.5))
MOST_STATEMENTS = 20

LIVED = """CREATE UNLOGGED TABLE bench_drawn AS
    SELECT original.*, n, random() AS said, random() AS became,
        exp(random_normal(8.5, 1.6))::int AS touch, exp(random_normal(13.5, 0.8))::int AS deal,
        now() - interval '3 years' * (1 - (n - 1 + place::float / %(there)s) / %(copies)s) AS day
    FROM (SELECT *, row_number() OVER (ORDER BY made_at, handoff_id) AS place FROM leads_promise)
        original, generate_series(1, %(copies)s) n ORDER BY n, place"""
"""The copies in the order of their days, each with what came of it by lot: half are touched within
82 minutes, half of the deals begin within 8 days."""
REPS = "SELECT array_agg(user_id ORDER BY user_id) FROM handoff_membership WHERE active"
IS_YES, IS_OVER = "p.said < 0.7", "p.said BETWEEN 0.88 AND 0.95"
THERE = """SELECT (SELECT count(*) FROM leads_promise), greatest(
    (SELECT max(id) FROM leads_lead), (SELECT max(id) FROM leads_judgement),
    (SELECT max(id) FROM leads_handoff), (SELECT max(id) FROM leads_touchpoint)) + 1"""
"""How many there are, and a number above all in use."""
IS_BACK = "p.said BETWEEN 0.65 AND 0.75 OR p.said BETWEEN 0.85 AND 0.88"
CAUSE = f"(ARRAY{Miss.Cause.values})[1 + floor({len(Miss.Cause)} * p.{{}})::int]"
OF_A_COPY = {
    "handoff_id": "p.handoff_id + p.n * %(shift)s",
    "made_at": "p.day",
    "due_at": "p.due_at + (p.day - p.made_at)",
    "campaign": "p.campaign || ' ' || p.n %% 10",
    "state": """CASE WHEN p.said < 0.6 THEN 'accepted' WHEN p.said < 0.7 THEN 'advanced'
        WHEN p.said < 0.85 THEN 'rejected' WHEN p.said < 0.88 THEN 'returned'
        WHEN p.said < 0.95 THEN 'closed' ELSE 'waiting' END""",
    "disposition": f"""CASE WHEN {IS_OVER}
        THEN (ARRAY['no_response', 'nurture', 'bad_fit'])[1 + floor(3 * p.became)::int]
        ELSE '' END""",
    "outcome": f"""CASE WHEN {IS_YES} AND p.became < 0.3
        THEN (ARRAY['open', 'won', 'lost'])[1 + floor(10 * p.became)::int] ELSE '' END""",
    "reason_id": """CASE WHEN p.said >= 0.7 AND p.said < 0.85
        THEN (SELECT (array_agg(id ORDER BY id))[1 + floor(p.became * count(*))::int]
            FROM handoff_reason) END""",
    "owner_id": f"""CASE WHEN p.said < 0.95 THEN coalesce(p.owner_id,
        (({REPS})[1 + p.handoff_id %% (SELECT count(*) FROM handoff_membership WHERE active)]))
        ELSE p.owner_id END""",
    "to_end": """CASE WHEN p.said >= 0.6 AND p.said < 0.85 OR p.said BETWEEN 0.88 AND 0.95
        THEN p.touch * 2 END""",
    "back_reason_id": f"""CASE WHEN {IS_BACK}
        THEN (SELECT (array_agg(id ORDER BY id))[1 + floor(p.became * count(*))::int]
            FROM handoff_reason) END""",
    "returned": IS_BACK,
    "answered_late": "CASE WHEN p.said < 0.95 THEN p.became > 0.8 END",
    "follow_up_late": f"CASE WHEN {IS_YES} AND p.touch %% 2 = 0 THEN p.became > 0.7 END",
    "next_step_late": f"CASE WHEN {IS_YES} AND p.touch %% 5 = 0 THEN p.became > 0.6 END",
    "context_late": "CASE WHEN p.incomplete THEN p.became > 0.5 END",
    "returned_late": f"CASE WHEN {IS_BACK} THEN p.became > 0.5 END",
    "late": "p.became > 0.9",
    "touch_cause": f"CASE WHEN p.touch > 14400 AND p.said < 0.9 THEN {CAUSE.format('became')} END",
    "handover_cause": f"CASE WHEN p.became > 0.9 AND p.said < 0.9 THEN {CAUSE.format('said')} END",
    "from_captured": "p.touch %% 5000 + p.touch %% 700 + p.touch %% 60",
    "from_received": "p.touch %% 5000 + p.touch %% 700",
    "from_judged": "p.touch %% 5000",
    "to_hand_over": "p.touch %% 5000 + p.touch %% 700",
    "to_assign": "p.touch / 50",
    "to_notify": "p.touch / 40",
    "to_open": "CASE WHEN p.said < 0.95 THEN p.touch / 4 END",
    "to_accept": f"CASE WHEN {IS_YES} OR {IS_OVER} THEN p.touch * 3 / 4 END",
    "to_touch": f"CASE WHEN {IS_YES} OR {IS_OVER} THEN p.touch END",
    "missed": f"({IS_YES} OR {IS_OVER}) AND p.touch > 14400",
    "met": f"({IS_YES} OR {IS_OVER}) AND p.touch <= 14400",
    "to_deal": f"CASE WHEN {IS_YES} AND p.became < 0.3 THEN p.deal END",
    "to_close": f"CASE WHEN {IS_YES} AND p.became >= 0.1 AND p.became < 0.3 THEN 3 * p.deal END",
}
"""What a copy has of its own."""
TOOK = {
    "receive": "p.touch %% 60",
    "judge": "p.touch %% 700",
    "hand_over": "p.touch %% 5000",
    "assign": "p.touch / 50",
    "notify": "p.touch / 40 - p.touch / 50",
    "open": "CASE WHEN p.said < 0.95 THEN p.touch / 4 - p.touch / 40 END",
    "accept": f"CASE WHEN {IS_YES} OR {IS_OVER} THEN p.touch * 3 / 4 - p.touch / 4 END",
    "touch": f"CASE WHEN {IS_YES} OR {IS_OVER} THEN p.touch - p.touch * 3 / 4 END",
    "end": f"CASE WHEN p.said BETWEEN 0.6 AND 0.7 OR {IS_OVER} THEN p.touch END",
}
"""How many seconds each seam of a copy took; a third of them were working time."""
OF_A_COPY |= {f"took_{one}": seconds for one, seconds in TOOK.items()}
OF_A_COPY |= {f"worked_{one}": f"({seconds}) / 3" for one, seconds in TOOK.items()}


def measure(rows: int) -> Iterator[Figure]:
    """The figures of this part."""
    grow(rows)
    house.settle()
    viewer, _ = User.objects.get_or_create(email="reader@bench.example", is_superuser=True)
    client = Client(HTTP_HOST="localhost")
    client.force_login(viewer, backend="allauth.account.auth_backends.AuthenticationBackend")
    oldest, newest = (
        getattr(Promise.objects, end)("made_at").made_at.date() for end in ("earliest", "latest")
    )
    begins = {"a quarter": newest - dt.timedelta(days=90), "all time": oldest}
    handed = Promise.objects.count()
    yield from lifting.measure(oldest, newest)
    numbers = {STUDY: LiftStudy.objects.done().latest("pk").pk, READER: viewer.pk}
    for name, limit in PERIODS:
        asked = {"since": f"{begins[name]}", "until": f"{newest}"}
        for title, page, args, also in PAGES:
            address = reverse(f"reviews:{page}", args=[numbers.get(one, one) for one in args])
            taken, count = _visited(client, address, {**asked, **also, "past": "1", "compare": "1"})
            said = f"{title}, {name} of {handed:,}"
            target = f"under {ms(limit)}"
            is_met = taken < limit and count <= MOST_STATEMENTS
            yield Figure(said, ms(taken), f"{count} statements", target=target, ok=is_met)
    taken, count = _polled(client, viewer)
    said = f"a meeting's screen asks what is new, beside {handed:,}"
    yield Figure(said, ms(taken), f"{count} statements", target="under 20 ms", ok=taken < 0.02)


def _polled(client: Client, viewer: User) -> tuple[float, int]:
    """As `_visited`, of a screen that shows already what there is."""
    at = timezone.now()
    series = Series(
        name=f"Review of {at}",
        weekday=at.weekday(),
        local_time=at.time(),
        timezone="UTC",
        first_on=at.date(),
        chair=viewer,
    )
    meeting = planning.keep_series(series, {viewer.pk: "operations"}, actor=viewer, at=at)
    if meeting is None:
        raise RuntimeError("No meeting was planned.")
    running.begin(meeting.pk, actor=viewer, at=at)
    address = reverse("reviews:stage", args=[meeting.number])
    client.get(address)
    known = token_of(looked_at(viewer, at=timezone.now()).get(pk=meeting.pk))
    return _visited(client, address, {"known": known}, rounds=POLLS, status=304)


def grow(rows: int) -> None:
    """Have so many narrow rows, in the order of their days."""
    with house.administrator(house.DATABASE) as admin:
        names = house.columns(admin, "leads_promise")
        values = ", ".join(OF_A_COPY.get(name, f'p."{name}"') for name in names)
        ((there, shift),) = admin.execute(THERE).fetchall()
        copies = max(0, -(-rows // max(int(str(there)), 1)) - 1)
        admin.execute("SET session_replication_role = replica")
        admin.execute("SELECT setseed(0.5)")
        written = ", ".join(f'"{name}"' for name in names)
        admin.execute(LIVED, {"copies": copies, "there": there})
        admin.execute(
            f"INSERT INTO leads_promise ({written}) SELECT {values} FROM bench_drawn p"
            " ORDER BY p.n, p.place",
            {"shift": shift},
        )
        fates.write(admin, shift=int(str(shift)))
        fates.stay(admin, rows, shift=int(str(shift)))


def _visited(
    client: Client, address: str, query: dict[str, str], *, rounds: int = ROUNDS, status: int = 200
) -> tuple[float, int]:
    """The middle of some visits in seconds, and how many statements one needs."""
    taken = []
    for _ in range(rounds):
        started = time.perf_counter()
        answer = client.get(address, query)
        taken.append(time.perf_counter() - started)
        if answer.status_code != status:
            raise RuntimeError(f"{address}: {answer.status_code}")
    with CaptureQueriesContext(connection) as captured:
        client.get(address, query)
    return statistics.median(taken), len(captured)
