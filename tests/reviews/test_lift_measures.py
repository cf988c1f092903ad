"""The arithmetic of lift: planted effects are found, chance is called chance, and what is judged
was never learned from."""

import json
import math

import numpy as np
import pytest

from reviews.measures.lift.adjusted import learn
from reviews.measures.lift.examining import NOT_APPLIED, Cases, Left, examine
from reviews.measures.lift.judging import auc, bands, better, in_bands
from reviews.measures.lift.relative import relative
from reviews.measures.lift.results import Clause, examined
from reviews.measures.lift.weights import suggested

NOBODY_LEFT = Left(0, 0, 0.0)
EFFECTS = {0: 1.2, 1: -1.0}


def clauses(number):
    return [Clause("fit", f"c{n}", f"Clause {n}", 10.0) for n in range(number)]


def simulated(n=6000, width=8, seed=7):
    """Cases in which the first clause raises the odds, the second lowers them, the third comes
    with the first and does nothing by itself, and the others are noise."""
    draw = np.random.default_rng(seed)
    counts = (draw.random((n, width)) < 0.4).astype(np.int16) * 100
    alike = draw.random(n) < 0.7
    counts[alike, 2] = counts[alike, 0]
    line = -1.0 + sum(size * counts[:, place] / 100 for place, size in EFFECTS.items())
    yes = draw.random(n) < 1 / (1 + np.exp(-line))
    return Cases(counts, yes, np.zeros((n, 1), dtype=np.int16))


def found(cases, outcome="won"):
    return examine(outcome, clauses(cases.counts.shape[1]), cases, NOBODY_LEFT)[0]


@pytest.mark.parametrize("cells", [(30, 50, 40, 200), (1, 20, 300, 900), (700, 800, 1, 40)])
def test_a_relative_risk_is_what_counting_by_hand_says(cells):
    yes, n, other_yes, other_n = cells
    one = relative(*cells)
    assert one.value == pytest.approx((yes / n) / (other_yes / other_n))
    error = math.sqrt((n - yes) / (yes * n) + (other_n - other_yes) / (other_yes * other_n))
    assert math.log(one.high / one.value) == pytest.approx(1.959964 * error, rel=1e-5)
    assert math.log(one.value / one.low) == pytest.approx(1.959964 * error, rel=1e-5)


def test_the_interval_is_wider_where_more_clauses_were_looked_at():
    one, many = (relative(30, 50, 40, 200, looked_at=looked) for looked in (1, 20))
    assert many.low < one.low < one.value == many.value < one.high < many.high


def test_an_empty_cell_is_filled_and_says_so():
    none = relative(0, 60, 30, 60)
    assert none.is_filled and 0 < none.low < none.value < none.high < 1
    assert none.value == pytest.approx((0.5 / 60.5) / (30.5 / 60.5))
    assert not relative(1, 60, 30, 60).is_filled


@pytest.mark.parametrize(
    "cells", [(10, 19, 40, 200), (10, 200, 5, 19), (2, 500, 2, 500), (60, 60, 40, 40)]
)
def test_too_few_are_no_relative_risk(cells):
    one = relative(*cells)
    assert one.value is None and not one.is_enough
    assert (one.with_yes, one.with_n) == cells[:2]


def test_planted_effects_are_found_and_what_only_comes_along_is_not():
    rows = found(simulated()).rows
    assert [row.adjusted.verdict for row in rows[:2]] == ["raises", "lowers"]
    for place, size in EFFECTS.items():
        one = rows[place].adjusted
        assert one.low < math.exp(size) < one.high
    assert rows[2].relative.is_sure, "by itself it goes with the outcome"
    assert rows[2].adjusted.verdict in ("unsure", "nothing"), (
        "with the first held still it does not"
    )


def test_noise_is_hardly_ever_called_an_effect():
    wrong = sum(
        row.adjusted.verdict in ("raises", "lowers")
        for seed in range(25)
        for row in found(simulated(n=2000, seed=100 + seed)).rows[3:]
    )
    assert wrong <= 5, "of 125 looks; five of a hundred studies may have one"


def test_what_is_judged_was_never_learned_from():
    cases = simulated()
    turned = cases.yes.copy()
    cut = int(len(cases) * 0.7)
    turned[cut:] = ~turned[cut:]
    before, after = found(cases), found(Cases(cases.counts, turned, cases.besides))
    points = [row.suggested for row in before.rows]
    assert points == [row.suggested for row in after.rows]
    assert [row.adjusted for row in before.rows] == [row.adjusted for row in after.rows]
    assert before.suggestion.auc.value > 0.6 > 0.4 > after.suggestion.auc.value
    assert [one.expected for one in before.today.bands] == [
        one.expected for one in after.today.bands
    ]


