"""How a version becomes the law, and how two versions differ in words."""

import threading
from typing import Any

import pytest
from django.db import connection

from handoff import publishing, versions
from handoff.differences import differences
from handoff.models import DefinitionVersion, Signal, Team, Track
from tests.factories import MONDAY, mara
from tests.handoff.test_playbook_load import FILE, load

State = DefinitionVersion.State


def live() -> DefinitionVersion:
    return DefinitionVersion.objects.with_rows().get(state=State.LIVE)


def read(version: DefinitionVersion) -> DefinitionVersion:
    """The version as the tables have it now."""
    return DefinitionVersion.objects.with_rows().get(pk=version.pk)


def edited(**changes: object) -> DefinitionVersion:
    """A draft, a copy of the live version, with another first fit row."""
    draft = publishing.clone(live(), actor=mara(), at=MONDAY)
    draft.fit.update(**changes)
    return draft


@pytest.mark.django_db
class TestPublishing:
    @pytest.fixture(autouse=True)
    def _law(self) -> None:
        load(publish=True)

    def test_a_copy_is_a_draft_that_says_the_same(self) -> None:
        draft = publishing.clone(live(), actor=mara(), at=MONDAY)
        assert (draft.state, draft.number) == (State.DRAFT, 2)
        assert draft.cloned_from == live()
        assert draft.created_by == mara()
        assert draft.document() == live().document()

    def test_without_a_version_there_is_an_empty_draft(self) -> None:
        draft = publishing.clone(None, actor=None, at=MONDAY)
        assert draft.decide.get().status == "nurture"
        found = publishing.check(draft, at=MONDAY)
        assert [fault.place for fault in found.faults] == ["definition.route"]

    def test_exactly_one_version_is_live_and_the_former_is_retired(self) -> None:
        former, draft = live(), edited(points=60)
        done = publishing.publish(draft, actor=mara(), at=MONDAY, reason="Size matters more")
        assert done == live() == draft
        assert (done.published_at, done.published_by) == (MONDAY, mara())
        assert done.reason == "Size matters more"
        former.refresh_from_db()
        assert former.state == State.RETIRED

    def test_an_example_that_differs_refuses_with_the_difference(self) -> None:
        draft = edited(points=40)
        with pytest.raises(publishing.Refused) as caught:
            publishing.publish(draft, actor=mara(), at=MONDAY)
        assert str(caught.value) == (
            "v2 cannot be published.\n"
            "A large one: expected status sales ready, comes out nurture "
            "(rule rest, fit 40, intent 0); team sdr, comes out none."
        )
        draft.refresh_from_db()
        assert draft.state == State.DRAFT
        assert live().number == 1
        found = publishing.check(draft, at=MONDAY)
        assert (found.examples, found.passed, found.is_sound) == (1, 0, False)

    def test_a_fault_refuses(self) -> None:
        draft = edited(when=[{"field": "height", "at_least": 2}])
        with pytest.raises(publishing.Refused, match=r"definition.fit\[0\].when\[0\].field"):
            publishing.publish(draft, actor=mara(), at=MONDAY)
        assert publishing.validate(draft).faults

    def test_a_team_that_is_gone_is_a_broken_reference(self) -> None:
        draft = edited(points=60)
        Team.objects.filter(key="sdr").update(key="sdr-old")
        with pytest.raises(publishing.Refused, match="there is no team “sdr”"):
            publishing.publish(draft, actor=mara(), at=MONDAY)

    def test_a_live_or_retired_version_is_not_published_again(self) -> None:
        former = live()
        with pytest.raises(publishing.Refused, match="v1 is live by now"):
            publishing.publish(former, actor=mara(), at=MONDAY)
        publishing.publish(edited(points=60), actor=mara(), at=MONDAY)
        with pytest.raises(publishing.Refused, match="v1 is retired by now"):
            publishing.publish(former, actor=mara(), at=MONDAY)

    def test_going_back(self) -> None:
        former = live()
        publishing.publish(edited(points=60), actor=mara(), at=MONDAY)
        done = publishing.rollback(former, actor=mara(), at=MONDAY, reason="Too strict")
        assert done == live() == former
        assert done.reason == "Too strict"
        assert list(
            DefinitionVersion.objects.values_list("number", "state").order_by("number")
        ) == [
            (1, State.LIVE),
            (2, State.RETIRED),
        ]
        draft = edited(points=60)
        with pytest.raises(publishing.Refused, match="is draft by now"):
            publishing.rollback(draft, actor=mara(), at=MONDAY)

    def test_a_draft_thrown_away_meanwhile(self) -> None:
        draft = edited(points=60)
        DefinitionVersion.objects.get(pk=draft.pk).delete()
        with pytest.raises(publishing.Refused, match="is not there any more"):
            publishing.publish(draft, actor=mara(), at=MONDAY)

    def test_what_somebody_published_meanwhile_is_looked_at_first(self) -> None:
        draft, other = edited(points=60), edited(points=70)
        seen = publishing.Seen(live=1, revision=0)
        publishing.publish(other, actor=mara(), at=MONDAY, seen=seen)
        with pytest.raises(publishing.Overtaken, match="Mara Lindqvist published v3 meanwhile"):
            publishing.publish(draft, actor=mara(), at=MONDAY, seen=seen)
        draft.refresh_from_db()
        assert draft.state == State.DRAFT
        again = publishing.Seen(live=3, revision=0)
        assert publishing.publish(draft, actor=mara(), at=MONDAY, seen=again) == live()

    def test_what_somebody_changed_meanwhile_is_looked_at_first(self) -> None:
        draft = edited(points=60)
        DefinitionVersion.objects.filter(pk=draft.pk).update(revision=1, edited_by=mara())
        with pytest.raises(publishing.Overtaken, match="Mara Lindqvist changed v2 meanwhile"):
            publishing.publish(
                draft, actor=mara(), at=MONDAY, seen=publishing.Seen(live=1, revision=0)
            )

    def test_a_draft_is_thrown_away_and_its_copies_stay(self) -> None:
        draft = edited(points=60)
        copy = publishing.clone(draft, actor=mara(), at=MONDAY)
        publishing.discard(draft)
        copy.refresh_from_db()
        assert copy.cloned_from == live()
        assert publishing.published_base(copy) == live()
        assert not DefinitionVersion.objects.filter(number=2).exists()
        with pytest.raises(publishing.Overtaken, match="is not there any more"):
            publishing.discard(draft)

    def test_what_was_published_is_never_thrown_away(self) -> None:
        with pytest.raises(publishing.Overtaken, match="only drafts are discarded"):
            publishing.discard(live())
        former = live()
        publishing.publish(edited(points=60), actor=mara(), at=MONDAY)
        with pytest.raises(publishing.Overtaken, match="v1 is retired by now"):
            publishing.discard(former)

    def test_the_base_of_a_draft_is_what_was_published(self) -> None:
        draft = edited(points=60)
        copy = publishing.clone(draft, actor=mara(), at=MONDAY)
        assert publishing.published_base(copy) == live()
        assert publishing.published_base(publishing.clone(None, actor=None, at=MONDAY)) is None

    def test_examples_of_every_kind_of_expectation(self) -> None:
        draft = edited(points=50)
        example = draft.examples.get()
        example.expect = {"fit": 50, "intent": 0, "missing": [], "motion": None, "reason": None}
        example.save()
        assert publishing.check(read(draft), at=MONDAY).is_sound
        example.expect = {"fit": 51, "missing": ["email"], "track": "news", "rule": "rest"}
        example.save()
        Track.objects.create(key="news", label="News")
        (line,) = publishing.check(read(draft), at=MONDAY).differences
        assert "expected rule rest, comes out fits (rule fits, fit 50, intent 0)" in line
        assert "track news, comes out none" in line
        assert "fit 51, comes out 50.0" in line
        assert "missing email, comes out none" in line

    def test_what_a_version_says_does_not_depend_on_how_it_was_written(self) -> None:
        document = live().document()
        spelled = {**document, "route": [{**document["route"][0], "when": None}]}
        spelled["fit"] = [{**document["fit"][0], "when": {"all": document["fit"][0]["when"]}}]
        assert versions.canonical(spelled) == versions.canonical(document)


