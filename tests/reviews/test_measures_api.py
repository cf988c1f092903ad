"""The measures over the API: the very figures of the pages."""

import pytest

from handoff.models import ApiKey
from reviews.measures.catalogue import MEASURES
from tests import factories as make
from tests.factories import MONDAY
from tests.reviews.counting import NOW, a_floor, first_ones, shares_by_hand, times_by_hand

pytestmark = pytest.mark.django_db

DAYS = {"since": "2026-10-01", "until": "2026-10-19"}


@pytest.fixture
def ask(client, time_machine):
    """A call with a key that may read."""
    time_machine.move_to(NOW, tick=False)
    make.agreement_in_force()
    key = ApiKey.make("reporting", ["read"])[1]

    def call(name, **query):
        headers = {"Authorization": f"Bearer {key}"}
        return client.get(f"/api/v1/measures/{name}", {**DAYS, **query}, headers=headers)

    return call


@pytest.mark.parametrize("measure", MEASURES, ids=lambda one: one.key)
def test_it_answers_what_a_count_by_hand_gives(ask, measure):
    a_floor(25, seed=9)
    those = [one for one in first_ones() if not one.historical]
    told = ask(measure.key, by="source", compare="1").json()
    figure = told["all"]["figure"]
    if told["kind"] == "share":
        assert (figure["count"], figure["n"]) == shares_by_hand(those).get(measure.key, (0, 0))
    else:
        n, median, ninth = times_by_hand(those).get(measure.key, (0, None, None))
        assert figure["n"] == n
        if n >= 20:
            assert (figure["median"], figure["ninth"]) == (median, ninth)
    assert told["formula"] == measure.formula
    assert sum(row["handed_over"] for row in told["rows"]) == len(those)


@pytest.mark.parametrize(("said", "handed"), [("1", 1), ("0", 0), ("false", 0), ("", 0)])
def test_a_no_is_a_no_however_it_is_sent(said, handed, ask):
    make.HandoffFactory(rejected=True, historical=True, made_at=MONDAY)
    told = ask("win_rate", past=said, compare=said).json()["all"]
    assert told["handed_over"] == handed
    assert (told["before"] is not None) == bool(handed)


def test_without_by_it_tells_the_weeks(ask):
    told = ask("win_rate").json()
    assert told["by"] == "week" and len(told["rows"]) == 12
    assert told["rows"][-1]["key"] == "2026-10-19"


def test_an_unknown_measure_is_a_problem(ask):
    answer = ask("nonsense")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "acceptance_rate" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ({"by": "weather"}, "by"),
        ({"weather": "fine"}, "weather"),
        ({"until": ""}, "since"),
        ({"since": "rubbish"}, "since"),
        ({"period": "fortnight"}, "period"),
        ({"version": "x"}, "version"),
    ],
)
def test_an_unknown_filter_is_a_problem(ask, query, place):
    answer = ask("win_rate", **query)
    assert answer.status_code == 422
    assert place in [one["place"] for one in answer.json()["errors"]]


def test_a_key_without_the_scope_is_refused(client):
    key = ApiKey.make("intake", ["leads"])[1]
    headers = {"Authorization": f"Bearer {key}"}
    assert client.get("/api/v1/measures/win_rate", headers=headers).status_code == 403
    assert client.get("/api/v1/measures/win_rate").status_code == 401


def test_it_is_described(client):
    document = client.get("/api/v1/openapi.json").json()
    said = document["paths"]["/api/v1/measures/{name}"]["get"]
    assert {"by", "campaign", "compare"} <= {one["name"] for one in said["parameters"]}


def test_the_mix_of_reasons_is_what_a_count_by_hand_gives(ask):
    timing, segment = make.ReasonFactory(key="timing"), make.ReasonFactory(key="segment")
    for reason in (timing, timing, segment):
        make.HandoffFactory(rejected=True, reason=reason)
    told = ask("reasons", compare="1").json()
    assert told["rejected"] == 3
    counted = {row["key"]: (row["figure"]["count"], row["figure"]["n"]) for row in told["rows"]}
    assert counted == {"timing": (2, 3), "segment": (1, 3)}
    assert told["rows"][0]["key"] == "timing" and told["rows"][0]["before"]["count"] == 0
    assert told["rows"][0]["exceeds_chance"] is None
    assert sum(week["rejected"] for week in told["rows"][0]["weeks"]) == 2


def test_the_mix_of_reasons_is_told_as_a_whole(ask):
    assert ask("reasons", by="week").json()["errors"][0]["place"] == "by"
    assert ask("reasons").json()["rows"] == []
