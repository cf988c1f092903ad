"""Agreement beyond chance: published worked examples, missing votes, intervals, too few to say."""

import pytest

from reviews.agreement import LEAST, Ballot, among, between, majority, measured

SEED = "joint review 12"

# Krippendorff, “Computing Krippendorff's Alpha-Reliability” (2011), examples A, B and C; a dot is a
# missing value.
WORKED = {
    "two observers, two values": (("0100000010", "1110010000"), 0.095),
    "two observers, five values": (("aabbdcccedda", "babbbccceddd"), 0.692),
    "four observers, some missing": (
        ("123321412...", "1233224125.3", ".3332342251.", "12332441251."),
        0.743,
    ),
}


def units(observers: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """What was said of each unit, without what is missing."""
    return tuple(tuple(one for one in said if one != ".") for said in zip(*observers, strict=True))


@pytest.mark.parametrize(("observers", "alpha"), WORKED.values(), ids=WORKED.keys())
def test_alpha_is_that_of_the_published_examples(observers: tuple[str, ...], alpha: float) -> None:
    found = measured(units(observers), seed=SEED)
    assert found.value is not None
    assert round(found.value, 3) == alpha
    assert found.low <= found.value <= found.high


def test_a_lead_with_one_vote_counts_for_nothing() -> None:
    observers = WORKED["four observers, some missing"][0]
    told = units(observers)
    assert [len(one) for one in told].count(1) == 1
    found = measured(told, seed=SEED)
    assert (found.leads, found.votes) == (11, 40)


def ballots(verdicts: dict[str, str]) -> list[Ballot]:
    """One row of verdicts a voter (`marketing 1`), a character a lead: y, n, ? or a dot."""
    met = {"y": True, "n": False, "?": None}
    return [
        Ballot(lead, voter.split()[0], met[said])
        for voter, row in verdicts.items()
        for lead, said in enumerate(row)
        if said != "."
    ]


def test_who_cannot_tell_has_given_no_verdict() -> None:
    told = {"sales 1": "yynnyynnyn", "sales 2": "yynnyynnny"}
    unsure = {**told, "operations 1": "??????????"}
    assert among(ballots(unsure), seed=SEED) == among(ballots(told), seed=SEED)


def test_a_team_says_what_most_of_it_say_and_nothing_where_it_is_split() -> None:
    assert majority([True, True, False]) is True
    assert majority([False]) is False
    assert majority([True, False]) is None
    assert majority([]) is None


def test_between_teams_only_marketing_and_sales_count_and_each_has_one_voice() -> None:
    many = {
        "sales 1": "nnnnyyyyyy",
        "sales 2": "nnnnyyyyyy",
        "sales 3": "ynnnyyyyyy",
        "marketing 1": "ynnnyyyyyy",
        "operations 1": "nyyynnnnnn",
    }
    one_each = {"sales 1": "nnnnyyyyyy", "marketing 1": "ynnnyyyyyy"}
    found = between(ballots(many), seed=SEED)
    assert found == among(ballots(one_each), seed=SEED)
    assert (found.leads, found.votes) == (10, 20)


def test_a_team_that_is_split_leaves_the_lead_out() -> None:
    split = {"sales 1": "nnyy", "sales 2": "ynyy", "marketing 1": "nnyy"}
    assert between(ballots(split), seed=SEED).leads == 3


def test_few_leads_are_too_few_to_say_and_eight_are_enough() -> None:
    row = "ynnyynyn"
    assert len(row) == LEAST
    enough = among(ballots({"sales 1": row, "marketing 1": row}), seed=SEED)
    few = among(ballots({"sales 1": row[1:], "marketing 1": row[1:]}), seed=SEED)
    assert enough.is_enough and enough.is_beyond_chance
    assert few.value == 1.0
    assert not few.is_enough and not few.is_beyond_chance


def test_of_three_leads_not_even_a_figure_is_shown() -> None:
    """Drawn anew, one lead is always itself: its interval would look sure of nothing."""
    three = among(ballots({"sales 1": "yny", "marketing 1": "yny"}), seed=SEED)
    four = among(ballots({"sales 1": "ynyn", "marketing 1": "ynyn"}), seed=SEED)
    assert not three.is_shown and four.is_shown
    assert not four.is_enough


def test_where_everybody_always_says_the_same_nothing_can_be_said() -> None:
    found = among(ballots({"sales 1": "yyyyyyyyyy", "marketing 1": "yyyyyyyyyy"}), seed=SEED)
    assert found.value is None
    assert found.is_unanimous and not found.is_enough


def test_without_votes_there_is_no_agreement_and_no_unanimity() -> None:
    found = among([], seed=SEED)
    assert (found.value, found.leads, found.votes) == (None, 0, 0)
    assert not found.is_unanimous


def test_the_interval_is_the_same_for_the_same_seed_and_covers_chance_where_teams_vote_by_lot() -> (
    None
):
    by_lot = ballots({"sales 1": "ynynynynyn", "marketing 1": "yynnyynnyn"})
    first, again = among(by_lot, seed="a"), among(list(reversed(by_lot)), seed="a")
    assert first == again
    assert first.low < 0 < first.high
    assert not first.is_beyond_chance


def test_more_leads_make_the_interval_narrower() -> None:
    sales, marketing = "ynynynynyn", "ynynynynny"
    ten = among(ballots({"sales 1": sales, "marketing 1": marketing}), seed=SEED)
    forty = among(ballots({"sales 1": sales * 4, "marketing 1": marketing * 4}), seed=SEED)
    assert forty.high - forty.low < ten.high - ten.low
