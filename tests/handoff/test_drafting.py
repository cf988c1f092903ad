"""A draft is changed one thing at a time, and nobody overwrites another."""

import pytest
from django.utils import timezone

from handoff import drafting, publishing
from handoff.models import DefinitionVersion
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def mara():
    make.agreement_in_force()
    return make.mara()


@pytest.fixture
def draft(mara):
    live = DefinitionVersion.objects.live().get()
    return publishing.clone(live, actor=mara, at=timezone.now())


@pytest.fixture
def who(mara):
    return {"actor": mara, "at": timezone.now()}


def rows(draft, section):
    return DefinitionVersion.objects.with_rows().get(pk=draft.pk).document().get(section, [])


FIT = {"key": "dach", "label": "DACH", "points": 7.0, "when": [{"field": "country", "is": "DE"}]}


def test_a_row_is_put_at_the_end_replaced_moved_and_taken_out(draft, who):
    before = rows(draft, "fit")
    draft = drafting.put(draft, "fit", FIT, revision=0, **who)
    assert rows(draft, "fit") == [*before, FIT]
    last = len(before)
    dearer = {**FIT, "points": 9.0}
    draft = drafting.put(draft, "fit", dearer, place=last, revision=1, **who)
    draft = drafting.move(draft, "fit", last, 0, revision=2, **who)
    assert rows(draft, "fit") == [dearer, *before]
    assert drafting.remove(draft, "fit", 0, revision=3, **who) == dearer
    assert rows(draft, "fit") == before
    draft = drafting.insert(draft, "fit", dearer, place=1, revision=4, **who)
    assert rows(draft, "fit")[1] == dearer
    assert (draft.revision, draft.edited_by) == (5, who["actor"])


def test_rows_that_stay_keep_their_identity(draft, who):
    kept = set(draft.fit.values_list("pk", flat=True))
    draft = drafting.put(draft, "fit", FIT, revision=0, **who)
    assert kept <= set(draft.fit.values_list("pk", flat=True))


def test_a_row_that_does_not_hold_together_is_refused_at_its_place(draft, who):
    wrong = {**FIT, "when": [{"field": "shoe_size", "is": 44}]}
    with pytest.raises(drafting.Faulty) as caught:
        drafting.put(draft, "fit", wrong, revision=0, **who)
    assert [fault.place for fault in caught.value.faults] == ["when[0].field"]
    with pytest.raises(drafting.Faulty) as caught:
        drafting.put(draft, "fit", {**FIT, "label": "x" * 400}, revision=0, **who)
    assert [fault.place for fault in caught.value.faults] == ["label"]
    assert FIT not in rows(draft, "fit")


def test_what_it_breaks_elsewhere_is_told_when_publishing(draft, who):
    places = [row["key"] for row in rows(draft, "tiers")]
    for revision, _ in enumerate(places):
        drafting.remove(draft, "tiers", 0, revision=revision, **who)
    fresh = DefinitionVersion.objects.with_rows().get(pk=draft.pk)
    assert not publishing.check(fresh, at=who["at"]).is_sound
    with pytest.raises(publishing.Refused):
        publishing.publish(fresh, **who)


def test_a_rule_moved_to_the_end_may_still_be_edited(draft, who):
    rules = rows(draft, "decide")
    draft = drafting.move(draft, "decide", 0, len(rules) - 1, revision=0, **who)
    last = {**rules[0], "label": "Reworded"}
    draft = drafting.put(draft, "decide", last, place=len(rules) - 1, revision=1, **who)
    assert rows(draft, "decide")[-1] == last
    told = [fault.message for fault in publishing.check(draft, at=who["at"]).faults]
    assert told == ["the last row must have no conditions, so that one row always holds"]


