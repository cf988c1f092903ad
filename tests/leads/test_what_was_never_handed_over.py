"""The narrow rows of what was never handed over say what a count anew says, whatever happened."""

import datetime as dt
from math import floor

import pytest
from django.db import connection, transaction
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from leads.models import Delivery, Handoff, Lead, NotHandedOver
from tests import factories as make
from tests.factories import MONDAY
from tests.leads.arriving import DEMO, agreement, arrive
from tests.waiting import Beside

HOUR = dt.timedelta(hours=1)
SAW = (
    "tier", "source", "motion", "region", "country", "campaign", "offer", "trigger",
    "landing_page", "seniority", "function", "industry", "version_id",
)  # fmt: skip
VERBS = (
    "asks", "asks", "reads", "reads", "past", "asks_again", "reads_again", "past_again",
    "is_merged", "is_apart", "is_judged_by_nobody", "is_taken_back", "is_forgotten", "is_found",
)  # fmt: skip


def counted_anew():
    """What each row has to say, read of the leads themselves."""
    found = {}
    for lead in Lead.objects.select_related("judgement"):
        if Handoff.objects.filter(lead=lead).exists():
            continue
        saw = lead.judgement
        facts = {name: getattr(saw, name) if saw else None for name in SAW}
        scores = {
            name: None if saw is None or getattr(saw, name) is None else floor(getattr(saw, name))
            for name in ("fit", "intent", "employees")
        }
        found[lead.pk] = (
            facts
            | scores
            | {
                "status": lead.status,
                "merged": lead.merged_into_id is not None,
                "historical": Delivery.objects.filter(lead=lead, historical=True).exists(),
                "first_seen_at": lead.first_seen_at,
            }
        )
    return found


def kept():
    """What each row says."""
    return {row.pop("lead_id"): row for row in NotHandedOver.objects.values()}


class Floor:
    """A few people, what they do and what is done to them, and the clock."""

    def __init__(self):
        agreement()
        self.at, self.leads = MONDAY, []

    def do(self, verb, which):
        self.at += HOUR
        getattr(self, f"_{verb}")(which)

    def _arrives(self, **payload):
        outcome = arrive(at=self.at, **payload)
        if outcome.lead_id and outcome.lead_id not in self.leads:
            self.leads.append(outcome.lead_id)

    def _asks(self, which):
        self._arrives()

    def _reads(self, which):
        self._arrives(touchpoints=[], employees=400.7, country=("US", "FR")[which % 2])

    def _past(self, which):
        self._arrives(historical=True, touchpoints=[DEMO] if which % 2 else [])

    def _of(self, which):
        live = Lead.objects.filter(pk__in=self.leads).order_by("pk")
        return live[which % len(live)] if live else None

    def _again(self, which, **payload):
        lead = self._of(which)
        if lead is not None and lead.email:
            self._arrives(email=lead.email, company=lead.company, **payload)

    def _asks_again(self, which):
        self._again(which, touchpoints=[DEMO | {"occurred_at": self.at.isoformat()}])

    def _reads_again(self, which):
        self._again(which, touchpoints=[], source="webinar")

    def _past_again(self, which):
        self._again(which, historical=True, touchpoints=[])

    def _is_merged(self, which):
        one, other = self._of(which), self._of(which + 1)
        if one != other:
            Lead.objects.filter(pk=one.pk).update(merged_into=other)

    def _is_apart(self, which):
        Lead.objects.exclude(merged_into=None).update(merged_into=None)

    def _is_judged_by_nobody(self, which):
        if (lead := self._of(which)) is not None:
            Lead.objects.filter(pk=lead.pk).update(judgement=None, status="")

    def _is_taken_back(self, which):
        """The first of two hand-overs goes and the second stays, or the only one goes."""
        handoffs = Handoff.objects.filter(lead=self._of(which)).order_by("pk")
        if handoffs:
            if which % 2:
                one = handoffs[0]
                make.HandoffFactory(lead=one.lead, judgement=one.judgement, rejected=True)
            self._forget(f"id = {handoffs[0].pk}")

    def _forget(self, condition):
        ids = f"(SELECT id FROM leads_handoff WHERE {condition})"
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL handoff.forgetting = 'on'")
            for table, column in (
                *(("leads_event", "handoff_id"), ("leads_message", "handoff_id")),
                *(("leads_turn", "handoff_id"), ("leads_clock", "handoff_id")),
                *(("leads_assignment", "handoff_id"), ("leads_handoff", "id")),
            ):
                cursor.execute(f"DELETE FROM {table} WHERE {column} IN {ids}")
            cursor.execute("SET LOCAL handoff.forgetting = 'off'")

    def _is_forgotten(self, which):
        """As the demo goes (`leads_forget`)."""
        if (lead := self._of(which)) is not None:
            Lead.objects.filter(pk=lead.pk).update(is_demo=True)
            with connection.cursor() as cursor:
                cursor.execute("SELECT leads_forget(ARRAY[%s::bigint])", [lead.pk])

    def _is_found(self, which):
        """An earlier enquiry than the first is told of."""
        if (lead := self._of(which)) is not None:
            earlier = lead.first_seen_at - HOUR
            Lead.objects.filter(pk=lead.pk).update(first_seen_at=earlier)


class TheRows(TestCase):
    """Of everybody who came."""

    @settings(max_examples=15, deadline=None, phases=[Phase.generate])
    @given(
        done=st.lists(st.tuples(st.sampled_from(VERBS), st.integers(0, 5)), min_size=4, max_size=12)
    )
    def test_say_what_a_count_anew_says(self, done):
        with transaction.atomic():
            house = Floor()
            for verb, which in done:
                house.do(verb, which)
                assert kept() == counted_anew(), done
            transaction.set_rollback(True)

    def test_of_one_person_from_the_first_visit_to_a_hand_over(self):
        house = Floor()
        house.do("reads", 0)
        (row,) = kept().values()
        assert (row["status"], row["country"], row["employees"]) == ("nurture", "US", 400)
        house.do("asks_again", 0)
        assert kept() == {} and Handoff.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_whoever_changes_a_lead_that_is_being_handed_over_brings_no_row_back():
    agreement()
    outcome = arrive(touchpoints=[])
    lead = Lead.objects.get(pk=outcome.lead_id)
    change = Beside(lambda: Lead.objects.filter(pk=lead.pk).update(status="sales_ready"))
    with transaction.atomic():
        Lead.objects.select_for_update().get(pk=lead.pk)
        change.begin_and_wait()
        make.HandoffFactory(lead=lead, judgement=lead.judgement)
    assert change.has_ended_well(), change.raised
    assert kept() == counted_anew() == {}
