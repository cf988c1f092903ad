"""Whatever is answered, taken back, given to others or won: the row that the measures read says
what a count anew would say."""

import datetime as dt
from uuid import uuid4

from django.db import transaction
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from leads.journey import (
    breaching,
    causing,
    dealing,
    giving_back,
    owning,
    responding,
    stepping,
    undoing,
)
from leads.journey.responding import Conflict, NotAllowed
from leads.journey.states import Invalid
from leads.models import Event, Handoff, Miss, Promise, Undoable
from tests import factories as make
from tests.factories import MONDAY
from tests.leads.arriving import agreement, handed_over
from tests.reviews.counting import first_ones, kept, recomputed

REFUSED = (Conflict, NotAllowed, Invalid)
MINUTE = dt.timedelta(minutes=1)
TIERS = [{"key": "qualified", "hours": "always", "accept": 60, "first_touch": 120}]
VERBS = (
    "accept", "touch", "reject", "reroute", "return", "no_response", "convert", "open", "reassign",
    "undo", "undo", "deal", "lost", "won", "other_deal", "resume", "advance", "return", "late",
    "explain",
)  # fmt: skip


class Floor:
    """One lead on a path of two steps, what is done to it, and the clock."""

    def __init__(self) -> None:
        agreement()
        for trait in ("moved", "known", "needs_work"):
            make.ReasonFactory(**{trait: True})
        make.ReasonFactory(key="thin", applies_to=["return"])
        make.StepFactory(tiers=TIERS)
        zoe = make.UserFactory(rep=True, name="Zoe")
        make.TeamFactory(key="ae", account_executives=True, members=(zoe,))
        self.lead = handed_over().lead
        self.at = MONDAY

    @property
    def handoff(self) -> Handoff:
        return Handoff.objects.filter(lead=self.lead).latest("pk")

    def do(self, verb: str) -> None:
        """Try it; what is not open from here changes nothing."""
        self.at += MINUTE / 4
        try:
            with transaction.atomic():
                self._do(verb)
        except REFUSED:
            return

    def _do(self, verb: str) -> None:
        one, at = self.handoff, self.at
        actor = one.owner or make.sam()
        if verb == "late":
            self.at += 120 * MINUTE
            breaching.sweep(at=at + 120 * MINUTE)
        elif verb == "explain":
            miss = Miss.objects.order_by("pk").last()
            if miss is not None:
                causing.confirm(miss.pk, cause="coverage_gap", actor=make.lena(), at=at)
        elif verb == "open":
            owning.mark_opened(one.pk, actor=actor, at=at)
        elif verb == "undo":
            given_last = Undoable.objects.filter(undone_at=None).order_by("-pk").first()
            if given_last is not None:
                undoing.undo(given_last.pk, actor=given_last.actor, at=at)
        elif verb in ("deal", "lost", "won", "other_deal"):
            ref = "D-2" if verb == "other_deal" else "D-1"
            said = {"lead": self.lead.pk, "stage": verb if verb in ("lost", "won") else "open"}
            dealing.put_opportunity(ref, said, actor=None, at=at)
        else:
            self._answer(verb, one, actor)

    def _reason(self) -> str:
        """Now this, now that one."""
        return ("missing_context", "thin")[Event.objects.filter(lead=self.lead).count() % 2]

    def _answer(self, verb: str, one: Handoff, actor: object) -> None:
        given = {"actor": actor, "at": self.at}
        kinds = {
            "accept": lambda: responding.accept(one.pk, how="outreach_started", **given),
            "touch": lambda: responding.touch(one.pk, channel="call", **given),
            "reject": lambda: responding.reject(one.pk, reason="out_of_segment", **given),
            "reroute": lambda: responding.reject(one.pk, reason="wrong_territory", **given),
            "return": lambda: giving_back.give_back(
                one.pk, reason=self._reason(), missing=["campaign"], **given
            ),
            "resume": lambda: giving_back.resume(one.pk, **given),
            "advance": lambda: stepping.advance(one.pk, **given),
            "no_response": lambda: responding.dispose(one.pk, disposition="no_response", **given),
            "convert": lambda: responding.dispose(one.pk, disposition="converted", **given),
            "reassign": lambda: owning.reassign(
                one.pk, to=make.ines(), reason="wrong_territory", actor=make.lena(), at=self.at
            ),
        }
        called = {"reroute": "reject", "no_response": "dispose", "convert": "dispose"}
        who = make.lena() if verb == "reassign" else actor
        name = called.get(verb, verb)
        with undoing.keeping(one.pk, name, batch=uuid4(), actor=who, at=self.at):
            kinds[verb]()


class TheRow(TestCase):
    """One hand-over and those that follow from it."""

    @settings(max_examples=12, deadline=None, phases=[Phase.generate])
    @given(verbs=st.lists(st.sampled_from(VERBS), min_size=4, max_size=10))
    def test_says_what_a_count_anew_says(self, verbs):
        with transaction.atomic():
            floor = Floor()
            for verb in verbs:
                floor.do(verb)
                for one in Handoff.objects.filter(pk__in=Promise.objects.values("pk")):
                    assert kept(one) == recomputed(one), verbs
            assert Promise.objects.filter(step="sdr").count() == len(first_ones())
            transaction.set_rollback(True)


class OneLead(TestCase):
    """Told in order."""

    def test_a_lead_that_went_on_and_was_won(self):
        floor = Floor()
        for verb in ("open", "reroute", "accept", "touch", "deal", "won"):
            floor.do(verb)
        first, second = Handoff.objects.order_by("pk")
        row = Promise.objects.get()
        assert (row.handoff_id, row.state, row.outcome) == (first.pk, "rejected", "won")
        assert second.outcome == "won" and not Promise.objects.filter(pk=second.pk).exists()
        assert (row.to_assign, row.to_open, row.to_accept) == (0, 15, None)
        assert (row.to_deal, row.to_close) == (75, 90)
        assert (row.source, row.industry, row.employees, row.country) == (
            *("organic", "fintech", 400, "US"),
        )
        assert (row.from_received, row.from_judged) == (0, 0)

    def test_a_change_of_hands_keeps_who_had_it_and_saw_it_first(self):
        floor = Floor()
        for verb in ("open", "reassign"):
            floor.do(verb)
        row, handoff = Promise.objects.get(), floor.handoff
        assert (handoff.opened_at, handoff.owner) == (None, make.ines())
        assert (row.to_assign, row.to_open, row.owner_id) == (0, 15, make.ines().pk)
