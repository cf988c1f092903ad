"""What a new row is called, and whether a name still fits its rule."""

import pytest
from django.urls import reverse
from django.utils import timezone

from handoff import drafting, publishing
from handoff.models import DefinitionVersion
from handoff.views.room.naming import fresh_key, misnamed
from handoff.views.room.telling import Names
from tests import factories as make

BIG = [{"field": "employees", "at_least": 5000}]
SPAN = {"key": "size", "points": 10, "label": "50 to 2,000 people", "when": [
    {"field": "employees", "between": [50, 2000]}]}  # fmt: skip


def key_of(section, row, document=None):
    return fresh_key(section, {"key": "", **row}, document or {})


@pytest.mark.parametrize(
    ("section", "row", "key"),
    [
        ("fit", {"points": 10, "when": BIG}, "employees_at_least_5000"),
        ("fit", {"points": 10, "label": "Größe: 1,000+"}, "groe_1000"),
        ("motions", {}, "everyone_else"),
        ("signals", {"points": 1, "signal": "booth_visit"}, "booth_visit"),
        ("decide", {"status": "nurture", "when": BIG}, "nurture_employees_at_least_5000"),
        ("route", {"to": {"team": "na"}, "when": BIG}, "na_employees_at_least_5000"),
        ("tiers", {"accept": 30}, "accepted_within_30_min"),
    ],
)
def test_a_nameless_row_gets_its_key_from_what_it_says(section, row, key):
    assert key_of(section, row) == key


def test_a_key_is_never_that_of_another_row_and_never_too_long():
    taken = {"fit": [{"key": "big"}, {"key": "big_2"}]}
    assert key_of("fit", {"points": 1, "label": "Big!"}, taken) == "big_3"
    long = key_of("fit", {"points": 1, "label": "word " * 40})
    assert len(long) <= 48 and long.endswith("_word")


def test_a_name_that_says_what_the_rule_said_before_is_told_with_one_that_fits():
    now = {**SPAN, "when": [{"field": "employees", "between": [100, 3000]}]}
    found = misnamed("fit", now, SPAN, Names())
    assert found is not None
    assert (found.said, found.better) == ("“50” and “2,000”", "100 to 3,000 people")
    trade = {"key": "t", "points": 1, "label": "Software houses", "when": [
        {"field": "industry", "is": "software"}]}  # fmt: skip
    health = {**trade, "when": [{"field": "industry", "is": "health"}]}
    found = misnamed("fit", health, trade, Names())
    assert found is not None and found.better == "health houses"


def test_without_the_row_before_figures_of_a_name_are_held_against_the_rule():
    now = {**SPAN, "when": [{"field": "employees", "between": [100, 3000]}]}
    found = misnamed("fit", now, None, Names())
    assert found is not None and found.better == "100 to 3,000 people"
    fewer = {**SPAN, "when": [{"field": "employees", "at_least": 100}]}
    found = misnamed("fit", fewer, SPAN, Names())
    assert found is not None and found.better == "Employees at least 100"


@pytest.mark.parametrize(
    ("label", "before"),
    [("50 to 2,000 people", SPAN), ("50 to 2,000 people", None), ("Fits", None), ("", None)],
)
def test_a_name_that_fits_is_not_told(label, before):
    assert misnamed("fit", {**SPAN, "label": label}, before, Names()) is None


@pytest.mark.django_db
def test_a_row_is_given_the_name_that_fits(client):
    draft = publishing.clone(make.agreement_in_force(), actor=make.mara(), at=timezone.now())
    row = {**SPAN, "label": "100 people", "when": BIG}
    who = {"actor": make.mara(), "at": timezone.now()}
    drafting.put(draft, "fit", row, place=1, revision=0, **who)
    client.force_login(make.mara())
    page = client.get(reverse("room", args=[draft.number])).content.decode()
    assert "Its name says “100”, its rule does not." in page
    sent = {"revision": 1, "place": 1, "label": "5,000 people"}
    address = reverse("room-rename", args=[draft.number, "fit"])
    assert client.post(address, sent).status_code == 302
    kept = DefinitionVersion.objects.with_rows().get(pk=draft.pk).document()["fit"][1]
    assert kept == {**row, "points": 10.0, "label": "5,000 people"}
    assert client.post(address, {**sent, "place": 9, "revision": 2}).status_code == 409
    client.force_login(make.lena())
    assert client.post(address, sent).status_code == 403