def test_the_suggestion_tells_better_than_equal_points_and_the_sum_of_bands_is_everybody():
    one = found(simulated())
    value, low, high = one.better
    assert 0 < low < value < high
    assert value == pytest.approx(one.suggestion.auc.value - one.today.auc.value)
    for judged in (one.today, one.suggestion):
        assert sum(band.n for band in judged.bands) == one.judged_n == 1800
        assert sum(band.yes for band in judged.bands) == judged.auc.yes


def test_points_keep_the_scale_and_the_sign():
    rows = [Clause("fit", "a", "A", 30.0), Clause("fit", "b", "B", 50.0)]
    rows += [Clause("fit", "c", "C", 20.0), Clause("signals", "d", "D", 70.0)]
    points = suggested(rows, {0: 0.9, 1: -0.3, 2: 0.0, 3: 0.2})
    assert points == {0: 60, 1: -20, 2: 0, 3: 70}
    assert suggested(rows, {0: 5.0}) == {0: 30}
    assert suggested(rows, {}) == {}


def test_little_data_suggests_nothing_and_says_why():
    cases = simulated(n=150)
    one = found(cases)
    assert one.n == 150
    assert "are needed" in one.why and not one.may_be_drafted
    assert all(row.adjusted is None and row.suggested is None for row in one.rows)
    assert one.today is None and one.rows[0].relative.with_n


def test_a_clause_that_always_or_never_holds_is_not_weighed():
    cases = simulated()
    cases.counts[:, 3], cases.counts[:, 4] = 100, 0
    cases.counts[15:, 5] = 0
    rows = found(cases).rows
    assert [row.why for row in rows[3:6]] == ["always held", "never held", "not enough data"]
    assert all(row.suggested is None for row in rows[3:6]) and rows[0].suggested


def test_a_clause_of_some_leads_is_compared_among_them():
    cases = simulated()
    cases.counts[:3000, 0] = NOT_APPLIED
    one = found(cases).rows[0].relative
    held = cases.counts[3000:, 0] == 100
    assert (one.with_n, one.without_n) == (held.sum(), (~held).sum())
    assert one.without_yes == cases.yes[3000:][~held].sum()


def test_an_auc_is_the_part_of_pairs_in_order():
    draw = np.random.default_rng(3)
    scores, yes = draw.integers(0, 8, 200).astype(float), draw.random(200) < 0.4
    pairs = [
        1.0 if one > other else 0.5 if one == other else 0.0
        for one in scores[yes]
        for other in scores[~yes]
    ]
    one = auc(scores, yes)
    assert one.value == pytest.approx(sum(pairs) / len(pairs))
    assert one.low < one.value < one.high and (one.yes, one.no) == (yes.sum(), (~yes).sum())
    assert better(scores, scores, yes) == (0.0, 0.0, 0.0)
    assert auc(yes.astype(float), yes).value == 1.0


def test_the_interval_of_an_auc_holds_as_often_as_it_says():
    draw = np.random.default_rng(11)
    held = 0
    for _ in range(300):
        yes = np.arange(160) < 60
        one = auc(draw.normal(size=160) + yes, yes)
        held += one.low <= 0.7602 <= one.high
    assert 270 <= held <= 298


def test_bands_hold_everybody_and_keep_equals_together():
    expected = np.array([0.1] * 50 + [0.2] * 30 + [0.5] * 20)
    places = bands(expected)
    assert len({(chance, place) for chance, place in zip(expected, places, strict=True)}) == 3
    yes = np.arange(100) % 2 == 0
    assert [band.n for band in in_bands(places, expected, yes)] == [50, 30, 20]


def test_a_clause_only_winners_have_stays_finite():
    columns = np.array([[100], [0]] * 200, dtype=np.int16)
    yes = columns[:, 0] == 100
    one = learn(columns, yes)
    assert 0 < one.weights[0] * 100 < 20 and np.isfinite(one.errors).all()


def test_the_regression_stands_where_its_slope_is_nothing():
    """Checked against the definition itself: the derivative of the penalised likelihood."""
    cases = simulated(n=800)
    columns = cases.counts.astype(float)
    one = learn(cases.counts, cases.yes)
    chance = 1 / (1 + np.exp(-(one.intercept + columns @ one.weights)))
    spread = columns.std(axis=0)
    slope = ((columns - columns.mean(axis=0)) / spread).T @ (chance - cases.yes)
    assert np.allclose(slope + one.weights * spread, 0, atol=1e-4)
    assert abs((chance - cases.yes).sum()) < 1e-4


def test_what_is_found_is_read_back_as_it_was_kept():
    one = found(simulated())
    assert examined(json.loads(json.dumps(one.as_json()))) == one
