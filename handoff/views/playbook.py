"""The playbook: one page, always true because it is drawn from live data."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse


@login_required
def playbook(request: HttpRequest) -> HttpResponse:
    return HttpResponse()
