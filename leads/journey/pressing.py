"""A form that is sent twice counts once.

A hand that presses twice, or a slow line that sends again, brings the same form, filled in the same
way. What a state does not refuse the second time (a touch, a change of hands, the next lead) would
be done twice. `once` keeps the press in the answer's own transaction: who comes second waits for
the first, and hears that it is done.
"""

import datetime as dt
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from handoff import statements
from handoff.models import User
from leads.models import Press

KEPT = dt.timedelta(hours=1)
"""How long a press is kept: nobody's second press comes later."""

KEEP = """
INSERT INTO leads_press (key, actor_id, at) VALUES (%s::uuid, %s, %s)
ON CONFLICT (key) DO NOTHING RETURNING at"""


class Repeated(Exception):
    """The same form was sent before, at `at`, and what it asks for is done."""

    def __init__(self, at: dt.datetime) -> None:
        super().__init__("That is done already. The same form came twice.")
        self.at = at


class InVain(Exception):
    """There was nothing to do, so that the same form may be sent again later."""


@contextmanager
def once(key: uuid.UUID, *, actor: User, at: dt.datetime) -> Iterator[None]:
    """Inside, what the form asks for is done, in one transaction. Raises Repeated where it was done
    before; a press that was refused, or InVain, is none."""
    with transaction.atomic():
        if not statements.fetch(KEEP, [str(key), actor.pk, at]):
            raise Repeated(Press.objects.values_list("at", flat=True).get(pk=key))
        yield
