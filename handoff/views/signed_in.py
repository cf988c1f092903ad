"""The request of somebody who is signed in, for views behind `login_required`."""

from django.http import HttpRequest

from handoff.models import User


class SignedIn(HttpRequest):
    """`user` is a person. `unread`: how many notices they have not seen, where a view counted."""

    user: User
    unread: int
