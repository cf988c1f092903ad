"""Files of leads in the browser: upload, look, import, watch, mend."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse

from handoff.views.signed_in import SignedIn


@login_required
def imports(request: SignedIn) -> HttpResponse:
    return HttpResponse()


@login_required
def batch(request: SignedIn, pk: int) -> HttpResponse:
    return HttpResponse()


@login_required
def failures(request: SignedIn, pk: int) -> HttpResponse:
    return HttpResponse()
