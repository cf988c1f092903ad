"""The request of somebody who is signed in, for views behind `login_required`."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from handoff.models import Absence, User


class SignedIn(HttpRequest):
    """`user` is a person. `unread`: how many notices they have not seen, and `absence`: the pause
    or time off that runs, where a view asked.
    `htmx` is true where a fragment is asked for."""

    user: User
    unread: int
    absence: Absence | None
    htmx: HtmxDetails
