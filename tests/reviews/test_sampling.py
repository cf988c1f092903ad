"""A review's sample: the same for the same seed, of every kind, spread over sources and reps."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from reviews.sampling import ACCEPTED, CONVERTED, LATE, REJECTED, STRATA, Candidate, Draw, draw

SAM, INES, OTTO = 1, 2, 3

pools = some.lists(
    some.builds(
        Candidate,
        handoff=some.integers(1, 500),
        stratum=some.sampled_from(list(STRATA)),
        source=some.sampled_from(["", "organic", "paid", "webinar"]),
        rep=some.sampled_from([None, SAM, INES, OTTO]),
    ),
    max_size=60,
    unique_by=lambda one: one.handoff,
)
sizes = some.integers(1, 14)
seeds = some.text(max_size=8)


def many(stratum: str, count: int, *, start: int = 1, source: str = "paid") -> list[Candidate]:
    return [Candidate(start + n, stratum, source, SAM) for n in range(count)]


def numbers(found: Draw) -> list[int]:
    return [place.candidate.handoff for place in found.places]


def strata(found: Draw) -> Counter[str]:
    return Counter(place.candidate.stratum for place in found.places)


@given(pools, sizes, seeds, some.randoms())
def test_the_order_of_the_rows_does_not_matter(pool, size, seed, chance) -> None:
    first = draw(pool, size=size, seed=seed)
    chance.shuffle(pool)
    assert draw(pool, size=size, seed=seed) == first


def test_a_seed_draws_the_same_on_every_machine() -> None:
    pool = [
        Candidate(n, list(STRATA)[n % 5], ("paid", "organic", "webinar")[n % 3], n % 4)
        for n in range(1, 201)
    ]
    assert numbers(draw(pool, seed="2026-11-05")) == PINNED
    assert numbers(draw(pool, seed="2026-11-19")) != PINNED


@given(pools, sizes, seeds)
def test_as_many_as_wanted_each_once(pool, size, seed) -> None:
    found = draw(pool, size=size, seed=seed)
    assert len(found.places) == min(size, len(pool))
    assert len(set(numbers(found))) == len(found.places)
    assert found.among == len(pool)


@given(pools, sizes, seeds)
def test_every_kind_that_is_there_comes_in_turn(pool, size, seed) -> None:
    """No kind has two more than another that has leads left."""
    drawn = strata(draw(pool, size=size, seed=seed))
    there = Counter(one.stratum for one in pool)
    for one in there:
        if drawn[one] < there[one]:
            assert max(drawn.values(), default=0) - drawn[one] <= 1
    assert len(drawn) == min(size, len(there))


@settings(max_examples=200)
@given(pools, sizes, seeds)
def test_no_source_or_rep_has_more_than_its_share_where_another_lead_could_stand(
    pool, size, seed
) -> None:
    drawn = [place.candidate for place in draw(pool, size=size, seed=seed).places]
    names = {one.source for one in pool}
    reps = {one.rep for one in pool if one.rep is not None}
    source_share, rep_share = -(-size // max(1, len(names))), -(-size // max(1, len(reps)))
    for one in drawn:
        rest = [other for other in drawn if other != one]
        sources = Counter(other.source for other in rest)
        owners = Counter(other.rep for other in rest)
        if sources[one.source] < source_share:
            continue
        for other in pool:
            if other in drawn or other.stratum != one.stratum:
                continue
            no_rep_more = other.rep is None or other.rep == one.rep or owners[other.rep] < rep_share
            assert not (sources[other.source] < source_share and no_rep_more)


@given(pools, seeds)
def test_nobody_reviews_a_lead_they_own_alone(pool, seed) -> None:
    found = draw(pool, seed=seed, reviewers=[SAM])
    assert all(place.candidate.rep != SAM for place in found.places)
    both = draw(pool, seed=seed, reviewers=[SAM, OTTO])
    assert both.among == len(pool)


def test_ten_leads_are_two_of_each_kind() -> None:
    pool = [one for n, kind in enumerate(STRATA) for one in many(kind, 20, start=1 + 100 * n)]
    assert strata(draw(pool, seed="a")) == dict.fromkeys(STRATA, 2)


def test_what_a_kind_lacks_goes_to_those_with_fewest_and_is_told() -> None:
    pool = [*many(REJECTED, 20), *many(ACCEPTED, 20, start=100), *many(LATE, 1, start=200)]
    found = draw(pool, seed="a")
    assert strata(found) == {REJECTED: 5, ACCEPTED: 4, LATE: 1}
    told = Counter(place.why for place in found.places)
    assert told["Drawn by lot among 20 leads rejected by sales."] == 2
    assert told["Drawn by lot among 20 leads rejected by sales, as other kinds had too few."] == 3
    assert told["Drawn by lot among 1 lead touched late."] == 1


def test_the_order_in_which_they_are_looked_at_tells_nothing_of_kinds() -> None:
    pool = [one for n, kind in enumerate(STRATA) for one in many(kind, 20, start=1 + 100 * n)]
    orders = {
        tuple(place.candidate.stratum for place in draw(pool, seed=str(n)).places)
        for n in range(20)
    }
    assert len(orders) > 15


def test_one_place_is_drawn_anew_from_the_same_kind_while_the_others_stay() -> None:
    pool = [one for n, kind in enumerate(STRATA) for one in many(kind, 20, start=1 + 100 * n)]
    first = [place.candidate for place in draw(pool, seed="a").places]
    gone = first.pop(3)
    (fresh,) = draw(pool, seed="a", kept=first, excluded=[gone.handoff]).places
    assert fresh.candidate.stratum == gone.stratum
    assert fresh.candidate not in [*first, gone]


def test_a_kind_nobody_knows_and_a_lead_that_comes_twice_are_refused() -> None:
    one = Candidate(1, CONVERTED, "paid", SAM)
    with pytest.raises(ValueError, match="No stratum is called lost"):
        draw([replace(one, stratum="lost")], seed="a")
    with pytest.raises(ValueError, match="twice"):
        draw([one, replace(one, stratum=LATE)], seed="a")


PINNED = [198, 21, 117, 7, 159, 110, 40, 8, 109, 71]
