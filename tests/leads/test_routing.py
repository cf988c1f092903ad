"""The first rule that holds and whose taker exists takes the lead; a fault never loses one."""

from handoff.rules.definition import RouteRule
from leads.journey.routing import Asked, Person, Placement, Router
from leads.journey.turns import Roster
from tests.leads.test_turns import MONDAY, member, team

SAM = Person(7, "sam@example.com", "Sam")


def rule(
    key: str, to_kind: str = "team", to_key: str = "sdr", *, overflow: bool = False
) -> RouteRule:
    return RouteRule(key, key, to_kind, to_key, overflow, when=None)


def place(
    *rules: RouteRule,
    held: tuple[RouteRule, ...] | None = None,
    teams: dict[str, Roster] | None = None,
    owners: dict[tuple[int, str], Person] | None = None,
    team_of: dict[int, str] | None = None,
) -> Placement:
    teams = {"sdr": team(member(1))} if teams is None else teams
    router = Router(teams, owners or {}, team_of or {})
    return router.place(Asked(1, rules if held is None else held, MONDAY, rules))


def test_a_team_nobody_knows_is_a_fault_and_the_default_queue_has_it() -> None:
    placed = place(rule("lost", to_key="gone"), rule("rest"))
    assert placed.kind == "queue"
    assert placed.roster is not None
    assert placed.roster.key == "sdr"
    assert "gone" in placed.fault


def test_without_a_rule_that_holds_the_default_queue_has_it() -> None:
    placed = place(rule("first"), rule("rest"), held=())
    assert (placed.kind, placed.route) == ("queue", None)
    assert "no routing rule" in placed.fault


def test_overflow_goes_on_to_the_next_rule_when_nobody_is_eligible() -> None:
    full = team(member(1, max_open=0))
    full.key = "full"
    placed = place(
        rule("first", to_key="full", overflow=True),
        rule("rest"),
        teams={"full": full, "sdr": team(member(2))},
    )
    assert placed.route == "rest"
    assert placed.explanation["rules"][0]["why"] == "Nobody in the team could take it"


def test_an_owner_who_left_the_members_still_gets_it() -> None:
    placed = place(
        rule("owner", "owner_of", "account"),
        rule("rest"),
        owners={(1, "account"): SAM},
        team_of={SAM.user_id: "sdr"},
    )
    assert (placed.owner, placed.kind) == (SAM, "owner_of")


def test_an_owner_in_the_team_has_one_more_open() -> None:
    sam = member(SAM.user_id)
    place(
        rule("owner", "owner_of", "account"),
        teams={"sdr": team(sam)},
        owners={(1, "account"): SAM},
        team_of={SAM.user_id: "sdr"},
    )
    assert sam.open == 1


def test_no_owner_means_the_next_rule() -> None:
    assert place(rule("owner", "owner_of", "account"), rule("rest")).route == "rest"
