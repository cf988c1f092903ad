"""One lead, from the form to what became of it, through the doors that people and machines use.

Mara publishes the agreement. Ana asks for a demo. The machine judges, routes and starts the clocks.
Her owner is told, is late to accept, calls, qualifies, hands her to an account executive, and the
CRM says she bought. Somebody of another team sees nothing of it.
"""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from handoff.models import DefinitionVersion, User
from leads import tasks
from leads.journey import recording
from leads.models import Event, Handoff, Lead, Message
from tests.factories import ApiKeyFactory, MembershipFactory, TeamFactory, UserFactory

PLAYBOOK = Path(__file__).parent.parent / "docs" / "examples" / "default.playbook.yaml"
TUESDAY = dt.datetime(2026, 10, 13, 14, 0, tzinfo=dt.UTC)
"""10:00 in New York, the day after a holiday there."""

pytestmark = pytest.mark.django_db


def browser_of(email: str, role: str) -> Client:
    """A browser in which this person is signed in."""
    person = User.objects.get(email=email)
    UserFactory(email=email, roles=(role,))
    client = Client()
    client.force_login(person)
    return client


def minutes(count: float) -> dt.timedelta:
    return dt.timedelta(minutes=count)


def call(path: str, body: dict[str, Any], method: str = "POST") -> Any:
    """What another system asks through the API."""
    answer = Client().generic(
        method,
        f"/api/v1{path}",
        json.dumps(body),
        content_type="application/json",
        headers={"Authorization": "Bearer ho_crm"},
    )
    assert answer.status_code in (200, 201), answer.content
    return answer.json()


def test_a_lead_from_form_to_outcome() -> None:
    with time_machine.travel(TUESDAY - minutes(60), tick=False) as clock:
        call_command("playbook", "load", str(PLAYBOOK), "--publish", verbosity=0)
        live = DefinitionVersion.objects.live().get()
        ApiKeyFactory(name="crm", scopes=["leads", "handoffs", "read"])

        clock.move_to(TUESDAY)
        enquiry = {
            "email": " Ana.Ribeiro@NovaPay.com ",
            "first_name": "Ana",
            "last_name": "Ribeiro",
            "company": "Nova Pay",
            "role": "Head of Finance Operations",
            "industry": "fintech",
            "employees": "400",
            "country": "United States",
            "source": "organic search",
            "campaign": "2026-q4-close",
            "trigger": "demo_request",
            "problem": "Our close takes nine days",
            "touchpoints": [
                {"signal": "pricing_page", "occurred_at": "2026-10-12T15:00:00Z", "seconds": 280},
                {"signal": "demo_request", "occurred_at": "2026-10-13T13:59:30Z"},
            ],
        }
        first = call("/leads", enquiry)
        assert first["status"] == "sales_ready"
        assert first["definition"] == live.number
        assert first["team"] == "sdr-na"
        assert round(sum(first["intent_parts"].values()), 1) == first["intent"]
        owner = first["owner"]
        handoff = Handoff.objects.get(pk=first["handoff"])
        assert Message.objects.inbox(handoff.owner).filter(kind="assigned").count() == 1

        rep = browser_of(owner, "rep")
        queue = rep.get(reverse("leads:queue")).content.decode()
        assert "Ana Ribeiro" in queue
        assert "Nova Pay" in queue
        page = rep.get(reverse("leads:lead", args=[first["lead"]])).content.decode()
        assert "Our close takes nine days" in page
        assert "organic search" in page

        clock.move_to(TUESDAY + minutes(40))
        tasks.sweep_clocks()
        tasks.sweep_clocks()
        breaches = Event.objects.filter(lead=first["lead"], kind="breached")
        assert breaches.count() == len({event.body["clock"] for event in breaches}) > 0
        tasks.send_messages()
        assert any(owner in letter.to and "Late" in letter.subject for letter in mail.outbox)
        assert any("lena@example.com" in letter.to for letter in mail.outbox)

        mine = Handoff.objects.get(pk=first["handoff"])
        rep = browser_of(mine.owner.email, "rep")
        rep.post(reverse("leads:accept", args=[mine.pk]), {"how": "outreach_started"})
        rep.post(
            reverse("leads:touch", args=[mine.pk]),
            {
                "touch-channel": "call",
                "touch-next_step": "Meet her controller",
                "touch-next_step_due": "2026-10-15T10:00",
            },
        )
        mine.refresh_from_db()
        assert mine.state == "accepted"
        assert mine.first_touch_at == TUESDAY + minutes(40)
        assert mine.clocks.get(kind="first_touch", state="met").breached_at is not None

        clock.move_to(TUESDAY + minutes(60))
        again = call("/leads", {"email": "ana.ribeiro@novapay.com", "problem": "And payouts"})
        assert again["lead"] == first["lead"]
        assert again["handoff"] == first["handoff"]
        assert Lead.objects.count() == 1

        rep.post(
            reverse("leads:advance", args=[mine.pk]), {"advance-note": "She signs, with her CFO"}
        )
        mine.refresh_from_db()
        assert mine.state == "accepted"
        learnt = {
            "advance-q-need": "Nine days a month",
            "advance-q-authority": "She, with her CFO",
            "advance-q-budget": "Budget is set aside",
            "advance-q-timing": "Before the year-end close",
            "advance-q-tools": "Four processors and a ledger",
        }
        rep.post(
            reverse("leads:advance", args=[mine.pk]),
            {**learnt, "advance-note": "She signs, with her CFO"},
        )
        second = Handoff.objects.get(lead=first["lead"], step="ae")
        assert second.team.key == "ae"
        assert second.previous_id == mine.pk
        executive = browser_of(second.owner.email, "rep")
        executive.post(reverse("leads:accept", args=[second.pk]), {"how": "meeting_booked"})

        outsider = MembershipFactory(team=TeamFactory(), user=UserFactory(rep=True)).user
        stranger = Client()
        stranger.force_login(outsider)
        assert stranger.get(reverse("leads:lead", args=[first["lead"]])).status_code == 404
        assert (
            stranger.post(
                reverse("leads:accept", args=[second.pk]), {"how": "in_discovery"}
            ).status_code
            == 404
        )

        clock.move_to(TUESDAY + dt.timedelta(days=30))
        deal = {"lead": "ana.ribeiro@novapay.com", "stage": "won", "amount": 48000}
        call("/opportunities/OPP-1", deal, "PUT")
        executive = browser_of(second.owner.email, "rep")
        executive.post(
            reverse("leads:dispose", args=[second.pk]), {"dispose-disposition": "converted"}
        )
        second.refresh_from_db()
        assert (second.state, second.disposition, second.outcome) == ("closed", "converted", "won")

        told = list(
            Event.objects.filter(lead=first["lead"]).order_by("seq").values_list("kind", flat=True)
        )
        assert told[:5] == ["received", "matched", "judged", "handed_over", "assigned"]
        for kind in ("breached", "accepted", "touched", "added", "advanced", "outcome", "disposed"):
            assert kind in told
        assert recording.broken_links(first["lead"]) == []
        story = call(f"/leads/{first['lead']}", {}, "GET")
        assert len(story["handoffs"]) == 2
