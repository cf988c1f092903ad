"""The stop rule's interval: who looks after every answer is misled no more often than said."""

import pytest

from reviews.measures.intervals import LEAST, lasting, share

ALPHA = 0.05
ANSWERS = 400


def ever_above(interval, chance):
    """How likely the interval ever lies above the true chance, looking after each answer from the
    twentieth on: exact, by adding up all the ways there, the stopped ones taken out."""
    ways, stopped, first = [1.0], 0.0, 0
    for n in range(1, ANSWERS + 1):
        before = [*ways, 0.0]
        ways = [
            before[k] * (1 - chance) + (before[k - 1] * chance if k else 0.0) for k in range(n + 1)
        ]
        if n < LEAST:
            continue
        first = next((k for k in range(first, n + 1) if interval(k, n).low > chance), n + 1)
        stopped += sum(ways[first:])
        ways[first:] = [0.0] * (n + 1 - first)
    return stopped


@pytest.mark.parametrize("chance", [0.1, 0.4])
def test_looking_after_every_answer_it_errs_at_most_as_often_as_said(chance):
    assert 0.001 < ever_above(lasting, chance) <= ALPHA / 2


def test_an_interval_for_one_look_would_err_far_more_often():
    assert ever_above(share, 0.4) > 2 * ALPHA


@pytest.mark.parametrize(("count", "n"), [(0, 0), (0, 7), (7, 7), (3, 20), (180, 400)])
def test_it_holds_the_share_and_is_wider_than_for_one_look(count, n):
    found, once = lasting(count, n), share(count, n)
    assert 0 <= found.low <= (found.value or 0.0) and (found.value or 0.0) <= found.high <= 1
    assert found.low <= once.low and once.high <= found.high


def test_it_narrows_with_more_cases():
    few, many = lasting(8, 20), lasting(800, 2000)
    assert many.high - many.low < few.high - few.low


@pytest.mark.parametrize(("count", "n"), [(-1, 3), (4, 3)])
def test_what_is_not_among_the_counted_is_no_share(count, n):
    with pytest.raises(ValueError, match="is no share"):
        lasting(count, n)
