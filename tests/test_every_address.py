"""No page is left out: of every address of the URLconf that needs a thing, `tests.things` has one.

Whoever adds a page of something new makes one there; the browser then looks at it too
(tests/browser/test_every_page.py).
"""

import pytest
from django.test import Client

from tests import factories as make
from tests import things
from tests.leads.test_pages_roles import addresses
from tests.reviews import meeting

pytestmark = pytest.mark.django_db

NOT_THERE = (403, 404)


@pytest.fixture
def people() -> list[Client]:
    """Who together may open everything: an administrator, a rep, and who takes part in reviews."""
    clients = []
    for person in (make.ada(), make.sam(), make.mara(), make.lena(), meeting.devon()):
        clients.append(Client())
        clients[-1].force_login(person)
    return clients


def test_every_address_of_a_thing_opens_for_somebody_or_is_only_posted_to(
    people: list[Client],
) -> None:
    made = things.made()
    left_out = [
        f"{name}: {made.get(name) or 'nothing is made for it in tests/things.py'}"
        for name, kwargs in addresses()
        if (name in made or kwargs) and not _opens(people, name, made.get(name, []))
    ]
    assert not left_out, "\n".join(left_out)
    assert made.keys() <= {name for name, _ in addresses()}


def _opens(people: list[Client], name: str, found: list[str]) -> bool:
    """Each of the addresses, for one of them at least; what has none takes nothing but a post."""
    if not found:
        return people[0].get(things.made_up(name)).status_code == 405
    return all(
        any(one.get(address).status_code not in NOT_THERE for one in people) for address in found
    )