def test_the_head_is_reworded(draft, who):
    draft = drafting.reword(
        draft,
        summary="Raise the floor",
        required=["email"],
        marketing={"handover": 15, "returned": 240},
        revision=0,
        **who,
    )
    assert (draft.summary, draft.required, draft.handover_minutes) == (
        "Raise the floor",
        ["email"],
        15,
    )
    with pytest.raises(drafting.Faulty) as caught:
        drafting.reword(draft, summary="", required=["shoe"], marketing={}, revision=1, **who)
    assert caught.value.faults[0].place.startswith("required")


def test_two_people_never_overwrite_each_other(draft, who):
    drafting.put(draft, "fit", FIT, revision=0, **who)
    with pytest.raises(drafting.Overtaken, match="Mara"):
        drafting.remove(draft, "fit", 0, revision=0, **who)


def test_a_published_version_is_not_changed(draft, who):
    publishing.publish(draft, **who)
    with pytest.raises(drafting.Overtaken, match="live"):
        drafting.put(draft, "fit", FIT, revision=0, **who)


def test_a_new_rule_goes_before_the_one_for_everyone_else(draft, who):
    rule = {"key": "dach", "status": "nurture", "when": [{"field": "country", "is": "DE"}]}
    last = rows(draft, "decide")[-1]
    draft = drafting.put(draft, "decide", rule, revision=0, **who)
    assert [row["key"] for row in rows(draft, "decide")[-2:]] == ["dach", last["key"]]


def test_what_is_put_back_into_a_shorter_section_goes_where_a_new_one_would(draft, who):
    before = rows(draft, "decide")
    taken = drafting.remove(draft, "decide", 0, revision=0, **who)
    draft = drafting.insert(draft, "decide", taken, place=99, revision=1, **who)
    assert rows(draft, "decide")[-2:] == [taken, before[-1]]
    fit = rows(draft, "fit")
    draft = drafting.insert(draft, "fit", FIT, place=99, revision=2, **who)
    assert rows(draft, "fit") == [*fit, FIT]


def test_no_row_takes_the_key_of_another_wherever_it_stands(draft, who):
    first, second = rows(draft, "fit")[:2]
    row = {**first, "key": second["key"]}
    for place in (0, None):
        with pytest.raises(drafting.Faulty, match="another one") as caught:
            drafting.put(draft, "fit", row, place=place, revision=0, **who)
        assert caught.value.faults[0].place == "key"


EXAMPLE = {"kind": "example", "name": "Anybody", "expect": {"status": "nurture"}, "lead": {}}


def test_two_examples_of_one_name_stay_two_and_go_one_by_one(draft, who):
    draft = drafting.put(draft, "examples", EXAMPLE, revision=0, **who)
    with pytest.raises(drafting.Faulty, match="another one"):
        drafting.put(draft, "examples", EXAMPLE, revision=1, **who)
    count = len(rows(draft, "examples"))
    draft.examples.create(**EXAMPLE, position=count + 1)
    drafting.remove(draft, "examples", count, revision=1, **who)
    assert [row["name"] for row in rows(draft, "examples")].count("Anybody") == 1


def test_a_change_in_the_admin_is_counted_too(draft, mara, client):
    client.force_login(mara)
    address = f"/admin/handoff/definitionversion/{draft.pk}/change/"
    form = client.get(address).context["adminform"].form
    formsets = client.get(address).context["inline_admin_formsets"]
    values = {form.add_prefix(name): form[name].value() for name in form.fields}
    for one in formsets:
        for part in (one.formset.management_form, *one.formset.initial_forms):
            values |= {part.add_prefix(name): part[name].value() for name in part.fields}
    values = {name: "" if value is None else value for name, value in values.items()}
    values[form.add_prefix("summary")] = "Changed in the admin"
    answer = client.post(address, {k: v for k, v in values.items() if v is not False})
    draft.refresh_from_db()
    assert answer.status_code == 302, answer.context and answer.context["errors"]
    assert (draft.summary, draft.revision, draft.edited_by) == ("Changed in the admin", 1, mara)
