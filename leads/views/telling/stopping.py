"""Stopping mail of one kind from its letter, without signing in (RFC 8058).

The address is signed; whoever has it may do this one thing and learns nothing else. A mail program
posts at once; a person is asked first, since scanners follow links.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from handoff.models import User
from leads.journey import hearing
from leads.sending.composing import asked_to_stop
from leads.wording.kinds import kind_of


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, POST stops, POST with `again` switches it on again."""
    asked = asked_to_stop(token)
    if asked is None:
        raise Http404
    person, key = asked
    user = get_object_or_404(User, pk=person)
    state = "asks"
    if request.method == "POST":
        again = request.POST.get("again") == "1"
        hearing.hear(user, key, by_mail=again)
        state = "again" if again else "stopped"
    context = {"kind": kind_of(key), "state": state}
    return render(request, "leads/telling/stop.html", context)