@pytest.mark.django_db(transaction=True)
def test_two_people_publish_at_once_and_one_version_is_live() -> None:
    load(publish=True)
    drafts = [edited(points=60), edited(points=70)]
    actor, ready = mara(), threading.Barrier(2)

    def publish(draft: DefinitionVersion) -> None:
        ready.wait()
        publishing.publish(draft, actor=actor, at=MONDAY)
        connection.close()

    threads = [threading.Thread(target=publish, args=[draft]) for draft in drafts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    states = sorted(DefinitionVersion.objects.values_list("state", flat=True))
    assert states == [State.LIVE, State.RETIRED, State.RETIRED]


OLD: dict[str, Any] = {
    "summary": "Old",
    "required": ["email", "company"],
    "marketing": {"handover": 10},
    "motions": [{"key": "big", "label": "Big", "when": [{"field": "employees", "at_least": 1000}]}],
    "fit": [
        {
            "key": "size",
            "label": "Size",
            "points": 50,
            "when": [{"field": "employees", "at_least": 200}, {"field": "country", "is": "US"}],
        },
        {"key": "gone", "points": 5, "when": [{"field": "country", "is": "DE"}]},
    ],
    "signals": [{"key": "demo", "label": "Requested a demo", "points": 70, "cap": 1}],
    "decide": [
        {"key": "a", "label": "A", "status": "sales_ready", "tier": "fast",
         "when": [{"signal": "demo", "at_least": 1}]},
        {"key": "b", "label": "B", "status": "disqualified",
         "when": [{"field": "role", "is": "x"}]},
        {"key": "rest", "status": "nurture"},
    ],
    "tiers": [{"key": "fast", "label": "Fast", "hours": "business", "accept": 15,
               "on_breach": ["notify_owner"]}],
    "route": [{"key": "all", "label": "All", "to": {"team": "sdr"}}],
    "examples": [{"kind": "example", "name": "One", "expect": {"status": "nurture"}, "lead": {}}],
}  # fmt: skip


def changed(**sections: object) -> list[str]:
    return publishing.diff(OLD, {**OLD, **sections})


class TestDifferences:
    def test_none(self) -> None:
        assert changed() == []
        assert publishing.diff({}, {}) == []

    def test_the_head(self) -> None:
        assert changed(summary="") == ["Summary: “Old” → nothing."]
        assert changed(required=["email", "employees"]) == [
            "Required context: Company is required no more.",
            "Required context: Employees is required now.",
        ]
        assert changed(marketing={"handover": 5}) == [
            "Marketing hands over within: 10 minutes → 5 minutes."
        ]
        assert changed(marketing={"handover": 10, "returned": 60}) == [
            "Marketing answers a returned lead within: nothing promised → 60 minutes."
        ]
        assert changed(marketing=None) == [
            "Marketing hands over within: 10 minutes → nothing promised."
        ]

    def test_what_clocks_do_in_other_hands(self) -> None:
        (tier,) = OLD["tiers"]
        assert changed(tiers=[{**tier, "on_reassign": {"accept": "carry_on"}}]) == [
            "Tier, Fast: on a change of hands accepted starts anew, the others carry on"
            " → accepted carries on."
        ]

    def test_one_condition_of_several(self) -> None:
        size, gone = OLD["fit"]
        when = [{"field": "employees", "at_least": 100}, size["when"][1]]
        assert changed(fit=[{**size, "when": when}, gone]) == [
            "Fit, Size: employees at least 200 → at least 100."
        ]
        when = [{"field": "revenue", "at_least": 100}, size["when"][1]]
        assert changed(fit=[{**size, "when": when}, gone]) == [
            "Fit, Size: employees at least 200 → revenue at least 100."
        ]

    def test_conditions_as_a_whole(self) -> None:
        size, gone = OLD["fit"]
        assert changed(fit=[{**size, "when": {"any": size["when"]}}, gone]) == [
            "Fit, Size: employees at least 200 and Country is US → "
            "employees at least 200 or Country is US."
        ]
        assert changed(fit=[{**size, "when": None}, gone]) == [
            "Fit, Size: employees at least 200 and Country is US → always."
        ]
        assert changed(fit=[{**size, "when": [{"field": "?"}]}, gone]) == [
            "Fit, Size: employees at least 200 and Country is US → field ?."
        ]

    def test_rows_that_come_go_and_change(self) -> None:
        size = {**OLD["fit"][0], "points": 40.5, "label": "How large", "motion": "big"}
        new = {"key": "new", "points": -5, "when": [{"field": "free_mail", "is": True}]}
        assert changed(fit=[size, new]) == [
            "Fit removed: Gone.",
            "Fit, How large: was called “Size”.",
            "Fit, How large: points 50 → 40.5.",
            "Fit, How large: motion every → Big.",
            "Fit added: New, −5 points, when free mail address.",
        ]

    def test_signals_rules_tiers_and_routes(self) -> None:
        assert changed(signals=[{**OLD["signals"][0], "cap": 2, "sources": ["web", "ads"]}]) == [
            "Signal, Requested a demo: newest that count 1 → 2.",
            "Signal, Requested a demo: sources every → web, ads.",
        ]
        first, second, last = OLD["decide"]
        assert changed(decide=[second, {**first, "approve": True}, last]) == [
            "Status rule, A: approval by marketing no → yes.",
            "Status rules in another order: B before A.",
        ]
        tier = {**OLD["tiers"][0], "accept": "same_business_day", "on_breach": {"accept": ["task"]}}
        assert changed(tiers=[tier, {"key": "slow", "accept": 240}]) == [
            "Tier, Fast: accept 15 → same business day.",
            "Tier, Fast: when missed tell the owner → accepted: make a follow-up task.",
            "Tier added: Slow, accept 240.",
        ]
        review = {"key": "c", "status": "needs_qualification", "tier": "fast"}
        assert changed(decide=[first, review, second, last]) == [
            "Status rule added: C, needs qualification.",
        ]
        owned: dict[str, Any] = {"key": "o", "to": {"owner_of": "account"}}
        owned["when"] = [{"field": "owned", "is": True}]
        routes = [owned, {**OLD["route"][0], "to": {"queue": "q"}, "overflow": "next"}]
        assert changed(route=routes) == [
            "Routing rule added: O, the owner of the account, when account with an owner.",
            "Routing rule, All: goes to team sdr → queue q.",
            "Routing rule, All: when nobody is eligible it waits in the queue → "
            "the next rule is tried.",
        ]
        kept = [{**OLD["route"][0], "sticky": True}]
        assert changed(route=kept) == [
            "Routing rule, All: a returning lead goes back to who had it no → yes.",
        ]

    def test_only_what_moved_is_told(self) -> None:
        rows = [{"key": key, "status": "nurture"} for key in "abcdef"]

        def moved(order: str) -> list[str]:
            new = [next(row for row in rows if row["key"] == key) for key in order]
            return publishing.diff({"decide": rows}, {"decide": new})

        assert moved("abdefc") == ["Status rules in another order: C last."]
        assert moved("fabcde") == ["Status rules in another order: F before A."]
        assert moved("dacbef") == ["Status rules in another order: D before A; C before B."]

    def test_a_signal_is_called_by_its_label(self) -> None:
        first, *others = OLD["decide"]
        later = {**first, "when": [{"signal": "demo", "at_least": 2, "within_days": 7}]}
        assert changed(decide=[later, *others]) == [
            "Status rule, A: requested a demo at least once → at least twice within 7 days."
        ]

    def test_whom_a_change_affects(self) -> None:
        size, gone = ({**row, "motion": "big"} for row in OLD["fit"])
        later = {**size, "points": 60}
        assert publishing.diff({**OLD, "fit": [size, gone]}, {**OLD, "fit": [later]}) == [
            "Fit removed: Gone; affects Big only.",
            "Fit, Size: points 50 → 60; affects Big only.",
        ]
        first, *others = OLD["decide"]
        before = {**first, "when": [*first["when"], {"field": "motion", "is": "big"}]}
        after = {**before, "tier": "slow"}
        old = {**OLD, "decide": [before, *others]}
        assert publishing.diff(old, {**old, "decide": [after, *others]}) == [
            "Status rule, A: tier Fast → slow; affects Big only."
        ]
        signal = {**OLD["signals"][0], "sources": ["web"]}
        cheaper = {**signal, "points": 60}
        assert publishing.diff({**OLD, "signals": [signal]}, {**OLD, "signals": [cheaper]}) == [
            "Signal, Requested a demo: points 70 → 60; affects leads from web only."
        ]

    def test_what_builds_on_a_changed_row(self) -> None:
        tier = {**OLD["tiers"][0], "accept": 10}
        (one,) = differences(OLD, {**OLD, "tiers": [tier]})
        assert (one.section, one.key, one.place, one.leads_to) == ("tiers", "fast", 1, ("A",))
        old = {**OLD, "fit": [{**OLD["fit"][0], "motion": "big"}]}
        motion = {**OLD["motions"][0], "when": [{"field": "employees", "at_least": 500}]}
        (one,) = differences(old, {**old, "motions": [motion]})
        assert one.leads_to == ("Size",)

    def test_what_publishing_an_old_draft_would_undo(self) -> None:
        size, gone = OLD["fit"]
        live = {**OLD, "fit": [{**size, "points": 60}, gone], "summary": "Newer"}
        draft = {**OLD, "fit": [size, {**gone, "points": 7}]}
        assert [str(one) for one in publishing.undone(OLD, live, draft)] == [
            "Summary: “Newer” → “Old”.",
            "Fit, Size: points 60 → 50.",
        ]

    def test_examples(self) -> None:
        example = {**OLD["examples"][0], "expect": {"status": "duplicate"}}
        assert changed(examples=[example, {**example, "name": "Two"}]) == [
            "Example, One: expect changed from status nurture to status duplicate.",
            "Example added: Two.",
        ]


@pytest.mark.django_db
def test_a_published_version_has_signals_nobody_can_change() -> None:
    load(FILE.replace("  decide:", "  signals: [{key: demo, points: 5}]\n  decide:"), publish=True)
    with pytest.raises(Exception, match="never edited"):
        Signal.objects.update(points=9)
