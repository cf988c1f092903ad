"""What the rows of every list are made of."""

import pytest
from django.urls import NoReverseMatch, clear_script_prefix, reverse, set_script_prefix

from handoff.tables import address_of


@pytest.mark.parametrize("pk", [1, 7, 1_234_567_890, 2**63 - 1])
@pytest.mark.parametrize("route", ["leads:lead", "leads:accept", "leads:nurtured"])
def test_a_rows_address_is_that_of_its_route(route: str, pk: int) -> None:
    assert address_of(route, pk) == reverse(route, args=[pk])


def test_an_address_follows_the_prefix_of_the_house() -> None:
    plain = address_of("leads:lead", 7)
    set_script_prefix("/100%20house/")
    try:
        assert address_of("leads:lead", 7) == reverse("leads:lead", args=[7]) != plain
    finally:
        clear_script_prefix()


def test_there_is_no_address_of_a_route_that_is_none() -> None:
    with pytest.raises(NoReverseMatch):
        address_of("leads:nothing", 7)
